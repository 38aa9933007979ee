"""A road network with the names of GMNS, and exact lengths and speeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from safepassage.units import drive_seconds

__all__ = ["Link", "Network", "Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """A point of the network."""

    id: str
    name: str | None
    name_local: str | None
    lon: float | None
    """Degrees east, WGS 84; None: not known, which only a clearance instance may leave open."""
    lat: float | None
    """Degrees north, WGS 84."""


@dataclass(frozen=True, slots=True)
class Link:
    """A road in one direction."""

    id: str
    from_node: str
    to_node: str
    length_m: Fraction
    free_speed_kmh: Fraction
    capacity_vph: Fraction | None = None
    """Vehicles an hour over all lanes at the link's entrance; None: not known, not limited."""
    lanes: int | None = None
    name: str | None = None
    geometry: tuple[tuple[float, float], ...] | None = None
    """Line as (lon, lat), from ``from_node`` to ``to_node``."""
    length_source: str | None = None
    """Source ids, divided by ``;``."""
    length_assumed: str | None = None
    """Why this length, where no source gives it."""
    speed_source: str | None = None
    speed_assumed: str | None = None
    lanes_source: str | None = None
    lanes_assumed: str | None = None
    capacity_source: str | None = None
    capacity_assumed: str | None = None
    facility_type: str | None = None
    """Kind of road, in the words of the source (in OpenStreetMap the value of ``highway``)."""
    source_links: tuple[str, ...] = ()
    """Ids of the source's links that this one stands for, in the order of travel; empty: itself."""

    @property
    def drive_s(self) -> int:
        """Whole seconds at free speed."""
        return drive_seconds(self.length_m, self.free_speed_kmh)


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and links by id. ``nodes`` and ``links`` are not to be changed."""

    nodes: Mapping[str, Node]
    links: Mapping[str, Link]
    _out: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the adjacency once."""
        out: dict[str, list[str]] = {node: [] for node in self.nodes}
        for link in self.links.values():
            out[link.from_node].append(link.id)
        tuples = {node: tuple(links) for node, links in out.items()}
        object.__setattr__(self, "_out", MappingProxyType(tuples))

    def out_links(self, node: str) -> tuple[str, ...]:
        """Return the ids of the links that leave a node, in file order.

        Raises
        ------
        KeyError
            If there is no such node.
        """
        return self._out[node]
