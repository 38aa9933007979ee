"""Vehicles go only where they can be of use."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.people import LeavingGroup
from safepassage.plan.document import Rotation

__all__ = ["Purpose"]


class Purpose:
    """Each vehicle of a rotation suits people who gather there and may go where it goes.

    It need not carry any of them. Without this rule a vehicle could get to another place by
    a journey that serves nobody, and no bound could leave such journeys out of account.
    """

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield rotations of vehicles that nobody there can use, or by a way that nobody may."""
        reading = context.reading
        for rotation in context.plan.rotations:
            leg = rotation.loaded_leg
            going = [g for g in reading.groups.values() if _gathers(g, leg.from_, leg.to)]
            yield from self._vehicles(rotation, going, context)
            known = leg.corridor in reading.corridors
            if going and known and not any(leg.corridor in g.corridors for g in going):
                message = (
                    f"corridor {leg.corridor} is open to nobody who goes from {leg.from_} "
                    f"to {leg.to}"
                )
                yield finding("vehicle-of-no-use", f"{rotation.id}.loaded_leg", message)

    @staticmethod
    def _vehicles(
        rotation: Rotation, going: list[LeavingGroup], context: Context
    ) -> Iterator[Finding]:
        leg = rotation.loaded_leg
        for vehicle_id in rotation.vehicles:
            vehicle = context.reading.vehicle(vehicle_id)
            if vehicle is not None and not any(vehicle.kind.id in g.vehicles for g in going):
                message = f"{vehicle_id} suits nobody who goes from {leg.from_} to {leg.to}"
                yield finding("vehicle-of-no-use", f"{rotation.id}.vehicles", message)


def _gathers(group: LeavingGroup, place: str, to: str) -> bool:
    """Tell whether people of a group leave from one place for the other."""
    if group.allotted is not None:
        return group.allotted.get((place, to), 0) > 0
    return group.people.get(place, 0) > 0 and to in group.destinations
