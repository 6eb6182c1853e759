"""What must not stand in anything made for a clearance: every text of the dossier that is gone once it is filtered, and what it says worded.

What the visible dossier, its recipes, its templates and this program say too is no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from briefing.markings import rank, texts

if TYPE_CHECKING:
    from briefing.compose.facts import Facts
    from briefing.deliver.leaks import Forbidden
    from briefing.load.dossier import Loaded
    from briefing.recipe import Recipe, Titles
    from briefing.seeds import Dossier, Fact

# fields of records that hold a word of the program, a name of the ladder or a number, and no text of an author
_OURS = ("status", "kind", "form", "bound", "how", "per", "marking", "theme", "scale", "shelf_life", "language")


class Kept(msgspec.Struct, frozen=True):
    """What was read for an edition and what of it a clearance may see, with the days on which it is told."""

    whole: Loaded
    seen: Loaded
    days: tuple[date, ...]


def forbidden(
    kept: Sequence[Kept], clearance: str, printed: Iterable[str] = (), days: Iterable[date] = (), earlier: Sequence[Kept] = ()
) -> Forbidden:
    """Return what must not stand in what is made of the dossiers that are `kept`.

    `printed` are the recipes that are made; `days` are dates that any reader may be told. `earlier` are dossiers that they tell the
    changes of: what was hidden there stays so unless it is open now, and what was open there and is hidden now is hidden.
    """
    from briefing.compose.wording import worded_day
    from briefing.deliver.leaks import forbidden as made_of
    from briefing.deliver.leaks import joined

    names = frozenset(printed)
    secret = [each for one in kept for each in _secrets(one, clearance, names)]
    before = [each for one in earlier for each in _secrets(one, clearance, names)]
    if not secret and not before:
        return made_of((), ())
    said = [*(each for day in days for each in (worded_day(day), day.isoformat()))]
    said += [text for one in kept for text in _legitimate(one, clearance, names)]
    openly, words = ("\n".join(said), _program()), "\n".join(text for one in kept for text in _house(one, names))
    found = made_of(secret, openly, words)
    if before:
        then = "\n".join(text for one in earlier for text in _legitimate(one, clearance, names))
        found = joined(found, made_of(before, (*openly, then), words))
    return found


# -------------------------------------------------------------------------------------------------------------------- secrets


def _secrets(kept: Kept, clearance: str, printed: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield each secret with what it is: texts of hidden records, and figures and sentences as they would be worded."""
    whole, seen = kept.whole.dossier, kept.seen.dossier
    if whole is seen:
        return
    known = {text for _, text in texts(seen)}
    for path, text in texts(whole):
        if text not in known and path.rpartition(".")[2] not in _OURS:
            yield _named(path), text
    hidden = {name: fact for name, fact in whole.facts.items() if name not in seen.facts}
    for name, fact in hidden.items():
        for words in _figures(fact, whole):
            yield f"a figure of the fact {name}", words
    for day in kept.days:
        facts = _facts(whole, day)
        for name in hidden.keys() & facts.dossier.facts.keys():
            for words in _sentences(facts, name):
                yield f"the sentence of the fact {name}", words
    ladder = whole.header.markings
    for name, recipe in kept.whole.recipes.items():
        above = rank(recipe.marking, ladder) > rank(clearance, ladder)
        choices: tuple[Recipe | Titles, ...] = (recipe, *recipe.otherwise)
        for titles in choices:
            if (above and name not in printed) or any(fact in hidden for fact in titles.rests_on):
                for field in ("title", "short_title", "subtitle"):
                    yield f"the {field.replace('_', ' ')} of the recipe {name}", getattr(titles, field)


def _named(path: str) -> str:
    """Return what a text is by the way to it: "facts.exports.label" is the label of the fact exports."""
    record, _, field = path.rpartition(".")
    kind, _, name = record.partition(".")
    if not name:
        return f"{field} ({kind})" if kind else field
    return f"{field} of {kind} {name}"


