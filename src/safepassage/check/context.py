"""What every rule is given."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.check.drives import Drives
from safepassage.check.reading import Reading
from safepassage.check.replay import Replay, replay
from safepassage.check.tracing import Tracer
from safepassage.plan.document import Plan

__all__ = ["Context"]


@dataclass(frozen=True, slots=True)
class Context:
    """A plan, what the terms mean, and what happens when the one is carried out."""

    plan: Plan
    reading: Reading
    tracer: Tracer
    distances: Drives
    replay: Replay

    @classmethod
    def of(cls, plan: Plan, reading: Reading) -> Context:
        """Carry out a plan against a reading of the terms."""
        tracer = Tracer(reading)
        happened = replay(plan, reading, tracer)
        return cls(plan, reading, tracer, Drives(reading.network), happened)
