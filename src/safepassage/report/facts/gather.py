"""Every number of the report, with where it comes from; no formatting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone

from safepassage.cases import OpenCase
from safepassage.check import Verification
from safepassage.instance import Interval, compile_operation
from safepassage.plan import Assumption, CaseReference, Level, Plan
from safepassage.report.facts.answer import CountAnswer, answers, main_level
from safepassage.report.facts.citing import Register
from safepassage.report.facts.counted import AssumedFact, FigureFact, assumed, figures
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
from safepassage.report.facts.roads import MapFacts, RoadFigures, map_facts, road_figures
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
    terms: tuple[Term, ...]
    statements: tuple[StatementFact, ...]
    claims: tuple[ClaimFact, ...]
    figures: tuple[FigureFact, ...]
    roads: RoadFigures
    assumed: tuple[AssumedFact, ...]
    """About places, corridors and groups."""
    assumptions: tuple[Assumption, ...]
    """Of the plan itself."""
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
    """Gather the facts of a plan for each count.

    Parameters
    ----------
    open_case
        The case the plans were made from.
    plans
        One plan a count, at least one, all for the same proposal.
    verifications
        What the checker says of each.

    Raises
    ------
    KeyError
        If a plan names something that is not in the case.
    """
    case, network = open_case.case, open_case.network
    level = main_level(plans)
    plan = plans[level]
    proposal = case.proposal(plan.proposal)
    operation = compile_operation(case, network, proposal)
    start = plan.start.astimezone(case.utc_offset)
    first_hour = -(start.minute * 60 + start.second)
    arrivals = [r.loaded_leg.arrive_s for p in plans.values() for r in p.rotations]
    end = max(arrivals, default=0)
    crossings = sorted({s.crossing for r in plan.rotations for _, g in r.legs() for s in g.stops})
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
        closed={c: closed_times(operation.timeline, c, end) for c in crossings},
        uses=(
            *crossing_uses(case, operation.timeline, plan, first_hour),
            *yard_uses(case, plan, operation.teams, first_hour),
        ),
        terms=terms(case, proposal, plan, register),
        statements=statements(case, proposal, start.date(), register),
        claims=claims(case, proposal, register),
        figures=figures(case, proposal, shown, register),
        roads=road_figures(network, plan),
        assumed=assumed(case, proposal, shown, {f.corridor for f in flows if f.convoys}),
        assumptions=plan.assumptions,
        protection=(*deadline_findings(proposal, found), *proposal_findings(case, proposal)),
        sources=register.sources,
        notice=plan.notice,
    )


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
