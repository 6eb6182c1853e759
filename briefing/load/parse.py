"""From the bytes of a YAML file to nodes that know their place, and every problem that has to do with the file or with YAML.

The nodes come from libyaml's events, one pass, so that anchors, tags, depth and documents are seen before anything is built.
Scalars stay text: what a scalar means is decided by the type of the field that holds it (`decode`).
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import msgspec

from briefing.load.files import MAX_BYTES
from briefing.problems import Location, Problem

MAX_TEXT = 20_000  # characters in one text
MAX_DEPTH = 20
MAX_PROBLEMS = 100  # of one file

# C0 and C1 controls but tab and line feed, line and paragraph separators, bidirectional overrides and isolates, an inner
# byte-order mark, private use, surrogates, and the last two code points of each plane.
_REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufffe\uffff\U000f0000-\U0010ffff]"
)


class Scalar(msgspec.Struct, frozen=True, gc=False):
    """A text; `given` is false for a plain empty one, as after `title:`."""

    text: str
    at: Location
    given: bool = True


class Items(msgspec.Struct, frozen=True):
    """A list."""

    nodes: list[Node]
    at: Location


class Fields(msgspec.Struct, frozen=True):
    """A mapping, in the order of the file; no key comes twice."""

    pairs: list[tuple[Scalar, Node]]
    at: Location


Node: TypeAlias = Scalar | Items | Fields


class Enough(Exception):
    """A file holds more problems than anyone reads at once."""


class Collector:
    """Gathers the problems of one file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, at: Location, code: str, message: str, hint: str = "") -> None:
        """Note a problem. Raises Enough when there are too many to go on."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.problems.append(
                Problem(Location(at.file), "Y015", f"more than {MAX_PROBLEMS} problems; the rest is not read", "mend these first")
            )
            raise Enough
        self.problems.append(Problem(at, code, message, hint))


def text_of(data: bytes, file: str, found: Collector, most: int = MAX_BYTES) -> str | None:
    """Return a file's text with line feeds only, or None after noting why its bytes are none that we take."""
    whole = Location(file)
    if len(data) > most:
        found.add(whole, "Y004", f"the file has more than {most // 1024 // 1024} MiB", "cut it into several files")
        return None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:1] == b"\0" or data[1:2] == b"\0":
        found.add(whole, "Y001", "the file is UTF-16 or UTF-32", "save it as UTF-8")
        return None
    if data.startswith(b"\xef\xbb\xbf"):
        found.add(whole, "Y002", "the file begins with a byte-order mark", "save it as UTF-8 without BOM")
        data = data[3:]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        at = Location(file, before.count(b"\n") + 1, column)
        found.add(at, "Y001", f"the byte 0x{data[error.start]:02X} is not UTF-8", "save the file as UTF-8")
        return None
    text = text.replace("\r\n", "\n")
    bad = False
    for match in _REFUSED.finditer(text):
        found.add(_place(text, match.start(), file), "Y003", _refused(match[0]), "remove it")
        bad = True
    return None if bad else text


