"""Batches and rules of linked steps: what they ask for can come true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from safepassage.errors import Fault
from safepassage.files import shown
from safepassage.terms.case import Case
from safepassage.terms.checks.linked import circle
from safepassage.terms.checks.walk import Where
from safepassage.terms.clauses import Batch, LeaveClause, LinkedClause, ReleaseRule
from safepassage.terms.document import DocPath
from safepassage.terms.places import Crossing, ExchangePoint
from safepassage.terms.proposals import Proposal

__all__ = ["batch_sizes", "conditions_that_come", "refusals"]

Located = tuple[DocPath, Batch]

_LEVELS: tuple[Literal["low", "likely", "high"], ...] = ("low", "likely", "high")


def _linked(case: Case) -> Iterator[tuple[DocPath, Proposal, LinkedClause]]:
    for i, proposal in enumerate(case.proposals):
        for j, clause in enumerate(proposal.clauses):
            if isinstance(clause, LinkedClause):
                yield ("proposals", i, "clauses", j), proposal, clause


def _batches(clause: LinkedClause, path: DocPath) -> list[Located]:
    return [
        ((*path, "steps", i, "batches", k), batch)
        for i, step in enumerate(clause.steps)
        for k, batch in enumerate(step.batches)
    ]


def batch_sizes(case: Case, where: Where) -> Iterator[Fault]:
    """Batches of a side are whole people, and no more than the side has."""
    persons = {g.id: g.persons for g in case.groups}
    for path, _, clause in _linked(case):
        yield from _after_the_rest(clause, where, path)
        sides: list[frozenset[str]] = []
        taken: dict[tuple[frozenset[str], str], int] = {}
        for place, batch in _batches(clause, path):
            side = frozenset(batch.groups)
            other = next((s for s in sides if s != side and s & side), None)
            if other is not None:
                message = (
                    f"groups: expected the groups of an earlier batch, or none of them, got "
                    f"{shown(', '.join(sorted(side)))} after {shown(', '.join(sorted(other)))}; "
                    "name the same groups in all batches of a side"
                )
                yield Fault(where((*place, "groups")), "overlapping-batches", message)
                continue
            sides.append(side)
            if side <= persons.keys():
                totals = {x: sum(persons[g].at(x).value for g in side) for x in _LEVELS}
                yield from _size(batch, totals, taken, where, place)


def _after_the_rest(clause: LinkedClause, where: Where, path: DocPath) -> Iterator[Fault]:
    """Who takes all that are left of a side is its last batch; told once a side."""
    ended: dict[frozenset[str], bool] = {}
    for place, batch in _batches(clause, path):
        side = frozenset(batch.groups)
        if ended.get(side):
            message = (
                f"expected no batch of {shown(', '.join(batch.groups))} after the one with "
                "'rest: true', got another, for which nobody is left; state 'persons' or 'share' "
                "in the earlier one, or remove this one"
            )
            yield Fault(where(place), "empty-batch", message)
            ended[side] = False
        elif side not in ended and batch.rest:
            ended[side] = True


def _size(
    batch: Batch,
    totals: dict[Literal["low", "likely", "high"], int],
    taken: dict[tuple[frozenset[str], str], int],
    where: Where,
    place: DocPath,
) -> Iterator[Fault]:
    side = frozenset(batch.groups)
    if batch.share is not None:
        for level in _LEVELS:
            exact = batch.share.value * totals[level]
            if exact.denominator != 1:
                message = (
                    f"share: expected a share that is a whole number of people, got "
                    f"{batch.share.value} of {totals[level]} at the {level} count; "
                    "state 'persons', or mend the share or the count"
                )
                yield Fault(where((*place, "share")), "split-people", message)
                return
    for level in _LEVELS:
        part = batch.persons.value if batch.persons else 0
        part += int(batch.share.value * totals[level]) if batch.share else 0
        taken[side, level] = taken.get((side, level), 0) + part
    # Counts below what was agreed are estimates; only the highest can say that it cannot be.
    if part and taken[side, "high"] > totals["high"]:
        message = (
            f"expected batches of at most {totals['high']} people in all, the high count of "
            f"{shown(', '.join(batch.groups))}, got {taken[side, 'high']} with this one; "
            "mend a batch or the count"
        )
        yield Fault(where(place), "batch-too-large", message)


def refusals(case: Case, where: Where) -> Iterator[Fault]:
    """Nobody refuses twice, and only those refuse who are asked to leave."""
    for i, proposal in enumerate(case.proposals):
        for j, clause in enumerate(proposal.clauses):
            if not isinstance(clause, LeaveClause):
                continue
            seen: set[str] = set()
            for k, refusal in enumerate(clause.refusals):
                path = ("proposals", i, "clauses", j, "refusals", k)
                for group in refusal.groups:
                    if group not in clause.groups or group in seen:
                        message = (
                            f"groups: expected groups of this clause, each in one refusal, got "
                            f"{shown(group)}; add their shares, or move it"
                        )
                        yield Fault(where((*path, "groups")), "refusal-of-others", message)
                    seen.add(group)


def conditions_that_come(case: Case, where: Where) -> Iterator[Fault]:
    """What a batch waits for can happen."""
    places = {p.id: p for p in case.places}
    for path, proposal, clause in _linked(case):
        leaving = {g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups}
        for place, batch in _batches(clause, path):
            staying = [g for g in batch.groups if g not in leaving]
            if staying:
                message = (
                    f"groups: expected groups that a leave clause of the proposal names, got "
                    f"{shown(staying[0])}; the step would never be over: add a leave clause"
                )
                yield Fault(where((*place, "groups")), "never-true", message)
        if not circle(clause):
            yield from _told_order(clause, where, path)
        in_batches = {g for _, b in _batches(clause, path) for g in b.groups}
        for rule_path, rule, known in _rules(clause, path, in_batches):
            yield from _meeting(rule, clause, where, rule_path)
            at = places.get(rule.place) if rule.place else None
            at_crossing = isinstance(at, Crossing) or (
                isinstance(at, ExchangePoint) and at.crossing is not None
            )
            for word in _never(rule, known, at_crossing, inside=rule_path[-2] == "release"):
                yield Fault(where(rule_path), "never-true", word)


def _rules(
    clause: LinkedClause, path: DocPath, groups: set[str]
) -> Iterator[tuple[DocPath, ReleaseRule, tuple[set[str], set[str]]]]:
    """Each rule with the groups that can wait by it, and those that can be awaited."""
    of_step = {s.id: {g for batch in s.batches for g in batch.groups} for s in clause.steps}
    for i, step in enumerate(clause.steps):
        known = of_step[step.id]
        for k, rule in enumerate(step.release):
            safe = rule.rule == "after_safe_arrival_of_step" and rule.step in of_step
            awaited = of_step[rule.step or ""] if safe else known
            yield (*path, "steps", i, "release", k), rule, (known, awaited)
    for k, rule in enumerate(clause.rules):
        yield (*path, "rules", k), rule, (groups, groups)


def _meeting(
    rule: ReleaseRule, clause: LinkedClause, where: Where, path: DocPath
) -> Iterator[Fault]:
    """Who is released together with others has others in its step."""
    if rule.rule != "simultaneous_at_exchange_point":
        return
    index = path[-3] if path[-2] == "release" else None
    for i, step in enumerate(clause.steps):
        waiting, awaited = (
            [k for k, b in enumerate(step.batches) if not groups or set(b.groups) & set(groups)]
            for groups in (rule.waiting, rule.awaited)
        )
        if index in (None, i) and any(w != a for w in waiting for a in awaited):
            return
    message = (
        "simultaneous_at_exchange_point: expected a step with two batches that meet there, got "
        "none; name both sides, or remove the rule"
    )
    yield Fault(where(path), "never-true", message)


def _never(
    rule: ReleaseRule, known: tuple[set[str], set[str]], at_crossing: bool, *, inside: bool
) -> Iterator[str]:
    if rule.rule == "after_safe_arrival_of_step":
        if rule.step is None or not inside:
            yield (
                "after_safe_arrival_of_step: expected it in the 'release' of the step that waits, "
                "with the 'step' that is awaited; move or complete it"
            )
    elif rule.rule == "simultaneous_at_exchange_point":
        if not at_crossing:
            yield (
                "simultaneous_at_exchange_point: expected a 'place' that is a crossing, or an "
                f"exchange point with 'crossing', got {rule.place!r}; no convoy can stop elsewhere"
            )
    elif not rule.waiting or not rule.awaited or set(rule.waiting) & set(rule.awaited):
        yield f"{rule.rule}: expected 'waiting' and 'awaited' groups that differ; name both"
    stray = [g for g in rule.waiting if g not in known[0]]
    stray += [g for g in rule.awaited if g not in known[1]]
    if stray:
        yield (
            f"{rule.rule}: expected groups with a batch there, got {shown(stray[0])}; "
            "what it says of them would never come true"
        )


def _told_order(clause: LinkedClause, where: Where, path: DocPath) -> Iterator[Fault]:
    """A side's batches are filled in the order told, so no earlier one waits for a later one."""
    index = {step.id: i for i, step in enumerate(clause.steps)}
    for i, step in enumerate(clause.steps):
        names = [*step.after, *(r.step for r in step.release if r.step is not None)]
        for name in names:
            later = clause.steps[index[name]] if index.get(name, -1) > i else None
            if later is None:
                continue
            mine = {g for b in step.batches for g in b.groups}
            if mine & {g for b in later.batches for g in b.groups}:
                message = (
                    f"expected steps in the order in which they can happen, got {step.id!r}, which "
                    f"waits for {name!r}, before it; tell {name!r} first"
                )
                yield Fault(where((*path, "steps", i)), "never-true", message)
