"""Linked steps as the checker reads them, and who of a plan is in which batch.

Definitions: ``docs/design/convoy-model.md``, "Linked steps".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction

from safepassage.check.reading import Reading
from safepassage.plan.document import Plan, Rotation
from safepassage.terms.clauses import Batch as BatchTerms
from safepassage.terms.clauses import LinkedClause

__all__ = ["Batch", "Linked", "Part", "read_linked"]


@dataclass(frozen=True, slots=True)
class Part:
    """People of one batch in one vehicle."""

    rotation: Rotation
    persons: int

    @property
    def depart_s(self) -> int:
        """Departure of the loaded leg."""
        return self.rotation.loaded_leg.depart_s

    @property
    def arrive_s(self) -> int:
        """Arrival of the loaded leg."""
        return self.rotation.loaded_leg.arrive_s


@dataclass(slots=True)
class Batch:
    """A batch, and the parts of the plan's convoys that it is carried in."""

    step: str
    groups: frozenset[str]
    size: int
    parts: list[Part] = field(default_factory=list)

    @property
    def carried(self) -> int:
        """People carried."""
        return sum(part.persons for part in self.parts)

    def among(self, groups: Collection[str]) -> bool:
        """Tell whether a rule that names these groups speaks of the batch; no groups means all."""
        return not groups or not self.groups.isdisjoint(groups)


@dataclass(frozen=True, slots=True)
class Linked:
    """One linked clause with its batches, in the order told."""

    clause: LinkedClause
    batches: tuple[Batch, ...]
    known: dict[str, int | None] = field(default_factory=dict, repr=False)
    """When each step is over, as far as it is reckoned."""

    def of_step(self, step_id: str) -> list[Batch]:
        """Batches of a step."""
        return [b for b in self.batches if b.step == step_id]

    def whole(self, batches: Collection[Batch]) -> bool:
        """Tell whether all of them are carried, as far as the clause asks for that."""
        return self.clause.partial == "goes_on" or all(b.carried >= b.size for b in batches)

    def over_s(self, step_id: str, groups: Collection[str] = ()) -> int | None:
        """When a step is over, or its batches with some groups; None where it never is."""
        batches = [b for b in self.of_step(step_id) if b.among(groups)]
        own = max((part.arrive_s for b in batches for part in b.parts), default=0)
        step = next(s for s in self.clause.steps if s.id == step_id)
        overs = self._overs()
        before = [overs[name] for name in step.after]
        known = [moment for moment in before if moment is not None]
        if len(known) < len(before) or not self.whole(batches):
            return None
        return max([own, *known])

    def _overs(self) -> dict[str, int | None]:
        """When every step is over; steps wait in no circle, so what they wait for comes first."""
        if self.known:
            # While they are reckoned, only those that are known are asked for.
            return self.known
        waits = {step.id: set(step.after) for step in self.clause.steps}
        while waits:
            for step_id in [s for s, names in waits.items() if names <= self.known.keys()]:
                del waits[step_id]
                self.known[step_id] = None
                self.known[step_id] = self.over_s(step_id)
        return self.known


def read_linked(reading: Reading, plan: Plan | None = None) -> list[Linked]:
    """Read every linked clause of the proposal; with a plan, put its people into the batches."""
    return [
        Linked(clause, _filled(_batches(reading, clause), plan))
        for clause in reading.proposal.clauses
        if isinstance(clause, LinkedClause)
    ]


def _batches(reading: Reading, clause: LinkedClause) -> list[Batch]:
    """Sizes of all batches, in the order told; a side is counted with those who refuse."""
    totals: dict[frozenset[str], int] = {}
    rest: dict[frozenset[str], int] = {}
    batches = []
    for step in clause.steps:
        for terms in step.batches:
            side = frozenset(terms.groups)
            if side not in totals:
                totals[side] = rest[side] = sum(
                    g.persons.at(reading.level).value for g in reading.case.groups if g.id in side
                )
            size = _size(terms, totals[side], rest[side])
            rest[side] -= size
            batches.append(Batch(step.id, side, size))
    return batches


def _size(terms: BatchTerms, total: int, rest: int) -> int:
    if terms.persons is not None:
        return min(terms.persons.value, rest)
    if terms.share is not None:
        exact: Fraction = terms.share.value * total
        return min(int(exact), rest)
    return rest


def _filled(batches: list[Batch], plan: Plan | None) -> tuple[Batch, ...]:
    """Fill the batches of each side in order, by the departures of those who are carried."""
    if plan is None:
        return tuple(batches)
    order = sorted(plan.rotations, key=lambda r: (r.loaded_leg.depart_s, r.id))
    for side in dict.fromkeys(b.groups for b in batches):
        open_ = [b for b in batches if b.groups == side]
        room = [b.size for b in open_]
        for rotation in order:
            for boarding in rotation.boarding:
                persons = sum(n for group, n in boarding.persons.items() if group in side)
                while persons and open_:
                    part = min(persons, room[0])
                    if part:
                        open_[0].parts.append(Part(rotation, part))
                    room[0] -= part
                    persons -= part
                    if not room[0]:
                        room.pop(0)
                        open_.pop(0)
    return tuple(batches)
