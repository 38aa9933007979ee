"""Which change to the terms buys most certainty, and how certainty grows with fleet and deadline.

Each change is one step of one lever. The terms are changed, a timetable is made for them, and it is
simulated in the same futures as the timetable for the terms as they stand: what differs is due to
the change and not to luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from safepassage.negotiate.levers import Lever
from safepassage.simulate.estimate import Interval, paired_difference, proportion
from safepassage.simulate.sample import Sample, Sampler
from safepassage.simulate.timetables import Timetables

__all__ = ["Change", "Point", "by_amount", "changes", "one_step"]

_HOUR = 3_600
_FURTHER = {"escorts": 1, "hours": 2 * _HOUR, "crossing": 1, "deadline": 6 * _HOUR}
"""One step of a change, where it does not go by the amount that there is."""

FLEETS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
DEADLINES = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Times the amount in the terms, for the two curves."""
CERTAIN = 0.995
"""A curve ends where it can hardly rise any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of one lever, and what it does to the probability of success."""

    lever: Lever
    to: int
    p: float
    gain: float
    """More probability than under the terms as they stand, in the same futures."""
    interval: Interval
    """Of the gain."""
    fewer_left: float
    """People fewer left on average."""
    q95_s: float | None
    """Clearance time not exceeded in 95 % of the futures; None where they do not clear."""


@dataclass(frozen=True, slots=True)
class Point:
    """Probability of success with some amount of one term, a timetable made for each."""

    amount: int
    p: float
    interval: Interval


def one_step(lever: Lever) -> int:
    """Amount one step further: a tenth more vehicles, a quarter off the inspection, ...

    A pace lets a tenth more go. The others go a team, two hours a day, one way out, or six hours of
    the deadline further; never beyond the end of the lever.
    """
    now = lever.now
    if lever.kind in ("vehicles", "pace"):
        wanted = max(1, round(now / 10))
    elif lever.kind == "inspection":
        wanted = max(1, round(now / 4))
    else:
        wanted = _FURTHER[lever.kind]
    steps = max(1, -(-wanted // abs(lever.amounts.step)))
    return lever.amounts[min(steps, len(lever.amounts) - 1)]


def changes(
    timetables: Timetables,
    levers: Sequence[Lever],
    base: Sample,
    sampler: Sampler,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Change]:
    """Try one step of each lever, in futures 0 on; the one that gains most comes first.

    Parameters
    ----------
    base
        The same futures under the terms as they stand.
    """
    found = []
    for lever in levers:
        to = one_step(lever)
        progress(f"what {lever.id} changes")
        futures = timetables.changed(lever.settings(to))
        found.append(_change(lever, to, sampler.numbered(futures, 0, len(base)), base))
    return sorted(found, key=lambda c: (-c.gain, -c.fewer_left, c.lever.id))


def _change(lever: Lever, to: int, after: Sample, base: Sample) -> Change:
    gained = int((after.succeeds & ~base.succeeds).sum())
    lost = int((base.succeeds & ~after.succeeds).sum())
    gain, interval = paired_difference(gained, lost, len(base))
    return Change(
        lever=lever,
        to=to,
        p=after.p,
        gain=gain,
        interval=interval,
        fewer_left=base.mean_left - after.mean_left,
        q95_s=after.clearance_at(0.95),
    )


def by_amount(
    timetables: Timetables,
    lever: Lever,
    sampler: Sampler,
    count: int,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Point]:
    """Probability of success with ever more of one term, until it can hardly rise any more."""
    found: list[Point] = []
    for amount in _amounts(lever):
        progress(f"the probability with {lever.id} at {amount}")
        settings = () if amount == lever.now else lever.settings(amount)
        sample = sampler.numbered(timetables.changed(settings), 0, count)
        successes = int(sample.succeeds.sum())
        found.append(Point(amount, sample.p, proportion(successes, count)))
        if sample.p >= CERTAIN and amount >= lever.now:
            break
    return found


def _amounts(lever: Lever) -> Iterator[int]:
    """Amounts to try, rising; fewer vehicles than there are as well, but no nearer deadline."""
    last = 0
    for factor in FLEETS if lever.kind == "vehicles" else DEADLINES:
        amount = max(1, round(lever.now * factor))
        if amount != last and amount <= max(lever.amounts):
            yield amount
        last = amount
