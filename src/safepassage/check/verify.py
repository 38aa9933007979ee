"""The one way into the checker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safepassage.cases import OpenCase
from safepassage.check.assumed import assumed_in
from safepassage.check.certificates import check_certificates, last_moment
from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.reading import Reading, UnplannableError, read_terms
from safepassage.check.rules import RULES
from safepassage.plan.document import NOTICE, Plan

__all__ = ["Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of checking a plan."""

    valid: bool
    """No finding is an error."""
    findings: tuple[Finding, ...]
    lower_bound_verified: bool
    """The stated bounds follow from the certificates and the terms alone."""


def verify(plan: Plan, opened: OpenCase) -> Verification:
    """Check a plan against the case it is said to be of.

    Parameters
    ----------
    plan
        The plan.
    opened
        The case, opened from its folder; with the plan's overrides applied, if there are any.

    Returns
    -------
    Verification
        A plan that is invalid is an answer, not an error.
    """
    findings = list(_same_case(plan, opened))
    reading: Reading | None = None
    try:
        proposal = opened.case.proposal(plan.proposal)
        until_s = max(_last_second(plan), last_moment(plan))
        reading = read_terms(opened.case, opened.network, proposal, plan.count, until_s)
    except KeyError:
        message = f"the case has no proposal {plan.proposal!r}"
        findings.append(finding("unknown-proposal", "proposal", message))
    except UnplannableError as error:
        findings.append(finding("proposal-not-plannable", "proposal", str(error)))
    verified = False
    if reading is not None:
        findings += _same_terms(plan, reading)
        findings += _same_assumptions(plan, opened, reading)
        context = Context.of(plan, reading)
        findings += [found for rule in RULES for found in rule.check(context)]
        proofs, verified = check_certificates(plan, reading)
        findings += proofs
    valid = not any(found.severity == "error" for found in findings)
    return Verification(valid, tuple(findings), verified)


def _last_second(plan: Plan) -> int:
    """Return the latest moment that a crossing or a drive of the plan is at."""
    last = 0
    for rotation in plan.rotations:
        for _, leg in rotation.legs():
            times = [stop.leave_s for stop in leg.stops] + [s.inspect_to_s for s in leg.stops]
            last = max(last, leg.depart_s, leg.arrive_s, *times)
    return last


def _same_case(plan: Plan, opened: OpenCase) -> Iterator[Finding]:
    pairs = (("id", opened.case.id, plan.case.id), ("title", opened.case.title, plan.case.title))
    for key, wanted, got in pairs:
        if wanted != got:
            message = f"expected {wanted!r}, got {got!r}"
            yield finding("other-case", f"case.{key}", message)
    if plan.case.digest != opened.digest:
        message = f"expected {opened.digest}, got {plan.case.digest}"
        yield finding("other-digest", "case.digest", message)
    if plan.case.overrides != opened.overrides:
        message = f"expected {list(opened.overrides)}, got {list(plan.case.overrides)}"
        yield finding("other-overrides", "case.overrides", message)
    if plan.notice != NOTICE:
        yield finding("notice-changed", "notice", f"expected {NOTICE!r}")


def _same_terms(plan: Plan, reading: Reading) -> Iterator[Finding]:
    if plan.start != reading.start:
        message = f"expected {reading.start.isoformat()}, got {plan.start.isoformat()}"
        yield finding("other-start", "start", message)
    wanted = sorted(reading.not_modelled)
    if sorted(plan.not_modelled) != wanted:
        got = ", ".join(plan.not_modelled) or "none"
        message = f"expected {', '.join(wanted) or 'none'}; got {got}"
        yield finding("not-modelled-differs", "not_modelled", message)


def _same_assumptions(plan: Plan, opened: OpenCase, reading: Reading) -> Iterator[Finding]:
    wanted, got = assumed_in(opened, reading.proposal), set(plan.assumptions)
    for what, entries in (("missing", wanted - got), ("not assumed", got - wanted)):
        if entries:
            first = min(entries, key=lambda entry: (entry.where, entry.text))
            message = f"{len(entries)} {what}, such as {first.where!r}: {first.text[:200]!r}"
            yield finding("assumptions-differ", "assumptions", message)
