"""Everybody is counted exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding

__all__ = ["Counting"]


class Counting:
    """Of each group at each place, the people carried and the people left are all there are."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield people who appear from nowhere, and people who are forgotten."""
        counted: Counter[tuple[str, str]] = Counter()
        for load in context.replay.loads:
            group = context.reading.groups[load.group]
            place = load.rotation.place
            counted[load.group, place] += load.persons
            if place not in group.people:
                yield _not_there(load.group, place, load.where, group.leave_clause)
        for i, left in enumerate(context.plan.left):
            if left.group in context.reading.groups:
                group = context.reading.groups[left.group]
                counted[left.group, left.place] += left.persons
                if left.place not in group.people:
                    yield _not_there(left.group, left.place, f"left[{i}]", group.leave_clause)
        for group in context.reading.groups.values():
            for place, there in group.people.items():
                found = counted[group.id, place]
                if found != there:
                    code = "persons-added" if found > there else "persons-missing"
                    message = f"{there} of {group.id} are at {place}, the plan counts {found}"
                    yield finding(code, "rotations", message, group.leave_clause)


def _not_there(group: str, place: str, where: str, clause_id: str) -> Finding:
    message = f"nobody of {group} gathers at {place}"
    return finding("group-not-there", where, message, clause_id)
