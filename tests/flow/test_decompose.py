"""Flows over time taken apart: nothing is lost, nothing invented, whatever the effort."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear_roads, decompose
from safepassage.flow.arrays import RoadArrays, compile_roads
from safepassage.flow.decompose import Flow, Part, Trips, departures_of
from safepassage.flow.lexicographic import Pass, Shipper
from safepassage.flow.mix import PARTS
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance_files import as_written
from safepassage.stop import AnyOf, Gap, MaxRuntime
from tests.check.clearance.small import Road, build
from tests.flow.test_against import constant

EXACT = AnyOf((Gap(0.0), MaxRuntime(60)))


def mixed(roads: RoadArrays, horizon_ms: int, orders: list[list[int]]) -> Flow:
    """Mix lexicographic flows of these orders, the first with the most parts."""
    shipper = Shipper(roads)
    most = np.full(len(roads.origins), 1 << 50)
    start = np.zeros(len(roads.nodes), np.int64)
    parts = [PARTS // len(orders)] * len(orders)
    parts[0] += PARTS - sum(parts)
    columns = [
        shipper.column(horizon_ms, [Pass(np.array(order, np.int64), most)]) for order in orders
    ]
    told = (Part(column, x, roads.arcs, start) for column, x in zip(columns, parts, strict=True))
    return Flow(tuple(told), horizon_ms)


def rates(trips: Trips, roads: RoadArrays) -> dict[int, dict[int, int]]:
    """Changes of rate at the entrance of each link by time (ms)."""
    changes: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    start = 0
    for _, begin, end, rate, stop in trips[0].tolist():
        time = 0
        for link, wait in trips[1][start:stop].tolist():
            time += wait
            changes[link][begin + time] += rate
            changes[link][end + time] -= rate
            time += 1000 * int(roads.transit_s[link])
        start = stop
    return changes


def test_two_columns_on_one_road():
    """Half the time one origin goes first, half the other: each leaves at half the rate at a time.

    Both roads lead into one for 2 vehicles a second; everyone is out after (4 + 8) / 2 + 2 = 8 s.
    """
    fork: list[Road] = [("r", "a", "c", 1, 5), ("s", "b", "c", 1, 5), ("t", "c", "d", 1, 2)]
    roads = compile_roads(build(fork, [("a", 4, 0), ("b", 8, 0)], {"d": None}))
    told = departures_of(roads, mixed(roads, 8000, [[0, 1], [1, 0]]))
    assert told is not None
    out: dict[str, Fraction] = defaultdict(Fraction)
    for departure in told:
        out[departure.origin] += departure.vehicles_per_hour * (departure.to_s - departure.from_s)
    assert out == {"a": 4 * 3600, "b": 8 * 3600}


def test_a_rate_that_changes():
    """A longer way is of use for 5 s less: two trips, and each for as long as it lasts."""
    two: list[Road] = [("r", "a", "d", 1, 2), ("s", "a", "d", 6, 3)]
    roads = compile_roads(build(two, [("a", 2 * 9 + 3 * 4, 0)], {"d": None}))
    told = departures_of(roads, mixed(roads, 10_000, [[0]]))
    assert told is not None
    assert {(d.links, d.from_s, d.to_s, d.vehicles_per_hour) for d in told} == {
        (("r",), 0, 9, 7200),
        (("s",), 0, 4, 10_800),
    }


def test_nobody_drives_in_circles():
    """Roads of no length there and back: a flow may use both, and nobody is sent round."""
    loop: list[Road] = [
        ("r", "a", "b", 0, 3),
        ("s", "b", "a", 0, 3),
        ("t", "b", "d", 1, 1),
        ("u", "a", "d", 1, 1),
    ]
    roads = compile_roads(build(loop, [("a", 8, 0), ("b", 8, 0)], {"d": None}))
    told = departures_of(roads, mixed(roads, 9000, [[0, 1], [1, 0]]))
    assert told is not None
    for departure in told:
        assert len(set(departure.links)) == len(departure.links) <= 2


@st.composite
def flows(draw: Any) -> tuple[RoadArrays, Flow]:
    """Mixtures on random small networks."""
    instance = draw(constant())
    roads = compile_roads(instance)
    orders = draw(st.lists(st.permutations(range(len(roads.origins))), min_size=1, max_size=3))
    return roads, mixed(roads, draw(st.integers(1, 30)) * 1000, [list(o) for o in orders])


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(drawn=flows().filter(lambda drawn: len(drawn[0].origins) > 0))
def test_what_is_taken_apart_adds_up(drawn: tuple[RoadArrays, Flow]):
    """Trips bring out exactly what the flow does from each origin, and no road has more of them."""
    roads, flow = drawn
    sent = sum(part.column.sent.astype(object) * part.parts for part in flow.parts)
    assume(sent.any())
    effort = decompose._Effort(1 << 60)
    trips = decompose._picked(roads, flow.parts, sent, effort)
    assert (decompose._brought(roads, [trips]) == sent).all()
    whole = decompose._added_up(
        np.concatenate(
            [
                decompose.changes_of(roads, part) * np.array([1, 1, part.parts])
                for part in flow.parts
            ]
        )
    )
    flowing: dict[int, dict[int, int]] = defaultdict(dict)
    for link, time, change in whole.tolist():
        flowing[link][time] = change
    for link, changes in rates(trips, roads).items():
        used = room = 0
        for time in sorted({*changes, *flowing[link]}):
            used += changes.get(time, 0)
            room += flowing[link].get(time, 0)
            assert 0 <= used <= room
        assert used == 0


@pytest.mark.parametrize("most", [0, 100, decompose._MOST_LOOKED])
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(instance=constant())
def test_a_complete_plan_with_little_effort(
    most: int, instance: RoadInstance, monkeypatch: pytest.MonkeyPatch
):
    """However little is taken apart, everyone with a way out gets out, and the checker agrees."""
    monkeypatch.setattr(decompose, "_MOST_LOOKED", most)
    result = clear_roads(instance, stop=EXACT)
    verification = verify_clearance(as_written(result), instance)
    assert verification.findings == ()
