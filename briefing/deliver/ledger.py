"""The ledger: who got which edition by which channel. An intent is written before anything is sent and the outcome after, so that nothing
is ever sent twice without a person's decision.

    wanted -> sending -> sent | refused | later -> sending ...
                      -> uncertain      the process stopped between the two: it may have been taken or not

A row is claimed by writing it: of two deliveries at once one has it and the other sees so. A run holds a lock (`flock`) for as long as its
process lives, across containers too, and the system frees it whatever ends the process; rows being sent by a run whose lock is free are uncertain.
Only `resend` brings back what is sent, refused or uncertain; only a channel that can look whether a parcel is there settles an uncertain one.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec

from briefing.address import fault, key_of
from briefing.deliver.ledger_asked import Asked
from briefing.deliver.ledger_rows import KEY, TABLES, Delivery, Intent, Key, Settled, Verdict
from briefing.delivery import Retry
from briefing.problems import BriefingError
from briefing.state import STATE, open_state

_RETRY = Retry()


class LedgerError(BriefingError):
    """Something that the ledger cannot do; the message says why."""


class Ledger(Asked):
    """The ledger of one dossier, as one process sees it. Close it."""

    def __init__(self, root: Path, retry: Retry = _RETRY) -> None:
        self._lines = open_state(root, "deliveries", TABLES)
        self._locks = root / "briefs" / "editions"
        self._retry = retry
        self._run = 0
        self._lock = -1

    def close(self) -> None:
        """Let go of the file, without ending the run: what is being sent then counts as uncertain."""
        self._lines.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------------------------------ runs

    def begin(self, at: datetime, process: str = "") -> int:
        """Begin a run, and return its number. Nothing can be claimed without one."""
        process = process or f"process {os.getpid()} on {socket.gethostname()}"
        with self._lines.writing():
            added = self._lines.execute("INSERT INTO delivery_runs (process, started) VALUES (?, ?)", (process, _text(at)))
            run = added.lastrowid
            assert run is not None
            self._lock = _locked(self._lock_of(run))  # before anybody can see the run
            if self._lock < 0:
                raise LedgerError(f"{self._lock_of(run)} is held by another process; nothing was sent")
            self._run = run
        return self._run

    def end(self, at: datetime, note: str = "") -> None:
        """End the run. Whatever it was still sending is uncertain."""
        with self._lines.writing():
            self._abandon(self._run, "the run ended between sending and noting what came of it")
            self._lines.execute("UPDATE delivery_runs SET ended = ?, note = ? WHERE id = ?", (_text(at), note, self._run))
        with suppress(FileNotFoundError):
            self._lock_of(self._run).unlink()
        os.close(self._lock)
        self._lock, self._run = -1, 0

    def recover(self, at: datetime) -> int:
        """Mark as uncertain what processes were sending that are no more, and return how many rows that were."""
        found = 0
        with self._lines.writing():
            for run, process in self._lines.execute("SELECT id, process FROM delivery_runs WHERE ended = ''").fetchall():
                path = self._lock_of(run)
                lock = _locked(path, create=False)
                if run == self._run or lock == _HELD:
                    continue
                found += self._abandon(run, f"{process} stopped between sending and noting what came of it")
                self._lines.execute("UPDATE delivery_runs SET ended = ?, note = 'stopped' WHERE id = ?", (_text(at), run))
                if lock >= 0:
                    with suppress(FileNotFoundError):
                        path.unlink()
                    os.close(lock)
        return found

    def _abandon(self, run: int, why: str) -> int:
        marked = self._lines.execute(
            "UPDATE deliveries SET state = 'uncertain', detail = ? WHERE state = 'sending' AND run = ?", (why, run)
        )
        return marked.rowcount

    @property
    def lock(self) -> Path:
        """The file of this run's lock: it is there for as long as the run lasts."""
        return self._lock_of(self._run)

    def _lock_of(self, run: int) -> Path:
        return self._locks / f"{STATE}.run-{run}"

    # --------------------------------------------------------------------------------------------------- intents and outcomes

    def step(self, settled: Iterable[Settled], wanted: Sequence[Intent], at: datetime, most: int = 1) -> list[Verdict]:
        """Note what came of claims, and claim up to `most` of what is wanted, in one transaction that is on the disk when it returns.

        The verdicts are those of the wishes looked at, in their order: it stops at the last claim that it may make.
        """
        verdicts: list[Verdict] = []
        with self._lines.writing():
            for each in settled:
                self._settle(each, at)
            for intent in wanted:
                if not most:
                    break
                verdict = self._asked(intent, at)
                if verdict.state == "wanted":
                    verdict = self._claim(intent, verdict.attempts + 1, at)
                    most -= 1
                verdicts.append(verdict)
        return verdicts

    def asked(self, intent: Intent, at: datetime) -> Verdict:
        """Return what a wish would come to now, `wanted` where it could be claimed; nothing is written."""
        return self._asked(intent, at)

    def _asked(self, intent: Intent, at: datetime) -> Verdict:
        key = intent.key
        rows = self._lines.execute(
            "SELECT number, occasion, state, attempts, next, detail, rendition FROM deliveries"
            " WHERE brief = ? AND reader = ? AND channel = ? AND theme = ? AND number BETWEEN ? AND ?",
            (key.brief, key.reader, key.channel, key.theme, min(intent.since or key.number, key.number), key.number),
        ).fetchall()
        attempts, again = 0, False
        for number, occasion, state, tried, wait, detail, rendition in rows:
            if (number, occasion) == (key.number, key.occasion):
                due = datetime.fromisoformat(wait) if wait else None
                absent = intent.absent and rendition == intent.rendition
                if (state == "later" and (due is None or due <= at)) or (state == "uncertain" and absent):
                    attempts, again = tried, True
                else:
                    return Verdict(state, detail, tried, due, number, rendition)
        for number, _, state, tried, _, detail, rendition in rows:
            if not key.occasion and not again and state in ("sent", "sending", "uncertain"):
                return Verdict(state, f"edition {number}{f': {detail}' if detail else ''}", tried, None, number, rendition)
        gone = self._lines.execute("SELECT why FROM delivery_suppressed WHERE address = ?", (_address(intent.address),)).fetchone()
        return Verdict("suppressed", gone[0]) if gone else Verdict("wanted", attempts=attempts)

    def _claim(self, intent: Intent, attempts: int, at: datetime) -> Verdict:
        if not self._run:
            raise LedgerError("nothing can be claimed outside a run")
        key = intent.key
        self._lines.execute(
            "INSERT INTO deliveries (brief, reader, channel, theme, number, occasion, state, run, attempts, address, rendition, message,"
            " intended) VALUES (?, ?, ?, ?, ?, ?, 'sending', ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = 'sending',"
            " run = excluded.run, attempts = excluded.attempts, address = excluded.address, rendition = excluded.rendition,"
            " message = excluded.message, intended = excluded.intended, settled = '', next = '', detail = '', digest = ''",
            (*key.row, self._run, attempts, intent.address, intent.rendition, intent.message, _text(at)),
        )
        self._keep_copies(key, intent.copies, at)
        if not key.occasion:
            self._lines.execute(
                "UPDATE deliveries SET state = 'replaced', next = '', detail = ? WHERE brief = ? AND theme = ? AND reader = ?"
                " AND channel = ? AND number < ? AND occasion = '' AND state = 'later'",
                (f"edition {key.number} went in its place", key.brief, key.theme, key.reader, key.channel, key.number),
            )
        return Verdict("claimed", attempts=attempts)

    def _keep_copies(self, key: Key, copies: Iterable[tuple[str, str]], at: datetime) -> None:
        for file, digest in copies:
            self._lines.execute(
                "INSERT OR IGNORE INTO delivery_copies (digest, file, brief, reader, channel, theme, number, occasion, made)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (digest, file, *key.row, _text(at)),
            )

    def _settle(self, settled: Settled, at: datetime) -> None:
        """Note an outcome; where somebody else has the row by now, among the decisions, so that it is not lost."""
        key, outcome = settled.key, settled.outcome
        self._keep_copies(key, settled.copies, at)
        row = self._lines.execute(
            f"SELECT attempts FROM deliveries WHERE {KEY} AND run = ? AND state IN ('sending', 'uncertain')",  # noqa: S608
            (*key.row, self._run),
        ).fetchone()
        if row is None:
            self._decided("outcome came late", str(key), f"{outcome.state}: {outcome.detail}", at)
            return
        attempts, state, detail, again = int(row[0]), outcome.state, outcome.detail, ""
        if state == "later" and outcome.away:
            attempts -= 1  # it was not the reader's fault, and nothing was tried
            again = "" if settled.soon else _text(at + timedelta(seconds=self._retry.pause))
        elif state == "later" and attempts >= self._retry.attempts:
            state, detail = "refused", f"given up after {attempts} attempts: {detail}"
        elif state == "later":
            again = _text(at + timedelta(seconds=pause_after(self._retry, attempts)))
        self._lines.execute(
            f"UPDATE deliveries SET state = ?, attempts = ?, settled = ?, next = ?, detail = ?, digest = ? WHERE {KEY}",  # noqa: S608
            (state, attempts, _text(at), again, detail, outcome.digest, *key.row),
        )

    def arrived(self, key: Key, at: datetime) -> None:
        """Note that an uncertain parcel is there: the channel has looked."""
        with self._lines.writing():
            self._lines.execute(
                f"UPDATE deliveries SET state = 'sent', settled = ?, detail = 'found where it was sent' WHERE {KEY} AND state = 'uncertain'",  # noqa: S608
                (_text(at), *key.row),
            )

    def withdrawn(self, brief: str, numbers: Iterable[int]) -> None:
        """Give up what waits to be tried again of editions that are withdrawn."""
        with self._lines.writing():
            for number in numbers:
                self._lines.execute(
                    "UPDATE deliveries SET state = 'replaced', next = '', detail = 'the edition was withdrawn'"
                    " WHERE state = 'later' AND brief = ? AND number = ?",
                    (brief, number),
                )

    # -------------------------------------------------------------------------------------------------- what people decide

    def resend(self, key: Key, at: datetime) -> Delivery | None:
        """Let a parcel be sent once more, whatever came of it; what it came to is kept. None where it was never tried.

        Raises LedgerError where it is being sent at this moment.
        """
        with self._lines.writing():
            was = next(self.deliveries(key=key), None)
            if was is None:
                return None
            if was.state == "sending":
                raise LedgerError(f"{key} is being sent at this moment")
            self._decided("resend", str(key), f"{was.state} {was.settled or was.intended} {was.digest} {was.detail}".strip(), at)
            self._lines.execute(
                f"UPDATE deliveries SET state = 'later', attempts = 0, next = '', detail = 'to be sent again' WHERE {KEY}",  # noqa: S608
                key.row,
            )
        return was

    def bounced(self, message: str, address: str, reason: str, at: datetime, *, permanent: bool) -> Key | None:
        """Note that a mail has come back, and where that is for good send nothing to its address any more; return whose it was.

        None where the ledger knows no such mail to this address: anybody can write a notice.
        """
        with self._lines.writing():
            rows = self._lines.execute(
                "SELECT brief, number, reader, channel, theme, occasion, address, state, detail FROM deliveries"
                " WHERE message = ? AND message != ''",
                (message,),
            ).fetchall()
            for *columns, recipient, state, detail in rows:
                if _address(recipient) != _address(address):
                    continue
                key = Key(*columns)
                if state in ("sent", "uncertain"):
                    self._decided("bounced", str(key), f"{state}: {detail}", at)
                    self._lines.execute(
                        f"UPDATE deliveries SET state = 'refused', settled = ?, detail = ? WHERE {KEY}",  # noqa: S608
                        (_text(at), f"came back: {reason}", *key.row),
                    )
                if permanent:
                    self._suppress(recipient, f"{reason} ({at.date()})", at)
                return key
        return None

    def suppress(self, address: str, why: str, at: datetime) -> bool:
        """Send nothing to an address any more; False where that is so already."""
        with self._lines.writing():
            return self._suppress(address, why, at)

    def _suppress(self, address: str, why: str, at: datetime) -> bool:
        added = self._lines.execute(
            "INSERT OR IGNORE INTO delivery_suppressed (address, since, why) VALUES (?, ?, ?)", (_address(address), _text(at), why)
        )
        return added.rowcount > 0

    def unsuppress(self, address: str, at: datetime) -> bool:
        """Send to an address again; False where nothing kept one from it."""
        with self._lines.writing():
            row = self._lines.execute(
                "SELECT since, why FROM delivery_suppressed WHERE address = ?", (_address(address),)
            ).fetchone()
            if row is None:
                return False
            self._lines.execute("DELETE FROM delivery_suppressed WHERE address = ?", (_address(address),))
            self._decided("unsuppress", _address(address), f"{row[0]} {row[1]}", at)
            return True

    def _decided(self, what: str, subject: str, was: str, at: datetime) -> None:
        self._lines.execute(
            "INSERT INTO delivery_decisions (at, what, subject, was) VALUES (?, ?, ?, ?)", (_text(at), what, subject, was)
        )

    def rendition(self, brief: str, number: int, variant: str, note: str, facts: Iterable[str]) -> int:
        """Return the number by which deliveries name a rendition and its note, so that a fact leads to who has read it."""
        row = (brief, number, variant, note, msgspec.json.encode(sorted(set(facts))).decode())
        query = "SELECT id FROM delivery_renditions WHERE brief = ? AND number = ? AND variant = ? AND note = ? AND facts = ?"
        found = self._lines.execute(query, row).fetchone()
        if found is None:
            self._lines.execute(
                "INSERT OR IGNORE INTO delivery_renditions (brief, number, variant, note, facts) VALUES (?, ?, ?, ?, ?)", row
            )
            found = self._lines.execute(query, row).fetchone()
        return int(found[0])


def pause_after(retry: Retry, attempts: int) -> float:
    """Return the seconds from a temporary refusal to the next attempt, twice as long each time."""
    return min(retry.pause * 2.0 ** min(attempts - 1, 30), retry.longest)


_HELD, _ABSENT = -2, -1


def _locked(path: Path, *, create: bool = True) -> int:
    """Return a handle that holds the lock of a run; `_HELD` where another has it, `_ABSENT` where it must be there and is not."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o666)
    except FileNotFoundError:
        return _ABSENT
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return _HELD
    return handle


def _address(address: str) -> str:
    """Return an address as the list has it: however its domain or its capitals are written, it is the same one."""
    address = address.strip()
    return address.casefold() if fault(address) else key_of(address)


def _text(at: datetime) -> str:
    """Return a moment so that later ones sort after earlier ones."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
