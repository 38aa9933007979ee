"""The columns of a programme, priced: for each, the multipliers times what it uses of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from safepassage.check.proof.frame import Frame
from safepassage.check.proof.prices import Prices
from safepassage.check.proof.rotations import Journeys

__all__ = ["Columns", "convoy_columns", "held_columns", "people_columns", "stretch_columns"]


@dataclass(slots=True)
class Columns:
    """Columns of one sort."""

    name: str
    marks: list[int]
    """What tells them apart: slots, indices, or options."""
    values: list[int]
    """Multipliers times rows."""
    uppers: list[int] | None
    """Upper ends; None where there are none."""
    lower: int = 0
    gain: int = 0

    def excess(self, scale: int) -> int | None:
        """Return what they can add to the bound at most, or None where it has no end."""
        gain = self.gain * scale
        if self.uppers is None:
            return 0 if all(v >= gain for v in self.values) else None
        total = sum(
            (gain - v) * u for v, u in zip(self.values, self.uppers, strict=True) if v < gain
        )
        if self.lower:
            total -= self.lower * sum(v - gain for v in self.values if v > gain)
        return total


def held_columns(frame: Frame, prices: Prices) -> Iterator[Columns]:
    """Yield vehicles held in each state, and vehicles that escorts are with."""
    marks = list(range(frame.slots.count + 1))
    for fleet in frame.programme.fleets:
        for state in frame.stocks:
            if state.split("/")[1] == fleet.kind.id:
                values = [p - following for p, following in pairwise(prices.states(state))]
                yield Columns(f"held/{state}", marks, values, [fleet.number] * len(marks))
    if frame.has_motion:
        escorted = frame.programme.escorted or 0
        values = [p - following for p, following in pairwise(prices.states("motion"))]
        lower = -frame.programme.vehicles
        yield Columns("moving", marks, values, [escorted] * len(marks), lower)


def people_columns(frame: Frame, prices: Prices) -> Iterator[Columns]:
    """Yield the people of each entry, by how they travel."""
    by_entry = prices.people()
    for i, entry in enumerate(frame.entries):
        values = [
            by_entry[i] + prices.number(f"seats/{a}/{k}/{d}") + prices.number(f"room/{d}")
            for a, k, d in entry.options
        ]
        marks = list(range(len(values)))
        yield Columns(f"people/{i}", marks, values, [entry.persons] * len(values), gain=1)


def convoy_columns(frame: Frame, prices: Prices) -> Columns:
    """Return the numbers of convoys in time by key crossing: fetched ones, then own vehicles'."""
    programme = frame.programme
    convoys = programme.reading.convoys
    values = []
    for own, side in ((False, ""), (True, "own-")):
        for c in programme.keys_of(own=own):
            value = convoys.least * prices.number(f"{side}convoys-least/{c}")
            value -= convoys.most * prices.number(f"{side}convoys-most/{c}")
            value += convoys.spacing_s * prices.number(f"spacing/{c}")
            values.append(value if own else value - _rotating(frame, prices, c))
    uppers = [programme.vehicles * (1 + frame.by_s)] * len(values)
    endless = any(f.returns and f.circle_s == 0 for f in programme.fleets)
    return Columns("convoys", list(range(len(values))), values, None if endless else uppers)


def _rotating(frame: Frame, prices: Prices, crossing: str) -> int:
    """Price of what one more convoy takes off the chords of rotations."""
    total = 0
    for fleet in frame.programme.fleets:
        if fleet.returns:
            inspected = Journeys(fleet, frame.programme).inspected.get(crossing, 0)
            for v in frame.convoy_sizes():
                total += v * (v + 1) * inspected * prices.number(f"rotations/{fleet.kind.id}/{v}")
    return total


def stretch_columns(frame: Frame, prices: Prices) -> Iterator[Columns]:
    """Yield the numbers of convoys by stretch of openings, of each crossing with rounds."""
    for c, lane in frame.lanes.items():
        uppers = [lane.most_convoys(i, j) for i, j in lane.stretches]
        marks = list(range(len(uppers)))
        for side in lane.sides:
            values = _by_stretch(frame, prices, c, side)
            yield Columns(f"{side}stretches/{c}", marks, values, uppers)


def _by_stretch(frame: Frame, prices: Prices, crossing: str, side: str) -> list[int]:
    """Price of one more convoy, fetched or of own vehicles, by stretch."""
    convoys, lane = frame.programme.reading.convoys, frame.lanes[crossing]
    values = dict.fromkeys(lane.stretches, 0)
    for name, amount in (
        (f"{side}stretch-least", convoys.least),
        (f"{side}stretch-most", -convoys.most),
        ("stretch-spacing", convoys.spacing_s),
    ):
        for i, j, price in prices.stretches(f"{name}/{crossing}"):
            values[i, j] += amount * price
    for kind, rounds in lane.rounds.items() if not side else ():
        sizes = prices.sizes(f"rounds/{kind}/{crossing}")
        if kind in frame.shared:
            sizes += prices.sizes(f"shared-rounds/{kind}")
        for i, j, v, price in sizes:
            values[i, j] -= rounds.less(v) * price
    return list(values.values())
