"""Parcels sent by the workers of a Dask cluster, for those who outgrow one machine. The process that began the delivery has the ledger.

Dask runs a task again where its worker was lost, and that must not send twice. So an intent is written before its task is submitted, a task
is for one process of a worker alone, and run anywhere else it sends nothing and says so. What was in hand of a lost worker is looked for
where the channel can tell, and uncertain where it cannot.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import msgspec

from briefing.deliver.channels import open_channel
from briefing.deliver.ledger import Ledger
from briefing.deliver.ledger_rows import Intent, Settled
from briefing.deliver.sending import (
    Flushing,
    Posting,
    Report,
    Shared,
    Work,
    attempted,
    copies_of,
    flushed,
    looked,
    may_look,
    message_of,
    now,
    packed,
    report,
    reported,
)
from briefing.delivery import Channel, ChannelName, Outcome
from briefing.postings import Group, Job, copier, postings
from briefing.problems import BriefingError

if TYPE_CHECKING:
    from distributed import Client, Future

IN_TASK = 32  # parcels of one task, where the channel can tell whether they arrived
_GLANCE = 0.5  # seconds between two looks at which workers there are
_CONNECT = 10.0  # seconds for the scheduler to answer
_PATIENCE = 60.0  # seconds to wait for a worker where there is none
_OTHER = "it runs another version of this program; install the same there, start it again, and deliver anew"
_NEEDED = "--cluster needs the extra `cluster`: pip install 'briefing-generator[cluster]'"


class ClusterError(BriefingError):
    """A cluster that cannot be used; the message says why. Nothing was sent."""


class _Answer(msgspec.Struct, frozen=True):
    """What a worker says of a task: an outcome for each posting, and the digests of its own copies. `begun` is false where it sent nothing."""

    begun: bool
    outcomes: tuple[Outcome, ...] = ()
    copies: tuple[tuple[tuple[str, str], ...], ...] = ()
    failed: tuple[str, ...] = ()  # by posting: why its copies could not be made, "" where they could


class _InHand(msgspec.Struct, frozen=True):
    """A task that was submitted."""

    worker: str
    postings: tuple[Posting, ...]
    intents: tuple[Intent, ...]


class Cluster:
    """A connection to a scheduler. What it is given is sent by all threads of all workers, whichever come and go."""

    def __init__(self, job: Job, ledger: Ledger) -> None:
        self._job, self._ledger = job, ledger
        self._channels: dict[ChannelName, Channel] = {}
        self._ready: dict[str, dict[str, str]] = {}  # by address, the works that a worker holds, and the name of its process
        self._client: Client

    def __enter__(self) -> Self:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError(_NEEDED) from None
        scheme, _, place = self._job.way.cluster.rpartition("://")
        if not re.fullmatch(r"\w*", scheme) or not re.search(r":\d+/?$", place):
            raise ClusterError(f"{self._job.way.cluster}: not the address of a scheduler, such as tcp://host:8786")
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is told by what came of the parcels
        try:
            self._client = Client(self._job.way.cluster, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(f"{self._job.way.cluster}: no scheduler answers: {error}") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for channel in self._channels.values():
            channel.close()
        with suppress(Exception):  # the cluster may be gone, and its connections with it
            self._client.run(_let_go, on_error="ignore")
        self._client.close()

    def send(self, path: Path, group: Group, ids: Sequence[str]) -> Iterator[Report]:
        """Yield what came of each posting. As many are in hand as the workers have threads."""
        data = path.read_bytes()
        work = msgspec.msgpack.decode(data, type=Work)
        key = sha256(data).hexdigest()
        feed = _Feed(self._ledger, work, self._channel(group.channel), postings(self._job, group, ids))
        in_hand: dict[Future[bytes], _InHand] = {}
        seen = looked_at = time.monotonic()
        threads = self._threads(key, data)
        while True:
            if time.monotonic() - looked_at > _GLANCE:
                looked_at, threads = time.monotonic(), self._threads(key, data)
            seen = time.monotonic() if threads else seen
            if self._client.status != "running":
                feed.halted = "the scheduler of the cluster is gone"
            elif time.monotonic() - seen > _PATIENCE:
                feed.halted = "the cluster has no workers"
            busy = Counter(each.worker for each in in_hand.values())
            for worker, (address, count) in threads.items():
                while busy[worker] < count and not feed.halted and not self._job.stop() and (task := feed.claimed(worker)):
                    in_hand[self._submit(key, task, address)] = task
                    busy[worker] += 1
            feed.note()
            yield from feed.told()
            if not in_hand and (feed.halted or self._job.stop() or (threads and feed.done)):
                break
            gone = feed.halted and not threads
            for future in list(in_hand) if gone else self._done(in_hand):
                task, answer = in_hand.pop(future), _answer(future)
                if not answer.begun:  # the name of the process there is another now
                    self._ready = {address: held for address, held in self._ready.items() if task.worker not in held.values()}
                    threads.pop(task.worker, None)
                feed.settle(task, answer)
                future.release()
            yield from feed.told()
        yield from feed.rest()

    def _done(self, in_hand: Iterable[Future[bytes]]) -> list[Future[bytes]]:
        """Return what has come back, after waiting for a moment."""
        from distributed import wait

        futures = list(in_hand)
        if not futures:
            time.sleep(_GLANCE)
            return []
        with self._client.as_current(), suppress(TimeoutError):
            return list(wait(futures, timeout=_GLANCE, return_when="FIRST_COMPLETED").done)
        return []

    def _channel(self, name: ChannelName) -> Channel:
        if name not in self._channels:
            self._channels[name] = open_channel(name, self._job.settings, self._job.root)
        return self._channels[name]

    def _submit(self, key: str, task: _InHand, address: str) -> Future[bytes]:
        return self._client.submit(
            send_on_worker,
            key,
            msgspec.msgpack.encode(task.postings),
            task.worker,
            workers=[address],
            allow_other_workers=True,  # where it sends nothing, and says that the worker is lost
            retries=0,
            pure=False,
        )

    def _threads(self, key: str, data: bytes) -> dict[str, tuple[str, int]]:
        """Return the processes that have the work, by their names: address and threads. Those that are new are given it. Raises ClusterError."""
        found = {}
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        for gone in self._ready.keys() - workers.keys():
            del self._ready[gone]
        for address, each in workers.items():
            held = self._ready.setdefault(address, {})
            if key not in held:
                shared = str(self._ledger.lock.resolve()) if self._needs_folder() else ""
                given = key, data, self._job.at.isoformat(), shared, _code()
                answers = self._client.run(hold, *given, workers=[address], on_error="return")
                answer = answers.get(address)
                if isinstance(answer, ImportError):
                    raise ClusterError(f"the worker {address} does not have this program: {answer}")
                if isinstance(answer, (TypeError, AttributeError)):  # it knows no such call
                    raise ClusterError(f"the worker {address}: {_OTHER}")
                if not isinstance(answer, tuple):
                    continue  # it is gone already
                name, why = answer
                if why:
                    raise ClusterError(f"the worker {address}: {why}")
                held[key] = name
            found[held[key]] = (address, int(each["nthreads"]))
        return found

    def _needs_folder(self) -> bool:
        return any(name == "outbox" for name in self._channels)


class _Feed:
    """Postings of one group on their way to the workers: claimed before they are submitted, settled when they come back."""

    def __init__(self, ledger: Ledger, work: Work, channel: Channel, wanted: Iterator[Posting]) -> None:
        self._ledger, self._work, self._channel, self._left = ledger, work, channel, wanted
        self._shared = Shared(work, ledger, None)
        self._in_formats: dict[Any, Any] = {}
        self._bare = msgspec.structs.replace(work, settings=msgspec.structs.replace(work.settings, signing=None))
        self._waiting: list[tuple[Posting, Intent]] = []
        self._settled: list[Settled] = []
        self._reports: list[Report] = []
        self._size = IN_TASK if channel.settles else 1
        self.halted = ""
        self.done = False  # all have been looked at

    def claimed(self, worker: str) -> _InHand | None:
        """Return the next task for a worker, with its postings claimed; None where there is nothing left to do."""
        while not self.done:
            self._fill()
            if task := self._claim(worker):
                return task
        return None

    def _fill(self) -> None:
        """Look for as many postings as one task may have that are still wanted."""
        while len(self._waiting) < self._size:
            posting = next(self._left, None)
            if posting is None:
                self.done = True
                return
            intent, parcel = self._shared.intent(posting), self._parcel(posting)
            verdict = self._ledger.asked(intent, now())
            intent = msgspec.structs.replace(intent, message=message_of(parcel, self._work.settings))
            if verdict.state == "uncertain" and may_look(self._channel, verdict, intent):
                there = looked(self._channel, parcel)
                if there:
                    self._ledger.arrived(intent.key, now())
                    self._reports.append(report(posting, self._work, "sent", "found where it was sent"))
                    continue
                if there is False:
                    self._waiting.append((posting, msgspec.structs.replace(intent, absent=True)))
                    continue
            if verdict.state == "wanted":
                self._waiting.append((posting, intent))
            else:
                self._reports.append(reported(posting, self._work, verdict))

    def _claim(self, worker: str) -> _InHand | None:
        """Claim what waits, with what came back before noted in the same transaction; None where somebody else has all of it."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return None
        settled, self._settled = self._settled, []
        verdicts = self._ledger.step(settled, [intent for _, intent in waiting], now(), len(waiting))
        claimed = []
        for (posting, intent), verdict in zip(waiting, verdicts, strict=True):
            if verdict.state == "claimed":
                claimed.append((posting, intent))
            else:
                self._reports.append(reported(posting, self._work, verdict))
        if not claimed:
            return None
        return _InHand(worker, tuple(posting for posting, _ in claimed), tuple(intent for _, intent in claimed))

    def settle(self, task: _InHand, answer: _Answer) -> None:
        """Keep what came of a task until it is noted with the next claim."""
        outcome: Outcome
        copies: tuple[tuple[str, str], ...]
        for at, (posting, intent) in enumerate(zip(task.postings, task.intents, strict=True)):
            if not answer.begun:
                outcome, copies, failed = self._lost(posting), (), ""
            else:
                outcome, copies, failed = answer.outcomes[at], answer.copies[at], answer.failed[at]
            self._settled.append(Settled(intent.key, outcome, copies, soon=not answer.begun))
            if failed:
                self._reports.append(report(posting, self._work, "failed", failed))
            elif outcome.away:
                self.halted = self.halted or (outcome.detail if answer.begun else "")
                self._reports.append(report(posting, self._work, "untried", outcome.detail))
            elif outcome.state == "later":
                self.note()
                verdict = self._ledger.asked(intent, now())
                self._reports.append(msgspec.structs.replace(reported(posting, self._work, verdict), fresh=True))
            else:
                self._reports.append(report(posting, self._work, outcome.state, outcome.detail))

    def _lost(self, posting: Posting) -> Outcome:
        """Return what is known of a posting whose worker was lost."""
        there = looked(self._channel, self._parcel(posting)) if self._channel.settles else None
        if there:
            return Outcome("sent", "found where it was sent; its worker was lost")
        if there is False:
            return Outcome("later", "its worker was lost before it was sent", away=True)
        return Outcome("uncertain", "its worker was lost between sending and saying what came of it")

    def _parcel(self, posting: Posting) -> Any:
        """Return the parcel without the reader's own copies: enough to know it by."""
        plain = msgspec.structs.replace(posting.reader, stamp=False, password="")
        return packed(self._bare, msgspec.structs.replace(posting, reader=plain), self._in_formats, None)

    def note(self) -> None:
        """Note what came of what has come back."""
        settled, self._settled = self._settled, []
        if settled:
            self._ledger.step(settled, (), now())

    def told(self) -> Iterator[Report]:
        """Yield the reports that have come in."""
        reports, self._reports = self._reports, []
        yield from reports

    def rest(self) -> Iterator[Report]:
        """Note what is left to note, and yield what was not tried."""
        self.note()
        yield from self.told()
        for posting, _ in self._waiting:
            yield report(posting, self._work, "untried", self.halted)
        for posting in self._left:
            yield report(posting, self._work, "untried", self.halted)


