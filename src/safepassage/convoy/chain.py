"""A lower bound on the clearance of linked steps: bounds of single batches, one after another.

A batch departs no sooner than what it waits for is over, so a bound on that is a release of the batch.
From its release on, a relaxation tells by when the whole batch can be there at the earliest, whoever
is in it and wherever the vehicles are by then: all may stand boarded at any assembly point. The
longest chain of such bounds is a bound on the whole. Definition and proof:
``docs/reference/certificate-format.md``, "Chains".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from safepassage.convoy.bounds import Bound
from safepassage.convoy.grid import grid_points
from safepassage.convoy.proving import certificate, load, prove
from safepassage.convoy.relaxation import released_model
from safepassage.instance import Cell, Demand, Linked, Operation
from safepassage.instance.timeline import ConditionSpan, Timeline

__all__ = ["CHAIN_FORMAT", "chain_bound", "later"]

CHAIN_FORMAT = "safepassage-chain/1"
TURNS = 9
FEWEST_SLOTS, MOST_SLOTS = 40, 90


@dataclass(frozen=True)
class _Link:
    value: int
    data: dict[str, Any] | None
    load: dict[str, float]


def chain_bound(op: Operation, demand: Demand, clearance: int, *, fine: bool) -> Bound:
    """Lower bound on the clearance time from the chain of linked steps, with its certificate."""
    linked = demand.linked
    if linked is None or linked.goes_on:
        return Bound(0, None, {})
    over = dict.fromkeys(range(len(linked.batches)), 0)
    links: list[dict[str, Any]] = []
    loads: dict[int, dict[str, float]] = {}
    known: dict[tuple[Any, ...], _Link] = {}
    for i in _in_order(linked):
        batch = linked.batches[i]
        release = max((over[a] for a in linked.before(i)), default=0)
        over[i] = release
        cells = [c for c in demand.cells if c.group in batch.groups]
        if not batch.persons or not cells:
            continue
        link = _link(op, demand, cells, batch.persons, release, clearance, fine=fine)
        if link.data is not None and link.value > release:
            over[i] = link.value
            loads[i] = link.load
            links.append({"batch": i, "release_s": release, **link.data})
    if not links:
        return Bound(0, None, {})
    last = max(over, key=lambda i: over[i])
    value = over[last]
    chosen = _chain_to(linked, over, last)
    data = {
        "format": CHAIN_FORMAT,
        "claim": "clearance-at-least",
        "value": value,
        "links": [x for x in links if x["batch"] in chosen],
        "sentence": "",
    }
    return Bound(value, data, loads.get(last, {}))


def _in_order(linked: Linked) -> Iterator[int]:
    """Batches after all that they wait for."""
    done: set[int] = set()
    while len(done) < len(linked.batches):
        for i in range(len(linked.batches)):
            if i not in done and linked.before(i) <= done:
                done.add(i)
                yield i


def _chain_to(linked: Linked, over: dict[int, int], last: int) -> set[int]:
    """Batches of the longest chain that ends with one."""
    chosen = {last}
    at = last
    while before := linked.before(at):
        at = max(before, key=lambda i: over[i])
        chosen.add(at)
    return chosen


def later(timeline: Timeline, seconds: int) -> Timeline:
    """Return a timeline whose clock starts so much later."""
    terms = tuple(
        replace(
            t, start=t.start - seconds, end=None if t.end is None else t.end - seconds
        )
        for t in timeline.terms
    )
    conditions = tuple(
        ConditionSpan(c.factor, (c.when[0] - seconds, c.when[1] - seconds))
        if isinstance(c.when, tuple)
        else c
        for c in timeline.conditions
    )
    return Timeline(timeline.midnight - seconds, terms, timeline.hours, conditions)


def _link(
    op: Operation,
    demand: Demand,
    cells: list[Cell],
    persons: int,
    release: int,
    clearance: int,
    *,
    fine: bool,
) -> _Link:
    """Least moment at which a batch can be there, by halving between its release and the end."""
    moved = replace(op, timeline=later(op.timeline, release))
    low, high = 0, clearance - release
    best = _Link(0, None, {})
    by = high // 2
    for _ in range(TURNS):
        if high - low <= max(30, clearance // 2_000) or by <= low:
            break
        grid = grid_points(moved, by, max(300, by // (MOST_SLOTS if fine else FEWEST_SLOTS)))
        m = released_model(moved, demand, cells, persons, grid, by)
        proof = prove(m, whole=False)
        if proof is not None and proof.most < persons:
            low = by
            data = certificate(m, proof, "clearance-at-least", by + 1, by)
            kept = {k: data[k] for k in ("value", "by_s", "grid", "scale", "multipliers")}
            best = _Link(release + by + 1, kept, load(m, proof))
        else:
            high = by
        by = (low + high) // 2
    return best
