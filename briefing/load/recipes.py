"""Whether recipes fit their dossier: titles, themes, charts, templates and markings that exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from briefing.problems import Problem, nearest
from briefing.recipe import Recipe, Schedule
from briefing.seeds import Dossier

MAX_TITLE_WORDS = 14
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def check_recipes(
    recipes: Mapping[str, Recipe], dossier: Dossier, templates: Mapping[str, str], *, whole: bool
) -> Iterator[Problem]:
    """Yield the problems of recipes; `whole`: all recipes are known, so that a name that is not among them is a mistake."""
    themes = [theme.id for theme in dossier.header.themes]
    markings = dossier.header.markings
    for name, recipe in recipes.items():
        at = recipe.at
        if len(recipe.title.split()) > MAX_TITLE_WORDS:
            yield Problem(
                at,
                "B001",
                f"the title has {len(recipe.title.split())} words, more than {MAX_TITLE_WORDS}",
                "say the rest in the subtitle",
            )
        if recipe.template_name not in templates:
            yield Problem(at, "B002", f"there is no template {recipe.template_name!r}", nearest(recipe.template_name, templates))
        for theme in recipe.themes:
            if theme not in themes:
                yield Problem(at, "B003", f"the dossier has no theme {theme!r}", nearest(theme, themes))
        for chart in recipe.charts or ():
            if chart not in dossier.charts:
                yield Problem(at, "B004", f"the dossier has no chart {chart!r}", nearest(chart, dossier.charts))
        for field in ("marking", "clearance"):
            value = getattr(recipe, field)
            if value and value not in markings:
                yield Problem(at, "B005", f"{field}: {value!r} is not in the ladder of markings", f"one of {', '.join(markings)}")
        if recipe.full_brief and recipe.kind != "summary":
            yield Problem(at, "B006", "full_brief is for summaries")
        elif recipe.full_brief and whole and getattr(recipes.get(recipe.full_brief), "kind", "") != "brief":
            briefs = [other for other, its in recipes.items() if its.kind == "brief" and other != name]
            yield Problem(at, "B006", f"full_brief: there is no brief {recipe.full_brief!r}", nearest(recipe.full_brief, briefs))
        for unknown in sorted(set(re.findall(r"\{([^{}]*)\}", recipe.theme_title)) - {"theme", "title"}):
            yield Problem(at, "B007", f"theme_title: {{{unknown}}} is not known", "{theme} and {title} are")
        for field in ("budgets", "limits"):
            for part, number in getattr(recipe, field).items():
                if not 0 <= number <= 20_000:
                    yield Problem(at, "B008", f"{field}: {part} cannot be {number}")
        for fact in (*recipe.rests_on, *(name for titles in recipe.otherwise for name in titles.rests_on)):
            if fact not in dossier.facts:
                yield Problem(at, "B013", f"rests_on: there is no fact {fact!r}", nearest(fact, dossier.facts))
        if recipe.schedule:
            yield from check_schedule(recipe.schedule, dossier.header.holidays)
        if recipe.language and not _LANGUAGE.fullmatch(recipe.language):
            yield Problem(at, "B009", f"{recipe.language!r} is no language tag", "such as en-GB")


def check_schedule(schedule: Schedule, lists: Mapping[str, Iterable[date]]) -> Iterator[Problem]:
    """Yield the problems of a schedule; `lists` are the dossier's holidays by name."""
    from briefing.timetable import BadSchedule, NoTimeZones, timetable

    try:
        timetable(schedule, lists)
    except NoTimeZones:
        return  # documents can be written without; what is scheduled says so
    except BadSchedule as bad:
        yield from (Problem(schedule.at, code, message, hint) for code, message, hint in bad.faults)
