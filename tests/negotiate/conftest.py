from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.cases import OpenCase
from tests.negotiate.ford import ford


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    """The ford: everything can be turned, and nothing suffices as it stands."""
    folder: Path = tmp_path_factory.mktemp("ford")
    return ford().write(folder)
