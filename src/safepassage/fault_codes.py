"""Every code a fault can carry, with its meaning; ``docs/reference/errors.md`` is made from it.

Codes are stable: programs match on them. A test holds this table and the code together.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FAULT_CODES"]

_FILES = {
    "csv-shape": "A row of a table has more or fewer cells than the header.",
    "csv-syntax": "A table cannot be read as CSV, mostly for a quote that is not closed.",
    "empty-table": "A table has a header and no rows.",
    "file-too-large": "A file is over the size limit; it was not read.",
    "folder-not-empty": "A folder to be written holds files already, or is a file.",
    "folder-not-writable": "A folder cannot be written.",
    "identity-field": "A key or column would hold a person's identity; a case holds counts only.",
    "missing-column": "A table lacks a column.",
    "missing-file": "A file or folder is not there.",
    "not-utf-8": "A file is not UTF-8 text.",
    "path-outside-case": "A path in the case leads out of the case folder.",
    "repeated-column": "A table has a column twice.",
    "too-many-faults": "A file has so many faults that reading stopped; the first ones are told.",
    "too-many-rows": "A table has more lines than are read; it was not read.",
    "unknown-column": "A column looks like a known one misspelt.",
    "unreadable-file": "The system refuses to read a file.",
}

_YAML = {
    "duplicate-key": "A mapping has a key twice.",
    "key-not-text": "A key is a list or a mapping.",
    "nested-too-deep": "A file is nested over 40 levels deep.",
    "not-a-mapping": "A terms file does not hold keys and values at its top.",
    "several-documents": "A terms file holds more than one YAML document.",
    "yaml-alias": "A terms file uses an alias (``*name``); values are written out.",
    "yaml-anchor": "A terms file uses an anchor (``&name``); values are written out.",
    "yaml-syntax": "A terms file is not YAML.",
    "yaml-tag": "A terms file uses a tag (``!name``).",
}

_SHAPE = {
    "bad-value": "A value is not of the form its field asks for.",
    "missing-key": "A key that is required is not there.",
    "no-format": "A terms file does not begin with its format and version.",
    "sources-misplaced": "``case.yaml`` holds sources; they belong in ``sources.yaml``.",
    "unknown-format": "A terms file states a format or version that this program does not know.",
    "unknown-key": "A key is not known there.",
    "unknown-word": "A value is none of the words its field knows.",
    "wrong-type": "A value is of another type: text for a list, a number for a figure ...",
}

_CASE = {
    "absurd-number": "A number can only be a slip of the pen.",
    "batch-too-large": "The batches of linked steps have more people than their groups.",
    "clashing-clauses": "Two clauses of a proposal settle what only one can settle.",
    "cyclic-steps": "Linked steps wait for each other in a circle.",
    "deadline-before-start": "A deadline is not after the start of the operation.",
    "duplicate-id": "An id is given twice among its kind.",
    "empty-batch": "A batch of linked steps comes after one that takes all who are left.",
    "empty-hours": "Daily hours end when they begin.",
    "ends-before-start": "A window or a row ends before it starts.",
    "history-order": "Statuses of a proposal are not in the order of time.",
    "never-true": "Linked steps wait for what can never happen.",
    "no-escort-teams": "An escort is demanded, and nowhere is it said how many teams there are.",
    "no-handling-time": "A place has no boarding or unloading time for a type that uses it.",
    "overlapping-batches": "Batches of linked steps share some of their groups, but not all.",
    "overlapping-status": "Two statuses of one day contradict each other.",
    "refusal-of-others": "A refusal names a group twice, or one that need not leave.",
    "repeated-entry": "A list names the same thing twice.",
    "repeated-status": "A status is told twice for one day.",
    "split-people": "A share of people is no whole number of them.",
    "unknown-case": "There is neither a bundled case nor a folder of that name.",
    "unknown-id": "An id names nothing in the case.",
    "unreachable-group": "No open corridor leads a group to any of its destinations.",
    "without-effect": "A key says something that no timetable could take account of.",
    "wrong-kind-of-place": "A place is of another kind than its use asks for.",
    "zero-bays": "A place where vehicles board or unload has no bay.",
    "zero-fleet": "There is no vehicle at all for a group that is to leave.",
    "zero-seats": "A vehicle type has no seats.",
}

_NETWORK = {
    "bad-geometry": "A line is not well-known text of points in degrees.",
    "figure-without-source": "A length or speed has no source and is not marked as assumed.",
    "link-to-itself": "A link begins and ends at the same node.",
    "shared-node": "Two crossings are on one node.",
    "unknown-node": "A node id is not in the table of nodes.",
    "no-exit": "No road leaves the polygon that is to be left, or none is in it.",
    "no-roads": "A map holds no roads for cars.",
    "not-geojson": "A file is not GeoJSON.",
    "not-geopackage": "A file is not a GeoPackage with one layer of points or polygons.",
    "not-osm": "A file is not OpenStreetMap data, or is damaged or cut off.",
    "not-tntp": "A file is not a network in the TNTP format.",
    "unknown-network-format": "A file of roads has an ending that is not known.",
    "wrong-coordinates": "Coordinates are not longitude and latitude in degrees (WGS 84).",
    "unknown-unit": "``config.csv`` names a unit that is not known.",
}

_CLEARANCE = {
    "waiting-limit-unmet": "The quickest plan waits too long at a node; no other is made.",
    "no-opposite-link": "A link that is to give way has no link in the opposite direction.",
    "no-start-time": "A time names days, and ``config.csv`` states no ``start_time``.",
    "no-time": "A row of ``link_tod.csv`` states no time, or two.",
    "no-vehicles": "No origin has a vehicle.",
    "not-modelled": "A table states something that the answer could not honour.",
    "overlapping-periods": "Two rows of ``link_tod.csv`` state a capacity for the same time.",
    "unknown-link": "A link that is named is not in the network.",
    "role-missing": "``demand.csv`` has no origin or no destination.",
}

_OBSERVATIONS = {
    "observations-order": "The counts of one source are not in the order of time.",
}

_UNCERTAINTY = {
    "correlations-impossible": "Correlations cannot hold together.",
    "drawn-twice": "A group, crossing or vehicle type is drawn by two unknowns of one family.",
    "nothing-to-fit": "A distribution is to be fitted, and no record of stops is there for it.",
    "out-of-range": "A distribution has values that its quantity cannot have.",
    "quantiles-out-of-order": "The values or quantiles of a distribution do not rise.",
    "weights-not-one": "The weights of estimates or of a mixture do not sum to 1.",
    "wrong-unit": "A duration is stated without a unit, or something else with one.",
}

_SETTINGS = {
    "setting-malformed": "A setting is not of the form ``path=value``.",
    "unknown-path": "The path of a setting leads nowhere in the case.",
}

_PLANNING = {
    "nobody-moves": "Under a proposal that is to be replayed nobody can be moved.",
    "no-leave-clause": "A proposal that is to be planned says of nobody that they leave.",
    "no-start": "A proposal that is to be planned states no start.",
}

_PLAN_FILES = {
    "plan-bad-value": "A value in a plan file is not of the form its key asks for.",
    "plan-duplicate-key": "A plan file has a key twice.",
    "plan-missing-key": "A plan file lacks a key.",
    "plan-other-terms": "A plan that is to be compared is of another case, or of other settings.",
    "plan-refused": "The checker refuses a plan that is to be compared.",
    "plan-not-json": "A plan file is not JSON.",
    "plan-not-utf8": "A plan file is not UTF-8 text.",
    "plan-too-large": "A plan file is over the size limit; it was not read.",
    "plan-unknown-key": "A plan file has a key that is not known.",
    "plan-unreadable": "A plan file cannot be read.",
    "plan-wrong-type": "A value in a plan file is of another type than its key asks for.",
}

_STUDIES = {
    "checkpoint-not-writable": "An interrupted study cannot be kept where it should be.",
    "checkpoint-other-study": "A checkpoint is of another case, version or study than asked for.",
    "checkpoint-unreadable": "A checkpoint cannot be read, or is a file of another kind.",
    "ray-unreachable": "No Ray cluster answers, or none can be started.",
}

_COMMANDS = {
    "extra-missing": "A command needs a program or package that is not installed.",
    "internal-fault": "The program contradicts itself; this is a fault of the program (exit 3).",
    "interrupted": "The program was stopped from outside.",
    "no-room": "A disk is full, or whatever else is written to.",
    "result-refused": "A result of ``clear`` is not one that the checker accepts.",
    "simulator-refuses": "A traffic simulator could not run what was exported for it.",
    "usage": "A command or an option is not known, or its value is wrong.",
}

FAULT_CODES: Mapping[str, Mapping[str, str]] = {
    "Files": _FILES,
    "YAML": _YAML,
    "Form of the terms": _SHAPE,
    "The case as a whole": _CASE,
    "The network": _NETWORK,
    "Clearance instances": _CLEARANCE,
    "Observations": _OBSERVATIONS,
    "Uncertainty": _UNCERTAINTY,
    "Settings": _SETTINGS,
    "Planning": _PLANNING,
    "Plan files": _PLAN_FILES,
    "Studies": _STUDIES,
    "Commands": _COMMANDS,
}
"""Code and meaning, by subject."""
