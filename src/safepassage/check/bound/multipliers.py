"""Reads multipliers family by family; whatever is not asked for was not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.check.bound.form import MalformedError

__all__ = ["Multipliers"]


class Multipliers:
    """The multipliers of a certificate, with a memory of what was used."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._used: set[str] = set()

    def single(self, family: str) -> int:
        """Return the multiplier of a row with "at most"."""
        value = self._take(family, 0)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise MalformedError(f"expected {family!r} to be a whole number of at least 0")
        return value

    def series(self, family: str, length: int, *, signed: bool) -> list[int]:
        """Return one multiplier for each row of a family."""
        values = self._take(family, None)
        if values is None:
            return [0] * length
        if not isinstance(values, list | tuple) or len(values) != length:
            raise MalformedError(f"expected {family!r} to hold {length} multipliers")
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int) or (value < 0 and not signed):
                raise MalformedError(f"expected whole numbers in {family!r}, none of a wrong sign")
        return list(values)

    def ranges(self, family: str, last: int) -> list[tuple[int, int, int]]:
        """Return ``first, last, multiplier`` of every row of a family of ranges."""
        rows = []
        for row in self._take(family, ()):
            if not isinstance(row, list | tuple) or len(row) != 3:
                raise MalformedError(f"expected three numbers a row in {family!r}")
            if any(isinstance(x, bool) or not isinstance(x, int) or x < 0 for x in row):
                raise MalformedError(f"expected whole numbers of at least 0 in {family!r}")
            if not row[0] <= row[1] <= last:
                raise MalformedError(f"expected ranges up to {last} in {family!r}")
            rows.append((row[0], row[1], row[2]))
        return rows

    def finish(self) -> None:
        """Refuse families that no row of the programme has."""
        odd = sorted(set(self._data) - self._used)
        if odd:
            raise MalformedError(f"no rows are called {', '.join(odd)[:200]}")

    def _take(self, family: str, default: Any) -> Any:
        self._used.add(family)
        return self._data.get(family, default)
