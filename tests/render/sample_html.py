"""A document with every block, inline and role, in words of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import strategies as st

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
    Inline,
    Item,
    KeyNumber,
    KeyNumbers,
    LineBreak,
    Link,
    Number,
    PageBreak,
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
)

ROOT = Path(__file__).resolve().parents[2]


def default_look() -> Look:
    return msgspec.convert(yaml.safe_load((ROOT / "templates" / "look.yaml").read_text("utf-8")), Look)


def t(*parts: str | Inline) -> tuple[Inline, ...]:
    return tuple(Text(part) if isinstance(part, str) else part for part in parts)


def cite(*numbers: int) -> Cite:
    return Cite(tuple(CiteRef(n, f"source-{n}", (4, 12) if n == 1 else ()) for n in numbers))


def p(*parts: str | Inline) -> Paragraph:
    return Paragraph(t(*parts))


def item(*parts: str | Inline) -> Item:
    return Item((p(*parts),))


def point(label: str, value: float, shown: str, high: float | None = None) -> Point:
    return Point(label, value, shown, "fact", "figure", high)


BARS = Chart(
    "bar",
    (
        Series(
            "Pledges",
            (
                point("Private investment pledged for the ten years from 2025", 10.0, "JPY 10 trillion"),
                point("Public and private, 2022 to 2026", 5.0, "JPY 5 trillion"),
                point("Loans in the last financial year", 0.4, "JPY 0.4 trillion"),
                point("Semiconductor parks", 1.5, "JPY 1.5 to 2.5 trillion", 2.5),
            ),
        ),
    ),
    "chart-pledges",
    t("Figure 1. Pledges have doubled with each summit"),
    "Bars: ten trillion yen pledged in 2025, five trillion in 2022, far less lent in a year.",
    "JPY trillion",
    t("Source: joint statements ", cite(1, 3), "."),
)
GROUPED = Chart(
    "bar",
    (
        Series("From Japan to India", (point("2021\N{EN DASH}22", 14.4, "14.4"), point("2022\N{EN DASH}23", 16.5, "16.5"), point("2023\N{EN DASH}24", 17.7, "17.7"))),
        Series("From India to Japan", (point("2021\N{EN DASH}22", 6.2, "6.2"), point("2022\N{EN DASH}23", 5.5, "5.5"), point("2023\N{EN DASH}24", 5.2, "5.2"))),
    ),
    "chart-trade",
    t("Figure 2. Japan sells India three times what it buys"),
    "Grouped bars of trade in both directions over three years; the gap widens.",
    "USD billion",
)  # fmt: skip
LINES = Chart(
    "line",
    (
        Series("Japan", tuple(point(str(2019 + n), v, f"{v:g}") for n, v in enumerate((5.1, 4.6, 4.9, 4.3, 4.2, 4.1)))),
        Series("India", tuple(point(str(2019 + n), v, f"{v:g}") for n, v in enumerate((2.8, 2.7, 3.2, 3.4, 3.6, 3.9)))),
    ),
    "chart-gdp",
    t("Figure 3. The two economies are now of one size"),
    "Two lines that draw near to each other: Japan falls from 5.1 to 4.1, India rises from 2.8 to 3.9 trillion dollars.",
    "USD trillion, nominal",
    t("Source: as given by the sources named; not adjusted for prices ", cite(2), "."),
)
TIMELINE = Chart(
    "timeline",
    (
        Series(
            "",
            (
                point("Strategic and global partnership", 10000, "2006"),
                point("Special strategic and global partnership", 16000, "September 2014"),
                point(
                    "Agreement on the transfer of defence equipment and technology, with a joint study of unmanned ground vehicles",
                    17000,
                    "December 2015",
                ),
                point("Civil nuclear cooperation agreement in force", 17500, "20 July 2017"),
                point("Reciprocal provision of supplies and services between the forces", 18800, "July 2021"),
                point("Joint declaration on security, in place of the one of 2008", 20329, "29 August 2025"),
                point("First train on the high-speed line's southern section", 21000, "expected 2027"),
            ),
        ),
    ),
    "chart-time",
    t("Figure 4. Each agreement rests on the one before"),
    "A timeline of seven steps from 2006 to 2027.",
)

TABLE = Table(
    (Column(t("Figure")), Column(t("Value"), "right"), Column(t("Period")), Column(t("As of")), Column(t("Source"), "center")),
    (
        Row((Cell(t("Trade in goods")), Cell(t(Number("USD 22.8 billion", "trade"))), Cell(t("2023\N{EN DASH}24")), Cell(t("Mar 2024")), Cell(t(cite(1))))),
        Row((Cell(t("Japanese companies in India")), Cell(t(Number("over 1,400", "firms"))), Cell(t("2024")), Cell(t("Oct 2024")), Cell(t(cite(2, 3))))),
        Row((Cell(t("Loan for the metro, phase ", Emphasis(t("two")))), Cell(t(Number("₹6,732 crore", "metro"))), Cell(t("2025")), Cell(t("Aug 2025")), Cell(t(cite(3))))),
        Row((Cell(t("Deficit & balance <net>")), Cell(t(Number("\N{MINUS SIGN}USD 12.5 billion", "gap"))), Cell(t("2023\N{EN DASH}24")), Cell(t("Mar 2024")), Cell(t(cite(1))))),
    ),
    "table-1",
    t("Table 1. Key figures"),
    "Five columns: what is measured, its value, its period, its date and its source.",
    t("Figures are as their sources give them; see ", Link("#method", t("how we count")), "."),
)  # fmt: skip
WIDE_TABLE = Table(
    (Column(t("Year")), Column(t("Instrument")), Column(t("What it is about")), Column(t("Status"))),
    (
        Row((Cell(t("2008")), Cell(t("Joint declaration on security cooperation")), Cell(t("A first frame for defence talks, exercises and coast guards")), Cell(t("Replaced")))),
        Row((Cell(t("2011")), Cell(t("Comprehensive economic partnership agreement")), Cell(t("Tariffs on nine in ten lines, services, movement of people")), Cell(t("In force; review asked for")))),
        Row((Cell(t("2025")), Cell(t("Joint credit mechanism")), Cell(t("Carbon credits from joint projects")), Cell(t("Agreed")))),
    ),
    "table-2",
    t("Table 2. Agreements"),
    row_header=False,
)  # fmt: skip

BLOCKS: tuple[Block, ...] = (
    Title(t("India and Japan: turn pledges into plants before the ", Number("2027", "rail"), " review"), "Policy brief IJ-01", "What five sources say, what they do not, and what to ask for"),
    Details(
        (
            Entry("Marking", t("Official")),
            Entry("Information as of", t(Number("29 August 2025", "asof"))),
            Entry("Edition", t("2, updates edition 1 of 1 June 2025")),
            Entry("Status", t("Updated")),
        )
    ),
    Callout(
        "bottom-line",
        t("Bottom line"),
        (Paragraph(t("The partnership is ", Strong(t("likely")), " to deepen in defence and chips while trade lags; the next ", Number("24 months", "term"), " decide whether pledges become plants ", cite(1), "."), "lead"),),
    ),
    KeyNumbers(
        (
            KeyNumber(t(Number("JPY 10 trillion", "pledge")), t("private investment pledged, 2025\N{EN DASH}35 ", cite(1))),
            KeyNumber(t(Number("USD 22.8 bn", "trade")), t("trade in goods, 2023\N{EN DASH}24 ", cite(2))),
            KeyNumber(t(Number("1,400", "firms")), t("Japanese companies in India ", cite(3))),
            KeyNumber(t(Number("500,000", "people")), t("people to be exchanged in five years ", cite(1))),
        )
    ),
    Callout("key-points", t("Key points"), (Bullets((
        item(Strong(t("Strategy.")), " A joint declaration on security replaces that of ", Number("2008", "dec"), " ", cite(1, 2), "."),
        item(Strong(t("Economy.")), " Trade grows more slowly than investment, and the gap between them widens ", cite(2), "."),
        item(Strong(t("People.")), " Talent moves: ", Number("half a million people", "people"), " in five years, of them ", Number("50,000", "skilled"), " skilled workers ", cite(3), "."),
    )),)),
    Contents("Contents", (
        ContentsEntry(1, "Strategic ties", "strategic"),
        ContentsEntry(2, "What has happened", "happened"),
        ContentsEntry(2, "What we do not know", "unknown"),
        ContentsEntry(1, "Method & terms", "method"),
        ContentsEntry(1, "Sources", "sources"),
    )),
    PageBreak(),
    Heading(1, t("Strategic ties"), "strategic"),
    Paragraph(t("Two partners with one worry now plan together, and their forces train together in every domain."), "judgement"),
    Paragraph(t("One fact below is older than its shelf life: the count of companies (October 2024)."), "notice"),
    Heading(2, t("What has happened"), "happened"),
    p("The two governments meet every year ", cite(1), ". A ", Link("https://example.org/treaty?a=1&b=2", t("text of the declaration")), " is public; write to ", Link("mailto:desk@example.org", t("the desk")),
      " for more. They call it ", Emphasis(t("a free and open ", Strong(t("Indo-Pacific")))), ". In Japanese: ", Text("自由で開かれたインド太平洋", "ja"), "; in Hindi: ", Text("भारत और जापान", "hi"), "; Tōkyō, Kyūshū.", LineBreak(), "A second line." ),
    p("Unsafe <script>alert(1)</script> & ", Link("javascript:alert(1)", t("harmless words")), " stay words. Of the pledges, ", Number("JPY 10 trillion", "pledge"), cite(1, 2, 3), " is private, and each source gives its own count of how much of it has been spent."),
    Bullets((
        item("Ministers of foreign affairs and defence meet as four ", cite(2), "."),
        Item((p("Exercises by domain:"), Bullets((item("sea"), item("land, with ", Number("120", "men"), " on either side"), Item((p("air:"), Steps((item("fighters"), item("transport"))))))))),
        Item((p("Two paragraphs in an item."), p("The second of them."))),
    )),
    Steps((item("Sign."), item("Ratify, which takes a year at the least, for both houses have to be heard on each of the chapters before a vote may be called."), item("Publish.")), 3),
    Group((Heading(3, t("So what"), "so-what"), p("A group that stays together on a page.")), keep=True),
    BARS,
    GROUPED,
    LINES,
    Heading(2, t("What we do not know"), "unknown"),
    p("How much of the pledge is new money."),
    TABLE,
    WIDE_TABLE,
    TIMELINE,
    Callout("changes", t("What changed since edition 1"), (p("Edition 1 said ", Number("JPY 5 trillion", "old"), "; this one says ", Number("JPY 10 trillion", "pledge"), " ", cite(1), "."),)),
    Callout("watch", t("Watch"), (Bullets((item(Strong(t("Late 2025")), " summit of the four in New Delhi ", cite(3), "."),)),)),
    Callout("asks", t("Recommendations"), (Steps((item("The ministry of commerce should ask for a review of the agreement by ", Number("March 2026", "by"), " ", cite(2), "."), item("The cabinet secretariat should publish a list of projects."))),)),
    Callout("note", (), (p("A box without a title."),)),
    Heading(1, t("Method & terms"), "method"),
    Paragraph(t("Words of the scale"), "label"),
    Paragraph(t("\N{LEFT DOUBLE QUOTATION MARK}Likely\N{RIGHT DOUBLE QUOTATION MARK} means 55 to 80 per cent."), "small"),
    Paragraph(t("Source line of its own ", cite(2), "."), "source"),
    Details((Entry("CEPA", t("Comprehensive economic partnership agreement")), Entry("ISRO", t("Indian Space Research Organisation"))), "abbreviations"),
    Heading(1, t("Sources"), "sources"),
    SourceList((
        SourceEntry(1, "source-1", t("Ministry of Foreign Affairs. ", Emphasis(t("Joint statement of the summit.")), " 29 August 2025. Primary. ", Link("https://www.example.org/a/very/long/path/that/has/no/place/to/break/in/it/at/all.html", t("https://www.example.org/a/very/long/path/that/has/no/place/to/break/in/it/at/all.html")))),
        SourceEntry(2, "source-2", t("An institute. ", Emphasis(t("Seventy years of ties.")), " 2024. Secondary.")),
        SourceEntry(3, "source-3", t("A daily. ", Emphasis(t("What next?")), " October 2024. Secondary; cited for counts of companies.")),
    )),
    Details((Entry("Contact", t(Link("mailto:desk@example.org", t("desk@example.org")))), Entry("How to cite", t("The desk, ", Emphasis(t("India and Japan")), ", edition 2, 2025.")), Entry("Content digest", t("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"))), "end-matter"),
)  # fmt: skip


def sample() -> Document:
    return Document(
        "India and Japan: turn pledges into plants",
        "India and Japan",
        BLOCKS,
        date(2025, 8, 29),
        subject="What five sources say of the partnership",
        author="The desk",
        keywords=("India", "Japan"),
        marking="Official",
        header_left="India and Japan",
        header_right="Edition 2",
        footer_left="Information as of 29 August 2025",
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )


# ------------------------------------------------------------------------------------------------------- random documents

_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=24) | st.sampled_from(
    ["a word ", "<b> & ]]>", "x" * 100, " ₹ ō "]
)
_SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
_CITES = st.lists(st.builds(CiteRef, st.integers(1, 99), _SLUGS, st.tuples(st.integers(1, 40))), min_size=1, max_size=4).map(
    lambda refs: Cite(tuple(refs))
)
_LEAVES = (
    st.builds(Text, _WORDS, st.sampled_from(["", "ja"])) | st.builds(Number, _WORDS, _SLUGS, _SLUGS) | _CITES | st.just(LineBreak())
)


def _tuples(one: st.SearchStrategy[Any], most: int = 3, least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


def _branches(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    inner = _tuples(children)
    hrefs = st.sampled_from(["https://example.org/x", "#a", "javascript:x", "mailto:a@example.org"])
    return st.builds(Strong, inner) | st.builds(Emphasis, inner) | st.builds(Link, hrefs, inner)


_INLINES = _tuples(st.recursive(_LEAVES, _branches, max_leaves=4), 4)


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    columns = draw(_tuples(st.builds(Column, _INLINES, st.sampled_from(["left", "right", "center"])), 4))
    rows = draw(_tuples(st.tuples(*[st.builds(Cell, _INLINES) for _ in columns]).map(Row), 3))
    return Table(columns, rows, draw(_SLUGS), draw(_INLINES), draw(_WORDS), draw(_INLINES), draw(st.booleans()))


_POINTS = _tuples(st.builds(Point, _WORDS, st.floats(-1e9, 1e9), _WORDS, _SLUGS), 4)
_LEAF_BLOCKS: st.SearchStrategy[Any] = st.one_of(
    st.builds(Heading, st.integers(1, 3), _INLINES, _SLUGS),
    st.builds(Paragraph, _INLINES, st.sampled_from(["body", "lead", "judgement", "notice", "source", "small", "label"])),
    st.builds(Details, _tuples(st.builds(Entry, _WORDS, _INLINES))),
    _tables(),
    st.builds(
        Chart,
        st.sampled_from(["bar", "line", "timeline"]),
        _tuples(st.builds(Series, _WORDS, _POINTS)),
        _SLUGS,
        _INLINES,
        _WORDS,
        _WORDS,
        _INLINES,
    ),
    st.builds(KeyNumbers, _tuples(st.builds(KeyNumber, _INLINES, _INLINES))),
    st.builds(Contents, _WORDS, _tuples(st.builds(ContentsEntry, st.integers(1, 3), _WORDS, _SLUGS), 5)),
    st.builds(SourceList, _tuples(st.builds(SourceEntry, st.integers(1, 99), _SLUGS, _INLINES))),
    st.just(PageBreak()),
)


def _holders(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    items = _tuples(st.builds(Item, _tuples(children)))
    return (
        st.builds(Bullets, items)
        | st.builds(Steps, items, st.integers(1, 20))
        | st.builds(Callout, st.sampled_from(["bottom-line", "watch", "note"]), _INLINES, _tuples(children))
        | st.builds(Group, _tuples(children), st.booleans())
    )


def odd_documents() -> st.SearchStrategy[Document]:
    """Return documents that compose would hardly make: empty lists, tables and titles, any character, ids that repeat."""
    title = st.builds(Title, _INLINES, _WORDS, _WORDS)
    blocks = st.tuples(_tuples(title, 1), _tuples(st.recursive(_LEAF_BLOCKS, _holders, max_leaves=5), 5)).map(
        lambda parts: parts[0] + parts[1]
    )
    return st.builds(Document, _WORDS, _WORDS, blocks, st.just(date(2025, 8, 29)), marking=st.sampled_from(["", "Official"]))
