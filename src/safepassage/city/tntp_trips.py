"""Read a table of trips of the TNTP format: how many vehicles start at each node.

References
----------
github.com/bstabler/TransportationNetworks, README.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from safepassage.city.zones import MOST_PERSONS, ZonePlace
from safepassage.errors import BadInput, Fault
from safepassage.files import read_text, shown, too_many

__all__ = ["read_trips"]

MOST_BYTES = 256 * 1024 * 1024
_ORIGIN = re.compile(r"Origin\s+(\d{1,15})", re.IGNORECASE)
_TRIP = re.compile(r"(\d{1,15})\s*:\s*(\d{1,20}(?:\.\d{0,30})?(?:[eE][-+]?\d{1,2})?)")


def read_trips(file: Path) -> list[ZonePlace]:
    """Read ``_trips.tntp``: the trips from each origin to elsewhere are vehicles that leave it.

    Raises
    ------
    BadInput
        With every fault of the file.
    """
    faults: list[Fault] = []
    vehicles: dict[str, Fraction] = {}
    lines: dict[str, int] = {}
    origin = None
    for number, line in enumerate(read_text(file, MOST_BYTES).splitlines(), 1):
        text = line.strip()
        where = f"{file}:{number}"
        if too_many(faults, where):
            break
        match = _ORIGIN.fullmatch(text)
        if match:
            origin = match[1]
            if origin in vehicles:
                message = f"expected each origin once, got {origin} again; join them"
                faults.append(Fault(where, "duplicate-id", message))
            vehicles[origin], lines[origin] = Fraction(0), number
        elif origin is not None and text and not text.startswith("~"):
            vehicles[origin] += _trips(where, origin, text, faults)
    if not vehicles and not faults:
        message = "expected lines 'Origin N' and 'M : trips;', got none; is it a table of trips?"
        faults.append(Fault(f"{file}:1", "not-tntp", message))
    if faults:
        raise BadInput(faults)
    return [
        ZonePlace(f"{file}:{lines[node]}", node, vehicles=count, node=node)
        for node, count in vehicles.items()
    ]


def _trips(where: str, origin: str, text: str, faults: list[Fault]) -> Fraction:
    """Return the trips of a line that lead elsewhere."""
    total = Fraction(0)
    for part in filter(None, (part.strip() for part in text.split(";"))):
        match = _TRIP.fullmatch(part)
        trips = Fraction(match[2]) if match else None
        if match is None or trips is None or trips > MOST_PERSONS:
            message = f"expected 'node : trips', got {shown(part)}"
            faults.append(Fault(where, "bad-value", message))
        elif match[1] != origin:
            total += trips
    return total
