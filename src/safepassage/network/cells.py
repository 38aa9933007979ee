"""Cells of network tables as typed values; a cell that does not fit becomes a fault."""

from __future__ import annotations

import re
from collections.abc import Container
from fractions import Fraction
from functools import lru_cache

from safepassage.errors import Fault
from safepassage.files import Row, Table, shown

__all__ = ["Cells", "exact_number", "exact_text", "read_line", "write_line"]

_DECIMAL = r"[-+]?(?:\d{1,20}\.?\d{0,30}|\.\d{1,30})(?:[eE][-+]?\d{1,2})?"
_NUMBER = re.compile(rf"{_DECIMAL}|\d{{1,15}}/\d{{1,15}}")
_PLAIN = re.compile(r"-?\d{1,3}(?:\.\d{1,20})?")
_IDENTIFIER = re.compile(r"[^\s,;\"']{1,80}")
_POINT = rf"\s*{_DECIMAL}\s+{_DECIMAL}\s*"
_LINESTRING = re.compile(rf"LINESTRING\s*\({_POINT}(?:,{_POINT})*\)", re.IGNORECASE)
_TRUE = frozenset({"1", "true", "yes"})
_FALSE = frozenset({"0", "false", "no"})


class Cells:
    """Reads the cells of one row and adds what is wrong to ``faults``."""

    def __init__(self, table: Table, row: Row, faults: list[Fault]) -> None:
        self.table = table
        self.row = row
        self.faults = faults

    @property
    def where(self) -> str:
        """``file:line`` of the row."""
        return self.table.where(self.row)

    def fault(self, code: str, message: str) -> None:
        """Add a fault at this row."""
        self.faults.append(Fault(self.where, code, message))

    def identifier(self, column: str, taken: Container[str]) -> str | None:
        """Return an id that is not taken yet."""
        text = self.row.get(column)
        if text is None or not _IDENTIFIER.fullmatch(text):
            message = f"{column}: expected an id without spaces, got {shown(text or 'nothing')}"
            self.fault("bad-value", message)
            return None
        if text in taken:
            message = f"{column}: expected each id once, got {shown(text)} again; rename one"
            self.fault("duplicate-id", message)
            return None
        return text

    def number(self, column: str, what: str, *, required: bool = True) -> Fraction | None:
        """Return an exact number, or None where the cell is empty or wrong."""
        text = self.row.get(column)
        if text is None:
            if required:
                self.fault("bad-value", f"{column}: expected {what}, got nothing")
            return None
        number = exact_number(text)
        if number is None:
            self.fault("bad-value", f"{column}: expected {what}, got {shown(text)}")
        return number

    def degrees(self, column: str, most: int, what: str, *, required: bool = True) -> float | None:
        """Return a number from ``-most`` to ``most`` as a float, which is all a place needs."""
        text = self.row.get(column)
        # What is written as usual is read without the detour of an exact number.
        if text is not None and _PLAIN.fullmatch(text) and -most <= float(text) <= most:
            return float(text)
        number = self.decimal(column, -most, most, what, required=required)
        return None if number is None else float(number)

    def decimal(
        self, column: str, least: int, most: int, what: str, *, required: bool = True
    ) -> Fraction | None:
        """Return a number from ``least`` to ``most``."""
        number = self.number(column, what, required=required)
        if number is not None and not _within(number, least, most):
            got = shown(self.row.get(column))
            message = f"{column}: expected {what} from {least} to {most}, got {got}"
            self.fault("absurd-number", message)
            return None
        return number

    def positive(
        self, column: str, unit: Fraction, most: int, name: str, *, zero: bool = False
    ) -> Fraction | None:
        """Return a number over 0, multiplied by ``unit``, of at most ``most`` (in ``name``).

        With ``zero``, 0 will do as well.
        """
        least = "at least 0" if zero else "over 0"
        text = self.row.get(column)
        value = _scaled(text, unit.numerator, unit.denominator) if text is not None else None
        if value is None:
            self.number(column, f"a number {least}")
            return None
        if not _within(value, 0, most) or not (value or zero):
            got = f"{float(value):g} {name}"
            message = f"{column}: expected {least} and at most {most} {name}, got {got}"
            self.fault("absurd-number", f"{message}; check the number and its unit")
            return None
        return value

    def whole(self, column: str, most: int) -> int | None:
        """Return a whole number from 1 to ``most``, or None where the cell is empty."""
        number = self.number(column, "a whole number", required=False)
        if number is None:
            return None
        if number.denominator != 1 or not 1 <= number <= most:
            got = shown(self.row.get(column))
            message = f"{column}: expected a whole number from 1 to {most}, got {got}"
            self.fault("absurd-number", message)
            return None
        return int(number)

    def flag(self, column: str) -> bool | None:
        """Return a yes or no written 1/0, true/false or yes/no."""
        text = (self.row.get(column) or "").lower()
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        self.fault("bad-value", f"{column}: expected 1 or 0, got {shown(text or 'nothing')}")
        return None


@lru_cache(maxsize=65_536)
def exact_number(text: str) -> Fraction | None:
    """Return a number exactly, or None for another text, or one of more digits than are sensible.

    Kept, because figures repeat, in the tables of a city a lot.
    """
    try:
        return Fraction(text) if _NUMBER.fullmatch(text) else None
    except ZeroDivisionError:
        return None


@lru_cache(maxsize=65_536)
def _scaled(text: str, top: int, bottom: int) -> Fraction | None:
    number = exact_number(text)
    return None if number is None else number * Fraction(top, bottom)


def _within(number: Fraction, least: int, most: int) -> bool:
    """Say whether a number is from ``least`` to ``most``, by whole numbers, which is quicker."""
    top, bottom = number.numerator, number.denominator
    return least * bottom <= top <= most * bottom


def read_line(cells: Cells, text: str | None) -> tuple[tuple[float, float], ...] | None:
    """Read ``LINESTRING (lon lat, lon lat, ...)``; None where there is none."""
    if text is None:
        return None
    if _LINESTRING.fullmatch(text):
        figures = list(map(float, text[text.index("(") + 1 : -1].replace(",", " ").split()))
        lon, lat = figures[::2], figures[1::2]
        inside = min(lon) >= -180 and max(lon) <= 180 and min(lat) >= -90 and max(lat) <= 90
        if inside and len(lon) > 1:
            return tuple(zip(lon, lat, strict=True))
    message = "geometry: expected LINESTRING (lon lat, lon lat, ...) in degrees, got "
    cells.fault("bad-geometry", message + shown(text))
    return None


def write_line(line: tuple[tuple[float, float], ...] | None) -> str | None:
    """Write what :func:`read_line` reads."""
    if line is None:
        return None
    return "LINESTRING (" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in line) + ")"


def exact_text(number: Fraction) -> str:
    """Write a number as a decimal where that is exact, else as a fraction."""
    places = 0
    rest = number.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1 or places > 30:
        return f"{number.numerator}/{number.denominator}"
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"
