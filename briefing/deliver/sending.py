"""Parcels to their channels, one after the other, with the ledger before and after each. One process, one run of the ledger.

What came of one parcel and the intent of the next share a transaction, so that a process that is killed leaves at most one uncertain. Where a
channel can look whether a parcel is there, several are in hand at once, and what was left is looked for before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import msgspec

from briefing.deliver.channels import open_channel
from briefing.deliver.encrypt import covered
from briefing.deliver.ledger import Ledger
from briefing.deliver.ledger_rows import Intent, Key, Settled, Verdict
from briefing.deliver.mail import message_id
from briefing.deliver.outbox import with_sender
from briefing.delivery import Channel, ChannelName, Outcome, Parcel, Reader, Rendition, Settings
from briefing.problems import BriefingError
from briefing.recipe import FormatName

Copier = Callable[[Reader, Rendition], Mapping[str, bytes]]  # gives a reader's own copies of the files
IN_HAND = 64  # parcels between two transactions, where the channel can tell whether they arrived
_AWAY = 3  # parcels in a row that find no channel: no more are tried
_OWN_BYTES = 16_000_000  # of readers' own copies in hand


class Work(msgspec.Struct, frozen=True):
    """What the parcels of one variant have in common."""

    root: str
    settings: Settings
    rendition: Rendition
    subject: str
    occasion: str = ""


class Posting(msgspec.Struct, frozen=True):
    """What one reader is to get of it. Who has had any edition from `since` on needs it no more."""

    reader: Reader
    channel: ChannelName
    formats: tuple[FormatName, ...]
    since: int = 0
    note: str = ""


class Report(msgspec.Struct, frozen=True):
    """What came of a posting. `fresh`: in this run, and not before it."""

    reader: str
    theme: str
    state: Literal["sent", "refused", "later", "uncertain", "sending", "replaced", "suppressed", "failed", "untried"]
    detail: str = ""
    next: datetime | None = None
    fresh: bool = True


def now() -> datetime:
    """Return the moment, in UTC: the ledger says when things happened."""
    return datetime.now(UTC)  # noqa: TID251  the ledger is about the world outside


@runtime_checkable
class Flushing(Protocol):
    """A channel that is faster where what it took is flushed together; it returns why that cannot be, "" where it is done."""

    durable: bool

    def flush(self) -> str: ...


class Sender:
    """Sends postings through channels that it keeps open. Close it."""

    def __init__(
        self,
        root: Path,
        settings: Settings,
        ledger: Ledger,
        copies: Copier | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._root, self._settings, self._ledger, self._copies, self._stop = root, settings, ledger, copies, stop
        self._channels: dict[ChannelName, Channel] = {}

    def close(self) -> None:
        """Close the channels."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def send(self, work: Work, postings: Iterable[Posting]) -> Iterator[Report]:
        """Yield what came of each posting; after a channel was away, and once `stop` says so, the rest is untried.

        The ledger must be in a run. What is reported as sent may be noted only with the next transaction: exhaust or close the iterator.
        """
        shared = Shared(work, self._ledger, self._copies)
        batch = _Batch(self._ledger, work)
        try:
            for posting in postings:
                if batch.halted or self._stop():
                    yield report(posting, work, "untried")
                    continue
                intent = shared.intent(posting)
                verdict = self._ledger.asked(intent, now())
                try:
                    channel = self._channel(posting.channel)
                    parcel = shared.parcel(posting) if verdict.state in ("wanted", "uncertain") else None
                    if parcel and verdict.state == "uncertain" and may_look(channel, verdict, intent):
                        there = looked(channel, parcel)
                        if there:
                            self._ledger.arrived(intent.key, now())
                            yield report(posting, work, "sent", "found where it was sent")
                            continue
                        if there is False:
                            intent, verdict = msgspec.structs.replace(intent, absent=True), Verdict("wanted")
                except BriefingError as error:
                    yield report(posting, work, "failed", str(error))
                    continue
                if parcel is None or verdict.state != "wanted":
                    yield reported(posting, work, verdict)
                    continue
                intent = msgspec.structs.replace(intent, copies=copies_of(parcel), message=message_of(parcel, self._settings))
                batch.add(_Piece(posting, parcel, intent, channel))
                if batch.full:
                    yield from batch.send()
            yield from batch.send()
        finally:
            batch.note()

    def _channel(self, name: ChannelName) -> Channel:
        if name not in self._channels:
            channel = self._channels[name] = open_channel(name, self._settings, self._root)
            if isinstance(channel, Flushing):
                channel.durable = False
        return self._channels[name]


