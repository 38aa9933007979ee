"""The sentence that names what binds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
        ("board/a", "a has 1 bay;", "bays/a"),
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


def test_a_single_team_is_not_one_of_several(opened: Open) -> None:
    """Of one team the sentence says that it is the only one."""
    operation, demand = compiled(opened(Hamlet(teams=1)))
    found = bottleneck(operation, demand, Bound(3_900, None, {"escorts": 1.0}), None, NAMES)
    assert "needs the only escort team" in found.sentence


def test_nothing_binds(opened: Open) -> None:
    operation, demand = compiled(opened(Hamlet()))
    for bound in (None, Bound(0, None, {})):
        assert "No limit binds" in bottleneck(operation, demand, bound, None, NAMES).sentence


def test_crossing_without_inspection_is_not_named(opened: Open) -> None:
    operation, demand = compiled(opened(Hamlet(crossings={"x": (0, 60)})))
    found = bottleneck(operation, demand, Bound(3_900, None, {"x/in": 1.0}), None, NAMES)
    assert "The way itself binds" in found.sentence


def test_rows_of_people_bind_nothing(opened: Open) -> None:
    """Whoever is capped by their own number is held back by another limit, however small."""
    operation, demand = compiled(opened(Hamlet()))
    bound = Bound(3_900, None, {"people/41": 0.7, "people/42": 0.26, "x/out": 0.04})
    assert bottleneck(operation, demand, bound, None, NAMES).resource == "crossings"


def test_a_count_that_would_do_says_what_the_proof_knows_beyond_it(opened: Open) -> None:
    """Where whole journeys alone would be enough, it is the convoys before a vehicle that bind."""
    operation, demand = compiled(opened(Hamlet()))
    loads = demand.persons // operation.kind("bus").seats
    late = bottleneck(
        operation, demand, Bound(10_000 * loads, None, {"fleet/bus": 1.0}), None, NAMES
    )
    assert "pass one after another" in late.sentence
    soon = bottleneck(operation, demand, Bound(60, None, {"fleet/bus": 1.0}), None, NAMES)
    assert "pass one after another" not in soon.sentence


def test_vehicles_that_do_not_come_back_make_one_journey(opened: Open) -> None:
    """The sentence counts journeys that can be made, none of them after the first."""
    operation, demand = compiled(opened(Hamlet()))
    kinds = tuple(replace(k, returns=False) for k in operation.kinds)
    once = replace(operation, kinds=kinds)
    bound = Bound(3_900, None, {"fleet/bus": 1.0})
    bus = once.kind("bus")
    told = bottleneck(once, demand, bound, None, NAMES).sentence
    assert f"make one journey each and carry at most {bus.total * bus.seats:,} people" in told
    assert "for a rotation" in bottleneck(operation, demand, bound, None, NAMES).sentence
