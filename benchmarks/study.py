"""Studies of many futures: one process against two, a real Ray against processes, and memory."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from multiprocessing import get_context

from benchmarks.registry import Row, chosen, register

RUNS = 100_000
ROUNDS = 3
"""Engines take turns so often, and the best of each is kept: other work only adds to a time."""

ONE, TWO, RAY = "1 process", "2 processes", "Ray with 2 workers"
ENGINES = ("this process", ONE, TWO, RAY)
MEMORY = {f"memory of {runs} futures": runs for runs in (20_000, 200_000)}
"""Ten times as many futures: what is kept of them must not grow with their number."""


@register(
    "study",
    "Studies: 100,000 futures of eastern Aleppo, by engine and workers, started",
    ("engine",),
)
def study(seconds: float) -> Iterator[Row]:
    """Time the same study on engines whose workers are started and have compiled before."""
    del seconds
    names = chosen("study", [*ENGINES, *MEMORY])
    engines = [name for name in names if name in ENGINES]
    if engines:
        yield from _engines(engines)
    for name in names:
        if name in MEMORY:
            with get_context("spawn").Pool(1) as pool:
                before, after = pool.apply(_peak, (MEMORY[name],))
            yield {
                "engine": name,
                "futures": MEMORY[name],
                "peak_mb": round(after),
                "grown_mb": round(after - before),
            }


def _engines(names: Sequence[str]) -> Iterator[Row]:
    """Time engines, and beside them the two that others are compared with."""
    from safepassage.cases import open_case
    from safepassage.simulate.asking import Asked, Wishes
    from safepassage.simulate.executors import Executor, InProcess, Processes
    from safepassage.simulate.executors.ray_cluster import RayCluster
    from safepassage.simulate.study import run_study

    asked = Asked(open_case("aleppo-2016"), None, Wishes(runs=RUNS))
    short = replace(asked.study, runs=8 * asked.study.block)
    with ExitStack() as stack:
        engines: dict[str, Executor] = {
            "this process": InProcess(),
            ONE: stack.enter_context(Processes(1)),
            TWO: stack.enter_context(Processes(2)),
        }
        if RAY in names and find_spec("ray") is not None:
            engines[RAY] = stack.enter_context(RayCluster(workers=2))
        best: dict[str, float] = {}
        answers = set()
        for executor in engines.values():
            run_study(short, asked.futures, executor)
        for _ in range(ROUNDS):
            for name, executor in engines.items():
                begin = time.perf_counter()
                studied = run_study(asked.study, asked.futures, executor)
                wall = time.perf_counter() - begin
                best[name] = min(wall, best.get(name, wall))
                answers.add(studied.tally.successes)
        for name in (n for n in names if n in best):
            wall = best[name]
            yield {
                "engine": name,
                "futures": RUNS,
                "wall_s": round(wall, 2),
                "futures_a_second": round(RUNS / wall),
                "times_1_process": round(best[ONE] / wall, 2),
                "against_2_processes": round(wall / best[TWO], 3),
                "same_answer": len(answers) == 1,
            }
        if RAY in names and RAY not in best:
            yield {"engine": RAY, "note": "skipped: Ray is not installed"}


def _peak(runs: int) -> tuple[float, float]:
    """Peak memory (MB) of a process of its own after a short study, and after one of so many."""
    import resource

    from safepassage.cases import open_case
    from safepassage.simulate.asking import Asked, Wishes
    from safepassage.simulate.executors import InProcess
    from safepassage.simulate.study import run_study

    asked = Asked(open_case("aleppo-2016"), None, Wishes(runs=runs))
    short = replace(asked.study, runs=2 * asked.study.block)
    found = []
    for one in (short, asked.study):
        run_study(one, asked.futures, InProcess())
        found.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024)
    return found[0], found[1]
