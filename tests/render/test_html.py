from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings

from briefing import walk
from briefing.look import ROLES, Look
from briefing.model import (
    Block,
    Cell,
    Cite,
    CiteRef,
    Column,
    Contents,
    ContentsEntry,
    Document,
    Emphasis,
    Heading,
    Link,
    Number,
    Paragraph,
    Row,
    Strong,
    Table,
    Text,
)
from briefing.render.html import render
from briefing.render.html_css import colour_variables, css_string, dark_colours
from tests.documents import SAMPLE, documents
from tests.render.sample_html import default_look, odd_documents, p, sample, t

LOOK = default_look()
VOID = {"col", "meta", "br", "link", "rect", "line", "polyline", "circle"}
INLINE = {"a", "span", "strong", "em", "data"}


class Page(HTMLParser):
    """The elements of a page, the words of its `<main>`, and a check that every element is closed where it should be."""

    def __init__(self, html: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unseen = 0  # depth inside a drawing or a hidden description
        self.main = ""
        self.everything = ""
        self.feed(html.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in VOID:
            self.main += " "
            return
        self.open.append(tag)
        if self.unseen or tag in {"svg", "style"} or "hidden" in dict(attrs):
            self.unseen += 1
        if tag not in INLINE:
            self.main += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag
        self.unseen = max(0, self.unseen - 1)
        if tag not in INLINE:
            self.main += " "

    def handle_data(self, data: str) -> None:
        self.everything += data
        if not self.unseen and "main" in self.open:
            self.main += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def page(*blocks: Block) -> Page:
    return Page(render(msgspec.structs.replace(sample(), blocks=blocks), LOOK))


def html(*blocks: Block) -> str:
    return render(msgspec.structs.replace(sample(), blocks=blocks), LOOK).decode()


@pytest.mark.parametrize("document", [sample(), SAMPLE], ids=["ours", "common"])
def test_the_words_of_the_page_are_those_of_the_document(document: Document) -> None:
    assert Page(render(document, LOOK)).main.split() == walk.words(document)


@settings(max_examples=50, deadline=None)
@given(documents() | odd_documents())
def test_any_document_keeps_its_words_and_their_order(document: Document) -> None:
    assert Page(render(document, LOOK)).main.split() == walk.words(document)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert render(sample(), LOOK) == render(sample(), LOOK)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    made = Page(render(sample(), LOOK))
    assert not {"script", "img", "link", "iframe", "object", "embed", "form"} & {tag for tag, _ in made.elements}
    style = render(sample(), LOOK).decode().partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert not [attrs for _, attrs in made.elements if any(name.startswith("on") for name in attrs)]
    assert "default-src 'none'" in str(made.all("meta"))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=y>',
        "</style><script>",
        "&lt;b&gt; & {{ x }}",
        "--></main>",
        "'\" onclick='x",
    ],
)
def test_data_never_becomes_markup(hostile: str) -> None:
    document = Document(
        hostile, hostile, (
            *msgspec.convert(msgspec.to_builtins(sample().blocks), tuple[Block, ...])[:1],
            Heading(1, t(hostile), hostile),
            Paragraph((Text(hostile, hostile), Number(hostile, hostile, hostile), Cite((CiteRef(1, hostile),)), Link(f"#{hostile}", t(hostile)))),
            Contents(hostile, (ContentsEntry(1, hostile, hostile),)),
        ), sample().as_of, subject=hostile, author=hostile, keywords=(hostile,), marking=hostile, header_left=hostile, footer_left=hostile, page_label=hostile,
    )  # fmt: skip
    made = Page(render(document, LOOK))
    assert not {"script", "img"} & {tag for tag, _ in made.elements}
    assert not [attrs for _, attrs in made.elements if any(name.startswith("on") for name in attrs)]
    assert made.main.split() == walk.words(document)
    assert len(made.all("style")) == 1


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JavaScript:x",
        " javascript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "../x",
        "",
        "vbscript:x",
    ],
)
def test_a_link_to_anything_but_the_web_mail_or_this_page_is_plain_words(href: str) -> None:
    assert "<p>harmless</p>" in html(p(Link(href, t("harmless"))))


