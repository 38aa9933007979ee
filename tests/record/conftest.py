from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from safepassage.cases import OpenCase, open_case, write_template
from safepassage.terms.observations import COLUMNS

Town = Callable[..., OpenCase]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Open the template's town with rows of observations, and with more in ``case.yaml``.

    Rows have the columns of :data:`COLUMNS`. People leave from 08:00 on 3 May 2030 over one bridge,
    which a bus of 50 seats takes 2 min to pass; the fastest way to safety takes 16 min 12 s.
    """
    written = 0

    def write(*rows: str, more: str = "", changes: tuple[tuple[str, str], ...] = ()) -> OpenCase:
        nonlocal written
        written += 1
        folder = tmp_path / f"town-{written}"
        write_template(folder)
        table = "\n".join([",".join(COLUMNS), *rows]) + "\n"
        (folder / "observations.csv").write_text(table, encoding="utf-8")
        case = folder / "case.yaml"
        text = case.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        case.write_text(text + more, encoding="utf-8")
        return open_case(folder)

    return write


def out(
    time: str,
    persons: int,
    source: str = "agency-note",
    vehicles: str = "",
    fighters: str = "",
    since: str = "",
) -> str:
    """Write a count of everybody out on 3 May 2030, or at a whole moment."""
    return (
        f"out,{source},{_moment(time)},,{persons},{fighters},,{vehicles},"
        f"{_moment(since) if since else ''},,,"
    )


def convoy(
    time: str, until: str, persons: int | str, source: str = "agency-note", vehicles: str = ""
) -> str:
    """Write a convoy of 3 May 2030."""
    ended = _moment(until) if until else ""
    return f"convoy,{source},{_moment(time)},{ended},{persons},,,{vehicles},,,,"


def stop(time: str, until: str, source: str = "agency-note") -> str:
    """Write a stop of 3 May 2030."""
    ended = _moment(until) if until else ""
    return f"stop,{source},{_moment(time)},{ended},,,,,,held up,,"


def _moment(time: str) -> str:
    return time if "T" in time else f"2030-05-03T{time}+02:00"
