"""``safepassage new``."""

from __future__ import annotations

from pathlib import Path

import click

from safepassage.cli.output import json_option, write_json, write_line

__all__ = ["command"]


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def command(folder: Path, *, as_json: bool) -> None:
    """Write a commented case into DIR, to start from.

    DIR is made, or has to be empty.
    """
    from safepassage.cases.template import write_template

    files = [str(file) for file in write_template(folder)]
    if as_json:
        write_json({"files": files})
        return
    for file in files:
        write_line(file)
    write_line(f"Change what is in them, then run: safepassage check {folder}")
