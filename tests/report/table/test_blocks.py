"""What blocks say where there is little to say."""

from __future__ import annotations

import pytest

from safepassage.cases import OpenCase
from safepassage.negotiate.compare import compare, compare_table
from safepassage.negotiate.delay import delay, delay_data
from safepassage.negotiate.window import window_table, windows
from safepassage.report.table.compare import compare_blocks
from safepassage.report.table.delay import delay_blocks
from safepassage.report.table.needs import change_sentence, needs_blocks
from safepassage.report.table.window import window_blocks
from tests.convoy.hamlet import Group, Hamlet, figure


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    """A hamlet with one proposal."""
    return Hamlet(leave={"within": figure("9h")}).write(tmp_path_factory.mktemp("hamlet"))


@pytest.mark.parametrize(
    ("end", "words"), [("2030-01-01T10:30+00:00", ", 2 h 30 min."), ("2030-01-03", ", 2 days.")]
)
def test_a_delay_is_told_in_days_only_where_these_are_whole(
    opened: OpenCase, end: str, words: str
) -> None:
    """Nobody reads 0.104167 days."""
    found = delay(opened, "2030-01-01T08:00+00:00", end)
    said = delay_blocks(delay_data(found))[0].words[0].replace("\N{NO-BREAK SPACE}", " ")
    assert words in said


def test_a_delay_says_first_where_the_two_timetables_take_unequal_numbers(
    opened: OpenCase,
) -> None:
    """Before any figure; where they take as many, there is nothing to say."""
    answer = delay_data(delay(opened, "2030-01-01", "2030-01-03", levels=["likely"]))
    assert "unequal" not in " ".join(delay_blocks(answer)[0].words)
    for part in (answer, answer["by_count"]["likely"]):
        part["persons_to"] -= 1
        part["groups"][0]["persons_to"] -= 1
    told = delay_blocks(answer)[0].words
    assert told[0].startswith("Two starts of one operation, both under the terms of terms: ")
    assert told[1].startswith("The two timetables take unequal numbers of people: 50 and 49 at")


def test_one_proposal_holds_no_provision_with_another(opened: OpenCase) -> None:
    """Above an empty list it says that it is empty."""
    blocks = compare_blocks(compare_table(compare(opened)).answer, narrow=True)
    provisions = next(b for b in blocks if b.heading == "Provisions through time")
    assert provisions.words == ("No provision is held by more than one proposal.",)


def test_a_window_for_nobody_is_said_to_be_for_nobody(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A count of nobody has no shortest window, and breaks nothing."""
    nobody = Hamlet(groups={"people": Group(0, "a")}, leave={"within": figure("9h")})
    opened = nobody.write(tmp_path_factory.mktemp("nobody"))
    answer = window_table(windows(opened, points=0)).answer
    said = window_blocks(answer, {})[0].words
    assert said[1] == "At the likely count nobody is to leave."


def test_how_often_a_window_is_enough_is_not_overstated() -> None:
    """Enough 1.999 times over is not enough twice."""
    part = {
        "persons": 600,
        "shortest_window_s": 1_000,
        "lower_bound_s": 900,
        "stated_is_enough": True,
        "bottleneck": {"sentence": "", "clause_ids": []},
    }
    for stated, words in ((1_999, "1.99 times"), (2_000, "2.00 times")):
        answer = {"by_count": {"likely": part}, "stated_window_s": stated, "frontier": []}
        assert words in window_blocks(answer, {})[0].words[0]


def test_amounts_and_costs_are_rounded_to_the_safe_side() -> None:
    """What is enough is not understated, what is proven to be needed not overstated."""
    change = {
        "what": "deadline",
        "from": 3_600,
        "to": 7_230,
        "at_least": 7_170,
        "clearance_time_s": 7_201,
        "proven": False,
    }
    said = change_sentence(change, {}).replace("\N{NO-BREAK SPACE}", " ")
    assert "2 h 1 min after the start instead of 1 h" in said
    assert "at least 1 h 59 min" in said
    combination = {
        "weights": {"deadline": 1.0},
        "cost": 1_234_567.001,
        "cost_at_least": 1_234_566.999,
        "parts": [],
    }
    answer = {
        "count": "likely",
        "feasible": False,
        "impossible": True,
        "changes": [],
        "not_enough": [],
        "combination": combination,
    }
    words = needs_blocks(answer, {})[-1].words[-1]
    assert words == "Cost 1,234,567.01; none costs less than 1,234,566.99, which is proven."
