"""From the files of a dossier to one `Dossier`, its recipes and its look: seed files merged, every problem found at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from briefing.load.decode import BAD, decode
from briefing.load.files import Files, narrowed
from briefing.load.look import read_look
from briefing.load.parse import Collector, Enough, parse, text_of
from briefing.load.recipes import check_recipes
from briefing.look import Look
from briefing.problems import Location, Problem, ProblemsFound, nearest
from briefing.recipe import Recipe
from briefing.seeds import ChartSpec, Dossier, Fact, Header, Section, SeedFile, Source, Whole

_Record = TypeVar("_Record", Source, Fact, ChartSpec)
_Decoded = TypeVar("_Decoded")


class Loaded(msgspec.Struct, frozen=True):
    """Everything that is read of a dossier."""

    dossier: Dossier
    recipes: dict[str, Recipe]  # by the stem of their file
    look: Look
    templates: dict[str, str]
    template_places: dict[str, str]  # template name -> the file to name in messages
    digest: str


def load(files: Files) -> Loaded:
    """Return the dossier that the files hold. Raises ProblemsFound with every problem of every file."""
    problems: list[Problem] = []
    seeds = _decoded(files.seeds, SeedFile, problems)
    recipes = read_recipes(files, problems)
    look = read_look(files, problems)
    templates = _templates(files, problems)
    dossier = _merged(seeds, len(seeds) == len(files.seeds), problems)
    if dossier:
        problems += check_recipes(recipes, dossier, templates, whole=len(recipes) == len(files.briefs))
    if problems or dossier is None or look is None:
        raise ProblemsFound(problems)
    return Loaded(dossier, recipes, look, templates, files.template_places, files.digest)


def own(files: Files, name: str) -> Files:
    """Return what one document is made of: all files but the recipes of others; its full brief's belongs to it.

    A mistake in somebody else's recipe does not hold it back, and a change of one makes no new reading of it.
    """
    mine = {each for each in (f"briefs/{name}.yaml", f"briefs/{name}.yml") if each in files.briefs}
    for recipe in _decoded({each: files.briefs[each] for each in mine}, Recipe, []).values():
        mine |= {f"briefs/{recipe.full_brief}.yaml", f"briefs/{recipe.full_brief}.yml"}
    return narrowed(files, mine)


def read_recipes(files: Files, problems: list[Problem]) -> dict[str, Recipe]:
    """Return the recipes that can be read, by the stem of their file; what is wrong with the others is added to the problems."""
    found = _decoded(files.briefs, Recipe, problems)
    return {name.rpartition("/")[2].rpartition(".")[0]: recipe for name, recipe in found.items()}


def read_header(files: Files) -> Header | None:
    """Return the dossier's header, or None where none can be read; what is wrong with it is for `load` to say."""
    named = sorted(files.seeds, key=lambda name: (not name.endswith("/dossier.yaml"), name))  # where it nearly always is
    for name in named:
        if b"dossier:" in files.seeds[name]:
            for seed in _decoded({name: files.seeds[name]}, SeedFile, []).values():
                if seed.dossier:
                    return seed.dossier
    return None


def _decoded(files: Mapping[str, bytes], kind: type[_Decoded], problems: list[Problem]) -> dict[str, _Decoded]:
    """Return the record of each file that holds one; a file with any mistake is left out and its problems noted."""
    records: dict[str, _Decoded] = {}
    for name, data in files.items():
        found = Collector()
        try:
            node = parse(data, name, found)
            record: Any = decode(node, kind, found) if node is not None else BAD
        except Enough:
            record = BAD
        if record is not BAD and not found.problems:
            records[name] = record
        problems += found.problems
    return records


def _templates(files: Files, problems: list[Problem]) -> dict[str, str]:
    templates = {}
    for name, data in files.templates.items():
        found = Collector()
        try:
            text = text_of(data, files.template_places[name], found)
        except Enough:
            text = None
        if text is not None:
            templates[name] = text
        problems += found.problems
    return templates


