"""``safepassage warm``."""

from __future__ import annotations

import click

from safepassage.cli.progress import shown_progress, unseen

__all__ = ["command"]

PARTS = ("plan", "table", "clear", "simulate")


@click.command("warm", short_help="Compile the inner loops of planner and simulator, once.")
@click.argument(
    "parts", metavar="[plan|table|clear|simulate]...", nargs=-1, type=click.Choice(PARTS)
)
def command(parts: tuple[str, ...]) -> None:
    """Compile the inner loops behind these commands, or all; otherwise the first answer does.

    `table` stands for compare, window, needs and delay, and for any plan of linked steps; `plan`
    alone leaves these out. It takes half a minute for each, once.
    """
    with shown_progress() as progress:
        told = progress or unseen
        if not parts or "plan" in parts or "table" in parts:
            from safepassage.convoy.warm import warm as warm_planner

            warm_planner(told)
        if not parts or "table" in parts:
            from safepassage.negotiate.warm import warm as warm_table

            warm_table(told)
        if not parts or "clear" in parts:
            from safepassage.flow.warm import warm as warm_roads

            warm_roads(told)
        if not parts or "simulate" in parts:
            from safepassage.simulate.warm import warm as warm_simulator

            warm_simulator(told)
