"""What is unknown of an operation, and its values in each of many futures.

A few unknowns are drawn once for a future (how many people, how slow the posts): those have names,
and can be given by their quantiles. What happens again and again (further suspensions and holds,
which vehicle is lost when) is drawn by counters that belong to the future's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate.draws_code import Coded
from safepassage.simulate.draws_kernel import correlate, uniforms
from safepassage.simulate.slip_tables import Drawn

__all__ = ["MOST_HOLDS", "MOST_SUSPENSIONS", "Draws", "People", "Target", "nothing_drawn"]

MOST_SUSPENSIONS = 16
"""Of one future; with a mean of a day between them they cover more than two weeks."""

MOST_HOLDS = 48
"""Of one crossing in one future."""

UNKNOWNS, SUSPENSIONS, HOLDS, LOSSES, CONVOYS = range(5)
"""Streams of draws."""

_NEVER = 1 << 40

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Groups that one unknown counts together (-1: one that does not leave), and their counts."""

    column: int
    groups: NDArray[np.int64]
    counts: Floats
    """[3, groups]"""

    def persons(self, total: Floats) -> Floats:
        """Return the persons [n, groups] where there are ``total`` [n] together."""
        sums = self.counts.sum(axis=1)
        found = np.stack([np.interp(total, sums, row) for row in self.counts.T], axis=1)
        for end, outside in ((0, total < sums[0]), (2, total > sums[2])):
            if sums[end] > 0:
                grown = total[:, None] * (self.counts[end] / sums[end])
                found = np.where(outside[:, None], grown, found)
        rounded: Floats = np.rint(found)
        return rounded


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A column of values, and which entries of something it sets."""

    column: int
    entries: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Unknowns by column, and what each one sets."""

    coded: Coded
    root: Floats | None
    """Root of the correlations, None where there are none."""
    people: tuple[People, ...]
    refusing: tuple[Target, ...]
    part: tuple[Target, ...]
    late: tuple[Target, ...]
    boarding: int | None
    driving: int | None
    inspecting: tuple[Target, ...]
    lost: tuple[Target, ...]
    holds: tuple[tuple[int, int, NDArray[np.int64]], ...]
    """Columns of time to hold and to release, and crossings."""
    suspension: tuple[int, int] | None
    """Columns of onset and length."""
    weather: tuple[tuple[int, int, int, int], ...]
    """Columns: whether it comes, onset, length, factor."""
    own: tuple[tuple[int, int], ...]
    """Time (0: boarding, 1: driving, 2: inspection) and column of what convoys differ by."""
    own_coded: Coded | None
    """The distributions of that; None where convoys do not differ."""
    refused_share: Floats
    """[groups] what the terms say, where no unknown does."""
    sizes: tuple[int, int, int, int]
    """Groups, crossings, vehicles, rotations."""
    sides: Mapping[str, Any]
    """``side_first`` [sides] and ``halts`` for the kernel."""

    def uniforms(self, seed: int, first: int, count: int) -> Floats:
        """Return the quantiles [n, unknowns] of futures, each drawn alone."""
        u = np.empty((count, len(self.coded.kinds)))
        uniforms(seed, first, UNKNOWNS, u)
        return u

    def values(self, u: Floats) -> Floats:
        """Return the values [n, unknowns] at quantiles, correlated as stated."""
        if self.root is not None:
            together = np.empty(u.shape)
            correlate(np.ascontiguousarray(u), self.root, together)
            u = together
        return self.coded.values(u)

    def drawn(self, values: Floats, seed: int, first: int) -> Drawn:
        """Return everything that the kernel needs of futures with these values."""
        n = len(values)
        groups, crossings, vehicles, _ = self.sizes
        persons = np.zeros((n, groups))
        for people in self.people:
            here = people.groups >= 0
            persons[:, people.groups[here]] = people.persons(values[:, people.column])[:, here]
        refusing = np.tile(self.refused_share, (n, 1))
        return Drawn(
            persons=persons,
            refusing=_set(refusing, self.refusing, values),
            part=_set(np.ones((n, groups)), self.part, values),
            late=_set(np.zeros((n, len(self.sides["side_first"]))), self.late, values),
            **self.sides,
            boarding=values[:, self.boarding] if self.boarding is not None else np.ones(n),
            driving=values[:, self.driving] if self.driving is not None else np.ones(n),
            inspecting=_set(np.ones((n, 2 * crossings)), self.inspecting, values),
            own=self._own(n, seed, first),
            lost=self._lost(values, vehicles, seed, first),
            **self._suspensions(values, seed, first),
            **self._holds(values, crossings, seed, first),
            **self._weather(values),
        )

    def _lost(self, values: Floats, vehicles: int, seed: int, first: int) -> NDArray[np.int64]:
        """First rotation of each vehicle in which it is missing: a geometric number."""
        lost = np.full((len(values), vehicles), _NEVER, np.int64)
        if self.lost:
            u = np.empty((len(values), vehicles))
            uniforms(seed, first, LOSSES, u)
            for target in self.lost:
                share = values[:, target.column, None]
                with np.errstate(divide="ignore"):
                    number = np.floor(np.log(u[:, target.entries]) / np.log1p(-share))
                lost[:, target.entries] = np.minimum(number, _NEVER).astype(np.int64)
        return lost

    def _own(self, n: int, seed: int, first: int) -> Floats:
        """Multiples of each convoy of the timetable [n, 3, rotations]."""
        if self.own_coded is None:
            return np.ones((n, 3, 0))
        convoys = self.sizes[3]
        u = np.empty((n, 3 * convoys))
        uniforms(seed, first, CONVOYS, u)
        found = np.ones((n, 3, convoys))
        for time, column in self.own:
            here = u[:, time * convoys : (time + 1) * convoys]
            found[:, time] = self.own_coded.column(column, convoys).values(here)
        return found

    def _suspensions(self, values: Floats, seed: int, first: int) -> dict[str, Any]:
        if self.suspension is None:
            return {"stop_on": np.zeros((len(values), 0)), "stop_off": np.zeros((len(values), 0))}
        gap, length = self._repeated(values, *self.suspension, MOST_SUSPENSIONS, seed, first, 0)
        off = np.cumsum(gap + length, axis=1)
        return {"stop_on": off - length, "stop_off": off}

    def _holds(self, values: Floats, crossings: int, seed: int, first: int) -> dict[str, Any]:
        most = MOST_HOLDS if self.holds else 0
        gaps = np.full((len(values), crossings, most), np.inf)
        lengths = np.zeros((len(values), crossings, most))
        for to_hold, to_release, where in self.holds:
            for number, crossing in enumerate(where):
                gap, length = self._repeated(
                    values,
                    to_hold,
                    to_release,
                    most,
                    seed,
                    first,
                    1 + int(crossing),
                    own=number > 0,
                )
                gaps[:, crossing], lengths[:, crossing] = gap, length
        return {"hold_gap": gaps, "hold_s": lengths}

    def _repeated(
        self,
        values: Floats,
        gap: int,
        length: int,
        most: int,
        seed: int,
        first: int,
        stream: int,
        *,
        own: bool = False,
    ) -> tuple[Floats, Floats]:
        """Times to something and its lengths [n, most]; the first are the unknowns' own values."""
        u = np.empty((len(values), 2 * most))
        uniforms(seed, first, 16 + stream, u)
        gaps = self.coded.column(gap, most).values(u[:, :most])
        lengths = self.coded.column(length, most).values(u[:, most:])
        if not own:
            gaps[:, 0], lengths[:, 0] = values[:, gap], values[:, length]
        return gaps, lengths

    def _weather(self, values: Floats) -> dict[str, Any]:
        n = len(values)
        on, off, factor = (np.full((n, len(self.weather)), x) for x in (np.inf, np.inf, 1.0))
        for w, (comes, onset, length, slow) in enumerate(self.weather):
            here = values[:, comes] > 0.5
            on[:, w] = np.where(here, values[:, onset], np.inf)
            off[:, w] = np.where(here, values[:, onset] + values[:, length], np.inf)
            factor[:, w] = values[:, slow]
        return {"snow_on": on, "snow_off": off, "snow_factor": factor}


