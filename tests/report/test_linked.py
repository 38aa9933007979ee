"""What the report tells of linked steps, and of who remains."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import safepassage
from safepassage.cases import OpenCase, open_case
from safepassage.check import verify
from safepassage.report import sentences
from safepassage.report.data import answer_data
from safepassage.report.facts import Facts, gather
from safepassage.solver import solve
from tests.convoy.hamlet import Group, Hamlet, Kind, figure

REFUSALS = """\
        refusals:
          - {groups: [fighters-other], share: {value: 1/10, assumed: for a test}, gist: They stay.}
        otherwise: lavrov-5-dec-refusers
"""


def _facts(opened: OpenCase, proposal: str | None = None) -> Facts:
    plans = solve(opened, proposal, levels=["likely"]).plans
    return gather(opened, plans, {level: verify(p, opened) for level, p in plans.items()})


@pytest.fixture
def chained(tmp_path: Path) -> Facts:
    """Two steps of fifty people, one after the other."""
    batch = {"groups": ["people"], "persons": figure(50)}
    steps = [
        {"id": "one", "gist": "The first go.", "batches": [batch]},
        {"id": "two", "gist": "The others go.", "batches": [batch], "after": ["one"]},
    ]
    hamlet = Hamlet(
        kinds={"bus": Kind(50, {"d": 2})},
        groups={"people": Group(100, "a")},
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )
    return _facts(hamlet.write(tmp_path))


def test_the_chain_says_which_wait_makes_which_step_late(chained: Facts) -> None:
    """Each step of the chain is told with what it waited for, how long it took, and its clause."""
    first, second = sentences.chain(chained)
    assert (
        "one (The first go): 1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}6\N{NO-BREAK SPACE}min" in first
    )
    assert "from the start" in first
    assert "31\N{NO-BREAK SPACE}min after one" in second
    assert second.endswith("[steps]")
    assert [s["waited_for"] for s in answer_data(chained)["steps"]] == [None, "one"]
    assert "steps" in chained.answer.figures.bottleneck.clause_ids


def test_nothing_is_told_of_steps_where_none_are_linked(tmp_path: Path) -> None:
    """A plan without linked steps has no chain, and with everybody out nobody remains."""
    facts = _facts(Hamlet().write(tmp_path))
    assert sentences.chain(facts) == []
    assert sentences.remain(facts) == []


def test_who_refuses_remains_with_the_words_of_the_party(tmp_path: Path) -> None:
    """A tenth of a group that stays is told, with what was announced, by whom, and the source."""
    source = Path(safepassage.__file__).parent / "cases" / "aleppo-2016"
    folder = tmp_path / "aleppo-2016"
    shutil.copytree(source, folder)
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    said = "        otherwise: lavrov-5-dec-refusers\n"
    assert said in text
    path.write_text(text.replace(said, REFUSALS, 1), encoding="utf-8")
    facts = _facts(open_case(str(folder)), "russia-5-dec")
    (found,) = facts.remaining
    assert (found.group, found.refuse, found.cannot, found.late) == ("fighters-other", 310, 0, 0)
    assert facts.answer.figures.persons == 3_600 + 90
    told, last = sentences.remain(facts)
    assert "310 people (310 refuse, as entered)" in told
    assert found.announced[0].speaker in told
    assert found.announced[0].gist.rstrip(".") in told
    assert last == "Nothing in this program acts on what is announced."
    assert facts.answer.figures.feasible
