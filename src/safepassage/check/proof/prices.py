"""The multipliers of a certificate, each with the row that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.check.proof.form import is_whole
from safepassage.check.proof.frame import Frame, Shape

__all__ = ["Leg", "Prices", "read_prices"]

Triple = tuple[int, int, int]
Leg = tuple[str, str, str]
"""Assembly point, reception point and corridor of a loaded leg."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Multipliers by family; a family left out costs nothing."""

    count: int
    """Slots of the grid."""
    entries: int
    known: Mapping[str, Any]

    def states(self, family: str) -> list[int]:
        """By index, with a nought beyond the last: what leaves the programme costs nothing."""
        found = self.known.get(family)
        return [*found, 0] if found is not None else [0] * (self.count + 2)

    def number(self, family: str) -> int:
        """Return the multiplier of a single row."""
        return int(self.known.get(family, 0))

    def triples(self, family: str) -> list[Triple]:
        """Return what a family of capacities or of times lists."""
        return [(a, b, p) for a, b, p in self.known.get(family, ())]

    def stretches(self, family: str) -> list[Triple]:
        """Return what a family lists by stretch of openings."""
        return self.triples(family)

    def sizes(self, family: str) -> list[tuple[int, int, int, int]]:
        """Return what a family lists by stretch of openings and size of convoys."""
        return [(i, j, v, p) for i, j, v, p in self.known.get(family, ())]

    def legs(self, family: str) -> dict[Leg, int]:
        """Return what a family lists by loaded leg."""
        return {(a, d, c): p for a, d, c, p in self.known.get(family, ())}

    def people(self) -> list[int]:
        """Return the multipliers by entry."""
        return list(self.known.get("people", [0] * self.entries))


def read_prices(multipliers: Mapping[str, Any], frame: Frame) -> Prices | str:
    """Return multipliers of rows that the programme has, or what is wrong with them."""
    for family, found in multipliers.items():
        shape = frame.families.get(family)
        if shape is None:
            return f"multipliers: the programme has no rows {family[:120]!r}"
        wrong = _wrong(found, shape, frame)
        if wrong is None and shape in ("stretches", "sizes"):
            wrong = _wrong_stretches(family, found, shape, frame)
        if wrong is not None:
            return f"multipliers.{family}: {wrong}"
    return Prices(frame.slots.count, len(frame.entries), multipliers)


def _wrong(found: object, shape: Shape, frame: Frame) -> str | None:
    if shape == "number":
        good = isinstance(found, int) and is_whole(found) and found >= 0
        return None if good else "expected a whole number from 0"
    if not isinstance(found, list):
        return "expected a list"
    if shape == "legs":
        return _wrong_legs(found)
    if shape in ("stretches", "sizes"):
        size = 3 if shape == "stretches" else 4
        good = all(isinstance(t, list) and len(t) == size and all(map(is_whole, t)) for t in found)
        return None if good else f"expected lists of {size} whole numbers"
    if shape in ("slots", "spans"):
        last = frame.slots.count - 1 if shape == "slots" else None
        return next((w for w in (_wrong_triple(t, last) for t in found) if w is not None), None)
    wanted = len(frame.entries) if shape == "people" else frame.slots.count + 1
    if len(found) != wanted or not all(is_whole(p) for p in found):
        return f"expected {wanted} whole numbers, got {len(found)} values"
    if shape == "people" and any(p < 0 for p in found):
        return "expected whole numbers from 0"
    return None


def _wrong_stretches(
    family: str, found: Sequence[Sequence[int]], shape: Shape, frame: Frame
) -> str | None:
    """Return what is wrong with stretches of openings, sizes of convoys, or their multipliers."""
    lane, most = frame.lane_of(family), frame.programme.reading.convoys.most
    for i, j, *size, price in found:
        if price < 0:
            return f"expected multipliers from 0, got {price}"
        if not lane.has(i, j):
            return f"the grid has no stretch of openings {i} to {j}"
        if shape == "sizes" and not 0 <= size[0] < most:
            return f"expected sizes from 0 to {most - 1}, got {size[0]}"
    return None


def _wrong_legs(found: Sequence[object]) -> str | None:
    """Return what is wrong with loaded legs and their multipliers, each told once."""
    known = set()
    for leg in found:
        if not isinstance(leg, list) or len(leg) != 4 or not is_whole(leg[3]) or leg[3] < 0:
            return "expected lists of two places, a corridor and a whole number from 0"
        if not all(isinstance(name, str) for name in leg[:3]):
            return "expected lists of two places, a corridor and a whole number from 0"
        if tuple(leg[:3]) in known:
            return f"told twice: {' '.join(leg[:3])[:120]}"
        known.add(tuple(leg[:3]))
    return None


def _wrong_triple(triple: object, last: int | None) -> str | None:
    if not isinstance(triple, list) or len(triple) != 3 or not all(is_whole(t) for t in triple):
        return "expected lists of three whole numbers"
    a, b, price = triple
    if price < 0:
        return f"expected multipliers from 0, got {price}"
    # Neither a stretch of slots nor one of time runs backwards; nothing comes before the start.
    if not 0 <= a <= b or (last is not None and b > last):
        limit = "" if last is None else f" <= {last}"
        return f"expected 0 <= {a} <= {b}{limit}"
    return None
