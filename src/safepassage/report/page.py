"""``report.html``: one file that opens offline, prints, and reads on a telephone."""

from __future__ import annotations

import base64
import unicodedata
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from safepassage.report import sentences, wording
from safepassage.report.facts import Facts, FigureFact, Use
from safepassage.report.figures import Gallery, Sheet, svg

__all__ = ["link", "local", "page", "script_of"]

_TEMPLATES = Path(__file__).parent / "templates"


def page(facts: Facts, gallery: Gallery) -> str:
    """Write the report page.

    Everything in it is escaped; it loads nothing, from the network or from beside it.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        brief=wording.brief,
        count=wording.count,
        day=wording.day,
        duration=wording.duration,
        moment=wording.moment,
        people=wording.people,
        percent=wording.percent,
        local=local,
        link=link,
        value=_value,
    )
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment.get_template("report.html.j2").render(
        facts=facts,
        say=sentences,
        # The style sheet is ours and holds no text of a case.
        style=Markup(style),  # noqa: S704 - no text of a case
        wide={name: _address(sheet) for name, sheet in gallery.wide.items()},
        narrow={name: _address(sheet) for name, sheet in gallery.narrow.items()},
        uses=_busiest(facts),
        use_name=lambda use: _use_name(facts, use),
        figure_name=lambda figure: _figure_name(facts, figure),
    )


def script_of(text: str) -> str:
    """Language tag that says no more than the script: ``und-Arab``, ``und-Cyrl`` ..."""
    scripts = {"ARABIC": "Arab", "CYRILLIC": "Cyrl", "HEBREW": "Hebr", "GREEK": "Grek"}
    for character in text:
        if character.isalpha():
            first = unicodedata.name(character, "").partition(" ")[0]
            return f"und-{scripts[first]}" if first in scripts else "und"
    return "und"


def local(text: str | None) -> Markup:
    """A name in the local language, in its own direction."""
    if not text:
        return Markup()
    return Markup('<span class="local" dir="auto" lang="{}">{}</span>').format(
        script_of(text), text
    )


def link(address: str) -> Markup:
    """A link where the address is one a browser can open, else the plain reference."""
    if address.startswith(("http://", "https://")):
        shown = _readable(address.removeprefix("https://").removeprefix("http://"))
        return Markup('<a href="{}" rel="noreferrer noopener" dir="ltr">{}</a>').format(
            address, shown
        )
    return Markup("{}").format(address)


def _readable(address: str) -> str:
    """Write letters that an address holds as percent and bytes as the letters they stand for."""
    try:
        shown = unquote(address, errors="strict")
    except UnicodeDecodeError:
        return address
    return shown if shown.isprintable() and " " not in shown else address


def _address(sheet: Sheet) -> str:
    """A figure as a data address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(sheet)).decode()


def _busiest(facts: Facts) -> list[Use]:
    """Everything that is used, the busiest first."""
    return sorted(facts.uses, key=lambda use: -use.share)


_KINDS = {
    "crossing-out": "{}, outward",
    "crossing-in": "{}, inward",
    "vehicles": "Vehicles: {}",
    "boarding": "Bays at {}",
    "unloading": "Bays at {}",
    "escorts": "Escort teams",
}


def _use_name(facts: Facts, use: Use) -> str:
    names = facts.names.vehicles if use.kind == "vehicles" else facts.names.places
    name = names[use.id].text if use.id in names else use.id
    return _KINDS[use.kind].format(name)


_WORDS = {
    "persons": "people",
    "low": "low count",
    "likely": "likely count",
    "high": "high count",
    "seats_observed": "load reported, not planned with",
    "counts": "number",
    "min_vehicles": "least vehicles",
    "max_vehicles": "most vehicles",
    "out": "outward",
    "in": "inward",
    "both": "both ways",
    "any": "any vehicle",
    "factor": "speed factor",
}


def _figure_name(facts: Facts, figure: FigureFact) -> str:
    """Where a figure stands, in words: ``Bus, number, Garage``."""
    part, *where = figure.where
    known = {**facts.names.vehicles, **facts.names.groups, **facts.names.places}
    if part == "fleet" and where[0] in ("vehicles", "conditions"):
        where = where[1:]
    if where[-1] in ("time", "count"):
        where = where[:-1]
    words = [known[w].text if w in known else _WORDS.get(w, w.replace("_", " ")) for w in where]
    name = ", ".join(words)
    return name[:1].upper() + name[1:] if part != "terms" else name


def _value(figure: FigureFact) -> str:
    """A figure with what it counts; a fraction as a decimal where it is one."""
    value = figure.value
    if isinstance(value, int):
        return f"{wording.count(value)} {figure.unit}".strip()
    text = str(value)
    if "/" in text and text.replace("/", "").isdigit():
        exact = Fraction(text)
        text = f"{float(exact):g}" if Fraction(f"{float(exact):g}") == exact else text
    return f"{text} {figure.unit}".strip()
