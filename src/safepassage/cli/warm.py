"""``safepassage warm``."""

from __future__ import annotations

import click

from safepassage.cli.progress import shown_progress

__all__ = ["command"]


@click.command("warm", short_help="Compile the planner's inner loops, once.")
def command() -> None:
    """Compile the planner's inner loops, once; otherwise the first plan does it."""
    from safepassage.convoy.warm import warm
    from safepassage.flow.warm import warm as warm_roads

    with shown_progress() as progress:
        warm(progress or _unseen)
        warm_roads(progress or _unseen)


def _unseen(_: str) -> None:
    """Progress that nobody watches."""
