"""What commands share on the way out: problems one a line, progress on terminals, JSON; and the two places where the clock is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

import typer


@contextmanager
def problems_shown(as_json: bool) -> Iterator[None]:
    """Show an author's mistakes, one a line, and end with exit code 1; let our own mistakes through with their traceback."""
    from briefing.problems import BriefingError, ProblemsFound

    try:
        yield
    except ProblemsFound as found:
        if as_json:
            print_json({"problems": [problem_data(each) for each in found.problems]})
        for problem in found.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    except BriefingError as error:
        if as_json:
            print_json({"error": str(error)})
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"{error.filename or 'file'}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done: on a terminal one line, rewritten; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield lambda step: print(f"\r\x1b[K{step} ...", end="", file=sys.stderr, flush=True)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def problem_data(problem: object) -> dict[str, object]:
    """Return a problem as `--json` shows it."""
    from briefing.problems import Problem

    assert isinstance(problem, Problem)
    return {
        "file": problem.at.file,
        "line": problem.at.line,
        "column": problem.at.column,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "warning": problem.warning,
    }


def print_json(value: object) -> None:
    """Print a result for other programs."""
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def today() -> date:
    """Return this day, on the machine's own clock."""
    return date.today()  # noqa: TID251  the one place where the clock is read


def now() -> datetime:
    """Return this second, in the machine's own time zone."""
    return datetime.now().astimezone().replace(microsecond=0)  # noqa: TID251  and the other
