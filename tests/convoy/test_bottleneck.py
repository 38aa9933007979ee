"""The sentence that names what binds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from safepassage.cases import OpenCase
from safepassage.convoy.bottleneck import Names, bottleneck
from safepassage.convoy.bounds import Bound
from tests.convoy.hamlet import Hamlet, compiled

Open = Callable[[Hamlet], OpenCase]
NAMES = Names({"x": "The bridge", "bus": "Bus"}, lambda s: f"moment {s}")


@pytest.mark.parametrize(
    ("label", "words", "resource"),
    [
        ("x/out", "The bridge", "crossings"),
        ("fleet/bus", "(Bus)", "fleet/bus"),
        ("escorts", "2 escort teams", "escorts"),
        ("board/a", "a has 1 bays", "bays/a"),
        ("own/bus", "own vehicles", "own/bus"),
        ("room/r", "no more people than its capacity", "room/r"),
        ("people", "The way itself binds", None),
    ],
)
def test_every_family(opened: Open, label: str, words: str, resource: str | None) -> None:
    operation, demand = compiled(opened(Hamlet(teams=2)))
    bound = Bound(3_900, None, {label: 0.9, "people": 0.1} if label != "people" else {label: 1.0})
    found = bottleneck(operation, demand, bound, None, NAMES)
    assert words in found.sentence
    assert found.resource == resource


def test_nothing_binds(opened: Open) -> None:
    operation, demand = compiled(opened(Hamlet()))
    for bound in (None, Bound(0, None, {})):
        assert "No limit binds" in bottleneck(operation, demand, bound, None, NAMES).sentence


def test_crossing_without_inspection_is_not_named(opened: Open) -> None:
    operation, demand = compiled(opened(Hamlet(crossings={"x": (0, 60)})))
    found = bottleneck(operation, demand, Bound(3_900, None, {"x/in": 1.0}), None, NAMES)
    assert "The way itself binds" in found.sentence
