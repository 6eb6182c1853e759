"""Facts as templates and prose see them: printed, each becomes words, numbers and source marks of the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

import msgspec

from briefing.compose.marks import Marks
from briefing.compose.numbers import in_digits, worded
from briefing.compose.select import REFERENCE
from briefing.compose.wording import (
    Freshness,
    State,
    freshness,
    own_sentence,
    reported,
    resolvers,
    sentence,
    state,
    superseders,
    told_by,
)
from briefing.model import Cite, CiteRef, Inline, Inlines, Number, Text
from briefing.seeds import Dossier, Fact, Figure, Prose
from briefing.units import Unit

_PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")
_BRACES = re.compile(r"\{\{|\}\}|\{[a-z0-9.-]+\}")


class FactView(msgspec.Struct, frozen=True):
    """A fact as of the brief's date; printed, it is its sentence with numbers and source mark."""

    fact: Fact
    state: State
    freshness: Freshness
    sentence: Inlines
    mark: Inlines
    figures: Mapping[str, Inlines]

    def __getitem__(self, name: str) -> Inlines:
        """Return a figure with its source mark. Raises KeyError where the fact has no such figure."""
        return self.figures[name]

    @property
    def id(self) -> str:
        return self.fact.id

    @property
    def label(self) -> str:
        return self.fact.label or self.fact.id

    @property
    def theme(self) -> str:
        return self.fact.theme

    @property
    def status(self) -> str:
        return self.fact.status

    @property
    def kind(self) -> str:
        return self.fact.kind

    @property
    def priority(self) -> int:
        return self.fact.priority


class Facts:
    """The facts of one dossier as of one date, worded on demand."""

    def __init__(self, dossier: Dossier, as_of: date, units: Mapping[str, Unit]) -> None:
        self.dossier, self.as_of, self.units = dossier, as_of, units
        self.resolved_by, self.superseded_by = resolvers(dossier), superseders(dossier)
        self._views: dict[str, FactView] = {}

    def view(self, name: str) -> FactView:
        """Return a fact by id. Raises KeyError for an id that is not known as of the date."""
        if name not in self._views:
            self._views[name] = self._view(self.dossier.facts[name])
        return self._views[name]

    def __iter__(self) -> Iterator[FactView]:
        return map(self.view, self.dossier.facts)

    def _view(self, fact: Fact) -> FactView:
        fresh = freshness(fact, self.dossier, self.as_of)
        stale = fresh == "stale"
        at = state(fact, self.as_of, self.resolved_by, self.superseded_by, stale=stale)
        teller = told_by(fact, at, self.resolved_by, self.superseded_by)
        text = sentence(teller, at, stale=stale) if teller is fact else self._told(teller)
        mark = self.cite(fact)
        numbers = {name: self.number(fact, name) for name in (*fact.figures, "when", "due") if self.figure(fact, name)}
        return FactView(
            fact=fact,
            state=at,
            freshness=fresh,
            sentence=_before_stop(self._filled(teller, text), self.cite(teller)),
            mark=(mark,),
            figures={name: (number, mark) for name, number in numbers.items()},
        )

    def own(self, view: FactView) -> Inlines:
        """Return a fact's sentence as its own sources have it, whatever another fact tells of it since; without a source mark."""
        return self._filled(view.fact, own_sentence(view.fact, view.state, stale=view.freshness == "stale"))

    def _told(self, teller: Fact) -> str:
        """Return the sentence of a fact that tells what became of another: that of its own state."""
        stale = freshness(teller, self.dossier, self.as_of) == "stale"
        at = state(teller, self.as_of, self.resolved_by, self.superseded_by, stale=stale)
        return own_sentence(teller, at, stale=stale)

    def figure(self, fact: Fact, name: str) -> Figure | None:
        """Return a fact's figure by name, its own dates and that of its newest source included, or None."""
        if name == "reported":
            day = reported(fact, self.dossier)
            return Figure(date=day) if day is not None else None
        if name in ("when", "due"):
            date_of = fact.when if name == "when" else fact.due
            return Figure(date=date_of) if date_of is not None else None
        return fact.figures.get(name)

    def number(self, fact: Fact, name: str, *, noun: bool = False, form: Literal["", "digits"] = "") -> Number:
        """Return a figure worded; `noun` and `form` as tables and strips want it. Raises KeyError where the fact has no such figure."""
        figure = self.figure(fact, name)
        if figure is None:
            raise KeyError(name)
        return Number(worded(in_digits(figure) if form else figure, self.units, noun=noun), fact.id, name)

    def cite(self, fact: Fact) -> Cite:
        """Return a fact's source mark, not yet numbered."""
        return Cite(tuple(CiteRef(0, ref.source, ref.paragraphs) for ref in fact.sources), (fact.id,))

    def _filled(self, fact: Fact, text: str) -> Inlines:
        found: list[Inline] = []
        if "{reported}" in text and reported(fact, self.dossier) is None:
            text = text.replace("in {reported}", "by an undated source").replace("{reported}", "without a date")
        for index, piece in enumerate(_PLACEHOLDER.split(_masked(text))):
            if index % 2:
                found.append(self.number(fact, piece))
            elif piece:
                found.append(Text(_bare(piece)))
        first = found[0] if found else None
        if isinstance(first, Number):  # a sentence that begins with "over 170" or with a number in words
            found[0] = msgspec.structs.replace(first, text=first.text[:1].upper() + first.text[1:])
        return tuple(found)

    def prose(self, prose: Prose, marks: Marks) -> str:
        """Return curated Markdown with its references turned into marks: a figure with its source mark, or the mark alone."""
        out, end = [], 0
        text = _masked(prose.text)
        for match in REFERENCE.finditer(text):
            view = self.view(match[1])
            part = view.mark if not match[2] else view.sentence if match[2] == "says" else view[match[2]]
            before = text[end : match.start()]
            out += [before, marks.add(part)]
            end = match.end()
        return _bare("".join([*out, text[end:]]))

    def plain_prose(self, text: str) -> Inlines:
        """Return curated words that are no Markdown, a caption or an alternative text, with their figures and no source marks."""
        found: list[Inline] = []
        end = 0
        text = _masked(text)
        for match in REFERENCE.finditer(text):
            view = self.view(match[1])
            found.append(Text(_bare(text[end : match.start()])))
            if match[2]:
                found += (
                    inline for inline in (view.sentence if match[2] == "says" else view[match[2]]) if not isinstance(inline, Cite)
                )
            end = match.end()
        found.append(Text(_bare(text[end:])))
        return tuple(inline for inline in found if not (isinstance(inline, Text) and not inline.text))


def _masked(text: str) -> str:
    """Return `text` with its doubled braces, which stand for plain ones, out of the way of references."""
    return _BRACES.sub(lambda match: {"{{": "\0", "}}": "\1"}.get(match[0], match[0]), text)


def _bare(text: str) -> str:
    return text.replace("\0", "{").replace("\1", "}")


def _before_stop(inlines: Inlines, mark: Inline) -> Inlines:
    """Return a sentence with its source mark before the full stop, as in curated prose."""
    last = inlines[-1] if inlines else None
    if isinstance(last, Text) and last.text.rstrip().endswith("."):
        head = last.text.rstrip()[:-1]
        return (*inlines[:-1], Text(head), mark, Text(".")) if head else (*inlines[:-1], mark, Text("."))
    return (*inlines, mark)
