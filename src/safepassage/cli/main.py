"""The command ``safepassage``: one file a command, loaded when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from safepassage.cli.exits import guarded

__all__ = ["COMMANDS", "main", "safepassage"]

COMMANDS = (
    "cases",
    "check",
    "observe",
    "plan",
    "compare",
    "window",
    "needs",
    "delay",
    "simulate",
    "network",
    "clear",
    "verify",
    "export",
    "replay",
    "new",
    "warm",
    "docs",
)
"""In the order of ``--help``; the command ``x`` is ``safepassage.cli.x.command``."""


class CommandGroup(click.Group):
    """Loads a command's file only for that command, and turns every ending into an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click has it
        """Names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click has it
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"safepassage.cli.{cmd_name}").command
        found: click.Command = command
        return found

    def main(self, args: Sequence[str] | None = None, *others: Any, **settings: Any) -> Any:
        """Run, and leave with the exit code that the answer asks for."""
        given = list(sys.argv[1:] if args is None else args)
        settings["standalone_mode"] = False
        settings.setdefault("prog_name", "safepassage")
        sys.exit(guarded(lambda: super(CommandGroup, self).main(given, *others, **settings), given))


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("safepassage")
        except PackageNotFoundError:
            number = "(not installed)"
        click.echo(f"safepassage {number}")
        ctx.exit()


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Say which version this is.",
)
def safepassage() -> None:
    """Plan how people leave a place under the terms on the table, and prove how good a plan can be.

    A CASE is a bundled name (see `safepassage cases`) or a folder that holds case.yaml.

    Exit codes: 0 yes; 1 the answer is no, or there are findings; 2 wrong usage or bad input;
    3 a fault of the program itself.
    """


def main() -> None:
    """Run the command line and leave with its exit code."""
    safepassage.main()
