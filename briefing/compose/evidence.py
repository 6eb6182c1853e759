"""The evidence of a document: every fact it prints, with what stands behind it, as plain records for a file beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from briefing.compose.facts import Facts
from briefing.compose.select import select
from briefing.compose.wording import known_by
from briefing.model import Cite, Document, Number
from briefing.seeds import Dossier, Figure
from briefing.units import known_units, size
from briefing.walk import nodes, plain


def evidence(dossier: Dossier, document: Document, as_of: date, clearance: str = "") -> dict[str, Any]:
    """Return the facts printed in `document`, in order of first use, and the sources cited: numbers, strings, lists and dicts only.

    A fact counts as printed where one of its numbers stands, or the source mark of a statement names its source and paragraphs.
    """
    chosen = select(dossier, as_of, clearance=clearance)
    facts = Facts(chosen, as_of, known_units(chosen.header.units))
    shown: dict[str, list[str]] = {}
    marks: list[tuple[str, frozenset[int]]] = []
    for node in nodes(document.blocks):
        if isinstance(node, Number):
            texts = shown.setdefault(node.fact, [])
            if node.text not in texts:
                texts.append(node.text)
        elif isinstance(node, Cite):
            marks += [(ref.source, frozenset(ref.paragraphs)) for ref in node.refs]
    for name, fact in chosen.facts.items():
        told = any(
            ref.source == source and set(ref.paragraphs) <= paragraphs for ref in fact.sources for source, paragraphs in marks
        )
        if told:
            shown.setdefault(name, [])
    return {
        "title": document.title,
        "as_of": as_of.isoformat(),
        "digest": document.digest,
        "facts": [_fact(facts, name, printed) for name, printed in shown.items() if name in chosen.facts],
        "sources": [_source(chosen, name) for name in dict.fromkeys(source for source, _ in marks) if name in chosen.sources],
    }


def _fact(facts: Facts, name: str, printed: list[str]) -> dict[str, Any]:
    view = facts.view(name)
    fact = view.fact
    return {
        "id": fact.id,
        "theme": fact.theme,
        "statement": plain(facts.own(view)),
        "status": fact.status,
        "state": view.state,
        "freshness": view.freshness,
        "when": fact.when.text if fact.when else None,
        "due": fact.due.text if fact.due else None,
        "printed": printed,
        "figures": {key: _figure(figure) for key, figure in fact.figures.items()},
        "sources": [{"source": ref.source, "paragraphs": list(ref.paragraphs)} for ref in fact.sources],
        "supersedes": list(fact.supersedes),
        "resolves": list(fact.resolves),
        "note": fact.note or None,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    if figure.date is not None:
        return {"date": figure.date.text}
    return {
        "value": str(size(figure.value)) if figure.value else None,
        "high": str(size(figure.high)) if figure.high else None,
        "unit": figure.unit,
        "bound": figure.bound or None,
        "period": figure.period.text if figure.period else None,
        "note": figure.note or None,
    }


def _source(dossier: Dossier, name: str) -> dict[str, Any]:
    source = dossier.sources[name]
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "author": source.author or None,
        "kind": source.kind,
        "published": source.published.text if source.published else None,
        "dated": source.dated.text if source.dated else None,
        "known_by": known_by(source).isoformat(),
        "url": source.url or None,
        "sha256": source.sha256 or None,
    }
