"""Events of vehicles as columns: fetching, boarding, carrying, unloading, each in every slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from safepassage.check.proof.columns import Columns
from safepassage.check.proof.escorts import Escorts
from safepassage.check.proof.frame import Frame
from safepassage.check.proof.limits import capacity_by_slot, lane_by_slot, time_by_slot
from safepassage.check.proof.prices import Prices
from safepassage.check.proof.programme import Fleet
from safepassage.check.proof.rotations import Journeys
from safepassage.check.proof.ways import Way
from safepassage.terms.places import Direction

__all__ = ["event_columns"]


def event_columns(frame: Frame, prices: Prices) -> Iterator[Columns]:
    """Yield the columns of all events of all types."""
    capacities = {family: capacity_by_slot(prices, family) for family in frame.least_s}
    in_time = _InTime(frame, prices)
    for fleet in frame.programme.fleets:
        yield from _Events(frame, prices, fleet, in_time, capacities).columns()


class _InTime:
    """What a loaded leg that is in time uses of the rows that ask for nothing but that."""

    def __init__(self, frame: Frame, prices: Prices) -> None:
        self._sizes = frame.convoy_sizes()
        self._prices = prices
        self._slowed = {k: s for k, s in frame.slowed.items() if f"slow/{k}" in prices.known}
        # A convoy may mix types whose key crossings differ, and is of the least size as a whole;
        # where one vehicle is enough, it is one of those that are held up there.
        self._keys: dict[tuple[bool, str, str, str | None], set[str]] = defaultdict(set)
        for fleet in frame.programme.fleets:
            for way in fleet.carrying:
                if way.key is not None:
                    route = fleet.kind.own, way.start, way.end, way.corridor
                    self._keys[route].add(way.key)
        self._mixed = frame.programme.reading.convoys.least > 1
        programme = frame.programme
        self._tours = {f.kind.id: prices.legs(f"tours/{f.kind.id}") for f in programme.fleets}
        self._escorts = Escorts(programme, frame.by_s) if "escorts" in prices.known else None

    def price(self, fleet: Fleet, way: Way, journeys: Journeys) -> int:
        """Sum the multipliers times what the leg uses."""
        number, kind = self._prices.number, fleet.kind
        total = -kind.seats * number(f"seats/{way.start}/{kind.id}/{way.end}")
        total += number("journeys-escorted")
        if self._escorts is not None:
            total += self._escorts.worth(fleet, way) * number("escorts")
        if not kind.own:
            total += fleet.boarding[way.start] * number(f"boarding/{way.start}")
        if kind.id in self._slowed:
            total += self._slowed[kind.id].journey(way) * number(f"slow/{kind.id}")
        if fleet.returns:
            total += fleet.unloading[way.end] * number(f"unloading/{way.end}")
            total += journeys.whole_s(way) * number(f"whole/{kind.id}")
            total += number(f"journeys/{kind.id}")
            total += self._tours[kind.id].get((way.start, way.end, way.corridor or ""), 0)
            inspected = journeys.inspected.get(way.key or "", 0)
            for v in self._sizes:
                takes = journeys.drive_s(way) + (2 * v + 1) * inspected
                total += takes * number(f"rotations/{kind.id}/{v}")
        keys = {way.key}
        if self._mixed:
            keys = {*self._keys[kind.own, way.start, way.end, way.corridor]}
        side = "own-" if kind.own else ""
        total -= sum(number(f"{side}convoys-least/{key}") for key in keys)
        total += number(f"{side}convoys-most/{way.key}")
        return total + way.key_s * number(f"spacing/{way.key}")


class _Terms:
    """Prices of one sort of event, summed slot by slot."""

    def __init__(self, marks: list[int], firsts: list[int]) -> None:
        self.marks = marks
        """Slots that it can fall in."""
        self.firsts = firsts
        """The first moment at which it can, by slot."""
        self._lists: list[list[int]] = [[0] * len(marks)]

    def by_slot(self, prices: list[int] | None) -> None:
        """Add prices of slots."""
        if prices is not None:
            self._lists.append([prices[j] for j in self.marks])

    def by_index(self, prices: list[int] | None, index: list[int], sign: int = 1) -> None:
        """Add prices of the indices that the events take from or give to."""
        if prices is not None:
            self._lists.append([sign * prices[i] for i in index])

    def until(self, last: int, price: int) -> None:
        """Add a price where the event can be at or before a moment."""
        if price:
            self._lists.append([price if first <= last else 0 for first in self.firsts])

    def sums(self) -> list[int]:
        """Return the sums by slot."""
        return list(map(sum, zip(*self._lists, strict=True)))


class _Events:
    """The events of one type."""

    def __init__(
        self,
        frame: Frame,
        prices: Prices,
        fleet: Fleet,
        in_time: _InTime,
        capacities: Mapping[str, list[int] | None],
    ) -> None:
        self._frame, self._prices, self._fleet = frame, prices, fleet
        self._in_time, self._capacities = in_time, capacities
        self._kind = fleet.kind.id
        self._journeys = Journeys(fleet, frame.programme)
        self._spans = prices.triples(f"time/{self._kind}") if fleet.returns else []
        self._times: dict[int, list[int] | None] = {}
        self._open: dict[tuple[str | None, int], list[tuple[int, int]]] = {}
        self._motion = self._states("motion") if frame.has_motion else None

    def columns(self) -> Iterator[Columns]:
        """Yield the columns of all events of the type."""
        fleet = self._fleet
        for way in fleet.fetching:
            yield self._fetch(way)
        for way in fleet.carrying:
            yield self._carry(way)
        if self._frame.bays and not fleet.kind.own:
            for a, seconds in fleet.boarding.items():
                yield self._handle(f"board/{a}", seconds, f"arrived/{{}}/{a}", f"boarded/{{}}/{a}")
            if fleet.returns:
                for d, seconds in fleet.unloading.items():
                    yield self._handle(
                        f"unload/{d}", seconds, f"unload/{{}}/{d}", f"ready/{{}}/{d}"
                    )

    def _states(self, family: str) -> list[int] | None:
        return self._prices.states(family) if family in self._prices.known else None

    def _fetch(self, way: Way) -> Columns:
        slots, fleet = self._frame.slots, self._fleet
        boarding = fleet.boarding[way.end]
        terms, taken = self._leg(way, way.lead, Direction.IN)
        terms.by_index(self._states(f"ready/{self._kind}/{way.start}"), taken)
        state, lag = ("arrived", way.tail) if self._frame.bays else ("boarded", way.tail + boarding)
        given = slots.given(terms.firsts, lag)
        terms.by_index(self._states(f"{state}/{self._kind}/{way.end}"), given, -1)
        terms.by_index(self._motion, taken, -1)
        leads = [w.lead for w in fleet.carrying if w.start == way.end]
        terms.by_slot(self._busy(way.tail + boarding + min(leads, default=0)))
        return self._columns(
            f"fetch/{self._kind}/{way.start}/{way.end}/{way.corridor or ''}", terms
        )

    def _carry(self, way: Way) -> Columns:
        slots, fleet = self._frame.slots, self._fleet
        own = fleet.kind.own and not self._frame.programme.released
        boarding = fleet.boarding[way.start] if own else 0
        terms, taken = self._leg(way, way.lead + boarding, Direction.OUT)
        terms.by_index(self._states(f"boarded/{self._kind}/{way.start}"), taken)
        floor = self._frame.programme.arrival_floor(fleet, way)
        terms.firsts = [max(first, floor - way.tail) for first in terms.firsts]
        arrived = slots.given(terms.firsts, way.tail)
        if fleet.returns:
            unloading = fleet.unloading[way.end]
            state, given = "unload", arrived
            if not self._frame.bays:
                state, given = "ready", slots.given(terms.firsts, way.tail + unloading)
            terms.by_index(self._states(f"{state}/{self._kind}/{way.end}"), given, -1)
            leads = [w.lead for w in fleet.fetching if w.start == way.end]
            terms.by_slot(self._busy(way.tail + unloading + min(leads, default=0)))
        if not fleet.kind.own:
            # The escort is free at arrival, whatever the vehicle has to do then.
            terms.by_index(self._motion, arrived)
        if way.key in self._frame.lanes:
            terms.by_slot(lane_by_slot(self._frame, self._prices, fleet, way))
        price = self._in_time.price(fleet, way, self._journeys)
        terms.until(self._frame.by_s - way.tail, price)
        return self._columns(f"carry/{self._kind}/{way.start}/{way.end}/{way.corridor}", terms)

    def _leg(self, way: Way, lag: int, direction: Direction) -> tuple[_Terms, list[int]]:
        """Begin with the slots in which the key inspection can end, and from where they take."""
        frame = self._frame
        if (way.key, way.key_s) not in self._open:
            found = list(enumerate(frame.slots.first))[1:]
            if way.key is not None:
                found = frame.slots.within(frame.open[way.key], way.key_s)
            self._open[way.key, way.key_s] = found
        taken = frame.slots.taken(lag)
        can = [(j, first) for j, first in self._open[way.key, way.key_s] if taken[j] >= 0]
        terms = _Terms([j for j, _ in can], [first for _, first in can])
        if way.key_s > 0:
            terms.by_slot(self._capacities[f"capacity/{way.key}/{direction.value}"])
        return terms, [taken[j] for j in terms.marks]

    def _busy(self, chain_s: int) -> list[int] | None:
        if chain_s not in self._times:
            self._times[chain_s] = time_by_slot(self._spans, self._frame.slots, chain_s)
        return self._times[chain_s]

    def _handle(self, name: str, seconds: int, from_: str, to: str) -> Columns:
        slots = self._frame.slots
        taken = slots.taken(seconds)
        marks = [j for j in range(1, slots.count + 1) if taken[j] >= 0]
        terms = _Terms(marks, [slots.first[j] for j in marks])
        terms.by_index(self._states(from_.format(self._kind)), [taken[j] for j in marks])
        given = slots.given(terms.firsts, 0)
        terms.by_index(self._states(to.format(self._kind)), given, -1)
        if seconds > 0:
            terms.by_slot(self._capacities[name])
        action, place = name.split("/")
        return self._columns(f"{action}/{self._kind}/{place}", terms)

    def _columns(self, name: str, terms: _Terms) -> Columns:
        uppers = self._frame.uppers(self._fleet)
        ends = [uppers[j] for j in terms.marks] if uppers is not None else None
        return Columns(name, terms.marks, terms.sums(), ends)
