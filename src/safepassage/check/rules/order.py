"""Who goes first, and who goes together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.replay import Load

__all__ = ["Cohesion", "Priority"]


class Priority:
    """At one place and for one type of vehicle, earlier ranks begin to board first."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield people who board before their turn."""
        at_place: dict[tuple[str, str], list[Load]] = defaultdict(list)
        for load in context.replay.loads:
            if load.kind in context.reading.groups[load.group].vehicles:
                at_place[load.rotation.place, load.kind].append(load)
        for loads in at_place.values():
            yield from self._in_order(loads, context)

    @staticmethod
    def _in_order(loads: list[Load], context: Context) -> Iterator[Finding]:
        groups = context.reading.groups
        by_rank: dict[int, list[Load]] = defaultdict(list)
        for load in loads:
            by_rank[groups[load.group].rank].append(load)
        last: Load | None = None
        for rank in sorted(by_rank):
            first = min(by_rank[rank], key=lambda load: load.board_s)
            if last is not None and first.board_s < last.board_s:
                message = (
                    f"{first.group} begin to board at {first.board_s} s, {last.group} go before "
                    f"them and are not all aboard until {last.where} at {last.board_s} s"
                )
                clause_id = groups[first.group].rank_clause
                yield finding("priority-broken", first.where, message, clause_id)
            latest = max(by_rank[rank], key=lambda load: load.board_s)
            if last is None or latest.board_s > last.board_s:
                last = latest


class Cohesion:
    """Groups that travel together depart within their time of one another."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield groups that are drawn out too long."""
        departures: dict[str, list[Load]] = defaultdict(list)
        for load in context.replay.loads:
            departures[load.group].append(load)
        for group_id, loads in departures.items():
            together_s = context.reading.groups[group_id].together_s
            if together_s is None:
                continue
            first = min(load.rotation.loaded_leg.depart_s for load in loads)
            last = max(loads, key=lambda load: load.rotation.loaded_leg.depart_s)
            took = last.rotation.loaded_leg.depart_s - first
            if took > together_s:
                message = f"{group_id} depart within {together_s} s of one another, got {took} s"
                yield finding("together-broken", last.where, message)
