"""Read the terms of a case: ``case.yaml`` and ``sources.yaml``, all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from safepassage.errors import BadInput, Fault
from safepassage.files import first_of, inside, is_file, is_folder, shown
from safepassage.terms.case import CASE_FORMAT, SOURCES_FORMAT, Case, SourcesFile
from safepassage.terms.checks.ids_as_written import unknown_ids_as_written
from safepassage.terms.document import DocPath, Document, read_document
from safepassage.terms.migrate import migrate
from safepassage.terms.validate import case_faults
from safepassage.terms.wording import faults_of

__all__ = ["CASE_FILE", "SOURCES_FILE", "Lines", "Terms", "read_case", "read_terms"]

CASE_FILE = "case.yaml"
SOURCES_FILE = "sources.yaml"

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each part of the terms stands."""

    case: Document
    sources: Document

    def where(self, path: DocPath = ()) -> str:
        """Return ``file:line`` of a part of the :class:`Case`, or of the nearest part around it.

        Parameters
        ----------
        path
            Keys and indices, as in the file: ``("proposals", 0, "clauses", 2, "by")``.
        """
        document = self.sources if path[:1] == ("sources",) else self.case
        return document.where(path)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms as far as they could be read, and everything that is wrong with them."""

    case: Case | None
    lines: Lines | None
    faults: tuple[Fault, ...]
    written: Document | None = None
    """``case.yaml`` as it stands, if it could be read, whatever is wrong with it."""


def read_case(folder: Path) -> tuple[Case, Lines]:
    """Read and check the terms in a case folder. The network is not read.

    Raises
    ------
    BadInput
        With all faults of both files. Ids are always checked; what terms mean together, once both
        files have the right shape.
    """
    terms = read_terms(folder)
    if terms.faults or terms.case is None or terms.lines is None:
        raise BadInput(terms.faults)
    return terms.case, terms.lines


def read_terms(folder: Path) -> Terms:
    """Read the terms like :func:`read_case`, but return the faults, for a caller with more."""
    faults: list[Fault] = []
    documents: dict[str, Document] = {}
    for name in (CASE_FILE, SOURCES_FILE):
        try:
            documents[name] = read_document(folder / name)
        except BadInput as error:
            faults += error.faults
    case_document, sources_document = documents.get(CASE_FILE), documents.get(SOURCES_FILE)
    case = sources = None
    if case_document is not None:
        faults += _sources_in_case(case_document)
        faults += _path_faults(case_document, folder)
        case = _build(Case, CASE_FORMAT, case_document, faults)
    if sources_document is not None:
        sources = _build(SourcesFile, SOURCES_FORMAT, sources_document, faults)
    if case is None or sources is None or case_document is None or sources_document is None:
        if case_document is not None:
            written = sources_document.data if sources_document is not None else None
            faults += unknown_ids_as_written(case_document.data, written, case_document.where)
        return Terms(None, None, _told(faults, folder), case_document)
    case = case.model_copy(update={"sources": sources.sources})
    lines = Lines(case_document, sources_document)
    faults += case_faults(case, lines.where)
    return Terms(case, lines, _told(faults, folder), case_document)


def _told(faults: list[Fault], folder: Path) -> tuple[Fault, ...]:
    """As many faults as are told; of more the cause is the same one again."""
    return tuple(first_of(faults, str(folder / CASE_FILE)))


def _build(model: type[M], newest: str, document: Document, faults: list[Fault]) -> M | None:
    """Build the model, or add the faults that stand in the way."""
    try:
        data = migrate(document, newest)
    except BadInput as error:
        faults += error.faults
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error, model, data, document)
        return None


def _sources_in_case(document: Document) -> list[Fault]:
    if "sources" not in document.data:
        return []
    message = f"expected sources in {SOURCES_FILE}, got them here; move them there"
    return [Fault(document.where(("sources",)), "sources-misplaced", message)]


def _path_faults(document: Document, folder: Path) -> list[Fault]:
    """Check that the network folder and the observations lie in the case folder and exist."""
    data: Mapping[str, Any] = document.data
    wanted = (("network", data.get("network", "network")), ("observations", None))
    faults: list[Fault] = []
    for key, default in wanted:
        name = data.get(key, default)
        if not isinstance(name, str) or not name:
            continue
        where = document.where((key,))
        path = inside(folder, name)
        if path is None:
            message = f"{key}: expected a path inside the case folder, got {shown(name)}"
            faults.append(Fault(where, "path-outside-case", message))
        elif key == "network" and not is_folder(path):
            message = f"{key}: expected a folder, got none at {shown(name)}; add it"
            faults.append(Fault(where, "missing-file", message))
        elif key == "observations" and not is_file(path):
            message = f"{key}: expected a file, got none at {shown(name)}; add it"
            faults.append(Fault(where, "missing-file", message))
    return faults
