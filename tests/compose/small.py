"""Small dossiers for the tests of composing: a header with two themes, two sources, and whatever a test adds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from briefing.compose import compose
from briefing.model import Document, Inlines, Text
from briefing.recipe import Recipe
from briefing.seeds import Amount, Dossier, Fact, Figure, Header, Prose, Reference, Source, Status, Theme
from briefing.when import When

AS_OF = date(2025, 12, 1)
THEMES = (Theme("trade", "Trade and money", "Trade"), Theme("ports", "Ports"))
GAZETTE = Source("gazette", "The Gazette on trade", "The Gazette", "secondary", published=When.parse("2025-03-01"))
LEDGER = Source("ledger", "The Ledger", "Treasury", "primary", published=When.parse("2025-06"))


def when(text: str) -> When:
    return When.parse(text)


def amount(text: str) -> Amount:
    number, _, scale = text.partition(" ")
    return Amount(Decimal(number), scale)


def figure(value: str, unit: str = "number", **more: Any) -> Figure:
    high = more.pop("high", None)
    return Figure(value=amount(value), high=amount(high) if high else None, unit=unit, **more)


def fact(name: str, says: str = "It is so.", status: Status = "happened", sources: str = "gazette#3", **more: Any) -> Fact:
    refs = []
    for each in sources.split():
        source, _, paragraphs = each.partition("#")
        refs.append(Reference(source, tuple(map(int, paragraphs.split(",")))))
    return Fact(name, says, status, tuple(refs), theme=more.pop("theme", "trade"), **more)


def dossier(
    *facts: Fact, sources: tuple[Source, ...] = (GAZETTE, LEDGER), header: Mapping[str, Any] | None = None, **more: Any
) -> Dossier:
    made = Header(**{"title": "Norland and Sudia", "subject": "Norland", "themes": THEMES, **(header or {})})
    return Dossier(
        header=made,
        whole=more.pop("whole", None),
        sections=more.pop("sections", {}),
        sources={each.id: each for each in sources},
        facts={each.id: each for each in facts},
        **more,
    )


def prose(text: str) -> Prose:
    return Prose(text)


def composed(template: str, seeds: Dossier, *, as_of: date = AS_OF, recipe: Recipe | None = None, **more: Any) -> Document:
    """Return the document that a template of the test's own makes."""
    chosen = recipe or Recipe("brief", "Making trade last")
    templates = {chosen.template_name: template, **more.pop("others", {})}
    return compose(seeds, chosen, templates, {name: f"templates/{name}" for name in templates}, as_of, **more)


def text(words: str) -> Inlines:
    return (Text(words),)
