"""Who stands at a crossing with people aboard, and for how long, besides inspection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from safepassage.plan import Plan

__all__ = ["LONG_S", "Standing", "standing"]

LONG_S: Final = 3600
"""A stand that is told: over an hour."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Convoys that stand long, and the longest stand of all."""

    convoys: int
    """How many stand for over an hour at one crossing."""
    persons: int
    """People aboard these."""
    longest_s: int
    rotation: str
    """Of the longest stand."""
    aboard: int
    """People in it."""
    crossing: str


def standing(plan: Plan) -> Standing | None:
    """Return what a plan makes people aboard stand; None where nobody stands for over an hour."""
    stands = []
    persons = convoys = 0
    for rotation in plan.rotations:
        aboard = sum(n for b in rotation.boarding for n in b.persons.values())
        stops = rotation.loaded_leg.stops
        held = [
            (s.leave_s - s.arrive_s - (s.inspect_to_s - s.inspect_from_s), rotation.id, s.crossing)
            for s in stops
        ]
        longest = max(held, default=(0, "", ""))
        if aboard and longest[0] > LONG_S:
            convoys += 1
            persons += aboard
            stands.append((*longest, aboard))
    if not stands:
        return None
    longest_s, name, crossing, aboard = max(stands, key=lambda stand: (stand[0], stand[1]))
    return Standing(convoys, persons, longest_s, name, aboard, crossing)
