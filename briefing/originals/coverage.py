"""What the originals hold and which fact holds it: the curator's work-list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from briefing.originals.check import Original, Read, source_years
from briefing.originals.compare import Words, date_agrees, fits
from briefing.originals.found import Found
from briefing.seeds import Dossier, Fact, Figure
from briefing.units import Unit, known_units

State = Literal["covered", "elsewhere", "open"]  # by a fact that cites the paragraph, by another fact of the source, by none
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


class Item(msgspec.Struct, frozen=True):
    """A figure, date or name found, and the facts that hold it."""

    kind: str  # "figure", "date" or "name"
    text: str
    paragraph: int
    state: State
    facts: tuple[str, ...] = ()


class SourceCoverage(msgspec.Struct, frozen=True):
    """One source: how many paragraphs it has, which of them facts cite, and all that was found in it."""

    source: str
    file: str
    paragraphs: int
    cited: tuple[int, ...]
    items: tuple[Item, ...]

    def count(self, kind: str, *states: State) -> int:
        """Return how many items of a kind are in one of the states; of any, where none is named."""
        return sum(each.kind == kind and (not states or each.state in states) for each in self.items)


class Coverage(msgspec.Struct, frozen=True):
    """The coverage of every original that could be read."""

    sources: tuple[SourceCoverage, ...]


def coverage(dossier: Dossier, was_read: Read) -> Coverage:
    """Return, for each source that was read, what is found in it and what no fact holds."""
    units = dict(known_units(dossier.header.units))
    return Coverage(tuple(_source(dossier, name, original, units) for name, original in was_read.originals.items()))


def _source(dossier: Dossier, name: str, original: Original, units: dict[str, Unit]) -> SourceCoverage:
    source = dossier.sources[name]
    citing: dict[int, list[Fact]] = {}
    for fact in dossier.facts.values():
        for reference in fact.sources:
            if reference.source == name:
                for number in reference.paragraphs:
                    citing.setdefault(number, []).append(fact)
    every = list({fact.id: fact for facts in citing.values() for fact in facts}.values())
    holder = _Holder(dossier, source_years(source), units)
    items = [
        _item(each, number, citing.get(number, []), every, holder)
        for number, found in enumerate(original.found, 1)
        for each in found
    ]
    cited = tuple(sorted(number for number in citing if 1 <= number <= len(original.paragraphs)))
    return SourceCoverage(name, source.file, len(original.paragraphs), cited, tuple(items))


def _item(found: Found, number: int, here: list[Fact], every: list[Fact], holder: _Holder) -> Item:
    kind = found.kind if found.kind in {"date", "name"} else "figure"
    citing = [fact.id for fact in here if holder.holds(fact, found)]
    if citing:
        return Item(kind, found.text, number, "covered", tuple(citing))
    other = [fact.id for fact in every if holder.holds(fact, found)]
    return Item(kind, found.text, number, "elsewhere" if other else "open", tuple(other[:3]))


class _Holder:
    """Tells whether a fact holds what was found; the words of each fact are split once."""

    def __init__(self, dossier: Dossier, years: Iterable[int], units: dict[str, Unit]) -> None:
        self.years, self.units = tuple(years), units
        self.subject, self.short = dossier.header.subject, tuple(dossier.abbreviations.items())
        self.words: dict[str, Words] = {}

    def holds(self, fact: Fact, found: Found) -> bool:
        if found.kind == "name":
            if fact.id not in self.words:
                self.words[fact.id] = Words([_PLACEHOLDER.sub(" ", fact.says), fact.label, fact.note, self.subject], self.short)
            return not self.words[fact.id].missing(found.text)
        if any(fits(figure, found, self.years, self.units) or self.period(figure, found) for figure in fact.figures.values()):
            return True
        own = (fact.when, fact.due)
        return found.kind == "date" and any(when is not None and date_agrees(when, found, self.years) for when in own)

    def period(self, figure: Figure, found: Found) -> bool:
        if found.kind != "date" or figure.period is None:
            return False
        return any((figure.period.start, figure.period.end) == (span.start, span.end) for span in found.spans(self.years))


def lines(found: Coverage, *, every: bool = False) -> Iterator[str]:
    """Yield the coverage as lines to read: for each source its shares, then what no fact covers, paragraph by paragraph.

    A figure or date that only facts citing other paragraphs hold is listed with them; with `every`, so is all that is covered.
    """
    for source in found.sources:
        yield f"{source.source} ({source.file}): {len(source.cited)} of {source.paragraphs} paragraphs are cited"
        for kind in ("figure", "date", "name"):
            yield f"  {kind}s: {_shares(source.items, kind)}"
        by_paragraph: dict[int, list[Item]] = {}
        for item in source.items:
            if every or item.state == "open" or (item.state == "elsewhere" and item.kind != "name"):
                by_paragraph.setdefault(item.paragraph, []).append(item)
        for number, items in sorted(by_paragraph.items()):
            mark = "" if number in source.cited else " (no fact cites it)"
            yield f"  {number}{mark}: {'; '.join(dict.fromkeys(map(_worded, items)))}"
        yield ""
    everything = [item for source in found.sources for item in source.items]
    yield f"{len(found.sources)} sources"
    for kind in ("figure", "date", "name"):
        yield f"  {kind}s: {_shares(everything, kind)}"


def _worded(item: Item) -> str:
    text = item.text if len(item.text) <= 60 else f"{item.text[:59]}…"
    if item.state == "open":
        return f"{item.kind} {text}"
    return f"{item.kind} {text} ({'in ' if item.state == 'covered' else 'only in '}{', '.join(item.facts)})"


def _shares(items: Iterable[Item], kind: str) -> str:
    states = [item.state for item in items if item.kind == kind]
    if not states:
        return "none found"
    covered, elsewhere = states.count("covered"), states.count("elsewhere")
    share = 100 * covered // len(states)
    rest = f", {elsewhere} by facts that cite other paragraphs" if elsewhere else ""
    return f"{covered} of {len(states)} covered ({share} %){rest}, {states.count('open')} by none"


def as_dict(found: Coverage) -> dict[str, object]:
    """Return the coverage as plain data: counts of each source and of all, and every item with its state and facts."""
    return {
        "sources": [
            {
                "source": source.source,
                "file": source.file,
                "paragraphs": source.paragraphs,
                "cited": list(source.cited),
                "counts": _counts(source.items),
                "items": [msgspec.to_builtins(item) for item in source.items],
            }
            for source in found.sources
        ],
        "counts": _counts([item for source in found.sources for item in source.items]),
    }


def _counts(items: Iterable[Item]) -> dict[str, dict[str, int]]:
    listed = list(items)
    return {
        f"{kind}s": {"found": sum(item.kind == kind for item in listed)}
        | {state: sum(item.kind == kind and item.state == state for item in listed) for state in ("covered", "elsewhere", "open")}
        for kind in ("figure", "date", "name")
    }
