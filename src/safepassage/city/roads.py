"""Roads as immutable columns of whole numbers, for networks of the size of a city.

A :class:`Roads` holds one array a GMNS column, so that an import can filter, impute and contract
many thousands of links at once. :func:`roads_of` makes it from a
:class:`~safepassage.network.network.Network`, :meth:`Roads.network` gives one back; files are
only written and read there.

Figures are whole millionths (of a metre, of a km/h, of a vehicle an hour): exact for whatever
stands in OpenStreetMap, and far below what can be measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from safepassage.city.transit import MILLION, speed_for
from safepassage.errors import BadInput
from safepassage.network.network import Link, Network, Node
from safepassage.units import transit_seconds

__all__ = [
    "NOT_TOLD",
    "TEXT_COLUMNS",
    "UNLIMITED",
    "Floats",
    "Ints",
    "Roads",
    "TextPool",
    "roads_of",
    "with_links",
]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Capacity of a link that limits nobody, and of one that is still to be imputed.
UNLIMITED = -1
NOT_TOLD = -2

TEXT_COLUMNS = (
    "name",
    "facility_type",
    "length_source",
    "length_assumed",
    "speed_source",
    "speed_assumed",
    "lanes_source",
    "lanes_assumed",
    "capacity_source",
    "capacity_assumed",
)
"""Columns of text; few different ones stand on many links, so each is kept once."""


class TextPool:
    """Numbers texts; 0 is no text."""

    def __init__(self, texts: Sequence[str | None] = (None,)) -> None:
        self._codes: dict[str | None, int] = {text: i for i, text in enumerate(texts)}

    def code(self, text: str | None) -> int:
        """Return the number of a text, a new one where it is new."""
        return self._codes.setdefault(text, len(self._codes))

    @property
    def texts(self) -> tuple[str | None, ...]:
        """Every text by its number."""
        return tuple(self._codes)


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Nodes and links as columns with the names of GMNS; arrays cannot be written to.

    With ``n`` nodes and ``m`` links; a node is known by its position.
    """

    node_id: tuple[str, ...]
    node_name: tuple[str | None, ...]
    x_coord: Floats
    """Degrees east, WGS 84, of shape (n,); NaN: not known."""
    y_coord: Floats
    link_id: tuple[str, ...]
    from_node: Ints
    """Position of the node, of shape (m,), as have all that follow."""
    to_node: Ints
    length: Ints
    """Millionths of a metre."""
    free_speed: Ints
    """Millionths of a km/h; 0: still to be imputed."""
    transit_s: Ints
    """Whole seconds, as :func:`safepassage.units.transit_seconds` rounds them."""
    capacity: Ints
    """Millionths of a vehicle an hour over all lanes, or UNLIMITED, or NOT_TOLD."""
    lanes: Ints
    """0: not known."""
    text: Mapping[str, Ints]
    """Number of a text for each of :data:`TEXT_COLUMNS`; 0: none."""
    texts: tuple[str | None, ...]
    point_start: Ints
    """Link ``i`` runs along ``points[point_start[i]:point_start[i + 1]]``; of shape (m + 1,)."""
    points: Floats
    """Longitude and latitude, of shape (k, 2)."""
    source_links: tuple[tuple[str, ...], ...]
    """Ids of the links of the source that a link stands for, in the order of travel."""

    def __post_init__(self) -> None:
        """Close the arrays."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
        for column in self.text.values():
            column.flags.writeable = False
        object.__setattr__(self, "text", MappingProxyType(dict(self.text)))

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_id)

    @property
    def links(self) -> int:
        """Number of links."""
        return len(self.link_id)

    def geometry(self, link: int) -> tuple[tuple[float, float], ...] | None:
        """Return the line of a link as (lon, lat), or None where it is not known."""
        line = self.points[self.point_start[link] : self.point_start[link + 1]]
        return tuple((lon, lat) for lon, lat in line.tolist()) if len(line) > 1 else None

    def words(self, column: str) -> list[str | None]:
        """Return a column of text, one for each link."""
        return [self.texts[code] for code in self.text[column].tolist()]

    def imputed(self, column: str) -> int:
        """Return how many links have an assumed value (of ``speed``, ``lanes``, ...)."""
        return int(np.count_nonzero(self.text[f"{column}_assumed"]))

    def changed(self, **columns: Any) -> Roads:
        """Return the same roads with other columns."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return Roads(**{**own, **columns})

    def take(self, links: Ints | npt.NDArray[np.bool_]) -> Roads:
        """Return the roads with only these links, given by position or by a mask; nodes stay."""
        chosen: Ints = np.flatnonzero(links) if links.dtype == np.bool_ else links.astype(np.int64)
        starts, points = _take_lines(self.point_start, self.points, chosen)
        return self.changed(
            link_id=tuple(self.link_id[i] for i in chosen.tolist()),
            from_node=self.from_node[chosen],
            to_node=self.to_node[chosen],
            length=self.length[chosen],
            free_speed=self.free_speed[chosen],
            transit_s=self.transit_s[chosen],
            capacity=self.capacity[chosen],
            lanes=self.lanes[chosen],
            text={name: column[chosen] for name, column in self.text.items()},
            point_start=starts,
            points=points,
            source_links=tuple(self.source_links[i] for i in chosen.tolist()),
        )

    def without_idle_nodes(self, keep: Sequence[int] = ()) -> tuple[Roads, Ints]:
        """Return the roads without nodes that no link touches, and each node's new position.

        Parameters
        ----------
        keep
            Nodes that stay in any case.

        Returns
        -------
        tuple
            The roads, and an array of shape (n,) with -1 for nodes that are gone.
        """
        used = np.zeros(self.nodes, dtype=bool)
        used[self.from_node] = True
        used[self.to_node] = True
        used[list(keep)] = True
        position = np.where(used, np.cumsum(used) - 1, -1)
        kept = np.flatnonzero(used)
        roads = self.changed(
            node_id=tuple(self.node_id[i] for i in kept.tolist()),
            node_name=tuple(self.node_name[i] for i in kept.tolist()),
            x_coord=self.x_coord[kept],
            y_coord=self.y_coord[kept],
            from_node=position[self.from_node],
            to_node=position[self.to_node],
        )
        return roads, position

    def network(self) -> Network:
        """Return the roads as a network of exact fractions."""
        nodes = {}
        for node, name, lon, lat in zip(
            self.node_id, self.node_name, self.x_coord.tolist(), self.y_coord.tolist(), strict=True
        ):
            known = lon == lon and lat == lat  # noqa: PLR0124 - NaN is what does not equal itself
            nodes[node] = Node(node, name, None, lon if known else None, lat if known else None)
        return Network(nodes, {link.id: link for link in self._links()})

    def _links(self) -> list[Link]:
        words = [self.words(column) for column in TEXT_COLUMNS]
        exact: dict[int, Fraction] = {}

        def figure(millionths: int) -> Fraction:
            if millionths not in exact:
                exact[millionths] = Fraction(millionths, MILLION)
            return exact[millionths]

        numbers = zip(
            self.from_node.tolist(),
            self.to_node.tolist(),
            self.length.tolist(),
            self.free_speed.tolist(),
            self.capacity.tolist(),
            self.lanes.tolist(),
            strict=True,
        )
        links = []
        for i, (start, end, length, speed, capacity, lanes) in enumerate(numbers):
            text = {name: column[i] for name, column in zip(TEXT_COLUMNS, words, strict=True)}
            links.append(
                Link(
                    id=self.link_id[i],
                    from_node=self.node_id[start],
                    to_node=self.node_id[end],
                    length_m=figure(length),
                    free_speed_kmh=figure(speed),
                    capacity_vph=figure(capacity) if capacity != UNLIMITED else None,
                    lanes=lanes or None,
                    geometry=self.geometry(i),
                    source_links=self.source_links[i],
                    **text,
                )
            )
        return links


