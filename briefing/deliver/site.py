"""The whole site as files in memory: pages, documents, feeds, search, checksums. Same editions: same bytes, whatever the day."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec

from briefing.deliver import site_names as names
from briefing.deliver.feed import feed
from briefing.deliver.site_pages import body_of, html_of, pages, site_style, sitemap
from briefing.deliver.site_words import Part, parts_of
from briefing.website import Site


def build(site: Site) -> dict[str, bytes]:
    """Return every file of the site by its path, in the order in which it is best sent: what is led to before what leads there.

    Raises ValueError where a document is none of ours.
    """
    parts = {brief.name: _parts(site, brief.name) for brief in site.briefs}
    made: dict[str, bytes] = {}
    for brief in site.briefs:
        for edition in brief.editions:
            for name, data in (edition.rendition.files if edition.rendition else {}).items():
                made[names.edition_file(brief.name, edition.number, name)] = data
    made[names.STYLE] = site_style(site).encode()
    made[names.SCRIPT] = (Path(__file__).parent / "site_search.js").read_bytes()
    made[names.TEXTS] = msgspec.json.encode([part for each in parts.values() for part in each])
    written = pages(site, parts)
    made |= dict(sorted(written.items(), key=lambda item: (-item[0].count("/"), item[0])))
    if site.address:
        made[names.SITEMAP] = sitemap(site)
    made[names.ROBOTS] = (
        f"User-agent: *\nAllow: /\n{f'Sitemap: {site.address}{names.SITEMAP}{chr(10)}' if site.address else ''}".encode()
    )
    for brief in site.briefs:
        made[names.brief_feed(brief.name)] = feed(site, brief)
    made[names.FEED] = feed(site)
    made[names.HOME] = made.pop(names.HOME)
    made[names.SUMS] = "".join(f"{sha256(made[path]).hexdigest()}  {path}\n" for path in sorted(made)).encode()
    made[names.LIST] = listing(made, site.authority)
    return made


class Listing(msgspec.Struct, frozen=True):
    """What a site holds, as `site.json` on it says: the digest of each file, and under which name its feeds' ids are minted."""

    files: dict[str, str]
    authority: str = ""


def listing(files: dict[str, bytes], authority: str) -> bytes:
    """Return `site.json`, from which the next publishing sees what is there already."""
    digests = {path: sha256(data).hexdigest() for path, data in sorted(files.items())}
    return msgspec.json.format(msgspec.json.encode(Listing(digests, authority)), indent=1) + b"\n"


def _parts(site: Site, name: str) -> list[Part]:
    brief = next(each for each in site.briefs if each.name == name)
    if brief.current is None:
        return []
    page = names.edition_page(name, brief.current.number)
    return parts_of(body_of(html_of(brief.current)), page, brief.current.title, name.replace("-", " "))
