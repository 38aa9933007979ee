"""Parts of an answer, taken out with their type; a part that is missing makes it malformed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from safepassage.plan.document import Level

__all__ = ["MalformedError", "Part"]

T = TypeVar("T")

_LARGEST = 10**15
"""Beyond it a number of a file would lose its last digits, or be none at all."""


class MalformedError(ValueError):
    """A part of an answer is missing or of the wrong type."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where, self.message = where, message


class Part:
    """An object of the answer, with the path at which it stands."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise MalformedError(where, "expected an object")
        self._data, self.where = data, where

    def at(self, key: str) -> str:
        """Where a key stands."""
        return f"{self.where}.{key}"

    def any(self, key: str) -> Any:
        """The value of a key, whatever it is."""
        if key not in self._data:
            raise MalformedError(self.at(key), "expected this key, got none")
        return self._data[key]

    def _of(self, key: str, wanted: type[T], what: str) -> T:
        value = self.any(key)
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise MalformedError(self.at(key), f"expected {what}, got {str(value)[:60]!r}")
        return value

    def number(self, key: str) -> int:
        """A whole number."""
        value = self._of(key, int, "a whole number")
        if abs(value) > _LARGEST:
            raise MalformedError(self.at(key), f"expected a whole number up to {_LARGEST}")
        return value

    def wholes(self, key: str) -> list[int]:
        """A list of whole numbers."""
        values = self._of(key, list, "a list")
        return [Part({key: v}, self.where).number(key) for v in values]

    def maybe(self, key: str) -> int | None:
        """A whole number, or None."""
        return None if self.any(key) is None else self.number(key)

    def real(self, key: str) -> float:
        """A number."""
        value = self.any(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise MalformedError(self.at(key), "expected a number")
        if not -_LARGEST <= value <= _LARGEST:
            raise MalformedError(self.at(key), f"expected a number up to {_LARGEST}")
        return float(value)

    def flag(self, key: str) -> bool | None:
        """Yes, no, or None."""
        return None if self.any(key) is None else self._of(key, bool, "true, false or null")

    def text(self, key: str) -> str:
        """Text."""
        return self._of(key, str, "text")

    def level(self, key: str) -> Level:
        """A count of people."""
        return _level(self.text(key), self.at(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._of(key, list, "a list")
        if not all(isinstance(v, str) for v in value):
            raise MalformedError(self.at(key), "expected a list of texts")
        return tuple(value)

    def part(self, key: str) -> Part:
        """An object."""
        return Part(self.any(key), self.at(key))

    def parts(self, key: str) -> list[Part]:
        """A list of objects."""
        value = self._of(key, list, "a list")
        return [Part(v, f"{self.at(key)}[{i}]") for i, v in enumerate(value)]

    def by_level(self, key: str) -> dict[Level, Part]:
        """An object by counts of people."""
        found = self.part(key)
        return {_level(k, found.where): found.part(k) for k in found.names()}

    def names(self) -> list[str]:
        """Keys of the object."""
        return [str(key) for key in self._data]

    def numbers(self, key: str) -> dict[str, float]:
        """An object whose values are numbers."""
        found = self.part(key)
        return {k: found.real(k) for k in found.names()}

    def whole_numbers(self, key: str) -> dict[str, int]:
        """An object whose values are whole numbers."""
        found = self.part(key)
        return {k: found.number(k) for k in found.names()}


def _level(text: str, where: str) -> Level:
    for level in ("low", "likely", "high"):
        if text == level:
            return level
    raise MalformedError(where, f"expected low, likely or high, got {text[:60]!r}")
