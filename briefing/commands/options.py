"""The options that commands share: what they are called, what they take, what they say of themselves."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

PLAIN: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}  # of every Typer


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


def day(text: str) -> datetime:
    """Return the day that an option names. Raises BadParameter where it is none."""
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2025-09-15") from None


def moment(text: str) -> datetime:
    """Return the moment that an option names, with a time zone: the machine's own where it has none. Raises BadParameter."""
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
        parser=day,
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


Brief = Annotated[str, typer.Argument(help="The brief's name: the file in briefs/ without .yaml.", metavar="NAME")]
Because = Annotated[str, typer.Option("--because", help="The reason; it is kept.", metavar="REASON")]
At = Annotated[
    datetime | None, typer.Option("--at", help="The moment it is done. Now by default.", parser=moment, metavar="DATETIME")
]
