"""Random hamlets: small, and with every kind of limit now and then."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.convoy.hamlet import Group, Hamlet, Kind, figure

MINUTES = st.integers(1, 40)
SECONDS = st.sampled_from([0, 0, 30, 60, 97, 300])
HOURS = st.sampled_from([("08:00", "18:00"), ("06:00", "12:00"), ("20:00", "05:00")])


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


@st.composite
def _kinds(draw: st.DrawFn, points: list[str], depots: list[str]) -> dict[str, Kind]:
    kinds = {}
    for name, seats in (("bus", 16), ("van", 7)):
        at = {d: draw(st.integers(int(d == "d"), 4)) for d in depots}
        more: dict[str, Any] = {"returns": draw(st.sampled_from([True, True, True, False]))}
        if draw(st.booleans()):
            more["speed_factor"] = figure(draw(st.sampled_from([0.5, 0.8, 1.25])))
        kinds[name] = Kind(seats, at, more)
    if draw(st.booleans()):
        at = {a: draw(st.integers(1, 5)) for a in points}
        kinds["car"] = Kind(4, at, {"own": True})
    return kinds


@st.composite
def _group(draw: st.DrawFn, points: list[str], kinds: list[str], reception: list[str]) -> Group:
    may = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3, unique=True))
    to = draw(st.lists(st.sampled_from(reception), min_size=1, max_size=2, unique=True))
    more: dict[str, Any] = {"priority": draw(st.integers(0, 2))}
    if draw(st.integers(0, 5)) == 0:
        more["together_within"] = draw(st.sampled_from(["30min", "2h", "20h"]))
    return Group(
        draw(st.integers(1, 60)), draw(st.sampled_from(points)), tuple(may), tuple(to), more
    )


@st.composite
def _clauses(draw: st.DrawFn, groups: list[str], corridors: list[str]) -> list[dict[str, Any]]:
    clauses: list[dict[str, Any]] = []
    if draw(st.integers(0, 3)) == 0:
        order = draw(st.permutations(groups))
        clauses.append({"kind": "priority", "id": "first", "order": list(order)})
    if draw(st.integers(0, 3)) == 0:
        chosen = draw(st.sampled_from(corridors))
        clauses.append({"kind": "route", "id": "route", "corridors": [chosen]})
    if draw(st.integers(0, 5)) == 0:
        clauses.append({"kind": "return_of_vehicles", "id": "back", "returns": False})
    if draw(st.integers(0, 5)) == 0:
        daily = [dict(zip(("from", "to"), draw(HOURS), strict=True))]
        clauses.append({"kind": "ceasefire", "id": "quiet", "daily": daily, "length": figure("3d")})
    if draw(st.integers(0, 3)) == 0:
        few: dict[str, Any] = {"persons": figure(draw(st.integers(7, 50)))}
        few["groups"] = groups[: draw(st.integers(0, 1))]
        every = figure(draw(st.sampled_from(["20min", "1h", "7h", "1d"])))
        clauses.append({"kind": "pace", "id": "pace", "every": every, **few})
    return clauses


def conditions() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Nights, snow for some hours, both or nothing."""
    night = {"kind": "daily", "id": "night", "from": "19:00", "to": "06:00", "factor": figure(0.5)}
    snow = {
        "kind": "period",
        "id": "snow",
        "from": "2030-01-01T09:00:00+00:00",
        "to": "2030-01-01T14:00:00+00:00",
        "factor": figure(0.75),
    }
    return st.sampled_from([[], [], [night], [snow], [night, snow]])


@st.composite
def _window(draw: st.DrawFn) -> dict[str, Any]:
    window: dict[str, Any] = {}
    if draw(st.booleans()):
        window["daily"] = [dict(zip(("from", "to"), draw(HOURS), strict=True))]
    if draw(st.booleans()):
        window["length"] = figure(draw(st.sampled_from(["3h", "30h", "10d"])))
    if draw(st.integers(0, 3)) == 0:
        window["movement"] = "all"
    return window


@st.composite
def hamlets(draw: st.DrawFn) -> Hamlet:
    """A hamlet of one to three assembly points and one or two crossings."""
    points = [f"a{i}" for i in range(draw(st.integers(1, 3)))]
    crossings = [f"x{i}" for i in range(draw(st.integers(1, 2)))]
    reception = [f"r{i}" for i in range(draw(st.integers(1, 2)))]
    roads = {(a, x): draw(MINUTES) for a in points for x in crossings}
    roads |= {(x, r): draw(MINUTES) for x in crossings for r in reception}
    corridors = {f"c{i}": [x] for i, x in enumerate(crossings)}
    if len(crossings) == 2 and draw(st.booleans()):
        roads[crossings[0], crossings[1]] = draw(MINUTES)
        corridors["both"] = list(crossings)
    depots = {"d": reception[0]}
    if draw(st.integers(0, 2)) == 0:
        # A depot inside: vehicles reach the assembly points without a crossing.
        depots["inner"] = points[0]
    kinds = draw(_kinds(points, sorted(depots)))
    names = [f"g{i}" for i in range(draw(st.integers(1, 3)))]
    groups = {n: draw(_group(points, list(kinds), reception)) for n in names}
    convoys = draw(_maybe(st.sampled_from([(1, 2, 0), (1, 3, 120), (2, 4, 0), (2, 2, 300)])))
    return Hamlet(
        roads=roads,
        bays={a: draw(st.integers(1, 3)) for a in points},
        crossings={x: (draw(SECONDS), draw(SECONDS)) for x in crossings},
        special={(x, "van"): (draw(SECONDS), draw(SECONDS)) for x in draw(_some(crossings))},
        corridors=corridors,
        reception={r: (draw(st.integers(1, 3)), draw(_room())) for r in reception},
        depots=depots,
        kinds=kinds,
        groups=groups,
        quick={"van": draw(SECONDS)} if draw(st.booleans()) else {},
        board_s=draw(SECONDS),
        unload_s=draw(SECONDS),
        convoys=convoys,
        teams=draw(_maybe(st.integers(1, 3))),
        conditions=draw(conditions()),
        window=draw(_window()),
        leave={"within": figure(draw(st.sampled_from(["3h", "26h"])))}
        if draw(st.integers(0, 2)) == 0
        else {},
        clauses=draw(_clauses(names, list(corridors))),
    )


def _some(names: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), max_size=1)


def _room() -> st.SearchStrategy[int | None]:
    return st.sampled_from([None, None, None, 30, 80])


def relaxed(examples: int) -> settings:
    """Settings of tests that plan what is drawn: slow, and the same examples each time."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
