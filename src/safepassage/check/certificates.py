"""Certificates: proofs of the bounds that a plan states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from safepassage.check.findings import Finding, finding
from safepassage.check.proof import Programme, read_form, read_programme, verify_form
from safepassage.check.proof.chain import CHAIN_FORMAT, LONGEST_S, verify_chain
from safepassage.check.proof.form import CERTIFICATE_FORMAT, is_whole
from safepassage.check.proof.pace import PACE_FORMAT, verify_pace
from safepassage.check.proof.programme import latest_in_time
from safepassage.check.reading import Reading
from safepassage.plan.document import Plan

__all__ = ["Proven", "check_certificates", "last_moment", "moment_of", "prove"]


MOST_VALUES: Final = 4_000_000
"""Values in one certificate, keys not counted: more would take minutes and prove no more."""

MOST_CERTIFICATES: Final = 20
"""Certificates of one plan; each of its two bounds needs one."""


class Proven(NamedTuple):
    """What a certificate of any format proves."""

    claim: str
    value: int
    by_s: int


def last_moment(plan: Plan) -> int:
    """Return the latest moment that a certificate of the plan speaks of (s)."""
    return max((moment_of(c) for c in plan.certificates), default=0)


def moment_of(certificate: Mapping[str, Any]) -> int:
    """Return the latest moment that a certificate speaks of (s), whatever else is wrong with it."""
    links = certificate.get("links")
    parts = links if isinstance(links, list | tuple) else [certificate]
    last = 0
    for part in parts:
        if not isinstance(part, Mapping):
            continue
        grid, begin = part.get("grid"), part.get("release_s", 0)
        # A link without a grid counts up to its value.
        end = part.get("value") if part is not certificate else None
        end = grid[-1] if isinstance(grid, list | tuple) and grid else end
        if is_whole(end) and is_whole(begin):
            last = max(last, min(begin + end, LONGEST_S))
    return last


def check_certificates(plan: Plan, reading: Reading) -> tuple[list[Finding], bool]:
    """Verify the certificates of a plan from the terms alone.

    Returns
    -------
    findings, lower_bound_verified
        What is wrong; and whether every bound that the plan states is proven. The bounds that
        everybody knows (no time at all; no more people than there are) need no proof.
    """
    findings: list[Finding] = []
    clearance, people = 0, reading.persons
    last = latest_in_time(reading)
    programme = read_programme(reading)
    if len(plan.certificates) > MOST_CERTIFICATES:
        message = f"expected at most {MOST_CERTIFICATES}, got {len(plan.certificates)}"
        findings.append(finding("certificate-malformed", "certificates", message))
    for i, data in enumerate(plan.certificates[:MOST_CERTIFICATES]):
        wrong, proven = prove(data, reading, programme, f"certificates[{i}]")
        findings += wrong
        if proven is None:
            continue
        if proven.claim == "clearance-at-least":
            clearance = max(clearance, proven.value)
        elif last is not None and proven.by_s >= last:
            people = min(people, proven.value)
    answer = plan.answer
    unproven = []
    if answer.lower_bound_s > clearance:
        message = f"no certificate proves that nobody can do it under {answer.lower_bound_s} s"
        unproven.append(finding("bound-without-certificate", "answer.lower_bound_s", message))
    if answer.evacuated_at_most < people:
        message = f"no certificate proves that at most {answer.evacuated_at_most} can be in time"
        unproven.append(finding("bound-without-certificate", "answer.evacuated_at_most", message))
    return findings + unproven, not findings and not unproven


def prove(
    data: Mapping[str, Any], reading: Reading, programme: Programme, where: str
) -> tuple[list[Finding], Proven | None]:
    """Read and verify one certificate; returns it only where it proves its claim.

    ``programme`` is that of ``reading``. A condition that is in force from the start to the moment
    that a certificate speaks of counts in the least drives.
    """
    if _has_more_than(MOST_VALUES, data):
        message = f"expected at most {MOST_VALUES:,} values, got more"
        return [finding("certificate-malformed", where, message)], None
    if data.get("format") == CHAIN_FORMAT:
        value, message = verify_chain(data, reading)
        if value is None:
            return [finding("certificate-does-not-prove", where, message)], None
        return [], Proven("clearance-at-least", value, value - 1)
    if data.get("format") == PACE_FORMAT:
        wrong, malformed = verify_pace(data, programme)
        if wrong is not None:
            code = "certificate-malformed" if malformed else "certificate-does-not-prove"
            return [finding(code, where, wrong)], None
        return [], Proven(data["claim"], data["value"], data["by_s"])
    if data.get("format") != CERTIFICATE_FORMAT:
        message = f"no certificate of format {str(data.get('format'))[:60]!r} is known"
        return [finding("certificate-unknown", where, message)], None
    form = read_form(data)
    if isinstance(form, str):
        return [finding("certificate-malformed", where, form)], None
    if reading.slowdowns:
        programme = read_programme(reading, (0, form.by_s))
    outcome = verify_form(form, programme)
    if outcome.fault is not None:
        return [finding("certificate-malformed", where, outcome.fault)], None
    if not outcome.proven:
        return [finding("certificate-does-not-prove", where, outcome.message)], None
    return [], Proven(form.claim, form.value, form.by_s)


def _has_more_than(most: int, data: object) -> bool:
    """Count the values within data; no further than needed."""
    count, open_ = 0, [data]
    while open_ and count <= most:
        part = open_.pop()
        if isinstance(part, Mapping):
            part = list(part.values())
        if isinstance(part, list | tuple):
            count += len(part)
            open_ += [x for x in part if isinstance(x, Mapping | list | tuple)]
    return count > most
