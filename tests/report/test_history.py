"""A history in words, as a table and as a picture."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from safepassage.cases import open_case
from safepassage.record import RecordFinding
from safepassage.record.history import Curve, Duration, History, fit_series
from safepassage.report.figures import NARROW, WIDE, png
from safepassage.report.figures.history import draw_history
from safepassage.report.history import history_csv, history_lines
from safepassage.report.history_page import history_page

CURVE = Curve((0, 3_600, 7_200, 90_000), (0, 400, 800, 1_000))
FITS = fit_series(CURVE, [("series-icrc", [(2, 3_600, 500)])])
DURATION = Duration(persons=800, actual_s=86_400, predicted_s=7_200, undisturbed_s=3_600)


def history(**changes: object) -> History:
    """A history of a day, with a stop and two sources, one of them always behind."""
    counts = [
        ("series-icrc", [(2, 3_600, 500), (3, 7_200, 640)]),
        ("unheard-of", [(4, 3_600, 100)]),
    ]
    parts: dict[str, object] = {
        "proposal": "two-days",
        "level": "likely",
        "movement": "convoys",
        "persons": 1_000,
        "begin": datetime(2016, 12, 15, 12, tzinfo=UTC),
        "stops": ((7_200, 10_800), (40_000, None)),
        "curve": CURVE,
        "undisturbed": CURVE,
        "fits": fit_series(CURVE, counts),
        "duration": DURATION,
        "assumed": ("end: noon is taken",),
    }
    return History(**{**parts, **changes})  # type: ignore[arg-type]  # parts by name


def told(what: History) -> str:
    """All lines, with plain spaces."""
    offset = open_case("aleppo-2016").case.utc_offset
    return "\n".join(history_lines(what, offset)).replace("\N{NO-BREAK SPACE}", " ")


def test_what_is_measured_is_told() -> None:
    """Durations, stops, and errors: 400 for 500 and 800 for 640 are off by 22.5 %, bias +2.5 %."""
    text = told(history())
    assert "People began to leave at 14:00 on Thu 15 Dec 2016." in text
    assert "Until 800 people were out it took 24 h." in text
    assert "Predicted: 2 h, 0.08 of that, or 0.9 days less." in text
    assert "Predicted without any stop: 1 h." in text
    assert "for 1 h." in text
    assert "with no end reported" in text
    assert "Assumed, end: noon is taken." in text
    assert any(line.split()[1:5] == ["2", "22%", "130", "+2%"] for line in text.splitlines())


def test_a_beginning_that_is_not_recorded_is_not_told_as_a_fact() -> None:
    """Without a record the start of the terms is taken, and said to be taken."""
    text = told(history(begin_recorded=False))
    assert "Taken to begin at 14:00 on Thu 15 Dec 2016, the start of the terms" in text
    assert "People began" not in text


def test_what_is_not_known_is_said_to_be() -> None:
    """No counts, no duration, and a prediction that never gets there."""
    text = told(history(fits=(), duration=None))
    assert "Nothing is recorded of how long it took." in text
    assert "No counts of people out are recorded." in text
    never = Duration(persons=2_000, actual_s=86_400, predicted_s=None, undisturbed_s=None)
    assert "never has so many out" in told(history(duration=never))


def test_the_table_has_every_count_and_both_curves() -> None:
    """One row a count and one an arrival."""
    rows = history_csv(history()).splitlines()
    assert rows[1] == "series-icrc,1.0000,500,400"
    assert len(rows) == 1 + 3 + 2 * len(CURVE.times_s)


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(
    "what",
    [history(), history(stops=(), fits=(), duration=None), history(fits=history().fits * 6)],
    ids=["full", "bare", "many sources"],
)
def test_it_is_drawn(what: History, frame: object) -> None:
    """Whatever is missing; and the same history gives the same bytes."""
    case = open_case("aleppo-2016").case
    first, again = (png(draw_history(what, case, frame)) for _ in range(2))  # type: ignore[arg-type]  # a frame
    assert first == again


def test_the_key_says_how_far_off_each_source_is() -> None:
    """By the publisher's name where the case has the source."""
    sheet = draw_history(history(), open_case("aleppo-2016").case, WIDE)
    words = [t.get_text() for t in sheet.figure.legends[0].get_texts()]
    assert "International Committee of the Red Cross: off by 22%" in words
    assert any(w.startswith("unheard-of") for w in words)
    assert "stood still, as reported" in words


