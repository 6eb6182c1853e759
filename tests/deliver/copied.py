"""Renditions of this repository's own dossier, readers with difficult names, and a certificate authority, for the tests of copies."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

from briefing import pipeline
from briefing.copying import Copies
from briefing.delivery import Reader, Rendition, Settings, Variant
from briefing.load.files import read_dossier
from briefing.load.look import look_named

ROOT = Path(__file__).parents[2]
AT = datetime(2025, 11, 24, 7, tzinfo=UTC)
FORMATS = ("pdf", "docx", "html", "txt")
PAGES = (("policy-brief", "A4"), ("policy-brief", "Letter"), ("one-page-summary", "A4"), ("one-page-summary", "Letter"))
NAMES = {  # as readers are called
    "okubo": "Ōkubo Jirō",
    "obrien": "O\N{RIGHT SINGLE QUOTATION MARK}Brien & Söhne <x>",
    "strings": r"A) \ (B {id} \) \050",
    "markup": "]]> &amp; <!-- \" ' %s {edition}",
    "cyrillic": "Żółć Анна Ωμέγα",
    "hebrew": "דוד כהן",
    "arabic": "محمد بن سلمان",
    "kanji": "大久保 次郎",
    "devanagari": "आचार्य",
    "long": "Very Long Name " * 60,
    "nameless": "",
}
PRINTED = ("okubo", "obrien", "strings", "markup", "cyrillic")  # the fonts have all letters of these


@cache
def rendition(name: str = "policy-brief", page: str = "A4", look: str = "") -> Rendition:
    """Return a brief of the dossier in all formats."""
    files = read_dossier(ROOT)
    composed = pipeline.compose_one(files, pipeline.Order(name, date(2025, 11, 23)))
    if look:
        composed = msgspec.structs.replace(composed, look=look_named(files, look))
    composed = msgspec.structs.replace(composed, document=msgspec.structs.replace(composed.document, page=page, marking="Official"))
    laid = pipeline.lay_out(ROOT, composed)
    made = {f"{name}.{form}": pipeline.render(form, laid.document, laid.look, laid.pages, laid.fonts) for form in FORMATS}
    title = composed.document.title
    return Rendition(
        name, 3, Variant(look=look), title, "en-GB", "Official", AT, date(2025, 11, 23), "major", made, "text", "<p>text</p>"
    )


def only(of: Rendition, *forms: str) -> Rendition:
    """Return the rendition in these formats alone."""
    files = {name: data for name, data in of.files.items() if name.endswith(forms)}
    return msgspec.structs.replace(of, files=files)


def reader(key: str, *, stamp: bool = True, password: str = "") -> Reader:
    return Reader(f"{key}@example.org", NAMES.get(key, key), f"{key}@example.org", stamp=stamp, password=password)


def copies(settings: Settings = Settings(), secrets: dict[str, str] | None = None, root: Path = ROOT) -> Copies:  # noqa: B008
    return Copies(root, settings, AT, lambda where, _: (secrets or {})[where])


def text_of(data: bytes, path: Path, *options: str) -> str:
    """Return the words of a PDF as poppler reads them."""
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", *options, str(path), "-"], check=True, capture_output=True, text=True)
    return done.stdout


class Authority:
    """A certificate authority, one key that it has certified, and a time-stamp authority's."""

    def __init__(self) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
        from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

        def name(of: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, of)])

        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.key = rsa.generate_private_key(65537, 2048)
        self.clock_key = rsa.generate_private_key(65537, 2048)
        root_id = x509.SubjectKeyIdentifier.from_public_key(self.root_key.public_key())

        def certificate(of: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, number: int) -> x509.CertificateBuilder:
            return (
                x509.CertificateBuilder()
                .subject_name(name(of))
                .issuer_name(name("Test authority"))
                .public_key(key.public_key())
                .serial_number(number)
                .not_valid_before(AT - timedelta(days=30))
                .not_valid_after(AT + timedelta(days=365 * 20))
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            )

        def usage(**given: bool) -> x509.KeyUsage:
            kinds = (
                "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
                " encipher_only decipher_only"
            )
            return x509.KeyUsage(**{kind: given.get(kind, False) for kind in kinds.split()})

        above = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_id)
        self.root = (
            certificate("Test authority", self.root_key, 1)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
            .sign(self.root_key, hashes.SHA256())
        )
        self.certificate = (
            certificate("Policy desk", self.key, 2)
            .add_extension(above, critical=False)
            .add_extension(usage(digital_signature=True, content_commitment=True), critical=True)
            .sign(self.root_key, hashes.SHA256())
        )
        self.clock = (
            certificate("Test clock", self.clock_key, 3)
            .add_extension(above, critical=False)
            .add_extension(usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(self.root_key, hashes.SHA256())
        )

    def keep(self, path: Path, passphrase: bytes) -> Path:
        """Write the certified key as a PKCS #12 file."""
        from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

        locked = BestAvailableEncryption(passphrase)
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"desk", self.key, self.certificate, [self.root], locked))
        return path


@cache
def authority() -> Authority:
    return Authority()
