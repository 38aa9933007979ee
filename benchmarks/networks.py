"""Reading and simplifying an OpenStreetMap extract, beside osmnx on the same files.

Two XML files are made of each extract: ``all``, with everything that is in it, and ``roads``, with
the ways that are imported and their nodes only. osmnx reads XML, and makes a graph of every way
that it finds, so only on ``roads`` do both have the same ways; there the pairs of nodes that only
one of them links are counted. They are few: a node where a two-way road becomes two one-way ones
that meet again (osmnx keeps it, here the way through is one link), and one on a loop back to the
same junction (osmnx makes a loop of it, here it stays).

Each runs in a process of its own, which also tells its peak memory; import times are not counted,
and processor time is compared, as wall time would favour whoever runs while the machine is idle.

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

from benchmarks.registry import Row, chosen, register

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
EXTRACTS = (
    "osm/liechtenstein.osm.pbf",
    "osm/harrisburg.osm.pbf",
    "porto-alegre/poa_osm.pbf",
)
REPEATS = 3


@register(
    "networks",
    "Reading and simplifying OpenStreetMap extracts, beside osmnx",
    key=("extract", "read", "method"),
)
def networks(seconds: float) -> Iterator[Row]:
    """Compare both on each extract; the median of three runs."""
    del seconds
    extracts = {Path(name).name: SHARED / name for name in EXTRACTS}
    for name in chosen("networks", extracts):
        extract = extracts[name]
        if extract.is_file():
            yield from _rows(extract)


def _rows(extract: Path) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        all_, roads = Path(folder) / "all.osm", Path(folder) / "roads.osm"
        write_roads(extract, roads)
        write_all(extract, all_)
        measured = {
            (method, file): _median(method, file)
            for file in (extract, all_, roads)
            for method in ("safepassage", "osmnx")
            if method == "safepassage" or file.suffix == ".osm"
        }
        pairs = {key: {tuple(pair) for pair in row.pop("pairs")} for key, row in measured.items()}
        for (method, file), row in measured.items():
            kind = "pbf" if file == extract else file.stem
            told = {"extract": extract.name, "read": kind, "method": method, **row}
            # The extract as it came is held against the smaller file, which suits osmnx best.
            peer = measured.get(("osmnx", file if file != extract else roads))
            if method == "safepassage" and peer is not None:
                told["times_faster"] = round(peer["cpu_s"] / row["cpu_s"], 1)
            if method == "safepassage" and file == roads:
                ours, theirs = pairs[method, roads], pairs["osmnx", roads]
                told["pairs_only_here"] = len(ours - theirs)
                told["pairs_only_osmnx"] = len(theirs - ours)
            yield told


def write_all(extract: Path, target: Path) -> None:
    """Write an extract as XML."""
    import osmium

    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(extract)):
            writer.add(thing)


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
