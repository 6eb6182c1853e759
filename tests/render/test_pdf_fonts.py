from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from briefing.render.pdf_file import File
from briefing.render.pdf_fonts import Subsets
from tests.layout.sample import FONTS

FONT = FONTS.face(("serif", False, False)).font


def test_ascii_keeps_its_codes_and_what_is_an_operator_is_escaped() -> None:
    subsets = Subsets(FONT, 1)
    assert "a(b)\\~ ".translate(subsets) == "a\\(b\\)\\\\~ "
    assert subsets.name() == "/F1"


def test_a_no_break_space_is_a_space() -> None:
    subsets = Subsets(FONT, 1)
    assert "a\u00a0b".translate(subsets) == "a b"
    assert subsets.used == [{0x61: 0x61, 0x20: 0x20, 0x62: 0x62}]


def test_a_character_that_the_font_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="has no U\\+0915"):
        "\u0915".translate(Subsets(FONT, 1))


def test_characters_beyond_a_subset_are_in_the_next_and_text_comes_in_runs() -> None:
    subsets = Subsets(FONT, 2)
    letters = [chr(code) for code in sorted(FONT.glyphs) if 0x100 <= code < 0x600][:129]
    text = "a" + "".join(letters)
    text.translate(subsets)
    assert subsets.wide
    assert subsets.runs("a" + letters[0] + letters[128] + letters[1]) == [(0, "a\x80"), (1, "\x80"), (0, "\x81")]
    assert subsets.name(1) == "/F2.1"
    file = File()
    numbers = subsets.add_to(file)
    pages = file.add(b"<</Type/Pages/Count 0/Kids[]>>")
    data = file.written(file.add(b"<</Type/Catalog/Pages %d 0 R>>" % pages), file.add(b"<<>>"))
    with pikepdf.open(BytesIO(data)) as made:
        fonts = [made.get_object(number, 0) for number in numbers.values()]
        assert [str(font.BaseFont) for font in fonts] == ["/AAAAAA+SourceSerif4-Regular", "/AAAAAB+SourceSerif4-Regular"]
        assert [int(font.LastChar) for font in fonts] == [0xFF, 0x80]
        for font, used in zip(fonts, subsets.used, strict=True):
            widths = [float(width) for width in font.Widths]
            assert len(widths) == int(font.LastChar) - int(font.FirstChar) + 1
            for code, character in used.items():
                assert widths[code - int(font.FirstChar)] == pytest.approx(FONT.widths[character], abs=0.01)
                assert f"<{code:02X}><{character:04X}>".encode() in font.ToUnicode.read_bytes()


def test_every_subset_has_a_name_of_its_own() -> None:
    subsets = Subsets(FONT, 1)
    subsets.used = [{0x61: 0x61} for _ in range(30)]
    file = File()
    names = subsets.add_to(file)
    assert len(set(names.values())) == 30
