"""How vehicles that stand at one place divide into convoys."""

from __future__ import annotations

from safepassage.instance import Operation, VehicleKind

__all__ = ["divide", "usable"]


def divide(count: int, size: int, least: int, most: int) -> list[int]:
    """Sizes of convoys, as even as can be, near ``size`` and within the convoy rules."""
    if count < least:
        return []
    parts = max(1, min(-(-count // size), count // least))
    if parts * most < count:
        parts = -(-count // most)
        if count // parts < least:
            parts = count // least
    even, more = divmod(min(count, parts * most), parts)
    return [even + 1] * more + [even] * (parts - more)


def usable(op: Operation, kind: VehicleKind, place: str | None = None) -> int:
    """Vehicles of a type that find room in some convoy of their type, at one place or in all."""
    return sum(
        sum(divide(count, op.convoy_most, op.convoy_least, op.convoy_most))
        for at, count in kind.counts
        if place is None or at == place
    )
