"""A study told: sentences, lists, charts and page, from an answer worked out by hand."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.report.study.blocks import study_blocks
from safepassage.report.study.charts import study_charts
from safepassage.report.study.files import study_files
from safepassage.report.study.words import (
    interval,
    origin,
    points,
    probability,
    spans,
    unknown,
    value,
)
from safepassage.report.table.blocks import Block
from tests.negotiate.ford import ford

NASTY = "<script>x</script>"
SHARE = {"first": 0.6, "first_ci": [0.5, 0.7], "total": 0.75, "total_ci": [0.7, 0.8]}
ANSWER: dict[str, Any] = {
    "proposal": "terms",
    "policy": "slip",
    "seed": 7,
    "runs": 2_000,
    "deadline_s": 32_400,
    "p_deadline": 0.634,
    "p_deadline_ci": [0.61, 0.66],
    "p_out": 0.97,
    "p_out_ci": [0.96, 0.98],
    "confidence": 0.95,
    "interval_confidence": 0.95,
    "precision": None,
    "precise": True,
    "ete_50_s": 30_000,
    "ete_50_ci_s": [29_000, 31_000],
    "ete_90_s": 40_000,
    "ete_90_ci_s": [39_000, 41_000],
    "ete_95_s": None,
    "ete_95_ci_s": [42_000, None],
    "left": [{"group": "people", "mean": 40.2, "in_share_of_futures": 0.37, "p50": 0, "p95": 210}],
    "refused_mean": 12.0,
    "cut_short": {"futures": 200, "share": 0.0},
    "curve": {
        "moments_s": [0, 14_400, 28_800, 43_200],
        "out_p5": [0, 100, 300, 500],
        "out_p50": [0, 200, 400, 600],
        "out_p95": [0, 300, 500, 700],
        "p_all_out": [0.0, 0.0, 0.4, 0.97],
        "p_all_out_ci": [[0, 0.01], [0, 0.01], [0.37, 0.43], [0.95, 0.98]],
    },
    "assumed": ["people.people: assumed: a triangle, for want of a source"],
    "unknowns": [
        {"unknown": "people.people", "origin": "assumed: a triangle, for want of a source"},
        {"unknown": "suspension.length", "origin": "cited: a, b"},
    ],
    "broken": [
        {"term": "together.people", "futures": 250, "p": 0.125, "p_ci": [0.11, 0.14]},
        {"term": "longest_hold", "futures": 0, "p": 0.0, "p_ci": [0.0, 0.0018]},
    ],
    "drivers_of": "success",
    "drivers": [
        {
            "unknown": "people.people",
            "shares": {"success": SHARE, "clearance": SHARE, "left": SHARE},
            "low": {"value": 450.0, "p": 0.99, "ete_50_s": 20_000, "left_mean": 0.5},
            "high": {"value": 750.0, "p": 0.1, "ete_50_s": None, "left_mean": 90.0},
            "worth": {
                "p": 0.041,
                "p_ci": [0.03, 0.052],
                "fewer_left": 6.0,
                "fewer_left_ci": [4.0, 9.0],
            },
        },
        {
            "unknown": "events",
            "shares": {"success": None, "clearance": SHARE, "left": SHARE},
            "low": None,
            "high": None,
            "worth": None,
        },
    ],
    "changes": [
        {
            "what": "vehicles:bus",
            "clause_id": None,
            "from": 1,
            "to": 2,
            "p": 0.9,
            "gain": 0.266,
            "gain_ci": [0.25, 0.28],
            "fewer_left": 31.0,
            "ete_95_s": 35_000.0,
        },
        {
            "what": "crossing:south",
            "clause_id": "route",
            "from": 0,
            "to": 1,
            "p": 0.63,
            "gain": -0.004,
            "gain_ci": [-0.01, 0.002],
            "fewer_left": -2.0,
            "ete_95_s": None,
        },
    ],
    "by_fleet": {
        "what": "vehicles:bus",
        "now": 1,
        "points": [
            {"amount": 1, "p": 0.634, "ci": [0.6, 0.67]},
            {"amount": 2, "p": 0.9, "ci": [0.88, 0.92]},
        ],
    },
    "by_deadline": None,
    "robust": {
        "aim": "deadline",
        "chosen": "high count",
        "runs": 1_000,
        "p": 0.66,
        "p_nominal": 0.63,
        "gain": 0.03,
        "gain_ci": [0.01, 0.05],
        "ete_95_s": 41_000.0,
        "ete_95_nominal_s": 43_000.0,
        "later_s": -2_000.0,
        "later_ci_s": [-2_400.0, -1_200.0],
        "fewer_left": 3.0,
        "not_made": ["1.5 times as many people"],
        "candidates": [
            {"name": "nominal", "p": 0.63, "ete_95_s": None, "left_mean": 40.0},
            {"name": "high count", "p": 0.67, "ete_95_s": 41_000.0, "left_mean": 36.0},
        ],
    },
}
CHANGES = "What a change to the terms buys"
NAMES = {"people": "The people", "bus": "Bus", "south": "South way"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    folder: Path = tmp_path_factory.mktemp("ford")
    return ford(leave={"gist": f"They leave {NASTY}."}).write(folder)


def changed(**others: Any) -> dict[str, Any]:
    return {**deepcopy(ANSWER), **others}


def text(blocks: list[Block]) -> str:
    return "\n".join(w for b in blocks for w in (*b.words, *(i.text for i in b.items)))


def test_first_sentences_answer_the_question() -> None:
    """Probability with its interval, times, the unknown that matters, the change that helps."""
    words = "\n".join(study_blocks(ANSWER, NAMES)[0].words).replace("\N{NO-BREAK SPACE}", " ")
    assert "In 63% of 2,000 simulated futures everyone who is willing is out by the deadline" in (
        words
    )
    assert "9 h after the start: the probability is between 61% and 66%" in words
    assert "Of 2 distributions that this rests on, 1 is assumed" in words
    assert "within 8 h 20 min in 50%, 11 h 7 min in 90% of the futures" in words
    assert "in fewer than 95%" in words
    assert "most: number of people (The people). It accounts for 75%" in words
    assert "vehicles of type Bus at 2 instead of 1 buys most certainty: +26.6 points" in words


def test_what_is_assumed_is_listed_as_assumed() -> None:
    """Every assumed distribution stands under that heading."""
    blocks = {b.heading: b for b in study_blocks(ANSWER, NAMES)}
    assumed = blocks["Assumed distributions, in whole or in part"].items
    assert [i.text for i in assumed] == [
        "Number of people (The people): a triangle, for want of a source."
    ]
    sourced = blocks["Distributions that rest on sources alone"].items
    assert [(i.text, i.sources) for i in sourced] == [("Length of a suspension.", ("a", "b"))]


def test_terms_that_are_broken_are_told() -> None:
    """Nothing ends a wait or holds a group back, so how often that breaks a term is said."""
    blocks = {b.heading: b for b in study_blocks(ANSWER, NAMES)}
    together, hold = (i.text for i in blocks["Terms that are not always kept"].items)
    assert together.startswith("The people: the last depart longer after the first")
    assert "(11% to 14%)" in together
    assert "longer than the longest hold, in 0.0% of the futures (0.0% to 0.2%)." in hold
    assert "Terms that are not always kept" not in {
        b.heading for b in study_blocks(changed(broken=[]), NAMES)
    }


def test_worth_has_its_interval_on_the_page() -> None:
    """In points or people, from the low to the high end; a terminal has no room for it."""
    page = {b.heading: b for b in study_blocks(ANSWER, NAMES)}["Which unknown matters"]
    narrow = {b.heading: b for b in study_blocks(ANSWER, NAMES, narrow=True)}[page.heading]
    by_people = {b.heading: b for b in study_blocks(changed(drivers_of="left"), NAMES)}
    cells = [b.grid.rows[0][-1].text for b in (page, narrow, by_people[page.heading]) if b.grid]
    assert cells == ["+4.1 points (+3.0 to +5.2)", "+4.1 points", "6 fewer (4 to 9)"]


def test_unknowns_to_which_nothing_is_due_are_left_out_with_a_sentence() -> None:
    """Rows of noughts hide the others; an interval that is the number itself is not told."""
    none = {"first": 0.0, "first_ci": [0.0, 0.0], "total": 0.0, "total_ci": [0.0, 0.0001]}
    worth = {"p": 0.0, "p_ci": [0.0, 0.0], "fewer_left": 0.0, "fewer_left_ci": [0.0, 0.0]}
    some = ANSWER["drivers"][0]
    idle = {**some, "unknown": "driving", "shares": dict.fromkeys(some["shares"], none)}
    known = {**some, "unknown": "boarding", "worth": worth}
    answer = changed(drivers=[some, {**idle, "worth": worth}, known])
    block = {b.heading: b for b in study_blocks(answer, NAMES)}["Which unknown matters"]
    assert block.grid is not None
    assert [row[0].text for row in block.grid.rows][1:] == ["boarding times"]
    assert block.words[-1] == "Nothing of it is due to: driving times."
    assert block.grid.rows[1][-1].text == "0.0 points"
    told = {b.heading: b for b in study_blocks(changed(drivers=[some]), NAMES)}
    assert not any("due to" in w for w in told[block.heading].words)


def test_changes_without_a_difference_are_left_out_with_a_sentence() -> None:
    """Nobody reads anything out of a list of noughts; how many are left out is said."""
    nothing = {**ANSWER["changes"][0], "gain": 0.0, "gain_ci": [-0.001, 0.001], "fewer_left": 0.2}
    some = changed(changes=[*ANSWER["changes"], nothing])
    none = changed(changes=[nothing], p_deadline=1.0, p_deadline_ci=[0.998, 1.0])
    for narrow in (False, True):
        block = {b.heading: b for b in study_blocks(some, NAMES, narrow=narrow)}[CHANGES]
        assert block.words[1] == "Left out because they make no difference: 1 of 3."
        assert len(block.items or (block.grid.rows if block.grid else ())) == 2
        block = {b.heading: b for b in study_blocks(none, NAMES, narrow=narrow)}[CHANGES]
        assert block.words[1].endswith("1 of 1; everyone is out in all futures as it is.")
        assert not block.items
        assert block.grid is None or not block.grid.rows


def test_no_deadline_is_said() -> None:
    """Without one, the question is whether everyone gets out at all."""
    answer = changed(p_deadline=None, p_deadline_ci=None, deadline_s=None)
    blocks = study_blocks(answer, NAMES)
    assert blocks[0].words[0].startswith("The terms set no deadline. In 97%")
    assert any(b.heading == "Never out" for b in blocks)


def test_none_and_all_are_words() -> None:
    """No success in so many futures is no probability of nothing; its interval says so."""
    none = changed(p_deadline=0.0, p_deadline_ci=[0.0, 0.0018])
    assert study_blocks(none, NAMES)[0].words[0].startswith("In none of 2,000")
    assert "0.0% and 0.2%" in study_blocks(none, NAMES)[0].words[0]
    every = changed(p_deadline=1.0, p_deadline_ci=[0.998, 1.0])
    assert study_blocks(every, NAMES)[0].words[0].startswith("In all of 2,000")


def test_never_done_in_half_is_said() -> None:
    """Where no time is reached the sentence says so instead of leaving it out."""
    never = changed(**{f"ete_{q}_s": None for q in (50, 90, 95)})
    assert "In half of the futures or more, somebody never gets out" in text(
        study_blocks(never, NAMES)
    )


def test_change_that_may_be_chance_is_not_praised() -> None:
    """A gain whose interval holds 0 is no gain; the people it helps are told instead."""
    answer = changed()
    answer["changes"][0]["gain_ci"] = [-0.01, 0.3]
    said = text(study_blocks(answer, NAMES)[:1])
    assert "No single step that was tried makes it surer" in said
    assert "31 fewer are left" in said
    for change in answer["changes"]:
        change["fewer_left"] = 0.0
    assert "No single step that was tried makes the answer surer." in text(
        study_blocks(answer, NAMES)[:1]
    )


def test_robust_plan_that_may_be_chance_is_said_to_be() -> None:
    """A better share in the futures it was chosen in proves nothing."""
    sure = text([b for b in study_blocks(ANSWER, NAMES) if b.heading.startswith("Robust")])
    assert "may be chance" not in sure
    answer = changed()
    answer["robust"]["gain_ci"] = [-0.01, 0.05]
    assert "may be chance" in text(study_blocks(answer, NAMES))
    assert "no timetable for: 1.5 times as many people" in text(study_blocks(answer, NAMES))


def test_nominal_plan_that_is_best_is_said_to_be() -> None:
    """Then there is nothing to compare."""
    answer = changed()
    answer["robust"]["chosen"] = "nominal"
    assert "none is better than the nominal one" in text(study_blocks(answer, NAMES))


def test_an_answer_that_is_too_favourable_says_so() -> None:
    """Where what comes again and again is drawn no more, it is told; else nothing is."""
    cut = {"futures": 200, "share": 0.25}
    told = text(study_blocks(changed(cut_short=cut), NAMES))
    assert "too favourable: in 25% of the first 200 futures" in told
    assert "too favourable" not in text(study_blocks(changed(), NAMES))


def test_precision_that_was_not_reached_is_said() -> None:
    """A wish is told with whether it was met."""
    answer = changed(precision=0.01, precise=False, interval_confidence=0.975)
    assert "was not reached" in text(study_blocks(answer, NAMES))
    assert "97.5%" in text(study_blocks(answer, NAMES))


def test_terminal_holds_less_than_the_page() -> None:
    """In a terminal changes are a list, and drivers have fewer columns."""
    wide, narrow = study_blocks(ANSWER, NAMES), study_blocks(ANSWER, NAMES, narrow=True)
    heads = [
        next(b for b in blocks if b.heading == "Which unknown matters").grid
        for blocks in (wide, narrow)
    ]
    assert heads[0] is not None
    assert heads[1] is not None
    assert len(heads[0].head) == len(heads[1].head) + 2
    listed = next(b for b in narrow if b.heading == "What a change to the terms buys")
    assert listed.items[1].clauses == ("route",)
    assert "on average 2 more are left" in listed.items[1].text


def test_nothing_tried_is_not_told() -> None:
    """Parts that were not asked for have no heading."""
    answer = changed(changes=[], drivers=[], robust=None)
    headings = [b.heading for b in study_blocks(answer, NAMES)]
    assert "What a change to the terms buys" not in headings
    assert "Which unknown matters" not in headings
    assert "Robust timetable" not in headings


def test_page_loads_nothing_and_escapes_everything(opened: OpenCase) -> None:
    """Text of a case is text, on the page and in Markdown; nothing is fetched."""
    files = study_files(opened, changed(unknowns=[{"unknown": "u", "origin": f"assumed: {NASTY}"}]))
    page = files["simulate.html"]
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 2
    assert not re.search(r"(?:src|href)=\"https?:", page)
    assert "default-src 'none'" in page
    assert json.loads(files["simulate.json"])["unknowns"][0]["origin"] == f"assumed: {NASTY}"


def test_every_link_of_the_page_leads_somewhere(opened: OpenCase) -> None:
    """A change's clause is on the same page."""
    page = study_files(opened, ANSWER)["simulate.html"]
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', page))


