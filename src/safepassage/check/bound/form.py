"""The form of a certificate: keys, types and sizes, before anything is proven with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

__all__ = ["CERTIFICATE_FORMAT", "Certificate", "MalformedError", "read_certificate"]

CERTIFICATE_FORMAT: Final = "safepassage-certificate/1"
CLAIMS: Final = ("clearance-at-least", "out-by-at-most")
_KEYS: Final = frozenset(
    ("format", "claim", "value", "by_s", "grid", "bays", "scale", "multipliers", "sentence")
)
MOST_SLOTS: Final = 20_000


class MalformedError(ValueError):
    """A certificate is not of the form that the format asks for."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Multipliers of the programme's rows, and what they are said to prove."""

    claim: str
    value: int
    by_s: int
    grid: tuple[int, ...]
    bays: bool
    scale: int
    multipliers: Mapping[str, Any]


def read_certificate(data: Mapping[str, Any]) -> Certificate:
    """Read a certificate.

    Raises
    ------
    MalformedError
        If it is not of the form.
    """
    if set(data) != _KEYS:
        odd = ", ".join(sorted(set(data) ^ _KEYS))
        raise MalformedError(f"expected the keys of the format; missing or unknown: {odd[:200]}")
    if data["claim"] not in CLAIMS:
        raise MalformedError(f"expected a claim of {', '.join(CLAIMS)}")
    value, by_s, scale = (_whole(data[key], key) for key in ("value", "by_s", "scale"))
    if scale < 1:
        raise MalformedError("expected a scale over 0")
    if data["claim"] == "clearance-at-least" and value != by_s + 1:
        raise MalformedError(f"expected by_s to be value - 1, got {by_s} and {value}")
    if not isinstance(data["bays"], bool):
        raise MalformedError("expected 'bays' to be true or false")
    if not isinstance(data["multipliers"], Mapping):
        raise MalformedError("expected 'multipliers' to be an object")
    return Certificate(
        claim=data["claim"],
        value=value,
        by_s=by_s,
        grid=_grid(data["grid"], by_s),
        bays=data["bays"],
        scale=scale,
        multipliers=data["multipliers"],
    )


def _whole(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise MalformedError(f"expected '{key}' to be a whole number of at least 0")
    return value


def _grid(value: Any, by_s: int) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= MOST_SLOTS:
        raise MalformedError(f"expected a grid of 2 to {MOST_SLOTS} moments")
    grid = tuple(_whole(g, "grid") for g in value)
    if grid[0] != 0 or grid[-1] < by_s or any(b <= a for a, b in pairwise(grid)):
        raise MalformedError("expected a grid that rises from 0 to by_s or later")
    return grid
