"""What all escort teams can be worth: convoys one by one, and teams one after another.

A team's first convoy can only be inspected after that of the team before, and its last one only
before that of the team after. Definition and proof: ``docs/reference/certificate-format.md``,
"Escorts".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.programme import Ints

__all__ = ["Turn", "most_of_teams"]

MOST_CONVOYS = 12
"""Convoys of a team up to which they are counted one by one."""
PARTS = 4_000
"""Parts of a team's time that they are counted in."""
MOST_TEAMS = 24
"""Teams up to which they are counted one after another."""
NEVER = 1 << 50


@dataclass(frozen=True)
class Turn:
    """A convoy of one size with a type by a way: what a team spends on it, at least."""

    flow: int
    size: int
    seconds: int
    """From the arrival of the team's convoy before."""
    first: int
    """From its first departure."""
    crossing: str | None
    """Key crossing of its loaded leg."""
    before: int
    """From its first departure to the inspection there."""
    after: int
    """From that inspection to its arrival."""
    apart: int
    """From the begin of that inspection to the next convoy's."""


def most_of_teams(
    turns: Sequence[Turn],
    worth: Mapping[int, int],
    by: int,
    teams: int,
    otherwise: int,
    *,
    apart: bool,
) -> int:
    """Most that the vehicles of all teams' convoys can be worth by a moment.

    Convoys are counted one by one, in parts of the time that are rounded down.

    Parameters
    ----------
    otherwise
        What a team's are worth at most where there may be too many for that.
    apart
        Whether the first convoys of all teams, and the last, are seen to follow on one another.
    """
    least = min(t.seconds for t in turns)
    if least <= 0 or by // least >= MOST_CONVOYS:
        return teams * otherwise
    team = _Team(turns, worth, by)
    if not apart or not 1 < teams <= MOST_TEAMS:
        return teams * min(max(0, int(team.whole[-1])), otherwise)
    return sum(min(value, otherwise) for value in _one_by_one(team, teams))


class _Team:
    """One team's convoys, counted one by one."""

    def __init__(self, turns: Sequence[Turn], worth: Mapping[int, int], by: int) -> None:
        self.turns, self.by = turns, by
        self.part = max(1, by // PARTS)
        self.value = np.array([t.size * worth[t.flow] for t in turns], np.int64)
        self.first = np.array([t.first // self.part for t in turns], np.int64)
        self.later = np.array([t.seconds // self.part for t in turns], np.int64)
        size = by // self.part + 1
        self.after_first = _packed(
            np.zeros(size, np.int64), _choices(zip(self.later, self.value, strict=True))
        )
        """Most by parts of time, of convoys that are not a team's first ..."""
        self.whole = np.full(size, -1, np.int64)
        """... and of all; -1 where the time is too short for any."""
        for parts, value in _choices(zip(self.first, self.value, strict=True)):
            if parts < size:
                more = self.after_first[: size - parts] + value
                np.maximum(self.whole[parts:], more, out=self.whole[parts:])

    def least_time(self, level: int) -> tuple[Ints, Ints]:
        """Least seconds in which a team is worth so much, by its first convoy and by its last."""
        left = level - self.value
        begun = self.first + _found(self.after_first, left)
        ended = self.later + _found(self.whole, np.maximum(left, 0))
        ended = np.where(left <= 0, np.minimum(self.first, ended), ended)
        return np.minimum(begun * self.part, NEVER), np.minimum(ended * self.part, NEVER)


def _packed(best: Ints, convoys: Sequence[tuple[int, int]]) -> Ints:
    grown = True
    while grown:
        more = best.copy()
        for parts, value in convoys:
            if parts < best.size:
                np.maximum(more[parts:], best[: best.size - parts] + value, out=more[parts:])
        grown, best = not np.array_equal(more, best), more
    return best


def _choices(convoys: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Convoys that are worth more than all quicker ones: parts of time, and worth."""
    best: dict[int, int] = {}
    for parts, value in convoys:
        best[int(parts)] = max(int(value), best.get(int(parts), 0))
    reached, chosen = 0, []
    for parts, value in sorted(best.items()):
        if value > reached:
            reached = value
            chosen.append((parts, value))
    return chosen


def _found(rising: Ints, values: Ints) -> Ints:
    """First place of at least a value, or one that never comes."""
    found = np.searchsorted(rising, values)
    return np.where(found < rising.size, found, NEVER)


def _one_by_one(team: _Team, teams: int) -> list[int]:
    """What the best team is worth at most, the second best, and so on.

    If ``n`` teams are worth so much each, then all of them have the time for it between the first
    convoys, which follow on one another, and the last, which do so as well.
    """
    levels = np.unique(team.whole[team.whole > 0])
    firsts = _sequences([(t.crossing, t.before) for t in team.turns], team.turns)
    lasts = _sequences([(t.crossing, t.after) for t in team.turns], team.turns)
    most = []
    for n in range(1, teams + 1):
        low, high = 0, len(levels)
        while low < high:
            middle = (low + high) // 2
            begun, ended = team.least_time(int(levels[middle]))
            need = _least(firsts, begun, n) + _least(lasts, ended, n)
            low, high = (middle + 1, high) if need <= 2 * n * team.by else (low, middle)
        most.append(int(levels[low - 1]) if low else 0)
    # Where more teams can be worth so much, fewer can.
    return [max(most[n:]) for n in range(teams)]


@dataclass(frozen=True)
class _Sequence:
    """Convoys that follow on one another at a crossing, equally far from it."""

    turns: Ints
    longer: Ints
    """By how much each is further from it than the nearest."""
    apart: Ints


def _sequences(places: Sequence[tuple[str | None, int]], turns: Sequence[Turn]) -> list[_Sequence]:
    """Sort convoys by crossing and by flow: those of the least size say how far away it is."""
    nearest: dict[int, tuple[str | None, int]] = {}
    for (crossing, seconds), t in zip(places, turns, strict=True):
        known = nearest.get(t.flow, (crossing, seconds))
        nearest[t.flow] = crossing, min(known[1], seconds)
    sequences = []
    for key in sorted(set(nearest.values()), key=str):
        mine = [n for n, t in enumerate(turns) if nearest[t.flow] == key]
        apart = [turns[n].apart if key[0] is not None else 0 for n in mine]
        longer = [places[n][1] - key[1] if key[0] is not None else 0 for n in mine]
        sequences.append(_Sequence(np.array(mine), np.array(longer), np.array(apart)))
    return sequences


def _least(sequences: Sequence[_Sequence], times: Ints, teams: int) -> int:
    """Least sum of the times of so many teams, and of twice what they wait for one another."""
    total: list[int] | None = None
    for s in sequences:
        mine = _in_turn(times[s.turns], s, teams)
        if total is None:
            total = mine
        else:
            total = [min(total[k] + mine[n - k] for k in range(n + 1)) for n in range(teams + 1)]
    return total[teams] if total is not None else NEVER


def _in_turn(times: Ints, s: _Sequence, teams: int) -> list[int]:
    """By number of teams, the same for one sequence.

    All wait for whoever is outermost, and for its way to the crossing.
    """
    found, others = [0], 0
    for n in range(teams):
        outermost = int((times + 2 * n * (s.apart + s.longer)).min())
        found.append(outermost + others)
        others += int((times - 2 * s.longer + 2 * n * s.apart).min())
    return found
