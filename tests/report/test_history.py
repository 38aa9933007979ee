"""A history in words, as a table and as a picture."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safepassage.cases import open_case
from safepassage.record.history import Curve, Duration, History, fit_series
from safepassage.report.figures import NARROW, WIDE, png
from safepassage.report.figures.history import draw_history
from safepassage.report.history import history_csv, history_lines

CURVE = Curve((0, 3_600, 7_200, 90_000), (0, 400, 800, 1_000))
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
