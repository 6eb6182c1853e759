"""The evidence of a document: every fact it prints, with what stands behind it, as plain records for a file beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from briefing.compose.records import difference_record, fact_record, facts_for, source_record
from briefing.compose.traces import Trace, traces
from briefing.model import Cite, Document
from briefing.recipe import Recipe
from briefing.seeds import Dossier
from briefing.walk import nodes

_NO_FILES: Mapping[str, str] = {}


def evidence(
    dossier: Dossier, recipe: Recipe, document: Document, name: str, files: Mapping[str, str] = _NO_FILES
) -> dict[str, Any]:
    """Return the facts printed in `document`, in order of first use, and their sources: numbers, strings, lists and dicts only.

    A fact is printed where one of its figures stands, or the source mark of what is said of it; where only its label stands, it is
    named and not told. `name` is the document's own; `files` are its files by name with their SHA-256 digests.
    """
    facts = facts_for(dossier, document.as_of, recipe)
    found: dict[str, list[Trace]] = {}
    for trace in traces(document, dossier.charts):
        found.setdefault(trace.fact, []).append(trace)
    records = [{**fact_record(facts, name), **_printed(places)} for name, places in found.items()]
    cited = [ref.source for node in nodes(document.blocks) if isinstance(node, Cite) for ref in node.refs]
    behind = [ref["source"] for record in records for ref in record["sources"]]
    differences = [each for each in facts.dossier.differences if any(each.id in record["disputed_by"] for record in records)]
    return {
        "name": name,
        "title": document.title,
        "kind": document.kind,
        "subject": document.subject or None,
        "author": document.author or None,
        "language": document.language,
        "as_of": document.as_of.isoformat(),
        "digest": document.digest,
        "files": [{"name": name, "sha256": digest} for name, digest in files.items()],
        "facts": records,
        "differences": [difference_record(facts, each) for each in differences],
        "sources": [source_record(facts.dossier.sources[name]) for name in dict.fromkeys([*cited, *behind])],
    }


def _printed(places: list[Trace]) -> dict[str, Any]:
    """Return which figures of a fact stand in a document, in which words, and where."""
    return {
        "printed": [
            {"figure": name, "words": words} for name, words in dict.fromkeys(each for trace in places for each in trace.printed)
        ],
        "places": [
            {"under": under, "block": block, "words": words}
            for under, block, words in dict.fromkeys(trace.place for trace in places)
        ],
    }