FINDINGS = (
    RecordFinding(
        "total-fell", "error", "fewer <b>than</b> before", ("series-icrc",), ("o.csv:2",)
    ),
    RecordFinding("no-count", "info", "nobody counted", (), ("o.csv:3", "o.csv:4")),
)


def page(what: History, findings: tuple[RecordFinding, ...] = FINDINGS) -> str:
    """The page of a history in the bundled case."""
    changed = {"proposal": "repaired-deal-14-dec"}
    return history_page(open_case("aleppo-2016"), replace(what, **changed), findings)


def test_page_draws_every_source_beside_the_prediction() -> None:
    """One chart a source, with the prediction, the same without stops, the stops and its counts."""
    text = page(history())
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(charts) == 2
    assert all(chart.count("<polyline") == 2 for chart in charts)
    assert all(chart.count("<polygon") == 2 for chart in charts)
    assert [chart.count("<circle") for chart in charts] == [2, 1]
    assert 'aria-label="People out by the prediction, and as series-icrc counted them.' in charts[0]
    (alone,) = re.findall(r"<svg.*?</svg>", page(history(stops=(), fits=FITS[:1])), re.DOTALL)
    assert (alone.count("<polyline"), alone.count("<polygon")) == (1, 0)


def test_page_tells_measures_findings_and_every_count() -> None:
    """What the terminal tells is on it, each finding with its rows, each count with its error."""
    text = page(history()).replace("\N{NO-BREAK SPACE}", " ")
    assert "Predicted: 2 h, 0.08 of that, or 0.9 days less." in text
    assert "total fell: fewer &lt;b&gt;than&lt;/b&gt; before [o.csv:2]" in text
    assert "no count: nobody counted [o.csv:3, 4]" in text
    assert "What cannot be so" in text
    assert "What can hardly be so" not in text
    assert "in 1 point;" in text
    assert text.count("<td") >= 3 * 4
    assert "-20%" in text
    assert "contradict themselves" not in page(history(), ())
    assert "contradict themselves" not in page(history(), FINDINGS[1:])


def test_page_names_who_counted_and_the_id_that_findings_use() -> None:
    """An id alone tells a reader nothing; without it findings could not be followed."""
    text = page(history()).replace("\N{NO-BREAK SPACE}", " ")
    assert "International Committee of the Red Cross (series-icrc)" in text
    assert "repaired-deal-14-dec, " not in text


def test_page_loads_nothing() -> None:
    """It opens offline: no script, no address is loaded, and policy forbids both."""
    text = page(history())
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert not re.search(r"<(img|link|iframe)\b|src=", text)


@pytest.mark.parametrize(("hours", "label"), [(12, "17:00"), (96, "18 Dec")])
def test_page_names_hours_of_a_day_and_days_of_a_week(hours: int, label: str) -> None:
    """A way of half a day has whole hours below it, one of four days midnights."""
    curve = Curve((0, hours * 3_600), (0, 1_000))
    text = page(history(curve=curve, undisturbed=curve, duration=None))
    assert f">{label}</text>" in text
    labels = re.findall(r'text-anchor="middle">([^<]*)<', text.split("</svg>")[0])
    assert 2 <= len(labels) <= 5


def test_curve_that_is_drawn_is_not_finer_than_can_be_seen() -> None:
    """Ten thousand arrivals make no more points than a drawing has room for; the end is there."""
    times = tuple(range(0, 90_000, 9))
    curve = Curve(times, tuple(range(len(times))))
    (drawn, *_) = re.findall(r'points="([^"]*)"', page(history(curve=curve, stops=())))
    points = drawn.split()
    assert len(points) < 1_200
    assert points[-1].startswith("346.0,")


def test_long_operations_are_told_in_days() -> None:
    """Nobody reads weeks in hours; from two weeks on it is days."""
    long = Duration(persons=100, actual_s=14 * 86_400, predicted_s=1_209_599, undisturbed_s=None)
    words = told(history(duration=long))
    assert "it took 14.0 days." in words
    assert "Predicted: 335 h 59 min, 1.00 of that" in words
