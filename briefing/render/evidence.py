"""The evidence beside a document, as JSON, CSV or JSON-LD in the words of W3C PROV and Dublin Core."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

PROV = "http://www.w3.org/ns/prov#"  # W3C Recommendation PROV-O, 30 April 2013
DCTERMS = "http://purl.org/dc/terms/"
DC = "http://purl.org/dc/elements/1.1/"  # the terms of these whose values are plain words
XSD = "http://www.w3.org/2001/XMLSchema#"
COLUMNS = (
    "fact", "theme", "statement", "status", "state", "why_this_state", "freshness", "figure", "value", "high", "unit", "bound",
    "period", "date", "note", "printed", "when", "due", "sources", "superseded_by", "resolved_by", "disputed_by", "places",
)  # fmt: skip
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # a spreadsheet may run a cell that begins so
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_W3CDTF = {4: "gYear", 7: "gYearMonth", 10: "date"}  # by length: dates that XML Schema has a type for
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
# Every term is spelled out here: nothing has to be fetched to read the file.
_CONTEXT: dict[str, Any] = {
    "prov": PROV,
    "dcterms": DCTERMS,
    "dc": DC,
    "xsd": XSD,
    "briefing": "urn:briefing:term:",
    **{
        f"prov:{term}": {"@type": "@id"}
        for term in ("entity", "hadPrimarySource", "specializationOf", "used", "wasAssociatedWith", "wasDerivedFrom", "wasGeneratedBy",
                     "wasRevisionOf")
    },
    **{f"briefing:{term}": {"@type": "@id"} for term in ("disputedBy", "resolvedBy", "resolves", "supersededBy", "toldBy")},
    "briefing:asOf": {"@type": "xsd:date"},
    "briefing:knownBy": {"@type": "xsd:date"},
    "briefing:paragraph": {"@type": "xsd:integer"},
    "briefing:value": {"@type": "xsd:decimal"},
    "briefing:high": {"@type": "xsd:decimal"},
}  # fmt: skip


def render(record: Mapping[str, Any], form: str) -> bytes:
    """Return the record of `briefing.compose.evidence` as `json`, `csv` (a row a figure) or `jsonld`, in UTF-8."""
    if form == "csv":
        return _csv(record)
    value = _jsonld(record) if form == "jsonld" else record
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


# --------------------------------------------------------------------------------------------------------------------- CSV


def _csv(record: Mapping[str, Any]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180, section 2
    writer.writerow(COLUMNS)
    for fact in record["facts"]:
        for row in _rows(fact):
            writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return out.getvalue().encode()


def _rows(fact: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each figure of a fact and each of its own dates that is printed; one row at least."""
    head = {
        **{name: fact[name] for name in ("theme", "statement", "status", "state", "freshness", "when", "due")},
        "fact": fact["id"],
        "why_this_state": fact["state_because"],
        "sources": "; ".join(f"{ref['source']}#{','.join(map(str, ref['paragraphs']))}" for ref in fact["sources"]),
        "superseded_by": "; ".join(fact["superseded_by"]),
        "resolved_by": "; ".join(fact["resolved_by"]),
        "disputed_by": "; ".join(fact["disputed_by"]),
        "places": "; ".join(dict.fromkeys(f"{place['under']}: {place['block']}" for place in fact["places"])),
    }
    shown: dict[str, list[str]] = {}
    for each in fact["printed"]:
        shown.setdefault(each["figure"], []).append(each["words"])
    for name in dict.fromkeys([*fact["figures"], *shown]) or ("",):
        yield {
            **head,
            "figure": name,
            **fact["figures"].get(name, {"date": fact.get(name)}),
            "printed": "; ".join(shown.get(name, [])),
        }


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


# ----------------------------------------------------------------------------------------------------------------- JSON-LD


def _jsonld(record: Mapping[str, Any]) -> dict[str, Any]:
    document = f"urn:briefing:document:{record['name']}:{record['as_of']}:{record['digest'] or 'undigested'}"
    generation = document.replace(":document:", ":generation:")
    facts = [_of("fact", fact["id"]) for fact in record["facts"]]
    sources = [_of("source", source["id"]) for source in record["sources"]]
    graph: list[dict[str, Any]] = [
        {
            "@id": document,
            "@type": "prov:Entity",
            "dcterms:title": {"@value": record["title"], "@language": record["language"]},
            "dc:subject": record["subject"],
            "dc:creator": record["author"],
            "dc:language": record["language"],
            "dc:type": record["kind"],
            "dcterms:identifier": record["digest"],
            "briefing:asOf": record["as_of"],
            "prov:wasGeneratedBy": generation,
            "prov:wasDerivedFrom": [*facts, *sources],
        },
        {
            "@id": generation,
            "@type": "prov:Activity",
            "dcterms:description": f"Composed from what was known on {record['as_of']}; the document's identifier is the digest of all inputs.",
            "briefing:asOf": record["as_of"],
            "prov:used": [*facts, *sources],
            "prov:wasAssociatedWith": "urn:briefing:generator",
        },
        {"@id": "urn:briefing:generator", "@type": "prov:SoftwareAgent", "dcterms:title": "generate"},
    ]
    graph += [_file(each, document, generation) for each in record["files"]]
    primary = {source["id"] for source in record["sources"] if source["kind"] == "primary"}
    graph += [_fact(fact, primary) for fact in record["facts"]]
    graph += [_difference(each) for each in record["differences"]]
    graph += [_source(source) for source in record["sources"]]
    return {"@context": _CONTEXT, "@graph": [_filled(node) for node in graph]}


