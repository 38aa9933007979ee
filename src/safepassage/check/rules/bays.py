"""Bays, boarding and unloading."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.plan.document import Boarding, Rotation, Unloading
from safepassage.terms.places import AssemblyPoint, ReceptionPoint

__all__ = ["Bays"]


class Bays:
    """Each vehicle is at one bay, alone, for exactly its time, between arrival and departure."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield what is wrong at the bays."""
        for rotation in context.plan.rotations:
            for i, boarding in enumerate(rotation.boarding):
                yield from self._boarding(rotation, boarding, f"boarding[{i}]", context)
            for i, unloading in enumerate(rotation.unloading):
                yield from self._unloading(rotation, unloading, f"unloading[{i}]", context)
        yield from self._alone(context)

    def _boarding(
        self, rotation: Rotation, boarding: Boarding, key: str, context: Context
    ) -> Iterator[Finding]:
        where = f"{rotation.id}.{key}"
        yield from self._bay(rotation.place, boarding, where, context)
        yield from self._duration("boarding", rotation.place, boarding, where, context)
        fetch, carry = rotation.empty_leg, rotation.loaded_leg
        if fetch is not None and boarding.from_s < fetch.arrive_s:
            message = f"boards from {boarding.from_s} s, arrives at {fetch.arrive_s} s"
            yield finding("boarding-before-arrival", where, message)
        if boarding.to_s > carry.depart_s:
            message = f"boards until {boarding.to_s} s, the convoy departs at {carry.depart_s} s"
            yield finding("departure-before-boarding", where, message)

    def _unloading(
        self, rotation: Rotation, unloading: Unloading, key: str, context: Context
    ) -> Iterator[Finding]:
        where, place = f"{rotation.id}.{key}", rotation.loaded_leg.to
        yield from self._bay(place, unloading, where, context)
        yield from self._duration("unloading", place, unloading, where, context)
        if unloading.from_s < rotation.loaded_leg.arrive_s:
            arrive_s = rotation.loaded_leg.arrive_s
            message = f"unloads from {unloading.from_s} s, arrives at {arrive_s} s"
            yield finding("unloading-before-arrival", where, message)

    @staticmethod
    def _bay(
        place_id: str, use: Boarding | Unloading, where: str, context: Context
    ) -> Iterator[Finding]:
        place = context.reading.places.get(place_id)
        vehicle = context.reading.vehicle(use.vehicle)
        if vehicle is None or not isinstance(place, AssemblyPoint | ReceptionPoint):
            return  # told by the rule on structure
        bays = place.bays.value
        if vehicle.kind.own and isinstance(use, Boarding):
            if use.bay is not None:
                message = f"{use.vehicle} is an evacuees' own vehicle and needs no bay"
                yield finding("bay-wrong", where, message)
        elif use.bay is None or use.bay >= bays:
            message = f"{place_id} has the bays 0 to {bays - 1}, got {use.bay}"
            yield finding("bay-wrong", where, message)

    @staticmethod
    def _duration(
        step: str, place: str, use: Boarding | Unloading, where: str, context: Context
    ) -> Iterator[Finding]:
        vehicle = context.reading.vehicle(use.vehicle)
        expected = context.reading.bay_times.get((place, vehicle.kind.id)) if vehicle else None
        took = use.to_s - use.from_s
        if expected is not None and took != expected:
            message = f"{step} takes {expected} s, the plan has {took} s"
            yield finding(f"{step}-time-wrong", where, message)

    @staticmethod
    def _alone(context: Context) -> Iterator[Finding]:
        for (place, bay), uses in context.replay.bays.items():
            ordered = sorted(uses, key=lambda u: (u.from_s, u.to_s))
            last = ordered[0]
            for use in ordered[1:]:
                if use.from_s < last.to_s:
                    message = (
                        f"{use.vehicle} is at bay {bay} of {place} from {use.from_s} s, "
                        f"{last.vehicle} until {last.to_s} s"
                    )
                    yield finding("bay-shared", use.where, message)
                last = max(last, use, key=lambda u: u.to_s)
