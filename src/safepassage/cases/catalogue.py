"""Open a case by its bundled name or its folder: terms, network and observations together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safepassage.cases.ground import map_faults, unknown_nodes, way_faults
from safepassage.errors import BadInput, Fault, UnknownName
from safepassage.files import (
    did_you_mean,
    inside,
    is_file,
    is_folder,
    is_there,
    shown,
    tables_digest,
)
from safepassage.network.gmns import read_network
from safepassage.network.network import Network
from safepassage.terms.case import Case
from safepassage.terms.document import read_document
from safepassage.terms.load import CASE_FILE, SOURCES_FILE, Lines, read_terms
from safepassage.terms.observations import Observation, read_observations
from safepassage.terms.uncertainty import Uncertainty
from safepassage.terms.uncertainty_load import UNCERTAINTY_FILE, read_uncertainty

__all__ = ["OpenCase", "bundled_cases", "clearance_folder", "open_case"]

_BUNDLED = Path(__file__).parent
_NETWORK_FILES = ("node.csv", "link.csv", "config.csv")


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Everything a case folder holds, read and checked."""

    case: Case
    network: Network
    observations: tuple[Observation, ...]
    folder: Path
    location: str
    """The bundled name, or the path as it was given."""
    digest: str
    """SHA-256 over the files of the case that were read."""
    lines: Lines
    overrides: tuple[str, ...] = ()
    """Settings that were applied, ``path=value`` each, in order."""
    uncertainty: Uncertainty | None = None
    """What is not known, where the folder has ``uncertainty.yaml``."""


def bundled_cases() -> list[tuple[str, str]]:
    """Return name and title of every bundled case, by name."""
    found = []
    for name in _names():
        title = read_document(_BUNDLED / name / CASE_FILE).data.get("title")
        found.append((name, str(title)))
    return found


def _names() -> list[str]:
    # A folder that begins with "_" (the template) is no case of its own.
    folders = (path for path in _BUNDLED.iterdir() if not path.name.startswith("_"))
    return sorted(path.name for path in folders if (path / CASE_FILE).is_file())


def open_case(name_or_path: str | Path) -> OpenCase:
    """Read a case and check it as a whole.

    Parameters
    ----------
    name_or_path
        A bundled name (``aleppo-2016``), or a folder that holds ``case.yaml``.

    Raises
    ------
    UnknownName
        If there is neither such a bundled case nor such a folder.
    BadInput
        With all faults of all files.
    """
    folder = _find(name_or_path)
    terms = read_terms(folder)
    case, lines = terms.case, terms.lines
    faults = list(terms.faults)
    network = _read_network(folder, case, faults)
    observations = _read_observations(folder, case, faults)
    uncertainty = _read_uncertainty(folder, case, faults)
    if terms.written is not None and network is not None:
        faults += unknown_nodes(terms.written, network)
    if case is not None and lines is not None and network is not None:
        faults += map_faults(case, network, lines.where, folder / case.network / "link.csv")
        if not faults:
            faults += way_faults(case, network, lines.where)
    if faults or case is None or lines is None or network is None:
        raise BadInput(faults)
    digest = _digest(folder, case)
    return OpenCase(
        case,
        network,
        observations,
        folder,
        str(name_or_path),
        digest,
        lines,
        uncertainty=uncertainty,
    )


def clearance_folder(name_or_path: str | Path) -> Path:
    """Return the folder of roads that a case's name or folder leads to; any other path as it is.

    With ``demand.csv`` the roads of a case are a clearance instance.

    Raises
    ------
    BadInput
        If ``case.yaml`` of a case cannot be read.
    """
    bundled = str(name_or_path) in _names() and not is_folder(Path(name_or_path))
    folder = _BUNDLED / str(name_or_path) if bundled else Path(name_or_path)
    if not is_file(folder / CASE_FILE):
        return folder
    name = read_document(folder / CASE_FILE).data.get("network", "network")
    return inside(folder, str(name)) or folder


def _read_network(folder: Path, case: Case | None, faults: list[Fault]) -> Network | None:
    """Read the network; where the terms are faulty, the usual folder if it is there."""
    path = inside(folder, case.network if case is not None else "network")
    if path is None or not is_folder(path):
        return None
    try:
        return read_network(path)
    except BadInput as error:
        faults += error.faults
        return None


def _read_observations(
    folder: Path, case: Case | None, faults: list[Fault]
) -> tuple[Observation, ...]:
    path = inside(folder, case.observations) if case is not None and case.observations else None
    if case is None or path is None or not is_file(path):
        return ()
    try:
        return read_observations(path, [source.id for source in case.sources])
    except BadInput as error:
        faults += error.faults
        return ()


def _read_uncertainty(folder: Path, case: Case | None, faults: list[Fault]) -> Uncertainty | None:
    file = folder / UNCERTAINTY_FILE
    if case is None or not is_there(file):
        return None
    try:
        return read_uncertainty(file, case)
    except BadInput as error:
        faults += error.faults
        return None


def _find(name_or_path: str | Path) -> Path:
    text = str(name_or_path)
    folder = Path(name_or_path)
    names = _names()
    if text in names:
        return _BUNDLED / text
    if is_folder(folder):
        return folder
    near = did_you_mean(text, names) or "; bundled cases: " + (", ".join(names) or "none")
    message = f"expected a bundled case or a folder with {CASE_FILE}, got {shown(text)}{near}"
    raise UnknownName.one("", "unknown-case", message)


def _digest(folder: Path, case: Case) -> str:
    names = [CASE_FILE, SOURCES_FILE, UNCERTAINTY_FILE]
    names += [f"{case.network}/{name}" for name in _NETWORK_FILES]
    if case.observations is not None:
        names.append(case.observations)
    return tables_digest(folder, names)
