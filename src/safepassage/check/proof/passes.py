"""Batches of one side counted at the crossings, vehicle by vehicle, verified from the terms.

A link of a chain that has no multipliers: what it claims is worked out here in full. Definition
and proof: ``docs/reference/certificate-format.md``, "Chains".
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from safepassage.check.proof.hops import Hop, Periods
from safepassage.check.proof.programme import Programme
from safepassage.check.proof.slots import Interval
from safepassage.check.proof.ways import Way, Ways
from safepassage.terms.places import Direction

__all__ = ["Passing", "later_than"]


@dataclass(frozen=True, slots=True)
class Passing:
    """One way for one type of vehicle, as far as it counts here."""

    crossing: str | None
    ready_s: int
    """No vehicle has boarded before."""
    before: tuple[Hop, ...]
    """From departure to the beginning of the inspection at the crossing."""
    inspection_s: int
    after: tuple[Hop, ...]


def later_than(
    programme: Programme,
    groups: Collection[str],
    far: Sequence[Collection[str]],
    sizes: Sequence[int],
    within: Interval,
) -> bool:
    """Tell whether the last of some batches is sure to be there only after the end of a time.

    Parameters
    ----------
    groups
        The side of the batches.
    far
        Sets of assembly points that are counted apart.
    sizes
        People of each batch; every batch departs after the one before is there in full.
    within
        When the first of them can depart, and the end of the time.
    """
    release_s, end_s = within
    cells = [c for c in programme.cells if c.group in groups]
    kinds = {k for c in cells for k in c.kinds}
    most = max((f.kind.seats for f in programme.fleets if f.kind.id in kinds), default=0)
    if most == 0:
        return False
    outside = sum(c.persons for c in cells) - sum(sizes)
    loads = 0
    for places in far:
        distant = sum(c.persons for c in cells if c.place in places) - outside
        loads += -(-max(0, distant) // most)
    periods = Periods.read(programme.reading, end_s)

    def counts(places: Collection[str]) -> _Counts:
        return _Counts(programme, _passings(programme, groups, places, periods), periods, end_s)

    every = counts({c.place for c in cells})
    those = [counts(places) for places in far]
    # When the batches so far are there at the earliest, by distant loads brought at most.
    fronts: list[tuple[int, int]] = [(release_s, 0)]
    for needed in (-(-size // most) for size in sizes):
        found: dict[int, int] = {}
        for moment, brought in fronts:
            whole = every.ends(moment, needed)
            if len(whole) < needed:
                continue
            over = whole[-1] if needed else moment
            ends = sorted(end for counts in those for end in counts.ends(moment, needed))
            # With those that are there in any case by then, and with each one more.
            with_it = bisect_right(ends, over)
            for end, number in ((over, with_it), *_more(ends, with_it)):
                found[end] = max(number + brought, found.get(end, -1))
        fronts = _best(found)
    return not any(brought >= loads for _, brought in fronts)


def _more(ends: Sequence[int], beyond: int) -> Iterator[tuple[int, int]]:
    """Yield the ends after so many, each with its number."""
    for i in range(beyond, len(ends)):
        yield ends[i], i + 1


def _best(found: dict[int, int]) -> list[tuple[int, int]]:
    """Keep the moments at which more is brought than at any before."""
    kept: list[tuple[int, int]] = []
    for moment, brought in sorted(found.items()):
        if not kept or brought > kept[-1][1]:
            kept.append((moment, brought))
    return kept


def _passings(
    programme: Programme, groups: Collection[str], places: Collection[str], periods: Periods
) -> Iterator[Passing]:
    """Yield the ways of a side's loaded legs from some places."""
    ways = programme.ways or Ways(programme.reading)
    for fleet in programme.fleets:
        kind = fleet.kind
        for place in fleet.places:
            fetched = [
                w.whole for w in fleet.fetching if w.end == place and w.start in fleet.starts
            ]
            if place not in places or not (kind.own or fetched):
                continue
            ready = fleet.boarding[place] + (0 if kind.own else min(fetched))
            for way in fleet.carrying:
                if way.start == place and _carries(programme, groups, kind.id, way):
                    hops = ways.hops(kind, way, Direction.OUT, periods.factors)
                    yield Passing(way.key, ready, *_cut(programme, way, hops))


