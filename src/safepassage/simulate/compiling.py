"""How the functions of the simulator are compiled, and when anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit

__all__ = ["bare", "entry", "family_stamp", "inlined", "inner"]

_FAMILY = ("*_kernel.py", "slip_tables.py", "compiling.py")
"""Files that hold what is compiled: functions that call one another, and their constants."""


@cache
def family_stamp(folder: Path = Path(__file__).parent) -> bytes:
    """Return a digest of all files that what is compiled is made from."""
    digest = hashlib.sha256()
    for path in sorted({p for pattern in _FAMILY for p in folder.glob(pattern)}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()


def _compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles at the first call, and anew if any of the family changes.

    numba asks only whether the file of the function itself has changed. A function holds those that
    it calls, and constants of other files, as they were when it was compiled, and would keep them.
    """
    decorate = njit(cache=True, error_model="numpy", **options)

    def compile_at_call(function: Callable[..., Any]) -> Any:
        compiled = decorate(function)
        # Not there where numba is told not to compile; then nothing is kept either.
        file = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
        if file is not None:
            file._source_stamp = family_stamp()  # noqa: SLF001 - numba has no other way to say it
        return compiled

    return compile_at_call


# For what Python calls.
entry = _compiled()

# For small functions in the midst of loops.
inlined = _compiled(inline="always")

# For functions that only others of the kernel call: nothing is divided by what can be zero, so that
# need not be asked each time, and what Python would call is not compiled.
inner = _compiled(no_cpython_wrapper=True, no_cfunc_wrapper=True)

# For those that allocate nothing. Counting references to some ninety arrays whenever the tables are
# passed on took four fifths of the time; without it numba refuses whatever would allocate.
bare = _compiled(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
