"""A document as one self-contained, accessible page: no script, no outside file, words and order as in every other format.

The document's words are those of `<main>`. Around it stand what a page of a site needs and a page of paper has as running header
and footer: the marking, the short title, the as-of date. Drawings and `hidden` descriptions are for the eye or the ear alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import assert_never

from briefing.drawing import draw_chart
from briefing.look import Look
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Chart,
    Cite,
    CiteRef,
    Contents,
    ContentsEntry,
    Details,
    Document,
    Emphasis,
    Group,
    Heading,
    Inline,
    Inlines,
    Item,
    KeyNumbers,
    LineBreak,
    Link,
    Number,
    PageBreak,
    Paragraph,
    SourceList,
    Steps,
    Strong,
    Table,
    Text,
    Title,
)
from briefing.render.html_css import style_sheet
from briefing.render.html_svg import both, measure
from briefing.walk import plain
from briefing.when import MONTHS

_SAFE = re.compile(r"(https?://|mailto:|#).", re.IGNORECASE | re.DOTALL)
_WIDE, _NARROW = 420.0, 225.0  # points of a drawing on a page and on a phone
_UNBROKEN = 32  # characters that may stay on one line; longer ones would not fit a phone
_UNBROKEN_MARKS = 8


def render(document: Document, look: Look) -> bytes:
    """Return the page as UTF-8. Same document and look: same bytes."""
    return "\n".join(_page(document, look)).encode()


def _page(document: Document, look: Look) -> Iterator[str]:
    as_of = f"{document.as_of.day} {MONTHS[document.as_of.month - 1]} {document.as_of.year}"
    yield f'<!DOCTYPE html>\n<html lang="{_attribute(document.language)}">\n<head>\n<meta charset="utf-8">'
    yield f"<title>{_text(document.title)}</title>"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    described = (("description", document.subject), ("author", document.author), ("keywords", ", ".join(document.keywords)))
    for name, content in (*described, ("dcterms.valid", document.as_of.isoformat())):
        if content:
            yield f'<meta name="{name}" content="{_attribute(content)}">'
    yield f"<style>\n{style_sheet(document, look)}\n</style>\n</head>"
    english = "" if document.language.startswith("en") else ' lang="en"'
    yield f'<body class="{document.kind}">\n<a class="skip" href="#page.main"{english}>Skip to the text</a>\n<header>'
    if document.marking:
        yield f'<p class="marking">{_text(document.marking)}</p>'
    if document.header_left or document.header_right:
        yield f'<div class="page-head"><p class="header"><span>{_text(document.header_left)}</span> <span>{_text(document.header_right)}</span></p></div>'
    yield '</header>\n<main id="page.main">'
    for n, block in enumerate(document.blocks):
        yield _block(block, look, f"at.{n}")
    foot = document.footer_left or f"Information as of {as_of}"
    yield '</main>\n<footer>\n<div class="page-foot">'
    yield f'<p class="footer"><span>{_text(foot)}</span> <span>{_text(document.short_title)}</span></p></div>'
    if document.marking:
        yield f'<p class="marking">{_text(document.marking)}</p>'
    yield "</footer>\n</body>\n</html>\n"


# ----------------------------------------------------------------------------------------------------------------- blocks


def _block(block: Block, look: Look, at: str) -> str:
    """One block as HTML; `at` is its place in the tree, for ids that name nothing of the author's."""
    match block:
        case Title(children=children, kicker=kicker, subtitle=subtitle):
            above = f'<p class="kicker">{_text(kicker)}</p>\n' if kicker else ""
            below = f'\n<p class="subtitle">{_text(subtitle)}</p>' if subtitle else ""
            return f'<hgroup>\n{above}<h1 class="title">{_inlines(children)}</h1>{below}\n</hgroup>'
        case Heading(level=level, children=children, id=name):
            return f'<h{level + 1} class="heading-{level}"{_id(name)}>{_inlines(children)}</h{level + 1}>'
        case Paragraph(children=children, role=role):
            css_class = "" if role == "body" else f' class="{role}"'
            return f"<p{css_class}>{_inlines(children)}</p>"
        case Bullets(items=items):
            parts = (f'<li class="bullet">{_item(item, look, f"{at}.{n}")}</li>' for n, item in enumerate(items))
            return _lines('<ul class="bullets">', parts, "</ul>")
        case Steps(items=items, start=start):
            parts = (
                f'<li class="bullet"><span class="mark">{n}.</span> <div>{_item(item, look, f"{at}.{n}")}</div></li>'
                for n, item in enumerate(items, start)
            )
            return _lines(f'<ol class="steps" role="list" start="{start}">', parts, "</ol>")
        case Details():
            return _details(block)
        case Table():
            return _table(block, at)
        case Chart():
            return _chart(block, look)
        case KeyNumbers(items=numbers):
            parts = (
                f'<li><div class="key-number">{_inlines(n.value)}</div> <div class="key-label">{_inlines(n.label)}</div></li>'
                for n in numbers
            )
            return _lines('<ul class="key-numbers" role="list">', parts, "</ul>")
        case Callout(role=role, title=title, blocks=blocks):
            named = f' aria-labelledby="{at}"' if title else ""
            head = [f'<p class="callout-title" id="{at}">{_inlines(title)}</p>'] if title else []
            return _lines(f'<aside class="callout {role}"{named}>', [*head, *_blocks(blocks, look, at)], "</aside>")
        case Contents(title=name, entries=entries):
            heading = f'<p class="label" id="{at}">{_text(name)}</p>'
            return _lines(f'<nav class="contents" aria-labelledby="{at}">', [heading, *_contents(entries)], "</nav>")
        case SourceList(entries=sources):
            parts = (
                f'<li class="source-entry" id="{_attribute("source-" + entry.source)}"><span class="mark">[{entry.number}]</span> '
                f"<div>{_inlines(entry.children)}</div></li>"
                for entry in sources
            )
            return _lines('<ol class="sources" role="list">', parts, "</ol>")
        case Group(blocks=blocks, keep=keep):
            inner = _blocks(blocks, look, at)
            return _lines('<div class="keep">', inner, "</div>") if keep else "\n".join(inner)
        case PageBreak():
            return '<div class="page-break"></div>'
        case _:
            assert_never(block)


