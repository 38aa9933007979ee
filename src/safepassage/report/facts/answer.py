"""The answer for each count of people, as the plans claim it and the checker sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from safepassage.check import Verification
from safepassage.plan import Answer, Left, Level, Plan

__all__ = ["LEVELS", "NOT_FOUND", "CountAnswer", "LastArrival", "answers", "main_level"]

LEVELS: tuple[Level, ...] = ("low", "likely", "high")
"""The three counts, in the order in which they are shown."""


NOT_FOUND = "no timetable was found"
"""How the planner begins a reason for leaving people that proves nothing of other timetables."""


@dataclass(frozen=True, slots=True)
class LastArrival:
    """The convoy that brings the last people."""

    rotation: str
    persons: int
    from_: str
    to: str
    corridor: str | None


@dataclass(frozen=True, slots=True)
class CountAnswer:
    """The answer for one count, with its moments in local time."""

    level: Level
    figures: Answer
    clearance: datetime | None
    deadline: datetime | None
    carried: int
    """People brought to safety, in time or late."""
    late: int
    """People brought to safety, but after the time agreed."""
    left: tuple[Left, ...]
    """People the plan cannot take."""
    last: LastArrival | None
    convoys: int
    vehicles: int
    """Vehicles that are used at all."""
    verification: Verification

    @property
    def cannot_go(self) -> bool:
        """Somebody is left for a reason in the terms, not only as no timetable was found."""
        return any(not left.reason.startswith(NOT_FOUND) for left in self.left)

    @property
    def proven_impossible(self) -> bool:
        """No timetable at all can bring everyone out in time."""
        return self.figures.evacuated_at_most < self.figures.persons

    @property
    def proven(self) -> bool:
        """The separate checker accepted both the plan and its bounds."""
        return self.verification.valid and self.verification.lower_bound_verified


def main_level(plans: Mapping[Level, Plan]) -> Level:
    """The count that stands for all: the likely one, else the first there is."""
    return next(level for level in ("likely", *LEVELS) if level in plans)


def answers(
    plans: Mapping[Level, Plan], verifications: Mapping[Level, Verification], zone: tzinfo
) -> dict[Level, CountAnswer]:
    """Gather the answers in the order low, likely, high."""
    return {
        level: _answer(plans[level], verifications[level], zone)
        for level in LEVELS
        if level in plans
    }


def _answer(plan: Plan, verification: Verification, zone: tzinfo) -> CountAnswer:
    def at(seconds: int | None) -> datetime | None:
        if seconds is None:
            return None
        return (plan.start + timedelta(seconds=seconds)).astimezone(zone)

    figures = plan.answer
    loaded = [r for r in plan.rotations if r.persons]
    carried = sum(r.persons for r in loaded)
    last = max(loaded, key=lambda r: r.loaded_leg.arrive_s, default=None)
    return CountAnswer(
        level=plan.count,
        figures=figures,
        clearance=at(figures.clearance_time_s),
        deadline=at(figures.deadline_s),
        carried=carried,
        late=carried - figures.evacuated_by_deadline,
        left=plan.left,
        last=LastArrival(
            last.id, last.persons, last.place, last.loaded_leg.to, last.loaded_leg.corridor
        )
        if last
        else None,
        convoys=len(loaded),
        vehicles=len({v for r in plan.rotations for v in r.vehicles}),
        verification=verification,
    )
