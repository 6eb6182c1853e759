"""Until when a dossier reads the same: the next day on which time alone may change what a document says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from briefing.compose.wording import known_by, shelf_days, shelf_life
from briefing.seeds import Dossier, Fact

_DAY = timedelta(days=1)


def next_change(dossier: Dossier, as_of: date) -> date | None:
    """Return the first day after `as_of` on which a source becomes known, a fact ages or a date passes, or None.

    From `as_of` until the day before, the same dossier gives the same facts in the same states. It may name a day on which
    nothing changes after all; it never misses one.
    """
    return min((day for day in _days(dossier) if day > as_of), default=None)


def _days(dossier: Dossier) -> Iterator[date]:
    known = {name: known_by(source) for name, source in dossier.sources.items()}
    yield from known.values()
    for fact in dossier.facts.values():
        for day in (fact.when, fact.due):
            if day is not None:
                yield day.start
                if day.end < date.max:
                    yield day.end + _DAY
        yield from _ages(fact, dossier, known)


def _ages(fact: Fact, dossier: Dossier, known: dict[str, date]) -> Iterator[date]:
    """Yield the days on which a fact is first ageing and first stale, for each source that may be its newest."""
    life = shelf_days(shelf_life(fact, dossier))
    for ref in fact.sources:
        newest = known.get(ref.source, date.max)
        for age in (life // 2 + 1, life + 1):
            if (date.max - newest).days > age:
                yield newest + timedelta(days=age)
