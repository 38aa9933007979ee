"""The roads of a file, whatever its format, and what else it says."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from safepassage.city.findings import Finding
from safepassage.city.roads import Roads
from safepassage.city.turns import Restriction

__all__ = ["Source", "file_digest"]


@dataclass(frozen=True, slots=True)
class Source:
    """The roads of a file, and what else it says."""

    file: str
    """Its name, without the folder."""
    format: str
    """``osm``, ``gmns`` or ``tntp``."""
    sha256: str
    """Over the bytes of the file, or of the tables one after another."""
    licence: str | None
    roads: Roads
    findings: tuple[Finding, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    odd_restrictions: Counter[str] = field(default_factory=Counter)
    """Turn restrictions that could not be read, by reason."""
    protected: frozenset[str] = frozenset()
    """Nodes, by id, that the tables of the source say something of."""
    tables: Mapping[str, str] = field(default_factory=dict)
    """Further tables of a GMNS folder that go along, as text by name."""
    longest_wait_s: Mapping[str, str] = field(default_factory=dict)
    """The longest single wait, as text by node; it goes along."""
    config: Mapping[str, str] = field(default_factory=dict)
    """Columns of ``config.csv`` that go along."""


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file, as hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
