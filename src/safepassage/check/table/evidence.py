"""What each piece of evidence shows, judged from the terms under its own settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from safepassage.cases import OpenCase, changed_case
from safepassage.check.certificates import Proven, moment_of, prove
from safepassage.check.findings import Finding
from safepassage.check.proof import read_programme
from safepassage.check.proof.programme import latest_in_time
from safepassage.check.reading import Reading, UnplannableError, read_terms
from safepassage.check.table.codes import TABLE_CODES
from safepassage.check.verify import verify
from safepassage.errors import BadInput
from safepassage.plan.document import Level, Plan
from safepassage.plan.table import Evidence, Table

__all__ = ["Court", "Terms"]


@dataclass(frozen=True, slots=True)
class Terms:
    """Which terms a claim is about."""

    proposal: str
    count: Level
    settings: tuple[str, ...]


@dataclass
class Court:
    """Judges evidence once, and gathers findings."""

    table: Table
    opened: OpenCase
    findings: list[Finding] = field(default_factory=list)
    _plans: dict[str, bool] = field(default_factory=dict)
    _forms: dict[str, tuple[Proven, Reading] | None] = field(default_factory=dict)
    _cases: dict[tuple[str, ...], OpenCase] = field(default_factory=dict)

    def tell(self, code: str, where: str, message: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(code, TABLE_CODES[code].severity, where, None, message))

    def case(self, settings: Sequence[str]) -> OpenCase:
        """Return the case under settings; raises ``BadInput`` where they do not fit it."""
        key = tuple(settings)
        if key not in self._cases:
            self._cases[key] = changed_case(self.opened, key, stated="settings")
        return self._cases[key]

    def reading(self, terms: Terms, until_s: int = 0) -> Reading | None:
        """Read the terms of a claim; None, with a finding, where they cannot be planned."""
        try:
            opened = self.case(terms.settings)
            proposal = opened.case.proposal(terms.proposal)
            return read_terms(opened.case, opened.network, proposal, terms.count, until_s)
        except (BadInput, KeyError, UnplannableError) as error:
            said = " ".join(str(error).split())[:300]
            self.tell("table-settings-differ", terms.proposal, f"these are no terms: {said}")
            return None

    def plan(self, given: object, terms: Terms, where: str) -> Plan | None:
        """Return the plan that a claim refers to, if it is of these terms and is valid."""
        evidence = self._find(given, where, plan=True)
        if evidence is None or not self._same(evidence, terms, where):
            return None
        plan = evidence.plan
        if plan is None or not self._valid(evidence, plan):
            return None
        return plan

    def suffices(self, given: object, terms: Terms, where: str) -> Plan | None:
        """Return the plan of a claim that these terms can be met in time, if it shows that."""
        plan = self.plan(given, terms, where)
        if plan is not None and not (plan.answer.feasible and not plan.left):
            self.tell(
                "table-does-not-suffice", where, "the plan does not have everyone out in time"
            )
            return None
        return plan

    def ruled_out(self, given: object, terms: Terms, where: str) -> bool:
        """Say whether a claim that these terms cannot be met in time is proven."""
        found = self._proven(given, terms, where)
        if found is None:
            return False
        form, reading = found
        last = latest_in_time(reading)
        if last is not None:
            if form.claim == "clearance-at-least" and form.value > last:
                return True
            few = form.claim == "out-by-at-most" and form.by_s >= last
            if few and form.value < reading.persons:
                return True
        message = f"the certificate ({form.claim} {form.value}) leaves room to meet the terms"
        self.tell("table-not-ruled-out", where, message)
        return False

    def not_before(self, given: object, value: int, terms: Terms, where: str) -> bool:
        """Say whether it is proven that nobody clears in less than ``value`` seconds."""
        if value <= 0:
            return True
        found = self._proven(given, terms, where)
        if found is None:
            return False
        form, _ = found
        if form.claim != "clearance-at-least" or form.value < value:
            message = f"{value} s is claimed; the certificate proves {form.claim} {form.value}"
            self.tell("table-bound-not-proven", where, message)
            return False
        return True

    def judge_the_rest(self) -> None:
        """Judge what no claim has referred to: whatever stands in the file has been judged."""
        for evidence in self.table.evidence:
            if evidence.plan is not None:
                self._valid(evidence, evidence.plan)
            elif evidence.id not in self._forms:
                of = Terms(evidence.proposal, evidence.count, evidence.settings)
                self._forms[evidence.id] = self._form(evidence, of)

    def _find(self, given: object, where: str, *, plan: bool) -> Evidence | None:
        for evidence in self.table.evidence:
            if evidence.id == given and (evidence.plan is not None) == plan:
                return evidence
        what = "plan" if plan else "certificate"
        self.tell(
            "table-no-evidence", where, f"expected the id of a {what}, got {str(given)[:60]!r}"
        )
        return None

    def _same(self, evidence: Evidence, terms: Terms, where: str) -> bool:
        of = Terms(evidence.proposal, evidence.count, evidence.settings)
        if of != terms:
            message = f"evidence {evidence.id} is of {_words(of)}; the claim is of {_words(terms)}"
            self.tell("table-settings-differ", where, message)
            return False
        return True

    def _valid(self, evidence: Evidence, plan: Plan) -> bool:
        if evidence.id not in self._plans:
            self._plans[evidence.id] = self._judge(evidence, plan)
        return self._plans[evidence.id]

    def _judge(self, evidence: Evidence, plan: Plan) -> bool:
        where = f"evidence {evidence.id}"
        if (plan.proposal, plan.count) != (evidence.proposal, evidence.count):
            self.tell("table-settings-differ", where, "the plan is of another proposal or count")
            return False
        try:
            verification = verify(plan, self.case(evidence.settings))
        except BadInput as error:
            self.tell("table-settings-differ", where, str(error).splitlines()[0])
            return False
        wrong = [f for f in verification.findings if f.severity == "error"]
        if wrong:
            self.tell("table-plan-refused", where, f"{len(wrong)} errors; the first: {wrong[0]}")
        elif not verification.lower_bound_verified:
            self.tell("table-plan-refused", where, "its bounds are not proven")
        return not wrong and verification.lower_bound_verified

    def _proven(self, given: object, terms: Terms, where: str) -> tuple[Proven, Reading] | None:
        evidence = self._find(given, where, plan=False)
        if evidence is None or not self._same(evidence, terms, where):
            return None
        if evidence.id not in self._forms:
            self._forms[evidence.id] = self._form(evidence, terms)
        return self._forms[evidence.id]

    def _form(self, evidence: Evidence, terms: Terms) -> tuple[Proven, Reading] | None:
        data = evidence.certificate or {}
        reading = self.reading(terms, moment_of(data))
        if reading is None:
            return None
        wrong, form = prove(data, reading, read_programme(reading), f"evidence {evidence.id}")
        if form is None:
            said = wrong[0].message if wrong else "no claim"
            self.tell("table-certificate-refused", f"evidence {evidence.id}", said)
            return None
        return form, reading


def _words(terms: Terms) -> str:
    return f"{terms.proposal}, {terms.count}, {list(terms.settings)}"[:200]
