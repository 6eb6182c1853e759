"""What a fact says on a given day: its state as of the date, and the sentence for that state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

from briefing.seeds import Dossier, Fact, Source
from briefing.when import MONTHS

State: TypeAlias = Literal["stands", "upcoming", "overdue", "happened", "cancelled"]
Freshness: TypeAlias = Literal["past", "fresh", "ageing", "stale"]

_OPEN = ("expected", "planned", "announced", "pledged", "agreed", "ongoing")
_LASTING = ("happened", "cancelled")  # what took place stays so
_LIFE = re.compile(r"(\d+) (day|week|month|year)s?")


def known_by(source: Source) -> date:
    """Return the day from which a source counts as known: its own date or the curator's estimate, the last day of either."""
    dated = source.published or source.dated
    if dated is not None:
        return dated.end
    return source.read or date.min


def resolvers(dossier: Dossier) -> dict[str, Fact]:
    """Return for each resolved fact the one that tells what became of it."""
    return {resolved: fact for fact in dossier.facts.values() for resolved in fact.resolves}


def state(fact: Fact, as_of: date, resolved_by: Mapping[str, Fact]) -> State:
    """Return what has become of a fact by `as_of`, so far as the dossier's sources tell."""
    if fact.status == "cancelled":
        return "cancelled"
    resolver = resolved_by.get(fact.id)
    if resolver is not None:
        return "cancelled" if resolver.status == "cancelled" else "happened"
    if fact.status not in _OPEN or fact.due is None:
        return "upcoming" if fact.status in ("expected", "planned") else "stands"
    return "overdue" if fact.due.end < as_of else "upcoming"


def sentence(fact: Fact, at: State) -> str:
    """Return the sentence for a state, placeholders still in it.

    A fact's own wording goes first. Otherwise an overdue one says what was due, and that no source tells that it took place; one
    that happened is told by the fact that resolves it.
    """
    own: str = getattr(fact.wording, at, "")
    if own:
        return own
    if at == "overdue" and fact.label:
        return f"{fact.label} was due by {{due}}; no source read here says that it took place."
    return fact.says


def told_by(fact: Fact, at: State, resolved_by: Mapping[str, Fact]) -> Fact:
    """Return the fact whose sentence and sources tell this one's state: the resolving fact where it happened, else itself."""
    if at in ("happened", "cancelled") and fact.id in resolved_by and not getattr(fact.wording, at):
        return resolved_by[fact.id]
    return fact


def freshness(fact: Fact, dossier: Dossier, as_of: date) -> Freshness:
    """Return how old a fact's newest source is beside its shelf life; from half of that on it is ageing, past it stale.

    What took place, and a figure of a time gone by, stays as it was: it is past, and never goes stale.
    """
    if fact.status in _LASTING:
        return "past"
    newest = max((known_by(dossier.sources[ref.source]) for ref in fact.sources if ref.source in dossier.sources), default=as_of)
    life = shelf_days(fact.shelf_life or dossier.header.shelf_life)
    age = (as_of - newest).days
    if age > life:
        return "stale"
    return "ageing" if age * 2 > life else "fresh"


def shelf_days(text: str) -> int:
    """Return a shelf life such as "6 months" in days; months have 30.4375 of them. Raises ValueError for anything else."""
    match = _LIFE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a time such as '6 months'")
    return round(int(match[1]) * {"day": 1, "week": 7, "month": 30.4375, "year": 365.25}[match[2]])


def worded_day(day: date) -> str:
    """Return a day in words: "23 November 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span_of_sources(dossier: Dossier) -> tuple[date, date] | None:
    """Return the first and last day of the sources' dates, or None where no source has one."""
    dates = [w for s in dossier.sources.values() if (w := s.published or s.dated) is not None]
    if not dates:
        return None
    return min(w.start for w in dates), max(w.end for w in dates)
