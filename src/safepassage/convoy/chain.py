"""A lower bound on the clearance of linked steps: bounds of batches, one after another.

A batch departs no sooner than what it waits for is over, so a bound on that is its release. From
its release on, a relaxation tells by when the whole batch can be there at the earliest, whoever is
in it and wherever the vehicles are by then: all may stand boarded at any assembly point. The
longest chain of such bounds is a bound on the whole. Definition and proof:
``docs/reference/certificate-format.md``, "Chains".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from safepassage.convoy.bounds import LEAST_STEP, Bound
from safepassage.convoy.builder import Floor
from safepassage.convoy.grid import grid_points
from safepassage.convoy.passing import Counting, Far, Row
from safepassage.convoy.proving import certificate, load, prove
from safepassage.convoy.relaxation import batch_model
from safepassage.convoy.ways import before_crossing, fetches, whole
from safepassage.instance import Cell, Demand, Linked, Operation, Wait
from safepassage.instance.timeline import ConditionSpan, Timeline, unite

__all__ = ["CHAIN_FORMAT", "chain_bound", "later"]

CHAIN_FORMAT = "safepassage-chain/1"
COARSE_TURNS, TURNS = 5, 12
"""Moments asked about for a link, at most: on a coarse grid where it is large, and else."""
SMALL = 1_000
"""Columns of a programme that costs next to nothing."""
FEW_STEPS = 6
"""Steps up to each of which all batches are asked for together."""
FIRST_S = 1_800
CLOSE_S = 20
"""First moment asked about after a release (s), and how near bounds are taken to what holds."""
FEWEST_SLOTS, MOST_SLOTS = 20, 90


@dataclass(frozen=True)
class _Link:
    value: int
    data: dict[str, Any] | None
    load: dict[str, float]


def chain_bound(
    op: Operation,
    demand: Demand,
    clearance: int,
    *,
    fine: bool,
    turns: int = TURNS,
    enough: Callable[[int], bool] = lambda _: False,
) -> Bound:
    """Lower bound on the clearance time from the chain of linked steps, with its certificate.

    Asks about so many moments for each link. Stops where ``enough`` says so of the bound so far; it
    is asked before each link.
    """
    linked = demand.linked
    if linked is None or linked.goes_on:
        return Bound(0, None, {})
    known = _Known(linked)
    rows = _rows(known, demand)
    for step in known.steps:
        _count(op, demand, known, step, rows, clearance)
        for stretch in _stretches(known, step):
            if enough(max(known.step_over.values(), default=0)):
                return known.bound()
            release = min(known.release(i) for i in stretch)
            if release and _counted(op, demand, linked, stretch):
                continue
            floors = known.floors(op, demand, stretch) if release == 0 else {}
            least = known.worth(step, stretch)
            link = _link(
                op, demand, linked, stretch, release, floors, (least, clearance), (fine, turns)
            )
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
    links: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    load: dict[str, float] = field(default_factory=dict)
    _ahead: dict[str, set[str]] = field(default_factory=dict)
    _direct: dict[str, set[str]] = field(default_factory=dict)

    @cached_property
    def steps(self) -> list[str]:
        """Steps, each after those that it waits for."""
        order: list[str] = []
        every = [s for s in dict.fromkeys(b.step for b in self.linked.batches) if s]
        while len(order) < len(every):
            done = set(order)
            order += [s for s in every if s not in done and self.ahead(s) <= done]
        return order

    def batches(self, step: str) -> list[int]:
        """Batches of a step that have people."""
        return [i for i in self._of_step.get(step, ()) if self.linked.batches[i].persons]

    def ahead(self, step: str) -> set[str]:
        """Steps that all of a step comes after, by whatever way."""
        if step not in self._ahead:
            known: set[str] = set()
            fresh = [step]
            while fresh:
                direct = self._just_ahead(fresh.pop())
                fresh += direct - known
                known |= direct
            self._ahead[step] = known
        return self._ahead[step]

    def _just_ahead(self, step: str) -> set[str]:
        """Steps that all of a step comes after by one wait."""
        if step in self._direct:
            return self._direct[step]
        mine = set(self._of_step.get(step, ()))
        found = self._direct[step] = set()
        for wait in self.linked.waits:
            if wait.kind == "after" and mine <= set(wait.waiting):
                named = {self.linked.batches[a].step for a in wait.awaited}
                found |= {s for s in named if s and set(self.batches(s)) <= set(wait.awaited)}
        return found

    @cached_property
    def _of_step(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i, b in enumerate(self.linked.batches):
            found.setdefault(b.step, []).append(i)
        return found

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
            later_ones = [
                self.linked.batches[k].step
                for k in stretch
                if k != first and self.linked.batches[k].groups == side
            ]
            if any(self.linked.batches[first].step not in self.ahead(s) for s in later_ones):
                # Others of the side may pass by without being exchanged.
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

    def worth(self, step: str, stretch: Sequence[int]) -> int:
        """Moment that a link has to go beyond, to tell anything new."""
        parts = any(
            w.kind == "after" and stretch[0] in w.waiting + w.awaited and not self._whole(w)
            for w in self.linked.waits
        )
        if len(stretch) == 1 and parts:
            return self.over.get(stretch[0], 0)
        ahead = (self.step_over.get(s, 0) for s in self.ahead(step))
        return max([self.step_over.get(step, 0), *ahead])

    def _whole(self, wait: Wait) -> bool:
        """Whether a wait is for whole steps."""
        named = {self.linked.batches[a].step for a in wait.awaited}
        return all(set(self.batches(s)) <= set(wait.awaited) for s in named)

    def learn(
        self, step: str, stretch: Sequence[int], release: int, link: _Link, *, row: bool = False
    ) -> None:
        """Keep a link where it proves more; of a ``row`` the last batch is proven alone."""
        single = (row or len(stretch) == 1) and link.value > self.over.get(stretch[-1], 0)
        if single:
            self.over[stretch[-1]] = link.value
        if single or link.value > self.step_over.get(step, 0):
            data = {"batches": list(stretch), "release_s": release, **(link.data or {})}
            self.links.append((step, data))
        if link.value > max(self.step_over.values(), default=0):
            self.load = link.load
        self.step_over[step] = max(link.value, self.step_over.get(step, 0))

    def _before(self, index: int) -> set[int]:
        """Batches that one waits for, at once or by way of others."""
        known: set[int] = set()
        fresh = self.linked.before(index)
        while fresh:
            known |= fresh
            fresh = {a for i in fresh for a in self.linked.before(i)} - known
        return known

    def bound(self) -> Bound:
        """Put the links that the last step rests on into a certificate."""
        value = wanted = max(self.step_over.values(), default=0)
        steps = set(self.step_over)
        kept: list[dict[str, Any]] = []
        for step, link in reversed(self.links):
            if step in steps and link["release_s"] + link["value"] == wanted:
                kept.append(link)
                wanted = link["release_s"]
                steps = {
                    self.linked.batches[a].step for i in link["batches"] for a in self._before(i)
                }
        data = {
            "format": CHAIN_FORMAT,
            "claim": "clearance-at-least",
            "value": value,
            "links": kept[::-1],
            "sentence": "",
        }
        return Bound(value, data, self.load) if kept else Bound(0, None, {})


def _reach(op: Operation, demand: Demand, side: frozenset[str], release: int, crossing: str) -> int:
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


def _rows(known: _Known, demand: Demand) -> list[list[int]]:
    """Batches of each side that follow on one another from the first one on, and are full."""
    rows = []
    batches = known.linked.batches
    for side in dict.fromkeys(b.groups for b in batches):
        row: list[int] = []
        for i in (i for s in known.steps for i in known.batches(s) if batches[i].groups == side):
            if not _full(demand, known.linked, [i]):
                break
            if row and batches[row[-1]].step not in known.ahead(batches[i].step):
                break
            row.append(i)
        rows.append(row)
    return rows


def _full(demand: Demand, linked: Linked, stretch: Sequence[int]) -> bool:
    """Whether as many leave as fill these batches, after all earlier ones of their side."""
    for i in stretch:
        side = linked.batches[i].groups
        leaving = sum(c.persons for c in demand.cells if c.group in side)
        if sum(b.persons for b in linked.batches[: i + 1] if b.groups == side) > leaving:
            return False
    return True


def _counted(op: Operation, demand: Demand, linked: Linked, stretch: Sequence[int]) -> bool:
    """Whether to count vehicles at the crossings says as much as a programme of the batches.

    That is so of one batch in one type of vehicle that all stand ready in full number.
    """
    batch = linked.batches[stretch[0]]
    kinds = {k for c in demand.cells if c.group in batch.groups for k in c.kinds}
    if len(stretch) > 1 or len(kinds) > 1:
        return False
    kind = op.kind(next(iter(kinds)))
    vehicles = min(kind.total, kind.total if op.teams is None else op.teams * op.convoy_most)
    return vehicles * kind.seats >= batch.persons


def _count(
    op: Operation,
    demand: Demand,
    known: _Known,
    step: str,
    rows: Sequence[Sequence[int]],
    clearance: int,
) -> None:
    """Learn what counting vehicles at the crossings proves of a step's batches.

    Each batch is counted alone, from its release on; the last of a side with all before it as well.
    """
    for i in known.batches(step):
        if not _full(demand, known.linked, [i]):
            continue
        side = known.linked.batches[i].groups
        cells = [c for c in demand.cells if c.group in side]
        stretches = [[i]]
        row = next((r for r in rows if len(r) > 1 and r[-1] == i), None)
        if row is not None and len({c.place for c in cells}) > 1:
            stretches.append([*row])
        for stretch in stretches:
            release = known.release(stretch[0])
            sizes = [known.linked.batches[k].persons for k in stretch]
            best, far = _row_value(op, Row(cells, sizes), release, clearance)
            data = {"value": best - release, "far": [list(places) for places in far]}
            known.learn(step, stretch, release, _Link(best, data, {}), row=True)


def _row_value(op: Operation, row: Row, release: int, until: int) -> tuple[int, Far]:
    """Moment before which the last batch of a row is not there, and what is counted apart."""

    def counting(by: int) -> Counting:
        return Counting(
            replace(op, least=op.least_under[op.timeline.fastest(release, by)]), row, by
        )

    whole = counting(until)
    far = whole.choose() if len(row.sizes) > 1 else ()
    low, high = min(whole.over(release, far), until), until
    while op.timeline.conditions and low < high:
        # What holds up to an earlier moment may be slower; it proves nothing beyond that moment.
        middle = (low + high) // 2
        found = counting(middle).over(release, far)
        low, high = (middle + 1, high) if found > middle else (max(low, found), middle)
    return low, far


def _stretches(known: _Known, step: str) -> list[list[int]]:
    """Batches whose bound is asked for together: each, those of the step, and all up to it.

    All up to a step are asked for at the first steps, then ever more rarely, and at the last ones.
    """
    mine = known.batches(step)
    ahead = known.ahead(step)
    before = [i for s in known.steps if s in ahead for i in known.batches(s)]
    asked = len(ahead) < FEW_STEPS or (len(ahead) & (len(ahead) + 1)) == 0
    final = not any(step in known.ahead(s) for s in known.steps)
    choices = [[*before, *mine]] if mine and before and (asked or final) else []
    if len(mine) > 1:
        choices.append(mine)
    return choices + [[i] for i in mine]


def later(timeline: Timeline, seconds: int) -> Timeline:
    """Return a timeline whose clock starts so much later."""
    terms = tuple(
        replace(t, start=t.start - seconds, end=None if t.end is None else t.end - seconds)
        for t in timeline.terms
    )
    conditions = tuple(
        ConditionSpan(c.factor, (c.when[0] - seconds, c.when[1] - seconds))
        if isinstance(c.when, tuple)
        else c
        for c in timeline.conditions
    )
    return Timeline(timeline.midnight - seconds, terms, timeline.hours, conditions)


def _unit(op: Operation) -> int:
    """Least step (s) of grids: inspections divide it evenly, so that little is lost to rounding."""
    times = [t for c in op.crossings for t in (*c.out.values(), *c.back.values()) if t]
    unit = math.gcd(*times) if times else LEAST_STEP
    return unit * -(-LEAST_STEP // unit)


def _open(op: Operation, until: int) -> list[tuple[int, int]]:
    """Time up to a moment in which some crossing is open."""
    spans = (s for c in op.crossings for s in op.timeline.crossing_open(c.id, until + 1))
    return unite(spans) or [(0, until)]


def _link(
    op: Operation,
    demand: Demand,
    linked: Linked,
    stretch: Sequence[int],
    release: int,
    floors: Mapping[str, Floor],
    between: tuple[int, int],
    asking: tuple[bool, int],
) -> _Link:
    """Least moment at which batches can be there, by halving between what is known and the end.

    What would prove no more than is known already is not asked for. ``asking``: whether on fine
    grids, and about how many moments.
    """
    fine, turns = asking
    wanted: dict[frozenset[str], int] = {}
    for i in stretch:
        batch = linked.batches[i]
        wanted[batch.groups] = wanted.get(batch.groups, 0) + batch.persons
    cells: list[Cell] = []
    for side, most in wanted.items():
        mine = [c for c in demand.cells if c.group in side]
        if sum(c.persons for c in mine) < most or not _full(demand, linked, stretch):
            return _Link(0, None, {})
        cells += [replace(c, persons=min(c.persons, most)) for c in mine]
    # In the order of the case, by which their multipliers are named.
    rank = {(c.group, c.place): n for n, c in enumerate(demand.cells)}
    cells.sort(key=lambda c: rank[c.group, c.place])
    persons = sum(wanted.values())
    timeline = later(op.timeline, release)
    clearance = between[1]
    unit = _unit(op)
    low, high = max(0, between[0] - release), clearance - release
    best = _Link(0, None, {})
    known: list[tuple[int, float]] = []
    by = max(low, 1)
    for turn in range(turns):
        if turn and (high - low <= CLOSE_S or best.data is None):
            break
        moved = replace(op, timeline=timeline, least=op.least_under[timeline.fastest(0, by)])
        open_s = sum(b - a for a, b in _open(moved, by))
        step = -(-open_s // (MOST_SLOTS if fine else FEWEST_SLOTS) // unit) * unit
        grid = grid_points(moved, by, max(step, unit))
        m = batch_model(
            moved, demand, cells, persons, grid, by, released=release > 0, floors=floors
        )
        proof = prove(m, whole=False)
        if proof is not None and proof.most < m.target:
            low = by
            known.append((by, proof.short))
            data = certificate(m, proof, "clearance-at-least", by + 1, by)
            kept = {k: data[k] for k in ("value", "by_s", "grid", "scale", "multipliers")}
            best = _Link(release + by + 1, kept, load(m, proof))
        else:
            high = by
        by = _next(known, low, high)
        if turn + 1 >= COARSE_TURNS and not fine and m.programme.columns > SMALL:
            break
    return best


def _next(known: Sequence[tuple[int, float]], low: int, high: int) -> int:
    """Where to ask next: where the shortfall would vanish if it went on shrinking as it does.

    Without that, so much later again as was asked for already, or in the middle.
    """
    guess = min((low + high) // 2, max(2 * low, FIRST_S))
    if len(known) > 1:
        (a, short_a), (b, short_b) = known[-2:]
        if b > a and short_a > short_b:
            guess = b + int(short_b * (b - a) / (short_a - short_b)) - CLOSE_S // 2
    if guess >= high:
        # It was said that this is too late: what falls short does not shrink evenly.
        guess = (low + high) // 2
    return min(max(guess, low + CLOSE_S // 2), max((low + 3 * high) // 4, low + 1), high - 1)
