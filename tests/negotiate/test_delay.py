from __future__ import annotations

from fractions import Fraction

import pytest

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.negotiate.delay import Rate, delay, delay_data

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
    inside = sum(g.earlier_s for g in counted.groups)
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