def nothing_drawn(tables: Any, persons: Sequence[int], refusing: Sequence[float] = ()) -> Drawn:
    """Return the one future that is as the terms say, with so many persons of each group.

    Parameters
    ----------
    tables
        Of the timetable.
    persons
        By group, those who refuse included.
    refusing
        Share of each group that refuses; none given means nobody.
    """
    groups, servers = len(persons), len(tables.inspect)
    none, nowhere = np.zeros((1, 0)), np.zeros((1, servers // 2, 0))
    return Drawn(
        persons=np.array([persons], np.float64),
        refusing=np.array([refusing or [0.0] * groups], np.float64),
        part=np.ones((1, groups)),
        late=none,
        side_first=np.zeros(0),
        halts=1,
        boarding=np.ones(1),
        driving=np.ones(1),
        inspecting=np.ones((1, servers)),
        own=np.ones((1, 3, 0)),
        lost=np.full((1, len(tables.veh_kind)), _NEVER, np.int64),
        stop_on=none,
        stop_off=none,
        hold_gap=nowhere,
        hold_s=nowhere,
        snow_on=none,
        snow_off=none,
        snow_factor=none,
    )


def _set(table: Floats, targets: Sequence[Target], values: Floats) -> Floats:
    for target in targets:
        table[:, target.entries] = values[:, target.column, None]
    return table
