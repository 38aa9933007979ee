"""Every order and every choice on a very small hamlet: the least clearance time there is.

Written from the convoy model, for vehicles that move alone, one type, one reception point beside
the depot, no hours and no conditions. Trips advance one event at a time in every order; each event
takes place as early as what happened before it allows. Some order of the events of a best
timetable does so without loss, so the search finds the best.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.convoy.hamlet import Hamlet

FAR = 10**9


@dataclass(frozen=True)
class State:
    """What is free from when; trips are (place, stage, moment, vehicle)."""

    free: tuple[tuple[str, int], ...]
    vehicles: tuple[int, ...]
    trips: tuple[tuple[str, int, int, int], ...]
    last: int


class Exhaustive:
    """Searches one hamlet; ``best`` is the least clearance time below a limit, or the limit (s)."""

    def __init__(self, hamlet: Hamlet, below: int = FAR) -> None:
        (self.kind,) = hamlet.kinds.values()
        self.hamlet = hamlet
        self.best = below
        loads = [
            g.at for g in hamlet.groups.values() for _ in range(-(-g.persons // self.kind.seats))
        ]
        bays = [(f"{p}/{i}", 0) for p, n in hamlet.bays.items() for i in range(n)]
        bays += [(f"r/{i}", 0) for i in range(hamlet.reception["r"][0])]
        passes = [(f"{x}/{d}", 0) for x in hamlet.crossings for d in ("out", "in")]
        number = sum(self.kind.at.values())
        self._search(
            State(
                free=tuple(bays + passes),
                vehicles=(0,) * number,
                trips=tuple((at, 0, 0, -1) for at in sorted(loads)),
                last=0,
            )
        )

    def _minutes(self, a: str, b: str) -> int:
        return 60 * (self.hamlet.roads.get((a, b)) or self.hamlet.roads[b, a])

    def _search(self, state: State) -> None:
        if state.last >= self.best:
            return
        if all(stage == 4 for _, stage, _, _ in state.trips):
            self.best = state.last
            return
        tried = set()
        for i, trip in enumerate(state.trips):
            if trip in tried or trip[1] == 4:
                continue
            tried.add(trip)
            for after in self._events(state, i):
                self._search(after)

    def _events(self, state: State, i: int) -> list[State]:
        """What trip ``i`` can do next, in every way."""
        place, stage, moment, vehicle = state.trips[i]
        if stage == 0:
            return self._fetch(state, i)
        if stage == 1:
            return self._at_bay(state, i, place, moment, self.hamlet.board_s, 2, vehicle)
        if stage == 2:
            return [self._carry(state, i, x) for x in self._crossings(place)]
        return self._at_bay(state, i, "r", moment, self.hamlet.unload_s, 4, vehicle)

    def _crossings(self, place: str) -> list[str]:
        roads = self.hamlet.roads
        return [x for x in self.hamlet.crossings if (place, x) in roads or (x, place) in roads]

    def _fetch(self, state: State, i: int) -> list[State]:
        found = []
        ready = {t: v for v, t in reversed(list(enumerate(state.vehicles))) if t < FAR}
        for start, vehicle in ready.items():
            for x in self._crossings(state.trips[i][0]):
                there = start + self._minutes("r", x)
                state_, end = self._pass(state, f"{x}/in", there, self.hamlet.crossings[x][1])
                arrive = end + self._minutes(x, state.trips[i][0])
                vehicles = tuple(FAR if v == vehicle else t for v, t in enumerate(state.vehicles))
                found.append(self._set(replace(state_, vehicles=vehicles), i, 1, arrive, vehicle))
        return found

    def _carry(self, state: State, i: int, x: str) -> State:
        place, _, moment, vehicle = state.trips[i]
        there = max(moment, self._release(state)) + self._minutes(place, x)
        state, end = self._pass(state, f"{x}/out", there, self.hamlet.crossings[x][0])
        arrive = end + self._minutes(x, "r")
        return self._set(replace(state, last=max(state.last, arrive)), i, 3, arrive, vehicle)

    def _release(self, state: State) -> int:
        """When the next load may set out at the earliest; events in the order of time lose none."""
        persons = self.kind.seats * (1 + sum(stage > 2 for _, stage, _, _ in state.trips))
        paces = [
            (c["persons"]["value"], int(c["every"]["value"].removesuffix("s")))
            for c in self.hamlet.clauses
            if c["kind"] == "pace"
        ]
        return max([0, *((-(-persons // n) - 1) * every for n, every in paces)])

    def _at_bay(
        self, state: State, i: int, place: str, moment: int, seconds: int, stage: int, vehicle: int
    ) -> list[State]:
        bays = {t: name for name, t in reversed(state.free) if name.startswith(f"{place}/")}
        found = []
        for name in bays.values():
            after, end = self._pass(state, name, moment, seconds)
            after = self._set(after, i, stage, end, vehicle)
            if stage == 4:
                vehicles = tuple(end if v == vehicle else t for v, t in enumerate(after.vehicles))
                after = replace(after, vehicles=vehicles)
            found.append(after)
        return found

    @staticmethod
    def _pass(state: State, name: str, moment: int, seconds: int) -> tuple[State, int]:
        free = dict(state.free)
        end = max(moment, free[name]) + seconds
        free[name] = end
        return replace(state, free=tuple(free.items())), end

    @staticmethod
    def _set(state: State, i: int, stage: int, moment: int, vehicle: int) -> State:
        trips = list(state.trips)
        trips[i] = (trips[i][0], stage, moment, vehicle)
        return replace(state, trips=tuple(trips))
