"""Write an imported city: a GMNS folder for ``safepassage clear``, and how it was made."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from safepassage.city.demand import DemandRow
from safepassage.city.importing import City
from safepassage.city.roads import Roads
from safepassage.errors import BadInput
from safepassage.files import MOST_LINES, is_file, is_folder
from safepassage.network.cells import exact_text
from safepassage.network.gmns import NetworkRules, write_network

__all__ = ["IMPORT_FORMAT", "refuse_folder", "write_city"]

IMPORT_FORMAT = "safepassage-import/1"
RECORD = "import.json"

_DEMAND_COLUMNS = (
    "node_id",
    "role",
    "vehicles",
    "ready_s",
    "zone_id",
    "pcode",
    "name",
    "persons",
    "vehicles_source",
    "vehicles_assumed",
    "place_assumed",
)
#: What an earlier import may have left in the folder.
_TABLES = ("node.csv", "link.csv", "config.csv", "demand.csv", "link_tod.csv", RECORD)


def refuse_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written, before time is spent on an import.

    Raises
    ------
    BadInput
        If it is a file, or holds something that no earlier import wrote.
    """
    if is_file(folder):
        message = "expected a folder to write into, got a file; name another one"
        raise BadInput.one(str(folder), "folder-not-writable", message)
    if is_folder(folder) and any(folder.iterdir()) and not is_file(folder / RECORD):
        message = (
            "expected a new or empty folder, or one of an earlier import, got one that holds "
            "files; name another one"
        )
        raise BadInput.one(str(folder), "folder-not-empty", message)


def write_city(city: City, folder: Path) -> tuple[Path, ...]:
    """Write ``node.csv``, ``link.csv``, ``config.csv``, ``demand.csv`` and ``import.json``.

    All files are written beside the folder first and then moved: nothing half-written stays. Of an
    earlier import in the same folder nothing is left.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    BadInput
        If the folder holds something else, is a file, or cannot be written; or if the tables
        would be too large to read.
    """
    refuse_folder(folder)
    _refuse_too_large(city)
    try:
        target = folder.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".import-", dir=target.parent) as scratch:
            made = Path(scratch) / "city"
            made.mkdir()
            _write_tables(city, made)
            return _move(made, target)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        message = f"expected a folder that can be written, got: {reason}; name another one"
        raise BadInput.one(str(folder), "folder-not-writable", message) from None


def _refuse_too_large(city: City) -> None:
    """Refuse to write tables that nothing would read."""
    rows = max(city.roads.links, city.roads.nodes, len(city.demand)) + 1
    if rows > MOST_LINES:
        message = (
            f"expected tables of at most {MOST_LINES:,} lines, got {rows:,}; "
            "cut a smaller place, or leave --service-roads and --keep-nodes out"
        )
        raise BadInput.one(city.source.file, "too-many-rows", message)


def _move(made: Path, target: Path) -> tuple[Path, ...]:
    names = sorted(entry.name for entry in made.iterdir())
    if target.is_dir():
        # A folder that is there is filled, not replaced: somebody may stand in it.
        for name in names:
            (made / name).replace(target / name)
        for name in set(_TABLES) - set(names):
            (target / name).unlink(missing_ok=True)
    else:
        made.replace(target)
    return tuple(target / name for name in names)


def _write_tables(city: City, folder: Path) -> None:
    waits = city.source.longest_wait_s
    write_network(
        city.roads.network(),
        folder,
        rules=NetworkRules(capacity=True),
        node_extra={"longest_wait_s": waits} if waits else {},
        config={**city.source.config, "capacity_over": "link"},
    )
    for name, text in city.tables.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    if city.demand:
        with (folder / "demand.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(_DEMAND_COLUMNS)
            writer.writerows(_demand_row(row, city.roads) for row in city.demand)
    text = json.dumps(_record(city), ensure_ascii=False, indent=1) + "\n"
    (folder / RECORD).write_text(text, encoding="utf-8", newline="\n")


def _demand_row(row: DemandRow, roads: Roads) -> Iterable[object]:
    return (
        roads.node_id[row.node],
        row.role,
        exact_text(row.vehicles) if row.vehicles is not None else None,
        exact_text(row.ready_s) if row.role == "origin" else None,
        row.zone.id,
        row.zone.pcode,
        row.zone.name,
        exact_text(row.persons) if row.persons is not None else None,
        row.vehicles_source,
        row.vehicles_assumed,
        row.place_assumed,
    )


def _record(city: City) -> dict[str, object]:
    """Return how the folder was made, without paths of this machine."""
    options = city.options
    files = {
        "demand": options.demand,
        "destinations": options.destinations,
        "leave": options.leave,
    }
    return {
        "format": IMPORT_FORMAT,
        "source": {
            "file": city.source.file,
            "format": city.source.format,
            "sha256": city.source.sha256,
            "licence": city.source.licence,
            "nodes": city.source.roads.nodes,
            "links": city.source.roads.links,
        },
        "options": {
            **{name: file.name for name, file in files.items() if file is not None},
            "occupancy": exact_text(options.occupancy) if options.occupancy is not None else None,
            "population": options.population,
            "service_roads": options.service_roads,
            "simplified": options.simplified,
        },
        "nodes": city.roads.nodes,
        "links": city.roads.links,
        "imputed": city.imputed,
        "findings": [finding.to_json() for finding in city.findings],
    }
