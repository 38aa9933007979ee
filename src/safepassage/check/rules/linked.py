"""Linked steps: convoys that wait for one another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.linked import Batch, Linked, Part, read_linked
from safepassage.check.reading import Reading
from safepassage.plan.document import Rotation, Stop
from safepassage.terms.clauses import ReleaseRule
from safepassage.terms.places import ExchangePoint

__all__ = ["LinkedSteps"]


class LinkedSteps:
    """No batch moves before what it waits for, and none is held longer than agreed."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield convoys that do not wait, and such as wait too long."""
        for linked in read_linked(context.reading, context.plan):
            yield from _Judge(linked, context.reading).findings()


class _Judge:
    """One linked clause against a plan."""

    def __init__(self, linked: Linked, reading: Reading) -> None:
        self.linked, self.reading = linked, reading
        self.clause_id = linked.clause.id

    def findings(self) -> Iterator[Finding]:
        """Judge every step and every rule."""
        for step in self.linked.clause.steps:
            batches = self.linked.of_step(step.id)
            for name in step.after:
                yield from self._after(batches, name, ())
            for rule in step.release:
                yield from self._rule(rule, batches)
        for rule in self.linked.clause.rules:
            if rule.rule == "simultaneous_at_exchange_point":
                for step in self.linked.clause.steps:
                    yield from self._rule(rule, self.linked.of_step(step.id))
            else:
                yield from self._rule(rule, self.linked.batches)

    def _rule(self, rule: ReleaseRule, batches: Sequence[Batch]) -> Iterator[Finding]:
        waiting = [b for b in batches if b.among(rule.waiting)]
        awaited = [b for b in batches if b.among(rule.awaited)]
        if rule.rule == "simultaneous_at_exchange_point":
            yield from self._matched(rule, waiting, awaited)
            return
        if rule.rule == "first_mover":
            yield from self._first(waiting, awaited)
        elif rule.rule == "last_waits_for_last":
            yield from self._last(waiting, awaited)
        elif rule.step is not None:
            yield from self._after(waiting, rule.step, rule.awaited)
        if rule.longest_hold is not None:
            for rotation in _rotations(waiting):
                boarded = max((b.to_s for b in rotation.boarding), default=0)
                held = rotation.loaded_leg.depart_s - boarded
                yield from self._held(rotation.id, held, rule.longest_hold.value)

    def _held(self, where: str, held_s: int, longest_s: int) -> Iterator[Finding]:
        if held_s > longest_s:
            message = f"expected a hold of at most {longest_s} s, got {held_s} s"
            yield finding("hold-too-long", where, message, self.clause_id)

    def _after(
        self, waiting: Sequence[Batch], step_id: str, awaited: Collection[str]
    ) -> Iterator[Finding]:
        parts = [part for batch in waiting for part in batch.parts]
        if not parts:
            return
        over = self.linked.over_s(step_id, awaited)
        first = min(parts, key=lambda part: part.depart_s)
        if over is None or first.depart_s < over:
            when = "is never over in this plan" if over is None else f"is over at {over} s"
            message = f"departs at {first.depart_s} s, but waits for {step_id}, which {when}"
            yield finding("step-too-early", first.rotation.id, message, self.clause_id)

    def _first(self, waiting: Sequence[Batch], awaited: Sequence[Batch]) -> Iterator[Finding]:
        parts, before = _parts(waiting), _parts(awaited)
        if not parts:
            return
        first = min(parts, key=lambda part: part.depart_s)
        opened = min((part.depart_s for part in before), default=None)
        if opened is None and self.linked.whole(awaited):
            # There is nobody among them at this count, or what is delivered in part is enough.
            return
        if opened is None or first.depart_s < opened:
            when = "nobody of whom departs" if opened is None else f"who begin at {opened} s"
            message = f"departs at {first.depart_s} s, before those who move first, {when}"
            yield finding("moved-first", first.rotation.id, message, self.clause_id)

    def _last(self, waiting: Sequence[Batch], awaited: Sequence[Batch]) -> Iterator[Finding]:
        parts, before = _parts(waiting), _parts(awaited)
        if not parts or sum(b.carried for b in waiting) < sum(b.size for b in waiting):
            return
        last = max(parts, key=lambda part: part.depart_s)
        awaited_s = max((part.depart_s for part in before), default=0)
        missing = not self.linked.whole(awaited)
        if missing or last.depart_s < awaited_s:
            when = "some of whom stay" if missing else f"whose last departs at {awaited_s} s"
            message = f"the last to depart, at {last.depart_s} s, waits for others, {when}"
            yield finding("last-did-not-wait", last.rotation.id, message, self.clause_id)

    def _matched(
        self, rule: ReleaseRule, waiting: Sequence[Batch], awaited: Sequence[Batch]
    ) -> Iterator[Finding]:
        crossing = self._crossing(rule)
        pairs = [(a, b) for a in waiting for b in awaited if a is not b and b.size and a.size]
        for batch in dict.fromkeys(id(x) for pair in pairs for x in pair):
            found = next(x for pair in pairs for x in pair if id(x) == batch)
            for rotation in _rotations([found]):
                if _stop(rotation, crossing) is None:
                    message = f"passes {crossing} by, where convoys of its step are exchanged"
                    yield finding("exchange-passed-by", rotation.id, message, self.clause_id)
        for one, other in pairs:
            yield from self._ahead(one, other, crossing)
        if rule.longest_hold is not None:
            for rotation in _rotations([a for a, _ in pairs]):
                stop = _stop(rotation, crossing)
                if stop is not None:
                    held = stop.leave_s - stop.arrive_s - (stop.inspect_to_s - stop.inspect_from_s)
                    yield from self._held(rotation.id, held, rule.longest_hold.value)

    def _crossing(self, rule: ReleaseRule) -> str:
        place = self.reading.places[rule.place or ""]
        return (place.crossing or "") if isinstance(place, ExchangePoint) else place.id

    def _ahead(self, one: Batch, other: Batch, crossing: str) -> Iterator[Finding]:
        """Tell the first convoy that is released before enough of the other batch is there."""
        goes_on = self.linked.clause.partial == "goes_on"
        mine, theirs = (b.carried if goes_on else b.size for b in (one, other))
        released = sorted(_moments(one, crossing, leaving=True))
        reached = sorted(_moments(other, crossing, leaving=False))
        gone = there = at = 0
        for i, (moment, rotation_id, persons) in enumerate(released):
            gone += persons
            if i + 1 < len(released) and released[i + 1][0] == moment:
                continue
            while at < len(reached) and reached[at][0] <= moment:
                there += reached[at][2]
                at += 1
            if gone * theirs > there * mine:
                message = (
                    f"at {moment} s {gone} of {mine} people are released, "
                    f"but only {there} of {theirs} of the other side have reached {crossing}"
                )
                yield finding("released-ahead", rotation_id, message, self.clause_id)
                return


def _parts(batches: Sequence[Batch]) -> list[Part]:
    return [part for batch in batches for part in batch.parts]


def _rotations(batches: Sequence[Batch]) -> list[Rotation]:
    return list({part.rotation.id: part.rotation for part in _parts(batches)}.values())


def _stop(rotation: Rotation, crossing: str) -> Stop | None:
    return next((s for s in rotation.loaded_leg.stops if s.crossing == crossing), None)


def _moments(batch: Batch, crossing: str, *, leaving: bool) -> Iterator[tuple[int, str, int]]:
    for part in batch.parts:
        stop = _stop(part.rotation, crossing)
        if stop is not None:
            moment = stop.leave_s if leaving else stop.arrive_s
            yield moment, part.rotation.id, part.persons
