"""The bound that a certificate proves, in whole numbers (``docs/reference/certificate-format.md``).

Weak duality: for any multipliers ``p``, at least 0 in rows with "at most", the optimum of the
programme is at most ``p`` times the limits, plus what each column gains beyond its price times its
upper end. Nothing is solved here and nothing is believed: the rows and columns are those of the
terms, and a bad multiplier only gives a weaker bound.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

from safepassage.check.fleet import Kind
from safepassage.check.hours import SECOND
from safepassage.check.bound.form import Certificate
from safepassage.check.bound.multipliers import Multipliers
from safepassage.check.bound.people import Entry, Option, cells, entries, options_at
from safepassage.check.bound.ways import Way, Ways
from safepassage.check.reading import Reading
from safepassage.terms.places import AssemblyPoint, ReceptionPoint

__all__ = ["most_people"]


def most_people(reading: Reading, certificate: Certificate) -> tuple[int, int]:
    """Evaluate a certificate.

    Returns
    -------
    bound, asked
        People out by ``by_s`` at most, times the scale; and the people (in full vehicles, where
        the claim is about all) that the programme asks for.

    Raises
    ------
    MalformedError
        If a multiplier is of a wrong form or belongs to no row.
    """
    return _Evaluation(reading, certificate).run()


class _Evaluation:
    def __init__(self, reading: Reading, certificate: Certificate) -> None:
        self.reading = reading
        self.by = certificate.by_s
        self.bays = certificate.bays
        self.scale = certificate.scale
        self.whole = certificate.claim == "clearance-at-least"
        self.grid = list(certificate.grid)
        self.slots = len(self.grid) - 1
        self.p = Multipliers(certificate.multipliers)
        self.ways = Ways(reading)
        self.total = 0
        self.served = options_at(reading)
        self.least = reading.convoys.least
        self.most = reading.convoys.most
        self.spacing = reading.convoys.spacing_s
        self.fleet = sum(n for k in reading.kinds.values() for _, n in k.counts)
        self.fetches: dict[str, list[Way]] = {}
        self.carries: dict[str, list[Way]] = {}
        self.chains: dict[str, dict[Way, int]] = {}
        self.capacity: dict[tuple[str, str], list[int]] = {}
        self.motion: list[int] | None = None
        self._taken: dict[int, list[int]] = {}
        self._given: dict[int, list[int]] = {}

    def run(self) -> tuple[int, int]:
        kinds = [k for k in self.reading.kinds.values() if self._takes_part(k)]
        for kind in kinds:
            self._find_ways(kind)
        self._capacities(kinds)
        self._motion()
        convoys = self._convoys(kinds)
        seats = {o: self.p.single(f"seats/{'/'.join(o)}") for o in sorted(self.served)}
        in_time = self._rotations(kinds, convoys)
        for kind in kinds:
            self._events(kind, seats, in_time)
        asked = self._people(seats)
        self.p.finish()
        return self.total, asked

    # --- what takes part ---

    def _count(self, kind: Kind) -> int:
        return sum(n for _, n in kind.counts)

    def _takes_part(self, kind: Kind) -> bool:
        named = any(o[1] == kind.id for o in self.served)
        return named and self._count(kind) > 0 and kind.seats > 0

    def _places(self, kind: Kind) -> list[str]:
        return sorted({a for a, k, _ in self.served if k == kind.id})

    def _find_ways(self, kind: Kind) -> None:
        places = self._places(kind)
        sources = self.ways.sources() if not kind.once else sorted({p for p, _ in kind.counts})
        self.fetches[kind.id] = (
            []
            if kind.own
            else [w for s in sources for a in places for w in self.ways.fetch(s, a, kind.id)]
        )
        self.carries[kind.id] = [
            w
            for a, k, d in sorted(self.served)
            if k == kind.id
            for w in self.ways.carry(a, d, kind.id)
        ]

    # --- time ---

    def _open(self, crossing: str) -> list[tuple[int, int]]:
        """Extended open intervals in whole seconds, within the grid."""
        spans = []
        for begin, end in self.reading.windows.crossings[crossing][0].spans:
            x, y = max(0, -(-begin // SECOND)), min(end // SECOND, self.grid[-1] + 1)
            if x < y:
                spans.append((x, y))
        return spans

    def taken(self, lag: int) -> list[int]:
        """For each slot the first grid index at or after its end less the lag; -1 for none."""
        if lag not in self._taken:
            grid = self.grid
            self._taken[lag] = [bisect_left(grid, g - lag) if g >= lag else -1 for g in grid[1:]]
        return self._taken[lag]

    def given(self, lag: int) -> list[int]:
        """For each slot the first grid index after its beginning plus the lag; -1 for none."""
        if lag not in self._given:
            grid = self.grid
            found = (bisect_right(grid, g + lag) for g in grid[:-1])
            self._given[lag] = [i if i < len(grid) else -1 for i in found]
        return self._given[lag]

    def _open_slots(self, way: Way) -> list[int]:
        if way.key is None:
            return list(range(self.slots))
        grid = self.grid
        found: set[int] = set()
        for x, y in self._open(way.key):
            first = bisect_left(grid, x + way.inspect)
            last = bisect_left(grid, y)
            for j in range(max(0, first - 1), min(last, self.slots)):
                if grid[j + 1] >= x + way.inspect and grid[j] < y and grid[j + 1] > x:
                    found.add(j)
        return sorted(found)

    # --- limits of crossings and bays ---

    def _capacities(self, kinds: list[Kind]) -> None:
        passing: dict[tuple[str, str], set[int]] = defaultdict(set)
        for kind in kinds:
            for name, found in (("in", self.fetches), ("out", self.carries)):
                for way in found[kind.id]:
                    if way.key is not None and way.inspect:
                        passing[way.key, name].add(way.inspect)
        for (crossing, name), times in sorted(passing.items()):
            prices = [0] * (self.slots + 1)
            spans = self._open(crossing)
            for first, last, p in self.p.ranges(f"capacity/{crossing}/{name}", self.slots - 1):
                begin, end = self.grid[first], self.grid[last + 1]
                self.total += p * _completions(spans, begin, end, min(times))
                prices[first] += p
                prices[last + 1] -= p
            self.capacity[crossing, name] = _sums(prices)[: self.slots]
        if self.bays:
            self._bay_capacities(kinds)

    def _bay_capacities(self, kinds: list[Kind]) -> None:
        for place in self.reading.places.values():
            if not isinstance(place, AssemblyPoint | ReceptionPoint):
                continue
            name = "board" if isinstance(place, AssemblyPoint) else "unload"
            times = [
                self.reading.bay_times[place.id, k.id]
                for k in kinds
                if not k.own and (name == "board" or not k.once)
            ]
            times = [t for t in times if t]
            rows = self.p.ranges(f"{name}/{place.id}", self.slots - 1) if times else []
            prices = [0] * (self.slots + 1)
            for first, last, p in rows:
                length = self.grid[last + 1] - self.grid[first]
                self.total += p * place.bays.value * -(-length // min(times))
                prices[first] += p
                prices[last + 1] -= p
            self.capacity[name, place.id] = _sums(prices)[: self.slots]

    def _motion(self) -> None:
        teams = self.reading.escorts.teams if self.reading.escorts.clause_id else None
        if teams is None or teams * self.most >= self.fleet:
            return
        upper = teams * self.most
        self.motion = self.p.series("motion", self.slots + 1, signed=True)
        for here, after in zip(self.motion, [*self.motion[1:], 0], strict=True):
            reduced = after - here
            self.total += reduced * upper if reduced > 0 else -reduced * self.fleet

    # --- convoys, rotations, escorts ---

    def _convoys(self, kinds: list[Kind]) -> dict[str, list[int]]:
        """Prices by key crossing: of an event in time, of its inspection second, of a convoy."""
        prices: dict[str, list[int]] = {}
        if self.most == 1 and self.spacing == 0:
            return prices
        keys = {w.key for k in kinds for w in self.carries[k.id] if w.key is not None}
        for crossing in sorted(keys):
            fewest = self.p.single(f"convoys-least/{crossing}")
            fullest = self.p.single(f"convoys-most/{crossing}")
            spacing = self.p.single(f"spacing/{crossing}")
            seconds = sum(min(y, self.by) - x for x, y in self._open(crossing) if x < self.by)
            self.total += spacing * (seconds + self.spacing)
            convoy = self.least * fewest - self.most * fullest + self.spacing * spacing
            prices[crossing] = [fullest - fewest, spacing, convoy]
        return prices

    def _rotations(
        self, kinds: list[Kind], convoys: dict[str, list[int]]
    ) -> dict[tuple[str, Way], int]:
        """Price of each carry way's event in time, from all rows that hold such events."""
        price: dict[tuple[str, Way], int] = {}
        escorts = 0
        teams = self.reading.escorts.teams if self.reading.escorts.clause_id else None
        if teams is not None:
            escorts = self.p.single("escorts")
            self.total += escorts * teams * self.most * self.by
        for kind in kinds:
            if not kind.own and not kind.once and self.carries[kind.id]:
                self._kind_rotations(kind, convoys, price)
            for way in self.carries[kind.id]:
                fetched = (
                    0
                    if kind.own
                    else _least([w for w in self.fetches[kind.id] if w.end == way.start])
                )
                board = self.reading.bay_times[way.start, kind.id]
                total = price.get((kind.id, way), 0) + escorts * (fetched + board + way.whole)
                if way.key in convoys:
                    event, second, _ = convoys[way.key]
                    total += event + second * way.inspect
                price[kind.id, way] = total
        top = self.fleet * (1 + self.by)
        for _, _, convoy in convoys.values():
            self.total += max(0, -convoy) * top
        return price

    def _kind_rotations(
        self,
        kind: Kind,
        convoys: dict[str, list[int]],
        price: dict[tuple[str, Way], int],
    ) -> None:
        times = self.reading.bay_times
        back = {d for _, k, d in self.served if k == kind.id}
        starts = {p for p, n in kind.counts if n}
        fetches = self.fetches[kind.id]
        near = {
            a: [w for w in fetches if w.end == a and w.start in back] for a in self._places(kind)
        }
        first = max(
            _least(near[a]) - _least([w for w in fetches if w.end == a and w.start in starts])
            for a in near
        )
        reception = [p.id for p in self.reading.places.values() if isinstance(p, ReceptionPoint)]
        spare = max((times[d, kind.id] for d in reception), default=0) + max(0, first)
        limit = self._count(kind) * (self.by + spare)
        squared: dict[str | None, int] = {None: 0}
        for w in self.carries[kind.id]:
            own = w.inspections + min((f.inspections for f in near[w.start]), default=0)
            squared[w.key] = min(squared.get(w.key, own), own) if w.key else 0
        whole = self.p.single(f"whole/{kind.id}")
        rows = [
            (v, self.p.single(f"rotations/{kind.id}/{v}"))
            for v in (range(self.least - 1, self.most) if convoys else ())
        ]
        self.total += (whole + sum(p for _, p in rows)) * limit
        for w in self.carries[kind.id]:
            handled = times[w.start, kind.id] + times[w.end, kind.id]
            drive = min((f.drive for f in near[w.start]), default=0) + w.drive + handled
            price[kind.id, w] = whole * (_least(near[w.start]) + handled + w.whole) + sum(
                p * (drive + (2 * v + 1) * squared[w.key]) for v, p in rows
            )
        for crossing, prices in convoys.items():
            for v, p in rows:
                prices[2] -= p * v * (v + 1) * squared.get(crossing, 0)

    # --- events ---

    def _upper(self, kind: Kind) -> list[int]:
        count = self._count(kind)
        if kind.own or kind.once:
            return [count] * self.slots
        legs = [w.lead + w.tail for w in self.fetches[kind.id] + self.carries[kind.id]]
        least = max(1, min(legs, default=1))
        ends = zip(self.grid, self.grid[1:], strict=False)
        return [count * (1 + (b - a) // least) for a, b in ends]

    def _state(self, family: str, kind: Kind, place: str, first: int) -> list[int]:
        prices = self.p.series(f"{family}/{kind.id}/{place}", self.slots + 1, signed=True)
        self.total += prices[0] * first
        count = self._count(kind)
        for here, after in zip(prices, [*prices[1:], 0], strict=True):
            if after > here:
                self.total += (after - here) * count
        return prices

    def _events(
        self, kind: Kind, seats: dict[Option, int], price: dict[tuple[str, Way], int]
    ) -> None:
        starts: dict[str, int] = defaultdict(int)
        for p, n in kind.counts:
            starts[p] += n
        upper = self._upper(kind)
        times = self.reading.bay_times
        boarded = {
            a: self._state("boarded", kind, a, starts[a] if kind.own else 0)
            for a in self._places(kind)
        }
        ready: dict[str, list[int]] = {}
        if not kind.own:
            sources = sorted({p for p, _ in kind.counts}) if kind.once else self.ways.sources()
            ready = {s: self._state("ready", kind, s, starts[s]) for s in sources}
            self._fetch_events(kind, ready, boarded, upper)
        unload: dict[str, list[int]] = {}
        for d in sorted(
            p.id for p in self.reading.places.values() if isinstance(p, ReceptionPoint)
        ):
            if kind.own or kind.once:
                continue
            unload[d] = ready[d]
            if self.bays:
                unload[d] = self._state("unload", kind, d, 0)
                lag = times[d, kind.id]
                limit = self.capacity.get(("unload", d)) if lag else None
                self._move(unload[d], lag, ready[d], 0, limit, upper, range(self.slots))
        chained = self._time_rows(kind)
        for way in self.carries[kind.id]:
            board = times[way.start, kind.id] if kind.own else 0
            rest = 0 if self.bays or kind.own or kind.once else times[way.end, kind.id]
            extra = price[kind.id, way] - kind.seats * seats[way.start, kind.id, way.end]
            costs = self._costs(way, "out", chained)
            for j in range(self.slots):
                if self.grid[j] + 1 + way.tail <= self.by:
                    costs[j] += extra
            if self.motion is not None and not kind.own:
                for j, i in enumerate(self.given(way.tail)):
                    costs[j] += self.motion[i] if i >= 0 else 0
            self._move(
                boarded[way.start],
                way.lead + board,
                unload.get(way.end),
                way.tail + rest,
                costs,
                upper,
                self._open_slots(way),
            )

    def _fetch_events(
        self,
        kind: Kind,
        ready: dict[str, list[int]],
        boarded: dict[str, list[int]],
        upper: list[int],
    ) -> None:
        arrived = {}
        for a in self._places(kind):
            board = self.reading.bay_times[a, kind.id]
            arrived[a] = boarded[a]
            if self.bays:
                arrived[a] = self._state("arrived", kind, a, 0)
                limit = self.capacity.get(("board", a)) if board else None
                self._move(arrived[a], board, boarded[a], 0, limit, upper, range(self.slots))
        chained = self._time_rows(kind)
        for way in self.fetches[kind.id]:
            board = 0 if self.bays else self.reading.bay_times[way.end, kind.id]
            costs = self._costs(way, "in", chained)
            if self.motion is not None:
                for j, i in enumerate(self.taken(way.lead)):
                    costs[j] -= self.motion[i] if i >= 0 else 0
            self._move(
                ready[way.start],
                way.lead,
                arrived[way.end],
                way.tail + board,
                costs,
                upper,
                self._open_slots(way),
            )

    def _costs(self, way: Way, name: str, chained: dict[Way, list[int]]) -> list[int]:
        costs = list(chained.get(way) or [0] * self.slots)
        if way.key is not None and way.inspect:
            for j, p in enumerate(self.capacity[way.key, name]):
                costs[j] += p
        return costs

    def _move(
        self,
        source: list[int],
        lead: int,
        sink: list[int] | None,
        lag: int,
        costs: list[int] | None,
        upper: list[int],
        slots: range | list[int],
    ) -> None:
        """Add what the columns of one sort of event gain beyond their prices."""
        taken, given = self.taken(lead), self.given(lag)
        for j in slots:
            if taken[j] < 0:
                continue
            gain = -source[taken[j]]
            if sink is not None and given[j] >= 0:
                gain += sink[given[j]]
            if costs is not None:
                gain -= costs[j]
            if gain > 0:
                self.total += gain * upper[j]

    def _time_rows(self, kind: Kind) -> dict[Way, list[int]]:
        """Price by slot of every way's events in the rows of vehicle time."""
        if kind.id in self.chains:
            return self._chained(kind)
        self.chains[kind.id] = {}
        if kind.own or kind.once:
            return {}
        times = self.reading.bay_times
        for way in self.fetches[kind.id]:
            after = [w.lead for w in self.carries[kind.id] if w.start == way.end]
            chain = way.tail + times[way.end, kind.id] + min(after, default=0)
            self.chains[kind.id][way] = chain
        for way in self.carries[kind.id]:
            after = [w.lead for w in self.fetches[kind.id] if w.start == way.end]
            chain = way.tail + times[way.end, kind.id] + min(after, default=0)
            self.chains[kind.id][way] = chain
        rows = self.p.ranges(f"time/{kind.id}", self.grid[-1])
        for x, y, p in rows:
            self.total += p * self._count(kind) * (y - x)
        self._spans = {kind.id: rows}
        return self._chained(kind)

    def _chained(self, kind: Kind) -> dict[Way, list[int]]:
        grid = self.grid
        priced: dict[Way, list[int]] = {}
        for way, chain in self.chains[kind.id].items():
            costs = [0] * self.slots
            for x, y, p in self._spans[kind.id]:
                for j in range(bisect_left(grid, x), bisect_right(grid, y) - 1):
                    costs[j] += p * min(chain, y - grid[j + 1])
            priced[way] = costs
        return priced

    # --- people ---

    def _people(self, seats: dict[Option, int]) -> int:
        found = entries(self.reading, cells(self.reading), whole=self.whole)
        prices = self.p.series("people", len(found), signed=False)
        room: dict[str, int] = {}
        for place in self.reading.places.values():
            if isinstance(place, ReceptionPoint) and place.capacity is not None:
                room[place.id] = self.p.single(f"room/{place.id}")
                self.total += room[place.id] * place.capacity.value
        for entry, price in zip(found, prices, strict=True):
            self.total += price * entry.persons
            self._entry(entry, price, seats, room)
        return sum(entry.persons for entry in found)

    def _entry(
        self, entry: Entry, price: int, seats: dict[Option, int], room: dict[str, int]
    ) -> None:
        for option in entry.options:
            gain = self.scale - price - seats[option] - room.get(option[2], 0)
            if gain > 0:
                self.total += gain * entry.persons


def _least(ways: list[Way]) -> int:
    return min((w.whole for w in ways), default=0)


def _sums(values: list[int]) -> list[int]:
    total = 0
    sums = []
    for value in values:
        total += value
        sums.append(total)
    return sums


def _completions(spans: list[tuple[int, int]], begin: int, end: int, seconds: int) -> int:
    """Most inspections that can end in ``(begin, end]``, one after another, each in one span."""
    total = 0
    for x, y in spans:
        x0, x1 = max(begin, x), min(end, y)
        if x1 > x0:
            total += min((x1 - x) // seconds, -(-(x1 - x0) // seconds))
    return total
