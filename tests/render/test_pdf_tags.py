from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import msgspec
import pikepdf
import pytest
from hypothesis import given, settings

from briefing import placed
from briefing.layout.fonts import Fonts
from briefing.layout.pages import lay_out, page_numbers
from briefing.model import Cell, Column, Document, Heading, Row, Table, Text, Title
from briefing.placed import DECORATION, Part, Placed
from briefing.render import pdf, pdf_tags
from briefing.render.pdf import render
from tests.documents import SAMPLE, documents
from tests.layout.sample import FONTS, LOOK, brief, p, read_font, summary, words
from tests.render.tagged import Tagged, faults


def found(tree: Document) -> list[str]:
    pages = lay_out(tree, LOOK, FONTS)
    return faults(render(tree, LOOK, pages, FONTS), tree, page_numbers(pages))


@pytest.mark.parametrize("tree", [SAMPLE, brief(), summary()], ids=["sample", "brief", "summary"])
def test_a_file_says_in_its_structure_what_its_document_says(tree: Document) -> None:
    assert not found(tree)


@given(documents())
@settings(max_examples=40, deadline=None)
def test_so_does_the_file_of_any_document(tree: Document) -> None:
    assert not found(tree)


def table(*rows: tuple[str, ...], heads: tuple[str, ...] = ("a", "b", "c")) -> Document:
    made = Table(
        tuple(Column(words(head) if head else ()) for head in heads),
        tuple(Row(tuple(Cell(words(cell) if cell else ()) for cell in row)) for row in rows),
        "t",
    )
    return msgspec.structs.replace(SAMPLE, blocks=(made,), marking="", header_left="", footer_left="")


@pytest.mark.parametrize("tree", [
    table(("", "2", ""), ("1", "", "3"), ("", "", "")),
    table(("1", "2", "3"), heads=("", "b", "")),
    table(("", "", ""), ("", "", "")),
    table(),
])  # fmt: skip
def test_empty_cells_and_rows_have_their_places_in_the_table(tree: Document) -> None:
    assert not found(tree)


def test_a_cell_that_stands_in_a_row_twice_is_two_cells() -> None:
    same = Cell(words("same"))
    tree = table()
    twice = Table((Column(words("a")), Column(words("b"))), (Row((same, same)),) * 2, "t")
    assert not found(msgspec.structs.replace(tree, blocks=(twice,)))


def test_a_row_taller_than_a_page_is_one_row() -> None:
    assert not found(table(("long " * 1500, "b", "c"), ("1", "2", "3")))


def test_a_table_over_pages_is_one_table_and_its_repeated_heads_are_not_said() -> None:
    tree = table(*((f"row {at}", "x", "y") for at in range(150)))
    pages = lay_out(tree, LOOK, FONTS)
    file = Tagged(render(tree, LOOK, pages, FONTS))
    assert len(file.pdf.pages) > 3
    assert [kid[0] for kid in file.tree[1]] == ["Table"]
    assert not faults(render(tree, LOOK, pages, FONTS), tree, page_numbers(pages))
    assert {text for kind, text in file.artifacts if kind == "/Pagination"} == {"a b c "}


def test_headings_do_not_skip_levels() -> None:
    blocks = (Title(words("t")), *(Heading(level, words(f"h{at}"), f"h{at}") for at, level in enumerate((3, 3, 1, 3, 2, 1, 2, 3))))
    file = Tagged(render(tree := msgspec.structs.replace(SAMPLE, blocks=blocks), LOOK, lay_out(tree, LOOK, FONTS), FONTS))
    assert [kid[0] for kid in file.tree[1]] == ["H1", "H2", "H3", "H2", "H3", "H3", "H2", "H3", "H4"]


def test_a_link_over_lines_is_one_link_with_a_box_on_each() -> None:
    from briefing.model import Link

    tree = msgspec.structs.replace(SAMPLE, blocks=(p("So ", Link("https://example.org", (Text("very long words " * 12),)), "."),))
    file = Tagged(render(tree, LOOK, lay_out(tree, LOOK, FONTS), FONTS))
    assert len(file.links) == 1
    assert len(file.annotations) == 3
    assert not found(tree)


def test_a_source_mark_tells_which_source_it_leads_to() -> None:
    file = Tagged(render(SAMPLE, LOOK, lay_out(SAMPLE, LOOK, FONTS), FONTS))
    told = {
        str(note.Contents)
        for page in file.pdf.pages
        for note in page.obj.get("/Annots", [])
        if str(note.get("/Dest")) == "source-alpha"
    }
    assert told == {"[1] Ministry of Works, Accounts of the compact 2023, 4 May 2024. Primary\u2026"}


