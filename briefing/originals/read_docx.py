"""The paragraphs of a Word document, those of tables and text boxes too, in their order in the file."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET

from briefing.problems import Unreadable

MAX_BYTES = 64 * 1024 * 1024  # of the text's XML, unpacked
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def docx(data: bytes) -> list[str]:
    """Return the words of each paragraph; some are empty. Raises Unreadable."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package, package.open("word/document.xml") as part:
            xml = part.read(MAX_BYTES + 1)
    except KeyError:
        raise Unreadable("the file is a ZIP without a Word document in it") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Unreadable(f"the file cannot be unpacked: {error}", "open it in Word and save it anew") from None
    if len(xml) > MAX_BYTES:
        raise Unreadable("the document is larger than any that is read")
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml:
        raise Unreadable("the document declares entities, which no Word document does")
    try:
        root = ET.fromstring(xml)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"the document is damaged: {error}") from None
    return ["".join(_words(paragraph)) for paragraph in root.iter(f"{_W}p")]


def _words(paragraph: ET.Element) -> Iterator[str]:
    """Yield the words of a paragraph without those of paragraphs within it, which come by themselves."""
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag in {f"{_W}p", _FALLBACK}:
            continue
        if node.tag == f"{_W}t":
            yield node.text or ""
        elif node.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
            yield " "
        elif node.tag == f"{_W}noBreakHyphen":
            yield "-"
        stack += reversed(node)
