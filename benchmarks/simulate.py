"""Futures of the Aleppo plan: slipping, planned again, and the same plan in SimPy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks.registry import Row, register

BLOCK = 1_000
"""Futures of a block, as in a study."""
AGAIN = 100
"""Futures planned again."""
LINKED = "linked-deal-17-dec"
"""A proposal with linked steps."""
PEERS = 8
"""Futures in SimPy."""

_FUTURES: dict[str, Any] = {}


def _cpu(call: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = call()
    return time.perf_counter() - wall, time.process_time() - cpu, found


def _begin(policies: dict[str, Any]) -> None:
    _FUTURES.update(policies)
    for futures in policies.values():
        futures.outcomes(0, 1, 0)  # loads what is compiled


def _block(policy: str, first: int, count: int) -> float:
    return float(_FUTURES[policy].outcomes(first, count, 0).clearance_s.sum())


def _rate(pool: ProcessPoolExecutor, policy: str, total: int, block: int) -> tuple[float, float]:
    """Futures a second on two processes, and whether they did the work (a sum)."""
    begin = time.perf_counter()
    jobs = [pool.submit(_block, policy, first, block) for first in range(0, total, block)]
    done = sum(job.result() for job in jobs)
    return total / (time.perf_counter() - begin), done


@register("simulate", "Futures of the plan of 11 December for the likely count, eastern Aleppo")
def simulate(seconds: float) -> Iterator[Row]:
    """Time futures on one and on two processes, and in SimPy in the same run."""
    from safepassage.cases import open_case
    from safepassage.simulate.futures import POLICIES, futures_of
    from safepassage.solver import solve

    opened = open_case("aleppo-2016")
    plan = solve(opened, levels=["likely"]).plans["likely"]
    policies: dict[str, Any] = {p: futures_of(opened, None, plan, p) for p in POLICIES}
    yield from _rates("futures", policies, 2 * BLOCK * max(2, int(seconds)))
    linked = solve(opened, proposal_id=LINKED, levels=["likely"]).plans["likely"]
    policies = {p: futures_of(opened, LINKED, linked, p) for p in POLICIES}
    yield from _rates("futures of the linked deal", policies, 2 * BLOCK)
    yield from _against_simpy(opened, plan)


def _rates(what: str, policies: dict[str, Any], total: int) -> Iterator[Row]:
    """Futures by each policy in one process, then in two."""
    _begin(policies)
    with ProcessPoolExecutor(2, get_context("spawn"), _begin, (policies,)) as pool:
        list(pool.map(_block, ["slip"] * 8, range(8), [1] * 8))
        for policy, count, block in (("slip", total, BLOCK), ("replan", AGAIN, 10)):
            wall, cpu, _ = _cpu(partial(_block, policy, 0, count))
            rate, _ = _rate(pool, policy, count, block)
            yield {
                "what": f"{what}, {policy}",
                "futures": count,
                "a_second_one_process": round(count / wall),
                "a_cpu_second": round(count / cpu),
                "a_second_two_processes": round(rate),
            }


def _against_simpy(opened: Any, plan: Any) -> Iterator[Row]:
    """The same futures in both: slower, suspended and held, with the people of the plan."""
    from benchmarks.simulate_simpy import Disturbed, Model
    from safepassage.simulate.draws import nothing_drawn
    from safepassage.simulate.slip import carried_out
    from safepassage.simulate.timetable import timetable_of
    from safepassage.simulate.timetable_terms import Terms

    terms = Terms(opened.case, opened.network, opened.case.proposal(plan.proposal), plan)
    timetable = timetable_of(terms)
    model = Model(terms, plan)
    rng = np.random.default_rng(1)
    crossings = len(timetable.crossings)
    bridge = timetable.crossings.index("ramouseh-bridge")
    one = nothing_drawn(timetable.tables, timetable.persons)
    repeated = {name: np.repeat(getattr(one, name), PEERS, axis=0) for name in ("persons", "lost")}
    repeated |= {
        name: np.repeat(getattr(one, name), PEERS, axis=0) for name in ("refusing", "part")
    }
    empty = np.zeros((PEERS, 0))
    on = np.cumsum(rng.uniform(20_000, 150_000, (PEERS, 6)), axis=1)
    gap = np.full((PEERS, crossings, 9), np.inf)
    gap[:, bridge] = rng.uniform(20_000, 100_000, (PEERS, 9))
    held = rng.uniform(600, 9_000, (PEERS, crossings, 9))
    drawn = one._replace(
        **repeated,
        late=empty,
        boarding=rng.uniform(0.8, 2, PEERS),
        driving=rng.uniform(0.9, 2, PEERS),
        inspecting=np.repeat(rng.uniform(0.7, 2, (PEERS, 1)), 2 * crossings, axis=1),
        stop_on=on[:, ::2].copy(),
        stop_off=on[:, 1::2].copy(),
        hold_gap=gap,
        hold_s=held,
        snow_on=empty,
        snow_off=empty,
        snow_factor=empty,
    )
    futures = [
        Disturbed(
            float(drawn.boarding[i]),
            float(drawn.driving[i]),
            dict.fromkeys(timetable.crossings, float(drawn.inspecting[i, 0])),
            list(zip(drawn.stop_on[i], drawn.stop_off[i], strict=True)),
            {"ramouseh-bridge": list(zip(gap[i, bridge], held[i, bridge], strict=True))},
        )
        for i in range(PEERS)
    ]
    carried_out(timetable.tables, one)
    _, cpu, found = _cpu(lambda: carried_out(timetable.tables, drawn, arrivals=True))
    times = 50
    _, cpu, _ = _cpu(lambda: [carried_out(timetable.tables, drawn) for _ in range(times)])
    _, cpu_simpy, wanted = _cpu(lambda: [model.arrivals(d) for d in futures])
    worst = max(
        abs(found.arrivals[i, k] - arrivals[r])
        for i, arrivals in enumerate(wanted)
        for k, r in enumerate(timetable.rotations)
    )
    ours, theirs = cpu / times / PEERS, cpu_simpy / PEERS
    yield {
        "what": "the same futures in SimPy",
        "futures": PEERS,
        "a_cpu_second": round(1 / ours),
        "a_cpu_second_simpy": round(1 / theirs, 1),
        "times_as_fast": round(theirs / ours),
        "worst_difference_s": round(worst, 6),
    }
