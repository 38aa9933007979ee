"""Places labels beside their points so that they do not cover one another.

A greedy choice among positions around each point: in the order given, each label takes the
cheapest position that is left. Labels that have to stand off get a thin line to their point.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Box", "Label", "Placed", "Points", "place"]


Points = npt.NDArray[np.float64]
"""Points in pixels, one a row."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x0: float
    y0: float
    x1: float
    y1: float

    def overlap(self, other: Box) -> float:
        """Area that both cover."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0

    def near(self, points: Points, pad: float) -> int:
        """How many points lie inside, or within ``pad`` of it."""
        x, y = points[:, 0], points[:, 1]
        inside = (x >= self.x0 - pad) & (x <= self.x1 + pad)
        return int(np.count_nonzero(inside & (y >= self.y0 - pad) & (y <= self.y1 + pad)))

    def outside(self, bounds: Box) -> bool:
        """Whether some of it lies outside ``bounds``."""
        return (
            self.x0 < bounds.x0 or self.y0 < bounds.y0 or self.x1 > bounds.x1 or self.y1 > bounds.y1
        )


@dataclass(frozen=True, slots=True)
class Label:
    """A text of known size that belongs to a point, in pixels."""

    x: float
    y: float
    width: float
    height: float
    optional: bool = False
    """Left out rather than put over something or far from its point."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label goes: its box, and whether it stands off far enough to need a line."""

    box: Box
    apart: bool


_ANGLES = tuple(
    math.radians(a)
    for a in (0, 180, 30, 330, 150, 210, 90, 270, 60, 300, 120, 240, 15, 345, 165, 195)
)
_RINGS = (1.0, 2.2, 3.6, 5.2, 7.0, 9.0, 11.5, 14.5)
_GAP = 8.0
"""Pixels from a point to the nearest edge of its label, on the first ring."""

_CLEAR = 4.0
"""Pixels to keep from the middle of a drawn line."""

_NEAR = 2
"""Rings from this one on need a line to the point."""


def place(
    labels: Sequence[Label],
    bounds: Box,
    taken: Iterable[Box],
    lines: Points,
    pull: float = 0.12,
) -> list[Placed | None]:
    """Choose a box for each label; None for an optional one that has no good place.

    Parameters
    ----------
    labels
        In the order of importance.
    bounds
        Labels stay inside as far as there is room.
    taken
        Boxes to keep clear of, such as markers.
    lines
        Points along drawn lines: better not covered, but no harm if they are.
    pull
        How much nearness to the point counts, against what would be covered.
    """
    blocked = list(taken)
    placed: list[Placed | None] = []
    for label in labels:
        cost, ring, box = min(
            (
                (_RINGS[ring] * pull + _cost(box, bounds, blocked, lines), ring, box)
                for ring, box in _positions(label)
            ),
            key=lambda option: option[0],
        )
        if label.optional and (cost >= 1.0 or ring >= _NEAR):
            placed.append(None)
            continue
        blocked.append(box)
        placed.append(Placed(box, ring >= _NEAR))
        if ring >= _NEAR:
            blocked += _along(label, box)
    return placed


def _positions(label: Label) -> Iterator[tuple[int, Box]]:
    for ring, factor in enumerate(_RINGS):
        for angle in _ANGLES:
            cos, sin = math.cos(angle), math.sin(angle)
            # The nearest edge of the box, not its middle, keeps the distance.
            x = label.x + cos * _GAP * factor + (cos - 1) / 2 * label.width
            y = label.y + sin * _GAP * factor + (sin - 1) / 2 * label.height
            yield ring, Box(x, y, x + label.width, y + label.height)


def _cost(
    box: Box,
    bounds: Box,
    blocked: Sequence[Box],
    lines: Points,
) -> float:
    area = (box.x1 - box.x0) * (box.y1 - box.y0)
    cost = 100.0 if box.outside(bounds) else 0.0
    overlaps = (box.overlap(other) for other in blocked)
    cost += sum(5.0 + 30.0 * overlap / area for overlap in overlaps if overlap)
    return cost + 0.3 * box.near(lines, _CLEAR)


def _along(label: Label, box: Box) -> Iterator[Box]:
    """Small boxes along the line from a label to its point, to keep other labels off it."""
    end = min(max(label.x, box.x0), box.x1), min(max(label.y, box.y0), box.y1)
    for i in range(1, 6):
        x = label.x + (end[0] - label.x) * i / 6
        y = label.y + (end[1] - label.y) * i / 6
        yield Box(x - 2, y - 2, x + 2, y + 2)
