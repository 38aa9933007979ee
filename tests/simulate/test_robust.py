"""Changes of the terms and robust timetables, on a ford that is small enough to follow."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.negotiate.levers import Lever, levers
from safepassage.negotiate.session import Session
from safepassage.plan import Level, Plan
from safepassage.simulate.changes import Change, by_amount, changes, one_step
from safepassage.simulate.executors import InProcess
from safepassage.simulate.robust import MORE_PEOPLE, candidates, robust
from safepassage.simulate.sample import Sampler
from safepassage.simulate.timetables import Timetables, digest_of
from tests.convoy.hamlet import Group, figure
from tests.negotiate.ford import ford

RUNS = 300
SAMPLER = Sampler(InProcess(), seed=1)


def persons(low: int, likely: int, high: int) -> dict[str, object]:
    return {"low": figure(low), "likely": figure(likely), "high": figure(high)}


@pytest.fixture(scope="module")
def timetables(tmp_path_factory: pytest.TempPathFactory) -> Timetables:
    """The ford with a number of people between what can and what cannot be done."""
    group = Group(300, "a", more={"persons": persons(200, 300, 480)})
    hamlet = ford(groups={"people": group}, window={"length": figure("9h")})
    opened: OpenCase = hamlet.write(tmp_path_factory.mktemp("ford"))
    return Timetables(Session(opened), "slip")


@pytest.fixture(scope="module")
def turned(timetables: Timetables) -> list[Change]:
    opened = timetables.session.opened
    found = levers(opened, opened.case.proposal(timetables.session.proposal))
    base = SAMPLER.numbered(timetables.nominal(timetables.plan()), 0, RUNS)
    return changes(timetables, found, base, SAMPLER)


def test_one_step_is_a_little_of_what_there_is() -> None:
    """A tenth more vehicles, a quarter off the inspection, two hours a day, six of the deadline."""

    def lever(kind: str, amounts: range) -> Lever:
        return Lever(kind, "x", None, amounts, lambda n: (str(n),))

    assert one_step(lever("vehicles", range(40, 400, 1))) == 44
    assert one_step(lever("vehicles", range(2, 90, 1))) == 3
    assert one_step(lever("inspection", range(180, 0, -10))) == 130
    assert one_step(lever("inspection", range(20, 0, -10))) == 10
    assert one_step(lever("hours", range(36_000, 88_200, 1_800))) == 43_200
    assert one_step(lever("hours", range(84_600, 88_200, 1_800))) == 86_400
    assert one_step(lever("deadline", range(172_800, 10**7, 3_600))) == 194_400
    assert one_step(lever("crossing", range(2))) == 1


def test_a_second_bus_buys_certainty(turned: list[Change]) -> None:
    """Twice the buses help beyond chance; the change that gains most is first."""
    bus = next(c for c in turned if c.lever.id == "vehicles:bus")
    assert bus.to == 2
    assert bus.interval[0] > 0
    assert bus.interval[0] <= bus.gain <= bus.interval[1]
    assert bus.fewer_left > 0
    gains = [c.gain for c in turned]
    assert gains == sorted(gains, reverse=True)


def test_every_lever_is_tried_once(timetables: Timetables, turned: list[Change]) -> None:
    """None is left out."""
    opened = timetables.session.opened
    known = levers(opened, opened.case.proposal(timetables.session.proposal))
    assert sorted(c.lever.id for c in turned) == sorted(x.id for x in known)


def test_a_later_deadline_is_never_less_sure(timetables: Timetables) -> None:
    """The probability rises with the time there is, and the curve ends where it is certain."""
    opened = timetables.session.opened
    found = levers(opened, opened.case.proposal(timetables.session.proposal))
    deadline = next(x for x in found if x.kind == "deadline")
    points = by_amount(timetables, deadline, SAMPLER, RUNS)
    assert points[0].amount == deadline.now
    shares = [p.p for p in points]
    assert shares == sorted(shares)
    assert shares[-1] >= 0.995
    assert all(x < 0.995 for x in shares[:-1])
    assert all(p.interval[0] <= p.p <= p.interval[1] for p in points)


def test_candidates_are_different_timetables(timetables: Timetables) -> None:
    """The nominal one comes first, and none comes twice."""
    made = list(candidates(timetables, not_made := []))
    assert not_made == []
    assert made[0].name == "nominal"
    assert len({digest_of(c.plan) for c in made}) == len(made) > 1


def test_what_the_terms_do_not_allow_is_named(timetables: Timetables) -> None:
    """A timetable that could not be made is told, and the others are made all the same."""

    class Refusing(Timetables):
        def plan(self, settings: Sequence[str] = (), level: Level = "likely") -> Plan:
            if any("persons" in s for s in settings):
                raise BadInput.one("--set", "split-people", "no")
            return timetables.plan(settings, level)

    not_made: list[str] = []
    made = list(candidates(Refusing(timetables.session, "slip"), not_made))
    assert not_made == [f"{x:g} times as many people" for x in MORE_PEOPLE]
    assert len(made) > 1


def test_robust_timetable_is_compared_where_it_was_not_chosen(timetables: Timetables) -> None:
    """The choice is the best of the first futures; its gain is counted in others, pair by pair."""
    found = robust(timetables, SAMPLER, RUNS, "deadline")
    best = max(p for p, _, _ in found.scores.values())
    assert found.scores[found.chosen.name][0] == best
    after, before = (
        SAMPLER.numbered(timetables.nominal(plan), 1 << 43, RUNS)
        for plan in (found.chosen.plan, timetables.plan())
    )
    assert (found.p, found.p_nominal) == (after.p, before.p)
    assert found.gain == pytest.approx(after.p - before.p)
    assert found.interval[0] <= found.gain <= found.interval[1]
    assert found.fewer_left == pytest.approx(before.mean_left - after.mean_left)


def test_aim_decides_what_is_best(timetables: Timetables) -> None:
    """For time, no candidate has 95 % of the futures done sooner, where any has them done."""
    found = robust(timetables, SAMPLER, RUNS, "time")
    times = [t for _, t, _ in found.scores.values() if t is not None]
    chosen = found.scores[found.chosen.name][1]
    assert chosen == (min(times) if times else None)
