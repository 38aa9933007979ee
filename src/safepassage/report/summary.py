"""The answer in the terminal, in sentences that can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from safepassage.report import sentences
from safepassage.report.facts import CountAnswer, Facts
from safepassage.report.wording import brief, count, duration, joined, plural, printable

__all__ = ["print_summary"]

_WIDEST = 96
_INDENT = 2
_STYLE: dict[sentences.Verdict, str] = {"yes": "bold green", "no": "bold red", "not found": "bold"}


def print_summary(facts: Facts, console: Console, files: Sequence[Path] = ()) -> None:
    """Print the answer of a plan.

    Parameters
    ----------
    facts
        The facts of a report.
    console
        Where to; it decides on colour, and on width up to what reads well.
    files
        Files that were written.
    """
    console.width = min(console.width, _WIDEST)
    main = facts.answer
    console.print(_text(facts.title, style="bold"), _text(facts.title_local or ""))
    console.print(_text(facts.proposal.title))
    console.print(_text(sentences.tabled(facts), style="dim"))
    if facts.case.overrides:
        _part(console, "What if", sentences.changed(facts))
    _part(console, "Question", sentences.question(facts))
    _part(console, "Answer", sentences.answer(facts), style=_STYLE[sentences.verdict(main)])
    console.print()
    console.print(Padding(_counts(facts), (0, 0, 0, _INDENT), expand=False))
    _part(console, "Route", sentences.route(facts))
    if facts.standing is not None:
        _part(console, "Standing at crossings", sentences.standing(facts))
    _part(console, "Bottleneck", _bottleneck(main))
    # Who is merely late is told by the answer; here, who refuses and what is announced for whom.
    told = any(r.refuse or r.announced for r in facts.remaining)
    for heading, said in (
        ("Linked steps, the chain that ends last", sentences.chain(facts)),
        ("Still there at the deadline", sentences.remain(facts) if told else []),
    ):
        if said:
            _part(console, heading, said[0])
            for words in said[1:]:
                console.print(Padding(_text(words), (0, 0, 0, _INDENT), expand=False))
    _part(console, "Proof", f"{sentences.proof(main)} {sentences.checked(main)}")
    _part(console, "Not modelled", sentences.not_modelled(facts))
    warnings = [f for f in facts.protection if f.severity == "warning"]
    if warnings:
        _part(console, "Protection", f"{plural(len(warnings), 'warning')} on these terms:")
        for found in warnings:
            _item(console, found.message)
    _part(console, "Notice", facts.notice, style="bold")
    if files:
        names = joined([file.name for file in files])
        _part(console, "Written", f"{names}, in {files[0].parent}.")


def _bottleneck(found: CountAnswer) -> str:
    bottleneck = found.figures.bottleneck
    clauses = f" [{', '.join(bottleneck.clause_ids)}]" if bottleneck.clause_ids else ""
    return bottleneck.sentence + clauses


def _text(words: str, style: str = "") -> Text:
    return Text(printable(words), style=style)


def _part(console: Console, heading: str, words: str, style: str = "") -> None:
    console.print()
    console.print(_text(heading, style="bold"))
    console.print(Padding(_text(words, style=style), (0, 0, 0, _INDENT), expand=False))


def _item(console: Console, words: str) -> None:
    table = Table.grid(padding=(0, 1))
    table.add_row(_text("-"), _text(words))
    console.print(Padding(table, (0, 0, 0, _INDENT), expand=False))


def _counts(facts: Facts) -> Table:
    timed = facts.answer.figures.deadline_s is not None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("count")
    table.add_column("people", justify="right", no_wrap=True)
    if timed:
        table.add_column("in time?")
        table.add_column("out in time", justify="right")
    table.add_column("last person safe", no_wrap=True)
    if not timed:
        table.add_column("takes", justify="right", no_wrap=True)
    table.add_column("takes at least", justify="right", no_wrap=True)
    for level, found in facts.answers.items():
        table.add_row(_text(level), *_row(found, timed=timed))
    return table


def _row(found: CountAnswer, *, timed: bool) -> list[Text]:
    figures = found.figures
    answered = sentences.verdict(found)
    clearance = brief(found.clearance, up=True) if found.clearance else "not everyone"
    taken = figures.clearance_time_s
    row = [_text(count(figures.persons))]
    if timed:
        row.append(_text(answered, style=_STYLE[answered]))
        row.append(_text(count(figures.evacuated_by_deadline)))
    row.append(_text(clearance))
    if not timed:
        row.append(_text(duration(taken, up=True) if taken is not None else "-"))
    row.append(_text(sentences.least(found)))
    return row
