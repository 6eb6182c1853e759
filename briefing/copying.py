"""Readers' own copies of what is delivered: stamped, then closed with a password, then signed; and whose copy a file is.

In this order, since a stamp changes the file, a password rewrites it, and a signature must stand over all that came before.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from briefing.delivery import Reader, Rendition, Settings
from briefing.load.files import font_reader, read_dossier
from briefing.look import Look
from briefing.problems import Problem, ProblemsFound
from briefing.stamp import CopyRefused, Stamp, mark_of, marks_in, stamp
from briefing.state import STATE

if TYPE_CHECKING:
    from briefing.deliver.ledger import Ledger
    from briefing.deliver.ledger_rows import Key
    from briefing.deliver.sign import Signer
    from briefing.truetype import TrueType

_KEPT = 64  # documents made ready for stamping: those of the editions and variants that go out together


class Copies:
    """Makes the copies of all readers of one delivery. What readers have in common is made once.

    `secret` gives what "env:NAME" or "keyring:NAME" stands for; `at` is the moment that signatures tell.
    """

    def __init__(self, root: Path, settings: Settings, at: datetime, secret: Callable[[str, str], str]) -> None:
        self._root, self._settings, self._at = root, settings, at
        self._secret = lru_cache(secret)
        self._looks = lru_cache(partial(_look, root))
        self._faces = lru_cache(partial(_face, root))
        self._signer: Signer | None = None
        self._ready = lru_cache(_KEPT)(self._made_ready)
        self._plainly_signed = lru_cache(_KEPT)(lambda data: self._signed(data, ""))

    def of(self, reader: Reader, rendition: Rendition) -> dict[str, bytes]:
        """Return a reader's files by their names, as many as the rendition has; without a stamp, password or key they are the rendition's.

        Raises CopyRefused where a copy cannot be what the reader or the settings ask for: nothing may be sent then. Raises BriefingError
        where a password is not where it should be.
        """
        password = self._secret(reader.password, f"the password of {reader.id}") if reader.password else ""
        own = stamp_of(reader, rendition, self._settings) if reader.stamp else None
        return {name: self._copy(name, data, own, password, rendition.variant.look) for name, data in rendition.files.items()}

    def _copy(self, name: str, data: bytes, own: Stamp | None, password: str, look: str) -> bytes:
        if own:
            data = self._stamped(name, data, own, look)
        if password:
            from briefing.deliver.encrypt import encrypted

            data = encrypted(name, data, password)
        if self._settings.signing and name.endswith(".pdf"):
            data = self._signed(data, password) if own or password else self._plainly_signed(data)
        return data

    def _stamped(self, name: str, data: bytes, own: Stamp, look: str) -> bytes:
        from briefing.render import web_stamp

        try:
            match name.rpartition(".")[2]:
                case "pdf" | "docx" as form:
                    return self._ready(form, data, look)(own)
                case "html":
                    return web_stamp.stamp_html(data, own)
                case "txt":
                    return web_stamp.stamp_text(data, own)
                case other:
                    raise CopyRefused(f"{name}: {other} cannot be stamped; give its reader pdf, docx, html or txt")
        except ValueError as error:
            raise CopyRefused(f"{name}: {error}") from None

    def _made_ready(self, form: str, data: bytes, name: str) -> Callable[[Stamp], bytes]:
        if form == "docx":
            from briefing.render.docx_stamp import DocxStamp

            return DocxStamp(data).copy
        from briefing.render.pdf_stamp import PdfStamp

        look = self._looks(name)
        faces = [self._faces(file) for file in dict.fromkeys((look.sans.regular, look.serif.regular))]
        return PdfStamp(data, look, faces).copy

    def _signed(self, data: bytes, password: str) -> bytes:
        signing = self._settings.signing
        assert signing
        if self._signer is None:
            try:
                from briefing.deliver.sign import Signer
            except ModuleNotFoundError as error:
                raise CopyRefused(f"signing needs the extra `copies`: pip install 'briefing-generator[copies]' ({error})") from None
            passphrase = self._secret(signing.passphrase, "signing.passphrase") if signing.passphrase else ""
            self._signer = Signer(signing, self._root / signing.key, passphrase)
        return self._signer.signed(data, self._at, password)


def stamp_of(reader: Reader, rendition: Rendition, settings: Settings) -> Stamp:
    """Return what a reader's copies of a rendition say. Raises CopyRefused for a name that cannot be printed as one line."""
    return stamp(settings.stamp, reader.name, reader.id, _themed(rendition.brief, rendition.variant.theme), rendition.edition)


