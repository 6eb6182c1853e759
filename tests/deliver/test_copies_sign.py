"""A signed copy is the file before it and a signature, which two validators that know nothing of us find good."""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest
from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from briefing.copying import Copies
from briefing.delivery import Settings, Signing
from briefing.stamp import CopyRefused
from tests.deliver.copied import AT, ROOT, authority, copies, only, reader, rendition
from tests.render.tagged import Tagged

SUMMARY = "one-page-summary"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authority().keep(tmp_path_factory.mktemp("keys") / "desk.p12", b"open sesame")


def signing(key: Path, **more: str) -> Copies:
    given = {"passphrase": "env:SIGN", "reason": "Issued", **more}
    return copies(Settings(signing=Signing(str(key), **given)), {"env:SIGN": "open sesame", "env:PW": "pässword"})


def status_of(data: bytes, password: str = "") -> PdfSignatureStatus:
    file = PdfFileReader(io.BytesIO(data))
    if password:
        file.decrypt(password)
    [signature] = file.embedded_signatures
    root = x509.Certificate.load(authority().root.public_bytes(Encoding.DER))
    return validate_pdf_signature(
        signature, ValidationContext(trust_roots=[root], moment=AT), ts_validation_context=ValidationContext(trust_roots=[root])
    )


@pytest.mark.parametrize("name", ["policy-brief", SUMMARY])
def test_a_signature_stands_after_the_stamped_copy_and_that_after_the_master(name: str, key: Path) -> None:
    of = only(rendition(name), "pdf")
    [master], [stamped] = of.files.values(), copies().of(reader("okubo"), of).values()
    [signed] = signing(key).of(reader("okubo"), of).values()
    assert signed.startswith(stamped)
    assert stamped.startswith(master)
    assert Tagged(signed).tree == Tagged(stamped).tree


def test_a_signature_is_valid_covers_the_file_and_tells_its_moment_and_reason(key: Path) -> None:
    [signed] = signing(key).of(reader("okubo"), only(rendition(SUMMARY), "pdf")).values()
    status = status_of(signed)
    assert status.bottom_line
    assert status.valid
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    signature = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Reason"] == "Issued"
    assert signature.self_reported_timestamp == AT
    assert signature.sig_field["/Rect"] == [0, 0, 0, 0]  # nothing to see
    assert "signing_time" not in [each["type"].native for each in signature.signer_info["signed_attrs"]]  # EN 319 142-1, 6.3


