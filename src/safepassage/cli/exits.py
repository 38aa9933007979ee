"""How the program ends: exit codes, and one line a fault."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

import click

from safepassage.cli.output import write_json, write_line
from safepassage.errors import BadInput, Fault

__all__ = ["BAD_INPUT", "GOOD", "INTERNAL", "INTERRUPTED", "NO", "guarded"]

GOOD = 0
NO = 1
"""The answer is "no", or there are findings."""
BAD_INPUT = 2
"""Usage or input."""
INTERNAL = 3
INTERRUPTED = 130
_BROKEN_PIPE = 141

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where there is no room left for what is written."""

_DEBUG = "SAFEPASSAGE_DEBUG"


def guarded(run: Callable[[], object], args: Sequence[str]) -> int:
    """Run a command line and return its exit code; faults go to stderr, one line each.

    Parameters
    ----------
    run
        Runs it; returns the exit code, or None for 0.
    args
        The command line. With ``--json`` faults go to stdout as well, as one JSON object.
    """
    as_json = "--json" in args
    try:
        code = run()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return BAD_INPUT
    except click.ClickException as error:
        return _told([_usage(error)], BAD_INPUT, as_json=as_json)
    except BadInput as error:
        return _told(error.faults, BAD_INPUT, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        fault = Fault("safepassage", "interrupted", "interrupted; nothing half-written is left")
        return _told([fault], INTERRUPTED, as_json=as_json)
    except BrokenPipeError:
        # The reader has gone, as with `| head`.
        _write_no_more(sys.stdout)
        return _BROKEN_PIPE
    except OSError as error:
        if error.errno not in _FULL:
            return _told([_internal(error)], INTERNAL, as_json=as_json)
        _write_no_more(sys.stdout)
        message = f"expected room for what is written, got: {error.strerror}; make some"
        return _told([Fault("safepassage", "no-room", message)], BAD_INPUT, as_json=False)
    except Exception as error:  # noqa: BLE001 - the last resort: one line instead of a traceback
        return _told([_internal(error)], INTERNAL, as_json=as_json)
    return code if isinstance(code, int) else GOOD


def _usage(error: click.ClickException) -> Fault:
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "safepassage"
    message = " ".join(error.format_message().split()).rstrip(".")
    return Fault(where, "usage", f"{message}; see '{where} --help'")


def _internal(error: Exception) -> Fault:
    if os.environ.get(_DEBUG):
        traceback.print_exception(error)
    said = " ".join(str(error).split())
    named = f"{type(error).__name__}: {said}" if said else type(error).__name__
    advice = f"please report it; {_DEBUG}=1 shows where"
    return Fault("safepassage", "internal-fault", f"internal fault: {named}; {advice}")


def _told(faults: Iterable[Fault], code: int, *, as_json: bool) -> int:
    """Tell faults, as far as there is anywhere to; the exit code holds in any case."""
    told = list(faults)
    try:
        for fault in told:
            write_line(" ".join(str(fault).splitlines()), err=True)
    except OSError:
        _write_no_more(sys.stderr)
    if as_json:
        errors = [{"code": f.code, "message": f.message, "where": f.where} for f in told]
        try:
            write_json({"errors": errors})
        except OSError:
            _write_no_more(sys.stdout)
    return code


def _write_no_more(stream: TextIO) -> None:
    """Let what is still to be written go nowhere: Python would complain once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