class Shared:
    """What the postings of one work have in common, made once: the rendition in the formats that each wants, its number in the ledger."""

    def __init__(self, work: Work, ledger: Ledger, copies: Copier | None) -> None:
        self.work, self._ledger, self._copies = work, ledger, copies
        self._in_formats: dict[tuple[tuple[FormatName, ...], bool], Rendition] = {}
        self._numbers: dict[str, int] = {}

    def intent(self, posting: Posting) -> Intent:
        """Return the wish to send a posting, as the ledger takes it."""
        rendition = self.work.rendition
        key = Key(
            rendition.brief, rendition.edition, posting.reader.id, posting.channel, rendition.variant.theme, self.work.occasion
        )
        if posting.note not in self._numbers:
            variant = msgspec.json.encode(rendition.variant).decode()
            self._numbers[posting.note] = self._ledger.rendition(
                rendition.brief, rendition.edition, variant, posting.note, rendition.facts
            )
        place = posting.reader.address or posting.reader.folder
        return Intent(key, place, self._numbers[posting.note], posting.since)

    def parcel(self, posting: Posting) -> Parcel:
        """Return what a reader gets, with copies of its own where it asked for them. Raises BriefingError where they cannot be made."""
        return packed(self.work, posting, self._in_formats, self._copies)


def packed(
    work: Work, posting: Posting, in_formats: dict[tuple[tuple[FormatName, ...], bool], Rendition], copies: Copier | None
) -> Parcel:
    """Return what a reader gets; `in_formats` keeps the rendition in each choice of formats, covered for who has a password.

    Raises BriefingError.
    """
    reader, files_of = posting.reader, dict[str, bytes]()
    key = posting.formats, bool(reader.password)
    rendition = in_formats.get(key)
    if rendition is None:
        files = {name: data for name, data in work.rendition.files.items() if name.rpartition(".")[2] in posting.formats}
        rendition = msgspec.structs.replace(work.rendition, files=files)
        in_formats[key] = rendition = covered(rendition) if reader.password else rendition
    if reader.stamp or reader.password or work.settings.signing:
        if copies is None:
            raise BriefingError(f"{reader.id} is to have copies of its own, and nothing makes them")
        files_of = dict(copies(reader, rendition))
    return Parcel(reader, rendition, work.subject, posting.note, work.occasion, files_of)


class _Piece(msgspec.Struct, frozen=True):
    """A parcel that is ready, with the wish to send it and the channel that takes it."""

    posting: Posting
    parcel: Parcel
    intent: Intent
    channel: Channel


