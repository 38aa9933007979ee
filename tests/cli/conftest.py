from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from safepassage.cases import OpenCase
from safepassage.cli.main import safepassage
from tests.report import village


class Command:
    """Runs the command line in this process."""

    def __call__(self, *args: str) -> Result:
        return CliRunner().invoke(safepassage, [str(a) for a in args])


@pytest.fixture
def run() -> Command:
    return Command()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The village, whose plans are worked out by hand."""
    return village.write_village(tmp_path / "village")


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """In place of the planner, one that hands out the village's plans and keeps its calls."""
    calls: list[dict[str, Any]] = []

    def solve(opened: OpenCase, proposal: str | None = None, **settings: Any) -> SimpleNamespace:
        calls.append({"proposal": proposal, **settings})
        return SimpleNamespace(plans=village.plans(opened, proposal or "timed"), elapsed_s=0.0)

    module = ModuleType("safepassage.solver")
    module.solve = solve  # type: ignore[attr-defined]  # a stand-in module
    monkeypatch.setitem(sys.modules, "safepassage.solver", module)
    return calls
