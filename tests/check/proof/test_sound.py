"""No certificate says less than what a valid timetable does."""

from __future__ import annotations

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from safepassage.check import verify
from safepassage.check.proof import Programme, read_form, verify_form
from safepassage.check.proof.verify import least_bound
from safepassage.plan.reader import plan_from_json
from tests.check.proof.duals import certificate, frame_of, prices_of, rows_of, solve
from tests.check.proof.setting import opened, programme
from tests.check.proof.strategies import relaxed, timetables, villages
from tests.check.proof.timetable import Timetable, as_plan


def _valid(data: st.DataObject) -> tuple[Timetable, Programme]:
    """Draw a timetable that the checker finds nothing wrong with, and its case's programme."""
    village = data.draw(villages())
    timetable = data.draw(timetables(village))
    assume(timetable.rotations)
    case = opened(village)
    plan = plan_from_json(as_plan(timetable, case), "plan")
    assert verify(plan, case).findings == ()
    return timetable, programme(case)


def _grid(data: st.DataObject, timetable: Timetable, by_s: int) -> list[int]:
    """Draw a grid, with some of the moments at which something happens on it."""
    moments = {by_s}
    for rotation in timetable.rotations:
        for leg in (rotation["empty_leg"], rotation["loaded_leg"]):
            if leg is not None:
                moments |= {leg["depart_s"], leg["arrive_s"]}
                moments |= {s[k] for s in leg["stops"] for k in ("inspect_from_s", "inspect_to_s")}
        moments |= {b["to_s"] for b in (*rotation["boarding"], *rotation["unloading"])}
    inner = sorted(m for m in moments if 0 < m < by_s)
    chosen = data.draw(st.lists(st.sampled_from(inner), max_size=8)) if inner else []
    chosen += data.draw(st.lists(st.integers(1, max(1, by_s - 1)), max_size=3))
    return sorted({0, *chosen, max(by_s, 1), by_s + data.draw(st.sampled_from([0, 50, 1]))} | {1})


@settings(relaxed, max_examples=150)
@given(data=st.data())
def test_the_programme_has_room_for_every_valid_timetable(data: st.DataObject) -> None:
    timetable, rows = _valid(data)
    arrivals = [r["loaded_leg"]["arrive_s"] for r in timetable.rotations]
    by_s = data.draw(st.sampled_from(arrivals))
    out = timetable.out_by(by_s)
    everybody = out == sum(cell.persons for cell in rows.cells)
    claim = data.draw(
        st.sampled_from(["out-by-at-most"] + (["clearance-at-least"] if everybody else []))
    )
    grid = _grid(data, timetable, by_s)
    bays = data.draw(st.booleans())
    value = by_s + 1 if claim == "clearance-at-least" else max(0, out - 1)
    paper = certificate(claim, value, by_s, grid, {}, bays=bays)
    frame = frame_of(rows, paper)
    wanted = sum(e.persons for e in frame.entries) if claim == "clearance-at-least" else out
    solved = solve(frame)
    event(f"{claim}, tight: {solved.optimum < wanted + 1}")
    assert solved.optimum >= wanted - 1e-6
    bound = least_bound(frame, prices_of(frame, solved.multipliers), paper["scale"])
    assert bound is None or bound >= wanted
    paper["multipliers"] = solved.multipliers
    form = read_form(paper)
    assert not isinstance(form, str)
    if out:
        assert not verify_form(form, rows).proven


@settings(relaxed, max_examples=60)
@given(data=st.data())
def test_random_multipliers_never_prove_what_is_false(data: st.DataObject) -> None:
    timetable, rows = _valid(data)
    by_s = max(r["loaded_leg"]["arrive_s"] for r in timetable.rotations)
    paper = certificate("out-by-at-most", 0, by_s, _grid(data, timetable, by_s), {})
    frame = frame_of(rows, paper)
    multipliers = {}
    every = rows_of(frame)
    for family, unit in data.draw(st.lists(st.sampled_from(every), max_size=12)):
        price = data.draw(st.integers(-(10**6), 10**6))
        shape = frame.families[family]
        if shape not in ("states", "motion"):
            price = abs(price)
        if shape == "number":
            multipliers[family] = price
        elif shape == "legs":
            told = multipliers.setdefault(family, [])
            if all(leg[:-1] != unit[0][:-1] for leg in told):
                told.append([*unit[0][:-1], price])
        elif shape in ("slots", "spans", "stretches", "sizes"):
            multipliers.setdefault(family, []).append([*unit[0][:-1], price])
        else:
            multipliers.setdefault(family, [0] * len(unit))[unit.index(1)] = price
    scale = data.draw(st.sampled_from([1, 10**3, 10**6]))
    bound = least_bound(frame, prices_of(frame, multipliers), scale)
    assert bound is None or bound >= timetable.out_by(by_s)
