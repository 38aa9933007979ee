"""Answers to "what is the shortest window that is enough"."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import MalformedError, Part
from safepassage.check.table.turned import (
    Term,
    earliest_end,
    limits_off,
    only_limits_off,
    opened_by,
    term_of,
)
from safepassage.check.table.words import check_label
from safepassage.plan.document import Level, Plan
from safepassage.terms.clauses import TimedClause

__all__ = ["check_least_window", "check_window", "told_bottleneck"]

_REPEATED = (
    "shortest_window_s",
    "lower_bound_s",
    "gap",
    "persons",
    "stated_is_enough",
    "times_enough",
    "suffices",
    "nothing_shorter",
    "bottleneck",
)
"""What the top level repeats of the likely count."""


def check_window(court: Court) -> None:
    """Check every claim of the answer."""
    answer = Part(court.table.answer, "answer")
    proposal = answer.text("proposal")
    by_count = answer.by_level("by_count")
    if not by_count:
        raise MalformedError("answer.by_count", "expected at least one count")
    main = by_count.get("likely", next(iter(by_count.values())))
    for key in _REPEATED:
        _same(court, answer, key, main.any(key))
    for level, part in by_count.items():
        reading = court.reading(Terms(proposal, level, ()))
        if reading is None:
            return
        stated = earliest_end(reading)
        _same(court, answer, "stated_window_s", stated)
        _same(court, part, "persons", reading.persons)
        plan = check_least_window(court, part, proposal, level)
        if plan is not None:
            _same(court, part, "gap", plan.answer.gap)
            _same(court, part, "bottleneck", told_bottleneck(plan))
        _verdict(court, part, stated)
    for curve in answer.parts("frontier"):
        _curve(court, curve, proposal, main.maybe("shortest_window_s"))


def told_bottleneck(plan: Plan) -> dict[str, Any]:
    """A plan's bottleneck as answers tell it."""
    bottleneck = plan.answer.bottleneck
    return {"sentence": bottleneck.sentence, "clause_ids": list(bottleneck.clause_ids)}


def check_least_window(court: Court, part: Part, proposal: str, level: Level) -> Plan | None:
    """Check a window that is said to suffice, and that nothing shorter does; returns its plan."""
    window, bound = part.maybe("shortest_window_s"), part.number("lower_bound_s")
    settings = _settings(court, part.any("suffices"))
    if not only_limits_off(settings, proposal):
        message = "the plan is of terms that differ in more than their ends"
        court.tell("table-settings-differ", part.at("suffices"), message)
        return None
    terms = Terms(proposal, level, settings)
    plan = court.plan(part.any("suffices"), terms, part.at("suffices"))
    if plan is not None:
        _same(court, part, "shortest_window_s", plan.answer.clearance_time_s)
        _same(court, part, "lower_bound_s", plan.answer.lower_bound_s)
    court.not_before(part.any("nothing_shorter"), bound, terms, part.at("nothing_shorter"))
    if window is not None and bound > window:
        court.tell("table-figure-differs", part.at("lower_bound_s"), "it is above the window")
    return plan


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
    # Cut off, not rounded: a window may not be called more than it is.
    times = stated * 10_000 // window / 10_000 if stated is not None and window else None
    given = part.any("times_enough")
    if (given is None) != (times is None) or (
        times is not None and abs(part.real("times_enough") - times) > 1e-6
    ):
        court.tell("table-figure-differs", part.at("times_enough"), f"expected {times}")


@dataclass(frozen=True, slots=True)
class _Point:
    """A point of a frontier: where it stands, how far the lever is turned, under which terms."""

    part: Part
    amount: int
    settings: tuple[str, ...]
    ways: frozenset[str]
    """Corridors that are open, where these are what is turned."""


def _curve(court: Court, curve: Part, proposal: str, stands_s: int | None) -> None:
    """Check a frontier; ``stands_s``: the window of the terms as they stand."""
    lever, terms = curve.text("lever"), Terms(proposal, "likely", ())
    routes = lever.startswith("routes:")
    term = None if routes else term_of(lever, court, terms)
    if not routes and term is None:
        message = f"the proposal has nothing of that name to turn: {lever[:60]!r}"
        court.tell("table-settings-differ", curve.at("lever"), message)
        return
    _assumed(court, curve, terms)
    parts = curve.parts("points")
    found = [_point(court, part, term, terms) for part in parts]
    points = [point for point in found if point is not None]
    if len(points) < len(parts) or not _in_order(court, curve, points, term, proposal):
        return
    for i, point in enumerate(points):
        turned = [s for s in point.settings if not only_limits_off([s], proposal)]
        check_label(court, point.part, lever, (point.amount, turned))
        _bound(court, points, i, terms)
        _window(court, points, i, (term, stands_s))
        window, bound = point.part.maybe("shortest_window_s"), point.part.number("lower_bound_s")
        if window is not None and bound > window:
            message = "it is above the window"
            court.tell("table-figure-differs", point.part.at("lower_bound_s"), message)
    if points:
        message = (
            f"{len(points)} windows of {lever}; plan any of them with --set to have it checked"
        )
        court.tell("table-timetables-left-out", curve.where, message)


