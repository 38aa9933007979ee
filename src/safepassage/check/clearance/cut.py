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
    """Moving horizon and labels a little earlier makes it fewer."""

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
    entered, slope = _entered(cut, roads)
    if entered is None:
        return CutValue(None, falling=False)
    return CutValue(total + entered, falling=slope < 0)


def _entered(cut: CutOverTime, roads: Mapping[str, Road]) -> tuple[Fraction | None, Fraction]:
    """Sum what enters links in their windows, in whole numbers; and how that falls."""
    scale = _scale(cut) or 1
    label = {
        node: time.numerator * (scale // time.denominator) for node, time in cut.labels.items()
    }
    end = cut.horizon_s.numerator * (scale // cut.horizon_s.denominator)
    # By denominator of the capacity, so that nothing is reduced before the end.
    sums: defaultdict[int, int] = defaultdict(int)
    rest = slope = Fraction(0)
    for from_node, to_node, transit_s, steps in roads.values():
        first, last = label.get(from_node, end), label.get(to_node, end) - transit_s * scale
        if last <= first:
            continue
        if len(steps) > 1:
            begin, close = Fraction(first, scale), Fraction(last, scale)
            integral = _integral(steps, begin, close)
            if integral is None:
                return None, slope
            rest += integral
            slope += _shift(steps, begin, close)
            continue
        rate = steps[0].rate
        if rate is None:
            return None, slope
        sums[rate.denominator] += rate.numerator * (last - first)
        if first == 0:
            slope -= rate
    whole = sum((Fraction(n, d * scale) for d, n in sums.items()), Fraction(0))
    return (whole + rest) / 3600, slope


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


def _shift(steps: tuple[Step, ...], first: Fraction, last: Fraction) -> Fraction:
    """How fast a window takes in more as it moves earlier (vehicles an hour)."""
    at_end = _before(steps, last)
    at_begin = _before(steps, first) if first else Fraction(0)
    if at_begin is None or at_end is None:
        return _NEVER_FALLING
    return at_begin - at_end


def _before(steps: tuple[Step, ...], time: Fraction) -> Fraction | None:
    """The rate just before a moment after 0."""
    return next(step.rate for step in reversed(steps) if step.from_s < time)
