"""Reading and simplifying an OpenStreetMap extract, beside osmnx on the same file.

osmnx reads XML and takes every way that it finds, so both get the same XML file with the roads for
cars only; the extract as it came (PBF, with everything in it) is one more row of ours. Each runs in
a process of its own, which also tells its peak memory; import times are not counted.

Extracts lie outside of the repository, in a folder ``shared`` beside it; without it there are no
rows.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.registry import Row, register

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
EXTRACTS = (
    "osm/liechtenstein.osm.pbf",
    "osm/harrisburg.osm.pbf",
    "porto-alegre/poa_osm.pbf",
)
REPEATS = 3


@register("networks", "Reading and simplifying OpenStreetMap extracts, beside osmnx")
def networks(seconds: float) -> Iterator[Row]:
    """Compare both on each extract; the median of three runs."""
    del seconds
    for name in EXTRACTS:
        extract = SHARED / name
        if not extract.is_file():
            continue
        with tempfile.TemporaryDirectory() as folder:
            roads = Path(folder) / "roads.osm"
            write_roads(extract, roads)
            told = {
                (method, file.suffix): _median(method, file)
                for method, file in (
                    ("safepassage", extract),
                    ("safepassage", roads),
                    ("osmnx", roads),
                )
            }
        yield from _rows(extract.name, told)


def _rows(name: str, told: dict[tuple[str, str], Row]) -> Iterator[Row]:
    peer = told["osmnx", ".osm"]
    theirs = {tuple(pair) for pair in peer.pop("pairs")}
    for (method, suffix), measured in told.items():
        row = {"extract": name, "method": method, "read": suffix, **measured}
        if method != "osmnx":
            ours = {tuple(pair) for pair in row.pop("pairs")}
            row["times_faster"] = round(peer["cpu_s"] / measured["cpu_s"], 1)
            row["pairs_only_here"] = len(ours - theirs)
            row["pairs_only_osmnx"] = len(theirs - ours)
        yield row


def write_roads(extract: Path, target: Path) -> None:
    """Write the ways that are imported, and their nodes, as XML."""
    import osmium

    from safepassage.city.osm_tags import read_way

    def imported(way: osmium.osm.Way) -> bool:
        return not isinstance(read_way({tag.k: tag.v for tag in way.tags}), str)

    with osmium.BackReferenceWriter(str(target), ref_src=str(extract), overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(extract), osmium.osm.WAY):
            if isinstance(thing, osmium.osm.Way) and imported(thing):
                writer.add_way(thing)


def _median(method: str, file: Path) -> Row:
    runs = []
    for _ in range(REPEATS):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.networks", method, str(file)],
            capture_output=True,
            check=True,
            text=True,
        )
        runs.append(json.loads(done.stdout))
    found: Row = sorted(runs, key=lambda run: run["cpu_s"])[len(runs) // 2]
    return found


def _with_safepassage(file: Path) -> Row:
    from safepassage.city.osm import read_osm
    from safepassage.city.simplify import simplify

    begin, wall = time.process_time(), time.monotonic()
    roads = simplify(read_osm(file).roads, (), dead_ends=False)
    spent = _spent(begin, wall)
    ends = zip(roads.from_node.tolist(), roads.to_node.tolist(), strict=True)
    pairs = {(int(roads.node_id[a]), int(roads.node_id[b])) for a, b in ends}
    return {**spent, "nodes": roads.nodes, "links": roads.links, "pairs": sorted(pairs)}


def _with_osmnx(file: Path) -> Row:
    import osmnx

    begin, wall = time.process_time(), time.monotonic()
    graph = osmnx.graph_from_xml(file, simplify=True, retain_all=True)
    spent = _spent(begin, wall)
    # Loops from a node to itself are dropped by the other.
    pairs = {(a, b) for a, b in graph.edges() if a != b}
    links = sum(a != b for a, b in graph.edges())
    return {**spent, "nodes": len(graph), "links": links, "pairs": sorted(pairs)}


def _spent(begin: float, wall: float) -> Row:
    return {
        "cpu_s": round(time.process_time() - begin, 3),
        "wall_s": round(time.monotonic() - wall, 3),
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> int:
    """Return the most memory of this process; what ``getrusage`` tells begins with its parent's."""
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    methods = {"safepassage": _with_safepassage, "osmnx": _with_osmnx}
    print(json.dumps(methods[sys.argv[1]](Path(sys.argv[2]))))
