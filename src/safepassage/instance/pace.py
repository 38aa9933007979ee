"""How many people may set out in each period, as the planner sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safepassage.terms.clauses import LeaveClause, PaceClause
from safepassage.terms.proposals import Proposal

__all__ = ["Pace", "compile_paces"]


@dataclass(frozen=True, slots=True)
class Pace:
    """By the end of each period no more have departed than all periods so far let go."""

    clause_id: str
    groups: frozenset[str]
    persons: int
    every_s: int

    def among(self, persons: Mapping[str, int]) -> int:
        """Those of some people by group whom it counts."""
        return sum(n for group, n in persons.items() if group in self.groups)

    def release_s(self, departed: int) -> int:
        """Least moment at which so many can have departed."""
        return max(0, -(-departed // self.persons) - 1) * self.every_s

    def most(self, until_s: int) -> int:
        """Most who can have departed at a moment."""
        return 0 if until_s < 0 else (until_s // self.every_s + 1) * self.persons


def compile_paces(proposal: Proposal) -> tuple[Pace, ...]:
    """Read the pace clauses of a proposal; one that names no group counts all who leave."""
    leaving = frozenset(g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups)
    return tuple(
        Pace(
            clause_id=c.id,
            groups=frozenset(c.groups) & leaving if c.groups else leaving,
            persons=c.persons.value,
            every_s=c.every.value,
        )
        for c in proposal.clauses
        if isinstance(c, PaceClause)
    )
