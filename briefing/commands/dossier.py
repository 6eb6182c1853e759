"""`generate list`, `check`, `coverage`, `explain`, `new`, `schema`: what is asked of a dossier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from briefing.commands.options import AsOf, DossierOption, Json, Originals
from briefing.commands.shown import print_json, problem_data, problems_shown, today


def list_(dossier: DossierOption = Path(), as_json: Json = False) -> None:
    """List briefs and summaries, themes and templates."""
    with problems_shown(as_json):
        from briefing import inquiry

        listing = inquiry.listing(dossier)
    if as_json:
        print_json(listing)
        return
    for title, rows in listing.items():
        typer.echo(f"{title.capitalize()}:")
        width = max((len(str(row[0])) for row in map(tuple, (each.values() for each in rows))), default=0)
        for row in rows:
            first, *rest = map(str, row.values())
            typer.echo(f"  {first:<{width}}  {'  '.join(filter(None, rest))}".rstrip())


def check(as_of: AsOf = None, originals: Originals = None, dossier: DossierOption = Path(), as_json: Json = False) -> None:
    """Find every problem of the dossier, with file, line and column; compose every brief and summary."""
    with problems_shown(as_json):
        from briefing import inquiry

        report = inquiry.check(dossier, as_of.date() if as_of else today(), originals)
    errors = [problem for problem in report.problems if not problem.warning]
    if as_json:
        counts = {"facts": report.facts, "sources": report.sources, "originals": report.originals}
        print_json({"problems": [problem_data(each) for each in report.problems], **counts})
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


def coverage(
    originals: Annotated[Path, typer.Option("--originals", help="The folder of the originals.", metavar="DIR")],
    dossier: DossierOption = Path(),
    every: Annotated[bool, typer.Option("--all", help="List what is covered too, with the facts that cover it.")] = False,
    as_json: Json = False,
) -> None:
    """Show, for each source, the figures, dates and names found in its original, and those that no fact covers."""
    with problems_shown(as_json):
        from briefing import inquiry

        found = inquiry.coverage(dossier, originals, every=every)
    for problem in found.problems:
        typer.echo(str(problem), err=True)
    if as_json:
        print_json(found.data)
        return
    for line in found.lines:
        typer.echo(line)


def explain(
    what: Annotated[str, typer.Argument(help="A fact or a source by its id, or a figure as printed: 'USD 68 billion'.")],
    as_of: AsOf = None,
    dossier: DossierOption = Path(),
    pages: Annotated[bool, typer.Option("--pages", help="Also give the page of each place in the PDF.")] = False,
    clearance: Annotated[
        str, typer.Option("--clearance", help="Only what may be seen with this marking; all where not given.", show_default=False)
    ] = "",
    as_json: Json = False,
) -> None:
    """Say what a fact, a source or a figure is, what stands behind it, and where it is printed."""
    with problems_shown(as_json):
        from briefing import inquiry

        found = inquiry.explain(dossier, what, as_of.date() if as_of else today(), pages=pages, clearance=clearance)
        if as_json:
            print_json(found)
        else:
            typer.echo(inquiry.explained(found), nl=False)


def new(folder: Annotated[Path, typer.Argument(help="The folder to make; it may not hold anything yet.", metavar="DIR")]) -> None:
    """Make a small, complete, working dossier to start from."""
    with problems_shown(False):
        from briefing import inquiry

        for path in inquiry.new_dossier(folder):
            typer.echo(path)


def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A folder to write them to, a file each.", metavar="DIR")] = None,
) -> None:
    """Print the JSON Schemas of seeds, briefs and looks, for editors that know YAML."""
    with problems_shown(False):
        from briefing import inquiry

        if out is None:
            print_json(inquiry.schemas())
            return
        for path in inquiry.write_schemas(out):
            typer.echo(path)
