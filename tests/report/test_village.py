"""The tests of the report stand on plans that the checker itself accepts."""

from __future__ import annotations

import pytest

from safepassage.cases import OpenCase
from safepassage.check import Verification, verify
from safepassage.plan import Level
from tests.report import village


def test_checker_accepts_the_plans(verifications: dict[Level, Verification]) -> None:
    for level, verification in verifications.items():
        errors = [f for f in verification.findings if f.severity == "error"]
        assert not errors, level
        assert verification.lower_bound_verified


@pytest.mark.parametrize("level", ["low", "likely", "high"])
def test_checker_accepts_the_plans_without_deadline(opened: OpenCase, level: Level) -> None:
    verification = verify(village.plan(opened, level, "open"), opened)
    assert verification.valid, verification.findings
