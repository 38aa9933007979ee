"""Reading text files and tables that may be wrong, too large or hostile.

Everything that reads a case goes through here, so that a file over the limit is refused before it
is read, text that is not UTF-8 is told with its line, and no path leads out of the case folder.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from safepassage.errors import BadInput, Fault
from safepassage.identity import identity_fault

__all__ = [
    "Row",
    "Table",
    "did_you_mean",
    "first_of",
    "inside",
    "is_file",
    "is_folder",
    "is_there",
    "read_table",
    "read_text",
    "shown",
    "tables_digest",
    "too_many",
]

#: Largest table read, in bytes; a city's road network stays far below it.
MOST_TABLE_BYTES = 256 * 1024 * 1024
#: Most lines of a table, of any kind; more would not fit into the memory of a laptop.
MOST_LINES = 500_000
#: Fault lines told for one file; after so many the cause is the same one again.
MOST_FAULTS = 200
#: Words searched for a near one; in a longer list the search would take longer than the reading.
MOST_WORDS = 5_000


def shown(value: object, most: int = 60) -> str:
    """Write a value that came from a file on one line, cut to ``most`` characters."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= most else text[: most - 3] + "..."


def too_many(faults: list[Fault], where: str) -> bool:
    """Say whether to stop after so many faults; if so, add a last one that tells it."""
    if len(faults) < MOST_FAULTS:
        return False
    message = f"expected fewer than {MOST_FAULTS} faults, got more; mend these and try again"
    faults.append(Fault(where, "too-many-faults", message))
    return True


def first_of(faults: list[Fault], where: str) -> list[Fault]:
    """Return faults that were gathered without :func:`too_many`, cut to as many."""
    told = faults[:MOST_FAULTS]
    if len(faults) > MOST_FAULTS:
        too_many(told, where)
    return told


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return ``; did you mean 'x'?`` or, without a near word, an empty text."""
    words = list(known)
    if len(words) > MOST_WORDS:
        return ""
    near = difflib.get_close_matches(word[:80], words, n=1, cutoff=cutoff)
    return f"; did you mean {near[0]!r}?" if near else ""


def read_text(file: Path, most_bytes: int) -> str:
    """Return the text of a UTF-8 file of at most ``most_bytes`` bytes.

    Raises
    ------
    BadInput
        If the file is missing, no regular file, too large, unreadable or not UTF-8.
    """
    where = str(file)
    try:
        if not file.is_file():
            got = "a folder; put the file in its place" if file.is_dir() else "none; add it"
            raise BadInput.one(where, "missing-file", f"expected a file, got {got}")
        size = file.stat().st_size
        if size > most_bytes:
            raise BadInput.one(
                where,
                "file-too-large",
                f"expected at most {most_bytes // 1_000_000} MB, got {size / 1e6:.1f} MB; "
                "divide the file or shorten it",
            )
        with file.open("rb") as stream:
            raw = stream.read(most_bytes + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"expected a readable file, got: {reason}; check its permissions"
        raise BadInput.one(where, "unreadable-file", message) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadInput.one(
            f"{where}:{line}",
            "not-utf-8",
            f"expected UTF-8 text, got the byte 0x{raw[error.start]:02x}; save the file as UTF-8",
        ) from None


def tables_digest(folder: Path, names: Iterable[str]) -> str:
    """Return the SHA-256 over those of the named files that a folder has, as hex digits."""
    total = hashlib.sha256()
    for name in sorted(names):
        path = folder / name
        if path.is_file():
            data = path.read_bytes()
            # Length before content: no two lists of files give the same stream.
            total.update(f"{name}\0{len(data)}\0".encode())
            total.update(data)
    return total.hexdigest()


def inside(folder: Path, name: str) -> Path | None:
    """Return the path ``name`` within ``folder``, or None where it leads out of it."""
    try:
        root = folder.resolve()
        path = (root / name).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return folder / name if path.is_relative_to(root) and path != root else None


def is_there(path: Path) -> bool:
    """Say whether anything has that name, also a link that leads nowhere: it was meant to."""
    return os.path.lexists(path)


def is_folder(path: Path) -> bool:
    """Say whether there is a folder, also for a name that no file system takes."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """Say whether there is a regular file, also for a name that no file system takes."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    line: int
    values: dict[str, str]
    """Text by column, without spaces around it; an empty cell is an empty text."""

    def get(self, column: str) -> str | None:
        """Return the text of a cell, or None where it is empty or the column is absent."""
        return self.values.get(column) or None


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file with its column names."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def where(self, row: Row | None = None) -> str:
        """Return ``file:line`` of a row, or of the header."""
        return f"{self.file}:{row.line if row else 1}"


