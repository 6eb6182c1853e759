"""The words inside a paragraph of a DOCX: runs, links, source marks; and the bookmarks that links lead to.

Most of a document's XML is made here, so the common case is short: plain words need one search and one string.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, assert_never

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
from briefing.word import is_bold

_NO_BREAK = "\N{NO-BREAK SPACE}"
_WORDS_END = " </w:t></w:r>"
TAB = "<w:r><w:tab/></w:r>"


class _Manner(NamedTuple):
    """How the words at a place are set apart from those around them, and what that makes of a run."""

    strong: bool
    emphasis: bool
    linked: bool
    in_bold: bool  # the paragraph's style is bold
    on_dark: bool  # words on a dark ground keep its colour
    words: str  # the properties of a run of words
    mark: str  # and of a source mark


@lru_cache
def _manner(strong: bool, emphasis: bool, linked: bool, in_bold: bool, on_dark: bool) -> _Manner:
    name = "" if on_dark else "Hyperlink" if linked else ""
    words = _properties(name, strong, emphasis, in_bold)
    mark = _properties("" if on_dark else name or "BriefSourceMark", strong, emphasis, in_bold)
    return _Manner(strong, emphasis, linked, in_bold, on_dark, words, mark)


_EAST_ASIAN = {"ja", "zh", "ko"}
_COMPLEX = {"ar", "bn", "fa", "gu", "he", "hi", "kn", "ml", "mr", "ne", "or", "pa", "si", "ta", "te", "th", "ur"}


@lru_cache(maxsize=256)
def _properties(name: str, strong: bool, emphasis: bool, in_bold: bool, language: str = "") -> str:
    """Return a run's properties. A bold style in a bold paragraph would turn bold off (17.7.3), so there it is said directly."""
    name = name or ("Strong" if strong else "Emphasis" if emphasis else "")
    style = f'<w:rStyle w:val="{name}"/>' if name else ""
    bold = "<w:b/>" if strong and (in_bold or name != "Strong") else ""
    italic = "<w:i/>" if emphasis and name != "Emphasis" else ""
    primary = language.partition("-")[0].lower()
    script = "eastAsia" if primary in _EAST_ASIAN else "bidi" if primary in _COMPLEX else ""
    also = f' w:{script}="{attr(language)}"' if script else ""
    tongue = f'<w:lang w:val="{attr(language)}"{also}/>' if language else ""
    inner = f"{style}{bold}{italic}{tongue}"
    return f"<w:rPr>{inner}</w:rPr>" if inner else ""


class Runs:
    """Writes inlines, and remembers the addresses that they lead to."""

    def __init__(self, document: Document, look: Look) -> None:
        self.names = bookmark_names(document)  # node id -> bookmark
        self.targets: dict[str, str] = {}  # web or mail address -> relationship
        self._look, self._summary = look, document.one_page
        self._manners: dict[str, _Manner] = {}
        self._marks: dict[tuple[tuple[tuple[int, str], ...], str], str] = {}

    def xml(self, inlines: Inlines, style: str, *, strong: bool = False) -> str:
        """Return inlines as the runs and links of a paragraph of the style id `style`."""
        manner = self._manners.get(style)
        if manner is None:
            bold = is_bold(self._look, style, summary=self._summary)
            manner = self._manners[style] = _manner(False, False, False, bold, style.startswith("BriefTableHead"))
        if strong:
            manner = _manner(True, False, False, manner.in_bold, manner.on_dark)
        parts: list[str] = []
        self._write(inlines, parts, manner)
        return "".join(parts)

    def _write(self, inlines: Inlines, parts: list[str], manner: _Manner) -> None:
        for inline in inlines:
            match inline:
                case Text():
                    parts.append(run(inline.text, _spoken(manner, inline.language) if inline.language else manner.words))
                case Number():
                    parts.append(run(inline.text.replace(" ", _NO_BREAK), manner.words))
                case Cite():
                    if parts and parts[-1].endswith(_WORDS_END):  # a mark begins no line
                        parts[-1] = f"{parts[-1].removesuffix(_WORDS_END)}{_NO_BREAK}</w:t></w:r>"
                    parts.append(self._mark(inline, manner))
                case Strong(children=children):
                    self._write(children, parts, _manner(True, manner.emphasis, manner.linked, manner.in_bold, manner.on_dark))
                case Emphasis(children=children):
                    self._write(children, parts, _manner(manner.strong, True, manner.linked, manner.in_bold, manner.on_dark))
                case Link():
                    self._link(inline, parts, manner)
                case LineBreak():
                    parts.append("<w:r><w:br/></w:r>")
                case _:
                    assert_never(inline)

    def _link(self, link: Link, parts: list[str], manner: _Manner) -> None:
        """Write a link; its words only where it names a node that is not there, or stands within another link."""
        start = "" if manner.linked else self._link_start(link.href)
        if not start:
            self._write(link.children, parts, manner)
            return
        parts.append(start)
        self._write(link.children, parts, _manner(manner.strong, manner.emphasis, True, manner.in_bold, manner.on_dark))
        parts.append("</w:hyperlink>")

    def _link_start(self, href: str) -> str:
        if href.startswith("#"):
            name = self.names.get(href[1:], "")
            return f'<w:hyperlink w:anchor="{name}" w:history="1">' if name else ""
        address = _address(href)
        relationship = self.targets.setdefault(address, f"rIdLink{len(self.targets) + 1}")
        return f'<w:hyperlink r:id="{relationship}" w:history="1">'

    def _mark(self, cite: Cite, manner: _Manner) -> str:
        """Return "[1, 3]" without a break inside it, each number a link to its source."""
        key = (tuple([(ref.number, ref.source) for ref in cite.refs]), "" if manner.linked else manner.mark)
        made = self._marks.get(key)
        if made is None:
            parts = []
            before = "["
            for ref in cite.refs:
                start = "" if manner.linked else self._link_start(f"#source-{ref.source}")
                end = "</w:hyperlink>" if start else ""
                parts.append(f"{run(before, manner.mark)}{start}{run(str(ref.number), manner.mark)}{end}")
                before = f",{_NO_BREAK}"
            parts.append(run("]" if cite.refs else "[]", manner.mark))
            made = self._marks[key] = "".join(parts)
        return made


def _spoken(manner: _Manner, language: str) -> str:
    name = "Hyperlink" if manner.linked and not manner.on_dark else ""
    return _properties(name, manner.strong, manner.emphasis, manner.in_bold, language)


_SPECIAL = re.compile("[&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACES = str.maketrans("\t\n\r", "   ")


def run(text: str, properties: str = "") -> str:
    """Return words as a run. Tabs and line ends in data are spaces, as in every format."""
    if _SPECIAL.search(text):
        text = attr(text.translate(_SPACES))
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""


def styled(text: str, character_style: str) -> str:
    """Return words as a run of a character style."""
    return run(text, f'<w:rPr><w:rStyle w:val="{character_style}"/></w:rPr>')


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
