"""Ids that exist, and rotations whose parts belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.plan.document import Rotation
from safepassage.terms.places import AssemblyPoint, ReceptionPoint

__all__ = ["Structure"]


class Structure:
    """Every id names something, and each vehicle takes part in each step of its rotation once."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield unknown ids and parts that do not fit together."""
        ids = Counter(r.id for r in context.plan.rotations)
        for rotation_id, times in ids.items():
            if times > 1:
                message = f"expected each rotation's id once, got it {times} times"
                yield finding("rotation-id-twice", rotation_id, message)
        for rotation in context.plan.rotations:
            yield from self._places(rotation, context)
            yield from self._corridors(rotation, context)
            yield from self._vehicles(rotation, context)
            yield from self._groups(rotation, context)
        for i, left in enumerate(context.plan.left):
            if left.group not in context.reading.groups:
                yield _no_group(left.group, f"left[{i}]")

    @staticmethod
    def _places(rotation: Rotation, context: Context) -> Iterator[Finding]:
        places, leg = context.reading.places, rotation.loaded_leg
        where = f"{rotation.id}.loaded_leg"
        if not isinstance(places.get(leg.from_), AssemblyPoint):
            yield finding("place-unknown", where, f"{leg.from_!r} is no assembly point")
        if not isinstance(places.get(leg.to), ReceptionPoint):
            yield finding("place-unknown", where, f"{leg.to!r} is no reception point")
        fetch = rotation.empty_leg
        if fetch is None:
            return
        where = f"{rotation.id}.empty_leg"
        if fetch.from_ not in places:
            yield finding("place-unknown", where, f"{fetch.from_!r} is no place of the case")
        if fetch.to != leg.from_:
            message = f"the empty leg ends at {fetch.to}, the loaded one begins at {leg.from_}"
            yield finding("legs-apart", where, message)
        elif fetch.from_ == fetch.to:
            yield finding("legs-apart", where, f"the empty leg begins and ends at {fetch.to}")

    @staticmethod
    def _corridors(rotation: Rotation, context: Context) -> Iterator[Finding]:
        for key, leg in rotation.legs():
            if leg.corridor is not None and leg.corridor not in context.reading.corridors:
                message = f"the case has no corridor {leg.corridor!r}"
                yield finding("corridor-unknown", f"{rotation.id}.{key}", message)

    @staticmethod
    def _vehicles(rotation: Rotation, context: Context) -> Iterator[Finding]:
        listed = Counter(rotation.vehicles)
        where = f"{rotation.id}.vehicles"
        unloaders: Counter[str] = Counter()
        for vehicle_id, times in listed.items():
            vehicle = context.reading.vehicle(vehicle_id)
            if vehicle is None:
                yield finding("vehicle-unknown", where, f"the fleet has no vehicle {vehicle_id!r}")
            elif not vehicle.kind.own:
                unloaders[vehicle_id] = 1
            if times > 1:
                message = f"{vehicle_id} is listed {times} times in one rotation"
                yield finding("vehicle-twice", where, message)
        steps = (
            ("boarding", Counter(b.vehicle for b in rotation.boarding), Counter(listed.keys())),
            ("unloading", Counter(u.vehicle for u in rotation.unloading), unloaders),
        )
        for step, found, wanted in steps:
            odd = sorted(v for v in found | wanted if found[v] != wanted[v])
            if odd:
                first = odd[0]
                message = f"expected {first} {wanted[first]} times, got it {found[first]} times"
                yield finding(f"{step}-mismatch", f"{rotation.id}.{step}", message)

    @staticmethod
    def _groups(rotation: Rotation, context: Context) -> Iterator[Finding]:
        for i, boarding in enumerate(rotation.boarding):
            for group in boarding.persons:
                if group not in context.reading.groups:
                    yield _no_group(group, f"{rotation.id}.boarding[{i}]")


def _no_group(group: str, where: str) -> Finding:
    return finding("group-unknown", where, f"no group {group!r} leaves under the proposal")
