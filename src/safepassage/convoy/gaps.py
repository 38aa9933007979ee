"""Gaps between two passes of a vehicle at a crossing, and the whole convoys that pass in them.

Between two passes of one vehicle lies a round. In that time other convoys pass, whole ones, each of
which has the crossing to itself. Prices of convoys by their size divide what a pass costs over the
vehicles whose gaps it lies in; what a gap takes at least, less these prices, is what a vehicle's
next pass costs. What people are worth at these prices bounds the time of linked steps from below.
Definition and proof: ``docs/reference/certificate-format.md``, "Gaps".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from safepassage.convoy.builder import Floor
from safepassage.convoy.ways import after_crossing, before_crossing, fetches, whole
from safepassage.instance import Batch, Cell, Demand, Interval, Operation, Route, Yard

__all__ = ["Convoy", "Early", "Gaps", "Side", "read_gaps"]

MOST_CONVOYS = 3_000
"""Kinds of convoys beyond which they are not all looked at."""
MOST_UNITS = 500
"""Units of time that the longest gap is counted in, at most."""


@dataclass(frozen=True, slots=True)
class Convoy:
    """A kind of convoy, as it passes the crossing. All times are the least there can be (s)."""

    place: str
    numbers: tuple[tuple[str, int], ...]
    """Vehicles by type."""
    counted: int
    """Those of the type whose gaps are counted."""
    hold: int
    """For how long nobody else passes: its inspections, and the spacing."""
    lag: int
    """From the end of the hold before to this one, of a vehicle that is counted."""
    before: int
    """From the departure of the loaded leg to the crossing."""
    after: int
    """From leaving it to the arrival."""


@dataclass(frozen=True, slots=True)
class Side:
    """People of one side, as many of whom as its batches have together have to pass."""

    cells: tuple[Cell, ...]
    persons: int


@dataclass(frozen=True, slots=True)
class Early:
    """Who can be inspected before anybody of those who are exchanged is released."""

    room: int
    """Seconds for inspections and spacing, times the largest convoy."""
    vehicles: tuple[tuple[str, tuple[str, ...], int, int], ...]
    """Type, places it may come from, number, and seconds times the largest convoy that one
    takes of the room."""


@dataclass(frozen=True)
class Gaps:
    """What the terms make of the passes of some batches at one crossing."""

    crossing: str
    vehicle: str
    number: int
    """Vehicles of the type whose gaps are counted."""
    seats: Mapping[str, int]
    sides: tuple[Side, ...]
    convoys: tuple[Convoy, ...]
    start: int
    """No hold of a pass that counts in full begins before."""
    open_start: bool
    """Whether the first loaded legs may have departed long before the start."""
    early: Early | None
    phases: int
    busy: bool
    """Whether in each phase twice as many vehicles of the type pass as there are."""
    spacing: int
    unit: int
    open: tuple[Interval, ...]
    """When the crossing is open, from the start to the last moment that counts."""

    @cached_property
    def closes(self) -> bool:
        """Whether the crossing is ever closed."""
        return len(self.open) != 1 or self.open[0][0] > self.start

    def elapsed(self, needed: int, lost: int) -> int:
        """When the crossing has been open for so long (s), if each closing makes up for some."""
        moment = self.start
        for begin, end in self.open:
            needed -= lost if begin > moment else 0
            if needed <= end - begin:
                return begin + max(0, needed)
            needed -= end - begin
            moment = end
        return moment

    @cached_property
    def longest(self) -> int:
        """Longest time that gaps are looked at, in units."""
        most = max((c.lag for c in self.convoys if c.counted), default=0)
        return 2 * -(-(most + max(c.hold for c in self.convoys)) // self.unit)

    @cached_property
    def twice(self) -> int:
        """Length of a gap (s) from which on another vehicle may pass twice in it."""
        return self.soonest + 2 * self.shortest

    @cached_property
    def soonest(self) -> int:
        """Least lag of a vehicle that is counted (s)."""
        return min(c.lag for c in self.convoys if c.counted)

    @cached_property
    def shortest(self) -> int:
        """Least hold of a convoy with one (s)."""
        return min(c.hold for c in self.convoys if c.counted)


def read_gaps(
    op: Operation,
    demand: Demand,
    sides: Sequence[Side],
    phases: Sequence[Sequence[Batch]],
    times: Interval,
    floors: Mapping[str, Floor],
) -> Gaps | None:
    """Read the passes of some batches; None where not everybody passes the same crossing.

    Parameters
    ----------
    sides
        Who of each side has to pass.
    phases
        Batches of each step, in the order of the steps.
    times
        Least departure of a loaded leg of the first step, and the end of the time that counts.
    floors
        By assembly point, when convoys are released at an exchange point, at the earliest.
    """
    release, horizon = times
    cells = [c for side in sides for c in side.cells]
    crossing = _crossing(op, cells)
    vehicle = _vehicle(op, cells)
    if crossing is None or vehicle is None:
        return None
    convoys = _Convoys(op, demand, cells, crossing, vehicle).read()
    if not any(c.counted for c in convoys):
        return None
    shortest = min(c.hold for c in convoys)
    longest = 2 * max(c.lag + c.hold for c in convoys)
    common = math.gcd(*(c.hold for c in convoys))
    unit = common * -(-longest // (common * MOST_UNITS)) if common else 0
    if not 0 < unit <= shortest:
        # Convoys take no time at the crossing, or hardly any.
        return None
    start, early = release, None
    if release == 0:
        start, early = _exchanged(op, demand, cells, crossing, floors)
    until = op.timeline.crossing_open(crossing, horizon)
    return Gaps(
        crossing,
        vehicle,
        op.kind(vehicle).total,
        {k.id: k.seats for k in op.kinds},
        tuple(sides),
        convoys,
        start,
        release == 0,
        early,
        len(phases),
        all(_needed(op, cells, phase, vehicle) >= 2 * op.kind(vehicle).total for phase in phases),
        op.spacing,
        unit,
        tuple((max(a, start), b) for a, b in until if b > start),
    )


def _legs(op: Operation, cell: Cell) -> Iterator[tuple[Route, str]]:
    """Yield ways out of a cell's people, each with the types that can take them."""
    for to in cell.destinations:
        for route in op.carry.get((cell.place, to), ()):
            if route.corridor in cell.corridors:
                for kind in cell.kinds:
                    if op.kind(kind).total:
                        yield route, kind


