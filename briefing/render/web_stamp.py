"""A reader's own copy of a page or of a text: "Copy for ..." once, at the start."""

from __future__ import annotations

import textwrap
from html import escape

from briefing.render.text import WIDTH
from briefing.stamp import SCHEME, Stamp

_HEAD, _MAIN = "</style>\n</head>", '</header>\n<main id="page.main">'
_PLACE = "max-width: 47rem; margin: 0 auto; padding: 0.6rem 1.25rem 0"  # beside the words of `<main>`, in print too


def stamp_html(data: bytes, stamp: Stamp) -> bytes:
    """Return the page with a stamp above its words, and the mark where programs look. Raises ValueError for a page that is not ours."""
    page = data.decode()
    named = f'<meta name="dcterms.identifier" content="{SCHEME}{stamp.mark}">'
    line = (
        f'<div style="{_PLACE}"><p class="small">{escape(stamp.words, quote=False)}'
        f'<span aria-hidden="true"> \u00b7 {stamp.mark}</span></p></div>'
    )
    for at, own in ((_HEAD, f"</style>\n{named}\n</head>"), (_MAIN, f"{line}\n{_MAIN}")):
        if at not in page:
            raise ValueError(f"this page was not written here: it has no {at!r}")
        page = page.replace(at, own, 1)
    return page.encode()


def stamp_text(data: bytes, stamp: Stamp) -> bytes:
    """Return the text after a stamp; the mark has a line of its own, which no program breaks."""
    lines = textwrap.wrap(stamp.words, WIDTH, break_on_hyphens=False)
    return "\n".join((*lines, stamp.mark, "", "")).encode() + data
