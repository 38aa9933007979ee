"""Answers to "what is the shortest window that is enough"."""

from __future__ import annotations

from safepassage.check.table.amounts import amount_of, earliest_end, only_limits_off
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import MalformedError, Part
from safepassage.plan.document import Level

__all__ = ["check_least_window", "check_window"]


def check_window(court: Court) -> None:
    """Check every claim of the answer."""
    answer = Part(court.table.answer, "answer")
    proposal = answer.text("proposal")
    by_count = answer.by_level("by_count")
    if not by_count:
        raise MalformedError("answer.by_count", "expected at least one count")
    main = by_count.get("likely", next(iter(by_count.values())))
    for key in ("shortest_window_s", "lower_bound_s", "persons", "suffices", "nothing_shorter"):
        _same(court, answer, key, main.any(key))
    for level, part in by_count.items():
        reading = court.reading(Terms(proposal, level, ()))
        if reading is None:
            return
        stated = earliest_end(reading)
        _same(court, answer, "stated_window_s", stated)
        _same(court, part, "persons", reading.persons)
        check_least_window(court, part, proposal, level)
        _verdict(court, part, stated)
    for curve in answer.parts("frontier"):
        _curve(court, curve, proposal)


def check_least_window(court: Court, part: Part, proposal: str, level: Level) -> None:
    """Check a window that is said to suffice, and that nothing shorter does."""
    window, bound = part.maybe("shortest_window_s"), part.number("lower_bound_s")
    settings = _settings(court, part.any("suffices"))
    if not only_limits_off(settings, proposal):
        message = "the plan is of terms that differ in more than their ends"
        court.tell("table-settings-differ", part.at("suffices"), message)
        return
    terms = Terms(proposal, level, settings)
    plan = court.plan(part.any("suffices"), terms, part.at("suffices"))
    if plan is not None:
        _same(court, part, "shortest_window_s", plan.answer.clearance_time_s)
        _same(court, part, "lower_bound_s", plan.answer.lower_bound_s)
    court.not_before(part.any("nothing_shorter"), bound, terms, part.at("nothing_shorter"))
    if window is not None and bound > window:
        court.tell("table-figure-differs", part.at("lower_bound_s"), "it is above the window")


def _settings(court: Court, given: object) -> tuple[str, ...]:
    return next((e.settings for e in court.table.evidence if e.id == given), ())


def _same(court: Court, part: Part, key: str, wanted: object) -> None:
    if part.any(key) != wanted:
        message = f"expected {wanted}, got {part.any(key)}"
        court.tell("table-figure-differs", part.at(key), message)


def _verdict(court: Court, part: Part, stated: int | None) -> None:
    window, bound = part.maybe("shortest_window_s"), part.number("lower_bound_s")
    wanted: bool | None = None
    if stated is not None:
        if window is not None and window <= stated:
            wanted = True
        elif bound > stated:
            wanted = False
    if part.flag("stated_is_enough") is not wanted:
        message = f"expected {wanted}, got {part.flag('stated_is_enough')}"
        court.tell("table-verdict-differs", part.at("stated_is_enough"), message)
    times = round(stated / window, 4) if stated is not None and window else None
    given = part.any("times_enough")
    if (given is None) != (times is None) or (
        times is not None and abs(part.real("times_enough") - times) > 1e-6
    ):
        court.tell("table-figure-differs", part.at("times_enough"), f"expected {times}")


def _curve(court: Court, curve: Part, proposal: str) -> None:
    lever, points = curve.text("lever"), curve.parts("points")
    terms = Terms(proposal, "likely", ())
    order = [p.number("amount") for p in points]
    corridors = [_corridors(p.texts("settings")) for p in points]
    for i, point in enumerate(points):
        settings = point.texts("settings")
        turned = tuple(s for s in settings if not only_limits_off([s], proposal))
        routes = lever.startswith("routes")
        if not routes and amount_of(lever, turned, court, terms) != order[i]:
            message = f"the settings do not turn {lever} to {order[i]}"
            court.tell("table-settings-differ", point.at("settings"), message)
            continue
        bound_from = point.number("bound_from")
        if bound_from not in order:
            court.tell("table-settings-differ", point.at("bound_from"), "expected a point's amount")
            continue
        j = order.index(bound_from)
        more = corridors[i] <= corridors[j] if routes else i <= j
        if not more:
            message = "the proof is of a point with less to go by, and does not hold here"
            court.tell("table-settings-differ", point.at("bound_from"), message)
            continue
        of = Terms(proposal, "likely", points[j].texts("settings"))
        where = point.at("nothing_shorter")
        court.not_before(point.any("nothing_shorter"), point.number("lower_bound_s"), of, where)
    if points:
        message = (
            f"{len(points)} windows of {lever}; plan any of them with --set to have it checked"
        )
        court.tell("table-timetables-left-out", curve.where, message)


def _corridors(settings: tuple[str, ...]) -> frozenset[str]:
    found = [s.partition(".corridors=[")[2].removesuffix("]") for s in settings]
    return frozenset(c for text in found if text for c in text.split(", "))
