"""Charts of a study: people out with bands, what moves the answer, fleet and deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from safepassage.report.study.words import unknown
from safepassage.report.table.drawing import (
    FILL,
    INK,
    Area,
    Point,
    area,
    bar,
    dot,
    line,
    svg,
    text,
)
from safepassage.report.table.page import Charts, Drawn
from safepassage.report.table.words import amount, lever
from safepassage.report.wording import count, duration

__all__ = ["study_charts"]

Answer = Mapping[str, Any]
Names = Mapping[str, str]

AREA = Area(width=360, height=210, left=50, bottom=26)
HOUR = 3_600
BARS = 8
LETTER = 6
"""Units that a letter below a chart takes."""
LONGEST = 44
"""Characters of an unknown's name above its bar."""


def study_charts(answer: Answer, names: Names) -> Charts:
    """Draw a study."""
    drawn = [
        *_bands(answer),
        *_by_time(answer),
        *_against(answer["by_deadline"], names, "Probability against the deadline"),
        *_against(answer["by_fleet"], names, "Probability against the fleet"),
        *_tornado(answer, names),
    ]
    words = "Grey: between which values 90% of futures lie, or the 95% interval of a probability."
    return Charts("In pictures", words, drawn)


def _end(answer: Answer) -> float:
    """Seconds that are drawn: until nothing changes any more, and at least to the deadline."""
    curve = answer["curve"]
    moments = curve["moments_s"]
    last = [curve[k][-1] for k in ("out_p5", "out_p50", "out_p95", "p_all_out")]
    end = answer["deadline_s"] or 0
    for i, moment in enumerate(moments):
        now = [curve[k][i] for k in ("out_p5", "out_p50", "out_p95", "p_all_out")]
        end = max(end, moment)
        if now == last and moment >= (answer["deadline_s"] or 0):
            break
    return max(float(end) * 1.05, 1.0)


def _hours(end: float) -> Iterator[Markup]:
    step = next((s for s in (1, 2, 3, 6, 12, 24, 48, 96, 240) if end / HOUR <= 6 * s), 480)
    for hour in range(0, int(end / HOUR) + 1, step):
        yield AREA.below(hour * HOUR / end, f"{hour} h")


