from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.check.table import verify_table
from safepassage.errors import BadInput
from safepassage.negotiate.compare import compare, compare_table, verdict_of
from safepassage.negotiate.given import given_replies
from safepassage.negotiate.record import Provision, events, provisions
from safepassage.negotiate.session import Session
from safepassage.plan import Plan
from safepassage.plan.table import dumps_table


@pytest.fixture(scope="module")
def aleppo() -> OpenCase:
    return open_case("aleppo-2016")


@pytest.fixture(scope="module")
def by_subject(aleppo: OpenCase) -> dict[tuple[str, str], Provision]:
    return {(p.kind, p.subject): p for p in provisions(aleppo.case)}


def test_every_proposal_has_a_row_or_a_reason(opened: OpenCase) -> None:
    """A proposal that cannot be planned is told with why, not left out."""
    found = compare(opened, levels=["likely"])
    (row,) = found.rows
    assert row.likely is not None
    assert verdict_of(row.likely) is False
    assert row.window is not None
    answer = row.window.plan.answer
    assert answer.deadline_s is None
    assert answer.clearance_time_s is not None


def test_a_row_says_who_tabled_what_and_when_and_where_it_stands(aleppo: OpenCase) -> None:
    """Status and its day, the day it was tabled, by whom, what holds it back, what is left out."""
    only = aleppo.case.model_copy(update={"proposals": (aleppo.case.proposal("us-russia-48h"),)})
    (row,) = compare_table(compare(replace(aleppo, case=only), levels=["likely"])).answer[
        "proposals"
    ]
    assert (row["tabled"], row["status"], row["status_date"]) == (
        "2016-12-11",
        "superseded",
        "2016-12-13",
    )
    assert row["tabled_by"] == ["United States of America", "Russian Federation"]
    assert row["deadline_s"] == 48 * 3_600
    assert 0 < row["evacuated_by_deadline"] <= row["evacuated_at_most"]
    assert row["bottleneck"]["clause_ids"]
    assert row["not_modelled"] == [c.id for c in only.proposals[0].clauses if not c.honoured]


def test_proposal_without_leave_clause_has_a_reason(aleppo: OpenCase) -> None:
    """The resolution makes nobody leave: its row says so and holds no figures."""
    only = aleppo.case.model_copy(
        update={"proposals": (aleppo.case.proposal("un-resolution-2328"),)}
    )
    (row,) = compare(replace(aleppo, case=only)).rows
    assert row.likely is None
    assert row.reason == "it says of nobody that they leave"


def test_unsupported_provision_is_never_first(
    by_subject: dict[tuple[str, str], Provision],
) -> None:
    """What a claim asserts and no source bears out is shown, and counts for nothing."""
    exit_clause = by_subject["text", "withdrawal of fighters from the city"]
    assert exit_clause.first is None
    assert not exit_clause.recurs
    assert exit_clause.accepted is None


def test_provision_is_followed_through_time(
    by_subject: dict[tuple[str, str], Provision],
) -> None:
    """Al-Ramouseh: first asked for on 2 December, accepted on the 13th, at an end on the 24th."""
    road = by_subject["route", "al-Ramouseh corridor"]
    assert road.first is not None
    assert (road.first.proposal, road.first.by) == ("us-2-dec", ("usa",))
    assert road.accepted == (date(2016, 12, 13), "agreement-13-dec")
    assert road.died == (date(2016, 12, 24), "linked-deal-17-dec", "lapsed")
    assert road.recurs


def test_an_amended_proposal_ends_where_the_amended_text_does(
    aleppo: OpenCase, by_subject: dict[tuple[str, str], Provision]
) -> None:
    """What was lengthened lived on in the longer offer alone; nothing replaces the last of them."""
    road = by_subject["route", "Castello Road corridor"]
    assert road.died == (date(2016, 11, 4), "russia-november-pause", "lapsed")
    only = [p for p in aleppo.case.proposals if p.id == "russia-october-offer"]
    alone = provisions(aleppo.case.model_copy(update={"proposals": tuple(only)}))
    assert all(p.died is None for p in alone)


