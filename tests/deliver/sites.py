"""Small sites for the tests: real records, documents in the form that the renderer gives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import escape
from typing import Any

import msgspec

from briefing.delivery import Rendition, Variant
from briefing.website import Site, SiteBrief, SiteEdition, SiteSource


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=found.tzinfo or UTC)


def document(title: str, words: str = "The line costs EUR 100 million.") -> str:
    """Return a document as the renderer writes one."""
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<title>{escape(title)}</title>\n</head>\n<body class="brief">\n<header>\n</header>\n'
        f'<main id="page.main">\n<hgroup>\n<h1 class="title">{escape(title)}</h1>\n</hgroup>\n'
        f'<h2 class="heading-1" id="works">Works</h2>\n<p>{escape(words)}<span class="cite">[<a href="#source-gazette">1</a>]</span></p>\n'
        '<ol class="sources"><li id="source-gazette">The Gazette</li></ol>\n</main>\n<footer>\n</footer>\n</body>\n</html>\n'
    )


def rendition(number: int = 1, issued: str = "2025-02-01T12:00", **fields: Any) -> Rendition:
    title = fields.pop("title", "Opening the harbour line")
    brief = fields.pop("brief", "harbour")
    page = document(title, fields.pop("words", "The line costs EUR 100 million."))
    files = {f"{brief}.pdf": b"%PDF-1.7\n" + b"x" * number, f"{brief}.html": page.encode()}
    given = {"marking": "", "language": "en-GB", "kind": "major", "text": title, "html": page, "facts": ("cost",), "files": files}
    when = moment(issued)
    return Rendition(brief, number, Variant(), title, issued=when, as_of=when.date(), **(given | fields))


def edition(number: int = 1, issued: str = "2025-02-01T12:00", **fields: Any) -> SiteEdition:
    own = {key: fields.pop(key) for key in ("withdrawn", "because", "successor", "withheld") if key in fields}
    shown = rendition(number, issued, **fields)
    made = SiteEdition(number, shown.issued, shown.as_of, shown.as_of, shown.title, shown, **own)
    return msgspec.structs.replace(made, rendition=None) if "withheld" in own else made


def brief(*editions: SiteEdition, name: str = "harbour") -> SiteBrief:
    return SiteBrief(name, "brief", editions or (edition(),))


def site(*briefs: SiteBrief, **fields: Any) -> Site:
    source = SiteSource("gazette", "On trams", "The Gazette", "secondary", "10 January 2025", briefs=(("harbour", 1),))
    given = {
        "title": "The harbour line",
        "publisher": "Desk",
        "sources": (source,),
        "authority": "example.org",
        "style": ":root { --text: #111111; }",
    }
    return Site(briefs=briefs or (brief(),), **(given | fields))


def three() -> SiteBrief:
    """Return a brief of three editions: the second is withdrawn, the third stands in its place."""
    return brief(
        edition(3, "2025-04-01T12:00", changes=("Cost of the line: EUR 100 million, now EUR 120 million",), correction="Corrects edition 2, which was withdrawn: wrong year"),
        edition(2, "2025-03-01T12:00", withdrawn=moment("2025-03-15T09:30"), because="A figure is of another year", successor=3),
        edition(1, "2025-02-01T12:00"),
    )  # fmt: skip


def day(text: str) -> date:
    return date.fromisoformat(text)


def lines(data: bytes) -> Sequence[str]:
    return data.decode().splitlines()
