"""What must not stand in an output is found wherever it stands, and in whatever it is packed; what may stand there is not."""

from __future__ import annotations

import unicodedata

import pytest

from briefing.deliver.leaks import Forbidden, forbidden, leaks
from tests.deliver.planted import CLOSED, DOCX, OTHERS, PDFS, PLACES, SILENT, document, rendered

LONG = "Covert talks with the harbour master of Uruk"
SHORT = "Zanzibar"
BESIDE = ("remark", "remark of a page", "comment")  # where nobody reads words, so that a short one is not looked for
ELSE = forbidden(
    [("another", "Nothing of this kind was ever written here"), ("a word", "Wagadugu"), ("a figure", "USD 87.5 billion")], []
)


def secret(text: str) -> Forbidden:
    return forbidden([("the secret", text)], [])


def found(text: str, name: str, data: bytes) -> list[str]:
    assert leaks(ELSE, {name: data}) == []
    return sorted({leak.what for leak in leaks(secret(text), {name: data})})


# ------------------------------------------------------------------------------------------------------------------ it is not blind


@pytest.mark.parametrize("text", [LONG, SHORT])
@pytest.mark.parametrize("each", ["pdf", "docx", "html", "txt"])
def test_every_place_of_a_document_is_seen_in_every_format(each: str, text: str) -> None:
    missed = []
    for place in PLACES:
        seen = found(text, f"brief.{each}", rendered(each, document(place, text)))
        if (seen == ["it holds the secret"]) == (place in SILENT[each]):
            missed.append((place, seen))
    assert missed == []


@pytest.mark.parametrize("text", [LONG, SHORT])
@pytest.mark.parametrize("way", PDFS)
def test_every_way_of_writing_in_a_pdf_is_read(way: str, text: str) -> None:
    text = text * 2 if way in BESIDE and text == SHORT else text
    assert found(text, "a.pdf", PDFS[way](text)) == ["it holds the secret"]


@pytest.mark.parametrize("text", [LONG, SHORT])
@pytest.mark.parametrize("way", DOCX)
def test_every_way_of_writing_in_a_word_document_is_read(way: str, text: str) -> None:
    text = text * 2 if way in BESIDE and text == SHORT else text
    assert found(text, "a.docx", DOCX[way](text)) == ["it holds the secret"]


@pytest.mark.parametrize("text", [LONG, SHORT])
@pytest.mark.parametrize("way", OTHERS)
def test_every_other_way_of_writing_is_read(way: str, text: str) -> None:
    name, build = OTHERS[way]
    text = text * 2 if way in BESIDE and text == SHORT else text
    assert found(text, name, build(text)) == ["it holds the secret"]


def test_the_name_of_an_output_is_looked_through_too() -> None:
    assert found(SHORT, "zanzibar.txt", b"words") == ["it holds the secret"]


@pytest.mark.parametrize("way", CLOSED)
def test_what_cannot_be_read_is_told_and_not_passed_over(way: str) -> None:
    name, data = CLOSED[way]()
    assert [leak.what for leak in leaks(ELSE, {name: data}) if "cannot be read" in leak.what]


def test_without_anything_forbidden_nothing_is_opened() -> None:
    name, data = CLOSED["an encrypted PDF"]()
    assert leaks(forbidden([], []), {name: data}) == []


# ------------------------------------------------------------------------------------------------------------- what counts as the same


@pytest.mark.parametrize(
    "told",
    [
        "covert talks with the harbour master",
        "... Talks with the\nharbour-master of Uruk!",
        "COVERT TALKS WITH THE HARBOUR MASTER",
        "talks\N{NO-BREAK SPACE}with the har\N{SOFT HYPHEN}bour master\N{ZERO WIDTH SPACE} of Uruk",
    ],
)
def test_part_of_a_sentence_is_enough_however_it_is_set(told: str) -> None:
    assert leaks(secret(LONG), {"a.txt": told.encode()})


def test_letters_composed_in_either_way_are_the_same() -> None:
    for form in ("NFC", "NFD", "NFKD"):
        assert leaks(secret("Kōbe"), {"a.txt": unicodedata.normalize(form, "in KŌBE.").encode()})
    assert leaks(secret("Straße nach Ōsaka"), {"a.txt": b"strasse nach \xc5\x8dsaka"})


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ("USD 22.8 billion", "It is USD\N{NO-BREAK SPACE}22.8 billion."),
        ("24 trams", "the 24 trams"),
        ("35 %", "35% of it"),
        ("9 ships", None),
        ("1,012", "1,012"),
        ("22800000000", '{"value":"22800000000"}'),
        ("24", None),
        ("2025", None),
        ("29 August 2025", "on 29 August 2025"),
        ("2025-08-29", '"2025-08-29"'),
    ],
)
def test_figures_are_looked_for_with_what_they_count_and_small_ones_not_by_themselves(figure: str, told: str | None) -> None:
    wanted = secret(figure)
    if told is None:
        assert not wanted or "ships" in figure
    else:
        assert leaks(wanted, {"a.json" if told[:1] in '{"' else "a.txt": told.encode()})
    assert leaks(wanted, {"a.txt": b"Page 24 of 29, 35 lines, 1.012, in 2025; 122.8 billion; 124 tramways; 2025-08-2"}) == []


# --------------------------------------------------------------------------------------------------------------- what may be said


def test_what_is_said_openly_too_is_no_secret() -> None:
    openly = ["The harbour master of Uruk spoke.", "Zanzibar exports cloves, 24 trams and 35% of all."]
    made = forbidden([("a", LONG), ("b", SHORT), ("c", "24 trams"), ("d", "the harbour master of Uruk")], openly)
    assert leaks(made, {"a.txt": " ".join(openly).encode()}) == []
    assert [leak.what for leak in leaks(made, {"a.txt": b"covert talks with the harbour master"})] == ["it holds a"]


def test_numbers_of_styles_and_shapes_are_no_words() -> None:
    made = forbidden([("a", "35 %"), ("b", "914400"), ("c", "zoom")], [])
    page = b'<!doctype html><html><style>p{width:35%;zoom:1}</style><body><svg width="914400"/></body></html>'
    assert leaks(made, {"a.html": page}) == []


def test_a_message_tells_where_and_what_and_never_the_words() -> None:
    found = leaks(forbidden([("label of facts talks", LONG)], []), {"a.docx": DOCX["runs of a letter each"](LONG)})
    assert [str(leak) for leak in found] == ["a.docx/word/document.xml: it holds label of facts talks"]
