from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.check import Verification
from safepassage.convoy.planner import APART
from safepassage.convoy.seating import NOT_FOUND
from safepassage.plan import Left
from safepassage.report import sentences
from safepassage.report.facts import CountAnswer, Facts


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def changed(found: CountAnswer, **figures: object) -> CountAnswer:
    return replace(found, figures=replace(found.figures, **figures))  # type: ignore[arg-type]  # fields by name


def test_question_names_the_deadline(facts: Facts) -> None:
    asked = "Can everyone be out by 09:15 on Fri 3 May 2030, 1 h 15 min after the start?"
    assert plain(sentences.question(facts)) == asked


def test_question_without_deadline(open_ended: Facts) -> None:
    assert "state no deadline" in sentences.question(open_ended)


def test_answer_tells_the_counts_apart(facts: Facts) -> None:
    """A plan that is late proves nothing: the answer at the high count stays open."""
    said = plain(sentences.answer(facts))
    assert said.startswith("Yes for 62 and 102, not with the plan found for 152.")
    assert "all 102 people can be out in time" in said
    assert "08:40 on Fri 3 May 2030, 35 min before the deadline" in said


def test_answer_without_deadline(open_ended: Facts) -> None:
    said = plain(sentences.answer(open_ended))
    assert said.startswith("At the likely count, all 102 people can be out in 40 min")


def test_no_is_said_only_of_what_is_proven(facts: Facts) -> None:
    high = facts.answers["high"]
    assert sentences.verdict(high) == "not found"
    proven = changed(high, evacuated_at_most=110)
    assert sentences.verdict(proven) == "no"
    assert "more than 110 people in time; this one brings out 102" in plain(sentences.proof(proven))
    tight = changed(high, evacuated_at_most=102)
    assert "this one brings out as many" in plain(sentences.proof(tight))


def test_late_count(facts: Facts) -> None:
    said = plain(sentences.count_answer(facts.answers["high"]))
    assert said == (
        "102 people are out in time and 50 are not; the last would reach safety at "
        "09:18 on Fri 3 May 2030, 3 min after the deadline."
    )


def test_late_for_an_earlier_limit_than_the_last(facts: Facts) -> None:
    """Who is late before the last deadline is late for another, and the sentence says so."""
    high = changed(facts.answers["high"], slack_s=600)
    said = plain(sentences.count_answer(high))
    assert said.endswith(
        "10 min before the deadline of the last group, and too late for an earlier limit."
    )


def test_no_bound_is_no_time(facts: Facts) -> None:
    """Zero minutes would read as something proven."""
    assert sentences.least(changed(facts.answer, lower_bound_s=0)) == "-"
    assert plain(sentences.least(changed(facts.answer, lower_bound_s=60))) == "1 min"


def test_people_who_cannot_be_taken(facts: Facts) -> None:
    left = (Left("wounded", "square", 2, "No vehicle suits them."),)
    stuck = changed(replace(facts.answer, clearance=None, left=left, carried=100), feasible=False)
    said = plain(sentences.count_answer(stuck))
    assert said == ("100 people can be brought out and 2 people cannot: No vehicle suits them.")
    assert sentences.verdict(stuck) == "no"
    assert sentences.against_deadline(changed(stuck, slack_s=None)) == "not everyone"


def test_people_for_whom_no_timetable_was_found_are_no_proof(facts: Facts) -> None:
    """That the planner found none does not say that there is none: no such answer is a "no"."""
    for reason in (NOT_FOUND, APART):
        left = (Left("wounded", "square", 2, reason),)
        open_ = changed(
            replace(facts.answer, clearance=None, left=left, carried=100), feasible=False
        )
        said = plain(sentences.count_answer(open_))
        assert said == f"The plan found brings out 100 people and leaves 2 people: {reason}."
        assert sentences.verdict(open_) == "not found"
        some = replace(open_, left=(*left, Left("civilians", "square", 1, "no seats")))
        assert sentences.verdict(some) == "no"


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (None, "with no bound to compare"),
        (0.0, "which is the least there can be"),
        (0.0004, "under 0.1% more than proven necessary"),
        (0.0123, "1.2% more than proven necessary"),
    ],
)
def test_how_near_to_the_best(facts: Facts, gap: float | None, words: str) -> None:
    assert plain(sentences.optimality(changed(facts.answer, gap=gap))) == words


def test_bound_is_rounded_down_and_plan_up(facts: Facts) -> None:
    found = changed(facts.answer, lower_bound_s=2399, clearance_time_s=2401, gap=2 / 2399)
    said = plain(sentences.proof(found))
    assert "in less than 39 min; this one takes 41 min" in said


def test_nothing_proven(facts: Facts) -> None:
    assert sentences.proof(facts.answer) == "Nothing is proven about other timetables."


def test_checker_is_quoted(facts: Facts) -> None:
    assert "shares nothing with the planner" in sentences.checked(facts.answer)
    doubtful = replace(facts.answer, verification=Verification(True, (), False))
    assert "take it as not proven" in sentences.checked(doubtful)
    refused = replace(facts.answer, verification=Verification(False, (), False))
    assert "refuses" in sentences.checked(refused)


def test_route(facts: Facts) -> None:
    assert plain(sentences.route(facts)) == (
        "By the Bridge road (102 people in 2 convoys, 9.0 km each way)."
    )
    assert sentences.route(replace(facts, corridors=())) == "Nobody can be moved."


def test_clauses_not_modelled(facts: Facts) -> None:
    assert sentences.not_modelled(facts) == "1 clause is not modelled: items (items)."
    honoured = tuple(t for t in facts.terms if t.modelled)
    assert sentences.not_modelled(replace(facts, terms=honoured)).startswith("Every clause")


def test_same_verdict_at_every_count(facts: Facts) -> None:
    good = {level: changed(a, feasible=True) for level, a in facts.answers.items()}
    assert sentences.answer(replace(facts, answers=good)).startswith("Yes, at every count.")
    bad = {
        level: changed(a, feasible=False, evacuated_at_most=1) for level, a in facts.answers.items()
    }
    assert sentences.answer(replace(facts, answers=bad)).startswith("No, at none of the counts.")
