"""Who travels in what to where: seats, suitable vehicles, destinations, reception."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.replay import Load
from safepassage.terms.places import ReceptionPoint

__all__ = ["Aboard", "Reception"]


class Aboard:
    """Everybody has a seat in a vehicle that suits them."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield vehicles that are overfull or unsuitable."""
        for rotation in context.plan.rotations:
            for i, boarding in enumerate(rotation.boarding):
                vehicle = context.reading.vehicle(boarding.vehicle)
                persons = sum(boarding.persons.values())
                if vehicle is not None and persons > vehicle.kind.seats:
                    message = f"{vehicle.id} has {vehicle.kind.seats} seats, got {persons} people"
                    yield finding("seats-exceeded", f"{rotation.id}.boarding[{i}]", message)
        for load in context.replay.loads:
            group = context.reading.groups[load.group]
            if load.kind and load.kind not in group.vehicles:
                suited = ", ".join(sorted(group.vehicles))
                message = f"{group.id} travel by {suited}, got {load.vehicle}"
                yield finding("vehicle-unsuitable", load.where, message)


class Reception:
    """People are brought where they may go, and no more than are expected there."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield loads that end at the wrong place or find no room."""
        for load in context.replay.loads:
            yield from self._allowed(load, context)
        yield from self._shares(context)
        brought: Counter[str] = Counter()
        for rotation in context.plan.rotations:
            brought[rotation.loaded_leg.to] += rotation.persons
        for place_id, persons in brought.items():
            place = context.reading.places.get(place_id)
            if isinstance(place, ReceptionPoint) and place.capacity is not None:
                capacity = place.capacity.value
                if persons > capacity:
                    message = f"{place_id} takes in {capacity} people, the plan brings {persons}"
                    yield finding("reception-overfilled", "rotations", message)

    @staticmethod
    def _allowed(load: Load, context: Context) -> Iterator[Finding]:
        group = context.reading.groups[load.group]
        to = load.rotation.loaded_leg.to
        if to not in group.destinations:
            allowed = ", ".join(sorted(group.destinations))
            message = f"{group.id} may go to {allowed}; got {to}"
            yield finding("destination-closed", load.where, message, group.destination_clause)

    @staticmethod
    def _shares(context: Context) -> Iterator[Finding]:
        carried: Counter[tuple[str, str, str]] = Counter()
        for load in context.replay.loads:
            leg = load.rotation.loaded_leg
            carried[load.group, leg.from_, leg.to] += load.persons
        for (group_id, start, to), persons in carried.items():
            group = context.reading.groups[group_id]
            if group.allotted is None or to not in group.destinations:
                continue
            share = group.allotted.get((start, to), 0)
            if persons > share:
                message = f"{share} of {group_id} at {start} go to {to}, the plan brings {persons}"
                clause_id = group.destination_clause
                yield finding("destination-share", "rotations", message, clause_id)
