"""``safepassage clear``."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.interruption import Interruption, interruptible
from safepassage.cli.options import (
    gap_option,
    path_option,
    seconds_option,
    seed_option,
    stop_at,
)
from safepassage.cli.output import json_option, write_json, write_line
from safepassage.cli.places import file_faults, folder_faults
from safepassage.cli.progress import Progress, shown_progress, unseen

if TYPE_CHECKING:
    from collections.abc import Callable

    from safepassage.network.road_instance import RoadInstance
    from safepassage.plan.clearance import Clearance
    from safepassage.stop import Stop

__all__ = ["command"]

PATIENCE_S = 60.0
"""How long it is tried without ``--gap`` or ``--time-limit``, where the answer is not exact."""

EXACT = 1e-6
"""A gap at which there is nothing left to search for: amounts in a result file are told to that."""

MOST_BYTES = 20_000_000
"""Of a file of links that may give way."""

SEARCHES = 3
"""With contraflow a time limit is for three searches: as it is, for any choice, and with lanes."""


@click.command("clear", short_help="Clear a road network, with its proof.")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--example", is_flag=True, help="Clear the bundled example town instead of DIR.")
@seconds_option(
    "--deadline",
    "Have as many out within so many seconds as can be, and prove how many that is.",
)
@gap_option("Stop at a plan proven this near to the best, such as 0.001.")
@seconds_option(
    "--time-limit",
    "Stop searching after about so many seconds; without it and --gap, after 60.",
)
@click.option(
    "--max-routes",
    type=click.IntRange(min=1),
    metavar="N",
    help="No more than N ways out of each origin, to announce them; tells what that costs.",
)
@click.option(
    "--contraflow",
    is_flag=True,
    help="Reverse lanes where that helps; tells which, and what it gains.",
)
@click.option(
    "--contraflow-links",
    metavar="IDS",
    help="Only these links may give way: ids with commas between, or @FILE with one a line.",
)
@click.option(
    "--arrival",
    is_flag=True,
    help="Have as many out as possible at every moment, with a bound for each.",
)
@path_option("--out", "FILE", "Write the result: departures, bounds and certificate, as JSON.")
@path_option(
    "--report",
    "DIR",
    "Write a page, pictures, the departures as CSV, GeoJSON and a GeoPackage into DIR.",
)
@seed_option("The same seed gives the same result.")
@json_option
def command(folder: str | None, **options: Any) -> int:
    """Tell how fast everyone can drive out of the road network in DIR, and prove it.

    DIR is a GMNS folder (node.csv, link.csv; optionally config.csv and link_tod.csv) with
    demand.csv: who starts where and when, and where they may end; or a CASE whose roads are such
    a folder. Answers with the clearance
    time, a proven lower bound, who leaves when by which roads, and the bottleneck. Every result is
    checked by the independent checker before it is shown. Ctrl-C keeps the best answer so far.

    Exits with 1 if some vehicles have no way out.
    """
    from safepassage.cases import clearance_folder
    from safepassage.network.clearance_folder import EXAMPLE, open_clearance

    asked = _Asked(**options)
    if (folder is None) is not asked.example:
        raise click.UsageError("expected either DIR or --example")
    if asked.arrival and asked.max_routes is not None:
        raise click.UsageError("expected --arrival or --max-routes, got both")
    _usable(asked)
    instance = open_clearance(clearance_folder(folder) if folder is not None else EXAMPLE)
    giving = _giving_way(asked.contraflow_links, instance)
    with shown_progress() as progress, interruptible() as interruption:
        clearance, solve_s = _cleared(instance, asked, giving, interruption, progress or unseen)
    clearance = replace(clearance, interrupted=clearance.interrupted or interruption.pressed)
    return _answer(_verified(clearance, instance, asked.max_routes), instance, solve_s, asked)


def _cleared(
    instance: RoadInstance,
    asked: _Asked,
    giving: list[str] | None,
    interruption: Interruption,
    progress: Progress,
) -> tuple[Clearance, float]:
    """Ask the engine for what is wanted; returns how long it took as well (s)."""
    wishes: dict[str, Any] = {
        "deadline_s": Fraction(str(asked.deadline)) if asked.deadline is not None else None,
        "seed": asked.seed,
        "progress": progress,
    }
    if asked.max_routes is not None:
        wishes["max_routes"] = asked.max_routes
    if asked.contraflow or giving is not None:
        wishes |= {"stop": _stop(asked, interruption, SEARCHES), "roads": giving}
        if asked.arrival:
            wishes["early"] = True
    else:
        wishes["stop"] = _stop(asked, interruption, 1)
    clear = _engine(asked)  # loading it is no part of solving
    begin = time.perf_counter()
    clearance = clear(instance, **wishes)
    return clearance, time.perf_counter() - begin


def _engine(asked: _Asked) -> Callable[..., Clearance]:
    """Load what is needed of the engine."""
    if asked.contraflow or asked.contraflow_links is not None:
        from safepassage.flow import clear_with_contraflow

        return clear_with_contraflow
    if asked.arrival:
        from safepassage.flow import clear_early

        return clear_early
    from safepassage.flow import clear_roads

    return clear_roads


def _giving_way(ids: str | None, instance: RoadInstance) -> list[str] | None:
    """Read the links that may give way; None where none are named."""
    from safepassage.errors import BadInput, Fault
    from safepassage.files import did_you_mean, read_text, shown, too_many
    from safepassage.network.lanes import opposite_links

    if ids is None:
        return None
    where = "--contraflow-links"
    if ids.startswith("@"):
        where = ids[1:]
        named = list(enumerate(read_text(Path(where), MOST_BYTES).splitlines(), 1))
    else:
        named = [(0, name) for name in ids.split(",")]
    links, opposite = instance.network.links, opposite_links(instance.network)
    faults: list[Fault] = []
    found: list[str] = []
    for line, text in named:
        name, at = text.strip(), f"{where}:{line}" if line else where
        if too_many(faults, at):
            break
        if name in opposite:
            found.append(name)
        elif name in links:
            message = f"expected links with one the other way beside them, got {shown(name)}"
            faults.append(Fault(at, "no-opposite-link", f"{message}; leave it out"))
        elif name or not line:
            near = did_you_mean(name, links)
            message = f"expected the id of a link, got {shown(name) if name else 'nothing'}{near}"
            faults.append(Fault(at, "unknown-link", message))
    if faults:
        raise BadInput(faults)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options of the command."""

    example: bool
    deadline: float | None
    gap: float | None
    time_limit: float | None
    max_routes: int | None
    contraflow: bool
    contraflow_links: str | None
    arrival: bool
    out: Path | None
    report: Path | None
    seed: int
    as_json: bool


