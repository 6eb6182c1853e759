"""Markdown to blocks: CommonMark by markdown-it-py, without HTML and images, with containers for call-outs and roles.

::: bottom-line Bottom line         a call-out; also key-points, changes, watch, asks, note
::: judgement                       the role of the paragraphs inside; also lead, notice, source, small, label
::: keep                            one piece, not parted over pages
::: drop 3 the second ask           may be left out of a one-page summary, greater numbers earlier
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import get_args

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from briefing.compose.marks import Drop, Marks
from briefing.model import (
    Block,
    Bullets,
    Callout,
    CalloutRole,
    Cell,
    Column,
    Emphasis,
    Group,
    Heading,
    Inline,
    Inlines,
    Item,
    LineBreak,
    Link,
    Paragraph,
    ParagraphRole,
    Row,
    Steps,
    Strong,
    Table,
    Text,
)

_CALLOUTS: tuple[str, ...] = get_args(CalloutRole)
_ROLES: tuple[str, ...] = get_args(ParagraphRole)
_CONTAINERS: tuple[str, ...] = (*_CALLOUTS, *_ROLES, "keep", "drop")
_FENCE = re.compile(r"([ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)*):::+[ \t]*(.*?)[ \t]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class MarkupError(ValueError):
    """Markdown that a brief cannot hold, or a container that has no meaning."""


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["html_block", "html_inline", "image", "autolink"])
    parser.validateLink = lambda url: not _SCHEME.match(url) or url.lower().startswith(("http:", "https:", "mailto:"))  # type: ignore[method-assign]
    for name in _CONTAINERS:
        parser.use(container_plugin, name)
    return parser


def blocks(text: str, marks: Marks) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text in which `marks` stand for parts of the tree.

    Raises MarkupError for what a brief cannot hold: code, rules, quotations, images, a heading below level 3.
    """
    return _Reader(_parser().parse(_nested(text)), marks).read()


def _nested(text: str) -> str:
    """Return `text` with more colons on a container the deeper others lie in it: the parser closes one by their number."""
    lines = text.split("\n")
    open_: list[tuple[int, int]] = []  # the opening lines, and how many containers deep each is
    for number, line in enumerate(lines):
        fence = _FENCE.fullmatch(line)
        if not fence:
            continue
        where = f"(line {number + 1} of the text)"
        if fence[2]:
            name = fence[2].split()[0]
            if name not in _CONTAINERS:
                raise MarkupError(f"there is no container '::: {name}' {where}; there are {', '.join(_CONTAINERS)}")
            open_.append((number, 0))
            continue
        if not open_:
            raise MarkupError(f"a ':::' closes nothing {where}")
        start, depth = open_.pop()
        for at in (start, number):
            lines[at] = _FENCE.sub(lambda match, colons=":" * (3 + depth): f"{match[1]}{colons} {match[2]}", lines[at])  # type: ignore[misc]
        if open_:
            outer, inside = open_.pop()
            open_.append((outer, max(inside, depth + 1)))
    if open_:
        number = open_[-1][0]
        raise MarkupError(f"'{lines[number].strip()}' is never closed (line {number + 1} of the text)")
    return "\n".join(lines)


