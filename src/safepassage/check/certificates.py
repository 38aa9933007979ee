"""Certificates: proofs of the bounds that a plan states."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.check.findings import Finding, finding
from safepassage.check.proof import Form, Programme, read_form, read_programme, verify_form
from safepassage.check.proof.form import CERTIFICATE_FORMAT
from safepassage.check.reading import Reading
from safepassage.plan.document import Plan

__all__ = ["check_certificates"]


def check_certificates(plan: Plan, reading: Reading) -> tuple[list[Finding], bool]:
    """Verify the certificates of a plan from the terms alone.

    Returns
    -------
    findings, lower_bound_verified
        What is wrong; and whether every bound that the plan states is proven. The bounds that
        everybody knows (no time at all; no more people than there are) need no proof.
    """
    findings: list[Finding] = []
    proven: list[Form] = []
    programme: Programme | None = None
    for i, certificate in enumerate(plan.certificates):
        where = f"certificates[{i}]"
        if certificate.get("format") != CERTIFICATE_FORMAT:
            got = repr(certificate.get("format"))[:60]
            message = f"expected the format {CERTIFICATE_FORMAT}, got {got}"
            findings.append(finding("certificate-unknown", where, message))
            continue
        form = read_form(certificate)
        if isinstance(form, str):
            findings.append(finding("certificate-malformed", where, form))
            continue
        programme = programme or read_programme(reading)
        outcome = verify_form(form, programme)
        if outcome.fault is not None:
            findings.append(finding("certificate-malformed", where, outcome.fault))
        elif not outcome.proven:
            findings.append(finding("certificate-does-not-prove", where, outcome.message))
        else:
            proven.append(form)
    unproven = list(_unproven(plan, reading, proven, programme))
    return findings + unproven, not unproven


def _unproven(
    plan: Plan, reading: Reading, proven: list[Form], programme: Programme | None
) -> Iterator[Finding]:
    """Yield the bounds of the answer that no certificate covers."""
    answer = plan.answer
    values = [form.value for form in proven if form.claim == "clearance-at-least"]
    best = max(values, default=0)
    if answer.lower_bound_s > best:
        message = (
            f"no certificate proves that nobody can do it under {answer.lower_bound_s} s; "
            f"the best one proves {best} s"
        )
        yield finding("bound-without-certificate", "answer.lower_bound_s", message)
    # Whoever is in time is out by the latest moment at which anyone can be.
    latest = programme.latest_in_time() if programme is not None else None
    values = [
        form.value
        for form in proven
        if form.claim == "out-by-at-most" and latest is not None and form.by_s >= latest
    ]
    fewest = min([reading.persons, *values])
    if answer.evacuated_at_most < fewest:
        message = (
            f"no certificate proves that at most {answer.evacuated_at_most} can be in time; "
            f"the best one proves {fewest}"
        )
        yield finding("bound-without-certificate", "answer.evacuated_at_most", message)