def _figures(fact: Fact, dossier: Dossier) -> Iterator[str]:
    """Yield the figures and days of a fact in all ways in which a document or its evidence words them."""
    from briefing.compose.numbers import in_digits, worded
    from briefing.derive import compute
    from briefing.units import known_units, size

    units = known_units(dossier.header.units)
    figures = dict(fact.figures)
    if fact.derived:
        facts = _facts(dossier, date.max).dossier.facts
        for name, derived in fact.derived.items():
            figures[name] = compute(derived, facts, units)
    for figure in figures.values():
        for each in (figure, msgspec.structs.replace(figure, bound="")):
            for form in (each, in_digits(each)):
                yield from (worded(form, units, noun=noun) for noun in (False, True))
        for amount in (figure.value, figure.high):
            if amount is not None:
                full = f"{size(amount):f}"
                yield full.rstrip("0").rstrip(".") if "." in full else full
    for when in (fact.when, fact.due, *(figure.period for figure in figures.values())):
        if when is not None:
            yield from (when.worded(), when.short(), when.text)


def _sentences(facts: Facts, name: str) -> Iterator[str]:
    from briefing.walk import plain

    view = facts.view(name)
    yield plain(facts.own(view))
    if not any(name != each for node in view.sentence for each in getattr(node, "facts", ())):
        yield plain(tuple(node for node in view.sentence if not hasattr(node, "refs")))


def _facts(dossier: Dossier, day: date) -> Facts:
    from briefing.compose.records import facts_for

    return facts_for(dossier, day)


# ----------------------------------------------------------------------------------------------------------- what may be said


def _legitimate(kept: Kept, clearance: str, printed: frozenset[str]) -> Iterator[str]:
    """Yield what the visible dossier says, as it is written and as it is worded, and the recipes made for no higher clearance."""
    from briefing.compose.wording import known_by, worded_day
    from briefing.walk import plain

    dossier = kept.seen.dossier
    yield from (text for _, text in texts(dossier))
    ladder = dossier.header.markings
    for name, recipe in kept.whole.recipes.items():
        if name in printed and rank(recipe.clearance, ladder) <= rank(clearance, ladder):
            own = msgspec.structs.replace(recipe, otherwise=())
            choices: tuple[Recipe | Titles, ...] = (own, *recipe.otherwise)
            fitting = [each for each in choices if all(fact in dossier.facts for fact in each.rests_on)]
            yield from (text for each in fitting for _, text in texts(each))
            yield from (text for _, text in texts(msgspec.structs.replace(own, title="", short_title="", subtitle="")))
    for source in dossier.sources.values():
        day = known_by(source)
        if day not in (date.min, date.max):
            yield from (worded_day(day), day.isoformat())
    for fact in dossier.facts.values():
        yield from _figures(fact, dossier)
    for day in kept.days:
        facts = _facts(dossier, day)
        for view in facts:
            yield plain(view.sentence)
            yield plain(facts.own(view))
            yield " ".join(plain(words) for words in view.figures.values())


def _house(kept: Kept, printed: frozenset[str]) -> Iterator[str]:
    """Yield the words of the dossier's templates and recipes: single words of theirs are no secrets, but what they say may be."""
    yield from kept.seen.templates.values()
    for name, recipe in kept.seen.recipes.items():
        if name in printed:
            yield from (text for _, text in texts(recipe))


@lru_cache(maxsize=1)
def _program() -> str:
    """Return all words of this program: what it says by itself in a document, a mail or a page is no secret of a dossier."""
    from briefing.load.files import builtin

    folder = Path(__file__).parent
    parts = ("compose", "render", "layout", "deliver", "editions")
    paths = [
        path for part in parts for path in sorted((folder / part).rglob("*")) if path.suffix in {".py", ".html", ".css", ".js"}
    ]
    paths += sorted(builtin().glob("*.j2"))
    return "\n".join(path.read_text("utf-8") for path in paths)
