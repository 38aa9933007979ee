"""How numbers, times and names are put into words: one way in the terminal, the page and figures.

Nothing here depends on the machine's locale, so that the same plan always gives the same text.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

__all__ = [
    "brief",
    "cell",
    "clock",
    "count",
    "day",
    "duration",
    "joined",
    "kilometres",
    "moment",
    "people",
    "percent",
    "plural",
    "printable",
    "short_day",
]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NBSP = "\N{NO-BREAK SPACE}"


def count(number: int) -> str:
    """Write a whole number with thousands set apart: ``35,000``."""
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: ``1 convoy``, ``2 convoys``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def people(number: int) -> str:
    """Write a number of people: ``1 person``, ``35,000 people``."""
    return plural(number, "person", "people")


def duration(seconds: int, *, up: bool = False) -> str:
    """Write a length of time in hours and minutes, rounded down, or ``up`` to be on the safe side.

    Hours are not folded into days: evacuation times are compared in hours.
    """
    sign, rest = ("\N{MINUS SIGN}", -seconds) if seconds < 0 else ("", seconds)
    minutes = math.ceil(rest / 60) if up else rest // 60
    hours, minutes = divmod(minutes, 60)
    parts = [f"{n}{_NBSP}{unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n]
    return sign + (_NBSP.join(parts) or f"0{_NBSP}min")


def day(value: date) -> str:
    """Write a day: ``13 Dec 2016``."""
    return f"{value.day}{_NBSP}{_MONTHS[value.month - 1]}{_NBSP}{value.year}"


def short_day(value: date) -> str:
    """Write a day with its name and without the year: ``Tue 13 Dec``."""
    return f"{_DAYS[value.weekday()]}{_NBSP}{value.day}{_NBSP}{_MONTHS[value.month - 1]}"


def clock(value: datetime) -> str:
    """Write a time of day: ``05:20``."""
    return f"{value.hour:02d}:{value.minute:02d}"


def moment(value: datetime, *, up: bool = False) -> str:
    """Write a local moment: ``05:20 on Tue 13 Dec 2016``; ``up`` takes the next full minute."""
    if up:
        value = _next_minute(value)
    return f"{clock(value)} on {short_day(value)}{_NBSP}{value.year}"


def _next_minute(value: datetime) -> datetime:
    whole = value.replace(second=0, microsecond=0)
    return whole if whole == value else whole + timedelta(minutes=1)


def brief(value: datetime, *, up: bool = False) -> str:
    """Write a local moment for a table: ``Tue 13 Dec, 05:20``; ``up`` as in :func:`moment`."""
    if up:
        value = _next_minute(value)
    return f"{short_day(value)}, {clock(value)}"


def percent(share: float, digits: int = 0, *, up: bool = False) -> str:
    """Write a share: ``98%``; a little that is not nothing is never written as 0.

    Nor is what is not quite all written as 100. ``up`` takes the next larger number of so many
    digits, for what is not to be understated.
    """
    least = 10**-digits
    if 0 < share * 100 < least:
        return f"under{_NBSP}{least:.{digits}f}%"
    # A hair is taken off first: 0.07 is 7 %, and not 7.000000000000001 % rounded up to 8.
    shown = math.ceil(share * 100 / least - 1e-9) * least if up else share * 100
    text = f"{shown:.{digits}f}"
    if share < 1 and float(text) == 100:
        return f"over{_NBSP}{100 - least:.{digits}f}%"
    return f"{text}%"


def kilometres(metres: float) -> str:
    """Write a length: ``21.0 km``."""
    return f"{metres / 1000:.1f}{_NBSP}km"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Join words for reading aloud: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def cell(text: str) -> str:
    """Keep a spreadsheet from taking text in a table for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def printable(text: str) -> str:
    """Make text safe for a terminal: no control characters, which could move or colour it."""
    return "".join(
        c if unicodedata.category(c) != "Cc" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