def digests(files: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
    """Return the file names of copies with their SHA-256, as the ledger keeps them."""
    return tuple((name, sha256(data).hexdigest()) for name, data in files.items())


def _themed(brief: str, theme: str) -> str:
    """Return a brief's name with the theme, as `Parcel.edition` has it."""
    return f"{brief}-{theme}" if theme else brief


def _look(root: Path, name: str) -> Look:
    """Return a look of the dossier as it is today, its own where `name` is "" or no look any more. Raises ProblemsFound."""
    from briefing.load.look import look_named, read_look

    files = read_dossier(root)
    if name in files.looks:
        return look_named(files, name)
    problems: list[Problem] = []
    look = read_look(files, problems)
    if look is None:
        raise ProblemsFound(problems)
    return look


def _face(root: Path, file: str) -> TrueType:
    """Return a face by its file name. Raises ProblemsFound and UnusableFont."""
    from briefing.truetype import TrueType

    return TrueType(file, font_reader(root)(file))


# ------------------------------------------------------------------------------------------------------- whose a file is

_LARGEST = 100_000_000  # bytes of one part of a file, unpacked
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class Found(msgspec.Struct, frozen=True):
    """One copy that a file may be. `how`: "exact" where the ledger has its digest, "mark" where the file bears the copy's mark."""

    how: str
    brief: str
    edition: int
    theme: str
    reader: str
    channel: str
    mark: str
    file: str = ""  # the name that it was sent under, and when it was made, where exact
    made: str = ""


class Whose(msgspec.Struct, frozen=True):
    """Whose copy a file is; `marks` are all that it bears, ours or not."""

    sha256: str
    marks: tuple[str, ...]
    copies: tuple[Found, ...]


def whose(root: Path, file: str) -> Whose:
    """Return whose copy a file is, or whose mark `file` is where it is one and no file.

    Raises OSError where the file cannot be read, StateError where the ledger cannot.
    """
    marks = marks_in(file.upper())
    digest = ""
    if not marks or Path(file).exists():
        data = Path(file).read_bytes()
        marks, digest = marks_of(data), sha256(data).hexdigest()
    if not (root / "briefs" / "editions" / STATE).exists():
        return Whose(digest, marks, ())
    from briefing.deliver.ledger import Ledger

    with Ledger(root) as ledger:
        exact = [
            Found("exact", key.brief, key.number, key.theme, key.reader, key.channel, _mark(key), name, made)
            for key, name, made in (ledger.whose(digest) if digest else ())
        ]
        return Whose(digest, marks, tuple(exact or (_by_marks(ledger, marks) if marks else ())))


def _by_marks(ledger: Ledger, marks: tuple[str, ...]) -> Iterator[Found]:
    """Yield the deliveries whose mark is one of these. A mark tells nothing, so that every delivery has to be asked for its own."""
    for delivery in ledger.deliveries():
        key = delivery.key
        mark = _mark(key)
        if mark in marks:
            yield Found("mark", key.brief, key.number, key.theme, key.reader, key.channel, mark)


def _mark(key: Key) -> str:
    return mark_of(f"{_themed(key.brief, key.theme)}/{key.number}", key.reader)


def marks_of(data: bytes) -> tuple[str, ...]:
    """Return the marks that a file bears: in its properties, in its words, in what is packed within it, however it was saved again."""
    return tuple(dict.fromkeys(mark for text in _texts(data) for mark in marks_in(text)))


def _texts(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")
    if data[:4] == b"PK\x03\x04":
        yield from _texts_of_zip(data)
    elif b"%PDF-" in data[:1024]:
        yield from _texts_of_pdf(data)


def _texts_of_zip(data: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            for info in package.infolist():
                if info.file_size <= _LARGEST and info.filename.endswith((".xml", ".rels")):
                    part = package.read(info).decode("utf-8", "replace")
                    yield part
                    yield _TAG.sub("", part)  # a word processor cuts words into runs
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError):
        return  # damaged, or closed with a password


def _texts_of_pdf(data: bytes) -> Iterator[str]:
    """Yield what streams hold, and the words of pages where a library can read them, since other programs write letters as numbers."""
    for found in _STREAM.finditer(data):
        try:
            yield zlib.decompressobj().decompress(found[1], _LARGEST).decode("latin-1")
        except zlib.error:
            continue
    try:
        from pypdf import PdfReader
    except ImportError:
        return
    try:
        for page in PdfReader(BytesIO(data)).pages:
            yield page.extract_text()
    except Exception:  # noqa: BLE001  a damaged file raises whatever it leads to, and then has no words
        return
