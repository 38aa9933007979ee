"""How far settings turn a term: only those count that turn it and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.cases import OpenCase
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.turned import term_of, turned_by
from safepassage.negotiate.levers import levers, together
from safepassage.plan.document import CaseReference
from safepassage.plan.table import Table
from tests.negotiate.ford import ford

TERMS = Terms("terms", "likely", ())
AT = "proposals.terms.clauses"


def _court(opened: OpenCase) -> Court:
    reference = CaseReference(opened.case.id, opened.case.title, opened.digest, "here")
    return Court(Table("needs", reference, {}, ()), opened)


@pytest.fixture
def opened(tmp_path: Path) -> OpenCase:
    return ford(crossings={"x": (300, 60), "y": (300, 0)}).write(tmp_path / "ford")


def _amount(opened: OpenCase, what: str, *settings: str) -> int | None:
    court = _court(opened)
    term = term_of(what, court, TERMS)
    assert term is not None
    return term.amount(settings, court, TERMS)


def test_agrees_with_the_levers_of_the_planner(opened: OpenCase) -> None:
    """Two readings of the format page: each amount of each lever is known by its settings."""
    court = _court(opened)
    found = levers(opened, opened.case.proposal())
    assert {lever.kind for lever in found} >= {"vehicles", "escorts", "hours", "inspection"}
    for lever in found:
        term = term_of(lever.id, court, TERMS)
        assert term is not None
        assert (term.now, term.step) == (lever.now, lever.amounts.step)
        for amount in (lever.amounts[0], lever.amounts[1], lever.amounts[-1]):
            assert term.amount(lever.settings(amount), court, TERMS) == amount, lever.id


def test_hours_are_longer_at_their_end_and_nowhere_else(opened: OpenCase) -> None:
    """So many hours at night are others than the same number by day."""
    path = f"{AT}.window.daily"
    day, night = '[{from: "08:00", to: "15:00"}]', '[{from: "22:00", to: "05:00"}]'
    assert _amount(opened, "hours:window", f"{path}={night}") is None
    assert _amount(opened, "hours:window", f"{path}={day}") == 7 * 3_600
    assert _amount(opened, "hours:window", f'{path}=[{{from: "99:00", to: "05:00"}}]') is None


def test_faster_inspection_is_that_of_the_crossing_named(opened: OpenCase) -> None:
    """Neither another crossing, nor a class that is let through unseen beside the slowest."""
    there, elsewhere = (f"places.{x}.inspection.0.time" for x in "xy")
    inward = "places.x.inspection.1.time"
    assert _amount(opened, "inspection:x", f"{elsewhere}=200s") is None
    assert _amount(opened, "inspection:x", f"{there}=200s", f"{inward}=0s") is None
    assert _amount(opened, "inspection:x", f"{there}=200s") == 200


def test_another_way_out_leaves_those_that_are_open(opened: OpenCase) -> None:
    """A corridor is opened beside the others, not in their place."""
    path = f"{AT}.route.corridors"
    assert _amount(opened, "crossing:south", f"{path}=[south]") is None
    assert _amount(opened, "crossing:south", f"{path}=[north, south]") == 1
    assert _amount(opened, "crossing:south") == 0


def test_all_ends_are_moved_to_one_moment(tmp_path: Path) -> None:
    """An end that is moved further than said would make the change look smaller than it is."""
    leave = {"kind": "leave", "id": "soon", "groups": ["people"], "within": {"value": "8h"}}
    leave["within"]["assumed"] = "made up"
    base = ford()
    opened = ford(clauses=[*base.clauses, leave]).write(tmp_path / "ford")
    window, soon = f"{AT}.window.length", f"{AT}.soon.within"
    assert _amount(opened, "deadline", f"{window}=36000s", f"{soon}=36000s") == 36_000
    assert _amount(opened, "deadline", f"{window}=90000s", f"{soon}=36000s") is None


@pytest.mark.parametrize("what", ["vehicles:ferry", "hours:route", "crossing:north", "speed"])
def test_what_cannot_be_turned_is_no_term(what: str, opened: OpenCase) -> None:
    """A name that the terms do not bear, or a corridor that is open already."""
    assert term_of(what, _court(opened), TERMS) is None


def test_ways_that_are_opened_together_are_both_open(tmp_path: Path) -> None:
    """Levers that change one list add to it: the later one does not shut what the earlier opens."""
    case = ford(
        roads={(a, b): 10 for x in "xyz" for a, b in (("a", x), (x, "r"))},
        crossings=dict.fromkeys("xyz", (300, 0)),
        corridors={"north": ["x"], "south": ["y"], "west": ["z"]},
    )
    opened = case.write(tmp_path / "ford")
    ways = [lever for lever in levers(opened, opened.case.proposal()) if lever.kind == "crossing"]
    settings = together(s for lever in ways for s in lever.settings(1))
    assert settings == (f"{AT}.route.corridors=[north, south, west]",)
    court = _court(opened)
    terms = [t for lever in ways if (t := term_of(lever.id, court, TERMS)) is not None]
    assert turned_by(settings, terms, court, TERMS) == {"crossing:south": 1, "crossing:west": 1}
    alone = ways[1].settings(1)
    assert turned_by(alone, terms, court, TERMS) == {"crossing:south": 0, "crossing:west": 1}
    assert turned_by([f"{AT}.route.corridors=[south, west]"], terms, court, TERMS) is None
