"""JSON Schemas of the files that a curator writes, for editors: made of the same structs that `decode` reads."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from briefing.delivery import ChannelName, Reader, Settings
from briefing.load.decode import AMOUNT, COLOUR, MAX_SLUG, PARAGRAPHS, SLUG, SLUG_FIELDS, SLUG_KEYS
from briefing.load.delivery import SECRETS
from briefing.load.parse import MAX_TEXT
from briefing.load.reader_fields import GROUP_FIELDS, PLACE_OF_SECRET
from briefing.look import Look
from briefing.problems import Location
from briefing.recipe import Recipe
from briefing.seeds import Amount, Prose, Reference, SeedFile
from briefing.units import scale_words
from briefing.when import When

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DAY = r"(?:(?:early|mid|late) )?(?:FY\d{4}-\d\d|\d{4}(?:-\d\d){0,2})"

# Editors read YAML's plain scalars by YAML's own rules, so that 2025 is a number to them: such fields take either.
_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"], "maxLength": MAX_TEXT}


def _alternatives() -> dict[str, Any]:
    """Return the schema of prose: a text, a text with what it rests on, or a list of either."""
    text = {"type": "string", "maxLength": MAX_TEXT, "description": "Markdown; {fact} or {fact.figure} names a fact"}
    rests = {"type": "array", "items": _TEXT, "description": "facts that must be known beside the ones it names"}
    until = {**_TEXT, "description": "it is told no more once this fact is known"}
    marking = {**_TEXT, "description": "the highest of what it names where not given"}
    properties = {"text": text, "rests_on": rests, "until": until, "marking": marking}
    record = {"type": "object", "properties": properties, "additionalProperties": False, "required": ["text"]}
    listed = {
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [text, record]},
        "description": "the first that fits the date is told",
    }
    return {"anyOf": [text, record, listed]}


_SCALARS: dict[Any, dict[str, Any]] = {
    str: _TEXT,
    Prose: _alternatives(),
    int: {"type": "integer"},
    float: {"type": "number"},
    Decimal: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    When: {"type": ["string", "integer"], "pattern": f"^{_DAY}(?:/{_DAY})?$"},
    Reference: {"type": "string", "pattern": f"^{SLUG}#{PARAGRAPHS}$"},
    Amount: {"type": ["string", "number"], "pattern": f"^{AMOUNT}(?: (?:{'|'.join(scale_words())}))?$"},
}
_ID = {"type": "string", "pattern": f"^{SLUG}$", "maxLength": MAX_SLUG}
_COMMENT = re.compile(r"^    (\w+): .*?  # (.+)$", re.MULTILINE)


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas of all files by name: "seeds", "brief", "look", "delivery" and "readers"."""
    return {
        "seeds": schema(SeedFile),
        "brief": schema(Recipe),
        "look": _partial(schema(Look)),
        "delivery": _closed(schema(Settings)),
        "readers": _readers(),
    }


def _readers() -> dict[str, Any]:
    """Return the schema of a readers file: groups by name, and a list of readers or the name of a CSV file."""
    properties = {name: part for name, part in _record(Reader)["properties"].items() if name not in ("id", "channel")}
    properties["channel"] = {**_of(ChannelName), "description": _notes(Reader)["channel"]}
    properties["password"] = {**properties["password"], "pattern": f"^{PLACE_OF_SECRET.pattern}$"}
    group = {name: properties[name] for name in GROUP_FIELDS}
    own = {"id": {**_TEXT, "description": _notes(Reader)["id"]}, **properties}
    parts = {
        "Group": {"type": "object", "properties": group, "additionalProperties": False},
        "Reader": {"type": "object", "properties": own, "additionalProperties": False},
    }
    listed = {"type": "array", "items": {"$ref": "#/$defs/Reader"}}
    top = {
        "groups": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Group"}, "description": "what their readers get"},
        "readers": {
            "anyOf": [listed, {"type": "string", "pattern": r"\.(?:csv|tsv)$"}],
            "description": "or the name of a CSV file",
        },
    }
    made = {"type": "object", "properties": top, "additionalProperties": False, "required": ["readers"]}
    return {"$schema": DIALECT, "title": "Readers", "description": "Who gets documents.", **made, "$defs": parts}


def _closed(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the settings in which a secret can only be named, as the reader of the file has it."""
    for part in whole["$defs"].values():
        for name, field in part["properties"].items():
            if f"smtp.{name}" in SECRETS or f"signing.{name}" in SECRETS:
                field["pattern"] = f"^(?:{PLACE_OF_SECRET.pattern})?$"
    return whole


def schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON Schema of one struct; the structs within it are under `$defs`, by the names of their classes."""
    records = {record.__name__: _record(record) for record in _records(kind)}
    top = records.pop(kind.__name__)
    return {"$schema": DIALECT, "title": kind.__name__, **top, "$defs": dict(sorted(records.items()))}


def _records(kind: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    found = [kind]
    for record in found:
        for hint in get_type_hints(record).values():
            found += (inner for inner in _structs(hint) if inner not in found)
    return found


def _structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint not in _SCALARS and hint is not Location:
        yield hint
    for inner in get_args(hint):
        yield from _structs(inner)


def _record(kind: type[msgspec.Struct]) -> dict[str, Any]:
    notes = _notes(kind)
    hints = get_type_hints(kind)
    properties = {name: _field(name, hint, notes.get(name, "")) for name, hint in hints.items() if hint is not Location}
    required = [field.name for field in msgspec.structs.fields(kind) if field.required]
    made: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        made["required"] = required
    about = (kind.__doc__ or "").strip()
    return {"description": about, **made} if about else made


def _field(name: str, hint: Any, note: str) -> dict[str, Any]:
    made = dict(_ID) if name in SLUG_FIELDS else _of(hint)
    if name in SLUG_KEYS:
        made["propertyNames"] = dict(_ID)
    elif name == "colours":
        made["additionalProperties"] = {"type": "string", "pattern": f"^{COLOUR}$"}
    return {**made, "description": note} if note else made


def _of(hint: Any) -> dict[str, Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, types.UnionType):
        return _of(next(option for option in inner if option is not types.NoneType))
    if origin is tuple:
        return {"type": "array", "items": _of(inner[0])}
    if origin is dict:
        made = {"type": "object", "additionalProperties": _of(inner[1])}
        return {**made, "propertyNames": _of(inner[0])} if get_origin(inner[0]) is Literal else made
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _notes(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Return what the source says of each field in a comment beside it."""
    try:
        source = inspect.getsource(kind)
    except OSError:  # no source to read: a schema without descriptions serves as well
        return {}
    return {name: note for name, note in _COMMENT.findall(source) if not note.startswith(("fmt:", "type:", "noqa"))}


def _partial(whole: dict[str, Any]) -> dict[str, Any]:
    """Return a schema in which nothing is required: what a look does not say is built in."""
    parts = {name: {key: value for key, value in part.items() if key != "required"} for name, part in whole["$defs"].items()}
    return {key: value for key, value in whole.items() if key != "required"} | {"$defs": parts}
