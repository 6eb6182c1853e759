"""What the ledger holds and answers: keys, wishes, verdicts, rows; and the tables they stand in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from briefing.delivery import Outcome

TABLES = """
CREATE TABLE delivery_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, process TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX delivery_runs_open ON delivery_runs (id) WHERE ended = '';
CREATE TABLE delivery_renditions (
    id INTEGER PRIMARY KEY, brief TEXT NOT NULL, number INTEGER NOT NULL, variant TEXT NOT NULL, note TEXT NOT NULL, facts TEXT NOT NULL,
    UNIQUE (brief, number, variant, note, facts)
);
CREATE TABLE deliveries (
    brief TEXT NOT NULL, reader TEXT NOT NULL, channel TEXT NOT NULL, theme TEXT NOT NULL, number INTEGER NOT NULL, occasion TEXT NOT NULL,
    state TEXT NOT NULL, run INTEGER NOT NULL, attempts INTEGER NOT NULL, address TEXT NOT NULL, rendition INTEGER NOT NULL,
    intended TEXT NOT NULL, settled TEXT NOT NULL DEFAULT '', next TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (brief, reader, channel, theme, number, occasion)
) WITHOUT ROWID;
CREATE INDEX deliveries_open ON deliveries (state, run) WHERE state IN ('sending', 'later', 'uncertain');
CREATE INDEX deliveries_by_message ON deliveries (message) WHERE message != '';
CREATE INDEX deliveries_by_rendition ON deliveries (rendition);
CREATE TABLE delivery_copies (
    digest TEXT NOT NULL, file TEXT NOT NULL, brief TEXT NOT NULL, reader TEXT NOT NULL, channel TEXT NOT NULL, theme TEXT NOT NULL,
    number INTEGER NOT NULL, occasion TEXT NOT NULL, made TEXT NOT NULL,
    PRIMARY KEY (digest, file, brief, reader, channel, theme, number, occasion)
) WITHOUT ROWID;
CREATE TABLE delivery_decisions (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, was TEXT NOT NULL
);
CREATE TABLE delivery_suppressed (address TEXT PRIMARY KEY, since TEXT NOT NULL, why TEXT NOT NULL) WITHOUT ROWID;
"""

KEY = "brief = ? AND reader = ? AND channel = ? AND theme = ? AND number = ? AND occasion = ?"
Standing = Literal["sending", "sent", "refused", "later", "uncertain", "replaced"]
STANDINGS: tuple[Standing, ...] = ("sent", "sending", "later", "uncertain", "refused", "replaced")


class Key(msgspec.Struct, frozen=True, order=True):
    """What is sent at most once: an edition, to a reader, by a channel, on an occasion ("" for its being issued)."""

    brief: str
    number: int
    reader: str
    channel: str
    theme: str = ""
    occasion: str = ""

    @property
    def row(self) -> tuple[str, str, str, str, int, str]:
        """The columns in the order of the primary key."""
        return self.brief, self.reader, self.channel, self.theme, self.number, self.occasion

    def __str__(self) -> str:
        theme, occasion = f"-{self.theme}" if self.theme else "", f", {self.occasion}" if self.occasion else ""
        return f"{self.brief}{theme}/{self.number} to {self.reader} by {self.channel}{occasion}"


class Intent(msgspec.Struct, frozen=True):
    """A wish to send. Who has had any edition from `since` up to this one needs it no more."""

    key: Key
    address: str = ""
    rendition: int = 0
    since: int = 0  # the edition itself where 0
    copies: tuple[tuple[str, str], ...] = ()  # file name and SHA-256 of the reader's own copies
    message: str = ""  # the Message-ID, by which a notice of its not arriving knows it
    absent: bool = False  # the channel has looked and what was uncertain is not there


class Verdict(msgspec.Struct, frozen=True):
    """What a wish came to. `claimed`: it is to be sent now, by who asked; otherwise why not."""

    state: Literal[Standing, "claimed", "suppressed", "wanted"]
    detail: str = ""
    attempts: int = 0  # this one included where claimed
    next: datetime | None = None  # of `later`
    number: int = 0  # the edition of the row that decided
    rendition: int = 0  # and its rendition


class Settled(msgspec.Struct, frozen=True):
    """What came of one claim."""

    key: Key
    outcome: Outcome
    copies: tuple[tuple[str, str], ...] = ()  # of those that were made after the intent, elsewhere
    soon: bool = False  # with "later": at once


class Delivery(msgspec.Struct, frozen=True):
    """A row of the ledger. Moments are UTC in ISO 8601, "" where there is none."""

    key: Key
    state: Standing
    address: str
    attempts: int
    intended: str
    settled: str
    next: str
    detail: str
    digest: str
