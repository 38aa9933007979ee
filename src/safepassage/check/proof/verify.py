"""Whether a certificate proves what it claims: weak duality, in whole numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from safepassage.check.proof.boarding import boarding_places
from safepassage.check.proof.columns import (
    Columns,
    convoy_columns,
    held_columns,
    people_columns,
    stretch_columns,
)
from safepassage.check.proof.escorts import Escorts
from safepassage.check.proof.events import event_columns
from safepassage.check.proof.form import Form
from safepassage.check.proof.frame import Frame
from safepassage.check.proof.limits import capacity_limit, lane_limit
from safepassage.check.proof.prices import Prices, read_prices
from safepassage.check.proof.programme import Fleet, Programme
from safepassage.check.proof.rotations import Journeys
from safepassage.check.proof.slots import spaced_time
from safepassage.check.proof.tours import most_of_tour
from safepassage.check.proof.unloading import unloading_places

__all__ = ["Outcome", "all_columns", "allowed", "least_bound", "verify_form"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of verifying one certificate."""

    proven: bool
    fault: str | None
    """What is wrong with the multipliers, where the programme has no such rows."""
    message: str
    """The numbers, where nothing is proven."""


def verify_form(form: Form, programme: Programme) -> Outcome:
    """Verify a certificate of good form by the programme of the terms."""
    frame = Frame.of(programme, form)
    prices = read_prices(form.multipliers, frame)
    if isinstance(prices, str):
        return Outcome(False, prices, "")
    bound = least_bound(frame, prices, form.scale)
    if form.claim == "out-by-at-most":
        if bound is not None and bound // 1 <= form.value:
            return Outcome(True, None, "")
        message = f"at most {form.value} out by {form.by_s} s claimed; {_proven(bound)}"
        return Outcome(False, None, message)
    everybody = sum(entry.persons for entry in frame.entries)
    if bound is not None and bound < everybody:
        return Outcome(True, None, "")
    # People who are rounded up to full vehicles are counted so on both sides.
    message = f"less than {everybody} out by {form.by_s} s claimed; {_proven(bound)}"
    return Outcome(False, None, message)


def _proven(bound: Fraction | None) -> str:
    if bound is None:
        return "the multipliers bound nothing"
    return f"the multipliers prove at most {bound // 1}"


def all_columns(frame: Frame, prices: Prices) -> Iterator[Columns]:
    """Yield every column of the programme, priced."""
    yield from held_columns(frame, prices)
    yield from people_columns(frame, prices)
    if frame.programme.has_convoys:
        yield convoy_columns(frame, prices)
        yield from stretch_columns(frame, prices)
    yield from event_columns(frame, prices)


def least_bound(frame: Frame, prices: Prices, scale: int) -> Fraction | None:
    """Return the people that the multipliers let out at most; None where they set no bound."""
    total = allowed(frame, prices)
    for columns in all_columns(frame, prices):
        excess = columns.excess(scale)
        if excess is None:
            return None
        total += excess
    return Fraction(total, scale)


def _begun_anywhere(fleet: Fleet, frame: Frame, prices: Prices) -> int:
    """Most that a type's vehicles can be worth that begin wherever suits best, if they do."""
    kind, programme = fleet.kind.id, frame.programme
    if fleet.kind.own:
        return 0
    worth = []
    if programme.released:
        worth = [prices.states(f"boarded/{kind}/{a}")[0] for a in fleet.places]
    elif programme.begins_anywhere(fleet):
        ready = f"ready/{kind}/"
        worth = [prices.states(f)[0] for f in frame.stocks if f.startswith(ready)]
    return fleet.number * max([0, *worth])


def allowed(frame: Frame, prices: Prices) -> int:
    """Sum of the multipliers times what their rows allow."""
    programme, by_s = frame.programme, frame.by_s
    total = sum(s * prices.states(family)[0] for family, s in frame.stocks.items() if s)
    total += sum(capacity_limit(frame, prices, family) for family in frame.least_s)
    for fleet in programme.fleets:
        kind = fleet.kind.id
        if not fleet.returns:
            continue
        spans = prices.triples(f"time/{kind}")
        total += fleet.number * sum(price * (y - x) for x, y, price in spans)
        journeys = Journeys(fleet, programme)
        time = fleet.number * max(0, by_s + journeys.whole_spare)
        total += time * prices.number(f"whole/{kind}")
        if price := prices.number(f"journeys/{kind}"):
            most = max(0, by_s + journeys.whole_spare) // max(1, journeys.least_s)
            total += fleet.number * most * price
        time = fleet.number * max(0, by_s + journeys.rotation_spare)
        total += time * sum(prices.number(f"rotations/{kind}/{v}") for v in frame.convoy_sizes())
        if worth := prices.legs(f"tours/{kind}"):
            tour = most_of_tour(programme, fleet, frame.open, by_s, worth)
            total += fleet.number * tour
    total += sum(_begun_anywhere(fleet, frame, prices) for fleet in programme.fleets)
    if programme.escorted is not None:
        escorts = Escorts(programme, by_s)
        if price := prices.number("escorts"):
            total += price * sum(escorts.most_worth())
        if price := prices.number("journeys-escorted"):
            total += price * sum(escorts.most_vehicles())
    for kind, slowed in frame.slowed.items():
        total += slowed.limit(by_s) * prices.number(f"slow/{kind}")
    for a, boarding in boarding_places(programme).items():
        limit = boarding.limit_s(by_s, released=programme.released)
        total += limit * prices.number(f"boarding/{a}")
    for d, unloading in unloading_places(programme).items():
        limit = unloading.limit_s(by_s, released=programme.released)
        total += limit * prices.number(f"unloading/{d}")
    if programme.has_convoys:
        spacing = programme.reading.convoys.spacing_s
        for c in programme.keys:
            price = prices.number(f"spacing/{c}")
            if price:
                within = programme.inspected_within(c, by_s)
                total += price * spaced_time(frame.open[c], within, spacing)
    total += lane_limit(frame, prices)
    rooms = programme.capacities.items()
    total += sum(persons * prices.number(f"room/{d}") for d, persons in rooms)
    return total + sum(e.persons * p for e, p in zip(frame.entries, prices.people(), strict=True))
