from __future__ import annotations

from datetime import date
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.drawing import Rect
from briefing.layout.pages import _filled, lay_out, page_numbers, text_area
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Cell,
    Column,
    Contents,
    ContentsEntry,
    Document,
    Group,
    Heading,
    Item,
    PageBreak,
    Paragraph,
    Row,
    Table,
    Text,
)
from briefing.placed import Page, Pages, Part, Placed, TextLine, words
from briefing.walk import words as words_of
from tests.documents import documents
from tests.layout.sample import FONTS, LOOK, brief, p, summary
from tests.layout.sample import words as inlines

LINE = "Coastal states have moved from declarations to hardware, and from hardware to crews, and so on and on "


def document(*blocks: Block, **fields: object) -> Document:
    return Document("A title", "Short", blocks, date(2026, 5, 12), **fields)  # type: ignore[arg-type]


def laid(*blocks: Block, **fields: object) -> Pages:
    return lay_out(document(*blocks, **fields), LOOK, FONTS)


def said(page: Page) -> list[str]:
    """Return the lines of a page, artifacts left out."""
    return ["".join(span.text for span in item.mark.spans) for item in lines(page) if isinstance(item.mark, TextLine)]


def lines(page: Page) -> list[Placed]:
    return [item for item in page.items if isinstance(item.mark, TextLine) and item.part.kind != "artifact"]


def fill(count: int) -> tuple[Block, ...]:
    """Return paragraphs of `count` lines in all, as many as they are."""
    return tuple(p(f"Line {at}") for at in range(count))


def long(name: str, times: int) -> Paragraph:
    return p(f"{name} " + LINE * times)


def full() -> int:
    """Return how many one-line paragraphs a page holds."""
    return len(lines(laid(*fill(200)).pages[0]))


def test_the_sample_holds_its_words_in_reading_order() -> None:
    for sample in (brief(), summary()):
        assert words(lay_out(sample, LOOK, FONTS)) == words_of(sample)


@given(documents())
@settings(max_examples=60, deadline=None)
def test_any_document_holds_its_words_in_reading_order_within_the_margins(tree: Document) -> None:
    pages = lay_out(tree, LOOK, FONTS)
    assert words(pages) == words_of(tree)
    margins, width, tall = text_area(tree, LOOK)
    left, top = margins.left * 72 / 25.4, margins.top * 72 / 25.4
    for page in pages.pages:
        for item in lines(page):
            assert isinstance(item.mark, TextLine)
            assert left - 0.1 <= item.x
            assert item.x + item.mark.width <= left + width + 0.6
            assert top <= item.y <= top + tall


@given(documents(one_page=True))
@settings(max_examples=20, deadline=None)
def test_any_summary_has_no_running_header(tree: Document) -> None:
    for page in lay_out(tree, LOOK, FONTS).pages:
        assert not [item for item in page.items if item.part.name == "header"]


def test_pages_are_numbered_and_counted_in_the_footer() -> None:
    pages = laid(*fill(150), page_label="Page {page} of {pages}", footer_left="As of today")
    feet = [
        [item.mark.spans[0].text for item in page.items if item.part.name == "footer" and isinstance(item.mark, TextLine)]
        for page in pages.pages
    ]
    assert len(pages.pages) > 2
    assert feet == [["As of today", f"Page {number} of {len(feet)}"] for number in range(1, len(feet) + 1)]


def test_the_running_header_begins_on_page_two_and_the_marking_on_page_one() -> None:
    pages = laid(*fill(60), header_left="Left", header_right="Right", marking="official")
    heads = [
        [
            item.mark.spans[0].text
            for item in page.items
            if item.part.name in {"header", "marking"} and isinstance(item.mark, TextLine)
        ]
        for page in pages.pages
    ]
    assert heads == [["OFFICIAL"], ["OFFICIAL", "Left", "Right"]]


@pytest.mark.parametrize("above", range(6))
def test_no_paragraph_leaves_a_single_line_on_a_page(above: int) -> None:
    pages = laid(*fill(full() - above), long("Long", 5))
    counts = [sum("Line" not in line for line in said(page)) for page in pages.pages]
    assert sum(counts) > 4
    assert all(count != 1 for count in counts)


@pytest.mark.parametrize("above", range(7))
def test_a_heading_never_ends_a_page(above: int) -> None:
    pages = laid(*fill(full() - above), Heading(1, inlines("Heading"), "h"), Heading(2, inlines("Below"), "b"), long("Text", 3))
    on = [said(page) for page in pages.pages]
    [page] = [lines for lines in on if "Heading" in lines]
    at = page.index("Heading")
    assert page[at + 1] == "Below"
    assert len(page) >= at + 4


