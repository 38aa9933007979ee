"""Every order and every division over batches, on very small hamlets with a chain of steps.

Written from the convoy model, as :class:`tests.against.exhaustive.Exhaustive`. A loaded leg departs
no sooner than everybody of the step before has arrived; fetching and boarding need not wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tests.against.exhaustive import FAR, Exhaustive, State
from tests.convoy.hamlet import Hamlet

__all__ = ["LinkedExhaustive", "least_linked"]


@dataclass(frozen=True)
class LinkedState(State):
    """Also the last arrival of each step so far."""

    overs: tuple[int, ...] = ()


class LinkedExhaustive(Exhaustive):
    """Searches one hamlet with its loads (assembly points) listed by step."""

    def __init__(self, hamlet: Hamlet, steps: Sequence[Sequence[str]], below: int = FAR) -> None:
        (self.kind,) = hamlet.kinds.values()
        self.hamlet = hamlet
        self.best = below
        bays = [(f"{p}/{i}", 0) for p, n in hamlet.bays.items() for i in range(n)]
        bays += [(f"r/{i}", 0) for i in range(hamlet.reception["r"][0])]
        passes = [(f"{x}/{d}", 0) for x in hamlet.crossings for d in ("out", "in")]
        labels = sorted(f"{at}#{k}" for k, loads in enumerate(steps) for at in loads)
        self._search(
            LinkedState(
                free=tuple(bays + passes),
                vehicles=(0,) * sum(self.kind.at.values()),
                trips=tuple((label, 0, 0, -1) for label in labels),
                last=0,
                overs=(0,) * len(steps),
            )
        )

    def _minutes(self, a: str, b: str) -> int:
        return super()._minutes(a.split("#", maxsplit=1)[0], b.split("#", maxsplit=1)[0])

    def _crossings(self, place: str) -> list[str]:
        return super()._crossings(place.split("#", maxsplit=1)[0])

    def _at_bay(
        self, state: State, i: int, place: str, moment: int, seconds: int, stage: int, vehicle: int
    ) -> list[State]:
        bay = place.split("#", maxsplit=1)[0]
        return super()._at_bay(state, i, bay, moment, seconds, stage, vehicle)

    def _events(self, state: State, i: int) -> list[State]:
        assert isinstance(state, LinkedState)
        label, stage, moment, vehicle = state.trips[i]
        if stage != 2:
            return super()._events(state, i)
        step = int(label.split("#")[1])
        if any(s < 3 for at, s, *_ in state.trips if int(at.split("#")[1]) < step):
            return []
        release = max(state.overs[:step], default=0)
        ready = self._set(state, i, 2, max(moment, release), vehicle)
        found: list[State] = []
        for x in self._crossings(label):
            after = self._carry(ready, i, x)
            assert isinstance(after, LinkedState)
            overs = list(after.overs)
            overs[step] = max(overs[step], after.trips[i][2])
            found.append(replace(after, overs=tuple(overs)))
        return found


def least_linked(hamlet: Hamlet, loads: Sequence[str], sizes: Sequence[int], below: int) -> int:
    """Least clearance time over all ways to divide loads over steps of so many loads (s)."""
    best = below
    for steps in _divisions(tuple(loads), tuple(sizes)):
        best = min(best, LinkedExhaustive(hamlet, steps, below=best).best)
    return best


def _divisions(
    loads: tuple[str, ...], sizes: tuple[int, ...]
) -> Iterator[tuple[tuple[str, ...], ...]]:
    if not sizes:
        yield ()
        return
    seen = set()
    for chosen in combinations(range(len(loads)), sizes[0]):
        first = tuple(sorted(loads[i] for i in chosen))
        if first not in seen:
            seen.add(first)
            rest = tuple(x for i, x in enumerate(loads) if i not in chosen)
            for others in _divisions(rest, sizes[1:]):
                yield (first, *others)
