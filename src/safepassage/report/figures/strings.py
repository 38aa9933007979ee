"""The string diagram: every convoy a line of distance against time, one strip a day.

After E. J. Marey's graphical railway timetable (1885); dispatchers still read traffic from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from safepassage.report.facts import HOUR, Facts, StringDiagram, Trip
from safepassage.report.figures.style import (
    CLOSED,
    COLOURS,
    DAY,
    FAINT,
    FONT,
    GREY,
    INK,
    PAPER,
    RULE,
    WARN,
    Frame,
    Sheet,
    both_names,
    literal,
    midnights,
)
from safepassage.report.wording import short_day

__all__ = ["MOST_STRIPS", "draw_strings"]

MOST_STRIPS = 28
"""Most strips that are drawn; of a longer operation the first days, and the figure says so."""

_DASHES = ((0, ()), (0, (4, 1.2)), (0, (1.5, 1.0)))
"""Solid for the first vehicle type, dashed for the others: told apart in grey print as well."""


_RANKS = {"crossing": 0, "reception": 1, "assembly": 2}
"""Which names go first where there is no room for all."""


@dataclass(frozen=True, slots=True)
class _Strip:
    """One day of one corridor, and where it is drawn, in inches."""

    diagram: StringDiagram
    start_s: int
    midnight: datetime
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    top: float = 0.0

    def x(self, seconds: float) -> float:
        """Across the strip for a moment of the day."""
        share = (seconds - self.start_s) / DAY
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def y(self, metres: float) -> float:
        """Up the strip for a distance; safety is at the top."""
        low, high = self.diagram.marks[0][1], self.diagram.marks[-1][1]
        share = (metres - low) / max(high - low, 1.0)
        return self.bottom + share * (self.top - self.bottom)

    def line(self, trip: Trip) -> list[tuple[float, float]]:
        """Draw the part of a trip that falls on this day."""
        end = self.start_s + DAY
        points = list(zip(trip.times_s, trip.metres, strict=True))
        shown = []
        for (t0, m0), (t1, m1) in pairwise(points):
            a, b = max(t0, self.start_s), min(t1, end)
            if a <= b and t0 < end and t1 > self.start_s:
                slope = (m1 - m0) / (t1 - t0) if t1 > t0 else 0.0
                shown.append((self.x(a), self.y(m0 + slope * (a - t0))))
                shown.append((self.x(b), self.y(m0 + slope * (b - t0))))
        return shown


def draw_strings(facts: Facts, frame: Frame) -> Sheet:
    """Draw the string diagram of every corridor in use.

    Parameters
    ----------
    facts
        The facts of a report.
    frame
        What it is drawn for.
    """
    every = _strips(facts)
    strips = every[:MOST_STRIPS]
    each = max(0.62, min(1.35, 17 / max(len(strips), 1)))
    head, foot, heading = (0.56 if frame.narrow else 0.34), 0.3, 0.36
    shown = len({strip.diagram.corridor for strip in strips})
    height = head + each * len(strips) + heading * shown + foot
    subtitle = "Each strip is one day. The steeper a line, the faster; a level line waits."
    if len(strips) < len(every):
        subtitle = f"The first {len(strips)} of {len(every)} days. {subtitle}"
    sheet = Sheet(frame, height, "Every convoy on its way", subtitle)
    axes = sheet.canvas()
    _key(sheet, facts, height - head / 2)
    top, previous = height - head, ""
    for strip in strips:
        corridor = strip.diagram.corridor
        if corridor != previous:
            top -= heading
            name = facts.names.corridors[corridor]
            words = both_names(name.text, name.local)
            sheet.text(0.14, top + 0.09, words, weight="bold", size=frame.text + 0.5)
        top -= each
        placed = replace(
            strip,
            left=1.2 if frame.narrow else 2.1,
            right=frame.width - 0.24,
            bottom=top + 0.13,
            top=top + each - 0.09,
        )
        _draw(axes, facts, frame, placed, last=strip is strips[-1])
        previous = corridor
    return sheet


def _strips(facts: Facts) -> list[_Strip]:
    """One strip a corridor and day on which something moves."""
    strips = []
    for diagram in facts.strings:
        end = max(int(t.times_s[-1]) for t in diagram.trips)
        days = (_Strip(diagram, s, midnight) for s, midnight in midnights(facts.start, end))
        strips += [strip for strip in days if any(map(strip.line, diagram.trips))]
    return strips


def _draw(axes: Axes, facts: Facts, frame: Frame, strip: _Strip, *, last: bool) -> None:
    shut = [
        span
        for crossing, spans in facts.closed.items()
        if any(place == crossing for place, _ in strip.diagram.marks)
        for span in spans
    ]
    floor, ceiling = strip.bottom - 0.05, strip.top + 0.05
    grey = [
        [(strip.x(a), floor), (strip.x(b), floor), (strip.x(b), ceiling), (strip.x(a), ceiling)]
        for a, b in dict.fromkeys([(strip.start_s, 0), *shut])
        if strip.x(a) < strip.x(b)
    ]
    axes.add_collection(PolyCollection(grey, facecolors=CLOSED, linewidths=0, zorder=0))
    _marks(axes, facts, frame, strip)
    _lines(axes, facts, strip)
    axes.plot((strip.left, strip.right), (floor, floor), color=FAINT, linewidth=0.8, zorder=4)
    _note(axes, frame, strip.left + 0.04, ceiling, short_day(strip.midnight), INK, va="top")
    deadline = facts.answer.figures.deadline_s
    if deadline is not None and strip.start_s < deadline <= strip.start_s + DAY:
        x = strip.x(deadline)
        axes.plot((x, x), (floor, ceiling), color=WARN, linewidth=1.3, zorder=5)
        _note(axes, frame, x + 0.04, floor + 0.04, "deadline", WARN, va="bottom")
    for hour in range(0, 25, 6 if frame.narrow else 3) if last else ():
        x = strip.x(strip.start_s + hour * HOUR)
        _write(axes, x, floor - 0.06, f"{hour:02d}:00", frame.text - 0.5, GREY, "center", "top")


def _note(axes: Axes, frame: Frame, x: float, y: float, words: str, colour: str, va: str) -> None:
    text = _write(axes, x, y, words, frame.text - 0.5, colour, "left", va)
    text.set(weight="bold", zorder=6, bbox=PAPER)


def _write(
    axes: Axes, x: float, y: float, words: str, size: float, colour: str, ha: str, va: str
) -> Text:
    return axes.text(x, y, words, size=size, color=colour, ha=ha, va=va, family=FONT)


def _marks(axes: Axes, facts: Facts, frame: Frame, strip: _Strip) -> None:
    """Rule the places along the way and name them, as many as there is room for."""
    kinds = {p.id: p.kind for p in facts.map.places}
    named: list[tuple[int, float, str]] = []
    gathering = [m for p, m in strip.diagram.marks if kinds.get(p) == "assembly"]
    rules = []
    for place, metres in strip.diagram.marks:
        kind, y = kinds.get(place, ""), strip.y(metres)
        colour = FAINT if kind == "crossing" else RULE
        rules.append(([(strip.left, y), (strip.right, y)], colour))
        if kind != "assembly" or len(gathering) == 1:
            words = literal(facts.names.places[place].text)
            named.append((_RANKS.get(kind, len(_RANKS)), y, words))
    if len(gathering) > 1:
        middle = strip.y(sum(gathering) / len(gathering))
        named.append((_RANKS["assembly"], middle, f"{len(gathering)} assembly points"))
    least = (frame.text + 0.6) / 72
    room = max(2, int((strip.top - strip.bottom) / least))
    kept = sorted(sorted(named)[:room], key=lambda n: n[1])
    spots = _spread([y for _, y, _ in kept], least, strip.bottom, strip.top)
    for (_, y, words), at in zip(kept, spots, strict=True):
        short = _cut(words, 17 if frame.narrow else 32)
        _write(axes, strip.left - 0.13, at, short, frame.text - 1, INK, "right", "center")
        rules.append(([(strip.left - 0.11, at), (strip.left, y)], FAINT))
    lines, colours = zip(*rules, strict=True)
    axes.add_collection(LineCollection(list(lines), colors=list(colours), linewidths=0.8, zorder=1))


def _spread(wanted: list[float], least: float, low: float, high: float) -> list[float]:
    """Move labels apart to ``least`` from one another, within bounds as far as they fit."""
    spots: list[float] = []
    for at in wanted:
        spots.append(max(at, spots[-1] + least if spots else low))
    limit = high
    for i in reversed(range(len(spots))):
        spots[i] = min(spots[i], limit)
        limit = spots[i] - least
    return spots


def _cut(text: str, room: int) -> str:
    """Shorten a name: to its part before a comma if that will do."""
    if len(text) > room:
        text = text.split(",", maxsplit=1)[0]
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def _lines(axes: Axes, facts: Facts, strip: _Strip) -> None:
    empty = [strip.line(t) for t in strip.diagram.trips if not t.loaded]
    axes.add_collection(
        LineCollection([x for x in empty if x], colors=FAINT, linewidths=0.55, zorder=2)
    )
    for i, vehicle in enumerate(_vehicles(facts)):
        loaded = [strip.line(t) for t in strip.diagram.trips if t.loaded and t.vehicle == vehicle]
        axes.add_collection(
            LineCollection(
                [x for x in loaded if x],
                colors=COLOURS[i % len(COLOURS)],
                linestyles=[_DASHES[min(i, 2)]],
                linewidths=1.1,
                zorder=3,
            )
        )


def _vehicles(facts: Facts) -> list[str]:
    """Vehicle types that carry people, in the order of the fleet."""
    used = {t.vehicle for d in facts.strings for t in d.trips if t.loaded}
    return [v for v in facts.names.vehicles if v in used]


def _key(sheet: Sheet, facts: Facts, y: float) -> None:
    items: list[Line2D | Patch] = [
        Line2D(
            [],
            [],
            color=COLOURS[i % len(COLOURS)],
            linewidth=1.6,
            linestyle=_DASHES[min(i, 2)],
            label=f"{literal(facts.names.vehicles[v].text)}, loaded",
        )
        for i, v in enumerate(_vehicles(facts))
    ]
    if any(not t.loaded for d in facts.strings for t in d.trips):
        items.append(Line2D([], [], color=FAINT, linewidth=1.0, label="empty, to fetch"))
    items.append(Patch(facecolor=CLOSED, label="shut, or not begun"))
    sheet.key(y, items, 2 if sheet.frame.narrow else None)
