"""The answer for the terminal, and as plain data for ``clear --json``."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from safepassage.report.clearance import sentences
from safepassage.report.clearance.facts import ClearanceFacts, most_routes
from safepassage.report.wording import plural

__all__ = ["answer_data", "summary_lines"]


def summary_lines(facts: ClearanceFacts, solve_s: float, files: Sequence[Path]) -> list[str]:
    """Return the answer in a few lines."""
    c = facts.clearance
    lines = [
        f"{sentences.name(facts)}: {sentences.answer(facts)}",
        sentences.proof(facts),
        sentences.shares(facts),
        sentences.arrival(facts),
        sentences.contraflow(facts),
        sentences.by_deadline(facts),
        sentences.few_routes(facts),
        f"Bottleneck: {sentences.bottleneck(facts)}" if c.departures else "",
        f"{plural(len(c.departures), 'departure')}, verified; solved in {solve_s:.2f} s.",
        f"Written: {', '.join(map(str, files))}" if files else "",
        c.notice,
    ]
    return [line for line in lines if line]


def answer_data(facts: ClearanceFacts, solve_s: float) -> dict[str, Any]:
    """Return the answer as JSON data."""
    c = facts.clearance
    found = c.bottleneck
    return {
        "instance": c.instance.location,
        "digest": c.instance.digest,
        "clearance_time_s": _number(c.clearance_time_s),
        "lower_bound_s": _number(c.lower_bound_s),
        "gap": c.gap,
        "vehicles": _number(c.vehicles),
        "solve_s": solve_s,
        "deadline_s": _number(c.deadline_s),
        "evacuated_by_deadline": _number(c.evacuated_by_deadline),
        "evacuated_at_most": _number(c.evacuated_at_most),
        "ete_50_s": facts.out_s[50],
        "ete_90_s": facts.out_s[90],
        "ete_100_s": facts.out_s[100],
        "arrival": _arrival(facts),
        "contraflow": _contraflow(facts),
        "max_routes": facts.max_routes,
        "max_routes_price_at_most_s": _number(facts.most_price_s),
        "most_routes": most_routes(c),
        "no_way_out": list(c.no_way_out),
        "complete": c.complete,
        "interrupted": c.interrupted,
        "departures": len(c.departures),
        "bottleneck": None
        if found is None
        else {
            "sentence": found.sentence,
            "origins": list(found.origins),
            "links": [
                {
                    "link": crossed.link,
                    "from_s": _number(crossed.from_s),
                    "to_s": _number(crossed.to_s),
                    "vehicles": _number(crossed.vehicles),
                }
                for crossed in found.links
            ],
        },
        "valid": True,
        "notice": c.notice,
    }


def _arrival(facts: ClearanceFacts) -> dict[str, Any] | None:
    told = facts.clearance.arrival
    if told is None:
        return None
    return {
        "lag_s": _number(told.lag_s),
        **{f"ete_{share}_at_least_s": time for share, time in facts.no_sooner_s.items()},
        "curve": [
            {"time_s": _number(p.time_s), "out": _number(p.out), "at_most": _number(p.at_most)}
            for p in told.points
        ],
    }


def _contraflow(facts: ClearanceFacts) -> dict[str, Any] | None:
    told = facts.clearance.contraflow
    if told is None:
        return None
    # Where nothing is reversed, the plan without is this one.
    without = told.without or facts.clearance
    return {
        "reversed_links": list(facts.clearance.instance.reversed_links),
        "may_give_way": None if told.roads is None else list(told.roads),
        "any_choice_s": _number(told.any_choice_s),
        "without": {
            "clearance_time_s": _number(without.clearance_time_s),
            "lower_bound_s": _number(without.lower_bound_s),
            "gap": without.gap,
        },
        "gain_s": _number(facts.gain_s) if told.without is not None else 0,
        "gain_at_least_s": _number(facts.gain_at_least_s) if told.without is not None else 0,
    }


def _number(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
