"""``safepassage export``."""

from __future__ import annotations

from pathlib import Path

import click

from safepassage.cli.exits import GOOD
from safepassage.cli.options import spare_lanes_option
from safepassage.cli.output import json_option, write_json, write_line
from safepassage.cli.places import folder_faults, named_path

__all__ = ["command"]


@click.command("export", short_help="Write a clearance for the simulator SUMO.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(),
    callback=named_path,
    required=True,
    metavar="DIR",
    help="Write into this folder.",
)
@click.option("--against", metavar="DIR", help="The tables, where they are elsewhere by now.")
@spare_lanes_option
@json_option
def command(file: Path, out: Path, against: str | None, spare_lanes: int, *, as_json: bool) -> int:
    """Write a result of `clear` in FILE as a network with timed vehicles for SUMO.

    Writes nodes, edges and connections as netconvert reads them, whole vehicles with their routes
    and departures, and the configurations of both programs. In that folder,
    `netconvert -c plan.netccfg` makes the network, and `sumo -c plan.sumocfg` runs it.
    """
    from safepassage.cli.results import open_result
    from safepassage.errors import BadInput
    from safepassage.report.drafts import all_or_nothing
    from safepassage.traffic import whole_vehicles
    from safepassage.traffic.sumo import sumo_files

    faults = folder_faults(out)
    if faults:
        raise BadInput(faults)
    result, instance = open_result(file, against)
    vehicles = whole_vehicles(result.departures)
    texts = sumo_files(vehicles, instance, spare_lanes=spare_lanes)
    with all_or_nothing(out) as draft:
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8", newline="\n")
    files = [str(out / name) for name in texts]
    if as_json:
        write_json({"vehicles": len(vehicles), "files": files})
    else:
        write_line(f"{len(vehicles):,} vehicles for SUMO.")
        write_line(f"Written: {', '.join(files)}")
    return GOOD
