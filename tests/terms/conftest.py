"""The template case as a folder to spoil."""

from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.cases import write_template


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good case: every fault found in it was put there by the test."""
    write_template(tmp_path / "case")
    return tmp_path / "case"
