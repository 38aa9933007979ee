"""Batches that one vehicle carries, and that have to go both first and last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

import pytest

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy.batches import divide_demand, part_in_two
from safepassage.convoy.effort import Effort
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled, plan_of

Open = Callable[[Hamlet], OpenCase]
BOARD, UNLOAD, REST = 300, 120, 1_200
"""Boarding, unloading, and the way from the crossing to where all arrive (s)."""


def _hamlet(few: int, many: int, buses: int, far: tuple[int, int], least: int = 0) -> Hamlet:
    """A few people at ``a`` go before and after many at ``c``; so many minutes to the crossing."""
    rules = [
        {"rule": "first_mover", "waiting": ["many"], "awaited": ["few"], "gist": "They begin."},
        {"rule": "last_waits_for_last", "waiting": ["few"], "awaited": ["many"], "gist": "So."},
    ]
    batches = [{"groups": ["few"], "rest": True}, {"groups": ["many"], "rest": True}]
    step = {"id": "one", "gist": "All go.", "batches": batches, "release": rules}
    return Hamlet(
        roads={("a", "x"): far[0], ("c", "x"): far[1], ("x", "r"): REST // 60},
        bays={"a": 9, "c": 9},
        crossings={"x": (0, 0)},
        kinds={"bus": Kind(16, {"d": buses})},
        groups={"few": Group(few, "a"), "many": Group(many, "c")},
        convoys=(least, 9, 0) if least else None,
        clauses=[{"kind": "linked", "id": "steps", "steps": [step]}],
    )


def _shared_out(names: Sequence[str], buses: int) -> Iterator[list[list[str]]]:
    """All ways to give some rotations to buses, in any order."""
    for order in set(permutations(names)):
        for cut in range(len(order) + 1) if buses == 2 else [len(order)]:
            yield [list(order[:cut]), list(order[cut:])]


def _ends(turns: Sequence[Sequence[str]], far: dict[str, int], parts: int) -> int | None:
    """End of a timetable, each rotation as soon as may be; None where they wait in a circle."""
    holds: dict[str, int] = {}
    for _ in range(9):
        departs, last = {}, 0
        for turn in turns:
            t = 0
            for name in turn:
                way = far[name[0]] + REST
                departs[name] = max(t + way + BOARD, holds.get(name, 0))
                t = departs[name] + way + UNLOAD
                last = max(last, t - UNLOAD)
        others = [t for name, t in departs.items() if name[0] == "c"]
        wanted = {name: departs["a0"] for name in departs if name[0] == "c"}
        wanted[f"a{parts - 1}"] = max(others)
        if all(departs[name] >= t for name, t in wanted.items()):
            return last
        holds = wanted
    return None


def _brute_force(many: int, buses: int, far: tuple[int, int]) -> int:
    ways = {"a": 60 * far[0], "c": 60 * far[1]}
    loads = [f"c{i}" for i in range(-(-many // 16))]
    ends = [
        end
        for parts in (1, 2)
        for turns in _shared_out([*(f"a{i}" for i in range(parts)), *loads], buses)
        if (end := _ends(turns, ways, parts)) is not None
    ]
    return min(ends)


@pytest.mark.parametrize("far", [(10, 10), (5, 25), (30, 5)])
@pytest.mark.parametrize(("many", "buses"), [(10, 1), (30, 1), (10, 2), (30, 2), (48, 2)])
def test_as_soon_as_any_timetable(
    opened: Open, many: int, buses: int, far: tuple[int, int]
) -> None:
    """Everybody is out as soon as the best of all orders lets them, parted or not."""
    case = opened(_hamlet(10, many, buses, far))
    plan = plan_of(case, effort=Effort.quick())
    assert not plan.left
    assert verify(plan, case).valid
    assert plan.answer.clearance_time_s == _brute_force(many, buses, far)


def test_convoys_of_the_least_size_are_parted_too(opened: Open) -> None:
    """Two loads make one convoy of two buses; parted, an empty bus goes along with each."""
    case = opened(_hamlet(32, 60, 2, (10, 10), least=2))
    plan = plan_of(case, effort=Effort.quick())
    assert not plan.left
    assert verify(plan, case).valid
    carried = [sum(b.persons.values()) for r in plan.rotations for b in r.boarding]
    assert sorted(carried) == [0, 0, 12, 16, 16, 16, 16, 16]


@pytest.mark.parametrize(("few", "expected"), [(10, [5, 5, 16, 14]), (1, [1, 16, 14])])
def test_whoever_is_alone_is_not_parted(opened: Open, few: int, expected: list[int]) -> None:
    """A load is divided by its people; one person cannot go twice."""
    op, demand = compiled(opened(_hamlet(few, 30, 1, (10, 10))))
    assert demand.linked is not None
    whole = divide_demand(op, demand, demand.linked, "far-first", large=True)
    parted = part_in_two(op, demand.linked, whole)
    assert sorted(x.total for p in parted.trips.pairs for x in p.loads) == sorted(expected)
    assert parted.carried == whole.carried
    assert len(parted.parted) == len(expected) - 3