def _blocks(blocks: Sequence[Block], look: Look, at: str) -> list[str]:
    return [_block(block, look, f"{at}.{n}") for n, block in enumerate(blocks)]


def _lines(start: str, parts: Iterator[str] | list[str], end: str) -> str:
    return "\n".join((start, *parts, end))


def _item(item: Item, look: Look, at: str) -> str:
    """An item's words; its paragraph needs no element of its own where it is alone or first."""
    match item.blocks:
        case (Paragraph(children=children, role="body"), *rest):
            return "\n".join((_inlines(children), *_blocks(rest, look, at)))
        case blocks:
            return "\n".join(_blocks(blocks, look, at))


def _details(details: Details) -> str:
    parts = (
        f'<div><dt class="term">{_text(entry.term)}</dt> <dd>{_inlines(entry.children)}</dd></div>' for entry in details.entries
    )
    return _lines(f'<dl class="details {details.role}">', parts, "</dl>")


def _table(table: Table, at: str) -> str:
    aligned = ["" if column.align == "left" else f" {column.align}" for column in table.columns]
    head = "".join(
        f'<th scope="col" class="table-head{a}">{_inlines(c.title)}</th>' for a, c in zip(aligned, table.columns, strict=True)
    )
    rows = []
    for row in table.rows:
        cells = []
        for n, cell in enumerate(row.cells):
            tag, scope = ("th", ' scope="row"') if n == 0 and table.row_header else ("td", "")
            cells.append(f'<{tag}{scope} class="table-cell{aligned[n]}">{_inlines(cell.children)}</{tag}>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = (
        f'<caption class="caption" id="{at}.caption"><span>{_inlines(table.caption)}</span></caption>\n' if table.caption else ""
    )
    summary = f'<p hidden id="{at}.summary">{_text(table.summary)}</p>\n' if table.summary else ""
    told = f' aria-describedby="{at}.summary"' if table.summary else ""
    named = f'aria-labelledby="{at}.caption"' if table.caption else f'aria-label="{_attribute(table.summary or "Table")}"'
    extent = "few" if len(table.columns) < 4 else "some" if len(table.columns) < 5 else "many-columns"
    total = sum(column.weight for column in table.columns)
    weighed = total > 0 and all(column.weight > 0 for column in table.columns)
    shares = "".join(f'<col style="width:{column.weight / total:.2%}">' for column in table.columns) if weighed else ""
    source = f'\n<p class="source">{_inlines(table.source)}</p>' if table.source else ""
    body = "\n".join(rows)
    return (
        f'<div class="table-block"{_id(table.id)}>\n{summary}<div class="table-scroll" role="region" {named} tabindex="0">\n<table class="{extent}"{told}>\n{caption}{shares and f"<colgroup>{shares}</colgroup>"}'
        f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>{source}\n</div>"
    )


