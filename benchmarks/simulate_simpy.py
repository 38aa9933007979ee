"""The same timetable under the same disturbances, as a model in SimPy.

Written as SimPy is meant to be used: a process for each convoy and each vehicle at a bay, requests
for bays and posts in the planned order, and one process that suspends the operation. It shares
the reading of times from the terms with the compiled simulator, and neither its steps nor their
order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import simpy

from safepassage.plan.document import Leg, Plan, Rotation
from safepassage.simulate.timetable_steps import Numbers
from safepassage.simulate.timetable_terms import Terms
from safepassage.terms.places import Direction

__all__ = ["Disturbed", "Model"]

Waiting = Generator[simpy.Event, Any, None]


@dataclass(frozen=True, slots=True)
class Disturbed:
    """What is otherwise than planned in one future."""

    boarding: float
    driving: float
    inspecting: dict[str, float]
    """By crossing."""
    suspensions: Sequence[tuple[float, float]]
    holds: dict[str, Sequence[tuple[float, float]]]
    """By crossing: times to a hold, and lengths."""
    own: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    """By rotation: its own multiples of boarding, driving and inspection."""

    def of(self, rotation: str) -> tuple[float, float, float]:
        """Return the multiples of one convoy."""
        return self.own.get(rotation, (1.0, 1.0, 1.0))


class Turn:
    """A place that is used by one after another, in the planned order."""

    def __init__(self, env: simpy.Environment, users: int) -> None:
        self.done = [env.event() for _ in range(users)]

    def before(self, number: int) -> list[simpy.Event]:
        """What the user of that number waits for."""
        return self.done[number - 1 : number] if number else []


class Model:
    """A plan without windows of movement, as processes."""

    def __init__(self, terms: Terms, plan: Plan) -> None:
        self.terms, self.plan = terms, plan
        numbers = Numbers.of(terms)
        self.drives: dict[tuple[str, str], list[int]] = {}
        """Seconds between stops of a leg, by rotation and leg, in each column of conditions."""
        self.columns: dict[tuple[str, str], list[list[int]]] = {}
        for r in plan.rotations:
            factor = min(terms.factor(terms.kind_of(v)) for v in r.vehicles)
            for key, leg in r.legs():
                self.columns[r.id, key] = [
                    [terms.drive_s(x, factor * c) for c, _ in terms.columns]
                    for x in numbers.segments(leg)
                ]
        self.order: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for r in plan.rotations:
            for b in r.boarding:
                if b.bay is not None:
                    self.order["bay", r.place, b.bay].append((b.from_s, r.id, b.vehicle))
            for u in r.unloading:
                self.order["bay", r.loaded_leg.to, u.bay].append((u.from_s, r.id, u.vehicle))
            for key, leg in r.legs():
                for stop in leg.stops:
                    at = "post", stop.crossing, key
                    self.order[at].append((stop.inspect_from_s, r.id, ""))
            begin = r.empty_leg.depart_s if r.empty_leg else min(b.from_s for b in r.boarding)
            for v in (*r.vehicles, *([] if r.team is None else [r.team])):
                self.order["crew", v].append((begin, r.id, ""))
        self.number = {
            (at, *entry[1:]): i
            for at, entries in self.order.items()
            for i, entry in enumerate(sorted(entries))
        }

    def arrivals(self, disturbed: Disturbed) -> dict[str, float]:
        """Run one future; return the arrival of each rotation."""
        return _Run(self, disturbed).arrivals()


class _Run:
    """One future."""

    def __init__(self, model: Model, disturbed: Disturbed) -> None:
        self.model, self.disturbed = model, disturbed
        self.env = simpy.Environment()
        self.turns = {at: Turn(self.env, len(users)) for at, users in model.order.items()}
        self.running = self.env.event()
        self.running.succeed()
        self.stopping = self.env.event()
        self.due = {c: list(pairs) for c, pairs in disturbed.holds.items()}
        self.hold_at = {c: pairs[0][0] for c, pairs in self.due.items() if pairs}
        self.arrived: dict[str, float] = {}

    def arrivals(self) -> dict[str, float]:
        """Start every process and run until all have come to an end."""
        self.env.process(self.suspend())
        for rotation in self.model.plan.rotations:
            self.env.process(self.convoy(rotation))
        self.env.run()
        return self.arrived

    def suspend(self) -> Waiting:
        """Stop the operation and let it go on again."""
        for on, off in self.disturbed.suspensions:
            yield self.env.timeout(on - self.env.now)
            self.running = self.env.event()
            stopping, self.stopping = self.stopping, self.env.event()
            stopping.succeed()
            yield self.env.timeout(off - self.env.now)
            self.running.succeed()

    def until(self, moment: float) -> simpy.Event:
        """Wait for a moment that may be over."""
        return self.env.timeout(max(0.0, moment - self.env.now))

    def convoy(self, r: Rotation) -> Waiting:
        """One rotation: fetch, board, carry, unload."""
        env, terms = self.env, self.model.terms
        crew = [("crew", v) for v in (*r.vehicles, *([] if r.team is None else [r.team]))]
        ready = [e for c in crew for e in self.turns[c].before(self.model.number[c, r.id, ""])]
        if r.empty_leg is not None:
            yield env.all_of(ready) & self.until(r.empty_leg.depart_s)
            yield from self.leg(r, "empty_leg", r.empty_leg)
        elif ready:
            yield env.all_of(ready)
        yield env.all_of([env.process(self.board(r, b)) for b in r.boarding])
        yield self.until(r.loaded_leg.depart_s)
        yield from self.leg(r, "loaded_leg", r.loaded_leg)
        self.arrived[r.id] = env.now
        if r.team is not None:
            at = "crew", r.team
            self.turns[at].done[self.model.number[at, r.id, ""]].succeed()
        unloading = {u.vehicle for u in r.unloading}
        for u in r.unloading:
            seconds = terms.bay_s(r.loaded_leg.to, terms.kind_of(u.vehicle).id)
            place = "bay", r.loaded_leg.to, u.bay
            env.process(self.unload(r, u.vehicle, place, u.from_s, seconds))
        for v in set(r.vehicles) - unloading:
            self.free(r, v)

    def free(self, r: Rotation, vehicle: str) -> None:
        """A vehicle may go on to its next rotation."""
        at = "crew", vehicle
        self.turns[at].done[self.model.number[at, r.id, ""]].succeed()

    def board(self, r: Rotation, b: Any) -> Waiting:
        """One vehicle at its bay."""
        yield self.until(b.from_s)
        seconds = self.model.terms.bay_s(r.place, self.model.terms.kind_of(b.vehicle).id)
        if b.bay is not None:
            yield from self.bay(r, b.vehicle, ("bay", r.place, b.bay), seconds)
        else:
            own = self.disturbed.of(r.id)[0]
            yield self.env.timeout(seconds * self.disturbed.boarding * own)

    def unload(
        self, r: Rotation, vehicle: str, place: tuple[Any, ...], from_s: int, seconds: int
    ) -> Waiting:
        """One vehicle at the reception point."""
        yield self.until(from_s)
        yield from self.bay(r, vehicle, place, seconds)
        self.free(r, vehicle)

    def bay(self, r: Rotation, vehicle: str, place: tuple[Any, ...], seconds: int) -> Waiting:
        """Take a bay in turn."""
        turn, number = self.turns[place], self.model.number[place, r.id, vehicle]
        yield from turn.before(number)
        own = self.disturbed.of(r.id)[0]
        yield self.env.timeout(seconds * self.disturbed.boarding * own)
        turn.done[number].succeed()

    def leg(self, r: Rotation, key: str, leg: Leg) -> Waiting:
        """Drive from stop to stop."""
        columns = self.model.columns[r.id, key]
        yield from self.drive(r, columns[0])
        for i, stop in enumerate(leg.stops):
            yield self.until(stop.inspect_from_s)
            yield from self.post(r, key, stop.crossing)
            yield self.until(stop.leave_s)
            yield from self.drive(r, columns[i + 1])

    def drive(self, r: Rotation, seconds: Sequence[int]) -> Waiting:
        """Depart when the operation is not suspended, and drive."""
        while not self.running.processed:
            yield self.running
        col = 0
        for moment, after in zip(
            self.model.terms.changes, self.model.terms.change_columns[1:], strict=True
        ):
            if moment <= self.env.now:
                col = after
        own = self.disturbed.of(r.id)[1]
        yield self.env.timeout(seconds[col] * self.disturbed.driving * own)

    def post(self, r: Rotation, key: str, crossing: str) -> Waiting:
        """Be inspected in turn, after the spacing, and perhaps held."""
        env, terms = self.env, self.model.terms
        place = "post", crossing, key
        turn, number = self.turns[place], self.model.number[place, r.id, ""]
        for event in turn.before(number):
            rules = terms.case.fleet.convoys
            spacing = rules.spacing.value if rules is not None and rules.spacing else 0
            yield event
            yield self.until(float(event.value or 0) + spacing)
        while not self.running.processed:
            yield self.running
        direction = Direction.IN if key == "empty_leg" else Direction.OUT
        kinds = (terms.kind_of(v).id for v in r.vehicles)
        work = sum(terms.inspection_s(crossing, k, direction) for k in kinds)
        own = self.disturbed.of(r.id)[2]
        left, begin = work * self.disturbed.inspecting[crossing] * own, env.now
        while left > 0:
            since = env.now
            yield env.timeout(left) | self.stopping
            left -= env.now - since
            if left > 1e-6:
                yield self.running
            else:
                left = 0
        if direction == Direction.OUT and self.hold_at.get(crossing, float("inf")) <= begin:
            _, length = self.due[crossing].pop(0)
            yield env.timeout(length)
            rest = self.due[crossing]
            self.hold_at[crossing] = env.now + rest[0][0] if rest else float("inf")
        turn.done[number].succeed(env.now)
