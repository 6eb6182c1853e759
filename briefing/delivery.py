"""Deliveries as data: who reads, which rendition of an edition a reader gets, by which channel, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, Protocol

import msgspec

from briefing.problems import NOWHERE, Location
from briefing.recipe import FormatName

ChannelName = Literal["outbox", "smtp", "folder"]  # the site is for everybody and has no readers
Security = Literal["starttls", "tls", "none"]


class Reader(msgspec.Struct, frozen=True):
    """One who gets documents: what of, in which form, and by which way. What is not given comes from the groups, then the settings."""

    id: str  # the key in the ledger: as given, else the address in lower case, else the folder
    name: str = ""
    address: str = ""  # an addr-spec of RFC 5322 section 3.4.1; no address for the channel folder
    briefs: tuple[str, ...] = ()  # names of recipes; "all" for every one; "policy-brief/economic" for one theme of one
    themes: tuple[str, ...] = ()  # documents on these themes in place of the whole
    formats: tuple[FormatName, ...] = ("pdf",)
    language: str = ""  # a BCP 47 tag: only briefs in it
    look: str = ""  # a file of `templates/looks/` without .yaml
    channel: ChannelName | Literal[""] = ""  # the settings' where not given
    folder: str = ""  # an fsspec URL for the channel folder
    clearance: str = ""  # the highest marking that may be seen; the lowest of the ladder where not given
    stamp: bool = False  # "Copy for ..." on every page
    password: str = ""  # where the password of its copies is: "env:NAME" or "keyring:NAME"; never the password
    paused: bool = False
    minor: bool | None = None  # minor editions too; the settings' where not given
    until: date | None = None  # the last day on which anything is sent
    groups: tuple[str, ...] = ()
    at: Location = NOWHERE


class Smtp(msgspec.Struct, frozen=True):
    """The server that takes mail. Its login is in the environment or a keyring, never in a file of the dossier."""

    host: str
    port: int = 587  # submission, RFC 6409
    security: Security = "starttls"
    user: str = ""  # "env:NAME", "keyring:NAME", or "" for none
    password: str = ""  # the same
    timeout: float = 60.0  # seconds


class Retry(msgspec.Struct, frozen=True):
    """How often a temporary refusal is tried again, and after how long: `pause` seconds, then twice as long each time."""

    attempts: int = 5
    pause: float = 60.0
    longest: float = 3600.0


class Signing(msgspec.Struct, frozen=True):
    """With what PDF copies are signed, as a last step. The passphrase is in the environment or a keyring."""

    key: str  # a PKCS #12 file
    passphrase: str = ""  # "env:NAME" or "keyring:NAME"
    reason: str = ""
    timestamp: str = ""  # the URL of a time-stamp authority, RFC 3161; none where not given


class Settings(msgspec.Struct, frozen=True):
    """How a dossier is delivered: `delivery.yaml` beside its seeds. Without one, mail goes to the outbox and needs no set-up."""

    sender: str = ""  # "Desk <desk@example.org>"; needed for mail
    reply_to: str = ""
    editor: str = ""  # who is told of held briefs and failures
    readers: str = "readers.yaml"  # the readers file, relative to the dossier
    allow: tuple[str, ...] = ()  # domains that mail may go to; "example.org" and, with "*.example.org", what is below it; () is any
    channel: ChannelName = "outbox"
    outbox: str = "briefs/outbox"  # a Maildir
    smtp: Smtp | None = None
    site: str = ""  # the site's address, for links
    site_clearance: str = ""  # the highest marking that the site shows; the lowest of the ladder where not given
    authority: str = (
        ""  # under which domain or mail address the ids of feeds are minted (RFC 4151), perhaps with a date: "example.org,2024"
    )
    minor: bool = False  # whether readers get minor editions too; a reader's own wish goes before
    attach_up_to: int = 5_000_000  # bytes of all files of one mail; beyond, a link to the site
    unsubscribe: str = ""  # a mailto: or https: address for List-Unsubscribe (RFC 2369); `{reader}` is filled in
    retry: Retry = Retry()
    signing: Signing | None = None
    stamp: str = "Copy for {name}, edition {edition}"  # what copies say; {id} and {brief} are filled in too
    at: Location = NOWHERE


class Variant(msgspec.Struct, frozen=True):
    """Which rendering of an edition is wanted. The default is the edition as it was issued."""

    theme: str = ""
    clearance: str = ""  # the lowest of the dossier's ladder where not given
    look: str = ""
    annex: bool = False


class Rendition(msgspec.Struct, frozen=True):
    """The documents of one variant of an edition, as they may be handed out: filtered, composed, scanned."""

    brief: str
    edition: int
    variant: Variant
    title: str
    language: str
    marking: str  # the banner; "" for the lowest
    issued: datetime
    as_of: date
    kind: Literal["major", "minor"]
    files: dict[str, bytes]  # file name -> bytes, those of the formats asked for
    text: str  # the one-page summary as plain text: the body of a mail
    html: str  # and as a page
    changes: tuple[str, ...] = ()  # what changed since the edition before, a line each
    facts: tuple[str, ...] = ()  # the ids of the facts that it prints
    series: str = ""
    correction: str = ""  # what it corrects, and why, where it does


class Parcel(msgspec.Struct, frozen=True):
    """What one reader gets of one edition, ready to be sent."""

    reader: Reader
    rendition: Rendition
    subject: str
    note: str = ""  # said before the summary: a correction, a recall
    occasion: str = ""  # why the edition goes out apart from being issued: "correction of gdp-2024"; part of the ledger's key and the Message-ID
    files: Mapping[str, bytes] = {}  # the reader's own copies; the rendition's files where empty

    @property
    def edition(self) -> str:
        """The edition with the variant's theme, as the ledger has it: "policy-brief/3", "policy-brief-economic/3"."""
        theme = self.rendition.variant.theme
        return f"{self.rendition.brief}{f'-{theme}' if theme else ''}/{self.rendition.edition}"


State = Literal[
    "sent",  # the channel has taken it
    "refused",  # for good: the reason says why
    "later",  # not now: tried again
    "uncertain",  # it may have been taken or not: nobody can tell but the reader
]


class Outcome(msgspec.Struct, frozen=True):
    """What came of one attempt; `detail` is what the other side said."""

    state: State
    detail: str = ""
    digest: str = ""  # SHA-256 of what was sent
    away: bool = False  # with "later": the whole other side could not be reached, and nothing was said of this reader


class Channel(Protocol):
    """A way to readers. One is opened for many parcels, used by one process, and closed."""

    name: ChannelName
    settles: bool  # whether `arrived` can tell, so that nothing stays uncertain

    def send(self, parcel: Parcel) -> Outcome:
        """Try once to hand a parcel over. Never raises for what the other side does."""
        ...

    def arrived(self, parcel: Parcel) -> bool:
        """Return whether the parcel is there already. Only asked where `settles`."""
        ...

    def close(self) -> None:
        """Let go of connections; a second call does nothing."""
        ...


class Notice(msgspec.Struct, frozen=True):
    """What the editor is told: a brief is held, a run failed, readers could not be reached."""

    subject: str
    lines: tuple[str, ...]
    at: datetime
    brief: str = ""