def _assumed(court: Court, curve: Part, terms: Terms) -> None:
    """Something is assumed just where daily hours are turned that the terms do not state."""
    kind, _, of = curve.text("lever").partition(":")
    clauses = court.opened.case.proposal(terms.proposal).clauses
    stated = any(isinstance(c, TimedClause) and c.id == of and c.daily for c in clauses)
    if (curve.any("assumed") is not None) is not (kind == "hours" and not stated):
        message = "daily hours that the terms do not state are assumed, and nothing else"
        court.tell("table-words-differ", curve.at("assumed"), message)


def _point(court: Court, part: Part, term: Term | None, terms: Terms) -> _Point | None:
    """Read a point; None, with a finding, where its settings are not those of its amount."""
    amount, settings = part.number("amount"), part.texts("settings")
    turned = [s for s in settings if not only_limits_off([s], terms.proposal)]
    ways = opened_by(turned, court, terms) if term is None else frozenset()
    if ways is None or (term is not None and term.amount(turned, court, terms) != amount):
        message = f"the settings do not turn it to {amount}, or change something else"
        court.tell("table-settings-differ", part.at("settings"), message)
        return None
    return _Point(part, amount, settings, ways)


def _in_order(
    court: Court, curve: Part, points: list[_Point], term: Term | None, proposal: str
) -> bool:
    """Whether amounts go from least to most to go by, under terms that are otherwise the same."""
    sign = 1 if term is None or term.step > 0 else -1
    if any(sign * a.amount >= sign * b.amount for a, b in pairwise(points)):
        message = "expected points from least to most to go by, each once"
        court.tell("table-settings-differ", curve.at("points"), message)
        return False
    if len({frozenset(limits_off(p.settings, proposal)) for p in points}) > 1:
        message = "expected the same ends taken off at all points"
        court.tell("table-settings-differ", curve.at("points"), message)
        return False
    return True


def _bound(court: Court, points: list[_Point], i: int, terms: Terms) -> None:
    """A point's bound is proven by a point with no less to go by."""
    point, order = points[i], [p.amount for p in points]
    given = point.part.number("bound_from")
    if given not in order or not _within(points, i, order.index(given)):
        message = "a proof has to be of a point with no less to go by"
        court.tell("table-settings-differ", point.part.at("bound_from"), message)
        return
    of = Terms(terms.proposal, terms.count, points[order.index(given)].settings)
    where, bound = point.part.at("nothing_shorter"), point.part.number("lower_bound_s")
    court.not_before(point.part.any("nothing_shorter"), bound, of, where)


def _window(
    court: Court, points: list[_Point], i: int, stands: tuple[Term | None, int | None]
) -> None:
    """A point's window is that of one with no more to go by, or of the terms as they stand."""
    part, amount, order = points[i].part, points[i].amount, [p.amount for p in points]
    given, (term, stands_s) = part.number("window_from"), stands
    if given in order:
        good = _within(points, order.index(given), i)
        shown = points[order.index(given)].part.any("shortest_window_s")
        if good and part.any("shortest_window_s") != shown:
            message = f"expected {shown}, as at the point that it is from"
            court.tell("table-figure-differs", part.at("shortest_window_s"), message)
    else:
        sign = 1 if term is None or term.step > 0 else -1
        good = term is not None and given == term.now and sign * given <= sign * amount
        if good and part.maybe("shortest_window_s") != stands_s:
            message = f"expected {stands_s}, as the terms stand"
            court.tell("table-figure-differs", part.at("shortest_window_s"), message)
    if not good:
        message = "a timetable has to be of a point with no more to go by, or of the terms"
        court.tell("table-settings-differ", part.at("window_from"), message)


def _within(points: list[_Point], less: int, more: int) -> bool:
    """Whether whatever can be done at one point can be done at another."""
    if points[less].ways:
        return points[less].ways <= points[more].ways
    return less <= more
