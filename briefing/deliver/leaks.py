"""What must not stand in what a reader gets, and whether it does: every byte of every output is opened and looked through.

Texts are compared without case, spaces, punctuation, soft hyphens and the ways in which Unicode composes a letter. A long text is looked for
in every run of a few words of it, so that half a sentence is found; a short one word by word; a bare number of a few digits, which
stands everywhere, is not looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice

import msgspec

from briefing.deliver.opened import opened
from briefing.deliver.pieces import Closed, Raw

_RUN = 6  # words: any so many of a secret text that stand together are a leak
_LONG = 12  # characters without spaces and signs: from here on a text is looked for wherever it stands, also within words
_STEP, _PIECE = 6, 7  # characters: a text of _LONG and more has a whole piece at some multiple of the step
_WORD = 4  # letters of a single word that is looked for
_DIGITS = 4  # of a single number that is looked for
_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0x1806])
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[%‰₹$€£¥₩°]")
_NOT_WORD = re.compile(r"[\W_]+")
_HELD_BACK = re.compile(r"\{\{|\}\}|\{[^{}]*\}")


class Forbidden(msgspec.Struct, frozen=True):
    """What must not stand in an output, and what it is: long texts squeezed, short ones as words."""

    long: Mapping[str, str]
    pieces: Mapping[str, list[str]]
    short: Mapping[int, Mapping[tuple[str, ...], str]]  # by the number of words

    def __bool__(self) -> bool:
        return bool(self.long or self.short)


class Leak(msgspec.Struct, frozen=True, order=True):
    """Something that must not stand there, or that nobody can tell: where, and what. The words themselves are never in it."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def forbidden(secrets: Iterable[tuple[str, str]], legitimate: Iterable[str], vocabulary: str = "") -> Forbidden:
    """Return what must not stand in an output: pairs of what a secret is and its text, less what the `legitimate` texts say too; few and long ones are best.

    Single words of the `vocabulary` are no secrets either.
    """
    long: dict[str, str] = {}
    short: dict[int, dict[tuple[str, ...], str]] = {}
    for what, text in secrets:
        for words in _runs(text):
            whole = squeezed("".join(words))
            if len(whole) >= _LONG:
                long.setdefault(whole, what)
            elif _tells(words):
                short.setdefault(len(words), {}).setdefault(words, what)
    pieces = _pieces(long)
    for text in legitimate:
        said, words_said = _read(text)
        for whole in _long_in(pieces, said):
            long.pop(whole, None)
        for count, words in _short_in(short, words_said):
            del short[count][words]
    for each in set(tokens(vocabulary)):
        short.get(1, {}).pop((each,), None)
    return Forbidden(long, _pieces(long), {count: kept for count, kept in short.items() if kept})


def joined(first: Forbidden, second: Forbidden) -> Forbidden:
    """Return what either forbids."""
    long = {**second.long, **first.long}
    counts = sorted({*first.short, *second.short})
    return Forbidden(
        long, _pieces(long), {count: {**second.short.get(count, {}), **first.short.get(count, {})} for count in counts}
    )


def leaks(secret: Forbidden, outputs: Mapping[str, bytes]) -> list[Leak]:
    """Return all that is forbidden and stands in outputs, by their names or anywhere in them, and all that cannot be opened."""
    if not secret:
        return []
    found: set[Leak] = set()
    for name, data in outputs.items():
        words: dict[str, list[str]] = {}
        beside: dict[str, list[str]] = {}
        raw: dict[str, list[bytes]] = {}
        for piece in opened(name, data):
            if isinstance(piece, Closed):
                found.add(Leak(piece.place, f"it cannot be read: {piece.why}"))
            elif isinstance(piece, Raw):
                raw.setdefault(piece.place, []).append(piece.data)
            elif piece.text:
                (words if piece.words else beside).setdefault(piece.place, []).append(piece.text)
        for place, texts in words.items():
            found |= _found(secret, place, texts, short=True)
        for place, texts in beside.items():
            found |= _found(secret, place, texts, short=False)
        for place, parts in raw.items():
            found |= {Leak(place, f"it holds {secret.long[each]}") for each in _long_in(secret.pieces, _letters(b"\n".join(parts)))}
        if len(words) > 1:  # a sentence may go on from page to page
            known = {leak.what for leak in found}
            pages = _found(secret, name, [text for texts in words.values() for text in texts], short=False)
            found |= {leak for leak in pages if leak.what not in known}
    return sorted(found)


