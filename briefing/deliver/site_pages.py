"""The pages of the site, from templates beside this module. Data come in escaped; a document's own markup is the one thing that is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from briefing.deliver import site_names as names
from briefing.deliver.site_words import Part, letter_of, words
from briefing.when import MONTHS

if TYPE_CHECKING:
    from jinja2 import Environment

    from briefing.website import Site, SiteBrief, SiteEdition

# Nothing comes from elsewhere; a document's charts and columns have their own style attributes, so its pages allow them.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'"
_STYLED = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
_START, _END = '<main id="page.main">', "</main>\n<footer>"  # as render/html.py writes them


class File(msgspec.Struct, frozen=True):
    """A document to fetch."""

    name: str
    path: str
    kind: str
    size: str
    digest: str


def body_of(page: str, *, untitled: bool = False) -> str:
    """Return what stands in a document's `<main>`; `untitled`: without its title, where the page has one. Raises ValueError."""
    _, start, rest = page.partition(_START)
    body, end, _ = rest.rpartition(_END)
    if not start or not end:
        raise ValueError("the document's page has no main part")
    body = body.strip()
    if untitled and body.startswith("<hgroup>"):
        body = body.partition("</hgroup>")[2].lstrip()
    return body


def html_of(edition: SiteEdition) -> str:
    """Return the whole document of an edition as HTML, or its summary where it has no other."""
    rendition = edition.rendition
    assert rendition is not None
    found = next((data for name, data in sorted(rendition.files.items()) if name.endswith(".html")), b"")
    return found.decode() or rendition.html


def pages(site: Site, parts: dict[str, list[Part]]) -> dict[str, bytes]:
    """Return every HTML page by its path; `parts` are those of each brief's current edition, by name."""
    environment = _environment()
    titles = {brief.name: brief.latest.title for brief in site.briefs}
    menu = ((names.HOME, "Briefs"), (names.SOURCES, "Sources"), (names.SEARCH, "Search"))
    made: dict[str, bytes] = {}

    def page(template: str, path: str, title: str, to: Callable[[str], str] | None = None, **more: Any) -> None:
        given = {"policy": POLICY, "hidden": False, **more}
        link = to or partial(names.to, page=path)
        text = environment.get_template(template).render(
            site=site, page=path, title=title, names=names, menu=menu, titles=titles, to=link, **given
        )
        made[path] = text.encode()

    page("index.html", names.HOME, site.title)
    page("sources.html", names.SOURCES, "Sources")
    for brief in site.briefs:
        _brief(page, brief)
    _search(page, site, parts)
    page(
        "missing.html",
        names.MISSING,
        "No such page",
        to=partial(names.at, site.address or "/"),
        policy=_STYLED,
        hidden=True,
        style=_markup(site_style(site)),
    )
    return made


def _brief(page: Callable[..., None], brief: SiteBrief) -> None:
    current = brief.current
    body = _markup(body_of(current.rendition.html, untitled=True)) if current and current.rendition else ""
    page(
        "brief.html", names.brief_page(brief.name), brief.latest.title, brief=brief, edition=brief.latest, body=body, policy=_STYLED
    )
    for edition in brief.editions:
        page(
            "edition.html",
            names.edition_page(brief.name, edition.number),
            f"{edition.title}, edition {edition.number}",
            brief=brief,
            edition=edition,
            body=_markup(body_of(html_of(edition))) if edition.rendition else "",
            policy=_STYLED,
            hidden=edition is not current,
        )


def _search(page: Callable[..., None], site: Site, parts: dict[str, list[Part]]) -> None:
    found = words([part for each in parts.values() for part in each])
    letters: dict[str, list[tuple[str, list[Part]]]] = {}
    for word, places in found:
        letters.setdefault(letter_of(word), []).append((word, places))
    counts = [(letter, f"{len(listed)} word{'s' * (len(listed) != 1)}") for letter, listed in sorted(letters.items(), key=_place)]
    page("search.html", names.SEARCH, "Search", letters=counts, headings=[(key, each) for key, each in parts.items() if each])
    for letter, _ in counts:
        page(
            "words.html",
            names.words_page(letter),
            f"Words with {letter.upper()}",
            letter=letter,
            letters=counts,
            words=letters[letter],
            several=len(site.briefs) > 1,
        )


def _place(item: tuple[str, object]) -> tuple[int, str]:
    return ({"0-9": 0, "other": 2}.get(item[0], 1), item[0])


def site_style(site: Site) -> str:
    """Return the style sheet of the site: that of its documents, from the look, and what stands around them."""
    return f"{site.style}\n{(Path(__file__).parent / 'pages' / 'site.css').read_text(encoding='utf-8')}"


# -------------------------------------------------------------------------------------------------------- what templates use


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "words": _day,
        "files": _files,
        "state": _state,
        "brought": _brought,
        "safe_link": lambda url: url.lower().startswith(("http://", "https://")),
        "brief_page": names.brief_page,
        "brief_feed": names.brief_feed,
        "edition_page": names.edition_page,
        "words_page": names.words_page,
    }
    return environment


def _markup(html: str) -> str:
    """Mark a document's HTML as such. It is the renderer's, which escapes every word of the author's."""
    from markupsafe import Markup

    return Markup(html)  # noqa: S704  no data of ours have come to it unescaped


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _files(edition: SiteEdition, brief: SiteBrief) -> list[File]:
    order = {"pdf": 0, "docx": 1, "html": 2, "txt": 3}
    listed = sorted(
        (edition.rendition.files if edition.rendition else {}).items(), key=lambda f: (order.get(_ending(f[0]), 9), f[0])
    )
    return [
        File(name, names.edition_file(brief.name, edition.number, name), _ending(name).upper(), _size(len(data)), sha256(data).hexdigest())
        for name, data in listed
    ]  # fmt: skip


def _ending(name: str) -> str:
    return name.rpartition(".")[2]


def _size(count: int) -> str:
    """A number of bytes as readers see it, in units of a thousand (IEC 80000-13)."""
    if count < 1000:
        return f"{count} bytes"
    if count < 999_500:
        return f"{(count + 500) // 1000} kB"
    return f"{count / 1_000_000:.1f} MB"


def _state(brief: SiteBrief, edition: SiteEdition) -> str:
    if edition.withdrawn:
        return "withdrawn"
    return "current" if brief.current and brief.current.number == edition.number else "superseded"


def _brought(edition: SiteEdition) -> str:
    """What an edition brought, in a few words."""
    rendition = edition.rendition
    assert rendition is not None
    if rendition.correction:
        return f"{rendition.correction.rstrip('.')}."
    if edition.number == 1:
        return "First edition."
    lines: Sequence[str] = rendition.changes
    if not lines:
        return "No fact changed."
    more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
    return f"{lines[0].rstrip('.')}{more}."


def sitemap(site: Site) -> bytes:
    """Return the map for search engines (sitemaps.org): pages that stand, each with the day of its last edition."""
    listed: list[tuple[str, date | None]] = [(names.HOME, None), (names.SOURCES, None), (names.SEARCH, None)]
    for brief in site.briefs:
        listed.append((names.brief_page(brief.name), brief.latest.issued.date()))
        if brief.current:
            listed.append((names.edition_page(brief.name, brief.current.number), brief.current.issued.date()))
    rows = [
        f"<url><loc>{escape(names.at(site.address, path))}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
        for path, day in listed
    ]
    start = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([start, *rows, "</urlset>\n"]).encode()
