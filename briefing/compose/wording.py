"""What a fact says on a given day: its state as of the date, and the sentence for that state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

from briefing.seeds import Dossier, Fact, Source
from briefing.when import MONTHS, When

State: TypeAlias = Literal["stands", "upcoming", "overdue", "lapsed", "happened", "cancelled", "superseded"]
Freshness: TypeAlias = Literal["past", "fresh", "ageing", "stale"]

_OPEN = ("expected", "planned", "announced", "pledged", "agreed", "ongoing")
_PLANS = ("expected", "planned", "announced")
_MOVING = (*_PLANS, "proposed", "ongoing", "stalled")  # what an old source tells of these may be so no longer
_LASTING = ("happened", "cancelled")  # what took place stays so
_LIFE = re.compile(r"(\d+) (day|week|month|year)s?")
_AGES: tuple[Freshness, ...] = ("past", "fresh", "ageing", "stale")
_NO_SUPERSEDERS: Mapping[str, Fact] = {}


def known_by(source: Source) -> date:
    """Return the day from which a source counts as known: its own date or the curator's estimate, the last day of either."""
    dated = source.published or source.dated
    if dated is not None:
        return dated.end
    return source.read or date.min


def resolvers(dossier: Dossier) -> dict[str, Fact]:
    """Return for each resolved fact the one that tells what became of it."""
    return {resolved: fact for fact in dossier.facts.values() for resolved in fact.resolves}


def superseders(dossier: Dossier) -> dict[str, Fact]:
    """Return for each superseded fact the one that gives the newer value."""
    return {superseded: fact for fact in dossier.facts.values() for superseded in fact.supersedes}


def due_of(fact: Fact) -> When | None:
    """Return by when something is to have happened: the fact's due date, or of what is expected the date it speaks of."""
    return fact.due or (fact.when if fact.status == "expected" else None)


def state(
    fact: Fact,
    as_of: date,
    resolved_by: Mapping[str, Fact],
    superseded_by: Mapping[str, Fact] = _NO_SUPERSEDERS,
    *,
    stale: bool = False,
) -> State:
    """Return what has become of a fact by `as_of`, so far as the dossier's sources tell.

    `stale`: its newest source is older than its shelf life. A plan without a day lapses then: nothing later was read of it.
    """
    if fact.status == "cancelled":
        return "cancelled"
    resolver = resolved_by.get(fact.id)
    if resolver is not None:
        return "cancelled" if resolver.status == "cancelled" else "happened"
    if fact.id in superseded_by:
        return "superseded"
    due = due_of(fact)
    if fact.status in _OPEN and due is not None:
        return "overdue" if due.end < as_of else "upcoming"
    if fact.status in _PLANS and stale:
        return "lapsed"
    return "upcoming" if fact.status in ("expected", "planned") else "stands"


def sentence(fact: Fact, at: State, *, stale: bool = False) -> str:
    """Return the sentence for a state, placeholders still in it.

    A fact's own wording goes first. Otherwise an overdue one says what was due, and that no source tells that it took place; a
    lapsed one that it was reported, and that nothing later was read; one that happened is told by the fact that resolves it, one
    that is superseded by the newer. What by a `stale` source is to come or under way is told as that source's report.
    """
    own: str = getattr(fact.wording, at, "")
    if own:
        return own
    if at == "overdue":
        if fact.label:
            return f"{fact.label} was due by {{{'due' if fact.due else 'when'}}}; no source read here says that it took place."
        return f"{_as_reported(fact)} No source read here says that it took place."
    if at == "lapsed":
        if fact.label:
            return f"{fact.label}: reported as {fact.status}, {{reported}}; no later source was read."
        return f"{_as_reported(fact)} No later source was read."
    if stale and at in ("upcoming", "stands") and fact.status in _MOVING:
        return f"{fact.says.rstrip().removesuffix('.')}, as reported in {{reported}}."
    return fact.says


def own_sentence(fact: Fact, at: State, *, stale: bool = False) -> str:
    """Return a fact's sentence as its own sources have it, for a list of all facts: what was to come is told as their report."""
    if at not in ("happened", "cancelled", "superseded"):
        return sentence(fact, at, stale=stale)
    own: str = getattr(fact.wording, at)
    return own or (_as_reported(fact) if fact.status in _PLANS else fact.says)


def _as_reported(fact: Fact) -> str:
    return f"As reported in {{reported}}: {fact.says}"


def told_by(fact: Fact, at: State, resolved_by: Mapping[str, Fact], superseded_by: Mapping[str, Fact] = _NO_SUPERSEDERS) -> Fact:
    """Return the fact whose sentence and sources tell this one's state: the resolving or newer fact where there is one, else itself.

    What took place is told by itself, even where a newer value supersedes it.
    """
    if getattr(fact.wording, at, ""):
        return fact
    if at in ("happened", "cancelled"):
        return resolved_by.get(fact.id, fact)
    if at == "superseded" and fact.status not in _LASTING:
        return superseded_by[fact.id]
    return fact


def newest_source(fact: Fact, dossier: Dossier) -> Source | None:
    """Return the source of a fact that counts as known last, or None where the dossier has none of them."""
    known = [dossier.sources[ref.source] for ref in fact.sources if ref.source in dossier.sources]
    return max(known, key=known_by, default=None)


def reported(fact: Fact, dossier: Dossier) -> When | None:
    """Return when the newest source of a fact reported it, by the month: "July 2025", "May to July 2025"."""
    source = newest_source(fact, dossier)
    dated = source and (source.published or source.dated)
    if not dated:
        return None
    first, last = (f"{day.year:04}-{day.month:02}" for day in (dated.start, dated.end))
    return When.parse(last if first == last else f"{first}/{last}")


def freshness(fact: Fact, dossier: Dossier, as_of: date) -> Freshness:
    """Return how old a fact's newest source is beside its shelf life; from half of that on it is ageing, past it stale.

    What took place, and a figure of a time gone by, stays as it was: it is past, and never goes stale. A figure that is computed is
    no fresher than what it is computed from.
    """
    if fact.derived:
        inputs = {reference.partition(".")[0] for derived in fact.derived.values() for reference in derived.of}
        ages = [freshness(dossier.facts[name], dossier, as_of) for name in inputs if name in dossier.facts]
        return max(ages, key=_AGES.index, default="fresh")
    if fact.status in _LASTING:
        return "past"
    source = newest_source(fact, dossier)
    newest = known_by(source) if source else as_of
    life = shelf_days(shelf_life(fact, dossier))
    age = (as_of - newest).days
    if age > life:
        return "stale"
    return "ageing" if age * 2 > life else "fresh"


def shelf_life(fact: Fact, dossier: Dossier) -> str:
    """Return how long a fact is good for: as it says itself, else as its measure does, else as the dossier does."""
    return fact.shelf_life or dossier.header.shelf_lives.get(fact.measure) or dossier.header.shelf_life


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
