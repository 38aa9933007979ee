"""Scalars and units: what is written is what is read, whatever the value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from safepassage.terms import scalars
from safepassage.terms.groups import largest_remainder
from safepassage.units import (
    drive_seconds,
    format_duration,
    format_offset,
    parse_duration,
    parse_offset,
    parse_time,
    parse_time_of_day,
    seconds_between,
)


@given(st.integers(0, 10**9))
def test_durations_read_back(seconds: int):
    """Every length of time is read as it was written."""
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.integers(-14 * 60, 14 * 60))
def test_offsets_read_back(minutes: int):
    """Every offset is read as it was written."""
    zone = timezone(timedelta(minutes=minutes))
    assert parse_offset(format_offset(zone)) == zone


@given(st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_moments_read_back(moment: datetime):
    """Every moment with a zone is read as it was written."""
    assert parse_time(moment.isoformat()) == moment


@given(st.integers(0, 1440))
def test_times_of_day_read_back(minutes: int):
    """Every minute of the day, and its end, is read as it was written."""
    adapter = TypeAdapter(scalars.TimeOfDay)
    text = adapter.dump_python(minutes * 60)
    assert parse_time_of_day(text) == minutes * 60


@given(st.fractions(min_value=0, max_value=1, max_denominator=10**6))
def test_shares_read_back(share: Fraction):
    """A share written as a fraction loses nothing."""
    adapter = TypeAdapter(scalars.Share)
    assert adapter.validate_python(adapter.dump_python(share)) == share


@given(
    st.integers(0, 10**6),
    st.lists(st.integers(0, 50), min_size=1, max_size=9).filter(any),
)
def test_largest_remainder_splits_fairly(total: int, weights: list[int]):
    """Parts sum to the whole, and none is a full person off its exact share."""
    shares = [Fraction(w, sum(weights)) for w in weights]
    parts = largest_remainder(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - share * total) < 1
        assert part >= 0


def test_largest_remainder_by_hand():
    """10 by 1/3, 1/3, 1/3: the first of equals gets the tenth."""
    assert largest_remainder(10, [Fraction(1, 3)] * 3) == [4, 3, 3]
    assert largest_remainder(7, [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]) == [3, 2, 2]


@given(
    st.fractions(min_value=Fraction(1, 100), max_value=10**5, max_denominator=1000),
    st.fractions(min_value=1, max_value=200, max_denominator=100),
)
def test_driving_takes_the_next_whole_second(length: Fraction, speed: Fraction):
    """The time suffices, and a second less does not."""
    seconds = drive_seconds(length, speed)
    assert seconds * speed / Fraction(36, 10) >= length
    assert (seconds - 1) * speed / Fraction(36, 10) < length


def test_seconds_between_round_up():
    """A part of a second counts as a whole one, over a change of zone too."""
    start = parse_time("2016-12-11T20:00:00.5+02:00")
    assert seconds_between(start, parse_time("2016-12-11T18:00:02Z")) == 2


BAD = [
    ("Duration", "7 days", "7d"),
    ("Duration", "", "0s"),
    ("Duration", 90, "90min"),
    ("Duration", "9999999999d", "3650d"),
    ("Moment", "2016-12-11T20:00", "2016-12-11T20:00+02:00"),
    ("Moment", "2016-12-11", "2016-12-11T00:00Z"),
    ("Moment", "2016-12-11T25:00Z", "2016-12-11T23:00Z"),
    ("Moment", "0001-01-01T00:00+14:00", "1900-01-01T00:00+14:00"),
    ("Day", "20161211", "2016-12-11"),
    ("Day", 0, "1970-01-01"),
    ("Day", "2016-02-30", "2016-02-29"),
    ("Flag", "yes", True),
    ("Flag", 1, False),
    ("Count", True, 1),
    ("Count", 1.0, 1),
    ("Count", -1, 0),
    ("Count", 100_000_001, 100_000_000),
    ("Ratio", "1/0", "1/3"),
    ("Ratio", "1e999999999", "1000"),
    ("Ratio", float("inf"), 1e300),
    ("Positive", 0, "0.001"),
    ("Share", 1.01, 1),
    ("Offset", "+15:00", "+14:00"),
    ("Offset", "+14:30", "-13:59"),
    ("Offset", "02:00", "+02:00"),
    ("TimeOfDay", "24:01", "24:00"),
    ("TimeOfDay", "8:00", "08:00"),
    ("Identifier", "A", "a"),
    ("Identifier", "a" * 65, "a" * 64),
    ("Text", "", "x"),
    ("Text", " \n\t", " x"),
]


@pytest.mark.parametrize(("name", "bad", "good"), BAD)
def test_scalar_is_refused_and_near_good_taken(name: str, bad: object, good: object):
    """Each scalar refuses what could be meant in two ways, and takes the nearest that cannot."""
    adapter = TypeAdapter(getattr(scalars, name))
    with pytest.raises(ValidationError):
        adapter.validate_python(bad)
    adapter.validate_python(good)


def test_decimals_are_exact():
    """0.7 in a file is seven tenths, not the nearest binary number."""
    assert TypeAdapter(scalars.Ratio).validate_python(0.7) == Fraction(7, 10)
