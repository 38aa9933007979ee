"""Trips for what a flow leaves over, where roads have room beside those under way.

Taking a flow over time apart may need more trips than anybody can announce, as the last per cent of
it splits into ever smaller rates. So what is left at some point does not follow the flow: it leaves
few vehicles at a time, by the way that is quickest with the room there is, waiting where it has to.
That is feasible, though not as quick.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from safepassage.flow.arrays import HOUR_MS, SECOND_MS, Amounts, RoadArrays
from safepassage.flow.kernel import insert, loads, spare
from safepassage.flow.mix import PARTS

__all__ = ["Trips", "straight", "where_room"]

Trips = tuple[Amounts, Amounts]
"""Rows of origin, begin, end (ms), rate, end of its links in the other; rows of link and wait
before it (ms)."""

#: Rates that are looked for are multiples of an hour's so manyth part of a vehicle.
_PARTS_OF_VEHICLE = 10_000
#: Room is told by cells of time of this length, and trips last so many of them.
_CELL_MS = 8 * SECOND_MS
_CELLS = 16
#: At most so many vehicles leave in one trip.
_VEHICLES = 4


def where_room(
    roads: RoadArrays, trips: Trips, amounts: NDArray[np.object_], until: int
) -> tuple[Trips, int]:
    """Let amounts leave by origin, few vehicles at a time, each as early as they find room.

    Parameters
    ----------
    trips
        What is under way.
    amounts
        By origin, in ``PARTS``.
    until
        What would arrive later is left out (ms).

    Returns
    -------
    tuple
        The new trips, and when the last is over (ms).
    """
    unit = max(1, roads.scale * PARTS // _PARTS_OF_VEHICLE)
    free = np.empty((len(roads.links), until // _CELL_MS), np.int32)
    forward = roads.arcs.link >= 0
    ahead = np.empty(len(roads.links), np.int64)
    ahead[roads.arcs.link[forward]] = roads.distance[roads.arcs.to[roads.arcs.twin[forward]]]
    transit = roads.transit_s * SECOND_MS
    spare(*trips, transit, ahead, roads.capacity * PARTS, unit, _CELL_MS, free)
    nodes = len(roads.nodes)
    scratch = tuple(np.zeros(size, np.int64) for size in (*[nodes] * 5, 1))
    way = np.empty((nodes, 2), np.int64)
    told: list[tuple[int, int, int, int, int]] = []
    ways = [np.empty((0, 2), np.int64)]
    rows, last, lasting = 0, 0, _CELLS * _CELL_MS
    one = roads.scale * HOUR_MS * PARTS
    counts = [max(0, math.ceil(amount / (_VEHICLES * one))) for amount in amounts]
    # By turns, or the first origins would take all the room there is early.
    for turn in range(max(counts)):
        for node, amount, count in zip(roads.origins.tolist(), amounts, counts, strict=True):
            if turn >= count:
                continue
            rate = math.ceil(amount / (count * lasting * unit))
            length, arrival = insert(
                roads.arcs,
                roads.is_destination,
                roads.distance,
                free,
                _CELL_MS,
                node,
                rate,
                lasting,
                scratch,
                way,
            )
            if length > 0:
                rows += length
                told.append((node, 0, lasting, rate * unit, rows))
                ways.append(way[:length].copy())
                last = max(last, arrival + lasting)
    return (np.array(told, np.int64).reshape(-1, 5), np.concatenate(ways)), last


def straight(roads: RoadArrays, amounts: NDArray[np.object_], over: int) -> Trips:
    """Let amounts leave by origin on shortest ways, at constant rates, after all else is over.

    Whoever is over at a moment passes a node earlier by its distance to a destination; from then on
    the roads out of it are empty.

    Parameters
    ----------
    amounts
        By origin, in ``PARTS``.
    over
        When everything else is over (ms).
    """
    whole = np.array([max(0, math.ceil(amount / PARTS)) for amount in amounts], np.int64)
    load = loads(roads.arcs, roads.onward, roads.origins, whole)
    busy = np.nonzero(load)[0].tolist()
    # Rates are rounded up, by less than one for each origin.
    lasting = max(
        -(-int(load[e]) * PARTS // (int(roads.capacity[e]) * PARTS - len(whole))) for e in busy
    )
    told, ways = [], []
    for node, amount in zip(roads.origins.tolist(), amounts, strict=True):
        if amount > 0:
            v = node
            while not roads.is_destination[v]:
                link = int(roads.arcs.link[roads.onward[v]])
                ways.append((link, 0))
                v = int(roads.head[link])
            begin = over - int(roads.distance[node])
            rate = math.ceil(amount / lasting)
            told.append((node, begin, begin + lasting, rate, len(ways)))
    return np.array(told, np.int64), np.array(ways, np.int64)
