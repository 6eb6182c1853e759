"""Everything that a text holds and a fact may have to cover: figures, dates and proper names, none over another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from briefing.originals.amounts import amounts
from briefing.originals.dates import dates
from briefing.originals.found import Found
from briefing.originals.names import NOTHING_SEEN, Lexicon, lexicon, names


def find(text: str, seen: Lexicon = NOTHING_SEEN) -> tuple[Found, ...]:
    """Return what is found in a text, in order. `seen` is what the whole document shows about its words."""
    called = [name for name in names(text, seen) if name.text]
    digits = [name for name in called if any(letter.isdigit() for letter in name.text)]
    dated = list(dates(_blank(text, digits)))
    counted = list(amounts(_blank(text, [*digits, *dated])))
    figures = [*dated, *counted]
    free = [name for name in called if not any(name.start < each.end and each.start < name.end for each in figures)]
    return tuple(sorted((*figures, *free), key=lambda each: each.start))


def find_all(paragraphs: Sequence[str], known: Iterable[str] = ()) -> tuple[tuple[Found, ...], ...]:
    """Return what is found in each paragraph of a document; `known` are names with digits that are no figures."""
    seen = lexicon(paragraphs, known)
    return tuple(find(text, seen) for text in paragraphs)


def _blank(text: str, found: Iterable[Found]) -> str:
    """Return the text with what has been found made unreadable, every character at its place."""
    for each in found:
        text = text[: each.start] + "\u2591" * (each.end - each.start) + text[each.end :]
    return text
