"""Rows of the escorts' time: a team goes with one convoy at a time, and with a whole one.

A larger convoy takes a team longer: it is inspected vehicle by vehicle, and boards in turns where
it has more vehicles than there are bays. Rows and proof:
``docs/reference/certificate-format.md``, "Escorts".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.ways import Way, fetches

__all__ = ["add_escorts"]

MOST_CONVOYS = 12
"""Convoys of a team up to which they are counted one by one."""
PARTS = 4_000
"""Parts of a team's time that they are counted in."""


@dataclass(frozen=True)
class _Turn:
    """A convoy of one size with a type by a way: what a team spends on it, at least."""

    flow: int
    size: int
    seconds: int
    """From the arrival of the team's convoy before."""
    first: int
    """From its first departure."""


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
    row = b.lp.row(("escorts",), float(teams * _most(turns, worth, b.by, most * time)))
    for n, f in enumerate(b.carries):
        b.lp.fill(row, b.in_time(f), float(worth[n]))
    least = min(t.seconds for t in turns)
    if least > 0:
        ones = dict.fromkeys(worth, 1)
        number = _most(turns, ones, b.by, most * (time // least))
        row = b.lp.row(("journeys-escorted",), float(teams * number))
        for f in b.carries:
            b.lp.fill(row, b.in_time(f), 1.0)


def _turns(b: Builder) -> Iterator[_Turn]:
    legs = _Legs(b)
    for n, f in enumerate(b.carries):
        for size in legs.sizes:
            boarding, out = legs.boarding(f, size), legs.out(f, size)
            # After a release, all before a team's first loaded leg may be over.
            first = out if b.released else legs.empty(f, size) + boarding + out
            yield _Turn(n, size, legs.there(f, size) + boarding + out, first)


class _Legs:
    """What a team spends on a convoy, by size: its way there, boarding, the loaded leg."""

    def __init__(self, b: Builder) -> None:
        self.b, op = b, b.op
        largest = min(op.convoy_most, sum(k.total for k in op.kinds))
        self.sizes = range(op.convoy_least, max(op.convoy_least, largest) + 1)
        self.yards = {a.id: a for a in op.assembly}
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


def _most(turns: list[_Turn], worth: Mapping[int, int], by: int, otherwise: int) -> int:
    """Most that the vehicles of one team's convoys can be worth by a moment.

    Convoys are counted one by one, in parts of the time that are rounded down; ``otherwise`` is
    what holds where there may be too many for that.
    """
    least = min(t.seconds for t in turns)
    if least <= 0 or by // least >= MOST_CONVOYS:
        return otherwise
    part = max(1, by // PARTS)
    best = np.zeros(by // part + 1, np.int64)
    later = _choices((t.seconds // part, t.size * worth[t.flow]) for t in turns)
    grown = True
    while grown:
        more = best.copy()
        for parts, value in later:
            if parts < best.size:
                np.maximum(more[parts:], best[: best.size - parts] + value, out=more[parts:])
        grown, best = not np.array_equal(more, best), more
    first = _choices((t.first // part, t.size * worth[t.flow]) for t in turns)
    found = [int(best[-1 - parts]) + value for parts, value in first if parts < best.size]
    return min(max(found, default=0), otherwise)


def _choices(convoys: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Convoys that are worth more than all quicker ones: parts of time, and worth."""
    best: dict[int, int] = {}
    for parts, value in convoys:
        best[parts] = max(value, best.get(parts, 0))
    reached, chosen = 0, []
    for parts, value in sorted(best.items()):
        if value > reached:
            reached = value
            chosen.append((parts, value))
    return chosen
