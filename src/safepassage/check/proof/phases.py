"""Steps that follow on one another at one crossing: when they begin, and who may pass before.

Definitions: ``docs/reference/certificate-format.md``, "Gaps".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safepassage.check.fleet import Kind
from safepassage.check.linked import Batch
from safepassage.check.proof.convoys import Passers, read_passers
from safepassage.check.proof.programme import Programme
from safepassage.check.proof.slots import Interval
from safepassage.check.proof.ways import Ways
from safepassage.terms.places import Direction

__all__ = ["Early", "Phases", "read_phases"]


@dataclass(frozen=True, slots=True)
class Early:
    """Vehicles of one type, or of one place, that can be inspected before the first release."""

    kind: str
    places: frozenset[str]
    number: int
    weight: int
    """Inspection of one, times the largest convoy, and the spacing."""


@dataclass(frozen=True)
class Phases:
    """Steps that follow on one another at one crossing."""

    passers: Passers
    batches: Sequence[Sequence[Batch]]
    """Batches of each step."""
    number: int
    """Vehicles of the type whose gaps are counted."""
    vehicle: str
    seats: Mapping[str, int]
    spacing_s: int
    start_s: int
    open_start: bool
    """Whether the first step begins at the start of the operation, not with a departure."""
    early: tuple[Early, ...]
    room: int
    """Time for those inspected early, times the largest convoy."""
    busy: bool
    """Whether in each step twice as many vehicles of the type pass as there are."""
    open_s: tuple[Interval, ...]
    """When the crossing is open, from ``start_s`` on."""


def read_phases(
    programme: Programme,
    batches: Sequence[Sequence[Batch]],
    within: Interval,
    crossing: str,
    vehicle: str,
) -> Phases | str:
    """Read some steps; or why their people do not all pass the crossing.

    ``within``: when the first of them can depart, and the last second that counts.
    """
    release_s, until_s = within
    ways = programme.ways or Ways(programme.reading)
    groups = {g for step in batches for batch in step for g in batch.groups}
    passers = read_passers(programme, ways, groups, crossing, vehicle)
    if isinstance(passers, str):
        return passers
    kinds = programme.reading.kinds
    number = _total(kinds[vehicle])
    start_s, room = release_s, 0
    early: tuple[Early, ...] = ()
    if release_s == 0:
        start_s, early, room = _Start(programme, ways, passers, crossing).read()
    return Phases(
        passers=passers,
        batches=batches,
        number=number,
        vehicle=vehicle,
        seats={k.id: k.seats for k in kinds.values()},
        spacing_s=programme.reading.convoys.spacing_s,
        start_s=start_s,
        open_start=release_s == 0,
        early=early,
        room=room,
        busy=all(_passing(passers, kinds, step, vehicle) >= 2 * number for step in batches),
        open_s=tuple(
            (max(begin, start_s), end)
            for begin, end in programme.open_time(until_s)[crossing]
            if end > start_s
        ),
    )


def _total(kind: Kind) -> int:
    return sum(n for _, n in kind.counts)


def _passing(
    passers: Passers, kinds: Mapping[str, Kind], step: Sequence[Batch], vehicle: str
) -> int:
    """Return how many vehicles of a type pass in a step at least, as no others carry the rest."""
    passing = 0
    for batch in step:
        cells = [c for c in passers.cells if c.group in batch.groups]
        others = {k for c in cells for k in c.kinds if k != vehicle and _total(kinds[k])}
        again = {k for k in others if not kinds[k].own and not kinds[k].once}
        elsewhere = sum(_total(kinds[k]) * kinds[k].seats for k in others - again)
        elsewhere += sum(c.persons for c in cells if not again.isdisjoint(c.kinds))
        passing += -(-max(0, batch.size - elsewhere) // kinds[vehicle].seats)
    return passing


@dataclass(frozen=True)
class _Start:
    """The beginning of an operation at the crossing."""

    programme: Programme
    ways: Ways
    passers: Passers
    crossing: str

    def read(self) -> tuple[int, tuple[Early, ...], int]:
        """Return when somebody can leave the crossing first, who is inspected before, and the room.

        Nobody of an exchange is released before the other side is there.
        """
        reaches = self.reaches()
        leaves = {}
        for place in {c.place for c in self.passers.cells}:
            crossing, held_s = self.programme.floors.get(place, ("", 0))
            first = min(moment for (p, _), moment in reaches.items() if p == place)
            leaves[place] = max(held_s if crossing == self.crossing else 0, first)
        start_s = min(leaves.values())
        before = {key: moment for key, moment in reaches.items() if moment < start_s}
        if not before:
            return start_s, (), 0
        convoys, kinds = self.programme.reading.convoys, self.programme.reading.kinds
        places = {p for p, _ in before}
        inspected = {k: self.inspection(k) for p, k in reaches if p in places}
        longest = convoys.most * max(inspected.values()) + convoys.spacing_s
        early = []
        for k, seconds in sorted(inspected.items()):
            at = {p for p, kind in reaches if kind == k and p in places}
            weight = convoys.most * seconds + convoys.spacing_s
            if kinds[k].own:
                standing = [(p, n) for p, n in kinds[k].counts if p in at]
                early += [Early(k, frozenset({p}), n, weight) for p, n in standing if n]
            else:
                early.append(Early(k, frozenset(at), _total(kinds[k]), weight))
        room = convoys.most * (start_s - min(before.values()) + longest)
        return start_s, tuple(early), room

    def inspection(self, kind: str) -> int:
        """Return what one vehicle takes at the crossing."""
        return self.programme.reading.inspections[self.crossing, kind, Direction.OUT][0]

    def reaches(self) -> dict[tuple[str, str], int]:
        """Return by place and type, when a vehicle is at the crossing at the earliest."""
        reading = self.programme.reading
        found: dict[tuple[str, str], int] = {}
        yards = {c.place for c in self.passers.cells}
        for cell in (c for c in self.programme.cells if c.place in yards):
            for kind in (reading.kinds[k] for k in cell.kinds if _total(reading.kinds[k])):
                ready = self.ready(kind, cell.place)
                for to in cell.destinations:
                    for corridor in reading.groups[cell.group].corridors:
                        around = self.ways.around(kind, cell.place, to, corridor, self.crossing)
                        if around is not None:
                            moment = ready + around[0]
                            key = cell.place, kind.id
                            found[key] = min(moment, found.get(key, moment))
        return found

    def ready(self, kind: Kind, place: str) -> int:
        """Return when a vehicle of a type has boarded at a place at the earliest."""
        board = self.programme.reading.bay_times[place, kind.id]
        if kind.own:
            return board
        starts = [p for p, n in kind.counts if n]
        empty = [w.whole for s in starts for w in self.ways.fetching(kind, s, place)]
        return board + min(empty, default=0)
