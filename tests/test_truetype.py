from __future__ import annotations

import struct
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.pipeline import MEASURES
from briefing.problems import UnusableFont
from briefing.truetype import TrueType

FONTS = Path(__file__).resolve().parents[1] / "templates" / "fonts"
FILES = sorted(path.name for path in FONTS.glob("*.ttf"))
SERIF = "SourceSerif4-Regular.ttf"


@cache
def ours(file: str) -> TrueType:
    return TrueType(file, (FONTS / file).read_bytes())


@pytest.mark.parametrize("file", FILES)
def test_every_face_of_ours_is_read_with_the_measures_that_layout_and_pdf_want(file: str) -> None:
    font = ours(file)
    assert font.name.startswith(("SourceSerif4", "SourceSans3"))
    assert (
        {ord(character) for character in "A\u20b9\u00a5\u20ac\u2013\u2019\u014d\u00a0"} <= font.glyphs.keys() == font.widths.keys()
    )
    assert font.widths[0xA0] == font.widths[0x20] > 0
    assert 0 < font.cap_height < font.ascent
    assert font.descent < 0
    assert bool(font.italic_angle) == ("It" in file)


def test_what_comes_with_the_program_is_what_is_read_of_its_fonts() -> None:
    """`scripts/measures.py` was run after the last change of fonts or of ReportLab; a wrong file would make wrong lines."""
    found: dict[str, bytes] = {}

    class Found:
        def get(self, name: str) -> None:
            return None

        def put(self, name: str, data: bytes) -> None:
            found[f"{name}.msgpack"] = data

    for file in FILES:
        TrueType(file, (FONTS / file).read_bytes(), Found())
    assert {path.name: path.read_bytes() for path in MEASURES.iterdir()} == found


@given(st.sampled_from(FILES), st.data())
def test_a_part_is_the_same_each_time_and_smaller_than_the_whole(file: str, data: st.DataObject) -> None:
    characters = data.draw(st.lists(st.sampled_from(sorted(ours(file).glyphs)), max_size=250, unique=True))
    part = ours(file).part([0, *characters])
    assert part == TrueType(file, (FONTS / file).read_bytes()).part([0, *characters])
    assert len(part) < (FONTS / file).stat().st_size


def glyphs_in(part: bytes) -> int:
    count: int = struct.unpack_from(">H", tables(part)[b"maxp"], 4)[0]
    return count


def test_a_part_holds_the_glyphs_that_its_glyphs_are_made_of() -> None:
    assert glyphs_in(ours(SERIF).part([ord("é")])) > 2  # none, é, and what é is made of


def test_a_part_of_no_character_is_a_font_with_the_glyph_for_none() -> None:
    assert glyphs_in(ours(SERIF).part([0])) == 1


def tables(data: bytes) -> dict[bytes, bytes]:
    count = struct.unpack_from(">H", data, 4)[0]
    return {tag: data[start : start + size] for tag, _, start, size in struct.iter_unpack(">4s3L", data[12 : 12 + 16 * count])}


def font_of(parts: dict[bytes, bytes]) -> bytes:
    start, directory, body = 12 + 16 * len(parts), [], []
    for tag, table in sorted(parts.items()):
        directory.append(struct.pack(">4s3L", tag, 0, start, len(table)))
        body.append(table + bytes(-len(table) % 4))
        start += len(body[-1])
    return b"".join((struct.pack(">L4H", 0x10000, len(parts), 0, 0, 0), *directory, *body))


def with_characters(segments: list[tuple[int, int, int, int]], glyphs: list[int]) -> bytes:
    """Return a font whose characters are in a table of format 4: segments of last, first, difference, place."""
    columns = list(zip(*segments, strict=True))
    words = [4, 16 + 8 * len(segments) + 2 * len(glyphs), 0, 2 * len(segments), 0, 0, 0]
    words += [*columns[0], 0, *columns[1], *columns[2], *columns[3], *glyphs]
    cmap = struct.pack(">HHHHL", 0, 1, 3, 1, 12) + struct.pack(f">{len(words)}H", *words)
    return font_of(tables((FONTS / SERIF).read_bytes()) | {b"cmap": cmap})


def test_the_older_table_of_characters_is_read_with_differences_and_with_lists() -> None:
    data = with_characters([(0x43, 0x41, 0x10000 - 0x41 + 5, 0), (0x52, 0x50, 0, 4), (0xFFFF, 0xFFFF, 1, 0)], [9, 0, 7])
    font = TrueType("f", data)
    assert font.glyphs == {0x41: 5, 0x42: 6, 0x43: 7, 0x50: 9, 0x52: 7}


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray((FONTS / "SourceSerif4-It.ttf").read_bytes())
    starts = [struct.unpack_from(">L", whole, 12 + 16 * at + 8)[0] for at in range(struct.unpack_from(">H", whole, 4)[0])]
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.one_of(st.integers(0, 300), st.sampled_from(starts)))
        at = min(len(whole) - 1, place + data.draw(st.integers(0, 40)))
        whole[at] = data.draw(st.integers(0, 255))
    with suppress(UnusableFont):
        font = TrueType("damaged.ttf", bytes(whole[: data.draw(st.sampled_from([len(whole), len(whole) // 2, 200, 3]))]))
        font.part(sorted(font.glyphs)[:20])


@pytest.mark.parametrize("flags", [0x0002, 0x0100, 0x0200])
def test_a_font_that_may_not_be_embedded_is_refused(flags: int) -> None:
    parts = tables((FONTS / SERIF).read_bytes())
    parts[b"OS/2"] = parts[b"OS/2"][:8] + struct.pack(">H", flags) + parts[b"OS/2"][10:]
    with pytest.raises(UnusableFont, match="embedded"):
        TrueType("closed.ttf", font_of(parts))


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(UnusableFont, match=r"x\.otf is no TrueType font"):
        TrueType("x.otf", b"OTTO" + bytes(100))


class Shelf(dict[str, bytes]):
    """What an earlier run has kept."""

    def put(self, name: str, data: bytes) -> None:
        self[name] = data


def test_a_font_that_an_earlier_run_has_read_is_the_same_and_gives_the_same_parts() -> None:
    shelf, data = Shelf(), (FONTS / SERIF).read_bytes()
    first, again = TrueType(SERIF, data, shelf), TrueType(SERIF, data, shelf)
    assert len(shelf) == 1
    assert vars(again) == vars(first)
    assert again.part([0, 0x41, 0xE9]) == first.part([0, 0x41, 0xE9]) == ours(SERIF).part([0, 0x41, 0xE9])


def test_what_was_kept_of_another_font_or_is_damaged_is_not_taken() -> None:
    shelf = Shelf()
    TrueType(SERIF, (FONTS / SERIF).read_bytes(), shelf)
    [name] = shelf
    shelf[name] = shelf[name][:100]
    assert TrueType(SERIF, (FONTS / SERIF).read_bytes(), shelf).widths == ours(SERIF).widths
    other = TrueType("SourceSans3-It.ttf", (FONTS / "SourceSans3-It.ttf").read_bytes(), shelf)
    assert (len(shelf), other.name) == (2, "SourceSans3-It")
