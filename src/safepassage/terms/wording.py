"""Turn what pydantic finds wrong into one-line faults with a place and a way to mend it."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from safepassage.errors import Fault
from safepassage.files import did_you_mean, shown
from safepassage.terms.document import DocPath, Document
from safepassage.terms.scalars import WORDS

__all__ = ["faults_of", "model_at"]

#: A message stays one line that can be read, whatever the file holds.
MOST_MESSAGE = 400


def faults_of(
    error: ValidationError, model: type[BaseModel], data: dict[str, Any], document: Document
) -> Iterator[Fault]:
    """Yield a fault for every place where the data does not fit the model, one a place."""
    told: set[tuple[DocPath, str]] = set()
    for detail in error.errors(include_url=False):
        if _follows(detail):
            continue
        path = _path_in(data, detail["loc"])
        code, message = _wording(detail, model, data, path)
        # A union reports each alternative it tried; the first one says what is wanted.
        if (path, code) in told:
            continue
        told.add((path, code))
        yield Fault(document.where(path), code, message[:MOST_MESSAGE])


def _follows(detail: ErrorDetails) -> bool:
    """Say whether a list is called too short only because entries in it are faulty."""
    least = detail.get("ctx", {}).get("min_length", 0)
    came = detail["input"]
    return detail["type"] == "too_short" and isinstance(came, list) and len(came) >= least


def _path_in(data: Any, loc: tuple[int | str, ...]) -> DocPath:
    """Return the path in the file: pydantic's place without the names of union members."""
    path: list[int | str] = []
    here = data
    for i, step in enumerate(loc):
        last = i == len(loc) - 1
        if isinstance(here, dict) and isinstance(step, str):
            entered = not path or isinstance(path[-1], int)
            if entered and i and isinstance(loc[i - 1], int) and step == here.get("kind"):
                continue
            if step in here:
                path.append(step)
                here = here[step]
            elif last and "[" not in step:
                path.append(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            path.append(step)
            here = here[step]
    return tuple(path)


def _value_at(data: Any, path: DocPath) -> Any:
    for step in path:
        if isinstance(data, dict) and step not in data:
            return None
        data = data[step]
    return data


def model_at(model: type[BaseModel], data: Any, path: DocPath) -> type[BaseModel] | None:
    """Return the model that the mapping at ``path`` should fit, or None where there is none."""
    annotation: Any = model
    for step in path:
        annotation = _narrow(annotation, data)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields = {f.alias or name: f for name, f in annotation.model_fields.items()}
            if step not in fields:
                return None
            annotation = fields[str(step)].annotation
        elif get_origin(annotation) is tuple and isinstance(step, int):
            annotation = get_args(annotation)[0]
        else:
            return None
        data = _value_at(data, (step,)) if isinstance(data, dict | list) else None
    annotation = _narrow(annotation, data)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None


def _narrow(annotation: Any, data: Any) -> Any:
    """Strip ``Annotated`` and ``None``, and choose the union member by ``kind``."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation
    members = [_narrow(a, data) for a in get_args(annotation) if a is not type(None)]
    kind = data.get("kind") if isinstance(data, dict) else None
    for member in members:
        if kind is not None and kind in kinds_of(member):
            return member
    return members[0] if len(members) == 1 else None


def kinds_of(model: Any) -> tuple[str, ...]:
    """Return the values of ``kind`` that a model takes."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return ()
    kind = model.model_fields.get("kind")
    return tuple(get_args(kind.annotation)) if kind is not None else ()


def _keys(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    return [f.alias or name for name, f in model.model_fields.items()]


_TYPE_NAMES: Mapping[str, str] = {
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "float_type": "a number",
    "int_type": "a whole number",
    "tuple_type": "a list",
    "list_type": "a list",
}

_BOUNDS: Mapping[str, str] = {
    "too_short": "at least {min_length} entry",
    "string_too_short": "some words",
    "string_too_long": "at most {max_length} characters",
}


def _wording(
    detail: ErrorDetails, model: type[BaseModel], data: dict[str, Any], path: DocPath
) -> tuple[str, str]:
    """Return the code and the message of one of pydantic's errors."""
    kind = detail["type"]
    context = detail.get("ctx", {})
    key = str(path[-1]) if path else ""
    came = detail["input"]
    if kind == "missing":
        return "missing-key", f"expected the key {key!r}, got none; add it"
    if kind == "extra_forbidden":
        return "unknown-key", _unknown_key(model, data, path)
    if kind == "union_tag_not_found":
        return "missing-key", "expected the key 'kind', got none; add it"
    if kind in ("union_tag_invalid", "enum", "literal_error"):
        return "unknown-word", _unknown_word(kind, context, came)
    if kind == "value_error":
        return "bad-value", f"{_at(key)}{context['error']}".replace("\n", " ")
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "wrong-type", _expected_mapping(model, data, path, came)
    if kind in _TYPE_NAMES:
        return "wrong-type", f"{_at(key)}expected {_TYPE_NAMES[kind]}, got {_form(came)}"
    if kind in _BOUNDS:
        wanted = _BOUNDS[kind].format(**context)
        return "bad-value", f"{_at(key)}expected {wanted}, got {_form(came)}"
    if kind == "string_pattern_mismatch":
        return "bad-value", f"{_at(key)}expected {_pattern(context)}, got {shown(came)}"
    return "bad-value", f"{_at(key)}{detail['msg']}, got {_form(came)}".replace("\n", " ")


def _at(key: str) -> str:
    return f"{key}: " if key and not key.isdigit() else ""


def _form(value: Any) -> str:
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    return "nothing" if value is None or value == "" else shown(value)


def _pattern(context: Mapping[str, Any]) -> str:
    if context.get("pattern") == WORDS:
        return "some words"
    if "{64}" in str(context.get("pattern")) and "f]" in str(context.get("pattern")):
        return "a SHA-256 of 64 hexadecimal digits"
    return "an id of lower-case letters, digits, '-' and '_' (at most 64)"


def _unknown_key(model: type[BaseModel], data: dict[str, Any], path: DocPath) -> str:
    key = str(path[-1])
    known = _keys(model_at(model, data, path[:-1]))
    near = did_you_mean(key, known)
    mend = near or ("; known keys: " + ", ".join(known) if known else "; remove it")
    return f"expected a known key, got {shown(key)}{mend}"


def _unknown_word(kind: str, context: Mapping[str, Any], came: Any) -> str:
    if kind == "union_tag_invalid":
        came = context.get("tag", came)
        words = str(context.get("expected_tags", ""))
    else:
        words = str(context.get("expected", ""))
    known = [w for w in words.replace(" or ", ", ").replace("'", "").split(", ") if w]
    near = did_you_mean(str(came), known)
    return f"expected one of {', '.join(known)}, got {_form(came)}{near}"


def _expected_mapping(
    model: type[BaseModel], data: dict[str, Any], path: DocPath, came: Any
) -> str:
    parent = model_at(model, data, path[:-1]) if path else None
    key = str(path[-1]) if path else ""
    field = parent.model_fields.get(key) if parent is not None else None
    wanted = _narrow(field.annotation, {}) if field is not None else None
    keys = _keys(wanted) if isinstance(wanted, type) and issubclass(wanted, BaseModel) else []
    if "value" in keys:
        mend = f"write '{key}: {{value: {_form(came)}, cite: [source-id]}}', or assumed: why"
        return f"{_at(key)}expected a figure with its source, got {_form(came)}; {mend}"
    what = f"the keys {', '.join(keys)}" if keys else "keys and values"
    return f"{_at(key)}expected {what}, got {_form(came)}"
