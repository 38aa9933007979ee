"""What several escort teams can do at most: whole convoys, and one team after another.

Definition and proof: ``docs/reference/certificate-format.md``, "Escorts".
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Teams", "Turn"]

_PARTS = 4_000

_Held = tuple[int, int, int]
"""A team's time with a convoy; how much further that is from the crossing than the nearest one; and
for how long it holds up others there."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A convoy of one size with a type by a way, and the least time that a team is with it."""

    size: int
    seconds: int
    """From where the team's last convoy arrived."""
    first: int
    """If it is the team's first one."""
    lane: tuple[str | None, int, int]
    """The key crossing, and how far it is from begin and arrival in the least convoy."""
    before: int
    """From the begin to the inspection there, if it is the team's first one."""
    after: int
    """From the end of that inspection to the arrival."""
    blocked: int
    """From the begin of that inspection until the next one can begin."""

    def held(self, seconds: int, longer: int) -> _Held:
        """Return what other teams have to do with it, if any crossing is on its way."""
        if self.lane[0] is None:
            return seconds, 0, 0
        return seconds, longer, self.blocked


class Teams:
    """Teams with the same time, whose convoys are worth something each."""

    def __init__(self, worth: Sequence[tuple[Turn, int]], by_s: int) -> None:
        self._worth, self._by_s = worth, by_s
        self._part = max(1, by_s // _PARTS)
        later: dict[int, int] = {}
        begun: dict[int, int] = {}
        for turn, value in worth:
            for convoys, seconds in ((later, turn.seconds), (begun, turn.first)):
                parts = seconds // self._part
                convoys[parts] = max(value, convoys.get(parts, 0))
        ordered = _better(later)
        self._after: list[int] = [0]
        """By parts of time, the most that convoys are worth which are not the first ..."""
        for moment in range(1, by_s // self._part + 1):
            found = self._after[-1]
            for length, value in ordered:
                if length > moment:
                    break
                found = max(found, self._after[moment - length] + value)
            self._after.append(found)
        firsts = _better(begun)
        self._all = [
            max((self._after[m - n] + v for n, v in firsts if n <= m), default=-1)
            for m in range(len(self._after))
        ]
        """... and that all are; -1 where there is no time for one."""

    @property
    def alone(self) -> int:
        """What a team's convoys are worth at most."""
        return max(0, self._all[-1])

    def one_by_one(self, teams: int) -> list[int]:
        """Return what the best team's are worth at most, the second best's, and so on."""
        levels = sorted({value for value in self._all if value > 0})
        most = []
        for n in range(1, teams + 1):
            low, high = 0, len(levels)
            while low < high:
                middle = (low + high) // 2
                if self._needed(levels[middle], n) <= 2 * n * self._by_s:
                    low = middle + 1
                else:
                    high = middle
            most.append(levels[low - 1] if low else 0)
        return [max(most[n:]) for n in range(teams)]

    def _needed(self, level: int, teams: int) -> int:
        """Twice the time in which so many teams can be worth so much each, waits and all."""
        first: dict[tuple[str | None, int], list[_Held]] = defaultdict(list)
        last: dict[tuple[str | None, int], list[_Held]] = defaultdict(list)
        for turn, value in self._worth:
            begun, ended = turn.first // self._part, turn.seconds // self._part
            rest = level - value
            ends = [begun] if rest <= 0 else []
            if (after := bisect_left(self._after, rest)) < len(self._after):
                parts = begun + after
                first[turn.lane[:2]].append(
                    turn.held(parts * self._part, turn.before - turn.lane[1])
                )
            if (ahead := bisect_left(self._all, max(0, rest))) < len(self._all):
                ends.append(ended + ahead)
            if ends:
                parts = min(ends)
                lane = turn.lane[0], turn.lane[2]
                last[lane].append(turn.held(parts * self._part, turn.after - lane[1]))
        if not first or not last:
            return 2 * teams * self._by_s + 1
        return _in_turn(first.values(), teams) + _in_turn(last.values(), teams)


def _in_turn(lanes: Iterable[Sequence[_Held]], teams: int) -> int:
    """Least time of so many teams with twice their waits, each by some lane."""
    by_lane = [list(_waiting(convoys, teams)) for convoys in lanes]
    total = by_lane[0]
    for mine in by_lane[1:]:
        total = [min(total[k] + mine[n - k] for k in range(n + 1)) for n in range(teams + 1)]
    return total[teams]


def _waiting(convoys: Sequence[_Held], teams: int) -> Iterator[int]:
    """Yield by number of teams their least time, with twice what they wait in one lane."""
    others = 0
    yield 0
    for n in range(teams):
        yield others + min(time + 2 * n * (blocked + way) for time, way, blocked in convoys)
        others += min(time - 2 * way + 2 * n * blocked for time, way, blocked in convoys)


def _better(convoys: Mapping[int, int]) -> list[tuple[int, int]]:
    """Return those that are worth more than all shorter ones, the shortest first."""
    kept: list[tuple[int, int]] = []
    for length, value in sorted(convoys.items()):
        if not kept or value > kept[-1][1]:
            kept.append((length, value))
    return kept
