"""Editions as data: what an issued brief says by fact, what changed since the one before, and what is kept to make it again.

A `Manifest` is what `manifest.json` in an edition's folder holds. `EditionInfo` is the part of it that the document itself prints.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

EditionKind = Literal["major", "minor"]
Status = Literal["draft", "new", "updated", "corrected"]
ChangeKind = Literal[
    "new",  # a fact that was not known before
    "revised",  # a figure, a date or a status is another
    "restated",  # its sentence says something else
    "reworded",  # its sentence or label says the same in other words
    "source",  # other sources or paragraphs
    "disputed",  # a difference names it
    "settled",  # none does any more
    "stale",  # past its shelf life
    "refreshed",  # within it again
    "aged",  # nearer to it; no news
    "overdue",
    "happened",
    "cancelled",
    "lapsed",
    "superseded",
    "reopened",  # back to what it was before one of these
    "withdrawn",  # no longer in the dossier
    "shown",  # known before, printed for the first time
    "left-out",  # still known, no longer printed
    "follows",  # the sentence printed has changed because something above has
]
Weight = Literal["major", "minor", "none"]

# what each kind of change weighs where a dossier does not say otherwise; a revised figure has a threshold
WEIGHTS: dict[ChangeKind, Weight] = {
    "new": "major", "revised": "major", "restated": "major", "reworded": "minor", "source": "minor", "disputed": "major",
    "settled": "minor", "stale": "major", "refreshed": "minor", "aged": "none", "overdue": "major", "happened": "major",
    "cancelled": "major", "lapsed": "major", "superseded": "major", "reopened": "major", "withdrawn": "major", "shown": "minor",
    "left-out": "minor", "follows": "none",
}  # fmt: skip

# what no dossier can make minor; what weighs nothing by its nature cannot be weighed either
FIXED: tuple[ChangeKind, ...] = ("revised", "overdue", "happened", "cancelled", "withdrawn", "follows", "aged")


class FigureUsed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A figure or date of a fact: as it is worded, and as it is reckoned with."""

    words: str
    value: str = ""
    high: str = ""
    unit: str = ""
    bound: str = ""
    period: str = ""
    date: str = ""


class FactUsed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact as an edition used it. `says` is its sentence with the names of its figures, `sentence` what it read as on the day."""

    id: str
    label: str = ""
    says: str = ""
    sentence: str = ""
    status: str = ""
    state: str = ""
    freshness: str = ""
    when: str = ""
    due: str = ""
    measure: str = ""
    figures: dict[str, FigureUsed] = msgspec.field(default_factory=dict)
    sources: tuple[str, ...] = ()  # "source-id#12,14"
    disputed: tuple[str, ...] = ()  # ids of differences
    replaces: tuple[str, ...] = ()  # the facts it supersedes


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing about a fact that is not as it was: `was` and `now` as readers see it, `before` and `after` as the record has it."""

    kind: ChangeKind
    fact: str
    field: str = ""  # "figures.cost", "state", "sources"; "" for the fact as a whole
    label: str = ""
    was: str = ""
    now: str = ""
    before: Any = None
    after: Any = None
    weight: Weight = "none"
    rule: str = ""  # why it weighs so


class Edit(msgspec.Struct, frozen=True):
    """A change to the words between the facts, or to the look."""

    kind: Literal["wording", "layout"]
    where: str


class Passage(msgspec.Struct, frozen=True):
    """The words under one heading, as a digest that figures do not move, and the facts that stand there."""

    digest: str
    facts: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change as the document prints it."""

    kind: ChangeKind
    fact: str = ""
    figure: str = ""
    label: str = ""
    was: str = ""
    now: str = ""


class Past(msgspec.Struct, frozen=True):
    """An earlier edition as the history in the document has it."""

    number: int
    issued: date
    as_of: date
    kind: EditionKind
    line: str


class EditionInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a document says about its edition. The default is a draft of which no edition has been issued."""

    status: Status = "draft"
    number: int = 0
    published: date | None = None  # of the last major edition: this one's day where it is major
    issued: date | None = None
    kind: EditionKind = "major"
    updates: int = 0  # the edition that it follows
    updates_issued: date | None = None
    because: str = ""  # why the edition before was withdrawn
    rows: tuple[Row, ...] = ()
    more: int = 0  # changes beyond the rows
    edits: tuple[Edit, ...] = ()
    history: tuple[Past, ...] = ()  # the latest first


