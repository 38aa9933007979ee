"""Which convoys of a timetable wait for which, where steps are linked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from safepassage.plan.document import Rotation
from safepassage.simulate.timetable_steps import Step
from safepassage.simulate.timetable_terms import Terms
from safepassage.terms.clauses import Batch as BatchTerms
from safepassage.terms.clauses import LinkedClause, ReleaseRule
from safepassage.terms.places import ExchangePoint

__all__ = ["Wait", "linked_waits", "longest_holds"]


@dataclass(frozen=True, slots=True)
class Wait:
    """A step that waits for another one: for its departure, or for the arrival it leads to."""

    before: Step
    later: Step
    arrival: bool


@dataclass(slots=True)
class Batch:
    """A batch and the rotations that carry its people, with how many, by departure."""

    step: str
    groups: frozenset[str]
    size: int
    parts: dict[str, int] = field(default_factory=dict)

    def among(self, groups: Collection[str]) -> bool:
        """Tell whether a rule that names these groups speaks of the batch."""
        return not groups or bool(self.groups & set(groups))


def linked_waits(
    terms: Terms,
    departs: Mapping[str, Step],
    leaves: Mapping[tuple[str, str], Step],
    reaches: Mapping[tuple[str, str], Step],
) -> list[Wait]:
    """Return what waits for what, as the timetable as planned keeps the rules.

    Parameters
    ----------
    terms
        With the plan.
    departs, leaves, reaches
        Steps by rotation: the departure of the loaded leg; leaving a crossing; the drive that
        reaches a crossing, or with "" the reception point.
    """
    waits: list[Wait] = []
    for clause in terms.clauses(LinkedClause):
        waits += _Clause(terms, clause, departs, leaves, reaches).waits()
    return list(dict.fromkeys(waits))


def longest_holds(
    terms: Terms, departs: Mapping[str, Step], leaves: Mapping[tuple[str, str], Step]
) -> Iterator[tuple[Step, int]]:
    """Yield steps that a rule makes wait no longer than it says, with so many seconds.

    Parameters
    ----------
    terms
        With the plan.
    departs, leaves
        Steps by rotation: the departure of the loaded leg; leaving a crossing.
    """
    for clause in terms.clauses(LinkedClause):
        yield from _Clause(terms, clause, departs, leaves, {}).longest()


class _Clause:
    """One linked clause and the plan's convoys."""

    def __init__(
        self,
        terms: Terms,
        clause: LinkedClause,
        departs: Mapping[str, Step],
        leaves: Mapping[tuple[str, str], Step],
        reaches: Mapping[tuple[str, str], Step],
    ) -> None:
        self.terms, self.clause = terms, clause
        self.departs, self.leaves, self.reaches = departs, leaves, reaches
        self.rotations = {r.id: r for r in terms.plan.rotations}
        self.batches = _batches(terms, clause)

    def waits(self) -> list[Wait]:
        """Return the waits of every step and rule."""
        found: list[Wait] = []
        for step in self.clause.steps:
            mine = [b for b in self.batches if b.step == step.id]
            for name in step.after:
                found += self._after(mine, name, ())
        for rule, batches in self._rules():
            found += self._rule(rule, batches)
        return found

    def _rules(self) -> Iterator[tuple[ReleaseRule, list[Batch]]]:
        """Every rule with the batches that it speaks of."""
        by_step = {s.id: [b for b in self.batches if b.step == s.id] for s in self.clause.steps}
        for step in self.clause.steps:
            for rule in step.release:
                yield rule, by_step[step.id]
        for rule in self.clause.rules:
            if rule.rule == "simultaneous_at_exchange_point":
                for batches in by_step.values():
                    yield rule, batches
            else:
                yield rule, self.batches

    def longest(self) -> Iterator[tuple[Step, int]]:
        """Yield the steps before which nobody waits longer than so many seconds."""
        for rule, batches in self._rules():
            if rule.longest_hold is None:
                continue
            seconds = rule.longest_hold.value
            waiting = [b for b in batches if b.among(rule.waiting)]
            if rule.rule != "simultaneous_at_exchange_point":
                for name in _rotations(waiting):
                    yield self.departs[name], seconds
                continue
            others = [b for b in batches if b.among(rule.awaited) and b.size]
            matched = [a for a in waiting if a.size and any(a is not b for b in others)]
            for name in _rotations(matched):
                found = self.leaves.get((name, self._crossing(rule)))
                if found is not None:
                    yield found, seconds

    def _crossing(self, rule: ReleaseRule) -> str:
        place = self.terms.case.place(rule.place or "")
        return (place.crossing or "") if isinstance(place, ExchangePoint) else place.id

    def _rule(self, rule: ReleaseRule, batches: Sequence[Batch]) -> list[Wait]:
        waiting = [b for b in batches if b.among(rule.waiting)]
        awaited = [b for b in batches if b.among(rule.awaited)]
        if rule.rule == "simultaneous_at_exchange_point":
            return self._matched(rule, waiting, awaited)
        first = min(_rotations(awaited), key=self._depart_s, default=None)
        mine = _rotations(waiting)
        if rule.rule == "first_mover":
            before = [] if first is None else [first]
            return [self._depart(b, r) for b in before for r in mine if r != b]
        if rule.rule == "last_waits_for_last":
            whole = sum(sum(b.parts.values()) for b in waiting) >= sum(b.size for b in waiting)
            last = max(mine, key=self._depart_s, default=None)
            if last is None or not whole:
                return []
            return [self._depart(b, last) for b in _rotations(awaited) if b != last]
        return self._after(waiting, rule.step or "", rule.awaited)

    def _depart_s(self, rotation: str) -> tuple[int, str]:
        return self.rotations[rotation].loaded_leg.depart_s, rotation

    def _depart(self, before: str, later: str) -> Wait:
        return Wait(self.departs[before], self.departs[later], arrival=False)

    def _after(
        self, waiting: Sequence[Batch], step_id: str, awaited: Collection[str]
    ) -> list[Wait]:
        """Departures of the waiting after the arrivals of a step and of those before it."""
        steps = {s.id: s for s in self.clause.steps}
        batches = [b for b in self.batches if b.step == step_id and b.among(awaited)]
        before, open_ = set(_rotations(batches)), list(steps[step_id].after)
        while open_:
            name = open_.pop()
            before |= set(_rotations([b for b in self.batches if b.step == name]))
            open_ += steps[name].after
        arrivals = [self.reaches[name, ""] for name in sorted(before)]
        later = [self.departs[name] for name in _rotations(waiting) if name not in before]
        return [Wait(one, other, arrival=True) for one in arrivals for other in later]

    def _matched(
        self, rule: ReleaseRule, waiting: Sequence[Batch], awaited: Sequence[Batch]
    ) -> list[Wait]:
        crossing = self._crossing(rule)
        found = []
        for one in waiting:
            for other in awaited:
                if one is not other and one.size and other.size:
                    found += self._ahead(one, other, crossing)
        return found

    def _ahead(self, one: Batch, other: Batch, crossing: str) -> list[Wait]:
        """Each release after as large a share of the other batch has reached the crossing."""
        goes_on = self.clause.partial == "goes_on"
        mine, theirs = (sum(b.parts.values()) if goes_on else b.size for b in (one, other))
        released = self._by_moment(one, crossing, leaving=True)
        reached = self._by_moment(other, crossing, leaving=False)
        found: list[Wait] = []
        gone = there = at = 0
        last = None
        for name, persons in released:
            gone += persons
            later, first = self.leaves[name, crossing], at
            while at < len(reached) and gone * theirs > there * mine:
                there += reached[at][1]
                at += 1
            if last is not None:
                # Releases keep their order, so each has what the one before it waited for.
                found.append(Wait(last, later, arrival=False))
            found += [
                Wait(self.reaches[before, crossing], later, arrival=True)
                for before, _ in reached[first:at]
                if before != name
            ]
            last = later
        return found

    def _by_moment(self, batch: Batch, crossing: str, *, leaving: bool) -> list[tuple[str, int]]:
        rows = [
            (stop.leave_s if leaving else stop.arrive_s, name, persons)
            for name, persons in batch.parts.items()
            for stop in self.rotations[name].loaded_leg.stops
            if stop.crossing == crossing
        ]
        return [(name, persons) for _, name, persons in sorted(rows)]