def test_words_of_another_language_say_so_and_a_link_among_them_too() -> None:
    from briefing.model import Link

    tree = msgspec.structs.replace(
        SAMPLE, blocks=(p("a ", Text("chou", "fr"), " b ", Link("https://example.org", (Text("neko", "ja-Latn"),))),)
    )
    assert Tagged(render(tree, LOOK, lay_out(tree, LOOK, FONTS), FONTS)).languages == [("fr", "chou"), ("ja-Latn", "neko")]


def test_the_tree_names_the_sources_by_id() -> None:
    file = Tagged(render(SAMPLE, LOOK, lay_out(SAMPLE, LOOK, FONTS), FONTS))
    root: Any = file.pdf.Root
    names = root.StructTreeRoot.IDTree.Names
    told = {str(names[at]): str(names[at + 1].ID) for at in range(0, len(names), 2)}
    assert set(told) == {"source-alpha", "source-b-2", "source-ministry.of-x", "source-\u00dcnter_9"}
    assert all(key == value for key, value in told.items())


def test_a_source_that_is_listed_twice_has_one_id() -> None:
    tree = msgspec.structs.replace(SAMPLE, blocks=(SAMPLE.blocks[-4], SAMPLE.blocks[-4]))
    file = pikepdf.open(BytesIO(render(tree, LOOK, lay_out(tree, LOOK, FONTS), FONTS)))
    assert sum("/ID" in item for item in elements(file, "LI")) == 4
    assert len(elements(file, "LI")) == 8


def test_words_that_nobody_would_hear_are_refused() -> None:
    pages = lay_out(SAMPLE, LOOK, FONTS)
    lost = [
        msgspec.structs.replace(item, part=DECORATION)
        if isinstance(item.mark, placed.TextLine) and item.part.kind == "paragraph"
        else item
        for item in pages.pages[0].items
    ]
    page = msgspec.structs.replace(pages.pages[0], items=tuple(lost))
    with pytest.raises(AssertionError, match="nobody would hear"):
        render(SAMPLE, LOOK, msgspec.structs.replace(pages, pages=(page, *pages.pages[1:])), FONTS)


def test_a_shape_that_is_said_to_be_words_is_refused() -> None:
    pages = lay_out(SAMPLE, LOOK, FONTS)
    paragraph = Part("paragraph", SAMPLE.blocks[0], Part("document", SAMPLE))
    items = tuple(
        item if isinstance(item.mark, placed.TextLine) else Placed(item.x, item.y, item.mark, paragraph)
        for item in pages.pages[0].items
    )
    with pytest.raises(AssertionError, match="a shape belongs to no paragraph"):
        render(SAMPLE, LOOK, msgspec.structs.replace(pages, pages=(msgspec.structs.replace(pages.pages[0], items=items),)), FONTS)


def test_tags_take_less_than_a_third_of_what_the_file_takes_without() -> None:
    for tree in (SAMPLE, brief(), summary()):
        data = render(tree, LOOK, lay_out(tree, LOOK, FONTS), FONTS)
        assert len(data) < 1.3 * len(untagged(data))


def untagged(data: bytes) -> bytes:
    """Return a file as it would be without tags, written as tightly as pikepdf can."""
    file = pikepdf.open(BytesIO(data))
    del file.Root.StructTreeRoot, file.Root.MarkInfo
    for page in file.pages:
        operators = [each for each in pikepdf.parse_content_stream(page) if str(each[1]) not in {"BDC", "BMC", "EMC"}]
        page.obj.Contents = file.make_stream(pikepdf.unparse_content_stream(operators))
        del page.obj.StructParents
        for annotation in page.obj.get("/Annots", []):
            del annotation.StructParent, annotation.Contents
    out = BytesIO()
    file.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True, deterministic_id=True)
    return out.getvalue()


# ---------------------------------------------------------------------------------------------------------------- mutations


@cache
def good() -> tuple[bytes, dict[str, int]]:
    pages = lay_out(SAMPLE, LOOK, FONTS)
    return render(SAMPLE, LOOK, pages, FONTS), page_numbers(pages)


def elements(file: pikepdf.Pdf, tag: str) -> list[Any]:
    return [each for each in file.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == f"/{tag}" and "/P" in each]


def rewritten(file: pikepdf.Pdf, change: Callable[[str], str], page: int = 1) -> None:
    contents: Any = file.pages[page].obj.Contents
    before = contents.read_bytes().decode("latin-1")
    after = change(before)
    assert after != before
    contents.write(after.encode("latin-1"))


def swap(kids: Any, one: int, other: int) -> None:
    kids[one], kids[other] = kids[other], kids[one]


def set_to(element: Any, key: str, value: Any) -> None:
    element[key] = value


