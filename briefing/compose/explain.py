"""What a fact, a source or a printed figure is, what stands behind it, and every place it stands in, as a plain record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

import msgspec

from briefing.compose.facts import Facts
from briefing.compose.records import difference_record, disputed, fact_record, facts_for, source_record
from briefing.compose.traces import Trace, traces
from briefing.compose.wording import known_by
from briefing.model import Document
from briefing.problems import Location, Problem, ProblemsFound
from briefing.seeds import Dossier, Fact, Figure

_NO_PAGES: Mapping[int, int] = {}
_NO_REASONS: Mapping[str, str] = {}
_DATES = ("when", "due")


class Shown(msgspec.Struct, frozen=True):
    """A document as it is written: after `whole`, if it is a summary, has been brought down to one page.

    `left_out` says for each thing that had to go, by its name, why; `pages` gives the page of a node by its identity.
    """

    name: str
    document: Document
    whole: Document | None = None
    left_out: Mapping[str, str] = _NO_REASONS
    pages: Mapping[int, int] = _NO_PAGES


def explain(
    dossier: Dossier,
    what: str,
    as_of: date,
    documents: Sequence[Shown],
    same: Callable[[Figure], bool],
    *,
    not_made: Mapping[str, str] = _NO_REASONS,
) -> dict[str, Any]:
    """Return the record of a fact or a source by its id, else of all facts with a figure that `what` gives; `explains` says which.

    `same` tells whether a figure is the one that `what` gives, however it is written there; `not_made` says of documents that cannot
    be made on the day, by name, why. Raises ProblemsFound, with the nearest
    names, where there is nothing of the kind.
    """
    found = [_Found(each, traces(each.document, dossier.charts), _gone(each, dossier)) for each in documents]
    asked = what.strip()
    facts = facts_for(dossier, as_of)
    lacking = [{"document": name, "because": because} for name, because in not_made.items()]
    head = {"what": asked, "as_of": as_of.isoformat(), "not_made": lacking}
    if asked in dossier.facts:
        return {**head, "explains": "fact", **_fact(dossier, facts, asked, found)}
    if asked in dossier.sources:
        return {**head, "explains": "source", **_source(dossier, facts, asked, found)}
    matches = _figures(facts, asked, found, same)
    if matches:
        return {**head, "explains": "figure", "facts": matches}
    raise ProblemsFound([_nothing(dossier, asked)])


class _Found(msgspec.Struct, frozen=True):
    """A document with every place of every fact in it, and those that went with what was left out."""

    shown: Shown
    traces: tuple[Trace, ...]
    gone: tuple[Trace, ...]


def _gone(shown: Shown, dossier: Dossier) -> tuple[Trace, ...]:
    if shown.whole is None:
        return ()
    kept = {(trace.fact, *trace.place) for trace in traces(shown.document, dossier.charts)}
    return tuple(trace for trace in traces(shown.whole, dossier.charts) if (trace.fact, *trace.place) not in kept)


# -------------------------------------------------------------------------------------------------------------------- a fact


def _fact(dossier: Dossier, facts: Facts, name: str, found: Sequence[_Found]) -> dict[str, Any]:
    fact = dossier.facts[name]
    if name not in facts.dossier.facts:
        return {"id": name, "known": False, "known_from": _known_from(dossier, fact), "label": fact.label or None, "documents": []}
    differences = [difference_record(facts, each) for each in facts.dossier.differences if name in disputed(each)]
    record = {**fact_record(facts, name), "known": True, "differences": differences}
    return {**record, "documents": [_standing(each, {name}) for each in found]}


def _known_from(dossier: Dossier, fact: Fact) -> str | None:
    days = [known_by(dossier.sources[ref.source]) for ref in fact.sources if ref.source in dossier.sources]
    return min(days).isoformat() if days else None


def _standing(found: _Found, names: set[str]) -> dict[str, Any]:
    """Return where facts stand in a document, and what of them was left out of it."""
    shown = found.shown
    return {
        "document": shown.name,
        "kind": shown.document.kind,
        "places": [_place(trace, shown) for trace in _once(found.traces) if trace.fact in names],
        "left_out": [{**_place(trace, shown), **_why_gone(trace, shown)} for trace in _once(found.gone) if trace.fact in names],
    }


def _why_gone(trace: Trace, shown: Shown) -> dict[str, Any]:
    item = next((each for each in reversed(trace.within) if each in shown.left_out), "")
    return {"item": item or None, "because": shown.left_out.get(item)}


def _once(found: Sequence[Trace]) -> list[Trace]:
    """Return the places less those that repeat a fact in the same words."""
    return list({(trace.fact, *trace.place): trace for trace in reversed(found)}.values())[::-1]


def _place(trace: Trace, shown: Shown) -> dict[str, Any]:
    return {
        "under": trace.under,
        "block": trace.block,
        "words": trace.words,
        "printed": [words for _, words in trace.printed],
        "page": shown.pages.get(id(trace.node)),
    }


# ------------------------------------------------------------------------------------------------------------------ a source


def _source(dossier: Dossier, facts: Facts, name: str, found: Sequence[_Found]) -> dict[str, Any]:
    source = dossier.sources[name]
    record = {"id": name, "known": name in facts.dossier.sources, **source_record(source)}
    cited_by: dict[str, list[int]] = {}
    alone = []
    for fact in facts.dossier.facts.values():
        refs = facts.cite(fact).refs
        for ref in refs:
            if ref.source == name:
                cited_by[fact.id] = list(ref.paragraphs)
        if refs and all(ref.source == name for ref in refs):
            alone.append(fact.id)
    return {
        **record,
        "facts": [{"fact": fact, "paragraphs": paragraphs, "alone": fact in alone} for fact, paragraphs in cited_by.items()],
        "documents": [_losses(each, set(alone), name) for each in found],
    }


def _losses(found: _Found, alone: set[str], source: str) -> dict[str, Any]:
    """Return the sentences of a document that would go with the facts that rest on a source alone."""
    going: dict[tuple[str, str, str], list[Trace]] = {}
    for trace in found.traces:
        if trace.fact in alone:
            going.setdefault(trace.place, []).append(trace)
    return {
        "document": found.shown.name,
        "kind": found.shown.document.kind,
        "source": source,
        "would_go": [
            {**_place(each[0], found.shown), "facts": list(dict.fromkeys(trace.fact for trace in each))} for each in going.values()
        ],
    }


# ------------------------------------------------------------------------------------------------------------------ a figure


def _figures(facts: Facts, asked: str, found: Sequence[_Found], same: Callable[[Figure], bool]) -> list[dict[str, Any]]:
    """Return every fact with a figure, date or period that is the one asked for, or that prints it in these very words."""
    words = _folded(asked)
    printed = {
        (trace.fact, figure) for each in found for trace in each.traces for figure, text in trace.printed if _folded(text) == words
    }
    matches = []
    for view in facts:
        fact = view.fact
        names = [name for name in (*view.figures, *_DATES) if (fact.id, name) in printed or _is(facts, fact, name, same)]
        if names:
            record = fact_record(facts, fact.id)
            kept = ("id", "theme", "statement", "status", "state", "freshness", "sources")
            figures = {name: record["figures"].get(name) or {"words": record[name]} for name in dict.fromkeys(names)}
            documents = [_standing(each, {fact.id}) for each in found]
            for document in documents:
                for part in ("places", "left_out"):
                    shown = {text for name in figures for text in _texts(found, fact.id, name)}
                    document[part] = [place for place in document[part] if shown & set(place["printed"])]
            matches.append({**{key: record[key] for key in kept}, "figures": figures, "documents": documents})
    return matches


def _is(facts: Facts, fact: Fact, name: str, same: Callable[[Figure], bool]) -> bool:
    figure = facts.figure(fact, name)
    return figure is not None and (same(figure) or (figure.period is not None and same(Figure(date=figure.period))))


def _texts(found: Sequence[_Found], fact: str, name: str) -> set[str]:
    every = [trace for each in found for trace in (*each.traces, *each.gone)]
    return {text for trace in every if trace.fact == fact for figure, text in trace.printed if figure == name}


def _folded(text: str) -> str:
    return " ".join(text.replace("\N{EN DASH}", "-").split()).casefold()


# ---------------------------------------------------------------------------------------------------------------- no such thing


def _nothing(dossier: Dossier, asked: str) -> Problem:
    known = [*dossier.facts, *dossier.sources]
    words = asked.casefold().replace(" ", "-")
    near = [*get_close_matches(words, known, n=3, cutoff=0.5), *(name for name in known if words in name)]
    labelled = [fact.id for fact in dossier.facts.values() if asked and asked.casefold() in fact.label.casefold()]
    names = list(dict.fromkeys([*near, *labelled]))[:5]
    hint = f"did you mean {', '.join(names)}?" if names else "a fact, a source, or a figure such as USD 68 billion"
    return Problem(Location("explain"), "B090", f"{asked!r} is no fact, no source, and no figure of a fact known then", hint)
