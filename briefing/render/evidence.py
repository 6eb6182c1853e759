"""The evidence beside a document, as JSON, CSV or JSON-LD in the words of W3C PROV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

PROV = "http://www.w3.org/ns/prov#"  # W3C Recommendation PROV-O, 30 April 2013
_FORMULA = ("=", "+", "-", "@", "\t")  # a spreadsheet would run a cell that begins so


def render(record: Mapping[str, Any], form: str) -> bytes:
    """Return the record of `briefing.compose.evidence` as `json`, `csv` (a row a figure) or `jsonld`, in UTF-8."""
    if form == "csv":
        return _csv(record)
    value = _jsonld(record) if form == "jsonld" else record
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _csv(record: Mapping[str, Any]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180, section 2
    writer.writerow(
        [
            "fact",
            "theme",
            "statement",
            "status",
            "state",
            "freshness",
            "figure",
            "value",
            "high",
            "unit",
            "bound",
            "period",
            "sources",
        ]
    )
    for fact in record["facts"]:
        sources = "; ".join(f"{ref['source']}#{','.join(map(str, ref['paragraphs']))}" for ref in fact["sources"])
        head = [fact[key] for key in ("id", "theme", "statement", "status", "state", "freshness")]
        for name, figure in (fact["figures"] or {"": {}}).items():
            values = [figure.get("date") or figure.get("value"), *(figure.get(key) for key in ("high", "unit", "bound", "period"))]
            writer.writerow([_cell(value) for value in (*head, name, *values, sources)])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not text.removeprefix("-").replace(".", "").isdigit() else text


def _jsonld(record: Mapping[str, Any]) -> dict[str, Any]:
    document = f"urn:briefing:document:{record['digest'] or 'unissued'}"
    graph: list[dict[str, Any]] = [
        {
            "@id": document,
            "@type": "prov:Entity",
            "title": record["title"],
            "asOf": record["as_of"],
            "prov:wasDerivedFrom": [{"@id": f"urn:briefing:fact:{fact['id']}"} for fact in record["facts"]],
        }
    ]
    for fact in record["facts"]:
        graph.append(
            {
                "@id": f"urn:briefing:fact:{fact['id']}",
                "@type": "prov:Entity",
                "prov:value": fact["statement"],
                "status": fact["status"],
                "state": fact["state"],
                "freshness": fact["freshness"],
                "figures": fact["figures"],
                "prov:wasDerivedFrom": [{"@id": f"urn:briefing:source:{ref['source']}"} for ref in fact["sources"]],
                "paragraphs": {ref["source"]: ref["paragraphs"] for ref in fact["sources"]},
                "prov:wasRevisionOf": [{"@id": f"urn:briefing:fact:{name}"} for name in fact["supersedes"]],
            }
        )
    for source in record["sources"]:
        graph.append(
            {
                "@id": f"urn:briefing:source:{source['id']}",
                "@type": "prov:Entity",
                **{k: v for k, v in source.items() if v and k != "id"},
            }
        )
    return {"@context": {"prov": PROV, "@vocab": "urn:briefing:term:"}, "@graph": graph}
