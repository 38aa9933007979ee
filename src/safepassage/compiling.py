"""How numba compiles the hearts of planner, road engine and simulator, and when it does so anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from numba import njit

__all__ = ["Family"]


class Family:
    """Compiled functions that call one another, or share constants, across some files.

    numba asks only whether the file of the function itself has changed. A function holds those that
    it calls, and constants of other files, as they were when it was compiled, and would keep them:
    so the machine code of a family is kept under a stamp of all its files.

    Parameters
    ----------
    folder
        Where the files are.
    patterns
        Which of them (as in :meth:`pathlib.Path.glob`).
    options
        Options of :func:`numba.njit` that hold for every function of the family.
    """

    def __init__(self, folder: Path, patterns: Iterable[str], **options: Any) -> None:
        self._folder = folder
        self._patterns = tuple(patterns)
        self._options = options

    @cached_property
    def stamp(self) -> bytes:
        """A digest of all files that what is compiled is made from."""
        digest = hashlib.sha256(Path(__file__).read_bytes())
        for path in sorted({p for pattern in self._patterns for p in self._folder.glob(pattern)}):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.digest()

    def __call__(self, **options: Any) -> Callable[[Callable[..., Any]], Any]:
        """Return a decorator that compiles at the first call, and anew if the family changes."""
        decorate: Any = njit(cache=True, **self._options, **options)

        def compile_at_call(function: Callable[..., Any]) -> Any:
            compiled = decorate(function)
            # Not there where numba is told not to compile; then nothing is kept either.
            file = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
            if file is not None:
                file._source_stamp = self.stamp  # noqa: SLF001 - numba has no other way to say it
                file._load_index = _readable(file._load_index)  # noqa: SLF001 - nor this
            return compiled

        return compile_at_call

    @property
    def entry(self) -> Callable[[Callable[..., Any]], Any]:
        """For what Python calls; nothing calls it by its address."""
        return self(no_cfunc_wrapper=True)

    @property
    def entry_bare(self) -> Callable[[Callable[..., Any]], Any]:
        """For those of them that allocate nothing; see :attr:`bare`."""
        return self(no_cfunc_wrapper=True, _nrt=False)

    @property
    def inner(self) -> Callable[[Callable[..., Any]], Any]:
        """For functions that only others call: what Python would call is not compiled."""
        return self(no_cpython_wrapper=True, no_cfunc_wrapper=True)

    @property
    def bare(self) -> Callable[[Callable[..., Any]], Any]:
        """For those of them that allocate nothing, which numba refuses there.

        References to the arrays that are passed on need no count then, which is shorter to compile
        and, where tables of many arrays are passed on, takes a fraction of the time.
        """
        return self(no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)


def _readable(load: Callable[[], dict[Any, Any]]) -> Callable[[], dict[Any, Any]]:
    """Return a reader of an index that takes one that cannot be read as empty.

    An index names classes by where they were. numba reads it before it compares stamps, so one that
    an older version left would stop this one for good instead of being written anew.
    """

    def load_or_nothing() -> dict[Any, Any]:
        try:
            return load()
        except Exception:  # noqa: BLE001 - whatever unpickling may raise
            return {}

    return load_or_nothing
