"""Rules on vehicles: counted ones cannot carry what some claim.

A rule yields what it tells; the first line of its docstring is its meaning on the reference page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from safepassage.record.context import ABOUT, Context
from safepassage.record.finding import Said
from safepassage.record.ground import open_seconds
from safepassage.record.tallies import ANY, Load, Tally, joined, loads, noun, read_tally
from safepassage.terms.observations import Observation

__all__ = [
    "more_people_than_loads",
    "more_people_than_seats",
    "tallies_contradict",
    "vehicles_not_in_fleet",
    "vehicles_not_read",
]


@dataclass(frozen=True, slots=True)
class _Counted:
    """Vehicles of a row that the fleet knows, and what they carry."""

    row: Observation
    vehicles: Mapping[str, int]
    loads: Mapping[str, Load]
    aboard: int

    @property
    def main(self) -> str:
        """The kind of vehicle that carries most; implied loads are told for it."""
        return max(self.vehicles, key=lambda w: (w != ANY, self.vehicles[w] * self.loads[w].seats))

    @property
    def overfull(self) -> bool:
        """Whether a load beyond its seats is known for the main kind."""
        return self.loads[self.main].most > self.loads[self.main].seats

    def carried(self, *, most: bool, without: str | None = None) -> Fraction:
        """People whom they carry, with their seats or with the largest loads reported."""
        total = Fraction(self.aboard)
        for word, n in self.vehicles.items():
            if word != without:
                total += n * (self.loads[word].most if most else self.loads[word].seats)
        return total

    def implied(self, persons: Fraction, *, most: bool) -> Fraction:
        """People in each vehicle of the main kind, where the others carry what they can."""
        rest = persons - self.carried(most=most, without=self.main)
        return max(Fraction(0), rest) / self.vehicles[self.main]


@dataclass(frozen=True, slots=True)
class _Claim:
    """So many people in so many vehicles, and by which rows."""

    row: Observation
    counted: _Counted
    persons: Fraction
    """People whom the counted vehicles would have to have carried."""
    passed: Fraction = Fraction(0)
    """People who may have passed between the count of the vehicles and the claim."""


def more_people_than_seats(context: Context) -> Iterator[Said]:
    """More people are reported out than the vehicles counted have seats.

    The claim's own vehicles; else those that any source counted by then, and what can have passed
    the crossings since. Told once for a source and a count of vehicles, for the largest load.
    """
    yield from _told(context, most=False)


def more_people_than_loads(context: Context) -> Iterator[Said]:
    """More people are reported out than the vehicles counted carry with the largest loads reported.

    As ``more-people-than-seats``, with the largest load of each type that any source reported
    (``seats_observed`` of the fleet). Not told of a type without such loads: how many people it
    can carry at most is not known then.
    """
    yield from _told(context, most=True)


def _told(context: Context, *, most: bool) -> Iterator[Said]:
    worst: dict[tuple[str, int | str], list[_Claim]] = {}
    tallies = [c for c in (_counted(context, row) for row in context.out) if c is not None]
    for row in (*context.out, *context.convoys):
        claim = _tightest(context, row, tallies, most=most)
        if claim is None or (most and not claim.counted.overfull):
            continue
        room = claim.counted.carried(most=most)
        if claim.persons > room * (1 + ABOUT):
            which = row.kind if row.kind == "convoy" else claim.counted.row.line
            worst.setdefault((row.source, which), []).append(claim)
    for claims in worst.values():
        claims.sort(key=lambda c: -c.persons / c.counted.carried(most=most))
        lines = [line for c in claims for line in context.lines(c.row, c.counted.row)]
        yield Said(_arithmetic(context, claims[0], most=most), tuple(dict.fromkeys(lines)))


def _arithmetic(context: Context, claim: _Claim, *, most: bool) -> str:
    row, counted = claim.row, claim.counted
    vehicles = joined([noun(word, n) for word, n in counted.vehicles.items()])
    room = [counted.loads[w].most if most else counted.loads[w].seats for w in counted.vehicles]
    each = joined([f"{float(n):g}" for n in room])
    at = "aboard the convoy of" if row.kind == "convoy" else "by"
    parts = [f"{row.source}: {row.persons or 0:,} people {at} {context.when(row.time)}."]
    by = "" if counted.row is row else f", counted by {counted.row.source} by "
    by += "" if counted.row is row else context.when(counted.row.time)
    parts.append(f"{vehicles}{by}, with {each} {'aboard' if most else 'seats'} each")
    if counted.aboard:
        parts[-1] += f" and {counted.aboard:,} people in others"
    parts[-1] += f", carry {int(counted.carried(most=most)):,}"
    if claim.passed:
        parts[-1] += f"; at most {int(claim.passed):,} can have passed after that count"
    full = counted.implied(claim.persons, most=False)
    crush = counted.implied(claim.persons, most=True)
    name = noun(counted.main)
    parts[-1] += f". That is {float(full):.0f} people on each {name}"
    if round(full) != round(crush):
        parts[-1] += f", or {float(crush):.0f} with the others as full as ever reported"
    limit = counted.loads[counted.main]
    parts[-1] += f"; it has {float(limit.seats):g} seats"
    if limit.most > limit.seats:
        parts[-1] += f", and the largest load reported is {float(limit.most):g}"
    return " ".join(parts) + "."


def _tightest(
    context: Context, row: Observation, tallies: Sequence[_Counted], *, most: bool
) -> _Claim | None:
    """The count of vehicles that leaves least room for a claim."""
    if not row.persons:
        return None
    if row.kind == "convoy":
        own = _counted(context, row)
        return _Claim(row, own, Fraction(row.persons)) if own is not None else None
    claims = []
    for counted in tallies:
        claim = _against(context, row, counted, most=most)
        if claim is not None:
            claims.append(claim)
    return max(claims, key=lambda c: c.persons / c.counted.carried(most=most), default=None)


def _against(context: Context, row: Observation, counted: _Counted, *, most: bool) -> _Claim | None:
    """Hold a claim against vehicles that were counted at another time, maybe by another source."""
    persons = Fraction(row.persons or 0)
    if counted.row.since is not None:
        # Counted from a later moment on: only for the same row, less who was out by then.
        if counted.row is not row:
            return None
        before = [o.persons or 0 for o in context.out if o.time <= counted.row.since]
        return _Claim(row, counted, persons - max(before, default=0))
    if counted.row.time >= row.time:
        return _Claim(row, counted, persons)
    passing = context.ground.passing if most else context.ground.seated
    if passing is None:
        return None
    moving = open_seconds(context.ground.stops, counted.row.time, row.time)
    passed = passing.within(moving)
    return _Claim(row, counted, max(Fraction(0), persons - passed), passed)


def _counted(context: Context, row: Observation) -> _Counted | None:
    """The vehicles of a row; None where not all are known by number and by seats."""
    tally = read_tally(row.vehicles)
    known = loads(context.opened.case.fleet, list(tally.vehicles))
    if not tally.vehicles or tally.unread or tally.at_least or len(known) < len(tally.vehicles):
        return None
    counted = _Counted(row, tally.vehicles, known, tally.aboard)
    return counted if counted.carried(most=False) > tally.aboard else None


def tallies_contradict(context: Context) -> Iterator[Said]:
    """Fewer vehicles are counted in all than another row has for the same time or before."""
    tallies = {row.line: read_tally(row.vehicles) for row in (*context.out, *context.convoys)}
    for row in context.out:
        if row.since is not None or tallies[row.line].at_least:
            continue
        for word, n in tallies[row.line].vehicles.items():
            more = [
                o
                for o in (*context.out, *context.convoys)
                if o is not row
                and (o.until or o.time) <= row.time
                and _number(tallies[o.line], word) > n * (1 + ABOUT)
            ]
            if more:
                told = ", ".join(
                    f"{o.source} {_number(tallies[o.line], word):,} by "
                    f"{context.when(o.until or o.time)}"
                    for o in more
                )
                message = (
                    f"{row.source} counted {noun(word, n)} in all by {context.when(row.time)}; "
                    f"others had more by then: {told}."
                )
                yield Said(message, context.lines(row, *more))


def _number(tally: Tally, word: str) -> int:
    return tally.vehicles.get(word, 0)


def vehicles_not_read(context: Context) -> Iterator[Said]:
    """Vehicles of a row are not written as numbers and words (``297 buses; 240 ambulances``)."""
    for row in (*context.out, *context.convoys):
        unread = read_tally(row.vehicles).unread
        if unread:
            message = f"{row.source}: {'; '.join(unread)!r} was not read as a number of vehicles."
            yield Said(message, context.lines(row))


def vehicles_not_in_fleet(context: Context) -> Iterator[Said]:
    """Vehicles of a row are of a kind that the fleet does not have, so that no seats are known."""
    for row in (*context.out, *context.convoys):
        words = list(read_tally(row.vehicles).vehicles)
        known = loads(context.opened.case.fleet, words)
        missing = [w for w in words if w not in known]
        if missing:
            message = f"{row.source}: no type of the fleet is called {joined(missing)}."
            yield Said(message, context.lines(row))
