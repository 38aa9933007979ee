"""The value of a cut over time: what is proven about any way of leaving, in exact arithmetic.

The proof is on the page ``docs/clearance-theory.md``. In short: a vehicle that arrives before the
horizon begins on the destinations' side, or ends on the origins' side, or enters some link
``(v, w)`` at a time from ``label(v)`` up to ``label(w) - transit``; what these can amount to is a
plain sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Final

from safepassage.check.clearance.roads import Road, Step
from safepassage.network.road_instance import Destination, Origin
from safepassage.plan.clearance import CutOverTime

__all__ = ["CutValue", "malformed", "value_of"]

_MOST_BITS: Final = 20_000
"""Of the common denominator of the labels: beyond, the arithmetic would take too long."""


_NEVER_FALLING: Final = Fraction(10**40)
"""Over all rates there can be: a window that moves to where a link has no limit."""


@dataclass(frozen=True, slots=True)
class CutValue:
    """What a cut over time says of the vehicles that arrive before its horizon."""

    vehicles: Fraction | None
    """No more than this many can; None: the cut sets no limit."""
    falling: bool
    """Moving the horizon a little earlier, and labels above some threshold, makes it fewer."""

    def excludes(self, vehicles: Fraction) -> bool:
        """Say whether the horizon is a lower bound on the time for so many vehicles."""
        if self.vehicles is None:
            return False
        return self.vehicles < vehicles or (self.vehicles == vehicles and self.falling)


def malformed(cut: CutOverTime, nodes: Iterable[str]) -> str | None:
    """Say what keeps a cut from being one, None for a good one."""
    known = set(nodes)
    for node, label in cut.labels.items():
        if node not in known:
            return f"there is no node {node!r}"
        if not 0 <= label <= cut.horizon_s:
            return f"the label of {node!r} is not between 0 and the horizon"
    if _scale(cut) is None:
        return "the labels have no common denominator of a size that can be reckoned with"
    return None


def _scale(cut: CutOverTime) -> int | None:
    scale = cut.horizon_s.denominator
    for label in cut.labels.values():
        if scale % label.denominator:
            scale = lcm(scale, label.denominator)
            if scale.bit_length() > _MOST_BITS:
                return None
    return scale


def value_of(
    cut: CutOverTime,
    roads: Mapping[str, Road],
    origins: Iterable[Origin],
    destinations: Iterable[Destination],
) -> CutValue:
    """Evaluate a well-formed cut over time.

    Parameters
    ----------
    cut
        The cut.
    roads
        Every link.
    origins
        Who is counted: those who are already on the destinations' side when they become ready.
    destinations
        Where they may end; one without a limit that lies on the origins' side before the horizon
        makes the cut limit nothing.
    """
    horizon, labels = cut.horizon_s, cut.labels
    total = Fraction(0)
    for origin in origins:
        if origin.ready_s < labels.get(origin.node, horizon):
            total += origin.vehicles
    for destination in destinations:
        if labels.get(destination.node, horizon) < horizon:
            if destination.capacity is None:
                return CutValue(None, falling=False)
            total += destination.capacity
    entered, falling = _entered(cut, roads)
    if entered is None:
        return CutValue(None, falling=False)
    return CutValue(total + entered, falling)


def _entered(cut: CutOverTime, roads: Mapping[str, Road]) -> tuple[Fraction | None, bool]:
    """Sum what enters links in their windows, in whole numbers; and say whether that falls."""
    scale = _scale(cut) or 1
    label = {
        node: time.numerator * (scale // time.denominator) for node, time in cut.labels.items()
    }
    end = cut.horizon_s.numerator * (scale // cut.horizon_s.denominator)
    # By denominator of the capacity, so that nothing is reduced before the end.
    sums: defaultdict[int, int] = defaultdict(int)
    rest = Fraction(0)
    shifts = _Shifts()
    for from_node, to_node, transit_s, steps in roads.values():
        first, ahead = label.get(from_node, end), label.get(to_node, end)
        last = ahead - transit_s * scale
        if last <= first:
            continue
        if len(steps) > 1:
            begin, close = Fraction(first, scale), Fraction(last, scale)
            integral = _integral(steps, begin, close)
            if integral is None:
                return None, False
            rest += integral
            gain = _before(steps, begin) if first else Fraction(0)
            shifts.add(first, ahead, gain, _before(steps, close))
            continue
        rate = steps[0].rate
        if rate is None:
            return None, False
        sums[rate.denominator] += rate.numerator * (last - first)
        shifts.add(first, ahead, rate, rate)
    whole = sum((Fraction(n, d * scale) for d, n in sums.items()), Fraction(0))
    return (whole + rest) / 3600, shifts.falling()


class _Shifts:
    """How fast a cut lets more pass as its labels above a threshold move earlier, for each one.

    A window whose ends both move gains at its beginning and loses at its end; one of which only
    the end moves loses there.
    """

    def __init__(self) -> None:
        self._change: defaultdict[int, Fraction] = defaultdict(Fraction)

    def add(self, first: int, ahead: int, gain: Fraction | None, loss: Fraction | None) -> None:
        """Add a window, by the labels of its link's ends and the rates just before its own."""
        end = -(loss or Fraction(0))
        both = (_NEVER_FALLING if gain is None else gain) + end
        # Thresholds below the first label move both ends, and those from there on one.
        self._change[-1] += both
        self._change[first] += end - both
        self._change[ahead] -= end

    def falling(self) -> bool:
        """Say whether some threshold makes it fewer; none is below 0, where labels stay."""
        slope = Fraction(0)
        for threshold in sorted(self._change):
            slope += self._change[threshold]
            if threshold >= 0 and slope < 0:
                return True
        return False


def _integral(steps: tuple[Step, ...], first: Fraction, last: Fraction) -> Fraction | None:
    """Vehicles an hour times seconds from ``first`` to ``last``; None where not limited."""
    total = Fraction(0)
    for i, (begin, rate) in enumerate(steps):
        end = min(last, steps[i + 1].from_s) if i + 1 < len(steps) else last
        width = end - max(first, begin)
        if width > 0:
            if rate is None:
                return None
            total += rate * width
    return total


def _before(steps: tuple[Step, ...], time: Fraction) -> Fraction | None:
    """The rate just before a moment after 0."""
    return next(step.rate for step in reversed(steps) if step.from_s < time)
