"""Where each fact stands in a document: under which heading, in what kind of block, in which sentence, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from briefing.compose.select import REFERENCE
from briefing.model import (
    Block,
    Bullets,
    Callout,
    CalloutRole,
    Chart,
    Cite,
    Contents,
    Details,
    Document,
    Emphasis,
    Group,
    Heading,
    Inlines,
    KeyNumbers,
    Link,
    Number,
    PageBreak,
    Paragraph,
    SourceList,
    Steps,
    Strong,
    Table,
    Title,
)
from briefing.seeds import ChartSpec
from briefing.walk import plain

# a stop that is followed by a new sentence, and is neither that of an initial nor of a title
_STOP = re.compile(
    r"(?<![\s.][A-Z])(?<!\b(?:Mr|Ms|Dr|No|St))(?<!\b(?:Mrs|Fig))[.!?][\"'\u2019\u201d)]*\s+(?=[\"'\u2018\u201c(]*[^\Wa-z])"
)
_CALLOUTS: dict[CalloutRole, str] = {
    "bottom-line": "Bottom line", "key-points": "Key points", "changes": "Changes", "watch": "Watch", "asks": "Asks", "note": "Note",
}  # fmt: skip
_NO_CHARTS: Mapping[str, ChartSpec] = {}


class Trace(msgspec.Struct, frozen=True):
    """One fact in one sentence, row or point of a document.

    `printed` are the figures of it that stand there, each with its name and its words; it is empty where only its source mark does.
    `within` names whatever around it a summary may leave out. `node` is the node that holds the words, by identity, for page numbers.
    """

    fact: str
    printed: tuple[tuple[str, str], ...]
    under: str
    block: str
    words: str
    within: tuple[str, ...] = ()
    node: object = None

    @property
    def place(self) -> tuple[str, str, str]:
        """What tells it from other places of the same fact."""
        return self.under, self.block, self.words


def traces(document: Document, charts: Mapping[str, ChartSpec] = _NO_CHARTS) -> tuple[Trace, ...]:
    """Return every place of every fact in reading order. `charts` tell which facts the alternative text of a chart names."""
    walker = _Walker(document.title, charts)
    return tuple(walker.blocks(document.blocks, ()))


class _Walker:
    """Goes through the blocks and remembers the last heading."""

    def __init__(self, title: str, charts: Mapping[str, ChartSpec]) -> None:
        self.under, self.charts = title, charts

    def blocks(self, blocks: tuple[Block, ...], within: tuple[str, ...], kind: str = "paragraph") -> Iterator[Trace]:
        for block in blocks:
            yield from self.block(block, within, kind)

    def block(self, block: Block, within: tuple[str, ...], kind: str) -> Iterator[Trace]:
        match block:
            case Heading(children=children):
                self.under = plain(children)
                yield from self.sentences(children, "heading", within, block)
            case Title(children=children):
                yield from self.sentences(children, "title", within, block)
            case Paragraph(children=children, role=role):
                named = kind if kind != "paragraph" or role in ("body", "lead") else role
                yield from self.sentences(children, named, within, block)
            case Bullets(items=items) | Steps(items=items):
                for item in items:
                    yield from self.blocks(item.blocks, _inside(within, item.drop, item.name), "list item")
            case Details(entries=entries):
                for entry in entries:
                    yield from self.whole(entry.children, f"{entry.term}: {plain(entry.children)}", "details", within, entry)
            case Table():
                yield from self.table(block, within)
            case Chart():
                yield from self.chart(block, within)
            case KeyNumbers(items=numbers):
                for number in numbers:
                    words = f"{plain(number.value)}: {plain(number.label)}"
                    inside = _inside(within, number.drop, number.name)
                    yield from self.whole((*number.value, *number.label), words, "key number", inside, number)
            case Callout(title=title, role=role, blocks=inner):
                before, self.under = self.under, f"{plain(title) or _CALLOUTS[role]} (box)"
                yield from self.sentences(title, "title of a box", within, block)
                yield from self.blocks(inner, within, kind)
                self.under = before
            case Group(blocks=inner, drop=drop, name=name):
                yield from self.blocks(inner, _inside(within, drop, name), kind)
            case SourceList(entries=sources):
                for source in sources:
                    yield from self.sentences(source.children, "list of sources", within, source)
            case Contents() | PageBreak():
                pass

    def table(self, table: Table, within: tuple[str, ...]) -> Iterator[Trace]:
        yield from self.sentences(table.caption, "caption", within, table)
        for column in table.columns:
            yield from self.sentences(column.title, "head of a table", within, column)
        for row in table.rows:
            inlines = tuple(inline for cell in row.cells for inline in cell.children)
            words = " | ".join(plain(cell.children) for cell in row.cells)
            yield from self.whole(inlines, words, "table row", _inside(within, row.drop, row.name), row)
        yield from self.sentences(table.source, "source line", within, table)

    def chart(self, chart: Chart, within: tuple[str, ...]) -> Iterator[Trace]:
        yield from self.sentences(chart.caption, "caption", within, chart)
        for series in chart.series:
            for point in series.points:
                words = ", ".join(filter(None, (series.name, point.label)))
                printed = ((point.figure, point.shown),)
                yield Trace(point.fact, printed, self.under, "chart", f"{words}: {point.shown}", within, chart)
        spec = self.charts.get(chart.id.removeprefix("figure-"))
        for name in dict.fromkeys(match[1] for match in REFERENCE.finditer(spec.alt)) if spec else ():
            yield Trace(name, (), self.under, "alternative text", _plain_spaces(chart.alt), within, chart)
        yield from self.sentences(chart.source, "source line", within, chart)

    def whole(self, inlines: Inlines, words: str, kind: str, within: tuple[str, ...], node: object) -> Iterator[Trace]:
        """Yield what stands in inlines that belong together, a row or a key number, under the same words."""
        found: dict[str, dict[tuple[str, str], None]] = {}
        for _, name, printed in _facts(inlines):
            found.setdefault(name, {}).update(dict.fromkeys(printed))
        for name, printed_of in found.items():
            yield Trace(name, tuple(printed_of), self.under, kind, _plain_spaces(words), within, node)

    def sentences(self, inlines: Inlines, kind: str, within: tuple[str, ...], node: object) -> Iterator[Trace]:
        """Yield what stands in running text, each fact under its own sentence."""
        text = plain(inlines)
        ends = [match.end() for match in _STOP.finditer(text)] + [len(text) + 1]
        found: dict[tuple[int, str], dict[tuple[str, str], None]] = {}
        for at, name, printed in _facts(inlines):
            sentence = next(number for number, end in enumerate(ends) if at < end)
            found.setdefault((sentence, name), {}).update(dict.fromkeys(printed))
        for (sentence, name), printed_of in found.items():
            words = text[ends[sentence - 1] if sentence else 0 : ends[sentence]]
            yield Trace(name, tuple(printed_of), self.under, kind, _plain_spaces(words), within, node)


def _facts(inlines: Inlines, start: int = 0) -> Iterator[tuple[int, str, tuple[tuple[str, str], ...]]]:
    """Yield the facts that inlines print: where in their words, which fact, and of a figure its name and words."""
    for inline in inlines:
        match inline:
            case Number(text=text, fact=fact, figure=figure):
                yield start, fact, ((figure, _plain_spaces(text)),)
            case Cite(facts=facts):
                for name in facts:
                    yield start, name, ()
            case Strong(children=children) | Emphasis(children=children) | Link(children=children):
                yield from _facts(children, start)
            case _:
                pass
        start += len(plain((inline,)))


def _inside(within: tuple[str, ...], drop: int, name: str) -> tuple[str, ...]:
    return (*within, name) if drop > 0 and name else within


def _plain_spaces(text: str) -> str:
    return " ".join(text.split())
