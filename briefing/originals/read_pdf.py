"""The paragraphs of a PDF: its lines, joined where they run on. Needs pypdf, which only this module imports."""

from __future__ import annotations

import logging
import re
from io import BytesIO

from briefing.problems import Unreadable

MAX_PAGES = 2000
_ENDED = re.compile(r"[.!?:;”\"’)]\s*$")
_BULLET = re.compile(r"^\s*(?:[•▪●–—-]|\d{1,2}[.)])\s")


def pdf(data: bytes) -> list[str]:
    """Return the paragraphs. Raises Unreadable, also where pypdf is not installed."""
    try:
        import pypdf
    except ImportError:
        raise Unreadable(
            "PDF files are read with pypdf, which is not installed", "pip install 'briefing-generator[originals]'"
        ) from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on damaged files are not ours to print
    try:
        reader = pypdf.PdfReader(BytesIO(data))
        pages = [page.extract_text() for _, page in zip(range(MAX_PAGES), reader.pages, strict=False)]
    except Exception as error:  # noqa: BLE001 - on damaged files pypdf raises whatever its parts raise
        raise Unreadable(f"the PDF cannot be read: {type(error).__name__}") from None
    found = [paragraph for page in pages for paragraph in joined(page.split("\n"))]
    if not any(map(str.strip, found)):
        raise Unreadable("the PDF holds no text, only pictures of it", "run a text recognition over it first")
    return found


def joined(lines: list[str]) -> list[str]:
    """Return the paragraphs of a page's lines.

    One ends at an empty line, before a bullet, and after a line that ends a sentence short of the page's width.
    """
    width = max(map(len, lines), default=0)
    found: list[str] = []
    fresh = True
    for line in map(str.strip, lines):
        if not line:
            fresh = True
            continue
        if fresh or _BULLET.match(line) or not found:
            found.append(line)
        elif found[-1].endswith("-") and line[0].islower():
            found[-1] = found[-1][:-1] + line
        else:
            found[-1] += " " + line
        fresh = bool(_ENDED.search(line)) and len(line) < 0.85 * width
    return found
