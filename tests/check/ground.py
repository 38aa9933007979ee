"""The town as the naive scheduler knows it: by heart, not from the terms."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from tests.check.town import ROADS

DAY = 86_400
BEGIN = 6 * 3600 + 1800
"""The operation starts at 06:30 local time."""

SPACING = 300
CROSSINGS = {"x1": (8, 17), "y1": (8, 18), "x2": (9, 16)}
MOVING = (5, 22)
WAYS = {"north": ["x1", "y1"], "south": ["x2"]}
SEATS = {"bus": 16, "minibus": 12, "ambulance": 2, "car": 5}
BOARDING = {"bus": 900, "minibus": 360, "ambulance": 360, "car": 360}
UNLOADING = 480
BAYS = {"a1": 3, "a2": 2, "r1": 4, "r2": 3}
SNOW = (3 * 3600 + 1800, 7 * 3600 + 1800)
DEADLINE = {"wounded": 30 * 3600}
LATEST = 53 * 3600 + 1800
WINDOW_END = 3 * DAY
NODE = {"d2": "r2"}


def inspection_s(crossing: str, direction: str, kind: str) -> int:
    """Seconds one vehicle takes."""
    if crossing == "x1":
        return 90 if direction == "out" and kind in ("bus", "minibus") else 30
    return 50 if crossing == "x2" and direction == "out" else 0


def is_open(hours: tuple[int, int], from_s: int, to_s: int) -> bool:
    begin = (from_s + BEGIN) % DAY
    return hours[0] * 3600 <= begin and begin + to_s - from_s <= hours[1] * 3600


def factor(at_s: int) -> Fraction:
    local = (at_s + BEGIN) % DAY
    night = Fraction(1, 2) if local < 6 * 3600 or local >= 19 * 3600 else Fraction(1)
    return night * (Fraction(3, 4) if SNOW[0] <= at_s < SNOW[1] else 1)


def link(a: str, b: str) -> tuple[str, int, int]:
    """Id, metres and km/h of the road from one node to the next."""
    if (a, b) in ROADS:
        km, kmh = ROADS[a, b]
        return f"{a}-{b}", round(km * 1000), kmh
    km, kmh = ROADS[b, a]
    return f"{b}-{a}~", round(km * 1000), kmh


def drive_s(nodes: list[str], factor: Fraction) -> int:
    total = 0
    for a, b in pairwise(nodes):
        _, metres, kmh = link(a, b)
        total += -(-metres * 36 * factor.denominator // (kmh * 10 * factor.numerator))
    return total


def fastest() -> dict[tuple[str, str], int]:
    """Seconds between all nodes at free speed (Floyd and Warshall)."""
    nodes = sorted({n for road in ROADS for n in road})
    far = 10**9
    best = {(a, b): 0 if a == b else far for a in nodes for b in nodes}
    for a, b in ROADS:
        best[a, b] = best[b, a] = drive_s([a, b], Fraction(1))
    for via in nodes:
        for a in nodes:
            for b in nodes:
                best[a, b] = min(best[a, b], best[a, via] + best[via, b])
    return best


def outward(place: str, corridor: str, to: str) -> list[str]:
    if corridor == "north":
        return [place, "j", "x1", "y1", "k", to]
    return [place, "j", "x2", "v", *(["r2"] if to == "r2" else ["k", to])]


def inward(start: str, corridor: str, place: str) -> list[str]:
    nodes = outward(place, corridor, "r2" if NODE.get(start, start) == "r2" else start)
    return nodes[::-1]
