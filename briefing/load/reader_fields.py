"""The fields of readers and groups: what each may hold, whichever file it comes from. A newline, a formula or a secret ends here.

A field arrives as pieces, each a text with its line and column: one for a value or a CSV cell, several for a YAML list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias, cast, get_args
from urllib.parse import urlsplit

import msgspec

from briefing.address import fault
from briefing.delivery import ChannelName
from briefing.load.decode import _date as _day
from briefing.load.decode import _Mistake, _show
from briefing.load.parse import _REFUSED, Collector, _refused
from briefing.load.recipes import _LANGUAGE
from briefing.problems import NOWHERE, Location, Problem, nearest
from briefing.recipe import FormatName

MAX_SHOWN = 200  # problems of one readers file, and as many warnings
MAX_ENTRIES = 200  # of one list
MAX_KEPT = 10_000  # values that need not be read again
PLACE_OF_SECRET = re.compile(r"(?:env:[A-Za-z_][A-Za-z0-9_]{0,99}|keyring:[A-Za-z0-9][A-Za-z0-9 ._@/:-]{0,199})", re.ASCII)
PLACE_HINT = "env:NAME for a variable of the environment, keyring:NAME for an entry of the keyring"
FORMULA = "=+-@＝＋－＠"  # at a cell's start a spreadsheet takes these for a formula (OWASP, CSV injection)
_NAME = re.compile(r"\w[\w.@+'~-]*")
_LONGEST = {"name": 200, "folder": 2000, "password": 220, "address": 254}  # characters; 254 where not given

Piece: TypeAlias = tuple[str, int, int]  # text, line, column


class Known(msgspec.Struct, frozen=True):
    """What readers may name: all that the dossier has."""

    briefs: tuple[str, ...]
    themes: tuple[str, ...]
    markings: tuple[str, ...]  # the ladder, lowest first
    looks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # those that briefs are in


class Given(msgspec.Struct, frozen=True, array_like=True):
    """What a file says of a reader or a group; None: nothing. `briefs` may hold "brief/theme"."""

    line: int
    column: int
    id: str | None = None
    name: str | None = None
    address: str | None = None
    briefs: tuple[str, ...] | None = None
    themes: tuple[str, ...] | None = None
    formats: tuple[str, ...] | None = None
    language: str | None = None
    look: str | None = None
    channel: str | None = None
    folder: str | None = None
    clearance: str | None = None
    stamp: bool | None = None
    password: str | None = None
    paused: bool | None = None
    minor: bool | None = None
    until: date | None = None
    groups: tuple[str, ...] | None = None


LISTS: Final = ("briefs", "themes", "formats", "groups")
FIELDS: Final = tuple(field for field in Given.__struct_fields__ if field not in ("line", "column"))
GROUP_FIELDS: Final = tuple(field for field in FIELDS if field not in ("id", "name", "address", "groups"))


class Found(Collector):
    """The problems and warnings of one readers file: the first few hundred of each, and how many more there are."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file, self.warnings, self.more, self.more_warnings = file, list[Problem](), 0, 0

    def add(self, at: Location, code: str, message: str, hint: str = "") -> None:
        """Note a problem, or only count it."""
        if len(self.problems) < MAX_SHOWN:
            self.problems.append(Problem(at, code, message, hint))
        else:
            self.more += 1

    def warn(self, at: Location, code: str, message: str, hint: str = "") -> None:
        """Note a warning, or only count it."""
        if len(self.warnings) < MAX_SHOWN:
            self.warnings.append(Problem(at, code, message, hint, warning=True))
        else:
            self.more_warnings += 1

    def close(self) -> tuple[list[Problem], list[Problem]]:
        """Return problems and warnings, each with a line about those that were only counted."""
        for noted, more, what in ((self.problems, self.more, "problems"), (self.warnings, self.more_warnings, "warnings")):
            if more:
                message, hint = f"{more:,} more {what} than the {MAX_SHOWN} shown", "mend these first"
                noted.append(Problem(Location(self.file), "P003", message, hint, warning=what == "warnings"))
        return self.problems, self.warnings


