"""Files of roads in any format that is known, told apart by name and content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from safepassage.city.findings import Finding
from safepassage.city.gmns_source import read_gmns_source
from safepassage.city.osm import OsmRoads, read_osm
from safepassage.city.source import Source, file_digest
from safepassage.city.tntp import read_tntp_source
from safepassage.errors import BadInput
from safepassage.files import is_file, is_folder

__all__ = ["read_source"]

_OSM = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".xml", ".osh")
_OSM_LICENCE = "© OpenStreetMap contributors, Open Database License (ODbL) 1.0"


def read_source(
    file: Path,
    *,
    service: bool = False,
    units: tuple[str, str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Source:
    """Read a file of roads.

    Parameters
    ----------
    file
        OpenStreetMap (``.osm.pbf``, ``.osm``, also compressed), TNTP (``_net.tntp``), or GMNS (the
        folder, or its ``link.csv``).
    service
        Take service ways of OpenStreetMap as well.
    units
        Of length and time in a TNTP file; None: as it tells, else assumed.
    progress
        Told now and then how far the reading has come.

    Raises
    ------
    BadInput
        With every fault of the file.
    """
    name = file.name.lower()
    if is_folder(file) or name == "link.csv":
        return read_gmns_source(file if is_folder(file) else file.parent)
    if not is_file(file):
        message = "expected a file of roads, or a GMNS folder, got none; check the name"
        raise BadInput.one(str(file), "missing-file", message)
    if name.endswith(".tntp"):
        return read_tntp_source(file, units)
    if name.endswith(_OSM):
        return _osm_source(file, read_osm(file, service=service, progress=progress))
    message = (
        "expected .osm.pbf, .osm, .osm.gz, .osm.bz2, .tntp or a GMNS folder, got "
        f"{file.suffix or 'no ending'!r}; rename the file by its format"
    )
    raise BadInput.one(str(file), "unknown-network-format", message)


def _osm_source(file: Path, read: OsmRoads) -> Source:
    return Source(
        file=file.name,
        format="osm",
        sha256=file_digest(file),
        licence=_OSM_LICENCE,
        roads=read.roads,
        findings=tuple(_osm_findings(read)),
        restrictions=tuple(read.restrictions),
        odd_restrictions=read.odd_restrictions,
    )


def _osm_findings(read: OsmRoads) -> list[Finding]:
    found = []
    closed = read.left_out["access"]
    if closed:
        message = f"{closed:,} way(s) are not open to cars and left out"
        found.append(Finding.of("road-closed", message, count=closed))
    in_turn = read.left_out["reversible"]
    if in_turn or read.alternating:
        message = (
            f"{in_turn:,} reversible way(s) are left out; {read.alternating:,} link(s) share a "
            "lane with the other direction and have half of its capacity"
        )
        count = in_turn + read.alternating
        found.append(Finding.of("oneway-in-turn", message, count=count))
    if read.cut:
        message = f"{read.cut:,} way(s) lead out of the extract and end at its edge"
        found.append(Finding.of("way-cut", message, count=read.cut))
    if read.conditional:
        message = f"{read.conditional:,} way(s) have rules that hold at times only; left out"
        found.append(Finding.of("rule-at-times", message, count=read.conditional))
    if read.unread:
        values = [text for text, _ in read.unread.most_common()]
        message = f"{read.unread.total():,} tag(s) were not understood and count as not told"
        found.append(Finding.of("tag-not-read", message, values, read.unread.total()))
    return found
