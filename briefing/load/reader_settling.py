"""Readers settled: one record a reader, complete with what groups and settings add, kept in a temporary database.

The database is SQLite's own private temporary one: on disk beyond a few MiB of cache, and gone when it is closed or the process ends.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath
from typing import Final, cast

import msgspec

from briefing.address import allowed, domain_of, key_of
from briefing.delivery import ChannelName, Reader, Settings
from briefing.load.reader_fields import FORMULA, Found, Given, Known
from briefing.load.reader_groups import conflict, merged, resolved
from briefing.problems import Location
from briefing.recipe import FormatName

_CHUNK: Final = 500  # readers in memory at a time
_decode_given = msgspec.msgpack.Decoder(Given).decode
_encode = msgspec.msgpack.Encoder().encode


def opened() -> sqlite3.Connection:
    """Return an empty database for readers; whoever asked closes it."""
    kept = sqlite3.connect("", check_same_thread=False)  # "": private and temporary, https://www.sqlite.org/inmemorydb.html
    kept.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;")
    kept.execute("CREATE TABLE reader (n INTEGER PRIMARY KEY, id TEXT UNIQUE, address TEXT UNIQUE, data BLOB)")
    kept.execute("CREATE TABLE folder (place TEXT PRIMARY KEY, line INTEGER, what BLOB) WITHOUT ROWID")
    return kept


def rows(kept: sqlite3.Connection) -> Iterator[tuple[int, bytes]]:
    """Yield the readers' numbers and records in the order of the file; what the loop changes does not disturb it."""
    last = -1
    while found := kept.execute("SELECT n, data FROM reader WHERE n > ? ORDER BY n LIMIT ?", (last, _CHUNK)).fetchall():
        yield from found
        last = found[-1][0]


def _place(folder: str) -> str:
    """Return a folder as folders are compared: a path without what leads nowhere, a URL without slashes at its end."""
    path = folder.removeprefix("file://")
    return folder.rstrip("/") if "://" in path else normpath(path)


def folded(name: str) -> str:
    """Return an id as ids are compared: without regard to case."""
    return unicodedata.normalize("NFC", name).casefold()


