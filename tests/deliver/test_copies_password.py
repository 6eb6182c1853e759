"""A copy with a password opens with that password alone, for every reader of its format, and is otherwise the copy."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import msoffcrypto
import olefile
import pikepdf
import pypdf
import pytest
from msoffcrypto.exceptions import InvalidKeyError

from briefing.deliver.encrypt import covered, encrypted
from briefing.delivery import Settings
from briefing.stamp import CopyRefused
from tests.deliver.copied import copies, only, reader, rendition
from tests.render.tagged import Tagged

PASSWORD = "päss wörd ﬁ"  # the last letter is a ligature, which SASLprep takes apart
TYPED = "päss wörd fi"
POPPLER = pytest.mark.skipif(not shutil.which("pdfinfo"), reason="poppler is not on this machine")


def closed(form: str, *, stamp: bool = True) -> tuple[bytes, bytes]:
    """Return a reader's copy without a password, and with one."""
    of = only(rendition("one-page-summary"), form)
    [plain] = copies().of(reader("okubo", stamp=stamp), of).values()
    [made] = copies(secrets={"env:PW": PASSWORD}).of(reader("okubo", stamp=stamp, password="env:PW"), of).values()
    return plain, made


@POPPLER
@pytest.mark.parametrize("password", ["", "wrong", "päss wörd", TYPED.upper()])
def test_a_pdf_does_not_open_without_its_password(password: str, tmp_path: Path) -> None:
    _, data = closed("pdf")
    (tmp_path / "copy.pdf").write_bytes(data)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(data), password=password)
    done = subprocess.run(["pdfinfo", "-upw", password, str(tmp_path / "copy.pdf")], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Incorrect password" in done.stderr
    assert pypdf.PdfReader(io.BytesIO(data)).decrypt(password) == pypdf.PasswordType.NOT_DECRYPTED


@POPPLER
def test_a_pdf_opens_with_its_password_and_allows_everything_aids_for_reading_above_all(tmp_path: Path) -> None:
    _, data = closed("pdf")
    path = tmp_path / "copy.pdf"
    path.write_bytes(data)
    told = subprocess.run(["pdfinfo", "-upw", TYPED, str(path)], capture_output=True, text=True, check=True).stdout
    assert "Encrypted:       yes (print:yes copy:yes change:yes addNotes:yes algorithm:AES-256)" in told
    assert "Tagged:          yes" in told
    assert pypdf.PdfReader(io.BytesIO(data)).decrypt(TYPED) == pypdf.PasswordType.USER_PASSWORD
    with pikepdf.open(path, password=TYPED) as pdf:
        assert (pdf.encryption.V, pdf.encryption.R, pdf.encryption.bits) == (5, 6, 256)
        assert pdf.encryption.stream_method.name == pdf.encryption.string_method.name == "aesv3"
        assert all(pdf.allow)


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not on this machine")
def test_a_pdf_with_a_password_has_the_words_tags_and_stamp_of_the_copy_and_no_claim_to_be_pdf_a(tmp_path: Path) -> None:
    plain, data = closed("pdf")
    path, out = tmp_path / "copy.pdf", tmp_path / "open.pdf"
    path.write_bytes(data)
    subprocess.run(["qpdf", f"--password={TYPED}", "--check", str(path)], check=True, capture_output=True)
    subprocess.run(["qpdf", f"--password={TYPED}", "--decrypt", str(path), str(out)], check=True)
    before, after = Tagged(plain), Tagged(out.read_bytes())
    assert (after.faults, after.tree, after.artifacts) == ([], before.tree, before.artifacts)
    with pikepdf.open(out) as pdf, pdf.open_metadata() as xmp:
        assert xmp.get("pdfaid:part") is None
        assert xmp.get("pdfaid:conformance") is None
        assert xmp["pdfuaid:part"] == "1"
        assert xmp["dc:identifier"].startswith("briefing-copy:")


def test_nothing_of_a_pdf_can_be_read_in_its_bytes() -> None:
    plain, data = closed("pdf", stamp=False)
    title = rendition("one-page-summary").title.encode()
    assert title in plain
    assert title not in data
    assert b"<x:xmpmeta" not in data


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_same_password_never_gives_the_same_bytes(form: str) -> None:
    assert closed(form)[1] != closed(form)[1]


def test_a_word_document_opens_with_its_password_alone_and_is_then_the_copy() -> None:
    plain, data = closed("docx")
    assert olefile.isOleFile(io.BytesIO(data))
    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        told = compound.openstream("EncryptionInfo").read()
    assert told[:8] == b"\x04\x00\x04\x00\x40\x00\x00\x00"  # [MS-OFFCRYPTO] 2.3.4.10: agile
    assert told.count(b'keyBits="256"') == told.count(b'hashAlgorithm="SHA512"') == 2
    file = msoffcrypto.OfficeFile(io.BytesIO(data))
    out = io.BytesIO()
    file.load_key(password=TYPED)
    file.decrypt(out, verify_integrity=True)
    assert out.getvalue() == plain
    with pytest.raises(InvalidKeyError):
        file.load_key(password="wrong", verify_password=True)


def test_formats_that_know_no_passwords_are_refused() -> None:
    for form in ("html", "txt"):
        with pytest.raises(CopyRefused, match=f"{form} knows no passwords"):
            closed(form)


@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("a.pdf", "", "empty"),
        ("a.pdf", "a\nb", "cannot be typed"),
        ("a.pdf", "é" * 64, "too long"),
        ("a.docx", "e" * 256, "too long"),
        ("a.csv", "secret", "csv knows no passwords"),
    ],
)
def test_passwords_that_nobody_could_type_are_refused_and_never_shown(name: str, password: str, why: str) -> None:
    with pytest.raises(CopyRefused, match=why) as refused:
        encrypted(name, b"", password)
    assert not password or password not in str(refused.value)


def test_what_goes_beside_a_copy_with_a_password_says_nothing_of_what_is_in_it() -> None:
    of = msgspec.structs.replace(rendition("one-page-summary"), text="Exports fell.", changes=("Exports: 3, was 4",))
    of = msgspec.structs.replace(of, html=of.files["one-page-summary.html"].decode())
    made = covered(of)
    assert made.files == of.files
    assert (made.text, made.changes) == ("The documents open with your password.\n", ())
    assert re.sub(r"<main.*</main>", "", made.html, flags=re.DOTALL) == re.sub(r"<main.*</main>", "", of.html, flags=re.DOTALL)
    assert re.findall(r"<main[^>]*>\s*(.*?)\s*</main>", made.html, flags=re.DOTALL) == [
        "<p>The documents open with your password.</p>"
    ]
    assert covered(msgspec.structs.replace(of, html="<p>Exports fell.</p>")).html == "<p>The documents open with your password.</p>"


def test_a_reader_whose_password_is_not_where_it_should_be_gets_nothing() -> None:
    with pytest.raises(KeyError):
        copies(Settings(), {}).of(reader("okubo", password="env:NOWHERE"), only(rendition("one-page-summary"), "pdf"))
