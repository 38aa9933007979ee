"""Studies of many futures: one process against two, and a real Ray against processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec

from benchmarks.registry import Row, register

RUNS = 100_000
ROUNDS = 3
"""Engines take turns so often, and the best of each is kept: other work only adds to a time."""


@register("study", "Studies: 100,000 futures of eastern Aleppo, by engine and workers, started")
def study(seconds: float) -> Iterator[Row]:
    """Time the same study on engines whose workers are started and have compiled before."""
    del seconds
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
            "1 process": stack.enter_context(Processes(1)),
            "2 processes": stack.enter_context(Processes(2)),
        }
        if find_spec("ray") is not None:
            engines["Ray, 2 workers"] = stack.enter_context(RayCluster(workers=2))
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
        for name, wall in best.items():
            yield {
                "engine": name,
                "futures": RUNS,
                "wall_s": round(wall, 2),
                "futures_a_second": round(RUNS / wall),
                "times_1_process": round(best["1 process"] / wall, 2),
                "against_2_processes": round(wall / best["2 processes"], 3),
                "same_answer": len(answers) == 1,
            }
