"""Rounds of a type by several crossings with the same openings, which share its vehicles.

Definition and proof: ``docs/reference/certificate-format.md``, "Rounds".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from safepassage.check.proof.rounds import Lane, Rounds, Within, time_left, turns_left
from safepassage.check.proof.slots import Interval

__all__ = ["Shared", "read_shared"]


@dataclass(frozen=True, slots=True)
class Shared:
    """The crossings at which a type makes its rounds, by one or by another."""

    kind: str
    lanes: Mapping[str, Lane]
    _times: dict[tuple[int, int, int], int] = field(default_factory=dict)

    @property
    def lane(self) -> Lane:
        """Any of them: all have the same stretches."""
        return next(iter(self.lanes.values()))

    def rounds(self, crossing: str) -> Rounds:
        """Return the type's rounds by one of them."""
        return self.lanes[crossing].rounds[self.kind]

    def time_s(self, i: int, j: int, v: int) -> int:
        """Return the seconds of rounds that fit into a stretch, by the chords at a size."""
        if (i, j, v) not in self._times:
            length, seen = self._within(i, j)
            lost = [r.lost_of_time(w, v, alone=False) for r, w in seen]
            self._times[i, j, v] = time_left(length, _divided(lost))
        return self._times[i, j, v]

    def turns(self, i: int, j: int) -> int:
        """Return how many passes there can be of all crossings together."""
        length, seen = self._within(i, j)
        lost = [r.lost_of_turns(w, alone=False) for r, w in seen]
        return turns_left(length, min(r.least_s for r, _ in seen), _divided(lost))

    def _within(self, i: int, j: int) -> tuple[int, list[tuple[Rounds, Within]]]:
        """Return the time from the first pass of any of them to the last, and how each has it."""
        found = [
            (x.rounds[self.kind], x.openings[i][0], x.openings[j][1]) for x in self.lanes.values()
        ]
        passing = [rounds.passing_s(begin, end) for rounds, begin, end in found]
        shared = min(x for x, _ in passing), max(y for _, y in passing)
        return max(0, shared[1] - shared[0]), [(r, r.seen(shared, x, y)) for r, x, y in found]


def _divided(lost: Sequence[tuple[list[int], list[int]]]) -> tuple[list[int], list[int]]:
    """Return the least that vehicles lose, whichever crossing each passes first, and last."""
    return reduce(_least, (a for a, _ in lost)), reduce(_least, (b for _, b in lost))


def _least(one: list[int], other: list[int]) -> list[int]:
    return [min(one[m] + other[n - m] for m in range(n + 1)) for n in range(len(one))]


def read_shared(lanes: Mapping[str, Lane], end_s: int) -> dict[str, Shared]:
    """Read the types with rounds at several crossings, which open together up to a last second."""
    shared = {}
    for kind in sorted({kind for lane in lanes.values() for kind in lane.rounds}):
        mine = {c: lane for c, lane in lanes.items() if kind in lane.rounds}
        if len(mine) > 1 and len({_until(lane.openings, end_s) for lane in mine.values()}) == 1:
            shared[kind] = Shared(kind, mine)
    return shared


def _until(openings: Sequence[Interval], end_s: int) -> tuple[Interval, ...]:
    return tuple((x, min(y, end_s)) for x, y in openings)
