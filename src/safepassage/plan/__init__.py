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
    "read_plan",
    "write_plan",
]
