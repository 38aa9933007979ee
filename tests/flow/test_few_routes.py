"""Few routes from each origin: kept to, complete, and with their price stated."""

from __future__ import annotations

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear_roads
from safepassage.network.road_instance import FOR_GOOD_S
from safepassage.plan.clearance_files import as_written
from safepassage.stop import Gap
from tests.check.clearance.small import build

TWO_WAYS = [("short", "a", "b", 3, 2), ("long", "a", "b", 9, 1)]


def test_one_route_where_two_would_be_quicker():
    """By the short road alone 30 vehicles take 3 + 30/2 = 18 s; both together 15 s."""
    instance = build(TWO_WAYS, [("a", 30, 0)], {"b": None})
    free, one = (clear_roads(instance, stop=Gap(0.0), max_routes=n) for n in (2, 1))
    assert free.clearance_time_s == 15
    assert one.clearance_time_s == 18
    assert {d.links for d in one.departures} == {("short",)}
    assert one.lower_bound_s == free.lower_bound_s == 15
    assert one.gap is not None
    assert abs(one.gap - 0.2) < 1e-9


def test_routes_of_two_origins_share_a_road():
    """Two origins with a way each send everyone over the shared road, and the checker accepts."""
    instance = build(
        [
            ("r", "a", "m", 1, 2),
            ("s", "b", "m", 4, 2),
            ("t", "m", "d", 2, 2),
            ("u", "m", "d", 7, 1),
        ],
        [("a", 10, 0), ("b", 10, 2)],
        {"d": None},
    )
    one = clear_roads(instance, stop=Gap(0.0), max_routes=1)
    verdict = verify_clearance(as_written(one), instance)
    assert verdict.valid
    assert verdict.lower_bound_verified
    for node in "ab":
        assert len({d.links for d in one.departures if d.origin == node}) == 1


def test_routes_that_shut():
    """The only route kept shuts for good before everyone has left: no clearance time is claimed."""
    instance = build(TWO_WAYS, [("a", 30, 0)], {"b": None}, {"short": ((10, int(FOR_GOOD_S), 0),)})
    one = clear_roads(instance, stop=Gap(0.0), max_routes=1)
    assert one.clearance_time_s is None
    assert not one.complete
    assert clear_roads(instance, stop=Gap(0.0), max_routes=2).clearance_time_s is not None
