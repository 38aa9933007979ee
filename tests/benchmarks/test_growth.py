"""The grids on which growth is measured, and their picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from benchmarks.growth import SERIES
from benchmarks.growth_picture import draw


def test_resolution_rounds_the_same_streets():
    """Only times differ, each by at most half a step, and rates stand for the same vehicles."""
    coarse = SERIES["resolution"]["10 s"]
    fine = replace(coarse, step=Fraction(1, 10))
    one, other = coarse.make(), fine.make()
    assert one.origins == other.origins
    assert list(one.network.links) == list(other.network.links)
    for name, link in one.network.links.items():
        same = other.network.links[name]
        assert (link.from_node, link.to_node) == (same.from_node, same.to_node)
        assert one.transit_s(name) % 10 == 0
        assert abs(one.transit_s(name) - other.transit_s(name) * fine.unit) <= 5
        assert link.capacity_vph == same.capacity_vph / fine.unit


def test_a_picture_is_the_same_for_the_same_rows(tmp_path: Path):
    """A drawing changes only with what is measured, and leaves out what is missing."""
    rows = [{"series": "nodes", "value": str(n), "nodes": n, "cpu_s": n / 1000} for n in (100, 400)]
    rows.append({"series": "resolution", "value": "0.1 s", "cpu_s": 0.01, "ortools_cpu_s": 40.0})
    for name in ("a.svg", "b.svg"):
        draw(rows, tmp_path / name)
    first = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert first == (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert "<svg" in first
