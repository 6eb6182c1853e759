"""The command line: parse, call the pipeline, print. The only reader of today's date; everything heavy is imported on use."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="generate",
    help="Policy briefs and one-page summaries from a dossier of curated facts, as PDF, DOCX, HTML and text.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """The formats a document can be written in."""

    pdf = "pdf"
    docx = "docx"
    html = "html"
    txt = "txt"
    all = "all"


class Evidence(StrEnum):
    """The forms of the evidence beside a document."""

    json = "json"
    csv = "csv"
    jsonld = "jsonld"


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2025-09-15") from None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a moment such as 2025-09-15T07:00") from None
    return found if found.tzinfo else found.astimezone()


Name = Annotated[str, typer.Argument(help="Its name: the file in briefs/ without .yaml.", show_default=True)]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="What to write; 'all' is every format.")]
ThemeOption = Annotated[str, typer.Option("--theme", "-t", help="Only this theme, by its id.", show_default=False)]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        help="The day to write as of: what was known then, worded for then. Today by default.",
        parser=_day,
        metavar="DATE",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="A file, or a folder. Beside its definition by default.", metavar="FILE-or-DIR")
]
DossierOption = Annotated[
    Path, typer.Option("--dossier", "-d", help="The dossier's folder.", metavar="DIR", show_default="this folder")
]
Originals = Annotated[
    Path | None, typer.Option("--originals", help="The folder of the originals, to compare facts with them.", metavar="DIR")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Annex = Annotated[bool, typer.Option("--annex", help="Add the annex: every fact with status, sources and paragraphs.")]
EvidenceOption = Annotated[
    Evidence | None, typer.Option("--evidence", help="Also write every printed fact beside it, in this form.")
]
EvenIfStale = Annotated[bool, typer.Option("--even-if-stale", help="Write it also where its recipe holds it back for stale facts.")]
EmbedFonts = Annotated[bool, typer.Option("--embed-fonts", help="Put the fonts into Word documents, which grow by 1.1 MB.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Compose anew even where nothing has changed.")]


@app.command()
def brief(
    name: Name = "policy-brief",
    format_: FormatOption = Format.pdf,
    theme: ThemeOption = "",
    as_of: AsOf = None,
    out: Out = None,
    dossier: DossierOption = Path(),
    annex: Annex = False,
    evidence: EvidenceOption = None,
    even_if_stale: EvenIfStale = False,
    embed_fonts: EmbedFonts = False,
    as_json: Json = False,
    no_cache: NoCache = False,
) -> None:
    """Write a policy brief."""
    _make("brief", name, format_, theme, as_of, out, dossier, annex, evidence, even_if_stale, embed_fonts, as_json, no_cache)


@app.command()
def summary(
    name: Name = "one-page-summary",
    format_: FormatOption = Format.pdf,
    theme: ThemeOption = "",
    as_of: AsOf = None,
    out: Out = None,
    dossier: DossierOption = Path(),
    evidence: EvidenceOption = None,
    even_if_stale: EvenIfStale = False,
    embed_fonts: EmbedFonts = False,
    as_json: Json = False,
    no_cache: NoCache = False,
) -> None:
    """Write a summary that fits one page in every format, and say what was left out."""
    _make("summary", name, format_, theme, as_of, out, dossier, False, evidence, even_if_stale, embed_fonts, as_json, no_cache)


def _make(
    kind: str,
    name: str,
    format_: Format,
    theme: str,
    as_of: datetime | None,
    out: Path | None,
    dossier: Path,
    annex: bool,
    evidence: Evidence | None,
    even_if_stale: bool,
    embed_fonts: bool,
    as_json: bool,
    no_cache: bool,
) -> None:
    with _problems_shown(as_json), _progress() as progress:
        from briefing import pipeline

        formats = pipeline.FORMATS if format_ is Format.all else (format_.value,)
        made = pipeline.make(
            dossier,
            pipeline.Order(name, as_of.date() if as_of else _today(), kind, theme, annex, even_if_stale),
            formats,
            out=out,
            evidence=evidence.value if evidence else "",
            embed_fonts=embed_fonts,
            cache=not no_cache,
            progress=progress,
        )
    for dropped in made.dropped:
        typer.echo(f"left out to fit one page: {dropped}", err=True)
    if made.tightened:
        typer.echo(f"tightened to fit one page: {made.tightened}", err=True)
    if as_json:
        _print_json({"files": made.paths, "pages": made.pages, "dropped": made.dropped, "tightened": made.tightened})
    else:
        for path in made.paths:
            typer.echo(path)


@app.command("list")
def list_(dossier: DossierOption = Path(), as_json: Json = False) -> None:
    """List briefs and summaries, themes and templates."""
    with _problems_shown(as_json):
        from briefing import inquiry

        listing = inquiry.listing(dossier)
    if as_json:
        _print_json(listing)
        return
    for title, rows in listing.items():
        typer.echo(f"{title.capitalize()}:")
        width = max((len(str(row[0])) for row in map(tuple, (each.values() for each in rows))), default=0)
        for row in rows:
            first, *rest = map(str, row.values())
            typer.echo(f"  {first:<{width}}  {'  '.join(filter(None, rest))}".rstrip())


@app.command()
def check(as_of: AsOf = None, originals: Originals = None, dossier: DossierOption = Path(), as_json: Json = False) -> None:
    """Find every problem of the dossier, with file, line and column; compose every brief and summary."""
    with _problems_shown(as_json):
        from briefing import inquiry

        report = inquiry.check(dossier, as_of.date() if as_of else _today(), originals)
    errors = [problem for problem in report.problems if not problem.warning]
    if as_json:
        counts = {"facts": report.facts, "sources": report.sources, "originals": report.originals}
        _print_json({"problems": [_problem(each) for each in report.problems], **counts})
    else:
        for problem in report.problems:
            typer.echo(str(problem), err=True)
        found = f"{len(errors)} problems, {len(report.problems) - len(errors)} warnings" if report.problems else "no problem"
        typer.echo(f"{report.facts} facts, {report.sources} sources, {report.documents} documents: {found}")
        if report.originals is None:
            typer.echo("facts were not compared with their originals: name their folder with --originals")
        else:
            typer.echo(f"facts were compared with {report.originals} of {report.sources} originals")
    if errors:
        raise typer.Exit(1)


@app.command()
def coverage(
    originals: Annotated[Path, typer.Option("--originals", help="The folder of the originals.", metavar="DIR")],
    dossier: DossierOption = Path(),
    every: Annotated[bool, typer.Option("--all", help="List what is covered too, with the facts that cover it.")] = False,
    as_json: Json = False,
) -> None:
    """Show, for each source, the figures, dates and names found in its original, and those that no fact covers."""
    with _problems_shown(as_json):
        from briefing import inquiry

        found = inquiry.coverage(dossier, originals, every=every)
    for problem in found.problems:
        typer.echo(str(problem), err=True)
    if as_json:
        _print_json(found.data)
        return
    for line in found.lines:
        typer.echo(line)


@app.command()
def explain(
    what: Annotated[str, typer.Argument(help="A fact or a source by its id, or a figure as printed: 'USD 68 billion'.")],
    as_of: AsOf = None,
    dossier: DossierOption = Path(),
    pages: Annotated[bool, typer.Option("--pages", help="Also give the page of each place in the PDF.")] = False,
    as_json: Json = False,
) -> None:
    """Say what a fact, a source or a figure is, what stands behind it, and where it is printed."""
    with _problems_shown(as_json):
        from briefing import inquiry

        found = inquiry.explain(dossier, what, as_of.date() if as_of else _today(), pages=pages)
        if as_json:
            _print_json(found)
        else:
            typer.echo(inquiry.explained(found), nl=False)


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="The folder to make; it may not hold anything yet.", metavar="DIR")]) -> None:
    """Make a small, complete, working dossier to start from."""
    with _problems_shown(False):
        from briefing import inquiry

        for path in inquiry.new_dossier(folder):
            typer.echo(path)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A folder to write them to, a file each.", metavar="DIR")] = None,
) -> None:
    """Print the JSON Schemas of seeds, briefs and looks, for editors that know YAML."""
    with _problems_shown(False):
        from briefing import inquiry

        if out is None:
            _print_json(inquiry.schemas())
            return
        for path in inquiry.write_schemas(out):
            typer.echo(path)


Brief = Annotated[str, typer.Argument(help="The brief's name: the file in briefs/ without .yaml.", metavar="NAME")]
Because = Annotated[str, typer.Option("--because", help="The reason; it is kept.", metavar="REASON")]
At = Annotated[
    datetime | None, typer.Option("--at", help="The moment it is done. Now by default.", parser=_moment, metavar="DATETIME")
]


@app.command()
def issue(
    name: Brief,
    as_of: AsOf = None,
    at: At = None,
    major: Annotated[bool, typer.Option("--major", help="Count it as a major edition also where the rules say minor.")] = False,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Make the next numbered edition in all formats, if there is something to say; note the check if there is not."""
    with _problems_shown(as_json), _progress() as progress:
        from briefing import issuing

        moment = at or _now()
        made = issuing.issue(dossier, name, as_of.date() if as_of else moment.date(), moment, major=major, progress=progress)
    _show_issued(made, as_json)


