"""A lower bound on the clearance of linked steps: bounds of single batches, one after another.

A batch departs no sooner than what it waits for is over, so a bound on that is a release of the batch.
From its release on, a relaxation tells by when the whole batch can be there at the earliest, whoever
is in it and wherever the vehicles are by then: all may stand boarded at any assembly point. The
longest chain of such bounds is a bound on the whole. Definition and proof:
``docs/reference/certificate-format.md``, "Chains".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from safepassage.convoy.bounds import Bound
from safepassage.convoy.builder import Floor
from safepassage.convoy.grid import grid_points
from safepassage.convoy.proving import certificate, load, prove
from safepassage.convoy.relaxation import batch_model
from safepassage.convoy.ways import before_crossing, fetches, whole
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
    known = _Known(linked)
    for step in known.steps:
        for stretch in _stretches(known, step):
            release = min(known.release(i) for i in stretch)
            floors = known.floors(op, demand, stretch) if release == 0 else {}
            link = _link(op, demand, linked, stretch, release, floors, clearance, fine=fine)
            if link.data is not None:
                known.learn(step, stretch, release, link)
    return known.bound()


@dataclass
class _Known:
    """What is proven so far, of batches and of whole steps."""

    linked: Linked
    over: dict[int, int] = field(default_factory=dict)
    """No batch is there in full before this."""
    step_over: dict[str, int] = field(default_factory=dict)
    """No step is over before this."""
    links: list[dict[str, Any]] = field(default_factory=list)
    load: dict[str, float] = field(default_factory=dict)

    @property
    def steps(self) -> list[str]:
        """Steps, each after those that it waits for."""
        order: list[str] = []
        every = list(dict.fromkeys(b.step for b in self.linked.batches))
        while len(order) < len(every):
            for step in every:
                if step not in order and self.ahead(step) <= set(order):
                    order.append(step)
        return order

    def batches(self, step: str) -> list[int]:
        """Batches of a step that have people."""
        batches = self.linked.batches
        return [i for i, b in enumerate(batches) if b.step == step and b.persons]

    def ahead(self, step: str) -> set[str]:
        """Steps that all of a step comes after, by whatever way."""
        known: set[str] = set()
        fresh = [step]
        while fresh:
            mine = {i for i, b in enumerate(self.linked.batches) if b.step == fresh[-1]}
            fresh.pop()
            for wait in self.linked.waits:
                if wait.kind == "after" and mine <= set(wait.waiting):
                    named = {self.linked.batches[a].step for a in wait.awaited}
                    whole = {s for s in named if set(self.batches(s)) <= set(wait.awaited)}
                    fresh += whole - known
                    known |= whole
        return known

    def release(self, index: int) -> int:
        """Least moment at which a loaded leg of a batch can depart."""
        moments = [0]
        for wait in self.linked.waits:
            if wait.kind == "after" and index in wait.waiting:
                moments += [self.over.get(a, 0) for a in wait.awaited]
                named = {self.linked.batches[a].step for a in wait.awaited}
                moments += [
                    self.step_over.get(s, 0)
                    for s in named
                    if set(self.batches(s)) <= set(wait.awaited)
                ]
        return max(moments)

    def floors(self, op: Operation, demand: Demand, stretch: Sequence[int]) -> dict[str, Floor]:
        """By assembly point, when convoys of a side can be released at the earliest.

        A side whose first batch is exchanged waits for the first convoy of the other; no other
        group gathers at the places that count.
        """
        floors: dict[str, Floor] = {}
        for wait in self.linked.waits:
            if wait.kind != "exchange" or wait.crossing is None or self.linked.goes_on:
                continue
            side = self.linked.batches[wait.waiting[0]].groups
            first = next(
                i for i, b in enumerate(self.linked.batches) if b.groups == side and b.persons
            )
            if wait.waiting[0] != first or first not in stretch:
                continue
            other = wait.awaited[0]
            moment = _reach(
                op, demand, self.linked.batches[other].groups, self.release(other), wait.crossing
            )
            for place in {c.place for c in demand.cells if c.group in side}:
                alone = all(c.group in side for c in demand.cells if c.place == place)
                if alone and moment > floors.get(place, Floor("", 0)).moment:
                    floors[place] = Floor(wait.crossing, moment)
        return floors

    def learn(self, step: str, stretch: Sequence[int], release: int, link: _Link) -> None:
        """Keep a link where it proves more."""
        single = len(stretch) == 1 and link.value > self.over.get(stretch[0], 0)
        if single:
            self.over[stretch[0]] = link.value
        if single or link.value > self.step_over.get(step, 0):
            self.links.append({"batches": list(stretch), "release_s": release, **(link.data or {})})
        if link.value > max(self.step_over.values(), default=0):
            self.load = link.load
        self.step_over[step] = max(link.value, self.step_over.get(step, 0))

    def bound(self) -> Bound:
        """Put the links that the last step rests on into a certificate."""
        value = max(self.step_over.values(), default=0)
        kept: list[dict[str, Any]] = []
        wanted = value
        for link in reversed(self.links):
            if link["release_s"] + link["value"] == wanted:
                kept.append(link)
                wanted = link["release_s"]
        data = {
            "format": CHAIN_FORMAT,
            "claim": "clearance-at-least",
            "value": value,
            "links": kept[::-1],
            "sentence": "",
        }
        return Bound(value, data, self.load) if kept else Bound(0, None, {})


def _reach(
    op: Operation, demand: Demand, side: frozenset[str], release: int, crossing: str
) -> int:
    """Least moment at which somebody of a side reaches a crossing."""
    moments = []
    for cell in demand.cells:
        for kind in cell.kinds if cell.group in side else ():
            k = op.kind(kind)
            board = next(a.handling[kind] for a in op.assembly if a.id == cell.place)
            starts = {p for p, n in k.counts if n}
            near = fetches(op, cell.place, kind, starts)
            if not k.total or not (k.own or near):
                continue
            ready = board + (0 if k.own else whole(near))
            moments += [
                max(release, ready) + before_crossing(op, r, kind, crossing)
                for to in cell.destinations
                for r in op.carry.get((cell.place, to), ())
                if crossing in r.crossings and r.corridor in cell.corridors
            ]
    return min(moments, default=0)


def _stretches(known: _Known, step: str) -> list[list[int]]:
    """Batches whose bound is asked for together: each, those of the step, and all up to it."""
    mine = known.batches(step)
    choices = [[i] for i in mine] + ([mine] if len(mine) > 1 else [])
    ahead = [i for s in known.steps if s in known.ahead(step) for i in known.batches(s)]
    if mine and ahead:
        choices.append([*ahead, *mine])
    return choices


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
    linked: Linked,
    stretch: Sequence[int],
    release: int,
    floors: Mapping[str, Floor],
    clearance: int,
    *,
    fine: bool,
) -> _Link:
    """Least moment at which batches can be there, by halving between their release and the end."""
    wanted: dict[frozenset[str], int] = {}
    for i in stretch:
        batch = linked.batches[i]
        wanted[batch.groups] = wanted.get(batch.groups, 0) + batch.persons
    cells: list[Cell] = []
    for side, most in wanted.items():
        mine = [c for c in demand.cells if c.group in side]
        if sum(c.persons for c in mine) < most:
            return _Link(0, None, {})
        cells += [replace(c, persons=min(c.persons, most)) for c in mine]
    cells.sort(key=lambda c: [d.group == c.group and d.place == c.place for d in demand.cells].index(True))
    persons = sum(wanted.values())
    timeline = later(op.timeline, release)
    low, high = 0, clearance - release
    best = _Link(0, None, {})
    by = high * 3 // 4
    for _ in range(TURNS):
        if high - low <= max(30, clearance // 2_000) or by <= low:
            break
        moved = replace(
            op, timeline=timeline, least=op.least_under[timeline.fastest(0, by)]
        )
        grid = grid_points(moved, by, max(300, by // (MOST_SLOTS if fine else FEWEST_SLOTS)))
        m = batch_model(
            moved, demand, cells, persons, grid, by, released=release > 0, floors=floors
        )
        proof = prove(m, whole=False)
        if proof is not None and proof.most < m.target:
            low = by
            data = certificate(m, proof, "clearance-at-least", by + 1, by)
            kept = {k: data[k] for k in ("value", "by_s", "grid", "scale", "multipliers")}
            best = _Link(release + by + 1, kept, load(m, proof))
        else:
            high = by
        by = (low + high) // 2
    return best
