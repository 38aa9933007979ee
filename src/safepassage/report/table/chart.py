"""Frontiers as small charts in black and white: what is proven, and what a timetable shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from safepassage.cases import OpenCase
from safepassage.report.table.drawing import Area, area, dot, line, svg, text
from safepassage.report.table.page import Charts, Drawn
from safepassage.report.table.words import lever

__all__ = ["frontier_chart", "frontier_charts"]

HOUR = 3_600
AREA = Area()


def frontier_charts(opened: OpenCase, frontier: Mapping[str, Any]) -> Charts:
    """Draw every frontier of a window's answer."""
    case = opened.case
    names = {part.id: part.name for part in (*case.places, *case.corridors, *case.fleet.vehicles)}
    drawn = []
    for curve in frontier["frontier"]:
        name = lever(curve["lever"], names)
        about = f"Window against {name}: hours that are enough, and hours proven to be needed."
        chart = frontier_chart(curve["points"], frontier["stated_window_s"], about)
        if chart:
            note = f"Assumed: {curve['assumed']}." if curve["assumed"] else None
            drawn.append(Drawn(f"Window against {name}", chart, note))
    title = case.proposal(frontier["proposal"]).title
    words = (
        f"For the terms of {title}, at the likely count. The line is what a timetable shows to be "
        "enough, the dashed line what is proven to be needed at least; between them neither is "
        "proven."
    )
    return Charts("What shortens the window", words, drawn)


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
    across = [i / (len(shown) - 1) for i in range(len(shown))]
    enough = [AREA.at(x, p["shortest_window_s"] / top) for x, p in zip(across, shown, strict=True)]
    least = [AREA.at(x, p["lower_bound_s"] / top) for x, p in zip(across, shown, strict=True)]
    parts = [
        *(AREA.level(k / 4, f"{top * k / 4 / HOUR:g} h") for k in range(5)),
        area([*enough, *least[::-1]]),
        line(enough),
        line(least, width=1.4, dash="5 3"),
        *(dot(p) for p in enough),
    ]
    if stated_s is not None:
        begin, end = AREA.at(0, stated_s / top), AREA.at(1, stated_s / top)
        parts.append(line([begin, end], width=1.6, dash="1 3"))
        parts.append(text((end[0], end[1] - 4), "window of the terms", "end"))
    return svg(AREA, about, [*parts, *_labels(shown, across)])


def _ceiling(seconds: int) -> int:
    """A round number of hours that holds everything."""
    hours = -(-seconds // HOUR)
    step = next((s for s in (6, 12, 24, 48, 96, 240, 480) if hours <= 5 * s), 960)
    return -(-hours // step) * step * HOUR


def _labels(points: Sequence[Mapping[str, Any]], across: Sequence[float]) -> list[Markup]:
    """The first, the middle and the last amount; more would run into each other."""
    last = len(points) - 1
    chosen = sorted({0, last // 2, last})
    anchors = {0: "start", last: "end"}
    return [AREA.below(across[i], points[i]["label"], anchors.get(i, "middle")) for i in chosen]
