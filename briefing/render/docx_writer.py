"""What the body of a DOCX is written with: paragraphs, and everything that must be counted while writing.

The XML is put together as strings, one pass from the first block to the last. Every string of a document goes through `run` or
`attr`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from briefing.look import Look
from briefing.model import Chart, Inlines
from briefing.render.docx_runs import Runs
from briefing.word import spacing, twips

_KEEP = "\0"  # stands in a paragraph of a group that is kept together, until its last one is known


@dataclass(slots=True)
class Writer:
    """The body so far, and the counters and relationships that go with it."""

    look: Look
    width: float  # of the text, points
    summary: bool
    words: Runs
    first_list: int  # the number of the first numbered list of the document
    out: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
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
        self.paragraph(style, self.marked(mark, self.words.xml(inlines, style, strong=strong)), keep_next=keep_next)

    def marked(self, node: str, content: str) -> str:
        """Return the content between the start and the end of the bookmark for a node's id."""
        name = self.words.names.get(node, "")
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

    def add_chart(self, chart: Chart) -> tuple[int, str]:
        """Return the number of a chart and its relationship id."""
        self.charts.append(chart)
        return len(self.charts), f"rIdChart{len(self.charts)}"

    def begin_list(self, definition: int, level: int, start: int) -> int:
        """Return the number of a new numbered list that begins at `start`."""
        self.lists.append((definition, level, start))
        return self.first_list + len(self.lists) - 1
