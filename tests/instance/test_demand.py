"""Who leaves, from where, to where and until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from safepassage.cases import OpenCase
from tests.convoy.hamlet import Group, Hamlet, compiled, figure

Open = Callable[[Hamlet], OpenCase]


def _clause(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "id": name, **fields}


def test_shares_of_destinations_split_the_people(opened: Open) -> None:
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("x", "r"): 20, ("x", "s"): 5},
        reception={"r": (9, None), "s": (9, None)},
        groups={"people": Group(50, "a", to=("r", "s"))},
    )
    _, demand = compiled(opened(hamlet))
    assert [(c.destinations, c.persons) for c in demand.cells] == [(("r", "s"), 50)]
    shares = [{"place": "r", "share": "2/3"}, {"place": "s", "share": "1/3"}]
    hamlet.clauses = [_clause("destination", "to", groups=["people"], places=shares)]
    _, demand = compiled(opened(hamlet))
    assert [(c.destinations, c.persons) for c in demand.cells] == [(("r",), 33), (("s",), 17)]
    assert demand.persons == 50


def test_earliest_deadline_counts_and_the_window_ends_all(opened: Open) -> None:
    hamlet = Hamlet(
        groups={"one": Group(5, "a"), "two": Group(5, "a")},
        window={"length": figure("4h")},
        leave={"within": figure("6h")},
        clauses=[
            _clause("leave", "soon", groups=["one"], by=figure("2030-01-01T10:00:00.9+00:00"))
        ],
    )
    _, demand = compiled(opened(hamlet))
    assert [c.deadline for c in demand.cells] == [2 * 3_600, 6 * 3_600]
    assert [c.in_time for c in demand.cells] == [2 * 3_600, 4 * 3_600]
    assert (demand.deadline, demand.in_time) == (6 * 3_600, 4 * 3_600)


def test_no_deadline_anywhere(opened: Open) -> None:
    _, demand = compiled(opened(Hamlet()))
    assert (demand.deadline, demand.in_time) == (None, None)


def test_rank_is_that_of_the_clause_before_that_of_the_group(opened: Open) -> None:
    groups = {n: Group(5, "a", more={"priority": p}) for n, p in (("g", 3), ("h", 1), ("i", 0))}
    _, demand = compiled(opened(Hamlet(groups=groups)))
    assert [c.rank for c in demand.cells] == [3, 1, 0]
    order = [_clause("priority", "order", order=["h", "g"])]
    _, demand = compiled(opened(Hamlet(groups=groups, clauses=order)))
    assert [c.rank for c in demand.cells] == [1, 0, 2]


def test_corridors_are_those_of_the_route_clauses_that_name_the_group(opened: Open) -> None:
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("a", "y"): 10, ("x", "r"): 20, ("y", "r"): 20},
        crossings={"x": (60, 0), "y": (60, 0)},
        corridors={"c": ["x"], "e": ["y"]},
        groups={"one": Group(5, "a"), "two": Group(5, "a")},
        clauses=[
            _clause("route", "all", corridors=["c"]),
            _clause("route", "more", corridors=["e"], groups=["two"]),
        ],
    )
    _, demand = compiled(opened(hamlet))
    assert [set(c.corridors) for c in demand.cells] == [{"c"}, {"c", "e"}]
