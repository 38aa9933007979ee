"""How the functions of the planner are compiled."""

from __future__ import annotations

from pathlib import Path

from safepassage.compiling import Family

__all__ = ["FAMILY", "bare", "entry", "inner"]

FAMILY = Family(Path(__file__).parent, ("*kernel.py", "arrays.py", "compiling.py"))

entry, bare = FAMILY.entry, FAMILY.bare

# For those that are put where they are called: to count references, and to hand over some sixty
# arrays at each call, took nine tenths of a decode.
inner = FAMILY(no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False, forceinline=True)
