"""Copies that open with a password only: PDF by ISO 32000-2, 7.6.4 (AES-256, revision 6), Word by [MS-OFFCRYPTO] 2.3.4.10 (agile, AES-256).

The keys and salts come from the system's source of randomness, through the libraries: the same password never gives the same bytes.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from io import BytesIO

import msgspec

from briefing.delivery import Rendition
from briefing.stamp import CopyRefused

_PDF_BYTES = 127  # ISO 32000-2, 7.6.4.3.3: a revision 6 reader looks at no more
_DOCX_LETTERS = 255  # [MS-OFFCRYPTO] 2.3.3
_ARCHIVAL = re.compile(rb"<pdfaid:(part|conformance)>[^<]*</pdfaid:\1>\s*")
NEEDED = "needs the extra `copies`: pip install 'briefing-generator[copies]'"
_COVER = "The documents open with your password."
_WORDS = re.compile(r"(<main\b[^>]*>).*(</main>)", re.DOTALL)  # of a page of ours; its style sheet stays


def encrypted(name: str, data: bytes, password: str) -> bytes:
    """Return a file that opens with a password only.

    Raises CopyRefused for a format that knows no passwords, for a password that no reader could type, and without the libraries.
    """
    typed = unicodedata.normalize("NFKC", password)  # SASLprep, RFC 4013: however a keyboard made the letters
    if not typed or any(unicodedata.category(letter) in {"Cc", "Cn", "Cs"} for letter in typed):
        raise CopyRefused(f"{name}: a password is empty, or holds characters that cannot be typed")
    match name.rpartition(".")[2]:
        case "pdf" if len(typed.encode()) <= _PDF_BYTES:
            return _pdf(data, typed)
        case "docx" if len(typed) <= _DOCX_LETTERS:
            return _docx(data, typed)
        case "pdf" | "docx":
            raise CopyRefused(f"{name}: a password is too long: {_PDF_BYTES} bytes for PDF, {_DOCX_LETTERS} letters for Word")
        case other:
            raise CopyRefused(f"{name}: {other} knows no passwords; give its reader pdf or docx alone")


def _pdf(data: bytes, password: str) -> bytes:
    """Return the PDF encrypted. PDF/A forbids that (ISO 19005-2, 6.1.3), so that its claim goes; PDF/UA-1 allows it (7.16).

    All is permitted to who has the password, aids for reading above all: what a program may be asked not to do is no protection.
    """
    try:
        import pikepdf
    except ImportError:
        raise CopyRefused(f"a PDF with a password {NEEDED}") from None
    with pikepdf.open(BytesIO(data)) as pdf:
        packet = pdf.Root.Metadata.read_bytes()
        pdf.Root.Metadata.write(_ARCHIVAL.sub(b"", packet))
        out = BytesIO()
        pdf.save(
            out,
            encryption=pikepdf.Encryption(
                user=password, owner=secrets.token_urlsafe(32), R=6, allow=pikepdf.Permissions(modify_assembly=True)
            ),
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def _docx(data: bytes, password: str) -> bytes:
    try:
        from msoffcrypto.format.ooxml import OOXMLFile
    except ImportError:
        raise CopyRefused(f"a Word document with a password {NEEDED}") from None
    out = BytesIO()
    OOXMLFile(BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def covered(rendition: Rendition) -> Rendition:
    """Return a rendition for who has a password: what goes beside its files, in the clear, no longer says what is in them."""
    page, count = _WORDS.subn(lambda found: f"{found[1]}\n<p>{_COVER}</p>\n{found[2]}", rendition.html, count=1)
    return msgspec.structs.replace(rendition, text=f"{_COVER}\n", html=page if count else f"<p>{_COVER}</p>", changes=())
