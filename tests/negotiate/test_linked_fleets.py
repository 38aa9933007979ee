"""The linked deal of Aleppo with fleets of each side's own, and with buses that serve both."""

from __future__ import annotations

import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.negotiate.session import Reply, Session

DEAL = "linked-deal-17-dec"
BOTH = ("groups.fuah-kafriya.vehicles=[bus]", "groups.madaya-zabadani.vehicles=[bus]")
COUNTS = (
    "[{place: ramouseh-yard, count: {value: 20, assumed: a test}},"
    " {place: al-fuah-barricades, count: {value: 25, assumed: a test}}]"
)
POOL = (*BOTH, f"fleet.vehicles.bus.counts={COUNTS}")
VARIANTS = {"separate": (), "twenty": BOTH, "pool": POOL}


@pytest.fixture(scope="module")
def aleppo() -> OpenCase:
    return open_case("aleppo-2016")


@pytest.fixture(scope="module")
def replies(aleppo: OpenCase) -> dict[str, Reply]:
    """At the low count, which is planned in a second or two; each is checked by the session."""
    session = Session(aleppo, DEAL, sizes=())
    return {name: session.ask(settings, "low") for name, settings in VARIANTS.items()}


@pytest.mark.parametrize("name", VARIANTS)
def test_both_sides_are_out_whoever_drives_them(replies: dict[str, Reply], name: str) -> None:
    """Every batch waits as the deal says and nobody is left, with a bound that is verified."""
    reply = replies[name]
    assert reply.suffices
    assert reply.verification.valid
    assert reply.verification.lower_bound_verified
    answer = reply.plan.answer
    assert answer.clearance_time_s is not None
    assert 0 < answer.lower_bound_s <= answer.clearance_time_s


def test_vehicles_serve_whom_they_may(replies: dict[str, Reply]) -> None:
    """Fleets of one's own stay on one's side; shared buses carry people of both."""
    other = {"fuah-kafriya", "madaya-zabadani"}
    for name, reply in replies.items():
        carried: dict[str, set[bool]] = {}
        for rotation in reply.plan.rotations:
            for boarding in rotation.boarding:
                sides = {group in other for group in boarding.persons}
                carried.setdefault(boarding.vehicle, set()).update(sides)
        shared = [vehicle for vehicle, sides in carried.items() if len(sides) == 2]
        assert bool(shared) == (name != "separate")


def test_a_pool_of_all_buses_is_bound_by_no_part_of_it(replies: dict[str, Reply]) -> None:
    """What twenty shared buses do, the pool that holds them can do: no proof may deny it."""
    twenty = replies["twenty"].plan.answer.clearance_time_s
    assert twenty is not None
    assert replies["pool"].plan.answer.lower_bound_s <= twenty