class Settling:
    """Brings what a file says of each reader down to one record a reader, complete."""

    def __init__(
        self, kept: sqlite3.Connection, found: Found, settings: Settings, known: Known, groups: Mapping[str, Given]
    ) -> None:
        self.kept, self.found, self.settings, self.known, self.groups = kept, found, settings, known, groups
        self.spoken: dict[str, bool] = {}  # language wanted -> whether a brief is in it

    def settle(self, given: Iterable[Given]) -> None:
        """Keep all readers: first as they are given, one a reader; then with what groups and settings add."""
        for each in given:
            self.add(each)
        count = 0
        made: list[tuple[bytes, int]] = []
        for n, data in rows(self.kept):
            count += 1
            reader = self.complete(_decode_given(data))
            if reader is not None:
                made.append((_encode(reader), n))
            if len(made) == _CHUNK:
                self.kept.executemany("UPDATE reader SET data = ? WHERE n = ?", made)
                made.clear()
        self.kept.executemany("UPDATE reader SET data = ? WHERE n = ?", made)
        if not count and not self.found.problems:
            self.found.warn(Location(self.found.file), "P018", "the file holds no reader")

    def add(self, given: Given) -> None:
        """Keep a reader; one that is there already becomes one with it."""
        name, address = self.keys(given)
        if not name:
            hint = "an address, or a folder for the channel folder"
            self.problem(given, "P007", "the reader has neither an address nor a folder", hint)
            return
        if not given.id and given.address and given.address[0] in FORMULA:
            self.problem(given, "P011", f"the address {given.address} begins as a formula does", "give the reader an id of its own")
            return
        insert = "INSERT OR IGNORE INTO reader (id, address, data) VALUES (?, ?, ?)"
        if self.kept.execute(insert, (name, address, _encode(given))).rowcount:
            return
        same = self.kept.execute("SELECT n, data FROM reader WHERE id = ? OR address = ? ORDER BY n", (name, address)).fetchall()
        firsts = [_decode_given(data) for _, data in same]
        lines = " and ".join(str(first.line) for first in firsts)
        if len(firsts) > 1:
            hint = "one has its id, the other its address; one reader has one of each"
            self.problem(given, "P015", f"the reader is also those of lines {lines}", hint)
            return
        shown = given.id or given.address or given.folder
        if field := conflict(firsts[0], given):
            one, other = getattr(firsts[0], field), getattr(given, field)
            differ = f"{_worded(one)} there, {_worded(other)} here" if field != "password" else "keep one"
            self.problem(given, "P015", f"the reader {shown} stands in line {lines} too, with another {field}", differ)
            return
        both = merged(firsts[0], given)
        name, address = self.keys(both)
        try:
            if both != firsts[0]:
                self.kept.execute(
                    "UPDATE reader SET id = ?, address = ?, data = ? WHERE n = ?", (name, address, _encode(both), same[0][0])
                )
        except sqlite3.IntegrityError:
            self.problem(
                given, "P015", f"the reader is that of line {lines} and yet another one", "one reader has one id and one address"
            )
            return
        at = Location(self.found.file, given.line, given.column)
        self.found.warn(at, "P014", f"the reader {shown} stands in line {lines} too", "both lines are taken as one")

    def keys(self, given: Given) -> tuple[str, str | None]:
        address = key_of(given.address) if given.address else None
        return folded(given.id or address or given.folder or self.group_folder(given)), address

    def group_folder(self, given: Given) -> str:
        return next((folder for name in given.groups or () if (folder := self.groups[name].folder)), "")

    def complete(self, given: Given) -> Reader | None:
        """Return a reader with what its groups and the settings add, or None after noting why it cannot be served."""
        groups = [self.groups[name] for name in given.groups or ()]
        whole, torn = resolved(given, groups, self.known.markings)
        for field in torn:
            hint = "write the reader's own; it goes before the groups'"
            self.problem(given, "P016", f"the groups {', '.join(given.groups or ())} differ in {field}", hint)
        channel = whole.channel or ("folder" if whole.folder and not whole.address else self.settings.channel)
        wrong = 0
        if torn:
            return None
        if channel == "folder" and not whole.folder:
            wrong += 1
            self.problem(given, "P007", "the channel is folder, and there is no folder", "such as sftp://host/briefs or a path")
        elif channel != "folder" and not whole.address:
            wrong += 1
            self.problem(given, "P007", f"the channel is {channel}, and there is no address")
        elif channel == "smtp" and self.settings.smtp is None:
            wrong += 1
            self.problem(given, "P017", "the channel is smtp, and delivery.yaml names no server", "smtp: {host: mail.example.org}")
        if wrong:
            return None
        reader = Reader(
            id=whole.id or (key_of(whole.address) if whole.address else whole.folder) or "",
            name=whole.name or "",
            address=whole.address or "",
            briefs=whole.briefs or (),
            themes=whole.themes or (),
            formats=cast("tuple[FormatName, ...]", whole.formats or ("pdf",)),
            language=whole.language or "",
            look=whole.look or "",
            channel=cast("ChannelName", channel),
            folder=whole.folder or "",
            clearance=whole.clearance or "",
            stamp=whole.stamp or False,
            password=whole.password or "",
            paused=whole.paused or False,
            minor=whole.minor,
            until=whole.until,
            groups=given.groups or (),
            at=Location(self.found.file, given.line, given.column),
        )
        if channel == "folder" and (first := self.taken(reader)):
            line, field = first
            message = (
                f"the folder {reader.folder} is that of line {line} too, with another {field}"
                if field
                else (f"the folder {reader.folder} is that of line {line} too, and one of them has copies of its own")
            )
            self.problem(given, "P020", message, "what one gets would replace what the other got; a folder for each")
            return None
        self.warn(reader)
        return reader

    def taken(self, reader: Reader) -> tuple[int, str] | None:
        """Return the line of a reader who has the same folder and gets other files there, and in what they differ; None where none does.

        Files there go by the names of brief and edition alone: one copy would replace another, and who is cleared for less could read more.
        """
        what = (reader.clearance, reader.formats, reader.look, reader.stamp or bool(reader.password))
        place, shown = _place(reader.folder), _encode(what)
        if self.kept.execute("INSERT OR IGNORE INTO folder VALUES (?, ?, ?)", (place, reader.at.line, shown)).rowcount:
            return None
        line, other = self.kept.execute("SELECT line, what FROM folder WHERE place = ?", (place,)).fetchone()
        clearance, formats, look, own = msgspec.msgpack.decode(other, type=tuple[str, tuple[str, ...], str, bool])
        lowest = self.known.markings[0] if self.known.markings else ""
        if own or what[3]:
            return line, ""
        if (clearance or lowest) != (reader.clearance or lowest):
            return line, "clearance"
        if set(formats) != set(reader.formats):
            return line, "format"
        return (line, "look") if look != reader.look else None

    def warn(self, reader: Reader) -> None:
        """Note what keeps a reader from getting anything."""
        if not reader.briefs:
            self.found.warn(
                reader.at, "P018", f"the reader {reader.id} gets nothing: no brief is named", "briefs: [all] is every one"
            )
        if reader.language and not self.speaks(reader.language):
            languages = ", ".join(self.known.languages)
            self.found.warn(
                reader.at, "P018", f"the reader {reader.id} gets nothing: no brief is in {reader.language}", f"there is {languages}"
            )
        if reader.channel != "folder" and not allowed(reader.address, self.settings.allow):
            domain = domain_of(reader.address)
            message = f"the reader {reader.id} gets nothing: {domain} is not among the domains that mail may go to"
            self.found.warn(reader.at, "P019", message, "add it to `allow` in delivery.yaml, or take the reader out")

    def speaks(self, language: str) -> bool:
        """Return whether a brief is in a language, or a narrower one: basic filtering of RFC 4647 section 3.3.1."""
        if language not in self.spoken:
            self.spoken[language] = any(f"{each}-".lower().startswith(f"{language}-".lower()) for each in self.known.languages)
        return self.spoken[language]

    def problem(self, given: Given, code: str, message: str, hint: str = "") -> None:
        self.found.add(Location(self.found.file, given.line, given.column), code, message, hint)


def _worded(value: object) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
