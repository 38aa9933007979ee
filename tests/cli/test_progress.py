"""What is shown while somebody waits."""

from __future__ import annotations

import io

import pytest
from numba import njit
from rich.progress import Progress as Shown
from rich.status import Status

from safepassage.cli.progress import COMPILING, shown_bar, shown_progress


class Terminal(io.StringIO):
    """Where a person watches."""

    def isatty(self) -> bool:
        return True


@njit
def _twice(n):  # type: ignore[no-untyped-def]  # numba infers it
    return 2 * n


def test_compiling_is_told_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for inner loops to be compiled is told so, and then what is done again."""
    told: list[str] = []
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setattr(Status, "update", lambda _, what: told.append(what))
    with shown_progress() as progress:
        assert progress is not None
        progress("comparing: x")
        assert _twice(2) == 4
        progress("comparing: y")
        assert _twice(3) == 6
    assert told == [
        "comparing: x",
        f"comparing: x: {COMPILING}",
        "comparing: x",
        "comparing: y",
    ]


def test_a_bar_tells_of_compiling_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A study says so too while its loops are compiled."""
    told: list[str | None] = []
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setattr(Shown, "update", lambda *_, **now: told.append(now.get("description")))

    @njit
    def thrice(n):  # type: ignore[no-untyped-def]  # numba infers it
        return 3 * n

    with shown_bar() as bar:
        bar.tell("planning")
        assert thrice(2) == 6
        bar.count(1, 2)
    assert [what for what in told if what is not None] == [
        "planning",
        f"planning: {COMPILING}",
        "planning",
        "simulating",
    ]


def test_nothing_is_told_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    """Where stderr is a file or a pipe, nothing is written to it."""
    with shown_progress() as progress:
        assert progress is None
    with shown_bar() as bar:
        bar.tell("planning")
        bar.count(1, 2)
    assert capsys.readouterr().err == ""
