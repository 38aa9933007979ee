"""Clearance when capacities change with time, and with ready times, receptions and deadlines.

The search goes from wide cells of time to narrow ones (:mod:`.timed_grid`). On each width the flow
is made as large as it can be by the best horizon known to be too short; the minimum cut then says,
in exact arithmetic and on the network as it is, whether everyone could have been out
(:mod:`.timed_cut`). Extending the horizon until everyone is sent gives a complete plan on each
width, so that there is an answer early, and a better one with every halving.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from safepassage.errors import InternalFault
from safepassage.flow.deadline import out_by
from safepassage.flow.timed_roads import TimedRoads, compile_roads
from safepassage.network.road_instance import FOR_GOOD_S, RoadInstance
from safepassage.plan.clearance import (
    Clearance,
    CutOverTime,
    Departure,
    InstanceReference,
    RoadBottleneck,
)
from safepassage.plan.departures import together
from safepassage.stop import Stop

if TYPE_CHECKING:
    from safepassage.flow.timed_cut import TimedCut
    from safepassage.flow.timed_search import TimedSearch

__all__ = ["clear_timed"]


def _silent(_: str) -> None:
    return


def clear_timed(
    instance: RoadInstance,
    *,
    stop: Stop,
    deadline_s: Fraction | None = None,
    seed: int = 0,
    progress: Callable[[str], None] = _silent,
) -> Clearance:
    """Find the least time in which everyone can be out, with a plan and a proof.

    Honoured are capacities that change, closures, ready times and reception capacities. Limits on
    waiting are not: the bound holds with them, the plan may not. Where it cannot be exact there is
    a proven gap.

    Parameters
    ----------
    instance
        Who, where from, where to, by which roads.
    stop
        Asked again and again; a complete plan is there in any case.
    deadline_s
        Where given, as many as possible are out by then, and everyone as soon as that allows.
    seed
        Not used: nothing is drawn.
    progress
        Told, in a few words, what is going on.

    Returns
    -------
    Clearance
        ``clearance_time_s`` is None where some have no way out, or not everyone ever can.
    """
    del seed
    roads = compile_roads(instance)
    if not roads.origins:
        return _told(instance, roads, None, deadline_s)
    from safepassage.flow.timed_search import TimedSearch  # noqa: PLC0415 - loads numba

    search = TimedSearch(roads, stop, progress)
    search.run()
    if deadline_s is not None and search.late(deadline_s):
        search.aim(deadline_s, search.everyone_s)
    return _told(instance, roads, search, deadline_s)


def _told(
    instance: RoadInstance,
    roads: TimedRoads,
    search: TimedSearch | None,
    deadline_s: Fraction | None,
) -> Clearance:
    """Put plan and proof into a result."""
    found: Sequence[Departure] = ()
    bound: Fraction | None = Fraction(0)
    certificate: CutOverTime | None = None
    bottleneck = None
    if search is not None:
        from safepassage.flow.timed_plan import departures  # noqa: PLC0415 - loads numba

        if search.best is None:
            raise InternalFault("a search ended without a plan")
        found = departures(search.best)
        bound = search.proof.bound_s
        cut = search.proof.cut
        if search.never is not None:
            certificate = search.never.certificate(FOR_GOOD_S)
            bound = FOR_GOOD_S
        elif cut is not None and bound > 0:
            certificate = cut.certificate(bound)
            bottleneck = _bottleneck(cut, bound)
    late = max((o.ready_s for o in roads.safe), default=Fraction(0))
    if bound is not None and late > bound:
        # Nobody is out before he is ready: by a cut that no road crosses.
        bound, certificate, bottleneck = late, CutOverTime(late, {}), _waited_for(roads, late)
    most, deadline_cut = _most_by(roads, search, deadline_s)
    transit_s = {link: instance.transit_s(link) for link in instance.network.links}
    from safepassage.flow.timed_plan import at_once, last_arrival  # noqa: PLC0415 - numba

    found = together(at_once(roads.safe), found)
    last = last_arrival(found, transit_s)
    never = search is not None and search.never is not None
    time = None if roads.stuck or never else last
    gap = None
    if time is not None and bound is not None:
        gap = float(time / bound - 1) if bound > 0 else (0.0 if time == 0 else None)
    return Clearance(
        instance=InstanceReference(instance.location, instance.digest),
        vehicles=instance.vehicles,
        clearance_time_s=time,
        lower_bound_s=bound,
        gap=gap,
        deadline_s=deadline_s,
        evacuated_by_deadline=None if deadline_s is None else out_by(instance, found, deadline_s),
        evacuated_at_most=most,
        no_way_out=roads.stuck,
        complete=True,
        bottleneck=bottleneck,
        certificate=certificate,
        deadline_certificate=deadline_cut,
        departures=found,
    )


def _most_by(
    roads: TimedRoads, search: TimedSearch | None, deadline_s: Fraction | None
) -> tuple[Fraction | None, CutOverTime | None]:
    """The most who can be out by a deadline, in nine decimals, and the cut that says so."""
    if search is None or deadline_s is None or search.most is None or search.most_cut is None:
        return None, None
    here = sum((o.vehicles for o in roads.safe if o.ready_s < deadline_s), Fraction(0))
    most = Fraction(ceil((search.most + here) * 10**9), 10**9)
    return most, search.most_cut.certificate(deadline_s)


def _waited_for(roads: TimedRoads, late_s: Fraction) -> RoadBottleneck:
    """Name those who are at a destination, and ready when all others can be out."""
    nodes = tuple(sorted({o.node for o in roads.safe if o.ready_s == late_s}))
    sentence = f"vehicles at {', '.join(nodes)} are ready only at {float(late_s):.0f} s."
    return RoadBottleneck(sentence, nodes, ())


def _bottleneck(cut: TimedCut, horizon: Fraction) -> RoadBottleneck:
    from safepassage.flow.bottleneck import counted  # noqa: PLC0415 - numba

    links = cut.links(horizon)
    origins = cut.origins()
    total = sum((link.vehicles for link in links), Fraction(0))
    sentence = (
        f"{counted(round(total), 'vehicle')} pass {counted(len(links), 'road')} that "
        f"{'is' if len(links) == 1 else 'are'} full; "
        f"those from {counted(len(origins), 'origin')} cannot be out before {float(horizon):.0f} s."
    )
    return RoadBottleneck(sentence, origins, links)
