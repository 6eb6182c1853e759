"""A house's own Word document, as far as it is the frame of ours: styles, page, header and footer, never its words."""

from __future__ import annotations

import msgspec

from briefing.word import Frame

HOUSE = "templates/house.docx"


class Relation(msgspec.Struct, frozen=True):
    """A line of the document's relationships: `kind` is the last word of its type, `target` a part's name from the package's root."""

    id: str
    kind: str
    target: str


class House(msgspec.Struct, frozen=True):
    """What is taken over. `parts` are styles, settings, theme, numbering, fonts, headers and footers with all that these lead to."""

    parts: dict[str, bytes]
    types: dict[str, str]  # the content type of each of these parts
    relations: tuple[Relation, ...]
    section: str  # the XML of the last section's properties
    styles: dict[str, str]  # the id of each style by its name, in small letters
    frame: Frame

    def part(self, kind: str) -> str:
        """Return the name of the part of a kind, "" where the house has none."""
        return next((relation.target for relation in self.relations if relation.kind == kind), "")
