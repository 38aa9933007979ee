"""Cuts over time, worked out by hand: how many can arrive before a time, and no more."""

from __future__ import annotations

from fractions import Fraction

from safepassage.check.clearance.cut import CutValue, malformed, value_of
from safepassage.check.clearance.roads import read_roads
from safepassage.check.clearance.telling import Findings
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import CutOverTime
from tests.check.clearance.small import build


def cut(horizon: int | Fraction, **labels: int | Fraction) -> CutOverTime:
    return CutOverTime(Fraction(horizon), {n: Fraction(x) for n, x in labels.items()})


def value(instance: RoadInstance, given: CutOverTime) -> CutValue:
    assert malformed(given, instance.network.nodes) is None
    roads = read_roads(instance, (), Findings())
    return value_of(given, roads, instance.origins, instance.destinations)


def one_road(vehicles: int = 10) -> RoadInstance:
    """Two vehicles a second may enter a road of 3 s."""
    return build([("r", "a", "b", 3, 2)], [("a", vehicles, 0)], {"b": None})


def test_a_single_road():
    """Whoever arrives before 8 s has entered before 5 s: ten vehicles."""
    assert value(one_road(), cut(8, a=0)).vehicles == 10
    assert value(one_road(), cut(Fraction(15, 2), a=0)).vehicles == 9


def test_the_time_at_which_a_cut_just_lets_everyone_pass_is_a_bound():
    """Ten arrive before 8 s, and fewer before any sooner moment: 8 s is a bound, later is not."""
    assert value(one_road(), cut(8, a=0)).excludes(Fraction(10))
    assert not value(one_road(), cut(8, a=0)).excludes(Fraction(9))
    assert not value(one_road(), cut(Fraction(81, 10), a=0)).excludes(Fraction(10))


def test_a_cut_that_does_not_fall_proves_nothing_of_its_own_horizon():
    """Where the road is shut before 5 s, ten arrive before 7 s already, and 8 s is no bound."""
    shut = build([("r", "a", "b", 3, 2)], [("a", 8, 0)], {"b": None}, {"r": ((4, 9, 0),)})
    assert value(shut, cut(8, a=0)).vehicles == 8
    assert not value(shut, cut(8, a=0)).excludes(Fraction(8))
    assert value(shut, cut(7, a=0)).excludes(Fraction(8))


def test_labels_after_a_threshold_move_alone():
    """A cut through the second of two roads falls: its window may end sooner alone."""
    two = build([("r", "a", "b", 3, 9), ("s", "b", "c", 4, 2)], [("a", 10, 0)], {"c": None})
    assert value(two, cut(12, a=0, b=3)).vehicles == 10
    # The window [3, 8) as a whole always lets the same ten pass, and [3, 8 - x) fewer.
    assert value(two, cut(12, a=0, b=3)).excludes(Fraction(10))
    assert value(two, cut(12, a=0, b=0)).vehicles == 16


def test_one_threshold_holds_for_all_windows():
    """What one window loses at its end is set against what another, moved with it, takes in."""
    roads = [("r", "a", "b", 0, 2), ("s", "a", "c", 0, 0)]
    opens = {"r": ((5, 9, 0),), "s": ((0, 5, 3), (5, 9, 1))}
    given = cut(8, a=5, b=8, c=8)
    # Before 5 s, 3 + 2 a second enter; just before 8 s it is 1: only the end may move.
    both = build(roads, [("a", 3, 5)], {"b": None, "c": None}, opens)
    assert value(both, given).vehicles == 3
    assert value(both, given).falling
    # Nothing is lost at the end, where both roads are shut by then.
    shut = {"r": ((5, 9, 0),), "s": ((0, 5, 3), (5, 6, 3), (6, 9, 0))}
    both = build(roads, [("a", 3, 5)], {"b": None, "c": None}, shut)
    assert value(both, given).vehicles == 3
    assert not value(both, given).falling


