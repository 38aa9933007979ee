from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.check import Verification, verify
from safepassage.plan import Level, Plan
from safepassage.report.facts import Facts, gather
from tests.report import village


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenCase:
    """The village: small enough to work every number of a report out by hand."""
    folder: Path = tmp_path_factory.mktemp("cases") / "village"
    return open_case(village.write_village(folder))


@pytest.fixture(scope="session")
def plans(opened: OpenCase) -> dict[Level, Plan]:
    """A plan for each count: in time at low and likely, too late at high."""
    return village.plans(opened)


@pytest.fixture(scope="session")
def verifications(opened: OpenCase, plans: dict[Level, Plan]) -> dict[Level, Verification]:
    return {level: verify(plan, opened) for level, plan in plans.items()}


@pytest.fixture(scope="session")
def facts(
    opened: OpenCase, plans: dict[Level, Plan], verifications: dict[Level, Verification]
) -> Facts:
    return gather(opened, plans, verifications)


@pytest.fixture(scope="session")
def open_ended(opened: OpenCase) -> Facts:
    """The proposal that states no deadline and no end."""
    plans = village.plans(opened, "open")
    return gather(opened, plans, {level: verify(plan, opened) for level, plan in plans.items()})
