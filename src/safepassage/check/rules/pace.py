"""How many people set out in each period."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.people import clauses_of
from safepassage.terms.clauses import PaceClause

__all__ = ["Pace"]


class Pace:
    """By the end of each period no more have departed than all periods so far let go."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield the first convoy of each clause that is ahead of the pace."""
        for clause in clauses_of(context.reading.proposal, PaceClause):
            yield from self._ahead(clause, context)

    @staticmethod
    def _ahead(clause: PaceClause, context: Context) -> Iterator[Finding]:
        loads = [
            load
            for load in context.replay.loads
            if not clause.groups or load.group in clause.groups
        ]
        loads.sort(key=lambda load: load.rotation.loaded_leg.depart_s)
        departed = 0
        for load in loads:
            departed += load.persons
            period = load.rotation.loaded_leg.depart_s // clause.every.value
            most = clause.persons.value * (period + 1)
            if departed > most:
                message = (
                    f"expected at most {most} people to depart in the first {period + 1} periods "
                    f"of {clause.every.value} s, got {departed} or more"
                )
                yield finding("ahead-of-pace", load.rotation.id, message, clause.id)
                return
