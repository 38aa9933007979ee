"""The programme of a proposal: who takes part, what moves where, and how long it takes at least.

What is here does not depend on a grid; a certificate adds one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from safepassage.check.drives import Drives
from safepassage.check.fleet import Kind
from safepassage.check.hours import SECOND, Hours
from safepassage.check.proof.demand import Cell, Entry, merged_entries, read_capacities, read_cells
from safepassage.check.proof.slots import Interval
from safepassage.check.proof.ways import Way, Ways
from safepassage.check.reading import Reading
from safepassage.check.windows import read_windows
from safepassage.terms.places import AssemblyPoint, ReceptionPoint

__all__ = ["Fleet", "Programme", "latest_in_time", "read_programme"]


@dataclass(frozen=True, slots=True)
class Fleet:
    """The vehicles of one type that take part, and the ways they can go."""

    kind: Kind
    number: int
    starts: dict[str, int]
    """Vehicles by the place where they stand at first."""
    serves: frozenset[tuple[str, str]]
    """Assembly and reception points between which the type takes part."""
    fetching: tuple[Way, ...]
    carrying: tuple[Way, ...]
    boarding: dict[str, int]
    unloading: dict[str, int]

    @property
    def returns(self) -> bool:
        """Whether its vehicles make more than one journey."""
        return not self.kind.once

    @property
    def places(self) -> tuple[str, ...]:
        """Assembly points at which it takes part, in order."""
        return tuple(sorted({a for a, _ in self.serves}))

    @property
    def receptions(self) -> tuple[str, ...]:
        """Reception points to which it takes part, in order."""
        return tuple(sorted({d for _, d in self.serves}))

    @property
    def circle_s(self) -> int:
        """Least time from an event to the next one of its sort, by the same vehicle."""
        bays = min(self.boarding.values(), default=0) + min(self.unloading.values(), default=0)
        return _least_leg(self.fetching) + _least_leg(self.carrying) + bays

    @property
    def leg_s(self) -> int:
        """Least time of any leg, at least a second."""
        return max(1, _least_leg(self.fetching + self.carrying))


def _least_leg(ways: Sequence[Way]) -> int:
    return min((w.lead + w.tail for w in ways), default=0)


@dataclass(slots=True)
class Programme:
    """What the terms make of any certificate."""

    reading: Reading
    fleets: tuple[Fleet, ...]
    sources: tuple[str, ...]
    """Places from which empty vehicles come."""
    cells: tuple[Cell, ...]
    capacities: dict[str, int]
    vehicles: int
    """Vehicles of the whole fleet."""
    boards_s: dict[str, int]
    """By assembly point, the least boarding time of any vehicles that may need a bay there."""
    released: bool = False
    """Whether it is of one batch from its release on: vehicles stand boarded anywhere at first."""
    floors: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By assembly point: a crossing, and when convoys from there can be released at the earliest.
    Then vehicles stand ready anywhere at first."""
    ways: Ways | None = None
    _on: dict[str, int] = field(default_factory=dict)
    _open: dict[int, dict[str, tuple[Interval, ...]]] = field(default_factory=dict)

    @property
    def bays(self) -> dict[str, int]:
        """By assembly point, how many vehicles board at once."""
        places = self.reading.places.values()
        return {p.id: p.bays.value for p in places if isinstance(p, AssemblyPoint)}

    @property
    def has_convoys(self) -> bool:
        """Whether convoys are counted."""
        convoys = self.reading.convoys
        return convoys.most > 1 or convoys.spacing_s > 0

    @property
    def keys(self) -> tuple[str, ...]:
        """Key crossings of loaded legs, in order."""
        ways = (way for fleet in self.fleets for way in fleet.carrying)
        return tuple(sorted({way.key for way in ways if way.key is not None}))

    def keys_of(self, *, own: bool) -> tuple[str, ...]:
        """Return those of own vehicles, or of all others: they are not in one convoy."""
        fleets = [fleet for fleet in self.fleets if fleet.kind.own == own]
        return tuple(sorted({w.key for f in fleets for w in f.carrying if w.key is not None}))

    @property
    def escorted(self) -> int | None:
        """Most vehicles that escorts can go with at once, or None where nothing limits them."""
        escorts = self.reading.escorts
        if escorts.clause_id is None or escorts.teams is None:
            return None
        return escorts.teams * self.reading.convoys.most

    @property
    def teams_on(self) -> dict[str, int]:
        """By place where a rotation begins, a team's least drive there from any arrival."""
        if not self._on:
            begins = {w.start for f in self.fleets for w in f.fetching}
            begins |= {a for f in self.fleets if f.kind.own for a in f.places}
            ends = {w.end for f in self.fleets for w in f.carrying}
            drives, node = Drives(self.reading.network), self.reading.places
            for p in begins:
                found = [drives.seconds(node[d].node, node[p].node) for d in ends]
                self._on[p] = min((s for s in found if s is not None), default=0)
        return self._on

    def begins_anywhere(self, fleet: Fleet) -> bool:
        """Whether a type's vehicles may stand ready at any place at first."""
        return not fleet.kind.own and any(a in self.floors for a in fleet.places)

    def arrival_floor(self, fleet: Fleet, way: Way) -> int:
        """Least moment at which a loaded leg arrives, by the release of its convoy."""
        floor = self.floors.get(way.start)
        if floor is None or self.ways is None or way.corridor is None:
            return 0
        crossing, moment = floor
        around = self.ways.around(fleet.kind, way.start, way.end, way.corridor, crossing)
        return moment + (around[1] if around else 0)

    def inspected_within(self, crossing: str, by_s: int) -> Interval:
        """From when to when loaded legs with this key crossing are inspected, to arrive by then.

        The first has an empty leg and boarding before it, unless vehicles stand boarded.
        """
        begins, tails = [], []
        for fleet in self.fleets:
            for way in (w for w in fleet.carrying if w.key == crossing):
                begin = way.lead - way.key_s
                if not self.released:
                    begin += fleet.boarding[way.start]
                    if not fleet.kind.own:
                        empty = (w.whole for w in fleet.fetching if w.end == way.start)
                        begin += min(empty, default=0)
                begins.append(begin)
                tails.append(way.tail)
        return min(begins), by_s - min(tails)

    def entries(self, *, merged: bool) -> tuple[Entry, ...]:
        """Return the people; merged, those who must go the same way are counted as one."""
        if merged:
            return merged_entries(self.cells, self.reading.kinds, self.capacities)
        return tuple(Entry(cell.options, cell.persons) for cell in self.cells)

    def open_time(self, until_s: int) -> dict[str, tuple[Interval, ...]]:
        """Open time of the crossings, in extended time, from the start to a last second."""
        if until_s not in self._open:
            reading = self.reading
            windows = read_windows(reading.case, reading.proposal, reading.start, until_s)
            self._open[until_s] = {
                crossing: _whole(hours, until_s)
                for crossing, (hours, _) in windows.crossings.items()
            }
        return self._open[until_s]


