"""Look over roads and demand for what would make an answer doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from safepassage.city.connectivity import (
    connected_parts,
    leading_to,
    reached_from,
    strong_parts,
)
from safepassage.city.demand import DemandRow
from safepassage.city.findings import Finding
from safepassage.city.roads import Roads

__all__ = ["inspect"]


def inspect(roads: Roads, demand: Sequence[DemandRow]) -> list[Finding]:
    """Return findings on a network and its demand, those that matter most first.

    Parameters
    ----------
    roads
        The network.
    demand
        Its origins and destinations; may be empty.
    """
    found = [
        *_unreachable_zones(roads, demand),
        *_zero_capacity(roads),
        *_traps(roads, demand),
        *_disconnected(roads),
        *_imputed(roads),
    ]
    return sorted(found, key=lambda finding: finding.severity != "warning")


def _unreachable_zones(roads: Roads, demand: Sequence[DemandRow]) -> Iterator[Finding]:
    ends = [row.node for row in demand if row.role == "destination"]
    if not ends:
        return
    way_out = leading_to(_open(roads), ends)
    lost = [row for row in demand if row.role == "origin" and not way_out[row.node]]
    if lost:
        vehicles = float(sum(row.vehicles or 0 for row in lost))
        zones = list(dict.fromkeys(row.zone.id for row in lost))
        message = f"{len(zones):,} zone(s) with {vehicles:,.0f} vehicles have no way out"
        yield Finding.of("unreachable-zone", message, zones)


def _open(roads: Roads) -> Roads:
    return roads.take(roads.capacity != 0)


def _zero_capacity(roads: Roads) -> Iterator[Finding]:
    closed = np.flatnonzero(roads.capacity == 0).tolist()
    if closed:
        message = f"{len(closed):,} link(s) have a capacity of 0"
        yield Finding.of("zero-capacity", message, [roads.link_id[i] for i in closed])


def _traps(roads: Roads, demand: Sequence[DemandRow]) -> Iterator[Finding]:
    """With demand, nodes that an origin reaches and no destination follows; else strong parts."""
    starts = [row.node for row in demand if row.role == "origin"]
    ends = [row.node for row in demand if row.role == "destination"]
    if starts and ends:
        trapped = reached_from(roads, starts) & ~leading_to(roads, ends)
        what = "node(s) can be reached from an origin and lead to no destination"
    else:
        same = connected_parts(roads) == 0
        trapped = same & (strong_parts(roads) != 0)
        what = "node(s) can be entered and not left again, or left and not entered"
    nodes = np.flatnonzero(trapped).tolist()
    if nodes:
        message = f"{len(nodes):,} {what}"
        yield Finding.of("one-way-trap", message, [roads.node_id[i] for i in nodes])


def _disconnected(roads: Roads) -> Iterator[Finding]:
    parts = connected_parts(roads)
    apart = np.flatnonzero(parts > 0).tolist()
    if apart:
        message = (
            f"{int(parts.max()):,} part(s) with {len(apart):,} node(s) are not connected with the "
            "largest one"
        )
        yield Finding.of(
            "disconnected-part", message, [roads.node_id[i] for i in apart], int(parts.max())
        )


def _imputed(roads: Roads) -> Iterator[Finding]:
    counts = {column: roads.imputed(column) for column in ("speed", "lanes", "capacity")}
    if any(counts.values()):
        told = ", ".join(f"{column} of {count:,}" for column, count in counts.items() if count)
        message = f"imputed or assumed for links: {told}; marked in link.csv"
        yield Finding.of("value-imputed", message, count=sum(counts.values()))