def _rotations(batches: Sequence[Batch]) -> list[str]:
    return list(dict.fromkeys(name for b in batches for name in b.parts))


def _batches(terms: Terms, clause: LinkedClause) -> list[Batch]:
    """Batches in the order told, filled by the departures of those who are carried."""
    persons = {g.id: g.persons.at(terms.plan.count).value for g in terms.case.groups}
    rest: dict[frozenset[str], int] = {}
    batches = []
    for step in clause.steps:
        for entry in step.batches:
            side = frozenset(entry.groups)
            total = sum(persons[g] for g in side)
            left = rest.setdefault(side, total)
            size = _size(entry, total, left)
            rest[side] = left - size
            batches.append(Batch(step.id, side, size))
    order = sorted(terms.plan.rotations, key=lambda r: (r.loaded_leg.depart_s, r.id))
    for side in rest:
        _fill([b for b in batches if b.groups == side], order)
    return batches


def _size(entry: BatchTerms, total: int, left: int) -> int:
    if entry.persons is not None:
        return min(entry.persons.value, left)
    if entry.share is not None:
        return min(int(entry.share.value * total), left)
    return left


def _fill(batches: Sequence[Batch], order: Sequence[Rotation]) -> None:
    at, room = 0, [b.size for b in batches]
    for rotation in order:
        for boarding in rotation.boarding:
            persons = sum(n for g, n in boarding.persons.items() if g in batches[0].groups)
            while persons and at < len(batches):
                part = min(persons, room[at])
                if part:
                    parts = batches[at].parts
                    parts[rotation.id] = parts.get(rotation.id, 0) + part
                room[at] -= part
                persons -= part
                if not room[at]:
                    at += 1
