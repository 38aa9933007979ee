"""The pages of the repository, cut up: links, headings, console blocks, words in backquotes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def pages() -> list[Path]:
    """Every Markdown file that is kept, by its path from the root."""
    folders = ("docs", "src", "tests", "benchmarks")
    found = [*ROOT.glob("*.md"), *(f for name in folders for f in (ROOT / name).rglob("*.md"))]
    return sorted(page.relative_to(ROOT) for page in found)


def text_of(page: Path | str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def links(text: str) -> list[str]:
    """Targets of the links, those in code left out."""
    return _LINK.findall(_SPAN.sub("", _FENCE.sub("", text)))


def anchors(text: str) -> set[str]:
    """What a link can name within a page, as GitHub makes it from the headings."""
    headings = (h.replace("`", "").lower() for h in _HEADING.findall(_FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", h).strip().replace(" ", "-") for h in headings}


def spans(text: str) -> list[str]:
    """What stands in single backquotes."""
    return _SPAN.findall(_FENCE.sub("", text))


def shell_lines(text: str) -> list[str]:
    """Lines of ``sh`` blocks, without comments."""
    bodies = [body for _, info, body in _FENCE.findall(text) if info.split()[:1] == ["sh"]]
    lines = (line.partition("#")[0].strip() for body in bodies for line in body.splitlines())
    return [line for line in lines if line]


@dataclass(frozen=True)
class Shown:
    """A command as a page shows it: its exit code and what it prints."""

    command: str
    exit_code: int
    output: str


def transcript(text: str) -> list[Shown]:
    """The commands of the ``console`` blocks, in order.

    A line that begins with ``$`` is a command, those below it are what it prints; a line ``...``
    stands for lines left out. ``console exit=1`` tells the exit code of the block's last command.
    """
    found = []
    for _, info, body in _FENCE.findall(text):
        words = info.split()
        if words[:1] != ["console"]:
            continue
        codes = [int(w.removeprefix("exit=")) for w in words[1:] if w.startswith("exit=")]
        parts = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
        for number, part in enumerate(parts, 1):
            command, _, output = part.partition("\n")
            last = number == len(parts)
            found.append(Shown(command, codes[0] if codes and last else 0, output))
    return found
