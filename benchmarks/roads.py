"""Clearing road networks: plan, proof, time and memory, beside one OR-Tools maximum flow.

Each instance is solved in a process of its own, which also tells its peak memory. Reading it and a
first run on the bundled example, so that everything is compiled, are not counted. The search
ends at its time limit, or before at a proven gap of 0.005 %.

Where the optimum is known in steps of the grid of transit times, OR-Tools solves one maximum flow
on the full time-expanded graph with so many steps, in the same run and a process of its own; only
its solving is counted, not the building of the graph. That is one question of the many that a
search for the optimum asks. The ratio is of processor times, as wall time would favour whoever runs
while the machine is idle.

``BENCH_ROADS=NAME,NAME`` in the environment chooses instances; rows of the others stay, with the
date at which they were measured. They are made from data outside of
the repository, in a folder ``shared`` beside it; without it each row says that it is skipped.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.networks import _peak_mb
from benchmarks.registry import Row, chosen, register
from benchmarks.road_instances import DATA, metropolis, shared_instance, with_windows

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance

GAP = 0.00005
GRID_S = 10
"""Transit times of the instances with a known optimum are multiples of it (s)."""
PATIENCE_S = 900
"""How long after its time limit a process is ended."""


@dataclass(frozen=True, slots=True)
class _Instance:
    """What is solved, and for how long."""

    make: Callable[[], RoadInstance]
    needs: str
    """Folder of the shared data."""
    limit_s: float
    steps: int | None = None
    """Known optimum, in steps of ``GRID_S``; one step fewer is proven to be too few."""
    gap: float = GAP
    """Where to stop."""


def _shared(name: str, limit_s: float, steps: int | None = None) -> _Instance:
    return _Instance(lambda: shared_instance(name), f"instances/{name}", limit_s, steps)


def _windowed() -> RoadInstance:
    """Change the busiest roads of the bottleneck of ``chicago-sketch-10s``, cleared in 13,112 s."""
    roads = ("881", "2075", "2035", "1935")
    return with_windows(shared_instance("chicago-sketch-10s"), roads, Fraction(13_112))


def _metropolis_windowed() -> RoadInstance:
    """Change busy roads of the metropolis, cleared in about 12,860 s."""
    return with_windows(metropolis(), ("10044", "33812", "34806", "1063"), Fraction(12_860))


INSTANCES = {
    "sioux-falls-10s": _shared("sioux-falls-10s", 5.0, 992),
    "anaheim-10s": _shared("anaheim-10s", 5.0, 1960),
    "chicago-sketch-10s": _shared("chicago-sketch-10s", 5.0),
    "chicago-sketch-10s-windows-first": _Instance(
        _windowed, "instances/chicago-sketch-10s", 30.0, gap=0.005
    ),
    "chicago-sketch-10s-windows": _Instance(_windowed, "instances/chicago-sketch-10s", 30.0),
    "chicago-regional-10s": _shared("chicago-regional-10s", 60.0),
    "metropolis-first": _Instance(metropolis, "tntp", 120.0, gap=0.01),
    "metropolis": _Instance(metropolis, "tntp", 300.0, gap=0.001),
    "metropolis-windows": _Instance(_metropolis_windowed, "tntp", 180.0),
}


@register("roads", "Clearing road networks, beside one OR-Tools maximum flow", key=("instance",))
def roads(seconds: float) -> Iterator[Row]:
    """Measure the instances chosen, or all; each has a time limit of its own."""
    del seconds
    for name in chosen("roads", INSTANCES):
        instance = INSTANCES[name]
        row: Row = {"instance": name, "limit_s": instance.limit_s}
        if not (DATA / instance.needs).is_dir():
            yield {**row, "note": f"skipped: no folder shared/data/{instance.needs}"}
            continue
        row |= _run("safepassage", name)
        if instance.steps is not None:
            row |= _run("ortools", name)
        if "cpu_s" in row and "ortools_cpu_s" in row:
            row["times_faster"] = round(row["ortools_cpu_s"] / max(row["cpu_s"], 0.0001), 1)
        yield row


def _run(method: str, name: str) -> Row:
    """Run one method in a process of its own; what went wrong becomes a note."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.roads", method, name],
            capture_output=True,
            check=False,
            text=True,
            timeout=INSTANCES[name].limit_s + PATIENCE_S,
        )
    except subprocess.TimeoutExpired as error:
        return {f"{method}_note": f"not done after {error.timeout:.0f} s"}
    if done.returncode:
        told = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return {f"{method}_note": told[-1][:120]}
    row: Row = json.loads(done.stdout)
    return row


