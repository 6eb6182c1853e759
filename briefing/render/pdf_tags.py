"""The structure tree of a tagged PDF: what each piece of a page is, in reading order (ISO 32000-1, 14.7 and 14.8; PDF/UA-1, ISO 14289-1).

Elements come from the parts that placed marks show, as those come up. A page's pieces are numbered, and the tree lists the numbers;
links have their annotations in the tree beside their words. Rows and cells without a word are filled in at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from briefing.model import Chart, ContentsEntry, Heading, Inline, Item, SourceEntry, Steps, Table, Text
from briefing.placed import Dress, Part, PartKind, PartName
from briefing.render.pdf_file import File, address, refs, string
from briefing.walk import plain

Box: TypeAlias = tuple[float, float, float, float]  # left, bottom, right, top

ARTIFACTS: dict[PartName, str] = {
    "": "/Artifact BMC",
    "decoration": "/Artifact<</Type/Layout>>BDC",
    "header": "/Artifact<</Type/Pagination/Subtype/Header/Attached[/Top]>>BDC",
    "marking": "/Artifact<</Type/Pagination/Subtype/Header/Attached[/Top]>>BDC",
    "footer": "/Artifact<</Type/Pagination/Subtype/Footer/Attached[/Bottom]>>BDC",
    "repeated-row": "/Artifact<</Type/Pagination>>BDC",
}
SILENT: frozenset[PartName] = frozenset({"", "decoration"})  # no words may be drawn as one of these: nobody would hear them

_TAGS: dict[PartKind, str] = {
    "kicker": "P",
    "subtitle": "P",
    "paragraph": "P",
    "quote": "BlockQuote",
    "list": "L",
    "item": "LI",
    "label": "Lbl",
    "body": "LBody",
    "details": "L",
    "entry": "LI",
    "term": "Lbl",
    "caption": "Caption",
    "source": "P",
    "numbers": "L",
    "callout": "Sect",
    "callout-title": "P",
    "contents": "TOC",
    "contents-title": "Caption",
    "sources": "L",
    "reference": "LI",
}
_TOOLTIP = 80  # characters of a source that a link to it quotes


class Element:
    """A structure element; its kids are elements, and pieces and annotations (inverted) of pages (from 0).

    `href` and `words` are a link's, `box` is a figure's.
    """

    __slots__ = ("box", "entries", "href", "kids", "number", "parent", "tag", "words")

    def __init__(self, number: int, tag: str, parent: Element | None, entries: bytes) -> None:
        self.number, self.tag, self.parent, self.entries = number, tag, parent, entries
        self.kids: list[Element | tuple[int, int]] = []
        self.words: list[str] = []
        self.href = ""
        self.box: Box | None = None


class Tags:
    """Builds the tree while pages are written. `pages` are the numbers of the page objects, `places` the ids that links may lead to."""

    def __init__(self, file: File, pages: Sequence[int], places: Iterable[str]) -> None:
        self._file, self._pages, self._places = file, pages, frozenset(places)
        self._elements: list[Element] = []
        self._made: dict[Part, Element] = {}
        self._inline: dict[Part, tuple[str, Inline | None, Element]] = {}  # the link or foreign words that a part is within
        self._groups: dict[Part, Element] = {}  # of figures: what holds them, their caption and their source
        self._sections: dict[tuple[Part, str], Element] = {}  # of tables
        self._tables: list[Part] = []
        self._seen: dict[Part, list[Part]] = {}  # rows of tables and cells of rows
        self._contents: dict[Part, list[tuple[int, Element]]] = {}  # the levels that are open
        self._sources: dict[str, str] = {}
        self._goals: dict[str, tuple[bytes, bytes]] = {}  # of links: where they lead, and what a source is called
        self._ids: dict[bytes, Element] = {}
        self._level, self._titled = 0, False
        self._pieces: list[list[Element]] = [[] for _ in pages]
        self._annotations: list[tuple[int, Element, Box]] = []
        self._first = 0  # the number of the first annotation: they stand together, which packs better
        self.linked: list[list[int]] = [[] for _ in pages]  # the annotations of each page, once the tree is finished
        self._root = file.number()
        self._document = self._new("Document", None)

    # ------------------------------------------------------------------------------------------------- while pages are written

    def element(self, part: Part) -> Element:
        """Return the element that a part's words belong to."""
        try:
            return self._made[part]
        except KeyError:
            made = self._made[part] = self._make(part)
            return made

    def inline(self, part: Part, dress: Dress) -> Element:
        """Return the element of words in a dress: that of their link or language, or else the part's."""
        if not dress.href and dress.inline is None:
            self._inline.pop(part, None)
            return self.element(part)
        href = dress.href if dress.href[:1] != "#" or dress.href[1:] in self._places else ""
        language = dress.inline.language if isinstance(dress.inline, Text) else ""
        if not href and not language:
            self._inline.pop(part, None)
            return self.element(part)
        open_href, open_inline, element = self._inline.get(part, ("", None, None))
        if element is None or open_href != href or open_inline is not dress.inline:
            entries = b"/Lang " + string(language) if language else b""
            element = self._new("Link" if href else "Span", self.element(part), entries)
            element.href = href
            self._inline[part] = (href, dress.inline, element)
        return element

    def piece(self, page: int, element: Element) -> str:
        """Return the operator that begins a piece of an element on a page (from 0)."""
        pieces = self._pieces[page]
        number = len(pieces)
        pieces.append(element)
        element.kids.append((page, number))
        return f"/{element.tag}<</MCID {number}>>BDC"

    def enclose(self, part: Part, box: Box) -> None:
        """Extend the box of a figure to one of its marks."""
        figure = self.element(part)
        left, bottom, right, top = figure.box or box
        figure.box = min(left, box[0]), min(bottom, box[1]), max(right, box[2]), max(top, box[3])

    def annotate(self, page: int, link: Element, box: Box) -> None:
        """Add an annotation over words of a link."""
        link.kids.append((page, ~len(self._annotations)))
        self._annotations.append((page, link, box))

    # ------------------------------------------------------------------------------------------------------------ what parts are

    def _new(self, tag: str, parent: Element | None, entries: bytes = b"") -> Element:
        element = Element(self._file.number(), tag, parent, entries)
        self._elements.append(element)
        if parent:
            parent.kids.append(element)
        return element

    def _make(self, part: Part) -> Element:
        parent, node = part.parent, part.node
        if parent is None:
            assert part.kind == "document", part.kind
            return self._document
        match part.kind:
            case "title" | "page-number":
                return self.element(parent)
            case "heading":
                return self._new(f"H{self._heading(part)}", self.element(parent))
            case "list" | "sources":
                numbering = b"Decimal" if isinstance(node, Steps) or part.kind == "sources" else b"Disc"
                return self._new("L", self.element(parent), b"/A<</O/List/ListNumbering/%s>>" % numbering)
            case "reference":
                assert isinstance(node, SourceEntry)
                key = f"source-{node.source}"
                self._sources[f"#{key}"] = f"[{node.number}] {plain(node.children)}"
                own = string(key) not in self._ids  # an id is one element's alone
                element = self._new("LI", self.element(parent), b"/ID " + string(key) if own else b"")
                self._ids.setdefault(string(key), element)
                return element
            case "value" if parent.kind == "entry":
                return self._new("LBody", self.element(parent))
            case "number":
                return self._new("LBody", self._new("LI", self.element(parent)))
            case "value" | "label" if parent.kind == "number":
                return self._new("P", self.element(parent))
            case "contents-entry":
                return self._new("Reference", self._new("TOCI", self._level_of_contents(part)))
            case "paragraph" if parent.kind == "body" and isinstance(parent.node, Item) and len(parent.node.blocks) == 1:
                return self.element(parent)  # an item of one paragraph is that paragraph
            case "table":
                return self._table(part)
            case "row":
                return self._row(part)
            case "head" | "cell":
                self._seen.setdefault(parent, []).append(part)
                return self._cell(part.kind == "head", self.element(parent), row_head=part.row_head)
            case "figure":
                return self._figure(part)
            case "caption" if parent.kind == "figure":
                return self._new("Caption", self._group(parent))
            case "source" if parent.kind in {"figure", "table"}:
                self.element(parent)
                beside = self._group(parent) if parent.kind == "figure" else self._made[parent].parent
                return self._new("P", beside)
            case _:
                return self._new(_TAGS[part.kind], self.element(parent))

    def _heading(self, part: Part) -> int:
        """Return the level of a heading: the title's is 1, and none lies more than one below the heading before it."""
        if isinstance(part.node, Heading):
            self._level = max(1, min(part.node.level + self._titled, self._level + 1))
        else:
            self._level, self._titled = 1, True
        return self._level

    def _level_of_contents(self, part: Part) -> Element:
        assert part.parent is not None
        assert isinstance(part.node, ContentsEntry)
        level = part.node.level
        levels = self._contents.setdefault(part.parent, [(level, self.element(part.parent))])
        while len(levels) > 1 and levels[-1][0] > level:
            levels.pop()
        if levels[-1][0] < level:
            levels.append((level, self._new("TOC", levels[-1][1])))
        return levels[-1][1]

    def _group(self, part: Part) -> Element:
        """Return what holds a figure, its caption and its source line: readers are told the figure's alternative text alone."""
        assert part.parent is not None
        if part not in self._groups:
            self._groups[part] = self._new("Div", self.element(part.parent))
        return self._groups[part]

    def _figure(self, part: Part) -> Element:
        chart = part.node
        assert isinstance(chart, Chart)
        return self._new("Figure", self._group(part), b"/Alt " + string(chart.alt.strip() or plain(chart.caption)))

    # ------------------------------------------------------------------------------------------------------------------- tables

    def _table(self, part: Part) -> Element:
        assert part.parent is not None
        assert isinstance(part.node, Table)
        self._tables.append(part)
        summary = b"/A<</O/Table/Summary %s>>" % string(part.node.summary) if part.node.summary else b""
        return self._new("Table", self.element(part.parent), summary)

    def _section(self, table: Part, tag: str) -> Element:
        if (table, tag) not in self._sections:
            self._sections[table, tag] = self._new(tag, self.element(table))
        return self._sections[table, tag]

    def _row(self, part: Part) -> Element:
        table = part.parent
        assert table is not None
        self._seen.setdefault(table, []).append(part)
        return self._new("TR", self._section(table, "THead" if part.node is table.node else "TBody"))

    def _cell(self, head: bool, row: Element, *, row_head: bool = False) -> Element:
        if not head:
            return self._new("TD", row)
        return self._new("TH", row, b"/A<</O/Table/Scope/%s>>" % (b"Row" if row_head else b"Column"))

    def _fill(self, part: Part) -> None:
        """Give a table the rows and cells that no words stood in: all rows of a table are equally long."""
        table, element = part.node, self._made[part]
        assert isinstance(table, Table)
        rows = self._seen.get(part, [])
        heads = [row for row in rows if row.node is table]
        head, body = self._section(part, "THead"), self._section(part, "TBody")
        head.kids[:] = self._filled([table], heads, lambda: self._new("TR", head))
        body.kids[:] = self._filled(table.rows, rows[len(heads) :], lambda: self._new("TR", body))
        for section, nodes, shown in (
            (head, [table.columns], heads),
            (body, [row.cells for row in table.rows], rows[len(heads) :]),
        ):
            by_element = {self._made[row]: self._seen.get(row, []) for row in shown}
            for row, cells in zip(section.kids, nodes, strict=True):
                assert isinstance(row, Element)
                self._fill_row(row, cells, by_element.get(row, []), head=section is head)
        captions = [kid for kid in element.kids if kid is not head and kid is not body]
        element.kids[:] = [*captions, head, *([body] if body.kids else [])]
        if not body.kids:
            self._elements.remove(body)
            self._file.put(body.number, b"null")

    def _fill_row(self, row: Element, cells: Sequence[object], shown: list[Part], *, head: bool) -> None:
        row.kids[:] = self._filled(cells, shown, lambda: self._cell(head, row))

    def _filled(self, nodes: Sequence[object], shown: list[Part], new: Callable[[], Element]) -> list[Element]:
        """Return an element for each node: the one its part has, or a new one. A node that comes twice has the same words twice."""
        filled: list[Element] = []
        at = 0
        for node in nodes:
            if at < len(shown) and shown[at].node is node:
                filled.append(self._made[shown[at]])
                at += 1
            else:
                filled.append(new())
        assert at == len(shown), "a row or a cell is not where the table has it"
        return filled

    # ------------------------------------------------------------------------------------------------------------ when all is said

    def finish(self) -> int:
        """Write the tree and the annotations; return the number of the root."""
        for part in self._tables:
            self._fill(part)
        keys: list[bytes] = [b"%d %s" % (at, refs([each.number for each in pieces])) for at, pieces in enumerate(self._pieces)]
        for key, (page, link, box) in enumerate(self._annotations, len(self._pages)):
            keys.append(b"%d %d 0 R" % (key, link.number))
            number = self._file.add(self._annotation(key, link, box))
            self._first = self._first or number
            self.linked[page].append(number)
        for element in self._elements:
            self._file.put(element.number, self._written(element))
        ids = b" ".join(b"%s %d 0 R" % (key, self._ids[key].number) for key in sorted(self._ids))
        self._file.put(
            self._root,
            b"<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[%s]>>/ParentTreeNextKey %d%s>>"
            % (self._document.number, b" ".join(keys), len(keys), b"/IDTree<</Names[%s]>>" % ids if ids else b""),
        )
        return self._root

    def _annotation(self, key: int, link: Element, box: Box) -> bytes:
        href = link.href
        if href not in self._goals:
            goal = b"/Dest " + string(href[1:]) if href[0] == "#" else b"/A<</S/URI/URI %s>>" % string(address(href))
            self._goals[href] = goal, string(_cut(self._sources[href])) if href in self._sources else b""
        goal, said = self._goals[href]
        return b"<</Type/Annot/Subtype/Link/Rect[%.2f %.2f %.2f %.2f]/Border[0 0 0]/F 4/StructParent %d/Contents %s%s>>" % (
            *box,
            key,
            said or string(" ".join("".join(link.words).split()) or href),
            goal,
        )

    def _written(self, element: Element) -> bytes:
        first = -1  # the page that is named once for all kids
        kids: list[bytes] = []
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(b"%d 0 R" % kid.number)
                continue
            page, shown = kid
            if first < 0:
                first = page
            if shown < 0:
                elsewhere = b"/Pg %d 0 R" % self._pages[page] if page != first else b""
                kids.append(b"<</Type/OBJR/Obj %d 0 R%s>>" % (self._first + ~shown, elsewhere))
            elif page == first:
                kids.append(b"%d" % shown)
            else:
                kids.append(b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (self._pages[page], shown))
        entries = element.entries
        if first >= 0:
            entries += b"/Pg %d 0 R" % self._pages[first]
        if element.box:
            entries += b"/A<</O/Layout/Placement/Block/BBox[%.2f %.2f %.2f %.2f]>>" % element.box
        if kids:
            entries += b"/K " + kids[0] if len(kids) == 1 else b"/K[%s]" % b" ".join(kids)
        parent = element.parent.number if element.parent else self._root
        return b"<</S/%s/P %d 0 R%s>>" % (element.tag.encode(), parent, entries)


def _cut(text: str) -> str:
    """Return no more of a text than a tooltip holds, whole words."""
    if len(text) <= _TOOLTIP:
        return text
    return text[:_TOOLTIP].rsplit(" ", 1)[0].rstrip(",;:. ") + "\u2026"
