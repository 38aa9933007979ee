r"""Cuts over time with capacities that change: their exact value, and the bound that follows.

Let every node ``v`` have a label ``a(v)``: before it the node counts as on the destinations' side,
from then on as on the origins' side. Take any way of leaving in which vehicles wait as they like.
Follow one vehicle that is at a destination by the horizon ``T``. In (place, time) it begins at its
origin when it is ready, and ends at a destination on arrival, and stays there up to ``T``. Either
(1) it begins on the destinations' side, that is ``ready < a(origin)``; or (2) it ends on the
origins' side, so that its destination has ``a(d) <= T`` and it takes up reception capacity there;
or (3) it passes from the origins' side to the destinations' side. Waiting cannot do (3), because
at one place the side changes only the other way. So some link ``(v, w)`` does, entered at ``t``
with ``a(v) <= t`` and ``t + transit < a(w)``. During that interval no more can enter than the
integral of the rate over it, whatever the rate is at each moment. Therefore no more can arrive by
``T`` than

.. math:: \sum_{o: r_o < a(o)} b_o + \sum_{d: a(d) < T} C_d
          + \sum_{(v, w)} \int_{a(v)}^{a(w) - \tau} u(t)\,dt .

The proof nowhere uses that rates are constant, that all are ready at once, or what the labels are:
it holds for openings and closures, ready times and reception capacities alike. Limits on waiting
or on routes only take ways of leaving away, so the bound holds for them too. For constant rates
this is the cut of Ford and Fulkerson (1962); for changing ones see Anderson, Nash and Philpott
(1982), *A class of continuous network flow problems*, and Philpott (1990).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from safepassage.errors import InternalFault
from safepassage.flow.timed_roads import TICKS, TimedRoads
from safepassage.network.capacity_steps import integral, rate_at, rate_before
from safepassage.plan.clearance import CutLink, CutOverTime

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TimedCut"]

_DECIMALS = 10**9
_INSTANT = Fraction(1, 10**6)
_NEVER = Fraction(10**40)
"""Above all rates: where a window would move to when its road has no limit."""


@dataclass(frozen=True, slots=True)
class _Crossing:
    """A link by which the origins' side can be left."""

    link: int
    begin: Fraction
    """Label of the tail (s)."""
    end: Fraction | None
    """Latest entrance (s); None: moves with the horizon."""


