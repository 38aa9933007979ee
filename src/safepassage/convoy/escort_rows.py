"""Rows of the escorts' time: a team goes with one convoy at a time, and with a whole one.

A larger convoy takes a team longer: it is inspected vehicle by vehicle, and boards in turns where
it has more vehicles than there are bays. Rows and proof:
``docs/reference/certificate-format.md``, "Escorts".
"""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.escort_teams import Turn, most_of_teams
from safepassage.convoy.ways import Way, fetches

__all__ = ["add_escorts"]


def add_escorts(b: Builder, teams: int) -> None:
    """Add the rows of the escorts' time, and of the vehicles that they can go with."""
    if not b.carries:
        return
    turns = list(_turns(b))
    most = b.op.convoy_most
    time = b.by + max(t.seconds - t.first for t in turns)
    worth = {
        n: min(most * t.seconds // t.size for t in turns if t.flow == n)
        for n in range(len(b.carries))
    }
    apart = not b.released
    limit = most_of_teams(turns, worth, b.by, teams, most * time, apart=apart)
    row = b.lp.row(("escorts",), float(limit))
    for n, f in enumerate(b.carries):
        b.lp.fill(row, b.in_time(f), float(worth[n]))
    least = min(t.seconds for t in turns)
    if least > 0:
        ones = dict.fromkeys(worth, 1)
        otherwise = most * (time // least)
        number = most_of_teams(turns, ones, b.by, teams, otherwise, apart=apart)
        row = b.lp.row(("journeys-escorted",), float(number))
        for f in b.carries:
            b.lp.fill(row, b.in_time(f), 1.0)


def _turns(b: Builder) -> Iterator[Turn]:
    legs = _Legs(b)
    for n, f in enumerate(b.carries):
        for size in legs.sizes:
            boarding, out = legs.boarding(f, size), legs.out(f, size)
            # After a release, all before a team's first loaded leg may be over.
            first = out if b.released else legs.empty(f, size) + boarding + out
            after, key = legs.after(f, size), legs.inspected(f, size)
            yield Turn(
                flow=n,
                size=size,
                seconds=legs.there(f, size) + boarding + out,
                first=first,
                crossing=f.way.server[0] if f.way.server is not None else None,
                before=first - key - after,
                after=after,
                apart=key + b.op.spacing,
            )


class _Legs:
    """What a team spends on a convoy, by size: its way there, boarding, the loaded leg."""

    def __init__(self, b: Builder) -> None:
        self.b, op = b, b.op
        largest = min(op.convoy_most, sum(k.total for k in op.kinds))
        self.sizes = range(op.convoy_least, max(op.convoy_least, largest) + 1)
        self.yards = {a.id: a for a in op.assembly}
        self.quick = {c.id: min(c.out.values()) for c in op.crossings}
        """Least inspection of any type, by crossing."""
        self.quickest: dict[str, int] = {}
        """Least boarding time of any type that may board at bays, by place."""
        for place, k, _ in b.served:
            if op.kind(k).total and not op.kind(k).own:
                known = self.yards[place].handling[k]
                self.quickest[place] = min(known, self.quickest.get(place, known))
        self.ends = {f.way.route.end for f in b.carries}
        self._fetches: dict[tuple[str, str], list[Way]] = {}

    def there(self, flow: Flow, size: int) -> int:
        """Least seconds from where some convoy arrived to the assembly point, with this one."""
        place = flow.way.route.start
        if self.b.op.kind(flow.kind).own:
            return self._on(place)
        return min(
            (self._on(w.route.start) + self._leg(w, size) for w in self._empty(flow)), default=0
        )

    def empty(self, flow: Flow, size: int) -> int:
        """Least seconds of the empty leg alone."""
        if self.b.op.kind(flow.kind).own:
            return 0
        return min((self._leg(w, size) for w in self._empty(flow)), default=0)

    def boarding(self, flow: Flow, size: int) -> int:
        """Least seconds of boarding, at bays in turns; after a release, those of one vehicle."""
        place = self.yards[flow.way.route.start]
        boarding = place.handling[flow.kind]
        if self.b.op.kind(flow.kind).own or self.b.released:
            return boarding
        return max(boarding, -(-size // place.bays) * self.quickest[place.id])

    def out(self, flow: Flow, size: int) -> int:
        """Least seconds of the loaded leg."""
        return self._leg(flow.way, size)

    def inspected(self, flow: Flow, size: int) -> int:
        """Least seconds of the convoy's inspection at the key crossing."""
        if flow.way.server is None:
            return 0
        return flow.way.inspect + (size - 1) * self.quick[flow.way.server[0]]

    def after(self, flow: Flow, size: int) -> int:
        """Least seconds from that inspection to the arrival; without a crossing, none."""
        way = flow.way
        if way.server is None:
            return 0
        later = way.route.crossings[way.route.crossings.index(way.server[0]) + 1 :]
        return way.tail + (size - self.b.op.convoy_least) * sum(self.quick[c] for c in later)

    def _leg(self, way: Way, size: int) -> int:
        least = self.b.op.convoy_least
        # After a release, what comes before the first loaded leg is told by the least convoy.
        outward = way.route.start in self.yards
        return way.whole + (size - least if outward or not self.b.released else 0) * way.larger

    def _on(self, begin: str) -> int:
        """Least drive of a team alone to where a rotation begins; 0 where none is known."""
        known = self.b.op.team_drive
        return min((known[d, begin] for d in self.ends if (d, begin) in known), default=0)

    def _empty(self, flow: Flow) -> list[Way]:
        key = flow.way.route.start, flow.kind
        if key not in self._fetches:
            self._fetches[key] = fetches(self.b.op, *key)
        return self._fetches[key]