def _merged(seeds: Mapping[str, SeedFile], complete: bool, problems: list[Problem]) -> Dossier | None:
    """Return the seed files as one. Unless all of them could be read, what is missing is not held against the rest."""
    headers = [seed.dossier for seed in seeds.values() if seed.dossier]
    wholes = [seed.whole for seed in seeds.values() if seed.whole]
    problems += (_twice("S007", "dossier", header.at, headers[0].at) for header in headers[1:])
    problems += (_twice("S008", "whole", whole.at, wholes[0].at) for whole in wholes[1:])
    sources = _by_id("source", (record for seed in seeds.values() for record in seed.sources), problems)
    facts = _by_id("fact", (record for seed in seeds.values() for record in _themed(seed)), problems)
    charts = _by_id("chart", (record for seed in seeds.values() for record in seed.charts), problems)
    differences = tuple(record for seed in seeds.values() for record in seed.differences)
    _by_id_places("difference", ((record.id, record.at) for record in differences), problems)
    abbreviations: dict[str, str] = {}
    for name, seed in seeds.items():
        for short, long in seed.abbreviations.items():
            if abbreviations.setdefault(short, long) != long:
                message = f"the abbreviation {short} is expanded in two ways: {abbreviations[short]!r} and {long!r}"
                problems.append(Problem(Location(name), "S010", message, "keep one of the two"))
    if not headers:
        if complete:
            problems.append(
                Problem(Location("seeds"), "S006", "no seed file has a dossier: header", "write one in seeds/dossier.yaml")
            )
        return None
    header: Header = headers[0]
    themes = _theme_ids(header, problems)
    sections: dict[str, Section] = {}
    for name, seed in seeds.items():
        at = Location(name, seed.at.line, seed.at.column)
        if seed.theme and seed.theme not in themes:
            problems.append(
                Problem(
                    at,
                    "S011",
                    f"the dossier has no theme {seed.theme!r}",
                    nearest(seed.theme, themes) or f"one of {', '.join(themes)}",
                )
            )
        if seed.section and not seed.theme:
            problems.append(
                Problem(seed.section.at, "S012", "the section belongs to no theme", "write theme: at the head of the file")
            )
        elif seed.section and seed.theme in sections:
            problems.append(_twice("S013", f"section of the theme {seed.theme}", seed.section.at, sections[seed.theme].at))
        elif seed.section:
            sections[seed.theme] = seed.section
    if not complete:
        return None
    whole: Whole | None = wholes[0] if wholes else None
    return Dossier(
        header=header,
        whole=whole,
        sections={theme: sections[theme] for theme in themes if theme in sections},
        sources=sources,
        facts=facts,
        agreements=tuple(record for seed in seeds.values() for record in seed.agreements),
        timeline=tuple(record for seed in seeds.values() for record in seed.timeline),
        key_figures=tuple(record for seed in seeds.values() for record in seed.key_figures),
        abbreviations=abbreviations,
        charts=charts,
        differences=differences,
    )


def _theme_ids(header: Header, problems: list[Problem]) -> list[str]:
    _by_id_places("theme", ((theme.id, theme.at) for theme in header.themes), problems)
    return [theme.id for theme in header.themes]


def _themed(seed: SeedFile) -> Iterable[Fact]:
    """Yield the facts of a file, each with a theme: its own, or the file's."""
    for fact in seed.facts:
        yield fact if fact.theme or not seed.theme else msgspec.structs.replace(fact, theme=seed.theme)


def _by_id(kind: str, records: Iterable[_Record], problems: list[Problem]) -> dict[str, _Record]:
    known: dict[str, _Record] = {}
    for record in records:
        first = known.setdefault(record.id, record)
        if first is not record:
            problems.append(_duplicate(kind, record.id, record.at, first.at))
    return known


def _by_id_places(kind: str, places: Iterable[tuple[str, Location]], problems: list[Problem]) -> None:
    known: dict[str, Location] = {}
    for name, at in places:
        if name in known:
            problems.append(_duplicate(kind, name, at, known[name]))
        else:
            known[name] = at


def _duplicate(kind: str, name: str, at: Location, first: Location) -> Problem:
    return Problem(at, "S009", f"the {kind} {name} exists twice", f"the first is at {first}")


def _twice(code: str, what: str, at: Location, first: Location) -> Problem:
    return Problem(at, code, f"the {what} comes twice", f"the first is at {first}; keep one of the two")
