"""What explain prints: one screen, with how much more there is."""

from __future__ import annotations

from typing import Any

import pytest

from briefing.render.explain import WIDTH, render


def place(words: str = "Exports reached EUR 1.2 billion [1].", **more: Any) -> dict[str, Any]:
    return {"under": "Trade", "block": "paragraph", "words": words, "printed": ["EUR 1.2 billion"], "page": None, **more}


def standing(*places: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"document": "policy-brief", "kind": "brief", "places": list(places), "left_out": [], **more}


def fact(*documents: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "explains": "fact", "what": "exports", "as_of": "2025-12-01", "not_made": [], "known": True, "id": "exports", "theme": "trade",
        "statement": "Exports reached EUR 1.2 billion.", "sentence": "Exports reached EUR 1.2 billion.", "told_by": None,
        "status": "happened", "state": "stands", "state_because": "nothing is due", "freshness": "past", "freshness_because": "it is past",
        "when": "2024", "due": None, "figures": {"amount": {"words": "EUR 1.2 billion", "period": "2024", "note": "nominal"}},
        "sources": [{"source": "ledger", "paragraphs": [2, 3], "kind": "primary", "date": "June 2025", "date_estimated": True, "title": "The Ledger"}],
        "supersedes": ["old"], "resolves": [], "differences": [], "note": None, "documents": list(documents), **more,
    }  # fmt: skip


def source(**more: Any) -> dict[str, Any]:
    return {
        "explains": "source", "what": "ledger", "as_of": "2025-12-01", "not_made": [], "known": True, "id": "ledger", "title": "The Ledger",
        "author": None, "publisher": "Treasury", "kind": "primary", "published": None, "dated": "2025-06", "dated_because": "as it speaks of May",
        "known_by": "2025-06-30", "url": None, "sha256": None,
        "facts": [{"fact": "exports", "paragraphs": [2], "alone": True}, {"fact": "both", "paragraphs": [8, 9], "alone": False}],
        "documents": [{"document": "policy-brief", "kind": "brief", "would_go": [place()]}], **more,
    }  # fmt: skip


def test_a_fact_on_a_screen() -> None:
    assert render(fact(standing(place(page=3)))) == (
        "exports: a fact of the theme trade, as of 2025-12-01\n"
        "Says        Exports reached EUR 1.2 billion.\n"
        "Figures     amount: EUR 1.2 billion; period 2024; nominal\n"
        "Dates       when 2024\n"
        "Status      happened\n"
        "State       stands: nothing is due\n"
        "Freshness   past: it is past\n"
        "Sources     ledger#2,3, primary, June 2025 (estimated): The Ledger\n"
        "Supersedes  old\n"
        "\n"
        "policy-brief (brief): 1 place\n"
        "  Trade, paragraph, page 3: Exports reached EUR 1.2 billion [1].\n"
    )


def test_a_fact_that_another_tells_now_and_one_that_is_printed_in_other_words() -> None:
    assert "Now told    It opened. (by opened)\nSays        Exports" in render(fact(told_by="opened", sentence="It opened."))
    assert "In print    It was due." in render(fact(sentence="It was due."))


def test_a_difference_is_told_with_the_other_side_and_what_is_used() -> None:
    row = {
        "id": "size",
        "subject": "Size",
        "class_words": "Conflict",
        "positions": [{"fact": "exports"}, {"fact": "old"}],
        "used": "The new.",
    }
    text = render(fact(differences=[row] * 4))
    assert "Disputed    size (conflict): Size\n            with old\n            Used: The new.\n" in text
    assert "... and size\n" in text


def test_what_was_left_out_is_told_with_its_name_and_the_reason() -> None:
    gone = place(item="the exports", because="it takes 2 lines")
    text = render(fact(standing(left_out=[gone])))
    assert "policy-brief (brief): nowhere\n  left out to fit one page (the exports, it takes 2 lines): Exports reached" in text


def test_a_long_sentence_is_cut_about_its_figure() -> None:
    text = render(fact(standing(place("word " * 60 + "EUR 1.2 billion" + " word" * 60))))
    line = text.splitlines()[-1]
    assert "EUR 1.2 billion" in line
    assert "paragraph: ... word" in line
    assert line.endswith(" ...")
    assert render(fact(standing(place("word " * 60 + "EUR 1.2 billion.")))).splitlines()[-1].endswith("word EUR 1.2 billion.")


def test_many_places_are_counted_and_not_all_shown() -> None:
    text = render(fact(standing(*[place()] * 40)))
    assert text.count("Exports reached EUR 1.2 billion [1]") == 16
    assert text.endswith("  ... and 24 more places (--json gives all)\n")


def test_a_fact_not_known_yet() -> None:
    record = {"explains": "fact", "id": "later", "as_of": "2025-08-01", "known": False, "known_from": "2025-09-10", "not_made": []}
    assert render(record) == (
        "later: a fact, not known on 2025-08-01\nKnown       from 2025-09-10; no document of that day names it\n"
    )


def test_a_source_on_a_screen() -> None:
    assert render(source()) == (
        "ledger: a primary source, as of 2025-12-01\n"
        "Title       The Ledger, Treasury\n"
        "Date        2025-06, estimated (as it speaks of May); counts as known from 2025-06-30\n"
        "Cited by    2 facts, of which 1 rest on it alone\n"
        "            exports#2, both#8,9\n"
        "\n"
        "Without it policy-brief (brief) would lose: 1 place\n"
        "  Trade, paragraph: Exports reached EUR 1.2 billion [1].\n"
    )
    assert "not known on 2025-12-01" in render(source(known=False))


def test_a_figure_on_a_screen() -> None:
    one = {
        "id": "exports", "statement": "Exports reached EUR 1.2 billion.", "status": "happened", "state": "stands", "freshness": "past",
        "figures": {"amount": {"words": "EUR 1.2 billion"}}, "sources": [], "documents": [standing(*[place()] * 5), standing()],
    }  # fmt: skip
    text = render({"explains": "figure", "what": "€1.2bn", "as_of": "2025-12-01", "not_made": [], "facts": [one] * 7})
    assert text.startswith("€1.2bn: a figure of 7 facts, as of 2025-12-01\n\nexports (happened; stands; past)\n")
    assert "Stands in   policy-brief: 5 places\n            Trade, paragraph: Exports" in text
    assert "            ... and 2 more places (--json gives all)\nStands in   policy-brief: nowhere\n" in text
    assert text.endswith("  ... and 1 more fact (--json gives all)\n")


def test_a_document_that_is_not_made_is_told() -> None:
    assert render(fact(not_made=[{"document": "policy-brief", "because": "too stale"}])).endswith(
        "policy-brief is not made: too stale\n"
    )


@pytest.mark.parametrize("record", [fact(standing(place("long " * 99), place(under="Heading " * 30))), source(title="long " * 60)])
def test_no_line_is_wider_than_a_screen(record: dict[str, Any]) -> None:
    lines = render(record).splitlines()
    assert max(map(len, lines)) <= WIDTH