def _take_lines(start: Ints, points: Floats, chosen: Ints) -> tuple[Ints, Floats]:
    """Return the lines of the chosen links, in their order."""
    counts = start[chosen + 1] - start[chosen]
    starts = np.concatenate(([0], np.cumsum(counts)))
    # Position within the chosen line, plus where that line began.
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)
    return starts, points[np.repeat(start[chosen], counts) + within]


def with_links(roads: Roads, ends: Sequence[tuple[int, int]], kind: str = "turn") -> Roads:
    """Return the roads with further links that take no time and limit nobody.

    Parameters
    ----------
    roads
        The network.
    ends
        From which node to which, by position.
    kind
        Their ``facility_type``; ids are ``<kind>-1``, ``<kind>-2`` and so on.
    """
    pool = TextPool(roads.texts)
    # Their figures are neither of a source nor assumed; their kind says what they are.
    marks = {"facility_type": pool.code(kind)}
    more = len(ends)

    def longer(column: Ints, value: int) -> Ints:
        return np.concatenate((column, np.full(more, value, dtype=np.int64)))

    return roads.changed(
        link_id=roads.link_id + tuple(f"{kind}-{i}" for i in range(1, more + 1)),
        from_node=np.concatenate((roads.from_node, _ints([a for a, _ in ends]))),
        to_node=np.concatenate((roads.to_node, _ints([b for _, b in ends]))),
        length=longer(roads.length, 0),
        free_speed=longer(roads.free_speed, MILLION),
        transit_s=longer(roads.transit_s, 0),
        capacity=longer(roads.capacity, UNLIMITED),
        lanes=longer(roads.lanes, 0),
        text={name: longer(column, marks.get(name, 0)) for name, column in roads.text.items()},
        texts=pool.texts,
        point_start=longer(roads.point_start, int(roads.point_start[-1])),
        source_links=roads.source_links + ((),) * more,
    )


