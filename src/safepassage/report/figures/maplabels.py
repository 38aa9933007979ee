"""The writing on the map: corridors with their numbers, places, points on the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

from safepassage.report.facts import Facts, FlowLine, MapPlace, Point
from safepassage.report.figures.placing import Box, Label, place
from safepassage.report.figures.style import FONT, GREY, INK, PAPER, Frame, Sheet
from safepassage.report.wording import count, people

__all__ = ["write_labels"]

_ORDER = {"crossing": 0, "reception": 1, "assembly": 2, "exchange": 3, "depot": 4}


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    colour: str
    weight: str = "normal"


@dataclass(frozen=True, slots=True)
class _Note:
    """Lines of text that belong to a point."""

    at: Point
    lines: tuple[_Line, ...]
    optional: bool = False
    """Left out where it would cover something."""


def write_labels(
    sheet: Sheet,
    axes: Axes,
    xy: Callable[[Point], Point],
    facts: Facts,
    colours: Mapping[str | None, str],
) -> None:
    """Write every label where it covers nothing, with a thin line where it has to stand off.

    Parameters
    ----------
    sheet, axes
        The figure, and the axes that hold the map.
    xy
        From longitude and latitude to the axes.
    facts
        The facts of a report.
    colours
        Colour of each corridor.
    """
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    pixel = axes.transData.transform
    notes = _notes(facts, sheet.frame, colours)
    written: list[list[Text]] = []
    labels = []
    for note in notes:
        texts = [
            sheet.figure.text(
                0,
                0,
                line.text,
                size=line.size,
                color=line.colour,
                weight=line.weight,
                family=FONT,
                va="bottom",
                zorder=7,
            )
            for line in note.lines
        ]
        boxes = [t.get_window_extent(renderer) for t in texts]
        written.append(texts)
        width = max(b.width for b in boxes) + 2
        height = sum(b.height for b in boxes) * 0.94
        labels.append(Label(*pixel(xy(note.at)), width, height, optional=note.optional))
    markers = [_around(pixel(xy(p.at)), 7) for p in facts.map.places]
    markers += [_around(pixel(xy(w.at)), 3) for w in facts.map.waypoints]
    area = axes.get_window_extent(renderer)
    bounds = Box(area.x0 + 2, area.y0 + 2, area.x1 - 2, area.y1 - 2)
    step = axes.get_xlim()[1] / 150
    carrying = [line.points for line in facts.map.lines]
    chosen = place(labels, bounds, markers, pixel(_samples(carrying, xy, step)))
    every = pixel(_samples([*carrying, *facts.map.roads, *facts.map.empty], xy, step))
    for texts, label, spot in zip(written, labels, chosen, strict=True):
        if spot is None:
            for text in texts:
                text.remove()
        else:
            _write(sheet, texts, label, spot.box, renderer)
            if spot.box.near(every, 1.0):
                for text in texts:
                    text.set_bbox(PAPER)
            if spot.apart:
                _leader(sheet, label, spot.box)


def _notes(facts: Facts, frame: Frame, colours: Mapping[str | None, str]) -> list[_Note]:
    notes = []
    for flow in facts.corridors:
        if flow.persons:
            line = _own_stretch(facts, flow.corridor)
            colour = colours[flow.corridor]
            name = facts.names.corridors[flow.corridor]
            middle = len(line.points) // 2
            a, b = line.points[middle - 1], line.points[middle]
            at = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
            lines = [
                _Line(people(flow.persons), frame.text + 1, colour, "bold"),
                _Line(name.text, frame.text, colour),
            ]
            notes.append(_Note(at, tuple(lines)))
    for p in sorted(facts.map.places, key=lambda p: (_ORDER[p.kind], -p.persons)):
        lines = [_Line(_with_count(p, frame), frame.text, INK)]
        # On a telephone the map of a city has no room for two names a place.
        if p.name_local and not (frame.narrow and p.kind in ("assembly", "depot")):
            lines.append(_Line(p.name_local, frame.text, GREY))
        notes.append(_Note(p.at, tuple(lines)))
    if not frame.narrow:
        for w in facts.map.waypoints:
            lines = [_Line(w.name, frame.text - 1, GREY)]
            if w.name_local:
                lines.append(_Line(w.name_local, frame.text - 1, GREY))
            notes.append(_Note(w.at, tuple(lines), optional=True))
    return notes


def _with_count(place_: MapPlace, frame: Frame) -> str:
    counted = place_.kind in ("assembly", "reception") and place_.persons and not frame.narrow
    name = place_.name if len(place_.name) <= 30 else place_.name.split(",")[0]
    return f"{name} ({count(place_.persons)})" if counted else name


def _own_stretch(facts: Facts, corridor: str) -> FlowLine:
    """The stretch that says most of a corridor: long, busy, and shared with no other."""
    ways: dict[frozenset[Point], set[str | None]] = {}
    for line in facts.map.lines:
        ways.setdefault(frozenset(line.points), set()).add(line.corridor)

    def weight(line: FlowLine) -> tuple[bool, float]:
        length = sum(math.dist(a, b) for a, b in pairwise(line.points))
        return len(ways[frozenset(line.points)]) == 1, length * line.persons

    return max((x for x in facts.map.lines if x.corridor == corridor), key=weight)


def _write(sheet: Sheet, texts: list[Text], label: Label, box: Box, renderer: object) -> None:
    """Put the lines of a label into its box, flush with the side that faces its point."""
    inverse = sheet.figure.transFigure.inverted().transform
    right = box.x1 < label.x + 1
    y = box.y1
    for text in texts:
        y -= text.get_window_extent(renderer).height * 0.94
        text.set_position(inverse((box.x1 if right else box.x0, y)))
        text.set_horizontalalignment("right" if right else "left")


def _leader(sheet: Sheet, label: Label, box: Box) -> None:
    inverse = sheet.figure.transFigure.inverted().transform
    end = min(max(label.x, box.x0), box.x1), min(max(label.y, box.y0), box.y1)
    (x0, y0), (x1, y1) = inverse((label.x, label.y)), inverse(end)
    sheet.figure.add_artist(Line2D((x0, x1), (y0, y1), color=GREY, linewidth=0.6, zorder=4))


def _around(point: Point, half: float) -> Box:
    return Box(point[0] - half, point[1] - half, point[0] + half, point[1] + half)


def _samples(
    lines: Iterable[Sequence[Point]], xy: Callable[[Point], Point], step: float
) -> list[Point]:
    """Points along lines, about ``step`` apart."""
    found = [(-1e9, -1e9)]
    for line in lines:
        for a, b in pairwise(map(xy, line)):
            steps = max(2, int(math.dist(a, b) / step))
            found += [
                (a[0] + (b[0] - a[0]) * i / steps, a[1] + (b[1] - a[1]) * i / steps)
                for i in range(steps + 1)
            ]
    return found
