"""Who goes in which type of vehicle, and in what convoys: changes keep everybody, and help."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy.choices import LOAD, Changes, Choice, Divert, Resize, Shift, Trade
from safepassage.convoy.dividing import usable
from safepassage.convoy.search import sample
from safepassage.convoy.tables import build
from safepassage.convoy.trips import Trips, allot, suited
from safepassage.instance import Operation
from safepassage.plan import Plan
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled, plan_of
from tests.convoy.strategies import hamlets

Open = Callable[[Hamlet], OpenCase]


@pytest.fixture
def planned(opened: Open) -> Callable[[Hamlet], Plan]:
    """The plan, which the checker accepts, proof and all."""

    def plan(hamlet: Hamlet) -> Plan:
        case = opened(hamlet)
        made = plan_of(case)
        assert not [str(f) for f in verify(made, case).findings if f.severity == "error"]
        return made

    return plan


def _aboard(trips: Trips) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for pair in trips.pairs:
        for load in pair.loads:
            for group, n in load.persons.items():
                found[group, pair.place] += n
    return found


def _choice(op: Operation, trips: Trips, **sizes: int) -> Choice:
    return Choice(op, trips, {**{k.id: op.convoy_most for k in op.kinds}, **sizes})


def test_no_more_own_cars_than_fill_the_buses(planned: Callable[[Hamlet], Plan]) -> None:
    """Of four cars two drive: at ``x`` all four cost more than they save.

    Two buses and ten people in two cars pass ``x`` from 900 on, one after another, 1,200 s a bus
    and 1,000 s a car: 5,300, and 1,200 s to ``r``. With four cars it would be 8,500, without any
    one bus would come twice.
    """
    hamlet = Hamlet(
        bays={"a": 2},
        crossings={"x": (1_200, 0)},
        special={("x", "car"): (1_000, 0)},
        kinds={"bus": Kind(50, {"d": 2}), "car": Kind(5, {"a": 4}, {"own": True})},
        groups={"people": Group(110, "a", ("bus", "car"))},
    )
    plan = planned(hamlet)
    assert plan.answer.clearance_time_s == 6_500
    assert sum(v.startswith("car") for r in plan.rotations for v in r.vehicles) == 2


def test_seats_that_would_be_empty_are_shared(planned: Callable[[Hamlet], Plan]) -> None:
    """Ten of the sick ride in the second bus load, which has room; ten in two vans' loads.

    Bus and van each go twice, 4,080 s a round, and meet at ``x`` once: 8,040 + 60. In the van
    alone the sick would need four rounds, with the bus alone all would need three.
    """
    hamlet = Hamlet(
        bays={"a": 2},
        kinds={"bus": Kind(50, {"d": 1}), "van": Kind(5, {"d": 1})},
        groups={"people": Group(90, "a"), "sick": Group(20, "a", ("bus", "van"))},
    )
    plan = planned(hamlet)
    assert plan.answer.clearance_time_s == 8_100
    loads = [sum(b.persons.values()) for r in plan.rotations for b in r.boarding]
    assert sorted(loads) == [5, 5, 50, 50]


def test_few_convoys_need_not_be_even(planned: Callable[[Hamlet], Plan]) -> None:
    """Two teams, six loads, four bays: four buses and then two are sooner through than thrice two.

    Four have boarded at 4,800, and pass ``x`` from 5,400 to 7,800; the others, at 7,800, pass it
    from 8,400 to 9,600. The convoys of three would pass it until 10,200.
    """
    hamlet = Hamlet(
        bays={"a": 4},
        board_s=3_000,
        crossings={"x": (600, 0)},
        kinds={"bus": Kind(50, {"d": 10})},
        groups={"people": Group(300, "a")},
        convoys=(2, 10, 0),
        teams=2,
    )
    plan = planned(hamlet)
    assert plan.answer.clearance_time_s == 10_800
    assert sorted(len(r.vehicles) for r in plan.rotations) == [2, 4]


def test_vehicles_that_nobody_needs_stay(opened: Open) -> None:
    """Ten buses, six loads: in threes, six go; but where they stand at two places, all may."""
    hamlet = Hamlet(
        kinds={"bus": Kind(50, {"d": 10})}, groups={"people": Group(300, "a")}, convoys=(2, 4, 0)
    )
    operation, demand = compiled(opened(hamlet))
    trips = allot(operation, demand)
    assert _choice(operation, trips, bus=3).division == {("bus", 0): (3, 3)}
    assert _choice(operation, trips, bus=4).division == {("bus", 0): (4, 4)}
    hamlet.kinds = {"bus": Kind(50, {"d": 5, "e": 5})}
    hamlet.depots = {"d": "r", "e": "r"}
    operation, demand = compiled(opened(hamlet))
    division = _choice(operation, allot(operation, demand), bus=3).division
    assert division == {("bus", 0): (3, 2), ("bus", 1): (3, 2)}


@pytest.mark.parametrize(("loads", "sizes"), [(6, [2, 4]), (5, [2, 4]), (8, [4, 4])])
def test_who_is_not_needed_again_stays_behind(opened: Open, loads: int, sizes: list[int]) -> None:
    """The last convoy takes no vehicles that nobody would board, beyond the least convoy."""
    hamlet = Hamlet(
        kinds={"bus": Kind(50, {"d": 4})},
        groups={"people": Group(50 * loads, "a")},
        convoys=(2, 4, 0),
    )
    operation, demand = compiled(opened(hamlet))
    trips = allot(operation, demand)
    board = build(operation, trips, _choice(operation, trips, bus=4).units(), 86_400)
    order, _ = sample(board, operation, seed=0, tries=1, target=0)
    assert order is not None
    runs = int(board.work.tally[4])
    assert sorted(board.work.rec[:runs, 3].tolist()) == sizes


def _mixed(opened: Open) -> Choice:
    """Nine loads of buses in convoys of four, one of them with five people who could drive."""
    hamlet = Hamlet(
        kinds={"bus": Kind(50, {"d": 8}), "car": Kind(5, {"a": 4}, {"own": True})},
        groups={"people": Group(350, "a"), "drivers": Group(60, "a", ("bus", "car"))},
        convoys=(2, 4, 0),
    )
    operation, demand = compiled(opened(hamlet))
    return _choice(operation, allot(operation, demand, own_vehicles=False), bus=4)


def test_a_shift_empties_the_last_load_or_convoy(opened: Open) -> None:
    """Ten people are the last load; the last convoy is one load, and no more have cars."""
    choice = _mixed(opened)
    changes = Changes(choice.op, choice.trips)
    assert {p.kind: len(p.loads) for p in choice.trips.pairs} == {"bus": 9}
    for much in (LOAD, 1):
        after = changes.changed(choice, Shift("a", "bus", "car", much))
        assert after is not None
        assert {p.kind: len(p.loads) for p in after.trips.pairs} == {"bus": 8, "car": 2}
        assert [load.total for p in after.trips.pairs for load in p.loads] == [50] * 8 + [5, 5]
    assert changes.changed(choice, Shift("a", "bus", "car", 2)) is None, "too few cars"
    assert changes.changed(choice, Shift("a", "car", "bus", 1)) is None, "nobody drives"


def test_a_trade_keeps_to_the_convoy_rules(opened: Open) -> None:
    """No convoy falls below the least, or grows beyond the most."""
    choice = _mixed(opened)
    changes = Changes(choice.op, choice.trips)
    assert changes.changed(choice, Trade("bus", 0, 0, 1)) is None, "five in a convoy"
    smaller = changes.changed(choice, Resize("bus", 3))
    assert smaller is not None
    assert smaller.division["bus", 0] == (3, 3, 2)
    assert changes.changed(smaller, Trade("bus", 0, 2, 0)) is None, "one in a convoy"
    traded = changes.changed(smaller, Trade("bus", 0, 0, 2))
    assert traded is not None
    assert traded.division["bus", 0] == (2, 3, 3)
    assert [u.vehicles for u in traded.units()] == [(1, 2), (3, 4, 5), (6, 7, 8)]
    evened = changes.changed(traded, Resize("bus", 4))
    assert evened is not None
    assert evened.division["bus", 0] == (4, 4), "another size begins evenly again"


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(hamlets())
def test_changes_keep_everybody(hamlet: Hamlet) -> None:
    """Whatever is changed, as many go, in types that suit them, within seats and vehicles."""
    with tempfile.TemporaryDirectory() as folder:
        operation, demand = compiled(hamlet.write(Path(folder)))
    trips = allot(operation, demand)
    changes = Changes(operation, trips)
    choice = _choice(operation, trips)
    for change in changes.of(choice):
        after = changes.changed(choice, change)
        if after is None:
            continue
        _assert_same_people(operation, trips, after.trips)
        for (kind, entry), parts in after.division.items():
            assert sum(parts) <= operation.kind(kind).counts[entry][1]
            assert all(operation.convoy_least <= n <= operation.convoy_most for n in parts)
        choice = after


def _assert_same_people(op: Operation, before: Trips, after: Trips) -> None:
    assert _aboard(after) == _aboard(before)
    assert after.left == before.left
    for (_, name), parts in after.parts.items():
        assert all(name in suited(op, cell, to) for cell, to, _ in parts)
    used: Counter[tuple[str, str]] = Counter()
    for pair in after.pairs:
        kind = op.kind(pair.kind)
        assert all(0 < load.total <= kind.seats for load in pair.loads)
        assert sum(load.total for load in pair.loads) == sum(
            n for _, _, n in after.parts[pair.place, pair.kind]
        )
        if not kind.returns:
            used[kind.id, pair.place if kind.own else ""] += len(pair.loads)
    for (name, place), loads in used.items():
        assert loads <= usable(op, op.kind(name), place or None)


def _two_ends(**more: object) -> Hamlet:
    """Two roads out, each to its own reception point, and half an hour between those."""
    return Hamlet(
        roads={("a", "x"): 10, ("x", "r"): 20, ("b", "y"): 6, ("y", "s"): 8, ("r", "s"): 30},
        bays={"a": 4, "b": 4},
        crossings={"x": (60, 0), "y": (60, 0)},
        corridors={"c": ["x"], "e": ["y"]},
        reception={"r": (9, None), "s": (9, None), **more.pop("reception", {})},  # type: ignore[dict-item]  # of any field
        kinds={"bus": Kind(50, {"d": 4})},
        groups={"near": Group(600, "b", to=("s", "r")), "far": Group(400, "a", to=("r", "s"))},
        convoys=(2, 4, 0),
        **more,  # type: ignore[arg-type]  # of any field
    )


def test_whole_convoys_are_diverted(opened: Open) -> None:
    """A hundred people of ``a``, a convoy of two buses, go to ``s``, and nobody is lost."""
    operation, demand = compiled(opened(_two_ends()))
    choice = _choice(operation, allot(operation, demand), bus=2)
    changes = Changes(operation, choice.trips)
    assert Divert("a", "bus", "r", "s", 1) in changes.of(choice)
    made = changes.changed(choice, Divert("a", "bus", "r", "s", 1))
    assert made is not None
    assert _aboard(made.trips) == _aboard(choice.trips)
    loads = Counter(
        (pair.place, load.destination) for pair in made.trips.pairs for load in pair.loads
    )
    assert loads == {("a", "r"): 6, ("a", "s"): 2, ("b", "s"): 12}
    back = changes.changed(made, Divert("a", "bus", "s", "r", 1))
    assert back is not None
    assert _aboard(back.trips) == _aboard(choice.trips)


def test_nobody_is_diverted_without_room_or_beyond_those_there(opened: Open) -> None:
    """Where ``s`` has room for fifty more, a hundred cannot go there; nor can a fifth convoy."""
    for room, convoys, fits in ((700, 1, True), (650, 1, False), (2_000, 4, True)):
        case = opened(_two_ends(reception={"s": (9, room)}))
        operation, demand = compiled(case)
        choice = _choice(operation, allot(operation, demand), bus=2)
        changes = Changes(operation, choice.trips)
        made = changes.changed(choice, Divert("a", "bus", "r", "s", convoys))
        assert (made is not None) is fits
        assert changes.changed(choice, Divert("a", "bus", "r", "s", 5)) is None


def test_nobody_is_diverted_to_where_nothing_is_nearer(opened: Open) -> None:
    """With everybody at ``a``, a bus that goes to ``s`` would only have a longer way back."""
    hamlet = _two_ends()
    hamlet.groups = {"far": Group(400, "a", to=("r", "s"))}
    operation, demand = compiled(opened(hamlet))
    choice = _choice(operation, allot(operation, demand), bus=2)
    assert not [c for c in Changes(operation, choice.trips).of(choice) if isinstance(c, Divert)]