def _place(text: str, index: int, file: str) -> Location:
    return Location(file, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _refused(character: str) -> str:
    code = ord(character)
    if code < 0xA0 or code in (0x2028, 0x2029):
        kind = "control character"
    elif 0x202A <= code <= 0x2069:
        kind = "character that reverses the direction of text,"
    elif code == 0xFEFF:
        kind = "byte-order mark"
    else:
        kind = "private or unassigned character"
    return f"the text holds the {kind} U+{code:04X}" if kind[-1] != "," else f"the text holds the {kind[:-1]} U+{code:04X}"


def parse(data: bytes, file: str, found: Collector, most: int = MAX_BYTES) -> Node | None:
    """Return the one document of a YAML file of `most` bytes, or None after noting in `found` why there is none to use."""
    text = text_of(data, file, found, most)
    if text is None:
        return None
    import yaml

    reader: Any
    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]

        reader = CParser(text)
    except ImportError:  # PyYAML without libyaml: the same events, ten times slower
        reader = yaml.BaseLoader(text)
    builder = _Builder(file, found)
    try:
        node = builder.document(reader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
        words, begun = str(error.problem or error.context), error.context_mark
        if error.context and error.problem:
            words += f", {error.context}" + (f" that began in line {begun.line + 1}" if begun and begun.line + 1 < at.line else "")
        lines = text.split("\n")
        found.add(at, "Y005", f"not YAML: {words}", _syntax_hint(words, lines[min(at.line, len(lines)) - 1] if at.line else ""))
        return None
    except yaml.YAMLError as error:
        found.add(Location(file), "Y005", f"not YAML: {error}")
        return None
    return node if builder.sound else None


def _syntax_hint(words: str, line: str) -> str:
    if "\t" in line:
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in words or "could not find expected ':'" in words:
        return 'a text that holds ": " needs quotes, or >- and a line of its own'
    if "cannot start any token" in words:
        return "a text that begins with @, ` or % needs quotes"
    if "escape" in words:
        return "in double quotes a backslash begins an escape; use single quotes"
    if re.search(r"(?:: |- )[\[{\"'].*[\]}\"'] *[^\]},# ]", line):
        return "a text that begins with a bracket, a brace or a quote needs quotes around all of it"
    if "unexpected end of stream" in words or "quoted scalar" in words:
        return "a quote is not closed"
    if "expected ',' or" in words:
        return "a bracket or brace is not closed, or a text within it needs quotes"
    if "did not find expected key" in words or "block" in words:
        return "look at the indentation and the quotes, here and in the line above"
    return ""


class _Builder:
    """Builds nodes from events; `sound` is false once something was seen that makes the nodes unusable."""

    def __init__(self, file: str, found: Collector) -> None:
        self.file, self.found, self.sound = file, found, True

    def document(self, reader: Any) -> Node | None:
        from yaml import events

        next_event = reader.get_event
        next_event()  # the stream's start
        event = next_event()
        if isinstance(event, events.StreamEndEvent):
            self.refuse(Location(self.file), "Y011", "the file is empty", "delete it, or write what belongs in it")
            return None
        node = self.node(reader, events)
        next_event()  # the document's end
        event = next_event()
        if not isinstance(event, events.StreamEndEvent):
            self.refuse(self.at(event), "Y008", "a second document begins in the file", "remove the line ---")
        if isinstance(node, Scalar) and not node.given:
            self.refuse(Location(self.file), "Y011", "the file is empty", "delete it, or write what belongs in it")
        return node

    def refuse(self, at: Location, code: str, message: str, hint: str = "") -> None:
        self.sound = False
        self.found.add(at, code, message, hint)

    def at(self, event: Any) -> Location:
        mark = event.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def node(self, reader: Any, events: Any) -> Node | None:
        """Build the next node, without recursion: depth is bounded before anything is built."""
        scalar_event, list_event, mapping_event = events.ScalarEvent, events.SequenceStartEvent, events.MappingStartEvent
        next_event, file, found = reader.get_event, self.file, self.found
        stack: list[Node] = []
        keys: list[Scalar | None] = []
        seen: list[set[str]] = []
        node: Node
        while True:
            event = next_event()
            kind = type(event)
            if kind is scalar_event:
                mark = event.start_mark
                text, at = event.value, Location(file, mark.line + 1, mark.column + 1)
                if len(text) > MAX_TEXT:
                    self.refuse(at, "Y010", f"the text has {len(text):,} characters; {MAX_TEXT:,} are allowed", "cut it into parts")
                    text = ""
                if event.style == '"' and (match := _REFUSED.search(text)):
                    found.add(at, "Y003", _refused(match[0]), "remove the escape")
                    self.sound = False
                node = Scalar(text, at, text != "" or bool(event.style))
            elif kind is mapping_event:
                node = Fields([], self.at(event))
            elif kind is list_event:
                node = Items([], self.at(event))
            elif kind is events.AliasEvent:
                self.refuse(self.at(event), "Y006", f"anchors and aliases are not allowed: *{event.anchor}", "write it out in full")
                node = Scalar("", self.at(event), given=False)
            else:  # the end of a list or mapping
                keys.pop()
                seen.pop()
                node = stack.pop()
                if not stack:
                    return node
                continue
            if kind is not events.AliasEvent:
                if event.anchor is not None:
                    self.refuse(self.at(event), "Y006", f"anchors and aliases are not allowed: &{event.anchor}", "remove it")
                if event.tag is not None:
                    self.refuse(
                        self.at(event),
                        "Y007",
                        f"tags are not allowed: {_tag(event.tag)}",
                        "remove it: the field says what a text means",
                    )

            if stack:  # hang the node into its parent
                parent = stack[-1]
                if isinstance(parent, Items):
                    parent.nodes.append(node)
                elif isinstance(parent, Fields):
                    key = keys[-1]
                    if key is not None:
                        parent.pairs.append((key, node))
                        keys[-1] = None
                    elif isinstance(node, Scalar):
                        self.key(node, seen[-1])
                        keys[-1] = node
                    else:
                        self.refuse(node.at, "Y013", "a key must be a text", "quote a key that begins with a bracket or a brace")
                        keys[-1] = Scalar("", node.at)
                        # The key's own nodes hang below it; the value that follows belongs to the stand-in.
            if isinstance(node, Scalar):
                if not stack:
                    return node
            else:
                if len(stack) >= MAX_DEPTH:
                    self.refuse(node.at, "Y009", f"nested deeper than {MAX_DEPTH} levels", "a seed file needs six")
                    raise Enough
                stack.append(node)
                keys.append(None)
                seen.append(set())

    def key(self, key: Scalar, seen: set[str]) -> None:
        if key.text == "<<":
            self.refuse(key.at, "Y014", "merge keys are not allowed: <<", "write the fields out in full")
        elif key.text in seen:
            self.refuse(key.at, "Y012", f"the key {_short(key.text)} comes twice", "keep one of the two")
        seen.add(key.text)


def _tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
