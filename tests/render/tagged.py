"""What a tagged PDF says to who does not see it, and whether that is what the document says.

`faults` reads a finished file with pikepdf and compares it with the document tree: the whole structure, words, links, languages, alternative
texts, bookmarks, artifacts and the numbers that tie pages to the tree. It knows nothing of how the file was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from io import BytesIO
from typing import Any

import msgspec
import pikepdf

from briefing import walk
from briefing.model import (
    Block,
    Bullets,
    Callout,
    Chart,
    Cite,
    Column,
    Contents,
    Details,
    Document,
    Emphasis,
    Group,
    Heading,
    Inlines,
    Item,
    KeyNumbers,
    LineBreak,
    Link,
    Number,
    PageBreak,
    Paragraph,
    SourceList,
    Steps,
    Strong,
    Table,
    Text,
    Title,
)  # fmt: skip
from briefing.render.pdf_file import address

_INLINES = (Text, Strong, Emphasis, Link, Number, Cite, LineBreak)
Node = tuple[str, list["Node | str"]]  # a tag, and what lies in it: nodes and words

# --------------------------------------------------------------------------------------------------- what the file should say


class Expected:
    """The structure that a document should have, from its tree. `numbers` are the pages of its anchors."""

    def __init__(self, document: Document, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self.titled = any(isinstance(block, Title) and _words(walk.plain(block.children)) for block in walk.nodes(document.blocks))
        self.level = 0
        self.tree: Node = ("Document", self.blocks(document.blocks))

    def blocks(self, blocks: Sequence[Block]) -> list[Node | str]:
        return [node for block in blocks for node in self.block(block) if node[1]]

    def block(self, block: Block) -> list[Node]:
        match block:
            case Title(children=children, kicker=kicker, subtitle=subtitle):
                made = [("P", [kicker]), ("H1", [walk.plain(children)]), ("P", [subtitle])]
                self.level = 1 if self.titled else 0
                return [_node(tag, *words) for tag, words in made]
            case Heading(level=level, children=children):
                text = walk.plain(children)
                if not _words(text):
                    return []
                self.level = min(level + (1 if self.titled else 0), self.level + 1)
                return [_node(f"H{self.level}", text)]
            case Paragraph(children=children):
                return [_node("P", walk.plain(children))]
            case Bullets(items=items):
                return [_node("L Disc", *(self.item("\u2022", item) for item in items))]
            case Steps(items=items, start=start):
                return [_node("L Decimal", *(self.item(f"{number}.", item) for number, item in enumerate(items, start)))]
            case Details(entries=entries):
                rows = [_node("LI", _node("Lbl", entry.term), _node("LBody", walk.plain(entry.children))) for entry in entries]
                return [_node("L", *rows)]
            case Table():
                return self.table(block)
            case Chart():
                figure = _node("Figure", block.alt.strip() or walk.plain(block.caption))
                return [_node("Div", _node("Caption", walk.plain(block.caption)), figure, _node("P", walk.plain(block.source)))]
            case KeyNumbers(items=numbers):
                pairs = [(_node("P", walk.plain(each.value)), _node("P", walk.plain(each.label))) for each in numbers]
                return [_node("L", *(_node("LI", _node("LBody", *pair)) for pair in pairs))]
            case Callout(title=title, blocks=blocks):
                return [_node("Sect", _node("P", walk.plain(title)), *self.blocks(blocks))]
            case Contents():
                return [self.contents(block)]
            case SourceList(entries=sources):
                rows = [
                    _node("LI", _node("Lbl", f"[{each.number}]"), _node("LBody", walk.plain(each.children))) for each in sources
                ]
                return [_node("L Decimal", *rows)]
            case Group(blocks=blocks):
                return [node for node in self.blocks(blocks) if isinstance(node, tuple)]
            case PageBreak():
                return []

    def item(self, label: str, item: Item) -> Node:
        body = self.blocks(item.blocks)
        if len(item.blocks) == 1 and isinstance(item.blocks[0], Paragraph):
            body = [walk.plain(item.blocks[0].children)]
        return _node("LI", _node("Lbl", label), _node("LBody", *body))

    def table(self, table: Table) -> list[Node]:
        heads: list[Node | str] = [("TH Column", _words(walk.plain(column.title))) for column in table.columns]
        rows: list[Node | str] = []
        for row in table.rows:
            texts = [_words(walk.plain(cell.children)) for cell in row.cells]
            heading = [at == 0 and table.row_header and bool(text) for at, text in enumerate(texts)]
            rows.append(("TR", [("TH Row" if head else "TD", text) for head, text in zip(heading, texts, strict=True)]))
        caption = _node("Caption", walk.plain(table.caption))
        head: Node = ("THead", [("TR", heads)])
        summary = f" {table.summary}" if table.summary else ""
        made: Node = (f"Table{summary}", [*([caption] if caption[1] else []), head, *([("TBody", rows)] if rows else [])])
        return [made, _node("P", walk.plain(table.source))]

    def contents(self, contents: Contents) -> Node:
        root: Node = ("TOC", [])
        levels: list[tuple[int, Node]] = []
        for entry in contents.entries:
            leaf = _node("TOCI", _node("Reference", f"{entry.text} {self.numbers.get(entry.target, '')}"))
            levels = levels or [(entry.level, root)]
            while len(levels) > 1 and levels[-1][0] > entry.level:
                levels.pop()
            if levels[-1][0] < entry.level:
                inner: Node = ("TOC", [])
                levels[-1][1][1].append(inner)
                levels.append((entry.level, inner))
            levels[-1][1][1].append(leaf)
        title = _node("Caption", contents.title)
        return ("TOC", [*([title] if title[1] else []), *root[1]])


def _node(tag: str, *kids: Node | str) -> Node:
    made: list[Node | str] = []
    for kid in kids:
        if isinstance(kid, str):
            made += _words(kid)
        elif kid[1]:
            made.append(kid)
    return tag, made


def _words(text: str) -> list[Node | str]:
    joined = " ".join(text.split())
    return [joined] if joined else []


def _said(node: Node, depth: int = 0) -> Iterator[str]:
    """Yield a structure as indented lines."""
    tag, kids = node
    yield f"{' ' * depth}<{tag}>"
    for kid in kids:
        if isinstance(kid, str):
            yield f"{' ' * (depth + 1)}{kid}"
        else:
            yield from _said(kid, depth + 1)


def links_of(document: Document, places: set[str]) -> list[tuple[str, str]]:
    """Return where the links of a document lead and the words they are on, in reading order; those to no place are none."""
    found: list[tuple[str, str]] = []

    def inlines(each: Inlines, within: str = "") -> None:
        for inline in each:
            match inline:
                case Text(text=text) | Number(text=text):
                    if within:
                        found.append((within, text))
                case Link(href=href, children=children):
                    inlines(children, href)
                case Cite(refs=refs):
                    found.extend((f"#source-{ref.source}", str(ref.number)) for ref in refs)
                case Strong(children=children) | Emphasis(children=children):
                    inlines(children, within)
                case LineBreak():
                    pass

    for node in walk.nodes(document.blocks):
        if isinstance(node, Contents):
            found += [(f"#{entry.target}", entry.text) for entry in node.entries]
        elif isinstance(node, msgspec.Struct) and not isinstance(node, _INLINES):
            for name in node.__struct_fields__:
                value = getattr(node, name)
                if isinstance(value, tuple) and value and isinstance(value[0], _INLINES):
                    inlines(value)
    return [(href, text) for href, text in found if href[:1] != "#" or href[1:] in places]


# ------------------------------------------------------------------------------------------------------- what the file says


class Tagged:
    """The text of each marked piece of a file, and its structure tree."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.open(BytesIO(data))
        self.faults: list[str] = []
        self.pieces: dict[tuple[int, int], str] = {}  # page from 0, MCID: the words
        self.kinds: dict[tuple[int, int], str] = {}  # the tag that the page names
        self.artifacts: list[tuple[str, str]] = []  # type and subtype, words
        self.pages = {page.obj.objgen: at for at, page in enumerate(self.pdf.pages)}
        self.read: list[tuple[int, int]] = []  # the pieces in the order of the tree
        self.links: list[tuple[str, str]] = []
        self.languages: list[tuple[str, str]] = []
        self.annotations: list[tuple[int, int]] = []
        self._fonts: dict[tuple[int, int], dict[int, str]] = {}
        for at, page in enumerate(self.pdf.pages):
            self._page(at, page)
        root: Any = self.pdf.Root
        self.elements = 0
        self.tree: Node = ("none", [])
        if "/StructTreeRoot" not in root or not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
            self.faults.append("the file is not tagged")
            return
        self.parents = self._parent_tree(root.StructTreeRoot.ParentTree.Nums)
        [made] = self._kids(root.StructTreeRoot.K, root.StructTreeRoot, None)
        assert isinstance(made, tuple)
        self.tree = made
        if sorted(self.read) != sorted(self.pieces):
            self.faults.append(f"pieces lost or said twice: {set(self.pieces) ^ set(self.read)}")

    def _page(self, at: int, page: pikepdf.Page) -> None:
        fonts: Any = page.obj.Resources.Font
        marks: list[tuple[int, int] | None] = []
        artifact = ""
        decode: dict[int, str] = {}
        for instruction in pikepdf.parse_content_stream(page):
            operands: Any = instruction.operands
            name = str(instruction.operator)
            if name in {"BDC", "BMC"}:
                if marks:
                    self.faults.append("a mark within a mark")
                tag = str(operands[0])
                entries: Any = operands[1] if name == "BDC" else {}
                if tag == "/Artifact":
                    artifact = f"{entries.get('/Type', '')}{entries.get('/Subtype', '')}"
                    marks.append(None)
                    self.artifacts.append((artifact, ""))
                else:
                    piece = (at, int(entries["/MCID"]))
                    if piece in self.pieces:
                        self.faults.append(f"{piece} is there twice")
                    self.pieces[piece], self.kinds[piece] = "", tag
                    marks.append(piece)
            elif name == "EMC":
                marks.pop()
            elif name == "Tf":
                decode = self._unicode(fonts[str(operands[0])])
            elif name == "Tj":
                text = "".join(decode[byte] for byte in bytes(operands[0]))
                if not marks:
                    self.faults.append(f"words outside every mark: {text}")
                elif piece_ := marks[-1]:
                    self.pieces[piece_] += text
                else:
                    self.artifacts[-1] = (artifact, self.artifacts[-1][1] + text)
            elif name in {"f", "S", "b"} and not marks:
                self.faults.append("a shape outside every mark")
        if page.obj.get("/Tabs") != "/S":
            self.faults.append("the order of tabs is not that of the structure")

    def _unicode(self, font: Any) -> dict[int, str]:
        if font.objgen not in self._fonts:
            pairs = re.findall(rb"<(..)><([0-9A-F]+)>\n", font.ToUnicode.read_bytes() + b"\n")
            self._fonts[font.objgen] = {int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in pairs}
        return self._fonts[font.objgen]

    def _parent_tree(self, nums: Any) -> dict[int, Any]:
        return {int(nums[at]): nums[at + 1] for at in range(0, len(nums), 2)}

    def _kids(self, kids: Any, parent: Any, page: int | None) -> list[Node | str]:
        made: list[Node | str] = []
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                assert page is not None
                made.append(self._piece((page, int(kid)), parent))
            elif kid.get("/Type") == "/MCR":
                made.append(self._piece((self.pages[kid.Pg.objgen], int(kid.MCID)), parent))
            elif kid.get("/Type") == "/OBJR":
                self._annotation(kid.Obj, parent)
            else:
                made.append(self._element(kid, parent))
        return made

    def _piece(self, piece: tuple[int, int], parent: Any) -> str:
        self.read.append(piece)
        page: Any = self.pdf.pages[piece[0]].obj
        listed = self.parents[int(page.StructParents)]
        if piece[1] >= len(listed) or listed[piece[1]].objgen != parent.objgen:
            self.faults.append(f"{piece} is another element's in the parent tree")
        if self.kinds.get(piece) != str(parent.S):
            self.faults.append(f"{piece} is called {self.kinds.get(piece)} on its page and {parent.S} in the tree")
        return self.pieces.get(piece, "")

    def _annotation(self, annotation: Any, parent: Any) -> None:
        self.annotations.append(annotation.objgen)
        if parent.S != "/Link" or annotation.Subtype != "/Link":
            self.faults.append("an annotation that is not a link's")
        if self.parents[int(annotation.StructParent)].objgen != parent.objgen:
            self.faults.append("an annotation is another element's in the parent tree")
        if not str(annotation.get("/Contents", "")).strip():
            self.faults.append("a link does not say where it leads")

    def _element(self, element: Any, parent: Any) -> Node | str:
        self.elements += 1
        if element.P.objgen != parent.objgen:
            self.faults.append("an element has another parent")
        tag = str(element.S)[1:]
        page = self.pages[element.Pg.objgen] if "/Pg" in element else None
        before = len(self.annotations)
        kids = self._kids(element.K, element, page) if "/K" in element else []
        words = "".join(kid for kid in kids if isinstance(kid, str))
        if tag == "Link":
            said = self.annotations[before:]
            if not said:
                self.faults.append(f"a link without its annotation: {words}")
            else:
                self.links.append((self._goal(self.pdf.get_object(said[0])), " ".join(words.split())))
        if "/Lang" in element:
            self.languages.append((str(element.Lang), " ".join(words.split())))
        if tag in {"Link", "Span"}:
            return words
        attributes: Any = element.get("/A", {})
        if tag == "Figure":
            self._figure(attributes, kids)
            return tag, _words(str(element.get("/Alt", "")))
        detail = str(attributes.get("/ListNumbering", attributes.get("/Scope", ""))).replace("/", " ")
        detail += f" {attributes['/Summary']}" if "/Summary" in attributes else ""
        if tag == "Lbl" and not kids:
            self.faults.append("an empty label")
        return tag + detail, _joined(kids)

    def _figure(self, attributes: Any, kids: list[Node | str]) -> None:
        box = [float(side) for side in attributes.get("/BBox", [])]
        _, _, width, height = (float(side) for side in self.pdf.pages[0].obj.MediaBox)
        if len(box) != 4 or not (0 <= box[0] < box[2] <= width and 0 <= box[1] < box[3] <= height):
            self.faults.append(f"a figure's box is not on its page: {box}")
        if not any(isinstance(kid, str) for kid in kids):
            self.faults.append("a figure without a drawing")

    def _goal(self, annotation: Any) -> str:
        return f"#{annotation.Dest}" if "/Dest" in annotation else str(annotation.A.URI)


