"""veraPDF on copies of all kinds, in one run of its JVM: stamped, signed, and closed with a password."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from briefing.delivery import Settings, Signing
from tests.deliver.copied import PAGES, authority, copies, only, reader, rendition
from tests.verapdf.vera import NO_JDK, judge

pytestmark = pytest.mark.skipif(bool(NO_JDK), reason=NO_JDK)


def test_stamped_and_signed_copies_conform_to_pdf_ua_1_and_pdf_a_2a_and_opened_ones_to_pdf_ua_1(tmp_path: Path) -> None:
    secrets = {"env:SIGN": "key", "env:PW": "password"}
    key = authority().keep(tmp_path / "key.p12", b"key")
    plain, signing = copies(secrets=secrets), copies(Settings(signing=Signing(str(key), "env:SIGN")), secrets)
    summary = only(rendition("one-page-summary"), "pdf")
    made = {f"{each}": plain.of(reader(each), summary) for each in ("strings", "hebrew", "long")}
    made |= {f"{name}-{page}": signing.of(reader("okubo"), only(rendition(name, page), "pdf")) for name, page in PAGES[1:2]}
    made["unstamped"] = signing.of(reader("okubo", stamp=False), summary)
    for name, files in made.items():
        [data] = files.values()
        (tmp_path / f"{name}.pdf").write_bytes(data)
    [closed] = plain.of(reader("okubo", password="env:PW"), summary).values()
    with pikepdf.open(io.BytesIO(closed), password="password") as pdf:
        pdf.save(tmp_path / "opened.pdf")
    judged = judge([*(tmp_path / f"{name}.pdf" for name in made), tmp_path / "opened.pdf"])
    opened = judged.pop(tmp_path / "opened.pdf")
    assert {path.name: found for path, found in judged.items() if found} == {}
    assert {each.split()[0] for each in opened} == {"2a"}  # it does not claim to be PDF/A, and it is not
