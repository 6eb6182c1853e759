"""All texts in the bytes of a file, whatever packs them: words as readers see or hear them, and what stands beside them in the file.

PDF, Office documents and other ZIP archives, gzip and tar, mails, HTML, XML, JSON, CSV and text are opened, one within the other. What
is encrypted, damaged or of a kind that nobody here can read is `Closed`, never passed over.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

import msgspec

from briefing.deliver.opened_pdf import opened_pdf
from briefing.deliver.pieces import Closed, Piece, Raw, Shown

__all__ = ["Closed", "Piece", "Raw", "Shown", "decoded", "opened"]

_DEEPEST = 8  # archives within archives
_LARGEST = 256 * 1024 * 1024  # bytes of one unpacked member


def opened(name: str, data: bytes, place: str = "", depth: int = 0) -> Iterator[Piece]:
    """Yield every text of a file; `place` is the way to it through what it is packed in."""
    place = place or name
    yield Shown(place, name)
    if not data:
        return
    if depth > _DEEPEST:
        yield Closed(place, f"archives lie in each other more than {_DEEPEST} deep")
        return
    if data.startswith(b"%PDF-"):
        for piece in opened_pdf(data, place):
            yield from opened(piece[0], piece[1], f"{place}/{piece[0]}", depth + 1) if isinstance(piece, tuple) else (piece,)
    elif data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _zip(data, place, depth)
    elif data.startswith(b"\x1f\x8b"):
        yield from _gzip(name, data, place, depth)
    elif data[257:262] == b"ustar":
        yield from _tar(data, place, depth)
    elif data.startswith(b"\x89PNG\r\n"):
        yield from _png(data, place)
    elif data.startswith(_PICTURES_AND_FONTS) or name.lower().endswith(".odttf"):
        yield Raw(place, data)
    else:
        text = decoded(data)
        if text is None:
            yield Closed(place, "it is encrypted, packed or of an unknown kind")
            yield Raw(place, data)
        else:
            yield from _text(name, data, text, place, depth)


_PICTURES_AND_FONTS = (
    b"\xff\xd8\xff", b"GIF8", b"\x00\x00\x01\x00", b"OTTO", b"\x00\x01\x00\x00", b"true", b"wOFF", b"wOF2",
)  # fmt: skip


def decoded(data: bytes) -> str | None:
    """Return bytes as text: UTF-8, UTF-16 by its mark, else Latin-1 for text of eight bits; None for what is no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        strange = sum((byte < 0x20 and byte not in (9, 10, 12, 13)) or 0x7F <= byte < 0xA0 for byte in data)
        return None if strange * 50 > len(data) else text
    return None if text.count("\0") * 50 > len(text) else text


# ------------------------------------------------------------------------------------------------------------------- archives