def _with_safepassage(name: str) -> Row:
    from safepassage.check.clearance import verify_clearance
    from safepassage.flow import clear_roads
    from safepassage.plan.clearance_files import as_written
    from safepassage.stop import AnyOf, Gap, MaxRuntime

    instance = INSTANCES[name].make()
    _warm_up(changing=bool(instance.changes))
    begin, wall = time.process_time(), time.monotonic()
    limits = (Gap(INSTANCES[name].gap), MaxRuntime(INSTANCES[name].limit_s))
    clearance = clear_roads(instance, stop=AnyOf(limits))
    spent = _spent(begin, wall)
    verdict = verify_clearance(as_written(clearance), instance)
    accepted = verdict.valid and verdict.lower_bound_verified
    return {
        "nodes": len(instance.network.nodes),
        "links": len(instance.network.links),
        "origins": len({origin.node for origin in instance.origins}),
        "clearance_s": _rounded(clearance.clearance_time_s, 3),
        "bound_s": _rounded(clearance.lower_bound_s, 3),
        "gap_percent": None if clearance.gap is None else round(100 * clearance.gap, 4),
        "solve_s": spent["wall_s"],
        "cpu_s": spent["cpu_s"],
        "peak_mb": spent["peak_mb"],
        "departures": len(clearance.departures),
        "checker": "accepts" if accepted else "refuses",
    }


def _spent(begin: float, wall: float) -> Row:
    """Tell more digits than other families do: the smallest instances take milliseconds."""
    return {
        "cpu_s": round(time.process_time() - begin, 4),
        "wall_s": round(time.monotonic() - wall, 4),
        "peak_mb": _peak_mb(),
    }


def _rounded(value: Fraction | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)


def _warm_up(*, changing: bool) -> None:
    """Compile what the instance will need, with the bundled example."""
    from safepassage.flow import clear_roads
    from safepassage.network.clearance_folder import EXAMPLE, open_clearance
    from safepassage.stop import AnyOf, Gap, MaxRuntime

    example = open_clearance(EXAMPLE)
    if changing:
        example = with_windows(example, list(example.network.links)[:4], Fraction(3600))
    clear_roads(example, stop=AnyOf((Gap(GAP), MaxRuntime(2.0))))


def _with_ortools(name: str) -> Row:
    """Ask whether everyone can be out within the known number of steps."""
    from ortools.graph.python import max_flow

    steps = INSTANCES[name].steps
    if steps is None:
        raise ValueError(f"no optimum is known for {name}")
    instance = INSTANCES[name].make()
    tails, heads, capacities, wanted = time_expanded(instance, steps)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(tails, heads, capacities)
    source = len(instance.network.nodes) * steps
    begin, wall = time.process_time(), time.monotonic()
    status = solver.solve(source, source + 1)
    spent = _spent(begin, wall)
    if status != solver.OPTIMAL or solver.optimal_flow() != wanted:
        raise RuntimeError(f"not everyone is out within {steps} steps: the known optimum is wrong")
    return {
        "ortools_arcs": len(tails),
        "ortools_s": spent["wall_s"],
        "ortools_cpu_s": spent["cpu_s"],
        "ortools_mb": spent["peak_mb"],
    }


def time_expanded(
    instance: RoadInstance, steps: int, grid_s: int = GRID_S
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64], int]:
    """Return tails, heads and capacities of the arcs, and how much is to flow.

    Node ``v`` in step ``t`` is ``v * steps + t``; source and sink come last. Amounts are scaled to
    whole numbers. Capacities have to be constant, transit times multiples of ``grid_s``, and
    destinations without limit.
    """
    network = instance.network
    number = {node: i * steps for i, node in enumerate(network.nodes)}
    source = len(number) * steps
    rates = {
        e: (link.capacity_vph or 0) * Fraction(grid_s, 3600) for e, link in network.links.items()
    }
    amounts = [origin.vehicles for origin in instance.origins]
    scale = math.lcm(*(x.denominator for x in (*map(Fraction, rates.values()), *amounts)))
    wanted = int(sum(amounts) * scale)
    arcs: list[tuple[NDArray[np.int64], NDArray[np.int64], int]] = []
    for name, link in network.links.items():
        transit = instance.transit_s(name) // grid_s
        times = np.arange(max(0, steps - transit))
        v, w = number[link.from_node], number[link.to_node]
        arcs.append((v + times, w + times + transit, int(rates[name] * scale)))
    waits = np.arange(steps - 1)
    arcs += [(v + waits, v + waits + 1, wanted) for v in number.values()]
    for origin in instance.origins:
        at = np.array([number[origin.node] + math.ceil(origin.ready_s / grid_s)])
        arcs.append((np.array([source]), at, int(origin.vehicles * scale)))
    for destination in instance.destinations:
        ends = number[destination.node] + np.arange(steps)
        arcs.append((ends, np.full(steps, source + 1), wanted))
    return (
        np.concatenate([tails for tails, _, _ in arcs]).astype(np.int32),
        np.concatenate([heads for _, heads, _ in arcs]).astype(np.int32),
        np.concatenate([np.full(len(tails), most, np.int64) for tails, _, most in arcs]),
        wanted,
    )


if __name__ == "__main__":
    methods = {"safepassage": _with_safepassage, "ortools": _with_ortools}
    print(json.dumps(methods[sys.argv[1]](sys.argv[2])))
