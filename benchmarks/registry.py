"""What is measured: each benchmark registers itself with a name and says what it compares."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["REGISTRY", "Benchmark", "Row", "chosen", "register"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A family of measurements that belong in one table."""

    name: str
    title: str
    run: Callable[[float], Iterator[Row]]
    """Given the seconds for each solver, yields rows as they are measured."""
    key: tuple[str, ...] = ()
    """Columns by which rows are told apart; empty where all are measured together."""
    picture: Callable[[Sequence[Row], Path], None] | None = None
    """Draws all rows into an SVG file."""

    def partial(self) -> bool:
        """Say whether some rows were chosen."""
        return bool(_wanted(self.name))


REGISTRY: dict[str, Benchmark] = {}


def register(
    name: str,
    title: str,
    key: tuple[str, ...] = (),
    picture: Callable[[Sequence[Row], Path], None] | None = None,
) -> Callable[[Callable[[float], Iterator[Row]]], None]:
    """Register a function as a benchmark.

    With a key it runs only what is :func:`chosen`, and the results of the rest are kept. A picture
    is drawn beside the table.
    """

    def add(run: Callable[[float], Iterator[Row]]) -> None:
        REGISTRY[name] = Benchmark(name, title, run, key, picture)

    return add


def chosen(family: str, names: Iterable[str]) -> list[str]:
    """Return the names that ``BENCH_<FAMILY>=NAME,NAME`` in the environment asks for, or all.

    Raises
    ------
    SystemExit
        If a name is unknown.
    """
    known, wanted = list(names), _wanted(family)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise SystemExit(
            f"BENCH_{family.upper()}: expected names among {', '.join(known)}, "
            f"got {', '.join(unknown)}"
        )
    return [name for name in known if name in wanted] or known


def _wanted(family: str) -> list[str]:
    words = os.environ.get(f"BENCH_{family.upper()}", "").split(",")
    return [word.strip() for word in words if word.strip()]
