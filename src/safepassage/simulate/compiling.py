"""How the inner functions of the simulator are compiled."""

from __future__ import annotations

from numba import njit

__all__ = ["bare", "inner"]

# For functions that only others of the kernel call: nothing is divided by what can be zero, so that
# need not be asked each time, and what Python would call is not compiled.
inner = njit(  # type: ignore[call-overload]  # options that numba has and its annotations lack
    cache=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
)

# For those that allocate nothing. Counting references to some ninety arrays whenever the tables are
# passed on took four fifths of the time; without it numba refuses whatever would allocate.
bare = njit(  # type: ignore[call-overload]  # options that numba has and its annotations lack
    cache=True, _nrt=False, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
)
