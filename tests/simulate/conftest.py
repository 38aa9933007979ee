"""Plans that several tests carry out."""

from __future__ import annotations

import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.plan import Plan
from safepassage.solver import solve


@pytest.fixture(scope="session")
def aleppo() -> tuple[OpenCase, Plan]:
    """The bundled case and its likely plan, which takes a second to make."""
    opened = open_case("aleppo-2016")
    return opened, solve(opened, levels=["likely"]).plans["likely"]
