"""Reference pages made from the definitions themselves: clauses, records, findings, faults."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from safepassage.fault_codes import FAULT_CODES
from safepassage.identity import IDENTITY_KEYS
from safepassage.terms import scalars
from safepassage.terms.case import Case, SourcesFile
from safepassage.terms.checks.ids import REFERENCES
from safepassage.terms.clauses import CLAUSE_KINDS, AnyClause, Clause
from safepassage.terms.documents import DOCUMENT_CODES
from safepassage.terms.protection import RULES
from safepassage.terms.provenance import Cited, Figure
from safepassage.terms.record import Record
from safepassage.terms.uncertainty import Distribution, Quantity, Uncertainty

__all__ = [
    "case_page",
    "clauses_page",
    "errors_page",
    "findings_page",
    "records_within",
    "uncertainty_page",
]

_MADE = "<!-- Made by docs/generate_reference.py from the definitions; do not edit. -->\n"

_SCALARS: tuple[tuple[Any, str], ...] = (
    (scalars.Identifier, "id"),
    (scalars.Text, "text"),
    (scalars.Count, "whole number"),
    (scalars.Day, "day (`2016-12-13`)"),
    (scalars.Duration, "duration (`7d`, `10h`, `90min`)"),
    (scalars.Flag, "`true` or `false`"),
    (scalars.Moment, "time with zone (`2016-12-13T08:00+02:00`)"),
    (scalars.TimeOfDay, "time of day (`08:00`)"),
    (scalars.Offset, "offset (`+02:00`)"),
    (scalars.Ratio, "number (`0.7`, `1/3`)"),
    (scalars.Positive, "number over 0 (`0.7`, `1/3`)"),
    (scalars.Share, "share from 0 to 1 (`0.7`, `1/3`)"),
    (Cited, "list of citations"),
    (Quantity, "number or duration (`0.5`, `90min`)"),
    (Distribution, "distribution"),
)

#: What a field means that means the same wherever it stands.
_COMMON: Mapping[str, str] = {
    "cite": "Where it is from.",
    "gist": "What it says, in our own words.",
    "id": "Unique among its kind.",
    "kind": "Tells the kinds apart.",
    "name": "As people write it.",
    "name_local": "The same in the language of the place.",
    "note": "What a reader should know.",
    "title": "In a few words.",
    "title_local": "The same in the language of the place.",
}


def clauses_page() -> str:
    """Return the Markdown reference of clause kinds."""
    about = (
        "A clause is one provision of a proposal, told apart by `kind`. A kind is *honoured* when "
        "every timetable keeps to it and the checker refuses a plan that breaks it; clauses of "
        "any other kind are listed as **not modelled** in every output.\n"
    )
    parts = [
        _MADE,
        "# Clauses\n",
        about,
        "## Fields of every clause\n",
        _table(Clause, ()),
    ]
    common = tuple(Clause.model_fields)
    for kind, model in CLAUSE_KINDS.items():
        honoured = "Honoured by the planner." if model.honoured else "Not modelled."
        parts += [f"## `{kind}`\n", _prose(model) + "\n", f"*{honoured}*\n"]
        fields = _table(model, (*common, "kind"))
        parts.append(fields or "No fields beyond those of every clause.\n")
    parts += ["# Parts of clauses\n", *_sections(records_within(CLAUSE_KINDS.values()))]
    return "\n".join(parts)


def case_page() -> str:
    """Return the Markdown reference of ``case.yaml`` and ``sources.yaml``."""
    skipped = {*CLAUSE_KINDS.values(), *records_within(CLAUSE_KINDS.values()), Case, SourcesFile}
    records = [r for r in records_within((Case, SourcesFile)) if r not in skipped]
    parts = [
        _MADE,
        "# The case files\n",
        "## `case.yaml`\n",
        _table(Case, ("sources",)),
        "## `sources.yaml`\n",
        _table(SourcesFile, ()),
        "# Records\n",
        "Clauses and their parts are on [a page of their own](clauses.md).\n",
        *_sections(records),
    ]
    return "\n".join(parts)


def uncertainty_page() -> str:
    """Return the Markdown reference of ``uncertainty.yaml``."""
    about = (
        "What is not known of an operation; [what each unknown does to a timetable, and how to "
        "find figures](../uncertainty.md). Shares and factors are numbers, times are durations.\n"
    )
    records = [r for r in records_within((Uncertainty,)) if r not in records_within((Case,))]
    parts = [_MADE, "# `uncertainty.yaml`\n", about, _table(Uncertainty, ()), "# Records\n"]
    parts.append("Citations and figures are those of [the case files](case.md).\n")
    return "\n".join([*parts, *_sections(records)])


def findings_page(checkers: Mapping[str, Mapping[str, tuple[str, str]]]) -> str:
    """Return the Markdown reference of findings.

    Parameters
    ----------
    checkers
        Severity and meaning by code, under the heading each table has on the page, of findings
        that are defined above this package.
    """
    parts = [_MADE, "# Findings\n", "Codes are stable. Findings warn; only errors refuse.\n"]
    parts += ["## Protection (`safepassage check`)\n"]
    for rule in RULES:
        parts += [f"### `{rule.code}` ({rule.severity})\n", _prose(rule.find) + "\n"]
    documents = [(code, *told) for code, told in DOCUMENT_CODES.items()]
    head = ("code", "severity", "meaning")
    parts += ["## Citations (`safepassage check --documents DIR`)\n", _rows(head, documents)]
    for heading, codes in checkers.items():
        parts += [f"## {heading}\n", _rows(head, [(code, *told) for code, told in codes.items()])]
    return "\n".join(parts)


def errors_page() -> str:
    """Return the Markdown reference of faults."""
    about = (
        "A fault is one thing wrong with the input. All faults are told at once, one line each, "
        "as `file:line: what was expected, what came; how to mend it`, and the exit code is 2. "
        'With `--json` they come as `{"errors": [{"code", "message", "where"}]}`.\n'
    )
    parts = [_MADE, "# Faults\n", about]
    for subject, codes in FAULT_CODES.items():
        parts += [f"## {subject}\n", _rows(("code", "meaning"), sorted(codes.items()))]
    parts += ["## Keys that are refused\n", "Wherever they stand, as a key or as a column:\n"]
    parts.append(", ".join(f"`{key}`" for key in sorted(IDENTITY_KEYS)) + "\n")
    return "\n".join(parts)


def _sections(records: Iterable[type[Record]]) -> Iterator[str]:
    for model in records:
        yield f"## {_title(model)}\n"
        yield _prose(model) + "\n"
        yield _table(model, ())


def _title(model: type[Record]) -> str:
    return model.__name__.partition("[")[0].removeprefix("_")


def _prose(thing: Any) -> str:
    text = inspect.getdoc(thing) or ""
    return text.replace("``", "`").replace(":class:", "")


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += [
        "| " + " | ".join([f"`{row[0]}`", *(c.replace("``", "`") for c in row[1:])]) + " |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _table(model: type[Record], skipped: tuple[str, ...]) -> str:
    hints = get_type_hints(model, include_extras=True)
    rows = []
    for name, field in model.model_fields.items():
        if name not in skipped:
            words = _words(hints[name], _names(model, name))
            required = "yes" if field.is_required() else ""
            told = " ".join((field.description or _COMMON.get(name, "")).split())
            rows.append((field.alias or name, words, required, f"{told}{_default(field)}".strip()))
    return _rows(("field", "type", "required", "meaning"), rows) if rows else ""


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required() or value is None or value == () or field.default_factory is not None:
        return ""
    word = str(value).lower() if isinstance(value, bool) else str(value)
    return f" Default: `{word}`."


def _names(model: type[Record], field: str) -> str | None:
    """Return what the ids in a field name."""
    found = (w for (m, f), w in REFERENCES.items() if f == field and issubclass(model, m))
    return next(found, None)


def _words(hint: Any, names: str | None) -> str:
    """Say a type in words."""
    for scalar, words in _SCALARS:
        if hint == scalar:
            return f"id of a {names}" if words == "id" and names else words
    origin, args = get_origin(hint), get_args(hint)
    if hint == AnyClause:
        return "[clause](clauses.md)"
    if origin is Annotated:
        return _words(args[0], names)
    if origin in (Union, types.UnionType):
        return " or ".join(_words(a, names) for a in args if a is not type(None))
    if origin is tuple:
        return f"list of {_words(args[0], names)}"
    if origin is Literal:
        return ", ".join(f"`{a}`" for a in args)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ", ".join(f"`{member.value}`" for member in hint)
    if isinstance(hint, type) and issubclass(hint, Figure):
        of = hint.__pydantic_generic_metadata__["args"]
        return f"figure: {_words(of[0], names)}" if of else "figure"
    if isinstance(hint, type) and issubclass(hint, Record):
        return _title(hint)
    return {str: "text", int: "whole number"}.get(hint, "any value")


def records_within(models: Iterable[type[Record]]) -> list[type[Record]]:
    """Return the records that the fields of models hold, each once, in the order of meeting."""
    found: list[type[Record]] = []
    waiting: list[Any] = [h for m in models for h in _hints(m)]
    while waiting:
        hint = waiting.pop(0)
        if isinstance(hint, type) and issubclass(hint, Record):
            model = Figure if issubclass(hint, Figure) else hint
            if model not in found:
                found.append(model)
                waiting += _hints(model)
        else:
            waiting += get_args(hint)
    return found


def _hints(model: type[Record]) -> list[Any]:
    hints = get_type_hints(model, include_extras=True)
    return [hints[name] for name in model.model_fields]
