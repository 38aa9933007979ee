"""The plan: a file format first, and the only thing that planner, checker and reports share."""

from __future__ import annotations

from safepassage.plan.document import (
    NOTICE,
    PLAN_FORMAT,
    Answer,
    Assumption,
    Boarding,
    Bottleneck,
    CaseReference,
    Left,
    Leg,
    Level,
    Plan,
    Rotation,
    Stop,
    Unloading,
)
from safepassage.plan.files import dumps_plan, read_plan, write_plan
from safepassage.plan.reader import plan_from_json

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
    "dumps_plan",
    "plan_from_json",
    "read_plan",
    "write_plan",
]
