"""Units and the only rounding in the package.

Inside: time is whole seconds, length is metres, speed is km/h, people and vehicles are whole
numbers. Lengths and speeds are exact rationals (:class:`fractions.Fraction`), so that the planner
and the checker cannot differ by a rounding of floating-point numbers.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

__all__ = [
    "drive_seconds",
    "format_duration",
    "format_offset",
    "parse_duration",
    "parse_offset",
    "parse_time",
    "parse_time_of_day",
    "seconds_between",
    "transit_seconds",
    "whole_seconds",
]

_UNIT_S = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
_DURATION = re.compile(
    r"(?:(\d{1,9})\s*d)?\s*(?:(\d{1,9})\s*h)?\s*(?:(\d{1,9})\s*min)?\s*(?:(\d{1,9})\s*s)?"
)
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


def parse_duration(text: str) -> int:
    """Read ``7d``, ``10h``, ``90min``, ``1h 30min`` or ``45s`` as whole seconds.

    Raises
    ------
    ValueError
        If the text is not such a duration.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise ValueError(f"expected a duration such as 7d, 10h or 90min, got {text!r}")
    return sum(
        int(n) * s for n, s in zip(match.groups(), _UNIT_S.values(), strict=True) if n is not None
    )


def format_duration(seconds: int) -> str:
    """Write whole seconds the way :func:`parse_duration` reads them (``26h 5min``, ``0s``).

    Hours are not folded into days: evacuation times are compared in hours.
    """
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, rest = divmod(rest, 3_600)
    minutes, secs = divmod(rest, 60)
    parts = [f"{n}{u}" for n, u in ((hours, "h"), (minutes, "min"), (secs, "s")) if n]
    return sign + (" ".join(parts) or "0s")


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 time that names its zone.

    Raises
    ------
    ValueError
        If it is not ISO 8601, has no zone, or lies outside the years 1900 to 2200.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"expected an ISO 8601 time with zone, got {text!r}") from None
    if moment.tzinfo is None:
        raise ValueError(f"expected a time with its zone, such as {text}+02:00, got {text!r}")
    if not 1900 <= moment.year <= 2200:
        raise ValueError(f"expected a year from 1900 to 2200, got {text!r}")
    return moment


def parse_time_of_day(text: str) -> int:
    """Read ``08:00`` (up to ``24:00``) as seconds after local midnight.

    Raises
    ------
    ValueError
        If it is not such a time.
    """
    match = _TIME_OF_DAY.fullmatch(text)
    if not match or (match[1] == "24" and match[2] != "00"):
        raise ValueError(f"expected a time of day such as 08:00, got {text!r}")
    return int(match[1]) * 3_600 + int(match[2]) * 60


def parse_offset(text: str) -> timezone:
    """Read a fixed offset from UTC such as ``+02:00``.

    Raises
    ------
    ValueError
        If it is not such an offset, or is over 14 hours.
    """
    match = _OFFSET.fullmatch(text)
    if not match or int(match[3]) > 59 or int(match[2]) * 60 + int(match[3]) > 14 * 60:
        raise ValueError(f"expected an offset from UTC such as +02:00, got {text!r}")
    delta = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-delta if match[1] == "-" else delta)


def format_offset(zone: timezone) -> str:
    """Write a fixed offset the way :func:`parse_offset` reads it."""
    minutes = int(zone.utcoffset(None).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def seconds_between(start: datetime, end: datetime) -> int:
    """Whole seconds from ``start`` to ``end`` (rounded up, so that no time is won)."""
    return math.ceil((end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(seconds=1))


def whole_seconds(start: datetime, end: datetime) -> int:
    """Whole seconds from ``start`` that have passed at ``end`` (rounded down, for ends)."""
    return (end.astimezone(UTC) - start.astimezone(UTC)) // timedelta(seconds=1)


def drive_seconds(length_m: Fraction, speed_kmh: Fraction, factor: Fraction = Fraction(1)) -> int:
    """Whole seconds to drive one link: ``length / (speed x factor)``, rounded up.

    Rounding up keeps a timetable drivable; planner and checker share only this definition.

    Parameters
    ----------
    length_m
        Length of the link in metres, at least 0.
    speed_kmh
        Free speed in km/h, over 0.
    factor
        Product of the factors of the vehicle and of the conditions (night, snow), over 0.
    """
    # In whole numbers: fractions take their time, and a case is read again with every what-if.
    over = length_m.numerator * 36 * speed_kmh.denominator * factor.denominator
    under = length_m.denominator * speed_kmh.numerator * factor.numerator * 10
    return -(-over // under)


def transit_seconds(length_m: Fraction, speed_kmh: Fraction) -> int:
    """Whole seconds through a road of a clearance instance: nearest, a half rounded up.

    Parameters
    ----------
    length_m
        Length of the link in metres, at least 0.
    speed_kmh
        Free speed in km/h, over 0.
    """
    # In whole numbers: a city has many roads, and fractions take their time.
    twice = 2 * length_m.denominator * speed_kmh.numerator * 10
    return (2 * length_m.numerator * 36 * speed_kmh.denominator + twice // 2) // twice
