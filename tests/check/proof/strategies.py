"""Villages of every sort, and timetables for them, drawn at random."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.check.proof.timetable import Timetable
from tests.check.proof.village import BESIDE, Group, Kind, Village

relaxed = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)
"""Villages and timetables take long to draw, and many drawn are none."""

_SECONDS = st.sampled_from([0, 0, 10, 25, 60, 130])
_HOURS = [(), ((0, 5), (8, 30), (40, 600)), ((3, 9), (12, 14), (20, 1440)), ((0, 1), (2, 1440))]


@st.composite
def villages(draw: st.DrawFn) -> Village:
    """Draw a village in which everybody can be carried."""
    two = draw(st.booleans())
    times = st.tuples(_SECONDS, _SECONDS)
    least = draw(st.integers(1, 2))
    kinds = {
        "bus": Kind(
            draw(st.integers(4, 12)),
            {draw(st.sampled_from("di")): draw(st.integers(least, 3))},
            draw(times),
            draw(times),
        ),
        "van": Kind(
            draw(st.integers(2, 6)),
            {draw(st.sampled_from("di")): draw(st.integers(least, 3))},
            draw(times),
            draw(times),
            returns=draw(st.booleans()),
        ),
        "car": Kind(5, {"a": draw(st.integers(least, 3))}, draw(times), own=True),
    }
    listed = [("bus",), ("bus", "van"), ("bus", "car"), ("bus", "van", "car")]
    groups = {
        "one": Group(
            draw(st.integers(1, 40)),
            "a",
            draw(st.sampled_from(listed)),
            draw(st.sampled_from([("r",), ("q",), ("r", "q")])),
        ),
    }
    if draw(st.booleans()):
        at, to = draw(st.sampled_from("ab")), draw(st.sampled_from("rq"))
        groups["two"] = Group(draw(st.integers(1, 20)), at, draw(st.sampled_from(listed)), (to,))
    return Village(
        kinds=kinds,
        groups=groups,
        two_crossings=two,
        hours=draw(st.sampled_from(_HOURS)),
        least=least,
        most=draw(st.integers(least, 3)),
        spacing=draw(st.sampled_from([0, 0, 20, 200])),
        teams=draw(st.sampled_from([0, 1, 2])),
        boarding=draw(st.sampled_from([0, 30, 90])),
        unloading=draw(st.sampled_from([0, 20, 60])),
        bays=draw(st.integers(1, 2)),
        roads=draw(_roads()),
    )


@st.composite
def _roads(draw: st.DrawFn) -> dict[tuple[str, str], int]:
    roads = Village({}, {}).roads
    return {
        road: draw(st.sampled_from([1, seconds // 4, seconds])) for road, seconds in roads.items()
    }


_SOME_SECONDS = st.sampled_from([5, 10, 25, 60, 130])
_LONGER_HOURS = [(), ((5, 25), (30, 50), (60, 600)), ((3, 29), (30, 31), (33, 70), (200, 1440))]


@st.composite
def fleets(draw: st.DrawFn, *, parallel: bool = False) -> Village:
    """Draw a village whose convoys all pass one crossing, or one of two, again and again."""
    two = draw(st.booleans()) and not parallel

    def times() -> tuple[int, int]:
        first = draw(_SOME_SECONDS)
        if parallel:
            return first, draw(_SOME_SECONDS)
        return first, draw(st.integers(0, first - 1)) if two else 0

    least = draw(st.integers(1, 3))
    backs = st.tuples(st.sampled_from([0, 10, 40]), st.sampled_from([0, 15]))
    kinds = {
        "bus": Kind(
            4, {draw(st.sampled_from("di")): draw(st.integers(least, 6))}, times(), draw(backs)
        ),
        "van": Kind(
            2, {draw(st.sampled_from("di")): draw(st.integers(1, 4))}, times(), draw(backs)
        ),
    }
    if draw(st.booleans()):
        kinds["car"] = Kind(5, {"a": draw(st.integers(least, 3))}, times(), own=True)
    listed = tuple(kinds)
    groups = {"one": Group(draw(st.integers(10, 70)), "a", listed, ("r", "q"))}
    if draw(st.booleans()):
        groups["two"] = Group(draw(st.integers(1, 40)), "b", ("bus", "van"), ("r",))
    return Village(
        kinds=kinds,
        groups=groups,
        two_crossings=two,
        parallel=parallel,
        roads=_beside(draw) if parallel else Village({}, {}).roads,
        hours=draw(st.sampled_from(_LONGER_HOURS)),
        least=least,
        most=draw(st.integers(least, 5)),
        spacing=draw(st.sampled_from([0, 20, 200])),
        boarding=draw(st.sampled_from([0, 30, 90])),
        unloading=draw(st.sampled_from([0, 20, 60])),
        bays=draw(st.integers(1, 6)),
    )


def _beside(draw: st.DrawFn) -> dict[tuple[str, str], int]:
    return Village({}, {}).roads | {
        road: draw(st.sampled_from([1, seconds, 3 * seconds])) for road, seconds in BESIDE.items()
    }


@st.composite
def timetables(draw: st.DrawFn, village: Village) -> Timetable:
    """Draw rotations one after another, in any order, until nobody is left."""
    timetable = Timetable(village)
    for _ in range(40):
        left = [g for name, g in village.groups.items() if timetable.rest[name]]
        if not left:
            break
        group = draw(st.sampled_from(left))
        to = draw(st.sampled_from(group.to))
        able = [v for v in timetable.at if timetable.able(v, group.place, to)]
        # A convoy goes together all the way, and own vehicles with none but their like.
        alike = {(timetable.at[v], village.kinds[timetable.kind(v)].own) for v in able}
        crowds = [
            [v for v in able if (timetable.at[v], village.kinds[timetable.kind(v)].own) == key]
            for key in sorted(alike)
        ]
        crowds = [c for c in crowds if len(c) >= village.least]
        if not crowds:
            break
        crowd = draw(st.permutations(draw(st.sampled_from(crowds))))
        size = draw(st.integers(village.least, min(village.most, len(crowd))))
        ways = ["x", "z"] if village.parallel else ["x"]
        back, out = draw(st.sampled_from(ways)), draw(st.sampled_from(ways))
        timetable.rotation(list(crowd[:size]), group.place, to, back, out)
    return timetable