def test_timeline_runs_in_order_from_july_to_december(aleppo: OpenCase) -> None:
    """Proposals, statements and claims in one line, each with its sources and support."""
    line = events(aleppo.case)
    assert [e.date for e in line] == sorted(e.date for e in line)
    assert {e.kind for e in line} == {"status", "statement", "claim"}
    assert any(e.support.value == "unsupported" for e in line)
    tabled = [e for e in line if e.kind == "status" and e.what == "tabled"]
    assert tabled[0].id == "russia-july-offer"


def test_answer_does_not_depend_on_the_number_of_processes(
    opened: OpenCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes find what one finds, timetable by timetable."""
    monkeypatch.setattr("safepassage.negotiate.compare.MANY", 1)
    alone, shared = compare(opened), compare(opened, workers=2)
    assert dumps_table(compare_table(alone)) == dumps_table(compare_table(shared))
    assert [reply.opened for row in shared.rows for reply in row.replies.values()] == [opened] * 3


@pytest.fixture(scope="module")
def repaired(aleppo: OpenCase) -> OpenCase:
    """A case with the repaired deal alone, whose first answer can be bettered."""
    only = [p for p in aleppo.case.proposals if p.id == "repaired-deal-14-dec"]
    return replace(aleppo, case=aleppo.case.model_copy(update={"proposals": tuple(only)}))


@pytest.fixture(scope="module")
def careful(repaired: OpenCase) -> Plan:
    """A plan of it, made with care."""
    return Session(repaired, "repaired-deal-14-dec").refine().plan


def test_a_given_plan_is_told_where_it_is_better(repaired: OpenCase, careful: Plan) -> None:
    """Who has a better plan in hand sees its figures, marked so and with its evidence."""
    first = compare(repaired, levels=["likely"])
    given = given_replies(repaired, [("plan.json", careful)])
    found = compare(repaired, levels=["likely"], given=given)
    row = compare_table(found).answer["proposals"][0]
    assert compare_table(first).answer["proposals"][0]["timetable"] == "first"
    assert row["timetable"] == "given"
    told = careful.answer.clearance_time_s
    assert row["clearance_time_s"] == row["shortest_window_s"] == told
    before = first.rows[0].replies["likely"].plan.answer
    assert told is not None
    assert before.clearance_time_s is not None
    assert told < before.clearance_time_s
    assert row["lower_bound_s"] >= before.lower_bound_s
    assert verify_table(compare_table(found), repaired).valid


def test_a_given_plan_that_is_no_better_changes_nothing(repaired: OpenCase, careful: Plan) -> None:
    """The answer that is there stays, and is not said to be that of a file."""
    poor = Session(repaired, "repaired-deal-14-dec").ask().plan
    (best,) = given_replies(repaired, [("a.json", careful), ("b.json", poor)]).values()
    assert best.plan.rotations == careful.rotations
    given = given_replies(repaired, [("plan.json", poor)])
    found = compare(repaired, levels=["likely"], refined=True, given=given)
    assert found.rows[0].timetable("likely") == "refined"


def test_a_plan_of_other_terms_or_a_refused_one_is_not_compared(
    repaired: OpenCase, careful: Plan
) -> None:
    """Each is one line that names its file; the nearest plan that is right is taken."""
    case = replace(careful.case, overrides=("fleet.vehicles.bus.counts.0.count=40",))
    sooner = replace(careful.answer, clearance_time_s=1)
    plans = [
        ("a.json", replace(careful, case=replace(careful.case, digest="0" * 64))),
        ("b.json", replace(careful, case=case)),
        ("c.json", replace(careful, answer=sooner)),
        ("d.json", careful),
    ]
    with pytest.raises(BadInput) as caught:
        given_replies(repaired, plans)
    assert [(f.where, f.code) for f in caught.value.faults] == [
        ("a.json", "plan-other-terms"),
        ("b.json", "plan-other-terms"),
        ("c.json", "plan-refused"),
    ]