def _zip(data: bytes, place: str, depth: int) -> Iterator[Piece]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield Shown(place, archive.comment.decode("utf-8", "replace"))
            for entry in archive.infolist():
                inside = f"{place}/{entry.filename}"
                yield Shown(inside, f"{entry.filename} {entry.comment.decode('utf-8', 'replace')}")
                yield Raw(inside, entry.extra)
                if entry.is_dir():
                    continue
                if entry.flag_bits & 0x1:  # APPNOTE 4.4.4: encrypted
                    yield Closed(inside, "it is encrypted")
                elif entry.file_size > _LARGEST:
                    yield Closed(inside, f"it has {entry.file_size} bytes unpacked")
                else:
                    yield from opened(entry.filename, archive.read(entry), inside, depth + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        yield Closed(place, f"the archive is damaged: {error}")
    yield Raw(place, data)  # what stands between and around its members


def _gzip(name: str, data: bytes, place: str, depth: int) -> Iterator[Piece]:
    unpacker = zlib.decompressobj(31)
    try:
        inner = unpacker.decompress(data, _LARGEST)
        if unpacker.unconsumed_tail:
            yield Closed(place, f"it has more than {_LARGEST} bytes unpacked")
    except zlib.error as error:
        yield Closed(place, f"the archive is damaged: {error}")
        return
    if not unpacker.eof:
        yield Closed(place, "the archive is cut off")
    yield Raw(place, data[:200])  # the header may hold a name and a remark: RFC 1952, 2.3
    short = re.sub(r"\.(gz|tgz)$", lambda found: ".tar" if found[1] == "tgz" else "", name)
    yield from opened(short, inner, f"{place}/{short}", depth + 1)
    if unpacker.unused_data:
        yield from opened(short, unpacker.unused_data, f"{place}/{short} (behind it)", depth + 1)


def _tar(data: bytes, place: str, depth: int) -> Iterator[Piece]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for entry in archive:
                inside = f"{place}/{entry.name}"
                yield Shown(inside, " ".join((entry.name, entry.linkname, entry.uname, entry.gname, *entry.pax_headers.values())))
                file = archive.extractfile(entry) if entry.isreg() else None
                if file is not None:
                    yield from opened(entry.name, file.read(), inside, depth + 1)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        yield Closed(place, f"the archive is damaged: {error}")


def _png(data: bytes, place: str) -> Iterator[Piece]:
    """Yield the texts of a picture (PNG, 11.3.4); what is drawn in it nobody reads here."""
    at = 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        if kind in (b"tEXt", b"iTXt", b"zTXt"):
            parts = body.split(b"\0")
            texts = [body, *parts]
            for start in range(len(parts)):
                try:
                    texts.append(zlib.decompress(b"\0".join(parts[start:])))
                except zlib.error:
                    continue
            yield Shown(place, "\n".join(text.decode("utf-8", "replace") for text in texts))
        at += 12 + length
    yield Raw(place, data)


# ----------------------------------------------------------------------------------------------------------------------- text

_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_HEADER = re.compile(r"(?:[!-9;-~]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n)+\r?\n")  # RFC 5322, 2.2


def _text(name: str, data: bytes, text: str, place: str, depth: int) -> Iterator[Piece]:
    """Yield what a file of text says, by its name and its first characters."""
    ending = name.rpartition(".")[2].lower()
    start = text.lstrip()[:200]
    if ending == "eml" or (
        ending not in _PLAIN and _HEADER.match(text) and re.search(r"(?im)^(mime-version|message-id|from):", text)
    ):
        yield from _mail(data, place, depth)
    elif ending in ("html", "htm", "xhtml") or _HTML.match(text):
        yield from _html(text, place, depth)
    elif start.startswith("<") and (ending in _XML or start.startswith("<?xml")):
        yield from _xml(data, place, depth)
    elif ending in ("json", "jsonld", "jsonl", "geojson") or start[:1] in ("{", "["):
        yield from _json(text, place)
    else:
        yield Shown(place, text)
        yield Shown(place, _plain(text))


_PLAIN = {"txt", "csv", "json", "jsonld", "html", "htm", "xml", "md", "yaml", "yml", "css", "js"}
_XML = {"xml", "rels", "svg", "atom", "rss", "xhtml", "vml", "xsd", "opf", "ncx", "rdf", "xmp"}


def _plain(text: str) -> str:
    """Return text without the escapes of the formats that are text: HTML, URLs, JSON, quotes doubled in CSV."""
    text = html.unescape(text).replace('""', '"')
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return unquote(text) if "%" in text else text


def _json(text: str, place: str) -> Iterator[Piece]:
    yield Shown(place, text, words=False)
    found: list[str] = []
    for each in (text,) if text.lstrip()[:1] == "[" else (text, *text.splitlines()):
        try:
            todo: list[object] = [msgspec.json.decode(each)]
        except msgspec.DecodeError:
            continue
        while todo:
            value = todo.pop()
            if isinstance(value, dict):
                found += map(str, value)
                todo += value.values()
            elif isinstance(value, list):
                todo += value
            elif value is not None and not isinstance(value, bool):
                found.append(str(value))
        if each is text:
            break
    yield Shown(place, "\n".join(found) if found else _plain(text))


# --------------------------------------------------------------------------------------------------------------- XML and HTML

_WITHIN = {  # elements that part no words
    "r", "t", "rPr", "proofErr", "bookmarkStart", "bookmarkEnd", "hyperlink", "ins", "smartTag", "sdt", "sdtContent", "sup", "sub",
    "span", "b", "strong", "i", "em", "a", "abbr", "cite", "small", "mark", "wbr", "u", "s", "code", "bdi", "bdo", "q", "font", "tspan",
}  # fmt: skip


class _Words:
    """The words of a tree of elements: parted where elements part them, and once more parted at every element."""

    def __init__(self) -> None:
        self.together: list[str] = []
        self.apart: list[str] = []
        self.beside: list[str] = []  # attributes, remarks, instructions

    def element(self, tag: str) -> None:
        if re.split(r"[}:]", tag)[-1] not in _WITHIN:
            self.together.append(" ")
        self.apart.append(" ")

    def words(self, text: str) -> None:
        self.together.append(text)
        self.apart.append(text)

    def shown(self, place: str) -> Iterator[Piece]:
        yield Shown(place, "".join(self.together))
        yield Shown(place, "".join(self.apart))
        beside = "\n".join(self.beside)
        yield Shown(place, beside, words=False)
        if "%" in beside:
            yield Shown(place, unquote(beside), words=False)


_SPOKEN = {
    "alt", "title", "descr", "aria-label", "aria-description", "content", "summary", "placeholder", "label", "name", "term",
    "href", "src", "Target",
}  # fmt: skip
_VALUES = {"tblCaption", "tblDescription", "alias"}  # elements of WordprocessingML whose attribute `val` is said


def _xml(data: bytes, place: str, depth: int) -> Iterator[Piece]:
    from xml.parsers import expat

    found, spoken, embedded = _Words(), list[str](), list[str]()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.element(tag)
        for key, value in attributes.items():
            found.beside.append(value)
            own = re.split(r"[}:]", key)[-1]
            if own in _SPOKEN or (own == "val" and re.split(r"[}:]", tag)[-1] in _VALUES):
                spoken.append(unquote(value))
            if value.startswith("data:"):
                embedded.append(value)

    def entity(name: str, *_: object) -> None:
        raise ValueError(f"it declares the entity {name}")

    parser.StartElementHandler = start
    parser.EndElementHandler = found.element
    parser.CharacterDataHandler = found.words
    parser.CommentHandler = found.beside.append
    parser.ProcessingInstructionHandler = lambda target, text: found.beside.append(f"{target} {text}")
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        yield Closed(place, f"the XML cannot be read: {error}")
        yield Raw(place, data)
    yield from found.shown(place)
    yield Shown(place, "\n".join(spoken))
    text = "".join(found.together)
    if "&lt;" in text or "<" in text:  # a feed holds HTML as text
        yield from _html(text, place, depth)
    for number, value in enumerate(embedded, 1):
        yield from _data_url(value, f"{place}/embedded {number}", depth)


def _html(text: str, place: str, depth: int) -> Iterator[Piece]:
    from html.parser import HTMLParser

    found, spoken, embedded, code = _Words(), list[str](), list[str](), list[str]()

    class Reader(HTMLParser):
        inside = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.element(tag)
            self.inside = tag if tag in ("style", "script") else ""
            for key, value in attrs:
                found.beside.append(value or "")
                if key in _SPOKEN:
                    spoken.append(unquote(value or ""))
                if value and "data:" in value:
                    embedded.extend(re.findall(r"data:[^\s\"')]+", value))

        def handle_endtag(self, tag: str) -> None:
            found.element(tag)
            self.inside = ""

        def handle_data(self, data: str) -> None:
            if self.inside:
                code.append(data)
                embedded.extend(re.findall(r"data:[^\s\"')]+", data))
            else:
                found.words(data)

        def handle_comment(self, data: str) -> None:
            found.beside.append(data)

        def handle_decl(self, decl: str) -> None:
            found.beside.append(decl)

        def unknown_decl(self, data: str) -> None:
            found.beside.append(data)

        def handle_pi(self, data: str) -> None:
            found.beside.append(data)

    reader = Reader(convert_charrefs=True)
    reader.feed(text)
    reader.close()
    yield from found.shown(place)
    yield Shown(place, "\n".join(spoken))
    yield Shown(place, "\n".join(code), words=False)
    yield Shown(place, html.unescape(text), words=False)
    for script in code:
        if script.lstrip()[:1] in ("{", "["):
            yield from _json(script, place)
    for number, value in enumerate(embedded, 1):
        yield from _data_url(value, f"{place}/embedded {number}", depth)


def _data_url(value: str, place: str, depth: int) -> Iterator[Piece]:
    """Yield what a `data:` URL holds (RFC 2397)."""
    head, _, body = value.removeprefix("data:").partition(",")
    try:
        data = base64.b64decode(unquote(body), validate=False) if head.endswith(";base64") else unquote(body).encode()
    except (binascii.Error, ValueError):
        yield Closed(place, "its base64 is damaged")
        return
    yield from opened(f"embedded.{head.partition(';')[0].rpartition('/')[2].partition('+')[0] or 'txt'}", data, place, depth + 1)


# ----------------------------------------------------------------------------------------------------------------------- mail


def _mail(data: bytes, place: str, depth: int) -> Iterator[Piece]:
    """Yield the headers, decoded and as they are, and every part of a mail (RFC 5322, 2045 to 2047)."""
    from email import message_from_bytes
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header
    from email.policy import compat32

    mail = message_from_bytes(data, policy=compat32)
    yield Raw(place, data)
    for number, part in enumerate(mail.walk()):
        inside = f"{place}/part {number}" if number else place
        for key, value in part.items():
            try:
                said = str(make_header(decode_header(value)))
            except (HeaderParseError, UnicodeError, LookupError, ValueError):
                yield Closed(inside, f"the header {key} cannot be decoded")
                said = str(value)
            yield Shown(inside, f"{said}\n{unquote(said)}" if "%" in said else said, words=key.lower() not in _MACHINE)
        for beside in (part.preamble, part.epilogue):
            if beside:
                yield Shown(inside, str(beside))
        kind = part.get_content_type()
        if kind in ("multipart/encrypted", "application/pkcs7-mime", "application/pgp-encrypted"):
            yield Closed(inside, "it is encrypted")
        if part.is_multipart():
            continue
        body = part.get_payload(decode=True)
        name = part.get_filename() or f"part.{_KINDS.get(kind, 'bin')}"
        if isinstance(body, bytes):
            charset = (part.get_content_charset() or "utf-8").lower()
            if kind.startswith("text/") and charset not in ("utf-8", "us-ascii"):
                try:
                    body = body.decode(charset).encode()
                except (UnicodeError, LookupError):
                    yield Closed(inside, f"its characters cannot be read as {charset}")
            yield from opened(name, body, inside, depth + 1)


_KINDS = {
    "text/plain": "txt",
    "text/html": "html",
    "application/json": "json",
    "message/rfc822": "eml",
    "application/atom+xml": "xml",
}
_MACHINE = {"content-type", "content-transfer-encoding", "mime-version", "message-id", "date", "received", "dkim-signature"}
