"""Which vehicles carry whom: everybody once, nobody beyond a seat, the reason where nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from safepassage.cases import OpenCase
from safepassage.convoy.trips import Trips, allot, least_cycle
from safepassage.convoy.units import form_units, unit_sizes
from safepassage.instance import Demand
from safepassage.solver import solve
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled

Open = Callable[[Hamlet], OpenCase]


def _persons(trips: Trips) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for pair in trips.pairs:
        for load in pair.loads:
            for group, n in load.persons.items():
                found[group, pair.place] += n
    for group, place, n, _ in trips.left:
        found[group, place] += n
    return found


def test_least_cycle(opened: Open) -> None:
    operation, _ = compiled(opened(Hamlet()))
    assert least_cycle(operation, "a", "bus", "r") == 4_080


def test_types_share_by_the_time_their_fleets_need(opened: Open) -> None:
    hamlet = Hamlet(
        kinds={"bus": Kind(10, {"d": 3}), "van": Kind(10, {"d": 1})},
        groups={"people": Group(400, "a", ("bus", "van"))},
    )
    operation, demand = compiled(opened(hamlet))
    trips = allot(operation, demand)
    assert {p.kind: len(p.loads) for p in trips.pairs} == {"bus": 30, "van": 10}
    assert _persons(trips) == {("people", "a"): 400}
    assert all(load.total <= 10 for p in trips.pairs for load in p.loads)


def test_loads_are_filled_in_order_of_rank(opened: Open) -> None:
    groups = {
        "late": Group(30, "a", more={"priority": 2}),
        "early": Group(30, "a", more={"priority": 1}),
    }
    operation, demand = compiled(opened(Hamlet(groups=groups)))
    (pair,) = allot(operation, demand).pairs
    assert [load.persons for load in pair.loads] == [{"early": 30, "late": 20}, {"late": 10}]
    assert not pair.ordered, "the k-th vehicle takes the k-th load"


def test_order_counts_where_loads_go_different_ways(opened: Open) -> None:
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("x", "r"): 20, ("x", "s"): 5},
        reception={"r": (9, None), "s": (9, None)},
        groups={
            "late": Group(50, "a", to=("s",), more={"priority": 2}),
            "early": Group(50, "a", to=("r",), more={"priority": 1}),
        },
    )
    operation, demand = compiled(opened(hamlet))
    (pair,) = allot(operation, demand).pairs
    assert pair.ordered


def test_vehicles_that_no_road_leads_from(opened: Open) -> None:
    """Where the depot lies apart from everybody, that is said of those who are left."""
    hamlet = Hamlet(roads={("a", "x"): 10, ("x", "r"): 20, ("far", "off"): 5}, depots={"d": "far"})
    told = solve(opened(hamlet)).plans["likely"].left
    assert [entry.reason.split(":")[0] for entry in told] == [
        "no way to them for the vehicles that suit them"
    ]
    beside = opened(replace(hamlet, depots={"d": "r"}))
    assert solve(beside).plans["likely"].left == ()


def test_vehicles_of_one_journey_are_used_once(opened: Open) -> None:
    hamlet = Hamlet(
        kinds={"bus": Kind(10, {"d": 2}, {"returns": False})}, groups={"people": Group(50, "a")}
    )
    operation, demand = compiled(opened(hamlet))
    trips = allot(operation, demand)
    assert [len(p.loads) for p in trips.pairs] == [2]
    assert trips.left == [("people", "a", 30, "no seat left in vehicles that make one journey")]


def test_own_vehicles_can_be_left_standing(opened: Open) -> None:
    hamlet = Hamlet(
        kinds={"bus": Kind(50, {"d": 1}), "car": Kind(4, {"a": 5}, {"own": True})},
        groups={"people": Group(20, "a", ("bus", "car")), "drivers": Group(4, "a", ("car",))},
    )
    operation, demand = compiled(opened(hamlet))
    loads = {p.kind: len(p.loads) for p in allot(operation, demand, own_vehicles=False).pairs}
    assert loads == {"bus": 1, "car": 1}, "who has nothing else drives"
    banned = allot(operation, demand, banned=frozenset({("a", "car")}))
    assert {p.kind for p in banned.pairs} == {"bus"}
    assert [x[0] for x in banned.left] == ["drivers"]


def test_reasons(opened: Open) -> None:
    operation, demand = compiled(opened(Hamlet(convoys=(2, 4, 0))))
    (left,) = allot(operation, demand).left
    assert left[3] == "too few vehicles of a type that suits them for the least convoy"
    operation, demand = compiled(opened(Hamlet()))
    nowhere = Demand("likely", tuple(replace(c, corridors=frozenset()) for c in demand.cells))
    assert allot(operation, nowhere).left[0][3] == "no open way to a reception point"
    (bus,) = operation.kinds
    none = replace(operation, kinds=(replace(bus, counts=(("d", 0),)),))
    assert allot(none, demand).left[0][3] == "no vehicle that suits them"


def test_units_are_vehicles_of_one_place(opened: Open) -> None:
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("x", "r"): 20, ("e", "a"): 5},
        depots={"d": "r", "inner": "e"},
        kinds={"bus": Kind(10, {"d": 5, "inner": 3}), "car": Kind(4, {"a": 9}, {"own": True})},
        groups={"people": Group(300, "a"), "drivers": Group(8, "a", ("car",))},
        convoys=(2, 4, 0),
        teams=2,
    )
    operation, demand = compiled(opened(hamlet))
    trips = allot(operation, demand)
    units = form_units(operation, trips, {"bus": 2, "car": 4})
    assert [(u.kind, u.place, u.vehicles) for u in units] == [
        ("bus", "d", (1, 2, 3)),
        ("bus", "d", (4, 5)),
        ("bus", "inner", (6, 7, 8)),
        ("car", "a", (1, 2)),
    ]
    sizes = unit_sizes(operation, trips)
    assert {s["bus"] for s in sizes} == {2, 3, 4}
    assert {s["car"] for s in sizes} == {4}
