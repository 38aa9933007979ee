"""The answer, computed again from the timetable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding

__all__ = ["AnswerFigures", "Extension"]

_GAP_TOLERANCE: Final = Fraction(1, 10**9)
"""The gap is written as a decimal; everything else has to be equal."""


@dataclass(frozen=True, slots=True)
class _Figures:
    persons: int
    evacuated: int
    clearance_s: int | None
    waiting: int


def _recount(context: Context) -> _Figures:
    persons = context.reading.persons
    carried = evacuated = waiting = clearance = 0
    for load in context.replay.loads:
        leg = load.rotation.loaded_leg
        carried += load.persons
        waiting += load.persons * leg.arrive_s
        clearance = max(clearance, leg.arrive_s)
        if context.reading.in_time(context.reading.groups[load.group], leg.arrive_s):
            evacuated += load.persons
    return _Figures(persons, evacuated, clearance if carried >= persons else None, waiting)


class AnswerFigures:
    """Every figure of the answer follows from the timetable and the terms."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield figures that are not what the timetable gives."""
        answer, reading = context.plan.answer, context.reading
        figures = _recount(context)
        slack = _minus(reading.deadline_s, figures.clearance_s)
        expected = (
            ("persons", "persons", figures.persons, answer.persons),
            ("evacuated", "evacuated_by_deadline", figures.evacuated, answer.evacuated_by_deadline),
            ("clearance", "clearance_time_s", figures.clearance_s, answer.clearance_time_s),
            ("deadline", "deadline_s", reading.deadline_s, answer.deadline_s),
            ("window-end", "window_end_s", reading.window_end_s, answer.window_end_s),
            ("slack", "slack_s", slack, answer.slack_s),
            ("feasible", "feasible", figures.evacuated == figures.persons, answer.feasible),
            ("waiting", "person_seconds_waiting", figures.waiting, answer.person_seconds_waiting),
        )
        for code, key, wanted, got in expected:
            if wanted != got:
                message = f"expected {json.dumps(wanted)}, got {json.dumps(got)}"
                yield finding(f"answer-{code}", f"answer.{key}", message)
        yield from self._gap(context, figures.clearance_s)
        yield from self._bounds(context, figures)

    @staticmethod
    def _gap(context: Context, clearance_s: int | None) -> Iterator[Finding]:
        answer = context.plan.answer
        if clearance_s is None or answer.lower_bound_s == 0:
            if answer.gap is not None:
                yield finding("answer-gap", "answer.gap", f"expected null, got {answer.gap}")
            return
        wanted = Fraction(clearance_s, answer.lower_bound_s) - 1
        tolerance = _GAP_TOLERANCE * max(Fraction(1), abs(wanted))
        if answer.gap is None or abs(Fraction(answer.gap) - wanted) > tolerance:
            message = f"expected {float(wanted)}, got {json.dumps(answer.gap)}"
            yield finding("answer-gap", "answer.gap", message)

    @staticmethod
    def _bounds(context: Context, figures: _Figures) -> Iterator[Finding]:
        answer = context.plan.answer
        bound, most = answer.lower_bound_s, answer.evacuated_at_most
        if figures.clearance_s is not None and bound > figures.clearance_s:
            message = f"the plan itself clears in {figures.clearance_s} s, under the bound {bound}"
            yield finding("bound-above-clearance", "answer.lower_bound_s", message)
        if figures.evacuated > most:
            message = f"the plan itself brings {figures.evacuated} people in time, bound {most}"
            yield finding("evacuated-above-bound", "answer.evacuated_at_most", message)
        if most > figures.persons:
            message = f"{figures.persons} people leave, got the bound {most}"
            yield finding("bound-above-persons", "answer.evacuated_at_most", message)


def _minus(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a - b


class Extension:
    """Rotations that run on after the end of the window are pointed out."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield one note where the timetable goes beyond the terms."""
        end = context.reading.window_end_s
        if end is None:
            return
        beyond = [r for r in context.plan.rotations if r.loaded_leg.arrive_s > end]
        if beyond:
            message = f"{len(beyond)} rotations arrive after the window ends at {end} s"
            clause_id = context.reading.windows.window_end_clause
            yield finding("beyond-terms", beyond[0].id, message, clause_id)
