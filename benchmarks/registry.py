"""What is measured: each benchmark registers itself with a name and says what it compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["REGISTRY", "Benchmark", "register"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A family of measurements that belong in one table."""

    name: str
    title: str
    run: Callable[[float], Iterator[Row]]
    """Given the seconds for each solver, yields rows as they are measured."""


REGISTRY: dict[str, Benchmark] = {}


def register(name: str, title: str) -> Callable[[Callable[[float], Iterator[Row]]], None]:
    """Register a function as a benchmark."""

    def add(run: Callable[[float], Iterator[Row]]) -> None:
        REGISTRY[name] = Benchmark(name, title, run)

    return add
