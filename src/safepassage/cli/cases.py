"""``safepassage cases``."""

from __future__ import annotations

import click

from safepassage.cli.output import json_option, write_json, write_line

__all__ = ["command"]


@click.command("cases")
@json_option
def command(*, as_json: bool) -> None:
    """List the bundled cases."""
    from safepassage.cases import bundled_cases

    found = bundled_cases()
    if as_json:
        write_json({"cases": [{"name": name, "title": title} for name, title in found]})
        return
    widest = max((len(name) for name, _ in found), default=0)
    for name, title in found:
        write_line(f"{name:<{widest}}  {title}")
