from __future__ import annotations

import pytest

from briefing.layout.fonts import Fonts
from briefing.placed import FaceKey
from briefing.problems import MissingGlyph
from tests.layout.sample import LOOK, read_font

SERIF: FaceKey = ("serif", False, False)
SANS: FaceKey = ("sans", False, False)


def test_a_face_is_read_when_it_is_first_used_and_once() -> None:
    asked: list[str] = []

    def read(name: str) -> bytes:
        asked.append(name)
        return read_font(name)

    fonts = Fonts(LOOK, read)
    assert asked == []
    fonts.width(("serif", False, False), "words")
    fonts.width(("serif", False, False), "other words")
    assert asked == ["SourceSerif4-Regular.ttf"]


@pytest.mark.parametrize(("key", "file"), [
    (("serif", True, False), "SourceSerif4-Bold"), (("serif", False, True), "SourceSerif4-It"),
    (("sans", True, True), "SourceSans3-BoldIt"), (("sans", False, False), "SourceSans3-Regular"),
])  # fmt: skip
def test_a_key_names_family_weight_and_slope(key: FaceKey, file: str) -> None:
    face = Fonts(LOOK, read_font).face(key)
    assert face.font.name == file


def test_the_width_of_words_is_the_sum_of_their_characters() -> None:
    fonts = Fonts(LOOK, read_font)
    key = SERIF
    assert fonts.width(key, "Tōkyō") == pytest.approx(sum(fonts.width(key, character) for character in "Tōkyō"))
    assert fonts.width(key, "W") > fonts.width(key, "i") > 0.1


def test_a_no_break_space_is_as_wide_as_a_space() -> None:
    fonts = Fonts(LOOK, read_font)
    assert fonts.width(("sans", False, False), "\u00a0") == fonts.width(("sans", False, False), " ")


def test_a_character_that_one_family_lacks_comes_from_the_other() -> None:
    fonts = Fonts(LOOK, read_font)
    serif, sans = SERIF, SANS
    assert list(fonts.runs(serif, "on ● off")) == [(serif, "on "), (sans, "●"), (serif, " off")]
    assert fonts.width(serif, "●") == fonts.width(sans, "●")


def test_a_character_that_nobody_has_is_named() -> None:
    with pytest.raises(MissingGlyph, match=r"U\+6771"):
        list(Fonts(LOOK, read_font).runs(("serif", False, False), "the 東 of it"))
