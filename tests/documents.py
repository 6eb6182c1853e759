"""Documents for the tests of layout and renderers: one sample with every kind of block, and random ones that shrink.

`documents()` gives trees such as compose could make: ids are unique, source marks lead to listed sources, rows are as long as the
table is wide. Their letters are all in the fonts of the look: accents, ₹ and ō, dashes, and & < > and {{ that are markup elsewhere.
"""

from __future__ import annotations

import string
from datetime import date
from typing import Literal

from hypothesis import strategies as st

from briefing.model import (
    Block,
    Bullets,
    Callout,
    CalloutRole,
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
    Inlines,
    Item,
    KeyNumber,
    KeyNumbers,
    LineBreak,
    Link,
    Number,
    PageBreak,
    Paragraph,
    ParagraphRole,
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
from briefing.walk import plain

# --------------------------------------------------------------------------------------------------------- random documents

LETTERS = string.ascii_letters + string.digits + "áéíóúñçøåßžšłőōūāĀŌ₹¥€–—‘’“”…•→&<>\"'{}[]()*_#|\\/%.,;:!?-+=@"
SOURCES = ("alpha", "b-2", "ministry.of-x", "Ünter_9")

words = st.one_of(
    st.text(LETTERS, min_size=1, max_size=12),
    st.sampled_from(["the", "of", "Japan", "₹250", "Ryūkyū", "Kōbe", "AT&T", "<b>", "{{ x }}", "]]>", "&amp;", "G7", "2,50,000"]),
    st.text(string.ascii_lowercase, min_size=60, max_size=120),
)
phrases = st.lists(words, min_size=1, max_size=8).map(" ".join)
spaced = st.builds(
    lambda text, before, after: f"{before}{text}{after}", phrases, st.sampled_from(["", " "]), st.sampled_from(["", " "])
)
languages = st.sampled_from(["", "", "", "ja", "hi", "fr-FR", "ja-Latn"])
plain_texts: st.SearchStrategy[Inline] = st.builds(Text, spaced, languages)
numbers: st.SearchStrategy[Inline] = st.builds(
    Number, st.sampled_from(["USD 22.8 billion", "₹250 crore", "29 August 2025", "1,400", "2023–24"]), st.just("fact-1")
)
cites: st.SearchStrategy[Inline] = st.builds(
    lambda places: Cite(tuple(CiteRef(place + 1, SOURCES[place], (place + 3,)) for place in places)),
    st.lists(st.integers(0, len(SOURCES) - 1), min_size=1, max_size=3, unique=True).map(sorted),
)
leaves = st.one_of(plain_texts, plain_texts, numbers, cites)
addresses = st.sampled_from(
    ["https://example.org/a?b=1&c=2", "mailto:desk@example.org", "https://example.org/ü x", "#source-alpha", "#nowhere"]
)


def _wrapped(children: st.SearchStrategy[Inline]) -> st.SearchStrategy[Inline]:
    inner = st.lists(children, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(Strong, inner), st.builds(Emphasis, inner), st.builds(Link, addresses, inner))


inlines: st.SearchStrategy[Inlines] = st.lists(
    st.one_of(st.recursive(leaves, _wrapped, max_leaves=4), st.just(LineBreak())), min_size=1, max_size=5
).map(tuple)
short: st.SearchStrategy[Inlines] = st.lists(leaves, min_size=1, max_size=2).map(tuple)
maybe = st.one_of(st.just(()), short)
paragraphs: st.SearchStrategy[Block] = st.builds(Paragraph, inlines, st.sampled_from(ParagraphRole.__args__))  # type: ignore[attr-defined]
headings: st.SearchStrategy[Block] = st.builds(Heading, st.integers(1, 3), short, st.just(""))
values = st.floats(-1e6, 1e6).map(lambda value: round(value, 2))


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    wide = draw(st.integers(1, 5))
    column = st.builds(Column, short, st.sampled_from(["left", "right", "center"]), st.sampled_from([0.0, 0.0, 1.0, 2.5]))
    columns = tuple(draw(st.lists(column, min_size=wide, max_size=wide)))
    row = st.builds(Row, st.lists(st.builds(Cell, maybe), min_size=wide, max_size=wide).map(tuple))
    rows = tuple(draw(st.lists(row, min_size=1, max_size=5)))
    return Table(
        columns, rows, "", draw(maybe), draw(st.sampled_from(["", "What the table holds"])), draw(maybe), draw(st.booleans())
    )


@st.composite
def _charts(draw: st.DrawFn) -> Chart:
    kinds: tuple[Literal["bar", "line", "timeline"], ...] = ("bar", "line", "timeline")
    kind = draw(st.sampled_from(kinds))
    labels = draw(st.lists(phrases, min_size=1, max_size=5))
    heights = st.integers(-40000, 40000).map(float) if kind == "timeline" else values

    def point(label: str) -> Point:
        value = draw(heights)
        high = draw(st.one_of(st.none(), st.just(value), st.just(value + 50.0)))
        return Point(label, value, draw(st.sampled_from([f"{value:g}", f"USD {value:g} bn", "over 3", ""])), "fact-1", high=high)

    names = draw(st.lists(phrases, min_size=1, max_size=3))
    series = tuple(Series(name, tuple(map(point, labels))) for name in names)
    return Chart(kind, series, "", draw(short), draw(phrases), draw(st.sampled_from(["", "USD billion"])), draw(maybe))


key_numbers: st.SearchStrategy[Block] = st.builds(
    KeyNumbers, st.lists(st.builds(KeyNumber, st.tuples(numbers), short), min_size=1, max_size=6).map(tuple)
)
details: st.SearchStrategy[Block] = st.builds(
    Details,
    st.lists(st.builds(Entry, phrases, short), min_size=1, max_size=4).map(tuple),
    st.sampled_from(["identity", "abbreviations", "end-matter"]),
)
contents: st.SearchStrategy[Block] = st.builds(Contents, st.sampled_from(["Contents", ""]), st.just(()))
sources: st.SearchStrategy[Block] = st.builds(
    lambda texts: SourceList(
        tuple(SourceEntry(n, source, text) for n, (source, text) in enumerate(zip(SOURCES, texts, strict=True), 1))
    ),
    st.lists(short, min_size=len(SOURCES), max_size=len(SOURCES)),
)
simple = st.one_of(paragraphs, headings, details, _tables(), _charts(), key_numbers, st.just(PageBreak()))


def _nested(children: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    inner = st.lists(children, min_size=1, max_size=3).map(tuple)
    items = st.lists(st.builds(Item, inner), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Bullets, items),
        st.builds(Steps, items, st.integers(1, 12)),
        st.builds(Callout, st.sampled_from(CalloutRole.__args__), maybe, inner),  # type: ignore[attr-defined]
        st.builds(Group, inner, st.booleans()),
    )


blocks = st.recursive(simple, _nested, max_leaves=6)
titles = st.builds(Title, short, st.sampled_from(["", "Series & number 7"]), st.sampled_from(["", "What stands < below"]))


@st.composite
def documents(draw: st.DrawFn, *, one_page: bool = False) -> Document:
    """A random document with every kind of block; the list of sources comes last, the contents name the headings."""
    body = list(draw(st.lists(blocks, max_size=6)))
    if draw(st.booleans()):
        body.insert(0, draw(contents))
    if draw(st.booleans()):
        body.insert(0, draw(titles))
    body.append(draw(sources))
    return Document(
        title=draw(phrases),
        short_title=draw(words),
        blocks=with_ids(tuple(body)),
        as_of=draw(st.dates(date(1990, 1, 1), date(2090, 1, 1))),
        language=draw(st.sampled_from(["en-GB", "fr", "ja"])),
        author=draw(st.sampled_from(["", "Policy desk <A&B>"])),
        keywords=tuple(draw(st.lists(words, max_size=2))),
        marking=draw(st.sampled_from(["", "Official & open"])),
        header_left=draw(st.sampled_from(["", "Short title"])),
        footer_left=draw(st.sampled_from(["", "Information as of 1 May 2025"])),
        page=draw(st.sampled_from(["A4", "Letter"])),
        one_page=one_page,
    )


def with_ids(body: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks with an own id for each heading, table and chart, and contents that name the headings."""
    count = 0
    found: list[ContentsEntry] = []

    def own(block: Block) -> Block:
        nonlocal count
        count += 1
        place = count
        match block:
            case Heading(level=level, children=children):
                found.append(ContentsEntry(level, plain(children), f"heading-{place}"))
                return Heading(level, children, f"heading-{place}")
            case Table():
                return Table(
                    block.columns, block.rows, f"table-{place}", block.caption, block.summary, block.source, block.row_header
                )
            case Chart():
                return Chart(block.kind, block.series, f"figure-{place}", block.caption, block.alt, block.unit, block.source)
            case Bullets(items=items):
                return Bullets(tuple(Item(tuple(map(own, item.blocks))) for item in items))
            case Steps(items=items, start=start):
                return Steps(tuple(Item(tuple(map(own, item.blocks))) for item in items), start)
            case Callout(role=role, title=title, blocks=inner):
                return Callout(role, title, tuple(map(own, inner)))
            case Group(blocks=inner, keep=keep):
                return Group(tuple(map(own, inner)), keep)
            case _:
                return block

    made = tuple(map(own, body))
    return tuple(Contents(block.title, tuple(found)) if isinstance(block, Contents) else block for block in made)


# ----------------------------------------------------------------------------------------------------------- the sample one


def _t(*parts: Inline | str) -> Inlines:
    return tuple(Text(part) if isinstance(part, str) else part for part in parts)


def _p(*parts: Inline | str, role: ParagraphRole = "body") -> Paragraph:
    return Paragraph(_t(*parts), role)


def _n(text: str) -> Number:
    return Number(text, "fact-1")


def _c(*places: int) -> Cite:
    return Cite(tuple(CiteRef(place, SOURCES[place - 1]) for place in places))


def _row(*cells: Inline | str) -> Row:
    return Row(tuple(Cell(_t(cell)) for cell in cells))


def _h(level: int, text: str, node: str) -> Heading:
    return Heading(level, _t(text), node)


def _charted(pairs: tuple[tuple[str, float, str], ...]) -> tuple[Point, ...]:
    return tuple(Point(label, value, shown, "fact-1") for label, value, shown in pairs)


_MARKET = (("2019", 13.1, "13.1"), ("2020", 11.4, "11.4"), ("2021", 15.2, "15.2"), ("2022", 17.9, "17.9"), ("2023", 22.8, "22.8"))
_SHARES = (
    ("Road and rail corridors", 612.0, "USD 612 mn"),
    ("Water supply", 240.0, "USD 240 mn"),
    ("Ports, shipping and the blue economy of the outer islands", 95.5, "USD 95.5 mn"),
    ("Skills", 18.0, "USD 18 mn"),
)
_SENTENCE = (
    "The two ministries agreed on a common register of projects, and each now publishes its own list twice a year; the lists differ in"
    " what they count as begun. "
)

SAMPLE = Document(
    title="Keep the river compact on course before its third review",
    short_title="River compact",
    as_of=date(2025, 11, 23),
    subject="Water and transport",
    author="Policy desk",
    keywords=("water", "transport"),
    marking="Official",
    header_left="River compact: policy brief",
    header_right="Edition 3",
    footer_left="Information as of 23 November 2025",
    blocks=(
        Title(_t("Keep the river compact on course before its third review"), "Policy brief 2025/07", "What the two governments have done since 2023, what comes next, and what to decide now"),
        Details(
            (
                Entry("Marking", _t("Official")),
                Entry("Edition", _t("3, published 24 November 2025")),
                Entry("Information as of", _t(_n("23 November 2025"))),
                Entry("Status", _t("Updates edition 2 of 4 May 2025")),
            )
        ),
        Callout(
            "bottom-line",
            _t("Bottom line"),
            (
                _p("The compact will ", Strong(_t("very likely")), " be renewed in ", _n("March 2026"), ", but its money is a year behind its promises ", _c(1, 2), ". Confidence is moderate: both treasuries have yet to print their accounts."),
            ),
        ),
        Callout(
            "key-points",
            _t("Key points"),
            (
                Bullets(
                    (
                        Item((_p("Spending reached ", _n("USD 22.8 billion"), " in ", _n("2023"), ", twice the sum of ", _n("2020"), " ", _c(1), "."),)),
                        Item((_p("Two of five corridors are open; Kōbe and Łódź signed theirs late ", _c(2, 3), "."), Bullets((Item((_p("The northern one carries goods only."),)), Item((_p("The western one waits for ", _n("₹250 crore"), "."),)))))),
                        Item((_p("Nothing has been said about the islands since ", _n("May 2024"), " ", _c(4), "."),)),
                    )
                ),
            ),
        ),
        Contents(
            "Contents",
            (
                ContentsEntry(1, "Context and question", "context"),
                ContentsEntry(1, "Transport", "transport"),
                ContentsEntry(2, "What has happened", "transport-happened"),
                ContentsEntry(2, "What is expected", "transport-expected"),
                ContentsEntry(3, "Where sources disagree", "transport-disagree"),
                ContentsEntry(1, "Sources", "sources"),
            ),
        ),
        PageBreak(),
        _h(1, "Context and question", "context"),
        _p("The compact was signed in a hurry. Its third review must say whether it should go on, for whom, and at what cost.", role="lead"),
        _p(_SENTENCE * 3, "See ", Link("https://example.org/register?year=2025&list=2", _t("the public register")), ", ", Emphasis(_t("passim")), ", and ", Link("#table-figures", _t("Table 1")), ". The ", Text("Shinkansen", "ja-Latn"), " study is apart."),
        KeyNumbers(
            (
                KeyNumber(_t(_n("USD 22.8 bn")), _t("spent under the compact in 2023, both sides ", _c(1))),
                KeyNumber(_t(_n("2 of 5")), _t("corridors open, November 2025 ", _c(2))),
                KeyNumber(_t(_n("1,400 km")), _t("of track relaid since 2019 ", _c(2, 3))),
                KeyNumber(_t(_n("₹250 crore")), _t("outstanding for the western line ", _c(3))),
            )
        ),
        Table(
            (Column(_t("Measure")), Column(_t("Value"), "right"), Column(_t("Period")), Column(_t("Source"), "center")),
            (
                _row("Spending under the compact, both sides together", _n("USD 22.8 billion"), "2023", _c(1)),
                _row("Corridors open", _n("2"), "as of November 2025", _c(2)),
                _row("Track relaid, all gauges, double lines counted once", _n("1,400 km"), "2019 to 2024", _c(2, 3)),
                _row("People trained", _n("50,000"), "2020 to 2025, target", _c(4)),
            ),
            "table-figures",
            _t("Table 1. Four figures carry the case"),
            "Four measures with value, period and source",
            _t("Sources: both ministries ", _c(1, 2, 3, 4), ". Values as printed, not deflated."),
        ),
        _h(1, "Transport", "transport"),
        _p("Transport is where the compact has moved most, and where its next delay will show first.", role="judgement"),
        _h(2, "What has happened", "transport-happened"),
        _p(_SENTENCE * 2, _c(2)),
        Chart(
            "bar",
            (Series("Spending", _charted(_SHARES)),),
            "figure-shares",
            _t("Figure 1. Corridors took two thirds of the money"),
            "Bars: corridors 612, water 240, ports 95.5 and skills 18 million US dollars",
            "USD million, 2023",
            _t("Source: ministry accounts ", _c(1)),
        ),
        Chart(
            "line",
            (Series("Spending", _charted(_MARKET)),),
            "figure-years",
            _t("Figure 2. Spending has doubled since 2020"),
            "A line from 13.1 in 2019 over 11.4 in 2020 to 22.8 billion US dollars in 2023",
            "USD billion",
            _t("Source: both treasuries ", _c(1, 3)),
        ),
        _h(2, "What is expected", "transport-expected"),
        Steps(
            (
                Item((_p("The accounts of both treasuries, in ", _n("January 2026"), "."),)),
                Item((_p("The review itself."), _p("Its terms are not public."), Steps((Item((_p("First the hearings,"),)), Item((_p("then the vote."),)))))),
                Item((_p("Signature in ", _n("March 2026"), "."),)),
            )
        ),
        Chart(
            "timeline",
            (
                Series("Happened", (Point("Compact signed at the Łódź meeting of ministers", 19448.0, "1 Apr 2023", "fact-1"), Point("First corridor opened", 19813.0, "31 Mar 2024", "fact-1", high=19903.0))),
                Series("Expected", (Point("Accounts of both treasuries", 20463.0, "Jan 2026", "fact-1", high=20484.0), Point("Third review", 20513.0, "Mar 2026", "fact-1"))),
            ),
            "figure-time",
            _t("Figure 3. The review falls a year after the money was due"),
            "A time line: compact signed April 2023, first corridor March 2024, accounts January 2026, third review March 2026",
            "",
            _t("As of 23 November 2025"),
        ),
        _h(3, "Where sources disagree", "transport-disagree"),
        _p("Held figure: the two ministries count track differently; see the note.", role="notice"),
        Group((_p("What we do not know", role="label"), Bullets((Item((_p("Who pays for the islands."),)), Item((_p("Whether ", _n("2,50,000"), " is a misprint."),))))), keep=True),
        Callout("changes", _t("What changed since edition 2"), (_p("First corridor reported open; one figure corrected ", _c(2), "."), Steps((Item((_p("Kōbe terms published."),)), Item((_p("Skills target restated."),)))))),
        _h(1, "Sources", "sources"),
        _p("Primary sources first.", role="small"),
        SourceList(
            (
                SourceEntry(1, SOURCES[0], _t("Ministry of Works, ", Emphasis(_t("Accounts of the compact 2023")), ", 4 May 2024. Primary. ", Link("https://example.org/accounts", _t("example.org/accounts")))),
                SourceEntry(2, SOURCES[1], _t("Rail Board, Corridor status, November 2025. Primary; cited for openings and for lengths of track, which it counts by route.")),
                SourceEntry(3, SOURCES[2], _t("Ministry of X, Statement to the review, 2025. Primary.")),
                SourceEntry(4, SOURCES[3], _t("Ünter & Söhne, Skills in the south, 2024. Secondary.")),
            )
        ),
        Details((Entry("GDP", _t("gross domestic product")), Entry("km", _t("kilometres"))), "abbreviations"),
        Details((Entry("Contact", _t("Policy desk, desk@example.org")), Entry("Digest", _t("9f86d081884c7d659a2feaa0c55ad015"))), "end-matter"),
        _p("This brief rests on published sources.", LineBreak(), "It binds nobody.", role="source"),
    ),
)  # fmt: skip
