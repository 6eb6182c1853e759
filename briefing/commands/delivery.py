"""`generate deliver`, `deliveries` and `recall`: editions to their readers, and who got what."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefing.commands.options import At, DossierOption, Json
from briefing.commands.shown import now, print_json, problems_shown, steps

if TYPE_CHECKING:
    from briefing.deliver.sending import Report
    from briefing.delivering import Delivered
    from briefing.going import Options

_LISTED = 1000  # lines of what is wrong that JSON holds

Name = Annotated[
    str, typer.Argument(help="The brief's name; all that have editions where not given.", metavar="[NAME]", show_default=False)
]
ReadersFile = Annotated[
    Path | None, typer.Option("--readers", help="A readers file in place of the settings'.", metavar="FILE", dir_okay=False)
]
Jobs = Annotated[int, typer.Option("--jobs", help="How many processes send at once.", min=1, metavar="N")]
Cluster = Annotated[str, typer.Option("--cluster", help="A Dask scheduler whose workers send.", metavar="tcp://HOST:PORT")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Leave what is refused for the moment to the next run.")]


def deliver(
    name: Name = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would get what and who not, and why; send nothing.")] = False,
    readers: ReadersFile = None,
    resend: Annotated[
        list[str] | None,
        typer.Option("--resend", help="Send once more to this reader alone, whatever came of it before.", metavar="READER"),
    ] = None,
    jobs: Jobs = 1,
    cluster: Cluster = "",
    no_wait: NoWait = False,
    bounces: Annotated[
        Path | None,
        typer.Option(
            "--bounces", help="Only read notices of mail that came back: a Maildir, an mbox, a folder or a file.", metavar="PATH"
        ),
    ] = None,
    unsuppress: Annotated[
        list[str] | None,
        typer.Option("--unsuppress", help="Only allow mail to this address again.", metavar="ADDRESS"),
    ] = None,
    at: At = None,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Send the latest edition of a brief, or of each, to its readers who have not had it; each gets it once."""
    from briefing.going import Options
    from briefing.postings import Way

    if bounces or unsuppress:
        _show_bounces(dossier, bounces, unsuppress or [], as_json)
        return
    options = Options(readers=readers, resend=tuple(resend or ()), way=Way(jobs, cluster, not no_wait))
    if dry_run:
        _show_plan(name, at, dossier, options, as_json)
        return
    with problems_shown(as_json), _telling(as_json) as (told, lines, progress, stop):
        from briefing import delivering

        options = Options(options.readers, options.resend, options.way, told, progress, stop)
        done = delivering.deliver(dossier, name, at or now(), options)
    _show_delivered(done, lines, as_json)


def _show_delivered(done: list[Delivered], lines: list[str], as_json: bool) -> None:
    if as_json:
        import msgspec

        rows = [{**msgspec.to_builtins(each), "rate": round(each.rate, 1)} for each in done]
        print_json({"deliveries": rows, "problems": lines})
    else:
        for each in done:
            typer.echo(str(each))
    if any(each.failed for each in done):
        raise typer.Exit(1)


@contextmanager
def _telling(
    as_json: bool,
) -> Iterator[tuple[Callable[[Report], None], list[str], Callable[[str], None], Callable[[], bool]]]:
    """Give what tells of trouble, line by line, what shows progress, and what says whether somebody wants to stop."""
    lines: list[str] = []
    stopped: list[int] = []

    def told(report: Report) -> None:
        if report.state == "sent" or (report.state in ("replaced", "sending") and not report.fresh):
            return
        who = f"{report.reader} ({report.theme})" if report.theme else report.reader
        line = f"{who}: {report.state}{f': {report.detail}' if report.detail else ''}"
        if len(lines) < _LISTED:
            lines.append(line)
        if not as_json:
            typer.echo(line, err=True)

    def stop(number: int, _: object) -> None:
        if stopped:  # asked twice
            raise KeyboardInterrupt
        stopped.append(number)

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with steps() as progress:
            yield told, lines, progress, lambda: bool(stopped)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _show_bounces(dossier: Path, bounces: Path | None, unsuppress: list[str], as_json: bool) -> None:
    with problems_shown(as_json):
        from briefing import delivered

        lines = [*(delivered.bounced(dossier, bounces) if bounces else ()), *delivered.unsuppress(dossier, unsuppress)]
    if as_json:
        print_json(lines)
    else:
        for line in lines:
            typer.echo(line)


