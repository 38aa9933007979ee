"""Export for SUMO (Lopez et al. 2018), and a replay there: junctions with right of way.

Written is what ``netconvert`` reads (plain XML: nodes, edges, connections), the vehicles with their
routes, and the configurations of both programs. A SUMO edge has no capacity of its own: what it
takes follows from lanes, speed and how vehicles follow one another. So each link gets as many lanes
as its capacity needs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

from safepassage.errors import BadInput
from safepassage.network.road_instance import RoadInstance
from safepassage.traffic.replay import Replay, planned_arrivals
from safepassage.traffic.roads import Street, places, streets
from safepassage.traffic.vehicles import Vehicle

__all__ = ["SUMO_FILES", "replay_in_sumo", "sumo_files"]

SUMO_FILES: Final = (
    "nodes.nod.xml",
    "edges.edg.xml",
    "connections.con.xml",
    "plan.netccfg",
    "vehicles.rou.xml",
    "plan.sumocfg",
)
"""In the order in which they are used."""

_SPACING_M: Final = 7.5
"""Of vehicles that stand: length 5 m and a gap of 2.5 m, SUMO's defaults for a car."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_PATIENCE: Final = 3
_SPARE_S: Final = 600
_MOST_S: Final = 540
"""Of wall time for each program."""


def sumo_files(
    vehicles: Sequence[Vehicle], instance: RoadInstance, *, spare_lanes: int = 0
) -> dict[str, str]:
    """Return the files of an export by name.

    Parameters
    ----------
    vehicles
        In the order in which they set out.
    instance
        With lanes reversed as in the plan.
    spare_lanes
        For each link, beyond those that its capacity needs.

    Raises
    ------
    BadInput
        If a capacity changes with time, which these files cannot tell.
    """
    changing = [link for link, periods in instance.changes.items() if periods]
    if changing:
        message = (
            f"expected capacities that stay the same, got changes on {len(changing)} links, such "
            f"as {changing[0]!r}; SUMO's network cannot tell them, UXsim can"
        )
        raise BadInput.one(f"{instance.location}/link_tod.csv", "not-modelled", message)
    nodes = _names("node", instance.network.nodes)
    edges = _names("edge", instance.network.links)
    roads = list(streets(instance, _SPACING_M, spare_lanes))
    # An edge from a node to itself needs a line, and nobody needs the edge.
    loops = {road.link for road in roads if road.from_node == road.to_node}
    roads = [road for road in roads if road.link not in loops]
    parts: dict[str, tuple[str, Iterator[str]]] = {
        "nodes.nod.xml": ("nodes", _nodes(instance, nodes)),
        "edges.edg.xml": ("edges", _edges(roads, nodes, edges)),
        "connections.con.xml": ("connections", _connections(roads, vehicles, edges)),
        "plan.netccfg": ("configuration", iter(_NETCONVERT)),
        "vehicles.rou.xml": ("routes", _vehicles(vehicles, edges, loops)),
        "plan.sumocfg": ("configuration", _simulation(vehicles, instance)),
    }
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return {
        name: f"{head}<{tag}>\n{''.join(f'    {line}{chr(10)}' for line in lines)}</{tag}>\n"
        for name, (tag, lines) in parts.items()
    }


_NETCONVERT: Final = (
    "<input>",
    '    <node-files value="nodes.nod.xml"/>',
    '    <edge-files value="edges.edg.xml"/>',
    '    <connection-files value="connections.con.xml"/>',
    "</input>",
    '<output><output-file value="plan.net.xml"/></output>',
    '<processing><no-turnarounds value="true"/></processing>',
)


def _names(kind: str, ids: Mapping[str, object]) -> dict[str, str]:
    """Names that SUMO takes: the ids where it does, numbers for all where it does not."""
    if all(_PLAIN.fullmatch(name) for name in ids):
        return {name: name for name in ids}
    return {name: f"{kind}{i}" for i, name in enumerate(ids)}


def _nodes(instance: RoadInstance, names: Mapping[str, str]) -> Iterator[str]:
    seen: defaultdict[tuple[float, float], int] = defaultdict(int)
    for place in places(instance):
        # Two nodes at one place would make an edge without a direction.
        aside = seen[place.x, place.y]
        seen[place.x, place.y] += 1
        x = place.x + aside
        name = quoteattr(names[place.node])
        yield f'<node id={name} x="{x:.2f}" y="{place.y:.2f}" type="priority"/>'


def _edges(
    roads: Sequence[Street], nodes: Mapping[str, str], edges: Mapping[str, str]
) -> Iterator[str]:
    for road in roads:
        named = f" name={quoteattr(road.name)}" if road.name else ""
        yield (
            f"<edge id={quoteattr(edges[road.link])} from={quoteattr(nodes[road.from_node])} "
            f'to={quoteattr(nodes[road.to_node])} numLanes="{road.lanes}" '
            f'speed="{road.speed_ms:.4f}" length="{road.length_m:.2f}"{named}/>'
        )


