"""Every error Safe Passage raises on purpose.

::

    SafePassageError                   anything a caller may want to catch
    ├── BadInput(ValueError)           a file or an argument is wrong; carries *all* faults; exit 2
    │   └── UnknownName(LookupError)   no case, proposal, place ... has that name; exit 2
    ├── NoProof(ArithmeticError)       a bound could not be turned into a certificate; exit 3
    └── InternalFault(RuntimeError)    the program contradicts itself; exit 3

A *fault* is one thing wrong with the input. Faults are data, so that the terminal, ``--json`` and
tests show the same ones. Findings (of the checker, of the protection rules) are not errors: they
live with the code that makes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "BadInput",
    "Fault",
    "InternalFault",
    "NoProof",
    "SafePassageError",
    "UnknownName",
]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with the input.

    Parameters
    ----------
    where
        ``file:line`` where known, else the file or the argument.
    code
        Stable, kebab-case; listed in ``docs/reference/errors.md``.
    message
        One line: what was expected, what came, how to mend it.
    """

    where: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class SafePassageError(Exception):
    """Anything this package raises on purpose."""


class BadInput(SafePassageError, ValueError):
    """The input is wrong; every fault that was found is in ``faults``."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults), key=_by_place))
        if not self.faults:
            raise InternalFault("BadInput raised without a fault")
        super().__init__("\n".join(map(str, self.faults)))

    @classmethod
    def one(cls, where: str, code: str, message: str) -> BadInput:
        """Build the error of a single fault."""
        return cls([Fault(where, code, message)])


class UnknownName(BadInput, LookupError):
    """A case, proposal, place ... of that name does not exist."""


class NoProof(SafePassageError, ArithmeticError):
    """A bound could not be turned into a certificate that holds in exact arithmetic."""


class InternalFault(SafePassageError, RuntimeError):
    """The program contradicts itself; please report it."""


def _by_place(fault: Fault) -> tuple[str, int, str]:
    """Order faults by file, then by line as a number."""
    file, _, line = fault.where.rpartition(":")
    if file and line.isdecimal() and len(line) < 10:
        return file, int(line), fault.code
    return fault.where, 0, fault.code
