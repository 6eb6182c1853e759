"""Reading a dossier's `templates/house.docx`, and saying what keeps it from being used."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING, Any

from briefing.house import HOUSE, House, Relation
from briefing.look import Margins
from briefing.problems import Location, Problem, ProblemsFound
from briefing.word import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STRICT = b"http://purl.oclc.org/ooxml/"
_KINDS = ("styles", "settings", "fontTable", "theme", "numbering", "header", "footer")
_MOST = 64 * 1024 * 1024  # bytes of all parts, unpacked
_NARROWEST = 70 * 72 / 25.4  # points of text: narrower columns hold no table
_POINTS_TO_MM = 25.4 / 72
# Settings that lead out of the package, or to parts that are not taken over
_SETTINGS_LEFT = ("attachedTemplate", "mailMerge", "footnotePr", "endnotePr", "writeProtection", "documentProtection", "rsids")
_SECTION_LEFT = ("printerSettings", "sectPrChange", "footnotePr", "endnotePr", "type")


def read_house(data: bytes) -> House:
    """Return what a house's document gives. Raises ProblemsFound with the first thing that keeps it from being used."""
    reader = _Reader(data)
    try:
        return reader.house()
    except _Refused as refused:
        raise ProblemsFound([refused.problem]) from None


class _Refused(Exception):
    def __init__(self, code: str, message: str, hint: str) -> None:
        self.problem = Problem(Location(HOUSE), code, message, hint)
        super().__init__(message)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parts: dict[str, bytes] = {}
        self._defaults: dict[str, str] = {}
        self._overrides: dict[str, str] = {}

    def house(self) -> House:
        self._unpack()
        main = next((target for _, kind, target in self._relations("") if kind == "officeDocument"), "")
        if main not in self._parts:
            raise _Refused("H002", "the package has no document part", "save it anew in Word, as .docx")
        if self._type(main).find("macroEnabled") >= 0 or any(name.endswith("vbaProject.bin") for name in self._parts):
            raise _Refused("H003", "the document holds macros", "save it as .docx, without macros")
        if _STRICT in self._parts[main]:
            raise _Refused("H004", "the document is Strict Open XML", "save it as Word document (.docx), not as Strict")
        section = self._section(main)
        wanted = {node.get(f"{{{_R}}}id") for node in section.iter() if node.tag in {_w("headerReference"), _w("footerReference")}}
        taken = tuple(
            Relation(name, kind, target)
            for name, kind, target in self._relations(main)
            if kind in _KINDS and (kind not in {"header", "footer"} or name in wanted)
        )
        lost = sorted(wanted - {relation.id for relation in taken})
        if lost:
            raise _Refused("H005", f"{main} names a header or footer that is not there: {lost[0]}", "save it anew in Word")
        parts: dict[str, bytes] = {}
        for relation in taken:
            self._take(relation.target, parts)
        settings = next((relation.target for relation in taken if relation.kind == "settings"), "")
        if settings:
            parts.pop(_rels(settings), None)
            parts[settings] = self._trimmed(settings)
        styles = next((relation.target for relation in taken if relation.kind == "styles"), "")
        names = self._styles(styles) if styles else {}
        if "heading 1" not in names:
            raise _Refused(
                "H006",
                "the document has no style Heading 1",
                "apply Heading 1 to a line of it, once, and save: Word writes what is used",
            )
        frame = self._frame(section)
        from lxml import etree  # type: ignore[import-untyped]

        return House(
            parts,
            {name: self._type(name) for name in parts if not name.endswith(".rels")},
            taken,
            etree.tostring(section, encoding="unicode"),
            names,
            frame,
        )

    def _unpack(self) -> None:
        if self._data[:4] == b"\xd0\xcf\x11\xe0":
            raise _Refused("H001", "the file is an old .doc, or protected by a password", "save it as .docx, without a password")
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                if sum(info.file_size for info in archive.infolist()) > _MOST:
                    raise _Refused(
                        "H007", f"the document has more than {_MOST // 1024 // 1024} MiB", "take large pictures out of it"
                    )
                self._parts = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
            raise _Refused("H001", "the file is no Word document", "save it as .docx in Word or LibreOffice") from None
        except Exception as error:
            if type(error).__module__ == "zlib":
                raise _Refused("H001", "the file is damaged", "save it anew as .docx") from None
            raise
        if "[Content_Types].xml" not in self._parts:
            raise _Refused("H001", "the file is no Word document", "save it as .docx in Word or LibreOffice")
        for node in self._xml("[Content_Types].xml"):
            kind = node.get("ContentType", "")
            if node.tag.endswith("}Default"):
                self._defaults[node.get("Extension", "").lower()] = kind
            elif node.tag.endswith("}Override"):
                self._overrides[node.get("PartName", "").lstrip("/")] = kind

    def _xml(self, name: str) -> Any:
        """Return a part's root. A document type would bring entities, which no Word document has."""
        from lxml import etree

        if b"<!DOCTYPE" in self._parts[name]:
            raise _Refused("H008", f"{name} has a document type", "save the document anew in Word")
        try:
            return etree.fromstring(self._parts[name], etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            line = f", line {error.lineno}" if error.lineno else ""
            raise _Refused("H008", f"{name}{line}: not XML", "save the document anew in Word") from None

    def _type(self, name: str) -> str:
        return self._overrides.get(name) or self._defaults.get(name.rpartition(".")[2].lower(), "application/octet-stream")

    def _relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Yield id, kind and target of each relationship of a part that leads to a part."""
        name = _rels(part)
        if name in self._parts:
            for node in self._xml(name):
                if node.get("TargetMode") != "External" and node.tag == f"{{{_PACKAGE}/relationships}}Relationship":
                    target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), node.get("Target", ""))).lstrip("/")
                    yield node.get("Id", ""), node.get("Type", "").rpartition("/")[2], target

    def _take(self, name: str, parts: dict[str, bytes]) -> None:
        """Take a part with all parts that it leads to."""
        if name in parts:
            return
        if name not in self._parts:
            raise _Refused("H005", f"the document names a part that is not there: {name}", "save it anew in Word")
        parts[name] = self._parts[name]
        if name.endswith(".xml"):
            self._xml(name)
        rels = _rels(name)
        if rels in self._parts:
            parts[rels] = self._parts[rels]
            for _, _, target in self._relations(name):
                self._take(target, parts)

    def _section(self, main: str) -> Any:
        found = self._xml(main).find(f"{_w('body')}/{_w('sectPr')}")
        if found is None or found.find(_w("pgSz")) is None or found.find(_w("pgMar")) is None:
            raise _Refused("H009", f"{main} does not say how large its page is", "set page size and margins in Word and save")
        for tag in _SECTION_LEFT:
            for node in found.findall(_w(tag)):
                found.remove(node)
        found.tail = None
        for key in [key for key in found.attrib if "rsid" in key]:
            del found.attrib[key]
        return found

    def _trimmed(self, name: str) -> bytes:
        """Return the settings without what leads elsewhere."""
        from lxml import etree

        root = self._xml(name)
        for node in list(root):
            if node.tag in map(_w, _SETTINGS_LEFT) or any(
                key.startswith(f"{{{_R}}}") for each in node.iter() for key in each.attrib
            ):
                root.remove(node)
        written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
        return written

    def _styles(self, name: str) -> dict[str, str]:
        found = {}
        for style in self._xml(name).findall(_w("style")):
            named = style.find(_w("name"))
            if named is not None:
                found[named.get(_w("val"), "").lower()] = style.get(_w("styleId"), "")
        return found

    def _frame(self, section: Any) -> Frame:
        size, margins = section.find(_w("pgSz")), section.find(_w("pgMar"))

        def length(node: Any, name: str) -> float:
            text = node.get(_w(name), "0")
            if not re.fullmatch(r"-?\d{1,6}", text):
                raise _Refused(
                    "H009", f"the page has no size that can be read: {name} is {text!r}", "set page size and margins in Word"
                )
            return abs(int(text)) / 20

        def edge(name: str) -> float:
            return length(margins, name) * _POINTS_TO_MM

        edges = Margins(edge("top"), edge("bottom"), edge("left"), edge("right"), edge("header"), edge("footer"))
        frame = Frame(length(size, "w"), length(size, "h"), edges)
        if frame.text_width < _NARROWEST or frame.height - length(margins, "top") - length(margins, "bottom") < _NARROWEST:
            raise _Refused("H009", "the page leaves no room for text", "set page size and margins in Word")
        return frame


def _w(tag: str) -> str:
    return f"{{{_W}}}{tag}"


def _rels(part: str) -> str:
    folder, _, leaf = part.rpartition("/")
    return f"{folder}/_rels/{leaf}.rels".lstrip("/")
