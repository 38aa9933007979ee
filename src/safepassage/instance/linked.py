"""Linked steps as the planner sees them: batches of people, and which wait for which.

Definitions: ``docs/design/convoy-model.md``, "Linked steps".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from safepassage.terms.case import Case
from safepassage.terms.clauses import LinkedClause, ReleaseRule
from safepassage.terms.places import ExchangePoint
from safepassage.terms.proposals import Proposal

__all__ = ["Batch", "Linked", "Wait", "compile_linked"]

WaitKind = Literal["after", "exchange", "first", "last", "order"]
"""``order``: a side's batches depart one after another, since that tells who is in which."""


@dataclass(frozen=True, slots=True)
class Batch:
    """People of one side who move in one step."""

    step: str
    """Empty for people of a side who are left when all its batches are filled."""
    groups: frozenset[str]
    persons: int
    """How many it is to have, at this count."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Batches that wait for others. Batches are named by their index."""

    kind: WaitKind
    waiting: tuple[int, ...]
    awaited: tuple[int, ...]
    clause_id: str
    crossing: str | None = None
    """Where convoys stand, of an exchange."""
    longest: int | None = None
    """Longest hold, in seconds."""


@dataclass(frozen=True, slots=True)
class Linked:
    """All linked clauses of a proposal, at one count."""

    batches: tuple[Batch, ...]
    waits: tuple[Wait, ...]
    goes_on: bool
    """Whether steps count as over though somebody was not brought."""
    clause_ids: tuple[str, ...]

    def before(self, index: int) -> set[int]:
        """Batches that have to be over before one may depart, by one wait."""
        return {
            a for w in self.waits if w.kind == "after" and index in w.waiting for a in w.awaited
        }


def compile_linked(
    case: Case, proposal: Proposal, level: Literal["low", "likely", "high"]
) -> Linked | None:
    """Compile the linked clauses of a proposal; None where it has none."""
    clauses = [c for c in proposal.clauses if isinstance(c, LinkedClause)]
    if not clauses:
        return None
    totals = {g.id: g.persons.at(level).value for g in case.groups}
    exchange = {p.id: p.crossing if isinstance(p, ExchangePoint) else p.id for p in case.places}
    batches: list[Batch] = []
    waits: list[Wait] = []
    for clause in clauses:
        first = len(batches)
        batches += _batches(clause, totals)
        waits += _waits(clause, first, batches, exchange)
        batches += _others(batches[first:], totals)
        waits += _in_order(range(first, len(batches)), batches, clause.id)
    goes_on = all(c.partial == "goes_on" for c in clauses)
    return Linked(tuple(batches), tuple(waits), goes_on, tuple(c.id for c in clauses))


def _batches(clause: LinkedClause, totals: dict[str, int]) -> Iterable[Batch]:
    taken: dict[frozenset[str], int] = {}
    for step in clause.steps:
        for terms in step.batches:
            side = frozenset(terms.groups)
            whole = sum(totals[g] for g in side)
            rest = whole - taken.get(side, 0)
            if terms.persons is not None:
                size = min(rest, terms.persons.value)
            elif terms.share is not None:
                size = min(rest, int(terms.share.value * whole))
            else:
                size = rest
            taken[side] = taken.get(side, 0) + size
            yield Batch(step.id, side, size)


def _others(batches: Sequence[Batch], totals: dict[str, int]) -> Iterable[Batch]:
    """People of each side whom no batch holds."""
    for side in dict.fromkeys(b.groups for b in batches):
        held = sum(b.persons for b in batches if b.groups == side)
        rest = sum(totals[g] for g in side) - held
        if rest:
            yield Batch("", side, rest)


def _in_order(mine: Iterable[int], batches: Sequence[Batch], clause_id: str) -> Iterable[Wait]:
    last: dict[frozenset[str], int] = {}
    for i in mine:
        if batches[i].persons:
            if batches[i].groups in last:
                yield Wait("order", (i,), (last[batches[i].groups],), clause_id)
            last[batches[i].groups] = i


def _waits(
    clause: LinkedClause, first: int, batches: Sequence[Batch], exchange: dict[str, str | None]
) -> Iterable[Wait]:
    mine = range(first, len(batches))
    over = _over(clause, mine, batches)
    for step in clause.steps:
        here = [i for i in mine if batches[i].step == step.id]
        for name in step.after:
            yield Wait("after", tuple(here), tuple(over[name]), clause.id)
        for rule in step.release:
            if rule.rule == "after_safe_arrival_of_step":
                own = [i for i in mine if batches[i].step == rule.step]
                theirs = _among(own, rule.awaited, batches)
                earlier = [i for i in over[rule.step or ""] if i not in own]
                yield Wait(
                    "after",
                    tuple(_among(here, rule.waiting, batches)),
                    (*theirs, *earlier),
                    clause.id,
                    longest=rule.longest_hold.value if rule.longest_hold else None,
                )
            else:
                yield from _rule(rule, here, batches, exchange, clause.id)
    for rule in clause.rules:
        if rule.rule == "simultaneous_at_exchange_point":
            for step in clause.steps:
                here = [i for i in mine if batches[i].step == step.id]
                yield from _rule(rule, here, batches, exchange, clause.id)
        else:
            yield from _rule(rule, list(mine), batches, exchange, clause.id)


def _over(
    clause: LinkedClause, mine: Iterable[int], batches: Sequence[Batch]
) -> dict[str, list[int]]:
    """Batches of each step, and those of all steps that it comes after.

    Steps that come after one with people need only name that one's batches and its own waits, but
    a step that may have none passes on what it waits for.
    """
    after = {step.id: step.after for step in clause.steps}
    own = {s: [i for i in mine if batches[i].step == s] for s in after}
    over: dict[str, list[int]] = {}
    while len(over) < len(after):
        for s, names in after.items():
            if s not in over and all(n in over for n in names):
                empty = all(batches[i].persons == 0 for i in own[s])
                through = empty or clause.partial == "goes_on"
                passed = [i for n in names for i in over[n]] if through else []
                over[s] = [*own[s], *passed]
    return over


def _rule(
    rule: ReleaseRule,
    here: Sequence[int],
    batches: Sequence[Batch],
    exchange: dict[str, str | None],
    clause_id: str,
) -> Iterable[Wait]:
    kinds: dict[str, WaitKind] = {
        "simultaneous_at_exchange_point": "exchange",
        "last_waits_for_last": "last",
        "first_mover": "first",
    }
    waiting = _among(here, rule.waiting, batches)
    awaited = _among(here, rule.awaited, batches)
    longest = rule.longest_hold.value if rule.longest_hold else None
    kind = kinds[rule.rule]
    if kind == "exchange":
        at = exchange[rule.place or ""]
        for w in waiting:
            for a in awaited:
                if a != w and batches[a].persons and batches[w].persons:
                    yield Wait(kind, (w,), (a,), clause_id, at, longest)
    elif waiting and awaited:
        yield Wait(kind, tuple(waiting), tuple(awaited), clause_id, None, longest)


def _among(indices: Iterable[int], groups: Sequence[str], batches: Sequence[Batch]) -> list[int]:
    return [i for i in indices if not groups or not batches[i].groups.isdisjoint(groups)]
