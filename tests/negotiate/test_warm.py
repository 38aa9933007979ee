"""What is compiled ahead is all that answers at the table take."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from importlib import import_module
from pathlib import Path

import safepassage.convoy
from safepassage import Session, open_case
from safepassage.convoy.warm import warm as warm_planner
from safepassage.negotiate.warm import warm as warm_table
from safepassage.stop import MaxRuntime

folder = Path(safepassage.convoy.__file__).parent
modules = [import_module(f"safepassage.convoy.{p.stem}") for p in folder.glob("*kernel.py")]


def compiled():
    functions = [f for m in modules for f in vars(m).values() if hasattr(f, "overloads")]
    return {(f.py_func.__qualname__, s) for f in functions for s in f.overloads}


case = open_case("aleppo-2016")
hours = ['proposals.us-russia-48h.clauses.p48-window.daily=[{from: "06:00", to: "18:00"}]']
warm_planner()
alone = compiled()
warm_table()
before = compiled()
assert alone < before, "linked steps take no inner loops of their own"
linked = Session(case, "linked-deal-17-dec", sizes=())
linked.press((), "low", stop=MaxRuntime(0.5))
plain = Session(case, "us-russia-48h")
plain.refine(hours, "low")
print(sorted(name for name, _ in compiled() - before))
"""


def test_nothing_is_compiled_after_warming() -> None:
    """After ``warm`` no first answer, refined or pressed, plain or linked, compiles anything."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
