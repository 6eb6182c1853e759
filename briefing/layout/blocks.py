"""From blocks to strips: one function a kind of block, one table from kind to function."""

from __future__ import annotations

from typing import assert_never

import msgspec

from briefing.layout.boxes import chart_strips, detail_strips, number_strips
from briefing.layout.flow import Frame, Place, Setting, Strip, Target, baseline, height, marks_of, text_strips, tie
from briefing.layout.lines import one_line
from briefing.layout.tables import table_strips
from briefing.look import Role, Style
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Chart,
    Contents,
    Details,
    Group,
    Heading,
    Item,
    KeyNumbers,
    PageBreak,
    Paragraph,
    SourceList,
    Steps,
    Table,
    Text,
    Title,
)  # fmt: skip
from briefing.placed import Bookmark, Part, PartName, Placed, TextLine
from briefing.walk import plain

_HEADINGS: tuple[Role, Role, Role] = ("heading-1", "heading-2", "heading-3")
_BULLETS = ("\u2022", "\u2013", "\u2022")
_INDENT = 13.0  # of a list's words, in points
_CALLOUT_PAD = 9.0
_LEVEL = 12.0  # of a contents entry below another, in points
_PAGE_NUMBER = 28.0  # what is kept free for a page number and its dots
_GUTTER = 24.0  # between two columns of contents
_COLUMNS_FROM = 12  # entries
_WHOLE = 1 / 3  # of a page: a call-out up to this height is never parted


def strips_of(blocks: tuple[Block, ...], place: Place, setting: Setting) -> list[Strip]:
    """Return the strips of blocks set under each other."""
    strips: list[Strip] = []
    breaking = False
    for at, block in enumerate(blocks):
        if isinstance(block, PageBreak):
            breaking = not setting.summary
            continue
        made = _strips(block, place, setting)
        if not made:
            continue
        if breaking:
            made[0].page_break, breaking = True, False
        if at + 1 < len(blocks) and _leads_in(block, blocks[at + 1]):
            made[-1].keep = True
        strips += made
    return strips


def _leads_in(block: Block, following: Block) -> bool:
    """Tell whether a paragraph announces what follows: by its role, as the words before a list, or with a colon."""
    if not isinstance(block, Paragraph) or isinstance(following, PageBreak):
        return False
    return (
        block.role in {"label", "judgement", "lead"}
        or isinstance(following, Bullets | Steps)
        or (isinstance(following, Table) and plain(block.children).rstrip().endswith(":"))
    )


def _strips(block: Block, place: Place, setting: Setting) -> list[Strip]:
    match block:
        case Title():
            return _title(block, place, setting)
        case Heading():
            return _heading(block, place, setting)
        case Paragraph(role=role, children=children):
            style = setting.style(place.role if role == "body" else role)
            return text_strips(setting.lines(children, style, place.width), style, place, Part("paragraph", block, place.parent))
        case Bullets(items=items):
            bullet = _BULLETS[min(place.depth, len(_BULLETS) - 1)]
            return _list(block, [(bullet, item) for item in items], place, setting)
        case Steps(items=items, start=start):
            return _list(block, [(f"{number}.", item) for number, item in enumerate(items, start)], place, setting)
        case Details():
            return detail_strips(block, place, setting)
        case Table():
            return table_strips(block, place, setting)
        case Chart():
            return chart_strips(block, place, setting)
        case KeyNumbers():
            return number_strips(block, place, setting) if block.items else []
        case Callout():
            return _callout(block, place, setting)
        case Contents():
            return _contents(block, place, setting)
        case SourceList():
            return _sources(block, place, setting)
        case Group(blocks=blocks, keep=keep):
            strips = strips_of(blocks, place, setting)
            return tie(strips) if keep and height(strips) <= setting.page_height else strips
        case PageBreak():
            return []
        case _:
            assert_never(block)


