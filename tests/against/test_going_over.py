"""Orders with vehicles that go over between two ends of the roads, against every tour there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy.effort import Effort
from tests.convoy.hamlet import Group, Hamlet, Kind, plan_of

Open = Callable[[Hamlet], OpenCase]

BOARD_S, UNLOAD_S = 300, 120
ENDS = {"a": "r", "b": "s"}
MINUTES = {("a", "x"): 10, ("x", "r"): 20, ("b", "y"): 6, ("y", "s"): 8, ("r", "s"): 25}


def _hamlet(loads: dict[str, int], buses: int) -> Hamlet:
    """Two roads out, each with its own reception point; between those, a road without a crossing.

    Crossings take no time and there are bays for all, so buses have nothing to do with each other.
    """
    return Hamlet(
        roads=MINUTES,
        bays={"a": 9, "b": 9},
        crossings={"x": (0, 0), "y": (0, 0)},
        corridors={"c": ["x"], "e": ["y"]},
        reception={"r": (9, None), "s": (9, None)},
        kinds={"bus": Kind(50, {"d": buses})},
        groups={f"of-{a}": Group(50 * n, a, to=(ENDS[a],)) for a, n in loads.items()},
        board_s=BOARD_S,
        unload_s=UNLOAD_S,
    )


def _fetch(at: str, place: str) -> int:
    """Seconds of the empty leg; to the other road it goes by way of its end."""
    home = {"a": 30, "b": 14}[place]
    return 60 * (home if ENDS[place] == at else home + 25)


def _tour(places: tuple[str, ...]) -> int:
    """When a bus that starts at ``r`` has brought a load from each of these places, in turn."""
    at, time = "r", 0
    for place in places:
        time += _fetch(at, place) + BOARD_S + 60 * {"a": 30, "b": 14}[place]
        at = ENDS[place]
        time += UNLOAD_S
    return time - UNLOAD_S if places else 0


def _orders(a: int, b: int) -> Iterator[tuple[str, ...]]:
    if not a + b:
        yield ()
    if a:
        yield from (("a", *rest) for rest in _orders(a - 1, b))
    if b:
        yield from (("b", *rest) for rest in _orders(a, b - 1))


@cache
def _least(a: int, b: int, buses: int) -> int:
    """Least last arrival of so many loads by so many buses, over every tour of each."""
    if buses == 1:
        return min(_tour(places) for places in _orders(a, b))
    return min(
        max(min(_tour(p) for p in _orders(i, j)), _least(a - i, b - j, buses - 1))
        for i in range(a + 1)
        for j in range(b + 1)
    )


@pytest.mark.parametrize(
    ("a", "b", "buses"), [(3, 5, 2), (5, 4, 2), (4, 7, 2), (6, 3, 2), (4, 6, 3), (5, 8, 3)]
)
def test_buses_go_over_where_that_is_best(a: int, b: int, buses: int, opened: Open) -> None:
    """A bus serves one road, then the other, where tours that do have everyone out first."""
    case = opened(_hamlet({"a": a, "b": b}, buses))
    best = _least(a, b, buses)
    first, refined = (plan_of(case, effort=e) for e in (Effort.glance(), Effort.quick()))
    for plan in (first, refined):
        assert verify(plan, case).valid
        assert plan.answer.clearance_time_s is not None
        assert plan.answer.lower_bound_s <= best <= plan.answer.clearance_time_s
    assert refined.answer.clearance_time_s == best
