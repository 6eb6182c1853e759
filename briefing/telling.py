"""What came of a look at a dossier, as it is told: outcomes, and notices to the editor of what is held or failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from briefing.delivery import Notice
from briefing.problems import BriefingError
from briefing.state import open_state, state_of

_LISTED = 5  # briefs of which one is told the same, before they are told as one
_NOTED = 200  # lines of a notice

Result = Literal["issued", "nothing new", "taken", "passed over", "held", "still held", "failed", "undelivered"]


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one slot of a brief, or of one change of its data. "taken": another scheduler had the slot.

    "undelivered" is of an edition, and `brief` is then its name in the ledger, "policy-brief/3".
    """

    brief: str
    result: Result
    line: str = ""
    slot: datetime | None = None
    edition: int = 0
    kind: str = ""
    problems: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def bad(self) -> bool:
        """Whether the brief that should be there is not, or not with all its readers."""
        return self.result in ("held", "still held", "failed", "undelivered")

    def __str__(self) -> str:
        """What happened in one line, for a log."""
        if self.result == "undelivered":
            return self.line
        slot = f" for {self.slot:%Y-%m-%d %H:%M %Z}" if self.slot else ""
        edition = f" {self.edition}, {self.kind}" if self.result == "issued" else ""
        return f"{self.brief or 'the dossier'}: {self.result}{edition}{slot}{f': {self.line}' if self.line else ''}"


class Report(msgspec.Struct, frozen=True):
    """What one look at a dossier came to: how many briefs have a schedule, and what was done or went wrong with those that were due."""

    at: datetime
    scheduled: int
    outcomes: tuple[Outcome, ...]
    warnings: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether anything that should be there is not."""
        return any(each.bad for each in self.outcomes) or bool(self.warnings)


def worded(span: timedelta) -> str:
    """Return a span of time in words, the two largest units of it: "2 days 3 hours"."""
    minutes = int(span.total_seconds()) // 60
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    named = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(named[:2]) or "less than a minute"


def as_one(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes; what went wrong with many briefs in the same words is told once."""
    alike: dict[tuple[str, tuple[str, ...]], list[Outcome]] = {}
    for each in outcomes:
        if each.result == "failed":
            alike.setdefault((gist(each).replace(each.brief, "..."), each.problems), []).append(each)
    many = {id(each): group for group in alike.values() if len(group) > _LISTED for each in group}
    told = [each for each in outcomes if id(each) not in many]
    for group in {id(group): group for group in many.values()}.values():
        names = ", ".join(each.brief for each in group[:_LISTED])
        told.append(Outcome("", "failed", f"{group[0].line} ({len(group)} briefs: {names} ...)", problems=group[0].problems))
    return told


_TABLES = """
CREATE TABLE IF NOT EXISTS schedule_told (brief TEXT PRIMARY KEY, what TEXT NOT NULL, since TEXT NOT NULL) WITHOUT ROWID;
"""


def tell(
    root: Path,
    at: datetime,
    outcomes: Sequence[Outcome],
    notify: Callable[[Notice], None] | None,
    among: Callable[[str], bool] = lambda name: "/" not in name,
) -> tuple[str, ...]:
    """Tell the editor of what went wrong and was not told before, and return what went wrong in doing so.

    `among` says which names the outcomes are all of: those of them that did not go wrong are well again. Deliveries have a "/" in theirs.

    What has been told is kept, so that a brief that stays as it is makes no new notice each minute. Where that cannot be kept, the notice
    comes again: too often is better than never.
    """
    bad = [each for each in outcomes if each.bad]
    if not bad and not state_of(root).exists():
        return ()
    warnings = []
    try:
        state = open_state(root, "schedule", _TABLES)
    except BriefingError as error:
        state = None
        if bad:
            warnings.append(str(error))
    try:
        rows = state.execute("SELECT brief, what FROM schedule_told").fetchall() if state else ()
        told = {name: what for name, what in rows if among(name)}
        news = [each for each in bad if each.result == "held" or told.get(each.brief) != gist(each)]
        if news and notify is not None:
            try:
                notify(_notice(news, at))
            except (BriefingError, OSError) as error:
                warnings.append(f"the editor could not be told: {error}")
                return tuple(warnings)
        if state and (news or told):
            since = at.isoformat()
            with state.writing():
                standing_bad = {each.brief for each in bad}
                good = [name for name in told if name not in standing_bad]
                state.executemany("DELETE FROM schedule_told WHERE brief = ?", [(name,) for name in good])
                rows = [(each.brief, gist(each), since) for each in news]
                state.executemany("INSERT OR REPLACE INTO schedule_told VALUES (?, ?, ?)", rows)
    except BriefingError as error:
        warnings.append(str(error))
    finally:
        if state:
            state.close()
    return tuple(warnings)


def gist(outcome: Outcome) -> str:
    """Return what makes a failure the same one as before: not when it was found, nor that it still stands."""
    if outcome.result == "failed":
        return f"failed: {outcome.line if not outcome.line.startswith('the clock says') else 'the clock'}"
    if outcome.result == "undelivered":
        return f"undelivered: {outcome.line}"
    return f"held for {outcome.slot.isoformat() if outcome.slot else 'a change'}"


def _notice(news: Sequence[Outcome], at: datetime) -> Notice:
    """Return what an editor is told: which briefs are not there, why, and what can be done."""
    alone = news[0] if len(news) == 1 else None
    if alone:
        name = alone.brief or "the dossier"
        what = {"failed": "could not be issued", "undelivered": "could not be delivered to all its readers"}
        subject = f"{name.replace('/', ', edition ')} {what.get(alone.result, 'is held, not issued')}"
    else:
        subject = f"{len(news)} briefs are not issued"
    lines = [line for each in news for line in (str(each), *(f"  {problem}" for problem in each.problems))]
    if len(lines) > _NOTED:
        lines = [*lines[:_NOTED], f"and {len(lines) - _NOTED} lines more; generate due shows them all"]
    return Notice(subject, tuple(lines), at, alone.brief if alone else "")
