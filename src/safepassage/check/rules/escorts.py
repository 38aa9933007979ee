"""Escort teams."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.replay import Turn

__all__ = ["Escorts"]


class Escorts:
    """Where escorts are agreed, one team goes with each rotation, and with one at a time."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield rotations without a team, and teams that cannot be where they are."""
        clause_id = context.reading.escorts.clause_id
        for rotation in context.plan.rotations:
            where = f"{rotation.id}.team"
            if clause_id is not None and rotation.team is None:
                message = "the proposal demands an escort for every rotation"
                yield finding("escort-missing", where, message, clause_id)
            elif clause_id is None and rotation.team is not None:
                message = f"the proposal has no escort clause, got {rotation.team!r}"
                yield finding("escort-not-agreed", where, message)
        if clause_id is not None:
            for team, duties in context.replay.teams.items():
                yield from self._team(team, duties, clause_id, context)

    def _team(
        self, team: str, duties: list[Turn], clause_id: str, context: Context
    ) -> Iterator[Finding]:
        teams = context.reading.escorts.teams
        if not _is_team(team, teams):
            message = f"expected escort-1 to escort-{teams}, got {team!r}"
            yield finding("escort-unknown", duties[0].where, message, clause_id)
        duties.sort(key=lambda d: (d.begin_s, d.end_s))
        for before, duty in pairwise(duties):
            if duty.begin_s < before.end_s:
                message = f"begins at {duty.begin_s} s, {before.where} ends at {before.end_s} s"
                yield finding("escort-in-two-places", duty.where, message, clause_id)
                continue
            needed = self._drive_s(before.end_place, duty.begin_place, context)
            if needed is None or duty.begin_s - before.end_s < needed:
                needs = "has no way" if needed is None else f"needs {needed} s"
                message = (
                    f"{team} {needs} from {before.end_place} to {duty.begin_place}, and has "
                    f"{duty.begin_s - before.end_s} s"
                )
                yield finding("escort-too-far", duty.where, message, clause_id)

    @staticmethod
    def _drive_s(start: str, end: str, context: Context) -> int | None:
        places = context.reading.places
        if start not in places or end not in places:
            return 0  # told by the rule on structure
        return context.distances.seconds(places[start].node, places[end].node)


def _is_team(team: str, teams: int | None) -> bool:
    word, _, digits = team.rpartition("-")
    if word != "escort" or not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        return False
    return digits[0] != "0" and (teams is None or int(digits) <= teams)
