"""Plans that were made before, taken in place of quicker answers to the same terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.errors import BadInput, Fault
from safepassage.negotiate.better import better_of
from safepassage.negotiate.session import Reply
from safepassage.plan import Level, Plan

__all__ = ["given_replies", "with_given"]

Given = Mapping[tuple[str, Level], Reply]


def given_replies(opened: OpenCase, plans: Iterable[tuple[str, Plan]]) -> Given:
    """Have plans checked against a case; of several for the same terms the best is kept.

    Parameters
    ----------
    plans
        Each with the name of its file.

    Returns
    -------
    Mapping
        By proposal and count.

    Raises
    ------
    BadInput
        With one line for each plan that is of another case, or is refused.
    """
    faults: list[Fault] = []
    found: dict[tuple[str, Level], Reply] = {}
    for where, plan in plans:
        judged = _judged(opened, where, plan)
        if isinstance(judged, Fault):
            faults.append(judged)
            continue
        key = (plan.proposal, plan.count)
        found[key] = with_given(judged, found.get(key))
    if faults:
        raise BadInput(faults)
    return found


def _judged(opened: OpenCase, where: str, plan: Plan) -> Reply | Fault:
    of = (plan.case.id, plan.case.digest, plan.case.overrides)
    if of != (opened.case.id, opened.digest, opened.overrides):
        changed = f" changed by {', '.join(plan.case.overrides)}" if plan.case.overrides else ""
        message = (
            f"expected a plan of {opened.case.id} as it now is, got one of {plan.case.id}"
            f"{changed or ' with another digest'}; plan it again, or give the same --set"
        )
        return Fault(where, "plan-other-terms", message)
    verification = verify(plan, opened)
    wrong = [f for f in verification.findings if f.severity == "error"]
    if wrong or not verification.lower_bound_verified:
        said = str(wrong[0]) if wrong else "its bounds are not proven"
        message = f"expected a plan that the checker accepts, got one that it refuses: {said}"
        return Fault(where, "plan-refused", message)
    return Reply(opened, plan, verification, True)


def with_given(reply: Reply, given: Reply | None) -> Reply:
    """Return the better timetable of two, with the stronger proofs of both."""
    if given is None:
        return reply
    plan = better_of(reply.plan, given.plan)
    return Reply(reply.opened, plan, verify(plan, reply.opened), reply.refined)
