"""The plan as data: the file that planner, checker and reports share, and nothing else.

The classes mirror ``docs/reference/plan-format.md`` key by key, in the order of the file (a key
that is a Python keyword carries a trailing underscore here). Times are whole seconds after
``Plan.start``. What the fields mean is defined in ``docs/design/convoy-model.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal

__all__ = [
    "NOTICE",
    "PLAN_FORMAT",
    "Answer",
    "Assumption",
    "Boarding",
    "Bottleneck",
    "CaseReference",
    "Left",
    "Leg",
    "Level",
    "Plan",
    "Rotation",
    "Stop",
    "Unloading",
]

PLAN_FORMAT = "safepassage-plan/1"

NOTICE = (
    "This plan is an estimate, never a guarantee of safety. It says what the stated terms, roads "
    "and vehicles allow, not what will happen."
)
"""The standing notice that every plan carries."""

Level = Literal["low", "likely", "high"]
"""Which of the three counts of people a plan is for."""


@dataclass(frozen=True, slots=True)
class CaseReference:
    """The case a plan was made from, exactly as it was."""

    id: str
    title: str
    digest: str
    """SHA-256 over the case folder."""
    location: str
    """A bundled name, or the path as it was given."""
    overrides: tuple[str, ...] = ()
    """``path=value``, in the order applied."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """What keeps the answer from being better."""

    sentence: str
    clause_ids: tuple[str, ...]
    resource: str | None
    """What runs short, such as a crossing or a vehicle type; None where nothing does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures a plan claims; the checker recomputes every one of them."""

    feasible: bool
    """Everybody is out in time."""
    persons: int
    evacuated_by_deadline: int
    clearance_time_s: int | None
    """None where not everyone can be taken."""
    lower_bound_s: int
    """Proven; never above the true least clearance time."""
    gap: float | None
    """``clearance_time_s / lower_bound_s - 1``."""
    deadline_s: int | None
    window_end_s: int | None
    slack_s: int | None
    """``deadline_s - clearance_time_s``."""
    evacuated_at_most: int
    """Proven upper bound on people out in time."""
    person_seconds_waiting: int
    bottleneck: Bottleneck


@dataclass(frozen=True, slots=True)
class Left:
    """People the plan cannot take, and why."""

    group: str
    place: str
    persons: int
    reason: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the plan takes for granted that no source gives."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A crossing on the way: waiting, inspection, waiting."""

    crossing: str
    arrive_s: int
    inspect_from_s: int
    inspect_to_s: int
    leave_s: int


@dataclass(frozen=True, slots=True)
class Leg:
    """A drive of a whole convoy from one place to another."""

    from_: str
    to: str
    corridor: str | None
    """None for a leg that passes no crossing."""
    links: tuple[str, ...]
    depart_s: int
    stops: tuple[Stop, ...]
    arrive_s: int


@dataclass(frozen=True, slots=True)
class Boarding:
    """One vehicle at the assembly point, and the people it takes, by group."""

    vehicle: str
    bay: int | None
    """None for evacuees' own vehicles."""
    from_s: int
    to_s: int
    persons: Mapping[str, int]
    """At least one person of each group named; empty for an empty vehicle."""


@dataclass(frozen=True, slots=True)
class Unloading:
    """One vehicle at the reception point."""

    vehicle: str
    bay: int
    from_s: int
    to_s: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """One convoy's round: fetch, board, carry, unload."""

    id: str
    vehicles: tuple[str, ...]
    team: str | None
    """None where no escort is needed."""
    empty_leg: Leg | None
    """None where the vehicles already stand at the assembly point."""
    boarding: tuple[Boarding, ...]
    loaded_leg: Leg
    unloading: tuple[Unloading, ...]
    """Empty for evacuees' own vehicles."""

    @property
    def place(self) -> str:
        """Id of the assembly point where it boards."""
        return self.loaded_leg.from_

    @property
    def persons(self) -> int:
        """People aboard in all."""
        return sum(n for b in self.boarding for n in b.persons.values())

    def legs(self) -> Iterator[tuple[Literal["empty_leg", "loaded_leg"], Leg]]:
        """Yield the legs that exist, in the order driven, with the key they stand under."""
        if self.empty_leg is not None:
            yield "empty_leg", self.empty_leg
        yield "loaded_leg", self.loaded_leg


@dataclass(frozen=True, slots=True)
class Plan:
    """A convoy timetable with its answer and its proof."""

    case: CaseReference
    proposal: str
    count: Level
    seed: int
    start: datetime
    """The moment ``t = 0``, with its zone."""
    answer: Answer
    left: tuple[Left, ...]
    certificates: tuple[Mapping[str, Any], ...]
    """Plain JSON objects; see the certificate format."""
    not_modelled: tuple[str, ...]
    """Clause ids."""
    assumptions: tuple[Assumption, ...]
    rotations: tuple[Rotation, ...]
    notice: str = NOTICE

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data with the keys in the order of the file."""
        body = {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name != "notice"}
        return {"format": PLAN_FORMAT, "notice": self.notice, **body}


def _plain(value: object) -> object:
    """Turn dataclasses, tuples and moments into what ``json`` writes."""
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Boarding):
        return {
            "vehicle": value.vehicle,
            "bay": value.bay,
            "from_s": value.from_s,
            "to_s": value.to_s,
            # Equal plans give equal text, in whatever order the groups were put aboard.
            "persons": dict(sorted(value.persons.items())),
        }
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name.rstrip("_"): _plain(getattr(value, f.name)) for f in fields(value)}
    return value
