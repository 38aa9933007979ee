"""How ways to tamper are registered, and what most of them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Plan = dict[str, Any]
DAY = 86_400


@dataclass(frozen=True)
class Tampering:
    """One way to tamper; ``apply`` changes the plan in place."""

    name: str
    code: str
    apply: Callable[[Plan], None]


TAMPERINGS: list[Tampering] = []


def tamper(code: str) -> Callable[[Callable[[Plan], None]], Callable[[Plan], None]]:
    """Register a way to tamper."""

    def register(apply: Callable[[Plan], None]) -> Callable[[Plan], None]:
        TAMPERINGS.append(Tampering(apply.__name__, code, apply))
        return apply

    return register


def rotation(plan: Plan, number: int) -> dict[str, Any]:
    """Return a rotation by its number."""
    return next(r for r in plan["rotations"] if r["id"] == f"R{number:04d}")


def shift(part: Any, seconds: int) -> None:
    """Move every time in a part of the plan."""
    if isinstance(part, list):
        for item in part:
            shift(item, seconds)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key.endswith("_s") and isinstance(value, int):
                part[key] = value + seconds
            else:
                shift(value, seconds)


def replace(part: Any, old: str, new: str) -> None:
    """Replace a text wherever it stands as a value."""
    items = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in items:
        if value == old:
            part[key] = new
        elif isinstance(value, dict | list):
            replace(value, old, new)
