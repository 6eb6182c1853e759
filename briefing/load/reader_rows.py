"""Records of readers from the bytes of a CSV or a YAML file, a record at a time: where each field stands, not yet what it means.

CSV is RFC 4180 with a header; a comma, semicolon or tab separates. As no field of a reader may hold a line break, a record is a line: a quote
that is open at its end is a mistake, and does not swallow the rest of the file.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final, TypeAlias

from briefing.load.parse import _REFUSED, Items, Node, Scalar, _refused
from briefing.load.parse import Fields as Mapped
from briefing.load.reader_fields import FIELDS, LISTS, Found, Piece
from briefing.problems import Location, nearest

MAX_LINE: Final = 64 * 1024  # bytes
MAX_ROWS: Final = 1_000_000
_LOOK_AHEAD = 100  # lines in which a quote left open may yet be closed

Record: TypeAlias = tuple[int, int, dict[str, list[Piece]]]  # line, column, the pieces of each field given


def csv_records(file: BinaryIO, found: Found) -> Iterator[Record]:
    """Yield the records of a CSV file; a line with a mistake is left out after noting it."""
    lines = _Lines(file, found)
    head = next(lines, None)
    while head is not None and not head[1].strip():
        head = next(lines, None)
    if head is None:
        if not found.problems:
            found.add(Location(found.file), "Y011", "the file is empty", "its first line names the columns: address, name, briefs")
        return
    number, text = head
    separator = _separator(text)
    names = _header(number, text, separator, found)
    if names is None:
        return
    rows = 0
    for number, text in lines:
        cells = _cells(number, text, separator, found, lines)
        if cells is None or not any(cell for cell, _ in cells):
            continue
        if len(cells) != len(names):
            _ragged(number, cells, names, separator, found)
            continue
        if not _clean(number, text, separator, found):
            continue
        rows += 1
        if rows > MAX_ROWS:
            found.add(Location(found.file, number, 1), "P002", f"more than {MAX_ROWS:,} readers", "cut the file into several")
            return
        pieces: dict[str, list[Piece]] = {}
        for name, (cell, column) in zip(names, cells, strict=True):
            if cell and not cell.isspace():
                pieces[name] = [(cell, number, column)]
        yield number, 1, pieces


class _Lines(Iterator[tuple[int, str]]):
    """The lines of a file with their numbers, at most a few of them in memory; it ends at the first that is no UTF-8."""

    def __init__(self, file: BinaryIO, found: Found) -> None:
        self.file, self.found, self.number, self.ahead = file, found, 0, deque[tuple[int, str]]()
        self.over = False

    def __next__(self) -> tuple[int, str]:
        if self.ahead:
            return self.ahead.popleft()
        line = self.read()
        if line is None:
            raise StopIteration
        return line

    def peek(self) -> Iterator[tuple[int, str]]:
        """Yield some of the lines to come, which stay."""
        yield from tuple(self.ahead)
        while len(self.ahead) < _LOOK_AHEAD and (line := self.read()):
            self.ahead.append(line)
            yield line

    def read(self) -> tuple[int, str] | None:
        while not self.over and (data := self.file.readline(MAX_LINE + 2)):
            self.number += 1
            if len(data) > MAX_LINE and not data.endswith(b"\n"):
                long = len(data)
                while not data.endswith(b"\n") and (data := self.file.readline(MAX_LINE)):
                    long += len(data)
                at = Location(self.found.file, self.number, 1)
                self.found.add(at, "P009", f"the line has {long:,} bytes; {MAX_LINE:,} are allowed", "a reader needs a few hundred")
                continue
            if self.number == 1:
                if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:1] == b"\0" or data[1:2] == b"\0":
                    self.refuse(Location(self.found.file), "the file is UTF-16 or UTF-32", 'save it as "CSV UTF-8"')
                    return None
                data = data.removeprefix(b"\xef\xbb\xbf")  # spreadsheets write it
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError as error:
                column = len(data[: error.start].decode("utf-8", "replace")) + 1
                at, byte = Location(self.found.file, self.number, column), data[error.start]
                hint = 'the file may be Latin-1 or Windows-1252: save it as "CSV UTF-8"; the rest is not read'
                self.refuse(at, f"the byte 0x{byte:02X} is not UTF-8", hint)
                return None
            return self.number, text.removesuffix("\n").removesuffix("\r")
        return None

    def refuse(self, at: Location, message: str, hint: str) -> None:
        self.found.add(at, "Y001", message, hint)
        self.over = True  # whatever follows is not looked at


def _separator(head: str) -> str:
    """Return which of comma, semicolon and tab gives the most known names in the header."""

    def known(separator: str) -> int:
        return sum(name.strip(' "').lower() in FIELDS for name in head.split(separator))

    return max((",", ";", "\t"), key=lambda each: (known(each), head.count(each)))


def _header(number: int, text: str, separator: str, found: Found) -> list[str] | None:
    """Return the names of the columns, or None after noting what is wrong with them."""
    cells = _cells(number, text, separator, found, None)
    if cells is None or not _clean(number, text, separator, found):
        return None
    names, sound = [], True
    if not any(cell.strip().lower() in FIELDS for cell, _ in cells):
        at = Location(found.file, number, 1)
        found.add(at, "P007", "the first line names no field of readers", "it names the columns: address, name, briefs")
        return None
    for cell, column in cells:
        name = cell.strip().lower()
        at = Location(found.file, number, column)
        if not name:
            found.add(at, "P006", "the column has no name", "name it, or remove it")
        elif name in names:
            found.add(at, "P006", f"the column {name} comes twice", "keep one of the two")
        elif name not in FIELDS:
            hint = nearest(name[:60], FIELDS) or f"known here: {', '.join(FIELDS)}"
            found.add(at, "D001", f"a reader has no field {cell.strip()[:80]!r}", hint)
        else:
            names.append(name)
            continue
        sound = False
    if sound and not {"address", "folder"} & {*names}:
        found.add(
            Location(found.file, number, 1),
            "P007",
            "there is neither a column address nor a column folder",
            "name the columns in the first line",
        )
        sound = False
    return names if sound else None


def _cells(number: int, text: str, separator: str, found: Found, lines: _Lines | None) -> list[tuple[str, int]] | None:
    """Return the cells of a line, each with its column, or None after noting what is wrong with its quotes."""
    cells: list[tuple[str, int]] = []
    if '"' not in text:
        column = 1
        for cell in text.split(separator):
            cells.append((cell, column))
            column += len(cell) + 1
        return cells
    start = 0
    while True:
        if text[start : start + 1] == '"':
            end = _closing(text, start + 1)
            if end < 0:
                found.add(
                    Location(found.file, number, start + 1),
                    "P004",
                    "the quote is not closed in its line",
                    "close it; no field of a reader may hold a line break",
                )
                if lines is not None:
                    _skip_broken(lines, separator)
                return None
            cell, column, after = text[start + 1 : end].replace('""', '"'), start + 2, end + 1
            if after < len(text) and text[after] != separator:
                found.add(
                    Location(found.file, number, after + 1),
                    "P004",
                    "text follows the closing quote",
                    'a quote within quotes is written ""',
                )
                return None
        else:
            after = text.find(separator, start)
            after = len(text) if after < 0 else after
            cell, column = text[start:after], start + 1
            if '"' in cell:
                at = Location(found.file, number, column + cell.index('"'))
                found.add(
                    at,
                    "P004",
                    "a quote stands within a field",
                    'put the whole field in quotes, directly between separators, and write ""',
                )
                return None
        cells.append((cell, column))
        if after >= len(text):
            return cells
        start = after + 1


def _closing(text: str, start: int) -> int:
    """Return where the quote is that closes a field, -1 where none does."""
    while (at := text.find('"', start)) >= 0:
        if text[at + 1 : at + 2] != '"':
            return at
        start = at + 2
    return -1


def _skip_broken(lines: _Lines, separator: str) -> None:
    """Pass over the lines of a field that runs over several, where it does end; else none, so that they are looked at by themselves."""
    for count, (_, text) in enumerate(lines.peek(), 1):
        end = _closing(text, 0)
        if end >= 0 and text[end + 1 : end + 2] in ("", separator) and not text.startswith('"'):
            for _ in range(count):
                next(lines)
            return
        if '"' in text:
            return


def _ragged(number: int, cells: list[tuple[str, int]], names: list[str], separator: str, found: Found) -> None:
    extra = len(cells) > len(names)
    at = Location(found.file, number, cells[len(names)][1] if extra else cells[-1][1])
    hint = (
        "a list in a file with semicolons needs quotes"
        if extra and separator == ";"
        else "a field that holds the separator needs quotes"
    )
    found.add(
        at,
        "P005",
        f"the line has {len(cells)} fields, the header {len(names)}",
        hint if extra else f"{names[len(cells)]} is missing",
    )


def _clean(number: int, text: str, separator: str, found: Found) -> bool:
    """Return whether a line holds no character that has no place in any field; else note the first."""
    if text.isprintable():
        return True
    match = _REFUSED.search(text) or (re.search("\t", text) if separator != "\t" else None)
    if match is None:
        return True
    hint = "save the file with line ends of LF or CRLF" if match[0] == "\r" else "remove it"
    message = "the text holds a tab" if match[0] == "\t" else _refused(match[0])
    found.add(Location(found.file, number, match.start() + 1), "Y003", message, hint)
    return False


def yaml_record(node: Node, known: Sequence[str], what: str, found: Found) -> Record | None:
    """Return the record of a mapping, or None after noting which of its fields are none, or of another kind."""
    if not isinstance(node, Mapped):
        shown = "{briefs: [all], formats: [pdf]}" if what == "a group" else "{address: ann@example.org, briefs: [all]}"
        found.add(node.at, "D003", f"{what} must be a mapping", f"such as {shown}")
        return None
    pieces: dict[str, list[Piece]] = {}
    sound = True
    for key, entry in node.pairs:
        at, name = entry.at, key.text
        if name not in known:
            found.add(
                key.at, "D001", f"{what} has no field {name[:80]!r}", nearest(name[:60], known) or f"known here: {', '.join(known)}"
            )
            sound = False
        elif isinstance(entry, Scalar):
            if entry.given and name in LISTS:
                found.add(at, "D003", f"{name} must be a list, not a text", "write [one, two]")
                sound = False
            elif entry.given:
                pieces[name] = [(entry.text, at.line, at.column)]
        elif isinstance(entry, Items) and name in LISTS and all(isinstance(each, Scalar) for each in entry.nodes):
            pieces[name] = [(each.text, each.at.line, each.at.column) for each in entry.nodes if isinstance(each, Scalar)]
        else:
            found.add(at, "D003", f"{name} must be a {'list of texts' if name in LISTS else 'text'}", "")
            sound = False
    return (node.at.line, node.at.column, pieces) if sound else None
