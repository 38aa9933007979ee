"""A lower bound on the clearance of linked steps: bounds of batches, one after another.

A batch departs no sooner than what it waits for is over, so a bound on that is its release. From
its release on, a relaxation tells by when the whole batch can be there at the earliest, whoever is
in it and wherever the vehicles are by then: all may stand boarded at any assembly point. The
longest chain of such bounds is a bound on the whole. Definition and proof:
``docs/reference/certificate-format.md``, "Chains".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from safepassage.convoy.bounds import Bound
from safepassage.convoy.builder import Floor
from safepassage.convoy.gap_link import ask_gaps
from safepassage.convoy.link import Link, ask_link, is_full
from safepassage.convoy.passing import Counting, Far, Row
from safepassage.convoy.ways import before_crossing, fetches, whole
from safepassage.instance import Demand, Linked, Operation, Wait

__all__ = ["CHAIN_FORMAT", "chain_bound"]

CHAIN_FORMAT = "safepassage-chain/1"
FEW_STEPS = 6
"""Steps up to each of which all batches are asked for together."""


def chain_bound(
    op: Operation,
    demand: Demand,
    clearance: int,
    *,
    fine: bool,
    enough: Callable[[int], bool] = lambda _: False,
) -> Bound:
    """Lower bound on the clearance time from the chain of linked steps, with its certificate.

    Stops where ``enough`` says so of the bound so far; it is asked before each link.
    """
    linked = demand.linked
    if linked is None or linked.goes_on:
        return Bound(0, None, {})
    known = _Known(linked)
    rows = _rows(known, demand)
    asked: list[tuple[set[int], int]] = []
    # For a quick answer, steps that gaps tell of together are not asked for each alone.
    passed = {} if fine else _passed(op, demand, known, clearance)
    last = next((s for s, link in passed.items() if link.value), None)
    inner = known.inner(last)
    told = {i for s in (*known.ahead(last), last) for i in known.batches(s)} if last else set()
    for step in known.steps:
        _count(op, demand, known, step, rows, clearance)
        for stretch in _stretches(known, step):
            if enough(max(known.step_over.values(), default=0)):
                return known.bound()
            release = min(known.release(i) for i in stretch)
            if step in inner:
                continue
            if release and _counted(op, demand, linked, stretch):
                continue
            least = known.worth(step, stretch)
            wider = any(set(stretch) <= more and release == at for more, at in asked)
            if wider and least >= known.step_over.get(step, 0):
                # Fewer batches from the same moment on are there no later.
                continue
            asked.append((set(stretch), release))
            floors = known.floors(op, demand, stretch) if release == 0 else {}
            phases = known.phases(stretch)
            if phases is not None and (fine or len(phases) > 1):
                link = passed.get(step) or ask_gaps(
                    op, demand, linked, phases, release, floors, clearance
                )
                if link.value > least:
                    known.learn(step, stretch, release, link)
                    least = known.worth(step, stretch)
            if told and told < set(stretch):
                continue
            link = ask_link(
                op, demand, linked, stretch, release, floors, (least, clearance), fine=fine
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

    def phases(self, stretch: Sequence[int]) -> list[list[int]] | None:
        """Batches of a stretch step by step, where each step in full waits for the one before."""
        found: dict[str, list[int]] = {}
        for i in stretch:
            found.setdefault(self.linked.batches[i].step, []).append(i)
        steps = [s for s in self.steps if s in found]
        if len(steps) < len(found) or any(s not in self.ahead(t) for s, t in pairwise(steps)):
            return None
        return [found[s] for s in steps]

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

    def inner(self, last: str | None) -> set[str]:
        """Steps that nobody waits for but by way of the last one."""
        if last is None:
            return set()
        known = self.ahead(last)
        others = {t for t in self.steps if t != last and last not in self.ahead(t)}
        return {
            step
            for step in known
            if {t for t in others if step in self.ahead(t)} <= known
            and not any(map(self._in_parts, self.batches(step)))
        }

    def worth(self, step: str, stretch: Sequence[int]) -> int:
        """Moment that a link has to go beyond, to tell anything new."""
        if len(stretch) == 1 and self._in_parts(stretch[0]):
            return self.over.get(stretch[0], 0)
        ahead = (self.step_over.get(s, 0) for s in self.ahead(step))
        return max([self.step_over.get(step, 0), *ahead])

    def _in_parts(self, index: int) -> bool:
        """Whether somebody waits for a batch alone, or it for others that are not a whole step."""
        for wait in self.linked.waits:
            if wait.kind == "after" and not self._whole(wait):
                someone = any(self.linked.batches[i].persons for i in wait.waiting)
                if index in wait.waiting or (index in wait.awaited and someone):
                    return True
        return False

    def _whole(self, wait: Wait) -> bool:
        """Whether a wait is for whole steps."""
        named = {self.linked.batches[a].step for a in wait.awaited}
        return all(set(self.batches(s)) <= set(wait.awaited) for s in named)

    def learn(
        self, step: str, stretch: Sequence[int], release: int, link: Link, *, row: bool = False
    ) -> None:
        """Keep a link where it proves more; of a ``row`` the last batch is proven alone."""
        single = (row or len(stretch) == 1) and link.value > self.over.get(stretch[-1], 0)
        if single:
            self.over[stretch[-1]] = link.value
        if single or link.value > self.step_over.get(step, 0):
            data = {"batches": list(stretch), "release_s": release, **(link.data or {})}
            self.links.append((step, data))
        if link.value > max(self.step_over.values(), default=0) and link.load:
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
            if not is_full(demand, known.linked, [i]):
                break
            if row and batches[row[-1]].step not in known.ahead(batches[i].step):
                break
            row.append(i)
        rows.append(row)
    return rows


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
        if not is_full(demand, known.linked, [i]):
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
            known.learn(step, stretch, release, Link(best, data, {}), row=True)


def _row_value(op: Operation, row: Row, release: int, until: int) -> tuple[int, Far]:
    """Moment before which the last batch of a row is not there, and what is counted apart."""
    counting = Counting(op, row, until)
    far = counting.choose() if len(row.sizes) > 1 else ()
    return min(counting.over(release, far), until), far


def _passed(op: Operation, demand: Demand, known: _Known, clearance: int) -> dict[str, Link]:
    """What gaps tell of all batches up to a step, for the last step that they tell anything of.

    By step, those after it without anything.
    """
    found: dict[str, Link] = {}
    for step in reversed(known.steps):
        stretch = _stretches(known, step)[:1]
        phases = known.phases(stretch[0]) if stretch else None
        if phases is None or len(phases) < 2:
            continue
        release = min(known.release(i) for i in stretch[0])
        floors = known.floors(op, demand, stretch[0]) if release == 0 else {}
        found[step] = ask_gaps(op, demand, known.linked, phases, release, floors, clearance)
        if found[step].value:
            break
    return found


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
