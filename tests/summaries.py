"""One-page summaries of every kind that a dossier may ask for, as hypothesis strategies: what the one-page proof is made of.

Each example is a handful of small draws that shrink well; the words come from lists, by a fixed walk through them. There are short
summaries and long ones, with or without each of their parts, wide tables, many key numbers, words that no line can hold, capitals, Latin,
Greek and Cyrillic letters with every accent, lists within lists, documents of two tongues, items of equal and of different value, and summaries in which nothing may be dropped.

`generated(count, seed)` gives the same examples again for the same version of hypothesis. `kept()` gives the documents of every
failure that was ever found, from `tests/cases/one_page/`, where each is kept as a tree with its seed in its name.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import hypothesis
import msgspec
from hypothesis import strategies as st

from briefing.model import (
    Block,
    Bullets,
    Callout,
    Cell,
    Chart,
    Cite,
    CiteRef,
    Column,
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
)  # fmt: skip

CASES = Path(__file__).parent / "cases" / "one_page"

_TONGUES = {
    "english": "the patrol agreement of both coast guards commits crews to joint training while budgets for radar stay a promise that neither "
    "parliament has yet voted on and trade in fish products grows with quotas as well as with prices in the north-east, said U.S. officials",
    "polish": "współpraca żeglugowa obejmuje źródła łączności, gdyż władze województwa zażądały ścisłej oceny kosztów społecznych oraz terminów "
    "ratyfikacji umowy, której część wciąż dźwiga piętno świeżych sporów",
    "czech": "příští zasedání výboru určí, zda nejbližší lodě dostanou větší úvěr, jenž měl být původně součástí žádosti o účast přístavů",
    "vietnamese": "thỏa thuận tuần tra chung giữa hai lực lượng bảo vệ bờ biển được ký kết trong năm nay nhằm tăng cường hợp tác hàng hải",
    "icelandic": "ráðherrarnir þáðu boð um að ræða fjárhagsáætlun næstu ára, þótt óvissa ríki ennþá um ýmsa þætti hafeftirlitsins",
    "turkish": "ortak devriye anlaşması her iki ülkenin sahil güvenliğini eğitim için işbirliğine çağırıyor, ancak bütçe henüz kesinleşmiş değil",
    "japanese in Latin letters": "Ryūkyū oyobi Kyūshū no kaijō hoan ni kansuru kyōdō sengen wa Tōkyō to Ōsaka no ryōhō de shomei sareta",
    "greek": "η συμφωνία για κοινές περιπολίες των δύο ακτοφυλακών προβλέπει πρόγραμμα εκπαίδευσης και κοινό προϋπολογισμό",
    "russian": "соглашение о совместном патрулировании предусматривает общий бюджет и обучение экипажей, однако сроки пока не утверждены",
    "polytonic greek": "ἡ συνθήκη περὶ τῶν κοινῶν περιπολιῶν ὡς ᾤοντο οἱ πρέσβεις ἀμφοτέρων τῶν πόλεων ἔτι μένει ἄνευ ἐπικυρώσεως",
    "ukrainian and serbian": "угода про спільне патрулювання передбачає єдиний бюджет, її ще не ратифіковано; споразум о ђачким "
    "и морнаричким вежбама чека њихову одлуку, уз љубазност џиновских лука",
    "hungarian and romanian": "a közös őrjáratokról szóló egyezmény hűvös fogadtatásra talált, költségvetése bizonytalan; înțelegerea "
    "privind paza țărmurilor așteaptă aprobarea ambelor părți",
    "hindi in latin letters": "Bhārat aura jāpāna ke bīca samudrī surakṣā sahayoga kī ghoṣaṇā meṃ kṣamatā-nirmāṇa tathā vidyārthiyoṃ ke "
    "ādāna-pradāna kā ullekha hai",
    "capitals": "THE PATROL AGREEMENT OF BOTH COAST GUARDS COMMITS CREWS TO JOINT TRAINING (JT) WHILE MINISTRIES OF WORKS, NATO, ASEAN AND THE EU WAIT",
    "german": "Küstenwachenzusammenarbeitsvereinbarung der Bundesfischereiforschungsanstalten über Schiffssicherheitsausrüstungsprüfungen mit "
    "Haushaltsverpflichtungsermächtigungen für Radarüberwachungsanlagen",
    "unbroken": "a https://example.org/yearbooks/northern-seas/volume-7/chapter-on-patrols-and-on-budgets-of-both-coast-guards.html?edition=3 of "
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochuchafnaventyretour 0123456789012345678901234567890123456789 and/or ministry.of.works",
    "figures": "2024: 1,400 km, 38 %, USD 612 m (2025–29), ₹250 crore – 7/9 “ratified”; 14/yr; €2.3 bn; §12(3)(b); A&B <C>",
}  # fmt: skip
_NUMBERS = (
    "USD 612 million",
    "14",
    "€ 2.3 billion",
    "38%",
    "1,400 km",
    "7 of 9",
    "₹ 250 crore",
    "2025–29",
    "3 to 4 per 100,000",
    "by end-2026",
)
_ROLES: tuple[ParagraphRole, ...] = ("body", "body", "body", "lead", "judgement", "notice", "source", "small", "label")

lengths = st.one_of(st.integers(1, 12), st.integers(8, 30), st.integers(25, 70), st.integers(60, 160))
values = st.one_of(st.just(0), st.integers(1, 4), st.integers(1, 60))  # of `drop`


def prose(tongue: str, start: int, count: int) -> str:
    """Return `count` words of a language, beginning somewhere in its list."""
    words = _TONGUES[tongue].split()
    step = 1 + start % 3
    return " ".join(words[(start + at * step) % len(words)] for at in range(count))


@st.composite
def inlines(draw: st.DrawFn, tongue: str, most: int = 160) -> Inlines:
    """Words with figures, source marks, links and strong words among them."""
    count = draw(lengths)
    if count > most:
        count = 1 + count % most
    start = draw(st.integers(0, 40))
    manner = draw(st.integers(0, 15))
    text = prose(tongue, start, count)
    made: list[Inline] = [Text(text)]
    if manner & 1:
        lead, _, rest = text.partition(" ")
        made = [Strong((Text(f"{lead}:"),)), Text(f" {rest}" if rest else "")]
    if manner & 2:
        made += [Text(" "), Number(_NUMBERS[start % len(_NUMBERS)], "fact"), Text(f" {prose(tongue, start + 7, count // 3 + 1)}")]
    if manner & 4:
        made += [Cite(tuple(CiteRef(1 + (start + at) % 3, f"s{1 + (start + at) % 3}") for at in range(1 + start % 3))), Text(".")]
    if manner == 8:
        made += [Text(" "), Link("https://example.org/a", (Emphasis((Text(prose(tongue, start, 4)),)),))]
    return tuple(inline for inline in made if not isinstance(inline, Text) or inline.text)


def paragraphs(tongue: str, most: int = 160) -> st.SearchStrategy[Block]:
    return st.builds(Paragraph, inlines(tongue, most), st.sampled_from(_ROLES))


@st.composite
def lists(draw: st.DrawFn, tongue: str, most: int, *, deep: bool = True) -> Block:
    items = []
    drops = draw(st.sampled_from(["none", "falling", "any"]))
    for at in range(draw(st.integers(1, most))):
        blocks: list[Block] = [Paragraph(draw(inlines(tongue, 40)))]
        if deep and draw(st.integers(0, 11)) == 0:
            blocks.append(draw(lists(tongue, 3, deep=False)))
        if draw(st.integers(0, 15)) == 0:
            blocks.append(Paragraph(draw(inlines(tongue, 20))))
        drop = 0 if drops == "none" or at == 0 else at + 10 if drops == "falling" else draw(values)
        items.append(Item(tuple(blocks), drop, f"item {at}" if at % 2 else ""))
    return Steps(tuple(items), draw(st.integers(1, 9))) if draw(st.integers(0, 3)) == 0 else Bullets(tuple(items))


@st.composite
def tables(draw: st.DrawFn, tongue: str) -> Table:
    wide = draw(st.one_of(st.integers(1, 8), st.integers(6, 12)))
    aligns: tuple[Literal["left", "right", "center"], ...] = ("left", "right", "center")
    columns = tuple(
        Column(draw(inlines(tongue, 4)), draw(st.sampled_from(aligns)), draw(st.sampled_from([0.0, 0.0, 0.0, 1.0, 2.0])))
        for _ in range(wide)
    )
    short = draw(st.booleans())
    rows = []
    for at in range(draw(st.integers(1, 24))):
        cells = tuple(
            Cell(draw(inlines(tongue, 3 if short or place else 12)) if draw(st.integers(0, 9)) else ()) for place in range(wide)
        )
        rows.append(Row(cells, draw(values), f"row {at}"))
    caption, source = (draw(st.one_of(st.just(()), inlines(tongue, 14))) for _ in range(2))
    return Table(columns, tuple(rows), "", caption, "What the table holds", source, draw(st.booleans()))


@st.composite
def key_numbers(draw: st.DrawFn, tongue: str) -> Block:
    many = draw(st.one_of(st.integers(1, 6), st.integers(1, 14)))
    return KeyNumbers(tuple(
        KeyNumber((Number(_NUMBERS[draw(st.integers(0, len(_NUMBERS) - 1))], "fact"),), draw(inlines(tongue, 9)), draw(values), f"number {at}") for at in range(many)
    ))  # fmt: skip


@st.composite
def charts(draw: st.DrawFn, tongue: str) -> Block:
    points = tuple(
        Point(prose(tongue, at * 5, draw(st.integers(1, 4))), float(at * 7 + 3), f"{at * 7 + 3}", "fact")
        for at in range(draw(st.integers(1, 5)))
    )
    return Chart("bar", (Series("Patrols", points),), "", draw(inlines(tongue, 10)), "Patrols by area", "patrols a year")


def boxes(tongue: str) -> st.SearchStrategy[Block]:
    inside = st.lists(st.one_of(paragraphs(tongue, 40), lists(tongue, 4, deep=False)), min_size=1, max_size=2).map(tuple)
    roles = st.sampled_from(["bottom-line", "key-points", "changes", "watch", "asks", "note"])
    return st.builds(Callout, roles, st.one_of(st.just(()), inlines(tongue, 4)), inside)


@st.composite
def groups(draw: st.DrawFn, tongue: str) -> Block:
    """A heading or label with what it stands above, which may go as a whole."""
    level = draw(st.integers(0, 3))
    lead: Block = Heading(level, draw(inlines(tongue, 5)), "") if level else Paragraph(draw(inlines(tongue, 4)), "label")
    inner = draw(st.lists(st.one_of(paragraphs(tongue, 50), lists(tongue, 5)), min_size=1, max_size=2))
    return Group((lead, *inner), draw(st.booleans()), draw(values), "a section")


@st.composite
def details(draw: st.DrawFn, tongue: str) -> Block:
    entries = tuple(
        Entry(prose(tongue, draw(st.integers(0, 9)), 1)[:18], draw(inlines(tongue, 8))) for _ in range(draw(st.integers(1, 6)))
    )
    return Details(entries, draw(st.sampled_from(["identity", "abbreviations", "end-matter"])))


def _sections(tongue: str) -> st.SearchStrategy[Block]:
    return st.one_of(
        lists(tongue, 12), lists(tongue, 5), paragraphs(tongue), groups(tongue), boxes(tongue), tables(tongue), key_numbers(tongue),
        details(tongue), charts(tongue), st.just(PageBreak()),
        st.builds(lambda words, level: Heading(level, words, ""), inlines(tongue, 8), st.integers(1, 3)),
    )  # fmt: skip


@st.composite
def summaries(draw: st.DrawFn) -> Document:
    """A summary: short or far too long for a page; all of it may go, or some, or nothing."""
    tongue = draw(st.sampled_from(["english", "english", "english", *_TONGUES]))
    may_go = draw(st.sampled_from(["some", "all", "all", "nothing"]))
    kicker = draw(st.sampled_from(["One-page summary 4/2026", ""]))
    blocks: list[Block] = [Title(draw(inlines(tongue, 14)), kicker, prose(tongue, 3, draw(st.integers(0, 12))))]
    if not draw(st.integers(0, 11)):
        blocks = []  # any part may be missing, the title too
    if draw(st.booleans()):
        blocks.append(Details(tuple(Entry(f"Term {at}", draw(inlines(tongue, 6))) for at in range(draw(st.integers(1, 5))))))
    if draw(st.booleans()):
        blocks.append(Callout("bottom-line", (Text("Bottom line"),), (Paragraph(draw(inlines(tongue, 50))),)))
    if not draw(st.integers(0, 4)):
        tongue = draw(st.sampled_from([*_TONGUES]))  # what follows is in another
    many = st.lists(_sections(tongue), min_size=5, max_size=14)
    sections = draw(many if may_go == "all" else st.one_of(st.lists(_sections(tongue), max_size=4), many))
    blocks += (
        [Group((each,), drop=draw(st.integers(1, 9)), name=f"section {at}") for at, each in enumerate(sections)]
        if may_go == "all"
        else sections
    )
    if draw(st.booleans()):
        sources = draw(st.integers(3, 8))
        blocks.append(SourceList(tuple(SourceEntry(at, f"s{at}", draw(inlines(tongue, 25))) for at in range(1, sources + 1))))
    tree = Document(
        prose(tongue, 0, 6), prose(tongue, 0, 2), tuple(blocks), date(2026, 5, 12), kind="summary", one_page=True,
        marking=draw(st.sampled_from(["", "official"])), footer_left=draw(st.sampled_from(["", "Full brief: Northern Seas briefing 4/2026"])),
        page=draw(st.sampled_from(["A4", "Letter"])),
    )  # fmt: skip
    return with_ids(tree if may_go != "nothing" else _fixed(tree))


def _fixed(tree: Document) -> Document:
    """Return the document with nothing that may be dropped."""
    return msgspec.convert(_without_drops(msgspec.to_builtins(tree)), type=Document)


def _without_drops(node: object) -> object:
    if isinstance(node, dict):
        return {name: _without_drops(value) for name, value in node.items() if name != "drop"}
    if isinstance(node, list | tuple):
        return [_without_drops(value) for value in node]
    return node


def with_ids(tree: Document) -> Document:
    """Return the document with an id for every table and heading that stands at its top."""
    made = [
        msgspec.structs.replace(block, id=f"part-{at}") if isinstance(block, Table | Heading | Chart) else block
        for at, block in enumerate(tree.blocks)
    ]
    return msgspec.structs.replace(tree, blocks=tuple(made))


def generated(count: int, seed: int) -> list[tuple[str, Document]]:
    """Return `count` summaries, each with a name that tells the seed and its place."""
    found: list[Document] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count, database=None, deadline=None, phases=[hypothesis.Phase.generate], suppress_health_check=list(hypothesis.HealthCheck)
    )  # fmt: skip
    @hypothesis.given(summaries())
    def gather(tree: Document) -> None:
        found.append(tree)

    gather()
    return [(f"{seed}-{at}", tree) for at, tree in enumerate(found)]


def kept() -> list[tuple[str, Document]]:
    """Return the documents of earlier failures, by the names of their files."""
    return [(path.stem, msgspec.json.decode(path.read_bytes(), type=Document)) for path in sorted(CASES.glob("*.json"))]
