"""Answers that put proposals side by side."""

from __future__ import annotations

from safepassage.check.reading import UnplannableError, read_terms
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import Part
from safepassage.check.table.record import check_record, check_row
from safepassage.check.table.window import check_least_window
from safepassage.check.table.words import check_bottleneck
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
    rows = answer.parts("proposals")
    check_record(court, answer)
    told = [row.text("id") for row in rows]
    for name in known:
        if told.count(name) != 1:
            message = f"expected one row of {name}, got {told.count(name)}"
            court.tell("table-row-missing", answer.at("proposals"), message)
    for row in rows:
        name = row.text("id")
        if name not in known:
            court.tell("table-figure-differs", row.at("id"), f"the case has no proposal {name!r}")
            continue
        if row.text("status") != known[name].status.value:
            message = f"expected {known[name].status.value}"
            court.tell("table-figure-differs", row.at("status"), message)
        check_row(court, row, known[name])
        if row.any("by_count") is not None:
            _planned(court, row, name)
        elif _readable(court, name):
            message = "these terms can be planned; expected figures"
            court.tell("table-verdict-differs", row.at("cannot_be_planned"), message)


def _readable(court: Court, proposal: str) -> bool:
    """Whether the terms of a proposal can be planned at all."""
    opened = court.opened
    try:
        read_terms(opened.case, opened.network, opened.case.proposal(proposal), "likely", 0)
    except UnplannableError:
        return False
    return True


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
        _likely(court, row, main, proposal)
    if row.any("window") is not None:
        window = row.part("window")
        check_least_window(court, window, proposal, "likely")
        if row.any("shortest_window_s") != window.any("shortest_window_s"):
            message = f"expected {window.any('shortest_window_s')}"
            court.tell("table-figure-differs", row.at("shortest_window_s"), message)


def _likely(court: Court, row: Part, main: Part, proposal: str) -> None:
    """What a row takes from the plan of the likely count besides figures."""
    plan = court.plan(main.any("plan"), Terms(proposal, "likely", ()), main.at("plan"))
    if plan is None:
        return
    check_bottleneck(court, row, plan)
    hours = round(plan.answer.person_seconds_waiting / 3_600)
    if row.any("person_hours_waiting") != hours:
        court.tell("table-figure-differs", row.at("person_hours_waiting"), f"expected {hours}")


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
