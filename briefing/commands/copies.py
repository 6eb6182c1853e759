"""`generate whose`: whose copy a file is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from briefing.commands.options import DossierOption, Json
from briefing.commands.shown import print_json, problems_shown


def whose(
    file: Annotated[
        str, typer.Argument(help="A document, or the mark printed on it, such as 7K2M-QX4P-9TBD-0HWV.", metavar="FILE")
    ],
    dossier: DossierOption = Path(),
    as_json: Json = False,
) -> None:
    """Tell whose copy a document is: by the ledger's digest of the file, else by the mark it bears. Exit code 1 where it is none of ours."""
    with problems_shown(as_json):
        import msgspec

        from briefing import copying

        found = copying.whose(dossier, file)
    if as_json:
        print_json(msgspec.to_builtins(found))
    else:
        for copy in found.copies:
            theme = f", theme {copy.theme}" if copy.theme else ""
            how = (
                f"exactly the file {copy.file}, made {copy.made[:19].replace('T', ' ')} UTC"
                if copy.how == "exact"
                else f"by its mark {copy.mark}; the file is not the one that was sent"
            )
            typer.echo(f"{copy.reader}: {copy.brief}, edition {copy.edition}{theme}, by {copy.channel}: {how}")
        if not found.copies:
            typer.echo(f"{file}: no copy of ours", err=True)
    if not found.copies:
        raise typer.Exit(1)
