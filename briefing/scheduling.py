"""What is due at a moment, and its issue: brief by brief, none of which can stop another.

What is true of a slot stands in the brief's own store, under its lock: two schedulers, on one machine or on two that share a folder, never
take the same slot twice. All else here may be lost without harm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from briefing.delivery import Notice
from briefing.issuing import issue, look
from briefing.load.files import Files, read_dossier, write_atomically
from briefing.pipeline import FORMATS, store_of
from briefing.problems import BriefingError, Problem, ProblemsFound
from briefing.telling import Outcome, Report, Result, as_one, tell, worded

if TYPE_CHECKING:
    from briefing.edition import Check
    from briefing.editions.store import Store
    from briefing.timetable import Timetable

SKEW = timedelta(minutes=1)  # between the clocks of machines that share a folder; beyond it a clock has gone back
_MOST = 366  # slots of one brief that are made up for in one run


class Run(msgspec.Struct, frozen=True):
    """One wish to issue a brief: for a slot, or because its data have changed."""

    as_of: date
    slot: datetime | None = None


class Task(msgspec.Struct, frozen=True):
    """What is to be done for one brief, in this order; the first that fails ends it."""

    root: Path
    brief: str
    runs: tuple[Run, ...]
    at: datetime
    formats: tuple[str, ...] = FORMATS
    wait: float = 60.0


def due(
    root: Path,
    at: datetime,
    *,
    jobs: int = 1,
    apart: bool = False,
    formats: Sequence[str] = FORMATS,
    wait: float = 60.0,
    leave: Collection[str] = (),
    notify: Callable[[Notice], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Issue every brief that has a slot since its last one, or whose data have changed where its schedule says so.

    `at` is the moment, with its time zone. With `jobs` above 1, or `apart`, each brief is built in a process of its own; what is not to be built
    is looked at here, for one reading of the dossier; briefs to `leave` are not. `notify` is told of what is held or fails, once. Once `stop` says so, what is in hand
    is ended and no more begun. Raises ProblemsFound where there is no dossier that can be read.
    """
    began = time.monotonic()

    def now() -> datetime:
        """Return the moment it is by now: a run over many briefs takes its time."""
        return at + timedelta(seconds=int(time.monotonic() - began))

    progress("reading")
    try:
        files = read_dossier(root)
    except ProblemsFound as error:
        if (root / "briefs").is_dir():
            tell(root, at, [_failure("", error)], notify)
        raise
    tables, broken = timetables(files)
    outcomes = [Outcome(name, "failed", "its schedule cannot be read", problems=lines) for name, lines in broken.items()]
    tasks: list[Task] = []
    for name, table in tables.items():
        if stop():
            break
        if name in leave:
            continue
        try:
            found = _looked_at(_Look(root, name, table, files, wait), now())
        except (BriefingError, OSError) as error:
            outcomes.append(_failure(name, error))
            continue
        if isinstance(found, tuple):
            tasks.append(Task(root, name, found, at.astimezone(table.calendar.zone), tuple(formats), wait))
        elif found is not None:
            outcomes.append(found)
    for task, done in _worked_off(tasks, jobs, apart, now, stop):
        outcomes += done
        progress(f"{task.brief}: {done[-1].result}" if done else task.brief)
    outcomes.sort(key=lambda each: each.brief)
    told = as_one(outcomes)
    warnings = tell(root, at, told, notify, among=lambda name: "/" not in name and name not in leave)
    return Report(at, len(tables) + len(broken), tuple(told), warnings)


def _worked_off(
    tasks: Sequence[Task], jobs: int, apart: bool, now: Callable[[], datetime], stop: Callable[[], bool]
) -> Iterator[tuple[Task, tuple[Outcome, ...]]]:
    def ready(task: Task) -> Task:
        return msgspec.structs.replace(task, at=now().astimezone(task.at.tzinfo))

    if apart or jobs > 1:
        from briefing.apart import Died, each_apart

        for task, done in each_apart(tasks, perform, min(jobs, max(len(tasks), 1)), ready=ready, stop=stop):
            if isinstance(done, Died):
                yield task, (Outcome(task.brief, "failed", f"it crashed: {done}", task.runs[0].slot),)
            else:
                yield task, done
    else:
        for task in tasks:
            if stop():
                return
            yield task, perform(ready(task))


