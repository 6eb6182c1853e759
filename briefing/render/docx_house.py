"""A house's own document as the frame of ours: its styles, numbering, header and footer, and ours where it has none.

A style is known by its name, since its id is written in the language of the Word that made it. What is added takes the house's
typeface: a style of ours that it lacks names no font. In a one-page summary our styles take the place of the house's, but for those
of its header and footer: the page was measured with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from briefing.house import House, Relation
from briefing.render.docx_package import XML, W

_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KEPT = {"normal", "default paragraph font", "normal table", "no list"}
_FURNITURE = {"header", "footer"}
_NAMED = re.compile(r'(<w:(?:pStyle|rStyle|tblStyle|basedOn|next|link) w:val=")([^"]*)"')
_NUMBERS = re.compile(r'(<w:(?:numId w:val|num w:numId)=")(\d+)"')
_DEFINITIONS = re.compile(r'(<w:abstractNum(?:Id w:val| w:abstractNumId)=")(\d+)"')
_DRAWINGS = re.compile(r'(<wp:docPr id=")(\d+)"')
_LATE = ("textDirection", "bidi", "rtlGutter", "docGrid")  # what may follow w:titlePg in a section (17.6.17)


class Joined(NamedTuple):
    """The house's parts, completed; what ours are called there."""

    parts: dict[str, bytes]
    types: dict[str, str]
    relations: tuple[Relation, ...]
    section: str
    ids: dict[str, str]  # our style id -> its id in this document, where that is another
    shift: int  # of the numbers of lists
    drawings: int  # of the numbers of drawings

    def placed(self, xml: str) -> str:
        """Return XML of ours with the ids that its styles and lists have here."""
        named = _NAMED.sub(lambda found: f'{found[1]}{self.ids.get(found[2], found[2])}"', xml)
        return _DRAWINGS.sub(lambda found: f'{found[1]}{int(found[2]) + self.drawings}"', _shifted(named, self.shift))


def join(house: House, ours: tuple[bytes, str], language: str, furniture: tuple[dict[str, str], str], *, one_page: bool) -> Joined:
    """Return the house's document with our styles and lists.

    `ours` are our styles and our numbering, with the lists of this document. `furniture` is the XML of our headers and footers by
    what the section calls them, as "header default", and the paragraph of the marking for headers of the house.
    """
    styles, numbering = ours
    frame, marking = furniture
    parts, types = dict(house.parts), dict(house.types)
    relations = list(house.relations)
    theirs = _part(house, "numbering", f'{XML}<w:numbering xmlns:w="{W}"></w:numbering>')
    shift = 1 + max([0, *(int(each) for pattern in (_NUMBERS, _DEFINITIONS) for _, each in pattern.findall(theirs))])
    shift = shift if house.part("numbering") else 0
    root, ids, added = _styles(house, styles, language, shift, one_page=one_page)
    drawings = max([0, *(int(number) for data in parts.values() for number in re.findall(rb'<wp:docPr [^>]*?\bid="(\d+)"', data))])
    joined = Joined(parts, types, (), "", ids, shift, drawings)
    for kind, content in (
        ("styles", _written(root)),
        ("numbering", _numbering(theirs, _unlinked(joined, numbering, added)).encode()),
    ):
        name = house.part(kind)
        if not name:
            name = f"word/{kind}.xml"
            relations.append(Relation(f"rIdBrief{len(relations)}", kind, name))
            types[name] = f"{_OFFICE}.{kind}+xml"
        parts[name] = content
    if marking:
        for relation in house.relations:
            if relation.kind == "header":
                parts[relation.target] = _marked(parts[relation.target], joined.placed(marking))
    section = _section(house, joined, relations, (frame, marking), one_page=one_page)
    return joined._replace(relations=tuple(relations), section=section)


def _part(house: House, kind: str, otherwise: str) -> str:
    name = house.part(kind)
    return house.parts[name].decode("utf-8-sig") if name else otherwise


