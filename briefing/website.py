"""The site as data: which briefs and editions it shows, as they may be shown to everybody, and which sources they use."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from briefing.delivery import Rendition
from briefing.recipe import DocumentKind


class SiteEdition(msgspec.Struct, frozen=True):
    """An edition on the site. Its rendition is filtered for everybody; where it is None, `withheld` says why nothing of it is shown."""

    number: int
    issued: datetime
    published: date  # when it last changed in a way that matters to readers
    as_of: date
    title: str
    rendition: Rendition | None = None
    withheld: str = ""
    withdrawn: datetime | None = None
    because: str = ""  # why it was withdrawn
    successor: int = 0  # the edition that stands in its place; 0 for none yet


class SiteBrief(msgspec.Struct, frozen=True):
    """A brief with all its editions, the latest first."""

    name: str
    kind: DocumentKind
    editions: tuple[SiteEdition, ...]

    @property
    def current(self) -> SiteEdition | None:
        """The latest edition that stands and can be shown."""
        return next((each for each in self.editions if each.rendition is not None and each.withdrawn is None), None)

    @property
    def latest(self) -> SiteEdition:
        """The current edition, or the latest of all where none stands."""
        return self.current or self.editions[0]


class SiteSource(msgspec.Struct, frozen=True):
    """A source that current editions rest on; `briefs` are the names of those briefs, each with the number of its facts from it."""

    id: str
    title: str
    publisher: str
    kind: str
    published: str = ""  # in words
    author: str = ""
    url: str = ""
    language: str = ""
    reliability: str = ""
    briefs: tuple[tuple[str, int], ...] = ()


class Site(msgspec.Struct, frozen=True):
    """All that a site is made of."""

    title: str
    briefs: tuple[SiteBrief, ...]
    sources: tuple[SiteSource, ...] = ()
    subject: str = ""
    publisher: str = ""
    contact: str = ""
    disclaimer: str = ""
    language: str = "en-GB"
    address: str = ""  # the site's own URL with a slash at its end; "" where nobody knows
    authority: str = ""  # under which names ids of the feeds are minted: "example.org" or "example.org,2024"; "" for none
    style: str = ""  # the style sheet of documents, from the look


class Published(msgspec.Struct, frozen=True):
    """What publishing came to: where the site is, what was sent, what was there already, and what is shown of which edition."""

    url: str
    sent: int
    unchanged: int
    removed: int
    bytes_sent: int
    briefs: int
    editions: int
    withheld: tuple[str, ...] = ()  # editions of which nothing is shown, each with the reason
    notes: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The outcome in one line: "12 files sent, 240 unchanged, 1 removed"."""
        removed = f", {self.removed} removed" if self.removed else ""
        return f"{self.sent} file{'s' * (self.sent != 1)} sent, {self.unchanged} unchanged{removed}"
