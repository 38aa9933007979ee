"""Where vehicles make one journey: nobody is left whom another choice for others would seat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.cases import OpenCase
from safepassage.convoy.seating import NOT_FOUND, allotted
from safepassage.convoy.trips import NO_SEAT, Trips, allot
from safepassage.instance import Demand, Operation
from safepassage.solver import solve
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled

Open = Callable[[Hamlet], OpenCase]

ONCE = {"returns": False}


def _left(trips: Trips) -> int:
    return sum(n for _, _, n, _ in trips.left)


def test_who_has_no_choice_gets_the_seats_that_others_can_do_without(opened: Open) -> None:
    """One group may go in two types of bus, the other in one of these: both go."""
    hamlet = Hamlet(
        kinds={
            "old": Kind(10, {"d": 1}, ONCE),
            "tall": Kind(10, {"d": 1}, ONCE),
            "new": Kind(9, {}),
        },
        groups={"any": Group(10, "a", ("old", "tall")), "ill": Group(10, "a", ("old", "new"))},
    )
    case = opened(hamlet)
    assert _left(allot(*compiled(case))) == 10
    assert allotted(*compiled(case)).left == []
    assert solve(case).plans["likely"].left == ()


def test_two_groups_share_the_last_bus(opened: Open) -> None:
    """Seats beside one group are free for another that goes the same way."""
    hamlet = Hamlet(
        kinds={"bus": Kind(10, {"d": 1}, ONCE)},
        groups={"three": Group(3, "a"), "five": Group(5, "a")},
    )
    assert solve(opened(hamlet)).plans["likely"].left == ()
    full = replace(hamlet, groups={**hamlet.groups, "four": Group(4, "a")})
    (left,) = solve(opened(full)).plans["likely"].left
    assert (left.persons, left.reason) == (2, NO_SEAT)


def test_a_free_seat_is_never_called_none(opened: Open) -> None:
    """Two groups on different ways cannot share a bus; that is no want of seats."""
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("x", "r"): 20, ("x", "s"): 5},
        reception={"r": (9, None), "s": (9, None)},
        kinds={"bus": Kind(10, {"d": 1}, ONCE)},
        groups={"near": Group(3, "a", to=("s",)), "far": Group(5, "a", to=("r",))},
    )
    (left,) = allotted(*compiled(opened(hamlet))).left
    assert (left[0], left[3]) == ("near", NOT_FOUND)


def test_who_goes_first_is_seated_first(opened: Open) -> None:
    """Of two groups for one bus, as many go as there are seats, the wounded before the others."""
    groups = {
        "well": Group(8, "a", more={"priority": 9}),
        "hurt": Group(8, "a", more={"priority": 1}),
    }
    hamlet = Hamlet(kinds={"bus": Kind(10, {"d": 1}, ONCE)}, groups=groups)
    assert allotted(*compiled(opened(hamlet))).left == [("well", "a", 6, NO_SEAT)]


def test_room_at_the_near_point_is_kept_for_those_who_have_no_other(opened: Open) -> None:
    """A reception point that fills up is for those who may go nowhere else."""
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("x", "r"): 20, ("x", "s"): 5},
        reception={"r": (9, 50), "s": (9, 10)},
        groups={
            "free": Group(10, "a", to=("r", "s"), more={"priority": 1}),
            "bound": Group(10, "a", to=("s",), more={"priority": 2}),
        },
    )
    assert allotted(*compiled(opened(hamlet))).left == []


def _most(op: Operation, demand: Demand) -> int:
    """As many as can be seated, as the least cut: groups that go short against their types."""
    kinds = {k.id: k.seats * k.total for k in op.kinds}
    best = demand.persons
    for chosen in product((False, True), repeat=len(demand.cells)):
        some = [c for c, inside in zip(demand.cells, chosen, strict=True) if inside]
        seats = sum(kinds[k] for k in {k for c in some for k in c.kinds})
        best = min(best, demand.persons - sum(c.persons for c in some) + seats)
    return best


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_as_many_are_seated_as_by_the_least_cut(tmp_path_factory: object, data: st.DataObject):
    """Where all go the same way, exactly so many are left as no choice could seat."""
    names = ("p", "q", "r")
    fleet = {
        k: Kind(data.draw(st.integers(1, 7)), {"d": data.draw(st.integers(1, 3))}, ONCE)
        for k in names
    }
    groups = {
        f"g{i}": Group(
            data.draw(st.integers(1, 12)),
            "a",
            tuple(data.draw(st.sets(st.sampled_from(names), min_size=1))),
            more={"priority": data.draw(st.integers(1, 3))},
        )
        for i in range(data.draw(st.integers(1, 4)))
    }
    folder = tmp_path_factory.mktemp("seats")  # type: ignore[attr-defined]  # pytest's own
    op, demand = compiled(Hamlet(kinds=fleet, groups=groups).write(folder))
    trips = allotted(op, demand)
    assert _left(trips) == demand.persons - _most(op, demand)
    found: Counter[str] = Counter()
    for pair in trips.pairs:
        assert len(pair.loads) <= op.kind(pair.kind).total
        for load in pair.loads:
            assert load.total <= op.kind(pair.kind).seats
            found.update(load.persons)
    for group, _, n, _ in trips.left:
        found[group] += n
    assert found == Counter({c.group: c.persons for c in demand.cells})