@app.command()
def release(name: Brief, because: Because, at: At = None, dossier: DossierOption = Path(), as_json: Json = False) -> None:
    """Issue a held brief although; the reason is kept with the edition."""
    with _problems_shown(as_json), _progress() as progress:
        from briefing import issuing

        made = issuing.release(dossier, name, because, at or _now(), progress=progress)
    _show_issued(made, as_json)


def _show_issued(made: object, as_json: bool) -> None:
    from briefing.issuing import Issued

    assert isinstance(made, Issued)
    if as_json:
        _print_json({name: getattr(made, name) for name in made.__struct_fields__})
    elif made.result == "issued":
        typer.echo(f"{made.brief}: edition {made.edition}, {made.kind}: {made.line}", err=True)
        for rule in made.rules[:12]:
            typer.echo(f"  {rule}", err=True)
        if len(made.rules) > 12:
            typer.echo(f"  and {len(made.rules) - 12} more; generate changes {made.brief} lists them", err=True)
        for path in made.paths:
            typer.echo(path)
    else:
        typer.echo(f"{made.brief}: {made.line}")


@app.command()
def withdraw(
    name: Brief,
    number: Annotated[int, typer.Argument(help="The number of the edition.", metavar="N")],
    because: Because,
    at: At = None,
    dossier: DossierOption = Path(),
) -> None:
    """Mark an edition as withdrawn. It stays where it is, and the next edition says that it corrects it."""
    with _problems_shown(False):
        from briefing import issuing

        typer.echo(f"{name}: edition {number} is withdrawn; {issuing.withdraw(dossier, name, number, because, at or _now())}")


