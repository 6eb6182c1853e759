"""A fact, a source or a difference as of a day, as a plain record: what stands behind it, what has become of it, and why."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from briefing.compose import passes
from briefing.compose.facts import Facts, FactView
from briefing.compose.marks import Marks
from briefing.compose.markup import MarkupError, blocks
from briefing.compose.numbers import worded
from briefing.compose.parts import DIFFERENCE_WORDS
from briefing.compose.select import REFERENCE, select
from briefing.compose.wording import due_of, known_by, newest_source, shelf_life, worded_day
from briefing.model import Cite, Inlines, Number, Text
from briefing.recipe import Recipe
from briefing.seeds import Amount, Difference, Dossier, Prose, Source
from briefing.units import known_units, size
from briefing.walk import nodes, plain

_DATES = ("when", "due", "reported")  # a fact's own; they are named like figures


def facts_for(dossier: Dossier, as_of: date, recipe: Recipe | None = None) -> Facts:
    """Return the facts known on a day: to the readers of a recipe, or, without one, to the curator."""
    lowest = dossier.header.markings[:1]
    clearance = (recipe.clearance or "".join(lowest)) if recipe else ""
    return Facts(select(dossier, as_of, clearance=clearance), as_of, known_units(dossier.header.units))


def fact_record(facts: Facts, name: str) -> dict[str, Any]:
    """Return all there is to say of a fact as of the day: numbers, strings, lists and dicts only.

    `statement` is what its own sources say, `sentence` what a document prints as of the day, by `told_by` where another fact tells it.
    Only what is known on the day is named.
    """
    view = facts.view(name)
    fact, dossier = view.fact, facts.dossier
    resolved_by = [other.id for other in dossier.facts.values() if name in other.resolves]
    superseded_by = [other.id for other in dossier.facts.values() if name in other.supersedes]
    tellers = [other for node in nodes(view.sentence) if isinstance(node, Cite) for other in node.facts if other != name]
    return {
        "id": fact.id,
        "label": fact.label or None,
        "theme": fact.theme,
        "statement": plain(facts.own(view)),
        "sentence": plain(_unmarked(view.sentence)),
        "told_by": tellers[0] if tellers else None,
        "status": fact.status,
        "state": view.state,
        "state_because": _state_because(view, facts, resolved_by, superseded_by),
        "freshness": view.freshness,
        "freshness_because": _freshness_because(view, facts),
        "when": fact.when.text if fact.when else None,
        "due": fact.due.text if fact.due else None,
        "figures": {key: _figure(view, key, facts) for key in view.figures if key not in _DATES},
        "sources": [
            {"source": ref.source, "paragraphs": list(ref.paragraphs), **_about(dossier.sources[ref.source])}
            for ref in facts.cite(fact).refs
            if ref.source in dossier.sources
        ],
        "supersedes": [other for other in fact.supersedes if other in dossier.facts],
        "superseded_by": superseded_by,
        "resolves": [other for other in fact.resolves if other in dossier.facts],
        "resolved_by": resolved_by,
        "disputed_by": [each.id for each in dossier.differences if name in disputed(each)],
        "note": fact.note or None,
    }


def disputed(difference: Difference) -> tuple[str, ...]:
    """Return the facts that a difference names: those of its positions, then those that its words name."""
    prose = " ".join([*(side.says.text for side in difference.positions), difference.used.text])
    return tuple(dict.fromkeys([*(side.fact for side in difference.positions), *(match[1] for match in REFERENCE.finditer(prose))]))


def difference_record(facts: Facts, difference: Difference) -> dict[str, Any]:
    """Return a difference with its positions and what is used, in words."""
    return {
        "id": difference.id,
        "subject": difference.subject,
        "class": difference.kind,
        "class_words": DIFFERENCE_WORDS[difference.kind],
        "positions": [{"fact": side.fact, "says": _words(facts, side.says)} for side in difference.positions],
        "used": _words(facts, difference.used),
    }


def source_record(source: Source) -> dict[str, Any]:
    """Return a source with the day from which it counts as known."""
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "author": source.author or None,
        "kind": source.kind,
        "language": source.language,
        "published": source.published.text if source.published else None,
        "dated": source.dated.text if source.dated else None,
        "dated_because": source.dated_because or None,
        "known_by": known_by(source).isoformat(),
        "url": source.url or None,
        "sha256": source.sha256 or None,
    }


def _about(source: Source) -> dict[str, Any]:
    dated = source.published or source.dated
    return {
        "title": source.title,
        "publisher": source.publisher,
        "kind": source.kind,
        "date": dated.worded() if dated else None,
        "date_estimated": source.published is None,
    }


def _figure(view: FactView, name: str, facts: Facts) -> dict[str, Any]:
    figure = facts.figure(view.fact, name)
    assert figure is not None  # the view has it
    shown = worded(figure, facts.units, noun=True)
    if figure.date is not None:
        return {"date": figure.date.text, "words": shown}
    derived = view.fact.derived.get(name)
    return {
        "value": _full(figure.value) if figure.value else None,
        "high": _full(figure.high) if figure.high else None,
        "unit": figure.unit or None,
        "bound": figure.bound or None,
        "period": figure.period.text if figure.period else None,
        "note": figure.note or None,
        "derived": {"how": derived.how, "of": list(derived.of)} if derived else None,
        "words": shown,
    }


def _full(amount: Amount) -> str:
    """Return an amount written out: 22800000000 for `22.8 billion`; one without a scale keeps its decimals."""
    text = f"{size(amount):f}"
    return text.rstrip("0").rstrip(".") if amount.scale and "." in text else text


def _unmarked(inlines: Inlines) -> Inlines:
    return tuple(inline for inline in inlines if not isinstance(inline, Cite))


def _words(facts: Facts, prose: Prose) -> str:
    """Return curated prose as plain words, without its source marks."""
    marks = Marks()
    try:
        found = passes.quotes(blocks(facts.prose(prose, marks), marks))
    except MarkupError:  # what a document cannot hold is told when one is made
        return prose.text
    words = "".join(node.text for node in nodes(found) if isinstance(node, (Text, Number)))
    return re.sub(r"\s+(?=[.,;:)]|$)", "", " ".join(words.split()))


def _state_because(view: FactView, facts: Facts, resolved_by: list[str], superseded_by: list[str]) -> str:
    """Return why a fact is in its state on the day: what resolves or supersedes it, and its due date beside the day."""
    fact = view.fact
    reasons = [f"resolved by {name}" for name in resolved_by] + [f"superseded by {name}" for name in superseded_by]
    due = due_of(fact)
    if not reasons and due is not None and view.state in ("upcoming", "overdue"):
        side = "before" if due.end < facts.as_of else "not before"
        reasons.append(f"due by {due.worded()}, {side} {worded_day(facts.as_of)}, and no fact known then resolves it")
    elif not reasons and view.state == "lapsed":
        reasons.append(f"its status is '{fact.status}', without a day, and its newest source is past its shelf life")
    elif not reasons:
        reasons.append(f"its status is '{fact.status}'{'' if due else ', and nothing is due'}")
    return "; ".join(reasons)


def _freshness_because(view: FactView, facts: Facts) -> str:
    """Return why a fact is as fresh as it is: its newest source, its age on the day, and its shelf life."""
    fact, header = view.fact, facts.dossier.header
    if fact.derived:
        return "it is computed, and no fresher than what it is computed from"
    if view.freshness == "past":
        return f"its status is '{fact.status}': what took place stays as it was"
    newest = newest_source(fact, facts.dossier)
    if newest is None:
        return "it has no source"
    whose = "its own" if fact.shelf_life else "its measure's" if fact.measure in header.shelf_lives else "the dossier's"
    day = known_by(newest)
    age = (facts.as_of - day).days
    life = shelf_life(fact, facts.dossier)
    return f"its newest source is of {worded_day(day)}, {age} {'day' if age == 1 else 'days'} before; {whose} shelf life is {life}"
