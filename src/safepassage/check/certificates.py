"""Certificates: proofs of the bounds that a plan states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.check.findings import Finding, finding
from safepassage.check.bound import Certificate, most_people, read_certificate
from safepassage.check.bound.form import CERTIFICATE_FORMAT, MalformedError
from safepassage.check.reading import Reading
from safepassage.plan.document import Plan

__all__ = ["check_certificates", "last_moment"]


def last_moment(plan: Plan) -> int:
    """Return the latest moment that a certificate of the plan speaks of (s)."""
    last = 0
    for certificate in plan.certificates:
        grid = certificate.get("grid")
        if isinstance(grid, list | tuple) and grid and isinstance(grid[-1], int):
            last = max(last, min(grid[-1], 20 * 366 * 86_400))
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
    last = _last_in_time(reading)
    for i, data in enumerate(plan.certificates):
        where = f"certificates[{i}]"
        wrong, certificate = _proven(data, reading, where)
        findings += wrong
        if certificate is None:
            continue
        if certificate.claim == "clearance-at-least":
            clearance = max(clearance, certificate.value)
        elif last is not None and certificate.by_s >= last:
            people = min(people, certificate.value)
    answer = plan.answer
    unproven = []
    if answer.lower_bound_s > clearance:
        message = f"no certificate proves that nobody can do it under {answer.lower_bound_s} s"
        unproven.append(finding("bound-without-certificate", "answer.lower_bound_s", message))
    if answer.evacuated_at_most < people:
        message = f"no certificate proves that at most {answer.evacuated_at_most} can be in time"
        unproven.append(finding("bound-without-certificate", "answer.evacuated_at_most", message))
    return findings + unproven, not findings and not unproven


def _last_in_time(reading: Reading) -> int | None:
    """Latest moment at which anybody can be in time, or None where there is no end."""
    latest = 0
    for group in reading.groups.values():
        limits = [x for x in (group.deadline_s, reading.window_end_s) if x is not None]
        if not limits:
            return None
        latest = max(latest, min(limits))
    return latest


def _proven(
    data: Mapping[str, Any], reading: Reading, where: str
) -> tuple[list[Finding], Certificate | None]:
    """Read and evaluate one certificate; returns it only where it proves its claim."""
    if data.get("format") != CERTIFICATE_FORMAT:
        message = f"no certificate of format {str(data.get('format'))[:60]!r} is known"
        return [finding("certificate-unknown", where, message)], None
    try:
        certificate = read_certificate(data)
        bound, asked = most_people(reading, certificate)
    except MalformedError as error:
        return [finding("certificate-malformed", where, str(error))], None
    scale = certificate.scale
    if certificate.claim == "clearance-at-least":
        holds = bound < asked * scale
        message = f"by {certificate.by_s} s it allows {bound // scale} of {asked} people"
    else:
        holds = bound // scale <= certificate.value
        message = f"it allows {bound // scale} people, not {certificate.value}"
    if not holds:
        return [finding("certificate-does-not-prove", where, message)], None
    return [], certificate
