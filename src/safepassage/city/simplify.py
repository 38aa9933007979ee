"""Contract roads to their junctions, without changing how soon everyone can be out.

A node is *interstitial* when a road only passes through it: one link in and one out, or two of
each, to the same two neighbours. Nothing is decided there, so the links on both sides become one,
with

- the sum of their transit times, each rounded to whole seconds as it was;
- the least of their capacities.

This is exact for flows over time in which vehicles may wait at nodes without limit. A flow on the
longer road is one on the shorter ones. And for a flow on the shorter ones, let ``F(t)`` be what
has entered the first of them by time ``t``. Links of capacity ``c1, c2, ...`` let through at most
``F`` convolved (in min-plus algebra) with ``c1 t``, then with ``c2 t``, and so on, which is ``F``
convolved with ``c t`` for the least ``c``; and that is what the longer road lets through when the
vehicles wait at its beginning. So nobody is later at the far end than before, and who is earlier
waits there (Le Boudec and Thiran, Network Calculus, 2001, theorem 1.5.1 and section 3.1). A link
from a node back to itself, and a road that only leads to a dead end where nobody starts or ends,
are of no use to any flow and go. Parallel links stay:
each has its own time.

Nodes at which somebody starts or ends, and nodes named by the caller, are never contracted.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from safepassage.city.connectivity import connected_parts
from safepassage.city.roads import TEXT_COLUMNS, UNLIMITED, Floats, Ints, Roads
from safepassage.city.transit import speed_for

__all__ = ["simplify"]


def simplify(roads: Roads, protected: Collection[int], *, dead_ends: bool) -> Roads:
    """Return roads with interstitial nodes contracted.

    Parameters
    ----------
    roads
        The network.
    protected
        Nodes that stay: origins, destinations, and whatever else is told of a node or a link.
    dead_ends
        Take away roads that only lead to a dead end without a protected node. Right only when
        every origin and destination is protected.

    Returns
    -------
    Roads
        ``source_links`` of each link is the way back: the links it stands for, in order. Its id is
        that of the longest of them.
    """
    roads = _without_loops(roads)
    if dead_ends:
        roads = roads.take(_beyond_dead_ends(roads, protected))
    chains = _chains(roads, protected)
    merged = _merge(roads, chains)
    merged, _ = _without_loops(merged).without_idle_nodes(sorted(protected))
    return merged


def _without_loops(roads: Roads) -> Roads:
    loops = roads.from_node == roads.to_node
    return roads.take(~loops) if loops.any() else roads


def _beyond_dead_ends(roads: Roads, protected: Collection[int]) -> Ints:
    """Return the links that are left when leaves are taken away until there is none.

    Parts that are not connected with any protected node go as well.
    """
    kept = set(protected)
    neighbours: list[set[int]] = [set() for _ in range(roads.nodes)]
    for a, b in zip(roads.from_node.tolist(), roads.to_node.tolist(), strict=True):
        neighbours[a].add(b)
        neighbours[b].add(a)
    gone = [False] * roads.nodes
    leaves = [v for v in range(roads.nodes) if len(neighbours[v]) <= 1 and v not in kept]
    while leaves:
        leaf = leaves.pop()
        if gone[leaf]:
            continue
        gone[leaf] = True
        for other in neighbours[leaf]:
            neighbours[other].discard(leaf)
            if len(neighbours[other]) <= 1 and other not in kept:
                leaves.append(other)
    lost = np.array(gone, dtype=bool)
    parts = connected_parts(roads)
    lost |= ~np.isin(parts, parts[sorted(kept)])
    return np.flatnonzero(~lost[roads.from_node] & ~lost[roads.to_node])


def _followers(roads: Roads, protected: Collection[int]) -> Ints:
    """Return for each link the only one that can follow it at an interstitial node, else -1."""
    start, end = roads.from_node, roads.to_node
    into, out = np.argsort(end, kind="stable"), np.argsort(start, kind="stable")
    arrive = np.bincount(end, minlength=roads.nodes)
    depart = np.bincount(start, minlength=roads.nodes)
    first_in, first_out = np.cumsum(arrive) - arrive, np.cumsum(depart) - depart
    passing = arrive == depart
    passing[list(protected)] = False
    follow = np.full(roads.links, -1)
    one = np.flatnonzero(passing & (arrive == 1))
    a, b = into[first_in[one]], out[first_out[one]]
    on = start[a] != end[b]
    follow[a[on]] = b[on]
    two = np.flatnonzero(passing & (arrive == 2))
    a, other_a = into[first_in[two]], into[first_in[two] + 1]
    b, other_b = out[first_out[two]], out[first_out[two] + 1]
    apart = start[a] != start[other_a]
    for on, back in ((b, other_b), (other_b, b)):
        # From one neighbour to the other, and the other way round.
        fits = apart & (start[a] == end[back]) & (start[other_a] == end[on])
        follow[a[fits]], follow[other_a[fits]] = on[fits], back[fits]
    return follow


def _chains(roads: Roads, protected: Collection[int]) -> list[list[int]]:
    """Return runs of links through interstitial nodes; every link is in exactly one."""
    followers = _followers(roads, protected)
    followed = np.zeros(roads.links, dtype=bool)
    followed[followers[followers >= 0]] = True
    follow = followers.tolist()
    length, transit = roads.length.tolist(), roads.transit_s.tolist()
    chains: list[list[int]] = [[i] for i in np.flatnonzero(~followed & (followers < 0)).tolist()]
    done = np.array(~followed & (followers < 0)).tolist()

    def walk(link: int) -> None:
        chain = [link]
        done[link] = True
        metres, seconds = length[link], transit[link]
        link = follow[link]
        while link >= 0 and not done[link]:
            metres, seconds = metres + length[link], seconds + transit[link]
            if speed_for(metres, seconds, 1) is None:
                # Many short links, each rounded to no time at all: no speed would say that of the
                # whole, so another link begins here.
                chains.append(chain)
                chain, metres, seconds = [], length[link], transit[link]
            chain.append(link)
            done[link] = True
            link = follow[link]
        chains.append(chain)

    for link in np.flatnonzero(~followed & (followers >= 0)).tolist():
        walk(link)
    for link in np.flatnonzero(followed).tolist():
        # What is left are rings without a junction.
        if not done[link]:
            walk(link)
    chains.sort()
    return chains


def _merge(roads: Roads, chains: list[list[int]]) -> Roads:
    """Return one link for each chain."""
    order = np.array([link for chain in chains for link in chain], dtype=np.int64)
    counts = np.array([len(chain) for chain in chains], dtype=np.int64)
    if not len(order):
        return roads.take(order)
    first = np.concatenate(([0], np.cumsum(counts)[:-1]))
    sorted_roads = roads.take(order)
    length = np.add.reduceat(sorted_roads.length, first)
    transit = np.add.reduceat(sorted_roads.transit_s, first)
    speed = sorted_roads.free_speed[first].copy()
    for chain in np.flatnonzero(counts > 1).tolist():
        speed[chain] = _speed(sorted_roads, int(first[chain]), int(counts[chain]))
    longest = _longest(sorted_roads.length, first, counts)
    starts, points = _lines(sorted_roads, first, counts)
    return sorted_roads.changed(
        link_id=tuple(sorted_roads.link_id[i] for i in longest.tolist()),
        from_node=sorted_roads.from_node[first],
        to_node=sorted_roads.to_node[first + counts - 1],
        length=length,
        transit_s=transit,
        free_speed=speed,
        capacity=_least(sorted_roads.capacity, first, UNLIMITED),
        lanes=_least(sorted_roads.lanes, first, 0),
        text=_texts(sorted_roads, first, longest),
        point_start=starts,
        points=points,
        source_links=tuple(
            tuple(s for part in sorted_roads.source_links[i : i + n] for s in part)
            for i, n in zip(first.tolist(), counts.tolist(), strict=True)
        ),
    )


def _speed(roads: Roads, first: int, count: int) -> int:
    """Return the mean speed of consecutive links, as near as the transit time allows."""
    length = roads.length[first : first + count].tolist()
    speed = roads.free_speed[first : first + count].tolist()
    total = sum(length)
    # Length over driving time; thousandths of a km/h are enough to tell.
    mean = round(total / sum(m / v for m, v in zip(length, speed, strict=True)), -3) if total else 0
    transit = int(roads.transit_s[first : first + count].sum())
    found = speed_for(total, transit, int(mean) or speed[0])
    return found if found is not None else speed[0]


def _least(column: Ints, first: Ints, unknown: int) -> Ints:
    """Return the least value of each run, where ``unknown`` counts only if all are."""
    huge = np.iinfo(np.int64).max
    least = np.minimum.reduceat(np.where(column == unknown, huge, column), first)
    return np.where(least == huge, unknown, least)


def _longest(length: Ints, first: Ints, counts: Ints) -> Ints:
    """Return the position of the longest link of each run, the first among equals."""
    run = np.repeat(np.arange(len(first)), counts)
    order = np.lexsort((np.arange(len(length)), -length, run))
    return np.asarray(order[first])


def _texts(roads: Roads, first: Ints, longest: Ints) -> dict[str, Ints]:
    """Name, kind, sources and marks are those of the longest link, or of any that has one."""
    columns = {}
    for column in TEXT_COLUMNS:
        own = roads.text[column][longest]
        columns[column] = np.where(own != 0, own, np.maximum.reduceat(roads.text[column], first))
    return columns


def _lines(roads: Roads, first: Ints, counts: Ints) -> tuple[Ints, Floats]:
    """Return the lines of runs of links, joined; none where one of the links has none."""
    per_link = np.diff(roads.point_start)
    run = np.repeat(np.arange(len(first)), counts)
    whole = np.minimum.reduceat(per_link, first) > 1
    keep = np.repeat(whole[run], per_link)
    # Where two lines meet, the point stands on both; the second one's is left out.
    later = np.ones(len(run), dtype=bool)
    later[first] = False
    double = np.zeros(len(roads.points), dtype=bool)
    double[roads.point_start[:-1][later & (per_link > 0)]] = True
    kept = keep & ~double
    run_of_point = np.repeat(run, per_link)[kept]
    number = np.bincount(run_of_point, minlength=len(first))
    return np.concatenate(([0], np.cumsum(number))).astype(np.int64), roads.points[kept]