def _connections(
    roads: Sequence[Street], vehicles: Sequence[Vehicle], edges: Mapping[str, str]
) -> Iterator[str]:
    """Every turn but back; and back where some vehicle does."""
    out: defaultdict[str, list[Street]] = defaultdict(list)
    for road in roads:
        out[road.from_node].append(road)
    driven = {pair for v in {v.links for v in vehicles} for pair in pairwise(v)}
    for road in roads:
        for after in out[road.to_node]:
            if after.to_node != road.from_node or (road.link, after.link) in driven:
                yield (
                    f"<connection from={quoteattr(edges[road.link])} "
                    f"to={quoteattr(edges[after.link])}/>"
                )


def _vehicles(
    vehicles: Sequence[Vehicle], edges: Mapping[str, str], loops: Container[str]
) -> Iterator[str]:
    yield (
        '<vType id="car" length="5" minGap="2.5" tau="1" sigma="0" speedFactor="1" speedDev="0"/>'
    )
    ways = {links: f"way{i}" for i, links in enumerate(dict.fromkeys(v.links for v in vehicles))}
    for links, way in ways.items():
        driven = " ".join(edges[link] for link in links if link not in loops)
        yield f'<route id="{way}" edges={quoteattr(driven)}/>'
    for i, v in enumerate(vehicles):
        yield (
            f'<vehicle id="{i}" type="car" route="{ways[v.links]}" depart="{v.depart_s:.2f}" '
            'departLane="best" departSpeed="max"/>'
        )


def _simulation(vehicles: Sequence[Vehicle], instance: RoadInstance) -> Iterator[str]:
    yield '<input><net-file value="plan.net.xml"/><route-files value="vehicles.rou.xml"/></input>'
    yield f'<time><begin value="0"/><end value="{_end(vehicles, instance)}"/></time>'
    yield '<output><tripinfo-output value="arrivals.xml"/></output>'
    yield '<report><no-step-log value="true"/></report>'


def _end(vehicles: Sequence[Vehicle], instance: RoadInstance) -> int:
    return int(max(planned_arrivals(vehicles, instance), default=0) * _PATIENCE) + _SPARE_S


def replay_in_sumo(
    vehicles: Sequence[Vehicle],
    instance: RoadInstance,
    *,
    spare_lanes: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Replay:
    """Let vehicles drive in SUMO, and say when they arrive.

    Parameters
    ----------
    vehicles, instance, spare_lanes, progress
        As for :func:`sumo_files` and :func:`safepassage.traffic.uxsim.replay_in_uxsim`.

    Raises
    ------
    BadInput
        If SUMO is not installed, or refuses the files.
    """
    programs = [_program(name) for name in ("netconvert", "sumo")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in sumo_files(vehicles, instance, spare_lanes=spare_lanes).items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        progress("making SUMO's network")
        _ran([programs[0], "-c", "plan.netccfg"], folder)
        progress("driving in SUMO")
        told = _ran([programs[1], "-c", "plan.sumocfg", "--duration-log.statistics"], folder)
        # The file is SUMO's own, written a moment ago.
        trips = ET.iterparse(folder / "arrivals.xml")  # noqa: S314 - made here
        arrived = sorted(float(e.get("arrival", "0")) for _, e in trips if e.tag == "tripinfo")
    teleports = re.search(r"Teleports: (\d+)", told)
    jumps = int(teleports[1]) if teleports else 0
    notes = (f"{jumps} vehicles were moved on by SUMO after standing for long",) if jumps else ()
    version = re.search(r"SUMO.*?Version v?([\w.]+)", _ran([programs[1], "--version"], None))
    return Replay(
        simulator=f"SUMO {version[1]}" if version else "SUMO",
        planned_s=planned_arrivals(vehicles, instance),
        arrived_s=tuple(arrived),
        ended_s=float(_end(vehicles, instance)),
        notes=notes,
    )


def _program(name: str) -> str:
    """Find a program of SUMO: on the path, by ``SUMO_HOME``, or beside this Python."""
    homes = [os.environ.get("SUMO_HOME", ""), str(Path(sys.executable).parent.parent)]
    places_ = os.pathsep.join([os.environ.get("PATH", ""), *(f"{h}/bin" for h in homes if h)])
    found = shutil.which(name, path=places_)
    if found is None:
        message = f"expected the program {name}, got none; install SUMO: pip install eclipse-sumo"
        raise BadInput.one("sumo", "extra-missing", message)
    return found


def _ran(command: list[str], folder: Path | None) -> str:
    """Run a program of SUMO, and return what it says."""
    try:
        done = subprocess.run(  # noqa: S603 - a program found by its name, with our own arguments
            command,
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_MOST_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        said = next((x for x in error.stderr.splitlines() if x.startswith("Error")), "no reason")
        raise BadInput.one(
            "sumo", "simulator-refuses", f"SUMO refuses the export: {said}"
        ) from None
    except subprocess.TimeoutExpired:
        message = f"expected SUMO to end within {_MOST_S} s, and it did not"
        raise BadInput.one("sumo", "simulator-refuses", message) from None
    return done.stdout + done.stderr