def read_table(file: Path, required: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Read a CSV file with a header.

    Columns that are neither required nor optional are kept, unless they look like one of these
    misspelt: a column that is dropped without a word is a wrong answer later.

    Raises
    ------
    BadInput
        With every fault of the header and of the shape of the rows.
    """
    text = read_text(file, MOST_TABLE_BYTES)
    lines = text.count("\n")
    if lines > MOST_LINES:
        message = (
            f"expected at most {MOST_LINES:,} lines, got {lines:,}; divide or shorten the table"
        )
        raise BadInput.one(str(file), "too-many-rows", message)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        message = "expected text, got the byte 0x00; save the table as UTF-8 text"
        raise BadInput.one(f"{file}:{line}", "csv-syntax", message)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    faults: list[Fault] = []
    rows: list[Row] = []
    columns: tuple[str, ...] = ()
    try:
        columns = tuple(name.strip() for name in next(reader, []))
        faults += _header_faults(str(file), columns, required, optional)
        if not faults:
            for row in _rows(reader, columns, str(file), faults):
                rows.append(row)
                if too_many(faults, f"{file}:{row.line}"):
                    break
    except csv.Error as error:
        where = f"{file}:{max(reader.line_num, 1)}"
        message = f"expected a CSV row, got: {error}; mend the quotes or the line ends"
        faults.append(Fault(where, "csv-syntax", message))
    if faults:
        raise BadInput(faults)
    return Table(str(file), columns, tuple(rows))


def _header_faults(
    file: str, columns: tuple[str, ...], required: Sequence[str], optional: Sequence[str]
) -> Iterator[Fault]:
    where = f"{file}:1"
    if not any(columns):
        message = f"expected a header with {', '.join(required) or 'columns'}, got none; add it"
        yield Fault(where, "missing-column", message)
        return
    known = {*required, *optional}
    if len(columns) == 1 and (mark := next((m for m in ";\t" if m in columns[0]), None)):
        message = f"expected commas between the columns, got {mark!r}; save the table with commas"
        yield Fault(where, "missing-column", message)
        return
    for name in required:
        if name not in columns:
            message = f"expected a column {name!r}, got none; add it to the header"
            yield Fault(where, "missing-column", message)
    for i, name in enumerate(columns):
        if name and name in columns[:i]:
            message = f"expected each column once, got {name!r} twice; remove one"
            yield Fault(where, "repeated-column", message)
        fault = identity_fault(where, name)
        if fault is not None:
            yield fault
        elif name not in known and (near := did_you_mean(name, known, cutoff=0.85)):
            message = f"expected a known column, got {name!r}{near}"
            yield Fault(where, "unknown-column", message)


def _rows(
    reader: Iterable[list[str]], columns: tuple[str, ...], file: str, faults: list[Fault]
) -> Iterator[Row]:
    line_of = reader
    for cells in reader:
        line: int = line_of.line_num  # type: ignore[attr-defined]  # a csv.reader, typed as what it yields
        values = [cell.strip() for cell in cells]
        if not any(values):
            continue
        if len(cells) != len(columns):
            mend = (
                "quote a cell that holds a comma"
                if len(cells) > len(columns)
                else "add the commas of the empty cells"
            )
            message = f"expected {len(columns)} cells as in the header, got {len(cells)}; {mend}"
            faults.append(Fault(f"{file}:{line}", "csv-shape", message))
            continue
        yield Row(line, dict(zip(columns, values, strict=True)))