def _whole(hours: Hours, until_s: int) -> tuple[Interval, ...]:
    spans = ((max(0, -(-x // SECOND)), y // SECOND) for x, y in hours.spans)
    return tuple((x, y) for x, y in spans if x <= min(y, until_s))


def latest_in_time(reading: Reading) -> int | None:
    """Return the latest moment at which anyone can be in time, or None if it is never late."""
    limits = []
    for group in reading.groups.values():
        if any(group.people.values()):
            stated = group.deadline_s, reading.window_end_s
            limits.append(min((s for s in stated if s is not None), default=None))
    known = [limit for limit in limits if limit is not None]
    return max(known) if known and len(known) == len(limits) else None


def read_programme(reading: Reading, within: Interval | None = None) -> Programme:
    """Read the programme of a proposal at the count of the reading.

    Where all drives begin ``within`` some time, conditions that are in force all through it count.
    """
    cells = read_cells(reading)
    ways = Ways(reading, within)
    sources = _sources(reading)
    fleets = []
    for kind in reading.kinds.values():
        serves = {
            (cell.place, d) for cell in cells if kind.id in cell.kinds for d in cell.destinations
        }
        if kind.seats > 0 and any(n for _, n in kind.counts) and serves:
            fleets.append(_fleet(reading, ways, kind, serves, (cells, sources)))
    return Programme(
        reading=reading,
        fleets=tuple(fleets),
        sources=sources,
        cells=cells,
        capacities=read_capacities(reading),
        vehicles=sum(n for kind in reading.kinds.values() for _, n in kind.counts),
        boards_s=_boards(reading, cells),
        ways=ways,
    )


def _boards(reading: Reading, cells: Sequence[Cell]) -> dict[str, int]:
    found: dict[str, int] = {}
    for cell in cells:
        for kind in (reading.kinds[k] for k in cell.kinds):
            if not kind.own and any(n for _, n in kind.counts):
                seconds = reading.bay_times[cell.place, kind.id]
                found[cell.place] = min(seconds, found.get(cell.place, seconds))
    return found


def _sources(reading: Reading) -> tuple[str, ...]:
    starts = {
        place
        for kind in reading.kinds.values()
        if not kind.own
        for place, number in kind.counts
        if number
    }
    return tuple(
        p.id
        for p in reading.places.values()
        if isinstance(p, ReceptionPoint) or (p.id in starts and not isinstance(p, AssemblyPoint))
    )


def _fleet(
    reading: Reading,
    ways: Ways,
    kind: Kind,
    serves: set[tuple[str, str]],
    given: tuple[tuple[Cell, ...], tuple[str, ...]],
) -> Fleet:
    cells, sources = given
    starts: dict[str, int] = {}
    for place, number in kind.counts:
        if number:
            starts[place] = starts.get(place, 0) + number
    places = sorted({a for a, _ in serves})
    begins = () if kind.own else [s for s in sources if s in starts or not kind.once]
    fetching = [w for s in begins for a in places for w in ways.fetching(kind, s, a)]
    carrying: list[Way] = []
    for a, d in sorted(serves):
        going = {c.group for c in cells if c.place == a and d in c.destinations}
        corridors = [
            c.id
            for c in reading.case.corridors
            if any(c.id in reading.groups[g].corridors for g in going)
        ]
        carrying += ways.carrying(kind, a, d, corridors)
    return Fleet(
        kind=kind,
        number=sum(starts.values()),
        starts=starts,
        serves=frozenset(serves),
        fetching=tuple(fetching),
        carrying=tuple(carrying),
        boarding={a: reading.bay_times[a, kind.id] for a in places},
        unloading={d: reading.bay_times[d, kind.id] for _, d in serves},
    )
