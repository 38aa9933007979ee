"""Certificates: proofs of the bounds that a plan states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.check.findings import Finding, finding
from safepassage.check.proof import Form, Programme, read_form, read_programme, verify_form
from safepassage.check.proof.chain import CHAIN_FORMAT, verify_chain
from safepassage.check.proof.form import CERTIFICATE_FORMAT
from safepassage.check.proof.programme import latest_in_time
from safepassage.check.reading import Reading
from safepassage.plan.document import Plan

__all__ = ["check_certificates", "last_moment", "prove"]


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
    last = latest_in_time(reading)
    programme = read_programme(reading)
    for i, data in enumerate(plan.certificates):
        where = f"certificates[{i}]"
        if data.get("format") == CHAIN_FORMAT:
            value, message = verify_chain(data, reading)
            if value is None:
                findings.append(finding("certificate-does-not-prove", where, message))
            clearance = max(clearance, value or 0)
            continue
        wrong, form = prove(data, programme, where)
        findings += wrong
        if form is None:
            continue
        if form.claim == "clearance-at-least":
            clearance = max(clearance, form.value)
        elif last is not None and form.by_s >= last:
            people = min(people, form.value)
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
    data: Mapping[str, Any], programme: Programme, where: str
) -> tuple[list[Finding], Form | None]:
    """Read and verify one certificate; returns it only where it proves its claim."""
    if data.get("format") != CERTIFICATE_FORMAT:
        message = f"no certificate of format {str(data.get('format'))[:60]!r} is known"
        return [finding("certificate-unknown", where, message)], None
    form = read_form(data)
    if isinstance(form, str):
        return [finding("certificate-malformed", where, form)], None
    outcome = verify_form(form, programme)
    if outcome.fault is not None:
        return [finding("certificate-malformed", where, outcome.fault)], None
    if not outcome.proven:
        return [finding("certificate-does-not-prove", where, outcome.message)], None
    return [], form
