"""Random small networks: the engine against brute force and against the checker."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear_roads
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance
from safepassage.plan.clearance_files import as_written
from safepassage.stop import AnyOf, Gap, MaxRuntime
from tests.check.clearance import strategies
from tests.check.clearance.small import build
from tests.flow.quickest import quickest, whole_seconds, with_way_out

EXACT = AnyOf((Gap(0.0), MaxRuntime(60)))
#: The engine's clock: departures begin and end at whole milliseconds.
MILLISECOND = Fraction(1, 1000)

small = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def constant(draw: Any) -> RoadInstance:
    """Three to seven nodes; loops, parallel roads, roads of no length, origins without way out."""
    nodes = "abcdefg"[: draw(st.integers(3, 7))]
    ends = st.sampled_from(nodes)
    roads = [
        (f"r{i}", draw(ends), draw(ends), draw(st.integers(0, 5)), draw(st.integers(0, 4)))
        for i in range(draw(st.integers(2, 14)))
    ]
    origins = draw(
        st.lists(st.tuples(ends, st.integers(1, 30), st.just(0)), min_size=1, max_size=4)
    )
    destinations = draw(st.lists(ends, min_size=1, max_size=2, unique=True))
    return build(roads, origins, dict.fromkeys(destinations))


@st.composite
def changing(draw: Any) -> RoadInstance:
    """Three to seven nodes, several windows on a road, late groups and few places."""
    nodes = "abcdefg"[: draw(st.integers(3, 7))]
    ends, end = st.sampled_from(nodes), nodes[-1]
    roads = [
        (f"r{i}", draw(ends), draw(ends), draw(st.integers(0, 5)), draw(st.integers(0, 4)))
        for i in range(draw(st.integers(2, 10)))
    ]
    # A long way round that is never shut, so that everyone has a way out.
    shut = draw(st.lists(st.sampled_from([r[0] for r in roads]), max_size=4, unique=True))
    changes = {name: draw(windows()) for name in shut}
    roads += [(f"w{a}", a, end, 5, 1) for a in nodes[:-1]]
    origins = draw(
        st.lists(st.tuples(ends, st.integers(1, 20), st.integers(0, 6)), min_size=1, max_size=4)
    )
    # Cells of time divide a second where something happens at 1 s.
    origins.append((draw(ends), 1, 1))
    places = draw(st.dictionaries(st.sampled_from(nodes[:-1]), st.integers(0, 8), max_size=1))
    return build(roads, origins, {end: None, **places}, changes)


@st.composite
def windows(draw: Any) -> tuple[tuple[int, int, int], ...]:
    """One to three periods in order of time."""
    told, at = [], 0
    for _ in range(draw(st.integers(1, 3))):
        begin = at + draw(st.integers(0, 4))
        at = begin + draw(st.integers(1, 6))
        told.append((begin, at, draw(st.integers(0, 4))))
    return tuple(told)


def accepted(instance: RoadInstance) -> Clearance:
    """Clear an instance; the checker has to accept the result and its bounds."""
    result = clear_roads(instance, stop=EXACT)
    verification = verify_clearance(as_written(result), instance)
    assert verification.findings == ()
    assert verification.lower_bound_verified
    return result


def everyone_drives(instance: RoadInstance) -> bool:
    """Nobody stands at a destination that takes in everyone."""
    ends = {d.node for d in instance.destinations if d.capacity is None}
    return all(origin.node not in ends for origin in instance.origins)


def assert_quickest(instance: RoadInstance, result: Clearance) -> None:
    """The time-expanded optimum of whole seconds is had, and proven up to that second."""
    time, bound = result.clearance_time_s, result.lower_bound_s
    assert time is not None
    assert bound is not None
    seconds = whole_seconds(instance)
    assert seconds - 1 <= bound <= time <= seconds
    # By the second before, not everyone can be out.
    assert time > seconds - 1


@small
@given(instance=constant())
def test_constant_capacities(instance: RoadInstance):
    """Plan and bound meet at the quickest time of the slowest set of origins, to a millisecond."""
    result = accepted(instance)
    best = quickest(instance)
    stuck = {o.node for o in instance.origins} - with_way_out(instance)
    assert set(result.no_way_out) == stuck
    assert result.lower_bound_s is not None
    assert best - MILLISECOND <= result.lower_bound_s <= best
    if stuck:
        assert result.clearance_time_s is None
    else:
        assert result.clearance_time_s is not None
        assert best <= result.clearance_time_s <= best + 2 * MILLISECOND


@small
@given(instance=changing().filter(everyone_drives))
def test_changing_capacities(instance: RoadInstance):
    """Windows, late groups and few places: as quick as on the time-expanded graph."""
    assert_quickest(instance, accepted(instance))


@small
@given(instance=strategies.instances())
def test_every_oddity_of_tables(instance: RoadInstance):
    """Roads without limit, people at destinations: as quick as on that graph, with a true bound."""
    result = accepted(instance)
    assert result.lower_bound_s is not None
    assert result.clearance_time_s is not None
    assert result.lower_bound_s <= result.clearance_time_s <= whole_seconds(instance)
