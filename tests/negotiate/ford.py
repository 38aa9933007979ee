"""A ford with two ways over: small, and with every lever there is."""

from __future__ import annotations

from typing import Any

from tests.convoy.hamlet import Group, Hamlet, Kind, figure


def ford(**changes: Any) -> Hamlet:
    """One bus of 50 for 600 people, 6 h a day for 9 h; a second crossing stays shut."""
    given: dict[str, Any] = {
        "roads": {("a", "x"): 10, ("x", "r"): 10, ("a", "y"): 15, ("y", "r"): 15},
        "crossings": {"x": (300, 0), "y": (300, 0)},
        "corridors": {"north": ["x"], "south": ["y"]},
        "kinds": {"bus": Kind(50, {"d": 1})},
        "groups": {"people": Group(600, "a")},
        "window": {"length": figure("9h"), "daily": [{"from": "08:00", "to": "14:00"}]},
        "clauses": [{"kind": "route", "id": "route", "corridors": ["north"]}],
        "teams": 3,
    }
    return Hamlet(**{**given, **changes})
