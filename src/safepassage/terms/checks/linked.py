"""Linked steps: they name each other rightly, and none waits for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from safepassage.errors import Fault
from safepassage.files import did_you_mean, shown
from safepassage.terms.case import Case
from safepassage.terms.checks.walk import Where
from safepassage.terms.clauses import LinkedClause
from safepassage.terms.document import DocPath

__all__ = ["circle", "linked_steps"]


def linked_steps(case: Case, where: Where) -> Iterator[Fault]:
    """Step ids are known and given once, and no step waits, by whatever way, for itself."""
    for i, proposal in enumerate(case.proposals):
        for j, clause in enumerate(proposal.clauses):
            if isinstance(clause, LinkedClause):
                path: DocPath = ("proposals", i, "clauses", j)
                yield from _names(clause, where, path)
                yield from _cycle(clause, where, path)


def _names(clause: LinkedClause, where: Where, path: DocPath) -> Iterator[Fault]:
    known = [step.id for step in clause.steps]
    for i, step in enumerate(clause.steps):
        if step.id in known[:i]:
            message = f"expected each step id once, got {step.id!r} again; rename one"
            yield Fault(where((*path, "steps", i, "id")), "duplicate-id", message)
    used: list[tuple[DocPath, str]] = []
    for i, step in enumerate(clause.steps):
        used += [((*path, "steps", i, "after", k), name) for k, name in enumerate(step.after)]
        used += [
            ((*path, "steps", i, "release", k, "step"), rule.step)
            for k, rule in enumerate(step.release)
            if rule.step is not None
        ]
    used += [
        ((*path, "rules", k, "step"), rule.step)
        for k, rule in enumerate(clause.rules)
        if rule.step is not None
    ]
    for place, name in used:
        if name not in known:
            near = did_you_mean(name, known)
            message = f"expected a step of this clause, got {shown(name)}{near}"
            yield Fault(where(place), "unknown-id", message)


def _cycle(clause: LinkedClause, where: Where, path: DocPath) -> Iterator[Fault]:
    found = circle(clause)
    if found:
        index = next(i for i, step in enumerate(clause.steps) if step.id == found[0])
        message = (
            f"expected steps that can begin, got a circle: {' waits for '.join(found)}; "
            "remove one of these"
        )
        yield Fault(where((*path, "steps", index)), "cyclic-steps", message)


def circle(clause: LinkedClause) -> list[str]:
    """Return steps that wait for each other in a circle, the first again at its end, or nothing."""
    waits: dict[str, list[str]] = {}
    for step in clause.steps:
        before = [*step.after]
        before += [
            r.step for r in step.release if r.rule == "after_safe_arrival_of_step" and r.step
        ]
        waits[step.id] = before
    return _find_cycle(waits)


def _find_cycle(waits: Mapping[str, list[str]]) -> list[str]:
    """Return the steps of a circle, the first one again at its end, or nothing."""
    done: set[str] = set()
    for first in waits:
        way: list[str] = []
        # Depth-first with an explicit stack: a long chain of steps is no reason to overflow.
        stack = [(first, iter(waits[first]))] if first not in done else []
        if stack:
            way.append(first)
        while stack:
            step, rest = stack[-1]
            following = next((n for n in rest if n in waits and n not in done), None)
            if following is None:
                done.add(step)
                stack.pop()
                way.pop()
            elif following in way:
                return [*way[way.index(following) :], following]
            else:
                way.append(following)
                stack.append((following, iter(waits[following])))
    return []
