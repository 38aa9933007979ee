"""Progress on stderr, and only where a person watches it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

__all__ = ["Bar", "Progress", "shown_bar", "shown_progress", "unseen"]

Progress = Callable[[str], None]
"""Takes a few words on what is being done."""

COMPILING = "compiling, only this once"


@contextlib.contextmanager
def shown_progress() -> Iterator[Progress | None]:
    """Give a function that shows what is being done, or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status, _compiling_told(status.update) as tell:
        yield tell


@contextlib.contextmanager
def _compiling_told(show: Progress) -> Iterator[Progress]:
    """Give a function that shows what is being done, with a word beside it while numba compiles.

    That happens once, and takes so long that whoever waits would take the command to hang.
    """
    from numba.core import event

    said = ""

    def tell(what: str) -> None:
        nonlocal said
        said = what
        show(what)

    class Compiling(event.Listener):
        def on_start(self, _: event.Event) -> None:
            show(f"{said + ': ' if said else ''}{COMPILING}")

        def on_end(self, _: event.Event) -> None:
            show(said)

    with event.install_listener("numba:compile", Compiling()):
        yield tell


class Bar:
    """Says what is being done, and how far it has come; seen by nobody unless it is a subclass."""

    def tell(self, what: str) -> None:
        """Say what is being done."""

    def count(self, done: int, of: int) -> None:
        """Say how far it has come."""


@contextlib.contextmanager
def shown_bar() -> Iterator[Bar]:
    """Give a progress bar, which nobody sees where nobody watches."""
    if not sys.stderr.isatty():
        yield Bar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Shown

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    shown = Shown(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    task = shown.add_task("", total=None)

    def show(what: str) -> None:
        shown.update(task, description=what)

    class Watched(Bar):
        def tell(self, what: str) -> None:
            shown.update(task, total=None, completed=0)
            tell(what)

        def count(self, done: int, of: int) -> None:
            shown.update(task, total=of, completed=done)
            tell("simulating")

    with shown, _compiling_told(show) as tell:
        yield Watched()


def unseen(_: str) -> None:
    """Progress that nobody watches."""
