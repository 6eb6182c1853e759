"""Evidence as JSON, as CSV that a spreadsheet may open without harm, and as JSON-LD whose every term is known without a network."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.render.evidence import COLUMNS, DC, DCTERMS, PROV, XSD, render

# W3C PROV-O, 30 April 2013: the classes and properties that evidence uses, with what a property leads to
CLASSES = {"Entity", "Activity", "SoftwareAgent", "Derivation", "PrimarySource"}
LEADS_TO = {
    "wasDerivedFrom": {"Entity"}, "hadPrimarySource": {"Entity"}, "wasRevisionOf": {"Entity"}, "specializationOf": {"Entity"},
    "wasGeneratedBy": {"Activity"}, "used": {"Entity"}, "wasAssociatedWith": {"SoftwareAgent"}, "entity": {"Entity"},
}  # fmt: skip
QUALIFIED = {"qualifiedDerivation": "Derivation", "qualifiedPrimarySource": "PrimarySource"}


def fact(name: str = "exports", **more: Any) -> dict[str, Any]:
    return {
        "id": name, "label": "Exports", "theme": "trade", "statement": "Exports reached EUR 1.2 billion.", "sentence": "The same.",
        "told_by": None, "status": "happened", "state": "stands", "state_because": "nothing is due", "freshness": "past",
        "freshness_because": "it is past", "when": "2024", "due": None,
        "figures": {
            "amount": {"value": "1200000000", "high": None, "unit": "EUR", "bound": "over", "period": "mid 2024-11", "note": "nominal",
                       "words": "over EUR 1.2 billion"},
            "change": {"value": "-3.5", "high": "-2", "unit": "%", "bound": None, "period": None, "note": None, "words": "−3.5–−2%"},
            "day": {"date": "2024-12-31", "words": "31 December 2024"},
        },
        "sources": [{"source": "ledger", "paragraphs": [2, 3], "kind": "primary"}, {"source": "gazette", "paragraphs": [4], "kind": "secondary"}],
        "supersedes": [], "superseded_by": [], "resolves": [], "resolved_by": [], "disputed_by": ["size"], "note": None,
        "printed": [{"figure": "amount", "words": "over EUR 1.2 billion"}, {"figure": "when", "words": "2024"}],
        "places": [{"under": "Trade", "block": "paragraph", "words": "Exports reached over EUR 1.2 billion."}],
        **more,
    }  # fmt: skip


def source(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "title": f"The {name}", "publisher": "Treasury", "author": None, "kind": kind, "language": "en", "published": "2025-06",
        "dated": None, "dated_because": None, "known_by": "2025-06-30", "url": None, "sha256": "cd" * 32, **more,
    }  # fmt: skip


def record(*facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": "policy-brief", "title": "Making trade last", "kind": "brief", "subject": "Norland", "author": "Desk", "language": "en-GB",
        "as_of": "2025-12-01", "digest": "0123abcd", "files": [{"name": "policy-brief.pdf", "sha256": "ab" * 32}],
        "facts": list(facts or (fact(),)),
        "differences": [{"id": "size", "subject": "Size", "class": "conflict", "class_words": "Conflict",
                         "positions": [{"fact": "exports", "says": "So."}], "used": "The first."}],
        "sources": [source("ledger", "primary"), source("gazette", "secondary", published=None, dated="mid 2025-07")],
        **more,
    }  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- JSON, CSV


def rows(made: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(made, "csv").decode(), newline=""), strict=True))


def test_json_is_the_record_itself() -> None:
    assert json.loads(render(record(), "json")) == record()


def test_csv_has_a_row_for_each_figure_and_each_printed_date() -> None:
    found = rows(record())
    assert [row["figure"] for row in found] == ["amount", "change", "day", "when"]
    first = found[0]
    assert (first["fact"], first["value"], first["unit"], first["bound"], first["period"]) == (
        "exports",
        "1200000000",
        "EUR",
        "over",
        "mid 2024-11",
    )
    assert (first["status"], first["state"], first["why_this_state"]) == ("happened", "stands", "nothing is due")
    assert (first["sources"], first["printed"], first["disputed_by"]) == ("ledger#2,3; gazette#4", "over EUR 1.2 billion", "size")
    assert first["places"] == "Trade: paragraph"
    assert [row["printed"] for row in found[1:]] == ["", "", "2024"]
    assert [row["date"] for row in found] == ["", "", "2024-12-31", "2024"]


def test_a_fact_without_figures_has_one_row() -> None:
    (only,) = rows(record(fact(figures={}, printed=[])))
    assert (only["fact"], only["figure"], only["value"]) == ("exports", "", "")


def test_every_row_has_every_column_and_lines_end_as_the_standard_has_it() -> None:
    made = render(record(fact(statement='A "quoted", long\nstatement')), "csv").decode()
    assert made.endswith("\r\n")
    assert made.startswith(",".join(COLUMNS) + "\r\n")
    assert '"A ""quoted"", long\nstatement"' in made
    assert all(None not in row and None not in row.values() for row in rows(record()))


def test_negative_numbers_stay_numbers() -> None:
    assert [row["value"] for row in rows(record())][1] == "-3.5"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_begins_as_a_formula_does(start: str) -> None:
    harmful = f"{start}HYPERLINK(1)"
    (row,) = rows(record(fact(statement=harmful, status=f"{start}1+1", figures={}, printed=[])))
    assert row["statement"] == f"'{harmful}"
    assert row["status"] == f"'{start}1+1"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_reader_of_csv_gets_back_every_cell(statement: str, note: str) -> None:
    (row,) = rows(record(fact(statement=statement, figures={"n": {"value": "1", "note": note, "words": "1"}}, printed=[])))
    assert row["statement"] in (statement, f"'{statement}")
    assert row["note"] in (note, f"'{note}")
    assert not re.match(r"[=+\-@\t\r]", row["statement"]) or re.fullmatch(r"-?[0-9.]+", row["statement"])


# ----------------------------------------------------------------------------------------------------------------- JSON-LD


def linked(made: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(render(made, "jsonld")))


def node(name: str, made: dict[str, Any] | None = None) -> dict[str, Any]:
    return next(each for each in linked(made or record())["@graph"] if each["@id"].startswith(f"urn:briefing:{name}"))


def keys(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_the_context_stands_in_the_file_and_knows_every_prefix() -> None:
    made = linked(record())
    context = made["@context"]
    assert {key: context[key] for key in ("prov", "dcterms", "dc", "xsd")} == {
        "prov": PROV,
        "dcterms": DCTERMS,
        "dc": DC,
        "xsd": XSD,
    }
    assert all(not isinstance(value, str) or key in ("prov", "dcterms", "dc", "xsd", "briefing") for key, value in context.items())
    names = {key for key in keys(made["@graph"]) if not key.startswith("@")}
    assert {name.partition(":")[0] for name in names} <= {"prov", "dcterms", "dc", "briefing"}
    assert set(context) - {"prov", "dcterms", "dc", "xsd", "briefing"} <= names | {"prov:wasRevisionOf", "briefing:high"} | {
        f"briefing:{term}" for term in ("resolvedBy", "resolves", "supersededBy", "toldBy")
    }


def test_every_term_of_prov_is_used_as_prov_has_it() -> None:
    made = linked(record(fact("exports", supersedes=["old"]), fact("old")))
    types = {each["@id"]: each["@type"] for each in made["@graph"] if "@type" in each}
    assert {each.removeprefix("prov:") for each in types.values()} <= CLASSES

    def look(value: dict[str, Any]) -> None:
        for key, inner in value.items():
            term = key.removeprefix("prov:")
            inners = inner if isinstance(inner, list) else [inner]
            if key.startswith("prov:") and term in QUALIFIED:
                assert {each["@type"] for each in inners} == {f"prov:{QUALIFIED[term]}"}
            elif key.startswith("prov:") and term != "value":
                assert {types[each].removeprefix("prov:") for each in inners} <= LEADS_TO[term]
            for each in inners:
                if isinstance(each, dict):
                    look(each)

    for each in made["@graph"]:
        look(each)


def test_a_document_is_generated_by_an_activity_that_used_its_facts_and_sources() -> None:
    document, generation, file = node("document"), node("generation"), node("file")
    assert document["prov:wasGeneratedBy"] == generation["@id"] == file["prov:wasGeneratedBy"]
    assert generation["@type"] == "prov:Activity"
    assert generation["prov:used"] == document["prov:wasDerivedFrom"]
    assert generation["prov:used"] == ["urn:briefing:fact:exports", "urn:briefing:source:ledger", "urn:briefing:source:gazette"]
    assert (document["dcterms:identifier"], file["briefing:sha256"]) == ("0123abcd", "ab" * 32)
    assert file["prov:specializationOf"] == document["@id"]


def test_only_a_primary_source_is_called_one_and_nothing_is_called_a_quotation() -> None:
    one = node("fact")
    assert one["prov:wasDerivedFrom"] == ["urn:briefing:source:ledger", "urn:briefing:source:gazette"]
    assert one["prov:hadPrimarySource"] == ["urn:briefing:source:ledger"]
    assert one["prov:qualifiedPrimarySource"] == [
        {"@type": "prov:PrimarySource", "prov:entity": "urn:briefing:source:ledger", "briefing:paragraph": [2, 3]}
    ]
    assert one["prov:qualifiedDerivation"] == [
        {"@type": "prov:Derivation", "prov:entity": "urn:briefing:source:gazette", "briefing:paragraph": [4]}
    ]
    assert b"wasQuotedFrom" not in render(record(), "jsonld")
    secondary = node("fact", record(sources=[source("ledger", "secondary"), source("gazette", "secondary")]))
    assert "prov:hadPrimarySource" not in secondary
    assert "prov:qualifiedPrimarySource" not in secondary


def test_dates_have_a_type_where_xml_schema_has_one() -> None:
    one = node("fact")
    assert one["briefing:when"] == {"@value": "2024", "@type": "xsd:gYear"}
    assert one["briefing:figure"][0]["briefing:period"] == "mid 2024-11"
    assert one["briefing:figure"][2]["briefing:date"] == {"@value": "2024-12-31", "@type": "xsd:date"}
    assert node("source:ledger")["dcterms:issued"] == {"@value": "2025-06", "@type": "xsd:gYearMonth"}
    assert node("source:gazette")["briefing:dated"] == "mid 2025-07"


def test_what_is_not_known_is_left_out_and_no_identifier_stands_for_two_things() -> None:
    made = linked(record(fact("a"), fact("b")))
    assert not any(value in (None, "", []) for each in made["@graph"] for value in each.values())
    names = [each["@id"] for each in made["@graph"]]
    assert len(set(names)) == len(names)
    other = linked(record(name="one-page-summary"))
    assert other["@graph"][0]["@id"] != made["@graph"][0]["@id"]
