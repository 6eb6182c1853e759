"""What a PDF says about itself for archives: XMP metadata, and the colours that its numbers mean.

PDF/A-2 (ISO 19005-2, level a) and PDF/UA-1 (ISO 14289-1) are claimed here; the extension schema says what `pdfuaid` is, since PDF/A
knows no foreign properties without one (6.6.2.3.1).
"""

from __future__ import annotations

import struct

from briefing.model import Document
from briefing.render.pdf_file import PRODUCER, File

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
{said}
<dc:format>application/pdf</dc:format><dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{producer}</xmp:CreatorTool><pdf:Producer>{producer}</pdf:Producer>
<xmp:CreateDate>{stamp}</xmp:CreateDate><xmp:ModifyDate>{stamp}</xmp:ModifyDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""

_CONTROLS = dict.fromkeys([*(code for code in range(0x20) if code not in {9, 10, 13}), 0xFFFE, 0xFFFF])  # not in XML 1.0


def metadata(file: File, document: Document) -> int:
    """Add the XMP metadata and return its number; the properties of `pdf_file.info` are in it with the same values."""
    said = [f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{_xml(document.title)}</rdf:li></rdf:Alt></dc:title>']
    if document.author:
        said.append(f"<dc:creator><rdf:Seq><rdf:li>{_xml(document.author)}</rdf:li></rdf:Seq></dc:creator>")
    if document.subject:
        said.append(
            f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{_xml(document.subject)}</rdf:li></rdf:Alt></dc:description>'
        )
    if document.keywords:
        said.append(f"<pdf:Keywords>{_xml(', '.join(document.keywords))}</pdf:Keywords>")
    packet = _XMP.format(
        said="\n".join(said),
        language=_xml(document.language),
        producer=PRODUCER,
        stamp=f"{document.as_of.isoformat()}T00:00:00+00:00",
    )
    return file.stream(packet.encode(), b"/Type/Metadata/Subtype/XML", packed=False)


def _xml(text: str) -> str:
    return text.translate(_CONTROLS).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def output_intent(file: File) -> int:
    """Add the statement that all colours are sRGB and return its number."""
    profile = file.stream(srgb(), b"/N 3")
    return file.add(
        b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)/Info(sRGB IEC61966-2.1)"
        b"/DestOutputProfile %d 0 R>>" % profile
    )


def srgb() -> bytes:
    """Return an ICC profile of sRGB, version 4: IEC 61966-2-1's curve and its primaries, adapted to D50 (ICC.1, annex F.3)."""
    curve = b"para\0\0\0\0" + struct.pack(">HH5i", 3, 0, *map(_fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))
    chad = (1.0478112, 0.0228866, -0.0501270, 0.0295424, 0.9904844, -0.0170491, -0.0092345, 0.0150436, 0.7521316)  # Bradford
    tags = {
        b"desc": _text("sRGB IEC61966-2.1"),
        b"cprt": _text("CC0"),
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        b"chad": b"sf32\0\0\0\0" + struct.pack(">9i", *map(_fixed, chad)),
        b"rXYZ": _xyz(0.4360747, 0.2225045, 0.0139322),
        b"gXYZ": _xyz(0.3850649, 0.7168786, 0.0971045),
        b"bXYZ": _xyz(0.1430804, 0.0606169, 0.7141733),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    start = 128 + 4 + 12 * len(tags)
    places: dict[bytes, int] = {}
    body = b""
    for data in tags.values():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
    table = b"".join(struct.pack(">4sII", tag, places[data], len(data)) for tag, data in tags.items())
    header = struct.pack(
        ">I4sI4s4s4s12s4s4sIII8xI3i4s16s28x",
        start + len(body), b"\0\0\0\0", 0x04200000, b"mntr", b"RGB ", b"XYZ ", struct.pack(">6H", 2000, 1, 1, 0, 0, 0), b"acsp",
        b"\0\0\0\0", 0, 0, 0, 0, *map(_fixed, (0.9642, 1.0, 0.8249)), b"\0\0\0\0", bytes(16),
    )  # fmt: skip
    return header + struct.pack(">I", len(tags)) + table + body


def _fixed(value: float) -> int:
    return round(value * 65536)


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *map(_fixed, values))


def _text(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words
