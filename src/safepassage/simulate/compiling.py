"""How the functions of the simulator are compiled."""

from __future__ import annotations

from pathlib import Path

from safepassage.compiling import Family

__all__ = ["FAMILY", "bare", "entry", "inlined", "inner"]

FAMILY = Family(
    Path(__file__).parent,
    ("*_kernel.py", "slip_tables.py", "compiling.py"),
    # Nothing is divided by what can be zero, so that need not be asked each time.
    error_model="numpy",
)

entry, inner, bare = FAMILY.entry, FAMILY.inner, FAMILY.bare

# For small functions in the midst of loops.
inlined = FAMILY(inline="always")
