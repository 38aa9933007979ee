"""What ``import safepassage`` offers, and what it costs."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys

import pytest

import safepassage

NAMES = [
    "AnyOf",
    "BadInput",
    "Clearance",
    "Gap",
    "MaxRuntime",
    "OpenCase",
    "Plan",
    "Result",
    "SafePassageError",
    "Session",
    "__version__",
    "bundled_cases",
    "changed_case",
    "consistency",
    "open_case",
    "open_clearance",
    "read_clearance",
    "read_plan",
    "replay_history",
    "solve",
    "verify",
    "verify_clearance",
    "write_clearance",
    "write_plan",
]
HEAVY = ["click", "highspy", "jinja2", "matplotlib", "numba", "numpy", "pydantic", "rich", "yaml"]


def test_public_names_are_these() -> None:
    assert safepassage.__all__ == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_imported(name: str) -> None:
    assert getattr(safepassage, name) is not None


def test_no_module_hides_a_public_name() -> None:
    # Importing a module sets its name on the package, over whatever the package offers.
    for name in set(NAMES) - {"__version__"}:
        home = importlib.import_module(safepassage._HOME[name])
        assert getattr(safepassage, name) is getattr(home, name)


def test_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        safepassage.nonsense  # noqa: B018 - the look-up is what is tested


def test_import_loads_nothing_heavy() -> None:
    code = f"import safepassage, sys; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_example_of_the_package_is_true() -> None:
    assert doctest.testmod(safepassage).failed == 0
