"""Whether a dossier's thresholds can be read, are of measures that it has, and weigh changes that a dossier may weigh."""

from __future__ import annotations

from collections.abc import Iterator

from briefing.check.places import Places
from briefing.edition import FIXED, WEIGHTS, Threshold
from briefing.problems import Problem, nearest
from briefing.seeds import Dossier


def check_materiality(dossier: Dossier, places: Places) -> Iterator[Problem]:
    """Yield the problems of the header's `materiality`."""
    rules = dossier.header.materiality
    measures = {fact.measure for fact in dossier.facts.values()}
    for name, text in (("default", rules.default), *rules.by_measure.items()):
        try:
            Threshold.parse(text)
        except ValueError as error:
            yield Problem(places.token(rules.at, text, after=name), "F015", f"materiality, {name}: {error}")
    for name in rules.by_measure:
        if name not in measures:
            message = f"materiality: no fact has the measure {name!r}"
            yield Problem(places.word(rules.at, name), "F016", message, nearest(name, measures), warning=True)
    free = [kind for kind in WEIGHTS if kind not in FIXED]
    for name in rules.changes:
        if name not in free:
            message = f"materiality: a change {name!r} {'cannot be weighed' if name in FIXED else 'does not exist'}"
            yield Problem(places.word(rules.at, name), "F017", message, nearest(name, free) or f"one of {', '.join(free)}")
