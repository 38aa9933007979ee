"""A case with some of its terms changed: ``path=value``, as with ``plan --set``.

A path leads through ``case.yaml`` by keys; an entry of a list is named by its id, by the place,
vehicle or vehicle class it is about where only one entry is, or by its number from 0:
``fleet.vehicles.bus.counts.ramouseh-yard.count``. A value is written as in the file; a bare value
stands for a figure that is assumed, and ``null`` takes an optional key out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from safepassage.cases.catalogue import OpenCase
from safepassage.cases.ground import map_faults, way_faults
from safepassage.errors import BadInput, Fault
from safepassage.files import did_you_mean, shown
from safepassage.terms.case import Case
from safepassage.terms.document import DocPath, Document, read_value
from safepassage.terms.load import Lines
from safepassage.terms.provenance import Figure
from safepassage.terms.validate import case_faults
from safepassage.terms.wording import faults_of, model_at

__all__ = ["changed_case", "value_at"]

ROOTS = ("places", "corridors", "groups", "fleet", "proposals")
"""What settings may reach: all that can be negotiated, and what is known of people and roads."""

NAMES = ("id", "place", "vehicle", "vehicle_class")
"""Keys by which an entry of a list may be named."""

ASSUMED = "set for this what-if; not a figure of the case"

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class _Setting:
    text: str
    path: str
    value: Any
    stated: str = "--set"

    @property
    def where(self) -> str:
        """What a fault of it begins with."""
        return f"{self.stated} {self.text}"


def changed_case(opened: OpenCase, settings: Sequence[str], *, stated: str = "--set") -> OpenCase:
    """Return a case with settings applied in order; the case itself stays as it is.

    The settings are kept in ``overrides`` and enter the digest, so that a plan made from the
    changed case says from what, and can be checked against it.

    Parameters
    ----------
    opened
        The case, which may have been changed before.
    settings
        ``path=value`` each.
    stated
        Where they are stated, which faults begin with: an option, or a key of a file.

    Raises
    ------
    BadInput
        One line for each setting that names no path, has the wrong type, or makes terms that
        contradict themselves.
    """
    data: dict[str, Any] = opened.lines.case.data
    faults: list[Fault] = []
    applied: list[_Setting] = []
    for text in settings:
        try:
            setting = _read(text, stated)
            data = _apply(data, setting)
        except BadInput as error:
            faults += error.faults
        else:
            applied.append(setting)
    if faults:
        raise BadInput(faults)
    if not applied:
        return opened
    case, faults = _case(opened, data)
    if faults or case is None:
        raise BadInput(_blamed(opened, applied, faults))
    document = Document(opened.lines.case.file, data, opened.lines.case.lines)
    digest = opened.digest
    for setting in applied:
        digest = hashlib.sha256(f"{digest}\n{setting.text}\n".encode()).hexdigest()
    return replace(
        opened,
        case=case,
        lines=Lines(document, opened.lines.sources),
        digest=digest,
        overrides=(*opened.overrides, *(setting.text for setting in applied)),
    )


def value_at(opened: OpenCase, path: str) -> Any:
    """Return what stands at a path, as in the file; a figure gives its bare value, nothing None.

    Raises
    ------
    BadInput
        If there is no such path.
    """
    setting = _Setting(path, path, None)
    data: Any = opened.lines.case.data
    for step in _steps(data, setting):
        data = data.get(step) if isinstance(data, dict) else data[step]
    return data["value"] if isinstance(data, dict) and "value" in data else data


def _read(text: str, stated: str) -> _Setting:
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        message = (
            f"expected path=value, got {shown(text)}; such as fleet.vehicles.bus.counts.0.count=30"
        )
        raise BadInput.one(stated, "setting-malformed", message)
    written = f"{path.strip()}={value.strip()}"
    where = f"{stated} {path.strip()}"
    return _Setting(written, path.strip(), read_value(value.strip(), where), stated)


def _apply(data: dict[str, Any], setting: _Setting) -> dict[str, Any]:
    """Return a copy of the data with the setting applied (what it does not touch is shared)."""
    path = _steps(data, setting)
    value = setting.value
    model = model_at(Case, data, path)
    if path[-1] == "value" and (parent := model_at(Case, data, path[:-1])) and _figure(parent):
        path, model = path[:-1], parent
    if value is None:
        value = _ABSENT
    elif model is not None and not _figure(model) and not isinstance(value, dict | list):
        known = ", ".join(_known(data, path, {}))
        message = f"expected a path that goes on with one of {known}, got its end; add a step"
        raise BadInput.one(setting.where, "wrong-type", message)
    elif _figure(model) and not isinstance(value, dict | list):
        value = {"value": value, "assumed": ASSUMED}
    changed: dict[str, Any] = _replaced(data, path, value)
    return changed


def _figure(model: type[Any] | None) -> bool:
    return model is not None and issubclass(model, Figure)


def _replaced(here: Any, path: DocPath, value: Any) -> Any:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(here, list):
        index = int(step)
        inner = _replaced(here[index], rest, value)
        return [*here[:index], *([] if inner is _ABSENT else [inner]), *here[index + 1 :]]
    inner = _replaced(here.get(step), rest, value)
    others = {k: v for k, v in here.items() if k != step}
    return others if inner is _ABSENT else {**here, step: inner}


def _steps(data: dict[str, Any], setting: _Setting) -> DocPath:
    """Turn a path as written into keys and indices."""
    path: list[str | int] = []
    here: Any = data
    words = setting.path.split(".")
    for number, word in enumerate(words):
        last = number == len(words) - 1
        step = _step(data, tuple(path), here, word)
        held = isinstance(step, int) or (step is not None and step in here)
        if step is None or not (held or last):
            raise _unknown(data, tuple(path), here, word, setting)
        path.append(step)
        here = here[step] if held else None
    return tuple(path)


def _step(data: Any, path: DocPath, here: Any, word: str) -> str | int | None:
    if isinstance(here, list):
        for name in NAMES:
            named = [i for i, x in enumerate(here) if isinstance(x, dict) and x.get(name) == word]
            if len(named) == 1:
                return named[0]
        return int(word) if word.isdecimal() and len(word) < 6 and int(word) < len(here) else None
    if not isinstance(here, dict):
        return None
    return word if word in _known(data, path, here) else None


def _known(data: Any, path: DocPath, here: Any) -> list[str]:
    """Steps that lead on from a place in the data."""
    if isinstance(here, list):
        found = [x[name] for name in NAMES for x in here if isinstance(x, dict) and name in x]
        return [str(name) for name in dict.fromkeys(found)] or [str(i) for i in range(len(here))]
    if not isinstance(here, dict):
        return []
    if not path:
        return list(ROOTS)
    model = model_at(Case, data, path)
    if model is None:
        return list(here)
    return [f.alias or name for name, f in model.model_fields.items()]


def _unknown(data: Any, path: DocPath, here: Any, word: str, setting: _Setting) -> BadInput:
    known = _known(data, path, here)
    written = ".".join(setting.path.split(".")[: len(path)])
    after = f" after {written!r}" if path else ""
    where = f"{setting.stated} {setting.path}"
    if not known or (word in known and isinstance(here, dict)):
        message = f"expected a path that ends{after} or at a key that is there, got {shown(word)}"
        return BadInput.one(where, "unknown-path", message)
    near = did_you_mean(word, known) or f"; known: {', '.join(known[:20])}"
    message = f"expected a known step{after}, got {shown(word)}{near}"
    return BadInput.one(where, "unknown-path", message)


def _case(opened: OpenCase, data: dict[str, Any]) -> tuple[Case | None, list[Fault]]:
    """Build and check a changed case."""
    document = opened.lines.case
    try:
        built = Case.model_validate(data)
    except ValidationError as error:
        return None, list(faults_of(error, Case, data, document))
    case = built.model_copy(update={"sources": opened.case.sources})
    where = opened.lines.where
    faults = [*case_faults(case, where)]
    if not faults:
        faults += map_faults(case, opened.network, where, opened.folder / case.network / "link.csv")
    if not faults:
        faults += way_faults(case, opened.network, where)
    return case, faults


def _blamed(opened: OpenCase, settings: Sequence[_Setting], found: Sequence[Fault]) -> list[Fault]:
    """One line for each setting that is wrong by itself; else one for all of them together."""
    faults = []
    for setting in settings:
        alone = found
        if len(settings) > 1:
            try:
                _, alone = _case(opened, _apply(opened.lines.case.data, setting))
            except BadInput:
                # Its path is there only after an earlier one: it can be judged with that alone.
                alone = []
        if alone:
            faults.append(Fault(setting.where, alone[0].code, alone[0].message))
    if faults:
        return faults
    together = " ".join(setting.where for setting in settings)
    return [Fault(together, found[0].code, found[0].message)]
