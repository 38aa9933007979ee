from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from safepassage.cases import OpenCase
from tests.check.naive import schedule
from tests.check.town import write_town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    return write_town(tmp_path_factory.mktemp("cases") / "town")


@pytest.fixture(scope="session")
def naive_plan(town: OpenCase) -> dict[str, Any]:
    return schedule(town)


@pytest.fixture
def plan(naive_plan: dict[str, Any]) -> dict[str, Any]:
    """The naive plan as JSON data, to be tampered with."""
    return copy.deepcopy(naive_plan)


@pytest.fixture
def codes(town: OpenCase) -> Callable[..., set[str]]:
    """Return the codes that the checker gives for plan data."""
    from safepassage.check import verify
    from safepassage.plan.reader import plan_from_json

    def check(data: dict[str, Any], opened: OpenCase = town) -> set[str]:
        return {found.code for found in verify(plan_from_json(data), opened).findings}

    return check
