"""The recipe of a document: which brief or summary to make of the dossier. One YAML file under `briefs/`, named by its stem."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from briefing.problems import NOWHERE, Location

DocumentKind = Literal["brief", "summary"]
FormatName = Literal["pdf", "docx", "html", "txt"]
Part = Literal[
    "bottom-line", "key-points", "changes", "key-figures", "context", "theme", "agreements", "differences", "timeline", "implications",
    "recommendations", "confidence", "abbreviations", "sources", "history", "end-matter", "figures", "theme-line", "watch", "asks", "foot",
]  # fmt: skip

DEFAULT_TEMPLATES: dict[DocumentKind, str] = {"brief": "policy-brief.md.j2", "summary": "summary.md.j2"}


Stale = Literal["note", "hold", "refuse"]


class Titles(msgspec.Struct, frozen=True):
    """What a document is called where not all that its first title rests on is known yet."""

    title: str
    short_title: str = ""
    subtitle: str = ""
    rests_on: tuple[str, ...] = ()  # facts that must be known
    at: Location = NOWHERE


Misfire = Literal["skip", "latest", "all"]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class Schedule(msgspec.Struct, frozen=True):
    """When a brief is issued by itself. See `docs/schedule.md`."""

    cadence: str  # five fields of a crontab, or words: every Monday 07:00, first working day of the month, when the data changes
    time_zone: str  # of the IANA database: Asia/Tokyo
    holidays: tuple[str, ...] = ()  # days, or lists in the dossier's header
    on_holiday: Literal["after", "before", "skip", "keep"] = "after"  # on the next working day, the one before, not at all, as ever
    weekend: tuple[Weekday, ...] = ("Saturday", "Sunday")
    misfire: Misfire = "latest"  # slots that were missed: none is made up for, only the latest, or all
    grace: str = "1 hour"  # how late a slot still counts as kept
    embargo: str = ""  # readers get the edition at 10:00, 3 hours after the slot, or at a moment: 2025-09-15 10:00
    deliver: bool = False  # to its readers, once it is issued and no embargo binds it
    start: date | None = None  # the first day on which it may fall, and from which "every 2 weeks" is counted
    at: Location = NOWHERE


class Recipe(msgspec.Struct, frozen=True):
    """One document to make: its identity, its parts and their budgets. What is not given comes from the dossier or the look."""

    kind: DocumentKind
    title: str  # with a verb, 14 words at most
    short_title: str = ""  # in the running header; the title where not given
    subtitle: str = ""
    rests_on: tuple[str, ...] = ()  # facts that must be known for title, short title and subtitle to fit
    otherwise: tuple[Titles, ...] = ()  # the titles where they are not, the first that fits
    theme_title: str = "{theme}"  # the title of a document about one theme; `{theme}` and `{title}` are filled in
    series: str = ""
    number: str = ""  # within the series
    template: str = ""  # a file of `templates/`; by kind where not given
    audience: str = ""  # for whom it is written
    author: str = ""  # the dossier's publisher where not given
    language: str = ""  # a BCP 47 tag; the dossier's where not given
    page: Literal["A4", "Letter"] | None = None  # the look's where not given
    marking: str = ""  # the banner; the highest marking of what is printed where not given
    clearance: str = ""  # the highest marking that may be printed; the dossier's lowest where not given
    full_brief: str = ""  # of a summary: the name of the brief it belongs to
    themes: tuple[str, ...] = ()  # in the dossier's order; all where not given
    charts: tuple[str, ...] | None = None  # ids of charts; all where not given, none for []
    contents: Literal["auto", "always", "never"] = "auto"  # auto: from seven pages
    budgets: dict[Part, int] = msgspec.field(default_factory=dict)  # words a part may have, over the template's own
    stale: Stale = "note"  # where it prints stale facts: name them; write only with --even-if-stale; never write
    limits: dict[Part, int] = msgspec.field(default_factory=dict)  # items, rows or bullets a part may have
    keywords: tuple[str, ...] = ()
    cite_as: str = ""  # how to cite; made of author, title, series, edition and date where not given
    formats: tuple[FormatName, ...] = ("pdf", "docx", "html")  # named under "other formats"
    contact: str = ""  # the dossier's where not given
    disclaimer: str = ""  # the dossier's where not given
    schedule: Schedule | None = None  # when it is issued by itself; only by hand where not given
    at: Location = NOWHERE

    @property
    def template_name(self) -> str:
        """The template's file name under `templates/`."""
        return self.template or DEFAULT_TEMPLATES[self.kind]
