"""A reader's own copy of a DOCX: "Copy for ..." as its first line, in the header of the pages after it, and as a property.

Screen readers leave headers out, so that the words are heard once, at the start. Only the parts that change are packed again; the
body, which is most of the file, is packed once in two pieces, between which a copy's first line goes (RFC 1951 lets blocks follow
one another).
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from io import BytesIO

from briefing.render.docx_package import XML, W, attr
from briefing.render.docx_runs import run
from briefing.render.docx_zip import Entry, archive, entry
from briefing.stamp import SCHEME, Stamp

_PROPERTIES = "docProps/custom.xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of properties that users define, [MS-OLEPS] 2.18
_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_BODY, _RELATIONS, _TYPES = "word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"
_OWN_HEADER = "word/headerCopy.xml"
_SECTION = re.compile(r"<w:sectPr\b([^>]*?)(/?)>")
_PART = re.compile(r'<Relationship\b(?=[^>]*\bId="([^"]+)")(?=[^>]*/header")(?=[^>]*\bTarget="([^"]+)")[^>]*/>')
_MARKING = r'<w:p><w:pPr><w:pStyle w:val="BriefMarking"/></w:pPr>.*?</w:p>'  # stays above the stamp
_HEADER = re.compile(rf"<w:hdr\b[^>]*>(?:{_MARKING})?", re.DOTALL)
_USED = re.compile(r'<w:headerReference\b(?=[^>]*w:type="(\w+)")(?=[^>]*r:id="([^"]+)")[^>]*/>')


class DocxStamp:
    """Stamps one Word document for any number of readers. Raises ValueError for a file that is not ours."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(BytesIO(data)) as package:
            self._entries = {info.filename: _packed(data, info) for info in package.infolist()}
            parts = {name: package.read(name).decode() for name in self._entries if name.endswith((".xml", ".rels"))}
        relations, body = parts[_RELATIONS], parts[_BODY]
        if "<w:body>" not in body:
            raise ValueError("this DOCX was not written here: it has no body as we write it")
        targets = dict(_PART.findall(relations))
        used = [(kind, name) for kind, name in _USED.findall(body) if name in targets]  # of all sections
        self._headers: dict[str, tuple[str, str]] = {}
        for kind, name in used:
            if kind in {"default", "even"}:
                target = targets[name]
                part = target[1:] if target[0] == "/" else f"word/{target}"
                found = _HEADER.search(parts[part])
                assert found
                self._headers[part] = parts[part][: found.end()], parts[part][found.end() :]
        types = relation = ""
        if "default" not in dict(used):  # a house's page without a header
            self._headers[_OWN_HEADER] = f'{XML}<w:hdr xmlns:w="{W}">', "</w:hdr>"
            types = f'<Override PartName="/{_OWN_HEADER}" ContentType="{_HEADER_TYPE}"/>'
            relation = f'<Relationship Id="rIdCopyHeader" Type="{_OFFICE}/relationships/header" Target="/{_OWN_HEADER}"/>'
            reference = '<w:headerReference w:type="default" r:id="rIdCopyHeader"/>'
            body = _SECTION.sub(lambda found: f"<w:sectPr{found[1]}>{reference}{'</w:sectPr>' if found[2] else ''}", body, count=1)
            self._put(_RELATIONS, relations.replace("</Relationships>", f"{relation}</Relationships>"))
        self._properties = parts.get(_PROPERTIES, "")
        if not self._properties:
            types += f'<Override PartName="/{_PROPERTIES}" ContentType="{_TYPE}"/>'
            relation = f'<Relationship Id="rIdCopy" Type="{_OFFICE}/relationships/custom-properties" Target="{_PROPERTIES}"/>'
            self._put("_rels/.rels", parts["_rels/.rels"].replace("</Relationships>", f"{relation}</Relationships>"))
        if types:
            self._put(_TYPES, parts[_TYPES].replace("</Types>", f"{types}</Types>"))
        head, _, rest = body.partition("<w:body>")
        before, self._tail = f"{head}<w:body>".encode(), rest.encode()
        self._crc, self._size = zlib.crc32(before), len(before) + len(self._tail)
        self._first, self._rest = _pieces(before, zlib.Z_FULL_FLUSH), _pieces(self._tail, zlib.Z_FINISH)

    def _put(self, name: str, content: str) -> None:
        self._entries[name] = entry(name, content)

    def copy(self, stamp: Stamp) -> bytes:
        """Return the copy with a stamp: the same stamp gives the same bytes."""
        words = f"{stamp.words} \u00b7 {stamp.mark}"
        line, tight = _line(words), _line(words, '<w:spacing w:after="0"/>')
        entries = {**self._entries, _BODY: self._body(line.encode()), _PROPERTIES: entry(_PROPERTIES, self._told(stamp))}
        for name, (before, after) in self._headers.items():
            entries[name] = entry(name, f"{before}{tight}{after}")
        return archive(entries.values())

    def _body(self, line: bytes) -> Entry:
        crc = zlib.crc32(self._tail, zlib.crc32(line, self._crc))
        packed = b"".join((self._first, _pieces(line, zlib.Z_FULL_FLUSH), self._rest))
        return Entry(_BODY, crc, self._size + len(line), packed)

    def _told(self, stamp: Stamp) -> str:
        """Return the custom properties with the mark among them."""
        kept = re.sub(r"^.*?<(?:\w+:)?Properties\b[^>]*?(?:/>|>)|</(?:\w+:)?Properties>\s*$", "", self._properties, flags=re.DOTALL)
        taken = [int(each) for each in re.findall(r'\bpid="(\d+)"', kept)]
        return (
            f'{XML}<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">{kept}'
            f'<property fmtid="{_FORMAT_ID}" pid="{max(taken, default=1) + 1}" name="Copy">'
            f"<vt:lpwstr>{attr(SCHEME + stamp.mark)}</vt:lpwstr></property></Properties>"
        )


def _line(words: str, spacing: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="BriefSmall"/>{spacing}</w:pPr>{run(words)}</w:p>'


def _pieces(data: bytes, mode: int) -> bytes:
    """Return data as deflated blocks that begin and end at a byte and look at nothing before them."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(mode)


def _packed(data: bytes, info: zipfile.ZipInfo) -> Entry:
    """Return a file of an archive as it is packed there."""
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise ValueError(f"this DOCX was not written here: {info.filename} is not deflated")
    names, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + names + extra
    return Entry(info.filename, info.CRC, info.file_size, data[start : start + info.compress_size])
