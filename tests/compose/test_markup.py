"""Markdown becomes blocks; what a brief cannot hold is refused, and data that was escaped comes out letter by letter."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefing.compose.marks import Drop, Marks, escape
from briefing.compose.markup import MarkupError, blocks, joined
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Cell,
    Cite,
    CiteRef,
    Column,
    Emphasis,
    Group,
    Heading,
    Item,
    LineBreak,
    Link,
    Number,
    PageBreak,
    Paragraph,
    Row,
    Steps,
    Strong,
    Table,
    Text,
)
from tests.compose.small import text


def read(markdown: str) -> tuple[Block, ...]:
    return blocks(markdown, Marks())


def p(words: str) -> Paragraph:
    return Paragraph(text(words))


def test_paragraphs_and_inlines() -> None:
    assert read("One *two* **three** `four`\nfive  \nsix [seven](https://example.org/?a=1&b=2)") == (
        Paragraph(
            (
                Text("One "),
                Emphasis(text("two")),
                Text(" "),
                Strong(text("three")),
                Text(" four five"),
                LineBreak(),
                Text("six "),
                Link("https://example.org/?a=1&b=2", text("seven")),
            )
        ),
    )


def test_two_marks_of_heading_give_the_first_level() -> None:
    assert read("## One\n\n### Two\n\n#### Three *x*") == (
        Heading(1, text("One"), ""),
        Heading(2, text("Two"), ""),
        Heading(3, (Text("Three "), Emphasis(text("x"))), ""),
    )


def test_lists_nest_and_numbered_ones_keep_their_first_number() -> None:
    assert read("- a\n- b\n  - c\n\n3. d\n4. e\n") == (
        Bullets((Item((p("a"),)), Item((p("b"), Bullets((Item((p("c"),)),)))))),
        Steps((Item((p("d"),)), Item((p("e"),))), 3),
    )


def test_tables_keep_their_alignment() -> None:
    assert read("| A | B | C |\n|---|--:|:-:|\n| a | *b* | c \\| d |\n") == (
        Table(
            (Column(text("A")), Column(text("B"), "right"), Column(text("C"), "center")),
            (Row((Cell(text("a")), Cell((Emphasis(text("b")),)), Cell(text("c | d")))),),
            "",
        ),
    )


def test_containers_are_call_outs_roles_and_groups() -> None:
    assert read("::: bottom-line Bottom *line*\nx\n:::\n\n::: judgement\ny\n\nz\n:::\n\n::: keep\na\n:::\n\n::: drop 3 the second ask\nb\n:::") == (
        Callout("bottom-line", (Text("Bottom "), Emphasis(text("line"))), (p("x"),)),
        Paragraph(text("y"), "judgement"),
        Paragraph(text("z"), "judgement"),
        Group((p("a"),), keep=True),
        Group((p("b"),), drop=3, name="the second ask"),
    )  # fmt: skip


def test_containers_lie_in_containers_whatever_their_colons() -> None:
    inside = (p("a"), Paragraph(text("b"), "small"), Group((Paragraph(text("c"), "lead"),), keep=True), p("d"))
    for outer in (":::", "::::", ":::::"):
        markdown = f"{outer} note N\na\n\n::: small\nb\n:::\n\n::: keep\n:::: lead\nc\n::::\n:::\n\nd\n{outer}\n\ne"
        assert read(markdown) == (Callout("note", text("N"), inside), p("e"))


def test_a_container_stands_in_an_item() -> None:
    assert read("- a\n\n  ::: small\n  b\n  :::\n- ::: keep\n  c\n  :::") == (
        Bullets((Item((p("a"), Paragraph(text("b"), "small"))), Item((Group((p("c"),), keep=True),)))),
    )


def test_an_empty_container_leaves_nothing() -> None:
    assert read("::: note A title\n:::\n\n::: keep\n\n:::") == ()


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        ("::: nonsense\nx\n:::", "there is no container '::: nonsense' (line 1"),
        ("x\n\n:::", "a ':::' closes nothing (line 3"),
        ("x\n\n::: note N\ny", "'::: note N' is never closed (line 3"),
        ("::: drop the ask\nx\n:::", "wants a number and a name"),
        ("# One", "a heading of '#' has no place"),
        ("##### Five", "a heading of '#####' has no place"),
        ("> quoted", "blockquote has no place in a brief (line 1"),
        ("    code", "code block has no place in a brief"),
        ("```\ncode\n```", "fence has no place in a brief"),
        ("x\n\n---\n", "hr has no place in a brief (line 3"),
    ],
)
def test_what_a_brief_cannot_hold_is_refused(markdown: str, message: str) -> None:
    with pytest.raises(MarkupError, match=re.escape(message)):
        read(markdown)


@pytest.mark.parametrize("markup", ["<b>x</b>", "<script>alert(1)</script>", "<!-- x -->", "<https://example.org>", "![a](b.png)"])
def test_html_images_and_bare_addresses_are_words(markup: str) -> None:
    (found,) = read(f"a {markup}")
    assert isinstance(found, Paragraph)
    assert all(isinstance(inline, (Text, Link)) for inline in found.children)
    if "<" in markup:
        assert found.children == text(f"a {markup}")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "JaVaScRiPt:x", "file:///etc/passwd", "data:text/html,x", "vbscript:x"])
def test_a_link_to_anything_but_the_web_and_mail_is_words(address: str) -> None:
    assert read(f"[x]({address})") == (p(f"[x]({address})"),)


def test_marks_stand_for_parts_of_the_tree() -> None:
    marks = Marks()
    number, cite, block = Number("USD 3 billion", "trade"), Cite((CiteRef(0, "gazette"),)), PageBreak()
    markdown = f"So {marks.add((number,))} **{marks.add((cite,))}**.\n\n{marks.add(block)}\n"
    assert blocks(markdown, marks) == (Paragraph((Text("So "), number, Text(" "), Strong((cite,)), Text("."))), block)


def test_a_block_within_a_sentence_is_refused() -> None:
    marks = Marks()
    with pytest.raises(MarkupError, match="a pagebreak must stand in a paragraph of its own"):
        blocks(f"Here {marks.add(PageBreak())}", marks)


def test_a_mark_of_dropping_is_taken_from_its_item() -> None:
    marks = Marks()
    assert blocks(f"- {marks.add(Drop(7, 'the ask'))}a\n- b", marks) == (Bullets((Item((p("a"),), 7, "the ask"), Item((p("b"),)))),)


def test_neighbouring_words_are_joined_and_the_ends_trimmed() -> None:
    assert joined([Text(" a"), Text(""), Text(" b "), Text("", "de")]) == text("a b")
    assert joined([Text("a"), Text("b", "de"), Text("c")]) == (Text("a"), Text("b", "de"), Text("c"))


HOSTILE = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co"]), max_size=60),
    st.text(alphabet="*_`[]()#>-+.!|\\<&;:~{}=\"' \n1aé", max_size=40),
    st.sampled_from(
        ["::: note", ":::", "---", "# x", "1. x", "- x", "> x", "    x", "| a | b |", "&amp;", "&#42;", "![x](y)", "[x]: y"]
    ),
)


def folded(data: str) -> str:
    """Return data as a line of words: runs of spaces and line ends are one space, a no-break space stays."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", data)


