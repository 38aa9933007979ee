"""Plan how people leave a place under the terms on the table, and prove how good a plan can be.

>>> from safepassage import open_case, solve, verify
>>> opened = open_case("aleppo-2016")
>>> result = solve(opened, levels=["low"])
>>> verify(result.plans["low"], opened).valid
True
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# The public names load on first use, so that importing the package costs nothing.
_HOME = {
    "AnyOf": "safepassage.stop",
    "BadInput": "safepassage.errors",
    "Clearance": "safepassage.plan.clearance",
    "Gap": "safepassage.stop",
    "MaxRuntime": "safepassage.stop",
    "OpenCase": "safepassage.cases",
    "Plan": "safepassage.plan",
    "Result": "safepassage.solver",
    "SafePassageError": "safepassage.errors",
    "Session": "safepassage.negotiate.session",
    "bundled_cases": "safepassage.cases",
    "changed_case": "safepassage.cases",
    "consistency": "safepassage.record",
    "open_case": "safepassage.cases",
    "open_clearance": "safepassage.network.clearance_folder",
    "read_clearance": "safepassage.plan.clearance_files",
    "read_plan": "safepassage.plan",
    "replay_history": "safepassage.record.replay",
    "solve": "safepassage.solver",
    "verify": "safepassage.check",
    "verify_clearance": "safepassage.check.clearance",
    "write_clearance": "safepassage.plan.clearance_files",
    "write_plan": "safepassage.plan",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
