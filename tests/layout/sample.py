"""A brief and a summary with every kind of block, for tests of layout and of the PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import yaml

from briefing.layout.fonts import Fonts
from briefing.look import Look
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Cell,
    Chart,
    Cite,
    CiteRef,
    Column,
    Contents,
    ContentsEntry,
    Details,
    Document,
    Emphasis,
    Entry,
    Group,
    Heading,
    Inlines,
    Item,
    KeyNumber,
    KeyNumbers,
    LineBreak,
    Link,
    Number,
    Paragraph,
    Point,
    Row,
    Series,
    SourceEntry,
    SourceList,
    Steps,
    Strong,
    Table,
    Text,
    Title,
)  # fmt: skip

TEMPLATES = Path(__file__).parents[2] / "templates"


def read_look() -> Look:
    return msgspec.convert(yaml.safe_load((TEMPLATES / "look.yaml").read_text("utf-8")), Look)


def read_font(name: str) -> bytes:
    return (TEMPLATES / "fonts" / name).read_bytes()


LOOK = read_look()
FONTS = Fonts(LOOK, read_font)


def t(text: str) -> Text:
    return Text(text)


def n(text: str) -> Number:
    return Number(text, "fact")


def c(*numbers: int) -> Cite:
    return Cite(tuple(CiteRef(number, f"s{number}", (number,)) for number in numbers))


def p(*inlines: Text | Number | Cite | Strong | Emphasis | Link | LineBreak | str, role: str = "body") -> Paragraph:
    return Paragraph(tuple(t(each) if isinstance(each, str) else each for each in inlines), role)  # type: ignore[arg-type]


def words(*inlines: Text | Number | Cite | Strong | str) -> Inlines:
    return tuple(t(each) if isinstance(each, str) else each for each in inlines)


def bullets(*texts: Paragraph, drop: int = 0) -> Bullets:
    return Bullets(tuple(Item((each,), drop=drop and drop + at, name=f"item {at}") for at, each in enumerate(texts)))


_BODY = (
    p(
        "Coastal states have moved from declarations to hardware. The patrol agreement of ", n("29 August 2025"),
        " commits both coast guards to ", n("14 joint patrols"), " a year, up from ", n("9"), " in the year before", c(1, 3),
        ". It is the first such text with a fixed budget: ", n("USD 612 million"), " over ", n("five years"),
        ", of which about a third is to be spent on radar and on crews\u2019 training \u2013 a share that neither side had offered "
        "before the talks in Malm\u00f6 and T\u014dky\u014d", c(2), ".",
    ),
    p(
        "Two readings of this are possible. The first is that the ", Strong((t("shared waters"),)), " are now a standing item of "
        "defence planning, whatever governments come next; the second is that a single incident has moved money which would have "
        "been asked for anyway. Published budgets support the first reading more than the second, but ",
        Emphasis((t("not beyond doubt"),)), ", since the outer years are ceilings and not appropriations", c(4), ". See ",
        Link("#charts", (t("the figures on spending"),)), " and the ", Link("https://example.org/patrols", (t("joint statement"),)), ".",
    ),
    p(
        "Trade in fish products stood at ", n("\u20ac 2.3 billion"), " (", n("\u20b9 250 crore"), " of it with partners outside the "
        "region), and the short- and medium-term outlook is set by quota talks rather than by demand: buyers in the north-east have "
        "signed forward contracts for most of what the fleet may land, at prices that leave little room for a bad season", c(5), ".",
    ),
)  # fmt: skip


def section(at: int, title: str) -> tuple[Block, ...]:
    return (
        Heading(1, (t(f"{at}. {title}"),), f"theme-{at}"),
        p(f"{title} cooperation has become routine where it has money, and stays a promise where it has none", c(at % 5 + 1), ".", role="judgement"),
        Heading(2, (t("What has happened"),), f"theme-{at}-happened"),
        *_BODY[: 2 + at % 2],
        Heading(2, (t("What is expected"),), f"theme-{at}-expected"),
        p("Four dated steps follow from what has been agreed:"),
        Bullets((
            Item((p(n("March 2026"), ": the joint committee meets in Bergen and takes stock of patrols", c(1), "."),)),
            Item((p(n("by end-2026"), ": both parliaments are to have passed the budget, which needs a simple majority in one and "
                    "two thirds of members present in the other", c(2), "."),
                  bullets(p("first reading before the summer recess;"), p("second reading not before ", n("October 2026"), ".")))),
            Item((p(n("mid-2027"), ": radar stations at the northern cape go into service."),)),
        )),
        Heading(3, (t("So what"),), f"theme-{at}-so-what"),
        p("If the committee meets on time, the budget is likely to pass; if not, patrols go on at last year\u2019s level."),
        Group((
            p("What we do not know", role="label"),
            bullets(p("How costs are shared after the fifth year."), p("Whether the third state joins; it has said so twice, and "
                      "twice put it off", c(3), ".")),
        ), keep=True),
    )  # fmt: skip


def _table(rows: int) -> Table:
    made = tuple(
        Row((
            Cell(words(f"Measure {at}: " + ("patrols, crews and radar cover of the northern strait" if at % 3 else "patrols"))),
            Cell(words(n(f"{at * 317:,}"))),
            Cell(words("vessels" if at % 2 else "USD million, nominal")),
            Cell(words(n(f"{2016 + at % 9}"), "\u2013", n(f"{25 - at % 3}"))),
            Cell(words("in force since ", n("May 2024"), c(at % 5 + 1) if at % 4 else " and under review by both sides", c(2))),
        ))
        for at in range(1, rows + 1)
    )  # fmt: skip
    return Table(
        (Column(words("Measure")), Column(words("Value"), "right"), Column(words("Unit")), Column(words("Period"), "center"), Column(words("Status and source"))),
        made, f"table-{rows}", words(f"Table {rows % 7}. What has been agreed, and how far it has come"), "All measures",
        words("Sources: ", c(1, 2, 4), ". Values are nominal."),
    )  # fmt: skip


def _charts() -> tuple[Chart, ...]:
    def points(*pairs: tuple[str, float]) -> tuple[Point, ...]:
        return tuple(Point(label, value, f"{value:g}", "fact") for label, value in pairs)

    day = date(2025, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
    return (
        Chart("bar", (Series("Patrols", points(("Northern strait", 14), ("Southern bank", 9), ("Outer shelf", 4.5), ("Harbours", 2))),),
              "chart-1", words("Figure 1. Most patrols go to the northern strait"), "Patrols by area", "patrols a year", words("Source: ", c(1), ".")),
        Chart("line", (Series("Planned", points(("2021", 10), ("2022", 14), ("2023", 19), ("2024", 24))),
                       Series("Spent", points(("2021", 8), ("2022", 9), ("2023", 15), ("2024", 23)))),
              "chart-2", words("Figure 2. Spending has caught up with plans"), "Planned and spent", "USD million", words("Source: ", c(2), ".")),
        Chart("timeline", (Series("Steps", (Point("Agreement signed", day, "29 Aug 2025", "fact"), Point("Committee in Bergen", day + 200, "Mar 2026", "fact"),
                                            Point("Budget passed", day + 480, "end-2026", "fact"))),),
              "chart-3", words("Figure 3. Three steps remain"), "Steps", "", words("Source: ", c(3), ".")),
    )  # fmt: skip


def key_numbers(count: int, drop: int = 0) -> KeyNumbers:
    every = (
        ("USD 612 million", "joint patrol budget, 2025\u201329"), ("14", "joint patrols a year, as agreed in August 2025"),
        ("\u20ac 2.3 billion", "trade in fish products, 2024"), ("38%", "of catch from shared stocks, 2023"),
        ("1,400 km", "of coast under radar cover"), ("7 of 9", "members have ratified"),
    )  # fmt: skip
    return KeyNumbers(
        tuple(
            KeyNumber((n(value),), words(label, c(at + 1)), drop and drop + at, value)
            for at, (value, label) in enumerate(every[:count])
        )
    )


_THEMES = ("Strategic", "Economic", "Defence", "Technology", "People", "Challenges")

_SOURCES = tuple(
    SourceEntry(at, f"s{at}", words(f"Institute for the Northern Seas {at}, ", "Yearbook of patrols and fisheries: what was planned and what was done, "
                                    f"volume {at}, 12 March 202{at}. Secondary. https://example.org/yearbooks/northern-seas/volume-{at}/chapter-on-patrols.html "
                                    "Cited for patrols, budgets and quotas."))
    for at in range(1, 6)
)  # fmt: skip


def brief(*, charts: bool = True, marking: str = "official") -> Document:
    headings = [("Context and question", "context"), *((f"{at}. {theme}", f"theme-{at}") for at, theme in enumerate(_THEMES, 1)),
                ("Agreements", "agreements"), ("Charts", "charts"), ("Recommendations", "recommendations"), ("Sources", "sources")]  # fmt: skip
    blocks: list[Block] = [
        Title(words("Shared waters need shared rules before the next season opens"), "Northern Seas briefing 4/2026", "Patrols, budgets and quotas"),
        Details((
            Entry("Marking", words("OFFICIAL")), Entry("Edition", words("3, updated")), Entry("Published", words("14 May 2026")),
            Entry("Information as of", words("12 May 2026")), Entry("Updates", words("edition 2 of 3 February 2026")),
            Entry("Status", words("corrected in two places: the quota for 2026 and the name of the committee that meets in Bergen, see the history of editions")),
        )),
        Callout("bottom-line", words("Bottom line"), (
            p("The agreement is ", Strong(words("very likely")), " to hold through ", n("2027"), " (high confidence), because both sides have paid for it; "
              "whether it grows depends on a budget that is ", Strong(words("about as likely as not")), " to pass this year", c(1, 2), "."),)),
        Callout("key-points", words("Key points"), (bullets(*(
            p(Strong(words(f"{theme}. ")), "Patrols rise to ", n("14 a year"), " while the budget for crews stays at the level of the year before, so "
              "that each crew sails more days", c(at % 5 + 1), ".") for at, theme in enumerate(_THEMES))),)),
        key_numbers(6),
        Callout("changes", words("What changed since the last edition"), (p("First edition."),)),
        Contents("Contents", tuple(ContentsEntry(1, title, target) for title, target in headings)),
        Heading(1, words("Context and question"), "context"),
        p("Who pays for safety at sea, and for how long?", role="lead"),
        *_BODY,
        *(block for at, theme in enumerate(_THEMES, 1) for block in section(at, theme)),
        Heading(1, words("Agreements"), "agreements"),
        p("All agreements in force are listed here, newest first."),
        _table(24),
        Heading(1, words("Charts"), "charts"),
        *(_charts() if charts else ()),
        Heading(1, words("Recommendations"), "recommendations"),
        Callout("asks", words("Recommendations"), (Steps((
            Item((p("The coast guard should publish patrol days by crew, quarterly, from ", n("January 2027"), c(1), "."),)),
            Item((p("The ministry should put the third state\u2019s accession on the agenda of the meeting in Bergen", c(3), "."),)),
            Item((p("Both parliaments should vote on all five years at once."),)),
        )),)),
        p("Two figures are older than a year: see the notes.", role="notice"),
        _table(4),
        Heading(2, words("Abbreviations"), "abbreviations"),
        Details(tuple(Entry(short, words(long)) for short, long in (("ASW", "anti-submarine warfare"), ("EEZ", "exclusive economic zone"),
                ("MSA", "mutual supply agreement"), ("MoC", "memorandum of cooperation"), ("SAR", "search and rescue"))), "abbreviations"),
        Heading(1, words("Sources"), "sources"),
        SourceList(_SOURCES),
        Details((Entry("Contact", words("Northern Seas desk, seas@example.org")), Entry("How to cite", words("Shared waters need shared rules, Northern Seas "
                "briefing 4/2026, edition 3, 14 May 2026, and a line that is long enough to go over to the next one in its column."))), "end-matter"),
        p("This briefing says what its sources say.", role="small"),
    ]  # fmt: skip
    return Document(
        "Shared waters need shared rules", "Shared waters", tuple(blocks), date(2026, 5, 12), subject="Northern seas", author="Northern Seas desk",
        keywords=("sea", "patrols"), marking=marking, header_left="Northern Seas briefing 4/2026", header_right="Shared waters \u00b7 edition 3",
        footer_left="Information as of 12 May 2026",
    )  # fmt: skip


def summary(*, points: int = 6, drop: int = 1, page: str = "A4") -> Document:
    blocks: tuple[Block, ...] = (
        Title(words("Shared waters need shared rules before the next season opens"), "Northern Seas summary 4/2026", "Edition 3 \u00b7 as of 12 May 2026"),
        Callout("bottom-line", words("Bottom line"), (p("The agreement is very likely to hold through ", n("2027"), ", because both sides have paid for it", c(1), "."),)),
        key_numbers(6, drop and drop + 20),
        Heading(1, words("Six themes"), "themes"),
        Bullets(tuple(
            Item((p(Strong(words(f"{_THEMES[at % 6]}. ")), "Patrols rise to ", n("14 a year"), " while the budget for crews stays at the level of the year "
                    "before, so that each crew sails more days", c(at % 5 + 1), "."),), drop and drop + at, f"point {at}")
            for at in range(points))),
        Group((Heading(1, words("Watch"), "watch"), bullets(p(n("March 2026"), ": the committee meets in Bergen", c(1), "."), p(n("end-2026"), ": the budget."), drop=drop)), drop=drop, name="watch"),
        Callout("asks", words("Asks"), (Steps((Item((p("The coast guard should publish patrol days by crew from ", n("January 2027"), "."),)),
                                              Item((p("Parliaments should vote on all five years at once."),)))),)),
        p("Confidence: high. Two figures are older than a year.", role="small"),
        SourceList(_SOURCES[:3]),
    )  # fmt: skip
    return Document(
        "Shared waters: summary", "Shared waters", blocks, date(2026, 5, 12), kind="summary", author="Northern Seas desk", marking="official",
        footer_left="Full brief: Northern Seas briefing 4/2026", page=page, one_page=True,  # type: ignore[arg-type]
    )  # fmt: skip
