"""Times to a stop and lengths of stops, fitted to what was reported."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, stdev
from typing import Literal

from safepassage.terms.observations import Observation

__all__ = ["Record", "fitted", "record_of"]


@dataclass(frozen=True, slots=True)
class Record:
    """What one case's observations say of stops."""

    lengths_s: tuple[float, ...]
    """Lengths of stops whose end is known."""
    gaps_s: tuple[float, ...]
    """Times of movement that ended in a stop."""
    rest_s: float
    """Time of movement that ended without one."""


def record_of(observations: Iterable[Observation]) -> Record:
    """Return the stops that observations tell of.

    Stops that overlap are one, whoever tells of them. A stop before anybody was out is no end of a
    movement; its length counts all the same. Movement ends with the last count.
    """
    rows = list(observations)
    stops: list[tuple[datetime, datetime]] = []
    told = [(r.time, r.until) for r in rows if r.kind == "stop" and r.until is not None]
    for begin, end in sorted(told):
        if stops and begin <= stops[-1][1]:
            stops[-1] = stops[-1][0], max(end, stops[-1][1])
        else:
            stops.append((begin, end))
    counts = [r.time for r in rows if r.kind == "out"]
    lengths = tuple((end - begin).total_seconds() for begin, end in stops)
    if not counts:
        return Record(lengths, (), 0.0)
    gaps = []
    since = min(counts)
    for begin, end in stops:
        if begin > since:
            gaps.append((begin - since).total_seconds())
        since = max(since, end) if begin > since else _moving(since, begin, end)
    rest = max(0.0, (max(counts) - since).total_seconds())
    return Record(lengths, tuple(gaps), rest)


def _moving(since: datetime, begin: datetime, end: datetime) -> datetime:
    """Movement is taken to begin with the end of a stop that was on before the first count."""
    return min(since, end) if begin < since else since


def fitted(
    family: Literal["exponential", "lognormal", "empirical"],
    records: Sequence[Record],
    of: Literal["onset", "length"],
) -> tuple[str, tuple[float, ...]] | None:
    """Fit a distribution by greatest likelihood.

    Parameters
    ----------
    family
        Its form.
    records
        Of one or several cases.
    of
        Times of movement until a stop, or lengths of stops. For an exponential time of movement,
        movement that went on without a stop counts as well (as a censored time).

    Returns
    -------
    tuple or None
        The form and its parameters: the mean; mean and standard deviation of the logarithm; or the
        values. None where the record is too short: no value, or one where a spread is wanted.
    """
    onset = of == "onset"
    values = [v for r in records for v in (r.gaps_s if onset else r.lengths_s)]
    if family == "exponential" and values:
        rest = sum(r.rest_s for r in records) if onset else 0.0
        return family, ((sum(values) + rest) / len(values),)
    if family == "lognormal" and len(values) > 1:
        logs = [math.log(v) for v in values]
        return family, (fmean(logs), stdev(logs))
    if family == "empirical" and values:
        return family, tuple(sorted(values))
    return None
