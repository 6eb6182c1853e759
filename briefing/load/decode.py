"""From YAML nodes to typed records: the annotations of a struct say what a scalar means and which fields there are.

`decoder(type)` compiles an annotation once into a function from node to value; a mistake is noted with its place and gives `BAD`,
so that one pass finds all of them. `NO`, `1.10` and `12:30` stay text wherever a field is text.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin

import msgspec

from briefing.load.parse import Collector, Fields, Items, Node, Scalar
from briefing.problems import Location, nearest
from briefing.seeds import Amount, Prose, Reference
from briefing.units import SCALES
from briefing.when import When


class _Bad:
    """The value of what could not be read."""


BAD: Final = _Bad()
Decoder: TypeAlias = Callable[[Node, Collector], Any]

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
AMOUNT = r"-?(?:\d{1,3}(?:,\d{2,3})+|\d{1,24})(?:\.\d{1,12})?"
PARAGRAPHS = r"[1-9]\d{0,4}(?:,[1-9]\d{0,4})*"
COLOUR = r"#[0-9a-fA-F]{6}"

_slug = re.compile(SLUG)
_number = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?", re.ASCII)
_integer = re.compile(r"-?\d{1,15}", re.ASCII)
_amount = re.compile(rf"({AMOUNT})(?:\s+(\S.*))?", re.ASCII)
_reference = re.compile(rf"({SLUG})#({PARAGRAPHS})", re.ASCII)
_day = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

MAX_SLUG = 80
_EMPTY: tuple[Any, ...] = ("", (), {})
SLUG_FIELDS = {"id"}  # fields of this name are ids, in every record
SLUG_KEYS = {"figures", "derived", "key_points"}  # mappings of this name have ids as keys


def decode(node: Node, kind: Any, found: Collector) -> Any:
    """Return the record of `kind` that the node holds, or `BAD` after noting in `found` everything that is wrong with it."""
    return decoder(kind)(node, found)


@cache
def decoder(kind: Any, name: str = "") -> Decoder:
    """Return the function that reads a node as `kind`; `name` is what messages call it."""
    origin = get_origin(kind)
    if origin is Literal:
        return _choice(tuple(map(str, get_args(kind))), name)
    if origin in (Union, types.UnionType):
        (inner,) = (option for option in get_args(kind) if option is not types.NoneType)
        return decoder(inner, name)
    if origin is tuple:
        return _list(decoder(get_args(kind)[0], f"an entry of {name}" if name else "an entry"), name)
    if origin is dict:
        key, value = get_args(kind)
        return _mapping(decoder(key, f"a key of {name}"), decoder(value, name), name)
    if kind is Prose:
        return _prose_of(name)
    if kind in _SCALARS:
        return _scalar(_SCALARS[kind], name)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind, name)
    raise TypeError(f"no way to read {kind!r} from YAML")


class _Mistake(Exception):
    """What is wrong with a scalar: code, message, hint."""


_Reader: TypeAlias = Callable[[str, Location], Any]


def _text(text: str, _at: Location) -> str:
    return text.strip()


def _id(text: str, _at: Location) -> str:
    if len(text) > MAX_SLUG or not _slug.fullmatch(text):
        made = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_SLUG]
        hint = f"such as {made}" if made else ""
        raise _Mistake("D011", f"{_show(text)} is no id: lower-case letters, digits and hyphens, {MAX_SLUG} at most", hint)
    return text


def _int(text: str, _at: Location) -> int:
    if not _integer.fullmatch(text):
        raise _Mistake("D004", f"{_show(text)} is not a whole number", "")
    return int(text)


def _float(text: str, _at: Location) -> float:
    if not _number.fullmatch(text):
        raise _Mistake("D005", f"{_show(text)} is not a number", "digits with a point, such as 10.5")
    return float(text)


def _decimal(text: str, _at: Location) -> Decimal:
    if not re.fullmatch(AMOUNT, text, re.ASCII):
        raise _Mistake("D005", f"{_show(text)} is not a number", "digits with a point, such as 10.5")
    return Decimal(text.replace(",", ""))


def _bool(text: str, _at: Location) -> bool:
    if text not in ("true", "false"):
        raise _Mistake("D006", f"{_show(text)} is neither true nor false", "")
    return text == "true"


def _date(text: str, _at: Location) -> date:
    try:
        if not _day.fullmatch(text):
            raise ValueError("a day is written 2025-08-29")
        return date.fromisoformat(text)
    except ValueError as error:
        raise _Mistake("D007", f"{_show(text)} is not a day", str(error)) from None


def _when(text: str, _at: Location) -> When:
    try:
        if not text.isascii():  # other scripts' digits are digits to Python
            raise ValueError(f"{text!r} is not a date such as 2025, 2025-08 or 2025-08-29")
        return When.parse(text)
    except ValueError as error:
        raise _Mistake("D007", _clip(str(error), 200), "") from None


def _prose(text: str, at: Location) -> Prose:
    if not text.strip():
        raise _Mistake("D012", "the text is empty", "write it, or leave the field out")
    return Prose(text.rstrip(), at)


def _source_reference(text: str, at: Location) -> Reference:
    match = _reference.fullmatch(text.replace(", ", ","))
    if not match:
        raise _Mistake(
            "D008", f"{_show(text)} names no source and paragraph", "written source-id#12, or source-id#12,14 for two paragraphs"
        )
    return Reference(match[1], tuple(map(int, match[2].split(","))), at)


def _quantity(text: str, _at: Location) -> Amount:
    match = _amount.fullmatch(text)
    if not match:
        hint = "the currency belongs in unit" if re.match(r"[A-Z]{3}\b|[$€£¥₹₩]", text) else ""
        hint = hint or (
            "a range is value and high" if re.match(r"[\d.,]+\s*(?:-|–|to)\s*\d", text) else "such as 22.8, 1,400 or 10 trillion"
        )
        raise _Mistake("D009", f"{_show(text)} is not an amount", hint)
    scale = " ".join((match[2] or "").split())
    if scale not in SCALES:
        hint = (
            nearest(scale, SCALES)
            or "thousand, lakh, million, crore, billion, trillion, lakh crore; what is counted belongs in unit"
        )
        raise _Mistake("D009", f"{_show(scale)} is no scale word", hint)
    return Amount(Decimal(match[1].replace(",", "")), scale)


_SCALARS: dict[Any, _Reader] = {
    str: _text, int: _int, float: _float, bool: _bool, Decimal: _decimal, date: _date, When: _when, Prose: _prose,
    Reference: _source_reference, Amount: _quantity, "id": _id,
}  # fmt: skip


def _scalar(read: _Reader, name: str) -> Decoder:
    def decode_scalar(node: Node, found: Collector) -> Any:
        if type(node) is not Scalar:
            return _wrong(node, "a text", name, found)
        try:
            return read(node.text, node.at)
        except _Mistake as mistake:
            code, message, hint = mistake.args
            found.add(node.at, code, f"{name}: {message}" if name else message, hint)
            return BAD

    return decode_scalar


def _prose_of(name: str) -> Decoder:
    """Return what reads a piece of prose: a text, a mapping with a text, or a list of them of which the first that fits is told."""
    plain = _scalar(_prose, name)
    readers = {"text": plain, "rests_on": decoder(tuple[str, ...], "rests_on")}
    readers |= {key: decoder(str, key) for key in ("until", "marking")}

    def decode_one(node: Node, found: Collector) -> Any:
        if type(node) is not Fields:
            return plain(node, found)
        values: dict[str, Any] = {}
        for key, entry in node.pairs:
            if key.text not in readers:
                hint = nearest(key.text[:60], readers) or f"known here: {', '.join(readers)}"
                found.add(key.at, "D001", f"{name} has no field {_show(key.text)}", hint)
                values[key.text] = BAD
                continue
            values[key.text] = readers[key.text](entry, found)
        if "text" not in values:
            found.add(node.at, "D002", f"{name} lacks the field text")
        if "text" not in values or BAD in values.values():
            return BAD
        return msgspec.structs.replace(values.pop("text"), **values)

    def decode_prose(node: Node, found: Collector) -> Any:
        if type(node) is not Items:
            return decode_one(node, found)
        pieces = [decode_one(entry, found) for entry in node.nodes]
        if not pieces:
            found.add(node.at, "D012", f"{name}: the list is empty", "write a text, or leave the field out")
        if not pieces or BAD in pieces:
            return BAD
        return msgspec.structs.replace(pieces[0], otherwise=tuple(pieces[1:]))

    return decode_prose


def _choice(options: tuple[str, ...], name: str) -> Decoder:
    def decode_choice(node: Node, found: Collector) -> Any:
        if type(node) is not Scalar:
            return _wrong(node, "one word", name, found)
        if node.text in options:
            return node.text
        hint = nearest(node.text[:60], options) or "one of " + ", ".join(option or '""' for option in options)
        found.add(node.at, "D010", f"{name}: {_show(node.text)} is not a word that may stand here", hint)
        return BAD

    return decode_choice


def _list(inner: Decoder, name: str) -> Decoder:
    def decode_list(node: Node, found: Collector) -> Any:
        if type(node) is not Items:
            return _wrong(node, "a list", name, found)
        values = []
        for entry in node.nodes:
            if type(entry) is Scalar and not entry.given:
                found.add(entry.at, "D012", f"an entry of {name} is empty", "write it, or remove the dash")
                values.append(BAD)
            else:
                values.append(inner(entry, found))
        return BAD if BAD in values else tuple(values)

    return decode_list


def _mapping(read_key: Decoder, inner: Decoder, name: str) -> Decoder:
    if name in SLUG_KEYS:
        read_key = _scalar(_id, f"a key of {name}")

    def decode_mapping(node: Node, found: Collector) -> Any:
        if type(node) is not Fields:
            return _wrong(node, "a mapping", name, found)
        values: dict[Any, Any] = {}
        sound = True
        for key, entry in node.pairs:
            known = read_key(key, found)
            if type(entry) is Scalar and not entry.given:
                found.add(entry.at, "D012", f"{_show(key.text)} of {name} is empty", "write it, or remove the key")
                value: Any = BAD
            else:
                value = inner(entry, found)
            if known is BAD or value is BAD:
                sound = False
            else:
                values[known] = value
        return values if sound else BAD

    return decode_mapping


def _struct(kind: type[msgspec.Struct], name: str) -> Decoder:
    hints = {field: _meant(kind.__module__, text) for field, text in kind.__annotations__.items()}
    placed = hints.pop("at", None) is Location
    readers = {field: decoder("id" if field in SLUG_FIELDS else hint, field) for field, hint in hints.items()}
    names, defaults = kind.__struct_fields__, kind.__struct_defaults__
    required = list(names[: len(names) - len(defaults)])
    what = name or "the file"

    def decode_struct(node: Node, found: Collector) -> Any:
        if type(node) is not Fields:
            return _wrong(node, f"a mapping with {', '.join(required or list(readers)[:3])}", what, found)
        values: dict[str, Any] = {"at": node.at} if placed else {}
        sound = True
        for key, entry in node.pairs:
            read = readers.get(key.text)
            if read is None:
                hint = nearest(key.text[:60], readers) or f"known here: {', '.join(readers)}"
                if type(entry) is Scalar and not entry.given:
                    hint = "within braces a text that holds a comma needs quotes"
                found.add(key.at, "D001", f"{what} has no field {_show(key.text)}", hint)
                sound = False
            elif type(entry) is not Scalar or entry.given:
                value = values[key.text] = read(entry, found)
                if value is BAD:
                    sound = False
                elif value in _EMPTY and key.text in required:
                    found.add(entry.at, "D012", f"{what}: {key.text} is empty", "it cannot be done without")
                    sound = False
        for field in required:
            if field not in values:
                found.add(node.at, "D002", f"{what} lacks the field {field}")
                sound = False
        return kind(**values) if sound else BAD

    return decode_struct


@cache
def _meant(module: str, annotation: str) -> Any:
    """Return the type that an annotation of ours stands for: `typing.get_type_hints` evaluates equal ones again and again."""
    return eval(annotation, vars(sys.modules[module]))  # noqa: S307


def _wrong(node: Node, wanted: str, name: str, found: Collector) -> _Bad:
    got = {Scalar: "a text", Items: "a list", Fields: "a mapping"}[type(node)]
    hint = ""
    if wanted == "a list" and type(node) is Scalar:
        hint = "write [one, two], or each entry on a line of its own after a dash"
    elif type(node) is Fields and wanted.endswith("text"):
        hint = 'a text that holds ": " or begins with { needs quotes'
    found.add(node.at, "D003", f"{name or 'the file'} must be {wanted}, not {got}", hint)
    return BAD


def _show(text: str) -> str:
    return repr(_clip(text))


def _clip(text: str, longest: int = 80) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
