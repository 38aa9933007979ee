"""Options that several commands share, and what they have in common when they are read."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from safepassage.cli.places import named_path

if TYPE_CHECKING:
    from safepassage.stop import Stop

__all__ = [
    "answer_folder_option",
    "finite",
    "gap_option",
    "path_option",
    "proposal_option",
    "seconds_option",
    "seed_option",
    "spare_lanes_option",
    "stop_at",
]

F = TypeVar("F", bound=Callable[..., Any])


def finite(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Refuse a number that is none, which every range of numbers lets through."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("expected a number")
    return value


def seconds_option(name: str, text: str) -> Callable[[F], F]:
    """Add an option that takes seconds, over 0."""
    return click.option(
        name,
        type=click.FloatRange(min=0, min_open=True),
        callback=finite,
        metavar="S",
        help=text,
    )


def gap_option(text: str) -> Callable[[F], F]:
    """Add ``--gap``."""
    return click.option(
        "--gap", type=click.FloatRange(min=0), callback=finite, metavar="G", help=text
    )


def proposal_option(command: F) -> F:
    """Add ``--proposal``."""
    option = click.option("--proposal", metavar="ID", help="The proposal; else the case's default.")
    return option(command)


def answer_folder_option(what: str) -> Callable[[F], F]:
    """Add ``--out``, for an answer with its evidence and ``what`` else is made of it."""
    text = f"Write the answer with its evidence, {what} into this folder."
    return click.option("--out", metavar="DIR", help=text)


def path_option(name: str, metavar: str, text: str) -> Callable[[F], F]:
    """Add an option that names a place to write to, or a file; it may not be empty."""
    return click.option(name, type=click.Path(), callback=named_path, metavar=metavar, help=text)


def seed_option(text: str) -> Callable[[F], F]:
    """Add ``--seed``."""
    return click.option(
        "--seed",
        type=click.IntRange(0, 2**32 - 1),
        default=0,
        metavar="S",
        show_default=True,
        help=text,
    )


def spare_lanes_option(command: F) -> F:
    """Add ``--spare-lanes``."""
    option = click.option(
        "--spare-lanes",
        type=click.IntRange(0, 20),
        default=0,
        metavar="N",
        show_default=True,
        help="Lanes for each link beyond those that its capacity needs.",
    )
    return option(command)


def stop_at(time_limit: float | None, gap: float | None, *others: Stop) -> Stop | None:
    """Return when to stop: whichever of the wishes is met first; None where there is none."""
    from safepassage.stop import AnyOf, Gap, MaxRuntime

    wanted: list[Stop] = [*others]
    if time_limit is not None:
        wanted.append(MaxRuntime(time_limit))
    if gap is not None:
        wanted.append(Gap(gap))
    return AnyOf(tuple(wanted)) if wanted else None
