from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from safepassage.report import wording


@pytest.mark.parametrize(
    ("seconds", "down", "up"),
    [
        (0, "0 min", "0 min"),
        (59, "0 min", "1 min"),
        (3600, "1 h", "1 h"),
        (97_201, "27 h", "27 h 1 min"),
        (-90, "\N{MINUS SIGN}1 min", "\N{MINUS SIGN}2 min"),
    ],
)
def test_durations_round_to_the_safe_side(seconds: int, down: str, up: str) -> None:
    def plain(text: str) -> str:
        return text.replace("\N{NO-BREAK SPACE}", " ")

    assert plain(wording.duration(seconds)) == down
    assert plain(wording.duration(seconds, up=True)) == up


def test_moments_do_not_depend_on_the_locale() -> None:
    at = datetime(2016, 12, 13, 23, 59, 1, tzinfo=UTC)
    assert wording.moment(at).replace("\N{NO-BREAK SPACE}", " ") == "23:59 on Tue 13 Dec 2016"
    late = wording.moment(at, up=True).replace("\N{NO-BREAK SPACE}", " ")
    assert late == "00:00 on Wed 14 Dec 2016"
    assert wording.brief(at).replace("\N{NO-BREAK SPACE}", " ") == "Tue 13 Dec, 23:59"
    assert wording.day(date(2016, 1, 2)).replace("\N{NO-BREAK SPACE}", " ") == "2 Jan 2016"


def test_little_is_never_written_as_nothing() -> None:
    assert wording.percent(0.0004).replace("\N{NO-BREAK SPACE}", " ") == "under 1%"
    assert wording.percent(0) == "0%"
    assert wording.percent(0.0123, 1) == "1.2%"


def test_not_quite_all_is_never_written_as_all() -> None:
    """Nearly everybody is not everybody; only the whole is 100%."""
    assert wording.percent(0.9996).replace("\N{NO-BREAK SPACE}", " ") == "over 99%"
    assert wording.percent(0.99999, 2).replace("\N{NO-BREAK SPACE}", " ") == "over 99.99%"
    assert wording.percent(1) == "100%"
    assert wording.percent(0.994) == "99%"
    assert wording.percent(1.004) == "100%"


def test_a_share_can_be_kept_from_being_understated() -> None:
    """Rounded up, a figure claims no more than is so; what is exact stays as it is."""
    assert wording.percent(0.01231, 2) == "1.23%"
    assert wording.percent(0.01231, 2, up=True) == "1.24%"
    assert wording.percent(0.07, 0, up=True) == "7%"
    assert wording.percent(0.0123, 2, up=True) == "1.23%"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_text_in_a_table_is_no_formula(begin: str) -> None:
    """A name that a spreadsheet would reckon out is written as text; any other as it is."""
    assert wording.cell(f"{begin}1+1") == f"'{begin}1+1"
    assert wording.cell(f"a{begin}1") == f"a{begin}1"


def test_words_are_joined_for_reading_aloud() -> None:
    assert wording.joined([]) == ""
    assert wording.joined(["a"]) == "a"
    assert wording.joined(["a", "b", "c"]) == "a, b and c"


def test_numbers_with_their_nouns() -> None:
    assert wording.people(1) == "1 person"
    assert wording.people(35_000) == "35,000 people"
    assert wording.plural(2, "convoy") == "2 convoys"


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert wording.printable("a\x1b[31mb\nc") == "a\ufffd[31mb\ufffdc"
    assert wording.printable("الراموسة, Ω") == "الراموسة, Ω"