def roads_of(network: Network) -> Roads:
    """Return a network as columns; figures finer than a millionth are rounded to it.

    Transit times are those of the network itself: where the rounding would change one, the speed
    is set to the nearest that does not.

    Raises
    ------
    BadInput
        A link is driven along so slowly that no speed in millionths gives its time.
    """
    pool = TextPool()
    position = {node: i for i, node in enumerate(network.nodes)}
    links = list(network.links.values())
    lines = [link.geometry or () for link in links]
    counts = [len(line) for line in lines]
    length = [_millionths(link.length_m) for link in links]
    # A speed of 0 is one that is still to be imputed.
    transit = [
        transit_seconds(link.length_m, link.free_speed_kmh) if link.free_speed_kmh else 0
        for link in links
    ]
    speed = [
        _speed(link, metres, seconds) if link.free_speed_kmh else 0
        for link, metres, seconds in zip(links, length, transit, strict=True)
    ]
    return Roads(
        node_id=tuple(network.nodes),
        node_name=tuple(node.name for node in network.nodes.values()),
        x_coord=np.array([_degrees(node.lon) for node in network.nodes.values()], dtype=float),
        y_coord=np.array([_degrees(node.lat) for node in network.nodes.values()], dtype=float),
        link_id=tuple(network.links),
        from_node=_ints([position[link.from_node] for link in links]),
        to_node=_ints([position[link.to_node] for link in links]),
        length=_ints(length),
        free_speed=_ints(speed),
        transit_s=_ints(transit),
        capacity=_ints(
            [
                UNLIMITED if link.capacity_vph is None else _millionths(link.capacity_vph)
                for link in links
            ]
        ),
        lanes=_ints([link.lanes or 0 for link in links]),
        text={
            column: _ints([pool.code(getattr(link, column)) for link in links])
            for column in TEXT_COLUMNS
        },
        texts=pool.texts,
        point_start=_ints(np.concatenate(([0], np.cumsum(counts)))),
        points=np.array([p for line in lines for p in line], dtype=float).reshape(-1, 2),
        source_links=tuple(link.source_links or (link.id,) for link in links),
    )


def _speed(link: Link, length: int, transit_s: int) -> int:
    speed = speed_for(length, transit_s, _millionths(link.free_speed_kmh))
    if speed is None:
        message = f"it takes {transit_s:,} s to drive along; check its length and its speed"
        raise BadInput.one(f"link {link.id}", "absurd-number", message)
    return speed


def _millionths(number: Fraction) -> int:
    return round(number * MILLION)


def _degrees(number: float | None) -> float:
    return float("nan") if number is None else number


def _ints(values: Sequence[int] | Ints) -> Ints:
    return np.array(values, dtype=np.int64)