def perform(task: Task) -> tuple[Outcome, ...]:
    """Issue one brief for each of its runs, until one fails; whatever happens, it is told and not raised."""
    outcomes = []
    for run in task.runs:
        outcomes.append(_performed(task, run))
        if outcomes[-1].bad:
            break
    return tuple(outcomes)


def _performed(task: Task, run: Run) -> Outcome:
    began = time.monotonic()

    def outcome(result: Result, line: str, problems: tuple[str, ...] = ()) -> Outcome:
        return Outcome(task.brief, result, line, run.slot, problems=problems, seconds=round(time.monotonic() - began, 2))

    store = store_of(task.root, task.brief)
    try:
        last = store.checks()[-1:]
        at = last[0].at.astimezone(task.at.tzinfo) if last and task.at < last[0].at <= task.at + SKEW else task.at
        latest = store.latest()
        bound = latest.as_of if latest and latest.number not in store.withdrawals() else run.as_of
        made = issue(task.root, task.brief, max(run.as_of, bound), at, slot=run.slot, formats=task.formats, wait=task.wait)
    except ProblemsFound as found:
        held = store.held()
        return outcome("held", f"held with {len(held.problems)} problems" if held else "held", tuple(map(str, found.problems)))
    except (BriefingError, OSError) as error:
        return outcome("failed", str(error))
    except Exception as error:  # noqa: BLE001  a fault of ours in one brief must not cost the others theirs
        import traceback

        lines = traceback.format_exception(error)
        return outcome("failed", f"it crashed: {type(error).__name__}: {error}", tuple("".join(lines).splitlines()))
    return msgspec.structs.replace(outcome(made.result, made.line), edition=made.edition, kind=made.kind, paths=made.paths)


def _failure(name: str, error: Exception) -> Outcome:
    problems = tuple(map(str, error.problems)) if isinstance(error, ProblemsFound) else ()
    return Outcome(name, "failed", str(error).splitlines()[0], problems=problems)


# ------------------------------------------------------------------------------------------------------------- what is due


def timetables(files: Files) -> tuple[dict[str, Timetable], dict[str, tuple[str, ...]]]:
    """Return the timetable of each brief that has a schedule; and by brief what is wrong with those that cannot be read."""
    kept = _KEPT.get(files.digest)
    if kept is None:
        kept = _timetables(files)
        _KEPT.clear()  # one dossier is looked at again and again
        _KEPT[files.digest] = kept
    return kept


_KEPT: dict[str, tuple[dict[str, Timetable], dict[str, tuple[str, ...]]]] = {}


def _timetables(files: Files) -> tuple[dict[str, Timetable], dict[str, tuple[str, ...]]]:
    from briefing.load.dossier import read_header, read_recipes
    from briefing.timetable import BadSchedule, timetable

    problems: list[Problem] = []
    recipes = read_recipes(files, problems)
    broken: dict[str, list[str]] = {}
    for problem in problems:
        broken.setdefault(_stem(problem.at.file), []).append(str(problem))
    scheduled = {name: recipe.schedule for name, recipe in recipes.items() if recipe.schedule}
    lists = {}
    if any(schedule.holidays for schedule in scheduled.values()):
        header = read_header(files)
        lists = header.holidays if header else {}
    found = {}
    for name, schedule in sorted(scheduled.items()):
        try:
            found[name] = timetable(schedule, lists)
        except BadSchedule as bad:
            broken[name] = [str(Problem(schedule.at, code, message, hint)) for code, message, hint in bad.faults]
    return found, {name: tuple(lines) for name, lines in sorted(broken.items())}


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rpartition(".")[0]


class _Look(msgspec.Struct, frozen=True):
    """One brief, as it is looked at."""

    root: Path
    name: str
    table: Timetable
    files: Files
    wait: float

    @property
    def store(self) -> Store:
        return store_of(self.root, self.name)