def _bands(answer: Answer) -> Iterator[Drawn]:
    curve, end = answer["curve"], _end(answer)
    top = _round(max([1, *curve["out_p95"]]))
    shown = [(i, m) for i, m in enumerate(curve["moments_s"]) if m <= end]

    def points(key: str) -> list[Point]:
        return _steps([AREA.at(m / end, curve[key][i] / top) for i, m in shown])

    low, middle, high = (points(f"out_p{q}") for q in (5, 50, 95))
    parts = [
        *(AREA.level(k / 4, count(top * k // 4)) for k in range(5)),
        area([*high, *low[::-1]]),
        line(middle),
        *_deadline(answer, end),
        *_hours(end),
    ]
    about = "People out over time: the middle of all futures, and the band that holds 90% of them."
    yield Drawn("People out", svg(AREA, about, parts), "Line: half of the futures have fewer out.")


def _steps(points: Sequence[Point]) -> list[Point]:
    """A number holds until the next moment at which it was counted."""
    found = list(points[:1])
    for before, after in pairwise(points):
        found += [(after[0], before[1]), after]
    return found


def _deadline(answer: Answer, end: float) -> Iterator[Markup]:
    if answer["deadline_s"] is not None and answer["deadline_s"] <= end:
        yield AREA.mark(answer["deadline_s"] / end, "deadline")


def _by_time(answer: Answer) -> Iterator[Drawn]:
    curve, end = answer["curve"], _end(answer)
    shown = [(i, m) for i, m in enumerate(curve["moments_s"]) if m <= end]
    middle = _steps([AREA.at(m / end, curve["p_all_out"][i]) for i, m in shown])
    low, high = (
        _steps([AREA.at(m / end, curve["p_all_out_ci"][i][k]) for i, m in shown]) for k in (0, 1)
    )
    parts = [
        *_shares(),
        area([*high, *low[::-1]]),
        line(middle),
        *_deadline(answer, end),
        *_hours(end),
    ]
    about = "Probability that everyone who is willing is out, over time, under the terms."
    yield Drawn("Probability that everyone is out by then", svg(AREA, about, parts))


def _shares() -> Iterator[Markup]:
    for k in range(5):
        yield AREA.level(k / 4, f"{25 * k}%")


def _tornado(answer: Answer, names: Names) -> Iterator[Drawn]:
    measure = answer["drivers_of"]
    key, what, said = _MOVES[measure]
    base = _base(answer, measure)
    shown = [
        d
        for d in answer["drivers"]
        if d["low"] is not None and d["low"][key] is not None and d["high"][key] is not None
    ]
    shown.sort(key=lambda d: -abs(d["high"][key] - d["low"][key]))
    shown = shown[:BARS]
    ends = [d[e][key] for d in shown for e in ("low", "high")]
    if not shown or max(ends) == min(ends):
        return
    least, most = min([base, *ends]), max([base, *ends])
    shape = Area(width=360, height=44 + 34 * len(shown), left=12, right=12, top=8, bottom=26)
    pad = (most - least) * 0.12

    def across(value: float) -> float:
        return shape.at((value - least + pad) / (most - least + 2 * pad), 0)[0]

    parts = []
    for i, d in enumerate(shown):
        y = shape.top + 14 + 34 * i
        low, high = d["low"][key], d["high"][key]
        name = unknown(d["unknown"], names)
        parts.append(text((shape.left, y), name[:LONGEST] + ("…" if name[LONGEST:] else "")))
        parts.append(bar(across(base), across(low), y + 4, 11, FILL))
        parts.append(bar(across(base), across(high), y + 4, 11, INK))
        parts.append(line([(across(base), y + 2), (across(base), y + 17)], width=1.4))
    for value, anchor in ((least, "start"), (base, "middle"), (most, "end")):
        if value == base or abs(across(value) - across(base)) > 60:
            parts.append(text((across(value), shape.height - 10), said(value), anchor))
    about = f"How the {what} moves when one unknown is low or high and the rest is drawn as before."
    note = f"The {what}. Grey: the unknown at its 10% value; black: at its 90% value."
    yield Drawn("What moves the answer", svg(shape, about, parts), note)


def _base(answer: Answer, measure: str) -> float:
    if measure == "success":
        p = answer["p_deadline"] if answer["p_deadline"] is not None else answer["p_out"]
        return float(p)
    if measure == "clearance":
        return float(answer["ete_50_s"] or 0)
    return float(sum(x["mean"] for x in answer["left"]))


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def _people(number: float) -> str:
    return count(round(number))


def _time(seconds: float) -> str:
    return duration(round(seconds), up=True)


_MOVES: dict[str, tuple[str, str, Callable[[float], str]]] = {
    "success": ("p", "probability of success", _percent),
    "left": ("left_mean", "people left on average", _people),
    "clearance": ("ete_50_s", "time by which half of the futures are done", _time),
}
"""What the tornado shows by what unknowns are put in order: key, name, how it is written."""


def _against(curve: Answer | None, names: Names, name: str) -> Iterator[Drawn]:
    if curve is None or len(curve["points"]) < 2:
        return
    points, what = curve["points"], curve["what"]
    first, last = points[0]["amount"], points[-1]["amount"]

    def at(point: Answer, up: float) -> Point:
        return AREA.at((point["amount"] - first) / (last - first), up)

    middle = [at(p, p["p"]) for p in points]
    low, high = ([at(p, p["ci"][k]) for p in points] for k in (0, 1))
    parts = [*_shares(), area([*high, *low[::-1]]), line(middle), *(dot(p) for p in middle)]
    parts += _amounts([p["amount"] for p in points], what)
    if first < curve["now"] < last:
        parts.append(AREA.mark((curve["now"] - first) / (last - first), "as in the terms"))
    about = f"Probability that everyone is out in time, with {lever(what, names)} changed."
    note = f"With {lever(what, names)} from {amount(what, first)} to {amount(what, last)}; "
    note += "a timetable was made for each."
    yield Drawn(name, svg(AREA, about, parts), note)


def _amounts(amounts: Sequence[int], what: str) -> Iterator[Markup]:
    """Write below a chart what was tried: both ends, and between them what has room."""
    first, last = amounts[0], amounts[-1]
    taken: list[tuple[float, float]] = []
    for value, anchor in ((first, "start"), (last, "end"), *((a, "middle") for a in amounts[1:-1])):
        words = _short(what, value)
        x = AREA.at((value - first) / (last - first), 0)[0]
        wide = LETTER * len(words)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        if all(left + wide + LETTER < a or b + LETTER < left for a, b in taken):
            taken.append((left, left + wide))
            yield AREA.below((value - first) / (last - first), words, anchor)


def _short(what: str, value: int) -> str:
    return f"{value / HOUR:g} h" if what == "deadline" else count(value)


def _round(number: int) -> int:
    """A round number that is as large, and whose quarters are whole."""
    step = 4
    while step * 10 < number:
        step *= 10
    return next((step * k for k in (1, 2, 3, 4, 5, 6, 8, 10) if step * k >= number), step * 10)