def _chart(chart: Chart, look: Look) -> str:
    drawn = both(
        ((draw_chart(chart, look, width, measure), name) for width, name in ((_WIDE, "wide"), (_NARROW, "narrow"))), chart.alt
    )
    source = f'\n<p class="source">{_inlines(chart.source)}</p>' if chart.source else ""
    return f'<figure class="chart"{_id(chart.id)}>\n<figcaption class="caption">{_inlines(chart.caption)}</figcaption>\n{drawn}{source}\n</figure>'


def _contents(entries: Sequence[ContentsEntry]) -> list[str]:
    """Nested lists: an entry holds those after it that are of a deeper level."""
    lines: list[str] = []
    n = 0
    while n < len(entries):
        last = n + 1
        while last < len(entries) and entries[last].level > entries[n].level:
            last += 1
        entry = entries[n]
        words = f'<a href="#{_attribute(entry.target)}">{_text(entry.text)}</a>' if entry.target else _text(entry.text)
        lines += [f"<li>{words}", *_contents(entries[n + 1 : last]), "</li>"]
        n = last
    return ['<ul role="list" class="contents-list">', *lines, "</ul>"] if lines else []


# ---------------------------------------------------------------------------------------------------------------- inlines


def _inlines(inlines: Inlines, *, linked: bool = False) -> str:
    """Inlines as HTML; inside a link (`linked`) there is no other. A source mark stays on the line of the word before it."""
    parts: list[str] = []
    for n, inline in enumerate(inlines):
        html = _inline(inline, linked=linked)
        if isinstance(inline, Cite) and n and len(inline.refs) <= _UNBROKEN_MARKS:
            html = _joined(parts, inlines[n - 1], html)
        parts.append(html)
    return "".join(parts)


def _joined(parts: list[str], before: Inline, mark: str) -> str:
    """Take the end of what stands before a source mark out of `parts`, and return it with the mark, as one that does not break."""
    if isinstance(before, Text) and not before.language:
        match = re.search(r"\S*\s*$", before.text)
        tail = match.group() if match else ""
        if not tail or len(tail) > _UNBROKEN:
            return mark
        parts[-1] = _text(before.text[: len(before.text) - len(tail)])
        return f'<span class="nb">{_text(tail)}{mark}</span>'
    if isinstance(before, LineBreak | Cite) or len(plain((before,))) > _UNBROKEN:
        return mark
    return f'<span class="nb">{parts.pop()}{mark}</span>'


def _inline(inline: Inline, *, linked: bool) -> str:
    match inline:
        case Text(text=text, language=language):
            return f'<span lang="{_attribute(language)}">{_text(text)}</span>' if language else _text(text)
        case Strong(children=children):
            return f"<strong>{_inlines(children, linked=linked)}</strong>"
        case Emphasis(children=children):
            return f"<em>{_inlines(children, linked=linked)}</em>"
        case Link(href=href, children=children):
            if linked or not _SAFE.match(href):
                return _inlines(children, linked=linked)
            return f'<a href="{_attribute(href)}">{_inlines(children, linked=True)}</a>'
        case Number(text=text, fact=fact, figure=figure):
            which = f' data-figure="{_attribute(figure)}"' if figure else ""
            css_class = ' class="number"' if len(text) <= _UNBROKEN else ""
            return f'<span{css_class} data-fact="{_attribute(fact)}"{which}>{_text(text)}</span>'
        case Cite(refs=refs):
            marks: Callable[[CiteRef], str] = (lambda ref: str(ref.number)) if linked else _mark
            css_class = "cite" if len(refs) <= _UNBROKEN_MARKS else "cite many"
            return f'<span class="{css_class}">[{", ".join(map(marks, refs))}]</span>'
        case LineBreak():
            return "<br>"
        case _:
            assert_never(inline)


def _mark(ref: CiteRef) -> str:
    where = f", paragraph{'s' * (len(ref.paragraphs) > 1)} {', '.join(map(str, ref.paragraphs))}" if ref.paragraphs else ""
    return f'<a href="#{_attribute("source-" + ref.source)}" aria-label="source {ref.number}{where}">{ref.number}</a>'


def _text(text: str) -> str:
    return escape(text, quote=False)


def _attribute(text: str) -> str:
    return escape(text, quote=True)


def _id(name: str) -> str:
    return f' id="{_attribute(name)}"' if name else ""
