"""Turns the bytes of an original into numbered paragraphs: plain text, HTML, DOCX or PDF."""

from __future__ import annotations

import re

from briefing.problems import Unreadable

TEXT = ("txt", "text", "md", "markdown", "")
HTML = ("html", "htm", "xhtml")
KINDS = (*TEXT[:-1], *HTML, "docx", "pdf")
_SPACE = re.compile(r"[^\S\n\u00a0\u2009\u202f]+")  # the spaces that group digits stay
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE)


def paragraphs(name: str, data: bytes) -> tuple[str, ...]:
    """Return the paragraphs of an original, none empty; the first is number 1 in the references of facts.

    Of a text, a paragraph is a line that is not empty; of HTML, a block; of DOCX, a paragraph; of PDF, lines that run on. `name` tells the
    kind where the bytes do not. Raises Unreadable.
    """
    kind = _kind(name, data)
    if kind == "pdf":
        from briefing.originals.read_pdf import pdf

        found = pdf(data)
    elif kind == "docx":
        from briefing.originals.read_docx import docx

        found = docx(data)
    elif kind == "html":
        from briefing.originals.read_html import html

        found = html(_decoded(data, _CHARSET.search(data[:4096])))
    else:
        found = _decoded(data, None).split("\n")
    return tuple(filter(None, map(tidy, found)))


def tidy(text: str) -> str:
    """Return a paragraph in one line, runs of spaces as one, without what cannot be shown."""
    text = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    return _SPACE.sub(" ", text.replace("\n", " ")).strip()


def _kind(name: str, data: bytes) -> str:
    if b"%PDF-" in data[:1024]:
        return "pdf"
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if data[:4] == b"PK\x03\x04":
        return "docx"
    if ending in HTML:
        return "html"
    if ending in TEXT:
        return "text"
    if ending in {"docx", "pdf"}:
        raise Unreadable(f"the file is no {ending.upper()}, whatever its name says")
    raise Unreadable(f"originals of the kind .{ending} are not read", f"save it as one of {', '.join(KINDS)}")


def _decoded(data: bytes, declared: re.Match[bytes] | None) -> str:
    """Return the text of bytes: by its byte-order mark, its declared encoding, as UTF-8, else as Windows-1252."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _lines(data.decode(encoding, "replace"))
    for encoding in (*([declared[1].decode("ascii")] if declared else []), "utf-8", "cp1252"):
        try:
            return _lines(data.decode(encoding))
        except (UnicodeError, LookupError):
            continue
        except ValueError:  # an encoding's name that Python knows for something else than text
            continue
    return _lines(data.decode("cp1252", "replace"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
