"""``safepassage docs``: the reference of the command line, for those who write its pages."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command", "commands_page"]

_HEAD = """\
<!-- Made by `safepassage docs` from the commands themselves; do not edit. -->

# Commands

A `CASE` is a bundled name (`safepassage cases` lists them) or a folder that holds `case.yaml`.

| exit code | meaning |
|---|---|
| 0 | good |
| 1 | the answer is no, or there are findings |
| 2 | wrong usage or bad input; one line a fault on stderr |
| 3 | a fault of the program itself; `SAFEPASSAGE_DEBUG=1` shows where |
| 130 | interrupted; nothing half-written is left |

With `--json` a command writes one JSON object to stdout and nothing else there. Faults then come
as `{"errors": [{"code", "message", "where"}]}`. Progress goes to stderr, and only to a terminal.
"""


@click.command("docs", hidden=True)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write the page on the commands, commands.md, into DIR."""
    from safepassage.report.drafts import all_or_nothing

    with all_or_nothing(folder) as draft:
        (draft / "commands.md").write_bytes(commands_page().encode())


def commands_page() -> str:
    """Return the page on the commands, from their own help."""
    from safepassage.cli.main import safepassage

    context = _context(safepassage, "safepassage", None)
    parts = [_HEAD, _section("safepassage", context)]
    for name in safepassage.list_commands(context):
        found = safepassage.get_command(context, name)
        if found is not None and not found.hidden:
            parts += _sections(found, f"safepassage {name}", _context(found, name, context))
    return "\n".join(parts)


def _sections(command: click.Command, title: str, context: click.Context) -> list[str]:
    """Return the section of a command; after that of a group, those of its commands."""
    found = [_section(title, context)]
    if isinstance(command, click.Group):
        for name, part in command.commands.items():
            found += _sections(part, f"{title} {name}", _context(part, name, context))
    return found


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return command.make_context(
        name, [], parent, resilient_parsing=True, terminal_width=88, max_content_width=88
    )


def _section(title: str, context: click.Context) -> str:
    return f"## `{title}`\n\n```text\n{context.command.get_help(context)}\n```\n"
