"""Rules on counts: totals that go down, sources that contradict each other, too many people.

A rule yields what it tells; the first line of its docstring is its meaning on the reference page.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from safepassage.record.context import ABOUT, Context
from safepassage.record.finding import Said
from safepassage.terms.observations import Observation

__all__ = [
    "convoys_contradict",
    "more_than_there_were",
    "part_goes_down",
    "sources_contradict",
    "total_goes_down",
]


def total_goes_down(context: Context) -> Iterator[Said]:
    """A source counts fewer people out in all than it had counted before."""
    for source, rows in context.by_source.items():
        for before, after in pairwise(rows):
            if _persons(after) < _persons(before):
                message = (
                    f"{source} counted {_persons(after):,} people out by "
                    f"{context.when(after.time)}, and {_persons(before):,} by "
                    f"{context.when(before.time)} already."
                )
                yield Said(message, context.lines(before, after))


def part_goes_down(context: Context) -> Iterator[Said]:
    """A source counts fewer fighters or patients out in all than it had counted before."""
    for source, rows in context.by_source.items():
        for part in ("fighters", "patients"):
            told = [(getattr(row, part), row) for row in rows if getattr(row, part) is not None]
            for (n0, before), (n1, after) in pairwise(told):
                if n1 < n0:
                    message = (
                        f"{source} counted {n1:,} {part} out by {context.when(after.time)}, "
                        f"and {n0:,} by {context.when(before.time)} already."
                    )
                    yield Said(message, context.lines(before, after))


def sources_contradict(context: Context) -> Iterator[Said]:
    """A source counts fewer people out than another had counted at the same moment or before.

    Totals only grow, so both cannot be right. Counts that differ by less than a twentieth are
    taken as the same. Told once a source, for the count that is furthest behind.
    """
    ahead = _ahead(context)
    for source, rows in context.by_source.items():
        behind = [(row, ahead[row.line]) for row in rows if row.line in ahead]
        if not behind:
            continue
        row, others = max(behind, key=lambda b: _persons(b[1][0]) / max(1, _persons(b[0])))
        told = ", ".join(f"{o.source} {_persons(o):,} by {context.when(o.time)}" for o in others)
        message = (
            f"{source} counted {_persons(row):,} people out by {context.when(row.time)}; others "
            f"had more by then: {told}."
        )
        if len(behind) > 1:
            message += f" So it is with {len(behind)} of its {len(rows)} counts."
        lines = context.lines(row, *others, *(x for b in behind for x in (b[0], *b[1])))
        yield Said(message, lines)


def _ahead(context: Context) -> dict[int, list[Observation]]:
    """By line of a count: the highest of each other source that was higher by then."""
    found: dict[int, list[Observation]] = {}
    highest: dict[str, Observation] = {}
    for _, group in groupby(context.out, key=lambda o: o.time):
        rows = list(group)
        for row in rows:
            before = highest.get(row.source)
            if before is None or _persons(row) > _persons(before):
                highest[row.source] = row
        for row in rows:
            others = [
                o
                for source, o in highest.items()
                if source != row.source and _persons(row) < _persons(o) * (1 - ABOUT)
            ]
            if others:
                found[row.line] = sorted(others, key=lambda o: (-_persons(o), o.line))
    return found


def convoys_contradict(context: Context) -> Iterator[Said]:
    """Sources count the people of convoys that departed at the same moment differently."""
    departed: dict[object, list[Observation]] = {}
    for row in context.convoys:
        if row.persons is not None:
            departed.setdefault((row.time, row.until), []).append(row)
    for rows in departed.values():
        numbers = [_persons(row) for row in rows]
        if len({row.source for row in rows}) > 1 and min(numbers) < max(numbers) * (1 - ABOUT):
            told = ", ".join(f"{row.source} {_persons(row):,}" for row in rows)
            message = f"Of the convoy of {context.when(rows[0].time)} sources count: {told}."
            yield Said(message, context.lines(*rows))


def more_than_there_were(context: Context) -> Iterator[Said]:
    """A source counts more people out than the high count of everyone who was to leave."""
    most = context.ground.most_persons
    for source, rows in context.by_source.items():
        over = [row for row in rows if most is not None and _persons(row) > most]
        if over:
            largest = max(over, key=_persons)
            message = (
                f"{source} counted {_persons(largest):,} people out by "
                f"{context.when(largest.time)}; the high count of those who leave is {most:,}."
            )
            yield Said(message, context.lines(*over))


def _persons(row: Observation) -> int:
    """People of a row; rows of kind ``out`` always have them."""
    return row.persons or 0
