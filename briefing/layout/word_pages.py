"""Where the pages of a word processor end: what the contents of a DOCX print before anyone has brought them up to date.

Pages end as Word and LibreOffice end them: no single line of a paragraph is parted from the rest, rows stay whole, a heading stays with
its text. Sums of heights are `word_height`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from briefing.layout.fonts import Fonts
from briefing.layout.word_height import CONTENTS, Column, Piece
from briefing.look import Look
from briefing.model import Block, Contents, Document, PageBreak
from briefing.word import Frame, frame, points, spacing

_SLACK = 0.2  # points by which sums may differ


def on_word_pages(document: Document, look: Look, fonts: Fonts, sheet: Frame | None = None) -> tuple[Document, dict[str, int]]:
    """Return a document as a word processor shall set it, and the page of each heading's id; none where no contents print them.

    Contents that would begin a page begin it by a page break: LibreOffice may part them from their title. `sheet` is the page
    where it is not the look's.
    """
    if not any(isinstance(block, Contents) for block in document.blocks):
        return document, {}
    sheet = sheet or frame(look, document.page, summary=document.one_page)
    pieces: list[Piece] = []
    Column(look, fonts, sheet.text_width, summary=document.one_page, broken={}, pieces=pieces).blocks(document.blocks)
    before = spacing(look, "TOCHeading", summary=document.one_page)[0]  # which counts below a page break alone
    pages, first = _pages(pieces, sheet.height - points(sheet.margins.top) - points(sheet.margins.bottom) + _SLACK, before)
    if CONTENTS in first:
        blocks: list[Block] = []
        for block in document.blocks:
            blocks += [PageBreak(), block] if isinstance(block, Contents) else [block]
        document = msgspec.structs.replace(document, blocks=tuple(blocks))
    pages.pop(CONTENTS, None)
    return document, pages


def _pages(pieces: Sequence[Piece], tall: float, before: float) -> tuple[dict[str, int], set[str]]:
    """Return the page of each anchor where pages are `tall` points, and the anchors that begin a page; contents do so `before` lower.

    Pieces tied to each other stay together where a page holds them.
    """
    found: dict[str, int] = {}
    begun: set[str] = set()
    page, start, first = 1, 0.0, 0  # the page, where it begins on the endless one, and with which piece
    at = 0
    while at < len(pieces):
        end = at
        while end + 1 < len(pieces) and pieces[end].keep:
            end += 1
        for place in range(at, end + 1):
            piece = pieces[place]
            below = pieces[end if place == at else place].bottom
            if below - start > tall and place > first:
                page, start, first = page + 1, piece.top - piece.head - (before if piece.anchor == CONTENTS else 0.0), place
                begun.add(piece.anchor)
            if piece.anchor:
                found[piece.anchor] = page
        at = end + 1
    return found, begun