def drop(element: Any, *keys: str) -> None:
    for key in keys:
        del element[key]


def root(file: pikepdf.Pdf) -> Any:
    return file.Root


def document(file: pikepdf.Pdf) -> Any:
    return root(file).StructTreeRoot.K


def name(text: str) -> pikepdf.Name:
    return pikepdf.Name(f"/{text}")


MUTATIONS: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "no structure tree": lambda f: drop(root(f), "/StructTreeRoot"),
    "not marked": lambda f: drop(root(f), "/MarkInfo"),
    "no language": lambda f: drop(root(f), "/Lang"),
    "another language": lambda f: set_to(root(f), "/Lang", pikepdf.String("de")),
    "title not shown": lambda f: drop(root(f), "/ViewerPreferences"),
    "a file name for a title": lambda f: set_to(f.docinfo, "/Title", pikepdf.String("brief.pdf")),
    "no bookmarks": lambda f: drop(root(f), "/Outlines"),
    "no colour space": lambda f: drop(root(f), "/OutputIntents"),
    "no order of tabs": lambda f: drop(f.pages[0].obj, "/Tabs"),
    "a heading is a paragraph": lambda f: set_to(elements(f, "H2")[0], "/S", name("P")),
    "a heading skips a level": lambda f: set_to(elements(f, "H3")[0], "/S", name("H4")),
    "two titles": lambda f: set_to(elements(f, "H2")[0], "/S", name("H1")),
    "a paragraph is a heading": lambda f: set_to(elements(f, "P")[0], "/S", name("H1")),
    "two paragraphs change places": lambda f: swap(document(f).K, 8, 9),
    "two sections of a table change places": lambda f: swap(elements(f, "Table")[0].K, 1, 2),
    "two cells change places": lambda f: swap(elements(f, "TR")[1].K, 1, 2),
    "two pieces of a paragraph change places": lambda f: swap(next(e for e in elements(f, "P") if isinstance(e.K, pikepdf.Array) and len(e.K) > 2).K, 0, 2),
    "a cell is gone": lambda f: elements(f, "TR")[2].K.__delitem__(1),
    "a head is a cell": lambda f: set_to(elements(f, "TH")[0], "/S", name("TD")),
    "a head without a scope": lambda f: drop(elements(f, "TH")[0], "/A"),
    "a head of the wrong scope": lambda f: set_to(elements(f, "TH")[0].A, "/Scope", name("Row")),
    "a table is a division": lambda f: set_to(elements(f, "Table")[0], "/S", name("Div")),
    "a caption is a paragraph": lambda f: set_to(elements(f, "Caption")[-1], "/S", name("P")),
    "no alternative text": lambda f: drop(elements(f, "Figure")[0], "/Alt"),
    "an empty alternative text": lambda f: set_to(elements(f, "Figure")[0], "/Alt", pikepdf.String(" ")),
    "a file name for an alternative text": lambda f: set_to(elements(f, "Figure")[0], "/Alt", pikepdf.String("chart1.png")),
    "another figure's alternative text": lambda f: set_to(elements(f, "Figure")[0], "/Alt", elements(f, "Figure")[1].Alt),
    "a figure without a box": lambda f: drop(elements(f, "Figure")[0], "/A"),
    "a figure beside its page": lambda f: set_to(elements(f, "Figure")[0].A, "/BBox", pikepdf.Array([-9, 0, 10, 10])),
    "a list is a division": lambda f: set_to(elements(f, "L")[1], "/S", name("Div")),
    "a list without its numbering": lambda f: drop(next(e for e in elements(f, "L") if "/A" in e), "/A"),
    "a label is a body": lambda f: set_to(elements(f, "Lbl")[0], "/S", name("LBody")),
    "an item is gone": lambda f: elements(f, "L")[1].K.__delitem__(0),
    "a call-out is not set off": lambda f: set_to(elements(f, "Sect")[0], "/S", name("P")),
    "an entry of the contents is a paragraph": lambda f: set_to(elements(f, "TOCI")[0], "/S", name("P")),
    "a link without its annotation": lambda f: elements(f, "Link")[0].K.__delitem__(1),
    "an annotation that is not in the tree": lambda f: f.pages[0].obj.Annots.append(f.make_indirect(pikepdf.Dictionary(Type=name("Annot")))),
    "an annotation gone from its page": lambda f: f.pages[0].obj.Annots.__delitem__(0),
    "a link that does not say where it leads": lambda f: drop(f.pages[0].obj.Annots[0], "/Contents"),
    "a link that leads elsewhere": lambda f: set_to(f.pages[0].obj.Annots[0], "/Dest", pikepdf.String("transport")),
    "an annotation of another link": lambda f: set_to(f.pages[0].obj.Annots[0], "/StructParent", f.pages[0].obj.Annots[1].StructParent),
    "foreign words that do not say so": lambda f: drop(elements(f, "Span")[0], "/Lang"),
    "two pages with one key": lambda f: set_to(f.pages[0].obj, "/StructParents", 1),
    "two pieces change places in the parent tree": lambda f: swap(root(f).StructTreeRoot.ParentTree.Nums[1], 0, 1),
    "words as an artifact": lambda f: rewritten(f, lambda code: re.sub(r"/H2<<.*?>>BDC", "/Artifact BMC", code, count=1)),
    "words as a header": lambda f: rewritten(
        f, lambda code: re.sub(r"/H2<<.*?>>BDC", "/Artifact<</Type/Pagination/Subtype/Header>>BDC", code, count=1)
    ),
    "words outside every mark": lambda f: rewritten(f, lambda code: re.sub(r"/H2<<.*?>>BDC\n(.*?)EMC\n", r"\1", code, count=1, flags=re.DOTALL)),
    "a mark within a mark": lambda f: rewritten(f, lambda code: re.sub(r"(/H2<<.*?>>BDC)", r"/P<</MCID 999>>BDC \1", code, count=1) + " EMC"),
    "a page number that is said": lambda f: rewritten(
        f, lambda code: re.sub(r"/Artifact<</Type/Pagination/Subtype/Footer.*?>>BDC", "/P<</MCID 998>>BDC", code, count=1)
    ),
    "lines that end without a space": lambda f: rewritten(f, lambda code: code.replace(" ) Tj\n1 0 0 1", ") Tj\n1 0 0 1")),
    "one line that ends without a space": lambda f: rewritten(
        f, lambda code: re.sub(r"(/P<<[^\n]*BDC\n(?:(?!EMC).)*?) \) Tj\n1 0 0 1", r"\1) Tj\n1 0 0 1", code, count=1, flags=re.DOTALL)
    ),
    "a tag on the page that is not the tree's": lambda f: rewritten(f, lambda code: code.replace("/H2<<", "/P<<", 1)),
}  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_defect_in_the_file_is_found(mutation: str) -> None:
    data, numbers = good()
    file = pikepdf.open(BytesIO(data))
    MUTATIONS[mutation](file)
    out = BytesIO()
    file.save(out)
    assert faults(out.getvalue(), SAMPLE, numbers)


