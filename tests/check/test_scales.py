"""Words of likelihood and confidence: what is on the scale passes, what is off it is told with the nearest word."""

from __future__ import annotations

import msgspec
import pytest

from briefing.check.places import Places
from briefing.check.scales import check_scales
from briefing.problems import Location
from briefing.seeds import BottomLine, Dossier, Header, Prose, Scale, Section, Theme, Whole

LIKELIHOOD = Scale("How likely", {"unlikely": "", "even": "", "likely": "", "almost certain": ""})
CONFIDENCE = Scale("How confident", {"low": "", "moderate": "", "high": ""})
HEADER = Header("Trade", "Trade", (Theme("trade", "Trade"),), likelihood=LIKELIHOOD, confidence=CONFIDENCE)


def found(text: str, header: Header = HEADER, whole: Whole | None = None) -> list[tuple[str, str]]:
    """Return code and hint of what is found in a headline judgement."""
    dossier = Dossier(header, whole, {"trade": Section(Prose(text, Location("seeds/trade.yaml", 1, 1)))}, {}, {})
    return [(problem.code, problem.hint) for problem in check_scales(dossier, Places({}))]


@pytest.mark.parametrize(
    "text",
    [
        "Trade is likely to grow. Confidence is low.",
        "It is almost certain, and a fall is unlikely; even so, remote sensing of certain goods may follow.",
        "Confidence-building goes on, and is likely to last.",
        "It may grow, could grow, is expected to grow, as soon as possible.",
        "Moderate confidence.",
        "",
    ],
)
def test_words_of_the_scales_and_words_of_other_things_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("It will probably grow.", "likely"),
        ("It is highly likely.", "almost certain"),
        ("It is highly\nlikely.", "almost certain"),
        ("It may well grow.", "even"),
        ("It is doubtful.", "unlikely"),
        ("Certainly not.", "almost certain"),
        ("A good chance of growth.", "likely"),
    ],
)
def test_a_word_of_likelihood_off_the_scale_is_told_with_the_nearest(text: str, nearest: str) -> None:
    assert found(text) == [("W002", f"{nearest!r} is nearest")]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("With medium confidence.", "moderate"), ("Confidence is strong.", "high"), ("We are fairly confident.", "moderate")],
)
def test_a_word_of_confidence_off_the_scale_is_told_with_the_nearest(text: str, nearest: str) -> None:
    assert found(text) == [("W003", f"{nearest!r} is nearest")]


def test_likelihood_and_confidence_stand_in_sentences_of_their_own() -> None:
    assert [code for code, _ in found("With high confidence it is likely to grow.")] == ["W004"]
    assert found("It is likely to grow. We say so with high confidence.") == []


def test_without_a_scale_no_word_is_off_it() -> None:
    header = msgspec.structs.replace(HEADER, likelihood=None, confidence=None)
    assert found("It will probably grow, with medium confidence.", header) == []


def test_a_declared_word_needs_a_declared_scale() -> None:
    whole = Whole(BottomLine(Prose("Up."), likelihood="likely", confidence="low"), {})
    header = msgspec.structs.replace(HEADER, confidence=None)
    assert [code for code, _ in found("", header, whole)] == ["W001"]


def test_a_scale_of_other_words_counts_by_their_order() -> None:
    header = msgspec.structs.replace(HEADER, likelihood=Scale("How likely", {"tiny": "", "middling": "", "huge": ""}))
    assert found("It will probably grow.", header) == [("W002", "'middling' is nearest")]
    assert found("It is middling.", header) == []
