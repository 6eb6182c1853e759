"""What of a dossier a clearance may see: everything else is gone from it before anything is composed, and no record names it any more.

What rests on a hidden fact is hidden with it: a figure computed from it, the prose, rows, charts and differences that name it, a source
that nothing else cites, a theme that has nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from briefing.compose.references import inputs, names_in
from briefing.markings import rank, texts
from briefing.seeds import (
    BottomLine,
    ChartSpec,
    Difference,
    Dossier,
    Fact,
    Header,
    Implication,
    KeyFigure,
    Prose,
    Recommendation,
    Section,
    Source,
    Theme,
    Whole,
)

_Row = TypeVar("_Row", bound=msgspec.Struct)
_Advice = TypeVar("_Advice", Implication, Recommendation)


def visible(dossier: Dossier, clearance: str) -> Dossier:
    """Return the dossier without what is marked above `clearance`, and without what rests on it.

    Facts and prose that stay have as their marking the highest of what they rest on. A dossier without markings is returned as it
    is. Raises ValueError for a clearance that is not on the dossier's ladder.
    """
    ladder = dossier.header.markings
    if not ladder or not any(name.endswith("marking") for name, _ in texts(_without_ladder(dossier))):
        return dossier
    if clearance not in ladder:
        raise ValueError(f"{clearance!r} is not in the ladder of markings")
    return _Filter(dossier, ladder.index(clearance)).dossier_left()


def _without_ladder(dossier: Dossier) -> Dossier:
    return msgspec.structs.replace(dossier, header=msgspec.structs.replace(dossier.header, markings=()))


class _Filter:
    """Knows the rank of every fact and source, and leaves out what is above the limit."""

    def __init__(self, dossier: Dossier, limit: int) -> None:
        self.dossier, self.limit, self.ladder = dossier, limit, dossier.header.markings
        self.themes = {theme.id: self.rank(theme.marking) for theme in dossier.header.themes}
        self.facts: dict[str, int] = {}
        for name in dossier.facts:
            self._fact(name, ())
        citing: dict[str, list[int]] = {}
        for fact in dossier.facts.values():
            for ref in fact.sources:
                citing.setdefault(ref.source, []).append(self.facts[fact.id])
        self.sources = {
            name: max(self.rank(source.marking), min(citing.get(name, [0]))) for name, source in dossier.sources.items()
        }
        of_theme: dict[str, list[int]] = {}
        for fact in dossier.facts.values():
            of_theme.setdefault(fact.theme, []).append(self.facts[fact.id])
        self.gone_themes = {
            theme.id for theme in dossier.header.themes if self.themes[theme.id] > limit or min(of_theme.get(theme.id, [0])) > limit
        }

    def rank(self, marking: str) -> int:
        return rank(marking, self.ladder)

    def named(self, place: int, own: str) -> str:
        """Return the marking of a rank; what has the lowest keeps what its author wrote."""
        return self.ladder[place] if place else own

    def _fact(self, name: str, above: tuple[str, ...]) -> int:
        """Return the rank of a fact: its own, and what it needs to be known: a source, and all that it is computed from."""
        if name in self.facts or name in above or name not in self.dossier.facts:
            return self.facts.get(name, 0)
        fact, sources = self.dossier.facts[name], self.dossier.sources
        found = [self.rank(fact.marking), self.themes.get(fact.theme, 0)]
        own = {ref.source: self.rank(sources[ref.source].marking) for ref in fact.sources if ref.source in sources}
        found += [own.get(fact.known_from, 0), min(own.values(), default=0)]
        found += [self._fact(other, (*above, name)) for other in inputs(fact)]
        self.facts[name] = max(found)
        return self.facts[name]

    def sees(self, place: int) -> bool:
        return place <= self.limit

    def seen(self, name: str) -> bool:
        """Return whether a fact may be seen; one that is not there is the business of the checks."""
        return self.facts.get(name, 0) <= self.limit

    def of(self, names: Iterable[str]) -> int:
        """Return the highest rank of facts, named by id or as `fact.figure`."""
        return max((self.facts.get(name.partition(".")[0], 0) for name in names), default=0)

    def still(self, until: str) -> str:
        return until if self.seen(until) else ""

    # -------------------------------------------------------------------------------------------------------------- the whole

    def dossier_left(self) -> Dossier:
        dossier = self.dossier
        left = Dossier(
            header=msgspec.structs.replace(
                dossier.header, themes=tuple(theme for theme in dossier.header.themes if theme.id not in self.gone_themes)
            ),
            whole=self.whole(dossier.whole) if dossier.whole else None,
            sections={
                key: self.section(section)
                for key, section in dossier.sections.items()
                if key not in self.gone_themes and self.sees(self.rank(section.marking))
            },
            sources={key: source for key, source in dossier.sources.items() if self.sees(self.sources[key])},
            facts={key: self.fact(fact) for key, fact in dossier.facts.items() if self.seen(key)},
            agreements=self.rows(dossier.agreements),
            timeline=self.rows(dossier.timeline),
            key_figures=self.rows(dossier.key_figures),
            abbreviations=dossier.abbreviations,
            charts={key: left for key, chart in dossier.charts.items() if (left := self.chart(chart)) is not None},
            differences=tuple(kept for row in dossier.differences if (kept := self.difference(row)) is not None),
        )
        return _forgotten(dossier, left)

    def fact(self, fact: Fact) -> Fact:
        return msgspec.structs.replace(
            fact,
            marking=self.named(self.facts[fact.id], fact.marking),
            sources=tuple(ref for ref in fact.sources if self.sees(self.sources.get(ref.source, 0))),
            supersedes=tuple(name for name in fact.supersedes if self.seen(name)),
            resolves=tuple(name for name in fact.resolves if self.seen(name)),
        )

    # ---------------------------------------------------------------------------------------------------------------- prose

    def prose(self, prose: Prose | None, *around: str) -> Prose | None:
        """Return the alternatives of a piece of prose that may be seen, each with its marking, or None; `around` marks what it is in."""
        if prose is None:
            return None
        least = max((self.rank(marking) for marking in around), default=0)
        kept = []
        for each in (prose, *prose.otherwise):
            place = max(least, self.rank(each.marking), self.of((*names_in(each.text), *each.rests_on)))
            if self.sees(place):
                kept.append(
                    msgspec.structs.replace(
                        each, marking=self.named(place, each.marking), until=self.still(each.until), otherwise=()
                    )
                )
        return msgspec.structs.replace(kept[0], otherwise=tuple(kept[1:])) if kept else None

    def pieces(self, pieces: Iterable[Prose], *around: str) -> tuple[Prose, ...]:
        return tuple(made for each in pieces if (made := self.prose(each, *around)) is not None)

    def section(self, section: Section) -> Section:
        own = section.marking
        return msgspec.structs.replace(
            section,
            judgement=self.prose(section.judgement, own) or Prose(""),
            happened=self.pieces(section.happened, own),
            expected_lead=self.prose(section.expected_lead, own),
            expected=tuple(filter(self.seen, section.expected)),
            key_numbers=tuple(name for name in section.key_numbers if self.sees(self.of((name,)))),
            so_what=self.pieces(section.so_what, own),
            unknown=self.pieces(section.unknown, own),
            summary=self.pieces(section.summary, own),
            line=self.prose(section.line, own),
        )

    def whole(self, whole: Whole) -> Whole | None:
        own = whole.marking
        if not self.sees(self.rank(own)):
            return None
        line = whole.bottom_line
        text = self.prose(line.text, own, line.marking)
        points = {key: self.prose(point, own) for key, point in whole.key_points.items() if key not in self.gone_themes}
        return msgspec.structs.replace(
            whole,
            bottom_line=msgspec.structs.replace(line, text=text, short=self.prose(line.short, own, line.marking))
            if text
            else BottomLine(Prose("")),
            key_points={key: point for key, point in points.items() if point is not None},
            context=self.pieces(whole.context, own),
            implications=tuple(left for row in whole.implications if (left := self.advice(row, own)) is not None),
            recommendations=tuple(kept for row in whole.recommendations if (kept := self.advice(row, own)) is not None),
            confidence=self.pieces(whole.confidence, own),
        )

    def advice(self, row: _Advice, around: str) -> _Advice | None:
        """Return an implication or a recommendation with the marking of what it rests on, or None."""
        if row.theme in self.gone_themes:
            return None
        rests = self.named(self.of(row.rests_on), "")
        marks = (around, row.marking, rests)
        if isinstance(row, Implication):
            text = self.prose(row.text, *marks)
            return msgspec.structs.replace(row, text=text, until=self.still(row.until)) if text else None
        what = self.prose(row.what, *marks)
        if what is None:
            return None
        return msgspec.structs.replace(row, what=what, short=self.prose(row.short, *marks), until=self.still(row.until))

    # ---------------------------------------------------------------------------------------------------- tables, charts, differences

    def rows(self, rows: Iterable[_Row]) -> tuple[_Row, ...]:
        """Return the rows of a table that may be seen, by their own marking and their fact's."""
        kept = []
        for row in rows:
            name = row.figure if isinstance(row, KeyFigure) else getattr(row, "fact")  # noqa: B009
            place = max(self.rank(getattr(row, "marking")), self.of((name,)))  # noqa: B009
            if self.sees(place):
                kept.append(msgspec.structs.replace(row, until=self.still(getattr(row, "until"))))  # noqa: B009
        return tuple(kept)

    def chart(self, chart: ChartSpec) -> ChartSpec | None:
        """Return a chart, or None where any of its points is hidden: its title and its description speak of all of them."""
        if chart.theme in self.gone_themes:
            return None
        named = [point.figure for point in chart.points]
        named += [*names_in(chart.alt), *names_in(chart.caption)]
        place = max(self.rank(chart.marking), self.of(named))
        return msgspec.structs.replace(chart, marking=self.named(place, chart.marking)) if self.sees(place) else None

    def difference(self, row: Difference) -> Difference | None:
        """Return a difference, or None where any of its sides or what is used is hidden: it makes no sense without."""
        place = max(self.rank(row.marking), self.of(side.fact for side in row.positions))
        if row.theme in self.gone_themes or not self.sees(place):
            return None
        around = self.named(place, row.marking)
        used = self.prose(row.used, around)
        sides = [(side, self.prose(side.says, around)) for side in row.positions]
        if used is None or any(says is None for _, says in sides):
            return None
        positions = tuple(msgspec.structs.replace(side, says=says) for side, says in sides)
        return msgspec.structs.replace(row, used=used, positions=positions, until=self.still(row.until), marking=around)


