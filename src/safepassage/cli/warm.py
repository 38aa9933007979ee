"""``safepassage warm``."""

from __future__ import annotations

import click

from safepassage.cli.progress import shown_progress

__all__ = ["command"]


@click.command("warm", short_help="Compile the inner loops of planner and simulator, once.")
def command() -> None:
    """Compile the inner loops of planner and simulator; otherwise the first answer does it."""
    from safepassage.convoy.warm import warm
    from safepassage.flow.warm import warm as warm_roads
    from safepassage.simulate.warm import warm as warm_simulator

    with shown_progress() as progress:
        warm(progress or _unseen)
        warm_roads(progress or _unseen)
        warm_simulator(progress or _unseen)


def _unseen(_: str) -> None:
    """Progress that nobody watches."""
