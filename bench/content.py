"""One document for all: our tree as plain JSON that a template, a script or another language can walk.

Runs of text are [text, bold, italic, href, colour]; blocks are objects whose "k" says what they are. Nothing is left out but what each
generator makes of its own accord: page numbers, bullets, the running header's place.
"""

from __future__ import annotations

from typing import Any

import msgspec

from briefing import model as m
from briefing.drawing import Dot, Drawing, Line, Polyline, Rect, draw_chart
from briefing.look import PAGE_SIZES, ROLES, Look
from briefing.walk import cite_text, plain


def content(document: m.Document, look: Look) -> dict[str, Any]:
    """Return the document with its styles, ready for `json.dumps`."""
    summary = document.one_page
    margins = look.summary_margins if summary else look.margins
    width = PAGE_SIZES[document.page][0] - (margins.left + margins.right) / 25.4 * 72

    def block(node: m.Block) -> list[dict[str, Any]]:
        match node:
            case m.Title():
                return [{"k": "title", "kicker": node.kicker, "runs": runs(node.children), "subtitle": node.subtitle}]
            case m.Heading():
                return [{"k": "heading", "level": node.level, "runs": runs(node.children), "id": node.id}]
            case m.Paragraph():
                return [{"k": "p", "role": node.role, "runs": runs(node.children)}]
            case m.Bullets() | m.Steps():
                start = node.start if isinstance(node, m.Steps) else 0
                return [{"k": "list", "start": start, "items": [blocks(item.blocks) for item in node.items]}]
            case m.Details():
                return [{"k": "details", "entries": [[entry.term, runs(entry.children)] for entry in node.entries]}]
            case m.Table():
                return [
                    {
                        "k": "table",
                        "caption": runs(node.caption),
                        "source": runs(node.source),
                        "align": [column.align for column in node.columns],
                        "weights": weights(node),
                        "head": [runs(column.title) for column in node.columns],
                        "rows": [[runs(cell.children) for cell in row.cells] for row in node.rows],
                    }
                ]
            case m.Chart():
                drawing = draw_chart(node, look, width, lambda text, size, bold: len(text) * size * (0.52 if bold else 0.5))
                return [
                    {
                        "k": "chart",
                        "id": node.id,
                        "alt": node.alt,
                        "caption": runs(node.caption),
                        "source": runs(node.source),
                        "drawing": shapes(drawing, look),
                    }
                ]
            case m.KeyNumbers():
                return [{"k": "numbers", "items": [[runs(item.value), runs(item.label)] for item in node.items]}]
            case m.Callout():
                return [{"k": "callout", "title": runs(node.title), "blocks": blocks(node.blocks)}]
            case m.Contents():
                return [{"k": "contents", "title": node.title, "entries": [[e.level, e.text, e.target] for e in node.entries]}]
            case m.SourceList():
                return [{"k": "sources", "entries": [[e.number, f"source-{e.source}", runs(e.children)] for e in node.entries]}]
            case m.Group():
                return blocks(node.blocks)
            case m.PageBreak():
                return [{"k": "break"}]

    def blocks(nodes: tuple[m.Block, ...]) -> list[dict[str, Any]]:
        return [each for node in nodes for each in block(node)]

    return {
        "title": document.title,
        "author": document.author,
        "language": document.language,
        "page": document.page,
        "size": PAGE_SIZES[document.page],
        "width": width,
        "margins": {name: getattr(margins, name) for name in ("top", "bottom", "left", "right", "header", "footer")},
        "header": [document.header_left, document.header_right],
        "footer": document.footer_left,
        "colours": look.colours,
        "styles": {role: style(look, role, summary=summary) for role in ROLES},
        "blocks": blocks(document.blocks),
    }


def style(look: Look, role: Any, *, summary: bool) -> dict[str, Any]:
    got = look.style(role, summary=summary)
    faces = look.serif if got.family == "serif" else look.sans
    return {
        "font": faces.name,
        "size": got.size,
        "leading": got.leading,
        "before": got.before,
        "after": got.after,
        "bold": got.bold,
        "italic": got.italic,
        "colour": look.colour(got.colour),
    }


def runs(inlines: m.Inlines, *, bold: bool = False, italic: bool = False, href: str = "") -> list[list[Any]]:
    out: list[list[Any]] = []
    for node in inlines:
        match node:
            case m.Text(text=text) | m.Number(text=text):
                out.append([text, bold, italic, href])
            case m.Strong(children=children):
                out += runs(children, bold=True, italic=italic, href=href)
            case m.Emphasis(children=children):
                out += runs(children, bold=bold, italic=True, href=href)
            case m.Link(children=children):
                out += runs(children, bold=bold, italic=italic, href=node.href)
            case m.Cite(refs=refs):
                out.append([cite_text(node), bold, italic, f"#source-{refs[0].source}"])
            case m.LineBreak():
                out.append(["\n", False, False, ""])
    return out


def weights(table: m.Table) -> list[float]:
    """Return the columns' shares of the width: the author's, or by the longest word and the words in all."""
    if any(column.weight for column in table.columns):
        return [column.weight or 1.0 for column in table.columns]
    out = []
    for i, column in enumerate(table.columns):
        texts = [plain(column.title), *(plain(row.cells[i].children) for row in table.rows)]
        out.append(max(max(map(len, text.split()), default=1) + 2 for text in texts) + 0.35 * max(map(len, texts)))
    return out


def shapes(drawing: Drawing, look: Look) -> dict[str, Any]:
    """Return a chart as rectangles, strokes, discs and labels: every generator draws the very same ones."""
    out: list[dict[str, Any]] = []
    for item in drawing.items:
        match item:
            case Rect():
                out.append({"k": "rect", "x": item.x, "y": item.y, "w": item.width, "h": item.height, "c": look.colour(item.fill)})
            case Line():
                ends = [[item.x1, item.y1], [item.x2, item.y2]]
                out.append({"k": "line", "points": ends, "w": item.width, "dash": item.dash, "c": look.colour(item.colour)})
            case Polyline():
                points = [list(point) for point in item.points]
                out.append({"k": "line", "points": points, "w": item.width, "dash": item.dash, "c": look.colour(item.colour)})
            case Dot():
                out.append(
                    {"k": "dot", "x": item.x, "y": item.y, "r": item.radius, "c": look.colour(item.fill), "hollow": item.hollow}
                )
            case _:
                label = {"text": item.text, "size": item.size, "align": item.align, "bold": item.bold}
                out.append({"k": "label", "x": item.x, "y": item.y, "c": look.colour(item.colour), **label})
    return {"width": drawing.width, "height": drawing.height, "items": out}


def variant(document: m.Document, number: int) -> m.Document:
    """Return the document with a title and paragraphs that no other number has: so that nobody gains from repetition."""
    mark = m.Text(f" No. {1000 + number}.")

    def changed(node: Any) -> Any:
        if isinstance(node, m.Paragraph):
            return msgspec.structs.replace(node, children=(*node.children, mark))
        if isinstance(node, m.Title):
            return msgspec.structs.replace(node, children=(*node.children, mark))
        if isinstance(node, tuple):
            return tuple(map(changed, node))
        if isinstance(node, m.Bullets | m.Steps):
            return msgspec.structs.replace(node, items=changed(node.items))
        if isinstance(node, m.Item | m.Group | m.Callout):
            return msgspec.structs.replace(node, blocks=changed(node.blocks))
        return node

    return msgspec.structs.replace(document, blocks=changed(document.blocks))
