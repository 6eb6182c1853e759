"""All checks of a dossier that need no day: its references and facts, its words, its comparable facts, its scales, its templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from briefing.check.agreement import check_agreement
from briefing.check.bare import check_words, names_of
from briefing.check.materiality import check_materiality
from briefing.check.places import Places
from briefing.check.references import check
from briefing.check.scales import check_scales
from briefing.check.templates import check_templates
from briefing.problems import Problem
from briefing.recipe import Recipe
from briefing.seeds import Dossier


def check_all(
    dossier: Dossier,
    texts: Mapping[str, bytes],
    recipes: Mapping[str, Recipe],
    templates: Mapping[str, str],
    template_places: Mapping[str, str],
) -> Iterator[Problem]:
    """Yield every problem of a dossier and its documents; `texts` are the files of seeds and briefs by name."""
    places = Places(texts)
    yield from check(dossier, texts)
    yield from check_words(dossier, places, recipes)
    yield from check_agreement(dossier, places)
    yield from check_scales(dossier, places)
    yield from check_materiality(dossier, places)
    ids = (*dossier.facts, *dossier.sources, *dossier.charts, *recipes, *templates, *(theme.id for theme in dossier.header.themes))
    yield from check_templates(templates, template_places, names_of(dossier), frozenset(ids))
