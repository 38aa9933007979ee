from __future__ import annotations

import subprocess
import sys

FORBIDDEN = (
    "numpy",
    "numba",
    "scipy",
    "highspy",
    "safepassage.flow",
    "safepassage.instance",
    "safepassage.convoy",
    "safepassage.solver",
    "safepassage.report",
    "safepassage.cli",
)


def test_the_checker_loads_nothing_of_the_planner() -> None:
    script = "import sys, safepassage.check, safepassage.check.clearance; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(result.stdout.split())
    assert {"safepassage.check.verify", "safepassage.check.clearance.verify"} <= loaded
    assert not [name for name in FORBIDDEN if name in loaded]
