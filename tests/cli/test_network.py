"""``network import``: what it says, how it ends, and that nothing half-written stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.city.maps import box, write_geojson
from tests.city.town import write_osm
from tests.cli.conftest import Command


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The town, its people, and the area that is left."""
    write_osm(tmp_path / "town.osm.pbf")
    (tmp_path / "people.csv").write_text("id,lon,lat,population\nmill,0.0001,0.0001,250\n")
    write_geojson(tmp_path / "area.geojson", ({}, box(-0.001, -0.001, 0.003, 0.003)))
    return tmp_path


def arguments(town: Path, *more: str) -> list[str]:
    """Of an import with people."""
    return [
        "network", "import", f"{town}/town.osm.pbf", "--out", f"{town}/out",
        "--demand", f"{town}/people.csv", "--leave", f"{town}/area.geojson", *more,
    ]  # fmt: skip


def test_json_has_what_others_rely_on(run: Command, town: Path):
    """Counts of nodes, links and imputed values, and findings; the files are there."""
    done = run(*arguments(town, "--occupancy", "2.5", "--json"))
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told.keys() >= {"nodes", "links", "imputed", "findings"}
    assert told["imputed"] == sum(told["imputed_by_column"].values()) > 0
    assert told["vehicles"] == 100
    assert (told["origins"], told["destinations"]) == (1, 1)
    assert all(f.keys() >= {"code", "severity", "message"} for f in told["findings"])
    rows = (town / "out" / "link.csv").read_text().splitlines()
    assert len(rows) - 1 == told["links"]
    assert {Path(file).name for file in told["files"]} == {f.name for f in (town / "out").iterdir()}


def test_people_read_it(run: Command, town: Path):
    """Counts, findings with their codes, the licence, and what comes next."""
    done = run(*arguments(town))
    assert done.exit_code == 0
    assert "100 vehicles at 1 origin, 1 destination" in done.output
    assert "2.5 persons a vehicle are assumed" in done.output
    assert "(value-imputed)" in done.output
    assert "© OpenStreetMap contributors" in done.output
    assert f"safepassage clear {town}/out" in done.output


def test_warnings_end_with_1(run: Command, town: Path):
    """Eleven kilometres from any road; the folder is written all the same."""
    (town / "people.csv").write_text("id,lon,lat,population\nfar,0.0,-0.1,250\n")
    write_geojson(town / "area.geojson", ({}, box(-0.001, -0.2, 0.003, 0.003)))
    done = run(*arguments(town))
    assert done.exit_code == 1
    assert "warning" in done.output
    assert (town / "out" / "demand.csv").is_file()


@pytest.mark.parametrize(
    "more",
    [
        ("--occupancy", "0"),
        ("--occupancy", "many"),
        ("--occupancy", "1/0"),
        ("--occupancy", "1e999999999"),
        ("--units", "mi"),
    ],
)
def test_bad_options(run: Command, town: Path, more: tuple[str, str]):
    """One line, exit 2, nothing written."""
    done = run(*arguments(town, *more))
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert not (town / "out").exists()


def test_bad_files_are_json_as_well(run: Command, town: Path):
    """A damaged map, told on stderr and as data."""
    file = town / "town.osm.pbf"
    file.write_bytes(file.read_bytes()[:-9])
    done = run(*arguments(town, "--json"))
    assert done.exit_code == 2
    (error,) = json.loads(done.stdout)["errors"]
    assert error["code"] == "not-osm"
    assert len(done.stderr.splitlines()) == 1
    assert {f.name for f in town.iterdir()} == {"town.osm.pbf", "people.csv", "area.geojson"}
