"""``history.html``: a prediction beside each source's counts, and what in them cannot be so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from safepassage.cases import OpenCase
from safepassage.record import RecordFinding
from safepassage.record.history import Curve, History, SourceFit
from safepassage.report.history import fit_words, rows_told, summary_lines
from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.table.drawing import Area, Point, area, dot, line, svg
from safepassage.report.table.page import Charts, Drawn, table_page
from safepassage.report.wording import brief, count, percent, plural

__all__ = ["history_page"]

AREA = Area(width=360, height=210, left=50, bottom=26)
NAMED = 5
"""Moments named below a chart, at most."""
_FINEST = 0.7
"""Steps of a curve that are smaller than this (in units of a drawing) are left out."""

_WITH_STOPS = " with the stops reported; dashes: without; grey: it stood still"

_NOT_FITTED = (
    "Nothing is fitted: the plan is made from terms, roads and fleet as known beforehand, and only "
    "the stops that were reported are put into it."
)
_MEASURED = (
    "Off by: the mean of the absolute errors at the source's counts; bias: that of the errors with "
    "their sign. Counts of everybody tell nothing of the pace, and are left out."
)

_SEVERITIES = {
    "error": ("What cannot be so", "By the case's own figures these reports cannot all be true."),
    "warning": ("What can hardly be so", "These can hardly be so, or not both of two."),
    "info": ("What to know of the reports", "Questions that the reports leave open."),
}


def history_page(opened: OpenCase, history: History, findings: Sequence[RecordFinding]) -> str:
    """Write the page; it loads nothing, prints, and fits a telephone.

    Parameters
    ----------
    opened
        The case.
    history
        The prediction and what it is held against.
    findings
        What in the observations does not fit together.
    """
    terms = opened.case.proposal(history.proposal)
    blocks = [
        _summary(opened, history, findings),
        _sources(opened, history),
        *_findings(findings),
        _counts(opened, history),
    ]
    heading = f"Predicted and reported: {terms.title}"
    return table_page(opened, heading, blocks, (terms,), _charts(opened, history))


def _summary(opened: OpenCase, history: History, findings: Sequence[RecordFinding]) -> Block:
    offset = opened.case.utc_offset
    first, *lines = [told.strip() for told in summary_lines(history, offset)]
    # The heading names the terms already.
    first = first.removeprefix(f"History: {history.proposal}, ")
    lines.insert(0, f"{first[0].upper()}{first[1:]}")
    words = [
        *(f"{told.rstrip('.')}." for told in lines),
        _NOT_FITTED,
    ]
    contradicting = sum(f.severity != "info" for f in findings)
    if contradicting:
        words.append(
            f"The reports contradict themselves or one another in {plural(contradicting, 'point')}"
            "; see below. Nothing was corrected, dropped or averaged."
        )
    return Block("What was predicted, and what happened", tuple(words))


def _sources(opened: OpenCase, history: History) -> Block:
    rows = tuple(
        (Cell(_publisher(opened, fit), sources=(fit.source,)), *map(Cell, fit_words(fit)))
        for fit in _fits(history)
    )
    head = ("source", "counts", "off by", "people off", "bias", "prediction has so many out")
    return Block("Source by source", (_MEASURED,), Grid(head, rows, frozenset({1, 2, 3, 4})))


def _publisher(opened: OpenCase, fit: SourceFit) -> str:
    """Name who counted, and the id by which findings name the source."""
    source = next((s for s in opened.case.sources if s.id == fit.source), None)
    return fit.source if source is None else f"{source.publisher} ({fit.source})"


def _fits(history: History) -> list[SourceFit]:
    return sorted(history.fits, key=lambda f: (-len(f.points), f.source))


def _findings(findings: Sequence[RecordFinding]) -> Iterator[Block]:
    for severity, (heading, about) in _SEVERITIES.items():
        mine = [f for f in findings if f.severity == severity]
        items = tuple(
            Cell(f"{f.code.replace('-', ' ')}: {f.message} [{rows_told(f)}]", (), f.sources)
            for f in mine
        )
        if items:
            yield Block(heading, (about,), items=items)


def _counts(opened: OpenCase, history: History) -> Block:
    begin = history.begin.astimezone(opened.case.utc_offset)
    rows = tuple(
        (
            Cell(_publisher(opened, fit), sources=(fit.source,)),
            Cell(brief(begin + timedelta(seconds=p.time_s))),
            Cell(count(p.reported)),
            Cell(count(p.predicted)),
            Cell("\N{EN DASH}" if p.error is None else f"{p.error * 100:+.0f}%"),
        )
        for fit in _fits(history)
        for p in fit.points
    )
    head = ("source", "by", "reported out", "predicted out", "off by")
    return Block("Every count", (), Grid(head, rows, frozenset({2, 3, 4})))


def _charts(opened: OpenCase, history: History) -> Charts:
    words = (
        "People out over time, once for each source. Line: the prediction"
        + (_WITH_STOPS if _stops(history) else "")
        + ". Dots: what the source counted."
    )
    begin = history.begin.astimezone(opened.case.utc_offset)
    drawn = [
        Drawn(_publisher(opened, fit), _chart(history, fit, begin), _note(fit))
        for fit in _fits(history)
    ]
    return Charts("In pictures", words, drawn)


def _stops(history: History) -> list[tuple[int, int]]:
    end = _end(history)
    return [(a, min(end, end if b is None else b)) for a, b in history.stops if a < end]


def _note(fit: SourceFit) -> str:
    if fit.mean_error is None:
        return f"{plural(len(fit.points), 'count')}, of everybody"
    return f"{plural(len(fit.points), 'count')}, off by {percent(fit.mean_error)}"


def _end(history: History) -> int:
    """Seconds that are drawn: to the last arrival, or to the end that is recorded."""
    last = history.curve.times_s[-1]
    return max(1, last if history.duration is None else max(last, history.duration.actual_s))


def _chart(history: History, fit: SourceFit, begin: datetime) -> Markup:
    end = _end(history)
    most = max(1, history.persons, history.curve.persons[-1], *(p.reported for p in fit.points))

    def at(time_s: float, persons: int) -> Point:
        return AREA.at(time_s / end, persons / most)

    parts = [AREA.level(up / 2, count(round(most * up / 2))) for up in range(3)]
    parts = [
        area([at(a, 0), at(b, 0), at(b, most), at(a, most)]) for a, b in _stops(history)
    ] + parts
    if history.stops:
        parts.append(line(_line(history.undisturbed, at, end), width=1.2, dash="4 3"))
    parts.append(line(_line(history.curve, at, end), width=2))
    parts += [dot(at(p.time_s, p.reported)) for p in fit.points if 0 <= p.time_s <= end]
    parts += [AREA.below(share, words) for share, words in _moments(begin, end)]
    about = f"People out by the prediction, and as {fit.source} counted them. {_note(fit)}."
    return svg(AREA, about, parts)


def _line(curve: Curve, at: Callable[[float, int], Point], end: int) -> list[Point]:
    """Points of a curve, in steps where it has steps, up to the end that is drawn."""
    found = [at(0, curve.at(0))]
    before = curve.at(0)
    for time_s, persons in zip(curve.times_s, curve.persons, strict=True):
        if not 0 < time_s <= end:
            continue
        steps = [at(time_s, persons)]
        if not curve.straight:
            steps.insert(0, at(time_s, before))
        moved = max(abs(steps[-1][0] - found[-1][0]), abs(steps[-1][1] - found[-1][1]))
        if moved >= _FINEST or persons == curve.persons[-1]:
            found += steps
            before = persons
    found.append(at(end, curve.at(end)))
    return found


def _moments(begin: datetime, end: int) -> Iterator[tuple[float, str]]:
    """Midnights by their share of the way across, or whole hours where there are few days."""
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    unit = 86_400 if end >= 2 * 86_400 else 3_600
    first = -(-int((begin - midnight).total_seconds()) // unit)
    last = int((begin - midnight).total_seconds() + end) // unit
    step = max(1, -(-(last - first + 1) // NAMED))
    for number in range(first, last + 1, step):
        moment = midnight + timedelta(seconds=number * unit)
        words = f"{moment.day} {moment:%b}" if unit == 86_400 else f"{moment:%H:%M}"
        yield (moment - begin).total_seconds() / end, words
