"""Linked steps of the proposals compared: when each is over, and which chain of waits ends last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from safepassage.cases import OpenCase
from safepassage.plan.table import Table
from safepassage.report.facts.linked import StepFact, linked_steps
from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.table.words import span
from safepassage.report.wording import count, moment
from safepassage.terms.clauses import LinkedClause

__all__ = ["LinkedSteps", "read_steps", "steps_blocks", "steps_chart"]

WIDTH, LEFT, RIGHT, ROW, TOP = 560, 74, 12, 26, 8
DAY_S = 86_400

_SHORT = (
    "The chain of waits that ends last, in the timetable for the likely count: each of its steps "
    "begins when the one that it waits for is over."
)
_ABOUT = (
    "Time won in a step of the chain is won for all that comes after it; in another step it is "
    "not. These are moments of one timetable, not bounds."
)

_HEAD = (
    "step",
    "what",
    "people",
    "waits for",
    "departs",
    "over",
    "takes",
    "longest hold",
    "in the chain",
)


@dataclass(frozen=True, slots=True)
class LinkedSteps:
    """Steps of one proposal in the plan of the likely count."""

    title: str
    start: datetime
    steps: tuple[StepFact, ...]


def read_steps(opened: OpenCase, table: Table) -> list[LinkedSteps]:
    """Read from the plans of a comparison how the linked steps of its proposals go."""
    plans = {e.id: e.plan for e in table.evidence}
    linked = {
        p.id for p in opened.case.proposals if any(isinstance(c, LinkedClause) for c in p.clauses)
    }
    rows: Sequence[Mapping[str, Any]] = table.answer["proposals"]
    found = []
    for row in rows:
        if row["id"] in linked and row["by_count"] is not None:
            plan = plans[row["by_count"]["likely"]["plan"]]
            steps = linked_steps(opened, plan) if plan is not None else ()
            if plan is not None and steps:
                start = plan.start.astimezone(opened.case.utc_offset)
                found.append(LinkedSteps(row["title"], start, steps))
    return found


def steps_blocks(found: Sequence[LinkedSteps], *, narrow: bool = False) -> list[Block]:
    """One block a proposal, with a row a step; ``narrow``: a list of the steps of the chain."""
    blocks = []
    for one in found:
        head = f"Linked steps: {one.title}"
        if narrow:
            chain = tuple(_said(step) for step in one.steps if step.critical)
            blocks.append(Block(head, (_SHORT,), items=chain))
        else:
            rows = Grid(_HEAD, _rows(one), frozenset({2}))
            blocks.append(Block(head, (_SHORT, _ABOUT), rows, drawing=one.title))
    return blocks


def _said(step: StepFact) -> Cell:
    wait = f"after {step.waited_for}" if step.waited_for else "from the start"
    over = f"over at {moment(step.over, up=True)}" if step.over else "never over"
    return Cell(f"{step.step}: {span(step.takes_s, up=True)} {wait}, {over}.", (step.clause_id,))


def _rows(one: LinkedSteps) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            Cell(step.step),
            Cell(step.gist, (step.clause_id,)),
            Cell(count(step.persons)),
            Cell(step.waited_for or "the start"),
            Cell(moment(step.opens)),
            Cell(moment(step.over, up=True) if step.over else "never", mark=_mark(step)),
            Cell(span(step.takes_s, up=True)),
            Cell(_held(step)),
            Cell("yes" if step.critical else "no"),
        )
        for step in one.steps
    )


def _held(step: StepFact) -> str:
    if step.held_at is None:
        return "none"
    return f"{span(step.held_s, up=True)} ({step.held_rotation})"


def _mark(step: StepFact) -> str:
    return "" if step.over else "warn"


def steps_chart(one: LinkedSteps) -> Markup:
    """Draw the steps as bars along the days, the chain in black, as inline SVG.

    A thin line leads from the end of the step that is waited for; a bar begins with the first
    departure of people of the step.
    """
    ends = {s.step: _seconds(one, s.over) for s in one.steps if s.over is not None}
    last = max([DAY_S // 4, *ends.values()])
    height = TOP + ROW * len(one.steps) + 26

    def across(seconds: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * seconds / last

    parts = [_days(last, height, across)]
    place = {s.step: TOP + ROW * i for i, s in enumerate(one.steps)}
    for step in one.steps:
        y = place[step.step]
        begin, end = _seconds(one, step.opens), ends.get(step.step, last)
        fill = "#1b1f23" if step.critical else "#ffffff"
        if step.waited_for in ends:
            parts.append(
                Markup('<path d="M{0:.1f} {1}V{2}H{3:.1f}" fill="none" stroke="#1b1f23"/>').format(
                    across(ends[step.waited_for]),
                    place[step.waited_for] + 19,
                    y + 11,
                    across(begin),
                )
            )
        parts.append(
            Markup(
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect x="{:.1f}" y="{}" width="{:.1f}" height="14" fill="{}" stroke="#1b1f23"/>'
            ).format(
                LEFT - 6,
                y + 15,
                step.step,
                across(begin),
                y + 4,
                max(1.0, across(end) - across(begin)),
                fill,
            )
        )
    about = f"Linked steps of {one.title} along the days; the chain that ends last is filled."
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" font-size="11" fill="#1b1f23">{}</svg>'
    ).format(WIDTH, height, about, Markup().join(parts))


def _seconds(one: LinkedSteps, at: datetime | None) -> int:
    return 0 if at is None else int((at - one.start).total_seconds())


def _days(last: int, height: int, across: Any) -> Markup:
    """Draw a line for each day, or each few days, after the start."""
    step = next((n for n in (1, 2, 5, 10, 20, 50) if last / DAY_S <= 8 * n), 100)
    if last < 2 * DAY_S:
        step = 0
    seconds = range(0, last + 1, step * DAY_S or DAY_S // 4)
    lines = []
    for at in seconds:
        label = f"{at // 3600} h" if not step else f"day {at // DAY_S}"
        lines.append(
            Markup(
                '<line x1="{0:.1f}" y1="{1}" x2="{0:.1f}" y2="{2}" stroke="#d5dade"/>'
                '<text x="{0:.1f}" y="{3}" text-anchor="middle">{4}</text>'
            ).format(across(at), TOP, height - 20, height - 6, label)
        )
    return Markup().join(lines)