def _answer(future: Any) -> _Answer:
    """Return what a worker said; where Dask says that it was lost, or nothing, that nothing is known."""
    if future.status == "finished":
        return msgspec.msgpack.decode(future.result(), type=_Answer)
    return _Answer(begun=False)


# ----------------------------------------------------------------------------------------------------------- on the workers


class _Held:
    """A work on a worker, and a channel for each of its threads."""

    def __init__(self, work: Work, at: str) -> None:
        from datetime import datetime

        self.work = work
        self.copies = copier(Path(work.root), work.settings, datetime.fromisoformat(at))
        self.in_formats: dict[Any, Any] = {}
        self.begun: set[str] = set()  # tasks: none is begun twice


_held: dict[str, _Held] = {}
_channels: dict[tuple[int, ChannelName, str], Channel] = {}


@lru_cache
def _name() -> str:
    """Return a name that no other process has or will have, also where it takes over the address of this one."""
    return secrets.token_hex(16)


@lru_cache
def _code() -> str:
    """Return the digest of this program's modules, which the workers must have too: another makes other mails of the same work."""
    from briefing.editions.inputs import program

    return program().code


def hold(key: str, data: bytes, at: str, shared: str, code: str) -> tuple[str, str]:
    """Keep a work for the tasks to come; return the name of this process and why it cannot send, "" where it can."""
    if code != _code():
        return "", _OTHER
    if shared and not Path(shared).exists():
        return "", f"it does not see {shared}: the outbox needs the dossier's folder on every worker"
    _held[key] = _Held(msgspec.msgpack.decode(data, type=Work), at)
    return _name(), ""