class _Batch:
    """Parcels in hand: claimed together, sent one by one, noted together. One at a time where a channel cannot tell what arrived."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work
        self._waiting: list[_Piece] = []
        self._settled: list[Settled] = []
        self._bytes = 0
        self._away = 0  # how often in a row a channel was not there
        self.halted = ""  # why no more is tried

    def add(self, piece: _Piece) -> None:
        self._waiting.append(piece)
        self._bytes += sum(map(len, piece.parcel.files.values()))

    @property
    def full(self) -> bool:
        return len(self._waiting) >= IN_HAND or self._bytes >= _OWN_BYTES or not all(each.channel.settles for each in self._waiting)

    def send(self) -> Iterator[Report]:
        """Claim what waits, with what came of those before noted in the same transaction; send it, and yield what came of it."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        together = all(each.channel.settles for each in waiting)
        for pieces in [waiting] if together else [[each] for each in waiting]:
            yield from self._sent(pieces)

    def _sent(self, pieces: list[_Piece]) -> Iterator[Report]:
        verdicts = self._ledger.step(self._settled, [each.intent for each in pieces], now(), len(pieces))
        self._settled = []
        tried: list[tuple[_Piece, Outcome]] = []
        try:
            for piece, verdict in zip(pieces, verdicts, strict=True):
                if verdict.state == "claimed":
                    tried.append((piece, self._tried(piece)))
                else:
                    yield reported(piece.posting, self._work, verdict)
        finally:
            outcomes = flushed([(piece.channel, outcome) for piece, outcome in tried])
            self._settled = [Settled(piece.intent.key, outcome) for (piece, _), outcome in zip(tried, outcomes, strict=True)]
        for (piece, _), outcome in zip(tried, outcomes, strict=True):
            if outcome.away:
                yield report(piece.posting, self._work, "untried", outcome.detail)
            elif outcome.state == "later":
                self.note()  # when it is tried again, or that it is not, the ledger says
                verdict = self._ledger.asked(piece.intent, now())
                yield msgspec.structs.replace(reported(piece.posting, self._work, verdict), fresh=True)
            else:
                yield report(piece.posting, self._work, outcome.state, outcome.detail)

    def _tried(self, piece: _Piece) -> Outcome:
        """Return what came of a parcel; none is handed to a channel that was not there for several in a row."""
        if self.halted:
            return Outcome("later", self.halted, away=True)
        outcome = attempted(piece.channel, piece.parcel)
        self._away = self._away + 1 if outcome.away else 0
        if self._away >= _AWAY:
            self.halted = outcome.detail
        return outcome

    def note(self) -> None:
        """Note what came of what has been sent."""
        settled, self._settled = self._settled, []
        if settled:
            self._ledger.step(settled, (), now())


def flushed(tried: Sequence[tuple[Channel, Outcome]]) -> list[Outcome]:
    """Return the outcomes once what the channels took is where it stays; sent is only what is there."""
    channels = {id(channel): channel for channel, _ in tried}
    failed = {key: channel.flush() for key, channel in channels.items() if isinstance(channel, Flushing)}
    found = []
    for channel, outcome in tried:
        why = failed.get(id(channel), "")
        found.append(Outcome("later", why, away=True) if why and outcome.state == "sent" else outcome)
    return found


def looked(channel: Channel, parcel: Parcel) -> bool | None:
    """Return whether a parcel is where it was sent; None where that cannot be told now."""
    try:
        return channel.arrived(parcel)
    except Exception:  # noqa: BLE001  a place may raise whatever its library does
        return None


def attempted(channel: Channel, parcel: Parcel) -> Outcome:
    """Return what came of one attempt; what a channel raises is about its settings, and nothing was handed over."""
    try:
        return channel.send(parcel)
    except BriefingError as error:
        return Outcome("later", str(error), away=True)


def message_of(parcel: Parcel, settings: Settings) -> str:
    """Return the Message-ID of a parcel that goes as mail, "" for another."""
    if not parcel.reader.address:
        return ""
    return message_id(parcel, with_sender(settings))


def copies_of(parcel: Parcel) -> tuple[tuple[str, str], ...]:
    """Return name and SHA-256 of the files that are the reader's own, and nobody else's."""
    if not (parcel.reader.stamp or parcel.reader.password):
        return ()
    return tuple((name, sha256(data).hexdigest()) for name, data in parcel.files.items())


def may_look(channel: Channel, verdict: Verdict, intent: Intent) -> bool:
    """Whether a channel can settle what is uncertain: it was the same rendition, so that it has the same name there."""
    return channel.settles and (verdict.number, verdict.rendition) == (intent.key.number, intent.rendition)


def report(posting: Posting, work: Work, state: str, detail: str = "") -> Report:
    """Return what came of a posting in this run."""
    return Report(posting.reader.id, work.rendition.variant.theme, state, detail)  # type: ignore[arg-type]


def reported(posting: Posting, work: Work, verdict: Verdict) -> Report:
    """Return what the ledger said of a posting, as a report of something that was so before."""
    theme = work.rendition.variant.theme
    return Report(posting.reader.id, theme, verdict.state, verdict.detail, verdict.next, fresh=False)  # type: ignore[arg-type]
