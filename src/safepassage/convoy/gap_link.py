"""A link of a chain from gaps at one crossing: steps one after another, counted together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safepassage.convoy.builder import Floor
from safepassage.convoy.gap_prices import choose_prices
from safepassage.convoy.gap_value import SCALE, evaluate
from safepassage.convoy.gaps import Gaps, Side, read_gaps
from safepassage.convoy.link import Link, is_full
from safepassage.instance import Batch, Demand, Linked, Operation

__all__ = ["ask_gaps"]

MOST_PHASES = 4
"""Steps beyond which what is lost between them outweighs what gaps tell."""


def ask_gaps(
    op: Operation,
    demand: Demand,
    linked: Linked,
    phases: Sequence[Sequence[int]],
    release: int,
    floors: Mapping[str, Floor],
    clearance: int,
) -> Link:
    """Least moment at which the batches of some steps, one after another, can all be there.

    Parameters
    ----------
    phases
        Batches of each step, each step in full after the one before.
    release
        Least departure of the first of them.
    clearance
        A moment at which they are there in some timetable.
    """
    nothing = Link(0, None, {})
    stretch = [i for phase in phases for i in phase]
    if op.convoy_most == 1 or len(phases) > MOST_PHASES or not is_full(demand, linked, stretch):
        return nothing
    batches = [[linked.batches[i] for i in phase] for phase in phases]

    def read(by: int) -> Gaps | None:
        within = op.within(release, by)
        return read_gaps(
            within, demand, _sides(demand, batches), batches, (release, by + 1), floors
        )

    gaps = read(clearance)
    found = choose_prices(gaps) if gaps is not None else None
    if gaps is None or found is None:
        return nothing
    prices, value = found
    if value.moment <= release:
        return nothing
    # What slows drives all the time up to then counts, too.
    exact = read(value.moment - 1)
    if exact is None or (again := evaluate(exact, prices)).dear > 1 or again.moment < value.moment:
        return nothing
    data = {
        "value": value.moment - release,
        "crossing": gaps.crossing,
        "vehicle": gaps.vehicle,
        "unit_s": gaps.unit,
        "scale": SCALE,
        "people": [[*key, worth] for key, worth in sorted(prices.people.items())],
        "sizes": list(prices.sizes),
        "guests": {k: list(each) for k, each in prices.guests.items()},
    }
    load = {f"{gaps.crossing}/out": value.crossing, f"fleet/{gaps.vehicle}": 1 - value.crossing}
    return Link(value.moment, data, load)


def _sides(demand: Demand, phases: Sequence[Sequence[Batch]]) -> list[Side]:
    wanted: dict[frozenset[str], int] = {}
    for batch in (b for phase in phases for b in phase):
        wanted[batch.groups] = wanted.get(batch.groups, 0) + batch.persons
    return [
        Side(tuple(c for c in demand.cells if c.group in groups), persons)
        for groups, persons in wanted.items()
    ]
