"""The dossier as data: what a curator writes under `seeds/`, typed and frozen.

Every record knows where it was written (`at`). Nothing here reads, checks or words anything. A YAML file under `seeds/` is one
`SeedFile`; the files together make one `Dossier`. Field docs double as the text of the JSON Schema that editors show.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from briefing.problems import NOWHERE, Location
from briefing.when import When

Status = Literal[
    "happened",  # an event that took place
    "in-force",  # an arrangement, mission or state of affairs that stands
    "ongoing",  # under way, not finished
    "agreed",  # signed or adopted, effect to come
    "pledged",  # promised by one side
    "announced",  # made public, not yet begun
    "expected",  # a source says it will come
    "planned",  # somebody's plan, no more
    "proposed",  # asked for or recommended by a source
    "stalled",  # begun, and not moving
    "cancelled",
    "opinion",  # a judgement of the source, not a thing that can be checked
]
Kind = Literal["primary", "secondary"]
Form = Literal["digits", "words", "ordinal", "ordinal-words"]
Bound = Literal["", "over", "at least", "about", "nearly", "up to", "some"]
ChartKind = Literal["bar", "line", "timeline"]
Span = Literal["year", "month"]
Computation = Literal[
    "sum",  # of all
    "difference",  # the first less the second
    "growth",  # from the second to the first, in per cent of the second
    "share",  # the first in per cent of the second
    "ratio",  # the first divided by the second: a multiple
    "rate",  # one sum of money in two currencies: units of the first to one of the second
    "conversion",  # a sum of money at a rate: the sum, the rate's figure; `unit` is the currency wanted
    "average",  # for each year or month: a figure with a period, or a figure and a span, or a figure and its first and last date
]
DifferenceClass = Literal["conflict", "revision", "definition", "name", "status", "spread", "public-record"]


class Prose(msgspec.Struct, frozen=True):
    """Curated Markdown that names facts: `{fact-id}` prints a source mark, `{fact-id.figure}` a figure and its mark.

    Written as a text, as `{text: ..., rests_on: [...], until: ...}`, or as a list of either: the first one that fits the date is told.
    """

    text: str
    at: Location = NOWHERE
    marking: str = ""  # the highest of what it names where not given
    rests_on: tuple[str, ...] = ()  # facts that must be known beside the ones it names
    until: str = ""  # it is told no more once this fact is known
    otherwise: tuple[Prose, ...] = ()  # what is told in its place where it does not fit the date


class Reference(msgspec.Struct, frozen=True):
    """A source and the paragraph in it, written `source-id#12`; several paragraphs as `source-id#12,14`."""

    source: str
    paragraphs: tuple[int, ...]
    at: Location = NOWHERE


class Amount(msgspec.Struct, frozen=True):
    """A number as its source has it, written `22.8`, `10 trillion`, `250 crore`; `scale` keeps the word."""

    number: Decimal
    scale: str = ""


class Figure(msgspec.Struct, frozen=True):
    """A named quantity or date of a fact; it has a `value` (with a unit) or a `date`, not both."""

    value: Amount | None = None
    high: Amount | None = None  # the upper end of a range that begins at `value`
    unit: str = ""  # USD, JPY, INR, %, MW, km ..., or a counting noun that the dossier declares
    bound: Bound = ""  # "over 1,400"
    form: Form = "digits"
    period: When | None = None  # what span of time the quantity is about
    date: When | None = None
    note: str = ""  # what makes it comparable: nominal, cumulative, private sector only ...
    converted_from: str = ""  # the figure of the same fact that its source converts into this one
    at: Location = NOWHERE


class Derived(msgspec.Struct, frozen=True):
    """A figure computed from others; it carries the source marks of all of them. See `briefing/derive.py` for what is done with which."""

    how: Computation
    of: tuple[str, ...]  # `fact-id.figure`, in the order of the computation
    unit: str = ""  # that of the first where not given
    scale: str = ""  # thousand, million, billion ..., in which the result is written
    round: int = 0  # digits after the point, in that scale; a half goes away from zero
    bound: Bound = ""  # "about" where rounding has changed the number or an input is not exact
    form: Form = "digits"
    per: Span = "year"  # of an average: the span it is for
    period: When | None = None
    because: str = ""  # why figures on different bases may be put together here
    note: str = ""
    at: Location = NOWHERE


class Wording(msgspec.Struct, frozen=True):
    """What a fact says in a state other than the one its sentence is written for."""

    upcoming: str = ""
    overdue: str = ""
    happened: str = ""
    cancelled: str = ""
    lapsed: str = ""  # once the source of a plan without a day is older than its shelf life
    superseded: str = ""


class Fact(msgspec.Struct, frozen=True):
    """One thing that a source says, in our own words, with its figures, dates, status and evidence."""

    id: str
    says: str  # a sentence; `{name}` stands for figure `name`, `{when}` and `{due}` for the fact's own dates
    status: Status
    sources: tuple[Reference, ...] = ()  # a fact of derived figures alone has those of their inputs
    label: str = ""  # a noun phrase for tables, timelines and notices: "Quad Leaders' Summit in India"
    figures: dict[str, Figure] = msgspec.field(default_factory=dict)
    derived: dict[str, Derived] = msgspec.field(default_factory=dict)  # figures computed from other facts' figures
    known_from: str = ""  # the source without which it is not known as it is worded; any of its sources where not given
    theme: str = ""  # the file's theme where not given
    priority: int = 3  # 1 (first to keep) to 5
    when: When | None = None  # the date or span that the fact speaks of
    due: When | None = None  # by when something is to have happened
    marking: str = ""  # the dossier's lowest where not given
    kind: str = ""  # agreement, exercise, project, investment, institution, person, event ...
    subject: str = ""  # with `measure`, what makes facts comparable
    measure: str = ""
    scope: str = ""
    supersedes: tuple[str, ...] = ()
    resolves: tuple[str, ...] = ()
    shelf_life: str = ""  # "6 months", "2 years"; its measure's or the dossier's where not given
    wording: Wording = Wording()
    note: str = ""  # the curator's remark; printed in the annex
    at: Location = NOWHERE


class Source(msgspec.Struct, frozen=True):
    """Where facts come from. The original's text is not kept here, its digest is."""

    id: str
    title: str
    publisher: str
    kind: Kind
    published: When | None = None  # as the source itself states it
    dated: When | None = None  # the curator's estimate where it states none
    dated_because: str = ""
    read: date | None = None
    author: str = ""
    url: str = ""
    language: str = "en"
    reliability: str = ""  # a note on how far to trust it, and for what
    cited_for: str = ""
    file: str = ""
    sha256: str = ""
    marking: str = ""
    at: Location = NOWHERE


