"""The departures as a table: for a spreadsheet one by one, for the page put together by way."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from fractions import Fraction

from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance, Departure
from safepassage.report.clearance.uses import way_in_names
from safepassage.report.wording import cell

__all__ = ["Way", "departures_table", "ways_out"]


@dataclass(frozen=True, slots=True)
class Way:
    """Departures of one origin to one destination over the same roads."""

    origin: str
    destination: str
    begins: str
    ends: str
    departures: int
    vehicles: float
    roads: str
    waits: bool
    """Some of them wait on the way."""


def departures_table(clearance: Clearance, instance: RoadInstance) -> str:
    """Write every departure as CSV, in the order of the result."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        (
            "origin",
            "destination",
            "from_s",
            "to_s",
            "vehicles",
            "vehicles_per_hour",
            "roads",
            "links",
            "waits_s",
        )
    )
    for d in clearance.departures:
        writer.writerow(
            (
                cell(d.origin),
                cell(d.destination),
                _decimal(d.from_s),
                _decimal(d.to_s),
                _decimal(d.vehicles),
                _decimal(d.vehicles_per_hour),
                cell(way_in_names(instance, d)),
                cell(" ".join(d.links)),
                " ".join(map(_decimal, d.waits_s)),
            )
        )
    return text.getvalue()


def _decimal(value: Fraction) -> str:
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def ways_out(clearance: Clearance, instance: RoadInstance) -> list[Way]:
    """Return the ways out of each origin: departures over the same roads, put together.

    By origin and the time at which the first of them leaves.
    """
    alike: dict[tuple[str, str, str], list[Departure]] = {}
    for d in clearance.departures:
        key = d.origin, d.destination, way_in_names(instance, d)
        alike.setdefault(key, []).append(d)
    nodes = instance.network.nodes
    found = [
        (
            origin,
            min(d.from_s for d in some),
            Way(
                origin=nodes[origin].name or origin,
                destination=nodes[destination].name or destination,
                begins=_clock(min(d.from_s for d in some)),
                ends=_clock(max(d.to_s for d in some)),
                departures=len(some),
                vehicles=float(sum(d.vehicles for d in some)),
                roads=roads,
                waits=any(any(d.waits_s) for d in some),
            ),
        )
        for (origin, destination, roads), some in alike.items()
    ]
    return [way for _, _, way in sorted(found, key=lambda f: (f[0], f[1]))]


def _clock(value: Fraction) -> str:
    minutes, seconds = divmod(math.floor(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"
