"""What is questionable about a city's roads or people, as data: findings warn, they never stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["IMPORT_CODES", "Code", "Finding", "Severity"]

Severity = Literal["warning", "info"]
"""A warning leaves somebody without a way out, or makes the answer doubtful; the rest is info."""


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    severity: Severity
    meaning: str
    """One sentence."""


_WARNINGS = {
    "links-missing": "A file says that it has more links than it has, or fewer; was it cut off?",
    "people-missing": "A zone does not say how many people it has; it is left out.",
    "units-doubtful": "Most lengths do not fit to the travel times; the units may be others.",
    "unreachable-zone": "From where a zone's people start, no destination can be reached.",
    "zero-capacity": "A link takes no vehicle.",
    "zone-far-from-roads": "A zone's people start over 1 km from the nearest road.",
}

_INFO = {
    "capacity-a-lane": "Capacities were taken as a lane's, as GMNS has them, and multiplied.",
    "coordinates-missing": "Nodes have no coordinates in degrees; no map can be drawn.",
    "disconnected-part": "Roads are not connected with the largest part, in any direction.",
    "length-from-time": "A length was made from the travel time, or its unit is assumed.",
    "occupancy-assumed": "How many people ride in a vehicle was not stated, and is assumed.",
    "one-way-trap": "Roads lead in and not out again, or out and not in.",
    "oneway-in-turn": "Roads are open in one direction at a time.",
    "road-closed": "Ways that are not open to cars are left out.",
    "rule-at-times": "Rules that hold at certain times only are left out.",
    "tag-not-read": "A tag with a value that was not understood counts as not told.",
    "turn-not-modelled": "A turn restriction is left out that nodes and links do not hold.",
    "turn-restricted": "Junctions were divided so that forbidden turns are impossible.",
    "value-imputed": "Values that the source does not state were filled in from tables.",
    "way-cut": "A way leads out of the extract; it ends at its edge.",
    "zone-empty": "A zone has nobody in it, and is left out.",
    "zone-moved": "A zone's nearest roads lead nowhere; its people start at others.",
    "zone-not-through": "Zones that no road passes were divided into a way in and one out.",
    "zone-outside": "A zone is outside the area that is left; its people do not count.",
}

IMPORT_CODES: Mapping[str, Code] = {
    **{code: Code("warning", meaning) for code, meaning in _WARNINGS.items()},
    **{code: Code("info", meaning) for code, meaning in _INFO.items()},
}
"""Severity and meaning by code; the reference page is made from it. Codes are stable."""

#: Ids told with a finding; more would be a list that nobody reads.
_MOST_IDS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about an import."""

    code: str
    message: str
    """A sentence with its numbers."""
    ids: tuple[str, ...] = ()
    """The first nodes, links or zones that it is about."""
    count: int = 0
    """How many there are in all."""

    @classmethod
    def of(
        cls, code: str, message: str, ids: Sequence[str] = (), count: int | None = None
    ) -> Finding:
        """Build a finding on any number of things, of which it names a few."""
        return cls(code, message, tuple(ids[:_MOST_IDS]), len(ids) if count is None else count)

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return IMPORT_CODES[self.code].severity

    def to_json(self) -> dict[str, Any]:
        """Return the finding for ``--json`` and ``import.json``."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "count": self.count,
            "ids": list(self.ids),
        }
