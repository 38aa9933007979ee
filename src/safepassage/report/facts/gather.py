"""Every number of the report, with where it comes from; no formatting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone

from safepassage.cases import OpenCase
from safepassage.check import Verification
from safepassage.instance import Interval, Operation, compile_operation
from safepassage.plan import Assumption, CaseReference, Level, Plan
from safepassage.report.facts.answer import CountAnswer, answers, main_level
from safepassage.report.facts.citing import Register
from safepassage.report.facts.counted import AssumedFact, FigureFact, assumed, figures
from safepassage.report.facts.linked import StepFact, linked_steps
from safepassage.report.facts.movement import (
    CorridorFlow,
    Curve,
    StringDiagram,
    corridor_flows,
    curve,
    string_diagrams,
)
from safepassage.report.facts.names import Names
from safepassage.report.facts.protection import deadline_findings
from safepassage.report.facts.remaining import Remaining, remaining
from safepassage.report.facts.roads import MapFacts, RoadFigures, map_facts, road_figures
from safepassage.report.facts.standing import Standing, standing
from safepassage.report.facts.terms import (
    ClaimFact,
    History,
    StatementFact,
    Term,
    claims,
    history,
    statements,
    terms,
)
from safepassage.report.facts.usage import Use, closed_times, crossing_uses, yard_uses
from safepassage.terms.case import Case
from safepassage.terms.proposals import Proposal, Status
from safepassage.terms.protection import ProtectionFinding, proposal_findings
from safepassage.terms.provenance import Source
from safepassage.units import format_offset

__all__ = ["Facts", "ProposalFacts", "gather"]


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """The proposal that was planned."""

    id: str
    title: str
    title_local: str | None
    tabled_by: tuple[str, ...]
    """Names of parties."""
    tabled: date
    status: Status
    history: tuple[History, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the terminal, the page and the figures show."""

    case: CaseReference
    title: str
    title_local: str | None
    summary: str
    names: Names
    proposal: ProposalFacts
    zone: timezone
    """Local time of the case."""
    offset: str
    """The same, written ``+02:00``."""
    start: datetime
    """Local moment of ``t = 0``."""
    level: Level
    """The count that map, string diagram and utilisation are drawn for."""
    answers: Mapping[Level, CountAnswer]
    curves: tuple[Curve, ...]
    corridors: tuple[CorridorFlow, ...]
    map: MapFacts
    strings: tuple[StringDiagram, ...]
    closed: Mapping[str, tuple[Interval, ...]]
    """When each crossing in use is shut."""
    uses: tuple[Use, ...]
    standing: Standing | None
    """Who stands at crossings with people aboard, of the main count."""
    steps: tuple[StepFact, ...]
    """Linked steps of the main count."""
    remaining: tuple[Remaining, ...]
    """Who is still there at the deadline, at the main count."""
    terms: tuple[Term, ...]
    statements: tuple[StatementFact, ...]
    claims: tuple[ClaimFact, ...]
    figures: tuple[FigureFact, ...]
    roads: RoadFigures
    assumed: tuple[AssumedFact, ...]
    """About places, corridors and groups."""
    assumptions: tuple[Assumption, ...]
    """What the plan takes for granted beyond the figures and terms that are shown with theirs."""
    protection: tuple[ProtectionFinding, ...]
    sources: tuple[tuple[int, Source], ...]
    notice: str

    @property
    def answer(self) -> CountAnswer:
        """The answer for the main count."""
        return self.answers[self.level]


def gather(
    open_case: OpenCase,
    plans: Mapping[Level, Plan],
    verifications: Mapping[Level, Verification],
) -> Facts:
    """Gather the facts of the plans of a case, one a count, and of what the checker says of each.

    All plans are for the same proposal, and were made from this case; there is at least one.
    """
    case, network = open_case.case, open_case.network
    level = main_level(plans)
    plan = plans[level]
    proposal = case.proposal(plan.proposal)
    operation = compile_operation(case, network, proposal)
    start = plan.start.astimezone(case.utc_offset)
    found = answers(plans, verifications, case.utc_offset)
    ways = map_facts(case, network, plan)
    shown = {p.id for p in ways.places}
    flows = corridor_flows(case, network, plan)
    register = Register(case)
    return Facts(
        case=plan.case,
        title=case.title,
        title_local=case.title_local,
        summary=case.summary,
        names=Names.of(case),
        proposal=_proposal(case, proposal, register),
        zone=case.utc_offset,
        offset=format_offset(case.utc_offset),
        start=start,
        level=level,
        answers=found,
        curves=tuple(curve(plans[x]) for x in found),
        corridors=flows,
        map=ways,
        strings=string_diagrams(case, network, plan),
        closed=_closed(plans, plan, operation),
        uses=_uses(case, plan, operation, start),
        standing=standing(plan),
        steps=linked_steps(open_case, plan),
        remaining=remaining(open_case, plan, register),
        terms=terms(case, proposal, plan, register),
        statements=statements(case, proposal, start.date(), register),
        claims=claims(case, proposal, register),
        figures=figures(case, proposal, shown, register),
        roads=road_figures(network, plan),
        assumed=assumed(case, proposal, shown, {f.corridor for f in flows if f.convoys}),
        assumptions=tuple(a for a in plan.assumptions if not _in_terms(a)),
        protection=(*deadline_findings(proposal, found), *proposal_findings(case, proposal)),
        sources=register.sources,
        notice=plan.notice,
    )


def _closed(
    plans: Mapping[Level, Plan], plan: Plan, operation: Operation
) -> dict[str, tuple[Interval, ...]]:
    """When the crossings of one plan are shut, up to the last arrival of any."""
    arrivals = [r.loaded_leg.arrive_s for p in plans.values() for r in p.rotations]
    end = max(arrivals, default=0)
    passed = {s.crossing for r in plan.rotations for _, leg in r.legs() for s in leg.stops}
    return {c: closed_times(operation.timeline, c, end) for c in sorted(passed)}


def _uses(case: Case, plan: Plan, operation: Operation, start: datetime) -> tuple[Use, ...]:
    """How hard everything is worked, by hours of the clock."""
    first_hour = -(start.minute * 60 + start.second)
    return (
        *crossing_uses(case, operation.timeline, plan, first_hour),
        *yard_uses(case, plan, operation.teams, first_hour),
    )


def _in_terms(assumption: Assumption) -> bool:
    """Whether it repeats what stands at a place, corridor, group, vehicle, clause or road."""
    shown = ("places", "corridors", "groups", "fleet", "proposals", "network")
    return assumption.where.split("/", maxsplit=1)[0] in shown


def _proposal(case: Case, proposal: Proposal, register: Register) -> ProposalFacts:
    parties = {p.id: p.name for p in case.parties}
    return ProposalFacts(
        id=proposal.id,
        title=proposal.title,
        title_local=proposal.title_local,
        tabled_by=tuple(parties.get(p, p) for p in proposal.tabled_by),
        tabled=proposal.tabled,
        status=proposal.status,
        history=history(case, proposal, register),
        note=proposal.note,
    )
