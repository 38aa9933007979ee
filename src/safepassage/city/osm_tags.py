"""What the tags of an OpenStreetMap way say to someone who drives along it.

The rules are those of the OpenStreetMap wiki (pages *Key:highway*, *Key:oneway*, *Key:access*,
*Key:maxspeed*, as of 2025); those on lanes are in :mod:`safepassage.city.osm_lanes`. What they
leave open stays open here; it is filled in, and marked, by :mod:`safepassage.city.impute`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from safepassage.city.osm_lanes import CLOSED, LANE_KEYS, lanes_for_cars
from safepassage.city.speed_limits import zone_limit
from safepassage.city.transit import MILLION
from safepassage.network.gmns import MOST_SPEED_KMH

__all__ = ["DRIVABLE", "RELEVANT", "Direction", "Way", "read_way"]

DRIVABLE = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "road",
)
"""Values of ``highway`` that are imported; ``service`` comes on request."""

RELEVANT = frozenset(
    {
        "highway", "service", "area", "junction", "oneway", "oneway:motor_vehicle",
        "oneway:motorcar", "access", "vehicle", "motor_vehicle", "motorcar",
        "motor_vehicle:conditional", "access:conditional", "oneway:conditional",
        "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type", "source:maxspeed",
        "zone:maxspeed",
    }
    | LANE_KEYS
)  # fmt: skip
"""Tags that :func:`read_way` looks at; ways that agree in these are alike."""

#: Most special first: what is said of cars goes before what is said of everyone.
_ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
#: Service ways on which nobody drives through, and those of single houses.
_SERVICE_CLOSED = frozenset(
    {"driveway", "parking_aisle", "parking", "emergency_access", "drive-through", "private",
     "busway", "bus", "slipway"}
)  # fmt: skip
_ONEWAY_FORWARD = frozenset({"yes", "true", "1"})
_ONEWAY_BACKWARD = frozenset({"-1", "reverse"})
_TWO_WAY = frozenset({"no", "false", "0"})
_CONDITIONAL = ("motor_vehicle:conditional", "access:conditional", "oneway:conditional")
#: One direction at a time: these two are taken differently, see :class:`Way`.
_REVERSIBLE = "reversible"
_ALTERNATING = "alternating"
_RING = frozenset({"roundabout", "circular"})

_SPEED = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s*(km/h|kmh|kph|mph|knots)?")
#: Millionths of a km/h in one of the unit; the mile and the nautical mile are exact.
_UNITS = {None: 1_000_000, "km/h": 1_000_000, "kmh": 1_000_000, "kph": 1_000_000,
          "mph": 1_609_344, "knots": 1_852_000}  # fmt: skip
_WALKING = 5 * MILLION
#: Limits that state that there is no fixed one; the table of imputed values then decides.
_OPEN_LIMITS = frozenset({"none", "signals", "variable", "implicit", "unposted", "default"})


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction of a way, as far as its tags tell."""

    lanes: int
    """0: not told."""
    lanes_assumed: str | None
    speed: int
    """Millionths of a km/h; 0: not told."""
    speed_assumed: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """A way that cars may use."""

    highway: str
    forward: Direction | None
    """Along the nodes of the way; None: closed."""
    backward: Direction | None
    alternating: bool
    """Both directions share one lane in turn."""
    unread: tuple[str, ...]
    """Tags whose value was not understood, as ``key=value``; what they say counts as not told."""
    conditional: bool
    """The way has rules that hold at times only; they are left out."""


def read_way(tags: Mapping[str, str], *, service: bool = False) -> Way | str:
    """Read the tags of a way.

    Parameters
    ----------
    tags
        Those of :data:`RELEVANT` are looked at.
    service
        Take service ways as well, without driveways and parking aisles.

    Returns
    -------
    Way or str
        The way, or why it is none for cars: ``kind``, ``access`` or ``reversible``.
    """
    highway = tags.get("highway", "")
    kind = tags.get("service", "")
    if highway not in DRIVABLE and not (
        highway == "service" and service and kind not in _SERVICE_CLOSED
    ):
        return "kind"
    if tags.get("area") == "yes":
        return "kind"
    if _closed(tags):
        return "access"
    unread: list[str] = []
    forward, backward, oneway = _directions(tags, highway, unread)
    if oneway == _REVERSIBLE:
        return "reversible"
    lanes = lanes_for_cars(tags, (forward, backward), unread)
    directions = [
        Direction(*told, *_speed(tags, side, highway, unread)) if open_ and told else None
        for open_, side, told in zip(
            (forward, backward), ("forward", "backward"), lanes, strict=True
        )
    ]
    if directions == [None, None]:
        return "access"
    return Way(
        highway=highway,
        forward=directions[0],
        backward=directions[1],
        alternating=oneway == _ALTERNATING,
        unread=tuple(dict.fromkeys(unread)),
        conditional=any(key in tags for key in _CONDITIONAL),
    )


def _closed(tags: Mapping[str, str]) -> bool:
    for key in _ACCESS_KEYS:
        if key in tags:
            return tags[key] in CLOSED
    return False


def _directions(
    tags: Mapping[str, str], highway: str, unread: list[str]
) -> tuple[bool, bool, str | None]:
    """Say whether each direction is open, and whether traffic takes turns."""
    key = next((k for k in ("oneway:motorcar", "oneway:motor_vehicle", "oneway") if k in tags), "")
    value = tags.get(key, "")
    if value in (_REVERSIBLE, _ALTERNATING):
        return True, True, value
    if value in _ONEWAY_FORWARD:
        return True, False, None
    if value in _ONEWAY_BACKWARD:
        return False, True, None
    if value and value not in _TWO_WAY:
        unread.append(f"{key}={value}")
    implied = highway == "motorway" or tags.get("junction") in _RING
    return True, not implied or value in _TWO_WAY, None


def _speed(
    tags: Mapping[str, str], direction: str, highway: str, unread: list[str]
) -> tuple[int, str | None]:
    """Return the speed limit in millionths of a km/h, 0 where not told, and why it is assumed."""
    for key in (f"maxspeed:{direction}", "maxspeed"):
        if key in tags:
            speed, assumed, read = _limit(tags[key], highway)
            if not read:
                unread.append(f"{key}={tags[key]}")
            elif speed:
                return speed, assumed
    for key in ("maxspeed:type", "source:maxspeed", "zone:maxspeed"):
        if ":" in tags.get(key, ""):
            speed, assumed, _ = _limit(tags[key], highway)
            if speed:
                return speed, assumed
    return 0, None


def _limit(value: str, highway: str) -> tuple[int, str | None, bool]:
    """Return the limit, why it is assumed, and whether the value was understood."""
    text = value.strip().lower()
    if text in _OPEN_LIMITS:
        return 0, None, True
    if text == "walk":
        return _WALKING, "walking pace, taken as 5 km/h", True
    match = _SPEED.fullmatch(text)
    if match:
        hundredths = round(float(match[1]) * 100)
        speed = hundredths * _UNITS[match[2]] // 100
        return (speed, None, True) if 0 < speed <= MOST_SPEED_KMH * MILLION else (0, None, False)
    zone = zone_limit(value.strip(), highway)
    if zone is not None:
        speed, assumed = zone
        return speed, assumed, True
    return 0, None, False
