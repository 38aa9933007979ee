"""What keeps a clearance from being shorter, in roads and in a sentence."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import TYPE_CHECKING

from safepassage.flow.cut import crossings
from safepassage.plan.clearance import CutLink, CutOverTime, RoadBottleneck
from safepassage.units import format_duration

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance

__all__ = ["bottleneck_of", "counted"]


def bottleneck_of(
    instance: RoadInstance, cut: CutOverTime, stuck: Collection[str] = ()
) -> RoadBottleneck:
    """Return the roads that cross a cut, and the origins behind it that have a way out at all.

    A road ``(v, w)`` crosses it from ``label(v)`` to ``label(w) - transit``; that is when it has to
    be full for everyone to be out by the horizon.
    """
    end = cut.horizon_s
    crossed = crossings(cut, instance)
    links = []
    for link, first, last in crossed.windows:
        # A road without a limit crosses no cut that proves anything.
        if link.capacity_vph is not None:
            passing = link.capacity_vph * Fraction(last - first, crossed.unit * 3600)
            ends = Fraction(first, crossed.unit), Fraction(last, crossed.unit)
            links.append(CutLink(link.id, *ends, passing))
    links.sort(key=lambda crossed: (-crossed.vehicles, crossed.link))
    behind = {node for node, label in cut.labels.items() if label == 0}.difference(stuck)
    origins = [origin for origin in instance.origins if origin.node in behind]
    vehicles = sum((origin.vehicles for origin in origins), Fraction(0))
    nodes = tuple(dict.fromkeys(origin.node for origin in origins))
    return RoadBottleneck(_sentence(instance, links, nodes, vehicles, end), nodes, tuple(links))


def _sentence(
    instance: RoadInstance,
    links: list[CutLink],
    nodes: tuple[str, ...],
    vehicles: Fraction,
    end: Fraction,
) -> str:
    who = f"The {round(vehicles):,} vehicles of {counted(len(nodes), 'origin')}"
    within = format_duration(int(end))
    if not links:
        return f"{who} cannot be out in less than {within}: that is how far they have to drive."
    names = []
    for crossed in links:
        road = instance.network.links[crossed.link]
        name = road.name or f"link {crossed.link}"
        if name not in names:
            names.append(name)
    named = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return (
        f"{who} cannot be out in less than {within}: all of them have to pass "
        f"{counted(len(links), 'road')} ({named}), full all the time that it helps."
    )


def counted(count: int, what: str) -> str:
    """Write a number with what it counts, in the plural where there are several."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
