"""Answers that put proposals side by side."""

from __future__ import annotations

from safepassage.check.reading import UnplannableError, read_terms
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import MalformedError, Part
from safepassage.check.table.record import check_record, check_row
from safepassage.check.table.window import check_least_window, told_bottleneck
from safepassage.plan.document import Level, Plan

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
_PLANNED = (*_FIGURES[1:6], "feasible")
"""What a row repeats of the likely count."""
_CLAIMED = (*_PLANNED, "person_hours_waiting", "bottleneck", "shortest_window_s")


def check_compare(court: Court) -> None:
    """Check that every proposal has its row, and the figures and verdicts of each."""
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
            message = f"the case has no proposal {name[:60]!r}"
            court.tell("table-figure-differs", row.at("id"), message)
            continue
        check_row(court, row, known[name])
        if row.any("by_count") is not None:
            _planned(court, row, name)
        else:
            _not_planned(court, row, name)


def _not_planned(court: Court, row: Part, proposal: str) -> None:
    """Of a proposal that cannot be planned, and of none else, nothing is claimed, and why."""
    opened = court.opened
    try:
        read_terms(opened.case, opened.network, opened.case.proposal(proposal), "likely", 0)
    except UnplannableError:
        pass
    else:
        message = "these terms can be planned; expected figures"
        court.tell("table-verdict-differs", row.at("cannot_be_planned"), message)
    for key in (*_CLAIMED, "window"):
        _same(court, row, key, None)
    if not row.text("cannot_be_planned"):
        court.tell("table-figure-differs", row.at("cannot_be_planned"), "expected the reason")


def _planned(court: Court, row: Part, proposal: str) -> None:
    counts = row.by_level("by_count")
    main = counts.get("likely")
    if main is None:
        raise MalformedError(row.at("by_count"), "expected the likely count among them")
    _same(court, row, "cannot_be_planned", None)
    plans = {level: _count(court, part, proposal, level) for level, part in counts.items()}
    plan = plans["likely"]
    for key in _PLANNED:
        _same(court, row, key, main.any(key))
    if plan is not None:
        _same(court, row, "bottleneck", told_bottleneck(plan))
        hours = round(plan.answer.person_seconds_waiting / 3_600)
        _same(court, row, "person_hours_waiting", hours)
    if row.any("window") is None:
        _same(court, row, "shortest_window_s", None)
        return
    window = row.part("window")
    check_least_window(court, window, proposal, "likely")
    _same(court, row, "shortest_window_s", window.any("shortest_window_s"))


def _same(court: Court, row: Part, key: str, wanted: object) -> None:
    if row.any(key) != wanted:
        court.tell("table-figure-differs", row.at(key), f"expected {wanted}, got {row.any(key)}")


def _count(court: Court, part: Part, proposal: str, level: Level) -> Plan | None:
    plan = court.plan(part.any("plan"), Terms(proposal, level, ()), part.at("plan"))
    if plan is None:
        return None
    answer = plan.answer
    for key in _FIGURES:
        _same(court, part, key, getattr(answer, key))
    limits = [x for x in (answer.deadline_s, answer.window_end_s) if x is not None]
    late = bool(limits) and answer.lower_bound_s > min(limits)
    impossible = answer.evacuated_at_most < answer.persons or late
    wanted = True if answer.feasible else False if impossible else None
    if part.flag("feasible") is not wanted:
        message = f"expected {wanted}, got {part.flag('feasible')}"
        court.tell("table-verdict-differs", part.at("feasible"), message)
    return plan
