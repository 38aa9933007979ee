"""A programme on the grid of a certificate: its states, and the families of its rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from safepassage.check.proof.boarding import boarding_places
from safepassage.check.proof.demand import Entry, Option
from safepassage.check.proof.form import Form
from safepassage.check.proof.programme import Fleet, Programme
from safepassage.check.proof.rounds import Lane, read_lanes
from safepassage.check.proof.shared import Shared, read_shared
from safepassage.check.proof.slots import Interval, Slots
from safepassage.check.proof.slowed import Slowed, read_slowed
from safepassage.check.proof.tours import has_tours
from safepassage.check.proof.unloading import unloading_places
from safepassage.terms.places import AssemblyPoint, Direction, ReceptionPoint

__all__ = ["Frame", "Shape"]

Shape = Literal[
    "states", "number", "slots", "spans", "motion", "people", "stretches", "sizes", "legs"
]
"""What the multipliers of a family of rows look like."""

Crossed = tuple[str, Direction]


@dataclass(slots=True)
class Frame:
    """Everything of a certificate's programme but the multipliers."""

    programme: Programme
    by_s: int
    bays: bool
    slots: Slots
    entries: tuple[Entry, ...]
    stocks: dict[str, int]
    """First stock of each state, by the name of its family."""
    families: dict[str, Shape]
    least_s: dict[str, int]
    """By family of capacities (of crossings and of bays), the least time of one event."""
    bay_count: dict[str, int]
    """By family of bays, how many there are."""
    open: dict[str, tuple[Interval, ...]]
    options: tuple[Option, ...]
    lanes: dict[str, Lane]
    """Key crossings at which rounds are counted."""
    shared: dict[str, Shared]
    """By type, those of them that share its vehicles."""
    slowed: dict[str, Slowed]
    """By type, what slow periods take from its vehicles."""
    _uppers: dict[str, list[int] | None] = field(default_factory=dict)

    @classmethod
    def of(cls, programme: Programme, form: Form) -> Frame:
        """Set up the programme that a certificate is about."""
        slots = Slots(form.grid)
        entries = programme.entries(merged=form.claim == "clearance-at-least")
        stocks = _stocks(programme, form.bays)
        least = _least_at_crossings(programme)
        bay_count: dict[str, int] = {}
        if form.bays:
            at_bays, bay_count = _least_at_bays(programme)
            least = {**least, **at_bays}
        options = tuple(sorted({option for entry in entries for option in entry.options}))
        open_time = programme.open_time(form.grid[-1])
        lanes = read_lanes(programme, open_time, form.grid, form.by_s)
        frame = cls(
            programme=programme,
            by_s=form.by_s,
            bays=form.bays,
            slots=slots,
            entries=entries,
            stocks=stocks,
            families={},
            least_s=least,
            bay_count=bay_count,
            open=open_time,
            options=options,
            lanes=lanes,
            shared=read_shared(lanes, form.grid[-1] + 1),
            slowed=read_slowed(programme, form.by_s),
        )
        frame.families = _families(frame)
        return frame

    @property
    def has_motion(self) -> bool:
        """Whether escorts go with fewer vehicles at once than there are."""
        escorted = self.programme.escorted
        return escorted is not None and escorted < self.programme.vehicles

    def lane_of(self, family: str) -> Lane:
        """Return a lane with the stretches that a family of rows is about."""
        name, _, last = family.partition("/")
        if name.startswith("shared-"):
            return self.shared[last].lane
        return self.lanes[last.rsplit("/", maxsplit=1)[-1]]

    def convoy_sizes(self) -> range:
        """Return the sizes that rotations are counted for."""
        convoys = self.programme.reading.convoys
        return range(convoys.least - 1, convoys.most)

    def uppers(self, fleet: Fleet) -> list[int] | None:
        """Return by slot how many events of one column there can be; None: nothing limits them."""
        kind = fleet.kind.id
        if kind not in self._uppers:
            if not fleet.returns:
                self._uppers[kind] = [fleet.number] * (self.slots.count + 1)
            elif fleet.circle_s == 0:
                self._uppers[kind] = None
            else:
                grid, leg = self.slots.grid, fleet.leg_s
                widths = (b - a for a, b in pairwise(grid))
                self._uppers[kind] = [0, *(fleet.number * (1 + w // leg) for w in widths)]
        return self._uppers[kind]


def _stocks(programme: Programme, bays: bool) -> dict[str, int]:
    stocks: dict[str, int] = {}
    for fleet in programme.fleets:
        kind = fleet.kind
        if not kind.own:
            for s in programme.sources:
                if fleet.returns or s in fleet.starts:
                    anywhere = programme.released or programme.begins_anywhere(fleet)
                    first = 0 if anywhere else fleet.starts.get(s, 0)
                    stocks[f"ready/{kind.id}/{s}"] = first
        for a in fleet.places:
            stocks[f"boarded/{kind.id}/{a}"] = fleet.starts.get(a, 0) if kind.own else 0
            if bays and not kind.own:
                stocks[f"arrived/{kind.id}/{a}"] = 0
        if bays and fleet.returns:
            stocks |= {f"unload/{kind.id}/{d}": 0 for d in fleet.receptions}
    return stocks


def _least_at_crossings(programme: Programme) -> dict[str, int]:
    times: dict[str, list[int]] = defaultdict(list)
    for fleet in programme.fleets:
        for ways, direction in ((fleet.fetching, Direction.IN), (fleet.carrying, Direction.OUT)):
            for way in ways:
                if way.key_s > 0:
                    times[f"capacity/{way.key}/{direction.value}"].append(way.key_s)
    return {family: min(found) for family, found in times.items()}


def _least_at_bays(programme: Programme) -> tuple[dict[str, int], dict[str, int]]:
    times: dict[str, list[int]] = defaultdict(list)
    bays: dict[str, int] = {}
    for fleet in programme.fleets:
        if fleet.kind.own:
            continue
        handled = [(f"board/{a}", a, s) for a, s in fleet.boarding.items()]
        if fleet.returns:
            handled += [(f"unload/{d}", d, s) for d, s in fleet.unloading.items()]
        for family, place_id, seconds in handled:
            place = programme.reading.places[place_id]
            if seconds > 0 and isinstance(place, AssemblyPoint | ReceptionPoint):
                times[family].append(seconds)
                bays[family] = place.bays.value
    return {family: min(found) for family, found in times.items()}, bays


def _families(frame: Frame) -> dict[str, Shape]:
    programme = frame.programme
    families: dict[str, Shape] = dict.fromkeys(frame.stocks, "states")
    families |= dict.fromkeys(frame.least_s, "slots")
    for fleet in programme.fleets:
        if fleet.returns:
            families[f"time/{fleet.kind.id}"] = "spans"
            families[f"whole/{fleet.kind.id}"] = "number"
            families[f"journeys/{fleet.kind.id}"] = "number"
            if has_tours(programme, fleet, frame.by_s):
                families[f"tours/{fleet.kind.id}"] = "legs"
            if programme.has_convoys:
                sizes = frame.convoy_sizes()
                families |= {f"rotations/{fleet.kind.id}/{v}": "number" for v in sizes}
    if programme.has_convoys:
        families |= {f"spacing/{c}": "number" for c in programme.keys}
        for own, side in ((False, ""), (True, "own-")):
            for c in programme.keys_of(own=own):
                families[f"{side}convoys-least/{c}"] = "number"
                families[f"{side}convoys-most/{c}"] = "number"
    if programme.escorted is not None:
        families["escorts"] = families["journeys-escorted"] = "number"
    for c, lane in frame.lanes.items():
        if programme.has_convoys:
            families[f"stretch-spacing/{c}"] = "stretches"
            for side in lane.sides:
                families[f"{side}stretch-least/{c}"] = "stretches"
                families[f"{side}stretch-most/{c}"] = "stretches"
        for kind in lane.rounds:
            families[f"rounds/{kind}/{c}"] = "sizes"
            families[f"turns/{kind}/{c}"] = "stretches"
    families |= {f"shared-rounds/{kind}": "sizes" for kind in frame.shared}
    families |= {f"shared-turns/{kind}": "stretches" for kind in frame.shared}
    families |= {f"slow/{kind}": "number" for kind in frame.slowed}
    families |= {f"boarding/{a}": "number" for a in boarding_places(programme)}
    families |= {f"unloading/{d}": "number" for d in unloading_places(programme)}
    if frame.has_motion:
        families["motion"] = "motion"
    families |= {f"seats/{a}/{k}/{d}": "number" for a, k, d in frame.options}
    families |= {f"room/{d}": "number" for d in programme.capacities}
    families["people"] = "people"
    return families