@pytest.mark.parametrize("href", ["https://example.org/a?b=1&c=2", "http://example.org", "mailto:desk@example.org", "#method"])
def test_links_to_the_web_mail_and_this_page_work(href: str) -> None:
    assert {"href": href} in page(p(Link(href, t("words")))).all("a")


def test_a_link_holds_no_link() -> None:
    made = page(p(Link("https://example.org", t("a ", Link("https://example.net", t("b")), Cite((CiteRef(1, "s"),))))))
    assert [attrs["href"] for attrs in made.all("a")] == ["#page.main", "https://example.org"]


def test_every_link_within_the_page_has_its_target() -> None:
    made = Page(render(sample(), LOOK))
    ids = {attrs["id"] for _, attrs in made.elements if "id" in attrs}
    targets = {href.removeprefix("#") for attrs in made.all("a") if (href := attrs["href"] or "").startswith("#")}
    assert targets
    assert targets <= ids


def test_no_id_is_given_twice() -> None:
    ids = [attrs["id"] for _, attrs in Page(render(sample(), LOOK)).elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_every_name_given_by_reference_is_there() -> None:
    made = Page(render(sample(), LOOK))
    ids = {attrs["id"] for _, attrs in made.elements if "id" in attrs}
    named = {attrs[key] for _, attrs in made.elements for key in ("aria-labelledby", "aria-describedby") if key in attrs}
    assert len(named) > 5
    assert named <= ids


def test_headings_go_down_one_level_at_a_time_below_one_title() -> None:
    levels = [int(tag[1]) for tag, _ in Page(render(sample(), LOOK)).elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_has_landmarks_a_language_and_a_way_past_the_head() -> None:
    made = Page(render(sample(), LOOK))
    assert made.all("html") == [{"lang": "en-GB"}]
    assert [len(made.all(tag)) for tag in ("header", "main", "nav", "footer", "title", "h1")] == [1] * 6
    assert made.all("a")[0] == {"class": "skip", "href": "#page.main"}
    assert made.all("main") == [{"id": "page.main"}]


def test_a_table_has_a_caption_scopes_and_a_box_that_a_keyboard_can_scroll() -> None:
    made = Page(render(sample(), LOOK))
    assert len(made.all("caption")) == len(made.all("table")) == 2
    scopes = [attrs.get("scope") for attrs in made.all("th")]
    assert scopes == ["col"] * 5 + ["row"] * 4 + ["col"] * 4
    boxes = [attrs for attrs in made.all("div") if attrs.get("role") == "region"]
    assert [attrs["tabindex"] for attrs in boxes] == ["0", "0"]
    assert all("aria-labelledby" in attrs for attrs in boxes)


def test_columns_with_weights_take_their_shares_of_a_table() -> None:
    columns = (Column(t("A"), weight=1.0), Column(t("B"), weight=3.0))
    row = Row((Cell(t("a")), Cell(t("b"))))
    assert [attrs["style"] for attrs in page(Table(columns, (row,), "t")).all("col")] == ["width:25.00%", "width:75.00%"]
    assert page(Table((columns[0], Column(t("B"))), (row,), "t")).all("col") == []


def test_a_chart_is_an_image_with_its_description_and_its_words_are_hidden_from_listeners() -> None:
    made = Page(render(sample(), LOOK))
    drawings = made.all("svg")
    assert [attrs["class"] for attrs in drawings] == ["wide", "narrow"] * 4
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in drawings)
    assert [attrs["aria-hidden"] for attrs in made.all("g")] == ["true"] * 8
    assert "Private investment pledged" in made.everything


def test_a_figure_leads_back_to_its_fact() -> None:
    made = page(p(Number("USD 22.8 billion", "trade-goods", "value")))
    assert {"class": "number", "data-fact": "trade-goods", "data-figure": "value"} in made.all("span")


def test_a_source_mark_links_each_number_and_says_where_in_the_source() -> None:
    made = page(p("Words ", Cite((CiteRef(1, "one", (4, 12)), CiteRef(3, "three")))))
    assert made.all("a")[1:] == [
        {"href": "#source-one", "aria-label": "source 1, paragraphs 4, 12"},
        {"href": "#source-three", "aria-label": "source 3"},
    ]


def test_a_source_mark_stays_on_the_line_of_the_word_before_it() -> None:
    mark = Cite((CiteRef(1, "s"),))
    assert '<p>Some <span class="nb">words <span class="cite">' in html(p("Some words ", mark))
    assert '<p>Some <span class="nb">words.<span class="cite">' in html(p("Some words.", mark))
    assert '<p><span class="nb"><strong>Bold</strong><span class="cite">' in html(p(Strong(t("Bold")), mark))
    assert '<p><em>in <span class="nb">it <span class="cite">' in html(p(Emphasis(t("in it ", mark))))
    assert "nb" not in html(p("x" * 400, mark)).partition("<main")[2]


def test_words_in_another_language_say_so() -> None:
    assert {"lang": "ja"} in page(p(Text("日本", "ja"))).all("span")


def test_contents_are_nested_as_their_levels_are() -> None:
    entries = (ContentsEntry(1, "A", "a"), ContentsEntry(2, "B", "b"), ContentsEntry(1, "C", "c"))
    nav = html(Contents("Contents", entries)).partition("<nav")[2].partition("</nav>")[0].partition("</p>")[2]
    assert re.sub(r"<a [^>]*>|</a>| role[^>]*|\n", "", nav) == "<ul><li>A<ul><li>B</li></ul></li><li>C</li></ul>"


def test_print_has_the_pages_size_its_marking_and_its_count() -> None:
    made = render(msgspec.structs.replace(sample(), page="Letter", marking="Official"), LOOK).decode()
    assert "size: 612.00pt 792.00pt" in made
    assert '@top-center { content: "OFFICIAL"' in made
    assert '"Page " counter(page) " of " counter(pages) ""' in made


def test_a_css_string_can_end_neither_itself_nor_its_element() -> None:
    assert css_string('a"b\\c</style>\n') == '"a\\22 b\\5c c\\3c \\2f style\\3e \\a "'


def test_every_class_that_a_role_names_has_its_rule() -> None:
    style = render(sample(), LOOK).decode()
    for role in ROLES:
        if role != "body":
            assert f"\n.{role} {{ " in style


# ---------------------------------------------------------------------------------------------------------------- colours


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs(look: Look) -> list[tuple[str, str]]:
    """Every colour that words have, on every ground that they stand on."""
    grounds = ("paper", "shade", "shade-strong")
    words = {look.style(role).colour for role in ROLES} - {"on-accent"} | {"link"}
    return [(word, ground) for word in sorted(words) for ground in grounds] + [("on-accent", "accent")]


@pytest.mark.parametrize("scheme", [colour_variables, dark_colours])
@pytest.mark.parametrize(("word", "ground"), pairs(LOOK))
def test_words_stand_out_from_their_ground_by_day_and_by_night(scheme: object, word: str, ground: str) -> None:
    colours = colour_variables(LOOK) if scheme is colour_variables else dark_colours(LOOK)
    if (word, ground) == ("second", "shade-strong"):
        return  # no box of that ground holds a notice or a kicker
    assert contrast(colours[word], colours[ground]) >= 4.5


@pytest.mark.parametrize("name", LOOK.chart_colours)
def test_bars_and_lines_stand_out_from_the_page(name: str) -> None:
    assert contrast(colour_variables(LOOK)[name], colour_variables(LOOK)["paper"]) >= 3
    assert contrast(dark_colours(LOOK)[name], dark_colours(LOOK)["paper"]) >= 3


def test_contrast_is_computed_as_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
