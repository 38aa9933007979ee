"""The answer of a study as data: what ``simulate --json`` tells, and every report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from safepassage.negotiate.levers import Lever
from safepassage.simulate.changes import Change, Point
from safepassage.simulate.estimate import CONFIDENCE, proportion, quantile
from safepassage.simulate.futures import Futures
from safepassage.simulate.robust import Robust
from safepassage.simulate.sensitivity import MEASURES, Driver, Ends, Share
from safepassage.simulate.study import Studied, Study
from safepassage.simulate.tally import Tally
from safepassage.simulate.value import Worth

__all__ = ["Found", "answer_of"]

ETE = (50, 90, 95)
BANDS = (5, 50, 95)
ALIKE = 0.01
"""Share of futures that may end otherwise where nearly all end alike."""

LOOKED_AT = 200
"""Futures in which it is looked whether more would happen than is drawn."""

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a study has found."""

    study: Study
    futures: Futures
    studied: Studied
    drivers: Sequence[Driver] = ()
    worth: Sequence[Worth] = ()
    changes: Sequence[Change] = ()
    by_fleet: tuple[Lever, Sequence[Point]] | None = None
    by_deadline: tuple[Lever, Sequence[Point]] | None = None
    robust: Robust | None = None


def answer_of(found: Found) -> Data:
    """Return all that is told, as JSON data; it holds nothing of executors or wall time."""
    study, studied, futures = found.study, found.studied, found.futures
    tally = studied.tally
    timed = futures.deadline_s is not None
    low, high = studied.interval
    measure = _measure(studied, found.drivers)
    return {
        "proposal": study.proposal,
        "policy": study.policy,
        "seed": study.seed,
        "runs": tally.runs,
        "deadline_s": futures.deadline_s,
        "p_deadline": studied.p if timed else None,
        "p_deadline_ci": [low, high] if timed else None,
        "p_out": _cleared(tally) / tally.runs if tally.runs else 0.0,
        "p_out_ci": list(proportion(_cleared(tally), tally.runs, studied.confidence)),
        "confidence": CONFIDENCE,
        "interval_confidence": studied.confidence,
        "precision": study.precision,
        "precise": studied.precise,
        **_times(tally),
        "left": _left(tally, futures.groups),
        "broken": _broken(studied, futures.bounds),
        "refused_mean": tally.refused_sum / tally.runs if tally.runs else 0.0,
        "cut_short": _cut_short(found),
        "curve": _curve(tally, futures.moments_s),
        "assumed": list(futures.assumed),
        "unknowns": [{"unknown": name, "origin": told} for name, told in futures.sourced],
        "drivers_of": measure,
        "drivers": _drivers(found.drivers, found.worth, measure),
        "changes": [_change(c) for c in found.changes],
        "by_fleet": _points(found.by_fleet),
        "by_deadline": _points(found.by_deadline),
        "robust": _robust(found.robust) if found.robust is not None else None,
    }


def _cut_short(found: Found) -> Data:
    """In which share of the first futures suspensions or holds are missing, and of how many."""
    count = min(found.studied.tally.runs, LOOKED_AT)
    share = found.futures.cut_short(found.study.seed, count) if count else 0.0
    return {"futures": count, "share": share}


def _cleared(tally: Tally) -> int:
    return int(tally.clearance.table()[1].sum())


def _times(tally: Tally) -> Data:
    seconds, counts = tally.clearance.table()
    data: Data = {}
    for percent in ETE:
        at = quantile(seconds, counts, tally.runs, percent / 100)
        data[f"ete_{percent}_s"] = at.value
        data[f"ete_{percent}_ci_s"] = [at.low, at.high]
    return data


def _left(tally: Tally, groups: Sequence[str]) -> list[Data]:
    found = []
    for i, group in enumerate(groups):
        people, counts = tally.left.part(i)
        found.append(
            {
                "group": group,
                "mean": tally.left_sum[i] / tally.runs,
                "in_share_of_futures": tally.left_any[i] / tally.runs,
                **{f"p{q}": _at(people, counts, tally.runs, q) for q in BANDS[1:]},
            }
        )
    return found


def _broken(studied: Studied, bounds: Sequence[str]) -> list[Data]:
    """In how many futures each term that may be broken is broken."""
    tally = studied.tally
    return [
        {
            "term": name,
            "futures": n,
            "p": n / tally.runs,
            "p_ci": list(proportion(n, tally.runs, studied.confidence)),
        }
        for name, n in zip(bounds, tally.broken, strict=True)
    ]


