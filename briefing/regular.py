"""What goes on by itself, whole: issue what is due, deliver what may go out, tell the editor of what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from briefing import scheduling
from briefing.delivery import Notice
from briefing.problems import BriefingError
from briefing.telling import Outcome, Report, tell


class HandedOver(msgspec.Struct, frozen=True):
    """What came of delivering one edition that a schedule wants delivered."""

    brief: str
    edition: int
    line: str
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
    deliveries = []
    for brief, number in scheduling.releasable(root, at):
        progress(f"{brief}: to its readers")
        deliveries.append(handed_over(root, brief, number, at))
    return Round(report, tuple(deliveries))


def handed_over(root: Path, brief: str, number: int, at: datetime) -> HandedOver:
    """Deliver an edition to those who have not had it, and tell the editor of what went wrong, once. Nothing that goes wrong is raised."""
    from briefing.delivering import deliver_brief
    from briefing.going import Options
    from briefing.postings import Way

    name = f"{brief}/{number}"
    try:
        done = deliver_brief(root, brief, at, Options(way=Way(wait=False)))
    except (BriefingError, OSError) as error:
        made = HandedOver(brief, number, f"could not be delivered: {error}", failed=True)
        wrong = made.line
    else:
        made = HandedOver(brief, number, str(done), done.failed, done.again)
        wrong = f"not all readers could be reached: {done.tally}" if done.failed else ""
    outcomes = [Outcome(name, "failed", wrong)] if wrong else []
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

    def deliver(brief: str, number: int, at: datetime) -> tuple[str, datetime | None]:
        made = handed_over(root, brief, number, at)
        if made.failed or made.warnings:
            raise BriefingError("; ".join((made.line, *made.warnings)))
        return made.line, made.again

    return {"deliver": deliver, "notify": partial(told, root)}
