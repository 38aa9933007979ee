"""Every rule on observations, and asking all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from safepassage.cases import OpenCase
from safepassage.record import counts, times, vehicles
from safepassage.record.context import Context, gather
from safepassage.record.finding import RecordFinding, Said, Severity

__all__ = ["RECORD_CODES", "RULES", "Rule", "consistency"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its code."""

    code: str
    severity: Severity
    find: Callable[[Context], Iterator[Said]]

    @property
    def meaning(self) -> str:
        """What it means, in one sentence."""
        return inspect.cleandoc(self.find.__doc__ or "").partition("\n")[0]


RULES: tuple[Rule, ...] = (
    Rule("more-people-than-loads", "error", vehicles.more_people_than_loads),
    Rule("arrives-before-departure", "error", times.arrives_before_departure),
    Rule("faster-than-the-road", "error", times.faster_than_the_road),
    Rule("total-goes-down", "warning", counts.total_goes_down),
    Rule("part-goes-down", "warning", counts.part_goes_down),
    Rule("sources-contradict", "warning", counts.sources_contradict),
    Rule("convoys-contradict", "warning", counts.convoys_contradict),
    Rule("tallies-contradict", "warning", vehicles.tallies_contradict),
    Rule("more-people-than-seats", "warning", vehicles.more_people_than_seats),
    Rule("more-than-there-were", "warning", counts.more_than_there_were),
    Rule("faster-than-crossings", "warning", times.faster_than_crossings),
    Rule("faster-than-fleet", "warning", times.faster_than_fleet),
    Rule("moved-while-stopped", "warning", times.moved_while_stopped),
    Rule("before-the-start", "warning", times.before_the_start),
    Rule("after-the-end", "info", times.after_the_end),
    Rule("vehicles-not-in-fleet", "info", vehicles.vehicles_not_in_fleet),
    Rule("vehicles-not-read", "info", vehicles.vehicles_not_read),
)
"""To add one: write it beside its like and enter it here; the page of findings follows."""

RECORD_CODES: Mapping[str, Rule] = {rule.code: rule for rule in RULES}
"""Severity and meaning by code. Codes are stable."""


def consistency(opened: OpenCase, proposal_id: str | None = None) -> tuple[RecordFinding, ...]:
    """Tell what does not fit together in the observations of a case.

    Sources contradict each other, and nothing here decides who is right: a finding says that not
    all of its rows can be as reported, and by which arithmetic.

    Parameters
    ----------
    opened
        The case.
    proposal_id
        The proposal whose terms reports are judged by; None for what was carried out, else the
        case's default.

    Raises
    ------
    KeyError
        If the case has no proposal of that id.
    """
    context = gather(opened, proposal_id)
    return tuple(_finding(context, rule, said) for rule in RULES for said in rule.find(context))


def _finding(context: Context, rule: Rule, said: Said) -> RecordFinding:
    sources, rows = context.cited(said.lines)
    return RecordFinding(rule.code, rule.severity, said.message, sources, rows)
