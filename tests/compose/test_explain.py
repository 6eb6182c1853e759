"""What a fact, a source or a figure is: all that stands behind it, and every place it stands in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from briefing.compose.explain import Shown, explain
from briefing.model import Document
from briefing.problems import ProblemsFound
from briefing.recipe import Recipe
from briefing.seeds import Difference, Dossier, Figure, Position
from tests.compose.small import AS_OF, composed, dossier, fact, figure, prose, when

EXPORTS = fact(
    "exports",
    "Exports reached {amount} in {when}.",
    sources="ledger#2,3",
    figures={"amount": figure("1.2 billion", "EUR", period=when("2024"))},
    when=when("2024"),
)
OLD = fact("exports-first", "Exports were put at {amount}.", "in-force", figures={"amount": figure("1 billion", "EUR")})
PLAN = fact("port-plan", "The port is to open by {due}.", "planned", due=when("2025-06"), label="New port")
BOTH = fact("both", "Both say so.", sources="gazette#7 ledger#8")
SEEDS = dossier(EXPORTS, OLD, PLAN, BOTH)
BRIEF = "## Trade\n\nSo much. {{ fact('exports') }}\n\n## Ports\n\n- {{ fact('port-plan') }}\n- Thus {{ mark('both') }}."
SUMMARY = Recipe("summary", "Trade in short")


def nothing(_: Figure) -> bool:
    return False


def shown(template: str = BRIEF, seeds: Dossier = SEEDS, name: str = "policy-brief", as_of: date = AS_OF, **more: Any) -> Shown:
    return Shown(name, composed(template, seeds, as_of=as_of), **more)


def explained(
    what: str,
    *documents: Shown,
    seeds: Dossier = SEEDS,
    as_of: date = AS_OF,
    same: Callable[[Figure], bool] = nothing,
) -> dict[str, Any]:
    return explain(seeds, what, as_of, documents or (shown(seeds=seeds, as_of=as_of),), same)


def words(places: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return where each place is and its sentence, without the marks, whose numbers are of no concern here."""
    return [(each["under"], re.sub(r" \[[0-9, ]+\]", "", each["words"])) for each in places]


# -------------------------------------------------------------------------------------------------------------------- facts


def test_a_fact_is_explained_with_its_figures_its_sources_and_its_places() -> None:
    found = explained("exports")
    assert (found["explains"], found["known"], found["status"], found["state"]) == ("fact", True, "happened", "stands")
    assert found["sentence"] == "Exports reached EUR 1.2 billion in 2024."
    assert (found["figures"]["amount"]["value"], found["figures"]["amount"]["period"]) == ("1200000000", "2024")
    (ref,) = found["sources"]
    assert (ref["source"], ref["paragraphs"], ref["kind"], ref["date"]) == ("ledger", [2, 3], "primary", "June 2025")
    (document,) = found["documents"]
    assert document["document"] == "policy-brief"
    assert words(document["places"]) == [("Trade", "Exports reached EUR 1.2 billion in 2024.")]
    assert document["left_out"] == []


def test_an_overdue_fact_says_by_when_it_was_due_and_that_nothing_resolves_it() -> None:
    found = explained("port-plan")
    assert found["state"] == "overdue"
    assert found["state_because"] == "due by June 2025, before 1 December 2025, and no fact known then resolves it"
    assert found["sentence"] == "New port was due by June 2025; no source read here says that it took place."
    day = date(2025, 4, 1)
    early = explained("port-plan", shown("{{ mark('port-plan') }}", as_of=day), as_of=day)
    assert early["state_because"] == "due by June 2025, not before 1 April 2025, and no fact known then resolves it"


def test_a_resolved_fact_names_what_resolves_it_and_tells_what_is_told_now() -> None:
    opened = fact("port-opened", "The port opened.", sources="ledger#9", resolves=("port-plan",))
    found = explained("port-plan", seeds=dossier(EXPORTS, PLAN, opened, BOTH))
    assert (found["state"], found["state_because"], found["resolved_by"]) == (
        "happened",
        "resolved by port-opened",
        ["port-opened"],
    )
    assert (found["told_by"], found["sentence"]) == ("port-opened", "The port opened.")
    assert found["documents"][0]["places"] == []  # its place is now the other's
    other = explained("port-opened", seeds=dossier(EXPORTS, PLAN, opened, BOTH))
    assert other["resolves"] == ["port-plan"]
    assert words(other["documents"][0]["places"]) == [("Ports", "The port opened.")]


def test_freshness_is_explained_by_the_newest_source_its_age_and_whose_shelf_life_it_is() -> None:
    own = fact("own", "So.", "in-force", sources="gazette#1 ledger#1", shelf_life="3 months")
    measured = fact("measured", "So.", "in-force", measure="trade")
    seeds = dossier(own, measured, OLD, header={"shelf_life": "2 years", "shelf_lives": {"trade": "10 months"}})
    document = shown("{{ mark('own') }}", seeds)
    assert explained("own", document, seeds=seeds)["freshness_because"] == (
        "its newest source is of 30 June 2025, 154 days before; its own shelf life is 3 months"
    )
    assert explained("measured", document, seeds=seeds)["freshness_because"].endswith("its measure's shelf life is 10 months")
    assert explained("exports-first", document, seeds=seeds)["freshness_because"].endswith("the dossier's shelf life is 2 years")
    assert explained("exports")["freshness_because"] == "its status is 'happened': what took place stays as it was"