def test_a_signature_leaves_the_properties_of_the_file_as_they_are(key: Path) -> None:
    [signed] = signing(key).of(reader("okubo"), only(rendition(SUMMARY), "pdf")).values()
    file = PdfFileReader(io.BytesIO(signed))
    assert file.trailer["/Info"]["/ModDate"] == file.trailer["/Info"]["/CreationDate"]
    assert file.trailer["/Info"]["/Producer"] == "briefing"


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_byte_changed_anywhere_breaks_the_signature(place: float, key: Path) -> None:
    [master] = only(rendition(SUMMARY), "pdf").files.values()
    [signed] = signing(key).of(reader("okubo"), only(rendition(SUMMARY), "pdf")).values()
    at = int(len(master) * place)
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert status_of(signed).intact
    assert not status_of(changed).intact


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler is not on this machine")
@pytest.mark.parametrize("password", ["", "env:PW"])
def test_poppler_finds_the_signature_good_and_the_whole_file_signed(password: str, key: Path, tmp_path: Path) -> None:
    [signed] = signing(key).of(reader("okubo", password=password), only(rendition(SUMMARY), "pdf")).values()
    path = tmp_path / "copy.pdf"
    path.write_bytes(signed)
    command = ["pdfsig", "-nocert", *(["-upw", "pässword"] if password else []), str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "Signing Time: Nov 24 2025 07:00:00" in told
    assert "Signature Type: ETSI.CAdES.detached" in told
    assert "Policy desk" in told
    assert "Signature #2" not in told
    path.write_bytes(
        signed.replace(b"/MediaBox", b"/mediaBox", 1) if b"/MediaBox" in signed else signed[:2000] + b"\0" + signed[2001:]
    )
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." not in told


def test_a_copy_with_a_password_is_signed_as_it_is_encrypted(key: Path) -> None:
    [signed] = signing(key).of(reader("okubo", password="env:PW"), only(rendition(SUMMARY), "pdf")).values()
    status = status_of(signed, "pässword")
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_readers_without_a_stamp_or_password_share_one_signed_file_and_other_formats_go_unsigned(key: Path) -> None:
    maker, of = signing(key), rendition(SUMMARY)
    first, second = (maker.of(reader(each, stamp=False), of) for each in ("okubo", "obrien"))
    assert first[f"{SUMMARY}.pdf"] is second[f"{SUMMARY}.pdf"]
    assert first[f"{SUMMARY}.pdf"].startswith(of.files[f"{SUMMARY}.pdf"])
    assert {name: data for name, data in first.items() if not name.endswith("pdf")} == {
        name: data for name, data in of.files.items() if not name.endswith("pdf")
    }


@pytest.mark.parametrize(
    ("name", "passphrase", "why"),
    [("missing.p12", "", "No such file"), ("desk.p12", "wrong", "another passphrase"), ("text.p12", "", "not a PKCS #12 file")],
)
def test_a_key_that_cannot_be_used_is_refused_by_its_name(name: str, passphrase: str, why: str, tmp_path: Path) -> None:
    authority().keep(tmp_path / "desk.p12", b"open sesame")
    (tmp_path / "text.p12").write_text("no key")
    settings = Settings(signing=Signing(str(tmp_path / name), "env:SIGN"))
    with pytest.raises(CopyRefused, match=why) as refused:
        copies(settings, {"env:SIGN": passphrase}).of(reader("okubo"), only(rendition(SUMMARY), "pdf"))
    assert name in str(refused.value)


def test_a_certificate_that_is_not_valid_at_that_moment_is_refused(key: Path) -> None:
    settings = Settings(signing=Signing(str(key), "env:SIGN"))
    for days in (-31, 365 * 21):
        maker = Copies(ROOT, settings, AT + timedelta(days=days), lambda _, __: "open sesame")
        with pytest.raises(CopyRefused, match="the certificate is valid from 2025-10-25 to 2045-11-19, not on"):
            maker.of(reader("okubo"), only(rendition(SUMMARY), "pdf"))


# ----------------------------------------------------------------------------------------------------------- time stamps


@pytest.fixture
def clock() -> Iterator[str]:
    """A time-stamp authority on this machine (RFC 3161, 3.4)."""
    made = authority()
    private = made.clock_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = DummyTimeStamper(
        x509.Certificate.load(made.clock.public_bytes(Encoding.DER)),
        keys.PrivateKeyInfo.load(private),
        SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        fixed_dt=AT + timedelta(minutes=1),
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            said = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_time_stamp_authority_makes_it_a_baseline_b_t_signature(key: Path, clock: str) -> None:
    maker = signing(key, timestamp=clock)
    for each in ("okubo", "obrien"):
        [signed] = maker.of(reader(each), only(rendition(SUMMARY), "pdf")).values()
        status = status_of(signed)
        assert status.bottom_line
        assert status.timestamp_validity is not None
        assert status.timestamp_validity.timestamp == AT + timedelta(minutes=1)


def test_a_time_stamp_authority_that_does_not_answer_is_named(key: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
    with pytest.raises(CopyRefused, match=f"^http://127.0.0.1:{port}/: "):
        signing(key, timestamp=f"http://127.0.0.1:{port}/").of(reader("okubo"), only(rendition(SUMMARY), "pdf"))


def test_nothing_of_the_dossier_is_signed_without_settings() -> None:
    of = msgspec.structs.replace(rendition(SUMMARY))
    assert copies().of(reader("okubo", stamp=False), of) == of.files
