"""Chains of bounds on batches of linked steps, verified link by link from the terms alone.

Definition and proof: ``docs/reference/certificate-format.md``, "Chains".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from safepassage.check.linked import Batch, Linked, read_linked
from safepassage.check.proof.form import CERTIFICATE_FORMAT, is_whole, read_form
from safepassage.check.proof.gaps import GAP_KEYS, falls_short
from safepassage.check.proof.passes import later_than
from safepassage.check.proof.phases import read_phases
from safepassage.check.proof.programme import Programme, read_programme
from safepassage.check.proof.verify import verify_form
from safepassage.check.proof.ways import Ways
from safepassage.check.reading import Reading
from safepassage.check.windows import read_slowdowns
from safepassage.terms.clauses import TimedClause
from safepassage.terms.places import Crossing, ExchangePoint
from safepassage.terms.provenance import Figure

__all__ = ["CHAIN_FORMAT", "LONGEST_S", "verify_chain"]

CHAIN_FORMAT: Final = "safepassage-chain/1"

_KEYS: Final = frozenset(("format", "claim", "value", "links", "sentence"))
_LINK_KEYS: Final = frozenset(
    ("batches", "release_s", "value", "by_s", "grid", "scale", "multipliers")
)
_ROW_KEYS: Final = frozenset(("batches", "release_s", "value", "far"))
_KINDS: Final = (_LINK_KEYS, _ROW_KEYS, GAP_KEYS)
_MOST_LINKS: Final = 5_000
_MOST_SETS: Final = 20
LONGEST_S: Final = 20 * 366 * 86_400
"""Moments after this are not looked up."""


def verify_chain(data: Mapping[str, Any], reading: Reading) -> tuple[int | None, str]:
    """Verify a chain.

    Returns
    -------
    value, message
        What it proves: nobody has everyone out before ``value`` (s); or None, and what is wrong.
    """
    wrong = _wrong_form(data)
    if wrong is not None:
        return None, wrong
    proven = _Proven([(linked, b) for linked in read_linked(reading) for b in linked.batches])
    for n, link in enumerate(data["links"]):
        wrong = _wrong_link(link, len(proven.batches)) or _unproven(link, proven, reading)
        if wrong is not None:
            return None, f"links[{n}]: {wrong}"
        proven.learn(link, link["release_s"] + link["value"])
    most = max(proven.steps.values(), default=0)
    value: int = data["value"]
    if value > most:
        return None, f"value: the links prove {most} s, got {value}"
    return value, ""


def _wrong_form(data: Mapping[str, Any]) -> str | None:
    if data.keys() != _KEYS:
        return f"expected the keys {', '.join(sorted(_KEYS))}"
    if data["claim"] != "clearance-at-least" or not is_whole(data["value"]) or data["value"] < 0:
        return "expected the claim clearance-at-least and a whole number of seconds"
    if not isinstance(data["sentence"], str) or not isinstance(data["links"], list | tuple):
        return "expected a sentence and a list of links"
    return None if len(data["links"]) <= _MOST_LINKS else f"expected {_MOST_LINKS} links at most"


def _wrong_link(link: object, batches: int) -> str | None:
    if not isinstance(link, Mapping) or link.keys() not in _KINDS:
        known = " or ".join(", ".join(sorted(keys)) for keys in _KINDS)
        return f"expected the keys {known}"
    named = link["batches"]
    if not isinstance(named, list | tuple) or not all(map(is_whole, named)) or not named:
        return "batches: expected a list of whole numbers"
    if sorted(set(named)) != sorted(named) or not 0 <= min(named) <= max(named) < batches:
        return f"batches: expected some of {batches} batches, counted from 0, each once"
    if not is_whole(link["release_s"]) or link["release_s"] < 0:
        return "release_s: expected a whole number from 0"
    return None


@dataclass(slots=True)
class _Proven:
    """What is proven so far of batches, and of whole steps (by their clause)."""

    batches: list[tuple[Linked, Batch]]
    over: dict[int, int] = field(default_factory=dict)
    """No batch is there in full before this."""
    steps: dict[tuple[str, str], int] = field(default_factory=dict)
    """No step is over before this."""

    def learn(self, link: Mapping[str, Any], moment: int) -> None:
        """Keep that batches are not there in full before; the last of them is of the last step."""
        named: Sequence[int] = link["batches"]
        if len(named) == 1 or "far" in link:
            self.over[named[-1]] = max(moment, self.over.get(named[-1], 0))
        linked, batch = self.batches[named[-1]]
        key = linked.clause.id, batch.step
        self.steps[key] = max(moment, self.steps.get(key, 0))

    def release(self, index: int) -> int:
        """Least moment at which a loaded leg of a batch can depart."""
        linked, batch = self.batches[index]
        clause = linked.clause.id
        least = max((self.steps.get((clause, s), 0) for s in ahead(linked, batch.step)), default=0)
        step = next(s for s in linked.clause.steps if s.id == batch.step)
        for rule in step.release:
            if rule.rule != "after_safe_arrival_of_step" or rule.step is None:
                continue
            if batch.among(rule.waiting):
                named = [
                    self.over.get(i, 0)
                    for i, (other, b) in enumerate(self.batches)
                    if other is linked and b.step == rule.step and b.among(rule.awaited)
                ]
                whole = ahead(linked, rule.step)
                if all(b.among(rule.awaited) for b in linked.of_step(rule.step) if b.size):
                    whole = whole | {rule.step}
                least = max([least, *named, *(self.steps.get((clause, s), 0) for s in whole)])
        return least


def ahead(linked: Linked, step_id: str) -> set[str]:
    """Steps that the whole of a step comes after, by whatever way."""
    after = {step.id: step.after for step in linked.clause.steps}
    known: set[str] = set()
    fresh = set(after[step_id])
    while fresh:
        known |= fresh
        fresh = {name for s in fresh for name in after[s]} - known
    return known


def _unproven(link: Mapping[str, Any], proven: _Proven, reading: Reading) -> str | None:
    """Return why a link does not prove that its batches take so long from their release on."""
    named: Sequence[int] = link["batches"]
    linked, last = proven.batches[named[-1]]
    reached = {last.step} | ahead(linked, last.step)
    wanted: dict[frozenset[str], int] = {}
    for i in named:
        other, batch = proven.batches[i]
        if other is not linked or batch.step not in reached:
            return "batches: expected the last of them in a step that comes after all the others"
        wanted[batch.groups] = wanted.get(batch.groups, 0) + batch.size
    row = "far" in link
    least = proven.release(named[0]) if row else min(proven.release(i) for i in named)
    if link["release_s"] > least:
        return f"release_s: {least} s is proven, got {link['release_s']}"
    short = next((s for i in named if (s := _short(linked, proven.batches[i][1], reading))), None)
    if short is not None:
        return short
    batches = [proven.batches[i][1] for i in named]
    if row:
        return _uncounted(link, batches, linked, reading)
    if "sizes" in link:
        return _gapped(link, batches, linked, proven, reading)
    form = read_form(_certificate(link))
    if isinstance(form, str):
        return form
    programme = _programme(reading, wanted, link["release_s"], link["by_s"])
    if link["release_s"] == 0:
        programme.floors = _floors(programme, proven, named)
    persons = sum(wanted.values())
    if sum(cell.persons for cell in programme.cells) > persons:
        # Who is in the batches is open, so nobody has to be out, but so many have.
        form = replace(form, claim="out-by-at-most", value=persons - 1)
    outcome = verify_form(form, programme)
    if outcome.proven:
        return None
    return outcome.fault or f"batches of {persons}: {outcome.message}"


def _short(linked: Linked, batch: Batch, reading: Reading) -> str | None:
    """Return why a batch is never full, though everybody who leaves is there; else None."""
    up_to = linked.batches[: next(i for i, b in enumerate(linked.batches) if b is batch) + 1]
    wanted = sum(b.size for b in up_to if b.groups == batch.groups)
    leaving = sum(
        sum(reading.groups[g].people.values()) for g in batch.groups if g in reading.groups
    )
    if leaving >= wanted:
        return None
    return f"batches: {wanted} people are never there, as {leaving} leave"


def _uncounted(
    link: Mapping[str, Any], row: Sequence[Batch], linked: Linked, reading: Reading
) -> str | None:
    """Return why counting vehicles at the crossings does not prove what a link claims of a row."""
    value, far, release = link["value"], link["far"], link["release_s"]
    if not is_whole(value) or not 0 < value <= LONGEST_S:
        return f"value: expected a whole number from 1 to {LONGEST_S}"
    if not _are_sets(far):
        return f"far: expected at most {_MOST_SETS} lists of places"
    for one, then in pairwise(row):
        if then.groups != one.groups or one.step not in ahead(linked, then.step):
            return "batches: expected batches of one side, each in a step after the one before"
    within = release, release + value - 1
    reading = replace(reading, slowdowns=read_slowdowns(reading.case, reading.start, within[1]))
    programme = read_programme(reading, within)
    sizes = [b.size for b in row]
    if later_than(programme, row[0].groups, [frozenset(places) for places in far], sizes, within):
        return None
    return f"batches: by the count they can be there by {within[1]} s"


def _gapped(
    link: Mapping[str, Any],
    batches: Sequence[Batch],
    linked: Linked,
    proven: _Proven,
    reading: Reading,
) -> str | None:
    """Return why gaps at a crossing do not prove what a link claims of some steps."""
    value, release = link["value"], link["release_s"]
    crossing, vehicle = link["crossing"], link["vehicle"]
    if not is_whole(value) or not 0 < value <= LONGEST_S:
        return f"value: expected a whole number from 1 to {LONGEST_S}"
    if not isinstance(crossing, str) or not isinstance(reading.places.get(crossing), Crossing):
        return "crossing: expected the id of a crossing"
    if not isinstance(vehicle, str):
        return "vehicle: expected the id of a type"
    steps: dict[str, list[Batch]] = {}
    for batch in (b for b in batches if b.size):
        steps.setdefault(batch.step, []).append(batch)
    order = sorted(steps, key=lambda s: len(ahead(linked, s)))
    if not order or any(one not in ahead(linked, then) for one, then in pairwise(order)):
        return "batches: expected steps each of which comes after the one before"
    within = release, release + value - 1
    programme = read_programme(reading, within)
    if release == 0:
        programme.floors = _floors(programme, proven, link["batches"])
    in_order = [steps[s] for s in order]
    phases = read_phases(programme, in_order, within, crossing, vehicle)
    return phases if isinstance(phases, str) else falls_short(link, phases)


def _are_sets(far: object) -> bool:
    """Tell whether something is a short list of lists of names."""
    return (
        isinstance(far, list | tuple)
        and len(far) <= _MOST_SETS
        and all(isinstance(places, list | tuple) for places in far)
        and all(isinstance(place, str) for places in far for place in places)
    )


def _floors(
    programme: Programme, proven: _Proven, named: Sequence[int]
) -> dict[str, tuple[str, int]]:
    """By assembly point: a crossing, and when convoys from there can be released at the earliest.

    A side whose first batch is exchanged waits for the first convoy of the other; no other group
    gathers at the places that count.
    """
    floors: dict[str, tuple[str, int]] = {}
    groups = programme.reading.groups
    for i in named:
        linked, batch = proven.batches[i]
        side = next(b for b in linked.batches if b.groups == batch.groups and b.size)
        if side is not batch or linked.clause.partial == "goes_on":
            continue
        others = [proven.batches[k][1] for k in named if k != i]
        if any(
            b.groups == batch.groups and batch.step not in ahead(linked, b.step) for b in others
        ):
            # Others of the side may pass by without being exchanged.
            continue
        for j, (other, awaited) in enumerate(proven.batches):
            crossing = _exchanged(linked, batch, awaited, programme.reading)
            if other is not linked or crossing is None:
                continue
            moment = _reach(programme, awaited, proven.release(j), crossing)
            for place in {a for g in batch.groups for a in groups[g].people}:
                here = {g.id for g in groups.values() if g.people.get(place)}
                if here <= batch.groups and moment > floors.get(place, ("", 0))[1]:
                    floors[place] = (crossing, moment)
    return floors


def _exchanged(linked: Linked, batch: Batch, awaited: Batch, reading: Reading) -> str | None:
    """Crossing at which one batch is exchanged for another, or None."""
    if batch is awaited or batch.step != awaited.step or not awaited.size:
        return None
    step = next(s for s in linked.clause.steps if s.id == batch.step)
    for rule in (*step.release, *linked.clause.rules):
        exchanged = batch.among(rule.waiting) and awaited.among(rule.awaited)
        if rule.rule == "simultaneous_at_exchange_point" and exchanged:
            place = reading.places[rule.place or ""]
            return place.crossing if isinstance(place, ExchangePoint) else place.id
    return None


def _reach(programme: Programme, batch: Batch, release_s: int, crossing: str) -> int:
    """Least moment at which somebody of a batch reaches a crossing."""
    reading = programme.reading
    ways = programme.ways or Ways(reading)
    moments = []
    for group in (reading.groups[g] for g in batch.groups):
        for kind in (reading.kinds[k] for k in group.vehicles):
            starts = [p for p, n in kind.counts if n]
            for place in (a for a, n in group.people.items() if n):
                ready = reading.bay_times[place, kind.id]
                if not kind.own:
                    fetch = [w.whole for s in starts for w in ways.fetching(kind, s, place)]
                    if not fetch:
                        continue
                    ready += min(fetch)
                for to in group.destinations:
                    for corridor in group.corridors:
                        around = ways.around(kind, place, to, corridor, crossing)
                        if around is not None and starts:
                            moments.append(max(release_s, ready) + around[0])
    return min(moments, default=0)


def _certificate(link: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{k: link[k] for k in ("value", "by_s", "grid", "scale", "multipliers")},
        "format": CERTIFICATE_FORMAT,
        "claim": "clearance-at-least",
        "bays": False,
        "sentence": "",
    }


def _programme(
    reading: Reading, wanted: Mapping[frozenset[str], int], release_s: int, by_s: int
) -> Programme:
    """Programme of batches on a clock that starts with their release."""
    clauses = tuple(
        c.model_copy(update={"start": Figure(value=reading.start, cite=(), assumed="start")})
        if isinstance(c, TimedClause) and c.start is None
        else c
        for c in reading.proposal.clauses
    )
    start = reading.start + timedelta(seconds=release_s)
    proposal = reading.proposal.model_copy(update={"clauses": clauses})
    moved = replace(
        reading,
        start=start,
        proposal=proposal,
        slowdowns=read_slowdowns(reading.case, start, by_s),
    )
    programme = read_programme(moved, (0, by_s))
    most = {group: persons for side, persons in wanted.items() for group in side}
    cells = tuple(
        replace(c, persons=min(c.persons, most[c.group]))
        for c in programme.cells
        if c.group in most
    )
    return replace(programme, cells=cells, released=release_s > 0)
