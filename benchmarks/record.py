"""The record: how far predictions for bundled cases are from what happened; nothing is fitted."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks.registry import Row, register

if TYPE_CHECKING:
    from safepassage.cases import OpenCase

_BUSES = "fleet.vehicles.bus.counts.ramouseh-yard.count"

#: What else the reports on Aleppo allow to be taken: fleets, loads, inspection times.
VARIANTS = (
    ("10 buses", f"{_BUSES}=10"),
    ("51 buses", f"{_BUSES}=51"),
    ("57 people a bus", "fleet.vehicles.bus.seats=57"),
    ("432 s a bus at the bridge", "places.ramouseh-bridge.inspection.bus.time=432s"),
    ("60 s a bus at the bridge", "places.ramouseh-bridge.inspection.bus.time=60s"),
)


@register("record", "The record: predicted against actual duration and counts, bundled cases")
def record(seconds: float) -> Iterator[Row]:
    """Predict every bundled case that records what was carried out, then Aleppo in variants."""
    del seconds
    from safepassage.cases import bundled_cases, changed_case, open_case

    ratios = []
    for name, _ in bundled_cases():
        opened = open_case(name)
        if opened.case.carried_out is None:
            continue
        row, ratio = _row(name, opened)
        ratios += [ratio] if ratio is not None else []
        yield row
    yield _distribution(ratios)
    for words, setting in VARIANTS:
        changed = changed_case(open_case("aleppo-2016"), [setting])
        yield _row(f"aleppo-2016, {words}", changed)[0]


def _row(name: str, opened: OpenCase) -> tuple[Row, float | None]:
    from safepassage.record.replay import replay_history

    begin = time.process_time()
    history = replay_history(opened)
    cpu = time.process_time() - begin
    d = history.duration
    row = {
        "case": name,
        "count": history.level,
        "movement": history.movement,
        "persons": d.persons if d else None,
        "actual_h": _hours(d.actual_s if d else None),
        "predicted_h": _hours(d.predicted_s if d else None),
        "without_stops_h": _hours(d.undisturbed_s if d else None),
        "ratio": round(d.ratio, 3) if d and d.ratio is not None else None,
        "mean_error": None if history.mean_error is None else round(history.mean_error, 3),
        "by_source": "; ".join(
            f"{f.source} {f.mean_error:.2f}" for f in history.fits if f.mean_error is not None
        ),
        "cpu_s": round(cpu, 2),
    }
    return row, d.ratio if d else None


def _hours(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 1)


def _distribution(ratios: list[float]) -> Row:
    """Ratios multiply, so their logarithms are averaged."""
    logs = [math.log(r) for r in ratios]
    return {
        "case": f"all {len(ratios)}: geometric mean, from {min(ratios):.2f} to {max(ratios):.2f},"
        f" median {statistics.median(ratios):.2f}, geometric deviation"
        f" {math.exp(statistics.stdev(logs)):.2f}",
        "ratio": round(math.exp(statistics.fmean(logs)), 3),
    }
