"""Where everything of the site stands: paths below its address, the same from one publishing to the next."""

from __future__ import annotations

import re
from urllib.parse import quote

STYLE, SCRIPT, TEXTS = "site/site.css", "site/search.js", "site/texts.json"
HOME, SOURCES, SEARCH, FEED = "index.html", "sources/index.html", "search/index.html", "feed.xml"
MISSING, ROBOTS, SITEMAP = "404.html", "robots.txt", "sitemap.xml"
SUMS, LIST = "SHA256SUMS", "site.json"
_ADDRESS = re.compile(r"https?://[^\s/?#\"<>\\^`{|}]+(?:/[^\s?#\"<>\\^`{|}]*)?", re.IGNORECASE)


def brief_page(brief: str) -> str:
    """Return the path of a brief's page."""
    return f"briefs/{brief}/index.html"


def brief_feed(brief: str) -> str:
    """Return the path of a brief's feed."""
    return f"briefs/{brief}/feed.xml"


def edition_page(brief: str, number: int) -> str:
    """Return the path of an edition's page."""
    return f"briefs/{brief}/{number}/index.html"


def edition_file(brief: str, number: int, name: str) -> str:
    """Return the path of a document of an edition. A rendition's own names have no folder in them."""
    return f"briefs/{brief}/{number}/{name.replace('/', '-')}"


def words_page(letter: str) -> str:
    """Return the path of the page of words that begin with a letter."""
    return f"search/words-{letter}.html"


def to(path: str, page: str) -> str:
    """Return the link to a path from a page of the same site: relative, so that the site may stand at any address."""
    path, anchor, fragment = path.partition("#")
    here, there = page.split("/")[:-1], path.split("/")
    while here and len(there) > 1 and here[0] == there[0]:
        here, there = here[1:], there[1:]
    link = quote("/".join([*[".."] * len(here), *there]))
    shown = link.removesuffix("index.html") or "./"
    return f"{shown}{anchor}{quote(fragment, safe='')}"


def at(address: str, path: str) -> str:
    """Return the whole URL of a path, or its path alone where the site's address is not known."""
    return address + quote(path.removesuffix("index.html"))


def address_of(text: str) -> str:
    """Return a site's address with a slash at its end, or "" where it is none: http or https, without query or fragment."""
    return f"{text.rstrip('/')}/" if _ADDRESS.fullmatch(text) else ""
