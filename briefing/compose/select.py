"""What a document may draw on: the dossier as known on a day, for a clearance, on the themes asked for. Done once, before all else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

import msgspec

from briefing.compose.references import REFERENCE, inputs, names_in
from briefing.compose.visible import visible
from briefing.compose.wording import known_by
from briefing.derive import compute
from briefing.seeds import BottomLine, ChartPoint, ChartSpec, Dossier, Fact, Figure, Prose, Reference, Section, Whole
from briefing.units import known_units

__all__ = ["REFERENCE", "fitting", "references", "select"]

_Told: TypeAlias = Callable[[Prose | None], Prose | None]


def select(dossier: Dossier, as_of: date, *, clearance: str = "", themes: Sequence[str] = ()) -> Dossier:
    """Return the dossier with only what was known by `as_of`, is marked no higher than `clearance` and belongs to `themes`.

    A source counts from its own date or the curator's estimate. A fact stays while one of its sources does, or the one it is
    `known_from`, and, with computed figures, all that they are computed from. A row, a point of a chart stays while all its facts
    do; of a piece of prose the first alternative is told that fits the facts. The curator's own remarks, which may know more than
    the sources, wait until no source of the dossier is younger than the day. Without a clearance nothing is hidden. Raises
    ValueError for one that is not on the dossier's ladder.
    """
    if clearance:
        dossier = visible(dossier, clearance)
    remarks = all(known_by(source) <= as_of for source in dossier.sources.values())
    sources = {key: source for key, source in dossier.sources.items() if known_by(source) <= as_of}
    facts = _with_derived({key: kept for key, fact in dossier.facts.items() if (kept := _known(fact, sources))}, dossier)
    if not remarks:
        facts = {key: msgspec.structs.replace(fact, note="") if fact.note else fact for key, fact in facts.items()}
    chosen = set(themes) or {theme.id for theme in dossier.header.themes}
    superseded = {name for fact in facts.values() for name in fact.supersedes}
    shown = {key for key, fact in facts.items() if not themes or fact.theme in chosen}

    def told(prose: Prose | None) -> Prose | None:
        return prose and fitting(prose, facts)

    def known(text: str) -> bool:
        return all(name in facts for name in references(Prose(text)))

    header = msgspec.structs.replace(dossier.header, themes=tuple(theme for theme in dossier.header.themes if theme.id in chosen))
    whole = dossier.whole
    if whole is not None:
        whole = _whole(whole, facts, chosen, told, partial=bool(themes))
    return Dossier(
        header=header,
        whole=whole,
        sections={key: _section(section, facts, told) for key, section in dossier.sections.items() if key in chosen},
        sources=sources,
        facts=facts,
        agreements=tuple(row for row in dossier.agreements if row.fact in shown and row.until not in facts),
        timeline=tuple(row for row in dossier.timeline if row.fact in shown and row.until not in facts),
        key_figures=tuple(
            row
            for row in dossier.key_figures
            if (name := row.figure.partition(".")[0]) in shown and name not in superseded and row.until not in facts
        ),
        abbreviations=dossier.abbreviations,
        charts={
            key: msgspec.structs.replace(chart, points=points)
            for key, chart in dossier.charts.items()
            if (not themes or chart.theme in chosen)
            and known(chart.alt)
            and known(chart.caption)
            and (points := _points(chart, facts))
        },
        differences=tuple(
            msgspec.structs.replace(
                row,
                used=used,
                positions=tuple(
                    msgspec.structs.replace(side, says=says)
                    for side in row.positions
                    if side.fact in facts and (says := told(side.says)) is not None
                ),
            )
            for row in dossier.differences
            if (not themes or row.theme in chosen)
            and row.until not in facts
            and (remarks or row.kind != "public-record")
            and (used := told(row.used)) is not None
            and all(side.fact in facts and told(side.says) is not None for side in row.positions)
        ),
    )


def _known(fact: Fact, sources: Mapping[str, object]) -> Fact | None:
    """Return a fact with those of its sources that are known, or None where it is not known itself."""
    kept = tuple(ref for ref in fact.sources if ref.source in sources)
    if (fact.sources and not kept) or (fact.known_from and fact.known_from not in sources):
        return None
    return fact if len(kept) == len(fact.sources) else msgspec.structs.replace(fact, sources=kept)


def _with_derived(facts: dict[str, Fact], dossier: Dossier) -> dict[str, Fact]:
    """Return the facts with their computed figures, and the sources of these; without those whose inputs are not all known."""
    if not any(fact.derived for fact in facts.values()):
        return facts
    while missing := {key for key, fact in facts.items() if any(name not in facts for name in inputs(fact))}:
        facts = {key: fact for key, fact in facts.items() if key not in missing}
    units = known_units(dossier.header.units)
    made = {}
    for key, fact in facts.items():
        if fact.derived:
            figures: dict[str, Figure] = {**fact.figures}
            for name, derived in fact.derived.items():
                figures[name] = compute(derived, facts, units)
            fact = msgspec.structs.replace(fact, figures=figures, sources=_sources(fact, facts))  # noqa: PLW2901
        made[key] = fact
    return made


def _sources(fact: Fact, facts: Mapping[str, Fact], above: tuple[str, ...] = ()) -> tuple[Reference, ...]:
    """Return a fact's own sources and those of all that its figures are computed from, the paragraphs of one source together."""
    refs: dict[str, Reference] = {}
    below = [
        ref
        for name in inputs(fact)
        if name != fact.id and name not in above
        for ref in _sources(facts[name], facts, (*above, fact.id))
    ]
    for ref in (*fact.sources, *below):
        first = refs.get(ref.source)
        paragraphs = tuple(sorted({*(first.paragraphs if first else ()), *ref.paragraphs}))
        refs[ref.source] = msgspec.structs.replace(first or ref, paragraphs=paragraphs)
    return tuple(refs.values())


