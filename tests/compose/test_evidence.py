"""The evidence of a document: every fact it prints with what stands behind it, and no other."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from briefing.compose.evidence import evidence
from briefing.load.dossier import load
from briefing.load.files import read_dossier
from briefing.model import Cite, Document, Number, Point
from briefing.pipeline import Order, compose_one
from briefing.recipe import Recipe
from briefing.seeds import Difference, Dossier, Position
from briefing.walk import nodes
from tests.compose.small import AS_OF, LEDGER, composed, dossier, fact, figure, prose, when

ROOT = Path(__file__).resolve().parents[2]
RECIPE = Recipe("brief", "Making trade last")
EXPORTS = fact(
    "exports",
    "Exports reached {amount} in {when}.",
    sources="ledger#2 gazette#3,4",
    figures={"amount": figure("1.2 billion", "EUR", period=when("2024")), "growth": figure("7", "%", high="9", bound="about")},
    when=when("2024"),
    note="As first published.",
)
OLD = fact("exports-first", "Exports were put at {amount}.", figures={"amount": figure("1 billion", "EUR")})
PLAN = fact("port-plan", "The port is to open by {due}.", "planned", due=when("2025-06"), label="New port")
OTHER = fact("ships", "There are {n} ships.", "in-force", figures={"n": figure("12", "number", form="words")})


def gathered(
    template: str, *facts: Any, seeds: Dossier | None = None, recipe: Recipe = RECIPE, as_of: date = AS_OF
) -> dict[str, Any]:
    made = seeds or dossier(*facts)
    return evidence(made, recipe, composed(template, made, as_of=as_of, recipe=recipe), "policy-brief", {"a.pdf": "ab" * 32})


def ids(template: str, *facts: Any, **more: Any) -> list[str]:
    return [each["id"] for each in gathered(template, *facts, **more)["facts"]]


def test_a_figure_a_date_a_mark_and_a_sentence_print_their_fact_and_a_neighbour_of_the_same_paragraph_is_not_printed() -> None:
    for template in ("{{ fact('ships')['n'] }}", "{{ mark('ships') }}", "So {{ fact('ships') }}"):
        assert ids(template, OTHER, OLD) == ["ships"]  # both are told in paragraph 3 of the Gazette
    assert ids("{{ fact('exports')['when'] }}", EXPORTS, OTHER) == ["exports"]


def test_facts_stand_in_order_of_first_use_and_once() -> None:
    assert ids("{{ fact('ships') }} {{ fact('exports') }} {{ fact('ships') }}", EXPORTS, OTHER) == ["ships", "exports"]


def test_a_fact_has_its_figures_status_state_and_sources_with_paragraphs() -> None:
    (one,) = gathered("{{ fact('exports') }}", EXPORTS)["facts"]
    assert one["statement"] == "Exports reached EUR 1.2 billion in 2024."
    assert (one["status"], one["state"], one["freshness"]) == ("happened", "stands", "past")
    assert one["figures"]["amount"] == {
        "value": "1200000000", "high": None, "unit": "EUR", "bound": None, "period": "2024", "note": None, "derived": None,
        "words": "EUR 1.2 billion",
    }  # fmt: skip
    assert (one["figures"]["growth"]["value"], one["figures"]["growth"]["high"], one["figures"]["growth"]["bound"]) == (
        "7",
        "9",
        "about",
    )
    assert [(ref["source"], ref["paragraphs"], ref["kind"]) for ref in one["sources"]] == [
        ("ledger", [2], "primary"),
        ("gazette", [3, 4], "secondary"),
    ]
    assert one["note"] == "As first published."


def test_a_fact_has_the_words_it_is_printed_in_and_the_headings_it_stands_under() -> None:
    template = "## Trade\n\nIt was {{ fact('exports')['amount'] }} then.\n\n## Ports\n\n- {{ fact('exports') }}"
    (one,) = gathered(template, EXPORTS)["facts"]
    assert one["printed"] == [{"figure": "amount", "words": "EUR 1.2 billion"}, {"figure": "when", "words": "2024"}]
    assert one["places"] == [
        {"under": "Trade", "block": "paragraph", "words": "It was EUR 1.2 billion [1, 2] then."},
        {"under": "Ports", "block": "list item", "words": "Exports reached EUR 1.2 billion in 2024 [1, 2]."},
    ]


def test_a_fact_names_what_supersedes_resolves_and_disputes_it() -> None:
    newer = fact(
        "exports", "Exports reached {amount}.", figures={"amount": figure("1.2 billion", "EUR")}, supersedes=("exports-first",)
    )
    opened = fact("port-opened", "The port opened.", resolves=("port-plan",))
    dispute = Difference(
        "exports-size", "Size of exports", "revision",
        (Position("exports-first", prose("Once *put* at {exports-first.amount}.")), Position("exports", prose("Now {exports.amount}."))),
        prose("The newer {exports}, as ever."),
    )  # fmt: skip
    seeds = dossier(newer, OLD, PLAN, opened, differences=(dispute,))
    found = gathered("{{ mark(['exports-first', 'port-plan', 'exports']) }}", seeds=seeds)
    by = {each["id"]: each for each in found["facts"]}
    assert by["exports-first"]["superseded_by"] == ["exports"]
    assert by["exports"]["supersedes"] == ["exports-first"]
    assert (by["port-plan"]["state"], by["port-plan"]["resolved_by"]) == ("happened", ["port-opened"])
    assert (by["port-plan"]["sentence"], by["port-plan"]["told_by"]) == ("The port opened.", "port-opened")
    assert by["exports"]["disputed_by"] == by["exports-first"]["disputed_by"] == ["exports-size"]
    assert by["port-plan"]["disputed_by"] == []
    (row,) = found["differences"]
    assert [side["says"] for side in row["positions"]] == ["Once put at EUR 1 billion.", "Now EUR 1.2 billion."]
    assert row["used"] == "The newer, as ever."


def test_what_is_not_known_on_the_day_or_not_cleared_leaves_no_trace() -> None:
    later = fact("later", "Exports were revised.", supersedes=("exports-first",), sources="ledger#9", resolves=("port-plan",))
    secret = msgspec.structs.replace(LEDGER, id="vault", marking="restricted", published=when("2025-01"))
    seeds = dossier(
        fact(
            "exports-first",
            "Exports were put at {amount}.",
            sources="gazette#3 vault#1",
            figures={"amount": figure("1 billion", "EUR")},
        ),
        PLAN,
        later,
        sources=(*dossier().sources.values(), secret),
        differences=(
            Difference(
                "d",
                "Size",
                "conflict",
                (Position("later", prose("Revised.")), Position("exports-first", prose("Put."))),
                prose("X"),
            ),
        ),
    )
    early = json.dumps(gathered("{{ mark(['exports-first', 'port-plan']) }}", seeds=seeds, as_of=date(2025, 4, 1)))
    assert "later" not in early
    assert "ledger" not in early
    assert "vault" not in early
    assert '"port-plan"' in early
    assert "vault" in json.dumps(
        gathered("{{ mark('exports-first') }}", seeds=seeds, recipe=Recipe("brief", "A", clearance="restricted"))
    )


def test_the_document_is_named_with_its_digests_and_only_the_sources_behind_it() -> None:
    found = gathered("{{ fact('ships') }}", OTHER, EXPORTS)
    assert (found["name"], found["title"], found["as_of"], found["kind"]) == (
        "policy-brief",
        "Making trade last",
        "2025-12-01",
        "brief",
    )
    assert found["files"] == [{"name": "a.pdf", "sha256": "ab" * 32}]
    assert [(each["id"], each["known_by"]) for each in found["sources"]] == [("gazette", "2025-03-01")]


def printed_in(document: Document) -> set[str]:
    """Return the facts of a tree, found without the help of the code under test."""
    found = {node.fact for node in nodes(document.blocks) if isinstance(node, (Number, Point))}
    return found | {name for node in nodes(document.blocks) if isinstance(node, Cite) for name in node.facts}


@pytest.mark.parametrize("name", ["policy-brief", "one-page-summary"])
@pytest.mark.parametrize("annex", [False, True])
def test_of_the_whole_dossier_every_fact_printed_is_there_and_none_that_is_not(name: str, annex: bool) -> None:
    files = read_dossier(ROOT)
    loaded = load(files)
    document = compose_one(files, Order(name, date(2025, 12, 1), annex=annex)).document
    found = evidence(loaded.dossier, loaded.recipes[name], document, name)
    told = {each["id"] for each in found["facts"]}
    missing = printed_in(document) - told
    named_in_alternatives = {
        each["id"] for each in found["facts"] if {place["block"] for place in each["places"]} == {"alternative text"}
    }
    assert missing == set()
    assert told - printed_in(document) == named_in_alternatives
    texts = {(node.fact, node.text) for node in nodes(document.blocks) if isinstance(node, Number)}
    words = {(each["id"], printed["words"]) for each in found["facts"] for printed in each["printed"]}
    assert {(fact, " ".join(text.split())) for fact, text in texts} <= words
    if annex and name == "policy-brief":
        assert told == {each.id for each in loaded.dossier.facts.values()}
