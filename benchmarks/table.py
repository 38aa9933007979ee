"""At the table: warm what-ifs, the frontier of the window, what it would take, all proposals."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.registry import Row, register

LINKED = "linked-deal-17-dec"
WINDOW = "proposals.us-russia-48h.clauses.p48-window"
POINTS = 80
"""Points of each frontier, as far as it has so many whole steps: here every step there is."""


def what_ifs() -> list[list[str]]:
    """Changes a mediator may ask about: vehicles, inspection, length, hours."""
    buses = [[f"fleet.vehicles.bus.counts.0.count={n}"] for n in range(14, 62, 3)]
    slower = [[f"places.ramouseh-bridge.inspection.bus.time={s}s"] for s in range(60, 240, 20)]
    longer = [[f"{WINDOW}.length={h}h"] for h in range(60, 200, 20)]
    hours = [[f'{WINDOW}.daily=[{{from: "06:00", to: "{h}:00"}}]'] for h in (14, 17, 20, 23)]
    return [*buses, *slower, *longer, *hours]


def linked_what_ifs() -> list[list[str]]:
    """Changes a mediator may ask about of linked steps: vehicles, inspection."""
    buses = [[f"fleet.vehicles.bus.counts.0.count={n}"] for n in range(14, 30, 3)]
    slower = [[f"places.ramouseh-bridge.inspection.bus.time={s}s"] for s in (60, 120, 240)]
    return [*buses, *slower]


def _sorts() -> dict[str, tuple[str | None, list[list[str]]]]:
    """All of them with their proposal, those with windows every day and linked ones apart."""
    asked = what_ifs()
    daily = [w for w in asked if ".daily=" in w[0]]
    return {
        "what-if": (None, asked),
        "what-if with daily hours": (None, daily),
        "what-if on linked steps": (LINKED, linked_what_ifs()),
    }


def _timed(call: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, cpu = time.perf_counter(), _cpu()
    found = call()
    return time.perf_counter() - wall, _cpu() - cpu, found


def _cpu() -> float:
    """Processor seconds of this process and of those that it started and that are over."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


@register("table", "At the table: eastern Aleppo, every plan and proof checked")
def table(seconds: float) -> Iterator[Row]:
    """Time what-ifs, first and refined, and the commands' work in a warm process."""
    del seconds
    from safepassage.cases import open_case
    from safepassage.check.table import verify_table
    from safepassage.negotiate.compare import compare, compare_table
    from safepassage.negotiate.needs import needs, needs_table
    from safepassage.negotiate.session import Session
    from safepassage.negotiate.window import windows
    from safepassage.report.wording import plural
    from safepassage.workers import cores

    opened = open_case("aleppo-2016")
    for sort, (proposal, questions) in _sorts().items():
        session = Session(opened, proposal)
        session.ask()
        for name, answer in (("first", session.ask), ("refined", session.refine)):
            asked = [_timed(partial(answer, w)) for w in questions]
            gaps = [r.plan.answer.gap for _, _, r in asked if r.plan.answer.gap is not None]
            yield {
                "what": f"{sort}, {name} answer",
                "asked": len(asked),
                "median_s": round(statistics.median(w for w, _, _ in asked), 3),
                "median_cpu_s": round(statistics.median(c for _, c, _ in asked), 3),
                "most_s": round(max(w for w, _, _ in asked), 3),
                "median_gap": round(statistics.median(gaps), 4),
            }
    for workers in sorted({1, cores()}):
        wall, cpu, found = _timed(partial(windows, opened, points=POINTS, workers=workers))
        yield {
            "what": f"window and its frontiers, {plural(workers, 'process', 'processes')}",
            "asked": sum(len(c.points) for c in found.curves),
            "planned": sum(len(c.replies) for c in found.curves),
            "wall_s": round(wall, 2),
            "cpu_s": round(cpu, 2),
        }
    for workers in sorted({1, cores()}):
        wall, cpu, side = _timed(partial(compare, opened, workers=workers))
        yield {
            "what": "compare, all proposals, three counts, "
            + plural(workers, "process", "processes"),
            "asked": len(side.rows),
            "wall_s": round(wall, 2),
            "cpu_s": round(cpu, 2),
        }
    wall, cpu, verified = _timed(lambda: verify_table(compare_table(side), opened))
    yield {
        "what": f"verify the comparison: {'valid' if verified.valid else 'refused'}",
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
    }
    weights = {"vehicles:bus": 1.0, "inspection:ramouseh-bridge": 1.0, "deadline": 0.5}
    for workers in sorted({1, cores()}):
        wall, cpu, wanted = _timed(lambda w=workers: needs(opened, weights=weights, workers=w))  # type: ignore[misc]  # called at once
        combined = wanted.combination
        yield {
            "what": "needs, with the cheapest combination, "
            + plural(workers, "process", "processes"),
            "asked": len(wanted.changes),
            "settled": sum(c.proven or c.hopeless for c in wanted.changes),
            "wall_s": round(wall, 2),
            "cpu_s": round(cpu, 2),
            "cost": combined.cost if combined is not None else None,
            "cost_at_least": combined.cost_at_least if combined is not None else None,
        }
    wall, cpu, verified = _timed(lambda: verify_table(needs_table(wanted), opened))
    yield {
        "what": f"verify what it would take: {'valid' if verified.valid else 'refused'}",
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
    }