def _joined(kids: list[Node | str]) -> list[Node | str]:
    """Return kids with words that follow each other as one string, and without what is empty; an empty cell is something."""
    made: list[Node | str] = []
    words = ""
    for kid in [*kids, ("", [])]:
        if isinstance(kid, str):
            words += kid
            continue
        made += _words(words)
        words = ""
        if kid[1] or kid[0][:2] in {"TD", "TH"}:
            made.append(kid)
    return made


# --------------------------------------------------------------------------------------------------------------- the comparison


def faults(data: bytes, document: Document, numbers: dict[str, int]) -> list[str]:
    """Return what a file says that its document does not, or the other way round; `numbers` are the pages of the document's anchors."""
    file = Tagged(data)
    found = file.faults
    expected = [*_said(_bulleted(Expected(document, numbers).tree))]
    told = [*_said(_bulleted(file.tree))]
    found += unified_diff(expected, told, "document", "file", lineterm="", n=1)
    places = set(numbers)
    wanted = [(address(href) if href[0] != "#" else href, text) for href, text in links_of(document, places)]
    if _by_goal(file.links) != _by_goal(wanted):
        found.append(f"links: {file.links}, not {wanted}")
    shown = sorted(annotation.objgen for page in file.pdf.pages for annotation in page.obj.get("/Annots", []))
    if shown != sorted(file.annotations):
        found.append("links on the page and in the tree differ")
    foreign = {
        node.language for node in walk.nodes(document.blocks) if isinstance(node, Text) and node.language and node.text.strip()
    }
    if {language for language, words in file.languages if words} != foreign:
        found.append(f"languages: {file.languages}")
    found += _artifacts(file, document)
    found += _catalog(file.pdf, document)
    return found


