"""The clearance instances made from public networks, where they lie beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.network.clearance_folder import read_clearance_folder

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "instances"
INSTANCES = {
    "sioux-falls-60s": (24, 76, 4, 12_211),
    "sioux-falls-10s": (24, 76, 4, 12_211),
    "anaheim-60s": (416, 855, None, 198_000),
    "anaheim-10s": (416, 855, None, 198_000),
    "chicago-sketch-60s": (933, 2950, None, 277_495),
    "chicago-sketch-10s": (933, 2950, None, 277_495),
    "chicago-regional-10s": (12_982, 37_227, None, 123_946),
}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the public instances are not at hand")
@pytest.mark.parametrize("name", INSTANCES)
def test_public_instances_are_read_whole(name: str):
    """Every node, link and vehicle of the tables arrives, and transit times keep to their grid."""
    nodes, links, origins, vehicles = INSTANCES[name]
    instance = read_clearance_folder(FOLDER / name)
    assert len(instance.network.nodes) == nodes
    assert len(instance.network.links) == links
    assert instance.vehicles == vehicles
    assert origins in (None, len(instance.origins))
    grid = int(name.rpartition("-")[2].removesuffix("s"))
    assert all(instance.transit_s(link) % grid == 0 for link in instance.network.links)