class Standing(msgspec.Struct, frozen=True):
    """Where the slots of a brief stand: the last that is done with, and by which cadence they are counted."""

    slot: datetime | None
    counted: str
    last: Check | None
    waits: Check | None  # the last run where it came to a held brief, and nobody has released or mended it since
    open: datetime | None  # the slot that came to nothing but that


def standing(store: Store) -> Standing:
    """Return where the slots of a brief stand. Raises EditionError where its records are damaged."""
    checks, marks = store.checks(), store.marks()
    last = checks[-1] if checks else None
    slotted = next((each for each in reversed(checks) if each.slot), None)
    slots = [each.slot for each in (slotted, marks[-1] if marks else None) if each and each.slot]
    counted = next((each.counted for each in reversed(marks) if each.why == "counted"), "")
    waits = last if last and last.result == "held" and store.held() else None
    again = slotted.slot if waits and slotted and slotted.result == "held" else None
    return Standing(max(slots, default=None), counted, last, waits, again)


def _looked_at(job: _Look, at: datetime) -> Outcome | tuple[Run, ...] | None:
    """Return what became of a brief without building it: the runs that are wanted, or what it came to, or None for nothing due."""
    from briefing.load.dossier import own

    store, table = job.store, job.table
    stands = standing(store)
    if stands.last and at < stands.last.at - SKEW and _binding(store):
        at, last = at.astimezone(table.calendar.zone), stands.last.at.astimezone(table.calendar.zone)
        message = f"the clock says {at:%Y-%m-%d %H:%M %Z}, and the last run was at {last:%Y-%m-%d %H:%M %Z}"
        return Outcome(job.name, "failed", f"{message}: it has gone back; set it right and run again; nothing was changed")
    if stands.counted != table.counted:
        stands = _counted_anew(job, stands, at)
    today = at.astimezone(table.calendar.zone).date()
    mine = own(job.files, job.name)
    runs = _wanted(stands, table, mine.digest, at, today)
    if runs and table.misfire == "skip" and runs[-1].slot and at - runs[-1].slot > table.grace:
        return _passed_over(job, runs[-1].slot, at)
    if not runs and stands.waits:
        since = f"{stands.waits.at:%Y-%m-%d %H:%M}"
        return Outcome(job.name, "still held", f"held since {since}", stands.open, problems=_reasons(store))
    if not runs and not (table.cadence.on_change and _changed(stands, mine.digest, today)):
        return None
    runs = runs or (Run(today),)
    if len(runs) > 1:
        return runs
    began = time.monotonic()
    try:
        done = look(job.root, job.name, mine, runs[0].as_of, at.astimezone(table.calendar.zone), slot=runs[0].slot, wait=0)
    except BriefingError:  # somebody else is writing: that may take long, so it is not waited for here
        return runs
    if done is None:
        return runs
    spent = round(time.monotonic() - began, 2)
    return Outcome(job.name, done.result, done.line, runs[0].slot, done.edition, done.kind, (), done.paths, spent)


def _binding(store: Store) -> bool:
    """Return whether the last edition stands: one that was issued under a wrong clock and withdrawn binds nobody."""
    numbers = store.numbers()
    return bool(numbers) and numbers[-1] not in store.withdrawals()


def _counted_anew(job: _Look, stands: Standing, at: datetime) -> Standing:
    """Note that slots are counted from now on, a little back: a schedule that is new or changed makes up for nothing before."""
    from briefing.edition import Mark

    begin = max(filter(None, (stands.slot, at - job.table.grace)))
    with job.store.locked(job.wait) as writer:
        again = standing(job.store)  # another may have been quicker
        if again.counted != job.table.counted:
            zone = job.table.calendar.zone
            writer.mark(Mark(begin.astimezone(zone), at.astimezone(zone), job.table.counted, "counted"))
            again = standing(job.store)
    return again


