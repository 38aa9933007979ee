"""``safepassage clear``."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.interruption import Interruption, interruptible
from safepassage.cli.output import json_option, write_json, write_line
from safepassage.cli.progress import shown_progress

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance
    from safepassage.plan.clearance import Clearance
    from safepassage.stop import Stop

__all__ = ["command"]

PATIENCE_S = 60.0
"""How long it is tried without ``--gap`` or ``--time-limit``, where the answer is not exact."""


def _finite(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("expected a number")
    return value


def _path(_: click.Context, __: click.Parameter, value: str | None) -> Path | None:
    if value == "":
        raise click.BadParameter("expected a name, got nothing")
    return Path(value) if value is not None else None


@click.command("clear", short_help="Clear a road network, with its proof.")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--example", is_flag=True, help="Clear the bundled example town instead of DIR.")
@click.option(
    "--deadline",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    metavar="S",
    help="Also count the vehicles out within so many seconds, and prove how many can be.",
)
@click.option(
    "--gap",
    type=click.FloatRange(min=0),
    callback=_finite,
    metavar="G",
    help="Stop at a plan proven this near to the best, such as 0.001.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    metavar="S",
    help="Stop searching after about so many seconds; without it and --gap, after 60.",
)
@click.option(
    "--max-routes",
    type=click.IntRange(min=1),
    metavar="N",
    help="No more than N ways out of each origin, to announce them; tells what that costs.",
)
@click.option(
    "--out",
    type=click.Path(),
    callback=_path,
    metavar="FILE",
    help="Write the result: departures, bounds and certificate, as JSON.",
)
@click.option(
    "--report",
    type=click.Path(),
    callback=_path,
    metavar="DIR",
    help="Write a page, pictures, the departures as CSV, GeoJSON and a GeoPackage into DIR.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    metavar="S",
    show_default=True,
    help="The same seed gives the same result.",
)
@json_option
def command(folder: str | None, **options: Any) -> int:
    """Tell how fast everyone can drive out of the road network in DIR, and prove it.

    DIR is a GMNS folder (node.csv, link.csv; optionally config.csv and link_tod.csv) with
    demand.csv: who starts where and when, and where they may end. Answers with the clearance
    time, a proven lower bound, who leaves when by which roads, and the bottleneck. Every result is
    checked by the independent checker before it is shown. Ctrl-C keeps the best answer so far.

    Exits with 1 if some vehicles have no way out.
    """
    from safepassage.flow import clear_roads
    from safepassage.network.clearance_folder import EXAMPLE, open_clearance

    asked = _Asked(**options)
    if (folder is None) is not asked.example:
        raise click.UsageError("expected either DIR or --example")
    _usable(asked)
    instance = open_clearance(folder if folder is not None else EXAMPLE)
    with shown_progress() as progress, interruptible() as interruption:
        begin = time.perf_counter()
        clearance = clear_roads(
            instance,
            stop=_stop(asked, interruption),
            deadline_s=Fraction(str(asked.deadline)) if asked.deadline is not None else None,
            seed=asked.seed,
            progress=progress or _unseen,
            **({} if asked.max_routes is None else {"max_routes": asked.max_routes}),
        )
        solve_s = time.perf_counter() - begin
    clearance = replace(clearance, interrupted=clearance.interrupted or interruption.pressed)
    return _answer(_verified(clearance, instance, asked.max_routes), instance, solve_s, asked)


def _unseen(_: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options of the command."""

    example: bool
    deadline: float | None
    gap: float | None
    time_limit: float | None
    max_routes: int | None
    out: Path | None
    report: Path | None
    seed: int
    as_json: bool


def _stop(asked: _Asked, interruption: Interruption) -> Stop:
    from safepassage.stop import AnyOf, Gap, MaxRuntime

    time_limit = asked.time_limit
    if time_limit is None and asked.gap is None:
        time_limit = PATIENCE_S
    # A millionth is what amounts in a result file are told to.
    limits: list[Stop] = [interruption, Gap(1e-6 if asked.gap is None else asked.gap)]
    if time_limit is not None:
        limits.append(MaxRuntime(time_limit))
    return AnyOf(tuple(limits))


def _usable(asked: _Asked) -> None:
    """Tell places that cannot be written before time is spent on an answer."""
    from safepassage.errors import BadInput, Fault

    out, report = asked.out, asked.report
    faults = []
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        message = "expected the name of a file in a folder that is there; name another one"
        faults.append(Fault(str(out), "folder-not-writable", message))
    if report is not None and report.exists() and not report.is_dir():
        message = "expected a folder to write into, got a file; name another one"
        faults.append(Fault(str(report), "folder-not-writable", message))
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
