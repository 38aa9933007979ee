"""Change one place of a case file, and say what is then wrong with the case."""

from __future__ import annotations

from pathlib import Path

from safepassage.cases import open_case
from safepassage.errors import BadInput, Fault


def replace(folder: Path, file: str, old: str, new: str) -> int:
    """Replace text that stands in the file once; return the line where it begins."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults(folder: Path) -> tuple[Fault, ...]:
    """Open the case; return its faults, none for a good case."""
    try:
        open_case(folder)
    except BadInput as error:
        return error.faults
    return ()
