from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import docx as python_docx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openxml_audit import FileFormat, OpenXmlValidator

from briefing import walk
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Cite,
    CiteRef,
    Document,
    Group,
    Heading,
    Inlines,
    Item,
    KeyNumber,
    KeyNumbers,
    Link,
    Number,
    PageBreak,
    Paragraph,
    SourceEntry,
    SourceList,
    Steps,
    Strong,
    Table,
    Text,
)
from briefing.render.docx import render
from briefing.render.docx_package import prepare
from briefing.word import frame, twips
from tests.documents import SAMPLE, documents
from tests.render.sample_html import default_look

LOOK = default_look()
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PAGES = {"context": 2, "transport": 3, "transport-happened": 3, "transport-expected": 4, "transport-disagree": 5, "sources": 17}


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def body(data: bytes) -> ET.Element:
    found = ET.fromstring(parts(data)["word/document.xml"]).find(f"{W}body")
    assert found is not None
    return found


def of(*blocks: Block, **fields: object) -> Document:
    made: Document = msgspec.structs.replace(SAMPLE, blocks=blocks, **fields)
    return made


def p(*words: str) -> Paragraph:
    return Paragraph(t(*words))


def t(*words: str) -> Inlines:
    return tuple(map(Text, words))


def texts(element: ET.Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def style(paragraph: ET.Element) -> str:
    found = paragraph.find(f"{W}pPr/{W}pStyle")
    assert found is not None
    return found.attrib[f"{W}val"]


class Words:
    """The words of a DOCX as its reader sees them: with the numbers of lists, without codes and page numbers of fields."""

    def __init__(self, data: bytes) -> None:
        numbering = ET.fromstring(parts(data)["word/numbering.xml"])
        self.starts = {
            (num.attrib[f"{W}numId"], change.attrib[f"{W}ilvl"]): int(change[0].attrib[f"{W}val"])
            for num in numbering.iter(f"{W}num")
            for change in num.iter(f"{W}lvlOverride")
        }
        self.counts: Counter[tuple[str, str]] = Counter()
        self.fields: list[str] = []
        self.words = " ".join(filter(None, map(self.paragraph, body(data).iter(f"{W}p")))).split()
        assert self.fields == [], "every field is closed"

    def paragraph(self, paragraph: ET.Element) -> str:
        return self.label(paragraph) + "".join(self.run(run) for run in paragraph.iter(f"{W}r"))

    def label(self, paragraph: ET.Element) -> str:
        numbered = paragraph.find(f"{W}pPr/{W}numPr")
        if numbered is None:
            return ""
        level, number = numbered[0].attrib[f"{W}val"], numbered[1].attrib[f"{W}val"]
        self.counts[number, level] += 1
        return f"{self.starts[number, level] + self.counts[number, level] - 1}. "

    def run(self, run: ET.Element) -> str:
        said = ""
        for node in run:
            if node.tag == f"{W}fldChar":
                kind = node.attrib[f"{W}fldCharType"]
                if kind == "begin":
                    self.fields.append("")
                elif kind == "end":
                    self.fields.pop()
            elif node.tag == f"{W}instrText":
                self.fields[-1] += node.text or ""
            elif node.tag in {f"{W}tab", f"{W}br"}:
                said += " "
            elif node.tag == f"{W}t" and not any("PAGEREF" in code for code in self.fields):
                said += node.text or ""
        return said


def relationship_targets(files: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Yield, for each inner relationship, its part, its id and the name of the part that it leads to."""
    for name, content in files.items():
        if name.endswith(".rels"):
            folder, _, leaf = name.rpartition("_rels/")
            for relation in ET.fromstring(content):
                if relation.attrib.get("TargetMode") != "External":
                    target = os.path.normpath(folder + relation.attrib["Target"]).replace(os.sep, "/")
                    yield folder + leaf.removesuffix(".rels"), relation.attrib["Id"], target


def assert_whole(data: bytes) -> None:
    """Assert what the validator does not look at: ids, fields and relationships that lead somewhere."""
    files = parts(data)
    known: dict[str, set[str]] = {}
    for part, name, target in relationship_targets(files):
        assert target in files, f"{part}: {name} leads to {target}"
        known.setdefault(part, set()).add(name)
    for relation in ET.fromstring(files["word/_rels/document.xml.rels"]):
        known["word/document.xml"].add(relation.attrib["Id"])
    tree = ET.fromstring(files["word/document.xml"])
    used = [node.attrib[key] for node in tree.iter() for key in (f"{R}id",) if key in node.attrib]
    assert set(used) <= known["word/document.xml"]
    drawings = [node.attrib["id"] for node in tree.iter() if node.tag.endswith("}docPr")]
    assert len(drawings) == len(set(drawings))
    starts = [node.attrib[f"{W}id"] for node in tree.iter(f"{W}bookmarkStart")]
    names = [node.attrib[f"{W}name"] for node in tree.iter(f"{W}bookmarkStart")]
    assert len(starts) == len(set(starts))
    assert starts == [node.attrib[f"{W}id"] for node in tree.iter(f"{W}bookmarkEnd")]
    assert len(names) == len({name.lower() for name in names})
    assert all(re.fullmatch(r"[A-Za-z]\w{0,39}", name) for name in names)
    assert {node.attrib[f"{W}anchor"] for node in tree.iter(f"{W}hyperlink") if f"{W}anchor" in node.attrib} <= set(names)
    kinds = Counter(node.attrib[f"{W}fldCharType"] for node in tree.iter(f"{W}fldChar"))
    assert kinds["begin"] == kinds["separate"] == kinds["end"]
    numbers = {node.attrib[f"{W}numId"] for node in ET.fromstring(files["word/numbering.xml"]).iter(f"{W}num")}
    assert {node.attrib[f"{W}val"] for node in tree.iter(f"{W}numId")} <= numbers
    styles = {node.attrib[f"{W}styleId"] for node in ET.fromstring(files["word/styles.xml"]).iter(f"{W}style")}
    named = {node.attrib[f"{W}val"] for tag in ("pStyle", "rStyle", "tblStyle") for node in tree.iter(f"{W}{tag}")}
    assert named <= styles
    assert b"\0" not in files["word/document.xml"]


def findings(data: bytes, folder: Path) -> list[str]:
    file = folder / "document.docx"
    file.write_bytes(data)
    return [str(error) for error in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(str(file)).errors]


# ---------------------------------------------------------------------------------------------------------- every document


def test_the_sample_holds_the_words_of_the_tree_in_their_order() -> None:
    assert Words(render(SAMPLE, LOOK, PAGES)).words == walk.words(SAMPLE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.booleans().flatmap(lambda one_page: documents(one_page=one_page)))
def test_any_document_holds_the_words_of_the_tree_and_is_whole(document: Document) -> None:
    data = render(document, LOOK, {})
    assert Words(data).words == walk.words(document)
    assert_whole(data)


def test_the_validator_finds_nothing_in_the_sample(tmp_path: Path) -> None:
    data = render(SAMPLE, LOOK, PAGES)
    assert findings(data, tmp_path) == []
    assert_whole(data)


def test_the_validator_finds_nothing_in_a_single_page(tmp_path: Path) -> None:
    assert findings(render(msgspec.structs.replace(SAMPLE, one_page=True, page="Letter"), LOOK, {}), tmp_path) == []


def test_the_validator_would_find_a_break_of_the_order_of_children(tmp_path: Path) -> None:
    files = parts(render(of(p("x"), PageBreak(), p("y")), LOOK, {}))
    broken = re.sub(rb"(<w:pStyle [^>]*/>)(<w:pageBreakBefore/>)", rb"\2\1", files["word/document.xml"])
    assert broken != files["word/document.xml"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, broken if name == "word/document.xml" else content)
    assert findings(made.getvalue(), tmp_path)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(document=documents())
def test_the_validator_finds_nothing_in_any_document(document: Document, tmp_path: Path) -> None:
    assert findings(render(document, LOOK, {}), tmp_path) == []


def test_python_docx_reads_the_sample_back() -> None:
    read = python_docx.Document(io.BytesIO(render(SAMPLE, LOOK, PAGES)))
    assert [paragraph.text for paragraph in read.paragraphs if paragraph.style and paragraph.style.name == "Heading 1"] == [
        "Context and question",
        "Transport",
        "Sources",
    ]
    assert read.core_properties.title == SAMPLE.title
    assert (read.core_properties.created, read.core_properties.revision) == (read.core_properties.modified, 1)
    assert str(read.core_properties.created).startswith("2025-11-23")


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib; from briefing.render.docx import render; from tests.documents import SAMPLE;"
        "from tests.render.sample_html import default_look; print(hashlib.sha256(render(SAMPLE, default_look(), {'context': 2})).hexdigest())"
    )  # fmt: skip
    root = Path(__file__).parents[2]
    digests = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "PYTHONPATH": str(root)},
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima"))
    }  # fmt: skip
    assert len(digests) == 1
    assert digests.pop().strip()


def test_parts_prepared_before_give_the_same_bytes() -> None:
    package = prepare(LOOK, frame(LOOK, SAMPLE.page, summary=False), SAMPLE.language, summary=False)
    assert render(SAMPLE, LOOK, PAGES, package=package) == render(SAMPLE, LOOK, PAGES)


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_a_character_that_xml_cannot_hold_is_an_error(character: str) -> None:
    with pytest.raises(ValueError, match=r"XML|surrogate"):
        render(of(p(f"bad {character} here")), LOOK, {})


def test_markup_in_data_stays_words() -> None:
    data = render(of(p("<w:p/> & ]]> {{ x }} \"q\" 'a'"), title="A < B & C"), LOOK, {})
    assert "<w:p/> & ]]> {{ x }} \"q\" 'a'" in texts(body(data))
    assert b"A &lt; B &amp; C" in parts(data)["docProps/core.xml"]


# ------------------------------------------------------------------------------------------------------- styles and pages


def test_the_body_formats_nothing_directly_that_a_style_can_hold() -> None:
    tree = body(render(SAMPLE, LOOK, PAGES))
    for tag in ("sz", "color", "rFonts", "jc", "ind", "shd", "pBdr", "tabs", "u", "vertAlign", "tcBorders"):
        assert not list(tree.iter(f"{W}{tag}")), tag


def test_every_paragraph_has_words_or_a_drawing() -> None:
    for paragraph in body(render(SAMPLE, LOOK, PAGES)).iter(f"{W}p"):
        assert texts(paragraph).strip() or list(paragraph.iter(f"{W}drawing"))


def test_a_page_break_belongs_to_the_paragraph_after_it() -> None:
    first, second = body(render(of(p("one"), PageBreak(), p("two")), LOOK, {})).findall(f"{W}p")
    assert first.find(f"{W}pPr/{W}pageBreakBefore") is None
    assert second.find(f"{W}pPr/{W}pageBreakBefore") is not None


def test_a_page_break_at_the_beginning_makes_no_empty_page() -> None:
    assert not list(body(render(of(PageBreak(), p("one")), LOOK, {})).iter(f"{W}pageBreakBefore"))


def test_page_size_and_margins_come_from_the_look() -> None:
    section = body(render(of(p("x"), one_page=True, page="Letter"), LOOK, {})).find(f"{W}sectPr")
    assert section is not None
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    assert size is not None
    assert margins is not None
    assert (size.attrib[f"{W}w"], size.attrib[f"{W}h"]) == ("12240", "15840")
    assert int(margins.attrib[f"{W}left"]) == twips(LOOK.summary_margins.left * 72 / 25.4)


def test_the_first_page_has_the_marking_and_the_others_the_running_header_too() -> None:
    files = parts(render(SAMPLE, LOOK, PAGES))
    assert texts(ET.fromstring(files["word/header1.xml"])) == "OfficialRiver compact: policy briefEdition 3"
    assert texts(ET.fromstring(files["word/header2.xml"])) == "Official"


def test_the_footer_counts_pages_with_fields() -> None:
    footer = ET.fromstring(parts(render(SAMPLE, LOOK, PAGES))["word/footer1.xml"])
    assert [field.attrib[f"{W}instr"].strip() for field in footer.iter(f"{W}fldSimple")] == ["PAGE", "NUMPAGES"]
    assert texts(footer) == "Information as of 23 November 2025Page 1 of 17"


def test_word_is_not_told_to_ask_the_reader_to_update_fields() -> None:
    settings_xml = parts(render(SAMPLE, LOOK, PAGES))["word/settings.xml"]
    assert b"updateFields" not in settings_xml
    assert b'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"' in settings_xml


# ------------------------------------------------------------------------------------------------------------- the blocks


def test_contents_show_the_page_of_each_heading_and_lead_there() -> None:
    tree = body(render(SAMPLE, LOOK, PAGES))
    box = next(tree.iter(f"{W}sdt"))
    shown = [texts(paragraph) for paragraph in box.iter(f"{W}p")]
    assert shown == ["Contents", "Context and question2", "Transport3", "What has happened3", "What is expected4", "Where sources disagree5", "Sources17"]  # fmt: skip
    assert [node.text for node in box.iter(f"{W}instrText")][1] == " PAGEREF context \\h "


def test_contents_without_page_numbers_show_none() -> None:
    box = next(body(render(SAMPLE, LOOK, {})).iter(f"{W}sdt"))
    assert texts(list(box.iter(f"{W}p"))[1]) == "Context and question"


def test_every_numbered_list_has_its_own_numbers_from_its_own_start() -> None:
    item = Item((p("a"),))
    data = render(of(Steps((item, item), 3), Steps((item,), 1), Steps((Item((p("x"), Steps((item, item), 7))),), 9)), LOOK, {})
    assert Words(data).words == ["3.", "a", "4.", "a", "1.", "a", "9.", "x", "7.", "a", "8.", "a"]


def test_bullets_are_list_styles_of_their_level_with_real_numbering() -> None:
    deep = Bullets((Item((p("one"), Bullets((Item((p("two"), Bullets((Item((p("three"), p("more"))),)))),)))),))
    data = render(of(deep), LOOK, {})
    assert [style(paragraph) for paragraph in body(data).findall(f"{W}p")] == [
        "ListBullet",
        "ListBullet2",
        "ListBullet3",
        "ListContinue3",
    ]
    styles = ET.fromstring(parts(data)["word/styles.xml"])
    found = next(node for node in styles.iter(f"{W}style") if node.attrib[f"{W}styleId"] == "ListBullet2")
    assert found.find(f"{W}pPr/{W}numPr") is not None


def test_a_step_that_begins_with_a_table_still_shows_its_number() -> None:
    table = next(block for block in SAMPLE.blocks if isinstance(block, Table))
    document = of(Steps((Item((table,)), Item((p("b"),)))))
    assert Words(render(document, LOOK, {})).words == walk.words(document)


def test_a_number_is_not_broken_and_a_source_mark_stays_with_its_word() -> None:
    mark = Cite((CiteRef(1, "a"), CiteRef(3, "c")))
    data = render(of(Paragraph((Text("about "), Number("USD 22.8 billion", "f"), Text(" more "), mark, Text(" then")))), LOOK, {})
    assert texts(body(data)) == "about USD\u00a022.8\u00a0billion more\u00a0[1,\u00a03] then"


def test_source_marks_lead_to_their_sources() -> None:
    listed = SourceList((SourceEntry(1, "a", t("A")), SourceEntry(3, "c/d", t("C"))))
    tree = body(render(of(Paragraph((Cite((CiteRef(1, "a"), CiteRef(3, "c/d"))),)), listed), LOOK, {}))
    assert [link.attrib[f"{W}anchor"] for link in tree.iter(f"{W}hyperlink")] == ["source_a", "source_c_d"]
    assert [texts(paragraph) for paragraph in tree.findall(f"{W}p")][1:] == ["[1]A", "[3]C"]


def test_a_link_to_a_node_that_is_not_there_is_plain_words() -> None:
    tree = body(render(of(Paragraph((Link("#lost", t("see")),))), LOOK, {}))
    assert not list(tree.iter(f"{W}hyperlink"))
    assert texts(tree) == "see"


def test_addresses_are_encoded_and_kept_once() -> None:
    link = Link("https://example.org/ü x?a=1&b=2", t("there"))
    files = parts(render(of(Paragraph((link, link))), LOOK, {}))
    outer = [node.attrib["Target"] for node in ET.fromstring(files["word/_rels/document.xml.rels"]) if "TargetMode" in node.attrib]
    assert outer == ["https://example.org/%C3%BC%20x?a=1&b=2"]


def test_ids_that_are_alike_or_long_have_bookmarks_of_their_own() -> None:
    ids = ("a-b", "a.b", "A_b", "x" * 50, "x" * 50 + "y", "9lives", "é")
    data = render(of(*(Heading(1, t(node), node) for node in ids)), LOOK, {})
    assert_whole(data)
    assert len(list(body(data).iter(f"{W}bookmarkStart"))) == len(ids)


def test_strong_words_in_a_bold_paragraph_say_so_directly() -> None:
    strong = (Strong(t("very")),)
    plain, bold = body(render(of(Paragraph(strong), Paragraph(strong, "judgement")), LOOK, {})).findall(f"{W}p")
    assert plain.find(f"{W}r/{W}rPr/{W}b") is None
    assert bold.find(f"{W}r/{W}rPr/{W}b") is not None


def test_words_in_another_language_are_marked() -> None:
    tree = body(render(of(Paragraph((Text("新幹線", "ja"), Text("mot", "fr"), Text("word")))), LOOK, {}))
    marked = [dict(node.attrib) for node in tree.iter(f"{W}lang")]
    assert marked == [{f"{W}val": "ja", f"{W}eastAsia": "ja"}, {f"{W}val": "fr"}]


def test_the_language_of_the_document_is_the_default_of_its_styles() -> None:
    styles = parts(render(of(p("x"), language="fr-FR"), LOOK, {}))["word/styles.xml"]
    assert b'<w:lang w:val="fr-FR"' in styles


def test_a_group_that_is_kept_stays_with_its_next_paragraph_but_for_the_last() -> None:
    first, second, third = body(render(of(Group((p("a"), p("b")), keep=True), p("c")), LOOK, {})).findall(f"{W}p")
    assert first.find(f"{W}pPr/{W}keepNext") is not None
    assert second.find(f"{W}pPr/{W}keepNext") is None
    assert third.find(f"{W}pPr/{W}keepNext") is None


def test_a_callout_is_paragraphs_of_its_own_styles() -> None:
    box = Callout("bottom-line", t("Bottom line"), (p("Words"), Bullets((Item((p("point"),)),)), Steps((Item((p("step"),)),))))
    tree = body(render(of(box, Callout("watch", t("Watch"), (p("w"),))), LOOK, {}))
    assert [style(paragraph) for paragraph in tree.findall(f"{W}p")] == [
        "BriefBottomLineTitle", "BriefBottomLine", "BriefBottomLineBullet", "BriefBottomLineNumber", "BriefCalloutTitle", "BriefCallout",
    ]  # fmt: skip


def test_small_words_in_a_callout_are_small_and_two_callouts_have_no_shade_in_common() -> None:
    boxes = (
        Callout("key-points", t("Key points"), (p("Words"),)),
        Callout("bottom-line", t("Line"), (p("w"), Paragraph(t("s"), "small"))),
    )
    made = render(of(*boxes, Callout("watch", (), (p("No title"),))), LOOK, {})
    assert "BriefBottomLineSmall" in [style(paragraph) for paragraph in body(made).findall(f"{W}p")]
    styles = {each.attrib[f"{W}styleId"]: each for each in ET.fromstring(parts(made)["word/styles.xml"]).iter(f"{W}style")}
    shades = [styles[name].find(f"{W}pPr/{W}shd") for name in ("BriefKeyPoints", "BriefCallout", "BriefCalloutTitle")]
    assert len({shade.attrib[f"{W}fill"] for shade in shades if shade is not None}) == 3


def test_a_table_repeats_its_header_and_keeps_its_rows_whole() -> None:
    table = next(body(render(SAMPLE, LOOK, PAGES)).iterfind(f".//{W}tbl[2]"))
    rows = table.findall(f"{W}tr")
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    assert table.find(f"{W}tblPr/{W}tblCaption") is not None
    described = table.find(f"{W}tblPr/{W}tblDescription")
    assert described is not None
    assert described.attrib[f"{W}val"] == "Four measures with value, period and source"


def test_tables_are_as_wide_as_the_text() -> None:
    wide = twips(frame(LOOK, "A4", summary=False).text_width)
    for table in body(render(SAMPLE, LOOK, PAGES)).iter(f"{W}tbl"):
        assert abs(sum(int(column.attrib[f"{W}w"]) for column in table.iter(f"{W}gridCol")) - wide) <= 4


def test_two_tables_in_a_row_do_not_become_one() -> None:
    strip = KeyNumbers((KeyNumber(t("5"), t("things")),))
    kinds = [node.tag.removeprefix(W) for node in body(render(of(strip, strip), LOOK, {}))]
    assert kinds == ["tbl", "p", "tbl", "p", "sectPr"]


def test_key_numbers_stand_in_one_cell_with_their_labels() -> None:
    strip = KeyNumbers((KeyNumber(t("5"), t("things")), KeyNumber(t("6"), t("more"))))
    cells = [[texts(paragraph) for paragraph in cell.findall(f"{W}p")] for cell in body(render(of(strip), LOOK, {})).iter(f"{W}tc")]
    assert cells == [["5", "things"], ["6", "more"]]


def test_drawings_tell_what_they_show() -> None:
    told = [node.attrib["descr"] for node in body(render(SAMPLE, LOOK, PAGES)).iter() if node.tag.endswith("}docPr")]
    assert told == [block.alt for block in SAMPLE.blocks if hasattr(block, "alt")]