class Section(msgspec.Struct, frozen=True):
    """The curated prose of one theme; every paragraph names the facts it rests on."""

    judgement: Prose  # one sentence: the headline judgement
    happened: tuple[Prose, ...] = ()
    expected_lead: Prose | None = None  # a sentence before the list of expected facts
    expected: tuple[str, ...] = ()  # fact ids, worded by the as-of date
    key_numbers: tuple[str, ...] = ()  # `fact-id.figure`, as rows of a small table
    so_what: tuple[Prose, ...] = ()
    unknown: tuple[Prose, ...] = ()
    summary: tuple[Prose, ...] = ()  # points of the theme's own one-page summary, most important first
    line: Prose | None = None  # the theme's line in the one-page summary; the judgement where not given
    at: Location = NOWHERE
    marking: str = ""  # of all its prose and lists


class Agreement(msgspec.Struct, frozen=True):
    """A row of the agreements table; year and status come from the fact."""

    fact: str
    instrument: str
    object: str
    until: str = ""  # the row is left out once this fact is known
    at: Location = NOWHERE
    marking: str = ""  # its fact's where not given


class TimelineEntry(msgspec.Struct, frozen=True):
    """A dated event; the date, state and sources come from the fact."""

    fact: str
    label: str = ""  # the fact's label where not given
    priority: int = 3
    until: str = ""  # it is left out once this fact is known
    at: Location = NOWHERE
    marking: str = ""  # its fact's where not given


class KeyFigure(msgspec.Struct, frozen=True):
    """A row of the key figures table, and, with `strip`, a number of the one-page summary's strip."""

    figure: str  # `fact-id.figure`
    label: str
    short: str = ""  # the label in the strip
    strip: bool = False
    priority: int = 3
    until: str = ""  # the row is left out once this fact is known
    at: Location = NOWHERE
    marking: str = ""  # its fact's where not given


class ChartPoint(msgspec.Struct, frozen=True):
    """One bar, point or event of a chart; its height comes from a figure, never from here."""

    figure: str
    label: str
    series: str = ""
    at: Location = NOWHERE


class ChartSpec(msgspec.Struct, frozen=True):
    """A chart drawn from facts."""

    id: str
    kind: ChartKind
    title: str
    caption: str
    alt: str  # what the chart shows, for those who do not see it; figures as `{fact-id.figure}`
    points: tuple[ChartPoint, ...]
    unit: str = ""  # the axis title; the figures' unit where not given
    theme: str = ""
    at: Location = NOWHERE
    marking: str = ""  # the highest of its points where not given


class Position(msgspec.Struct, frozen=True):
    """What one side of a difference says."""

    fact: str
    says: Prose
    at: Location = NOWHERE


class Difference(msgspec.Struct, frozen=True):
    """Where sources disagree: with each other, with themselves, or with the public record."""

    id: str
    subject: str
    kind: DifferenceClass
    positions: tuple[Position, ...]
    used: Prose  # which is used here, and why
    priority: int = 3
    until: str = ""  # it is left out once this fact is known
    theme: str = ""
    at: Location = NOWHERE
    marking: str = ""  # the highest of its positions where not given


