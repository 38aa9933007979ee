"""The answer as plain data, for ``plan --json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from safepassage.report.facts import CountAnswer, Facts

__all__ = ["answer_data"]


def answer_data(facts: Facts) -> dict[str, Any]:
    """Return the answer as JSON data.

    The top level holds the figures of the main count (the likely one); ``by_count`` the same
    figures for each count.
    """
    return {
        "case": facts.case.id,
        "digest": facts.case.digest,
        "settings": list(facts.case.overrides),
        "proposal": facts.proposal.id,
        "start": facts.start.isoformat(),
        "count": facts.level,
        **_figures(facts.answer),
        "by_count": {level: _figures(found) for level, found in facts.answers.items()},
        "corridors": [
            {"corridor": f.corridor, "persons": f.persons, "convoys": f.convoys}
            for f in facts.corridors
        ],
        "standing": asdict(facts.standing) if facts.standing is not None else None,
        "steps": [
            {
                "clause_id": s.clause_id,
                "step": s.step,
                "persons": s.persons,
                "agreed": s.agreed,
                "opens": s.opens.isoformat(),
                "over": s.over.isoformat() if s.over else None,
                "takes_s": s.takes_s,
                "waited_for": s.waited_for,
                "longest_stand_s": s.held_s,
                "critical": s.critical,
            }
            for s in facts.steps
        ],
        "remaining": [
            {
                "group": r.group,
                "persons": r.persons,
                "refuse": r.refuse,
                "cannot": r.cannot,
                "late": r.late,
                "clause_ids": list(r.clause_ids),
                "announced": [
                    {"speaker": a.speaker, "date": a.date.isoformat(), "gist": a.gist}
                    for a in r.announced
                ],
            }
            for r in facts.remaining
        ],
        "not_modelled": [t.id for t in facts.terms if not t.modelled],
        "findings": [f.to_json() for f in facts.protection],
        "notice": facts.notice,
    }


def _figures(found: CountAnswer) -> dict[str, Any]:
    figures = found.figures
    return {
        "feasible": figures.feasible,
        "persons": figures.persons,
        "evacuated_by_deadline": figures.evacuated_by_deadline,
        "evacuated_at_most": figures.evacuated_at_most,
        "clearance_time_s": figures.clearance_time_s,
        "lower_bound_s": figures.lower_bound_s,
        "gap": figures.gap,
        "deadline_s": figures.deadline_s,
        "window_end_s": figures.window_end_s,
        "slack_s": figures.slack_s,
        "person_seconds_waiting": figures.person_seconds_waiting,
        "bottleneck": {
            "sentence": figures.bottleneck.sentence,
            "clause_ids": list(figures.bottleneck.clause_ids),
            "resource": figures.bottleneck.resource,
        },
        "left": [
            {"group": x.group, "place": x.place, "persons": x.persons, "reason": x.reason}
            for x in found.left
        ],
        "valid": found.verification.valid,
        "lower_bound_verified": found.verification.lower_bound_verified,
    }
