"""A plan with every part of the format in it; it need not make sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from safepassage.plan import (
    Answer,
    Assumption,
    Boarding,
    Bottleneck,
    CaseReference,
    Left,
    Leg,
    Plan,
    Rotation,
    Stop,
    Unloading,
)

STOP = Stop("bridge", 3300, 3300, 3500, 3500)
LEG = Leg("school", "camp", "north", ("l1", "l2"), 2700, (STOP,), 5000)
ROTATION = Rotation(
    id="R0001",
    vehicles=("bus-1",),
    team="escort-1",
    empty_leg=None,
    boarding=(Boarding("bus-1", 0, 1800, 2700, {"wounded": 2, "civilians": 48}),),
    loaded_leg=LEG,
    unloading=(Unloading("bus-1", 0, 5000, 5900),),
)
PLAN = Plan(
    case=CaseReference("town", "مدينة", "0f" * 32, "town", ("fleet.escorts.teams=4",)),
    proposal="deal",
    count="likely",
    seed=7,
    start=datetime.fromisoformat("2030-05-10T06:30:00+02:00"),
    answer=Answer(
        feasible=True,
        persons=51,
        evacuated_by_deadline=50,
        clearance_time_s=None,
        lower_bound_s=4000,
        gap=0.25,
        deadline_s=-5,
        window_end_s=None,
        slack_s=None,
        evacuated_at_most=51,
        person_seconds_waiting=135_000,
        bottleneck=Bottleneck("The bridge is narrow.", ("c1",), "bridge"),
    ),
    left=(Left("wounded", "school", 1, "no vehicle suits them"),),
    certificates=({"kind": "counting", "weights": [1, 2]},),
    not_modelled=("c2",),
    assumptions=(Assumption("places.school.bays", "four fit along the wall"),),
    rotations=(ROTATION, replace(ROTATION, id="R0002", team=None, empty_leg=LEG)),
)
