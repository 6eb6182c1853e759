"""Readers from a YAML or CSV file: read once, checked, duplicates and groups settled, and kept in a temporary SQLite database.

    known = known_of(loaded, looks_of(root))                    # what readers may name: briefs, themes, markings, looks, languages
    path = readers_file(root, settings)                         # None where the dossier has no readers
    with read_readers(path, settings, known) as readers:        # raises ProblemsFound with every problem of the file
        len(readers); readers.warnings; readers.get("ann@example.org"); "ann@example.org" in readers
        for reader in readers: ...                              # in the order of the file, as often as wanted, a few hundred at a time in memory

The database is SQLite's own private temporary one: on disk beyond a few MiB of cache, and gone when it is closed or the process ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import msgspec

from briefing.delivery import Reader, Settings
from briefing.load.dossier import Loaded
from briefing.load.files import SEED_NAMES
from briefing.load.parse import Enough, Items, Node, Scalar, parse
from briefing.load.parse import Fields as Mapped
from briefing.load.reader_fields import FIELDS, GROUP_FIELDS, Fields, Found, Given, Known
from briefing.load.reader_rows import Record, csv_records, yaml_record
from briefing.load.reader_settling import Settling, folded, opened, rows
from briefing.problems import Location, Problem, ProblemsFound, nearest

CSV_NAMES: Final = (".csv", ".tsv")
MAX_YAML: Final = 4 * 1024 * 1024  # bytes: some 30,000 readers; a CSV file is read line by line
_CHUNK = 500  # readers in memory at a time
_decode_reader = msgspec.msgpack.Decoder(Reader).decode
_decode_given = msgspec.msgpack.Decoder(Given).decode
_encode = msgspec.msgpack.Encoder().encode


class Readers:
    """The readers of one file, settled: iterated over as often as wanted, and asked for by id. Close it, or use it as a context."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.warnings: tuple[Problem, ...] = ()
        self._kept = opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; a second call does nothing."""
        self._kept.close()

    def __iter__(self) -> Iterator[Reader]:
        for _, data in rows(self._kept):
            yield _decode_reader(data)

    def __len__(self) -> int:
        (count,) = self._kept.execute("SELECT count(*) FROM reader").fetchone()
        return int(count)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def get(self, name: str) -> Reader | None:
        """Return the reader of an id, in whatever case it is written, or None."""
        row = self._kept.execute("SELECT data FROM reader WHERE id = ?", (folded(name),)).fetchone()
        return _decode_reader(row[0]) if row else None


def known_of(loaded: Loaded, looks: Iterable[str] = ()) -> Known:
    """Return what the readers of a dossier may name."""
    header = loaded.dossier.header
    languages = {recipe.language or header.language for recipe in loaded.recipes.values()}
    themes = tuple(theme.id for theme in header.themes)
    return Known(tuple(loaded.recipes), themes, header.markings, tuple(looks), tuple(sorted(languages)))


def looks_of(root: Path) -> tuple[str, ...]:
    """Return the names of the looks that a dossier offers its readers: `templates/looks/NAME.yaml`."""
    return tuple(sorted(path.stem for path in (root / "templates" / "looks").glob("*.yaml") if path.is_file()))


def readers_file(root: Path, settings: Settings) -> Path | None:
    """Return the readers file that the settings name or, where they name none, `readers.csv`; None where there is no such file."""
    named = root / settings.readers
    if named.is_file():
        return named
    other = root / "readers.csv"
    return other if settings.readers == Settings().readers and other.is_file() else None


def read_readers(path: Path, settings: Settings, known: Known, name: str = "") -> Readers:
    """Return the readers of a file, to be closed by whoever asked. `name` is what messages call the file; the path where not given.

    Raises ProblemsFound with the problems of the file: all of them up to some hundreds, and how many more there are.
    """
    found = Found(name or str(path))
    readers = Readers(found.file)
    try:
        groups: dict[str, Given] = {}
        given = _read(path, known, found, groups)
        Settling(readers._kept, found, settings, known, groups).settle(given)
        problems, warnings = found.close()
        if problems:
            raise ProblemsFound(problems)
    except BaseException:
        readers.close()
        raise
    readers.warnings = tuple(warnings)
    return readers


def _read(path: Path, known: Known, found: Found, groups: dict[str, Given]) -> Iterator[Given]:
    """Yield what the file says of each reader, in order, after filling `groups`."""
    if not path.name.lower().endswith((*SEED_NAMES, *CSV_NAMES)):
        found.add(Location(found.file), "P001", "a readers file is YAML or CSV", "its name ends in .yaml or .csv")
        return
    try:
        with path.open("rb") as file:
            if path.name.lower().endswith(CSV_NAMES):
                yield from _given(csv_records(file, found), Fields(known, found, in_cells=True))
            else:
                yield from _read_yaml(path, file, known, found, groups)
    except OSError as error:
        found.add(Location(found.file), "P001", f"the file cannot be read: {error.strerror}")


def _given(records: Iterable[Record | None], fields: Fields) -> Iterator[Given]:
    for record in records:
        if record is not None:
            line, column, pieces = record
            if (given := fields.read(pieces, line, column)) is not None:
                yield given


def _read_yaml(path: Path, file: BinaryIO, known: Known, found: Found, groups: dict[str, Given]) -> Iterator[Given]:
    data = file.read(MAX_YAML + 1)
    if len(data) > MAX_YAML:
        hint = "keep the groups here, the readers in a CSV file, and name it: `readers: people.csv`"
        found.add(Location(found.file), "P002", f"the file has more than {MAX_YAML // 1024 // 1024} MiB", hint)
        return
    try:
        top = parse(data, found.file, found, MAX_YAML)
    except Enough:
        return
    if top is None:
        return
    if not isinstance(top, Mapped):
        found.add(top.at, "D003", "the file must be a mapping with groups and readers", "write `readers:` above the list")
        return
    listed: Node | None = None
    for key, node in top.pairs:
        if key.text == "groups":
            _read_groups(node, known, found, groups)
        elif key.text == "readers":
            listed = node
        else:
            hint = nearest(key.text[:60], ("groups", "readers")) or "known here: groups, readers"
            found.add(key.at, "D001", f"the file has no field {key.text[:80]!r}", hint)
    if listed is None:
        found.add(top.at, "D002", "the file lacks the field readers", "a list, or the name of a CSV file")
    elif isinstance(listed, Items):
        fields = Fields(known, found, tuple(groups))
        yield from _given((yaml_record(node, FIELDS, "a reader", found) for node in listed.nodes), fields)
    elif isinstance(listed, Scalar) and listed.text.lower().endswith(CSV_NAMES):
        yield from _read_beside(path.parent / listed.text, listed, known, found, groups)
    else:
        found.add(listed.at, "D003", "readers must be a list, or the name of a CSV file", "such as people.csv")


def _read_beside(path: Path, named: Scalar, known: Known, found: Found, groups: Mapping[str, Given]) -> Iterator[Given]:
    """Yield what the CSV file says that a YAML file with groups names; from here on, places are in that file."""
    try:
        with path.open("rb") as file:
            found.file = str(Path(found.file).parent / named.text)
            yield from _given(csv_records(file, found), Fields(known, found, tuple(groups), in_cells=True))
    except OSError as error:
        found.add(named.at, "P001", f"{named.text[:80]!r} cannot be read: {error.strerror}", "it is looked for beside this file")


def _read_groups(node: Node, known: Known, found: Found, groups: dict[str, Given]) -> None:
    if not isinstance(node, Mapped):
        found.add(
            node.at, "D003", "groups must be a mapping from names to what their readers get", "such as {desk: {briefs: [all]}}"
        )
        return
    fields = Fields(known, found)
    for key, entry in node.pairs:
        name = fields.one("group", key.text, key.at.line, key.at.column)
        if isinstance(entry, Scalar) and not entry.given:
            given: Given | None = Given(key.at.line, key.at.column)
        else:
            given = next(_given([yaml_record(entry, GROUP_FIELDS, "a group", found)], fields), None)
        groups[name or key.text] = given or Given(key.at.line, key.at.column)