def _curve(tally: Tally, moments_s: Sequence[int]) -> Data:
    """People out by moment, and the probability that everyone is."""
    seconds, counts = tally.clearance.table()
    up_to = np.cumsum(counts)
    cleared = [int(up_to[i - 1]) if i else 0 for i in np.searchsorted(seconds, moments_s, "right")]
    bands: dict[int, list[int]] = {q: [] for q in BANDS}
    for i in range(len(moments_s)):
        people, times = tally.curve.part(i)
        for q in BANDS:
            bands[q].append(_at(people, times, tally.runs, q))
    return {
        "moments_s": list(moments_s),
        **{f"out_p{q}": bands[q] for q in BANDS},
        "p_all_out": [n / tally.runs for n in cleared],
        "p_all_out_ci": [list(proportion(n, tally.runs)) for n in cleared],
    }


def _at(values: Any, counts: Any, runs: int, percent: int) -> int:
    found = quantile(values, counts, runs, percent / 100).value
    return found if found is not None else 0


def _measure(studied: Studied, drivers: Sequence[Driver]) -> str:
    """By what unknowns are put in order.

    Success, unless nearly all futures end alike; then how many are left, unless nearly nobody is.
    """
    if ALIKE <= studied.p <= 1 - ALIKE:
        return "success"
    return "left" if any(d.shares["left"] is not None for d in drivers) else "clearance"


def _drivers(drivers: Sequence[Driver], worth: Sequence[Worth], measure: str) -> list[Data]:
    known = {w.unknown: w for w in worth}
    found = []
    for d in drivers:
        w = known.get(d.unknown)
        found.append(
            {
                "unknown": d.unknown,
                "shares": {m: _share(d.shares[m]) for m in MEASURES},
                "low": _ends(d.low),
                "high": _ends(d.high),
                "worth": None if w is None else _worth(w),
            }
        )
    return sorted(found, key=lambda d: (-_total(d, measure), d["unknown"]))


def _total(driver: Data, measure: str) -> float:
    share = driver["shares"][measure]
    return float(share["total"]) if share is not None else 0.0


def _share(share: Share | None) -> Data | None:
    if share is None:
        return None
    return {
        "first": share.first,
        "first_ci": list(share.first_interval),
        "total": share.total,
        "total_ci": list(share.total_interval),
    }


def _worth(worth: Worth) -> Data:
    return {
        "p": worth.p,
        "p_ci": list(worth.p_interval),
        "fewer_left": worth.left,
        "fewer_left_ci": list(worth.left_interval),
    }


def _ends(ends: Ends | None) -> Data | None:
    if ends is None:
        return None
    return {"value": ends.value, "p": ends.p, "ete_50_s": ends.median_s, "left_mean": ends.left}


def _change(change: Change) -> Data:
    return {
        "what": change.lever.id,
        "clause_id": change.lever.clause_id,
        "from": change.lever.now,
        "to": change.to,
        "p": change.p,
        "gain": change.gain,
        "gain_ci": list(change.interval),
        "fewer_left": change.fewer_left,
        "ete_95_s": change.q95_s,
    }


def _points(curve: tuple[Lever, Sequence[Point]] | None) -> Data | None:
    if curve is None:
        return None
    lever, points = curve
    return {
        "what": lever.id,
        "now": lever.now,
        "points": [{"amount": p.amount, "p": p.p, "ci": list(p.interval)} for p in points],
    }


def _robust(robust: Robust) -> Data:
    scores: Mapping[str, tuple[float, float | None, float]] = robust.scores
    return {
        "aim": robust.aim,
        "chosen": robust.chosen.name,
        "runs": robust.runs,
        "p": robust.p,
        "p_nominal": robust.p_nominal,
        "gain": robust.gain,
        "gain_ci": list(robust.interval),
        "ete_95_s": robust.q95_s,
        "ete_95_nominal_s": robust.q95_nominal_s,
        "later_s": None if robust.later is None else robust.later[0],
        "later_ci_s": None if robust.later is None else list(robust.later[1]),
        "fewer_left": robust.fewer_left,
        "not_made": list(robust.not_made),
        "candidates": [
            {"name": name, "p": p, "ete_95_s": time, "left_mean": left}
            for name, (p, time, left) in scores.items()
        ],
    }
