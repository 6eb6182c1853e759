"""Where a word stands in a seed file: a record knows where it begins, this finds the line and column of what is wrong within it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from briefing.problems import Location


class Places:
    """The texts of the seed files by name, read when a place is asked for. Without a file's text the record's own place serves."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._bytes = texts
        self._lines: dict[str, list[str]] = {}

    def word(self, at: Location, word: str, *, after: str = "") -> Location:
        """Return the place of an id or a field's value in the record that begins at `at`; `after`: the key it follows."""
        pattern = rf"(?<![\w.-]){re.escape(word)}(?![\w-])"
        if after:
            key = re.search(rf"(?<![\w-]){re.escape(after)}:", "\n".join(islice(self._from(at), 400)))
            if key:
                at = self._moved(at, key.end())
        return self._find(at, pattern, 0)

    def token(self, at: Location, token: str, nth: int = 0, *, after: str = "") -> Location:
        """Return the place of the `nth` occurrence of exactly these characters at or after `at`, all in one line."""
        if after:
            key = self._find(at, rf"(?<![\w-]){re.escape(after)}:", 0)
            at = key if key != at else at
        return self._find(at, re.escape(token), nth)

    def _find(self, at: Location, pattern: str, nth: int) -> Location:
        for number, line in enumerate(self._from(at)):
            for match in re.finditer(pattern, line):
                if nth == 0:
                    start = match.start() + (at.column if number == 0 else 1)
                    return Location(at.file, at.line + number, start)
                nth -= 1
        return at

    def _from(self, at: Location) -> list[str]:
        """Return the lines of a file from a place on, the first without what stands before it."""
        if at.file not in self._lines:
            self._lines[at.file] = self._bytes.get(at.file, b"").decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        lines = self._lines[at.file]
        if not 0 < at.line <= len(lines):
            return []
        return [lines[at.line - 1][at.column - 1 :], *lines[at.line :]]

    def _moved(self, at: Location, by: int) -> Location:
        text = "\n".join(islice(self._from(at), 400))[:by]
        rows = text.count("\n")
        return Location(at.file, at.line + rows, by - text.rfind("\n") if rows else at.column + by)
