"""The scheduler that stays: it waits, looks, issues what is due, and leaves a trail that a person and a monitor can read.

APScheduler does the waiting. It only says when to look; what is due is decided anew each time from what is on the disk (`scheduling.py`),
so a process that was killed, slept, or came late knows as much as one that ran on. Clock and waiting come from outside.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from briefing.load.files import read_dossier, write_atomically
from briefing.problems import BriefingError, ProblemsFound
from briefing.scheduling import coming, due, releasable
from briefing.telling import Outcome, Report, gist, worded

if TYPE_CHECKING:
    from briefing.delivery import Notice

HEALTH, LOG = "health.json", "schedule.log"  # in briefs/editions/
POLL = 30.0  # seconds between two looks at a dossier whose data may have changed
_LEEWAY = 300  # seconds that one brief may take before the health file counts as old
_STEP = timedelta(seconds=20)  # between wall clock and steady clock: beyond it somebody has set the clock, or the machine slept
_DOSSIER, _STATE = "/the dossier", "/what is remembered between runs"  # that fail, and are no briefs
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)  # before what failed is tried again


Deliver: TypeAlias = "Callable[[str, int, datetime, Callable[[str], None], Callable[[], bool]], tuple[str, datetime | None]]"
# of a brief, a number, a moment, what to say while it lasts, and whether to stop: what came of it, and when to try again what can wait


class Failure(msgspec.Struct, frozen=True):
    """A brief that is not there though it should be, and since when."""

    brief: str
    line: str
    since: datetime
    tries: int = 1
    told: str = ""  # what makes it the same failure as before


class Health(msgspec.Struct, frozen=True):
    """What `health.json` holds. After `old_after` nobody has been there to write it: the scheduler has stopped."""

    state: Literal["running", "failing", "ended"]
    process: str
    started: datetime
    updated: datetime
    old_after: datetime | None  # None once it has ended
    last_look: datetime | None = None
    last_issued: str = ""
    scheduled: int = 0
    next: dict[str, datetime] = {}
    failures: tuple[Failure, ...] = ()


class Reading(msgspec.Struct, frozen=True):
    """A health file as a monitor sees it: in a few words, and what is wrong, which is nothing where all is well."""

    line: str
    wrong: tuple[str, ...] = ()


def read_health(path: Path, at: datetime) -> Reading:
    """Return what a health file says at a moment: wrong is a file that is missing or old, a scheduler that has ended, a brief that failed."""
    try:
        health = msgspec.json.decode(path.read_bytes(), type=Health)
    except FileNotFoundError:
        return Reading("", (f"{path}: there is no health file: no scheduler has run here",))
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        return Reading("", (f"{path}: the health file cannot be read: {error}",))
    wrong = []
    if health.old_after is None:
        wrong.append(f"the scheduler has ended on {health.updated:%Y-%m-%d %H:%M} (process {health.process})")
    elif at > health.old_after:
        wrong.append(
            f"the scheduler has stopped: nothing was heard of it since {health.updated:%Y-%m-%d %H:%M} (process {health.process})"
        )
    wrong += (f"{each.line} (since {each.since:%Y-%m-%d %H:%M}, {each.tries} times)" for each in health.failures)
    soon = next(iter(health.next.items()), None)
    then = f"; next: {soon[0]} on {soon[1]:%Y-%m-%d %H:%M %z}" if soon else ""
    return Reading(f"running since {health.started:%Y-%m-%d %H:%M}, {health.scheduled} scheduled{then}", tuple(wrong))


class Keeper:
    """One scheduler over one dossier: each `turn` is one look at it. It keeps nothing that it could not do without."""

    def __init__(
        self,
        root: Path,
        started: datetime,
        *,
        jobs: int = 1,
        apart: bool = True,
        log: Path | None = None,
        health: Path | None = None,
        poll: float = POLL,
        wait: float = 300.0,
        say: Callable[[str], None] = print,
        notify: Callable[[Notice], None] | None = None,
        deliver: Deliver | None = None,
        readers: Callable[[], object] = lambda: None,
        **options: Any,
    ) -> None:
        folder = root / "briefs" / "editions"
        self.root, self.started, self.stopping = root, started, False
        self.log, self.health = log or folder / LOG, health or folder / HEALTH
        self.poll = poll
        self._say, self._notify, self._deliver, self._readers = say, notify, deliver, readers
        self._options: dict[str, Any] = {"jobs": jobs, "apart": apart, "wait": wait, **options}
        self._failures: dict[str, Failure] = {}
        self._again: dict[str, datetime] = {}
        self._delivered: dict[str, object] = {}  # editions, and who their readers were: what `readers` gave
        self._next: dict[str, datetime] = {}
        self._last: tuple[datetime, float] | None = None
        self._last_issued, self._scheduled, self._written = "", 0, 0.0
        self._unwritten: set[str] = set()

    def turn(self, at: datetime, steady: float) -> Report | None:
        """Look once, at a moment of the wall clock and of one that nobody sets, in seconds; None where there was no dossier to look at."""
        self._compare(at, steady)
        self.write_health(at)
        report = None
        try:
            leave = frozenset(name for name, moment in self._again.items() if at < moment)
            report = due(
                self.root, at, notify=self._notify, stop=lambda: self.stopping, progress=self._busy(at, steady), leave=leave,
                **self._options,
            )  # fmt: skip
            self._scheduled = report.scheduled
            self._settle(report.outcomes, at, leave)
            self._hand_over(at, steady)
            if report.warnings:
                self._fail(_STATE, "; ".join(report.warnings), at)
            else:
                self._well(_STATE, at)
            self._next = {each.brief: each.next[0] for each in coming(self.root, at).briefs if each.next}
            self._well(_DOSSIER, at)
        except (BriefingError, OSError) as error:
            lines = [str(each) for each in error.problems] if isinstance(error, ProblemsFound) else [str(error)]
            self._fail(_DOSSIER, lines[0], at, lines)
        except Exception as error:  # noqa: BLE001  a fault of ours is told, and the next look may go well
            import traceback

            lines = "".join(traceback.format_exception(error)).splitlines()
            self._fail(_DOSSIER, f"crashed: {type(error).__name__}: {error}", at, lines)
        self.write_health(at)
        return report

    def next_look(self, at: datetime) -> datetime:
        """Return the next moment at which a brief is due for certain; what else may come is found by looking now and then."""
        ahead = [moment for moment in (*self._next.values(), *self._again.values()) if moment > at]
        return min(ahead, default=at + timedelta(days=1))

    def note(self, at: datetime, line: str) -> None:
        """Write one line to the log and say it."""
        text = f"{at.isoformat(timespec='seconds')} {line}"
        self._say(text)
        with self._kept("the log", self.log):
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("a", encoding="utf-8") as file:
                file.write(text + "\n")

    def write_health(self, at: datetime, *, ended: bool = False) -> None:
        """Replace the health file, whole."""
        state: Literal["running", "failing", "ended"] = "ended" if ended else "failing" if self._failures else "running"
        health = Health(
            state=state,
            process=f"{os.getpid()} on {socket.gethostname()}",
            started=self.started,
            updated=at,
            old_after=None if ended else at + timedelta(seconds=2 * self.poll + _LEEWAY),
            last_look=self._last[0] if self._last else None,
            last_issued=self._last_issued,
            scheduled=self._scheduled,
            next=dict(sorted(self._next.items(), key=lambda each: each[1].astimezone(UTC))),
            failures=tuple(self._failures.values()),
        )
        with self._kept("the health file", self.health):
            write_atomically(self.health, msgspec.json.format(msgspec.json.encode(health), indent=1) + b"\n", lasting=False)

    @contextmanager
    def _kept(self, what: str, path: Path) -> Iterator[None]:
        """Say, once, where a file cannot be written: the health file then grows old, which a monitor sees."""
        try:
            yield
            self._unwritten.discard(what)
        except OSError as error:
            if what not in self._unwritten:
                self._unwritten.add(what)
                self._say(f"{what} {path} cannot be written: {error.strerror}")

    def _compare(self, at: datetime, steady: float) -> None:
        """Note where the clock has been set since the last look."""
        if self._last:
            step = (at - self._last[0]) - timedelta(seconds=steady - self._last[1])
            if step < -_STEP:
                self.note(at, f"the clock has gone back by {worded(-step)}: what was issued is not issued again")
            elif step > _STEP:
                self.note(
                    at,
                    f"the clock has gone forward by {worded(step)}, or this machine slept: what was missed is made up for by each schedule",
                )
        self._last = (at, steady)

    def _busy(self, at: datetime, steady: float) -> Callable[[str], None]:
        def progress(_: str) -> None:
            passed = time.monotonic() - steady
            if passed - self._written > min(self.poll, 10):
                self._written = passed
                self.write_health(at + timedelta(seconds=int(passed)))

        self._written = 0.0
        return progress

    def _settle(self, outcomes: tuple[Outcome, ...], at: datetime, leave: frozenset[str]) -> None:
        bad = {each.brief for each in outcomes if each.bad}
        for each in outcomes:
            if each.bad:
                self._fail(each.brief, str(each), at, each.problems, told=gist(each), again=each.result == "failed")
            elif each.result == "issued":
                self._last_issued = str(each)
            if not each.bad:
                self.note(at, f"{each}{f' ({each.seconds:.1f} s)' if each.seconds else ''}")
        for name in [name for name in self._failures if "/" not in name and name not in bad and name not in leave]:
            self._well(name, at)

    def _well(self, name: str, at: datetime) -> None:
        """Forget a failure, and note that it is over."""
        if self._failures.pop(name, None):
            self.note(at, f"{name.strip('/') or 'the dossier'}: well again")
        self._again.pop(name, None)

    def _fail(
        self, name: str, line: str, at: datetime, details: Sequence[str] = (), *, told: str = "", again: bool = False
    ) -> None:
        """Keep that a brief failed, and note it unless it failed in the same way before."""
        before = self._failures.get(name)
        tries = before.tries + 1 if before else 1
        if before is None or before.told != (told or line):
            for each in dict.fromkeys([line, *details]):
                self.note(at, each)
        self._failures[name] = Failure(name, line, before.since if before else at, tries, told or line)
        if again and name:
            self._again[name] = at + min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE)
        else:
            self._again.pop(name, None)

    def _hand_over(self, at: datetime, steady: float) -> None:
        """Have delivered what may go to readers; whoever does it knows who has had it."""
        if self._deliver is None:
            return
        wanted = releasable(self.root, at)
        names = {f"{brief}/{number}": (brief, number) for brief, number in wanted.editions}  # which no brief is called
        for brief, why in wanted.broken.items():
            self._fail(f"{brief}/", f"{brief}: cannot be delivered: {why}", at)
        # an edition that another has replaced, or that was withdrawn, fails no more
        for name in [each for each in self._failures if "/" in each]:
            if not name.startswith("/") and name not in names and name.removesuffix("/") not in wanted.broken:
                self._well(name, at)
        readers = self._readers()
        for name, (brief, number) in names.items():
            if self.stopping:
                return
            if (name in self._delivered and self._delivered[name] == readers) or at < self._again.get(name, at):
                continue
            try:
                line, again = self._deliver(brief, number, at, self._busy(at, steady), lambda: self.stopping)
            except (BriefingError, OSError) as error:
                lines = str(error).splitlines() or [type(error).__name__]
                self._fail(name, lines[0], at, lines, again=True)
                continue
            self.note(at, line)
            self._failures.pop(name, None)
            self._again.pop(name, None)
            if self.stopping:  # it may have been ended before all were served
                return
            if again:
                self._again[name] = again
            else:
                self._delivered[name] = readers


def run(root: Path, clock: Callable[[], datetime], **options: Any) -> int:
    """Look at a dossier whenever something is due, until SIGTERM or SIGINT; then end the edition in hand, and return the exit code.

    `clock` gives the moment, with its time zone. Options are those of `Keeper`. Raises ProblemsFound where there is no dossier at
    all, and BriefingError where APScheduler is missing.
    """
    if not (root / "seeds").is_dir():  # most likely a wrong path: it would fail for ever
        read_dossier(root)
    keeper = Keeper(root, clock(), **options)
    wake: SimpleQueue[str] = SimpleQueue()  # may be put to from within a signal handler
    causes: list[str] = []

    def stop(number: int, _: object) -> None:
        keeper.stopping = True
        causes.append(signal.Signals(number).name)
        wake.put("stop")

    alarm = _Alarm(wake, keeper.poll)
    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        keeper.note(clock(), f"begins: process {os.getpid()} on {socket.gethostname()}, looking at {root.resolve()}")
        while not keeper.stopping:
            keeper.turn(clock(), time.monotonic())
            alarm.set(keeper.next_look(clock()))
            try:
                wake.get(timeout=2 * keeper.poll + 1)
            except Empty:  # the library counts by the wall clock: one that was set back keeps it waiting
                alarm.renew()
            with suppress(Empty):
                while True:
                    wake.get_nowait()
    finally:
        alarm.end()
        for each, handler in before.items():
            signal.signal(each, handler)
        at = clock()
        keeper.note(at, f"ends: {', '.join(causes) or 'by an error'}")
        keeper.write_health(at, ended=True)
    return 0


class _Alarm:
    """APScheduler, which says "look" at a given moment and every so many seconds."""

    def __init__(self, wake: SimpleQueue[str], poll: float) -> None:
        self._wake, self._poll, self._next = wake, poll, datetime.max.replace(tzinfo=UTC)
        self._begin()

    def _begin(self) -> None:
        try:
            from apscheduler.schedulers.background import BackgroundScheduler
        except ImportError:
            raise BriefingError(
                "generate schedule run needs APScheduler: pip install 'briefing-generator[schedule]'; "
                "or let cron or systemd run generate due: generate schedule install"
            ) from None
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        self._scheduler.add_job(self._wake.put, "interval", ("look",), seconds=self._poll)
        self._scheduler.start()

    def set(self, moment: datetime) -> None:
        """Look at this moment too; it replaces the one before."""
        self._next = moment
        self._scheduler.add_job(self._wake.put, "date", ("look",), run_date=moment, id="next", replace_existing=True)

    def renew(self) -> None:
        """Begin to count anew."""
        self.end()
        self._begin()
        self.set(self._next)

    def end(self) -> None:
        self._scheduler.shutdown(wait=False)
