"""The cases with a record: what is in them, what is predicted for them, and how far off that is."""

from __future__ import annotations

import json
import re

import pytest

from safepassage.cases import OpenCase, clearance_folder, open_case
from safepassage.check import verify
from safepassage.network.clearance_folder import read_clearance_folder
from safepassage.record import consistency
from safepassage.record.replay import replay_history
from safepassage.solver import solve
from safepassage.terms.checks.walk import walk
from safepassage.terms.clauses import LeaveClause, PaceClause, TimedClause
from safepassage.terms.provenance import Citation
from tests.cli.conftest import Command

HOUR = 3_600
NEW = ("al-waer-2017", "nagorno-karabakh-2023", "sumy-2022")

#: Actual and predicted hours of everybody out, and whether stops are among them.
DURATIONS = {
    "aleppo-2016": (174.4, 154.6, 67.6),
    "al-waer-2017": (1_529.0, 2_193.7, 2_193.7),
    "sumy-2022": (12.0, 9.5, 9.5),
    "nagorno-karabakh-2023": (144.0, 61.0, 61.0),
}


@pytest.fixture(scope="module", params=NEW)
def case(request: pytest.FixtureRequest) -> OpenCase:
    """Each case that came with the record."""
    return open_case(request.param)


def test_every_source_is_used(case: OpenCase) -> None:
    """A source that nothing cites would only look like evidence."""
    cited = {r.source for _, r in walk(case.case) if isinstance(r, Citation)}
    cited |= {r.source for r in case.observations}
    for file in ("README.md", "observations.csv", "network/link.csv"):
        cited |= set(re.findall(r"[a-z0-9-]+", (case.folder / file).read_text(encoding="utf-8")))
    assert not [s.id for s in case.case.sources if s.id not in cited]


def test_every_row_names_the_page_that_carried_it(case: OpenCase) -> None:
    """``via`` and ids of sources, as in the Aleppo case."""
    known = {s.id for s in case.case.sources}
    assert case.observations
    for row in case.observations:
        pages = re.match(r"via ([a-z0-9, ]+?)(?:;|$)", row.note or "")
        assert pages, row.note
        assert set(pages[1].split(", ")) <= known, row.note


def test_every_proposal_stands_in_the_readme_or_is_the_only_one(case: OpenCase) -> None:
    """So that a reader finds what can be planned."""
    text = (case.folder / "README.md").read_text(encoding="utf-8")
    proposals = {p.id for p in case.case.proposals}
    assert len(proposals) == 1 or proposals <= set(re.findall(r"`([a-z0-9-]+)`", text))


def test_what_can_be_planned_is_planned_with_a_proof(case: OpenCase) -> None:
    """Every count, checked, with a certified bound over nothing; all are in time, but for those
    beyond the twelve thousand whom the pace of al-Waer reckons with."""
    for proposal in case.case.proposals:
        if not any(isinstance(c, LeaveClause) for c in proposal.clauses):
            continue
        for plan in solve(case, proposal.id).plans.values():
            verdict = verify(plan, case)
            assert verdict.valid
            assert verdict.lower_bound_verified
            assert plan.answer.lower_bound_s > HOUR
            assert plan.answer.feasible is (plan.answer.persons != 20_000)
            assert plan.answer.evacuated_by_deadline >= min(plan.answer.persons, 12_000)


@pytest.mark.parametrize("name", DURATIONS)
def test_predicted_and_actual_durations_are_those_of_the_page(name: str) -> None:
    """Within a tenth: whoever changes a case or the planner has to look at the page again."""
    actual, predicted, undisturbed = DURATIONS[name]
    duration = replay_history(open_case(name)).duration
    assert duration is not None
    assert duration.actual_s / HOUR == pytest.approx(actual, rel=0.001)
    assert duration.predicted_s is not None
    assert duration.predicted_s / HOUR == pytest.approx(predicted, rel=0.1)
    assert duration.undisturbed_s is not None
    assert duration.undisturbed_s / HOUR == pytest.approx(undisturbed, rel=0.1)


def test_al_waer_is_in_batches_of_which_two_were_counted() -> None:
    """1,479 with 423 fighters on 18 March, 1,876 on 50 buses on 17 April; over 9,000 by 6 May."""
    opened = open_case("al-waer-2017")
    batches = [r for r in opened.observations if r.kind == "convoy" and r.persons]
    assert [(r.persons, r.fighters, r.vehicles) for r in batches] == [
        (1_479, 423, None),
        (1_876, None, "50 buses"),
    ]
    pace = opened.case.clauses()["mar-pace"]
    assert isinstance(pace, PaceClause)
    assert (pace.persons.value, pace.every.value) == (1_500, 7 * 86_400)
    leave = opened.case.clauses()["mar-leave"]
    assert isinstance(leave, LeaveClause)
    assert leave.by is not None


def test_sumy_has_one_window_one_way_and_two_counts_of_buses() -> None:
    """09:00 to 21:00, one corridor; 61 buses or more than 100, which is a finding."""
    opened = open_case("sumy-2022")
    window = opened.case.clauses()["sum-window"]
    assert isinstance(window, TimedClause)
    assert window.length is not None
    assert window.length.value == 12 * HOUR
    assert len(opened.case.corridors) == 1
    assert [f.code for f in consistency(opened)] == ["tallies-contradict"]


def test_the_mountain_road_is_a_clearance_instance_too() -> None:
    """``clear`` takes the case by name; everybody out is bound by the control at the border."""
    instance = read_clearance_folder(clearance_folder("nagorno-karabakh-2023"))
    (origin,) = instance.origins
    assert origin.vehicles == 21_043
    done = Command()("clear", "nagorno-karabakh-2023", "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert told["clearance_time_s"] == pytest.approx(21_043 * 10 + 9_000, rel=1e-3)
    assert told["lower_bound_s"] == pytest.approx(told["clearance_time_s"], rel=1e-6)


def test_counted_buses_cannot_carry_what_some_claim_of_aleppo() -> None:
    """75 people on each bus for the ICRC's 25,000, and for Turkey's 37,500 more than any load."""
    found = consistency(open_case("aleppo-2016"))
    codes = {f.code for f in found}
    assert {"sources-contradict", "convoys-contradict", "moved-while-stopped"} <= codes
    over = [f for f in found if f.code == "more-people-than-loads"]
    assert [f.sources for f in over] == [("series-turkey", "series-sohr")]
    seats = {f.message.partition(".")[0]: f for f in found if f.code == "more-people-than-seats"}
    icrc = seats["series-icrc: 25,000 people by 2016-12-20 18:00"]
    assert "That is 75 people on each bus" in icrc.message
    final = seats["series-ocha: 35,000 people by 2016-12-22 20:25"]
    assert "That is 93 people on each bus, or 57" in final.message


def test_aleppo_is_nearest_to_the_icrc_of_those_with_many_counts() -> None:
    """And SOHR's series is that of half the buses, as the page says."""
    fits = {f.source: f for f in replay_history(open_case("aleppo-2016")).fits}
    assert fits["series-icrc"].mean_error == pytest.approx(0.2, abs=0.05)
    assert fits["series-sohr"].mean_error == pytest.approx(0.67, abs=0.1)
