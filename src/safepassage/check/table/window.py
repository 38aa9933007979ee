"""Answers to "what is the shortest window that is enough"."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.check.table.amounts import amount_of, earliest_end, only_limits_off, paths_of
from safepassage.check.table.evidence import Court, Terms
from safepassage.check.table.parts import MalformedError, Part
from safepassage.check.table.words import check_bottleneck, label_of, opened_by
from safepassage.plan.document import Level, Plan

__all__ = ["check_least_window", "check_window"]


def check_window(court: Court) -> None:
    """Check every claim of the answer."""
    answer = Part(court.table.answer, "answer")
    proposal = answer.text("proposal")
    by_count = answer.by_level("by_count")
    if not by_count:
        raise MalformedError("answer.by_count", "expected at least one count")
    main = by_count.get("likely", next(iter(by_count.values())))
    for key in main.names():
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
            check_bottleneck(court, part, plan)
        _verdict(court, part, stated)
    for curve in answer.parts("frontier"):
        _curve(court, curve, proposal, main)


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
    times = round(stated / window, 4) if stated is not None and window else None
    given = part.any("times_enough")
    if (given is None) != (times is None) or (
        times is not None and abs(part.real("times_enough") - times) > 1e-6
    ):
        court.tell("table-figure-differs", part.at("times_enough"), f"expected {times}")


def _curve(court: Court, curve: Part, proposal: str, main: Part) -> None:
    _assumed(court, curve, proposal)
    points = curve.parts("points")
    frontier = _Frontier(court, proposal, curve.text("lever"), points, main)
    for i in range(len(points)):
        if frontier.turned(i):
            frontier.bound(i)
            frontier.window(i)
    if len({paths for i in range(len(points)) if (paths := paths_of(frontier.settings(i)))}) > 1:
        message = "the points change terms of different paths"
        court.tell("table-settings-differ", curve.where, message)
    if points:
        message = (
            f"{len(points)} windows of {frontier.lever}; plan any of them with --set to have it "
            "checked"
        )
        court.tell("table-timetables-left-out", curve.where, message)


@dataclass(frozen=True, slots=True)
class _Frontier:
    """Points from least to most to go by."""

    court: Court
    proposal: str
    lever: str
    points: list[Part]
    main: Part
    """What is told of the likely count."""

    def settings(self, i: int) -> tuple[str, ...]:
        """Settings of a point, but for those that take ends off."""
        settings = self.points[i].texts("settings")
        return tuple(s for s in settings if not only_limits_off([s], self.proposal))

    def more(self, less: int, further: int) -> bool:
        """Whether a point has all to go by that another has."""
        if not self.lever.startswith("routes"):
            return less <= further
        less_open, more_open = (set(opened_by(self.settings(i))) for i in (less, further))
        return less_open <= more_open

    def turned(self, i: int) -> bool:
        """Whether the settings turn the term as far as is said, and the label says so."""
        point, settings = self.points[i], self.settings(i)
        amount, terms = point.number("amount"), Terms(self.proposal, "likely", ())
        routes = self.lever.startswith("routes")
        if not routes and amount_of(self.lever, settings, self.court, terms) != amount:
            message = f"the settings do not turn {self.lever} to {amount}"
            self.court.tell("table-settings-differ", point.at("settings"), message)
            return False
        wanted = label_of(self.lever, amount, settings)
        if point.text("label") != wanted:
            message = f"expected {wanted!r}"
            self.court.tell("table-words-differ", point.at("label"), message)
        return True

    def bound(self, i: int) -> None:
        """A bound is proven for this point, or for one with no less to go by."""
        point = self.points[i]
        froms = self._from(point.number("bound_from"))
        if not any(self.more(i, j) for j in froms):
            message = (
                "the proof is of a point with less to go by, and does not hold here"
                if froms
                else "expected a point's amount"
            )
            self.court.tell("table-settings-differ", point.at("bound_from"), message)
            return
        of = Terms(self.proposal, "likely", self.points[froms[0]].texts("settings"))
        where, least = point.at("nothing_shorter"), point.number("lower_bound_s")
        self.court.not_before(point.any("nothing_shorter"), least, of, where)

    def window(self, i: int) -> None:
        """A window is that of the point it is from, or of the terms, and not under the bound."""
        point = self.points[i]
        froms = self._from(point.number("window_from"))
        shown = [self.points[j].any("shortest_window_s") for j in froms if self.more(j, i)]
        window = point.maybe("shortest_window_s")
        if window not in (shown or [self.main.any("shortest_window_s")]):
            message = "expected the window of the point it is from, with no more to go by"
            self.court.tell("table-figure-differs", point.at("shortest_window_s"), message)
        elif window is not None and point.number("lower_bound_s") > window:
            message = "it is above the window"
            self.court.tell("table-figure-differs", point.at("lower_bound_s"), message)

    def _from(self, amount: int) -> list[int]:
        return [j for j, p in enumerate(self.points) if p.number("amount") == amount]


def _assumed(court: Court, curve: Part, proposal: str) -> None:
    """Something is assumed just where daily hours are turned that the terms do not state."""
    kind, _, of = curve.text("lever").partition(":")
    clauses = court.opened.case.proposal(proposal).clauses
    stated = any(c.id == of and getattr(c, "daily", ()) for c in clauses)
    if (curve.any("assumed") is not None) is not (kind == "hours" and not stated):
        message = "daily hours that the terms do not state are assumed, and nothing else"
        court.tell("table-words-differ", curve.at("assumed"), message)