class Fields:
    """Reads the fields of many records; what was read once is not looked at again."""

    def __init__(self, known: Known, found: Found, groups: Sequence[str] = (), *, in_cells: bool = False) -> None:
        self.known, self.found, self.groups, self.in_cells = known, found, groups, in_cells
        self.kept: dict[tuple[str, str], Any] = {}

    def read(self, pieces: Mapping[str, Sequence[Piece]], line: int, column: int) -> Given | None:
        """Return what the pieces of a record say, or None after noting everything that is wrong with them."""
        values: dict[str, Any] = {}
        sound = True
        for field, its in pieces.items():
            value = self.many(field, its) if field in LISTS else self.one(field, *its[0])
            if value is None:
                sound = False
            values[field] = value
        return Given(line, column, **values) if sound else None

    def one(self, field: str, text: str, line: int, column: int) -> Any:
        text = text.strip()
        key = (field, text)
        if key in self.kept:
            return self.kept[key]
        try:
            value = self.value(field, text)
        except _Mistake as mistake:
            code, message, hint, *offset = mistake.args
            self.found.add(Location(self.found.file, line, column + sum(offset)), code, f"{field}: {message}", hint)
            return None
        if field not in ("id", "name", "address") and len(self.kept) < MAX_KEPT:
            self.kept[key] = value
        return value

    def many(self, field: str, pieces: Sequence[Piece]) -> tuple[str, ...] | None:
        """Return the entries of a list: those of one cell, separated by semicolons, or a piece each."""
        cell = (f"cell {field}", pieces[0][0]) if self.in_cells else ("", "")
        if cell in self.kept:
            return cast("tuple[str, ...]", self.kept[cell])
        if self.in_cells:
            pieces = _split(*pieces[0])
        if len(pieces) > MAX_ENTRIES:
            at = Location(self.found.file, *pieces[0][1:])
            self.found.add(at, "P009", f"{field}: {len(pieces):,} entries; {MAX_ENTRIES} are allowed")
            return None
        values = [self.one(field, *piece) for piece in pieces]
        if None in values:
            return None
        made = tuple(dict.fromkeys(values))
        if self.in_cells and len(self.kept) < MAX_KEPT and len(cell[1]) < 200:
            self.kept[cell] = made
        return made

    def value(self, field: str, text: str) -> Any:
        """Return what a text means as a field. Raises _Mistake."""
        most = _LONGEST.get(field, 254)
        if len(text) > most:
            raise _Mistake("P009", f"{len(text):,} characters; {most} are allowed", "")
        if not text:
            raise _Mistake("D012", "nothing stands here", "write it, or leave the field out")
        if not text.isprintable() and (match := _REFUSED.search(text) or re.search(r"[\n\t]", text)):
            what = {"\n": "the text holds a line break", "\t": "the text holds a tab"}.get(match[0]) or _refused(match[0])
            raise _Mistake("Y003", what, "remove it")
        return _READ[field](text, self)

    def named(self, text: str, known: Sequence[str], what: str) -> str:
        """Return a name that must be among those known. Raises _Mistake."""
        if text in known:
            return text
        hint = nearest(text[:80], known) or (f"there are {', '.join(known[:12])}" if known else f"there is no {what}")
        if what == "group" and not known:
            hint = "groups are written in a YAML file, which may name this one: `readers: people.csv`"
        if "," in text or ";" in text:
            hint = "the entries of a list are separated by ; in CSV, and stand in brackets in YAML"
        raise _Mistake("P012", f"there is no {what} {_show(text)}", hint)


def _split(cell: str, line: int, column: int) -> list[Piece]:
    """Return the entries of a cell that holds a list, each at its place."""
    pieces = []
    for part in cell.split(";"):
        if part.strip():
            pieces.append((part.strip(), line, column + len(part) - len(part.lstrip())))
        column += len(part) + 1
    return pieces


def _address(text: str, _: Fields) -> str:
    if wrong := fault(text):
        raise _Mistake("P010", wrong.message, wrong.hint, wrong.offset)
    return text


def _name(text: str, _: Fields) -> str:
    if text[0] in FORMULA:
        raise _Mistake("P011", f"{_show(text)} begins as a formula does: {text[0]}", "begin it with a letter")
    return text


def _id(text: str, _: Fields) -> str:
    if text[0] in FORMULA:
        raise _Mistake("P011", f"{_show(text)} begins as a formula does: {text[0]}", "begin it with a letter")
    if not _NAME.fullmatch(text):
        raise _Mistake(
            "P008", f"{_show(text)} is no name to refer to: letters, digits and . _ - @ + ' ~", "no blanks, slashes or quotes"
        )
    return text


def _brief(text: str, fields: Fields) -> str:
    name, slash, theme = text.partition("/")
    if name != "all":
        fields.named(name, fields.known.briefs, "brief")
    if slash:
        fields.named(theme, fields.known.themes, "theme")
    return text


def _language(text: str, _: Fields) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise _Mistake("P012", f"{_show(text)} is no language tag", "such as en-GB or en")
    return text


def _folder(text: str, _: Fields) -> str:
    if has_password(text):
        raise _Mistake(
            "P013", "a password stands in the URL", "leave it out: sftp://name@host/folder; keys and logins belong to the machine"
        )
    return text


def _flag(text: str, _: Fields) -> bool:
    if text.lower() not in ("true", "false"):  # spreadsheets write TRUE
        raise _Mistake("D006", f"{_show(text)} is neither true nor false", "")
    return text.lower() == "true"


def _secret(text: str, _: Fields) -> str:
    if not PLACE_OF_SECRET.fullmatch(text):
        raise _Mistake("P013", "only the place of a password may stand in a file", PLACE_HINT)
    return text


def has_password(url: str) -> bool:
    """Return whether a URL carries a password, or cannot be told apart from one that does."""
    try:
        parts = urlsplit(url)
        return parts.password is not None
    except ValueError:
        return "@" in url


_READ: dict[str, Callable[[str, Fields], Any]] = {
    "id": _id,
    "group": _id,
    "name": _name,
    "address": _address,
    "briefs": _brief,
    "themes": lambda text, fields: fields.named(text, fields.known.themes, "theme"),
    "formats": lambda text, fields: fields.named(text, get_args(FormatName), "format"),
    "language": _language,
    "look": lambda text, fields: fields.named(text, fields.known.looks, "look"),
    "channel": lambda text, fields: fields.named(text, get_args(ChannelName), "channel"),
    "folder": _folder,
    "clearance": lambda text, fields: fields.named(text, fields.known.markings, "marking"),
    "stamp": _flag,
    "password": _secret,
    "paused": _flag,
    "minor": _flag,
    "until": lambda text, _: _day(text, NOWHERE),
    "groups": lambda text, fields: fields.named(text, fields.groups, "group"),
}
