"""Ways to tamper with the naive plan of the town, each with the code that has to come of it."""

from __future__ import annotations

from tests.check.tampering import hands, papers, people, ways
from tests.check.tampering.tampering import DAY, TAMPERINGS, Tampering, rotation, shift

__all__ = [
    "DAY",
    "TAMPERINGS",
    "Tampering",
    "hands",
    "papers",
    "people",
    "rotation",
    "shift",
    "ways",
]
