"""All figures of a report, each drawn once for the desk and once for the telephone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from safepassage.report.facts import Facts
from safepassage.report.figures.curves import draw_curve
from safepassage.report.figures.hours import draw_hours
from safepassage.report.figures.roadmap import draw_map
from safepassage.report.figures.strings import draw_strings
from safepassage.report.figures.style import NARROW, WIDE, Frame, Sheet

__all__ = ["Gallery"]

_DRAW: Mapping[str, Callable[[Facts, Frame], Sheet]] = {
    "curve": draw_curve,
    "map": draw_map,
    "hours": draw_hours,
    "strings": draw_strings,
}


@dataclass(frozen=True, slots=True)
class Gallery:
    """Figures by name: ``curve``, ``map``, ``hours``, ``strings``."""

    wide: Mapping[str, Sheet]
    narrow: Mapping[str, Sheet]

    @classmethod
    def of(cls, facts: Facts) -> Gallery:
        """Draw them."""
        return cls(
            wide={name: draw(facts, WIDE) for name, draw in _DRAW.items()},
            narrow={name: draw(facts, NARROW) for name, draw in _DRAW.items()},
        )
