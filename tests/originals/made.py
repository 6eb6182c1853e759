"""Small dossiers of one source, made for tests: facts, the paragraphs they cite, and what checking finds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from briefing.originals.check import Read, check, read
from briefing.problems import Location, Problem
from briefing.seeds import Amount, Dossier, Fact, Figure, Header, Reference, Source
from briefing.when import When

UNITS = {
    "company": "companies",
    "train": "trains",
    "agreement": "agreements",
    "visit": "visits",
    "area": "areas",
    "person": "people",
}
HERE = Location("seeds/facts.yaml", 7, 11)


def figure(value: str = "", unit: str = "", *, high: str = "", when: str = "", **rest: object) -> Figure:
    """Return a figure: `figure("10 trillion", "JPY")`, `figure(when="2025-08")`."""
    return Figure(
        value=_amount(value) if value else None,
        high=_amount(high) if high else None,
        unit=unit,
        date=When.parse(when) if when else None,
        at=HERE,
        **rest,  # type: ignore[arg-type]
    )


def _amount(text: str) -> Amount:
    number, _, scale = text.partition(" ")
    return Amount(Decimal(number), scale)


def fact(says: str = "It is so.", *, cites: tuple[int, ...] = (1,), source: str = "report", **rest: object) -> Fact:
    references = (Reference(source, cites, Location("seeds/facts.yaml", 5, 14)),)
    return Fact(id="claim", says=says, status="happened", sources=references, at=Location("seeds/facts.yaml", 3, 5), **rest)  # type: ignore[arg-type]


def dossier(*facts: Fact, **source: object) -> Dossier:
    """Return a dossier of these facts and one source `report`, whose original is `report.txt`."""
    fields: dict[str, object] = {"file": "report.txt", "dated": When(date(2025, 8, 1), date(2025, 8, 31), "2025-08")}
    kept = Source(id="report", title="A report", publisher="Press", kind="secondary", **(fields | source))  # type: ignore[arg-type]
    return Dossier(
        header=Header(title="T", subject="India and Japan", themes=(), units=UNITS, names=("G7",)),
        whole=None,
        sections={},
        sources={"report": kept},
        facts={each.id: each for each in facts},
    )


def reading(made: Dossier, text: str) -> Read:
    return read(made, {"report.txt": text.encode()})


def problems(made: Dossier, text: str) -> list[Problem]:
    """Return what is found, the missing digest apart."""
    return [each for each in check(made, reading(made, text)) if each.code != "O003"]


def codes(made: Dossier, text: str) -> list[str]:
    return [each.code for each in problems(made, text)]
