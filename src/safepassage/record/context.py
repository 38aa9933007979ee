"""What rules are given: the rows, what they can be judged by, and words for both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property

from safepassage.cases import OpenCase
from safepassage.record.ground import Ground, recorded_proposal, survey
from safepassage.terms.observations import Observation, series

__all__ = ["ABOUT", "Context", "gather"]

ABOUT = Fraction(1, 20)
"""Counts that are nearer than this share are taken as the same: reports are rounded."""


@dataclass(frozen=True)
class Context:
    """The observations of a case, with what can be judged by."""

    opened: OpenCase
    ground: Ground

    @cached_property
    def out(self) -> tuple[Observation, ...]:
        """Counts of everybody out, in the order of time."""
        return self._of("out")

    @cached_property
    def convoys(self) -> tuple[Observation, ...]:
        """Convoys, in the order of time."""
        return self._of("convoy")

    @cached_property
    def stops(self) -> tuple[Observation, ...]:
        """Stops, each as often as sources report it, in the order of time."""
        return self._of("stop")

    @cached_property
    def by_source(self) -> dict[str, tuple[Observation, ...]]:
        """Counts of everybody out by source, each in the order of time."""
        return series(self.opened.observations)

    def _of(self, kind: str) -> tuple[Observation, ...]:
        rows = (o for o in self.opened.observations if o.kind == kind)
        return tuple(sorted(rows, key=lambda o: (o.time, o.line)))

    def when(self, moment: datetime) -> str:
        """Write a moment in the case's own time."""
        return f"{moment.astimezone(self.opened.case.utc_offset):%Y-%m-%d %H:%M}"

    def lines(self, *rows: Observation) -> tuple[int, ...]:
        """Lines of rows, each once."""
        return tuple(dict.fromkeys(row.line for row in rows))

    def cited(self, lines: Iterable[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Sources and ``file:line`` of the rows on these lines."""
        case = self.opened.case
        rows = {o.line: o.source for o in self.opened.observations}
        lines = tuple(lines)
        sources = tuple(dict.fromkeys(rows[line] for line in lines))
        return sources, tuple(f"{case.observations}:{line}" for line in lines)


def gather(opened: OpenCase, proposal_id: str | None = None) -> Context:
    """Gather what rules are given.

    Raises
    ------
    KeyError
        If the case has no proposal of that id.
    """
    return Context(opened, survey(opened, recorded_proposal(opened, proposal_id)))
