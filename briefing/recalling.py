"""A fact that was wrong: which editions printed it, which readers got them, and the correction to just those readers, once each.

Who got what stands in the ledger, by rendition: a reader whose variant did not print the fact has nothing to be corrected. The correction is
the latest edition that stands, with a note before it; it must say something else of the fact, or nothing any more.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from briefing.delivering import Delivered, run_of, summed
from briefing.delivery import Variant
from briefing.going import DeliveryError, Desk, Options, decisions, desk_of, gather, issued, posting_of, standing, work_of_group
from briefing.pipeline import EDITIONS, store_of
from briefing.problems import nearest

if TYPE_CHECKING:
    from collections import Counter

    from briefing.deliver.ledger import Ledger
    from briefing.deliver.ledger_rows import Delivery
    from briefing.deliver.sending import Posting, Work
    from briefing.edition import FactUsed, Manifest
    from briefing.postings import Group

_GOT = ("sent", "uncertain", "sending")  # who has it, or may have


class Held(msgspec.Struct, frozen=True):
    """An edition that printed the fact."""

    brief: str
    edition: int
    issued: datetime
    state: str  # "current", "superseded", "withdrawn"
    says: str  # its sentence in that edition


class Got(msgspec.Struct, frozen=True):
    """A reader whose document printed the fact, in one edition."""

    brief: str
    edition: int
    theme: str
    reader: str
    channel: str
    address: str
    state: str
    settled: str
    corrected: str = ""  # what came of its correction, where one went out


class Recall(msgspec.Struct, frozen=True):
    """Where a fact stood, and who has read it there."""

    fact: str
    editions: tuple[Held, ...]
    readers: tuple[Got, ...]


def occasion_of(fact: str) -> str:
    """Return the occasion of a correction, as the ledger has it."""
    return f"correction of {fact}"


def recall(root: Path, fact: str) -> Recall:
    """Return which editions printed a fact and which readers got them. Raises DeliveryError where none did."""
    editions, printed = list[Held](), set[str]()
    for name in issued(root):
        store = store_of(root, name)
        gone, numbers = store.withdrawals(), store.numbers()
        current = max((each for each in numbers if each not in gone), default=0)
        for number in numbers:
            manifest = store.manifest(number)
            printed |= {each.id for each in manifest.facts}
            if used := _used(manifest, fact):
                state = "withdrawn" if number in gone else "current" if number == current else "superseded"
                editions.append(Held(name, number, manifest.at, state, used.sentence or used.says))
    readers = tuple(_readers(root, fact))
    if not editions and not readers:
        hint = nearest(fact, printed)
        raise DeliveryError(f"no edition printed the fact {fact!r}{f' ({hint})' if hint else ''}")
    return Recall(fact, tuple(editions), readers)


def _readers(root: Path, fact: str) -> Iterator[Got]:
    from briefing.deliver.ledger import Ledger
    from briefing.state import STATE

    if not (root / "briefs" / EDITIONS / STATE).exists():
        return
    with Ledger(root) as ledger:
        corrected = {
            (each.key.brief, each.key.reader, each.key.channel, each.key.theme): f"edition {each.key.number}: {each.state}"
            for each in ledger.deliveries(occasion=occasion_of(fact))
        }
        for each in _got(ledger, fact):
            key = each.key
            done = corrected.get((key.brief, key.reader, key.channel, key.theme), "")
            yield Got(key.brief, key.number, key.theme, key.reader, key.channel, each.address, each.state, each.settled, done)


def _got(ledger: Ledger, fact: str, brief: str = "") -> Iterator[Delivery]:
    """Yield the deliveries that brought a fact to a reader, or may have."""
    return (each for each in ledger.deliveries(fact=fact, brief=brief) if each.state in _GOT)


def _used(manifest: Manifest, fact: str) -> FactUsed | None:
    return next((each for each in manifest.facts if each.id == fact), None)


# ---------------------------------------------------------------------------------------------------------- corrections


class Corrected(msgspec.Struct, frozen=True):
    """What sending the correction of one brief came to; `unreached` are readers who cannot be sent it, each with the reason."""

    delivered: Delivered
    unreached: tuple[str, ...] = ()


def correct(root: Path, fact: str, because: str, at: datetime, options: Options) -> list[Corrected]:
    """Send the edition that corrects a fact to the readers who got it wrong, once each; one result for each brief that printed it.

    Raises DeliveryError where nothing corrects it yet, or there is no reason, and as `delivering.deliver`.
    """
    if not because.strip():
        raise DeliveryError("a correction needs its reason: --because; it is told to the readers")
    found = recall(root, fact)
    names = list(dict.fromkeys((*(each.brief for each in found.editions), *(each.brief for each in found.readers))))
    plans = [_Correction(root, name, fact, because.strip(), at) for name in names]
    with desk_of(root, at, options) as desk:
        return [each.send(desk) for each in plans]


class _Correction:
    """The correction of one brief: the edition that says it right, and to whom it goes."""

    def __init__(self, root: Path, name: str, fact: str, because: str, at: datetime) -> None:
        going = standing(root, name, at)
        if isinstance(going, str):
            raise DeliveryError(f"nothing corrects {fact} in {name} yet: {going}")
        self.fact, self.because, self.going = fact, because, going
        self._store = store_of(root, name)
        self._said = {each: _used(self._store.manifest(each), fact) for each in self._store.numbers()}
        self._notes: dict[str, str] = {}  # by reader and theme
        self._now = self._said.get(going.manifest.number)

    def wrong(self, number: int) -> bool:
        """Return whether an edition says of the fact what the one that stands says no more."""
        if number >= self.going.manifest.number:
            return False
        was = self._said.get(number)
        if was is None or self._now is None:  # of a variant that shows more than the edition, or gone
            return True
        return (was.sentence, was.says, was.figures, was.status, was.state) != (
            self._now.sentence, self._now.says, self._now.figures, self._now.status, self._now.state,
        )  # fmt: skip

    def send(self, desk: Desk) -> Corrected:
        """Send the correction to the readers who got what was wrong. Raises DeliveryError where the edition that stands says the same."""
        from briefing.dispatch import dispatch
        from briefing.postings import Job, Way

        began = time.monotonic()
        with run_of(desk) as ledger:
            groups, excluded, unreached = self._groups(desk, ledger)
            job = Job(
                desk.root,
                desk.settings,
                desk.at,
                work=lambda group: self._work(desk, group),
                posting=lambda group, reader: self._posting(desk, group, reader),
                told=desk.options.told,
                progress=desk.options.progress,
                stop=desk.options.stop,
                way=desk.options.way or Way(),
            )
            tally = dispatch(job, ledger, groups)
        return Corrected(summed(self.going, tally, excluded, time.monotonic() - began), tuple(unreached))

    def _groups(self, desk: Desk, ledger: Ledger) -> tuple[list[Group], Counter[str], list[str]]:
        from collections import Counter

        from briefing.deliver.plan import Wanted

        brief = self.going.offer.brief
        got: dict[tuple[str, str], list[int]] = {}  # the editions that each reader had, by theme
        for each in _got(ledger, self.fact, brief):
            got.setdefault((each.key.reader, each.key.theme), []).append(each.key.number)
        wrong = {who: [n for n in sorted(set(numbers)) if self.wrong(n)] for who, numbers in got.items()}
        if got and not any(wrong.values()):
            number = self.going.manifest.number
            raise DeliveryError(
                f"{brief}, edition {number} says of {self.fact} what its readers have read; mend it, generate issue {brief}, then recall again"
            )
        suppressed = ledger.suppressed()
        groups: dict[tuple[Variant, str], Group] = {}
        excluded: Counter[str] = Counter()
        unreached: list[str] = []
        for (name, theme), numbers in wrong.items():
            if not numbers:
                continue
            reader = desk.readers.get(name)
            if reader is None:
                unreached.append(f"{name}: is in the readers file no more")
                continue
            made = decisions(desk, self.going, reader, None, suppressed)
            wanted = [one for one in made if isinstance(one, Wanted)]
            for one in made:
                if not isinstance(one, Wanted):
                    excluded[one.why] += 1
                    unreached.append(f"{name}: {one.reason}")
            for one in [one for one in wanted if one.variant.theme == theme] or wanted:
                self._notes[f"{name}\0{one.variant.theme}"] = self.note(numbers)
                gather(groups, one)
        return list(groups.values()), excluded, unreached

    def note(self, numbers: Sequence[int]) -> str:
        """Return what is said before the correction: which editions it corrects and why, and no figure that may have become secret."""
        number = self.going.manifest.number
        days = [f"{each} of {_day(self._store.manifest(each).at)}" for each in numbers]
        which = f"edition{'s' if len(days) > 1 else ''} {_listed(days)}"
        return f"Correction: you received {which}. Please use edition {number} in {'their' if len(days) > 1 else 'its'} place. Reason: {self.because}"

    def _work(self, desk: Desk, group: Group) -> Work:
        from briefing import variants

        work = work_of_group(desk, self.going, group)
        offer = self.going.offer
        notes = {f"note {at}.txt": note.encode() for at, note in enumerate(sorted(set(self._notes.values())), 1)}
        variants.look_through(desk.root, offer.brief, offer.edition, group.variant, notes)
        return msgspec.structs.replace(work, subject=f"Correction: {work.subject}", occasion=occasion_of(self.fact))

    def _posting(self, desk: Desk, group: Group, name: str) -> Posting | None:
        posting = posting_of(desk, self.going, group, name)
        if posting is None:
            return None
        return msgspec.structs.replace(posting, since=0, note=self._notes[f"{name}\0{group.variant.theme}"])


def _day(at: datetime) -> str:
    from briefing.compose.wording import worded_day

    return worded_day(at.date())


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
