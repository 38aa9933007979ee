"""Turn restrictions of OpenStreetMap, as far as nodes and links can state them.

A ban on turning from one link into another at one node is exact in a network of nodes and links:
the node is divided, so that the way from the one to the other is missing
(:func:`restrict_turns`). What spans several nodes, holds at times only, or names roads that do
not meet as told, is left out and counted.

References
----------
OpenStreetMap wiki, *Relation:restriction*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.city.roads import Roads, with_links

__all__ = ["Restriction", "read_restriction", "restrict_turns"]

_PREFIXES = ("no_", "only_")
#: Exceptions that let cars turn nonetheless.
_CARS = frozenset({"motorcar", "motor_vehicle", "vehicle"})


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn that is forbidden, or the only one allowed, at one node."""

    from_way: int
    via: int
    """The node."""
    to_way: int
    only: bool
    """Every other turn from ``from_way`` is forbidden; else this one is."""
    u_turn: bool


def read_restriction(
    tags: Mapping[str, str], members: Sequence[tuple[str, int, str]]
) -> Restriction | str:
    """Read a relation of type ``restriction``.

    Parameters
    ----------
    tags
        Of the relation.
    members
        Each as (``n``, ``w`` or ``r``; id; role).

    Returns
    -------
    Restriction or str
        Or why it is left out.
    """
    kind = tags.get("restriction:motorcar") or tags.get("restriction") or ""
    if not kind.startswith(_PREFIXES):
        return "kind not known"
    if _CARS & set(tags.get("except", "").replace(" ", "").split(";")):
        return "not for cars"
    by_role: dict[str, list[tuple[str, int]]] = {"from": [], "via": [], "to": []}
    for type_, ref, role in members:
        if role in by_role:
            by_role[role].append((type_, ref))
    if [type_ for type_, _ in by_role["via"]] != ["n"]:
        return "over several nodes"
    if [t for t, _ in by_role["from"]] != ["w"] or [t for t, _ in by_role["to"]] != ["w"]:
        return "several roads"
    return Restriction(
        from_way=by_role["from"][0][1],
        via=by_role["via"][0][1],
        to_way=by_role["to"][0][1],
        only=kind.startswith("only_"),
        u_turn=kind.endswith("u_turn"),
    )


@dataclass(frozen=True, slots=True)
class _Junction:
    """A node with forbidden turns, all by position."""

    node: int
    forbidden: Mapping[int, frozenset[int]]
    """Links that must not follow, by the link that comes in."""
    out: tuple[int, ...]


def restrict_turns(
    roads: Roads, restrictions: Sequence[Restriction], skip: Collection[int]
) -> tuple[Roads, int, Counter[str]]:
    """Divide nodes so that forbidden turns are impossible.

    At such a node ``v`` each link that may not turn everywhere ends at a node of its own, and each
    link that may not be entered from everywhere begins at one. Links of no length and no limit
    lead from where one comes in to where one may go on; ``v`` itself stays the node of those who
    may turn everywhere, and of those who start there.

    Parameters
    ----------
    roads
        Links of ways with the ids of :mod:`safepassage.city.osm`.
    restrictions
        What is forbidden.
    skip
        Nodes that are left as they are: whoever arrives at a destination does not turn.

    Returns
    -------
    tuple
        The roads, the number of nodes divided, and restrictions left out by reason.
    """
    junctions, left_out = _junctions(roads, restrictions, frozenset(skip))
    node_id, x, y = list(roads.node_id), roads.x_coord.tolist(), roads.y_coord.tolist()
    start, end = roads.from_node.copy(), roads.to_node.copy()
    turns: list[tuple[int, int]] = []

    def another(node: int, what: str) -> int:
        node_id.append(f"{roads.node_id[node]}-{what}")
        x.append(x[node])
        y.append(y[node])
        return len(node_id) - 1

    for junction in junctions:
        node, banned = junction.node, frozenset[int]().union(*junction.forbidden.values())
        free = [link for link in junction.out if link not in banned]
        exits = {link: another(node, f"to-{roads.link_id[link]}") for link in sorted(banned)}
        ways_on = {frozenset((link,)): copy for link, copy in exits.items()}
        if free:
            ways_on[frozenset(free)] = another(node, "on")
        for links, copy in ways_on.items():
            start[list(links)] = copy
        turns += [(node, copy) for copy in ways_on.values()]
        for link, forbidden in sorted(junction.forbidden.items()):
            entry = another(node, f"from-{roads.link_id[link]}")
            end[link] = entry
            turns += [(entry, c) for links, c in ways_on.items() if not links & forbidden]
    divided = roads.changed(
        node_id=tuple(node_id),
        node_name=roads.node_name + (None,) * (len(node_id) - roads.nodes),
        x_coord=np.array(x, dtype=float),
        y_coord=np.array(y, dtype=float),
        from_node=start,
        to_node=end,
    )
    return with_links(divided, turns), len(junctions), left_out


def _junctions(
    roads: Roads, restrictions: Sequence[Restriction], skip: frozenset[int]
) -> tuple[list[_Junction], Counter[str]]:
    """Bring the restrictions to the links that they are about."""
    position = {node: i for i, node in enumerate(roads.node_id)}
    vias = {position[v] for r in restrictions if (v := str(r.via)) in position}
    into: dict[int, list[int]] = {v: [] for v in vias}
    out: dict[int, list[int]] = {v: [] for v in vias}
    for link, (a, b) in enumerate(
        zip(roads.from_node.tolist(), roads.to_node.tolist(), strict=True)
    ):
        if a in vias:
            out[a].append(link)
        if b in vias:
            into[b].append(link)
    forbidden: dict[int, dict[int, set[int]]] = {}
    left_out: Counter[str] = Counter()
    for restriction in restrictions:
        via = position.get(str(restriction.via), -1)
        if via < 0:
            left_out["not on an imported road"] += 1
            continue
        coming = [i for i in into[via] if _way(roads, i) == restriction.from_way]
        going = [i for i in out[via] if _way(roads, i) == restriction.to_way]
        if not coming or not going:
            left_out["not on an imported road"] += 1
        elif len(coming) > 1 or (len(going) > 1 and not restriction.u_turn):
            left_out["several roads"] += 1
        elif via in skip:
            left_out["at a destination"] += 1
        else:
            banned = set(out[via]) - set(going) if restriction.only else set(going)
            if restriction.u_turn and not restriction.only:
                banned = {i for i in going if roads.to_node[i] == roads.from_node[coming[0]]}
            forbidden.setdefault(via, {}).setdefault(coming[0], set()).update(banned)
    junctions = [
        _Junction(via, {i: frozenset(b) for i, b in bans.items() if b}, tuple(out[via]))
        for via, bans in sorted(forbidden.items())
    ]
    return [j for j in junctions if j.forbidden], left_out


def _way(roads: Roads, link: int) -> int:
    """Return the OpenStreetMap way of a link, which its id begins with."""
    return int(roads.link_id[link][1:].partition("-")[0])
