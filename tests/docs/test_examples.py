"""Examples in the docstring of the package run as they stand."""

from __future__ import annotations

import subprocess
import sys


def test_examples_of_the_package_run() -> None:
    """In a process of its own, as for somebody who has just begun."""
    script = (
        "import doctest, safepassage;"
        "done = doctest.testmod(safepassage);"
        "assert done.attempted, 'no example';"
        "raise SystemExit(done.failed)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