class _Reader:
    """One pass over the tokens of a text; `_at` is the next one to read."""

    def __init__(self, tokens: Sequence[Token], marks: Marks) -> None:
        self._tokens, self._marks, self._at = tokens, marks, 0
        self._role: ParagraphRole = "body"

    def read(self, until: str = "") -> tuple[Block, ...]:
        """Return the blocks up to the closing token `until`, which is consumed."""
        found: list[Block] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == until:
                return tuple(found)
            found += self._block(token)
        return tuple(found)

    def _block(self, token: Token) -> tuple[Block, ...]:
        match token.type:
            case "paragraph_open":
                return self._paragraph()
            case "heading_open":
                level = int(token.tag[1]) - 1  # "# " is left to the title: "## " is a heading of level 1
                if not 1 <= level <= 3:
                    raise MarkupError(f"a heading of {token.markup!r} has no place in a brief; use ## to ####")
                return (Heading(level, self._inline(), ""),)
            case "bullet_list_open":
                return (Bullets(self._items("bullet_list_close")),)
            case "ordered_list_open":
                return (Steps(self._items("ordered_list_close"), int(token.attrGet("start") or 1)),)
            case "table_open":
                return (self._table(),)
        if token.type.startswith("container_") and token.type.endswith("_open"):
            return self._container(token)
        raise MarkupError(
            f"{token.type.removesuffix('_open').replace('_', ' ')} has no place in a brief (line {_line(token)} of the text)"
        )

    def _paragraph(self) -> tuple[Block, ...]:
        token = self._tokens[self._at]
        part = self._marks.only(token.content)
        if part is not None and not isinstance(part, (tuple, Drop)):
            self._at += 2
            return (part,)
        children = self._inline()
        return (Paragraph(children, self._role),) if children else ()

    def _items(self, closing: str) -> tuple[Item, ...]:
        items = []
        while self._tokens[self._at].type != closing:
            self._at += 1  # list_item_open
            drop = self._drop_of_item()
            body = self.read("list_item_close")
            if body:
                items.append(Item(body, drop.drop, drop.name))
        self._at += 1
        return tuple(items)

    def _drop_of_item(self) -> Drop:
        for token in self._tokens[self._at : self._at + 2]:
            if token.type == "inline":
                for part in self._marks.split(token.content):
                    if isinstance(part, Drop):
                        return part
        return Drop(0, "")

    def _container(self, token: Token) -> tuple[Block, ...]:
        name = token.type.removeprefix("container_").removesuffix("_open")
        rest = token.info.strip().removeprefix(name).strip()
        closing = f"container_{name}_close"
        if name in _ROLES:
            outer, self._role = self._role, name  # type: ignore[assignment]
            inside = self.read(closing)
            self._role = outer
            return inside
        inside = self.read(closing)
        if not inside:
            return ()
        if name == "keep":
            return (Group(inside, keep=True),)
        if name == "drop":
            number, _, label = rest.partition(" ")
            if not number.isdigit():
                raise MarkupError(f"'::: drop {rest}' wants a number and a name")
            return (Group(inside, drop=int(number), name=_bare(label)),)
        title = self._words(rest)
        return (Callout(name, title, inside),)  # type: ignore[arg-type]

    def _words(self, text: str) -> Inlines:
        return _Reader(_parser().parseInline(text), self._marks)._inline_of(0) if text else ()

    def _table(self) -> Table:
        columns: list[Column] = []
        rows: list[Row] = []
        cells: list[Cell] = []
        while (token := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type in ("th_open", "td_open"):
                style = str(token.attrGet("style") or "")
                words = self._inline()
                if token.type == "th_open":
                    align = "right" if "right" in style else "center" if "center" in style else "left"
                    columns.append(Column(words, align))  # type: ignore[arg-type]
                else:
                    cells.append(Cell(words))
            elif token.type == "tr_close" and cells:
                rows.append(Row(tuple(cells)))
                cells = []
        self._at += 1
        return Table(tuple(columns), tuple(rows), "")

    def _inline(self) -> Inlines:
        """Return the inlines of the inline token at hand and step over it and its closing token."""
        found = self._inline_of(self._at)
        self._at += 2
        return found

    def _inline_of(self, index: int) -> Inlines:
        children = self._tokens[index].children or []
        found, rest = self._inlines(children, "")
        assert not rest
        return found

    def _inlines(self, tokens: Sequence[Token], until: str) -> tuple[Inlines, Sequence[Token]]:
        found: list[Inline] = []
        while tokens:
            token, tokens = tokens[0], tokens[1:]
            if token.type == until:
                break
            match token.type:
                case "text" | "code_inline" | "text_special":
                    found += self._text(token.content)
                case "softbreak":
                    found.append(Text(" "))
                case "hardbreak":
                    found.append(LineBreak())
                case "strong_open":
                    inside, tokens = self._inlines(tokens, "strong_close")
                    found.append(Strong(inside))
                case "em_open":
                    inside, tokens = self._inlines(tokens, "em_close")
                    found.append(Emphasis(inside))
                case "link_open":
                    inside, tokens = self._inlines(tokens, "link_close")
                    found.append(Link(str(token.attrGet("href") or ""), inside))
                case other:
                    raise MarkupError(f"{other.replace('_', ' ')} has no place in a brief")
        return joined(found), tokens

    def _text(self, text: str) -> list[Inline]:
        found: list[Inline] = []
        for part in self._marks.split(text):
            if isinstance(part, str):
                found.append(Text(part))
            elif isinstance(part, tuple):
                found += part
            elif not isinstance(part, Drop):
                raise MarkupError(f"a {type(part).__name__.lower()} must stand in a paragraph of its own")
        return found


def joined(inlines: Sequence[Inline]) -> Inlines:
    """Return inlines with neighbouring plain texts made one, empty ones left out and the ends trimmed."""
    found: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text):
            if not inline.text:
                continue
            last = found[-1] if found else None
            if isinstance(last, Text) and last.language == inline.language:
                found[-1] = msgspec.structs.replace(last, text=last.text + inline.text)
                continue
        found.append(inline)
    if found and isinstance(found[0], Text):
        found[0] = msgspec.structs.replace(found[0], text=found[0].text.lstrip(" "))
    if found and isinstance(found[-1], Text):
        found[-1] = msgspec.structs.replace(found[-1], text=found[-1].text.rstrip(" "))
    return tuple(i for i in found if not (isinstance(i, Text) and not i.text))


def _bare(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
