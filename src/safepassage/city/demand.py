"""Who starts where and where they may end: zones brought to the nodes of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from safepassage.city.findings import Finding
from safepassage.city.roads import Floats, Ints, Roads
from safepassage.city.zones import ZonePlace
from safepassage.errors import BadInput, Fault
from safepassage.files import shown, too_many

__all__ = ["ASSUMED_OCCUPANCY", "DemandRow", "Placed", "Settlement", "destination_rows", "settle"]

Mask = npt.NDArray[np.bool_]

#: People in a vehicle where nobody says; evacuation time studies mostly take 2 to 3.
ASSUMED_OCCUPANCY = Fraction(5, 2)
#: How far a zone may be moved to roads that lead out, and from where on it is told as far, in m.
MOST_MOVE_M = 1000
#: Junctions over which the people of a polygon are spread evenly.
SPREAD = 10
_METRES_A_DEGREE = 111_195


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A row of ``demand.csv``."""

    node: int
    role: str
    """``origin`` or ``destination``."""
    vehicles: Fraction | None
    ready_s: Fraction
    zone: ZonePlace
    persons: Fraction | None = None
    vehicles_source: str | None = None
    vehicles_assumed: str | None = None
    place_assumed: str | None = None
    """Why at this node, where the zone does not name it."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How zones become vehicles at nodes."""

    occupancy: Fraction | None = None
    """People in a vehicle; None: not stated, so assumed."""
    area: BaseGeometry | None = None
    """Only people within it are counted; None: everyone."""
    outside: frozenset[str] = frozenset()
    """Ids of nodes that are not within it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Origins, and what there is to know about how they were found."""

    rows: tuple[DemandRow, ...]
    findings: tuple[Finding, ...]


class _Nodes:
    """Finds the nearest of some nodes."""

    def __init__(self, roads: Roads, chosen: Mask) -> None:
        self.at: Ints = np.flatnonzero(chosen & ~np.isnan(roads.x_coord))
        latitude = np.radians(float(roads.y_coord[self.at].mean())) if len(self.at) else 0.0
        self.shrink = float(np.cos(latitude))
        self.points: Floats = np.stack((roads.x_coord[self.at], roads.y_coord[self.at]), axis=1)
        scaled = self.points * (self.shrink, 1.0)
        self.tree: STRtree = shapely.STRtree(shapely.points(scaled))

    def nearest(self, lon: float, lat: float) -> tuple[int, float]:
        """Return the nearest node and the metres to it."""
        place = np.array((lon * self.shrink, lat))
        found = int(self.tree.nearest(shapely.Point(*place)))
        step = self.points[found] * (self.shrink, 1.0) - place
        return int(self.at[found]), float(np.hypot(*step)) * _METRES_A_DEGREE

    def inside(self, area: BaseGeometry) -> Ints:
        """Return the positions, within these nodes, of those in an area."""
        shapely.prepare(area)
        return np.flatnonzero(shapely.contains_xy(area, *self.points.T))


def settle(
    roads: Roads,
    zones: Sequence[ZonePlace],
    settlement: Settlement,
    candidates: Mask,
    leads_out: Mask,
) -> Placed:
    """Bring the people of zones to nodes, as vehicles.

    A point's people start at the nearest node. A polygon's are spread evenly over up to ten nodes
    within it, far from one another; where there is none in it, over the one nearest to its middle.
    Nodes from which no destination can be reached are passed over in favour of ones that lead out
    within a kilometre.

    Parameters
    ----------
    roads
        The network.
    zones
        Who starts where.
    settlement
        People in a vehicle, and the area that is left.
    candidates
        Nodes at which somebody may start, as a mask.
    leads_out
        Nodes from which a destination can be reached, as a mask.

    Raises
    ------
    BadInput
        If a zone names a node that is not there, or nobody is left to start.
    """
    notes = _Notes()
    position = {node: i for i, node in enumerate(roads.node_id)}
    good, any_ = _Nodes(roads, candidates & leads_out), _Nodes(roads, candidates)
    occupancy = settlement.occupancy or ASSUMED_OCCUPANCY
    rows: list[DemandRow] = []
    faults: list[Fault] = []
    for zone in zones:
        if too_many(faults, zone.where):
            break
        fault = _place_fault(zone, position, settlement, placeless=not len(any_.at))
        if fault is not None:
            faults.append(fault)
            continue
        share = _share_within(zone, settlement)
        amount = zone.vehicles if zone.vehicles is not None else zone.persons
        if amount is None:
            notes.people_missing.append(zone.id)
            continue
        if not amount or not share:
            (notes.empty if not amount else notes.outside).append(zone.id)
            continue
        if zone.node is not None:
            nodes, why = [position[zone.node]], None
        else:
            nodes, why = _start_nodes(zone, settlement.area, good, any_, notes)
        rows += _rows(zone, nodes, why, share, settlement.occupancy, occupancy)
    if faults:
        raise BadInput(faults)
    if not rows:
        where = zones[0].where if zones else "--demand"
        message = "expected people who start at some road, got nobody; see the places of the zones"
        raise BadInput.one(where, "no-vehicles", message)
    if settlement.occupancy is None and any(row.vehicles_assumed for row in rows):
        notes.occupancy = True
    return Placed(tuple(rows), notes.findings())


