"""From editions to readers: which edition stands, who is to get it and has not, in which variant; and how the editor is told.

deliver(root, name, at, ...) -> list[Delivered]       the latest standing edition of one brief, or of each, to its readers
deliver_brief(root, name, at, ...) -> Delivered        the same of one, for a schedule
planned(root, name, at, ...) -> Iterator[Plan]         who would get what, who not, and why; nothing is sent or written
notify(root, notice) -> Outcome | None                 tell the editor
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from briefing.delivery import Notice, Outcome, Reader, Variant
from briefing.going import (
    PLAIN,
    DeliveryError,
    Desk,
    Going,
    Options,
    decisions,
    desk_of,
    gather,
    issued,
    key_of,
    posting_of,
    standing,
    work_of_group,
)
from briefing.load.delivery import read_settings
from briefing.pipeline import EDITIONS
from briefing.problems import BriefingError, Problem

if TYPE_CHECKING:
    from briefing.deliver.ledger import Ledger
    from briefing.deliver.plan import Wanted
    from briefing.dispatch import Tally
    from briefing.postings import Group


class Delivered(msgspec.Struct, frozen=True):
    """What a delivery of one edition came to."""

    brief: str
    edition: int
    counts: dict[str, int] = {}  # readers by state of the ledger, those of earlier runs too
    excluded: dict[str, int] = {}  # readers who get nothing, by why
    sent: int = 0  # in this run
    seconds: float = 0.0
    again: datetime | None = None  # when the first of those that wait is tried again
    failed: bool = False  # something was refused for good in this run, is uncertain, or could not be tried
    line: str = ""  # why nothing is delivered, where nothing is

    @property
    def rate(self) -> float:
        """Readers sent to, a second."""
        return self.sent / self.seconds if self.seconds else 0.0

    @property
    def tally(self) -> str:
        """How many readers are in which state, in words."""
        return ", ".join(f"{count} {state}" for state, count in self.counts.items()) or "nobody"

    def __str__(self) -> str:
        """What the delivery came to, as one line."""
        if self.line:
            return self.line
        rate = f"; {self.sent} in {self.seconds:.1f} s, {self.rate:.0f} a second" if self.sent else ""
        again = f"; tried again from {self.again.astimezone():%H:%M:%S} on" if self.again else ""
        none = ", ".join(f"{count} {why}" for why, count in self.excluded.items())
        return f"{self.brief}, edition {self.edition}: {self.tally}{rate}{again}{f'; not to: {none}' if none else ''}"


def deliver(root: Path, name: str, at: datetime, options: Options = PLAIN) -> list[Delivered]:
    """Deliver the latest standing edition of a brief, or of every brief that has one, each reader once.

    Raises ProblemsFound for the settings and the readers file, DeliveryError where there is nothing to deliver or a reader of `resend` is none.
    """
    with desk_of(root, at, options) as desk:
        return [_delivered(desk, each, alone=bool(name)) for each in _named(root, name)]


def deliver_brief(root: Path, name: str, at: datetime, options: Options = PLAIN) -> Delivered:
    """Deliver the latest standing edition of one brief to all its readers who have not had it. Raises as `deliver`."""
    (delivered,) = deliver(root, name, at, options)
    return delivered


def notify(root: Path, notice: Notice) -> Outcome | None:
    """Tell the editor, and return what came of it; None where the settings name none. Raises BriefingError where mail cannot go out."""
    from briefing.deliver.channels import send_notice

    settings = read_settings(root)
    return send_notice(notice, settings, root) if settings.editor else None


def _named(root: Path, name: str) -> list[str]:
    names = [name] if name else issued(root)
    if not names:
        raise DeliveryError("no brief has an edition; generate issue NAME makes one")
    return names


# ------------------------------------------------------------------------------------------------------- one edition


def _delivered(desk: Desk, name: str, *, alone: bool) -> Delivered:
    from briefing.dispatch import dispatch
    from briefing.postings import Job, Way

    began = time.monotonic()
    going = standing(desk.root, name, desk.at)
    if isinstance(going, str):
        if alone:
            raise DeliveryError(going)
        return Delivered(name, 0, line=going)
    options = desk.options
    with run_of(desk) as ledger:
        ledger.withdrawn(name, going.withdrawn)
        options.progress(f"{name}, edition {going.manifest.number}: who is to get it")
        groups, excluded = _groups(desk, going, ledger)
        job = Job(
            desk.root,
            desk.settings,
            desk.at,
            work=lambda group: work_of_group(desk, going, group),
            posting=lambda group, reader: posting_of(desk, going, group, reader),
            told=options.told,
            progress=options.progress,
            stop=options.stop,
            way=options.way or Way(),
        )
        tally = dispatch(job, ledger, groups)
    return summed(going, tally, excluded, time.monotonic() - began)


@contextmanager
def run_of(desk: Desk) -> Iterator[Ledger]:
    """Give the ledger in a run, after what runs that were stopped have left was marked as uncertain."""
    from briefing.deliver.ledger import Ledger
    from briefing.deliver.sending import now

    with Ledger(desk.root, desk.settings.retry) as ledger:
        ledger.begin(now())
        try:
            ledger.recover(now())
            yield ledger
        finally:
            ledger.end(now())


def summed(going: Going, tally: Tally, excluded: Mapping[str, int], seconds: float) -> Delivered:
    """Return what a dispatch came to."""
    counts = tally.counts
    had = counts["sent"] + excluded.get("delivered", 0)
    shown = {"sent": had, **{state: count for state, count in sorted(counts.items()) if state != "sent" and count}}
    rest = {why: count for why, count in sorted(excluded.items()) if why != "delivered"}
    return Delivered(
        going.manifest.brief, going.manifest.number, shown, rest, tally.fresh, seconds, tally.again, failed=tally.failed
    )


def _groups(desk: Desk, going: Going, ledger: Ledger) -> tuple[list[Group], Counter[str]]:
    """Return who is to get what, by variant and channel, and how many get nothing, by why. What is to be sent again is allowed to be."""
    from briefing.deliver.plan import Wanted
    from briefing.deliver.sending import now

    suppressed = ledger.suppressed()
    groups: dict[tuple[Variant, str], Group] = {}
    excluded: Counter[str] = Counter()
    for reader in _asked(desk):
        for each in decisions(desk, going, reader, None if desk.options.resend else ledger, suppressed):
            if not isinstance(each, Wanted):
                excluded[each.why] += 1
                continue
            if desk.options.resend:
                ledger.resend(key_of(going, each), now())
            gather(groups, each)
    return list(groups.values()), excluded


def _asked(desk: Desk) -> Iterable[Reader]:
    """Return all readers, or those to whom something is to be sent again, each once."""
    if not desk.options.resend:
        return desk.readers
    found = (desk.readers.get(each) for each in desk.options.resend)
    return {reader.id: reader for reader in found if reader}.values()


# ---------------------------------------------------------------------------------------------------------- dry run


class Plan(msgspec.Struct, frozen=True):
    """What one reader would get, or not, and why: as a line for people and as data."""

    line: str
    data: dict[str, object]
    wanted: bool


def planned(root: Path, name: str, at: datetime, options: Options = PLAIN) -> Iterator[Plan | Problem]:
    """Yield who would get what and who not, and why; first the warnings about the readers file. Nothing is sent and nothing written.

    Raises as `deliver`.
    """
    with desk_of(root, at, options) as desk:
        yield from desk.readers.warnings
        for each in _named(root, name):
            going = standing(root, each, at)
            if not isinstance(going, str):
                yield from _planned(desk, going)
            elif name:
                raise DeliveryError(going)
            else:
                yield Plan(going, {"brief": each, "wanted": False, "reason": going}, wanted=False)


def _planned(desk: Desk, going: Going) -> Iterator[Plan]:
    from briefing.deliver import plan
    from briefing.deliver.ledger import Ledger
    from briefing.deliver.ledger_rows import Intent
    from briefing.deliver.sending import now
    from briefing.state import STATE

    there = (desk.root / "briefs" / EDITIONS / STATE).exists()
    ledger = Ledger(desk.root, desk.settings.retry) if there else None
    try:
        suppressed = ledger.suppressed() if ledger else {}
        looked = None if desk.options.resend else ledger
        refused: dict[tuple[Variant, str], str] = {}  # why a variant cannot be made or may not go out
        for reader in _asked(desk):
            for each in decisions(desk, going, reader, looked, suppressed):
                line, data, wanted = plan.line(each), plan.as_dict(each), isinstance(each, plan.Wanted)
                if isinstance(each, plan.Wanted) and looked:
                    since = 0 if desk.minor(reader) else going.major
                    verdict = looked.asked(Intent(key_of(going, each), reader.address, since=since), now())
                    if verdict.state != "wanted":
                        line = f"{line}: {verdict.state}{f', {verdict.detail}' if verdict.detail else ''}"
                        wanted = verdict.state == "later"
                        data |= {"state": verdict.state, "detail": verdict.detail}
                if isinstance(each, plan.Wanted) and wanted:
                    place = each.variant, each.channel
                    if place not in refused:
                        refused[place] = _refusal(desk, going, each)
                    if refused[place]:
                        line, wanted = f"{line}: not sent, {refused[place]}", False
                        data |= {"state": "failed", "detail": refused[place]}
                yield Plan(line, data, wanted)
    finally:
        if ledger:
            ledger.close()


def _refusal(desk: Desk, going: Going, wanted: Wanted) -> str:
    """Return why a variant cannot be made or may not go out; "" where it can and may. It is made for that, and not kept."""
    from briefing.postings import Group

    try:
        work_of_group(desk, going, Group(wanted.variant, wanted.channel, wanted.formats))
    except BriefingError as error:
        return str(error)
    return ""
