"""Protection findings: what terms leave open that people who leave, or stay, depend on.

They warn and never block. The measure is what the Security Council asked for in resolution 2328
(2016): evacuations that are voluntary, to destinations people choose, with protection for those
who leave and those who stay, watched by neutral monitors. Each rule says which of these it stands
for. Where nobody negotiates (flood, fire) the rules do not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from safepassage.terms import protection_rules as rules
from safepassage.terms.case import Case
from safepassage.terms.proposals import Proposal

__all__ = [
    "RULES",
    "ProtectionFinding",
    "Severity",
    "not_modelled",
    "proposal_findings",
    "protection_findings",
]

Severity = Literal["warning", "info"]


@dataclass(frozen=True, slots=True)
class ProtectionFinding:
    """One thing the terms of a proposal leave open."""

    code: str
    severity: Severity
    clause_id: str | None
    """The clause it is about, where there is one."""
    proposal_id: str
    message: str

    def to_json(self) -> dict[str, str | None]:
        """Return plain JSON data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "clause_id": self.clause_id,
            "proposal_id": self.proposal_id,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its code; the docstring of ``find`` says what it means and on what basis."""

    code: str
    severity: Severity
    find: Callable[[Case, Proposal], Iterator[rules.Said]]
    of_record: bool = False
    """True for a rule on how the terms are recorded, which holds for every proposal."""


def protection_findings(case: Case) -> tuple[ProtectionFinding, ...]:
    """Return the findings of every proposal, in the order of the file."""
    return tuple(f for proposal in case.proposals for f in proposal_findings(case, proposal))


def proposal_findings(case: Case, proposal: Proposal) -> tuple[ProtectionFinding, ...]:
    """Return the findings of one proposal.

    A proposal under which nobody leaves, and any proposal of a case that is not negotiated, has
    only findings on how it is recorded.
    """
    applies = case.negotiated and bool(rules.leave_clauses(proposal))
    return tuple(
        ProtectionFinding(rule.code, rule.severity, clause_id, proposal.id, message)
        for rule in RULES
        if applies or rule.of_record
        for clause_id, message in rule.find(case, proposal)
    )


def not_modelled(proposal: Proposal) -> tuple[str, ...]:
    """Return the ids of the clauses that the planner does not build into its timetables."""
    return tuple(clause.id for clause in proposal.clauses if not clause.honoured)


RULES: tuple[Rule, ...] = (
    Rule("no-independent-monitoring", "warning", rules.no_independent_monitoring),
    Rule("no-choice-of-destination", "warning", rules.no_choice_of_destination),
    Rule("nothing-on-stayers", "warning", rules.nothing_on_stayers),
    Rule("stated-consequence", "warning", rules.stated_consequence),
    Rule("wounded-without-suitable-vehicle", "warning", rules.wounded_without_suitable_vehicle),
    Rule("wounded-in-shared-vehicles", "info", rules.wounded_in_shared_vehicles),
    Rule("wounded-left-out", "warning", rules.wounded_left_out),
    Rule("names-demanded", "warning", rules.names_demanded),
    Rule("belongings-limited", "info", rules.belongings_limited),
    Rule("crossing-holder-not-bound", "warning", rules.crossing_holder_not_bound),
    Rule("clause-unsupported", "warning", rules.clause_unsupported, of_record=True),
    Rule("clause-disputed", "info", rules.clause_disputed, of_record=True),
    Rule("clause-unsourced", "info", rules.clause_unsourced, of_record=True),
    Rule("clause-without-effect", "info", rules.clause_without_effect, of_record=True),
)
"""To add one: write it in ``protection_rules.py`` and enter it here; the page follows."""
