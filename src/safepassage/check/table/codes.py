"""Every code the checker of answers at the table can give; the reference page is made from it."""

from __future__ import annotations

from typing import Final

from safepassage.check.codes import Code

__all__ = ["TABLE_CODES"]

_ERRORS: Final = {
    "table-other-case": "The answer is of another case, or the case has changed since.",
    "table-notice-changed": "The standing notice, that an answer is an estimate, was changed.",
    "table-malformed": "A part of the answer is missing or of the wrong type.",
    "table-no-evidence": "A claim refers to evidence that is not there, or is of the wrong kind.",
    "table-plan-refused": "A plan among the evidence is refused; its own findings say why.",
    "table-certificate-refused": "A certificate among the evidence does not prove its claim.",
    "table-settings-differ": "Evidence is of other terms, or another count, than the claim.",
    "table-does-not-suffice": "A plan said to suffice does not have everyone out in time.",
    "table-not-ruled-out": "A certificate does not show that the terms cannot be met in time.",
    "table-figure-differs": "A figure is not that of its evidence.",
    "table-bound-not-proven": "A window is said to be the least, and the certificate proves less.",
    "table-not-one-step": "What is said not to suffice is not one step less than what does.",
    "table-verdict-differs": "A verdict does not follow from the evidence.",
    "table-words-differ": "A label, unit, title, day or event is not what the terms make it.",
    "table-clause-differs": "A clause is named that is not there, or does not state the figure.",
    "table-row-missing": "A proposal of the case has no row, or more than one.",
    "table-cost-differs": "A cost is not the combination's, or a cheaper one is not ruled out.",
}

_NOTES: Final = {
    "table-timetables-left-out": "Windows of a frontier rest on timetables left out of the file.",
}

TABLE_CODES: Final[dict[str, Code]] = {
    **{code: Code("error", meaning) for code, meaning in _ERRORS.items()},
    **{code: Code("note", meaning) for code, meaning in _NOTES.items()},
}
"""Every code, in the order of the reference page."""
