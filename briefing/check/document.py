"""The net below the other checks: no figure in a composed document without a fact, wherever it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from briefing.check.figures import PARAGRAPHS, PUBLIC_RECORD, bare
from briefing.model import Cite, Contents, Details, Document, Group, Heading, Number, SourceList, Table, Text, Title
from briefing.problems import NOWHERE, Location, Problem
from briefing.walk import plain
from briefing.when import MONTHS

_NUMBERED = re.compile(r"(?:Table|Figure) \d+\. ")  # a caption's own number
_ID = re.compile(r"\b[a-z][a-z0-9]*(?:-[a-z0-9]+)+\b")
_ANNEX = "annex"


def check_document(document: Document, names: Iterable[str] = (), at: Location = NOWHERE) -> Iterator[Problem]:
    """Yield a problem for each figure in plain text, told by the heading it stands under; `at` is what to name as its place.

    Figures may stand in a `Number`, a source mark, the title, the identity block, the abbreviations, the end matter, the list of
    sources, the contents and what changed since the last edition; a caption has a number of its own, the annex has ids and paragraphs, and the document its date.
    """
    day = document.as_of
    allowed = (*names, f"{day.day} {MONTHS[day.month - 1]} {day.year}", day.isoformat())
    heading = "the beginning"
    for text, under in _texts(document.blocks, heading):
        for figure in bare(text, allowed):
            kind = "a number in words" if figure.written else "a figure"
            message = f"under {under}: {kind} without a fact: {figure.text!r} in {_around(text, figure.start)!r}"
            yield Problem(at, "N005", message, "print it from a fact, or declare it under names in the dossier")


def _texts(tree: object, under: str) -> Iterator[tuple[str, str]]:
    """Yield every plain text that is to hold no figure, with the words of the heading it stands under."""
    for node in _in_order(tree):
        if isinstance(node, Heading):
            under = repr(plain(node.children))
        if isinstance(node, (Text, _Own)):
            yield node.text, under


class _Own(msgspec.Struct, frozen=True):
    """A text whose own numbers are taken out."""

    text: str


def _in_order(tree: object) -> Iterator[object]:
    match tree:
        case Number() | Cite() | Title() | Details() | SourceList() | Contents():
            return
        case Group(name="changes"):  # figures of earlier editions, as these had them from their facts
            return
        case Table() if tree.id.startswith(_ANNEX):
            yield _Own(_NUMBERED.sub("", plain(tree.caption), count=1))
            for row in tree.rows:
                yield from _annex_row([cell.children for cell in row.cells])
        case msgspec.Struct():
            yield tree
            for name in tree.__struct_fields__:
                value = getattr(tree, name)
                if name == "caption" and value and isinstance(value[0], Text):
                    yield _Own(_NUMBERED.sub("", value[0].text, count=1))
                    value = value[1:]
                yield from _in_order(value)
        case tuple():
            for child in tree:
                yield from _in_order(child)


def _annex_row(cells: list[tuple[object, ...]]) -> Iterator[object]:
    """Yield the texts of a row of the annex without the fact's id, its paragraphs, and what a note has of the public record."""
    for cell in cells[1:]:
        for node in _in_order(cell):
            if isinstance(node, Text):
                yield _Own(_ID.sub("", PARAGRAPHS.sub("", PUBLIC_RECORD.sub("", node.text))))


def _around(text: str, start: int) -> str:
    """Return the words beside a figure."""
    return text[max(0, start - 30) : start + 30].strip()
