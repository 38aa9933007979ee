"""Chains of bounds on batches of linked steps, verified link by link from the terms alone.

Definition and proof: ``docs/reference/certificate-format.md``, "Chains".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from safepassage.check.linked import Batch, Linked, read_linked
from safepassage.check.proof.form import CERTIFICATE_FORMAT, is_whole, read_form
from safepassage.check.proof.programme import Programme, read_programme
from safepassage.check.proof.verify import verify_form
from safepassage.check.reading import Reading
from safepassage.terms.clauses import TimedClause
from safepassage.terms.provenance import Figure

__all__ = ["CHAIN_FORMAT", "verify_chain"]

CHAIN_FORMAT: Final = "safepassage-chain/1"

_KEYS: Final = frozenset(("format", "claim", "value", "links", "sentence"))
_LINK_KEYS: Final = frozenset(
    ("batch", "release_s", "value", "by_s", "grid", "scale", "multipliers")
)
_MOST_LINKS: Final = 5_000


def verify_chain(data: Mapping[str, Any], reading: Reading) -> tuple[int | None, str]:
    """Verify a chain.

    Returns
    -------
    value, message
        What it proves: nobody has everyone out before ``value`` (s); or None, and what is wrong.
    """
    wrong = _wrong_form(data)
    if wrong is not None:
        return None, wrong
    batches = [(linked, b) for linked in read_linked(reading) for b in linked.batches]
    over = [0] * len(batches)
    """Proven: no batch is there in full before this."""
    for n, link in enumerate(data["links"]):
        wrong = _wrong_link(link, len(batches))
        if wrong is None:
            linked, batch = batches[link["batch"]]
            least = _release(linked, batch, [b for _, b in batches], over)
            wrong = _unproven(link, batch, least, reading)
        if wrong is not None:
            return None, f"links[{n}]: {wrong}"
        over[link["batch"]] = max(over[link["batch"]], link["release_s"] + link["value"])
    value: int = data["value"]
    if value > max(over, default=0):
        return None, f"value: the links prove {max(over, default=0)} s, got {value}"
    return value, ""


def _wrong_form(data: Mapping[str, Any]) -> str | None:
    if data.keys() != _KEYS:
        return f"expected the keys {', '.join(sorted(_KEYS))}"
    if data["claim"] != "clearance-at-least" or not is_whole(data["value"]) or data["value"] < 0:
        return "expected the claim clearance-at-least and a whole number of seconds"
    if not isinstance(data["sentence"], str) or not isinstance(data["links"], list | tuple):
        return "expected a sentence and a list of links"
    return None if len(data["links"]) <= _MOST_LINKS else f"expected {_MOST_LINKS} links at most"


def _wrong_link(link: object, batches: int) -> str | None:
    if not isinstance(link, Mapping) or link.keys() != _LINK_KEYS:
        return f"expected the keys {', '.join(sorted(_LINK_KEYS))}"
    if not is_whole(link["batch"]) or not 0 <= link["batch"] < batches:
        return f"batch: expected one of {batches}, counted from 0"
    if not is_whole(link["release_s"]) or link["release_s"] < 0:
        return "release_s: expected a whole number from 0"
    return None


def _release(linked: Linked, batch: Batch, batches: list[Batch], over: list[int]) -> int:
    """Least moment at which a loaded leg of a batch can depart, by what is proven so far."""
    mine = {id(b) for b in linked.batches}
    steps: dict[str, int] = {}
    for at, other in zip(over, batches, strict=True):
        if id(other) in mine:
            steps[other.step] = max(steps.get(other.step, 0), at)
    step = next(s for s in linked.clause.steps if s.id == batch.step)
    least = max((steps[name] for name in step.after), default=0)
    for rule in step.release:
        named = rule.rule == "after_safe_arrival_of_step" and batch.among(rule.waiting)
        for at, other in zip(over, batches, strict=True) if named else ():
            if id(other) in mine and other.step == rule.step and other.among(rule.awaited):
                least = max(least, at)
    return least


def _unproven(
    link: Mapping[str, Any], batch: Batch, least: int, reading: Reading
) -> str | None:
    """Return why a link does not prove that its batch takes so long from its release on."""
    if link["release_s"] > least:
        return f"release_s: {least} s is proven, got {link['release_s']}"
    leaving = sum(sum(reading.groups[g].people.values()) for g in batch.groups)
    everyone = sum(
        g.persons.at(reading.level).value for g in reading.case.groups if g.id in batch.groups
    )
    if leaving < everyone:
        return "some of the batch's side refuse to leave, so it need not be there in full"
    form = read_form(_certificate(link))
    if isinstance(form, str):
        return form
    outcome = verify_form(
        replace(form, claim="out-by-at-most", value=batch.size - 1),
        _programme(reading, batch, link["release_s"]),
    )
    if outcome.proven:
        return None
    return outcome.fault or f"batch of {batch.size}: {outcome.message}"


def _certificate(link: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{k: link[k] for k in ("value", "by_s", "grid", "scale", "multipliers")},
        "format": CERTIFICATE_FORMAT,
        "claim": "clearance-at-least",
        "bays": False,
        "sentence": "",
    }


def _programme(reading: Reading, batch: Batch, release_s: int) -> Programme:
    """Programme of one batch on a clock that starts with its release."""
    clauses = tuple(
        c.model_copy(update={"start": Figure(value=reading.start, assumed="start")})
        if isinstance(c, TimedClause) and c.start is None
        else c
        for c in reading.proposal.clauses
    )
    start = reading.start + timedelta(seconds=release_s)
    proposal = reading.proposal.model_copy(update={"clauses": clauses})
    programme = read_programme(replace(reading, start=start, proposal=proposal))
    cells = tuple(
        replace(c, persons=min(c.persons, batch.size))
        for c in programme.cells
        if c.group in batch.groups
    )
    return replace(programme, cells=cells, released=True)