def send_on_worker(key: str, posted: bytes, worker: str) -> bytes:
    """Send postings, where this is the process that they were meant for, and say what came of each."""
    from distributed import get_worker

    held, name = _held.get(key), str(get_worker().get_current_task())
    if _name() != worker or held is None or name in held.begun:
        return msgspec.msgpack.encode(_Answer(begun=False))
    held.begun.add(name)
    sent: list[tuple[Channel, Outcome]] = []
    copies: list[tuple[tuple[str, str], ...]] = []
    failed: list[str] = []
    for posting in msgspec.msgpack.decode(posted, type=tuple[Posting, ...]):
        channel, why = _channel_of(held.work, posting.channel), ""
        try:
            parcel = packed(held.work, posting, held.in_formats, held.copies)
        except BriefingError as error:
            why = str(error)
            sent.append((channel, Outcome("later", why, away=True)))
            copies.append(())
        else:
            sent.append((channel, attempted(channel, parcel)))
            copies.append(copies_of(parcel))
        failed.append(why)
    return msgspec.msgpack.encode(_Answer(True, tuple(flushed(sent)), tuple(copies), tuple(failed)))


def _channel_of(work: Work, name: ChannelName) -> Channel:
    place = threading.get_ident(), name, work.root
    if place not in _channels:
        channel = _channels[place] = open_channel(name, work.settings, Path(work.root))
        if isinstance(channel, Flushing):
            channel.durable = False
    return _channels[place]


def _let_go() -> None:
    """Close what this worker has open, and forget what it holds."""
    for channel in list(_channels.values()):
        channel.close()
    _channels.clear()
    _held.clear()
