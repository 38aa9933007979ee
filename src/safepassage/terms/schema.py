"""JSON Schema of the terms files, for editors that complete and check as one writes."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, TypeAdapter

from safepassage.terms import scalars
from safepassage.terms.case import CASE_FORMAT, SOURCES_FORMAT, Case, SourcesFile
from safepassage.terms.uncertainty import UNCERTAINTY_FORMAT, Uncertainty

__all__ = ["case_schema", "schema_text", "sources_schema", "uncertainty_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def case_schema() -> dict[str, Any]:
    """Return the schema of ``case.yaml``: the case without the sources beside it."""
    schema = _schema(Case, CASE_FORMAT)
    del schema["properties"]["sources"]
    return _pruned(schema)


def sources_schema() -> dict[str, Any]:
    """Return the schema of ``sources.yaml``."""
    return _schema(SourcesFile, SOURCES_FORMAT)


def uncertainty_schema() -> dict[str, Any]:
    """Return the schema of ``uncertainty.yaml``."""
    return _schema(Uncertainty, UNCERTAINTY_FORMAT)


def schema_text(schema: dict[str, Any]) -> str:
    """Write a schema the same way every time."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema(model: type[BaseModel], name: str) -> dict[str, Any]:
    schema = _renamed(model.model_json_schema(by_alias=True))
    return {"$schema": _DIALECT, "$id": f"urn:{name.replace('/', ':')}", **schema}


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    """Give figures names a person can read: ``FigureDuration`` and the like."""
    names = {}
    for word in ("Count", "Duration", "Moment", "Positive", "Share"):
        shape = TypeAdapter(getattr(scalars, word)).json_schema()
        for name, definition in schema["$defs"].items():
            value = dict(definition.get("properties", {}).get("value", {}))
            if "Figure" in name and {k: value.get(k) for k in shape} == shape:
                names[name] = f"Figure{word}"
    text = json.dumps(schema)
    for name, new in sorted(names.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(f'"{name}"', f'"{new}"').replace(f'defs/{name}"', f'defs/{new}"')
    renamed: dict[str, Any] = json.loads(text)
    for new in names.values():
        renamed["$defs"][new]["title"] = new
    return renamed


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        found = {part["$ref"].removeprefix("#/$defs/")} if "$ref" in part else set()
        return found.union(*(_references(value) for value in part.values()))
    if isinstance(part, list):
        return set().union(*map(_references, part))
    return set()


def _pruned(schema: dict[str, Any]) -> dict[str, Any]:
    """Drop the definitions that nothing refers to."""
    definitions = schema.pop("$defs")
    wanted: set[str] = set()
    open_names = _references(schema)
    while open_names:
        name = open_names.pop()
        wanted.add(name)
        open_names |= _references(definitions[name]) - wanted
    schema["$defs"] = {name: d for name, d in definitions.items() if name in wanted}
    return schema