def _title(title: Title, place: Place, setting: Setting) -> list[Strip]:
    parent = Part("title", title, place.parent)
    strips: list[Strip] = []
    if title.kicker:
        style = setting.style("kicker")
        part = Part("kicker", title, parent)
        strips += text_strips(setting.lines((Text(title.kicker),), style, place.width), style, place, part)
    style = setting.style("title")
    named = text_strips(setting.lines(title.children, style, place.width), style, place, Part("heading", title, parent))
    if named:
        named[0].anchors = ("title",)
        named[0].bookmarks = (Bookmark(0, plain(title.children), "title"),)
    strips += named
    if title.subtitle:
        style = setting.style("subtitle")
        part = Part("subtitle", title, parent)
        strips += text_strips(setting.lines((Text(title.subtitle),), style, place.width), style, place, part)
    for strip in strips:
        strip.keep = True
    return strips


def _heading(heading: Heading, place: Place, setting: Setting) -> list[Strip]:
    style = setting.style(_HEADINGS[max(1, min(heading.level, 3)) - 1])
    part = Part("heading", heading, place.parent)
    strips = text_strips(setting.lines(heading.children, style, place.width), style, place, part)
    for strip in strips:
        strip.keep = True
    if strips:
        strips[0].anchors = (heading.id,) if heading.id else ()
        strips[0].bookmarks = (Bookmark(heading.level, plain(heading.children), heading.id),) if heading.id else ()
    return strips


def _list(block: Bullets | Steps, items: list[tuple[str, Item]], place: Place, setting: Setting) -> list[Strip]:
    role: Role = "callout" if place.role == "callout" else "bullet"
    style = setting.style(role)
    part = Part("list", block, place.parent)
    marked = _recoloured(style, "accent")
    made = {label: one_line(label, marked, setting.fonts) for label in dict.fromkeys(label for label, _ in items)}
    labels = [made[label] for label, _ in items]
    numbered = isinstance(block, Steps)
    indent = max([_INDENT, *(label.width + 5.0 for label in labels)]) if numbered else _INDENT
    strips: list[Strip] = []
    for (_, item), label in zip(items, labels, strict=True):
        own = Part("item", item, part)
        inner = Place(place.x + indent, place.width - indent, Part("body", item, own), role, place.frame, place.depth + 1)
        inside = strips_of(item.blocks, inner, setting) or [Strip(style.leading, [], frame=place.frame, after=style.after)]
        x = place.x + (indent - 5.0 - label.width if numbered else 1.5)
        name: PartName = "" if numbered else "decoration"  # a number is said, a bullet is not
        down = _first_baseline(inside[0], style)
        inside[0].marks = [Placed(x, down, label, Part("label", item, own, name=name)), *inside[0].marks]
        strips += inside
    if strips and place.depth == 0:
        strips[-1].after = max(strips[-1].after, setting.style(place.role).after, style.leading * 0.25)
    return strips


def _first_baseline(strip: Strip, style: Style) -> float:
    for mark in strip.marks:
        if isinstance(mark.mark, TextLine):
            return mark.y
    return baseline(style)


def _callout(callout: Callout, place: Place, setting: Setting) -> list[Strip]:
    """Return a shaded box with a rule at its left; within another box, its words only."""
    part = Part("callout", callout, place.parent)
    strong = callout.role in {"bottom-line", "key-points"}
    pad = _CALLOUT_PAD * (0.6 if setting.summary else 1.0)
    frame = place.frame or Frame(
        place.x, place.width, "shade-strong" if callout.role == "bottom-line" else "shade", "accent" if strong else "rule", 3.0, pad
    )
    inner = place.narrowed(pad + 5.0, right=pad) if not place.frame else place
    inner = msgspec.structs.replace(inner, role="callout", parent=part, frame=frame)
    strips: list[Strip] = []
    if callout.title:
        style = setting.style("callout-title")
        strips += text_strips(setting.lines(callout.title, style, inner.width), style, inner, Part("callout-title", callout, part))
        for strip in strips:
            strip.keep = True
    strips += strips_of(callout.blocks, inner, setting)
    if not strips:
        return []
    style = setting.style("body")
    strips[0].before = (style.leading + style.after) * 0.25
    strips[-1].after = (style.leading + style.after) * 0.5
    if height(strips) <= setting.page_height * _WHOLE:
        tie(strips)
    return strips


