"""PDF copies signed as PAdES baseline signatures (ETSI EN 319 142-1): B-B, and B-T with a time-stamp authority.

A signature is added after the last byte of what it signs, so that the file before it can be had back; it shows nothing on the page.
The libraries are imported here, and this module where somebody signs.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError

from briefing.delivery import Signing
from briefing.stamp import CopyRefused

FIELD = "Signature"
_WAIT = 20  # seconds for an answer of the time-stamp authority


class Signer:
    """Signs any number of files with one key. Raises CopyRefused where the key cannot be had."""

    def __init__(self, signing: Signing, key: Path, passphrase: str = "") -> None:
        self._file, self._signing = key, signing
        try:
            data = key.read_bytes()
        except OSError as error:
            raise CopyRefused(f"{key}: {error.strerror}") from None
        try:
            self._key = signers.SimpleSigner.load_pkcs12_data(data, (), passphrase.encode() or None)
        except (ValueError, AttributeError, TypeError):  # pyHanko takes a file without a key for one with
            raise CopyRefused(f"{key}: not a PKCS #12 file with a key, or another passphrase") from None
        self._clock = HTTPTimeStamper(signing.timestamp, timeout=_WAIT) if signing.timestamp else None

    def signed(self, data: bytes, at: datetime, password: str = "") -> bytes:
        """Return the PDF and its signature after it; `password` opens one that is encrypted.

        Raises CopyRefused where the certificate is not valid at that moment, or the time-stamp authority does not answer.
        """
        certificate = self._key.signing_cert
        assert certificate is not None
        begin, end = certificate.not_valid_before, certificate.not_valid_after
        if not begin <= at <= end:
            raise CopyRefused(
                f"{self._file}: the certificate is valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d}, not on {at:%Y-%m-%d}"
            )
        meta = signers.PdfSignatureMetadata(
            field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=self._signing.reason or None
        )
        signer = _SignerAt(meta, self._key, timestamper=self._clock, new_field_spec=SigFieldSpec(FIELD))
        signer.at = at
        out = BytesIO()
        try:
            writer = _Writer(BytesIO(data))
            if password:
                writer.encrypt(password)  # type: ignore[no-untyped-call]
            signer.sign_pdf(writer, output=out)
        except TimestampRequestError as error:
            raise CopyRefused(f"{self._signing.timestamp}: {error.__cause__ or error}") from None
        except (SigningError, PdfError) as error:
            raise CopyRefused(f"{self._file}: {error}") from None
        return out.getvalue()


class _Writer(IncrementalPdfFileWriter):
    """Adds to a file and leaves its properties as they are: pyHanko would date them by the clock, and put its name there."""

    def _update_meta(self) -> None:
        pass


class _SignerAt(signers.PdfSigner):
    """Signs at a given moment: pyHanko asks the clock."""

    at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session