def _rows(
    zone: ZonePlace,
    nodes: Sequence[int],
    why: str | None,
    share: Fraction,
    stated: Fraction | None,
    occupancy: Fraction,
) -> list[DemandRow]:
    """Return a row for each node, with an even share of the zone."""
    each = share / len(nodes)
    persons = zone.persons * each if zone.persons is not None else None
    source = assumed = None
    if zone.vehicles is not None:
        vehicles = zone.vehicles * each
        source = "demand file"
    else:
        vehicles = (persons or Fraction(0)) / occupancy
        word = f"{float(occupancy):g} persons a vehicle"
        source, assumed = (f"{word}, as stated", None) if stated else (None, word)
    return [
        DemandRow(node, "origin", vehicles, zone.ready_s, zone, persons, source, assumed, why)
        for node in nodes
    ]


def _place_fault(
    zone: ZonePlace, position: Mapping[str, int], settlement: Settlement, *, placeless: bool
) -> Fault | None:
    """Return what is wrong with the place of a zone, if anything."""
    if zone.node is not None:
        if zone.node in position or zone.node in settlement.outside:
            return None
        message = f"node_id: expected the id of a node, got {shown(zone.node)}"
        return Fault(zone.where, "unknown-node", message)
    if placeless:
        message = "expected the id of a node, as nodes have no coordinates; add a column node_id"
        return Fault(zone.where, "wrong-coordinates", message)
    return None


def _share_within(zone: ZonePlace, settlement: Settlement) -> Fraction:
    """Return how much of a zone lies in the area; people are taken to be spread evenly."""
    area = settlement.area
    if zone.node is not None:
        return Fraction(int(zone.node not in settlement.outside))
    if area is None or zone.geometry is None:
        return Fraction(1)
    if not zone.geometry.area:
        return Fraction(int(area.intersects(zone.geometry)))
    within = zone.geometry.intersection(area).area / zone.geometry.area
    return Fraction(within).limit_denominator(10_000) if within < 0.9999 else Fraction(1)


def _start_nodes(
    zone: ZonePlace, area: BaseGeometry | None, good: _Nodes, any_: _Nodes, notes: _Notes
) -> tuple[list[int], str]:
    """Return the nodes at which a zone's people start, and by which rule they were found."""
    place = zone.geometry
    if place is None:
        raise AssertionError(zone.where)  # a zone has a node or a geometry
    if place.area:
        if area is not None:
            place = place.intersection(area)
        within = good.inside(place) if len(good.at) else good.at
        if len(within):
            chosen = _apart(good.points[within], SPREAD)
            nodes = good.at[within[chosen]].tolist()
            return nodes, f"spread over {len(nodes)} junctions of the zone"
    middle = place.representative_point()
    node, metres = any_.nearest(middle.x, middle.y)
    if len(good.at) and node not in good.at:
        other, further = good.nearest(middle.x, middle.y)
        if further <= metres + MOST_MOVE_M:
            notes.moved.append(zone.id)
            node, metres = other, further
    if metres > MOST_MOVE_M:
        notes.far.append(zone.id)
    return [node], f"nearest junction, {metres:.0f} m"


def _apart(points: Floats, count: int) -> list[int]:
    """Choose some points, each the farthest from those before (Gonzalez 1985)."""
    middle = points.mean(axis=0)
    chosen = [int(np.argmin(((points - middle) ** 2).sum(axis=1)))]
    distance = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < min(count, len(points)):
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return sorted(chosen)


class _Notes:
    """Collects what happened to which zones."""

    def __init__(self) -> None:
        self.moved: list[str] = []
        self.far: list[str] = []
        self.empty: list[str] = []
        self.outside: list[str] = []
        self.people_missing: list[str] = []
        self.occupancy = False

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each kind of thing that happened."""
        told = [
            ("people-missing", self.people_missing, "have no number of people"),
            ("zone-far-from-roads", self.far, f"are over {MOST_MOVE_M:,} m from the nearest road"),
            ("zone-moved", self.moved, "start at the next roads that lead out"),
            ("zone-outside", self.outside, "are outside the area that is left"),
            ("zone-empty", self.empty, "have nobody in them"),
        ]
        found = [
            Finding.of(code, f"{len(ids):,} zone(s) {what}", ids) for code, ids, what in told if ids
        ]
        if self.occupancy:
            word = f"{float(ASSUMED_OCCUPANCY):g} persons a vehicle"
            message = f"{word} are assumed; state them with --occupancy"
            found.append(Finding.of("occupancy-assumed", message, count=1))
        return tuple(found)


def destination_rows(
    roads: Roads, places: Sequence[ZonePlace], candidates: Mask
) -> tuple[DemandRow, ...]:
    """Bring listed destinations to their nearest nodes, or to the nodes they name.

    Raises
    ------
    BadInput
        If one names a node that is not there, or two come to the same node.
    """
    position = {node: i for i, node in enumerate(roads.node_id)}
    near = _Nodes(roads, candidates)
    rows: dict[int, DemandRow] = {}
    faults: list[Fault] = []
    for place in places:
        if too_many(faults, place.where):
            break
        why = None
        if place.node is not None:
            node = position.get(place.node, -1)
        elif place.geometry is None or not len(near.at):
            node = -1
        else:
            middle = place.geometry.representative_point()
            node, metres = near.nearest(middle.x, middle.y)
            why = f"nearest junction, {metres:.0f} m"
        if node < 0:
            got = shown(place.node) if place.node is not None else "a place, and no road near it"
            message = f"node_id: expected the id of a node, got {got}"
            faults.append(Fault(place.where, "unknown-node", message))
        elif node in rows:
            message = f"expected each destination once, got node {roads.node_id[node]} again"
            faults.append(Fault(place.where, "duplicate-id", message))
        else:
            rows[node] = DemandRow(
                node, "destination", place.vehicles, Fraction(0), place, place_assumed=why
            )
    if faults:
        raise BadInput(faults)
    return tuple(rows.values())
