"""Atom feeds of editions (RFC 4287): an entry an edition, with an id that no change of address, title or build ever touches.

What a reader's program has once seen, it knows again: ids are tag URIs (RFC 4151) of the edition's brief, number and day. `updated` is
when an edition was issued or withdrawn, never when the site was built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote
from xml.sax.saxutils import escape

from briefing.deliver.site_names import FEED, HOME, at, brief_feed, brief_page, edition_file, edition_page, to
from briefing.website import Site, SiteBrief, SiteEdition

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "txt": "text/plain",
}
_TOLD = 12  # changes that an entry lists
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_AUTHORITY = re.compile(  # RFC 4151, 2.1: taggingEntity; what stands before the "@" of an address is narrower than in mail
    r"(?:[A-Za-z0-9._-]{1,64}@)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
    r"(?:,[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)?"
)


def feed(site: Site, brief: SiteBrief | None = None) -> bytes:
    """Return the feed of a brief, or of the whole site, the latest edition first."""
    told = [(each, edition) for each in ([brief] if brief else site.briefs) for edition in each.editions]
    told.sort(key=lambda pair: (-_moved(pair[1]).timestamp(), pair[0].name, -pair[1].number))
    return "\n".join(_feed(site, brief, told)).encode()


def _feed(site: Site, brief: SiteBrief | None, told: Sequence[tuple[SiteBrief, SiteEdition]]) -> Iterator[str]:
    first = min(edition.issued for _, edition in told)
    page, own, name = (brief_page(brief.name), brief_feed(brief.name), f"briefs/{brief.name}") if brief else (HOME, FEED, "briefs")
    title = brief.latest.title if brief else site.title
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_attribute(site.language)}">'
    yield f"<id>{_text(identity(site, name, first))}</id>"
    yield f"<title>{_text(title)}</title>"
    if site.subject and not brief:
        yield f"<subtitle>{_text(site.subject)}</subtitle>"
    yield f"<updated>{_moment(max(_moved(edition) for _, edition in told))}</updated>"
    yield f"<author><name>{_text(site.publisher or site.title)}</name></author>"
    yield f'<link rel="self" type="application/atom+xml" href="{_link(site, own, own)}"/>'
    yield f'<link rel="alternate" type="text/html" href="{_link(site, page, own)}"/>'
    for each, edition in told:
        yield from _entry(site, each, edition, own)
    yield "</feed>\n"


def _entry(site: Site, brief: SiteBrief, edition: SiteEdition, own: str) -> Iterator[str]:
    rendition = edition.rendition
    language = f' xml:lang="{_attribute(rendition.language)}"' if rendition else ""
    gone = "Withdrawn: " if edition.withdrawn else ""
    yield f"<entry{language}>"
    yield f"<id>{_text(identity(site, f'briefs/{brief.name}/{edition.number}', edition.issued))}</id>"
    yield f"<title>{gone}{_text(edition.title)}, edition {edition.number}</title>"
    yield f"<published>{_moment(edition.issued)}</published>"
    yield f"<updated>{_moment(_moved(edition))}</updated>"
    yield f'<link rel="alternate" type="text/html" href="{_link(site, edition_page(brief.name, edition.number), own)}"/>'
    if rendition and not edition.withdrawn:
        for name, data in sorted(rendition.files.items()):
            kind = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
            href = _link(site, edition_file(brief.name, edition.number, name), own)
            yield f'<link rel="enclosure" type="{kind}" length="{len(data)}" href="{href}"/>'
    if rendition:
        yield f'<category term="{rendition.kind}"/>'
    yield '<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
    yield from _summary(edition)
    yield "</div></summary>\n</entry>"


def _summary(edition: SiteEdition) -> Iterator[str]:
    """What a reader should know of an edition before opening it."""
    if edition.withdrawn:
        instead = f" Edition {edition.successor} stands in its place." if edition.successor else ""
        yield f"<p>Withdrawn on {edition.withdrawn.date()}: {_text(edition.because)}.{instead}</p>"
    yield f"<p>Information as of {edition.as_of}.</p>"
    if edition.rendition is None:
        yield f"<p>{_text(edition.withheld)}</p>"
        return
    if edition.rendition.correction:
        yield f"<p>{_text(edition.rendition.correction)}</p>"
    if edition.rendition.changes:
        yield "<p>What changed:</p>\n<ul>"
        for line in edition.rendition.changes[:_TOLD]:
            yield f"<li>{_text(line)}</li>"
        if len(edition.rendition.changes) > _TOLD:
            yield f"<li>and {len(edition.rendition.changes) - _TOLD} more, on the edition's page</li>"
        yield "</ul>"
    else:
        yield f"<p>{'First edition.' if edition.number == 1 else 'No change of facts.'}</p>"


def identity(site: Site, name: str, day: datetime) -> str:
    """Return the id of a feed or entry: a tag URI of the site's authority, or, where it has none, a name-based UUID (RFC 9562, 5.8).

    `day` is when the thing named came to be; RFC 4151 wants a date on which the authority was its own.
    """
    if site.authority:
        authority, _, own_date = site.authority.partition(",")
        return f"tag:{authority},{own_date or day.date().isoformat()}:{quote(name)}"
    digest = sha256(f"{name}\0{day.astimezone(UTC).isoformat()}".encode()).hexdigest()
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"urn:uuid:{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def _moved(edition: SiteEdition) -> datetime:
    """When the entry last changed in a way that readers should notice (RFC 4287, 4.2.15): a withdrawal is one."""
    return edition.withdrawn or edition.issued


def _moment(moment: datetime) -> str:
    """A date as RFC 3339 has it, in UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def _link(site: Site, path: str, own: str) -> str:
    return _attribute(at(site.address, path) if site.address else to(path, own))


def _text(text: str) -> str:
    return escape(_UNWRITABLE.sub("", text))


def _attribute(text: str) -> str:
    return escape(_UNWRITABLE.sub("", text), {'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def sound_authority(text: str) -> bool:
    """Return whether ids may be minted under a name: a domain or a mail address, perhaps with a date (RFC 4151, 2.1)."""
    return bool(_AUTHORITY.fullmatch(text))
