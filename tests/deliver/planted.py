"""Files with a text planted in them, each in another place or in another encoding: what the scanner must not be blind to."""

from __future__ import annotations

import base64
import gzip
import io
import json
import quopri
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import msgspec
import pikepdf

from briefing import pipeline
from briefing.load.dossier import load
from briefing.load.files import font_reader, read_dossier
from briefing.model import (
    Cell,
    Chart,
    Column,
    Details,
    Document,
    Entry,
    Heading,
    Inline,
    Link,
    Number,
    Paragraph,
    Point,
    Row,
    Series,
    SourceEntry,
    SourceList,
    Strong,
    Table,
    Text,
    Title,
)

ROOT = Path(__file__).parents[2]
Build = Callable[[str], bytes]


@cache
def _loaded() -> Any:
    return load(read_dossier(ROOT))


# ------------------------------------------------------------------------------------------------------- files of our own making


def document(place: str, text: str) -> Document:
    """Return a small document with a text in one of its places."""

    def here(name: str, otherwise: str = "Plain") -> str:
        return text if name == place else otherwise

    words: tuple[Inline, ...] = (Text("One "), Strong((Text(here("strong")),)), Text(f" and {here('paragraph')} more."))
    blocks = (
        Title((Text(here("title")),), here("kicker", ""), here("subtitle", "")),
        Details((Entry(here("term"), (Text(here("entry")),)),)),
        Heading(1, (Text(here("heading")),), "first"),
        Paragraph((*words, Link(f"https://example.org/{quote(here('link', 'x'))}", (Text("there"),)))),
        Table(
            (Column((Text(here("column")),)), Column((Text("B"),))),
            (Row((Cell((Number(here("number", "12 ships"), "f"),)), Cell((Text(here("cell")),)))),),
            "t",
            (Text(here("caption")),),
            summary=here("table summary"),
        ),
        Chart(
            "bar", (Series(here("series"), (Point(here("label"), 3.0, here("shown", "3"), "f"), Point("b", 4.0, "4", "f"))),), "figure-c",
            (Text("Figure"),), here("alt"), here("unit"), (Text(here("chart source")),),
        ),
        SourceList((SourceEntry(1, "s", (Text(here("source")),)),)),
    )  # fmt: skip
    return Document(
        title=here("document title"), short_title="Short", blocks=blocks, as_of=date(2025, 1, 1), subject=here("subject"),
        author=here("author"), keywords=(here("keyword"),), marking=here("marking", ""), header_left=here("header"),
        footer_left=here("footer"), digest="",
    )  # fmt: skip


PLACES = (
    "title", "kicker", "subtitle", "term", "entry", "heading", "strong", "paragraph", "link", "column", "number", "cell", "caption",
    "table summary", "series", "label", "shown", "alt", "unit", "chart source", "source", "document title", "subject", "author", "keyword",
    "marking", "header", "footer",
)  # fmt: skip
SILENT = {  # places that a format has no room for
    "txt": {"table summary", "series", "label", "shown", "unit", "document title", "subject", "author", "keyword", "header", "footer"},
    "html": {"series"},
    "docx": set[str](),
    "pdf": {"series", "header"},
}  # fmt: skip


def rendered(each: str, made: Document) -> bytes:
    look = _loaded().look
    laid = pipeline.lay_out(ROOT, pipeline.Composed(made, look), None, font_reader(ROOT)) if each in ("pdf", "docx") else None
    return pipeline.render(each, made, look, laid.pages if laid else None, laid.fonts if laid else None)


