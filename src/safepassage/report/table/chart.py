"""Frontiers as small charts in black and white: what is proven, and what a timetable shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from safepassage.cases import OpenCase
from safepassage.report.table.drawing import Area, Point, area, dot, line, svg, text
from safepassage.report.table.page import Charts, Drawn
from safepassage.report.table.words import lever

__all__ = ["frontier_chart", "frontier_charts"]

HOUR = 3_600
LINE = 13
"""Height of a line of letters below a drawing."""
LETTERS = 11
"""Height of letters, in the units of a drawing."""
FEW = 3
"""Choices whose names all have room."""


def frontier_charts(opened: OpenCase, frontier: Mapping[str, Any]) -> Charts:
    """Draw every frontier of a window's answer."""
    case = opened.case
    names = {part.id: part.name for part in (*case.places, *case.corridors, *case.fleet.vehicles)}
    drawn = []
    for curve in frontier["frontier"]:
        name = lever(curve["lever"], names)
        about = f"Window against {name}: hours that are enough, and hours proven to be needed."
        choices = curve["lever"].startswith("routes:")
        stated = frontier["stated_window_s"]
        chart = frontier_chart(curve["points"], stated, about, choices=names if choices else None)
        if chart:
            note = f"Assumed: {curve['assumed']}." if curve["assumed"] else None
            drawn.append(Drawn(f"Window against {name}", chart, note))
    title = case.proposal(frontier["proposal"]).title
    words = (
        f"For the terms of {title}, at the likely count. The line, or dot, is what a timetable "
        "shows to be enough; the dashed line, or its lower end, what is proven to be needed at "
        "least; between them neither is proven."
    )
    return Charts("What shortens the window", words, drawn)


def frontier_chart(
    points: Sequence[Mapping[str, Any]],
    stated_s: int | None,
    about: str,
    *,
    choices: Mapping[str, str] | None = None,
) -> Markup:
    """Draw one frontier as inline SVG.

    Parameters
    ----------
    points
        Points of the frontier, from least to most to go by.
    stated_s
        The window that the terms state, drawn as a level line.
    about
        What the chart is of, for those who do not see it.
    choices
        Where the points are choices without an order, which no line joins: the names of what is
        chosen, by id.
    """
    shown = [p for p in points if p["shortest_window_s"] is not None]
    if len(shown) < 2:
        return Markup()
    top = _ceiling(max([p["shortest_window_s"] for p in shown] + [stated_s or 0]))
    count = len(shown)
    free = choices is not None
    labels = [_lines(p["label"], choices) for p in shown]
    shape = Area(bottom=17 + LINE * max(map(len, labels)))
    across = [(i + 0.5) / count if free else i / (count - 1) for i in range(count)]
    enough = [shape.at(x, p["shortest_window_s"] / top) for x, p in zip(across, shown, strict=True)]
    least = [shape.at(x, p["lower_bound_s"] / top) for x, p in zip(across, shown, strict=True)]
    parts = [*(shape.level(k / 4, f"{top * k / 4 / HOUR:g} h") for k in range(5))]
    if free:
        parts += [line(pair, width=1.4, dash="5 3") for pair in zip(enough, least, strict=True)]
        parts += [line([(x - 5, y), (x + 5, y)], width=1.4) for x, y in least]
    else:
        parts += [area([*enough, *least[::-1]]), line(enough), line(least, width=1.4, dash="5 3")]
    parts += [dot(p) for p in enough]
    if stated_s is not None:
        parts += _stated(shape, stated_s / top, [*enough, *least])
    # Few choices stand so far from the edges that their names have room on both sides.
    edges = not free or count > FEW
    return svg(shape, about, [*parts, *_labels(shape, labels, across, edges=edges)])


def _lines(label: str, choices: Mapping[str, str] | None) -> list[str]:
    """Words below a point; of a choice, each of what is chosen on a line of its own."""
    if choices is None:
        return [label]
    names = [choices.get(x, x) for x in label.split(", ")]
    return [names[0], *(f"+ {name}" for name in names[1:])]


def _stated(shape: Area, up: float, drawn: Sequence[Point]) -> list[Markup]:
    """Draw the window of the terms, its name where nothing else is drawn, if there is such a place.

    Above or below the line, at its end or its beginning.
    """
    begin, end = shape.at(0, up), shape.at(1, up)
    middle = (begin[0] + end[0]) / 2
    places: list[tuple[Point, str]] = [
        (place, anchor)
        for place, anchor in (
            ((end[0], end[1] - 4), "end"),
            ((end[0], end[1] + 12), "end"),
            ((begin[0] + 4, begin[1] - 4), "start"),
            ((begin[0] + 4, begin[1] + 12), "start"),
        )
        if place[1] < shape.at(0, 0)[1]
    ]

    def free(place: Point, anchor: str) -> bool:
        half = [y for x, y in drawn if (x >= middle) == (anchor == "end")]
        return all(not place[1] - LETTERS < y < place[1] + 3 for y in half)

    at, anchor = next((p for p in places if free(*p)), places[0])
    return [line([begin, end], width=1.6, dash="1 3"), text(at, "window of the terms", anchor)]


def _ceiling(seconds: int) -> int:
    """A round number of hours that holds everything."""
    hours = -(-seconds // HOUR)
    step = next((s for s in (6, 12, 24, 48, 96, 240, 480) if hours <= 5 * s), 960)
    return -(-hours // step) * step * HOUR


def _labels(
    shape: Area, labels: Sequence[Sequence[str]], across: Sequence[float], *, edges: bool
) -> list[Markup]:
    """The first, the middle and the last amount; more would run into each other."""
    last = len(labels) - 1
    chosen = sorted({0, last // 2, last})
    anchors = {0: "start", last: "end"} if edges else {}
    places = {0: 0.0, last: 1.0} if edges else {}
    return [
        shape.below(places.get(i, across[i]), words, anchors.get(i, "middle"), down=LINE * k)
        for i in chosen
        for k, words in enumerate(labels[i])
    ]
