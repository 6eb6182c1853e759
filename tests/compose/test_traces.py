"""Where facts stand in a document: under which heading, in what kind of block, in which sentence."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from briefing.compose.traces import Trace, traces
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
    Entry,
    Group,
    Heading,
    Inline,
    Item,
    KeyNumber,
    KeyNumbers,
    Number,
    Paragraph,
    Point,
    Row,
    Series,
    Strong,
    Table,
    Text,
)  # fmt: skip
from briefing.seeds import ChartSpec
from briefing.walk import nodes
from tests.compose.small import AS_OF
from tests.documents import documents

TRADE = Number("USD 3 billion", "trade", "amount")
PORTS = Number("seven", "ports", "n")


def mark(*facts: str) -> Cite:
    return Cite((CiteRef(1, "gazette", (3,)),), facts)


def run(*parts: Inline | str) -> tuple[Inline, ...]:
    return tuple(Text(part) if isinstance(part, str) else part for part in parts)


def p(*parts: Inline | str) -> Paragraph:
    return Paragraph(run(*parts))


def found(*blocks: Block, charts: dict[str, ChartSpec] | None = None) -> tuple[Trace, ...]:
    return traces(Document("The title", "Title", blocks, AS_OF), charts or {})


def where(*blocks: Block) -> list[tuple[str, str, str, str]]:
    return [(each.fact, each.under, each.block, each.words) for each in found(*blocks)]


def test_a_fact_stands_in_its_own_sentence_under_the_last_heading() -> None:
    text = p("Trade was ", TRADE, ". There are ", PORTS, " ports ", mark("ports"), ". So much for that.")
    assert where(p(TRADE), Heading(1, run("Trade"), "trade"), text) == [
        ("trade", "The title", "paragraph", "USD 3 billion"),
        ("trade", "Trade", "paragraph", "Trade was USD 3 billion."),
        ("ports", "Trade", "paragraph", "There are seven ports [1]."),
    ]


def test_figures_and_marks_of_one_fact_in_one_sentence_are_one_place() -> None:
    (only,) = found(p("From ", TRADE, " to ", Number("2024", "trade", "when"), " ", mark("trade"), ", ", TRADE, "."))
    assert only.printed == (("amount", "USD 3 billion"), ("when", "2024"))


def test_a_mark_alone_prints_the_fact_and_none_of_its_figures() -> None:
    assert [(each.fact, each.printed) for each in found(p("It is so ", mark("one", "other"), "."))] == [("one", ()), ("other", ())]


def test_initials_decimals_and_titles_end_no_sentence() -> None:
    words = "The U.S. Treasury and Mr. Rao put it at 22.8 of them, or 3. Nothing more"
    assert where(p("It is said. ", words + " than ", TRADE, "."))[0][3] == f"Nothing more than {TRADE.text}."
    assert where(p(TRADE, ", as the U.S. Treasury and Mr. Rao say."))[0][3].endswith("Rao say.")


def test_emphasis_does_not_hide_a_fact_nor_shift_a_sentence() -> None:
    assert where(p(Strong(run("A long beginning. Then ", TRADE)), " and ", PORTS, ".")) == [
        ("trade", "The title", "paragraph", "Then USD 3 billion and seven."),
        ("ports", "The title", "paragraph", "Then USD 3 billion and seven."),
    ]


def test_every_kind_of_block_is_named() -> None:
    column = Column(run("A"))
    assert where(
        Bullets((Item((p("In a list: ", TRADE),)),)),
        Callout("bottom-line", run("Bottom line"), (p("In a box: ", TRADE),)),
        Callout("asks", (), (p("In a box without a title: ", TRADE),)),
        Table((column, column), (Row((Cell(run("Trade")), Cell(run(TRADE, mark("trade"))))),), "t", source=run("Of ", TRADE)),
        KeyNumbers((KeyNumber(run(TRADE), run("Trade ", mark("trade"))),)),
        Details((Entry("Trade", run(TRADE)),)),
        Paragraph(run(TRADE), "notice"),
        Group((p("In a group: ", TRADE),)),
    ) == [
        ("trade", "The title", "list item", "In a list: USD 3 billion"),
        ("trade", "Bottom line (box)", "paragraph", "In a box: USD 3 billion"),
        ("trade", "Asks (box)", "paragraph", "In a box without a title: USD 3 billion"),
        ("trade", "The title", "table row", "Trade | USD 3 billion[1]"),
        ("trade", "The title", "source line", "Of USD 3 billion"),
        ("trade", "The title", "key number", "USD 3 billion: Trade [1]"),
        ("trade", "The title", "details", "Trade: USD 3 billion"),
        ("trade", "The title", "notice", "USD 3 billion"),
        ("trade", "The title", "paragraph", "In a group: USD 3 billion"),
    ]


def test_a_chart_prints_its_points_and_names_the_facts_of_its_alternative_text() -> None:
    series = Series("Trade", (Point("2024", 3.0, "USD 3 billion", "trade", "amount"),))
    chart = Chart(
        "bar",
        (series,),
        "figure-flows",
        run("Figure 1. Trade"),
        "Trade beside seven ports.",
        source=run("Sources: ", mark("trade")),
    )
    spec = ChartSpec("flows", "bar", "Trade", "", "Trade beside {ports.n} {{ports}}.", ())
    assert [(each.fact, each.block, each.words) for each in found(chart, charts={"flows": spec})] == [
        ("trade", "chart", "Trade, 2024: USD 3 billion"),
        ("ports", "alternative text", "Trade beside seven ports."),
        ("trade", "source line", "Sources: [1]"),
    ]


def test_what_may_be_left_out_is_named_from_the_outside_in() -> None:
    (one,) = found(Group((Bullets((Item((p(TRADE),), drop=3, name="the item"),)),), drop=5, name="the group"))
    assert one.within == ("the group", "the item")
    (other,) = found(Group((Bullets((Item((p(TRADE),), name="a name that never goes"),)),), name="nor this"))
    assert other.within == ()


def test_the_node_of_a_place_is_the_very_node_of_the_tree() -> None:
    one, other = p(TRADE), p(TRADE)
    assert [id(each.node) for each in found(one, other)] == [id(one), id(other)]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_fact_of_a_tree_has_a_place_and_every_place_a_fact_of_the_tree(document: Document) -> None:
    held = {node.fact for node in nodes(document.blocks) if isinstance(node, (Number, Point))}
    held |= {name for node in nodes(document.blocks) if isinstance(node, Cite) for name in node.facts}
    assert {each.fact for each in traces(document)} == held
