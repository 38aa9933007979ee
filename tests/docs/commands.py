"""The commands that pages speak of, those within a group among them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from safepassage.cli.main import safepassage


def parts_of(name: str) -> Iterator[tuple[str, click.Command]]:
    """A command with its name, and, of a group, every command in it."""
    command = safepassage.get_command(click.Context(safepassage), name)
    assert command is not None
    yield name, command
    if isinstance(command, click.Group):
        for part, found in command.commands.items():
            yield f"{name} {part}", found
