"""Examples in the docstring of the package run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.docs.pages import text_of


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


def test_python_on_the_page_of_the_table_runs() -> None:
    """A session as the page shows it, with what it asserts."""
    (script,) = re.findall(r"```python\n(.*?)```", text_of("docs/at-the-table.md"), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
