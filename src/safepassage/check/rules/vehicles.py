"""Where each vehicle is, one rotation after another; and how many make a convoy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.fleet import Vehicle
from safepassage.check.replay import Turn

__all__ = ["Convoys", "Vehicles"]


class Vehicles:
    """A vehicle does one thing at a time, at the place where it is."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield vehicles that are in two places, elsewhere, or used once too often."""
        for vehicle_id, turns in context.replay.vehicles.items():
            vehicle = context.reading.vehicle(vehicle_id)
            if vehicle is not None:
                turns.sort(key=lambda t: (t.begin_s, t.end_s))
                yield from self._chain(vehicle, turns)

    @staticmethod
    def _chain(vehicle: Vehicle, turns: list[Turn]) -> Iterator[Finding]:
        first = turns[0]
        if first.begin_place != vehicle.place:
            yield _elsewhere(vehicle, first, vehicle.place)
        for before, turn in pairwise(turns):
            if turn.begin_s < before.end_s:
                message = (
                    f"{vehicle.id} begins at {turn.begin_s} s, {before.where} keeps it until "
                    f"{before.end_s} s"
                )
                yield finding("vehicle-in-two-places", turn.where, message)
            elif turn.begin_place != before.end_place:
                yield _elsewhere(vehicle, turn, before.end_place)
            if vehicle.kind.once:
                message = f"{vehicle.id} makes one journey, and made it in {first.where}"
                clause_id = vehicle.kind.once_clause
                yield finding("vehicle-does-not-return", turn.where, message, clause_id)
        if vehicle.kind.own:
            for turn in turns:
                if turn.rotation.empty_leg is not None:
                    message = f"{vehicle.id} is an evacuees' own vehicle and has no empty leg"
                    yield finding("own-vehicle-fetched", f"{turn.where}.empty_leg", message)


def _elsewhere(vehicle: Vehicle, turn: Turn, place: str) -> Finding:
    message = f"{vehicle.id} stands at {place}, the rotation begins at {turn.begin_place}"
    return finding("vehicle-elsewhere", turn.where, message)


class Convoys:
    """A rotation has as many vehicles as the convoy rules allow."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield convoys that are too large or too small."""
        limits = context.reading.convoys
        for rotation in context.plan.rotations:
            size = len(rotation.vehicles)
            where = f"{rotation.id}.vehicles"
            if size > limits.most:
                message = f"at most {limits.most} vehicles go together, got {size}"
                yield finding("convoy-too-large", where, message)
            elif size < limits.least:
                message = f"at least {limits.least} vehicles go together, got {size}"
                yield finding("convoy-too-small", where, message)
