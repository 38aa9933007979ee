"""``safepassage simulate``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.interruption import interruptible
from safepassage.cli.naming import known_proposal
from safepassage.cli.options import (
    finite,
    path_option,
    proposal_option,
    seed_option,
)
from safepassage.cli.output import json_option, settings_option
from safepassage.cli.places import checkpoint_faults, folder_faults
from safepassage.cli.progress import Bar, shown_bar
from safepassage.cli.study_files import interrupted, tell, written

if TYPE_CHECKING:
    from safepassage.simulate.answer import Found
    from safepassage.simulate.asking import Asked, Wishes
    from safepassage.simulate.checkpoint import Checkpoint
    from safepassage.simulate.executors import Engine, Executor
    from safepassage.simulate.futures import Policy
    from safepassage.simulate.keeping import Keeping
    from safepassage.simulate.records import Records
    from safepassage.simulate.robust import Aim
    from safepassage.simulate.study import Studied

__all__ = ["command"]

LONG = 100_000
"""Futures of the slip policy for which starting processes is worth while."""
_STOPPING = "stopping after the futures that are begun; press again to leave at once"


@dataclass(frozen=True)
class _Places:
    """Where things are written."""

    out: Path | None
    checkpoint: Path
    parquet: bool


@click.command("simulate", short_help="Say how sure a plan is, by simulating many futures.")
@click.argument("case")
@proposal_option
@click.option(
    "--runs",
    type=click.IntRange(1, 1_000_000_000),
    metavar="N",
    help="Futures; 10,000 by default, 400 with --policy replan. With --precision, the most.",
)
@click.option(
    "--precision",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    callback=finite,
    metavar="P",
    help="Go on until the probability is known to so much either way, such as 0.01.",
)
@seed_option("The same seed gives the same answer, on any engine with any number of workers.")
@click.option(
    "--policy",
    type=click.Choice(["slip", "replan"]),
    default="slip",
    show_default=True,
    help="Hold a disturbed timetable and let it slip, or plan again at each event.",
)
@click.option(
    "--changes/--no-changes",
    default=True,
    show_default=True,
    help="Try which change to the terms buys most certainty.",
)
@click.option(
    "--robust",
    type=click.Choice(["deadline", "time"]),
    help="Look for a timetable that holds in more futures, or is done sooner in 95% of them.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Processes of this machine, or a Ray cluster.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="Futures at once; as many as there are processors, or 1 for a short study.",
)
@click.option("--address", metavar="HOST:PORT", help="A running Ray cluster; else one starts here.")
@path_option("--out", "DIR", "Write page, Markdown, curve, answer and timetables into this folder.")
@click.option("--parquet", is_flag=True, help="Write every single future as well; needs --out.")
@path_option(
    "--checkpoint", "FILE", "Where an interrupted study is kept; by default named after the case."
)
@path_option("--resume", "FILE", "Go on with an interrupted study.")
@settings_option
@json_option
def command(
    case: str,
    proposal: str | None,
    runs: int | None,
    precision: float | None,
    seed: int,
    policy: Policy,
    changes: bool,
    robust: Aim | None,
    engine: Engine,
    workers: int | None,
    address: str | None,
    out: Path | None,
    parquet: bool,
    checkpoint: Path | None,
    resume: Path | None,
    settings: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    """Say how sure it is that everyone gets out of a CASE in time.

    What nobody knows is drawn again and again, by the distributions in the case, each sourced or
    said to be assumed, and the timetable is carried out in each of these futures. Answers with the
    probability that everyone who is willing is out by the deadline, the times by which 50, 90 and
    95% of futures are done, which unknown matters most, and which change to the terms buys most
    certainty.

    Exits with 1 if everyone is out in time in fewer than half of the futures; without a deadline,
    if everyone gets out at all in fewer than half.
    """
    from safepassage.cases import changed_case, open_case
    from safepassage.simulate.asking import Asked, Wishes
    from safepassage.simulate.checkpoint import read_checkpoint
    from safepassage.simulate.executors import executor_for

    _refused(out, checkpoint, parquet=parquet, address=address, engine=engine)
    begun = read_checkpoint(resume) if resume is not None else None
    opened = changed_case(open_case(case), settings)
    known_proposal(opened, proposal)
    wishes = Wishes(policy, seed, runs, precision, changes, robust)
    if begun is not None:
        proposal, wishes = _as_begun(begun, proposal, wishes)
    with shown_bar() as bar:
        asked = Asked(opened, proposal, wishes, bar.tell)
        if begun is not None:
            asked.study = begun.fits(asked.study, str(resume))
        long = policy == "replan" or asked.study.runs >= LONG
        with executor_for(engine, workers, address, long=long) as executor:
            # A name of its own, so that no other study that was interrupted is written over.
            name = f"{opened.case.id}-{asked.study.digest[:8]}.checkpoint"
            places = _Places(out, checkpoint or resume or Path(name), parquet)
            return _answer(asked, executor, places, begun, bar, as_json=as_json)


def _refused(
    out: Path | None, checkpoint: Path | None, *, parquet: bool, address: str | None, engine: str
) -> None:
    """Refuse what cannot be done before time is spent on it."""
    from safepassage.errors import BadInput, Fault
    from safepassage.simulate.records import parquet_library

    faults = [*folder_faults(out), *checkpoint_faults(checkpoint)]
    if parquet and out is None:
        message = "expected --out with --parquet, got none; name a folder to write into"
        faults.append(Fault("--parquet", "usage", message))
    if address is not None and engine != "ray":
        message = "expected --engine ray with --address, got local; add --engine ray"
        faults.append(Fault("--address", "usage", message))
    if faults:
        raise BadInput(faults)
    if parquet:
        parquet_library()


def _as_begun(begun: Checkpoint, proposal: str | None, wishes: Wishes) -> tuple[str | None, Wishes]:
    """Take from a checkpoint what was not said anew."""
    context, study = click.get_current_context(), begun.study

    def said(name: str) -> bool:
        return context.get_parameter_source(name) == click.core.ParameterSource.COMMANDLINE

    taken: dict[str, Any] = {
        name: getattr(study, name)
        for name in ("policy", "seed", "runs", "precision")
        if not said(name)
    }
    return proposal or study.proposal, replace(wishes, **taken)


def _answer(
    asked: Asked,
    executor: Executor,
    places: _Places,
    begun: Checkpoint | None,
    bar: Bar,
    *,
    as_json: bool,
) -> int:
    from safepassage.simulate.answer import Found, answer_of
    from safepassage.simulate.keeping import Keeping
    from safepassage.simulate.records import Records

    records = None
    if places.parquet and places.out is not None:
        futures = asked.futures
        target = places.out / "futures.parquet"
        records = Records(target, asked.study, futures.groups, futures.unknowns)
    keeping = Keeping(asked.study, places.checkpoint, records)
    studied = _run(asked, executor, begun, keeping, records, bar)
    if not studied.finished:
        return interrupted(studied, asked, keeping, places.checkpoint, as_json=as_json)
    try:
        found = _asked(asked, executor, Found(asked.study, asked.futures, studied), places.out)
    except KeyboardInterrupt:
        return interrupted(studied, asked, keeping, places.checkpoint, as_json=as_json)
    answer = answer_of(found)
    files = written(asked, found, answer, places.out, records)
    keeping.forget()
    tell(asked.opened, answer, files, as_json=as_json)
    return GOOD if studied.p >= 0.5 else NO


def _run(
    asked: Asked,
    executor: Executor,
    begun: Checkpoint | None,
    keeping: Keeping,
    records: Records | None,
    bar: Bar,
) -> Studied:
    """Simulate the study itself; Ctrl-C stops it after the futures that are begun."""
    from safepassage.simulate.records import fill
    from safepassage.simulate.study import run_study

    done = (begun.tally, begun.blocks) if begun is not None else None
    with interruptible(_STOPPING) as interruption:
        if records is not None:
            fill(records, asked.study, asked.futures, executor, done[1] if done else 0)
        return run_study(
            asked.study,
            asked.futures,
            executor,
            begun=done,
            keeper=keeping,
            progress=bar.count,
            stop=lambda: interruption.pressed,
        )


def _asked(asked: Asked, executor: Executor, found: Found, out: Path | None) -> Found:
    """Ask what matters and what would help; the curves are for the page."""
    wishes = asked.wishes
    found = replace(found, drivers=asked.drivers(executor), worth=asked.worth(executor))
    if wishes.changes:
        found = replace(found, changes=asked.changes(executor))
    if wishes.changes and out is not None:
        found = replace(
            found,
            by_fleet=asked.by_fleet(executor),
            by_deadline=asked.by_deadline(executor),
        )
    if wishes.robust is not None:
        found = replace(found, robust=asked.robust(executor, wishes.robust))
    return found