def test_whoever_is_ready_before_the_label_is_counted():
    """A label after the ready time puts the origin on the destinations' side: all count."""
    assert value(one_road(), cut(4, a=4)).vehicles == 10
    assert value(one_road(), cut(4)).vehicles == 10
    assert value(one_road(), cut(4, a=0)).vehicles == 2


def test_whoever_is_ready_late_is_not():
    """Vehicles ready at the label or later begin on the origins' side."""
    late = build([("r", "a", "b", 3, 2)], [("a", 7, 2), ("a", 5, 0)], {"b": None})
    assert value(late, cut(6, a=2)).vehicles == 5 + 2
    assert value(late, cut(6, a=Fraction(5, 2))).vehicles == 12 + 1


def test_a_destination_with_room_for_few():
    """A destination may lie on the origins' side if it takes in so many and no more."""
    few = build([("r", "a", "b", 3, 2)], [("a", 10, 0)], {"b": 4})
    assert value(few, cut(1000, a=0, b=0)).vehicles == 4
    assert value(one_road(), cut(1000, a=0, b=0)).vehicles is None


def test_roads_without_limit_limit_nothing():
    """A cut across a road that takes any number proves nothing, unless its window is empty."""
    wide = build([("r", "a", "b", 3, None)], [("a", 10, 0)], {"b": None})
    assert value(wide, cut(8, a=0)).vehicles is None
    assert value(wide, cut(3, a=0)).vehicles == 0
    assert value(wide, cut(3, a=0)).excludes(Fraction(10))


def test_changing_capacity_is_summed_over_the_window():
    """Within [0, 5): two a second to 2 s, five to 4 s, then two again."""
    changing = build([("r", "a", "b", 3, 2)], [("a", 99, 0)], {"b": None}, {"r": ((2, 4, 5),)})
    assert value(changing, cut(8, a=0)).vehicles == 4 + 10 + 2
    assert value(changing, cut(8, a=3)).vehicles == 99 + 5 + 2


def test_a_window_need_not_move_to_where_there_is_no_limit():
    """Before 2 s the road takes any number, and so the window's beginning stays where it is."""
    opened = build([("r", "a", "b", 3, None)], [("a", 10, 2)], {"b": None}, {"r": ((2, 90, 1),)})
    assert value(opened, cut(15, a=2)).vehicles == 10
    assert value(opened, cut(15, a=2)).excludes(Fraction(10))


def test_a_window_that_ends_where_the_road_is_shut_does_not_fall():
    """Shut from 12 s, the same ten can enter before 16 s less 3 s as before a little sooner."""
    capacities = {"r": ((2, 12, 1), (12, 90, 0))}
    opened = build([("r", "a", "b", 3, None)], [("a", 10, 2)], {"b": None}, capacities)
    assert value(opened, cut(16, a=2)).vehicles == 10
    assert not value(opened, cut(16, a=2)).excludes(Fraction(10))


def test_self_loops_and_roads_of_no_length():
    """A loop never leads across a cut; a road of no length does for the whole difference."""
    loops = build([("l", "a", "a", 0, 9), ("r", "a", "b", 0, 2)], [("a", 10, 0)], {"b": None})
    assert value(loops, cut(5, a=0)).vehicles == 10


def test_fractions_are_exact():
    """Labels of any denominator are reckoned with as they are."""
    third = cut(Fraction(25, 3), a=Fraction(1, 7))
    assert value(one_road(1), third).vehicles == 1 + 2 * (Fraction(25, 3) - 3 - Fraction(1, 7))


def test_what_is_no_cut():
    """Unknown nodes, labels after the horizon and denominators without end are told."""
    nodes = one_road().network.nodes
    assert malformed(cut(8, a=0), nodes) is None
    assert "no node" in str(malformed(cut(8, z=0), nodes))
    assert "horizon" in str(malformed(cut(8, a=9), nodes))
    many = {f"n{i}": Fraction(1, 10**50 + i) for i in range(200)}
    assert "denominator" in str(malformed(CutOverTime(Fraction(8), many), many))
