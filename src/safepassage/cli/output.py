"""What commands write to stdout, and the options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from safepassage.report.wording import printable

__all__ = ["json_option", "settings_option", "write_json", "write_line"]

F = TypeVar("F", bound=Callable[..., Any])


def write_json(data: object) -> None:
    """Write one JSON object, as UTF-8 whatever the terminal takes text for."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2)
    click.echo(text.encode())


def write_line(text: str, *, err: bool = False) -> None:
    """Write one line for a person; what stands in a file cannot steer the terminal."""
    click.echo(printable(text), err=err)


def json_option(command: F) -> F:
    """Add ``--json`` to a command."""
    option = click.option(
        "--json", "as_json", is_flag=True, help="Write one JSON object to stdout, nothing else."
    )
    return option(command)


def settings_option(command: F) -> F:
    """Add ``--set`` to a command, as often as wanted."""
    option = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="PATH=VALUE",
        help="Change one term for this answer, such as"
        " fleet.vehicles.bus.counts.0.count=30; may be repeated.",
    )
    return option(command)