def _cut(
    programme: Programme, way: Way, hops: tuple[Hop, ...]
) -> tuple[tuple[Hop, ...], int, tuple[Hop, ...]]:
    """Return the drives before the key crossing, its inspection, and the drives after it."""
    if way.key is None:
        return (), 0, hops
    corridor = programme.reading.corridors[way.corridor or ""]
    at = corridor.crossings.index(way.key)
    # At the key crossing the vehicle counts alone.
    arriving = replace(hops[at], inspections_s=0)
    return (*hops[:at], arriving), way.key_s, hops[at + 1 :]


def _carries(programme: Programme, groups: Collection[str], kind: str, way: Way) -> bool:
    """Whether somebody of the groups may go so."""
    return any(
        c.group in groups
        and c.place == way.start
        and kind in c.kinds
        and way.end in c.destinations
        and way.corridor in programme.reading.groups[c.group].corridors
        for c in programme.cells
    )


class _Counts:
    """When vehicles can have arrived, one after another at each crossing."""

    def __init__(
        self, programme: Programme, passings: Iterable[Passing], periods: Periods, end_s: int
    ) -> None:
        self.periods, self.end_s = periods, end_s
        self.open = programme.open_time(end_s)
        convoys = programme.reading.convoys
        self.most, self.spacing_s = convoys.most, convoys.spacing_s
        self.lanes: dict[str | None, list[Passing]] = defaultdict(list)
        for passing in dict.fromkeys(passings):
            self.lanes[passing.crossing].append(passing)
        self.afters = {c: list({p.after: None for p in lane}) for c, lane in self.lanes.items()}
        self._alike: dict[tuple[int | None, ...], tuple[int, list[int]]] = {}

    def ends(self, release_s: int, count: int) -> list[int]:
        """Return the least arrivals of the first vehicles, up to the end of the time."""
        begins = {c: self._begin(lane, release_s) for c, lane in self.lanes.items()}
        period = self._clear(release_s, begins, count)
        key = period, count, *(begin - release_s for begin in begins.values())
        if period is not None:
            # Far from any closing and any change all releases are alike.
            if key not in self._alike:
                self._alike[key] = release_s, self._ends(begins, count)
            before, known = self._alike[key]
            found = [end - before + release_s for end in known]
        else:
            found = self._ends(begins, count)
        return [end for end in found if end <= self.end_s]

    def _begin(self, lane: Sequence[Passing], release_s: int) -> int:
        return min(self.periods.over(max(release_s, p.ready_s), p.before) for p in lane)

    def _after(self, crossing: str | None, moment: int) -> int:
        """Return the least arrival of a vehicle that has passed a crossing by then."""
        return min(self.periods.over(moment, hops) for hops in self.afters[crossing])

    def _clear(self, release_s: int, begins: Mapping[str | None, int], count: int) -> int | None:
        """Return in which period so many vehicles can pass any crossing within one opening."""
        last = release_s
        for crossing, begin in begins.items():
            longest = min(p.inspection_s for p in self.lanes[crossing]) + self.spacing_s
            passed = begin + count * longest
            if crossing is not None and not any(
                x <= begin and passed <= y for x, y in self.open[crossing]
            ):
                return None
            last = max(last, self._after(crossing, passed))
        return self.periods.alone(release_s, last)

    def _ends(self, begins: Mapping[str | None, int], count: int) -> list[int]:
        found: list[int] = []
        for crossing, begin in begins.items():
            if crossing is None:
                found += [self._after(crossing, begin)] * count
                continue
            least = min(p.inspection_s for p in self.lanes[crossing])
            passed = self._passed(self.open[crossing], begin, least)
            found += [self._after(crossing, end) for end in islice(passed, count)]
        return sorted(found)[:count]

    def _passed(self, open_: Sequence[Interval], begin: int, seconds: int) -> Iterator[int]:
        """Yield when inspections end, in convoys of the largest size, the spacing between them."""
        for x, y in open_:
            at = max(x, begin)
            in_convoy = 0
            while at + seconds <= y:
                at += seconds
                yield at
                in_convoy += 1
                if in_convoy == self.most:
                    in_convoy = 0
                    at += self.spacing_s
