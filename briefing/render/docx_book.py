"""The package of a Word document about its body, while it is put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from briefing.house import Relation
from briefing.render.docx_zip import Entry, content, entry


@dataclass(slots=True)
class Book:
    """The package about the body: its parts with their types, the document's relationships to them, and how ours are called there."""

    entries: dict[str, Entry]
    types: dict[str, str]
    defaults: dict[str, str]
    relations: list[Relation]
    section: str
    placed: Callable[[str], str] = field(default=lambda xml: xml)
    first_chart: int = 1

    def text(self, name: str) -> str:
        """Return a part as text."""
        return content(self.entries[name]).decode("utf-8-sig")

    def put(self, name: str, text: str | bytes) -> None:
        """Add a part, or put it in the place of one."""
        self.entries[name] = entry(name, text)

    def part(self, kind: str) -> str:
        """Return the name of the part of a kind, "" where there is none."""
        return next((relation.target for relation in self.relations if relation.kind == kind), "")
