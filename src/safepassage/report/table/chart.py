"""Frontiers as small charts in black and white: what is proven, and what a timetable shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

__all__ = ["frontier_chart"]

WIDTH, HEIGHT = 420, 230
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 44
HOUR = 3_600

Point = tuple[float, float]


def frontier_chart(points: Sequence[Mapping[str, Any]], stated_s: int | None, about: str) -> Markup:
    """Draw one frontier as inline SVG.

    Parameters
    ----------
    points
        Points of the frontier, from least to most to go by.
    stated_s
        The window that the terms state, drawn as a level line.
    about
        What the chart is of, for those who do not see it.
    """
    shown = [p for p in points if p["shortest_window_s"] is not None]
    if len(shown) < 2:
        return Markup()
    top = _ceiling(max([p["shortest_window_s"] for p in shown] + [stated_s or 0]))

    def at(i: int, seconds: float) -> Point:
        across = (WIDTH - LEFT - RIGHT) * i / (len(shown) - 1)
        return LEFT + across, TOP + (HEIGHT - TOP - BOTTOM) * (1 - seconds / top)

    enough = [at(i, p["shortest_window_s"]) for i, p in enumerate(shown)]
    least = [at(i, p["lower_bound_s"]) for i, p in enumerate(shown)]
    parts = [
        _grid(top),
        Markup('<polygon points="{}" fill="#e3e7ea"/>').format(_path([*enough, *least[::-1]])),
        _line(enough, 'stroke-width="2"'),
        _line(least, 'stroke-width="1.4" stroke-dasharray="5 3"'),
        *(Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3"/>').format(*p) for p in enough),
    ]
    if stated_s is not None:
        y = at(0, stated_s)[1]
        parts.append(
            Markup(
                '<line x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}" stroke="#1b1f23" '
                'stroke-dasharray="1 3" stroke-width="1.6"/>'
                '<text x="{}" y="{:.1f}" text-anchor="end">window of the terms</text>'
            ).format(LEFT, y, WIDTH - RIGHT, y, WIDTH - RIGHT, y - 4)
        )
    parts += _labels(shown, [p[0] for p in enough])
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" font-size="11" fill="#1b1f23">{}</svg>'
    ).format(WIDTH, HEIGHT, about, Markup().join(parts))


def _ceiling(seconds: int) -> int:
    """A round number of hours that holds everything."""
    hours = -(-seconds // HOUR)
    step = next((s for s in (6, 12, 24, 48, 96, 240, 480) if hours <= 5 * s), 960)
    return -(-hours // step) * step * HOUR


def _grid(top: int) -> Markup:
    lines = []
    for k in range(5):
        seconds = top * k / 4
        y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - k / 4)
        lines.append(
            Markup(
                '<line x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}" stroke="#d5dade"/>'
                '<text x="{}" y="{:.1f}" text-anchor="end">{:g} h</text>'
            ).format(LEFT, y, WIDTH - RIGHT, y, LEFT - 5, y + 4, seconds / HOUR)
        )
    return Markup().join(lines)


def _line(points: Sequence[Point], style: str) -> Markup:
    # The style is ours; the points are numbers.
    drawn = '<polyline points="{}" fill="none" stroke="#1b1f23" ' + style + "/>"
    return Markup(drawn).format(_path(points))  # noqa: S704 - no text of a case


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _labels(points: Sequence[Mapping[str, Any]], across: Sequence[float]) -> list[Markup]:
    """The first, the middle and the last amount; more would run into each other."""
    last = len(points) - 1
    chosen = sorted({0, last // 2, last})
    anchors = {0: "start", last: "end"}
    return [
        Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
            across[i], HEIGHT - BOTTOM + 18, anchors.get(i, "middle"), escape(points[i]["label"])
        )
        for i in chosen
    ]