def _stop(asked: _Asked, interruption: Interruption, searches: int) -> Stop:
    """When to stop each of so many searches; a gap of a millionth is what a file tells."""
    time_limit = asked.time_limit
    if time_limit is None and asked.gap is None:
        time_limit = PATIENCE_S * searches
    gap = EXACT if asked.gap is None else asked.gap
    return stop_at(time_limit and time_limit / searches, gap, interruption) or interruption


def _usable(asked: _Asked) -> None:
    """Tell places that cannot be written before time is spent on an answer."""
    from safepassage.errors import BadInput

    faults = [*folder_faults(asked.report), *file_faults(asked.out)]
    if faults:
        raise BadInput(faults)


def _verified(clearance: Clearance, instance: RoadInstance, max_routes: int | None) -> Clearance:
    """Return the result as it is written, checked; a refused one is a fault of the program."""
    from safepassage.check.clearance import verify_clearance
    from safepassage.errors import InternalFault
    from safepassage.plan.clearance_files import as_written
    from safepassage.report.clearance.facts import most_routes

    written = as_written(clearance)
    verification = verify_clearance(written, instance)
    if not verification.valid:
        raise InternalFault(
            f"the checker refuses the result, with {len(verification.findings)} findings; the "
            f"first: {verification.findings[0]}"
        )
    if max_routes is not None and most_routes(written) > max_routes:
        message = f"an origin has {most_routes(written)} ways out, expected at most {max_routes}"
        raise InternalFault(message)
    return written


def _answer(clearance: Clearance, instance: RoadInstance, solve_s: float, asked: _Asked) -> int:
    from safepassage.report.clearance import gather_clearance
    from safepassage.report.clearance.summary import answer_data, summary_lines

    files = _written(clearance, instance, asked)
    facts = gather_clearance(clearance, instance, max_routes=asked.max_routes)
    if asked.as_json:
        write_json({**answer_data(facts, solve_s), "files": [str(file) for file in files]})
    else:
        for line in summary_lines(facts, solve_s, files):
            write_line(line)
    return GOOD if clearance.clearance_time_s is not None else NO


def _written(clearance: Clearance, instance: RoadInstance, asked: _Asked) -> list[Path]:
    from safepassage.errors import BadInput
    from safepassage.plan.clearance_files import write_clearance

    out, report = asked.out, asked.report
    files = []
    if out is not None:
        try:
            write_clearance(clearance, out)
        except OSError as error:
            message = f"expected a file to write, got: {error.strerror or error}"
            raise BadInput.one(str(out), "folder-not-writable", message) from None
        files.append(out)
    if report is not None:
        # Drawing takes a library that nothing else here needs.
        from safepassage.report.clearance.files import write_clearance_report

        files += write_clearance_report(clearance, instance, report)
    return files