# ----------------------------------------------------------------------------------------------------------------- styles


def _styles(house: House, styles: bytes, language: str, shift: int, *, one_page: bool) -> tuple[Any, dict[str, str], set[str]]:
    """Return the house's styles with ours, our ids where they are others there, and the ids of those that are ours."""
    root, own = _parsed(_part(house, "styles", "").encode()), _parsed(styles)
    _speak(root, language)
    framed = any(relation.kind in _FURNITURE for relation in house.relations)
    known = {node.find(_w("name")).get(_w("val")).lower(): node for node in root.findall(_w("style"))}
    taken = {node.get(_w("styleId")) for node in known.values()}
    ids: dict[str, str] = {}
    added = []
    for node in own.findall(_w("style")):
        name, mine = node.find(_w("name")).get(_w("val")).lower(), node.get(_w("styleId"))
        there = known.get(name)
        if name == "body text" and there is None and not one_page:
            ids[mine] = known["normal"].get(_w("styleId")) if "normal" in known else mine
            if "normal" in known:
                continue
        if name in _FURNITURE:
            stays = framed
        else:
            stays = not _is_ours(name, node, there, one_page=one_page) if there is not None else False
        if there is not None and stays:
            ids[mine] = there.get(_w("styleId"))
            continue
        if there is not None:
            ids[mine] = there.get(_w("styleId"))
            root.remove(there)
        else:
            ids[mine] = mine if mine not in taken else _free(mine, taken)
            taken.add(ids[mine])
            if not one_page:
                for fonts in node.findall(f"{_w('rPr')}/{_w('rFonts')}"):
                    fonts.getparent().remove(fonts)
        added.append((ids[mine], node))
    for mine, node in added:
        node.set(_w("styleId"), mine)
        node.attrib.pop(_w("default"), None)
        for tag in ("basedOn", "next", "link"):
            for link in node.findall(_w(tag)):
                link.set(_w("val"), ids.get(link.get(_w("val")), link.get(_w("val"))))
        for number in node.iter(_w("numId")):
            number.set(_w("val"), str(int(number.get(_w("val"))) + shift))
        root.append(node)
    return root, {mine: theirs for mine, theirs in ids.items() if mine != theirs}, {mine for mine, _ in added}


def _is_ours(name: str, ours: Any, theirs: Any, *, one_page: bool) -> bool:
    """Whether a style that both have is taken from us: on a single page, and where a list's style has lost its list."""
    if name in _KEPT:
        return False
    numbered = f"{_w('pPr')}/{_w('numPr')}"
    return one_page or (ours.find(numbered) is not None and theirs.find(numbered) is None)


def _free(name: str, taken: Iterable[str]) -> str:
    number = 1
    while f"Brief{name}{number}" in taken:
        number += 1
    return f"Brief{name}{number}"


def _speak(root: Any, language: str) -> None:
    """Let the styles speak the language of the document."""
    for spoken in root.iter(_w("lang")):
        spoken.set(_w("val"), language)
    defaults = root.find(_w("docDefaults"))
    if defaults is None:
        defaults = root.makeelement(_w("docDefaults"), {})
        root.insert(0, defaults)
    type_default = defaults.find(_w("rPrDefault"))
    if type_default is None:
        type_default = root.makeelement(_w("rPrDefault"), {})
        defaults.insert(0, type_default)
    properties = type_default.find(_w("rPr"))
    if properties is None:
        properties = root.makeelement(_w("rPr"), {})
        type_default.append(properties)
    if properties.find(_w("lang")) is None:
        spoken = root.makeelement(_w("lang"), {_w("val"): language})
        later = [node for node in properties if node.tag in map(_w, ("eastAsianLayout", "specVanish", "oMath"))]
        properties.insert(list(properties).index(later[0]) if later else len(properties), spoken)


# -------------------------------------------------------------------------------------------------------------- numbering