def test_charts_say_what_they_are_of() -> None:
    """Each is a drawing with a name and words for who cannot see it; a curve needs two points."""
    drawn = study_charts(ANSWER, NAMES).drawn
    assert [d.name for d in drawn] == [
        "People out",
        "Probability that everyone is out by then",
        "Probability against the fleet",
        "What moves the answer",
    ]
    assert all("aria-label=" in d.chart for d in drawn)
    one = changed(by_fleet={**ANSWER["by_fleet"], "points": ANSWER["by_fleet"]["points"][:1]})
    assert len(study_charts(one, NAMES).drawn) == 3


def test_tornado_is_drawn_of_people_where_nearly_all_futures_end_alike() -> None:
    """If success hardly varies, bars show people left; if nothing moves, there is none."""
    people = changed(drivers_of="left")
    chart = study_charts(people, NAMES).drawn[-1]
    assert "people left on average" in chart.chart
    still = changed()
    still["drivers"][0]["high"] = still["drivers"][0]["low"]
    assert len(study_charts(still, NAMES).drawn) == 3


def test_curve_file_has_a_row_a_moment(opened: OpenCase) -> None:
    """For a spreadsheet: moments, bands and the probability."""
    lines = study_files(opened, ANSWER)["curve.csv"].splitlines()
    assert lines[0] == "moments_s,out_p5,out_p50,out_p95,p_all_out"
    assert lines[3] == "28800,300,400,500,0.4"
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("share", "ends", "told"),
    [
        (0.634, [0.61, 0.66], "63%"),
        (0.6344, [0.63, 0.64], "63.4%"),
        (0.63444, [0.6340, 0.6349], "63.44%"),
        (0.0004, [0.0, 0.03], "under 1%"),
        (0.9996, [0.97, 1.0], "over 99%"),
        (0.0, [0.0, 0.03], "0%"),
        (1.0, [0.97, 1.0], "100%"),
    ],
)
def test_probability_is_as_fine_as_it_is_known(share: float, ends: list[float], told: str) -> None:
    """Digits follow the interval, and only what is sure is nothing or everything."""
    assert probability(share, ends) == told


