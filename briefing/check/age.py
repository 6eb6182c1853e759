"""What time has done to a dossier by a given day: facts past their shelf life, and days that have passed without a word of what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from briefing.check.places import Places
from briefing.problems import Problem
from briefing.seeds import Dossier, Fact

_MONTH = 30.4375  # days


class Aged(msgspec.Struct, frozen=True):
    """How a fact stands on the day: past its shelf life, past its due day with nothing that tells the outcome."""

    stale: bool
    overdue: bool


def check_age(
    dossier: Dossier, facts: Mapping[str, Aged], known: Mapping[str, date], as_of: date, places: Places
) -> Iterator[Problem]:
    """Yield a warning for each source whose facts are stale, and for each fact overdue; `known`: the day each source counts from.

    `facts` are those known on the day. One that another fact supersedes is no longer relied on, and left out.
    """
    replaced = {name for fact in dossier.facts.values() if fact.id in facts for name in fact.supersedes}
    chosen = [(dossier.facts[name], aged) for name, aged in facts.items() if name in dossier.facts and name not in replaced]
    yield from _stale([fact for fact, aged in chosen if aged.stale], dossier, known, as_of, places)
    for fact in (fact for fact, aged in chosen if aged.overdue and fact.due is not None):
        assert fact.due is not None
        place = places.word(fact.at, fact.due.text, after="due")
        message = f"fact {fact.id} was due by {fact.due.worded()}, and no source tells what came of it"
        yield Problem(place, "A002", message, f"a fact that tells it says resolves: [{fact.id}]", warning=True)


def _stale(facts: list[Fact], dossier: Dossier, known: Mapping[str, date], as_of: date, places: Places) -> Iterator[Problem]:
    """Tell stale facts by their newest source, all those of a source in one line."""
    alone: Counter[str] = Counter()
    newest: Counter[str] = Counter()
    for fact in facts:
        dated = [ref.source for ref in fact.sources if ref.source in known]
        if dated:
            last = max(dated, key=lambda name: known[name])
            (alone if len(set(dated)) == 1 else newest)[last] += 1
    for name, source in dossier.sources.items():
        told = [
            text
            for text in (
                f"{_count(alone[name])} {'rests' if alone[name] == 1 else 'rest'} on it alone" if alone[name] else "",
                f"{_count(newest[name])} {'has' if newest[name] == 1 else 'have'} nothing newer" if newest[name] else "",
            )
            if text
        ]
        if told:
            message = f"source {name} is {_age((as_of - known[name]).days)} old; {', '.join(told)}"
            hint = "past their shelf life: read something newer, or give them a longer one"
            yield Problem(places.word(source.at, name, after="id"), "A001", message, hint, warning=True)


def _count(number: int) -> str:
    return f"{number} {'fact' if number == 1 else 'facts'}"


def _age(days: int) -> str:
    months = round(days / _MONTH)
    if months < 2:
        return "1 day" if days == 1 else f"{days} days"
    return f"{months} months" if months < 36 else f"{months // 12} years"