def test_the_file_without_a_defect_has_none_after_it_is_written_again() -> None:
    data, numbers = good()
    out = BytesIO()
    pikepdf.open(BytesIO(data)).save(out)
    assert not faults(out.getvalue(), SAMPLE, numbers)


def no_space(self: Any, line: Any, x: float, y: float, part: Any, write: Any = pdf._Writer.line) -> None:
    spans = tuple(msgspec.structs.replace(span, text=span.text.rstrip() or span.text) for span in line.spans)
    write(self, msgspec.structs.replace(line, spans=spans), x, y, part)


STEPS: dict[str, tuple[Any, str, Any]] = {
    "spaces at line ends are dropped": (pdf._Writer, "line", no_space),
    "links are not annotated": (pdf._Writer, "line", lambda self, line, x, y, part: [
        self.inside(self.tags.inline(part, span.dress)) or self.show(span.text, span.dress) for span in line.spans
    ] if part else [self.enter_text(), [self.show(span.text, span.dress) for span in line.spans]]),
    "headings skip levels": (pdf_tags.Tags, "_heading", lambda self, part: getattr(part.node, "level", 0) * 2 + 1),
    "tables are not filled": (pdf_tags.Tags, "_fill", lambda self, part: self._section(part, "THead")),
    "figures are told by nothing": (pdf_tags.Tags, "_figure", lambda self, part: self._new("Figure", self._group(part))),
    "foreign words are like any others": (pdf_tags.Tags, "inline", lambda self, part, dress: self.element(part)),
    "lists are alike": (pdf_tags, "_TAGS", {**pdf_tags._TAGS, "item": "P"}),
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_a_defect_of_a_step_is_found(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, broken = STEPS[step]
    monkeypatch.setattr(owner, attribute, broken)
    tree = msgspec.structs.replace(SAMPLE, blocks=(*SAMPLE.blocks, *table(("", "2", "")).blocks))
    assert found(tree)


def test_the_same_fonts_may_write_many_files() -> None:
    fonts = Fonts(LOOK, read_font)
    pages = lay_out(SAMPLE, LOOK, fonts)
    assert render(SAMPLE, LOOK, pages, fonts) == render(SAMPLE, LOOK, pages, fonts) == good()[0]