def test_intervals_are_rounded_outwards() -> None:
    """What is told holds what is known."""
    assert interval([0.6149, 0.6551]) == "61% to 66%"
    assert interval([0.0, 0.0018]) == "0.0% to 0.2%"
    assert interval([0.29, 0.58]) == "29% to 58%"
    assert spans([3_600, None]).startswith("1")
    assert spans([3_600, None]).endswith("to never")
    assert spans([None, None]) == "never"
    assert points(-0.00001) == "0.0"


def test_unknowns_have_names() -> None:
    """Ids become names where they are known, and words where not."""
    assert unknown("people.people", NAMES) == "number of people (The people)"
    assert unknown("boarding", NAMES) == "boarding times"
    assert unknown("weather.snow", NAMES) == "whether there is snow"
    assert unknown("weather.snow.onset", NAMES) == "when snow begins"
    assert unknown("suspension.onset", NAMES) == "time until the operation is suspended"
    assert unknown("something-else.north-post", NAMES) == "something else (north post)"


@pytest.mark.parametrize(
    ("name", "drawn", "told"),
    [
        ("people.inside", 15_101.4, "15,101"),
        ("refusal.civilians", 0.0775, "7.75%"),
        ("suspension.length", 7_200.0, "2 h"),
        ("weather.snow.onset", 3_600.0, "1 h"),
        ("weather.snow", 1.0, "yes"),
        ("weather.snow.factor", 1.336, "1.34 \N{MULTIPLICATION SIGN}"),
        ("boarding", 0.987, "0.987 \N{MULTIPLICATION SIGN}"),
    ],
)
def test_values_are_told_in_their_own_unit(name: str, drawn: float, told: str) -> None:
    """People, shares, times, and factors."""
    assert value(name, drawn).replace("\N{NO-BREAK SPACE}", " ") == told


def test_origin_is_parted_into_sources_and_what_is_assumed() -> None:
    """Both, either, or neither may be there."""
    assert origin("cited: a, b; assumed: why; and how") == ("why; and how", ("a", "b"))
    assert origin("cited: a") == ("", ("a",))
    assert origin("assumed: why") == ("why", ())
    assert origin("") == ("", ())
