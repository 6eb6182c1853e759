from __future__ import annotations

from io import BytesIO

import msgspec
import pikepdf
from PIL import Image, ImageCms

from briefing.layout.pages import lay_out
from briefing.render.pdf import render
from briefing.render.pdf_xmp import srgb
from tests.layout.sample import FONTS, LOOK, p, summary


def test_the_profile_is_srgb() -> None:
    ours = ImageCms.ImageCmsProfile(BytesIO(srgb()))
    assert ImageCms.getProfileDescription(ours).strip() == "sRGB IEC61966-2.1"
    ramps = (
        [(at, at, at) for at in range(256)] + [(at, 0, 255 - at) for at in range(256)] + [(255, at, at // 2) for at in range(256)]
    )
    picture = Image.new("RGB", (256, 3))
    picture.putdata(ramps)
    shown = ImageCms.profileToProfile(picture, ours, ImageCms.createProfile("sRGB"))
    assert shown is not None
    assert max(abs(one - other) for one, other in zip(picture.tobytes(), shown.tobytes(), strict=True)) <= 1


def test_what_is_markup_in_xml_is_text_in_the_metadata() -> None:
    tree = msgspec.structs.replace(
        summary(), title="<b>Fish & chips</b> ]]>", author="A & B", subject="1 < 2", keywords=("x<y", "&amp;"), blocks=(p("w"),)
    )
    data = render(tree, LOOK, lay_out(tree, LOOK, FONTS), FONTS)
    with pikepdf.open(BytesIO(data)) as file, file.open_metadata() as xmp:
        assert xmp["dc:title"] == str(file.docinfo.Title) == tree.title
        assert xmp["dc:creator"] == ["A & B"]
        assert xmp["dc:description"] == str(file.docinfo.Subject) == "1 < 2"
        assert xmp["pdf:Keywords"] == str(file.docinfo.Keywords) == "x<y, &amp;"
        assert xmp["pdf:Producer"] == str(file.docinfo.Producer)
        assert xmp["xmp:CreateDate"] == xmp["xmp:ModifyDate"] == "2026-05-12T00:00:00+00:00"


def test_a_character_that_xml_does_not_know_is_left_out_of_the_metadata() -> None:
    tree = msgspec.structs.replace(summary(), title="a\x0bb", blocks=(p("w"),))
    with pikepdf.open(BytesIO(render(tree, LOOK, lay_out(tree, LOOK, FONTS), FONTS))) as file, file.open_metadata() as xmp:
        assert xmp["dc:title"] == "ab"
