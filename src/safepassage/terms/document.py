"""YAML with line numbers, and without the parts of YAML that harm.

Terms files are read as a stream of events and built here, so that an anchor, an alias (the YAML
bomb), a tag or a duplicate key is told with its line instead of being followed. Plain scalars are
read by a narrow form of the YAML 1.2 core schema: ``null``, ``true``, ``false``, whole numbers and
decimals. All else is text: ``no``, ``on``, ``08:00``, ``2016-12-13``, ``0100``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from safepassage.errors import BadInput, Fault
from safepassage.files import read_text, shown, too_many
from safepassage.identity import identity_fault

__all__ = ["DocPath", "Document", "read_document", "read_value"]

DocPath = tuple[str | int, ...]
"""Keys and indices from the root of a document."""

#: Largest terms file in bytes. A case in full is about 200 kB.
MOST_BYTES = 8_000_000
#: Deepest nesting. The model itself needs about 10.
MOST_DEPTH = 40

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(
    r"(?=.*[.eE])[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?"
)


@dataclass(frozen=True, slots=True)
class Document:
    """What a terms file holds, and the line of each part."""

    file: str
    data: dict[str, Any]
    lines: Mapping[DocPath, int]

    def where(self, path: DocPath = ()) -> str:
        """Return ``file:line`` of the part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.file}:{self.lines.get(path, 1)}"


def read_document(file: Path) -> Document:
    """Read a terms file.

    Raises
    ------
    BadInput
        With every fault found in the shape of the file.
    """
    text = read_text(file, MOST_BYTES)
    builder = _Builder(str(file))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
            if too_many(builder.faults, f"{file}:{builder.line}"):
                break
    except yaml.YAMLError as error:
        builder.faults.append(_syntax_fault(str(file), text, error))
    except _UnreadableError:
        pass
    if not builder.faults:
        builder.faults.extend(builder.root_faults())
    if builder.faults:
        raise BadInput(builder.faults)
    return Document(str(file), builder.root, builder.lines)


def read_value(text: str, where: str) -> Any:
    """Read one value, written as it would be after a key: ``30``, ``7d``, ``[{from: "08:00"}]``.

    Parameters
    ----------
    where
        What to call the place of the value in a fault.

    Raises
    ------
    BadInput
        If it is not YAML, or of the parts of YAML that a terms file may not use.
    """
    builder = _Builder(where)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text[:MOST_BYTES], Loader=loader):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.faults.append(_syntax_fault(where, text, error))
    except _UnreadableError:
        pass
    if builder.faults:
        raise BadInput.one(where, builder.faults[0].code, builder.faults[0].message)
    return builder.root


def _syntax_fault(file: str, text: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "a fault"
    position = getattr(error, "position", None)
    if mark is not None:
        line = mark.line + 1
    else:
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
    message = f"expected YAML, got: {problem}; mend the indentation, quotes or brackets here"
    return Fault(f"{file}:{line}", "yaml-syntax", message.replace("\n", " "))


class _UnreadableError(Exception):
    """Nothing after this point can be read with sense."""


@dataclass(slots=True)
class _Open:
    """A mapping or list that is not closed yet."""

    value: dict[str, Any] | list[Any]
    path: DocPath
    key: str | None = None
    seen: set[str] = field(default_factory=set)


class _Builder:
    """Builds plain Python values from YAML events; holds all faults met on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.line = 1
        self.faults: list[Fault] = []
        self.lines: dict[DocPath, int] = {(): 1}
        self.root: Any = None
        self._stack: list[_Open] = []
        self._documents = 0

    def root_faults(self) -> Iterator[Fault]:
        """Tell where the whole is not a mapping."""
        if not isinstance(self.root, dict):
            got = "an empty file" if self.root is None else f"{shown(self.root, 40)}"
            message = f"expected keys and values at the top, got {got}; begin with 'format:'"
            yield Fault(f"{self.file}:1", "not-a-mapping", message)

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        mark = event.start_mark
        line = self.line = mark.line + 1 if mark is not None else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                message = "expected one document, got a second one; remove the '---' line"
                self._fault(line, "several-documents", message)
                raise _UnreadableError
        elif isinstance(event, yaml.AliasEvent):
            name = (event.anchor or "")[:40]
            message = f"expected the value itself, got the alias *{name}; write it out"
            self._fault(line, "yaml-alias", message)
            self._add(None, line)
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            message = f"expected no anchor, got &{event.anchor[:40]}; write values out"
            self._fault(line, "yaml-anchor", message)
        tag = getattr(event, "tag", None)
        # A quoted scalar has the tag "!" in some loaders; it says nothing more than "text".
        if tag not in (None, "!"):
            message = f"expected no tag, got {shown(tag, 40)}; remove it"
            self._fault(line, "yaml-tag", message)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
            return
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._add(value, line)
        self._stack.append(_Open(value, path))
        if len(self._stack) > MOST_DEPTH:
            message = f"expected at most {MOST_DEPTH} levels, got more; flatten this part"
            self._fault(line, "nested-too-deep", message)
            raise _UnreadableError

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, str(event.value), line)
        else:
            plain = event.style in (None, "")
            self._add(_resolve(event.value) if plain else event.value, line)

    def _key(self, top: _Open, key: str, line: int) -> None:
        top.key = key
        if key in top.seen:
            message = f"expected each key once, got {shown(key)} again; keep one of them"
            self._fault(line, "duplicate-key", message)
        top.seen.add(key)
        self.lines.setdefault((*top.path, key), line)
        fault = identity_fault(f"{self.file}:{line}", key)
        if fault is not None:
            self.faults.append(fault)

    def _add(self, value: object, line: int) -> DocPath:
        """Put a value where it belongs; return its path."""
        if not self._stack:
            self.root = value
            return ()
        top = self._stack[-1]
        if isinstance(top.value, list):
            path: DocPath = (*top.path, len(top.value))
            top.value.append(value)
            self.lines[path] = line
            return path
        if top.key is None:
            message = "expected text as a key, got a list or a mapping; write a plain key"
            self._fault(line, "key-not-text", message)
            raise _UnreadableError
        path = (*top.path, top.key)
        top.value[top.key] = value
        top.key = None
        return path

    def _fault(self, line: int, code: str, message: str) -> None:
        self.faults.append(Fault(f"{self.file}:{line}", code, message))


def _resolve(text: str) -> str | int | float | None:
    """Read a plain scalar by the narrow core schema."""
    if _NULL.fullmatch(text):
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
