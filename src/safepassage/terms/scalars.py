"""Scalar types of the terms files: what a reader writes, and what the program holds."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, WithJsonSchema

from safepassage.units import (
    format_duration,
    format_offset,
    parse_duration,
    parse_offset,
    parse_time,
    parse_time_of_day,
)

__all__ = [
    "WORDS",
    "Count",
    "Day",
    "Duration",
    "Flag",
    "Identifier",
    "Moment",
    "Offset",
    "Positive",
    "Ratio",
    "Share",
    "Text",
    "TimeOfDay",
]

#: Largest whole number taken for people or vehicles; more is a slip of the pen.
MOST = 100_000_000

# A narrow form: "1e999999999" is a number too, and would take all memory to hold exactly.
_RATIO = re.compile(r"[-+]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18}|\d{1,18}/\d{1,18})")
#: Something that is no space.
WORDS = r"\S"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _text_only(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {value!r}")
    return value


def _duration(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"expected a duration with its unit such as {value}min, got {value}")
    seconds = parse_duration(_text_only(value))
    if seconds > 10 * 366 * 86_400:
        raise ValueError(f"expected at most ten years, got {value!r}")
    return seconds


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) and value.tzinfo else parse_time(_text_only(value))


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = _text_only(value)
    try:
        # Python reads 20161213 and 2016-W50-2 as well; a terms file does not.
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise ValueError(f"expected a day such as 2016-12-13, got {value!r}") from None


def _time_of_day(value: object) -> int:
    return parse_time_of_day(_text_only(value))


def _offset(value: object) -> timezone:
    return parse_offset(_text_only(value))


def _ratio(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    wrong = ValueError(f"expected a number such as 0.7 or 1/3, got {value!r}")
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise wrong
    # str() of a float is the shortest text that reads back: 0.7 stays 7/10.
    text = str(value)
    if not isinstance(value, float) and not _RATIO.fullmatch(text):
        raise wrong
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise wrong from None


def _positive(value: object) -> Fraction:
    ratio = _ratio(value)
    if not 0 < ratio <= 1_000:
        raise ValueError(f"expected a number over 0 and at most 1000, got {value!r}")
    return ratio


def _share(value: object) -> Fraction:
    ratio = _ratio(value)
    if not 0 <= ratio <= 1:
        raise ValueError(f"expected a share from 0 to 1, got {value!r}")
    return ratio


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(
            f"expected a whole number from 0 to {MOST}, in digits alone, got {value!r}"
        )
    if not 0 <= value <= MOST:
        raise ValueError(f"expected a whole number from 0 to {MOST}, got {value}")
    return value


_FRACTION_OUT = PlainSerializer(str, return_type=str)

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""Lower-case letters, digits, ``-`` and ``_``; at most 64."""

Text = Annotated[str, Field(min_length=1, max_length=4_000, pattern=WORDS)]
"""Some words; never empty, nor blank: a figure is not assumed for the reason of a space."""

Count = Annotated[
    int,
    BeforeValidator(_count),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MOST}),
]
"""A whole number of people, vehicles, bays."""

Flag = Annotated[bool, Strict()]
"""``true`` or ``false``, and no other word for them."""

Day = Annotated[
    date,
    BeforeValidator(_day),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day of the calendar: ``2016-12-13``."""

Duration = Annotated[
    int,
    BeforeValidator(_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["7d", "10h", "90min", "1h 30min", "45s"]}),
]
"""A length of time with its unit; held as whole seconds."""

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An ISO 8601 time with its zone."""

TimeOfDay = Annotated[
    int,
    BeforeValidator(_time_of_day),
    PlainSerializer(lambda s: f"{s // 3600:02d}:{s // 60 % 60:02d}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-4]):[0-5]\d$"}),
]
"""A local time of day such as ``08:00``; held as seconds after midnight."""

Offset = Annotated[
    Any,
    BeforeValidator(_offset),
    PlainSerializer(format_offset, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[+-]\d{2}:\d{2}$"}),
]
"""A fixed offset from UTC such as ``+02:00``."""

Ratio = Annotated[
    Fraction, BeforeValidator(_ratio), _FRACTION_OUT, WithJsonSchema({"type": ["number", "string"]})
]
"""An exact number, written ``0.7`` or ``1/3``."""

Positive = Annotated[
    Fraction,
    BeforeValidator(_positive),
    _FRACTION_OUT,
    WithJsonSchema({"type": ["number", "string"], "exclusiveMinimum": 0, "maximum": 1000}),
]
"""An exact number over 0."""

Share = Annotated[
    Fraction,
    BeforeValidator(_share),
    _FRACTION_OUT,
    WithJsonSchema({"type": ["number", "string"], "minimum": 0, "maximum": 1}),
]
"""An exact share from 0 to 1."""
