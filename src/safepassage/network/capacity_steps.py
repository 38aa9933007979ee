"""The capacity of a road as steps in time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from safepassage.network.road_instance import FOR_GOOD_S, RoadInstance

__all__ = ["Step", "integral", "rate_at", "rate_before", "rate_steps"]


@dataclass(frozen=True, slots=True)
class Step:
    """From ``from_s`` on a link takes so many vehicles an hour (None: any number)."""

    from_s: Fraction
    vph: Fraction | None


def rate_steps(instance: RoadInstance, link: str) -> tuple[Step, ...]:
    """Return a link's capacity as steps in time; the last lasts for ever."""
    own = instance.network.links[link].capacity_vph
    steps = [Step(Fraction(0), own)]

    def add(from_s: Fraction, vph: Fraction | None) -> None:
        if steps[-1].from_s == from_s:
            steps.pop()
        if not steps or steps[-1].vph != vph:
            steps.append(Step(from_s, vph))

    for period in instance.changes.get(link, ()):
        add(period.from_s, period.capacity_vph)
        if period.to_s >= FOR_GOOD_S:
            break
        add(period.to_s, own)
    return tuple(steps)


def integral(steps: tuple[Step, ...], first: Fraction, last: Fraction) -> Fraction | None:
    """Vehicles that can enter a link from ``first`` to ``last`` (s); None: any number."""
    total = Fraction(0)
    for i, step in enumerate(steps):
        end = min(last, steps[i + 1].from_s) if i + 1 < len(steps) else last
        width = end - max(first, step.from_s)
        if width > 0:
            if step.vph is None:
                return None
            total += step.vph * width
    return total / 3600


def rate_at(steps: tuple[Step, ...], time: Fraction) -> Fraction | None:
    """Return the rate from a moment on (vehicles an hour)."""
    return next(step.vph for step in reversed(steps) if step.from_s <= time)


def rate_before(steps: tuple[Step, ...], time: Fraction) -> Fraction | None:
    """Return the rate just before a moment after 0 (vehicles an hour)."""
    return next(step.vph for step in reversed(steps) if step.from_s < time)