def _show_plan(name: str, at: object, dossier: Path, options: Options, as_json: bool) -> None:
    """Show who would get what: a line each; as JSON an array that is written while it is made."""
    import json
    from datetime import datetime

    from briefing.problems import Problem

    assert at is None or isinstance(at, datetime)
    with problems_shown(as_json):
        from briefing import delivering

        found = delivering.planned(dossier, name, at or now(), options)
        counts = [0, 0]
        for each in found:
            if isinstance(each, Problem):
                typer.echo(str(each), err=True)
                continue
            if as_json:
                typer.echo(("," if sum(counts) else "[") + json.dumps(each.data, ensure_ascii=False))
            else:
                typer.echo(each.line)
            counts[each.wanted] += 1
        if as_json:
            typer.echo("]" if sum(counts) else "[]")
        typer.echo(f"{counts[1]} would be sent, {counts[0]} not; nothing was", err=True)


def deliveries(
    brief: Annotated[str, typer.Option("--brief", help="Only of this brief.", metavar="NAME")] = "",
    reader: Annotated[str, typer.Option("--reader", help="Only to this reader.", metavar="READER")] = "",
    state: Annotated[
        str,
        typer.Option("--state", help="Only in this state: sent, sending, later, uncertain, refused, replaced.", metavar="STATE"),
    ] = "",
    suppressed: Annotated[bool, typer.Option("--suppressed", help="The addresses that nothing is sent to, and why.")] = False,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Show who got what: a line for each edition, reader and channel, with what came of it."""
    with problems_shown(as_json):
        from briefing import delivered

        if suppressed:
            _show_rows([{"address": address, "why": why} for address, why in delivered.suppressed(dossier).items()], as_json)
            return
        if state:
            if state not in delivered.STATES:
                raise typer.BadParameter(f"{state!r} is none of {', '.join(delivered.STATES)}", param_hint="--state")
        _show_rows(delivered.deliveries(dossier, brief=brief, reader=reader, state=state), as_json)


def _show_rows(rows: Iterable[dict[str, object]], as_json: bool) -> None:
    """Show rows as they come: a ledger may hold millions."""
    if as_json:
        import json

        between = "["
        for row in rows:
            sys.stdout.write(between + json.dumps(row, ensure_ascii=False))
            between = ",\n "
        sys.stdout.write("[]\n" if between == "[" else "]\n")
        return
    for row in rows:
        sys.stdout.write("  ".join(str(value) for value in row.values() if value) + "\n")


def recall(
    fact: Annotated[str, typer.Argument(help="The fact, by its id.", metavar="FACT")],
    because: Annotated[str, typer.Option("--because", help="The reason; readers are told it.", metavar="REASON")] = "",
    send: Annotated[
        bool, typer.Option("--send", help="Send the edition that corrects it to the readers who got it wrong.")
    ] = False,
    readers: ReadersFile = None,
    no_wait: NoWait = False,
    at: At = None,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Show which editions printed a fact and which readers got them; with --send, send these readers the correction, once each."""
    if not send:
        _show_recall(dossier, fact, as_json)
        return
    with problems_shown(as_json), _telling(as_json) as (told, lines, progress, stop):
        from briefing import recalling
        from briefing.going import Options
        from briefing.postings import Way

        options = Options(readers=readers, way=Way(wait=not no_wait), told=told, progress=progress, stop=stop)
        done = recalling.correct(dossier, fact, because, at or now(), options)
    unreached = [line for each in done for line in each.unreached]
    if not as_json:
        for line in unreached:
            typer.echo(f"not reached: {line}", err=True)
    _show_delivered([each.delivered for each in done], [*lines, *(f"not reached: {line}" for line in unreached)], as_json)


def _show_recall(dossier: Path, fact: str, as_json: bool) -> None:
    with problems_shown(as_json):
        from briefing import recalling

        found = recalling.recall(dossier, fact)
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(found))
        return
    for held in found.editions:
        typer.echo(f"{held.brief}, edition {held.edition} of {held.issued.date()}, {held.state}: {held.says}")
    for got in found.readers:
        theme = f", theme {got.theme}" if got.theme else ""
        done = f"; correction: {got.corrected}" if got.corrected else ""
        typer.echo(
            f"  {got.reader}: {got.brief}, edition {got.edition}{theme}, by {got.channel}, {got.state} {got.settled[:16]}{done}"
        )
    if not found.readers:
        typer.echo("  no reader got it")