# ------------------------------------------------------------------------------------------------------------------------- PDF


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of objects as they are, with no more of a frame than a scanner may count on."""
    parts = [b"%PDF-1.7\n"]
    parts += [b"%d 0 obj\n%s\nendobj\n" % (number, body) for number, body in enumerate(objects, 1)]
    return b"".join([*parts, b"trailer\n<</Size %d/Root 1 0 R%s>>\n%%%%EOF\n" % (len(objects) + 1, trailer)])


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def _hexed(text: str) -> bytes:
    return b"<" + (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode() + b">"


def _octal(text: str) -> bytes:
    return b"(" + b"".join(b"\\%03o" % byte for byte in text.encode("latin-1")) + b")"


def _utf16(text: str) -> bytes:
    raw = b"\xfe\xff" + text.encode("utf-16-be")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


_FLATE = b"/Filter/FlateDecode"


def _cid_font(text: str) -> tuple[bytes, bytes, bytes]:
    """Return a font of two-byte codes that stand for nothing by themselves, its CMap, and the codes of a text."""
    letters = sorted(set(text))
    codes = {letter: 0x0A00 + 3 * place for place, letter in enumerate(letters)}
    lines = "".join(f"<{codes[letter]:04X}> <{ord(letter):04X}>\n" for letter in letters)
    cmap = f"1 begincodespacerange <0000> <FFFF> endcodespacerange {len(letters)} beginbfchar\n{lines}endbfchar"
    shown = "".join(f"{codes[letter]:04x}" for letter in text)
    return b"<</Type/Font/Subtype/Type0/ToUnicode 3 0 R>>", cmap.encode(), f"<{shown}>".encode()


def _drawn_by_codes(text: str) -> bytes:
    font, cmap, shown = _cid_font(text)
    page = b"<</Type/Page/Resources<</Font<</F1 2 0 R>>>>/Contents 4 0 R>>"
    return pdf(page, font, stream(zlib.compress(cmap), _FLATE), stream(zlib.compress(b"BT /F1 9 Tf " + shown + b" Tj ET"), _FLATE))


def _drawn_by_ranges(text: str) -> bytes:
    """Return a page whose codes are the letters moved by 40, as a CMap's ranges say."""
    cmap = b"1 begincodespacerange <00><FF> endcodespacerange 1 beginbfrange <48> <A6> <0020> endbfrange"
    raw = bytes(ord(letter) + 40 for letter in text)
    body = b"BT /F7 9 Tf <" + raw.hex().encode() + b"> Tj ET"
    return pdf(b"<</Font 5 0 R>>", b"<</Type/Font/Subtype/TrueType/ToUnicode 3 0 R>>", stream(cmap), stream(body), b"<</F7 2 0 R>>")


def _kerned(text: str) -> bytes:
    pieces = b" -30 ".join(b"(" + letter.encode() + b")" for letter in text)
    return pdf(b"<</Type/Page/Contents 2 0 R>>", stream(zlib.compress(b"BT /F1 9 Tf [" + pieces + b"] TJ ET"), _FLATE))


def _letter_by_letter(text: str) -> bytes:
    shown = b" ".join(b"(" + letter.encode() + b") Tj" for letter in text)
    return pdf(b"<</Type/Page/Contents 2 0 R>>", stream(b"BT /F1 9 Tf " + shown + b" ET"))


def _lzw(data: bytes) -> bytes:
    """Return bytes as LZW of nine bits: the table is cleared before it grows."""
    codes = [256]
    for place, byte in enumerate(data):
        codes += [256] if place and place % 200 == 0 else []
        codes.append(byte)
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _predicted(data: bytes) -> bytes:
    wide = 8
    rows = [data[at : at + wide].ljust(wide, b" ") for at in range(0, len(data), wide)]
    above, out = bytes(wide), b""
    for row in rows:
        out += b"\x02" + bytes((this - other) & 0xFF for this, other in zip(row, above, strict=True))
        above = row
    return zlib.compress(out)