def _by_goal(links: list[tuple[str, str]]) -> dict[str, str]:
    """Return the words of all links to a place, one after the other, without spaces: a link may be in pieces."""
    joined: dict[str, str] = {}
    for href, text in links:
        joined[href] = joined.get(href, "") + "".join(text.split())
    return {href: text for href, text in joined.items() if text}


def _bulleted(node: Node) -> Node:
    """Return a structure with the same sign for all bullets."""
    tag, kids = node
    if tag == "Lbl" and kids in (["\u2022"], ["\u2013"]):
        return tag, ["\u2022"]
    return tag, [kid if isinstance(kid, str) else _bulleted(kid) for kid in kids]


def _artifacts(file: Tagged, document: Document) -> Iterator[str]:
    label = re.escape(document.page_label).replace(r"\{page\}", r"\d+").replace(r"\{pages\}", r"\d+")
    heads = "".join(walk.plain(node.title) for node in walk.nodes(document.blocks) if isinstance(node, Column))
    running = {"/Pagination/Header": f"{document.marking.upper()} {document.header_left} {document.header_right}"}
    for kind, words in file.artifacts:
        if not words.strip():
            continue
        if kind == "/Pagination/Footer":
            rest = re.sub(label, "", words).strip().rstrip("\u2026")
            yield from [f"words in a footer: {rest}"] if rest not in document.footer_left else []
        elif kind in {"/Pagination/Header", "/Pagination"}:
            known = running.get(kind, heads).replace("\u2026", "").split()
            lost = (
                [word for word in words.split() if not any(word.rstrip("\u2026") in each for each in known)]
                if kind in running
                else []
            )
            lost = lost or (
                [words] if kind not in running and set(words.replace(" ", "")) - set(heads.replace("\u00a0", "")) else []
            )
            yield from [f"words in an artifact: {lost}"] if lost else []
        else:
            yield f"words in an artifact {kind}: {words}"


