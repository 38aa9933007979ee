from safepassage.convoy.bounds import Bound
def chain_bound(op, demand, clearance, *, fine):
    return Bound(0, None, {})
