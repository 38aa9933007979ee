"""How the functions of the road engine are compiled: so that it does not take long."""

from __future__ import annotations

from numba import njit

__all__ = ["bare", "entry", "entry_bare", "inner"]

# For functions that Python calls; nothing calls them by their address.
entry = njit(  # type: ignore[call-overload]  # options that numba has and its annotations lack
    cache=True, no_cfunc_wrapper=True
)

# For those of them that allocate nothing; see ``bare``.
entry_bare = njit(  # type: ignore[call-overload]  # options that numba has and its annotations lack
    cache=True, _nrt=False, no_cfunc_wrapper=True
)

# For functions that only others of a kernel call: what Python would call is not compiled.
inner = njit(  # type: ignore[call-overload]  # options that numba has and its annotations lack
    cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
)

# For those that allocate nothing: numba need not count references to the arrays that are passed on,
# which makes them shorter to compile; it refuses what would allocate.
bare = njit(  # type: ignore[call-overload]  # options that numba has and its annotations lack
    cache=True, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
)