class Implication(msgspec.Struct, frozen=True):
    """An "if ... then": what follows, and the facts it rests on."""

    text: Prose
    rests_on: tuple[str, ...]
    until: str = ""  # it is left out once this fact is known
    theme: str = ""
    at: Location = NOWHERE
    marking: str = ""  # the highest of what it rests on where not given


class Recommendation(msgspec.Struct, frozen=True):
    """Who should do what by when, and the facts it rests on."""

    who: str
    what: Prose
    by: str
    rests_on: tuple[str, ...]
    short: Prose | None = None  # for the one-page summary: 18 words at most
    until: str = ""  # it is left out once this fact is known
    theme: str = ""
    priority: int = 3
    at: Location = NOWHERE
    marking: str = ""  # the highest of what it rests on where not given


class Scale(msgspec.Struct, frozen=True):
    """A declared scale of words: each word with what it means."""

    title: str
    words: dict[str, str]
    at: Location = NOWHERE


class BottomLine(msgspec.Struct, frozen=True):
    """One judgement, how likely, how confident, why now."""

    text: Prose
    short: Prose | None = None  # 35 words at most, for the one-page summary
    likelihood: str = ""
    confidence: str = ""
    at: Location = NOWHERE
    marking: str = ""


class Whole(msgspec.Struct, frozen=True):
    """The curated prose for the dossier as a whole."""

    bottom_line: BottomLine
    key_points: dict[str, Prose]  # theme id -> the point; six at most
    context: tuple[Prose, ...] = ()
    implications: tuple[Implication, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    confidence: tuple[Prose, ...] = ()  # confidence, assumptions, gaps
    at: Location = NOWHERE
    marking: str = ""  # of all its prose


class Theme(msgspec.Struct, frozen=True):
    """A subject of the seeds; order in the dossier file is order in the documents."""

    id: str
    title: str
    short: str = ""  # in the one-page summary
    at: Location = NOWHERE
    marking: str = ""  # of all its facts and its section


class Materiality(msgspec.Struct, frozen=True):
    """From when on a change makes an edition a major one."""

    by_measure: dict[str, str] = msgspec.field(default_factory=dict)  # for figures: {count: 5 %, price: 2 % or 0.5 billion}
    default: str = "any"  # for figures of all other measures
    changes: dict[str, Literal["major", "minor"]] = msgspec.field(default_factory=dict)  # by kind of change: {source: major}
    at: Location = NOWHERE


class Header(msgspec.Struct, frozen=True):
    """What is true of the dossier as a whole."""

    title: str
    subject: str
    themes: tuple[Theme, ...]
    language: str = "en-GB"
    publisher: str = ""
    contact: str = ""
    disclaimer: str = ""
    shelf_life: str = "12 months"
    shelf_lives: dict[str, str] = msgspec.field(default_factory=dict)  # by measure: {count: 2 years}
    markings: tuple[str, ...] = ("public", "official", "restricted")  # the ladder, lowest first
    units: dict[str, str] = msgspec.field(default_factory=dict)  # counting nouns: "company" -> "companies"
    names: tuple[str, ...] = ()  # names that hold digits and are no figures: G7, 5G
    well_known: tuple[str, ...] = ()  # abbreviations that running text need not spell out; the list of abbreviations still does
    confidence: Scale | None = None
    likelihood: Scale | None = None
    materiality: Materiality = Materiality()
    holidays: dict[str, tuple[date, ...]] = msgspec.field(default_factory=dict)  # lists that schedules name: {japan: [2025-11-03]}
    at: Location = NOWHERE


class SeedFile(msgspec.Struct, frozen=True):
    """One YAML file under `seeds/`; every key is optional, and a dossier may be cut into files as its curator likes."""

    dossier: Header | None = None
    theme: str = ""  # the theme of the facts in this file
    section: Section | None = None
    whole: Whole | None = None
    sources: tuple[Source, ...] = ()
    facts: tuple[Fact, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()
    abbreviations: dict[str, str] = msgspec.field(default_factory=dict)
    charts: tuple[ChartSpec, ...] = ()
    differences: tuple[Difference, ...] = ()
    at: Location = NOWHERE


class Dossier(msgspec.Struct, frozen=True):
    """All seed files as one: records by id, in the order of files and of lines."""

    header: Header
    whole: Whole | None
    sections: dict[str, Section]  # theme id -> prose
    sources: dict[str, Source]
    facts: dict[str, Fact]
    agreements: tuple[Agreement, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()
    abbreviations: dict[str, str] = msgspec.field(default_factory=dict)
    charts: dict[str, ChartSpec] = msgspec.field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
