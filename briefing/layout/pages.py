"""Placing strips on pages, with running header and footer, and the page numbers of the contents."""

from __future__ import annotations

import msgspec

from briefing.drawing import Line as Rule
from briefing.drawing import Rect
from briefing.layout.blocks import strips_of
from briefing.layout.flow import Frame, Place, Setting, Strip, Target, advance
from briefing.layout.fonts import Fonts
from briefing.layout.lines import one_line
from briefing.look import PAGE_SIZES, ROLES, Look, Margins, Role
from briefing.model import Document
from briefing.placed import (
    DECORATION,
    FOOTER,
    HEADER,
    MARKING,
    Anchor,
    Bookmark,
    Page,
    Pages,
    Part,
    Placed,
    TextLine,
)  # fmt: skip

_MM = 72 / 25.4
_BAND = 2.2  # millimetres of colour at the top edge of the first page
_SHORT = 0.25  # of a page: a last page with less on it looks like a slip
_CLOSER = (0.9, 0.8, 0.7)  # shares of the space between paragraphs, in the order they are tried
_SLACK = 0.01  # points by which sums may differ from the page's height


def lay_out(document: Document, look: Look, fonts: Fonts, *, drawn: bool = True) -> Pages:
    """Return the document placed on pages. Without `drawn` pages have anchors only, a third sooner. Raises MissingGlyph.

    A last page of a few lines is saved where a little less space between paragraphs does it.
    """
    filled = _filled(document, look, fonts, drawn=drawn)
    if filled.is_short() and not document.one_page:
        for share in _CLOSER:
            closer = _filled(document, _closer(look, share), fonts, drawn=drawn)
            if len(closer.pages) < len(filled.pages):
                return closer.finished()
    return filled.finished()


def _filled(document: Document, look: Look, fonts: Fonts, *, drawn: bool) -> _Filler:
    place, tall = place_of(document, look)
    filler = _Filler(document, look, fonts, drawn=drawn)
    filler.fill(strips_of(document.blocks, place, Setting(look, fonts, document.one_page, tall, drawn=drawn)))
    return filler


def _closer(look: Look, share: float) -> Look:
    """Return the look with a share of the space above and below paragraphs."""
    styles = {role: look.style(role, summary=False) for role in ROLES}
    nearer = {
        role: msgspec.structs.replace(style, before=style.before * share, after=style.after * share)
        for role, style in styles.items()
    }
    return msgspec.structs.replace(look, styles=nearer)


def page_numbers(pages: Pages) -> dict[str, int]:
    """Return the page of every anchor: headings, tables, charts, and `source-<id>`."""
    return {anchor.id: page.number for page in pages.pages for anchor in page.anchors}


def text_area(document: Document, look: Look) -> tuple[Margins, float, float]:
    """Return the margins in millimetres and the width and height of the text in points."""
    margins = look.summary_margins if document.one_page else look.margins
    width, tall = PAGE_SIZES[document.page]
    return margins, width - (margins.left + margins.right) * _MM, tall - (margins.top + margins.bottom) * _MM


def place_of(document: Document, look: Look) -> tuple[Place, float]:
    """Return the place of the document's blocks and the height of a page's text in points."""
    margins, width, tall = text_area(document, look)
    return Place(margins.left * _MM, width, Part("document", document)), tall


