"""What small charts are drawn with: inline SVG in black and white, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

__all__ = ["FILL", "INK", "Area", "Point", "area", "bar", "dot", "line", "svg", "text"]

INK = "#1b1f23"
FILL = "#e3e7ea"
_RULE = "#d5dade"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A drawing of so many units, and its margins."""

    width: float = 420
    height: float = 230
    left: float = 46
    right: float = 14
    top: float = 14
    bottom: float = 44

    def at(self, across: float, up: float) -> Point:
        """Place a point by shares of the way across and up."""
        return (
            self.left + (self.width - self.left - self.right) * across,
            self.top + (self.height - self.top - self.bottom) * (1 - up),
        )

    def level(self, up: float, words: str) -> Markup:
        """Draw a thin level line with what it stands for."""
        y = self.at(0, up)[1]
        rule = Markup('<line x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}" stroke="{}"/>').format(
            self.left, y, self.width - self.right, y, _RULE
        )
        return rule + text((self.left - 5, y + 4), words, "end")

    def below(
        self, across: float, words: str, anchor: str = "middle", *, down: float = 0
    ) -> Markup:
        """Write what a place on the way across stands for."""
        y = self.height - self.bottom + 18 + down
        return text((self.at(across, 0)[0], y), words, anchor)

    def mark(self, across: float, words: str) -> Markup:
        """Draw an upright line, such as a deadline, with its name beside it."""
        x, top = self.at(across, 1)
        drawn = line([(x, top), self.at(across, 0)], width=1.6, dash="1 3")
        beside = (x - 4, "end") if across > 0.5 else (x + 4, "start")
        return drawn + text((beside[0], top + 8), words, beside[1])


def svg(shape: Area, about: str, parts: Sequence[Markup]) -> Markup:
    """Put a drawing together; ``about`` is for those who do not see it."""
    return Markup(
        '<svg viewBox="0 0 {:g} {:g}" role="img" aria-label="{}" font-size="11" fill="{}">{}</svg>'
    ).format(shape.width, shape.height, about, INK, Markup().join(parts))


def text(at: Point, words: str, anchor: str = "start") -> Markup:
    """Write words."""
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        *at, anchor, words
    )


def line(points: Sequence[Point], *, width: float = 2, dash: str = "") -> Markup:
    """Draw a line through points."""
    dashes = Markup(' stroke-dasharray="{}"').format(dash) if dash else ""
    return Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="{:g}"{}/>').format(
        _path(points), INK, width, dashes
    )


def area(points: Sequence[Point], colour: str = FILL) -> Markup:
    """Fill what points enclose."""
    return Markup('<polygon points="{}" fill="{}"/>').format(_path(points), colour)


def dot(at: Point, radius: float = 3, colour: str = INK) -> Markup:
    """Draw a dot."""
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:g}" fill="{}" stroke="{}"/>').format(
        *at, radius, colour, INK
    )


def bar(x0: float, x1: float, y: float, height: float, colour: str) -> Markup:
    """Draw a lying bar between two places on the way across, in units."""
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" stroke="{}"/>'
    ).format(min(x0, x1), y, abs(x1 - x0), height, colour, INK)


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
