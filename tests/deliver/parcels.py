"""Parcels for tests: small renditions, and settings that need no set-up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from briefing.delivery import Parcel, Reader, Rendition, Settings, Variant

SETTINGS = Settings(sender="Trade Desk <desk@example.org>")
PAGE = """<!DOCTYPE html>
<html lang="en"><head><style>
:root { --accent: #1b3a5c; --sans: "Source Sans 3", Arial, sans-serif; --text: #1a1a1a; }
.kicker { font-family: var(--sans); font-size: 0.5rem; line-height: calc(1.5 * 1.2); color: var(--accent); }
@media print { .kicker { color: red; } }
</style></head><body class="summary"><header><a class="skip" href="#page.main">Skip to the text</a></header>
<main id="page.main">
<p class="kicker">One-page summary</p>
<h1 class="title">Trade &amp; money</h1>
<p>Trade was <span class="number" data-fact="trade" data-figure="n">USD 22.8 billion</span> <span class="cite">[<a href="#source-a">1</a>]</span>.</p>
</main></body></html>
"""


def rendition(**fields: Any) -> Rendition:
    """Return a rendition; `fields` go over what it has."""
    given: dict[str, Any] = {
        "brief": "trade",
        "edition": 3,
        "variant": Variant(),
        "title": "Trade & money",
        "language": "en",
        "marking": "",
        "issued": datetime(2026, 2, 1, 9, 0, tzinfo=UTC),
        "as_of": date(2026, 2, 1),
        "kind": "major",
        "files": {"trade.pdf": b"%PDF-1.7 " + bytes(range(256)) * 8},
        "text": "Trade & money\n=============\n\nTrade was USD 22.8 billion.\n",
        "html": PAGE,
        **fields,
    }
    return Rendition(**given)


def parcel(address: str = "ann@example.org", name: str = "Ann", **fields: Any) -> Parcel:
    """Return a parcel for a reader; what a parcel has goes there, `folder` to the reader, all else to its rendition."""
    own: dict[str, Any] = {key: fields.pop(key) for key in ("subject", "note", "occasion", "files_of_reader") if key in fields}
    own["files"] = own.pop("files_of_reader", {})
    reader = Reader(id=fields.pop("id", address), name=name, address=address, folder=fields.pop("folder", ""))
    made = fields.pop("rendition", None) or rendition(**fields)
    return Parcel(reader, made, **{"subject": "Trade, edition 3", **own})
