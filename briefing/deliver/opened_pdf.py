"""All texts in a PDF (ISO 32000-1): the strings of every object, what is drawn on every page, metadata, and files within it.

Nothing is looked up by way of the page tree: every object in the file is opened, also one that no page names any more.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import TypeAlias
from urllib.parse import unquote

import msgspec

from briefing.deliver.pieces import Closed, Piece, Raw, Shown

_Inner: TypeAlias = tuple[str, bytes]  # a file within the file: its name and bytes

_LARGEST = 256 * 1024 * 1024
_OBJECT = re.compile(rb"(?<![0-9])(\d{1,10})\s+(\d{1,5})\s+obj\b")
_STREAM = re.compile(rb"stream(?:\r\n|\n|\r)")
_END = re.compile(rb"\s*endstream\b")
_PICTURES = {b"DCTDecode", b"DCT", b"JPXDecode", b"CCITTFaxDecode", b"CCF", b"JBIG2Decode"}


class _Stream(msgspec.Struct):
    number: int
    head: bytes  # its dictionary
    data: bytes
    picture: bool = False


def opened_pdf(data: bytes, place: str) -> Iterator[Piece | _Inner]:
    """Yield every text of a PDF, what cannot be read, and the files that it holds."""
    objects: dict[int, list[bytes]] = {}
    streams: list[_Stream] = []
    bare: list[bytes] = []  # what stands outside of streams
    at = end_before = 0
    while match := _OBJECT.search(data, at):
        bare.append(data[end_before : match.start()])
        number = int(match[1])
        end, head, body = _object(data, match.end())
        objects.setdefault(number, []).append(head)
        if body is not None:
            made = _unpacked(number, head, body)
            if isinstance(made, Closed):
                yield msgspec.structs.replace(made, place=f"{place}, object {number}")
                yield Raw(place, body)
            else:
                streams.append(made)
        at = end_before = end
    bare.append(data[end_before:])
    if not objects:
        yield Closed(place, "the PDF has no objects")
    for stream in streams:
        if _type(stream.head, b"ObjStm"):
            for number, each in _held(stream):
                objects.setdefault(number, []).append(each)
    heads = [each for versions in objects.values() for each in versions]
    if any(re.search(rb"/Encrypt\b", each) for each in (*heads, *bare)):
        yield Closed(place, "it is encrypted")
        return
    strings = dict.fromkeys(strings_in(b"\n".join((*bare, *heads))))
    yield Shown(place, "\n".join((*strings, *(unquote(each) for each in strings if "%" in each))))
    yield Raw(place, data)
    yield Raw(place, b"\n".join(heads))
    fonts = _fonts(objects, streams)
    for stream in streams:
        where = f"{place}, object {stream.number}"
        head = stream.head
        if _type(head, b"ObjStm") or _type(head, b"XRef"):
            continue
        if _type(head, b"Metadata") or _is(head, b"Subtype", b"XML"):
            yield "metadata.xml", stream.data
        elif _type(head, b"EmbeddedFile"):
            yield f"embedded file {stream.number}", stream.data
        elif stream.picture or re.search(rb"/Length[123]\b|/FontFile|/Subtype\s*/(?:Type1C|CIDFontType0C|OpenType|Image)\b", head):
            yield Raw(where, stream.data)
        else:
            yield from _content(stream.data, fonts, where)


def _object(data: bytes, start: int) -> tuple[int, bytes, bytes | None]:
    """Return where an object ends, what it is, and the raw bytes of its stream, None where it has none."""
    end = _value_end(data, start)
    head = data[start:end]
    after = re.compile(rb"\s*").match(data, end)
    at = after.end() if after else end
    found = _STREAM.match(data, at)
    if found is None:
        close = data.find(b"endobj", end)
        stop = close + 6 if close >= 0 else len(data)
        return stop, data[start : close if close >= 0 else len(data)], None
    length = re.search(rb"/Length\s+(\d+)(?!\s+\d+\s+R)", head)
    if length and _END.match(data, found.end() + int(length[1])):
        stop = found.end() + int(length[1])
    else:
        stop = data.find(b"endstream", found.end())
        stop = len(data) if stop < 0 else stop
    return stop, head, data[found.end() : stop]


def _value_end(data: bytes, start: int) -> int:
    """Return where the dictionary that begins at `start` ends, or `start` where none does; strings are passed over whole."""
    depth = 0
    for match in _TOKEN.finditer(data, start):
        token = match[0]
        if token[:2] == b"<<":
            depth += 1
        elif token == b">>":
            depth -= 1
            if depth <= 0:
                return match.end()
        elif depth == 0 and not token.isspace() and token[:1] != b"%":
            return start
    return start


_PAREN = rb"\((?:[^()\\]+|\\.|\((?:[^()\\]+|\\.|\((?:[^()\\]+|\\.)*\))*\))*\)"  # with as many within each other as anyone writes
_STRINGS = re.compile(_PAREN + rb"|<[0-9A-Fa-f\s]*>|/[^\s<>\[\](){}/%]+", re.DOTALL)
_TOKEN = re.compile(
    rb"\s+|[^\s<>\[\](){}/%]+|/[^\s<>\[\](){}/%]*|<<|>>|" + _PAREN + rb"|<[0-9A-Fa-f\s]*>|[\[\]]|%[^\r\n]*|.", re.DOTALL
)


def _type(head: bytes, name: bytes) -> bool:
    return _is(head, b"Type", name)


def _is(head: bytes, key: bytes, name: bytes) -> bool:
    return re.search(rb"/%s\s*/%s\b" % (key, name), head) is not None


# ------------------------------------------------------------------------------------------------------------------- streams


def _unpacked(number: int, head: bytes, body: bytes) -> _Stream | Closed:
    """Return a stream with its filters undone (7.4)."""
    found = re.search(rb"/Filter\s*(?:/(\w+)|\[([^\]]*)\]|(\d+\s+\d+\s+R))", head)
    names: list[bytes] = []
    if found:
        if found[3]:
            return Closed("", "its filter is told elsewhere")
        names = [found[1]] if found[1] else re.findall(rb"/(\w+)", found[2])
    if re.search(rb"/F\s*(?:\(|<<|\d+\s+\d+\s+R)", head) and not body.strip():
        return Closed("", "its data lie in another file")
    picture = False
    for name in names:
        if name in _PICTURES:
            picture = True
            break
        try:
            body = _undone(name, body)
        except (ValueError, zlib.error, binascii.Error) as error:
            return Closed("", f"it cannot be unpacked: {error}")
    if names and re.search(rb"/Predictor\s+(?:[2-9]|1[0-5])\b", head) and not _type(head, b"XRef"):
        made = _unpredicted(head, body)
        if made is None:
            return Closed("", "its predictor is not known")
        body = made
    return _Stream(number, head, body, picture)


def _undone(name: bytes, body: bytes) -> bytes:
    match name:
        case b"FlateDecode" | b"Fl" if not body:
            return body
        case b"FlateDecode" | b"Fl":
            unpacker = zlib.decompressobj()
            made = unpacker.decompress(body, _LARGEST)
            if unpacker.unconsumed_tail or not unpacker.eof:
                raise ValueError("it is cut off, or too large")
            return made
        case b"ASCIIHexDecode" | b"AHx":
            digits = re.sub(rb"\s", b"", body.partition(b">")[0])
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
        case b"ASCII85Decode" | b"A85":
            text = body.strip().removeprefix(b"<~").partition(b"~>")[0]
            return base64.a85decode(text)
        case b"RunLengthDecode" | b"RL":
            return _run_length(body)
        case b"LZWDecode" | b"LZW":
            return _lzw(body)
    raise ValueError(f"the filter {name.decode('latin-1')} is not known")


def _run_length(body: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(body) and body[at] != 128:
        count = body[at]
        if count < 128:
            out += body[at + 1 : at + 2 + count]
            at += 2 + count
        else:
            out += body[at + 1 : at + 2] * (257 - count)
            at += 2
    return bytes(out)


def _lzw(body: bytes) -> bytes:
    """Return what LZW packed (7.4.4), with the early change that is its default."""
    out, table = bytearray(), [bytes((code,)) for code in range(256)] + [b"", b""]
    width, bits, held, before = 9, 0, 0, b""
    for byte in body:
        held, bits = (held << 8 | byte) & 0xFFFFFF, bits + 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits & (1 << width) - 1
        if code == 256:
            table, width, before = table[:258], 9, b""
            continue
        if code == 257:
            break
        if code > len(table) or (code == len(table) and not before):
            raise ValueError("its codes make no sense")
        entry = table[code] if code < len(table) else before + before[:1]
        out += entry
        if before:
            table.append(before + entry[:1])
        before = entry
        width = min(12, max(9, (len(table) + 1).bit_length()))
    return bytes(out)


def _unpredicted(head: bytes, body: bytes) -> bytes | None:
    """Return rows without PNG's prediction (7.4.4.4), None for another."""
    found = re.search(rb"/Columns\s+(\d+)", head)
    wide = int(found[1]) if found else 1
    if re.search(rb"/Predictor\s+[2-9]\b", head) or re.search(rb"/(?:Colors|BitsPerComponent)\b", head):
        return None
    out, above = bytearray(), bytes(wide)
    for at in range(0, len(body), wide + 1):
        kind, row = body[at], bytearray(body[at + 1 : at + 1 + wide])
        for place in range(len(row)):
            left = row[place - 1] if place else 0
            up, corner = above[place], above[place - 1] if place else 0
            near = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
            row[place] = (row[place] + (0, left, up, (left + up) // 2, near)[kind]) & 0xFF if kind < 5 else row[place]
        out += row
        above = bytes(row).ljust(wide, b"\0")
    return bytes(out)


def _held(stream: _Stream) -> Iterator[tuple[int, bytes]]:
    """Yield the objects of an object stream (7.5.7)."""
    first = re.search(rb"/First\s+(\d+)", stream.head)
    start = int(first[1]) if first else 0
    numbers = [int(each) for each in stream.data[:start].split() if each.isdigit()]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    for place, (number, offset) in enumerate(pairs):
        end = start + pairs[place + 1][1] if place + 1 < len(pairs) else len(stream.data)
        yield number, stream.data[start + offset : end]
    if not pairs:
        yield 0, stream.data


# ------------------------------------------------------------------------------------------------------------------- strings

_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_PDF_DOC = dict(
    zip(
        range(0x80, 0xA1),
        "\u2022\u2020\u2021\u2026\u2014\u2013\u0192\u2044\u2039\u203a\u2212\u2030\u201e\u201c\u201d\u2018\u2019\u201a\u2122\ufb01\ufb02"
        "\u0141\u0152\u0160\u0178\u017d\u0131\u0142\u0153\u0161\u017e\ufffd\u20ac",
        strict=True,
    )
)  # annex D.3


def strings_in(data: bytes) -> Iterator[str]:
    """Yield every string and every name of objects as text."""
    for match in _STRINGS.finditer(data):
        token = match[0]
        match token[:1]:
            case b"(":
                yield _text(_literal(token))
            case b"<":
                yield _text(_hexadecimal(token))
            case _:
                yield _name(token[1:]).decode("utf-8", "replace")


def _literal(token: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        escape = match[1]
        return bytes((int(escape, 8) & 0xFF,)) if escape[:1].isdigit() else _ESCAPES.get(escape, escape)

    return _ESCAPE.sub(plain, token[1:-1])


def _hexadecimal(token: bytes) -> bytes:
    digits = re.sub(rb"\s", b"", token[1:-1])
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _name(token: bytes) -> bytes:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes((int(match[1], 16),)), token)


def _text(data: bytes) -> str:
    """Return a text string (7.9.2.2): UTF-16 or UTF-8 by its mark, else PDFDocEncoding."""
    if data.startswith(b"\xfe\xff"):
        return re.sub("\x1b[^\x1b]*\x1b", "", data[2:].decode("utf-16-be", "replace"))  # language escapes, 7.9.2.2
    if data.startswith(b"\xff\xfe"):
        return data[2:].decode("utf-16-le", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace")
    return data.decode("latin-1").translate(_PDF_DOC)


# ---------------------------------------------------------------------------------------------------------------- what is drawn


class _Font(msgspec.Struct, frozen=True):
    """What the codes of a font stand for; `width` is the bytes of a code. `unknown`: nobody can tell."""

    characters: Mapping[int, str]
    width: int = 1
    unknown: bool = False


def _fonts(objects: Mapping[int, list[bytes]], streams: list[_Stream]) -> dict[bytes, list[_Font]]:
    """Return the fonts by the names that pages call them; of one name perhaps several."""
    by_number = {stream.number: stream for stream in streams}
    names: dict[bytes, set[int]] = {}
    everything = [each for versions in objects.values() for each in versions]
    for each in everything:
        for match in re.finditer(rb"/Font\s*(?:<<(.*?)>>|(\d+)\s+\d+\s+R)", each, re.DOTALL):
            inner = match[1] if match[1] is not None else b"".join(objects.get(int(match[2]), []))
            for name, number in re.findall(rb"/([^\s<>\[\](){}/%]+)\s+(\d+)\s+\d+\s+R", inner):
                names.setdefault(name, set()).add(int(number))
    made: dict[int, _Font] = {}
    for number in {number for numbers in names.values() for number in numbers}:
        made[number] = _font(b"".join(objects.get(number, [])), by_number)
    return {name: [made[number] for number in sorted(numbers)] for name, numbers in names.items()}


def _font(head: bytes, streams: Mapping[int, _Stream]) -> _Font:
    composite = _is(head, b"Subtype", b"Type0")
    found = re.search(rb"/ToUnicode\s+(\d+)\s+\d+\s+R", head)
    if found and int(found[1]) in streams:
        return _Font(*_cmap(streams[int(found[1])].data, 2 if composite else 1))
    if composite or _is(head, b"Subtype", b"Type3") or re.search(rb"/Differences\b", head):
        return _Font({}, 2 if composite else 1, unknown=True)
    return _Font({code: bytes((code,)).decode("cp1252", "replace") for code in range(256)})


def _cmap(data: bytes, width: int) -> tuple[dict[int, str], int]:
    """Return what the codes stand for by a ToUnicode CMap (9.10.3), and the bytes of a code."""
    spaces = re.findall(rb"begincodespacerange(.*?)endcodespacerange", data, re.DOTALL)
    lengths = {len(re.sub(rb"\s", b"", each)) // 2 for space in spaces for each in re.findall(rb"<([0-9A-Fa-f\s]+)>", space)}
    characters: dict[int, str] = {}
    for section in re.findall(rb"beginbfchar(.*?)endbfchar", data, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f\s]*)>", section):
            characters[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    for section in re.findall(rb"beginbfrange(.*?)endbfrange", data, re.DOTALL):
        for low, high, text, several in re.findall(
            rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])", section
        ):
            codes = range(int(low, 16), min(int(high, 16), int(low, 16) + 0xFFFF) + 1)
            if several:
                texts = [bytes.fromhex(each.decode()) for each in re.findall(rb"<([0-9A-Fa-f]+)>", several)]
            else:
                first = bytes.fromhex(text.decode())
                texts = [
                    first[:-2] + (int.from_bytes(first[-2:], "big") + step & 0xFFFF).to_bytes(2, "big")
                    for step in range(len(codes))
                ]
            characters.update((code, each.decode("utf-16-be", "replace")) for code, each in zip(codes, texts, strict=False))
    return characters, max(lengths, default=width)


_GAP = -200.0  # thousandths of the size: a step to the right as wide as a space


def _content(data: bytes, fonts: Mapping[bytes, list[_Font]], place: str) -> Iterator[Piece]:
    """Yield what a content stream draws, in each font that its names may mean, and the strings in it as they are."""
    drawn: dict[int, list[str]] = {0: []}
    unreadable = False
    chosen: list[_Font] = []
    operands: list[bytes] = []
    several = max((len(each) for each in fonts.values()), default=1)
    drawn = {which: [] for which in range(several)}

    def show(token: bytes) -> None:
        nonlocal unreadable
        raw = _literal(token) if token[:1] == b"(" else _hexadecimal(token)
        unreadable = unreadable or any(font.unknown for font in chosen)
        for which, out in drawn.items():
            font = chosen[min(which, len(chosen) - 1)] if chosen else None
            out.append(_decoded(raw, font))

    for match in _TOKEN.finditer(data):
        token = match[0]
        first = token[:1]
        if first.isspace() or first == b"%":
            continue
        if first in b"(</[]0123456789+-." and token not in (b"<<", b">>"):
            operands.append(token)
            continue
        if token == b"Tf":
            name = next((each[1:] for each in operands if each[:1] == b"/"), b"")
            chosen = fonts.get(name, [])
        elif token in (b"Tj", b"'", b'"', b"TJ"):
            for each in operands:
                if each[:1] == b"(" or (each[:1] == b"<" and len(each) > 1):
                    show(each)
                elif token == b"TJ" and _number(each) <= _GAP:
                    for out in drawn.values():
                        out.append(" ")
        elif token in (b"Td", b"TD", b"T*", b"Tm", b"BT", b"ET"):
            for out in drawn.values():
                out.append("\n")
        operands = []
    if unreadable:
        yield Closed(place, "a font does not say which characters its codes stand for")
    for out in drawn.values():
        yield Shown(place, "".join(out))
    yield Shown(place, "\n".join(strings_in(data)))
    yield Raw(place, data)


def _number(token: bytes) -> float:
    try:
        return float(token)
    except ValueError:
        return 0.0


def _decoded(raw: bytes, font: _Font | None) -> str:
    if font is None:
        return raw.decode("cp1252", "replace")
    codes = [int.from_bytes(raw[at : at + font.width], "big") for at in range(0, len(raw), font.width)]
    return "".join(font.characters.get(code, "\ufffd") for code in codes)