def _crossing(op: Operation, cells: Sequence[Cell]) -> str | None:
    """The crossing that all of them pass once, whatever way they go; the slowest of several."""
    common: set[str] | None = None
    for c in cells:
        routes = {route for route, _ in _legs(op, c)}
        if not routes:
            return None
        for route in routes:
            once = {x for x in route.crossings if route.crossings.count(x) == 1}
            common = once if common is None else common & once
    least = {c.id: max(c.out.values()) for c in op.crossings}
    return max(sorted(common or ()), key=lambda c: least[c], default=None)


def _vehicle(op: Operation, cells: Sequence[Cell]) -> str | None:
    """The type that has to go most often, where everybody takes the one that carries most."""
    at_once = {k.id: k.seats * k.total for k in op.kinds if _again(op, k.id) and k.seats}
    rounds: dict[str, float] = {}
    for c in cells:
        kind = max(
            (k for k in sorted(c.kinds) if k in at_once), key=at_once.__getitem__, default=""
        )
        if kind:
            rounds[kind] = rounds.get(kind, 0.0) + c.persons / at_once[kind]
    return max(sorted(rounds), key=rounds.__getitem__, default=None)


def _needed(op: Operation, cells: Sequence[Cell], phase: Sequence[Batch], vehicle: str) -> int:
    """How many vehicles of a type pass in a phase, at least."""
    seats = op.kind(vehicle).seats
    needed = 0
    for batch in phase:
        mine = [c for c in cells if c.group in batch.groups]
        kinds = {k for c in mine for k in c.kinds}
        once = [op.kind(k) for k in kinds - {vehicle} if not _again(op, k)]
        else_ = sum(k.total * k.seats for k in once)
        else_ += sum(c.persons for c in mine if any(_again(op, k) for k in {*c.kinds} - {vehicle}))
        needed += -(-max(0, batch.persons - else_) // seats)
    return needed


def _again(op: Operation, kind: str) -> bool:
    """Whether vehicles of a type make more than one journey."""
    return op.kind(kind).returns and not op.kind(kind).own and op.kind(kind).total > 0


@dataclass(frozen=True)
class _Way:
    """A way out, from the departure to the crossing and from there on."""

    crossings: tuple[str, ...]
    """Those before."""
    drives: Mapping[str, int]
    """By type, up to the crossing."""
    tails: Mapping[str, int]
    """By type, from leaving it to the arrival."""


@dataclass(frozen=True)
class _Convoys:
    """Kinds of convoys that people of some cells can be in."""

    op: Operation
    demand: Demand
    cells: Sequence[Cell]
    crossing: str
    vehicle: str

    def read(self) -> tuple[Convoy, ...]:
        """All kinds of convoys, none where they are too many."""
        found: list[Convoy] = []
        for place in dict.fromkeys(c.place for c in self.cells):
            kinds = self._kinds(place)
            most = [min(self.op.convoy_most, self.op.kind(k).total) for k in kinds]
            if math.prod(m + 1 for m in most) > 20 * MOST_CONVOYS:
                return ()
            for numbers in product(*(range(m + 1) for m in most)):
                if self.op.convoy_least <= sum(numbers) <= self.op.convoy_most:
                    made = self._convoy(place, dict(zip(kinds, numbers, strict=True)))
                    found.append(made)
            if len(found) > MOST_CONVOYS:
                return ()
        return tuple(found)

    def _kinds(self, place: str) -> list[str]:
        """Types that may be in a convoy from a place, whether they carry anybody or not."""
        here = [c for c in self.demand.cells if c.place == place]
        return [
            k.id
            for k in self.op.kinds
            if k.total and k.seats and any(k.id in c.kinds for c in here)
        ]

    def _convoy(self, place: str, numbers: Mapping[str, int]) -> Convoy:
        op = self.op
        sizes = tuple((k, n) for k, n in numbers.items() if n)
        hold = self._inspected(self._out[self.crossing], sizes) + op.spacing
        counted = numbers.get(self.vehicle, 0)
        # A convoy goes as fast as the slowest in it.
        before = min(
            max(way.drives[k] for k, _ in sizes)
            + sum(self._inspected(self._out[x], sizes) for x in way.crossings)
            for way in self._ways[place]
        )
        lag = 0
        if counted:
            # Own vehicles stand there, the others come together.
            came = tuple((k, n) for k, n in sizes if not op.kind(k).own)
            lag = self._returned + self._fetched(place, came) + self._boarded(place, came)
            lag = max(0, lag + before - op.spacing)
        after = min(max(way.tails[k] for k, _ in sizes) for way in self._ways[place])
        return Convoy(place, sizes, counted, hold, lag, before, after)

    @staticmethod
    def _inspected(times: Mapping[str, int], sizes: Iterable[tuple[str, int]]) -> int:
        return sum(times[k] * n for k, n in sizes)

    @cached_property
    def _out(self) -> dict[str, Mapping[str, int]]:
        return {c.id: c.out for c in self.op.crossings}

    @cached_property
    def _ways(self) -> dict[str, list[_Way]]:
        """Ways out from each place that people who count may go."""
        found: dict[str, dict[Route, None]] = {}
        for c in self.cells:
            found.setdefault(c.place, {}).update((route, None) for route, _ in _legs(self.op, c))
        return {
            place: [self._way(route, self._kinds(place)) for route in routes]
            for place, routes in found.items()
        }

    def _way(self, route: Route, kinds: Sequence[str]) -> _Way:
        op, at = self.op, route.crossings.index(self.crossing)
        up_to = route.segments[: at + 1]
        drives = {k: sum(op.least_drive(s, k) for s in up_to) for k in kinds}
        tails = {k: after_crossing(op, route, k, self.crossing) for k in kinds}
        return _Way(route.crossings[:at], drives, tails)

    @cached_property
    def _used(self) -> set[tuple[str, str]]:
        """Between which places vehicles that are counted may go loaded."""
        cells = self.demand.cells
        return {(c.place, d) for c in cells if self.vehicle in c.kinds for d in c.destinations}

    @cached_property
    def _returned(self) -> int:
        """From leaving the crossing to having unloaded."""
        op, kind = self.op, self.vehicle
        unload = {d.id: d.handling[kind] for d in op.reception}
        return min(
            after_crossing(op, route, kind, self.crossing) + unload[route.end]
            for c in self.cells
            for route, _ in _legs(op, c)
            if (c.place, route.end) in self._used
        )

    def _fetched(self, place: str, sizes: Sequence[tuple[str, int]]) -> int:
        """Empty leg of the whole convoy."""
        return min(
            (
                drive + sum(self._inspected(times, sizes) for times in crossings)
                for drive, crossings in self._fetching[place]
            ),
            default=0,
        )

    @cached_property
    def _fetching(self) -> dict[str, list[tuple[int, list[Mapping[str, int]]]]]:
        """Empty legs to each place: drive, and inspections at its crossings."""
        op = self.op
        back = {c.id: c.back for c in op.crossings}
        served = {d for _, d in self._used}
        found: dict[str, list[tuple[int, list[Mapping[str, int]]]]] = {p: [] for p in self._ways}
        for (d, a), routes in op.fetch.items():
            for route in routes if a in found and d in served else ():
                drive = sum(op.least_drive(s, self.vehicle) for s in route.segments)
                found[a].append((drive, [back[x] for x in route.crossings]))
        return found

    def _boarded(self, place: str, sizes: Sequence[tuple[str, int]]) -> int:
        """Least time in which all board: some bay has as many as there are turns."""
        yard = self._yards[place]
        seconds = [(yard.handling[k], n) for k, n in sizes]
        return max(s * -(-sum(n for x, n in seconds if x >= s) // yard.bays) for s, _ in seconds)

    @cached_property
    def _yards(self) -> dict[str, Yard]:
        return {a.id: a for a in self.op.assembly}


def _exchanged(
    op: Operation,
    demand: Demand,
    cells: Sequence[Cell],
    crossing: str,
    floors: Mapping[str, Floor],
) -> tuple[int, Early | None]:
    """When the first of them can leave the crossing, and who can be inspected before."""
    reach: dict[tuple[str, str], int] = {}
    for c in (c for c in demand.cells if c.place in {x.place for x in cells}):
        for route, kind in _legs(op, c):
            if crossing in route.crossings:
                moment = _ready(op, c.place, kind) + before_crossing(op, route, kind, crossing)
                reach[c.place, kind] = min(moment, reach.get((c.place, kind), moment))
    leaves = []
    for place in {c.place for c in cells}:
        floor = floors.get(place)
        held = floor.moment if floor is not None and floor.crossing == crossing else 0
        leaves.append(max(held, min(m for (p, _), m in reach.items() if p == place)))
    start = min(leaves)
    soon = {key: moment for key, moment in reach.items() if moment < start}
    if not soon:
        return start, None
    out = next(c.out for c in op.crossings if c.id == crossing)
    places = {p for p, _ in soon}
    longest = max(out[k] for p, k in reach if p in places)
    room = start - min(soon.values()) + op.convoy_most * longest + op.spacing
    vehicles: list[tuple[str, tuple[str, ...], int, int]] = []
    for k in op.kinds:
        at = tuple(sorted(p for p, x in reach if x == k.id and p in places))
        weight = op.convoy_most * out[k.id] + op.spacing
        if k.own:
            counts = dict(k.counts)
            vehicles += [(k.id, (p,), counts.get(p, 0), weight) for p in at]
        elif at:
            vehicles.append((k.id, at, k.total, weight))
    return start, Early(op.convoy_most * room, tuple(v for v in vehicles if v[2]))


def _ready(op: Operation, place: str, kind: str) -> int:
    """Least moment at which a vehicle of a type has boarded at a place."""
    k = op.kind(kind)
    board = next(a.handling[kind] for a in op.assembly if a.id == place)
    near = fetches(op, place, kind, {p for p, n in k.counts if n})
    return board + (0 if k.own else whole(near))
