"""The blocks of an HTML page as paragraphs; scripts, styles and navigation are left out."""

# ruff: noqa: SIM905
# Lists of words read best as words.

from __future__ import annotations

from html.parser import HTMLParser

from briefing.problems import Unreadable

_BLOCKS = frozenset(
    """address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
    header hr html legend li main ol option p pre section summary table tbody td tfoot th thead title tr ul""".split()
)  # fmt: skip
_SKIPPED = frozenset("script style nav noscript template svg math iframe object select head".split())
_FRESH = frozenset(("body", "main", "article"))  # within these, a navigation that was never closed has ended


class _Blocks(HTMLParser):
    """Collects words and parts them where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[list[str]] = [[]]
        self.skipping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _FRESH:
            self.skipping.clear()
        if tag in _SKIPPED:
            self.skipping.append(tag)
        if tag in _BLOCKS:
            self.found.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _BLOCKS:
            self.found.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in self.skipping:
            del self.skipping[self.skipping.index(tag) :]
        if tag in _BLOCKS:
            self.found.append([])

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.found[-1].append(data)

    def unknown_decl(self, data: str) -> None:
        """Take a broken declaration for nothing, as browsers do."""


def html(text: str) -> list[str]:
    """Return the words of each block of a page, in order; some are empty. Raises Unreadable."""
    parser = _Blocks()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError as error:  # how html.parser tells of a declaration that it cannot follow
        raise Unreadable(f"the page cannot be read as HTML: {error}") from None
    return ["".join(words) for words in parser.found]