@app.command()
def editions(
    name: Annotated[str, typer.Argument(help="The brief's name; all where not given.", metavar="[NAME]", show_default=False)] = "",
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """List the editions, the latest first: number, day, kind, whether it stands, what it brought; and the last check."""
    with _problems_shown(as_json):
        from briefing import issuing

        rows = issuing.history(dossier, name)
        checks = {
            each: issuing.last_check(dossier, each) for each in ([name] if name else dict.fromkeys(str(r["brief"]) for r in rows))
        }
    if as_json:
        _print_json({"editions": rows, "checks": checks})
        return
    for brief_name, check_line in checks.items():
        typer.echo(f"{brief_name}: {check_line or 'never issued'}")
        for row in rows:
            if row["brief"] == brief_name:
                day = str(row["issued"])[:10]
                successor = (
                    f"; edition {row['successor']} stands in its place" if row["state"] == "withdrawn" and row["successor"] else ""
                )
                typer.echo(
                    f"  {row['edition']:>4}  {day}  as of {row['as_of']}  {row['kind']:<5}  {row['state']:<10}  {row['line']}{successor}"
                )


@app.command()
def changes(
    name: Brief,
    since: Annotated[
        int | None, typer.Option("--since", help="The edition to compare with; the one before by default.", metavar="N")
    ] = None,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Show by fact what changed up to the latest edition: was, is; edits of wording and layout apart."""
    with _problems_shown(as_json):
        from briefing import issuing

        first, last, found, edited = issuing.changes(dossier, name, since)
    if as_json:
        import msgspec

        _print_json({"from": first, "to": last, "changes": msgspec.to_builtins(found), "edits": msgspec.to_builtins(edited)})
        return
    typer.echo(f"{name}: edition {last} since edition {first}" if first else f"{name}: edition {last} is the first")
    for change in found:
        if change.weight != "none":
            figure = change.field.removeprefix("figures.") if change.field.startswith("figures.") else ""
            what = f"{change.fact}{f'.{figure}' if figure else ''}"
            typer.echo(
                f"  {change.weight:<5}  {change.kind:<10}  {what}: {change.was or 'not in it'} -> {change.now or 'not in it'}"
            )
    for edit in edited:
        typer.echo(f"  minor  {edit.kind:<10}  {edit.where}")


@app.command()
def verify(
    name: Brief,
    number: Annotated[int | None, typer.Argument(help="The number of an edition; all where not given.", metavar="[N]")] = None,
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Make editions again from what they keep, and compare every byte."""
    with _problems_shown(as_json):
        from briefing import issuing

        found = issuing.verify(dossier, name, number)
    if as_json:
        _print_json([{"edition": each.edition, "wrong": each.wrong} for each in found])
    for each in found:
        for wrong in each.wrong:
            typer.echo(f"{name}: edition {each.edition}: {wrong}", err=True)
        if not each.wrong and not as_json:
            typer.echo(f"{name}: edition {each.edition} is as it was issued, and made again gives the same bytes")
    if not found:
        typer.echo(f"{name}: there is no edition", err=True)
    if not found or any(each.wrong for each in found):
        raise typer.Exit(1)


@contextmanager
def _problems_shown(as_json: bool) -> Iterator[None]:
    """Show an author's mistakes, one a line, and end with exit code 1; let our own mistakes through with their traceback."""
    from briefing.problems import BriefingError, ProblemsFound

    try:
        yield
    except ProblemsFound as found:
        if as_json:
            _print_json({"problems": [_problem(each) for each in found.problems]})
        for problem in found.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    except BriefingError as error:
        if as_json:
            _print_json({"error": str(error)})
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"{error.filename or 'file'}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done: on a terminal one line, rewritten; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield lambda step: print(f"\r\x1b[K{step} ...", end="", file=sys.stderr, flush=True)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _problem(problem: object) -> dict[str, object]:
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


def _print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _today() -> date:
    return date.today()  # noqa: TID251  the one place where the clock is read


def _now() -> datetime:
    return datetime.now().astimezone().replace(microsecond=0)  # noqa: TID251  and the other


def main() -> None:
    """Run the command line."""
    gc.set_threshold(100_000)  # a run is short and its records have no cycles: a twentieth of its time
    app()


if __name__ == "__main__":
    main()
