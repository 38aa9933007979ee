"""Gaps at a crossing: worked by hand, and never above what timetables show."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import assume, given

from safepassage.cases import open_case
from safepassage.convoy.chain import chain_bound
from safepassage.convoy.effort import Effort
from safepassage.convoy.gap_prices import choose_prices
from safepassage.convoy.gap_value import evaluate
from tests.convoy.gap_hamlets import gap_hamlets, gaps_of, link_of, links_one_by_one, refusal
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled, plan_of
from tests.convoy.strategies import relaxed

RELAXED = relaxed(30)
SMALL = replace(Effort.quick(), trips=200)


def _twos(persons: int, buses: int) -> Hamlet:
    """One place, convoys of two buses."""
    step = {"id": "all", "gist": "All.", "batches": [{"groups": ["people"], "rest": True}]}
    return Hamlet(
        bays={"a": 2},
        kinds={"bus": Kind(50, {"d": buses})},
        groups={"people": Group(persons, "a")},
        crossings={"x": (300, 0)},
        convoys=(2, 2, 600),
        clauses=[{"kind": "linked", "id": "steps", "steps": [step]}],
    )


def test_a_crossing_that_is_never_idle_is_bounded_to_the_second(tmp_path: Path) -> None:
    """Four buses in two convoys of two; a round takes longer than both hold the crossing.

    A convoy holds it for 600 + 600 s. From there to its next pass: 20 min out, unload 2, 20 back,
    10 in, board 5, 10 out, less the spacing of 10: 57 min. In that gap the other convoy passes, so
    a round is 77 min, and two convoys go in each. Eight convoys of two (16 loads): the first passes
    at 20 + 10 + 5 + 10 = 45 min (its way in, boarding, its way out) less the depot's way.
    """
    opened = _twos(800, 4).write(tmp_path)
    gaps = gaps_of(opened)
    assert gaps is not None
    pair = next(c for c in gaps.convoys if c.counted == 2)
    assert (pair.hold, pair.lag, pair.before, pair.after) == (1_200, 57 * 60, 600, 1_200)
    value, link = link_of(opened)
    plan = plan_of(opened)
    taken = plan.answer.clearance_time_s
    assert taken is not None
    # Four rounds of two convoys; from the first pass to the last arrival three rounds, what the
    # second convoy holds longer, and the way out.
    assert taken == gaps.start + 3 * (57 + 20) * 60 + 1_200 + 600 + 1_200
    assert link is not None
    assert value <= taken
    assert value == taken
    assert refusal(opened, link) == ""


def test_what_passes_in_open_hours_alone_is_bounded_to_the_second(tmp_path: Path) -> None:
    """Sixteen buses in convoys of two, once each: they follow on one another but for closed hours.

    From 45 min on the crossing is open for 70 min: four convoys are inspected for 10 min each, the
    last spacing of 10 falls to the time after. The other four are, too, from the next morning on.
    """
    hours = {"daily": [{"from": "08:00", "to": "09:55"}]}
    opened = replace(_twos(800, 16), window=hours).write(tmp_path)
    gaps = gaps_of(opened)
    assert gaps is not None
    assert gaps.closes
    assert (gaps.start, gaps.open[0]) == (45 * 60, (45 * 60, 115 * 60))
    assert gaps.elapsed(70 * 60, 600) == 115 * 60
    assert gaps.elapsed(70 * 60 + 1, 600) == 86_400
    assert gaps.elapsed(90 * 60, 600) == 86_400 + 10 * 60
    value, link = link_of(opened)
    taken = plan_of(opened).answer.clearance_time_s
    assert taken == 86_400 + (3 * 20 + 10 + 20) * 60
    assert value == taken
    assert link is not None
    assert refusal(opened, link) == ""
    assert "the prices prove" in refusal(opened, {**link, "value": value + 1})
    # Where the crossing is always open, or for a minute longer, the same prices prove less.
    longer = {"daily": [{"from": "08:00", "to": "09:56"}]}
    for n, other in enumerate(({}, longer)):
        case = replace(_twos(800, 16), window=other).write(tmp_path / str(n))
        assert "the prices prove" in refusal(case, link)


def test_both_halves_of_the_deal_of_december_take_long() -> None:
    """What the design page says of the deal is proven, by a link of under a thousand bytes."""
    aleppo = open_case("aleppo-2016")
    terms = aleppo.case.model_copy(update={"default_proposal": "linked-deal-17-dec"})
    deal = replace(aleppo, case=terms)
    op, demand = compiled(deal)
    chain = chain_bound(op, demand, 90 * 3_600, fine=False).certificate
    assert chain is not None
    gaps = chain["links"][0]
    assert gaps["batches"] == [0, 1, 2, 3]
    assert gaps["value"] >= 63.5 * 3_600
    assert chain["value"] >= 77.6 * 3_600
    assert len(json.dumps(gaps)) < 1_000
    assert refusal(deal, *chain["links"]) == ""


@RELAXED
@given(gap_hamlets())
def test_gaps_are_never_above_a_timetable(hamlet: Hamlet) -> None:
    """Whatever is drawn, no timetable ends before, and the checker proves the same."""
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened, effort=SMALL)
        value, link = link_of(opened)
        refused = refusal(opened, link) if link is not None else ""
        later, links = links_one_by_one(opened)
        refused += refusal(opened, *links) if links else ""
        gaps = gaps_of(opened)
    taken = plan.answer.clearance_time_s
    assume(taken is not None and not plan.left)
    assert taken is not None
    assert max(value, later) <= taken
    assert refused == ""
    assume(gaps is not None)
    assert gaps is not None
    found = choose_prices(gaps)
    if found is None:
        return
    # Other prices prove less, but nothing that is wrong.
    draw = random.Random(hamlet.board_s)
    for _ in range(5):
        prices = replace(
            found[0],
            sizes=tuple(int(x * draw.uniform(0.5, 1.0)) for x in found[0].sizes),
            people={k: int(x * draw.uniform(0.5, 1.0)) for k, x in found[0].people.items()},
        )
        other = evaluate(gaps, prices)
        if other.dear <= 1:
            assert other.moment <= taken
