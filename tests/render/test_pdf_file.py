from __future__ import annotations

from datetime import date
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from briefing.render.pdf_file import File, date_string, name, string


def catalog(file: File) -> tuple[int, int]:
    pages = file.number()
    page = file.add(b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 9 9]/Resources<<>>>>" % pages)
    file.put(pages, b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % page)
    return file.add(b"<</Type/Catalog/Pages %d 0 R>>" % pages), file.add(b"<<>>")


def test_two_readers_find_every_object_of_more_than_one_stream() -> None:
    file = File()
    numbers = [file.add(b"<</Key %d/Text(%s)>>" % (at, b"x" * (at % 7))) for at in range(5000)]
    stream = file.stream(b"data " * 100, b"/Key 1")
    data = file.written(*catalog(file))
    assert len(data) < 45_000
    with pikepdf.open(BytesIO(data)) as one:
        assert not one.check_pdf_syntax()
        assert [int(one.get_object(number, 0).Key) for number in numbers] == list(range(5000))
        assert one.get_object(stream, 0).read_bytes() == b"data " * 100
    other = PdfReader(BytesIO(data), strict=True)
    for at in (0, 1, 1999, 2000, 2001, 4999):
        assert other.get_object(numbers[at])["/Key"] == at  # type: ignore[index]


def test_a_number_may_be_taken_before_its_object_is_known() -> None:
    file = File()
    later = file.number()
    file.add(b"<</Later %d 0 R>>" % later)
    file.put(later, b"[1]")
    with pikepdf.open(BytesIO(file.written(*catalog(file)))) as made:
        assert list(made.get_object(later, 0)) == [1]


def test_a_number_that_never_gets_an_object_is_refused() -> None:
    file = File()
    file.number()
    with pytest.raises(AssertionError, match="1 objects have a number and no content"):
        file.written(*catalog(file))


def identifier(content: bytes) -> bytes:
    file = File()
    file.stream(content)
    with pikepdf.open(BytesIO(file.written(*catalog(file)))) as made:
        return bytes(made.trailer.ID[0])


def test_the_identifier_is_the_contents_alone() -> None:
    assert identifier(b"a") == identifier(b"a") != identifier(b"b")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_read_back_from_a_string(text: str) -> None:
    file = File()
    number = file.add(b"<</Text %s>>" % string(text))
    with pikepdf.open(BytesIO(file.written(*catalog(file)))) as made:
        assert str(made.get_object(number, 0).Text) == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_is_read_back_from_a_name(text: str) -> None:
    file = File()
    number = file.add(b"<</Name%s>>" % name(text))
    with pikepdf.open(BytesIO(file.written(*catalog(file)))) as made:
        assert str(made.get_object(number, 0).Name) == f"/{text}"


def test_western_text_is_written_in_a_byte_a_character() -> None:
    assert string("Ae \u2013 \u00fc\u2026") == b"(Ae \x85 \xfc\x83)"
    assert string("\u00fc") == b"<FEFF00FC>"  # it might begin a byte order mark


def test_dates_are_written_in_full() -> None:
    assert date_string(date(990, 1, 2)) == "D:09900102000000+00'00'"
