from __future__ import annotations

from pathlib import Path

from safepassage.cases import OpenCase, changed_case
from safepassage.negotiate.levers import DAY, Lever, levers
from safepassage.negotiate.limits import limits, moved, without_limits
from safepassage.negotiate.session import Session
from tests.convoy.hamlet import Kind, figure
from tests.negotiate.ford import ford


def _levers(opened: OpenCase) -> dict[str, Lever]:
    return {lever.id: lever for lever in levers(opened, opened.case.proposal())}


def test_every_term_that_can_be_turned_is_a_lever(opened: OpenCase) -> None:
    """Vehicles, teams, hours, inspection, another crossing, the deadline: each with its clause."""
    found = _levers(opened)
    assert set(found) == {
        "vehicles:bus",
        "escorts",
        "hours:window",
        "inspection:x",
        "crossing:south",
        "deadline",
    }
    assert {k: v.now for k, v in found.items()} == {
        "vehicles:bus": 1,
        "escorts": 3,
        "hours:window": 6 * 3_600,
        "inspection:x": 300,
        "crossing:south": 0,
        "deadline": 9 * 3_600,
    }
    assert found["hours:window"].clause_id == "window"
    assert found["crossing:south"].clause_id == "route"
    assert found["vehicles:bus"].clause_id is None


def test_settings_of_a_lever_fit_the_case_at_both_ends(opened: OpenCase) -> None:
    """Whatever a lever asks for is a change that the case takes."""
    for lever in _levers(opened).values():
        for amount in (lever.amounts[0], lever.amounts[1], lever.amounts[-1]):
            assert changed_case(opened, lever.settings(amount)).case.id == "hamlet"


def test_no_lever_asks_for_more_than_terms_may_state(tmp_path: Path) -> None:
    """A fleet or escorts near the largest number that terms take are turned up to that number."""
    pace = {"kind": "pace", "id": "pace", "persons": figure(90_000_000), "every": figure("1h")}
    base = ford(kinds={"bus": Kind(1, {"d": 20_000})}, teams=3_000)
    opened = ford(kinds=base.kinds, teams=base.teams, clauses=[*base.clauses, pace]).write(tmp_path)
    found = _levers(opened)
    ends = {name: found[name].amounts[-1] for name in ("vehicles:bus", "escorts", "pace:pace")}
    assert ends == {"vehicles:bus": 100_000, "escorts": 10_000, "pace:pace": 100_000_000}
    for lever in found.values():
        assert changed_case(opened, lever.settings(lever.amounts[-1])).case.id == "hamlet"


def test_lever_as_it_stands_changes_no_answer(opened: OpenCase) -> None:
    """The first amount is the terms as they are, so "one step less" can always be asked about."""
    session = Session(opened)
    stands = session.ask().plan.answer
    for lever in _levers(opened).values():
        same = session.ask(lever.settings(lever.now)).plan.answer
        assert (same.clearance_time_s, same.deadline_s) == (
            stands.clearance_time_s,
            stands.deadline_s,
        ), lever.id


def test_daily_hours_end_at_a_whole_day(opened: OpenCase) -> None:
    """Twenty-four hours are no hours at all; hours past midnight wrap."""
    hours = _levers(opened)["hours:window"]
    assert hours.amounts[-1] == DAY
    path = "proposals.terms.clauses.window.daily"
    assert hours.settings(DAY) == (f"{path}=[]",)
    assert hours.settings(17 * 3_600) == (f'{path}=[{{from: "08:00", to: "01:00"}}]',)


def test_ends_are_moved_together_and_never_earlier(opened: OpenCase) -> None:
    """A later deadline moves what is earlier, and leaves alone what is later."""
    terms = opened.case.proposal()
    assert limits(terms) == [(9 * 3_600, "window")]
    assert moved(terms, 36_000) == ("proposals.terms.clauses.window.length=36000s",)
    assert moved(terms, 60) == ("proposals.terms.clauses.window.length=32400s",)
    free = changed_case(opened, without_limits(terms))
    assert limits(free.case.proposal()) == []