def _of(kind: str, name: str) -> str:
    return f"urn:briefing:{kind}:{name}"


def _filled(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node without what is not known."""
    return {key: value for key, value in node.items() if value not in (None, "", [])}


def _file(each: Mapping[str, Any], document: str, generation: str) -> dict[str, Any]:
    return {
        "@id": f"urn:briefing:file:sha256:{each['sha256']}",
        "@type": "prov:Entity",
        "dcterms:title": each["name"],
        "briefing:sha256": each["sha256"],
        "prov:specializationOf": document,
        "prov:wasGeneratedBy": generation,
    }


def _fact(fact: Mapping[str, Any], primary: set[str]) -> dict[str, Any]:
    name = _of("fact", fact["id"])
    ways = [_derivation(ref, ref["source"] in primary) for ref in fact["sources"]]
    return {
        "@id": name,
        "@type": "prov:Entity",
        "prov:value": fact["statement"],
        "dcterms:title": fact["label"],
        "dc:subject": fact["theme"],
        "briefing:status": fact["status"],
        "briefing:state": fact["state"],
        "briefing:stateBecause": fact["state_because"],
        "briefing:freshness": fact["freshness"],
        "briefing:freshnessBecause": fact["freshness_because"],
        "briefing:when": _dated(fact["when"]),
        "briefing:due": _dated(fact["due"]),
        "briefing:figure": [_figure(name, key, figure) for key, figure in fact["figures"].items()],
        "briefing:printed": list(dict.fromkeys(each["words"] for each in fact["printed"])),
        "briefing:place": [
            {"briefing:under": each["under"], "briefing:block": each["block"], "briefing:words": each["words"]}
            for each in fact["places"]
        ],
        "prov:wasDerivedFrom": [_of("source", ref["source"]) for ref in fact["sources"]],
        "prov:hadPrimarySource": [_of("source", ref["source"]) for ref in fact["sources"] if ref["source"] in primary],
        "prov:qualifiedDerivation": [way for way in ways if way["@type"] == "prov:Derivation"],
        "prov:qualifiedPrimarySource": [way for way in ways if way["@type"] == "prov:PrimarySource"],
        "prov:wasRevisionOf": [_of("fact", other) for other in fact["supersedes"]],
        "briefing:supersededBy": [_of("fact", other) for other in fact["superseded_by"]],
        "briefing:resolves": [_of("fact", other) for other in fact["resolves"]],
        "briefing:resolvedBy": [_of("fact", other) for other in fact["resolved_by"]],
        "briefing:toldBy": _of("fact", fact["told_by"]) if fact["told_by"] else None,
        "briefing:disputedBy": [_of("difference", other) for other in fact["disputed_by"]],
        "dcterms:description": fact["note"],
    }


def _derivation(ref: Mapping[str, Any], is_primary: bool) -> dict[str, Any]:
    """Return the way from a source to a fact, with the paragraphs it goes by."""
    return {
        "@type": "prov:PrimarySource" if is_primary else "prov:Derivation",
        "prov:entity": _of("source", ref["source"]),
        "briefing:paragraph": ref["paragraphs"],
    }


def _figure(fact: str, name: str, figure: Mapping[str, Any]) -> dict[str, Any]:
    return _filled(
        {
            "@id": f"{fact}:{name}",
            "dcterms:title": name,
            "prov:value": figure["words"],
            "briefing:value": figure.get("value"),
            "briefing:high": figure.get("high"),
            "briefing:unit": figure.get("unit"),
            "briefing:bound": figure.get("bound"),
            "briefing:period": _dated(figure.get("period")),
            "briefing:date": _dated(figure.get("date")),
            "briefing:computed": figure["derived"]["how"] if figure.get("derived") else None,
            "dcterms:description": figure.get("note"),
        }
    )


def _difference(each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@id": _of("difference", each["id"]),
        "dcterms:title": each["subject"],
        "briefing:class": each["class"],
        "briefing:position": [f"{side['fact']}: {side['says']}" for side in each["positions"]],
        "briefing:used": each["used"],
    }


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@id": _of("source", source["id"]),
        "@type": "prov:Entity",
        "dcterms:title": {"@value": source["title"], "@language": source["language"]},
        "dc:creator": source["author"],
        "dc:publisher": source["publisher"],
        "dc:type": source["kind"],
        "dc:language": source["language"],
        "dcterms:issued": _dated(source["published"]),
        "dcterms:identifier": source["url"],
        "briefing:dated": _dated(source["dated"]),
        "briefing:datedBecause": source["dated_because"],
        "briefing:knownBy": source["known_by"],
        "briefing:sha256": source["sha256"],
    }


def _dated(text: str | None) -> Any:
    """Return a date with its type where XML Schema has one, else its words: "mid 2025-11"."""
    if text is None or not _DATE.fullmatch(text):
        return text
    return {"@value": text, "@type": f"xsd:{_W3CDTF[len(text)]}"}
