"""Every code the checker can give, with its severity and what it means.

The reference page is generated from this table; codes are stable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["CODES", "Code", "Severity"]

Severity = Literal["error", "note"]
"""An error makes a plan invalid; a note does not."""


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    severity: Severity
    meaning: str
    """One sentence."""


def _errors(meanings: dict[str, str]) -> dict[str, Code]:
    return {code: Code("error", meaning) for code, meaning in meanings.items()}


_CASE: Final = {
    "other-case": "The plan was made for a case of another id or title.",
    "other-digest": "The case folder is not, byte for byte, the one the plan was made from.",
    "other-overrides": "The case was opened with other overrides than the plan was made with.",
    "unknown-proposal": "The case has no proposal of the id that the plan names.",
    "proposal-not-plannable": "The proposal states no start, or nobody who leaves.",
    "other-start": "The plan's start is not the start of the operation under the proposal.",
    "notice-changed": "The standing notice, that a plan is an estimate, is missing or changed.",
    "assumptions-differ": "The assumptions listed are not those that the terms and roads rest on.",
    "not-modelled-differs": "The clauses listed as not modelled are not those that are not.",
}

_STRUCTURE: Final = {
    "rotation-id-twice": "Two rotations carry the same id.",
    "place-unknown": "A leg begins or ends at no place of the case, or at one of the wrong kind.",
    "corridor-unknown": "A leg names a corridor that the case does not have.",
    "group-unknown": "People are counted under a group that does not leave under the proposal.",
    "vehicle-unknown": "The fleet has no vehicle of that id.",
    "vehicle-twice": "A rotation lists a vehicle more than once.",
    "legs-apart": "The empty leg does not end where the loaded leg begins, or goes nowhere.",
    "boarding-mismatch": "Not every vehicle of the rotation boards exactly once.",
    "unloading-mismatch": "Not every vehicle that has to unload does so exactly once.",
}

_ROUTE: Final = {
    "link-unknown": "A leg drives over a link that the network does not have.",
    "route-broken": "The links of a leg do not follow on one another from its start to its end.",
    "corridor-missing": "A loaded leg names no corridor.",
    "corridor-closed": "The corridor of a leg is not open to the groups that need it.",
    "crossing-skipped": "A leg does not pass the crossings of its corridor in their order.",
    "crossing-foreign": "A leg passes a crossing that does not belong to its corridor.",
    "via-skipped": "A leg does not pass the further nodes that its corridor is bound to.",
    "stops-differ": "The stops of a leg are not the crossings of its corridor in their order.",
}

_TIME: Final = {
    "drive-time-wrong": "A drive takes another time than its links and conditions say.",
    "stop-out-of-order": "At a stop, arrival, inspection and departure are not in this order.",
    "inspection-time-wrong": "An inspection takes another time than the vehicles need.",
    "crossing-closed": "A convoy is inspected while the crossing is not open.",
    "crossing-shared": "Two convoys are inspected at once in one direction of a crossing.",
    "spacing-broken": "A convoy follows another at a crossing sooner than the spacing allows.",
    "movement-closed": "A convoy moves while the terms allow no movement.",
}

_BAYS: Final = {
    "bay-wrong": "A vehicle has no bay of the place, or has one and needs none.",
    "bay-shared": "Two vehicles are at one bay at the same time.",
    "boarding-time-wrong": "A vehicle boards for another time than its type takes.",
    "unloading-time-wrong": "A vehicle unloads for another time than its type takes.",
    "boarding-before-arrival": "A vehicle boards before it has arrived.",
    "departure-before-boarding": "A convoy departs before all its vehicles have boarded.",
    "unloading-before-arrival": "A vehicle unloads before it has arrived.",
}

_FLEET: Final = {
    "vehicle-in-two-places": "A vehicle begins a rotation before its last one is over.",
    "vehicle-elsewhere": "A vehicle begins a rotation at a place where it does not stand.",
    "vehicle-does-not-return": "A vehicle that makes one journey makes another.",
    "vehicle-of-no-use": "A vehicle goes where nobody gathers who could use it and go that way.",
    "own-vehicle-fetched": "An evacuees' own vehicle drives an empty leg.",
    "convoy-too-large": "A convoy has more vehicles than the convoy rules allow.",
    "convoy-too-small": "A convoy has fewer vehicles than the convoy rules allow.",
    "escort-missing": "A rotation has no escort though the proposal demands one.",
    "escort-not-agreed": "A rotation has an escort though the proposal has no escort clause.",
    "escort-unknown": "There is no escort team of that id.",
    "escort-in-two-places": "An escort team begins a rotation before its last one is over.",
    "escort-too-far": "An escort team cannot drive to its next rotation in the time it has.",
}

_PEOPLE: Final = {
    "seats-exceeded": "A vehicle carries more people than it has seats.",
    "vehicle-unsuitable": "A group travels in a vehicle type that does not suit it.",
    "group-not-there": "People of a group board or are left at a place where it does not gather.",
    "destination-closed": "People are brought to a place where their group may not go.",
    "destination-share": "More people of a group are brought to a place than their share.",
    "reception-overfilled": "More people are brought to a reception point than it can take in.",
    "persons-added": "More people of a group are counted at a place than there are.",
    "persons-missing": "Fewer people of a group are counted at a place than there are.",
    "priority-broken": "People of a later rank begin to board before those of an earlier rank.",
    "together-broken": "A group that travels together departs over too long a time.",
    "ahead-of-pace": "More people have departed than the pace agreed lets go by then.",
}

_LINKED: Final = {
    "step-too-early": "A convoy departs before the step that it waits for is over.",
    "moved-first": "A convoy departs before those who are to move first.",
    "last-did-not-wait": "The last convoy of one side does not wait for the last of the other.",
    "released-ahead": "A convoy leaves the exchange point before the other side is there for it.",
    "exchange-passed-by": "A convoy does not pass the exchange point of its step.",
    "hold-too-long": "A convoy is held longer than the longest hold agreed.",
}

_ANSWER: Final = {
    "answer-persons": "The number of people is not the number who are to leave.",
    "answer-evacuated": "The number of people out by the deadline is not what the plan brings.",
    "answer-clearance": "The clearance time is not the arrival of the last person.",
    "answer-deadline": "The deadline is not that of the terms.",
    "answer-window-end": "The end of the window is not that of the terms.",
    "answer-slack": "The slack is not the deadline less the clearance time.",
    "answer-gap": "The gap does not follow from clearance time and lower bound.",
    "answer-feasible": "The plan is called feasible and is not, or the other way round.",
    "answer-waiting": "The person-seconds of waiting are not those of the timetable.",
    "answer-bottleneck": "The bottleneck names what the terms do not have, or a clause of another.",
}

_PROOF: Final = {
    "bound-above-clearance": "The lower bound is above the clearance time of this very plan.",
    "bound-above-persons": "The bound on people out in time is above the number who leave.",
    "evacuated-above-bound": "More people are out in time than the proven bound allows.",
    "bound-without-certificate": "A bound is stated without a certificate that proves it.",
    "certificate-does-not-prove": "A certificate does not prove what it claims.",
    "certificate-malformed": "A certificate is not of the form that its format asks for.",
    "certificate-unknown": "A certificate is of a kind that this checker does not know.",
}

CODES: Final[dict[str, Code]] = {
    **_errors(_CASE),
    **_errors(_STRUCTURE),
    **_errors(_ROUTE),
    **_errors(_TIME),
    **_errors(_BAYS),
    **_errors(_FLEET),
    **_errors(_PEOPLE),
    **_errors(_LINKED),
    **_errors(_ANSWER),
    **_errors(_PROOF),
    "beyond-terms": Code("note", "The timetable runs on after the end of the window."),
}
"""Every code, in the order of the reference page."""
