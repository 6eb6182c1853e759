from __future__ import annotations

import zlib
from xml.etree import ElementTree as ET

import msgspec

from briefing.look import ROLES, Look
from briefing.render.docx_package import Package, prepare, prepared
from briefing.word import LISTS, SPECS, frame, half_points, spacing, twips
from tests.render.sample_html import default_look

LOOK = default_look()
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def styles(look: Look, *, summary: bool = False) -> dict[str, ET.Element]:
    package = prepare(look, frame(look, "A4", summary=summary), "en-GB", summary=summary)
    part = next(part for part in package.parts if part.name == "word/styles.xml")
    return {node.attrib[f"{W}styleId"]: node for node in ET.fromstring(zlib.decompress(part.data, -15)).iter(f"{W}style")}


def value(style: ET.Element, path: str, name: str = "val") -> str:
    found = style.find("/".join(W + step for step in path.split("/")))
    assert found is not None, path
    return found.attrib[W + name]


def test_every_role_of_the_look_has_a_style() -> None:
    assert {spec.role for spec in SPECS} | {"term"} == set(ROLES)


def test_style_ids_are_unique_and_all_written() -> None:
    ids = [spec.id for spec in SPECS]
    assert len(ids) == len(set(ids))
    assert set(ids) <= styles(LOOK).keys()


def test_styles_take_type_and_space_from_the_look() -> None:
    heading, role = styles(LOOK)["Heading1"], LOOK.style("heading-1")
    assert value(heading, "rPr/sz") == str(half_points(role.size))
    assert value(heading, "rPr/color") == LOOK.colour(role.colour).lstrip("#").upper()
    assert value(heading, "rPr/rFonts", "ascii") == LOOK.sans.name
    assert value(heading, "pPr/spacing", "before") == str(twips(role.before))
    assert value(heading, "pPr/outlineLvl") == "0"
    assert spacing(LOOK, "Heading1", summary=False) == (role.before, role.after)


def test_a_single_page_has_its_own_measures() -> None:
    assert value(styles(LOOK, summary=True)["Title"], "rPr/sz") == str(half_points(LOOK.style("title", summary=True).size))


def test_another_look_gives_other_styles() -> None:
    red = msgspec.structs.replace(LOOK, colours=LOOK.colours | {"accent": "#aa0000"})
    assert value(styles(red)["Title"], "rPr/color") == "AA0000"


def test_a_style_of_a_list_is_the_one_that_its_numbering_names() -> None:
    package = prepare(LOOK, frame(LOOK, "A4", summary=False), "en-GB", summary=False)
    numbering = ET.fromstring(package.numbering + "</w:numbering>")
    named = {
        level.find(f"{W}pStyle").attrib[f"{W}val"]: (definition.attrib[f"{W}abstractNumId"], level.attrib[f"{W}ilvl"])  # type: ignore[union-attr]
        for definition in numbering.iter(f"{W}abstractNum")
        for level in definition.iter(f"{W}lvl")
    }
    assert named == {spec.id: (str(spec.list[0]), str(spec.list[1])) for spec in SPECS if spec.list[0]}
    assert len(named) == 3 * len(LISTS)


def test_sizes_are_never_rounded_up() -> None:
    assert [half_points(size) for size in (10.5, 8.2, 9.75, 10.0)] == [21, 16, 19, 20]


def test_prepared_parts_are_made_once_and_can_be_kept_as_bytes() -> None:
    first = prepared(LOOK, frame(LOOK, "A4", summary=False), "en-GB", summary=False)
    assert prepared(LOOK, frame(LOOK, "A4", summary=False), "en-GB", summary=False) is first
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(first), type=Package) == first
