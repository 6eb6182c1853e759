"""What the body of a DOCX is written with: paragraphs, runs, and everything that must be counted while writing.

The XML is put together as strings, one pass from the first block to the last. Every string of a document goes through `attr`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import assert_never

from briefing.look import Look
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Chart,
    Cite,
    Document,
    Emphasis,
    Group,
    Heading,
    Inline,
    Inlines,
    LineBreak,
    Link,
    Number,
    SourceList,
    Steps,
    Strong,
    Table,
    Text,
)
from briefing.render.docx_package import attr
from briefing.render.docx_styles import is_bold, spacing, twips

HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
CHART = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
FIRST_FREE = 10  # relationships rId1 to rId9 are those of the prepared parts
_KEEP = "\0"  # stands in a paragraph of a group that is kept together, until its last one is known
_NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(slots=True)
class Writer:
    """The body so far, and the counters and relationships that go with it."""

    look: Look
    width: float  # of the text, points
    summary: bool
    names: dict[str, str]  # node id -> bookmark
    first_list: int  # the number of the first numbered list of the document
    out: list[str] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)  # web address -> relationship
    charts: list[Chart] = field(default_factory=list)
    chart_ids: list[str] = field(default_factory=list)
    lists: list[tuple[int, int, int]] = field(default_factory=list)  # definition, level, start
    bookmarks: int = 0
    box: str = ""  # the name of the call-out's styles, inside one
    depth: int = 0  # of lists
    label: tuple[str, str] | None = None  # style and numbering of the list item whose first paragraph is to come
    keeping: bool = False
    new_page: bool = False
    gap: float = 0.0  # wanted before the next paragraph
    after_table: bool = False

    def paragraph(self, style: str, content: str, *, keep_next: bool = False, numbering: str = "") -> None:
        """Write a paragraph of the style id `style`; `content` is XML."""
        self.out.append(self.paragraph_xml(style, content, keep_next=keep_next, numbering=numbering))
        self.after_table = False

    def paragraph_xml(self, style: str, content: str, *, keep_next: bool = False, numbering: str = "") -> str:
        """Return a paragraph with what was pending: a new page, a gap. CT_PPr fixes the order (ECMA-376 17.3.1.26)."""
        keep = "<w:keepNext/>" if keep_next else _KEEP if self.keeping else ""
        start = ""
        if self.new_page:
            start, self.new_page = "<w:pageBreakBefore/>", False
        distance = ""
        if self.gap:
            if spacing(self.look, style, summary=self.summary)[0] < self.gap and not start:
                distance = f'<w:spacing w:before="{twips(self.gap)}"/>'
            self.gap = 0.0
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{start}{numbering}{distance}</w:pPr>{content}</w:p>'

    def text(self, style: str, inlines: Inlines, *, keep_next: bool = False, mark: str = "", strong: bool = False) -> None:
        """Write inlines as a paragraph, inside the bookmark of node `mark` where one is given."""
        self.paragraph(style, self.marked(mark, self.runs(inlines, style, strong=strong)), keep_next=keep_next)

    def marked(self, node: str, content: str) -> str:
        """Return the content between the start and the end of the bookmark for a node's id."""
        name = self.names.get(node, "")
        if not name:
            return content
        self.bookmarks += 1
        number = self.bookmarks
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'

    def separate(self) -> None:
        """Keep two tables apart: Word joins those that no paragraph stands between."""
        self.gap = 0.0
        if self.after_table:
            self.paragraph("BriefSeparator", "")

    def widen_last(self, after: float) -> None:
        """Give the paragraph written last some space after it, in place of its style's. Tables are left alone."""
        head, end, rest = (self.out or [""])[-1].partition("</w:pPr>")
        if not end or not head.startswith("<w:p>"):
            return
        head, space, before = head.partition("<w:spacing")
        before = re.sub(r' w:after="\d+"|/>', "", before) if space else ""
        self.out[-1] = f'{head}<w:spacing{before} w:after="{twips(after)}"/>{end}{rest}'

    def keep_together(self, start: int) -> None:
        """Let all paragraphs written from `start` on stay with their next one, but for the last."""
        last = len(self.out) - 1
        while last >= start and _KEEP not in self.out[last]:
            last -= 1
        for place in range(start, len(self.out)):
            self.out[place] = self.out[place].replace(_KEEP, "<w:keepNext/>" if place < last else "")

    def relationship(self, address: str) -> str:
        """Return the relationship id of a web or mail address, the same for the same address."""
        if address not in self.targets:
            self.targets[address] = f"rId{self._next_relationship()}"
        return self.targets[address]

    def add_chart(self, chart: Chart) -> tuple[int, str]:
        """Return the number of a chart and its relationship id."""
        relationship = f"rId{self._next_relationship()}"
        self.charts.append(chart)
        self.chart_ids.append(relationship)
        return len(self.charts), relationship

    def _next_relationship(self) -> int:
        return FIRST_FREE + len(self.targets) + len(self.charts)

    def begin_list(self, definition: int, level: int, start: int) -> int:
        """Return the number of a new numbered list that begins at `start`."""
        self.lists.append((definition, level, start))
        return self.first_list + len(self.lists) - 1

    # ------------------------------------------------------------------------------------------------------------- runs

    def runs(self, inlines: Inlines, style: str, *, strong: bool = False) -> str:
        """Return inlines as the runs and links of a paragraph of `style`."""
        plain_bold = is_bold(self.look, style, summary=self.summary)
        parts: list[str] = []
        for inline in inlines:
            self._inline(inline, parts, _Manner(strong=strong, in_bold=plain_bold))
        return "".join(parts)

    def _inline(self, inline: Inline, parts: list[str], manner: _Manner) -> None:
        match inline:
            case Text(text=text, language=language):
                parts.append(run(text, _properties(manner, language)))
            case Number(text=text):
                parts.append(run(text.replace(" ", _NO_BREAK), _properties(manner)))
            case Strong(children=children):
                for child in children:
                    self._inline(child, parts, _Manner(True, manner.emphasis, manner.linked, manner.in_bold))
            case Emphasis(children=children):
                for child in children:
                    self._inline(child, parts, _Manner(manner.strong, True, manner.linked, manner.in_bold))
            case Link(href=href, children=children):
                start = self._link_start(href) if not manner.linked else ""
                inner = _Manner(manner.strong, manner.emphasis, "Hyperlink" if start else manner.linked, manner.in_bold)
                parts.append(start)
                for child in children:
                    self._inline(child, parts, inner)
                parts.append("</w:hyperlink>" if start else "")
            case Cite():
                self._cite(inline, parts, manner)
            case LineBreak():
                parts.append("<w:r><w:br/></w:r>")
            case _:
                assert_never(inline)

    def _link_start(self, href: str) -> str:
        """Return the start of a link, or "" where it names a node that this document does not have."""
        if not href.startswith("#"):
            return f'<w:hyperlink r:id="{self.relationship(_address(href))}" w:history="1">'
        name = self.names.get(href[1:], "")
        return f'<w:hyperlink w:anchor="{name}" w:history="1">' if name else ""

    def _cite(self, cite: Cite, parts: list[str], manner: _Manner) -> None:
        """Write "[1, 3]": no break before it nor inside it, each number a link to its source."""
        if parts and parts[-1].endswith(" </w:t></w:r>"):
            parts[-1] = f"{parts[-1][:-13]}{_NO_BREAK}</w:t></w:r>"
        look = _properties(_Manner(manner.strong, manner.emphasis, manner.linked or "BriefSourceMark", manner.in_bold))
        before = "["
        for ref in cite.refs:
            parts.append(run(before, look))
            start = "" if manner.linked else self._link_start(f"#source-{ref.source}")
            parts.append(f"{start}{run(str(ref.number), look)}{'</w:hyperlink>' if start else ''}")
            before = f",{_NO_BREAK}"
        parts.append(run("]" if cite.refs else "[]", look))


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the words at a place are set apart from those around them."""

    strong: bool = False
    emphasis: bool = False
    linked: str = ""  # the character style of the link that they are in
    in_bold: bool = False  # the paragraph's style is bold


_EAST_ASIAN = {"ja", "zh", "ko"}
_COMPLEX = {"ar", "bn", "fa", "gu", "he", "hi", "kn", "ml", "mr", "ne", "or", "pa", "si", "ta", "te", "th", "ur"}


@lru_cache(maxsize=256)
def _properties(manner: _Manner, language: str = "") -> str:
    """Return a run's properties. A bold style in a bold paragraph would turn bold off (17.7.3), so there it is said directly."""
    name = manner.linked or ("Strong" if manner.strong else "Emphasis" if manner.emphasis else "")
    style = f'<w:rStyle w:val="{name}"/>' if name else ""
    bold = "<w:b/>" if manner.strong and (manner.in_bold or name != "Strong") else ""
    italic = "<w:i/>" if manner.emphasis and name != "Emphasis" else ""
    primary = language.partition("-")[0].lower()
    also = (
        f' w:eastAsia="{attr(language)}"'
        if primary in _EAST_ASIAN
        else f' w:bidi="{attr(language)}"'
        if primary in _COMPLEX
        else ""
    )
    tongue = f'<w:lang w:val="{attr(language)}"{also}/>' if language else ""
    inner = f"{style}{bold}{italic}{tongue}"
    return f"<w:rPr>{inner}</w:rPr>" if inner else ""


