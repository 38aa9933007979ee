"""Rules of linked steps that nobody can keep: those who wait are waited for themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from safepassage.errors import Fault
from safepassage.files import shown
from safepassage.terms.case import Case
from safepassage.terms.checks.linked import circle
from safepassage.terms.checks.walk import Where
from safepassage.terms.clauses import LeaveClause, LinkedClause, LinkedStep, ReleaseRule
from safepassage.terms.document import DocPath

__all__ = ["waits_that_end"]


def waits_that_end(case: Case, where: Where) -> Iterator[Fault]:
    """With what every rule asks for, each batch can set out and arrive."""
    persons = {g.id: g.persons.high.value for g in case.groups}
    for i, proposal in enumerate(case.proposals):
        leaves = [c for c in proposal.clauses if isinstance(c, LeaveClause)]
        refusing = {g for c in leaves for r in c.refusals for g in r.groups}
        for j, clause in enumerate(proposal.clauses):
            if isinstance(clause, LinkedClause) and not circle(clause):
                path: DocPath = ("proposals", i, "clauses", j)
                yield from _faults(clause, persons, refusing, where, path)


def _faults(
    clause: LinkedClause,
    persons: Mapping[str, int],
    refusing: set[str],
    where: Where,
    path: DocPath,
) -> Iterator[Fault]:
    rules = list(_rules(clause, path))
    order = _Order(clause, _batches(clause, persons))
    if not rules or not order.ends():
        # Steps that are told before those they wait for are a fault of their own.
        return
    for rule_path, rule, step in rules:
        if rule.rule == "first_mover":
            kept = order.first(rule, step)
        elif rule.rule == "last_waits_for_last" and not refusing & set(rule.waiting):
            # Where somebody of the waiting refuses, they are never all carried, and nobody waits.
            kept = order.last(rule, step)
        else:
            continue
        if not kept:
            message = (
                f"{rule.rule}: expected {_names(rule.awaited)} to move without "
                f"{_names(rule.waiting)}, got steps and rules by which they wait for them; "
                "remove one of these"
            )
            yield Fault(where(rule_path), "cyclic-steps", message)


def _names(groups: Collection[str]) -> str:
    return shown(", ".join(groups))


def _rules(
    clause: LinkedClause, path: DocPath
) -> Iterator[tuple[DocPath, ReleaseRule, str | None]]:
    """Each rule with the step in whose ``release`` it stands."""
    for i, step in enumerate(clause.steps):
        for k, rule in enumerate(step.release):
            yield (*path, "steps", i, "release", k), rule, step.id
    for k, rule in enumerate(clause.rules):
        yield (*path, "rules", k), rule, None


@dataclass(frozen=True, slots=True)
class _Batch:
    step: str
    side: frozenset[str]

    def among(self, groups: Collection[str]) -> bool:
        return not groups or not self.side.isdisjoint(groups)


def _batches(clause: LinkedClause, persons: Mapping[str, int]) -> list[_Batch]:
    """Batches with somebody in them at the high count: one that is empty then is always empty."""
    found: list[_Batch] = []
    left: dict[frozenset[str], int] = {}
    for step in clause.steps:
        for terms in step.batches:
            side = frozenset(terms.groups)
            whole = sum(persons.get(g, 0) for g in side)
            rest = left.setdefault(side, whole)
            size = rest
            if terms.persons is not None:
                size = min(rest, terms.persons.value)
            elif terms.share is not None:
                size = min(rest, int(terms.share.value * whole))
            left[side] = rest - size
            if size:
                found.append(_Batch(step.id, side))
    return found


Fact = tuple[str, int | str]
"""That a batch can begin to set out, is gone or is there, that a step is over, or a rule is met."""


class _Order:
    """What comes true under the rules entered so far; batches are named by their index."""

    def __init__(self, clause: LinkedClause, batches: Sequence[_Batch]) -> None:
        self.clause, self.batches = clause, batches
        self.steps = {step.id: step for step in clause.steps}
        self.needs: dict[Fact, set[Fact]] = {("over", s.id): set() for s in clause.steps}
        self.either: dict[Fact, set[Fact]] = {}
        """Facts of which any one that is named will do."""
        for step in clause.steps:
            self.needs["over", step.id] |= {("over", name) for name in step.after}
        latest: dict[frozenset[str], int] = {}
        for i, batch in enumerate(batches):
            step = self.steps[batch.step]
            self.needs["begin", i] = self._before(i, step)
            if batch.side in latest:
                # A side's batches are filled in the order in which its convoys depart.
                self.needs["begin", i].add(("gone", latest[batch.side]))
            self.needs["gone", i] = {("begin", i)}
            self.needs["there", i] = {("gone", i), *(("gone", m) for m in self._met(i, step))}
            self.needs["over", batch.step].add(("there", i))
            latest[batch.side] = i

    def first(self, rule: ReleaseRule, step: str | None) -> bool:
        """Enter that waiting batches set out after an awaited one; False where they never could."""
        waiting, awaited = self._named(rule, step)
        fact = ("met", len(self.either))
        held = waiting - awaited if awaited else set()
        self.either[fact] = {("begin", i) for i in awaited}
        for i in held:
            self.needs["begin", i].add(fact)
        if self.ends():
            return True
        del self.either[fact]
        for i in held:
            self.needs["begin", i].discard(fact)
        return False

    def last(self, rule: ReleaseRule, step: str | None) -> bool:
        """Tell whether some batch of the waiting can be gone after all of the awaited are."""
        waiting, awaited = self._named(rule, step)
        # Of a side, the batch that departs last in any case.
        final = {self.batches[i].side: i for i in sorted(waiting)}.values()
        return not waiting or any(self._after_all(w, awaited) for w in final)

    def _after_all(self, index: int, awaited: set[int]) -> bool:
        before = self.needs["gone", index]
        self.needs["gone", index] = before | {("gone", a) for a in awaited - {index}}
        ends = self.ends()
        self.needs["gone", index] = before
        return ends

    def ends(self) -> bool:
        """Tell whether all steps can be over."""
        missing = {fact: len(named) for fact, named in self.needs.items()}
        missing |= dict.fromkeys(self.either, 1)
        serves: dict[Fact, list[Fact]] = defaultdict(list)
        for fact, named in (*self.needs.items(), *self.either.items()):
            for other in named:
                serves[other].append(fact)
        open_ = [fact for fact, count in missing.items() if count == 0]
        while open_:
            for fact in serves[open_.pop()]:
                missing[fact] -= 1
                if missing[fact] == 0:
                    open_.append(fact)
        return all(missing["over", s] <= 0 for s in self.steps)

    def _named(self, rule: ReleaseRule, step: str | None) -> tuple[set[int], set[int]]:
        here = [i for i, b in enumerate(self.batches) if step is None or b.step == step]
        waiting, awaited = (
            {i for i in here if self.batches[i].among(groups)}
            for groups in (rule.waiting, rule.awaited)
        )
        return waiting, awaited

    def _before(self, index: int, step: LinkedStep) -> set[Fact]:
        """What has to be over before a batch may set out."""
        found: set[Fact] = {("over", name) for name in step.after}
        for rule in step.release:
            safe = rule.rule == "after_safe_arrival_of_step" and rule.step in self.steps
            if safe and self.batches[index].among(rule.waiting):
                found |= {("there", i) for i in self._named(rule, rule.step)[1]}
                found |= {("over", name) for name in self.steps[rule.step or ""].after}
        return found

    def _met(self, index: int, step: LinkedStep) -> set[int]:
        """Batches that have to reach an exchange point before the whole of this one leaves it."""
        found: set[int] = set()
        for rule in (*step.release, *self.clause.rules):
            if rule.rule == "simultaneous_at_exchange_point":
                waiting, awaited = self._named(rule, step.id)
                found |= awaited - {index} if index in waiting else set()
        return found