def _wanted(stands: Standing, table: Timetable, inputs: str, at: datetime, today: date) -> tuple[Run, ...]:
    """Return the runs for the slots that have come, and for one that came to a held brief which has been mended since."""
    from briefing.cadence import last_slot, slots
    from briefing.editions.inputs import program

    assert stands.slot is not None
    mended = stands.waits is not None and (stands.waits.inputs, stands.waits.code) != (inputs, program().code)
    come = slots(table.cadence, table.calendar, stands.slot, at)
    if table.misfire == "all":
        if stands.open and not mended:  # what comes after it would pass it over
            return ()
        found = [*([stands.open] if stands.open else []), *islice(come, _MOST)]
        return tuple(Run(each.astimezone(table.calendar.zone).date(), each) for each in found)
    first = next(come, None)
    if first is not None:
        return (Run(today, last_slot(table.cadence, table.calendar, at) or first),)
    if mended and (stands.open or table.cadence.on_change):
        return (Run(today, stands.open),)
    return ()


def _passed_over(job: _Look, slot: datetime, at: datetime) -> Outcome:
    from briefing.edition import Mark

    with job.store.locked(job.wait) as writer:
        stands = standing(job.store)
        if stands.slot and stands.slot >= slot:
            return Outcome(job.name, "taken", "another run has had it", slot)
        writer.mark(Mark(slot, at.astimezone(job.table.calendar.zone), job.table.counted, "missed"))
    late = at - slot
    return Outcome(job.name, "passed over", f"missed by {worded(late)}, and its schedule skips what is missed", slot)


def _changed(stands: Standing, inputs: str, today: date) -> bool:
    """Return whether a brief that is not held may say something else than at its last run: other inputs, or a day passed that matters."""
    last = stands.last
    if last is None or last.inputs != inputs:
        return True
    return last.steady_until is not None and today >= last.steady_until


def _reasons(store: Store) -> tuple[str, ...]:
    held = store.held()
    return held.problems if held else ()


# ------------------------------------------------------------------------------------------------------------ what will be due


class Coming(msgspec.Struct, frozen=True):
    """The schedule of one brief, and when it is next due; None where only a change of its data makes it so."""

    brief: str
    cadence: str
    time_zone: str
    next: tuple[datetime, ...]
    last: str  # what its last run came to
    held: bool
    misfire: str
    deliver: bool
    missed: bool = False  # a slot has passed and nothing has taken it


class Listing(msgspec.Struct, frozen=True):
    """All schedules of a dossier, and by brief what is wrong with those that cannot be read."""

    briefs: tuple[Coming, ...]
    broken: dict[str, tuple[str, ...]]


def coming(root: Path, at: datetime, count: int = 1) -> Listing:
    """Return when each brief with a schedule is due after a moment: its next slots, as many as asked for."""
    from briefing.cadence import slots
    from briefing.issuing import last_check

    tables, broken = timetables(read_dossier(root))
    rows = []
    for name, table in tables.items():
        stands = standing(store_of(root, name))
        since = stands.slot if stands.slot and stands.counted == table.counted else None
        rows.append(
            Coming(
                name,
                table.cadence.text,
                table.calendar.zone.key,
                tuple(islice(slots(table.cadence, table.calendar, at), count)),
                last_check(root, name),
                stands.waits is not None,
                table.misfire,
                table.deliver,
                since is not None and next(slots(table.cadence, table.calendar, since, at - table.grace), None) is not None,
            )
        )
    return Listing(tuple(rows), broken)


class Releasable(msgspec.Struct, frozen=True):
    """The editions that may go to readers, by brief and number; and by brief why its editions cannot be read."""

    editions: tuple[tuple[str, int], ...]
    broken: dict[str, str] = {}


def releasable(root: Path, at: datetime) -> Releasable:
    """Return the editions that schedules want delivered, and that no embargo binds any more.

    They come again each time: whoever delivers knows who has had them.
    """
    tables, _ = timetables(read_dossier(root))
    found, broken = [], {}
    for name, table in tables.items():
        store = store_of(root, name)
        try:
            latest = store.latest() if table.deliver else None
            if latest and latest.number not in store.withdrawals() and (latest.embargo is None or at >= latest.embargo):
                found.append((name, latest.number))
        except (BriefingError, OSError) as error:  # which keeps no other brief from its readers
            broken[name] = str(error)
    return Releasable(tuple(found), broken)


def write(out: Path, name: str, text: str) -> Path:
    """Write a file, whole, into the folder `out`, or as `out` where that names a file; return its path."""
    path = out if out.suffix and not out.is_dir() else out / name
    write_atomically(path, text.encode())
    return path
