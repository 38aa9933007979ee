"""Whether a page shows what a command prints: the words are the same, the numbers near enough.

A plan may become a little better from one version to the next; a page need not follow each minute.
It does have to follow a change that a reader would care about: over a tenth, or another day.
"""

from __future__ import annotations

import re
from datetime import datetime

Token = str | tuple[str, float]

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_TOKEN = re.compile(
    r"""
    (?P<clock>\d\d):(?P<minute>\d\d)\ on\ (?:[A-Z][a-z]{2}\ )?
        (?P<day>\d+)\ (?P<month>[A-Z][a-z]+)\ \d{4}
  | [A-Z][a-z]{2}\ (?P<day2>\d+)\ (?P<month2>[A-Z][a-z]{2}),\ (?P<clock2>\d\d):(?P<minute2>\d\d)
  | (?P<h>\d+)\ ?h(?:\ (?P<min>\d+)\ ?min)?(?:\ \d+\ ?s)?(?!\w)
  | (?P<min_only>\d+)\ ?min(?!\w)
  | (?P<percent>\d+(?:\.\d+)?)%
  | (?P<id>[^\W\d][\w.'-]*)
  | (?P<number>\d[\d,]*(?:\.\d+)?)
  | \S
    """,
    re.VERBOSE,
)


def tokens(text: str) -> list[Token]:
    """Cut a text into words and measured values; line breaks and non-breaking spaces are spaces."""
    plain = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
    return [_token(match) for match in _TOKEN.finditer(plain)]


def _token(match: re.Match[str]) -> Token:
    part = match.groupdict()
    if part["clock"] or part["clock2"]:
        two = "" if part["clock"] else "2"
        month = _MONTHS.index(part[f"month{two}"][:3]) + 1
        clock = (int(part[f"{name}{two}"]) for name in ("clock", "minute"))
        # Any leap year will do: only differences matter.
        at = datetime(2016, month, int(part[f"day{two}"]), *clock)  # noqa: DTZ001 - only the span between two is used
        return "moment", at.timestamp() / 3600
    if part["h"]:
        return "duration", int(part["h"]) + int(part["min"] or 0) / 60
    if part["min_only"]:
        return "duration", int(part["min_only"]) / 60
    if part["percent"]:
        return "percent", float(part["percent"])
    if part["number"]:
        return "number", float(part["number"].replace(",", ""))
    return match.group()


def like(shown: Token, printed: Token) -> bool:
    """Tell whether one token stands for another."""
    if isinstance(shown, str) or isinstance(printed, str):
        return shown == printed
    kind, value = shown
    if kind != printed[0]:
        return False
    apart = abs(value - printed[1])
    if kind == "moment":
        return apart <= 24
    if kind == "percent":
        return apart <= 5
    if kind == "number" and value < 20:
        return apart == 0
    return apart <= 0.1 * max(value, printed[1])


def missing(shown: str, printed: str) -> str | None:
    """Return the first part of ``shown`` that ``printed`` does not hold, or None.

    Parts are divided by lines that hold only ``...`` and come in their order.
    """
    have = tokens(printed)
    begin = 0
    parts = re.split(r"^ *\.\.\. *$", shown, flags=re.MULTILINE)
    for part in parts:
        wanted = tokens(part)
        for at in range(begin, len(have) - len(wanted) + 1):
            if all(map(like, wanted, have[at : at + len(wanted)])):
                begin = at + len(wanted)
                break
        else:
            return part
    if len(parts) == 1 and begin != len(have):
        return f"all of it is shown, and more is printed: {printed}"
    return None
