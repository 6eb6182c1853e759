"""Postings to their readers: renditions made once a variant, parcels sent in this process, in several or on a cluster, temporary refusals
tried again. Memory holds the ids of readers; readers themselves and renditions are read again when their turn comes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from briefing.deliver.ledger import Ledger, pause_after
from briefing.deliver.sending import Copier, Posting, Report, Sender, Work, now
from briefing.delivery import ChannelName
from briefing.postings import Group, Job, copier, postings
from briefing.problems import BriefingError

CHUNK = 100  # postings that a process of its own is given at a time
_DEATHS = 3  # processes that die over the same readers before these are given up for this run
_GLANCE = 0.2  # seconds between two looks at whether to stop, while waiting
_BREATH = 1.0  # seconds before a channel that was away is asked again where it had answered before


class Tally(msgspec.Struct):
    """What came of postings: how many readers are in which state; `fresh` counts those that were sent in this run."""

    counts: Counter[str] = msgspec.field(default_factory=Counter)
    fresh: int = 0
    refused: int = 0  # in this run
    tried: int = 0
    again: datetime | None = None  # when the first of those that wait is tried again

    @property
    def failed(self) -> bool:
        """Whether somebody has to look: something was refused for good, failed or is uncertain, or a channel stayed away."""
        return bool(self.refused or self.counts["uncertain"] or self.counts["failed"] or self.counts["untried"])


def dispatch(job: Job, ledger: Ledger, groups: Sequence[Group]) -> Tally:
    """Return what came of all postings, after temporary refusals were tried again as often as the settings say."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="briefing-")))
        run = _Run(job, ledger, folder)
        if job.way.cluster:
            from briefing.clustered import Cluster

            run.send = stack.enter_context(Cluster(job, ledger)).send
        elif job.way.jobs > 1:
            run.send = run.send_apart
        else:
            stack.callback(run.sender.close)
        return run.rounds(groups)


