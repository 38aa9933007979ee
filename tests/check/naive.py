"""Whole plans of the town, made by the plain scheduler, with their answer counted."""

from __future__ import annotations

from typing import Any

from safepassage.cases import OpenCase
from tests.check.assumptions import assumed
from tests.check.ground import DEADLINE, LATEST, WINDOW_END
from tests.check.scheduler import Scheduler


def schedule(
    opened: OpenCase, *, proposal: str = "deal", scheduler: Scheduler | None = None
) -> dict[str, Any]:
    """Return a whole plan as JSON data, its answer counted from the rotations."""
    free = proposal == "free"
    scheduler = scheduler or Scheduler(escorts=0 if free else 3, ranked=not free)
    rotations = scheduler.run()
    prefix = "free-" if free else ""
    return {
        "format": "safepassage-plan/1",
        "notice": (
            "This plan is an estimate, never a guarantee of safety. It says what the stated "
            "terms, roads and vehicles allow, not what will happen."
        ),
        "case": {
            "id": "town",
            "title": "A town to be left",
            "digest": opened.digest,
            "location": opened.location,
            "overrides": [],
        },
        "proposal": proposal,
        "count": "likely",
        "seed": 0,
        "start": "2030-05-10T06:30:00+02:00",
        "answer": _answer(rotations, scheduler, prefix),
        "left": [
            {"group": g, "place": p, "persons": n, "reason": "no vehicle suits them"}
            for g, p, n in scheduler.left
        ],
        "certificates": [],
        "not_modelled": [f"{prefix}monitoring", f"{prefix}text"],
        "assumptions": assumed(opened, proposal),
        "rotations": rotations,
    }


def _answer(rotations: list[dict[str, Any]], scheduler: Scheduler, prefix: str) -> dict[str, Any]:
    left = sum(n for _, _, n in scheduler.left)
    carried = in_time = clearance = waiting = 0
    for rotation in rotations:
        leg = rotation["loaded_leg"]
        for boarding in rotation["boarding"]:
            for group, persons in boarding["persons"].items():
                carried += persons
                waiting += persons * leg["arrive_s"]
                clearance = max(clearance, leg["arrive_s"])
                limit = min(DEADLINE.get(group, LATEST), WINDOW_END)
                in_time += persons if leg["arrive_s"] <= limit else 0
    return {
        "feasible": in_time == carried + left,
        "persons": carried + left,
        "evacuated_by_deadline": in_time,
        "clearance_time_s": None if left else clearance,
        "lower_bound_s": 0,
        "gap": None,
        "deadline_s": LATEST,
        "window_end_s": WINDOW_END,
        "slack_s": None if left else LATEST - clearance,
        "evacuated_at_most": carried + left,
        "person_seconds_waiting": waiting,
        "bottleneck": {
            "sentence": "The crossings are open by day only.",
            "clause_ids": [f"{prefix}ceasefire"],
            "resource": None,
        },
    }
