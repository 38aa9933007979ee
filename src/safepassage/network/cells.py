"""Cells of network tables as typed values; a cell that does not fit becomes a fault."""

from __future__ import annotations

import re
from collections.abc import Container
from fractions import Fraction

from safepassage.errors import Fault
from safepassage.files import Row, Table, shown

__all__ = ["Cells", "exact_text", "read_line", "write_line"]

_NUMBER = re.compile(
    r"[-+]?(?:\d{1,20}\.?\d{0,30}|\.\d{1,30})(?:[eE][-+]?\d{1,2})?|\d{1,15}/\d{1,15}"
)
_IDENTIFIER = re.compile(r"[^\s,;\"']{1,80}")
_LINESTRING = re.compile(r"LINESTRING\s*\(([^()]*)\)", re.IGNORECASE)
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
        try:
            if _NUMBER.fullmatch(text):
                return Fraction(text)
        except ZeroDivisionError:
            pass
        self.fault("bad-value", f"{column}: expected {what}, got {shown(text)}")
        return None

    def decimal(
        self, column: str, least: int, most: int, what: str, *, required: bool = True
    ) -> Fraction | None:
        """Return a number from ``least`` to ``most``."""
        number = self.number(column, what, required=required)
        if number is not None and not least <= number <= most:
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
        number = self.number(column, f"a number {least}")
        if number is None:
            return None
        value = number * unit
        if not (0 < value <= most or (zero and value == 0)):
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


def read_line(cells: Cells, text: str | None) -> tuple[tuple[float, float], ...] | None:
    """Read ``LINESTRING (lon lat, lon lat, ...)``; None where there is none."""
    if text is None:
        return None
    match = _LINESTRING.fullmatch(text)
    points = []
    for pair in match[1].split(",") if match else ():
        parts = pair.split()
        if len(parts) != 2 or not all(_NUMBER.fullmatch(p) and "/" not in p for p in parts):
            break
        lon, lat = float(parts[0]), float(parts[1])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            break
        points.append((lon, lat))
    else:
        if len(points) > 1:
            return tuple(points)
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
