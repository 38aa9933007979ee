"""How the functions of the road engine are compiled."""

from __future__ import annotations

from pathlib import Path

from safepassage.compiling import Family

__all__ = ["FAMILY", "bare", "entry", "entry_bare", "inner"]

FAMILY = Family(Path(__file__).parent, ("*kernel.py", "compiling.py"))

entry, entry_bare, inner, bare = FAMILY.entry, FAMILY.entry_bare, FAMILY.inner, FAMILY.bare