def _contents(contents: Contents, place: Place, setting: Setting) -> list[Strip]:
    """Return the contents; leaders and page numbers come when all pages are known."""
    part = Part("contents", contents, place.parent)
    strips: list[Strip] = []
    if contents.title:
        style = setting.style("label")
        title = Part("contents-title", contents, part)
        strips += text_strips(setting.lines((Text(contents.title),), style, place.width), style, place, title)
        for strip in strips:
            strip.keep = True
    columns = _contents_columns(contents, place, setting, part)
    strips += [columns] if columns else _contents_lines(contents, place, setting, part)
    if strips:
        strips[-1].after = setting.style("body").after * 2
        if height(strips) <= setting.page_height * 0.6:
            tie(strips)
    return strips


def _contents_lines(contents: Contents, place: Place, setting: Setting, part: Part) -> list[Strip]:
    style = setting.style("contents")
    strips: list[Strip] = []
    for entry in contents.entries:
        own = Part("contents-entry", entry, part)
        inner = place.narrowed((entry.level - 1) * _LEVEL, right=_PAGE_NUMBER)
        made = text_strips(setting.linked(entry.text, f"#{entry.target}", style, inner.width), style, inner, own)
        for strip in made[:-1]:
            strip.keep = True
        if made:
            made[-1].targets = (Target(len(made[-1].marks) - 1, entry.target, place.x + place.width),)
        strips += made
    return strips


def _contents_columns(contents: Contents, place: Place, setting: Setting, part: Part) -> Strip | None:
    """Return a long table of contents in two columns, in one piece, where every entry is short enough for a line of half the width."""
    if len(contents.entries) < _COLUMNS_FROM:
        return None
    style = setting.style("contents")
    rows = -(-len(contents.entries) // 2)
    width = (place.width - _GUTTER) / 2
    marks: list[Placed] = []
    targets: list[Target] = []
    for at, entry in enumerate(contents.entries):
        column, row = divmod(at, rows)
        inner = place.narrowed(column * (width + _GUTTER) + (entry.level - 1) * _LEVEL)
        lines = setting.linked(entry.text, f"#{entry.target}", style, width - _PAGE_NUMBER - (entry.level - 1) * _LEVEL)
        if len(lines) > 1:
            return None
        own = Part("contents-entry", entry, part)
        marks += marks_of(lines, style, inner.x, row * style.leading, own)
        targets.append(Target(len(marks) - 1, entry.target, place.x + column * (width + _GUTTER) + width))
    return Strip(rows * style.leading, marks, frame=place.frame, targets=tuple(targets))


def _sources(sources: SourceList, place: Place, setting: Setting) -> list[Strip]:
    style = setting.style("source-entry")
    part = Part("sources", sources, place.parent)
    labels = [one_line(f"[{entry.number}]", style, setting.fonts) for entry in sources.entries]
    indent = max((label.width for label in labels), default=0.0) + 6.0
    strips: list[Strip] = []
    for entry, label in zip(sources.entries, labels, strict=True):
        own = Part("reference", entry, part)
        inner = place.narrowed(indent)
        made = text_strips(setting.lines(entry.children, style, inner.width), style, inner, Part("body", entry, own))
        if not made:
            made = [Strip(style.leading, [], after=style.after, frame=place.frame)]
        made[0].marks = [Placed(place.x, baseline(style), label, Part("label", entry, own)), *made[0].marks]
        made[0].anchors = (f"source-{entry.source}",)
        strips += made
    return strips


def _recoloured(style: Style, colour: str) -> Style:
    """Return the style in another colour."""
    return msgspec.structs.replace(style, colour=colour)
