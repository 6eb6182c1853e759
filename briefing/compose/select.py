"""What a document may draw on: the dossier as known on a day, for a clearance, on the themes asked for. Done once, before all else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from briefing.compose.wording import known_by
from briefing.seeds import BottomLine, ChartPoint, ChartSpec, Dossier, Fact, Prose, Section, Whole

REFERENCE = re.compile(r"\{([a-z0-9-]+)(?:\.([a-z0-9-]+))?\}")


def select(dossier: Dossier, as_of: date, *, clearance: str = "", themes: Sequence[str] = ()) -> Dossier:
    """Return the dossier with only what was known by `as_of`, is marked no higher than `clearance` and belongs to `themes`.

    A source counts from its own date or the curator's estimate. A fact stays while one of its sources does; a paragraph, a row, a
    point of a chart stays while all its facts do. "" is the highest clearance, no themes are all themes.
    """
    ladder = dossier.header.markings
    allowed = set(ladder[: ladder.index(clearance) + 1]) if clearance in ladder else set(ladder)
    allowed.add("")
    sources = {key: source for key, source in dossier.sources.items() if known_by(source) <= as_of and source.marking in allowed}
    facts: dict[str, Fact] = {}
    for key, fact in dossier.facts.items():
        kept = tuple(ref for ref in fact.sources if ref.source in sources)
        if kept and fact.marking in allowed:
            facts[key] = fact if len(kept) == len(fact.sources) else msgspec.structs.replace(fact, sources=kept)
    chosen = set(themes) or {theme.id for theme in dossier.header.themes}
    shown = {key for key, fact in facts.items() if not themes or fact.theme in chosen}

    def known(prose: Prose) -> bool:
        return all(name in facts for name in references(prose))

    header = msgspec.structs.replace(dossier.header, themes=tuple(theme for theme in dossier.header.themes if theme.id in chosen))
    whole = dossier.whole
    if whole is not None:
        whole = _whole(whole, facts, chosen, known_only=known, partial=bool(themes))
    return Dossier(
        header=header,
        whole=whole,
        sections={key: _section(section, facts, known) for key, section in dossier.sections.items() if key in chosen},
        sources=sources,
        facts=facts,
        agreements=tuple(row for row in dossier.agreements if row.fact in shown),
        timeline=tuple(row for row in dossier.timeline if row.fact in shown),
        key_figures=tuple(row for row in dossier.key_figures if row.figure.partition(".")[0] in shown),
        abbreviations=dossier.abbreviations,
        charts={
            key: msgspec.structs.replace(chart, points=points)
            for key, chart in dossier.charts.items()
            if (not themes or chart.theme in chosen)
            and known(Prose(chart.alt))
            and known(Prose(chart.caption))
            and (points := _points(chart, facts))
        },
        differences=tuple(
            row
            for row in dossier.differences
            if (not themes or row.theme in chosen)
            and known(row.used)
            and all(side.fact in facts and known(side.says) for side in row.positions)
        ),
    )


def _points(chart: ChartSpec, facts: dict[str, Fact]) -> tuple[ChartPoint, ...]:
    """Return the points of known facts; of bars and lines only the labels that every series still has."""
    gone = {point.label for point in chart.points if point.figure.partition(".")[0] not in facts}
    if chart.kind == "timeline":
        return tuple(point for point in chart.points if point.figure.partition(".")[0] in facts)
    return tuple(point for point in chart.points if point.label not in gone)


def references(prose: Prose) -> Iterable[str]:
    """Return the ids of the facts that a piece of prose names."""
    return (match[1] for match in REFERENCE.finditer(prose.text.replace("{{", "").replace("}}", "")))


def _section(section: Section, facts: dict[str, Fact], known: object) -> Section:
    assert callable(known)
    changes: dict[str, object] = {
        name: tuple(filter(known, getattr(section, name))) for name in ("happened", "so_what", "unknown", "summary")
    }
    changes["expected"] = tuple(name for name in section.expected if name in facts)
    changes["key_numbers"] = tuple(name for name in section.key_numbers if name.partition(".")[0] in facts)
    for name in ("expected_lead", "line"):
        prose = getattr(section, name)
        changes[name] = prose if prose is not None and known(prose) else None
    if not known(section.judgement):
        changes["judgement"] = Prose("")
    return msgspec.structs.replace(section, **changes)


def _whole(whole: Whole, facts: dict[str, Fact], themes: set[str], *, known_only: object, partial: bool) -> Whole:
    known = known_only
    assert callable(known)

    def rests(row: object) -> bool:
        return all(name in facts for name in row.rests_on) and (not partial or row.theme in themes)  # type: ignore[attr-defined]

    line = whole.bottom_line
    if partial or not known(line.text):
        line = BottomLine(Prose(""))
    elif line.short is not None and not known(line.short):
        line = msgspec.structs.replace(line, short=None)
    return Whole(
        bottom_line=line,
        key_points={key: prose for key, prose in whole.key_points.items() if key in themes and known(prose)},
        context=() if partial else tuple(filter(known, whole.context)),
        implications=tuple(row for row in whole.implications if rests(row) and known(row.text)),
        recommendations=tuple(row for row in whole.recommendations if rests(row) and known(row.what)),
        confidence=tuple(filter(known, whole.confidence)),
        at=whole.at,
    )
