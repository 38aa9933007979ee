"""Every code the checker of clearance results can give; the reference page is made from it."""

from __future__ import annotations

from typing import Final

from safepassage.check.codes import Code

__all__ = ["CLEARANCE_CODES"]

_INSTANCE: Final = {
    "instance-differs": "The tables are not, byte for byte, those the result was made from.",
    "notice-differs": "The standing notice, that a result is an estimate, is missing or changed.",
    "reversed-unknown": "A link said to be reversed is not in the network.",
    "reversed-alone": "A link said to be reversed has no link in the opposite direction.",
    "reversed-both": "Both directions of a road are said to be reversed.",
    "reversed-not-allowed": "A link is reversed that is not among those that may give way.",
    "without-reversed": "The plan to compare contraflow with reverses lanes too, or is not there.",
}

_DEPARTURES: Final = {
    "origin-not-one": "A departure begins at a node that is no origin.",
    "destination-not-one": "A departure ends at a node that is no destination.",
    "link-not-there": "A departure drives over a link that the network does not have.",
    "links-apart": "The links of a departure do not lead from its origin to its destination.",
    "departure-empty": "A departure ends before it begins, or nobody is in it.",
    "decimals-exceeded": "A time or rate is finer than the file can hold.",
    "waits-differ": "A departure has another number of waits than of links.",
    "wait-too-long": "Vehicles wait longer at a node than the node allows.",
    "before-ready": "More vehicles have left an origin than were ready by then.",
    "too-late": "A departure arrives after a time that no result speaks of.",
}

_ROADS: Final = {
    "capacity-exceeded": "More vehicles enter a link than its capacity at that time.",
    "link-closed": "Vehicles enter a link while it is closed.",
    "reception-exceeded": "More vehicles end at a destination than it can receive.",
}

_ANSWER: Final = {
    "vehicles-differ": "The number of vehicles is not that of the instance.",
    "vehicles-added": "More vehicles leave an origin than there are.",
    "vehicles-short": "Fewer vehicles leave an origin than there are, in a complete result.",
    "clearance-differs": "The clearance time is not the last arrival.",
    "clearance-not-had": "A clearance time is stated though not every vehicle arrives.",
    "gap-differs": "The gap does not follow from clearance time and lower bound.",
    "deadline-count-differs": "The vehicles out by the deadline are not those that arrive by then.",
    "deadline-missing": "Vehicles out by a deadline are counted, and no deadline is stated.",
    "way-out-exists": "An origin said to have no way out has one for all its vehicles.",
    "way-out-missing": "Vehicles of an origin have no way out, and the result does not say so.",
    "bottleneck-foreign": "The bottleneck names a link that is not there, or no origin held back.",
    "bottleneck-overstated": "More is said to pass a road of the bottleneck than can enter it.",
    "arrival-order": "The moments of the earliest-arrival curve are not in order of time.",
    "arrival-count-differs": "The vehicles out by a moment of the curve are not those that arrive.",
    "arrival-lag-understated": "The plan is further behind the earliest-arrival curve than stated.",
    "beyond-told": "The result speaks of times for which no capacities are told.",
}

_PROOF: Final = {
    "bound-not-certified": "A bound is stated without a certificate that proves it.",
    "bound-beats-result": "The lower bound is above the clearance time of this very result.",
    "count-beats-bound": "More vehicles are out by the deadline than the proven bound allows.",
    "cut-malformed": "A certificate names an unknown node, or a label after its horizon.",
    "cut-does-not-prove": "A certificate does not prove the bound that is stated.",
}

CLEARANCE_CODES: Final[dict[str, Code]] = {
    code: Code("error", meaning)
    for group in (_INSTANCE, _DEPARTURES, _ROADS, _ANSWER, _PROOF)
    for code, meaning in group.items()
}
"""Every code, in the order of the reference page."""
