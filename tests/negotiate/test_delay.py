from __future__ import annotations

from fractions import Fraction

import pytest

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.negotiate.delay import GroupDays, Rate, delay, delay_data

TEN = ("2030-01-01", "2030-01-11")


def test_each_person_is_inside_for_each_day_of_delay(opened: OpenCase) -> None:
    """Under the same terms at the same hour, ten days later are ten person-days a person."""
    found = delay(opened, *TEN, levels=["likely"])
    (counted,) = found.counts
    assert found.days == 10
    assert counted.more_s == 600 * 10 * 86_400
    assert sum(g.persons for g in counted.groups) == 600


def test_least_cost_holds_whatever_timetable_follows(opened: OpenCase) -> None:
    """Nobody is out before the later start; what the earlier timetable takes is taken off."""
    (counted,) = delay(opened, *TEN, levels=["likely"]).counts
    inside = sum(g.inside_s[0] for g in counted.groups)
    assert counted.at_least_s == 600 * 10 * 86_400 - inside
    assert 0 < counted.at_least_s < counted.more_s


def test_no_casualties_without_a_rate(opened: OpenCase) -> None:
    """Nothing is said of casualties unless the user brings the rate; then it is a range."""
    plain = delay_data(delay(opened, *TEN, levels=["likely"]))
    assert plain["rate"] is None
    assert plain["casualties"] is None
    rate = Rate(Fraction(1, 100), Fraction(1, 2), "somebody")
    told = delay_data(delay(opened, *TEN, levels=["likely"], rate=rate))
    low, high = told["casualties"]
    assert low < high
    assert told["rate"]["source"] == "somebody"


def test_a_proposal_stands_for_its_start(opened: OpenCase) -> None:
    """A proposal's id is the moment at which it begins."""
    found = delay(opened, "terms", "2030-01-03", levels=["likely"])
    assert found.start.isoformat().startswith("2030-01-01T08:00")
    assert found.days == 2


def test_where_a_proposal_stands_for_a_start_only_that_is_compared(opened: OpenCase) -> None:
    """Two ids are two moments: the terms are those of one proposal, and the answer says so."""
    compared = delay_data(delay(opened, "terms", "2030-01-03", levels=["likely"]))["compared"]
    assert compared == {
        "what": "two starts of one operation",
        "terms_of": "terms",
        "from": "the start of terms",
        "to": None,
    }


def test_as_many_are_compared_as_both_timetables_take() -> None:
    """Where one leaves people, sums would be of different people: means are set side by side."""
    some = GroupDays("some", earlier=(100, 200_000), later=(50, 400_000))
    assert (some.persons, some.means) == (50, (2_000, 8_000))
    assert (some.inside_s, some.more_s) == ((100_000, 400_000), 300_000)
    alike = GroupDays("alike", earlier=(3, 10), later=(3, 31))
    assert (alike.inside_s, alike.more_s) == ((10, 31), 21)
    nobody = GroupDays("nobody", earlier=(7, 70), later=(0, 0))
    assert (nobody.persons, nobody.means, nobody.more_s) == (0, (10, None), 0)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("2030-01-11", "2030-01-01"),
        ("terms", "terms"),
        ("soon", "2030-01-01"),
        ("2030-13-01", "x"),
        ("0001-01-01", "2030-01-01"),
        ("2030-01-01", "9999-12-31"),
    ],
)
def test_bad_starts_are_one_clear_line(opened: OpenCase, begin: str, end: str) -> None:
    """The first start is a moment, and earlier than the second."""
    with pytest.raises(BadInput) as error:
        delay(opened, begin, end, levels=["likely"])
    (fault,) = error.value.faults
    assert fault.where in ("--from", "--to")
