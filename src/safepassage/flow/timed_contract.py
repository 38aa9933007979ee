"""Nodes at which nothing is decided, left out before the search and put back into its proof.

A node where nobody starts or ends, whose roads only lead on from one neighbour to another, is
passed through: its two links become one, with both transit times and the lesser capacity. Since
vehicles may wait without limit, whoever would wait there can as well wait before, so that what can
arrive by any time stays the same. A node with one neighbour only, or that no road leads into, is
of no use at all. Links whose capacity changes with time are kept as they are.

A cut over time of what remains is one of the whole, of the same value: the label of a node passed
through is put so that of its two links only the narrower is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from safepassage.network.capacity_steps import Step

__all__ = ["Contraction", "Road"]


@dataclass(frozen=True, slots=True)
class Road:
    """A link, or several in a row."""

    links: tuple[str, ...]
    """Ids; empty for the link to a destination's own node."""
    tail: int
    head: int
    transit: int
    """Ticks."""
    steps: tuple[Step, ...]
    narrow: int = 0
    """Which of the links takes least."""
    before: int = 0
    """Ticks from the first link's entrance to that of the narrow one."""

    @property
    def vph(self) -> Fraction | None:
        """The capacity of a road that does not change."""
        return self.steps[0].vph


@dataclass(frozen=True, slots=True)
class _Passed:
    """A node passed through: by two roads, or by two each way."""

    node: int
    entering: tuple[Road, ...]
    ways: tuple[tuple[Road, Road], ...]


@dataclass(slots=True)
class Contraction:
    """Roads by their ends, while nodes are taken out.

    Parameters
    ----------
    n
        Number of nodes.
    roads
        All that can be of use.
    keep
        Nodes that stay: where somebody starts or ends, or may not wait as long as he likes.
    """

    n: int
    roads: Sequence[Road]
    keep: set[int]
    _in: list[dict[int, Road]] = field(init=False)
    _out: list[dict[int, Road]] = field(init=False)
    _gone: list[_Passed | tuple[int, tuple[int, ...]]] = field(init=False, default_factory=list)
    _next: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Take out nodes until none is left that can be."""
        self._in = [{} for _ in range(self.n)]
        self._out = [{} for _ in range(self.n)]
        self._next = len(self.roads)
        for number, road in enumerate(self.roads):
            self._in[road.head][number] = road
            self._out[road.tail][number] = road
        work = list(range(self.n - 1, -1, -1))
        while work:
            node = work.pop()
            if node not in self.keep and (self._in[node] or self._out[node]):
                work.extend(self._taken(node))

    def kept(self) -> list[Road]:
        """Return the roads that remain, in a settled order."""
        left: dict[int, Road] = {}
        for roads in self._out:
            left.update(roads)
        return [left[number] for number in sorted(left)]

    def restore(self, labels: list[Fraction], horizon: Fraction, ticks: int) -> None:
        """Fill in the labels (s) of nodes taken out of a cut; the others' are given."""
        for gone in reversed(self._gone):
            if isinstance(gone, _Passed):
                labels[gone.node] = min(max(_label(gone, labels, ticks), Fraction(0)), horizon)
            else:
                node, beside = gone
                labels[node] = min((labels[v] for v in beside), default=horizon)

    def _taken(self, node: int) -> list[int]:
        """Take a node out if it can be; returns the nodes to look at again."""
        before, after = self._in[node], self._out[node]
        sides = {road.tail for road in before.values()} | {road.head for road in after.values()}
        if not before or not after or len(sides) == 1:
            self._gone.append((node, tuple(sorted(r.tail for r in before.values()))))
            self._drop(node)
            return sorted(sides)
        if len(sides) > 2 or len(before) > 2 or len(after) > 2 or self._changes(node):
            return []
        a, b = sorted(sides)
        pairs = self._pairs(node, a, b), self._pairs(node, b, a)
        if max(map(len, pairs)) != 1:
            return []
        ways = (*pairs[0], *pairs[1])
        self._gone.append(_Passed(node, tuple(before.values()), ways))
        self._drop(node)
        for way in ways:
            self._add(_joined(*way))
        return [a, b]

    def _changes(self, node: int) -> bool:
        roads = (*self._in[node].values(), *self._out[node].values())
        return any(len(road.steps) > 1 or not road.links for road in roads)

    def _pairs(self, node: int, a: int, b: int) -> list[tuple[Road, Road]]:
        """The ways from ``a`` through a node to ``b``."""
        first = [road for road in self._in[node].values() if road.tail == a]
        second = [road for road in self._out[node].values() if road.head == b]
        return [(one, other) for one in first for other in second]

    def _add(self, road: Road) -> None:
        self._in[road.head][self._next] = road
        self._out[road.tail][self._next] = road
        self._next += 1

    def _drop(self, node: int) -> None:
        for number, road in self._in[node].items():
            del self._out[road.tail][number]
        for number, road in self._out[node].items():
            del self._in[road.head][number]
        self._in[node] = {}
        self._out[node] = {}


def _joined(first: Road, second: Road) -> Road:
    """Two roads as one."""
    lesser = _lesser(first, second)
    return Road(
        first.links + second.links,
        first.tail,
        second.head,
        first.transit + second.transit,
        lesser.steps,
        lesser.narrow if lesser is first else len(first.links) + second.narrow,
        lesser.before if lesser is first else first.transit + second.before,
    )


def _lesser(first: Road, second: Road) -> Road:
    """The narrower of two roads, the first of equals."""
    if first.vph is None or (second.vph is not None and second.vph < first.vph):
        return second
    return first


def _label(gone: _Passed, labels: list[Fraction], ticks: int) -> Fraction:
    """The label of a node passed through with which only the narrower link is cut."""
    for first, second in gone.ways:
        early = labels[first.tail] + Fraction(first.transit, ticks)
        late = labels[second.head] - Fraction(second.transit, ticks)
        if late > early:
            return late if _lesser(first, second) is first else early
    return min(labels[road.tail] + Fraction(road.transit, ticks) for road in gone.entering)