# ------------------------------------------------------------------------------------------------------- what only hidden words need


def _forgotten(whole: Dossier, left: Dossier) -> Dossier:
    """Return what is left without what the dossier declares for hidden facts alone: units, measures, names, abbreviations."""
    gone: list[Fact | Source | Theme] = [
        *(fact for name, fact in whole.facts.items() if name not in left.facts),
        *(source for name, source in whole.sources.items() if name not in left.sources),
    ]
    told, kept = set(texts(left)), {text for _, text in texts(left)}
    hidden = "\n".join(text for path, text in texts(whole) if text not in kept)
    if not gone and not hidden:
        return left
    header, shown = left.header, "\n".join(_words(told))
    units, lost_units = _names(left.facts.values()), _names(fact for fact in gone if isinstance(fact, Fact))
    measures = {fact.measure for fact in left.facts.values()}
    lost = {fact.measure for fact in gone if isinstance(fact, Fact)} - measures

    def wanted(word: str) -> bool:
        pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?!-?\w)")
        return bool(pattern.search(shown)) or not pattern.search(hidden)

    made: Header = msgspec.structs.replace(
        header,
        shelf_lives={key: value for key, value in header.shelf_lives.items() if key not in lost},
        materiality=msgspec.structs.replace(
            header.materiality, by_measure={key: value for key, value in header.materiality.by_measure.items() if key not in lost}
        ),
        units={one: many for one, many in header.units.items() if {one, many} & units or not {one, many} & lost_units},
        names=tuple(filter(wanted, header.names)),
        well_known=tuple(filter(wanted, header.well_known)),
    )
    abbreviations = {short: full for short, full in left.abbreviations.items() if wanted(short)}
    return msgspec.structs.replace(left, header=made, abbreviations=abbreviations)


_DECLARED = ("abbreviations", "header.names", "header.well_known", "header.units", "header.shelf_lives", "header.materiality")


def _words(told: Iterable[tuple[str, str]]) -> list[str]:
    """Return texts that stand somewhere, and are not only declared."""
    return [text for path, text in told if not path.startswith(_DECLARED)]


def _names(facts: Iterable[Fact]) -> set[str]:
    """Return the units of all figures of facts."""
    found: set[str] = set()
    for fact in facts:
        parts: tuple[Mapping[str, object], ...] = (fact.figures, fact.derived)
        found |= {unit for figures in parts for figure in figures.values() if (unit := getattr(figure, "unit", ""))}
    return found
