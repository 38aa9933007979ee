"""Answers that put proposals side by side."""

from __future__ import annotations

from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import Part
from safepassage.check.table.window import check_least_window
from safepassage.plan.document import Level

__all__ = ["check_compare"]

_FIGURES = (
    "persons",
    "evacuated_by_deadline",
    "evacuated_at_most",
    "clearance_time_s",
    "lower_bound_s",
    "deadline_s",
    "person_seconds_waiting",
)
_PLANNED = (*_FIGURES[1:5], "feasible")


def check_compare(court: Court) -> None:
    """Check the figures and verdicts of every proposal that can be planned."""
    answer = Part(court.table.answer, "answer")
    known = {p.id: p for p in court.opened.case.proposals}
    for row in answer.parts("proposals"):
        name = row.text("id")
        if name not in known:
            court.tell("table-figure-differs", row.at("id"), f"the case has no proposal {name!r}")
            continue
        if row.text("status") != known[name].status.value:
            message = f"expected {known[name].status.value}"
            court.tell("table-figure-differs", row.at("status"), message)
        if row.any("by_count") is not None:
            _planned(court, row, name)


def _planned(court: Court, row: Part, proposal: str) -> None:
    counts = row.by_level("by_count")
    for level, part in counts.items():
        _count(court, part, proposal, level)
    main = counts.get("likely")
    if main is not None:
        for key in _PLANNED:
            if row.any(key) != main.any(key):
                message = f"expected {main.any(key)}, as at the likely count"
                court.tell("table-figure-differs", row.at(key), message)
    if row.any("window") is not None:
        window = row.part("window")
        check_least_window(court, window, proposal, "likely")
        if row.any("shortest_window_s") != window.any("shortest_window_s"):
            message = f"expected {window.any('shortest_window_s')}"
            court.tell("table-figure-differs", row.at("shortest_window_s"), message)


def _count(court: Court, part: Part, proposal: str, level: Level) -> None:
    plan = court.plan(part.any("plan"), Terms(proposal, level, ()), part.at("plan"))
    if plan is None:
        return
    answer = plan.answer
    for key in _FIGURES:
        if part.any(key) != getattr(answer, key):
            message = f"the plan says {getattr(answer, key)}, got {part.any(key)}"
            court.tell("table-figure-differs", part.at(key), message)
    limits = [x for x in (answer.deadline_s, answer.window_end_s) if x is not None]
    late = bool(limits) and answer.lower_bound_s > min(limits)
    impossible = answer.evacuated_at_most < answer.persons or late
    wanted = True if answer.feasible else False if impossible else None
    if part.flag("feasible") is not wanted:
        message = f"expected {wanted}, got {part.flag('feasible')}"
        court.tell("table-verdict-differs", part.at("feasible"), message)
