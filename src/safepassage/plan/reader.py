"""From parsed JSON to a :class:`Plan`, with every structural fault found in one pass."""

from __future__ import annotations

from typing import Final, cast

from safepassage.plan.document import (
    PLAN_FORMAT,
    Answer,
    Assumption,
    Boarding,
    Bottleneck,
    CaseReference,
    Left,
    Leg,
    Plan,
    Rotation,
    Stop,
    Unloading,
)
from safepassage.plan.parsers import (
    counts,
    digest,
    flag,
    listing,
    mapping,
    moment,
    nullable,
    number,
    one_of,
    parsed,
    record,
    unversioned,
    whole,
    words,
)

__all__ = ["CASE_REFERENCE", "MOST_PERSONS", "MOST_SECONDS", "plan_from_json"]

MOST_SECONDS: Final = 20 * 366 * 86_400
"""Longest time a plan may speak of, twice what the terms may: more is a slip."""

MOST_PERSONS: Final = 100_000_000

_MOST_SUM: Final = MOST_PERSONS * MOST_SECONDS

_NAME = words(1, 200)
_TEXT = words(1, 20_000)
_PEOPLE = whole(1, MOST_PERSONS, "a whole number of people")
_SOME_PEOPLE = whole(0, MOST_PERSONS, "a whole number of people")
_TIME = whole(0, MOST_SECONDS, "whole seconds")
_MARK = whole(-MOST_SECONDS, MOST_SECONDS, "whole seconds")
_BAY = whole(0, MOST_PERSONS, "the number of a bay")

CASE_REFERENCE = record(
    CaseReference,
    {
        "id": _NAME,
        "title": _TEXT,
        "digest": digest,
        "location": _TEXT,
        "overrides": listing(_TEXT),
    },
)
_BOTTLENECK = record(
    Bottleneck,
    {"sentence": _TEXT, "clause_ids": listing(_NAME), "resource": nullable(_NAME)},
)
_ANSWER = record(
    Answer,
    {
        "feasible": flag,
        "persons": _SOME_PEOPLE,
        "evacuated_by_deadline": _SOME_PEOPLE,
        "clearance_time_s": nullable(_TIME),
        "lower_bound_s": _TIME,
        "gap": nullable(number),
        "deadline_s": nullable(_MARK),
        "window_end_s": nullable(_MARK),
        "slack_s": nullable(whole(-2 * MOST_SECONDS, MOST_SECONDS, "whole seconds")),
        "evacuated_at_most": _SOME_PEOPLE,
        "person_seconds_waiting": whole(0, _MOST_SUM, "whole person-seconds"),
        "bottleneck": _BOTTLENECK,
    },
)
_LEFT = record(Left, {"group": _NAME, "place": _NAME, "persons": _PEOPLE, "reason": _TEXT})
_ASSUMPTION = record(Assumption, {"where": _TEXT, "text": _TEXT})
_STOP = record(
    Stop,
    {
        "crossing": _NAME,
        "arrive_s": _TIME,
        "inspect_from_s": _TIME,
        "inspect_to_s": _TIME,
        "leave_s": _TIME,
    },
)
_LEG = record(
    Leg,
    {
        "from_": _NAME,
        "to": _NAME,
        "corridor": nullable(_NAME),
        "links": listing(_NAME),
        "depart_s": _TIME,
        "stops": listing(_STOP),
        "arrive_s": _TIME,
    },
)
_BOARDING = record(
    Boarding,
    {
        "vehicle": _NAME,
        "bay": nullable(_BAY),
        "from_s": _TIME,
        "to_s": _TIME,
        "persons": counts(_NAME, _PEOPLE),
    },
)
_UNLOADING = record(Unloading, {"vehicle": _NAME, "bay": _BAY, "from_s": _TIME, "to_s": _TIME})
_ROTATION = record(
    Rotation,
    {
        "id": _NAME,
        "vehicles": listing(_NAME, least=1),
        "team": nullable(_NAME),
        "empty_leg": nullable(_LEG),
        "boarding": listing(_BOARDING),
        "loaded_leg": _LEG,
        "unloading": listing(_UNLOADING),
    },
)


_PLAN = record(
    unversioned(Plan),
    {
        "format": one_of(PLAN_FORMAT),
        "notice": _TEXT,
        "case": CASE_REFERENCE,
        "proposal": _NAME,
        "count": one_of("low", "likely", "high"),
        "seed": whole(0, 2**63 - 1, "a whole number"),
        "start": moment,
        "answer": _ANSWER,
        "left": listing(_LEFT),
        "certificates": listing(mapping),
        "not_modelled": listing(_NAME),
        "assumptions": listing(_ASSUMPTION),
        "rotations": listing(_ROTATION),
    },
)


def plan_from_json(data: object, where: str = "plan") -> Plan:
    """Build a plan from parsed JSON.

    Raises
    ------
    BadInput
        With every structural fault; each names ``where`` and the JSON path.
    """
    return cast("Plan", parsed(_PLAN, data, where))