DRAFT = EditionInfo()


class Program(msgspec.Struct, frozen=True):
    """What made an edition: this program and the packages it runs on."""

    version: str
    code: str  # a digest of its modules
    python: str
    packages: dict[str, str]


class Manifest(msgspec.Struct, frozen=True):
    """Everything about one edition; with `inputs.tar.gz` beside it, it can be made again byte for byte."""

    brief: str
    document: Literal["brief", "summary"]
    title: str
    number: int
    kind: EditionKind
    rules: tuple[str, ...]  # what decided the kind
    raised: bool  # a person made it major
    released: str  # the reason where it had been held
    as_of: date
    at: datetime  # when it was issued
    info: EditionInfo
    pages: int
    checks: tuple[str, ...]  # those it passed
    dropped: tuple[str, ...]
    tightened: str
    inputs: dict[str, str]  # name -> SHA-256 of every file that it was made of
    inputs_digest: str
    fonts: dict[str, str]
    program: Program
    look: str  # a digest of the look
    outputs: dict[str, str]  # file name -> SHA-256
    facts: tuple[FactUsed, ...]
    known: tuple[str, ...]  # the ids of all facts that it could draw on
    passages: dict[str, Passage]
    changes: tuple[Change, ...]
    edits: tuple[Edit, ...]
    previous: str  # the SHA-256 of the manifest before it; "" for the first
    slot: datetime | None = None  # the moment of the schedule that it was made for; None where a person asked for it
    embargo: datetime | None = None  # readers do not get it before

    @property
    def issued(self) -> date:
        """The day it was issued."""
        return self.at.date()


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run of `issue`: what it came to."""

    at: datetime
    as_of: date
    result: Literal["issued", "nothing new", "held", "released"]
    edition: int = 0  # the one issued, or the one that still stands
    line: str = ""
    because: str = ""
    inputs: str = ""  # a digest of all inputs
    code: str = ""  # and of the program that looked at them
    steady_until: date | None = None  # the first day on which the same inputs may read differently
    slot: datetime | None = None  # the moment of the schedule that it was made at; that slot and those before are done with


class Mark(msgspec.Struct, frozen=True):
    """Where the slots of a brief stand, beside those that its runs have taken: counted from here on, or passed over."""

    slot: datetime  # this one and those before are done with
    at: datetime
    counted: str  # the cadence that it was counted by
    why: Literal["counted", "missed"]


class Withdrawal(msgspec.Struct, frozen=True):
    """The mark on an edition that is withdrawn: it stays, and this says why it must not be relied on."""

    edition: int
    at: datetime
    because: str


class Held(msgspec.Struct, frozen=True):
    """Why a brief was not issued, and whether a person may let it pass."""

    at: datetime
    as_of: date
    problems: tuple[str, ...]
    releasable: bool
    inputs: str = ""


class Threshold(msgspec.Struct, frozen=True):
    """From when on a change of a figure is material: beyond a share of what it was, or beyond an amount. Neither: any change."""

    share: Decimal | None = None
    amount: Decimal | None = None
    text: str = "any"

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """Read `any`, `5 %`, `0.5 billion`, `250` or `5 % or 250`. Raises ValueError with a reason."""
        from briefing.units import SCALES

        share: Decimal | None = None
        amount: Decimal | None = None
        for part in [] if text.strip() == "any" else text.split(" or "):
            match = _LIMIT.fullmatch(part.strip())
            if not match or (match[2] != "%" and match[2] not in SCALES):
                raise ValueError(f"{text!r} is not a threshold such as 'any', '5 %', '0.5 billion' or '5 % or 250'")
            if match[2] == "%":
                share = Decimal(match[1]) / 100
            else:
                amount = Decimal(match[1]) * SCALES[match[2]]
        return cls(share, amount, text.strip())

    def passed(self, was: Decimal, now: Decimal) -> bool:
        """Return whether the step from one number to the other is greater than what may pass as minor."""
        step = abs(now - was)
        if self.share is None and self.amount is None:
            return step > 0
        return (self.share is not None and step > self.share * abs(was)) or (self.amount is not None and step > self.amount)


_LIMIT = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*(%|[a-z]+(?: crore)?|)", re.ASCII)
