"""Breach, revision, and anything else."""

from __future__ import annotations

from typing import Literal

from safepassage.terms.clauses.clause import Clause
from safepassage.terms.scalars import Identifier, Text

__all__ = ["BreachClause", "RevisionClause", "TextClause"]


class BreachClause(Clause):
    """What follows when the terms are broken, and who decides."""

    kind: Literal["breach"]
    decided_by: tuple[Identifier, ...] = ()
    """Parties that decide whether the terms were broken."""
    consequence: Text | None = None
    """What is to follow."""


class RevisionClause(Clause):
    """How the terms themselves can be changed, extended or reset."""

    kind: Literal["revision"]
    by: tuple[Identifier, ...] = ()
    """Parties that can change the terms."""


class TextClause(Clause):
    """Anything else the terms say."""

    kind: Literal["text"]
    heading: Text | None = None
    """What it is about, in a word."""
