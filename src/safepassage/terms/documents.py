"""Verify citations against the documents they cite.

A citation with a ``locator`` and a ``sha256`` can be checked by anyone who holds the document.
Two locators are understood:

``lines A-B``
    Lines A to B, counted from 1, both included, without the line end of line B.
``bytes A-B``
    Bytes A to B, counted from 0, B excluded.

A ``sha256`` without a locator is that of the whole document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from safepassage.errors import BadInput
from safepassage.files import inside, is_file, is_folder
from safepassage.terms.case import Case
from safepassage.terms.checks.walk import walk
from safepassage.terms.clauses import Clause
from safepassage.terms.document import DocPath
from safepassage.terms.provenance import Citation, Source

__all__ = ["DOCUMENT_CODES", "DocumentFinding", "passage", "verify_documents"]

DOCUMENT_CODES: dict[str, tuple[Literal["warning", "info"], str]] = {
    "document-missing": ("warning", "The folder of documents does not hold the document."),
    "passage-missing": ("warning", "The document is too short to have the passage."),
    "passage-differs": ("warning", "The passage is not, byte for byte, the one that was cited."),
    "passage-not-checkable": (
        "warning",
        "The source of a citation with a SHA-256 names no document, or the locator is unknown.",
    ),
    "passage-verified": ("info", "The passage is, byte for byte, the one that was cited."),
}
"""Severity and meaning of every code."""

_LOCATOR = re.compile(r"(lines|bytes) (\d{1,9})-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class DocumentFinding:
    """What came of verifying one citation."""

    code: str
    severity: Literal["warning", "info"]
    clause_id: str | None
    """The clause that cites, where it is a clause."""
    source: str
    locator: str | None
    message: str

    def to_json(self) -> dict[str, str | None]:
        """Return plain JSON data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "clause_id": self.clause_id,
            "source": self.source,
            "locator": self.locator,
            "message": self.message,
        }


def verify_documents(case: Case, folder: Path) -> tuple[DocumentFinding, ...]:
    """Verify every citation with a SHA-256 against the documents in ``folder``.

    Raises
    ------
    BadInput
        If ``folder`` is no folder.
    """
    if not is_folder(folder):
        message = "expected a folder of documents, got none; name the folder that holds them"
        raise BadInput.one(str(folder), "missing-file", message)
    sources = {source.id: source for source in case.sources}
    held: dict[str, bytes | None] = {}
    # What is cited alike by the same clause is told once.
    found: dict[DocumentFinding, None] = {}
    for citation, citer, clause_id in _citations(case):
        source = sources[citation.source]
        if source.id not in held:
            held[source.id] = _content(source, folder)
        code, told = _verify(citation, source, held[source.id])
        severity = DOCUMENT_CODES[code][0]
        message = f"{citer} cites {source.id!r}: {told}"
        place = citation.locator
        found[DocumentFinding(code, severity, clause_id, source.id, place, message)] = None
    return tuple(found)


def passage(document: bytes, locator: str | None) -> bytes | None:
    """Return the passage at a locator, or None where the document does not have it.

    Raises
    ------
    ValueError
        If the locator is not one of those understood.
    """
    if locator is None:
        return document
    match = _LOCATOR.fullmatch(locator)
    if not match:
        raise ValueError(f"expected 'lines A-B' or 'bytes A-B', got {locator!r}")
    start, end = int(match[2]), int(match[3])
    if match[1] == "bytes":
        return document[start:end] if start < end <= len(document) else None
    lines = document.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    if not 1 <= start <= end <= len(lines):
        return None
    return b"\n".join(lines[start - 1 : end]).removesuffix(b"\r")


def _citations(case: Case) -> Iterator[tuple[Citation, str, str | None]]:
    """Yield every citation to verify, in words who cites, and the clause if it is one."""
    owners: dict[DocPath, tuple[str, str | None]] = {}
    for path, record in walk(case):
        name = getattr(record, "id", None)
        if isinstance(name, str) and path:
            owners[path] = (name, record.id if isinstance(record, Clause) else None)
        if isinstance(record, Citation) and record.sha256 is not None:
            around = (owners[path[:n]] for n in range(len(path), 0, -1) if path[:n] in owners)
            citer, clause_id = next(around, (case.id, None))
            yield record, citer, clause_id


def _content(source: Source, folder: Path) -> bytes | None:
    path = inside(folder, source.document) if source.document is not None else None
    if path is None or not is_file(path):
        return None
    try:
        return path.read_bytes()
    except OSError:
        return None


def _verify(citation: Citation, source: Source, content: bytes | None) -> tuple[str, str]:
    """Return the code and what to tell."""
    if source.document is None:
        return "passage-not-checkable", "its source names no document"
    if content is None:
        return "document-missing", f"there is no {source.document!r} in the folder"
    where = citation.locator or "the whole document"
    try:
        found = passage(content, citation.locator)
    except ValueError as error:
        return "passage-not-checkable", str(error)
    if found is None:
        return "passage-missing", f"the document has no {where}"
    if hashlib.sha256(found).hexdigest() != citation.sha256:
        return "passage-differs", f"{where} differs from the passage that was cited"
    return "passage-verified", f"{where} is the passage that was cited"