class _Run:
    """One dispatch: works on disk, what waits, what was counted."""

    def __init__(self, job: Job, ledger: Ledger, folder: Path) -> None:
        self._job, self._ledger, self._folder = job, ledger, folder
        self._works: dict[int, Path] = {}
        self._tally = Tally()
        self._began = time.monotonic()
        self._why = ""  # the channel was away
        self.sender = Sender(job.root, job.settings, ledger, copier(job.root, job.settings, job.at), job.stop)
        self.send: Callable[[Path, Group, Sequence[str]], Iterator[Report]] = self.send_here

    def rounds(self, groups: Sequence[Group]) -> Tally:
        """Send to everybody once, then to those that are to be tried again, when their time has come."""
        due: list[tuple[Group, list[str]]] = [(group, group.ids) for group in groups]
        waiting: list[tuple[datetime, int, str]] = []
        idle = 0
        while due:
            untried, answered = self._round(due, waiting, groups)
            idle = 0 if answered or not untried else idle + 1
            left = [(group, ids) for group, ids in untried if ids]
            if (not left and not waiting) or not self._job.way.wait or self._job.stop() or idle > self._job.settings.retry.attempts:
                self._count_left(left, waiting)
                break
            if left:
                seconds = pause_after(self._job.settings.retry, idle) if idle else min(_BREATH, self._job.settings.retry.pause)
                self._pause(now() + timedelta(seconds=seconds), f"{sum(len(ids) for _, ids in left)} readers: the channel is away")
            else:
                self._pause(min(waiting)[0], f"{len(waiting)} readers later")
            moment = now()
            due, again = left, [each for each in waiting if each[0] <= moment]
            waiting = [each for each in waiting if each[0] > moment]
            for place, group in enumerate(groups):
                if ids := [name for _, at, name in again if at == place]:
                    due.append((group, ids))
            if not due and not waiting:
                break
            due = due or [(groups[0], [])]
        return self._tally

    def _round(
        self, due: Iterable[tuple[Group, list[str]]], waiting: list[tuple[datetime, int, str]], groups: Sequence[Group]
    ) -> tuple[list[tuple[Group, list[str]]], bool]:
        """Return what stayed untried, by group, and whether any channel answered at all."""
        untried: list[tuple[Group, list[str]]] = []
        away: set[ChannelName] = set()
        answered = False
        for group, ids in due:
            if group.channel in away or self._job.stop():
                untried.append((group, ids))
                continue
            left: list[str] = []
            missed: list[str] = []  # tried, and the channel was away: behind the others the next time
            place = next(at for at, each in enumerate(groups) if each is group)
            for report in self._group(group, ids):
                if report.state == "untried":
                    (missed if report.detail else left).append(report.reader)
                    if report.detail:
                        away.add(group.channel)
                        self._why = report.detail
                elif report.state == "later" and report.next:
                    answered |= report.fresh
                    waiting.append((report.next, place, report.reader))
                else:
                    answered |= report.fresh
                    self._count(report)
            untried.append((group, left + missed))
        return [each for each in untried if each[1]], answered

    def _group(self, group: Group, ids: Sequence[str]) -> Iterator[Report]:
        if not ids:
            return
        try:
            path = self._work(group)
        except BriefingError as error:
            for name in ids:
                yield Report(name, group.variant.theme, "failed", str(error))
            return
        yield from self.send(path, group, ids)

    def _work(self, group: Group) -> Path:
        """Return the file that has the group's work, made once."""
        key = id(group)
        if key not in self._works:
            path = self._folder / f"{len(self._works)}.msgpack"
            path.write_bytes(msgspec.msgpack.encode(self._job.work(group)))
            self._works[key] = path
        return self._works[key]

    def send_here(self, path: Path, group: Group, ids: Sequence[str]) -> Iterator[Report]:
        """Send in this process."""
        return self.sender.send(work_of(path), postings(self._job, group, ids))

    def send_apart(self, path: Path, group: Group, ids: Sequence[str]) -> Iterator[Report]:
        """Send in processes of their own, each with its own run of the ledger. What one leaves that dies is looked at by another."""
        from briefing.apart import Died, each_apart

        left = [Chunk(str(path), self._job.at, tuple(ids[at : at + CHUNK])) for at in range(0, len(ids), CHUNK)]
        away = list[str]()
        deaths: Counter[tuple[str, ...]] = Counter()

        def stopped() -> bool:
            return bool(away) or self._job.stop()

        def filled(chunk: Chunk) -> Chunk:
            return msgspec.structs.replace(chunk, postings=tuple(postings(self._job, group, chunk.ids)))

        while left:
            todo, left, begun = left, [], set[tuple[str, ...]]()
            for chunk, found in each_apart(todo, send_chunk, self._job.way.jobs, ready=filled, stop=stopped):
                begun.add(chunk.ids)
                if isinstance(found, Died):
                    self._ledger.recover(now())
                    deaths[chunk.ids] += 1
                    if deaths[chunk.ids] < _DEATHS:
                        left.append(chunk)
                    else:
                        yield from (Report(name, group.variant.theme, "failed", str(found)) for name in chunk.ids)
                    continue
                away += [report.detail for report in found if report.state == "untried" and report.detail]
                yield from found
            for chunk in todo:
                if chunk.ids not in begun:
                    for name in chunk.ids:
                        yield Report(name, group.variant.theme, "untried")

    def _count(self, report: Report) -> None:
        tally = self._tally
        tally.counts[report.state] += 1
        tally.tried += 1
        tally.fresh += report.fresh and report.state == "sent"
        tally.refused += report.fresh and report.state == "refused"
        self._job.told(report)
        if tally.tried % 200 == 0:
            self._job.progress(f"{tally.tried} readers, {tally.fresh / max(time.monotonic() - self._began, 0.001):.0f} a second")

    def _count_left(self, left: Iterable[tuple[Group, list[str]]], waiting: Sequence[tuple[datetime, int, str]]) -> None:
        count = sum(len(ids) for _, ids in left)
        if count and self._why and not self._job.stop():
            self._job.told(Report(f"{count} readers", "", "untried", self._why))
        self._tally.counts["untried"] += count
        self._tally.counts["later"] += len(waiting)
        self._tally.counts += Counter()  # without those that are none
        self._tally.again = min(waiting)[0] if waiting else None

    def _pause(self, until: datetime, why: str) -> None:
        self._job.progress(f"{why}, tried again at {until.astimezone():%H:%M:%S}")
        while not self._job.stop() and (left := (until - now()).total_seconds()) > 0:
            time.sleep(min(left, _GLANCE))


# --------------------------------------------------------------------------------------------------------- in processes


class Chunk(msgspec.Struct, frozen=True):
    """A piece of work for a process of its own: whose turn it is, and where the work that they share is kept."""

    work: str  # a file with a Work, by msgpack
    at: datetime
    ids: tuple[str, ...]
    postings: tuple[Posting, ...] = ()


_kept: list[tuple[str, Work, Copier]] = []


def work_of(path: Path) -> Work:
    """Return the work that a file keeps."""
    return msgspec.msgpack.decode(path.read_bytes(), type=Work)


def send_chunk(chunk: Chunk) -> tuple[Report, ...]:
    """Return what came of a chunk, with a run of the ledger and channels of its own."""
    if not _kept or _kept[0][0] != chunk.work:
        work = work_of(Path(chunk.work))
        _kept[:] = [(chunk.work, work, copier(Path(work.root), work.settings, chunk.at))]
    _, work, copies = _kept[0]
    root = Path(work.root)
    with Ledger(root, work.settings.retry) as ledger:
        ledger.begin(now())
        sender = Sender(root, work.settings, ledger, copies)
        try:
            return tuple(sender.send(work, chunk.postings))
        finally:
            sender.close()
            ledger.end(now())
