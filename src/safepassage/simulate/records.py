"""The futures of a study one by one, as a Parquet file: for analysis elsewhere.

Rows are written in the order of the futures, block by block, into parts beside the file to be. When
the study is done, the parts become the one file, in row groups of a fixed size. So memory is
bounded by a row group, an interrupted study keeps its parts, and the file has the same bytes
whether or not it was interrupted.
"""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from safepassage.errors import BadInput
from safepassage.simulate.executors import Executor
from safepassage.simulate.outcomes import Outcomes
from safepassage.simulate.study import Block, Simulates, Study

__all__ = ["COLUMNS", "Records", "fill", "parquet_library"]

COLUMNS: Mapping[str, str] = {
    "number": "which future it is; with the seed it gives the same future again",
    "succeeds": "everyone who is willing is out by the deadline; without one, out at all",
    "clearance_s": "seconds from the start of the plan to the last arrival; null where some never"
    " leave",
    "out_by_deadline": "people out by the deadline; null where the proposal has none",
    "refused": "people who refuse to leave",
    "left.GROUP": "willing people of the group who are not out by the deadline; without one, never",
    "drawn.UNKNOWN": "the value drawn for each unknown, in its own unit",
}
"""Columns and what they hold; ``docs/how-sure.md`` lists them."""

ROW_GROUP = 50_000


def parquet_library() -> Any:
    """Return pyarrow.

    Raises
    ------
    BadInput
        If it is not installed.
    """
    try:
        importlib.import_module("pyarrow.parquet")
        return importlib.import_module("pyarrow")
    except ImportError:
        message = (
            "expected pyarrow to be installed, got no such package; "
            "install it with: pip install 'safepassage[parquet]'"
        )
        raise BadInput.one("--parquet", "extra-missing", message) from None


class Records:
    """Writes futures as rows.

    Parameters
    ----------
    file
        The Parquet file to be.
    study
        Enters the file's metadata, under ``safepassage``.
    groups, unknowns
        Names for columns.

    Raises
    ------
    BadInput
        If pyarrow is not installed.
    """

    def __init__(
        self, file: Path, study: Study, groups: Sequence[str], unknowns: Sequence[str]
    ) -> None:
        self._arrow = parquet_library()
        self._file = file
        self._folder = file.with_name(f".{file.name}.{study.digest[:16]}.parts")
        self._groups, self._unknowns = tuple(groups), tuple(unknowns)
        self._schema = self._columns(study)
        self._writer: Any = None
        self._first = self._next = 0

    def kept(self, blocks: int) -> int:
        """Return up to which block, at most ``blocks``, rows are there already, and go on there.

        Parts that hold later rows are dropped; those blocks will be simulated again.
        """
        whole = 0
        for part, first, end in self._parts():
            if first == whole and end <= blocks:
                whole = end
            else:
                part.unlink()
        self._next = whole
        return whole

    def take(self, outcomes: Outcomes) -> None:
        """Write the rows of the next block."""
        if self._writer is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._first = self._next
            draft = self._folder / "draft"
            self._writer = self._arrow.parquet.ParquetWriter(draft, self._schema)
        self._writer.write_table(self._table(outcomes))
        self._next += 1

    def keep(self) -> None:
        """Have all rows so far outlive this process."""
        if self._writer is None:
            return
        self._writer.close()
        self._writer = None
        name = f"{self._first:012d}-{self._next:012d}.parquet"
        (self._folder / "draft").replace(self._folder / name)

    def finish(self, target: Path) -> None:
        """Make one file of the parts, and drop them."""
        self.keep()
        with self._arrow.parquet.ParquetWriter(target, self._schema) as writer:
            for table in self._groups_of_rows():
                writer.write_table(table, row_group_size=ROW_GROUP)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _parts(self) -> list[tuple[Path, int, int]]:
        found = []
        for part in self._folder.glob("*-*.parquet") if self._folder.is_dir() else ():
            first, _, end = part.stem.partition("-")
            found.append((part, int(first), int(end)))
        return sorted(found, key=lambda p: p[1])

    def _groups_of_rows(self) -> Iterator[Any]:
        """Yield tables of :data:`ROW_GROUP` rows, the last one of what is left."""
        held = self._schema.empty_table()
        for part, _, _ in self._parts():
            with self._arrow.parquet.ParquetFile(part) as content:
                for i in range(content.num_row_groups):
                    rows = content.read_row_group(i)
                    held = self._arrow.concat_tables([held, rows.cast(self._schema)])
                    while held.num_rows >= ROW_GROUP:
                        yield held.slice(0, ROW_GROUP).combine_chunks()
                        held = held.slice(ROW_GROUP).combine_chunks()
        if held.num_rows:
            yield held.combine_chunks()

    def _columns(self, study: Study) -> Any:
        arrow = self._arrow
        fields = [
            ("number", arrow.int64()),
            ("succeeds", arrow.bool_()),
            ("clearance_s", arrow.float64()),
            ("out_by_deadline", arrow.int64()),
            ("refused", arrow.int64()),
            *((f"left.{g}", arrow.int64()) for g in self._groups),
            *((f"drawn.{u}", arrow.float64()) for u in self._unknowns),
        ]
        head = json.dumps({k: v for k, v in asdict(study).items() if k != "block"})
        return arrow.schema(fields, metadata={"safepassage": head})

    def _table(self, outcomes: Outcomes) -> Any:
        arrow = self._arrow
        clears, late = np.isfinite(outcomes.clearance_s), outcomes.out_by_deadline < 0
        columns = [
            outcomes.number,
            outcomes.succeeded,
            arrow.array(outcomes.clearance_s, mask=~clears),
            arrow.array(outcomes.out_by_deadline, mask=late),
            outcomes.refused,
            *outcomes.left_by_group.T,
            *outcomes.drawn.T,
        ]
        return arrow.Table.from_arrays(
            [c if isinstance(c, arrow.Array) else arrow.array(c) for c in columns],
            schema=self._schema,
        )


def fill(
    records: Records, study: Study, futures: Simulates, executor: Executor, blocks: int
) -> None:
    """Simulate again those of the first blocks of which no rows are there."""
    begin = records.kept(blocks)
    tasks = (
        Block(first, n, study.seed, whole=True)
        for i, (first, n) in enumerate(study.blocks(begin), start=begin)
        if i < blocks
    )
    if begin < blocks:
        for _, outcomes in executor.run(futures, tasks):
            if outcomes is not None:
                records.take(outcomes)