def _catalog(pdf: pikepdf.Pdf, document: Document) -> Iterator[str]:
    root: Any = pdf.Root
    if str(root.get("/Lang", "")) != document.language:
        yield "the language is missing"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "the title is not shown"
    with pdf.open_metadata() as xmp:
        said = [(xmp.get(f"pdfaid:{key}"), xmp.get(f"pdfuaid:{key}")) for key in ("part", "conformance")]
        if said != [("2", "1"), ("A", None)]:
            yield f"claims: {said}"
        if xmp.get("dc:title") != document.title or str(pdf.docinfo.get("/Title")) != document.title:
            yield "the title is another"
        stamp = f"{document.as_of:%m-%d}"
        if not str(xmp.get("xmp:CreateDate"))[4:].startswith(f"-{stamp}") or f"{document.as_of:%m%d}" not in str(
            pdf.docinfo.CreationDate
        ):
            yield "the date is another"
    if [intent.S for intent in root.get("/OutputIntents", [])] != ["/GTS_PDFA1"]:
        yield "no colour space is named"
    wanted = [
        " ".join(walk.plain(node.children).split())
        for node in walk.nodes(document.blocks)
        if (isinstance(node, Heading) and node.id) or isinstance(node, Title)
    ]
    with pdf.open_outline() as outline:
        told = [*_flat(outline.root)]
    if told != [text for text in wanted if text]:
        yield f"bookmarks: {told}, not {wanted}"


def _flat(items: Any) -> Iterator[str]:
    for item in items:
        yield " ".join(str(item.title).split())
        yield from _flat(item.children)
