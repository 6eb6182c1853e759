"""What a DOCX says of its structure, as LibreOffice reads it: its tagged PDF, told by pdfinfo."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from briefing.model import Bullets, Contents, Heading, Item, Steps, Table
from briefing.render.docx import render
from briefing.walk import nodes, plain
from tests import libreoffice
from tests.documents import SAMPLE
from tests.layout.sample import LOOK

_TAGGED = (
    ':writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},"PDFUACompliance":{"type":"boolean","value":"true"}}'
)

pytestmark = pytest.mark.skipif(not libreoffice.is_here(), reason=libreoffice.MISSING)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, str, str]]:
    """The structure of the sample: depth, tag and words of each element, in their order."""
    folder = tmp_path_factory.mktemp("tagged")
    pdf = libreoffice.as_pdf({"sample": render(SAMPLE, LOOK, {"context": 2})}, folder, options=_TAGGED)["sample"]
    text = subprocess.run(["pdfinfo", "-struct-text", str(pdf)], check=True, capture_output=True, text=True).stdout
    found: list[tuple[int, str, str]] = []
    for line in text.splitlines():
        words = line.strip()
        depth = (len(line) - len(line.lstrip())) // 2
        if words.startswith('"'):
            inside = max(at for at, (above, _, _) in enumerate(found) if above < depth)
            found[inside] = (found[inside][0], found[inside][1], found[inside][2] + words[1:-1])
        elif words and words[0].isalpha() and not words.startswith("Object"):
            found.append((depth, words.split()[0].rstrip(":"), ""))
    return found


def test_headings_have_their_levels_and_their_order(told: list[tuple[int, str, str]]) -> None:
    read = [(tag, " ".join(words.split())) for _, tag, words in told if tag in {"H1", "H2", "H3", "H4", "H"}]
    assert read == [(f"H{node.level}", plain(node.children)) for node in nodes(SAMPLE) if isinstance(node, Heading)]


def test_no_heading_skips_a_level(told: list[tuple[int, str, str]]) -> None:
    levels = [int(tag[1]) for _, tag, _ in told if tag[0] == "H" and tag[1:].isdigit()]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_contents_are_a_table_of_contents_with_an_entry_a_heading(told: list[tuple[int, str, str]]) -> None:
    counts = Counter(tag for _, tag, _ in told)
    (contents,) = (block for block in SAMPLE.blocks if isinstance(block, Contents))
    assert counts["TOC"] == 1
    assert counts["TOCI"] == len(contents.entries)


def test_lists_are_lists_with_an_item_each(told: list[tuple[int, str, str]]) -> None:
    items = sum(isinstance(node, Item) for node in nodes(SAMPLE))
    assert Counter(tag for _, tag, _ in told)["LI"] == items
    assert sum(isinstance(node, Bullets | Steps) for node in nodes(SAMPLE)) <= Counter(tag for _, tag, _ in told)["L"]


def test_the_heads_of_columns_are_heads(told: list[tuple[int, str, str]]) -> None:
    tables = [node for node in nodes(SAMPLE) if isinstance(node, Table)]
    heads = ["".join(_below(told, at)).split() for at, (_, tag, _) in enumerate(told) if tag == "TH"]
    assert heads == [plain(column.title).split() for table in tables for column in table.columns]


def _below(told: list[tuple[int, str, str]], at: int) -> Iterator[str]:
    yield told[at][2]
    for depth, _, words in told[at + 1 :]:
        if depth <= told[at][0]:
            return
        yield words
