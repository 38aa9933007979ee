"""Ways of empty and loaded vehicles, seen through their least times alone."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from safepassage.check.reading import Reading
from safepassage.terms.clauses import RouteClause
from safepassage.terms.places import Corridor, Crossing, Direction, ReceptionPoint
from safepassage.units import drive_seconds

__all__ = ["Way", "Ways"]


@dataclass(frozen=True, slots=True)
class Way:
    """A route of one vehicle type; times in seconds, as defined in the certificate format."""

    start: str
    end: str
    key: str | None
    """Key crossing."""
    inspect: int
    lead: int
    tail: int
    whole: int
    drive: int
    inspections: int


class Ways:
    """Finds every route that a timetable may use, for one reading of the terms."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.crossing_nodes = frozenset(
            p.node for p in reading.places.values() if isinstance(p, Crossing)
        )
        self.best = Fraction(1)
        for slowdown in reading.slowdowns:
            self.best = max(self.best, self.best * slowdown.condition.factor.value)
        named = {
            c
            for clause in reading.proposal.clauses
            if isinstance(clause, RouteClause)
            for c in clause.corridors
        }
        self.open_corridors = [c for c in reading.case.corridors if not named or c.id in named]
        self._drives: dict[tuple[str, str, Fraction], int | None] = {}

    def sources(self) -> list[str]:
        """Reception points, and depots where vehicles that are not own stand."""
        places = {p.id for p in self.reading.places.values() if isinstance(p, ReceptionPoint)}
        for kind in self.reading.kinds.values():
            if not kind.own:
                places |= {place for place, count in kind.counts if count}
        return sorted(places)

    def fetch(self, source: str, place: str, kind: str) -> list[Way]:
        """Ways of an empty vehicle to an assembly point."""
        found = [self._way(source, place, kind, None, Direction.IN)]
        found += [self._way(source, place, kind, c, Direction.IN) for c in self.open_corridors]
        return [w for w in found if w is not None]

    def carry(self, place: str, to: str, kind: str) -> list[Way]:
        """Ways of a loaded vehicle by the corridors open to some group that may go there."""
        corridors: set[str] = set()
        for group in self.reading.groups.values():
            if group.people.get(place) and to in group.destinations:
                corridors |= group.corridors
        found = [
            self._way(place, to, kind, c, Direction.OUT)
            for c in self.reading.case.corridors
            if c.id in corridors
        ]
        return [w for w in found if w is not None]

    def _way(
        self, start: str, end: str, kind: str, corridor: Corridor | None, direction: Direction
    ) -> Way | None:
        places = self.reading.places
        crossings = list(corridor.crossings) if corridor else []
        nodes = [places[c].node for c in crossings] + (list(corridor.via) if corridor else [])
        if direction == Direction.IN:
            crossings.reverse()
            nodes.reverse()
        stops = [places[start].node, *nodes, places[end].node]
        factor = self.reading.kinds[kind].factor * self.best
        hops = [self._drive(a, b, factor) for a, b in pairwise(stops)]
        drives = [hop for hop in hops if hop is not None]
        if len(drives) < len(hops):
            return None
        drive = sum(drives)
        if not crossings:
            return Way(start, end, None, 0, 0, drive, drive, drive, 0)
        times = [self.reading.inspections[c, kind, direction][0] for c in crossings]
        convoys = [
            t + (self.reading.convoys.least - 1) * self._quickest(c, direction)
            for c, t in zip(crossings, times, strict=True)
        ]
        n = max(range(len(times)), key=lambda i: (times[i], -i))
        # Outward the via nodes come after the crossings, inward before them.
        first = 0 if direction == Direction.OUT else len(nodes) - len(crossings)
        before = sum(drives[: first + n + 1])
        lead = before + sum(convoys[:n]) + times[n]
        tail = drive - before + sum(convoys[n + 1 :])
        whole = drive + sum(convoys)
        return Way(start, end, crossings[n], times[n], lead, tail, whole, drive, sum(times))

    def _quickest(self, crossing: str, direction: Direction) -> int:
        return min(self.reading.inspections[crossing, k, direction][0] for k in self.reading.kinds)

    def _drive(self, start: str, end: str, factor: Fraction) -> int | None:
        key = start, end, factor
        if key not in self._drives:
            self._drives[key] = self._fastest(start, end, factor)
        return self._drives[key]

    def _fastest(self, start: str, end: str, factor: Fraction) -> int | None:
        network = self.reading.network
        heap = [(0, start)]
        settled: set[str] = set()
        while heap:
            seconds, node = heapq.heappop(heap)
            if node == end:
                return seconds
            if node in settled:
                continue
            settled.add(node)
            if node in self.crossing_nodes and node != start:
                continue
            for link_id in network.out_links(node):
                link = network.links[link_id]
                step = drive_seconds(link.length_m, link.free_speed_kmh, factor)
                heapq.heappush(heap, (seconds + step, link.to_node))
        return None