def test_a_judgement_stays_with_what_it_judges() -> None:
    for above in range(6):
        pages = laid(
            *fill(full() - above),
            Heading(1, inlines("H"), "h"),
            p("Judged", role="judgement"),
            Heading(2, inlines("B"), "b"),
            p("Text"),
        )
        [page] = [page for page in pages.pages if "Judged" in said(page)]
        assert {"H", "Judged", "B", "Text"} <= set(said(page))


def test_a_group_to_keep_stays_together_where_it_fits_a_page() -> None:
    kept = Group((long("One", 4), long("Two", 4), long("Three", 4)), keep=True)
    pages = laid(*fill(full() - 8), kept)
    [page] = [page for page in pages.pages if any(line.startswith("One") for line in said(page))]
    assert any(line.startswith("Three") for line in said(page))
    assert page.number == 2


def test_a_group_taller_than_a_page_is_parted() -> None:
    pages = laid(Group(tuple(fill(full() + 20)), keep=True))
    assert len(pages.pages) == 2
    assert len(said(pages.pages[0])) > full() - 3


def test_a_page_break_begins_a_page_but_never_leaves_an_empty_one() -> None:
    pages = laid(PageBreak(), p("one"), PageBreak(), PageBreak(), p("two"), PageBreak())
    assert [said(page) for page in pages.pages] == [["one"], ["two"]]


def _table(rows: int, cell: str = "cell") -> Table:
    made = tuple(Row((Cell(inlines(f"row {at}")), Cell(inlines(cell)))) for at in range(rows))
    return Table(
        (Column(inlines("First")), Column(inlines("Second"))),
        made,
        "table-1",
        inlines("Table 1. Caption"),
        "",
        inlines("Source: none"),
    )


def test_the_header_row_is_repeated_as_an_artifact_on_every_page_of_a_table() -> None:
    pages = laid(*fill(20), _table(90))
    assert len(pages.pages) > 2
    for page in pages.pages[1:]:
        repeated = [
            item.mark.spans[0].text for item in page.items if item.part.name == "repeated-row" and isinstance(item.mark, TextLine)
        ]
        assert repeated == ["First", "Second"]
    assert sum(line == "First" for page in pages.pages for line in said(page)) == 1


@pytest.mark.parametrize("above", range(12))
def test_a_caption_stays_with_its_rows_and_the_last_row_with_its_source(above: int) -> None:
    pages = laid(*fill(full() - above), _table(6))
    for page in pages.pages:
        on = said(page)
        if "Table 1. Caption" in on:
            assert "row 1" in on
        if "Source: none" in on:
            assert "row 4" in on


@pytest.mark.parametrize("above", range(8))
def test_a_row_is_never_parted_over_pages(above: int) -> None:
    pages = laid(*fill(full() - 4 - above), _table(8, LINE * 2))
    tall = [[item.part for item in lines(page) if item.part.kind == "cell"] for page in pages.pages]
    assert len(tall) > 1
    for one, other in pairwise(tall):
        assert not set(map(id, one)) & set(map(id, other))


@pytest.mark.parametrize("above", range(12))
def test_a_table_of_three_rows_is_not_parted(above: int) -> None:
    pages = laid(*fill(full() - above), _table(3), *fill(20))
    assert sum(any("cell" in line for line in said(page)) for page in pages.pages) == 1


def test_a_row_taller_than_a_page_goes_over_pages_and_loses_nothing() -> None:
    tree = document(_table(2, LINE * 130))
    pages = lay_out(tree, LOOK, FONTS)
    assert len(pages.pages) > 2
    assert words(pages) == words_of(tree)


def test_a_short_box_is_kept_whole() -> None:
    box = Callout("note", inlines("Box"), (long("In it", 4),))
    for above in range(2, 12):
        pages = laid(*fill(full() - above), box)
        homes = {
            page.number for page in pages.pages for item in lines(page) if item.part.parent and item.part.parent.kind == "callout"
        }
        assert len(homes) == 1


def test_a_long_box_goes_over_pages_with_its_shade() -> None:
    pages = laid(*fill(10), Callout("note", inlines("Box"), tuple(long(f"Paragraph {at}", 3) for at in range(25))))
    for page in pages.pages:
        [shade] = [item for item in page.items if isinstance(item.mark, Rect) and item.mark.fill == "shade"]
        inside = [item.y for item in lines(page) if not said(page) or (item.part.parent and item.part.parent.kind == "callout")]
        assert isinstance(shade.mark, Rect)
        assert shade.y < min(inside)
        assert max(inside) < shade.y + shade.mark.height


