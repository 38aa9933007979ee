"""The form of a certificate: whether it can be a proof at all, before any of it is reckoned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

__all__ = ["CERTIFICATE_FORMAT", "Claim", "Form", "is_whole", "read_form"]

CERTIFICATE_FORMAT: Final = "safepassage-certificate/1"

Claim = Literal["clearance-at-least", "out-by-at-most"]

_LONGEST_GRID: Final = 20_000
_MOST_SECONDS: Final = 20 * 366 * 86_400
"""What a plan may speak of; a grid beyond it would only cost time."""

_LARGEST: Final = 10**60
"""Far beyond what any proof needs; sums of larger numbers could not even be told."""

_KEYS: Final = frozenset(
    ("format", "claim", "value", "by_s", "grid", "bays", "scale", "multipliers", "sentence")
)


@dataclass(frozen=True, slots=True)
class Form:
    """A certificate of good form. Its multipliers are known by their names only so far."""

    claim: Claim
    value: int
    by_s: int
    grid: tuple[int, ...]
    bays: bool
    scale: int
    multipliers: Mapping[str, Any]


def is_whole(value: object) -> bool:
    """Tell whether a JSON value is a whole number of at most 60 digits; ``true`` is not one."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST


def read_form(data: Mapping[str, Any]) -> Form | str:
    """Return a certificate of the known format, or what is wrong with its form."""
    wrong = _wrong_keys(data) or _wrong_values(data) or _wrong_grid(data["grid"], data["by_s"])
    if wrong is not None:
        return wrong
    return Form(
        claim=data["claim"],
        value=data["value"],
        by_s=data["by_s"],
        grid=tuple(data["grid"]),
        bays=data["bays"],
        scale=data["scale"],
        multipliers=data["multipliers"],
    )


def _wrong_keys(data: Mapping[str, Any]) -> str | None:
    for word, keys in (("unknown", data.keys() - _KEYS), ("missing", _KEYS - data.keys())):
        if keys:
            return f"{word}: {', '.join(sorted(keys))[:200]}"
    return None


def _wrong_values(data: Mapping[str, Any]) -> str | None:
    if data["claim"] not in ("clearance-at-least", "out-by-at-most"):
        return f"claim: expected clearance-at-least or out-by-at-most, got {_shown(data['claim'])}"
    for key, least in (("value", 0), ("by_s", 0), ("scale", 1)):
        if not is_whole(data[key]) or data[key] < least:
            return f"{key}: expected a whole number from {least}, got {_shown(data[key])}"
    if data["claim"] == "clearance-at-least" and data["by_s"] != data["value"] - 1:
        return f"by_s: expected value - 1, got {data['by_s']} with the value {data['value']}"
    for key, kind, noun in (
        ("bays", bool, "true or false"),
        ("sentence", str, "text"),
        ("multipliers", Mapping, "an object"),
    ):
        if not isinstance(data[key], kind):
            return f"{key}: expected {noun}, got {_shown(data[key])}"
    return None


def _wrong_grid(grid: object, by_s: int) -> str | None:
    if not isinstance(grid, list | tuple) or not all(is_whole(g) for g in grid):
        return "grid: expected a list of whole seconds"
    if not 2 <= len(grid) <= _LONGEST_GRID:
        return f"grid: expected 2 to {_LONGEST_GRID} moments, got {len(grid)}"
    if grid[0] != 0 or any(a >= b for a, b in pairwise(grid)):
        return "grid: expected increasing moments, the first 0"
    if not by_s <= grid[-1] <= _MOST_SECONDS:
        return f"grid: expected the last from {by_s} to {_MOST_SECONDS}, got {grid[-1]}"
    return None


def _shown(value: object) -> str:
    return type(value).__name__ if isinstance(value, dict | list | tuple) else repr(value)[:60]
