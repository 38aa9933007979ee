"""Linked steps as they go in a plan: when each is over, and which wait made it late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from safepassage.cases import OpenCase
from safepassage.check.linked import Linked, Part, read_linked
from safepassage.check.reading import read_terms
from safepassage.plan import Plan
from safepassage.plan.document import Rotation
from safepassage.terms.places import ExchangePoint

__all__ = ["StepFact", "linked_steps"]


@dataclass(frozen=True, slots=True)
class StepFact:
    """One step that moves somebody."""

    clause_id: str
    step: str
    gist: str
    persons: int
    """People carried in it."""
    agreed: int
    """People it is to have at this count."""
    opens: datetime
    """Departure of its first loaded leg."""
    over: datetime | None
    """When it is over; None where somebody of it never comes."""
    takes_s: int
    """From what it waited for (else from the start) to its end."""
    waited_for: str | None
    """The step that was over last of those that it waits for."""
    held_s: int
    """Longest stand of a convoy at its exchange point, without the inspection."""
    held_at: str | None
    held_rotation: str | None
    critical: bool
    """Whether it is in the chain that ends with the last step."""


def linked_steps(opened: OpenCase, plan: Plan) -> tuple[StepFact, ...]:
    """Every linked step with people, in the order in which steps are told."""
    proposal = opened.case.proposal(plan.proposal)
    reading = read_terms(opened.case, opened.network, proposal, plan.count, 0)
    exchange = {
        p.id: p.crossing for p in opened.case.places if isinstance(p, ExchangePoint) and p.crossing
    }
    facts: list[StepFact] = []
    for linked in read_linked(reading, plan):
        found = {s: _parts(linked, s) for s in (step.id for step in linked.clause.steps)}
        ends = {s: max((p.arrive_s for p in parts), default=0) for s, parts in found.items()}
        before = {s: _awaited(linked, s, ends) for s in found}
        chain = _chain(before, ends)
        for step in linked.clause.steps:
            if parts := found[step.id]:
                held, at, rotation = _held(linked, step.id, parts, exchange)
                awaited = before[step.id]
                begun = ends[awaited] if awaited else 0
                whole = linked.over_s(step.id) is not None
                facts.append(
                    StepFact(
                        clause_id=linked.clause.id,
                        step=step.id,
                        gist=step.gist,
                        persons=sum(p.persons for p in parts),
                        agreed=sum(b.size for b in linked.of_step(step.id)),
                        opens=_at(opened, plan, min(p.depart_s for p in parts)),
                        over=_at(opened, plan, ends[step.id]) if whole else None,
                        takes_s=ends[step.id] - begun,
                        waited_for=awaited,
                        held_s=held,
                        held_at=at,
                        held_rotation=rotation,
                        critical=step.id in chain,
                    )
                )
    return tuple(facts)


def _at(opened: OpenCase, plan: Plan, seconds: int) -> datetime:
    return (plan.start + timedelta(seconds=seconds)).astimezone(opened.case.utc_offset)


def _parts(linked: Linked, step: str) -> list[Part]:
    return [part for batch in linked.of_step(step) for part in batch.parts]


def _awaited(linked: Linked, step_id: str, ends: dict[str, int]) -> str | None:
    """Step that was over last of those that one waits for; steps without people pass theirs on."""
    steps = {s.id: s for s in linked.clause.steps}
    todo, seen, found = [step_id], {step_id}, set[str]()
    while todo:
        step = steps[todo.pop()]
        rules = [r.step for r in step.release if r.rule == "after_safe_arrival_of_step" and r.step]
        for name in (*step.after, *rules):
            if ends[name]:
                found.add(name)
            elif name not in seen:
                seen.add(name)
                todo.append(name)
    return max(sorted(found), key=lambda s: ends[s], default=None)


def _chain(before: dict[str, str | None], ends: dict[str, int]) -> set[str]:
    chain: set[str] = set()
    at: str | None = max(ends, key=lambda s: ends[s])
    while at is not None:
        chain.add(at)
        at = before[at]
    return chain


def _held(
    linked: Linked, step_id: str, parts: list[Part], exchange: dict[str, str]
) -> tuple[int, str | None, str | None]:
    """Longest stand at an exchange point of the step, where it is and whose."""
    step = next(s for s in linked.clause.steps if s.id == step_id)
    rules = [
        r
        for r in (*step.release, *linked.clause.rules)
        if r.rule == "simultaneous_at_exchange_point" and r.place is not None
    ]
    longest: tuple[int, str | None, str | None] = (0, None, None)
    for rule in rules:
        place = rule.place or ""
        for part in parts:
            held = _stand(part.rotation, exchange.get(place, place))
            if held > longest[0]:
                longest = (held, place, part.rotation.id)
    return longest


def _stand(rotation: Rotation, crossing: str) -> int:
    return sum(
        s.leave_s - s.arrive_s - (s.inspect_to_s - s.inspect_from_s)
        for s in rotation.loaded_leg.stops
        if s.crossing == crossing
    )
