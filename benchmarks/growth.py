"""How the time to clear a road network grows: with nodes, origins, horizon and resolution.

Networks are square grids of two-way streets, made from a fixed seed: a fifth of them are main
streets with two lanes, four corners lead out, and origins are strewn at random. One thing is varied
at a time:

- *nodes*: larger grids, with 20 origins;
- *origins*: more of them on 1,600 nodes, with 20,000 vehicles in all;
- *horizon*: more vehicles on 400 nodes, and so a longer clearance;
- *resolution*: times in multiples of 10 s, of 1 s and of 0.1 s on 144 nodes, and with 200 origins
  on 1,600. Here OR-Tools solves one maximum flow on the time-expanded graph with the steps that the
  plan found needs, as long as that has no more than some millions of arcs. Times of 0.1 s are told
  in another unit: tables hold whole seconds, so each stands for a tenth, and so do capacities.

A first run of each kind is not counted, nor is making the network; of short runs the best of three
is told. ``BENCH_GROWTH=nodes,horizon`` chooses.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from benchmarks.growth_picture import draw
from benchmarks.registry import Row, chosen, register
from safepassage.network.network import Link, Network, Node
from safepassage.network.road_instance import Destination, Origin, RoadInstance

if TYPE_CHECKING:
    from safepassage.plan.clearance import Clearance

GAP = 0.001
"""At which a search may end."""
LIMIT_S = 30.0
MOST_ARCS = 6_000_000
"""Beyond, no time-expanded graph is built: it would take gigabytes."""
_SEED = 2026
_SHORT_S = 2.0


@dataclass(frozen=True, slots=True)
class _Grid:
    """A town to be cleared."""

    side: int
    origins: int
    vehicles: int
    """In all."""
    step: Fraction = Fraction(10)
    """Transit times are multiples of it (s)."""

    @property
    def unit(self) -> Fraction:
        """What a second of the tables stands for (s)."""
        return min(self.step, Fraction(1))

    def make(self) -> RoadInstance:
        """Make the instance: the same streets at every resolution, rounded to it."""
        rng = random.Random(_SEED)
        places = [(i, j) for i in range(self.side) for j in range(self.side)]
        links: dict[str, Link] = {}
        for i, j in places:
            for k, m in ((i + 1, j), (i, j + 1)):
                lanes = 2 if rng.random() < 0.2 else 1
                seconds = rng.uniform(20, 60)
                if k < self.side and m < self.side:
                    for v, w in (((i, j), (k, m)), ((k, m), (i, j))):
                        link = self._street(str(len(links)), _name(v), _name(w), seconds, lanes)
                        links[link.id] = link
        corners = [(i, j) for i in (0, self.side - 1) for j in (0, self.side - 1)]
        starts = rng.sample([place for place in places if place not in corners], self.origins)
        shares = [rng.uniform(0.5, 1.5) for _ in starts]
        nodes = {_name(place): Node(_name(place), None, None, 0.0, 0.0) for place in places}
        return RoadInstance(
            Network(nodes, links),
            tuple(
                Origin(
                    _name(start), Fraction(round(self.vehicles * share / sum(shares))), Fraction()
                )
                for start, share in zip(starts, shares, strict=True)
            ),
            tuple(Destination(_name(corner), None) for corner in corners),
            location="grid",
        )

    def _street(self, name: str, v: str, w: str, seconds: float, lanes: int) -> Link:
        whole = max(1, round(seconds / float(self.step))) * self.step / self.unit
        # At 36 km/h a second is 10 m.
        return Link(name, v, w, whole * 10, Fraction(36), Fraction(1800 * lanes) * self.unit)


def _name(place: tuple[int, int]) -> str:
    return f"{place[0]}.{place[1]}"


_TOWN = _Grid(40, 20, 20_000)
_VILLAGE = _Grid(12, 6, 3_000)

SERIES: dict[str, dict[str, _Grid]] = {
    "nodes": {str(n * n): replace(_TOWN, side=n) for n in (10, 20, 40, 80, 160)},
    "origins": {str(n): replace(_TOWN, origins=n) for n in (1, 2, 5, 10, 20, 50, 100, 200, 400)},
    "horizon": {
        str(n): _Grid(20, 20, n) for n in (2_000, 8_000, 32_000, 128_000, 512_000, 2_048_000)
    },
    "resolution": {
        f"{float(step):g} s": replace(_VILLAGE, step=step)
        for step in (Fraction(10), Fraction(5), Fraction(2), Fraction(1), Fraction(1, 10))
    },
    "resolution-many": {
        f"{float(step):g} s": replace(_TOWN, origins=200, step=step)
        for step in (Fraction(10), Fraction(1), Fraction(1, 10))
    },
}
"""What is varied, and its values."""


@register(
    "growth",
    "Clearing grids of streets: time against nodes, origins, horizon and resolution",
    key=("series", "value"),
    picture=draw,
)
def growth(seconds: float) -> Iterator[Row]:
    """Measure the series chosen, or all."""
    del seconds
    for series in chosen("growth", SERIES):
        grids = SERIES[series]
        _cleared(next(iter(grids.values())).make())
        for value, grid in grids.items():
            yield {"series": series, "value": value, **_row(series, grid)}


def _row(series: str, grid: _Grid) -> Row:
    instance = grid.make()
    spent, clearance = _cleared(instance)
    if spent < _SHORT_S:
        spent = min(spent, _cleared(instance)[0], _cleared(instance)[0])
    row: Row = {
        "nodes": len(instance.network.nodes),
        "links": len(instance.network.links),
        "origins": len(instance.origins),
        "vehicles": int(instance.vehicles),
        **_answer(instance, clearance, grid.unit),
        "cpu_s": round(spent, 4),
    }
    if series == "resolution":
        row |= _one_flow(instance, clearance, grid)
    return row


def _cleared(instance: RoadInstance) -> tuple[float, Clearance]:
    from safepassage.flow import clear_roads
    from safepassage.stop import AnyOf, Gap, MaxRuntime

    begin = time.process_time()
    clearance = clear_roads(instance, stop=AnyOf((Gap(GAP), MaxRuntime(LIMIT_S))))
    return time.process_time() - begin, clearance


def _answer(instance: RoadInstance, clearance: Clearance, unit: Fraction) -> dict[str, Any]:
    from safepassage.check.clearance import verify_clearance
    from safepassage.plan.clearance_files import as_written

    verdict = verify_clearance(as_written(clearance), instance)
    seconds = clearance.clearance_time_s
    return {
        "clearance_s": None if seconds is None else round(float(seconds * unit), 2),
        "gap_percent": None if clearance.gap is None else round(100 * clearance.gap, 4),
        "departures": len(clearance.departures),
        "checker": "accepts" if verdict.valid and verdict.lower_bound_verified else "refuses",
    }


def _one_flow(instance: RoadInstance, clearance: Clearance, grid: _Grid) -> Row:
    """Ask OR-Tools whether everyone can be out within the steps of the plan."""
    from ortools.graph.python import max_flow

    from benchmarks.roads import time_expanded

    if clearance.clearance_time_s is None:
        raise RuntimeError("a grid from which not everyone can get out")
    step = int(grid.step / grid.unit)
    steps = math.ceil(clearance.clearance_time_s / step)
    arcs = steps * (len(instance.network.links) + len(instance.network.nodes))
    if arcs > MOST_ARCS:
        return {"ortools_note": f"not asked: {arcs:,} arcs"}
    tails, heads, capacities, wanted = time_expanded(instance, steps, step)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(tails, heads, capacities)
    source = len(instance.network.nodes) * steps
    begin = time.process_time()
    status = solver.solve(source, source + 1)
    spent = time.process_time() - begin
    if status != solver.OPTIMAL or solver.optimal_flow() != wanted:
        raise RuntimeError(f"not everyone is out within {steps} steps")
    return {"ortools_arcs": len(tails), "ortools_cpu_s": round(spent, 4)}
