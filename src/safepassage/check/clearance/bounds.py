"""The bounds a result states, against what its certificates prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from safepassage.check.clearance.cut import CutValue, malformed, value_of
from safepassage.check.clearance.loads import tolerated
from safepassage.check.clearance.roads import Road
from safepassage.check.clearance.telling import Findings
from safepassage.network.road_instance import FOR_GOOD_S, Destination, Origin
from safepassage.plan.clearance import Clearance, CutOverTime

__all__ = ["Claim", "Ground", "check_bottleneck", "check_bounds", "never_everyone"]


@dataclass(frozen=True, slots=True)
class Ground:
    """What bounds are proven from."""

    nodes: Mapping[str, object]
    roads: Mapping[str, Road]
    origins: Sequence[Origin]
    """Those who have a way out."""
    destinations: Sequence[Destination]

    @property
    def vehicles(self) -> Fraction:
        """All who have a way out."""
        return sum((origin.vehicles for origin in self.origins), Fraction(0))


def check_bounds(clearance: Clearance, ground: Ground, findings: Findings) -> bool:
    """Verify the bounds; returns whether each one that is stated is proven.

    That it takes no time at all, and that no more can be out than there are, needs no proof.
    """
    time, bound = Claim("lower_bound_s", "certificate", findings), clearance.lower_bound_s
    good = time.is_below(bound, clearance.clearance_time_s)
    good = time.takes_as_long(bound, clearance.certificate, ground) and good
    most, count = clearance.evacuated_at_most, clearance.evacuated_by_deadline
    by = Claim("evacuated_at_most", "deadline_certificate", findings)
    if most is not None and count is not None and count > most + tolerated(most):
        message = f"{float(count):.9g} is above {float(most):.9g}"
        findings.add("count-beats-bound", "evacuated_by_deadline", message)
        good = False
    cut, deadline = clearance.deadline_certificate, clearance.deadline_s
    return by.lets_out_at_most(most, deadline, cut, ground) and good


@dataclass(frozen=True, slots=True)
class Claim:
    """A bound that a result states, and where its certificate stands."""

    where: str
    certificate: str
    findings: Findings

    def is_below(self, bound: Fraction | None, time: Fraction | None) -> bool:
        """See that a lower bound is not above the time of a plan."""
        if bound is None or time is None or bound <= time:
            return True
        message = f"{float(bound):.9g} s is above {float(time):.9g} s"
        self.findings.add("bound-beats-result", self.where, message)
        return False

    def takes_as_long(
        self, bound: Fraction | None, cut: CutOverTime | None, ground: Ground
    ) -> bool:
        """See that everyone cannot be out before a bound."""
        if cut is None:
            if bound is not None and bound > 0:
                message = f"no certificate proves {float(bound):.9g} s"
                self.findings.add("bound-not-certified", self.where, message)
                return False
            return True
        value = self._valued(cut, ground)
        if value is None:
            return False
        if bound is None or bound == 0:
            return True
        if not value.excludes(ground.vehicles):
            message = (
                f"{_amount(value)} can arrive before {float(cut.horizon_s):.9g} s by this cut, "
                f"and {float(ground.vehicles):.9g} are to"
            )
            self.findings.add("cut-does-not-prove", self.certificate, message)
            return False
        if bound > cut.horizon_s:
            message = f"it proves {float(cut.horizon_s):.9g} s, and {float(bound):.9g} s is stated"
            self.findings.add("cut-does-not-prove", f"{self.certificate}.horizon_s", message)
            return False
        return True

    def lets_out_at_most(
        self, most: Fraction | None, by: Fraction | None, cut: CutOverTime | None, ground: Ground
    ) -> bool:
        """See that no more than ``most`` can be out by a time."""
        needed = most is not None and most < ground.vehicles
        if cut is None:
            if needed and most is not None:
                message = f"no certificate proves that at most {float(most):.9g} can be out"
                self.findings.add("bound-not-certified", self.where, message)
                return False
            return True
        value = self._valued(cut, ground)
        if value is None:
            return False
        if not needed or most is None:
            return True
        if by is None or cut.horizon_s < by:
            message = f"its horizon, {float(cut.horizon_s):.9g} s, is before the moment it is for"
            self.findings.add("cut-does-not-prove", f"{self.certificate}.horizon_s", message)
            return False
        if value.vehicles is None or value.vehicles > most:
            message = f"{_amount(value)} can arrive by this cut, and {float(most):.9g} is stated"
            self.findings.add("cut-does-not-prove", self.certificate, message)
            return False
        return True

    def _valued(self, cut: CutOverTime, ground: Ground) -> CutValue | None:
        fault = malformed(cut, ground.nodes)
        if fault is not None:
            self.findings.add("cut-malformed", self.certificate, fault)
            return None
        return value_of(cut, ground.roads, ground.origins, ground.destinations)


def _amount(value: CutValue) -> str:
    return "any number" if value.vehicles is None else f"{float(value.vehicles):.12g}"


def never_everyone(clearance: Clearance, ground: Ground) -> bool:
    """Say whether the certificate proves that not everyone can be out, however long it takes."""
    cut = clearance.certificate
    if cut is None or cut.horizon_s < FOR_GOOD_S or malformed(cut, ground.nodes) is not None:
        return False
    value = value_of(cut, ground.roads, ground.origins, ground.destinations)
    return value.vehicles is not None and value.vehicles < ground.vehicles


def check_bottleneck(clearance: Clearance, ground: Ground, findings: Findings) -> None:
    """See that the bottleneck names what is there, and no more than its roads can pass."""
    bottleneck = clearance.bottleneck
    if bottleneck is None:
        return
    behind = _behind(clearance.certificate, ground.origins)
    for i, node in enumerate(bottleneck.origins):
        where = f"bottleneck.origins[{i}]"
        if node not in ground.nodes:
            findings.add("bottleneck-foreign", where, f"there is no node {node!r}")
        elif node not in behind:
            message = f"no vehicles begin at {node!r} that the certificate holds back"
            findings.add("bottleneck-foreign", where, message)
    for i, crossed in enumerate(bottleneck.links):
        where = f"bottleneck.links[{i}]"
        road = ground.roads.get(crossed.link)
        if road is None:
            findings.add("bottleneck-foreign", where, f"there is no link {crossed.link!r}")
            continue
        most = _most_between(road, crossed.from_s, crossed.to_s)
        if most is not None and crossed.vehicles > most + tolerated(most):
            message = (
                f"at most {float(most):.9g} vehicles can enter {crossed.link!r} from "
                f"{float(crossed.from_s):g} to {float(crossed.to_s):g} s, got "
                f"{float(crossed.vehicles):.9g}"
            )
            findings.add("bottleneck-overstated", where, message)


def _behind(cut: CutOverTime | None, origins: Sequence[Origin]) -> frozenset[str]:
    """Origins whose vehicles have a way out, and are on the origins' side of a cut when ready."""
    if cut is None:
        return frozenset(origin.node for origin in origins)
    labels, end = cut.labels, cut.horizon_s
    return frozenset(o.node for o in origins if o.ready_s >= labels.get(o.node, end))


def _most_between(road: Road, first: Fraction, last: Fraction) -> Fraction | None:
    """Vehicles that can enter a road from ``first`` to ``last``; None: any number."""
    total = Fraction(0)
    ends = [step.from_s for step in road.steps[1:]] + [max(last, first)]
    for step, end in zip(road.steps, ends, strict=True):
        width = min(end, last) - max(step.from_s, first)
        if width > 0:
            if step.rate is None:
                return None
            total += step.rate * width
    return total / 3600