class _Filler:
    """Fills one page after the other."""

    def __init__(self, document: Document, look: Look, fonts: Fonts, *, drawn: bool) -> None:
        self.document, self.look, self.fonts, self.drawn = document, look, fonts, drawn
        self.size = PAGE_SIZES[document.page]
        self.margins, self.width, self.tall = text_area(document, look)
        self.left, self.top = self.margins.left * _MM, self.margins.top * _MM
        self.bottom = self.top + self.tall
        self.pages: list[list[Placed]] = [[]]
        self.anchors: list[list[Anchor]] = [[]]
        self.bookmarks: list[Bookmark] = []
        self.entries: list[tuple[int, Target]] = []  # contents entries by page; `mark` counts on the page
        self.y = self.top
        self.above: Strip | None = None
        self.framed: tuple[Frame, float, int] | None = None  # a box begun on this page: its top, and where its shade goes

    def fill(self, strips: list[Strip]) -> None:
        """Place strips; those tied to each other stay on one page unless they are taller than a page."""
        at = 0
        while at < len(strips):
            end = at
            while end + 1 < len(strips) and strips[end].keep and not strips[end + 1].page_break:
                end += 1
            group = strips[at : end + 1]
            if group[0].page_break and self.above:
                self._turn()
            fits = self._fits(group)
            if not fits and self.above:
                self._turn()
                self._repeat(group[0])
                fits = self._fits(group)
            for strip in group:  # a group taller than a page is parted wherever the page ends
                if not fits and self.above and not self._fits([strip]):
                    self._turn()
                    self._repeat(strip)
                self._set(strip)
            at = end + 1

    def is_short(self) -> bool:
        """Tell whether there are several pages and little stands on the last."""
        return len(self.pages) > 1 and self.y - self.top < self.tall * _SHORT

    def _fits(self, group: list[Strip]) -> bool:
        y, above = self.y, self.above
        for strip in group:
            y += advance(above, strip) + strip.height
            above = strip
        closing = above.frame.pad if above and above.frame else 0.0
        return y + closing <= self.bottom + _SLACK

    def _repeat(self, strip: Strip) -> None:
        for repeated in strip.repeat:
            self._set(repeated)

    def _set(self, strip: Strip) -> None:
        above = self.above
        if above and above.frame and above.frame is not strip.frame:
            self._close()
        self.y += advance(above, strip)
        if strip.frame and self.framed is None:
            self.framed = (strip.frame, self.y - strip.frame.pad, len(self.pages[-1]))
        page, y = self.pages[-1], self.y
        if self.drawn:
            for target in strip.targets:
                self.entries.append((len(self.pages) - 1, target._replace(mark=len(page) + target.mark)))
            page += [Placed(item.x, item.y + y, item.mark, item.part) for item in strip.marks]
        self.anchors[-1] += [Anchor(name, y) for name in strip.anchors]
        self.bookmarks += strip.bookmarks
        self.y = y + strip.height
        self.above = strip

    def _close(self) -> None:
        """Draw the box that ends here behind what is in it."""
        if self.framed is None:
            return
        frame, top, at = self.framed
        tall = self.y + frame.pad - top
        self.pages[-1][at:at] = [
            Placed(frame.x, top, Rect(0.0, 0.0, frame.width, tall, frame.fill), DECORATION),
            Placed(frame.x, top, Rect(0.0, 0.0, frame.rule_width, tall, frame.rule), DECORATION),
        ]
        last = len(self.pages) - 1
        self.entries = [(page, to._replace(mark=to.mark + 2 * (page == last and to.mark >= at))) for page, to in self.entries]
        self.framed = None

    def _turn(self) -> None:
        self._close()
        self.pages.append([])
        self.anchors.append([])
        self.y, self.above = self.top, None

    def finished(self) -> Pages:
        """Return all pages, with page numbers in the contents, headers and footers."""
        self._close()
        if not self.drawn:
            pages = tuple(Page(number, (), tuple(anchors)) for number, anchors in enumerate(self.anchors, 1))
            return Pages(self.size, pages, tuple(self.bookmarks), self.bottom - self.y)
        numbers = {anchor.id: at for at, page in enumerate(self.anchors, 1) for anchor in page}
        for page, target in reversed(self.entries):
            if target.anchor in numbers:
                self._number(page, target, str(numbers[target.anchor]))
        count = len(self.pages)
        pages = tuple(
            Page(number, (*self._head(number), *items, *self._foot(number, count)), tuple(anchors))
            for number, (items, anchors) in enumerate(zip(self.pages, self.anchors, strict=True), 1)
        )
        return Pages(self.size, pages, tuple(self.bookmarks), self.bottom - self.y)

    def _number(self, page: int, target: Target, number: str) -> None:
        """Set a contents entry's page number at the right edge of its column, and dots that lead to it."""
        entry = self.pages[page][target.mark]
        assert isinstance(entry.mark, TextLine)
        style = self.look.style("contents", summary=self.document.one_page)
        line = one_line(number, style, self.fonts)
        right = target.right
        start, end = entry.x + entry.mark.width + 6.0, right - line.width - 5.0
        added = []
        if end - start > 12.0:  # drawn from the right, so that the dots of all entries stand under each other
            added.append(Placed(0.0, entry.y - 0.5, Rule(right - 16.0, 0.0, start, 0.0, "rule", 0.7, 1.4), DECORATION))
        added.append(Placed(right - line.width, entry.y, line, Part("page-number", entry.part.node, entry.part)))
        self.pages[page][target.mark + 1 : target.mark + 1] = added

    def _head(self, number: int) -> list[Placed]:
        document = self.document
        items: list[Placed] = []
        if number == 1:
            items.append(Placed(0.0, 0.0, Rect(0.0, 0.0, self.size[0], _BAND * _MM, "accent"), DECORATION))
        y = self.margins.header * _MM
        if document.marking:
            style = msgspec.structs.replace(self.look.style("header", summary=document.one_page), bold=True)
            line = one_line(document.marking.upper(), style, self.fonts)
            items.append(Placed((self.size[0] - line.width) / 2, y - style.leading - 1.0, line, MARKING))
        if number > 1 and not document.one_page and (document.header_left or document.header_right):
            items += self._ends(document.header_left, document.header_right, "header", y, HEADER)
            items.append(Placed(self.left, y + 5.0, Rule(0.0, 0.0, self.width, 0.0, "rule", 0.5), HEADER))
        return items

    def _foot(self, number: int, count: int) -> list[Placed]:
        label = self.document.page_label.replace("{page}", str(number)).replace("{pages}", str(count))
        y = self.size[1] - self.margins.footer * _MM
        return self._ends(self.document.footer_left, label, "footer", y, FOOTER)

    def _ends(self, left: str, right: str, role: Role, y: float, part: Part) -> list[Placed]:
        """Return words at the left and the right edge of the text, cut where they would meet."""
        style = self.look.style(role, summary=self.document.one_page)
        items: list[Placed] = []
        end = one_line(right, style, self.fonts)
        if left:
            start = one_line(left, style, self.fonts)
            room = self.width - end.width - 12.0
            while start.width > room and " " in left:
                left = left.rsplit(" ", 1)[0]
                start = one_line(left + "\u2026", style, self.fonts)
            items.append(Placed(self.left, y, start, part))
        if right:
            items.append(Placed(self.left + self.width - end.width, y, end, part))
        return items
