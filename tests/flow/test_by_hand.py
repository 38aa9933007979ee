"""Small road networks whose clearance time is worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear_roads
from safepassage.network.road_instance import FOR_GOOD_S, RoadInstance
from safepassage.plan.clearance import Clearance
from safepassage.plan.clearance_files import as_written
from safepassage.stop import AnyOf, Gap, MaxRuntime
from tests.check.clearance.small import build

EXACT = AnyOf((Gap(0.0), MaxRuntime(60)))
MILLISECOND = Fraction(1, 1000)


def cleared(instance: RoadInstance) -> Clearance:
    """Clear an instance; the checker has to accept the result and its bounds."""
    result = clear_roads(instance, stop=EXACT)
    verification = verify_clearance(as_written(result), instance)
    assert verification.findings == ()
    assert verification.lower_bound_verified
    return result


def assert_takes(instance: RoadInstance, seconds: int | Fraction) -> Clearance:
    """Everyone is out at that moment, and it is proven that it cannot be sooner."""
    result = cleared(instance)
    assert result.clearance_time_s == seconds
    assert result.lower_bound_s == seconds
    assert sum(d.vehicles for d in result.departures) == instance.vehicles
    return result


def test_a_single_road():
    """The last of d vehicles is out at transit + d / capacity: 7 + 30/3 = 17 s."""
    assert_takes(build([("r", "a", "b", 7, 3)], [("a", 30, 0)], {"b": None}), 17)


def test_a_single_road_that_takes_no_whole_number_of_seconds():
    """Time is continuous, so 9 vehicles at 2 a second take 4.5 s and the transit of 3 s: 7.5 s."""
    one = build([("r", "a", "b", 3, 2)], [("a", 9, 0)], {"b": None})
    assert_takes(one, Fraction(15, 2))


def test_a_closure_at_the_very_beginning_of_a_long_clearance():
    """A million vehicles at one a second, shut for 5 s: cells fit the 11 days, not the closure."""
    long = build([("r", "a", "b", 4, 1)], [("a", 10**6, 0)], {"b": None}, {"r": ((90, 95, 0),)})
    result = clear_roads(long, stop=Gap(0.001))
    assert result.lower_bound_s == 1_000_009
    assert result.clearance_time_s is not None
    assert result.clearance_time_s <= 1_001_000
    assert len(result.departures) < 1000


def test_two_roads_in_a_row():
    """The narrower of two roads sets the rate, and both transits count: 2 + 5 + 12/2 = 13 s."""
    row = build([("r", "a", "b", 2, 3), ("s", "b", "c", 5, 2)], [("a", 12, 0)], {"c": None})
    assert_takes(row, 13)


def test_the_bound_of_a_cut_that_nobody_can_cross_at_first_is_exact():
    """The road that is full is reached after 2 s, and is full to the last moment: 13 s, no less."""
    row = build([("r", "a", "b", 2, 3), ("s", "b", "c", 5, 2)], [("a", 12, 0)], {"c": None})
    result = cleared(row)
    assert result.lower_bound_s == result.clearance_time_s == 13
    assert result.gap == 0
    assert result.bottleneck is not None
    assert [(x.link, x.from_s, x.to_s) for x in result.bottleneck.links] == [("s", 2, 8)]


def test_one_origin_that_needs_longest_is_the_bound_of_all():
    """Two roads apart: 3 + 40/2 = 23 s for one of them, though both together could do in 16.3 s."""
    roads = [("r", "a", "x", 3, 2), ("s", "b", "x", 5, 1)]
    result = assert_takes(build(roads, [("a", 40, 0), ("b", 2, 0)], {"x": None}), 23)
    assert result.bottleneck is not None
    assert result.bottleneck.origins == ("a",)


def test_few_vehicles_from_far_set_the_time():
    """Many are out by 1 + 30/3 = 11 s, before one from far has arrived: 40 + 1/1 = 41 s."""
    roads = [("near", "a", "x", 1, 3), ("far", "b", "x", 40, 1)]
    assert_takes(build(roads, [("a", 30, 0), ("b", 1, 0)], {"x": None}), 41)


def test_two_parallel_roads_of_different_length():
    """The long road fills until both end together: 2 (T - 3) + 1 (T - 9) = 30 gives T = 15 s."""
    two = build([("short", "a", "b", 3, 2), ("long", "a", "b", 9, 1)], [("a", 30, 0)], {"b": None})
    result = assert_takes(two, 15)
    by_long = sum(d.vehicles for d in result.departures if d.links == ("long",))
    assert by_long == 6


def test_a_detour_longer_than_the_queue_is_not_taken():
    """A road of 9 s helps nobody where the short one is done by 3 + 8/2 = 7 s."""
    two = build([("short", "a", "b", 3, 2), ("long", "a", "b", 9, 1)], [("a", 8, 0)], {"b": None})
    result = assert_takes(two, 7)
    assert {d.links for d in result.departures} == {("short",)}


def test_two_origins_that_share_a_road():
    """All pass the shared road from 1 s on: (12 + 8)/2 + 1 + 4 = 15 s; far alone: 6 + 4 + 4."""
    shared = build(
        [("n", "near", "m", 1, 9), ("f", "far", "m", 6, 9), ("x", "m", "out", 4, 2)],
        [("near", 12, 0), ("far", 8, 0)],
        {"out": None},
    )
    assert_takes(shared, 15)


def test_the_slowest_set_of_origins_decides():
    """Here far alone takes 6 + 4 + 12/2 = 16 s, and both 1 + 4 + (4 + 12)/2 = 13 s: 16 s."""
    shared = build(
        [("n", "near", "m", 1, 9), ("f", "far", "m", 6, 9), ("x", "m", "out", 4, 2)],
        [("near", 4, 0), ("far", 12, 0)],
        {"out": None},
    )
    assert_takes(shared, 16)


def test_no_transit_time():
    """A road without length is left at once; its capacity alone counts: 10/2 = 5 s."""
    assert_takes(build([("r", "a", "b", 0, 2)], [("a", 10, 0)], {"b": None}), 5)


def test_a_circle_of_no_transit_time():
    """Going round a circle without length gains nothing: out by 6/2 = 3 s."""
    circle = build(
        [("go", "a", "b", 0, 5), ("back", "b", "a", 0, 5), ("r", "b", "c", 0, 2)],
        [("a", 6, 0)],
        {"c": None},
    )
    assert_takes(circle, 3)


def test_an_origin_that_is_a_destination():
    """Whoever stands at a destination is safe; the others need 2 + 8/2 = 6 s for the road."""
    both = build([("r", "a", "b", 2, 2)], [("a", 8, 0), ("b", 50, 0)], {"b": None})
    result = assert_takes(both, 6)
    assert sum(d.vehicles for d in result.departures if not d.links) == 50


def test_everyone_stands_at_a_destination():
    """Nobody has to drive: it takes no time but the shortest that departures can be told in."""
    here = build([("r", "a", "b", 2, 2)], [("b", 50, 0)], {"b": None})
    result = cleared(here)
    assert result.clearance_time_s is not None
    assert 0 <= result.clearance_time_s <= MILLISECOND
    assert result.lower_bound_s == 0


def test_no_way_out():
    """Only the origin that no road leads out of is named, and there is no clearance time."""
    stuck = build(
        [("r", "a", "b", 2, 2), ("in", "b", "c", 1, 2)], [("a", 8, 0), ("c", 3, 0)], {"b": None}
    )
    result = cleared(stuck)
    assert result.no_way_out == ("c",)
    assert result.clearance_time_s is None
    assert sum(d.vehicles for d in result.departures) == 8
    # The others need 2 + 8/2 = 6 s, which remains proven, of them alone.
    assert result.lower_bound_s == 6
    assert result.bottleneck is not None
    assert result.bottleneck.origins == ("a",)
    assert result.bottleneck.sentence.startswith("The 8 vehicles of 1 origin cannot be out in less")


def test_a_road_that_takes_nobody_is_no_way_out():
    """A road of capacity 0 is as good as none."""
    shut = build([("r", "a", "b", 2, 0)], [("a", 8, 0)], {"b": None})
    result = cleared(shut)
    assert result.no_way_out == ("a",)
    assert result.clearance_time_s is None


def test_loops_lead_nowhere():
    """A link from a node to itself changes nothing: 3 + 10/2 = 8 s as without it."""
    loops = build(
        [("l", "a", "a", 0, 9), ("r", "a", "b", 3, 2), ("m", "b", "b", 1, 9)],
        [("a", 10, 0)],
        {"b": None},
    )
    result = assert_takes(loops, 8)
    assert {d.links for d in result.departures} == {("r",)}


def test_parallel_links_of_the_same_length_add_up():
    """Two links side by side take 2 + 3 vehicles a second together: 4 + 20/5 = 8 s."""
    side = build([("r", "a", "b", 4, 2), ("s", "a", "b", 4, 3)], [("a", 20, 0)], {"b": None})
    assert_takes(side, 8)


def test_a_closure():
    """Shut in [3, 8): 6 of 10 enter before 3 s, 4 in [8, 10), the last is out at 10 + 4 = 14 s."""
    closure = build([("r", "a", "b", 4, 2)], [("a", 10, 0)], {"b": None}, {"r": ((3, 8, 0),)})
    assert_takes(closure, 14)


def test_a_closure_after_the_last_has_entered():
    """Shutting the entrance at 5 s does not stop who is on the road: 5 + 4 = 9 s as without."""
    closure = build([("r", "a", "b", 4, 2)], [("a", 10, 0)], {"b": None}, {"r": ((5, 99, 0),)})
    assert_takes(closure, 9)


def test_a_window():
    """A ferry takes 5 a second in [10, 12) only: 10 of 12 by it, the others by a road of 30 s."""
    window = build(
        [("ferry", "a", "b", 2, 0), ("round", "a", "b", 30, 1)],
        [("a", 12, 0)],
        {"b": None},
        {"ferry": ((10, 12, 5),)},
    )
    assert_takes(window, 32)


def test_waiting_before_a_road_that_opens():
    """All reach b by 1 + 6/3 = 3 s, wait for 10 s, and are out at 10 + 6/2 + 2 = 15 s."""
    opens = build(
        [("r", "a", "b", 1, 3), ("s", "b", "c", 2, 2)],
        [("a", 6, 0)],
        {"c": None},
        {"r": ((3, 99, 0),), "s": ((0, 10, 0),)},
    )
    assert_takes(opens, 15)


def test_waiting_in_front_of_a_narrow_road():
    """All enter by 10/2 = 5 s, when r shuts, and queue at b: out at 10/1 = 10 s all the same."""
    queue = build(
        [("r", "a", "b", 0, 2), ("s", "b", "c", 0, 1)],
        [("a", 10, 0)],
        {"c": None},
        {"r": ((5, 20, 0),)},
    )
    assert_takes(queue, 10)


def test_a_road_that_shuts_for_good_leaves_some_behind():
    """Of 10, only 2 x 3 enter before 3 s: no clearance time, and that it is never is proven."""
    shuts = build(
        [("r", "a", "b", 4, 2)], [("a", 10, 0)], {"b": None}, {"r": ((3, int(FOR_GOOD_S), 0),)}
    )
    result = cleared(shuts)
    assert result.clearance_time_s is None
    assert sum(d.vehicles for d in result.departures) <= 6
    assert result.lower_bound_s == FOR_GOOD_S


def test_reception_capacity():
    """The near place takes 6 (by 2 + 6/2 = 5 s), the other 14 drive 5 s: 5 + 14/2 = 12 s."""
    places = build(
        [("n", "a", "near", 2, 2), ("f", "a", "far", 5, 2)],
        [("a", 20, 0)],
        {"near": 6, "far": None},
    )
    result = assert_takes(places, 12)
    assert sum(d.vehicles for d in result.departures if d.destination == "near") == 6


def test_reception_capacity_for_nobody():
    """A place that takes in 0 is passed through, as any node is: 2 + 3 + 10/2 = 10 s."""
    through = build(
        [("r", "a", "b", 2, 2), ("s", "b", "c", 3, 2)], [("a", 10, 0)], {"b": 0, "c": None}
    )
    assert_takes(through, 10)


def test_ready_time():
    """The road idles in [2, 6): 4 leave by 2 s, 6 become ready at 6 s, out at 6 + 6/2 + 3 = 12."""
    late = build([("r", "a", "b", 3, 2)], [("a", 4, 0), ("a", 6, 6)], {"b": None})
    assert_takes(late, 12)


def test_a_ready_time_that_falls_into_a_queue():
    """Who becomes ready at 2 s queues behind 10 others: 3 + (10 + 6)/2 = 11 s."""
    late = build([("r", "a", "b", 3, 2)], [("a", 10, 0), ("a", 6, 2)], {"b": None})
    assert_takes(late, 11)


@pytest.mark.parametrize("ready", [1, 4])
def test_someone_at_a_destination_is_out_when_ready(ready: int):
    """Whoever stands at a destination counts from the ready time, to within a millisecond."""
    late = build([("r", "a", "b", 3, 2)], [("b", 10, ready)], {"b": None})
    time = cleared(late).clearance_time_s
    assert time is not None
    assert ready <= time <= ready + MILLISECOND


def test_the_same_instance_gives_the_same_result():
    """Nothing is left to chance: a second run gives every departure again."""
    two = build(
        [("short", "a", "b", 3, 2), ("long", "a", "b", 9, 1)],
        [("a", 30, 0), ("a", 4, 2)],
        {"b": None},
        {"short": ((4, 6, 1),)},
    )
    assert clear_roads(two, stop=EXACT) == clear_roads(two, stop=EXACT)


def test_one_is_counted_in_the_singular():
    """A bottleneck of one road and one origin is told so, also where roads are shut at first."""
    roads, shut = [("r", "a", "b", 3, 2)], {"r": ((0, 4, 0),)}
    result = assert_takes(build(roads, [("a", 10, 0)], {"b": None}, shut), 12)
    assert result.bottleneck is not None
    assert (
        "10 vehicles pass 1 road that is full; those from 1 origin " in result.bottleneck.sentence
    )


@pytest.mark.parametrize(
    ("periods", "open_for"),
    [
        (((0, 4, 0), (10, FOR_GOOD_S, 0)), 6),
        (((10, FOR_GOOD_S, 0),), 10),
        (((3600, 3610, 2), (3610, FOR_GOOD_S, 0), (0, 3600, 0)), 10),
    ],
)
def test_of_too_many_as_many_leave_as_ever_can(periods, open_for: int):
    """Where a road is open for a while only, two a second leave in that time, and no more."""
    once = build(
        [("r", "a", "b", 3, 2)], [("a", 100, 0)], {"b": None}, {"r": tuple(sorted(periods))}
    )
    result = cleared(once)
    assert result.clearance_time_s is None
    assert result.lower_bound_s == FOR_GOOD_S
    assert sum(d.vehicles for d in result.departures) == 2 * open_for


def test_a_destination_that_fills_up_is_filled():
    """Of a hundred the twelve leave whom it has room for."""
    small = build([("r", "a", "b", 3, 2)], [("a", 100, 0)], {"b": 12})
    result = cleared(small)
    assert result.clearance_time_s is None
    assert sum(d.vehicles for d in result.departures) == 12
