"""A small dossier for the tests of editions, with figures, dates and words that a test can change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from briefing import issuing
from briefing.edition import Manifest
from briefing.issuing import Issued
from briefing.pipeline import store_of

BRIEF = "brief"
FAST = ("html", "txt")  # formats that need no layout: a small part of the time

FILES = {
    "seeds/dossier.yaml": """\
dossier:
  title: The harbour line
  subject: Harbour
  shelf_life: 10 years
  themes:
    - {id: works, title: Works}
  units: {tram: trams, stop: stops}
  materiality:
    by_measure: {cost: 5 %, fleet: 2}
""",
    "seeds/sources.yaml": """\
sources:
  - {id: gazette, title: The Gazette on trams, publisher: The Gazette, kind: secondary, published: 2025-01-10}
  - {id: ledger, title: The Ledger on trams, publisher: The Ledger, kind: primary, published: 2025-01-20}
""",
    "seeds/works.yaml": """\
theme: works
section:
  judgement: The line costs {cost.amount}.
  happened:
    - The city ordered {order.trams} trams.
  expected: [opening]
  so_what:
    - Nobody owns the rest of the cost {cost}.
facts:
  - id: cost
    label: Cost of the line
    says: The line costs {amount}.
    figures: {amount: {value: 100 million, unit: EUR}}
    status: in-force
    measure: cost
    subject: line
    sources: ["gazette#1"]
  - id: order
    label: Trams on order
    says: The city ordered {trams} trams.
    figures: {trams: {value: 24, unit: tram}}
    status: in-force
    measure: fleet
    subject: trams
    sources: ["gazette#2"]
  - id: opening
    label: Opening of the line
    says: The line is to open in {due}.
    status: expected
    due: 2025-09
    sources: ["ledger#3"]
""",
    "briefs/brief.yaml": "kind: brief\ntitle: Opening the harbour line\n",
    "briefs/page.yaml": "kind: summary\ntitle: Opening the harbour line\n",
}


def make(root: Path) -> Path:
    """Write the dossier under `root` and return it."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def change(root: Path, old: str, new: str, file: str = "seeds/works.yaml") -> None:
    """Put `new` in the place of `old`, which must be there."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def day(text: str) -> date:
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    """Return a moment, noon where only the day is given."""
    found = datetime.fromisoformat(text)
    return (found if "T" in text else found.replace(hour=12)).replace(tzinfo=UTC)


def issue(root: Path, when: str, as_of: str = "", name: str = BRIEF, formats: Sequence[str] = FAST, **more: Any) -> Issued:
    """Issue the brief at a moment, as of its day."""
    return issuing.issue(root, name, day(as_of or when[:10]), moment(when), formats=formats, **more)


def manifest(root: Path, number: int, name: str = BRIEF) -> Manifest:
    return store_of(root, name).manifest(number)


def wrong(root: Path, name: str = BRIEF) -> list[str]:
    """Return what is wrong with any edition of the brief."""
    return [each for found in issuing.verify(root, name) for each in found.wrong]