def _found(secret: Forbidden, place: str, texts: Iterable[str], *, short: bool) -> set[Leak]:
    whole = "\n".join(dict.fromkeys(texts))
    what = {secret.long[each] for each in _long_in(secret.pieces, squeezed(whole))}
    if short:
        what |= {secret.short[count][words] for count, words in _short_in(secret.short, tokens(whole))}
    return {Leak(place, f"it holds {each}") for each in what}


# --------------------------------------------------------------------------------------------------------------------- texts


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[str, list[str]]:
    return squeezed(text), tokens(text)


def squeezed(text: str) -> str:
    """Return the letters and digits of a text, without case and composed alike."""
    return _letters(text.encode()) if text.isascii() else _NOT_WORD.sub("", _alike(text))


def tokens(text: str) -> list[str]:
    """Return the words, numbers and signs of quantities of a text, without case and composed alike."""
    return _TOKEN.findall(_alike(text))


def _alike(text: str) -> str:
    if text.isascii():
        return text.lower()
    for _ in range(2):  # folding case may take letters apart again
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text)
        text = text.translate(_INVISIBLE).casefold()
    return text


_LOWER = bytes(range(256)).lower()
_OTHER = bytes(code for code in range(256) if not chr(code).isascii() or not chr(code).isalnum())


def _letters(data: bytes) -> str:
    """Return the letters and digits among bytes, without case; those of UTF-16 too, whose other bytes are zero."""
    return data.translate(_LOWER, _OTHER).decode("ascii")


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    """Yield the runs of words by which a text is known; what stands between its placeholders, one by one."""
    for piece in _HELD_BACK.split(text):
        words = tuple(tokens(piece))
        if len(words) <= _RUN:
            yield words
        else:
            yield from (words[at : at + _RUN] for at in range(len(words) - _RUN + 1))


def _tells(words: tuple[str, ...]) -> bool:
    """Return whether a short text tells anything by itself: a word or number of some length, or a quantity with its sign or noun."""
    if len(words) == 1:
        word = words[0]
        return _digits(word) >= _DIGITS and not _year(word) if word[0].isdigit() else len(word) >= _WORD
    digits = sum(map(_digits, words))
    named = any(len(word) >= _WORD and not word[0].isdigit() for word in words)
    return named or digits >= 2 * _DIGITS or (digits >= 2 and any(not word[0].isdigit() for word in words))


def _digits(word: str) -> int:
    return sum(map(str.isdigit, word))


def _year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and 1000 <= int(word) < 3000


def _pieces(long: Iterable[str]) -> dict[str, list[str]]:
    """Return long texts by short pieces of them: wherever one stands in a text, one of its pieces stands at a multiple of the step."""
    found: dict[str, list[str]] = {}
    for each in long:
        for at in range(_STEP):
            found.setdefault(each[at : at + _PIECE], []).append(each)
    return found


def _long_in(pieces: Mapping[str, list[str]], text: str) -> set[str]:
    """Return which long texts stand in a squeezed one. There may be thousands of them, so their pieces are looked up first."""
    if not pieces or len(text) < _LONG:
        return set()
    there = {text[at : at + _PIECE] for at in range(0, len(text), _STEP)}
    return {each for piece in pieces.keys() & there for each in pieces[piece] if each in text}


def _short_in(short: Mapping[int, Mapping[tuple[str, ...], str]], words: list[str]) -> list[tuple[int, tuple[str, ...]]]:
    found: list[tuple[int, tuple[str, ...]]] = []
    for count, wanted in short.items():
        runs = set(zip(*(islice(words, start, None) for start in range(count)), strict=False))
        found += ((count, each) for each in wanted.keys() & runs)
    return found
