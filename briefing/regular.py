"""What goes on by itself, whole: issue what is due, deliver what may go out, tell the editor of what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from briefing import scheduling
from briefing.delivery import Notice
from briefing.problems import BriefingError
from briefing.telling import Outcome, Report, tell

if TYPE_CHECKING:
    from briefing.deliver.sending import Report as Sent


_SOON = timedelta(minutes=1)
_NAMED = 20  # readers who could not be reached, by name in a notice; the ledger has all


class HandedOver(msgspec.Struct, frozen=True):
    """What came of delivering one edition that a schedule wants delivered."""

    brief: str
    edition: int
    line: str
    problems: tuple[str, ...] = ()  # who could not be reached, and why
    failed: bool = False
    again: datetime | None = None  # when readers who were refused for the moment are tried again
    warnings: tuple[str, ...] = ()  # why the editor could not be told


class Round(msgspec.Struct, frozen=True):
    """What one look came to: what was issued, what was delivered."""

    report: Report
    deliveries: tuple[HandedOver, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether anything is not as it should be."""
        return self.report.failed or any(each.failed or each.warnings for each in self.deliveries)


def due(root: Path, at: datetime, *, jobs: int = 1, progress: Callable[[str], None] = lambda _: None) -> Round:
    """Issue what is due, deliver the editions whose schedule says so, and tell the editor. Raises as `scheduling.due`."""
    report = scheduling.due(root, at, jobs=jobs, progress=progress, notify=partial(told, root))
    wanted = scheduling.releasable(root, at)
    deliveries = [
        _told_of(root, at, HandedOver(brief, 0, f"{brief}: cannot be delivered: {why}", failed=True))
        for brief, why in wanted.broken.items()
    ]
    for brief, number in wanted.editions:
        progress(f"{brief}: to its readers")
        deliveries.append(handed_over(root, brief, number, at))
    return Round(report, tuple(deliveries))


def handed_over(
    root: Path,
    brief: str,
    number: int,
    at: datetime,
    *,
    progress: Callable[[str], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> HandedOver:
    """Deliver an edition to those who have not had it, and tell the editor of what went wrong, once. Nothing that goes wrong is raised."""
    from briefing.delivering import deliver_brief
    from briefing.going import Options
    from briefing.postings import Way

    amiss: list[str] = []

    def seen(report: Sent) -> None:
        bad = report.state in ("uncertain", "failed", "untried") or (report.state == "refused" and report.fresh)
        if bad and len(amiss) < _NAMED:
            amiss.append(f"{report.reader}: {report.state}{f', {report.detail}' if report.detail else ''}")

    which = f"{brief}, edition {number}"
    try:
        done = deliver_brief(root, brief, at, Options(way=Way(wait=False), told=seen, progress=progress, stop=stop))
    except (BriefingError, OSError) as error:
        first, *more = str(error).splitlines() or [type(error).__name__]
        return _told_of(root, at, HandedOver(brief, number, f"{which}: could not be delivered: {first}", tuple(more), failed=True))
    except Exception as error:  # noqa: BLE001  a fault of ours in one edition must not cost the others theirs
        import traceback

        lines = tuple("".join(traceback.format_exception(error)).splitlines())
        line = f"{which}: its delivery crashed: {type(error).__name__}: {error}"
        return _told_of(root, at, HandedOver(brief, number, line, lines, failed=True))
    wrong = f"{which}: not all readers could be reached: {done.tally}" if done.failed else ""
    again = done.again
    if again is None and done.counts.keys() & {"sending", "wanted"}:  # another process has them in hand, and may be killed
        again = at + _SOON
    return _told_of(root, at, HandedOver(brief, number, str(done), tuple(amiss), done.failed, again), wrong)


def _told_of(root: Path, at: datetime, made: HandedOver, wrong: str = "") -> HandedOver:
    """Tell the editor of a delivery that failed, unless it failed in the same way before. `wrong` says it without what differs each time."""
    name = f"{made.brief}/{made.edition or ''}"
    outcomes = (
        [Outcome(name, "undelivered", wrong or made.line, edition=made.edition, problems=made.problems)] if made.failed else []
    )
    warnings = tell(root, at, outcomes, partial(told, root), among=lambda other: other == name)
    return msgspec.structs.replace(made, warnings=warnings)


def told(root: Path, notice: Notice) -> None:
    """Tell the editor, where the settings name one. Raises BriefingError where that cannot be, so that it is tried again."""
    from briefing.delivering import notify

    outcome = notify(root, notice)
    if outcome is not None and outcome.state != "sent":
        raise BriefingError(outcome.detail or outcome.state)


def for_daemon(root: Path) -> dict[str, Any]:
    """Return what a scheduler that stays is given: how editions are delivered, and how the editor is told."""

    def deliver(
        brief: str, number: int, at: datetime, progress: Callable[[str], None], stop: Callable[[], bool]
    ) -> tuple[str, datetime | None]:
        made = handed_over(root, brief, number, at, progress=progress, stop=stop)
        if made.failed or made.warnings:
            raise BriefingError("\n".join((made.line, *made.problems, *made.warnings)))
        return made.line, made.again

    return {"deliver": deliver, "notify": partial(told, root), "readers": partial(_files_of_readers, root)}


def _files_of_readers(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes with the readers and the settings of delivery: the tables beside the seeds, with their times and sizes."""
    found = []
    for path in sorted(each for each in root.iterdir() if each.suffix in (".yaml", ".csv")):
        with suppress(OSError):  # taken away just now
            status = path.stat()
            found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)