def test_the_contents_show_the_pages_that_headings_stand_on() -> None:
    titles = [f"Chapter {at}" for at in range(12)]
    chapters = [
        block for at, title in enumerate(titles) for block in (Heading(1, inlines(title), f"h{at}"), *(long("Text", 9),) * 3)
    ]
    listing = Contents("Contents", tuple(ContentsEntry(1, title, f"h{at}") for at, title in enumerate(titles)))
    pages = laid(*fill(20), listing, *chapters)
    shown = [
        item.mark.spans[0].text
        for page in pages.pages
        for item in page.items
        if item.part.kind == "page-number" and isinstance(item.mark, TextLine)
    ]
    numbers = page_numbers(pages)
    true = {
        line: page.number
        for page in pages.pages
        for line, item in zip(said(page), lines(page), strict=True)
        if item.part.kind == "heading"
    }
    assert shown == [str(true[title]) for title in titles] == [str(numbers[f"h{at}"]) for at in range(12)]
    assert len(set(shown)) > 3


def test_sources_tables_and_headings_have_page_numbers() -> None:
    numbers = page_numbers(lay_out(brief(), LOOK, FONTS))
    assert {"title", "context", "table-24", "chart-2", "source-s5"} <= numbers.keys()
    assert numbers["context"] <= numbers["table-24"] <= numbers["source-s1"]


def test_every_mark_knows_the_parts_it_lies_in() -> None:
    tree = document(Bullets((Item((p("outer"), Bullets((Item((p("inner"),)),)))),)))
    [page] = lay_out(tree, LOOK, FONTS).pages
    chains = {line: _chain(item.part) for line, item in zip(said(page), lines(page), strict=True)}
    assert chains["inner"] == ["paragraph", "body", "item", "list", "body", "item", "list", "document"]
    assert chains["•"] == ["label", "item", "list", "document"]
    assert lines(page)[1].part.node == Paragraph((Text("outer"),))


def test_cells_that_name_rows_and_columns_are_heads() -> None:
    [page] = laid(_table(1)).pages
    kinds = {line: (item.part.kind, item.part.row_head) for line, item in zip(said(page), lines(page), strict=True)}
    assert (kinds["First"], kinds["row 0"], kinds["cell"]) == (("head", False), ("head", True), ("cell", False))


def test_a_document_without_blocks_is_an_empty_page() -> None:
    assert [said(page) for page in laid().pages] == [[]]


@given(st.sampled_from(["A4", "Letter"]))
def test_the_page_has_the_size_asked_for(page: str) -> None:
    size = lay_out(msgspec.structs.replace(summary(), page=page), LOOK, FONTS).size
    assert size == {"A4": (595.2756, 841.8898), "Letter": (612.0, 792.0)}[page]


@pytest.mark.parametrize("tree", [brief(), summary(), document(*fill(200), Heading(1, inlines("End"), "end"))])
def test_pages_that_are_not_drawn_have_the_same_headings_and_the_same_room_left(tree: Document) -> None:
    drawn, sketched = lay_out(tree, LOOK, FONTS), lay_out(tree, LOOK, FONTS, drawn=False)
    assert (page_numbers(sketched), sketched.bookmarks) == (page_numbers(drawn), drawn.bookmarks)
    assert (len(sketched.pages), sketched.height_left) == (len(drawn.pages), drawn.height_left)
    assert not any(page.items for page in sketched.pages)


def _chain(part: Part | None) -> list[str]:
    return [part.kind, *_chain(part.parent)] if part else []


def test_words_before_a_list_stay_with_it_on_paper() -> None:
    for above in range(30, 56):
        bullets = Bullets((Item((p("First"),)), Item((p("Second"),))))
        tree = msgspec.structs.replace(brief(), blocks=(*(p("Above") for _ in range(above)), p("Announced"), bullets))
        pages = lay_out(tree, LOOK, FONTS).pages
        texts = [" ".join(span.text for item in page.items for span in getattr(item.mark, "spans", ())) for page in pages]
        assert next("First" in text for text in texts if "Announced" in text), above


def test_a_last_page_of_a_few_lines_is_saved_where_less_space_between_paragraphs_does_it() -> None:
    saved = 0
    for count in range(10, 40):
        blocks = tuple(block for at in range(count) for block in (Heading(2, inlines(f"Head {at}"), f"h{at}"), p("Body")))
        tree = msgspec.structs.replace(brief(), blocks=blocks)
        loose = _filled(tree, LOOK, FONTS, drawn=True)
        pages = len(lay_out(tree, LOOK, FONTS).pages)
        assert pages == len(loose.pages) or (loose.is_short() and pages == len(loose.pages) - 1)
        saved += pages < len(loose.pages)
    assert saved > 1
