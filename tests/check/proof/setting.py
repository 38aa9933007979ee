"""From a village and a timetable to what the checker makes of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.check.proof import Programme, read_form, read_programme, verify_form
from safepassage.check.reading import read_terms
from safepassage.plan.reader import plan_from_json
from tests.check.proof.timetable import Timetable, as_plan
from tests.check.proof.village import Village, write_village

Rotation = tuple[list[str], str, str]


def opened(village: Village) -> OpenCase:
    with tempfile.TemporaryDirectory() as folder:
        return write_village(Path(folder) / "village", village)


def programme(case: OpenCase) -> Programme:
    proposal = case.case.proposal("deal")
    return read_programme(read_terms(case.case, case.network, proposal, "likely", 0))


def timetable(village: Village, *rotations: Rotation) -> Timetable:
    """Return a timetable, which the checker finds nothing wrong with, and which leaves nobody."""
    made = Timetable(village)
    for convoy, place, to in rotations:
        made.rotation(convoy, place, to)
    case = opened(village)
    assert verify(plan_from_json(as_plan(made, case), "plan"), case).findings == ()
    assert not any(made.rest.values())
    return made


def proves(paper: dict[str, Any], village: Village) -> bool:
    form = read_form(paper)
    assert not isinstance(form, str), form
    outcome = verify_form(form, programme(opened(village)))
    assert outcome.fault is None, outcome.fault
    return outcome.proven


def codes(village: Village, *papers: dict[str, Any], **answer: Any) -> set[str]:
    """Return the codes for the slowest valid plan there is: nobody goes."""
    case = opened(village)
    data = as_plan(Timetable(village), case, **answer)
    data["certificates"] = list(papers)
    return {f.code for f in verify(plan_from_json(data, "plan"), case).findings}
