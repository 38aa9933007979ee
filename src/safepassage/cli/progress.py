"""Progress on stderr, and only where a person watches it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

__all__ = ["Progress", "shown_progress", "unseen"]

Progress = Callable[[str], None]
"""Takes a few words on what is being done."""


@contextlib.contextmanager
def shown_progress() -> Iterator[Progress | None]:
    """Give a function that shows what is being done, or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield status.update


def unseen(_: str) -> None:
    """Progress that nobody watches."""