def fitting(prose: Prose, facts: Mapping[str, Fact]) -> Prose | None:
    """Return the first alternative of a piece of prose whose facts are all known and whose end has not come, or None."""
    for each in (prose, *prose.otherwise):
        if each.until not in facts and all(name in facts for name in (*references(each), *each.rests_on)):
            return Prose(each.text, each.at, each.marking)
    return None


def _points(chart: ChartSpec, facts: dict[str, Fact]) -> tuple[ChartPoint, ...]:
    """Return the points of known facts; of bars and lines only the labels that every series still has."""
    gone = {point.label for point in chart.points if point.figure.partition(".")[0] not in facts}
    if chart.kind == "timeline":
        return tuple(point for point in chart.points if point.figure.partition(".")[0] in facts)
    return tuple(point for point in chart.points if point.label not in gone)


def references(prose: Prose) -> Iterable[str]:
    """Return the ids of the facts that a piece of prose names."""
    return names_in(prose.text)


def _told(pieces: Iterable[Prose], told: _Told) -> tuple[Prose, ...]:
    return tuple(piece for each in pieces if (piece := told(each)) is not None)


def _section(section: Section, facts: Mapping[str, Fact], told: _Told) -> Section:
    return msgspec.structs.replace(
        section,
        judgement=told(section.judgement) or Prose(""),
        happened=_told(section.happened, told),
        expected_lead=told(section.expected_lead),
        expected=tuple(name for name in section.expected if name in facts),
        key_numbers=tuple(name for name in section.key_numbers if name.partition(".")[0] in facts),
        so_what=_told(section.so_what, told),
        unknown=_told(section.unknown, told),
        summary=_told(section.summary, told),
        line=told(section.line),
    )


def _whole(whole: Whole, facts: Mapping[str, Fact], themes: set[str], told: _Told, *, partial: bool) -> Whole:
    def rests(rests_on: Iterable[str], until: str, theme: str) -> bool:
        return until not in facts and all(name in facts for name in rests_on) and (not partial or theme in themes)

    text = None if partial else told(whole.bottom_line.text)
    line = BottomLine(Prose(""))
    if text is not None:
        line = msgspec.structs.replace(whole.bottom_line, text=text, short=told(whole.bottom_line.short))
    return Whole(
        bottom_line=line,
        key_points={key: point for key, prose in whole.key_points.items() if key in themes and (point := told(prose)) is not None},
        context=() if partial else _told(whole.context, told),
        implications=tuple(
            msgspec.structs.replace(row, text=words)
            for row in whole.implications
            if rests(row.rests_on, row.until, row.theme) and (words := told(row.text)) is not None
        ),
        recommendations=tuple(
            msgspec.structs.replace(row, what=what, short=told(row.short))
            for row in whole.recommendations
            if rests(row.rests_on, row.until, row.theme) and (what := told(row.what)) is not None
        ),
        confidence=_told(whole.confidence, told),
        at=whole.at,
    )
