from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from safepassage.cases import OpenCase
from tests.convoy.hamlet import Hamlet


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[Hamlet], OpenCase]:
    """Write a hamlet and open it."""
    return lambda hamlet: hamlet.write(tmp_path)