_SPACES = str.maketrans("\t\n\r", "   ")


def run(text: str, properties: str = "") -> str:
    """Return words as a run. Tabs and line ends in data are spaces, as in every format."""
    return f'<w:r>{properties}<w:t xml:space="preserve">{attr(text.translate(_SPACES))}</w:t></w:r>' if text else ""


def styled(text: str, character_style: str) -> str:
    """Return words as a run of a character style."""
    return run(text, f'<w:rPr><w:rStyle w:val="{character_style}"/></w:rPr>')


TAB = "<w:r><w:tab/></w:r>"

_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")


def _address(href: str) -> str:
    """Return an address with all that RFC 3986 does not allow percent-encoded: Word refuses files that hold other ones."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), href)


# -------------------------------------------------------------------------------------------------------------- bookmarks


def bookmark_names(document: Document) -> dict[str, str]:
    """Return a bookmark for each node that can be linked to: unique, of letters, digits and "_", at most 40 long."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for node in _anchors(document.blocks):
        if node in names:
            continue
        name = re.sub(r"[^A-Za-z0-9_]", "_", node)
        name = name if name[:1].isalpha() else f"b_{name}"
        if len(name) > 40 or name.lower() in taken:  # Word compares them without case
            name = f"{name[:31]}_{zlib.crc32(node.encode()):08x}"
        while name.lower() in taken:
            name = f"b{name}"[:40]
        taken.add(name.lower())
        names[node] = name
    return names


def _anchors(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(id=node) | Table(id=node) | Chart(id=node):
                if node:
                    yield node
            case SourceList(entries=entries):
                yield from (f"source-{entry.source}" for entry in entries)
            case Bullets(items=items) | Steps(items=items):
                for item in items:
                    yield from _anchors(item.blocks)
            case Callout(blocks=inner) | Group(blocks=inner):
                yield from _anchors(inner)
            case _:
                pass
