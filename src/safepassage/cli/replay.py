"""``safepassage replay``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.options import spare_lanes_option
from safepassage.cli.output import json_option, write_json, write_line
from safepassage.cli.progress import shown_progress, unseen

if TYPE_CHECKING:
    from safepassage.traffic import Replay

__all__ = ["command"]


@click.command("replay", short_help="Let a clearance run in a traffic simulator.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--in",
    "simulator",
    type=click.Choice(["uxsim", "sumo"]),
    default="uxsim",
    show_default=True,
    help="The simulator; each is an extra to install.",
)
@click.option("--against", metavar="DIR", help="The tables, where they are elsewhere by now.")
@spare_lanes_option
@json_option
def command(
    file: Path, simulator: str, against: str | None, spare_lanes: int, *, as_json: bool
) -> int:
    """Let the vehicles of a result of `clear` in FILE drive in a simulator that others wrote.

    Whole vehicles set out when the plan says and keep to its roads; in the simulator they form
    queues that take room and block other roads. Tells when 50, 90 and 100 % are out there, beside
    the plan. Needs the package uxsim, or SUMO (package eclipse-sumo).

    Exits with 1 if some vehicles do not arrive within three times the time of the plan.
    """
    from safepassage.cli.results import open_result
    from safepassage.traffic import whole_vehicles

    result, instance = open_result(file, against)
    vehicles = whole_vehicles(result.departures)
    with shown_progress() as progress:
        if simulator == "uxsim":
            from safepassage.traffic.uxsim import replay_in_uxsim as run
        else:
            from safepassage.traffic.sumo import replay_in_sumo as run
        replay = run(vehicles, instance, spare_lanes=spare_lanes, progress=progress or unseen)
    if as_json:
        write_json(_data(replay))
    else:
        for line in _lines(replay):
            write_line(line)
    return GOOD if len(replay.arrived_s) == len(replay.planned_s) else NO


def _data(replay: Replay) -> dict[str, Any]:
    return {
        "simulator": replay.simulator,
        "vehicles": len(replay.planned_s),
        "arrived": len(replay.arrived_s),
        "planned": {f"ete_{share}_s": plan for share, (plan, _) in replay.reached().items()},
        "simulated": {f"ete_{share}_s": run for share, (_, run) in replay.reached().items()},
        "mean_delay_s": replay.mean_delay_s,
        "most_behind": replay.most_behind,
        "notes": list(replay.notes),
    }


def _lines(replay: Replay) -> list[str]:
    lines = [
        f"{replay.simulator}: {len(replay.arrived_s):,} of {len(replay.planned_s):,} vehicles out."
    ]
    for share, (plan, run) in replay.reached().items():
        told = "never" if run is None else f"{run:,.0f} s, {run / plan - 1:+.1%}" if plan else ""
        lines.append(f"{share:>4}%  plan {plan:,.0f} s, simulated {told}")
    if replay.mean_delay_s is not None:
        lines.append(
            f"On average {replay.mean_delay_s:,.0f} s later than planned; at worst "
            f"{replay.most_behind:,} vehicles behind."
        )
    return [*lines, *(f"{note}." for note in replay.notes)]
