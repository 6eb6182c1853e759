"""`generate publish`: the site of all editions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from briefing.commands.options import DossierOption, Json
from briefing.commands.shown import print_json, problems_shown, steps


def publish(
    to: Annotated[
        str,
        typer.Option(
            "--to", help="A folder, or a URL that fsspec can write to.", metavar="URL", show_default="briefs/site in the dossier"
        ),
    ] = "",
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Bring the site of all issued editions up to date: HTML, PDF, DOCX, what changed, sources, search, feeds, checksums."""
    with problems_shown(as_json), steps() as progress:
        from briefing import publishing

        done = publishing.publish(dossier, to, progress=progress)
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(done))
        return
    for line in (*done.withheld, *done.notes):
        typer.echo(line, err=True)
    briefs = f"{done.briefs} brief{'s' * (done.briefs != 1)}, {done.editions} edition{'s' * (done.editions != 1)}"
    typer.echo(f"{done.line}; {briefs}", err=True)
    typer.echo(done.url)