@given(HOSTILE)
@example("http://example.org www.example.org a@example.org")
def test_escaped_data_is_never_markup_in_a_paragraph(data: str) -> None:
    assert read(f"a ({escape(data)}) b") == (p(folded(f"a ({data}) b")),)


@given(HOSTILE)
def test_escaped_data_is_never_markup_at_the_start_of_a_line(data: str) -> None:
    shown = folded(data).strip()
    assert read(escape(data.strip())) == ((p(shown),) if shown else ())


@given(HOSTILE)
def test_escaped_data_is_never_markup_in_items_headings_titles_and_cells(data: str) -> None:
    words = folded(f"x{data}y")
    shown = escape(f"x{data}y")
    assert read(f"- **{shown}** z") == (Bullets((Item((Paragraph((Strong(text(words)), Text(" z"))),)),)),)
    assert read(f"## {shown}") == (Heading(1, text(words), ""),)
    assert read(f"::: note {shown}\nz\n:::") == (Callout("note", text(words), (p("z"),)),)
    assert read(f"| {shown} | b |\n|---|---|\n| c | {shown} |") == (
        Table((Column(text(words)), Column(text("b"))), (Row((Cell(text("c")), Cell(text(words)))),), ""),
    )
    assert read(f"::: drop 2 {shown}\nz\n:::") == (Group((p("z"),), drop=2, name=words),)


@given(st.text(alphabet="*_`[]()#>-+.!|\\<&:~{} \n1ab", max_size=60))
def test_any_markdown_is_read_or_refused(markdown: str) -> None:
    with suppress(MarkupError):
        assert all(isinstance(block, Block) for block in read(markdown))