class TimedCut:
    """Labels, some fixed and the others as late as matters, wherever the horizon is put.

    Parameters
    ----------
    roads
        The network.
    ticks
        By node, its label. One of at least the horizon less the way to a destination moves with
        the horizon: from then on nobody at the node can arrive in time, and it does not matter.
    horizon
        Ticks.
    """

    def __init__(self, roads: TimedRoads, ticks: NDArray[np.int64], horizon: int) -> None:
        self._roads = roads
        labels = _within_reach(roads, ticks)
        self._moves = labels >= horizon - roads.distance
        self._label = labels
        tail, head = roads.tail, roads.head
        opens = ~self._moves[tail]
        fixed = opens & ~self._moves[head] & (labels[head] - roads.transit > labels[tail])
        moving = opens & self._moves[head]
        self._fixed = [
            _Crossing(
                int(e), _seconds(labels[tail[e]]), _seconds(labels[head[e]] - roads.transit[e])
            )
            for e in np.flatnonzero(fixed)
        ]
        self._moving = [
            _Crossing(int(e), _seconds(labels[tail[e]]), None) for e in np.flatnonzero(moving)
        ]

    def bound(self) -> Fraction | None:
        """Return the horizon up to which not everyone can have arrived (s).

        Infinite capacity across the cut, or too much at any horizon, gives 0; None means that not
        everyone can ever arrive.
        """
        rest = self._rest()
        if rest is None:
            return Fraction(0)
        return self._reached(rest)

    def certificate(self, horizon: Fraction) -> CutOverTime:
        """Return the cut at a horizon (s)."""
        roads = self._roads
        every = [Fraction(0)] * roads.contraction.n
        for v, place in enumerate(roads.places):
            every[place] = min(_seconds(self._label[v]), self._latest(v, horizon))
        roads.contraction.restore(every, horizon, TICKS)
        labels: dict[str, Fraction] = {}
        for node, label in zip(roads.ids, every, strict=True):
            if label < labels.get(node, horizon):
                labels[node] = label
        return CutOverTime(horizon, labels)

    def value(self, horizon: Fraction) -> Fraction | None:
        """Return how many can arrive by a horizon (s) by this cut; None: any number."""
        rest = self._rest()
        if rest is None:
            return None
        total = self._roads.vehicles - rest + self._jumps(horizon)
        for crossing in self._moving:
            end = horizon - self._after(crossing.link)
            if end > crossing.begin:
                part = integral(self._roads.steps[crossing.link], crossing.begin, end)
                if part is None:
                    return None
                total += part
        return total

    def origins(self) -> tuple[str, ...]:
        """Nodes of the vehicles that are held back."""
        held = {
            o.node
            for o, v in zip(self._roads.origins, self._roads.origin_node, strict=True)
            if not self._moves[v] and o.ready_s >= _seconds(self._label[v])
        }
        return tuple(sorted(held))

    def links(self, horizon: Fraction) -> tuple[CutLink, ...]:
        """The roads that are full, those that pass most first."""
        found = []
        for crossing in (*self._fixed, *self._moving):
            chain = self._roads.links[crossing.link]
            end = crossing.end
            if end is None:
                end = horizon - self._after(crossing.link)
            if not chain or end <= crossing.begin:
                continue
            amount = integral(self._roads.steps[crossing.link], crossing.begin, end)
            if amount:
                link, before = self._roads.narrow[crossing.link]
                offset = Fraction(before, TICKS)
                found.append(CutLink(link, crossing.begin + offset, end + offset, amount))
        return tuple(sorted(found, key=lambda c: (-c.vehicles, c.link)))

    def _latest(self, v: int, horizon: Fraction) -> Fraction:
        """The label of a node that moves with the horizon."""
        return max(horizon - _seconds(self._roads.distance[v]), Fraction(0))

    def _after(self, link: int) -> Fraction:
        """Seconds from entering a link to a destination at least."""
        after = self._roads.transit[link] + self._roads.distance[self._roads.head[link]]
        return _seconds(after)

    def _rest(self) -> Fraction | None:
        """Vehicles less what the fixed part of the cut can pass; None: it passes any number."""
        rest = self._roads.vehicles
        for o, v in zip(self._roads.origins, self._roads.origin_node, strict=True):
            if not self._moves[v] and o.ready_s < _seconds(self._label[v]):
                rest -= o.vehicles
        for sink, room in zip(self._roads.sinks, self._roads.rooms, strict=True):
            if not self._moves[sink]:
                if room is None:
                    return None
                rest -= room
        for crossing in self._fixed:
            if crossing.end is None:
                raise InternalFault("a cut that stands still moves")
            part = integral(self._roads.steps[crossing.link], crossing.begin, crossing.end)
            if part is None:
                return None
            rest -= part
        return rest

    def _jumps(self, horizon: Fraction) -> Fraction:
        """Vehicles that become ready before the horizon where the label is the horizon."""
        return sum(
            (
                o.vehicles
                for o, v in zip(self._roads.origins, self._roads.origin_node, strict=True)
                if self._moves[v] and o.ready_s < self._latest(v, horizon)
            ),
            Fraction(0),
        )

    def _reached(self, rest: Fraction) -> Fraction | None:
        """The horizon at which the moving part of the cut has passed the rest."""
        events: list[tuple[Fraction, int, Fraction]] = []
        changes: list[tuple[Fraction, Fraction | None, Fraction | None]]
        for o, v in zip(self._roads.origins, self._roads.origin_node, strict=True):
            if self._moves[v]:
                events.append((o.ready_s + _seconds(self._roads.distance[v]), 0, o.vehicles))
        for crossing in self._moving:
            steps = self._roads.steps[crossing.link]
            after = self._after(crossing.link)
            rate = rate_at(steps, crossing.begin)
            later = [step for step in steps if step.from_s > crossing.begin]
            changes = [(crossing.begin, Fraction(0), rate)]
            for step in later:
                changes.append((step.from_s, changes[-1][2], step.vph))
            for time, old, new in changes:
                if new is None or old is None:
                    return Fraction(0)
                events.append((time + after, 1, new - old))
        events.sort(key=lambda event: event[:2])
        time, slope = Fraction(0), Fraction(0)
        for at, kind, amount in events:
            if slope > 0 and rest <= slope * (at - time) / 3600:
                break
            rest -= slope * (at - time) / 3600
            time = at
            if kind:
                slope += amount
            else:
                rest -= amount
                if rest <= 0:
                    return self._told(time)
        if rest <= 0:
            return Fraction(0)
        if slope <= 0:
            return None
        return self._told(time + rest * 3600 / slope)

    def _told(self, horizon: Fraction) -> Fraction:
        """A horizon of nine decimals at which the cut proves that not everyone can be out."""
        written = Fraction(horizon.numerator * _DECIMALS // horizon.denominator, _DECIMALS)
        value = self.value(written)
        if value is not None and value < self._roads.vehicles:
            return written
        if value == self._roads.vehicles and self._falls(written):
            return written
        return max(written - _INSTANT, Fraction(0))

    def _falls(self, horizon: Fraction) -> bool:
        """Whether fewer pass if the horizon, and labels after a moment, are a little earlier."""
        change: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
        for crossing in (*self._fixed, *self._moving):
            steps = self._roads.steps[crossing.link]
            end = crossing.end
            if end is None:
                end = horizon - self._after(crossing.link)
            if end <= crossing.begin:
                continue
            lost = rate_before(steps, end) or Fraction(0)
            gained: Fraction | None = Fraction(0)
            if crossing.begin > 0:
                gained = rate_before(steps, crossing.begin)
            offset = Fraction(0)
            if self._roads.links[crossing.link]:
                offset = Fraction(self._roads.narrow[crossing.link][1], TICKS)
            both = (_NEVER if gained is None else gained) - lost
            change[Fraction(-1)] += both
            change[crossing.begin + offset] -= both + lost
            change[end + offset] += lost
        moments = sorted(change)
        slopes = accumulate(change[moment] for moment in moments)
        return any(m >= 0 and slope < 0 for m, slope in zip(moments, slopes, strict=True))


def _within_reach(roads: TimedRoads, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lower labels so that no link without a limit is cut."""
    labels = ticks.copy()
    open_links = [e for e, steps in enumerate(roads.steps) if any(s.vph is None for s in steps)]
    changed = bool(open_links)
    while changed:
        changed = False
        for e in open_links:
            v, w = roads.tail[e], roads.head[e]
            if labels[v] < np.iinfo(np.int64).max and labels[v] + roads.transit[e] < labels[w]:
                labels[w] = labels[v] + roads.transit[e]
                changed = True
    return labels


def _seconds(ticks: np.int64 | int) -> Fraction:
    return Fraction(int(ticks), TICKS)