def _object_stream(text: str) -> bytes:
    body = b"<</Title (" + text.encode() + b")>>"
    return pdf(b"<</Type/Catalog>>", stream(zlib.compress(b"7 0\n" + body), b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"))


def _pike(text: str, change: Callable[[pikepdf.Pdf], None] | None = None, **save: Any) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.docinfo["/Subject"] = text
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, **save)
    made.close()
    return out.getvalue()


def _attached(text: str) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.docinfo["/Subject"] = "none"
        made.attachments["notes.docx"] = zipped({"word/document.xml": f"<w:p xmlns:w='w'><w:t>{text}</w:t></w:p>".encode()})

    return _pike(text, change)


def _updated(text: str) -> bytes:
    """Return a PDF whose secret is in an object that a later update replaces."""
    old = pdf(b"<</Type/Catalog/Note (" + text.encode() + b")>>")
    return old + b"1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Size 2/Root 1 0 R/Prev 9>>\n%%EOF\n"


PDFS: dict[str, Build] = {
    "literal string": lambda text: pdf(b"<</Title (" + text.encode() + b")>>"),
    "string within brackets": lambda text: pdf(b"<</Title (a (b (" + text.encode() + b")))>>"),
    "octal string": lambda text: pdf(b"<</Title " + _octal(text) + b">>"),
    "string broken over lines": lambda text: pdf(b"<</Title (" + text[:5].encode() + b"\\\n" + text[5:].encode() + b")>>"),
    "hexadecimal UTF-16": lambda text: pdf(b"<</Alt " + _hexed(text) + b">>"),
    "UTF-16": lambda text: pdf(b"<</ActualText " + _utf16(text) + b">>"),
    "name": lambda text: pdf(b"<</" + text.replace(" ", "#20").encode() + b" 1>>"),
    "comment": lambda text: pdf(b"<</A 1>>") + b"% " + text.encode() + b"\n",
    "drawn by two-byte codes": _drawn_by_codes,
    "drawn by ranges of codes": _drawn_by_ranges,
    "drawn letter by letter with kerning": _kerned,
    "drawn letter by letter": _letter_by_letter,
    "actual text within a page": lambda text: pdf(stream(b"/Span <</ActualText " + _hexed(text) + b">> BDC (x) Tj EMC")),
    "ASCII85": lambda text: pdf(stream(base64.a85encode(b"(" + text.encode() + b") Tj") + b"~>", b"/Filter/ASCII85Decode")),
    "ASCIIHex then Flate": lambda text: pdf(
        stream(zlib.compress(b"(" + text.encode() + b") Tj").hex().encode() + b">", b"/Filter[/ASCIIHexDecode/FlateDecode]")
    ),
    "LZW": lambda text: pdf(stream(_lzw(b"(" + text.encode() + b") Tj"), b"/Filter/LZWDecode")),
    "run lengths": lambda text: pdf(
        stream(bytes((len(text) + 1,)) + b"(" + text.encode() + b")" + b"\x80", b"/Filter/RunLengthDecode")
    ),
    "predicted": lambda text: pdf(
        stream(_predicted(b"(" + text.encode() + b") Tj"), b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 8>>")
    ),
    "length told elsewhere": lambda text: pdf(
        b"<</Length 2 0 R/Filter/FlateDecode>>\nstream\n" + zlib.compress(b"(" + text.encode() + b") Tj") + b"\nendstream", b"999"
    ),
    "object stream": _object_stream,
    "object stream of another writer": lambda text: _pike(text, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "attached file": _attached,
    "object that an update replaces": _updated,
    "XMP": lambda text: pdf(
        stream(f"<?xpacket?><x:xmpmeta xmlns:x='x'><d>{escape(text)}</d></x:xmpmeta>".encode(), b"/Type/Metadata/Subtype/XML")
    ),
}

CLOSED: dict[str, Callable[[], tuple[str, bytes]]] = {
    "an encrypted PDF": lambda: ("a.pdf", _pike("x", encryption=pikepdf.Encryption(owner="o", user="u", R=6))),
    "a PDF with a damaged stream": lambda: ("a.pdf", pdf(stream(zlib.compress(b"(some words) Tj" * 9)[:-20], _FLATE))),
    "a PDF with an unknown filter": lambda: ("a.pdf", pdf(stream(b"xyz", b"/Filter/Crypt"))),
    "a PDF whose letters nobody knows": lambda: (
        "a.pdf",
        pdf(b"<</Font<</F1 2 0 R>>>>", b"<</Type/Font/Subtype/Type0>>", stream(b"BT /F1 9 Tf <00010002> Tj ET")),
    ),
    "a PDF of nothing": lambda: ("a.pdf", b"%PDF-1.7\nnothing"),
    "an encrypted ZIP": lambda: ("a.zip", zipped({"a.txt": b"words"}).replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")),
    "an encrypted Word document": lambda: ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8),
    "a cut-off DOCX": lambda: ("a.docx", zipped({"a.txt": b"words" * 99})[:80]),
    "a cut-off gzip": lambda: ("a.gz", gzip.compress(b"words " * 99)[:-12]),
    "broken XML": lambda: ("a.docx", zipped({"word/document.xml": b"<a><b></a>"})),
    "XML with entities of its own": lambda: ("a.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'),
    "bytes of no known kind": lambda: ("a.bin", bytes(range(256)) * 4),
    "an encrypted mail": lambda: ("a.eml", b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\n\r\nAAAA\r\n"),
    "archives without end": lambda: ("a.zip", _nested(12)),
}  # fmt: skip


def _nested(depth: int) -> bytes:
    data = b"words"
    for _ in range(depth):
        data = zipped({"a.zip": data})
    return data


# ------------------------------------------------------------------------------------------------------------------------ ZIP


def zipped(files: dict[str, bytes], comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return out.getvalue()


_W = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"


def _word(body: str) -> bytes:
    return zipped({"word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>".encode()})


def _runs(text: str) -> bytes:
    runs = "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t xml:space='preserve'>{escape(letter)}</w:t></w:r>" for letter in text)
    return _word(f"<w:p>{runs}</w:p>")


def _sheet(text: str) -> bytes:
    book = zipped({"xl/sharedStrings.xml": f"<sst xmlns='s'><si><t>{escape(text)}</t></si></sst>".encode()})
    return zipped({"word/embeddings/sheet.xlsx": book})


DOCX: dict[str, Build] = {
    "runs of a letter each": _runs,
    "character references": lambda text: _word(f"<w:p><w:r><w:t>{''.join(f'&#x{ord(letter):X};' for letter in text)}</w:t></w:r></w:p>"),
    "CDATA": lambda text: _word(f"<w:p><w:r><w:t><![CDATA[{text}]]></w:t></w:r></w:p>"),
    "alternative text": lambda text: _word(f"<w:p><docPr descr='{escape(text)}'/></w:p>"),
    "remark": lambda text: _word(f"<!-- {text} {text} --><w:p/>"),
    "name of a member": lambda text: zipped({f"word/{text}.xml": b"<a/>"}),
    "remark of the archive": lambda text: zipped({"a.xml": b"<a/>"}, text.encode()),
    "workbook behind a chart": _sheet,
    "UTF-16": lambda text: zipped({"word/a.xml": f"<?xml version='1.0' encoding='UTF-16'?><a>{text}</a>".encode("utf-16")}),
}  # fmt: skip


# --------------------------------------------------------------------------------------------------------- text, web, mail and the rest


def _page(body: str) -> bytes:
    return f"<!doctype html><html><head><title>t</title></head><body>{body}</body></html>".encode()


def _tagged(text: str) -> bytes:
    return _page("<p>" + "".join(f"<b>{letter}</b>" if place % 2 else letter for place, letter in enumerate(text)) + "</p>")


def _png(text: str, kind: bytes = b"zTXt") -> bytes:
    body = b"Comment\0\0" + zlib.compress(text.encode())
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return b"\x89PNG\r\n\x1a\n" + chunk


def _mail(change: Callable[[EmailMessage], None]) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "desk@example.org", "reader@example.org", "Brief"
    mail.set_content("Words.")
    change(mail)
    return mail.as_bytes()


def _subject(text: str) -> bytes:
    def change(mail: EmailMessage) -> None:
        mail.replace_header("Subject", f"Brief: {text} \N{LATIN SMALL LETTER O WITH MACRON} {text}")

    return _mail(change)


def _encoded_word(text: str) -> bytes:
    word = base64.b64encode(text.encode()).decode()
    return f"From: a@b.example\r\nSubject: =?utf-8?B?{word}?=\r\nMIME-Version: 1.0\r\n\r\nWords.\r\n".encode()


def _quoted(text: str) -> bytes:
    body = "".join(f"={byte:02X}" for byte in text.encode())
    head = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    return f"{head}\r\n{body[:30]}=\r\n{body[30:]}\r\n".encode()


def _latin(text: str) -> bytes:
    head = b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-16-le\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(text.encode("utf-16-le"))


def _tar(text: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo("notes.txt")
        entry.size = len(text.encode())
        archive.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def _attachment(text: str) -> bytes:
    def change(mail: EmailMessage) -> None:
        data = PDFS["drawn by two-byte codes"](text)
        mail.add_attachment(data, maintype="application", subtype="pdf", filename="brief.pdf")

    return _mail(change)


def _file_name(text: str) -> bytes:
    return _mail(lambda mail: mail.add_attachment(b"x", maintype="application", subtype="pdf", filename=f"{text} ō.pdf"))


OTHERS: dict[str, tuple[str, Build]] = {
    "text": ("a.txt", lambda text: f"Words and {text} more.".encode()),
    "text over lines": ("a.txt", lambda text: f"Words\n   {text.replace(' ', '  ' + chr(10) + '   ')}".encode()),
    "text with soft hyphens": ("a.txt", lambda text: "\N{SOFT HYPHEN}".join(text).encode()),
    "text in capitals": ("a.txt", lambda text: text.upper().encode()),
    "text in wide letters": ("a.txt", lambda text: "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in text).encode()),
    "text in UTF-16": ("a.txt", lambda text: text.encode("utf-16")),
    "text in Latin-1": ("a.txt", lambda text: f"\xe9t\xe9 {text}".encode("latin-1")),
    "escaped in text": ("a.txt", lambda text: "".join(f"&#{ord(letter)};" for letter in text).encode()),
    "CSV": ("a.csv", lambda text: f'id,words\n1,"a ""{text}"" b"\n'.encode()),
    "JSON": ("a.json", lambda text: json.dumps({"a": [{"b": text}]}).encode()),
    "JSON in escapes": ("a.json", lambda text: ('{"a":"' + "".join(f"\\u{ord(c):04x}" for c in text) + '"}').encode()),
    "a key of JSON": ("a.json", lambda text: json.dumps({text: 1}).encode()),
    "JSON lines": ("a.jsonl", lambda text: b'{"a":1}\n' + json.dumps({"a": text}).encode() + b"\n"),
    "page": ("a.html", lambda text: _page(f"<p>Some {text}</p>")),
    "page with tags within words": ("a.html", _tagged),
    "page with character references": ("a.html", lambda text: _page("<p>" + "".join(f"&#{ord(c)};" for c in text) + "</p>")),
    "alternative text of a page": ("a.html", lambda text: _page(f'<img alt="{text}">')),
    "remark of a page": ("a.html", lambda text: _page(f"<!-- {text} {text} -->")),
    "address in a page": ("a.html", lambda text: _page(f'<a title="x" href="https://example.org/{quote(text)}/{quote(text)}">there</a>')),
    "data in a page": (
        "a.html",
        lambda text: _page(f'<img src="data:image/svg+xml;base64,{base64.b64encode(f"<svg><text>{text}</text></svg>".encode()).decode()}">'),
    ),
    "script of a page": ("a.html", lambda text: _page(f'<script type="application/json">{json.dumps({"a": text})}</script>')),
    "drawing": ("a.svg", lambda text: f"<svg xmlns='s'><text>{text[:3]}<tspan>{text[3:]}</tspan></text></svg>".encode()),
    "feed": ("feed.xml", lambda text: f"<?xml version='1.0'?><feed><content type='html'>{escape(f'<p>{text[:4]}<b>{text[4:]}</b></p>')}</content></feed>".encode()),
    "picture": ("a.png", _png),
    "gzip": ("a.txt.gz", lambda text: gzip.compress(text.encode())),
    "tar": ("a.tar.gz", _tar),
    "ZIP in a ZIP": ("a.zip", lambda text: zipped({"b.zip": zipped({"c.txt": text.encode()})})),
    "subject of a mail": ("a.eml", _subject),
    "encoded word": ("a.eml", _encoded_word),
    "quoted-printable": ("a.eml", _quoted),
    "base64 of another character set": ("a.eml", _latin),
    "attachment of a mail": ("a.eml", _attachment),
    "name of an attachment": ("a.eml", _file_name),
    "a mail in a mail": ("a.eml", lambda text: _mail(lambda mail: mail.add_attachment(_inner(text)))),
    "quoted-printable without a frame": ("a.eml", lambda text: b"From: a@b.example\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quopri.encodestring(text.encode())),
}  # fmt: skip


def _inner(text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "Inner"
    mail.set_content(f"Words: {text}")
    return mail


def changed(document: Document, **changes: Any) -> Document:
    return msgspec.structs.replace(document, **changes)
