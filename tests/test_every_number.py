"""Every number in a document leads to a fact, and no digit stands in its words without one, whatever the day."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.check.bare import phrases_of
from briefing.check.document import check_document
from briefing.load.dossier import Loaded, load
from briefing.load.files import Files, read_dossier
from briefing.model import Cite, Document, Number
from briefing.pipeline import Order, compose_loaded
from briefing.walk import nodes

ROOT = Path(__file__).resolve().parents[1]


@cache
def made() -> tuple[Loaded, Files]:
    files = read_dossier(ROOT)
    return load(files), files


@cache
def document(name: str, day: date) -> Document:
    loaded, files = made()
    return compose_loaded(loaded, files, Order(name, day, even_if_stale=True)).document


@pytest.mark.parametrize("name", ["policy-brief", "one-page-summary"])
@settings(max_examples=12)
@given(day=st.dates(date(2025, 8, 1), date(2031, 12, 31)))
def test_every_number_and_every_mark_has_a_fact_and_a_source(name: str, day: date) -> None:
    dossier = made()[0].dossier
    tree = document(name, day)
    numbers = [node for node in nodes(tree.blocks) if isinstance(node, Number)]
    assert numbers
    assert {number.fact for number in numbers} <= dossier.facts.keys()
    assert all(
        number.figure in ("", "when", "due", "reported") or number.figure in dossier.facts[number.fact].figures
        for number in numbers
        if not dossier.facts[number.fact].derived
    )
    assert {ref.source for node in nodes(tree.blocks) if isinstance(node, Cite) for ref in node.refs} <= dossier.sources.keys()


@pytest.mark.parametrize("name", ["policy-brief", "one-page-summary"])
@settings(max_examples=12)
@given(day=st.dates(date(2025, 8, 1), date(2031, 12, 31)))
def test_no_digit_stands_in_words_without_a_fact(name: str, day: date) -> None:
    assert list(check_document(document(name, day), phrases_of(made()[0].dossier))) == []