def test_a_fact_has_every_difference_that_names_it() -> None:
    def difference(name: str, one: str, used: str) -> Difference:
        return Difference(name, f"About {name}", "revision", (Position(one, prose("One thing.")),), prose(used))

    rows = (difference("a", "exports", "This."), difference("b", "both", "By {exports}."), difference("c", "both", "No."))
    seeds = dossier(EXPORTS, OLD, PLAN, BOTH, differences=rows)
    found = explained("exports", seeds=seeds)["differences"]
    assert [(each["id"], each["class"], each["used"]) for each in found] == [("a", "revision", "This."), ("b", "revision", "By.")]


def test_a_fact_not_known_on_the_day_says_from_when_and_stands_nowhere() -> None:
    early = date(2025, 4, 1)
    found = explained("exports", shown("{{ fact('exports-first') }}", as_of=early), as_of=early)
    assert (found["known"], found["known_from"], found["documents"]) == (False, "2025-06-30", [])


def test_what_a_summary_left_out_is_told_with_the_reason() -> None:
    template = "- {{ fact('exports-first') }}\n- {{ drop(9, 'the exports') }}{{ fact('exports') }}"
    whole: Document = composed(template, SEEDS, recipe=SUMMARY)
    kept: Document = composed("- {{ fact('exports-first') }}", SEEDS, recipe=SUMMARY)
    summary = Shown("one-page", kept, whole, {"the exports": "it takes 2 lines, and 1 were free"})
    (document,) = explained("exports", summary)["documents"]
    assert document["places"] == []
    (left,) = document["left_out"]
    assert (left["item"], left["because"]) == ("the exports", "it takes 2 lines, and 1 were free")
    assert left["words"].startswith("Exports reached EUR 1.2 billion")
    (other,) = explained("exports-first", summary)["documents"]
    assert (len(other["places"]), other["left_out"]) == (1, [])


def test_pages_are_those_of_the_node_that_holds_the_words() -> None:
    document = composed("First. {{ fact('exports') }}\n\nSecond. {{ fact('exports')['amount'] }} it was.", SEEDS)
    pages = {id(block): number for number, block in enumerate(document.blocks, 4)}
    (standing,) = explained("exports", Shown("b", document, pages=pages))["documents"]
    assert [each["page"] for each in standing["places"]] == [4, 5]
    (without,) = explained("exports", Shown("b", document))["documents"]
    assert without["places"][0]["page"] is None


# ------------------------------------------------------------------------------------------------------------------ sources


def test_a_source_tells_who_cites_it_what_rests_on_it_alone_and_what_would_go_with_it() -> None:
    found = explained("ledger")
    assert (found["explains"], found["kind"], found["known"], found["known_by"]) == ("source", "primary", True, "2025-06-30")
    assert found["facts"] == [
        {"fact": "exports", "paragraphs": [2, 3], "alone": True},
        {"fact": "both", "paragraphs": [8], "alone": False},
    ]
    (document,) = found["documents"]
    assert words(document["would_go"]) == [("Trade", "Exports reached EUR 1.2 billion in 2024.")]
    assert document["would_go"][0]["facts"] == ["exports"]


def test_a_source_not_known_on_the_day_is_said_to_be() -> None:
    early = date(2025, 4, 1)
    found = explained("ledger", shown("{{ fact('exports-first') }}", as_of=early), as_of=early)
    assert (found["known"], found["facts"], found["documents"][0]["would_go"]) == (False, [], [])


# ------------------------------------------------------------------------------------------------------------------ figures


def is_big(each: Figure) -> bool:
    return each.value == figure("1.2 billion", "EUR").value


def test_a_figure_tells_all_facts_that_have_it_and_only_the_places_that_print_it() -> None:
    again = fact(
        "again", "The port cost {cost}, or {n} times as much.", figures={"cost": figure("1.2 billion", "EUR"), "n": figure("2")}
    )
    seeds = dossier(EXPORTS, OLD, PLAN, BOTH, again)
    template = BRIEF + "\n\nIt is {{ fact('again')['n'] }}. Then {{ fact('again')['cost'] }}."
    found = explained("$1.2bn", shown(template, seeds), seeds=seeds, same=is_big)
    assert found["explains"] == "figure"
    assert [(each["id"], list(each["figures"])) for each in found["facts"]] == [("exports", ["amount"]), ("again", ["cost"])]
    assert words(found["facts"][1]["documents"][0]["places"]) == [("Ports", "Then EUR 1.2 billion.")]


def test_a_period_and_a_date_of_its_own_are_figures_too() -> None:
    found = explained("2024", same=lambda each: each.date == when("2024"))
    assert [(each["id"], list(each["figures"])) for each in found["facts"]] == [("exports", ["amount", "when"])]


def test_a_figure_is_found_by_the_very_words_it_is_printed_in_whatever_they_mean() -> None:
    assert [each["id"] for each in explained("eur  1.2 BILLION")["facts"]] == ["exports"]


# ------------------------------------------------------------------------------------------------------------------ nothing


@pytest.mark.parametrize(
    ("what", "hint"),
    [
        ("exprots", "exports"),
        ("port", "port-plan"),
        ("legder", "ledger"),
        ("New port", "port-plan"),
        ("qqqq", "such as USD 68 billion"),
    ],
)
def test_what_is_not_there_is_a_problem_with_the_nearest_names(what: str, hint: str) -> None:
    with pytest.raises(ProblemsFound) as raised:
        explained(what)
    (problem,) = raised.value.problems
    assert problem.code == "B090"
    assert hint in problem.hint


def test_documents_that_cannot_be_made_are_told_with_the_reason() -> None:
    found = explain(SEEDS, "exports", AS_OF, (), nothing, not_made={"policy-brief": "B012 too stale"})
    assert found["not_made"] == [{"document": "policy-brief", "because": "B012 too stale"}]
