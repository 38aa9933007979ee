"""Replay in UXsim (Seo 2025, Journal of Open Source Software): queues that take room on the road.

UXsim moves vehicles by Newell's car-following model: free speed, a headway of a second, five metres
for each that stands. Every link takes at its entrance what it takes in the plan.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib.metadata import version
from typing import Any, Final

from safepassage.errors import BadInput
from safepassage.network.road_instance import FOR_GOOD_S, RoadInstance
from safepassage.traffic.replay import Replay, planned_arrivals
from safepassage.traffic.roads import places, streets
from safepassage.traffic.vehicles import Vehicle

__all__ = ["replay_in_uxsim"]

_SPACING_M: Final = 5.0
"""Of vehicles that stand: UXsim's own default, a jam density of 0.2 a metre and lane."""
_UNLIMITED_VPS: Final = 100.0
_CLOSED_VPS: Final = 1e-9
"""Not 0, which UXsim takes for a road that does not exist."""
_PATIENCE: Final = 3
_STEP_S: Final = 600


def replay_in_uxsim(
    vehicles: Sequence[Vehicle],
    instance: RoadInstance,
    *,
    spare_lanes: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Replay:
    """Let vehicles drive in UXsim, and say when they arrive.

    Parameters
    ----------
    vehicles
        With departures and links of the plan; they keep to both.
    instance
        With lanes reversed as in the plan.
    spare_lanes
        For each link, beyond those that its capacity needs.
    progress
        Takes a few words on what is being done.

    Raises
    ------
    BadInput
        If UXsim is not installed.
    """
    try:
        from uxsim import World  # noqa: PLC0415 - an extra
    except ImportError:
        message = "expected the package uxsim, got none; install it with: pip install uxsim"
        raise BadInput.one("uxsim", "extra-missing", message) from None
    planned = planned_arrivals(vehicles, instance)
    end = int(max(planned, default=0) * _PATIENCE) + _STEP_S
    # What it prints has no place among what this program writes.
    with contextlib.redirect_stdout(io.StringIO()):
        world = World(
            name="",
            deltan=1,
            reaction_time=1,
            tmax=end,
            duo_update_time=end,
            print_mode=0,
            save_mode=0,
            show_mode=0,
            vehicle_logging_timestep_interval=-1,
            hard_deterministic_mode=True,
            random_seed=0,
            cpp=True,
        )
        _build(world, instance, spare_lanes)
        driven = [_vehicle(world, vehicle) for vehicle in vehicles]
        _run(world, instance, end, driven, progress)
    arrived = sorted(float(v.arrival_time) for v in driven if v.state == "end")
    return Replay(
        simulator=f"UXsim {version('uxsim')}",
        planned_s=planned,
        arrived_s=tuple(arrived),
        ended_s=float(world.TIME),
    )


def _build(world: Any, instance: RoadInstance, spare_lanes: int) -> None:
    for place in places(instance):
        world.addNode(place.node, place.x, place.y)
    for street in streets(instance, _SPACING_M, spare_lanes):
        rate = street.capacity_vph
        world.addLink(
            street.link,
            street.from_node,
            street.to_node,
            length=street.length_m,
            free_flow_speed=street.speed_ms,
            number_of_lanes=street.lanes,
            capacity_in=_UNLIMITED_VPS if rate is None else max(rate / 3600, _CLOSED_VPS),
        )


def _vehicle(world: Any, vehicle: Vehicle) -> Any:
    driven = world.addVehicle(vehicle.origin, vehicle.destination, round(vehicle.depart_s))
    driven.enforce_route(list(vehicle.links))
    return driven


def _run(
    world: Any,
    instance: RoadInstance,
    end: int,
    driven: Sequence[Any],
    progress: Callable[[str], None],
) -> None:
    """Run up to each change of a capacity, until all have arrived."""
    changes: list[tuple[int, str, Fraction | None]] = [
        (round(time), link, rate)
        for link, periods in instance.changes.items()
        for period in periods
        for time, rate in (
            (period.from_s, period.capacity_vph),
            (period.to_s, instance.network.links[link].capacity_vph),
        )
        if time < FOR_GOOD_S and time < end
    ]
    times = sorted({time for time, _, _ in changes} | set(range(_STEP_S, end, _STEP_S)) | {end})
    for time in times:
        if time > 0:
            world.exec_simulation(until_t=time)
        for at, link, rate in changes:
            if at == time:
                vps = _UNLIMITED_VPS if rate is None else max(float(rate) / 3600, _CLOSED_VPS)
                road = world.get_link(link)
                # What could have entered up to now, and did not, is not made up for.
                road.capacity_in, road.capacity_in_remain = vps, 0.0
        if time % _STEP_S == 0:
            out = sum(v.state == "end" for v in driven)
            progress(f"{out:,} of {len(driven):,} vehicles out by {time:,} s")
            if out == len(driven):
                return