def _shifted(xml: str, shift: int) -> str:
    if not shift:
        return xml
    for pattern in (_NUMBERS, _DEFINITIONS):
        xml = pattern.sub(lambda found: f'{found[1]}{int(found[2]) + shift}"', xml)
    return xml


def _unlinked(joined: Joined, numbering: str, ours: set[str]) -> str:
    """Return our lists as they stand here; a level names its style only where that style is ours."""

    def link(found: re.Match[str]) -> str:
        name = joined.ids.get(found[1], found[1])
        return f'<w:pStyle w:val="{name}"/>' if name in ours else ""

    return _shifted(re.sub(r'<w:pStyle w:val="([^"]*)"/>', link, numbering), joined.shift)


def _numbering(theirs: str, ours: str) -> str:
    """Return both numberings as one: all definitions come before all instances (17.9.16)."""
    inner = ours[ours.index("<w:numbering") :]
    inner = inner[inner.index(">") + 1 : inner.rindex("</w:numbering>")]
    first = inner.index("<w:num ") if "<w:num " in inner else len(inner)
    root = _parsed(theirs.encode())
    place = max([at for at, node in enumerate(root, 1) if node.tag in {_w("abstractNum"), _w("numPicBullet")}], default=0)
    for at, node in enumerate(_fragments(inner[:first])):
        root.insert(place + at, node)
    end = next((at for at, node in enumerate(root) if node.tag == _w("numIdMacAtCleanup")), len(root))
    for at, node in enumerate(_fragments(inner[first:])):
        root.insert(end + at, node)
    return _written(root).decode()


# ------------------------------------------------------------------------------------------------------- page and furniture


def _marked(header: bytes, marking: str) -> bytes:
    root = _parsed(header)
    for at, node in enumerate(_fragments(marking)):
        root.insert(at, node)
    return _written(root)


def _section(house: House, joined: Joined, relations: list[Relation], ours: tuple[dict[str, str], str], *, one_page: bool) -> str:
    """Return the section's properties, with our header and footer where the house has none, or a header for the marking."""
    furniture, marking = ours
    root = _parsed(house.section.encode())
    kinds = {relation.kind for relation in house.relations}
    wanted = furniture if not kinds & {"header", "footer"} else {}
    if marking and not kinds & {"header"} and not wanted:
        wanted = {"header default": marking, "header first": marking}
    for number, (called, xml) in enumerate(wanted.items(), 1):
        kind, _, place = called.partition(" ")
        name, tag = f"word/briefFrame{number}.xml", "hdr" if kind == "header" else "ftr"
        joined.parts[name] = f'{XML}<w:{tag} xmlns:w="{W}">{joined.placed(xml)}</w:{tag}>'.encode()
        joined.types[name] = f"{_OFFICE}.{kind}+xml"
        relations.append(Relation(f"rIdBrief{len(relations)}", kind, name))
        (reference,) = _fragments(f'<w:{kind}Reference w:type="{place}" xmlns:r="{_REL}" r:id="{relations[-1].id}"/>')
        root.insert(number - 1, reference)
    if wanted is furniture and wanted and root.find(_w("titlePg")) is None:
        after = next((at for at, node in enumerate(root) if node.tag in map(_w, _LATE)), len(root))
        root.insert(after, root.makeelement(_w("titlePg"), {}))
    if one_page:  # lines stand as far apart as their styles say
        for grid in root.findall(_w("docGrid")):
            root.remove(grid)
    from lxml import etree  # type: ignore[import-untyped]

    written: str = etree.tostring(root, encoding="unicode")
    return written


# -------------------------------------------------------------------------------------------------------------------- XML


def _parsed(xml: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


def _fragments(xml: str) -> list[Any]:
    return list(_parsed(f'<w:r xmlns:w="{W}">{xml}</w:r>'.encode()))


def _written(root: Any) -> bytes:
    from lxml import etree

    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return written


def _w(tag: str) -> str:
    return f"{{{W}}}{tag}"
