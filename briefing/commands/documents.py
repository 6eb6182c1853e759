"""`generate brief` and `generate summary`: the documents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from briefing.commands.options import (
    Annex,
    AsOf,
    DossierOption,
    EmbedFonts,
    EvenIfStale,
    Evidence,
    EvidenceOption,
    Format,
    FormatOption,
    Json,
    Name,
    NoCache,
    Out,
    ThemeOption,
)
from briefing.commands.shown import print_json, problems_shown, steps, today


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
    with problems_shown(as_json), steps() as progress:
        from briefing import pipeline

        formats = pipeline.FORMATS if format_ is Format.all else (format_.value,)
        made = pipeline.make(
            dossier,
            pipeline.Order(name, as_of.date() if as_of else today(), kind, theme, annex, even_if_stale),
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
        print_json({"files": made.paths, "pages": made.pages, "dropped": made.dropped, "tightened": made.tightened})
    else:
        for path in made.paths:
            typer.echo(path)
