"""The schemas that editors read say the same as the reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from briefing.load.files import builtin
from briefing.load.schema import schemas

ROOT = Path(__file__).parent.parent.parent


def faults(value: Any, schema: dict[str, Any], top: dict[str, Any]) -> list[str]:
    """Return what is wrong with a value, by as much of JSON Schema as the schemas use."""
    if "$ref" in schema:
        return faults(value, top["$defs"][schema["$ref"].removeprefix("#/$defs/")], top)
    if "anyOf" in schema:
        tried = [faults(value, each, top) for each in schema["anyOf"]]
        return [] if [] in tried else tried[-1]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{value!r} is not one of {schema['enum']}"]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    types = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "array": list, "object": dict}
    if not any(isinstance(value, types[kind]) for kind in kinds):  # type: ignore[arg-type]
        return [f"{value!r} is not {kinds}"]
    out = []
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        out.append(f"{value!r} does not match {schema['pattern']}")
    if isinstance(value, list):
        out += [fault for each in value for fault in faults(each, schema["items"], top)]
    if isinstance(value, dict):
        out += [f"{name} is missing" for name in schema.get("required", ()) if name not in value]
        for name, each in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties", False))
            out += [f"{name} is not known"] if inner is False else faults(each, inner, top)
            out += faults(name, {"type": "string", **schema.get("propertyNames", {})}, top)
    return out


def plain(path: Path) -> Any:
    """Return a YAML file as editors read it: by YAML's own rules, days as text."""
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML has it
            first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
            for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    return yaml.load(path.read_text("utf-8"), Loader)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        *(("seeds", path) for path in sorted((ROOT / "seeds").glob("*.yaml"))),
        *(("brief", path) for path in sorted((ROOT / "briefs").glob("*.yaml"))),
        ("look", builtin() / "look.yaml"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_the_files_of_this_repository_fit_their_schema(name: str, path: Path) -> None:
    schema = schemas()[name]
    assert faults(plain(path), schema, schema) == []


def test_a_schema_refuses_what_the_reader_refuses() -> None:
    schema = schemas()["seeds"]
    good = {"id": "exports", "says": "x", "status": "happened", "sources": ["gazette#3"]}
    assert faults({"facts": [good]}, schema, schema) == []
    for change in ({"id": "A"}, {"status": "hapened"}, {"sources": ["gazette"]}, {"when": "soon"}, {"extra": 1}, {"says": ["x"]}):
        assert faults({"facts": [{**good, **change}]}, schema, schema), change


def test_fields_carry_the_words_of_the_code_beside_them() -> None:
    made = schemas()
    assert made["seeds"]["$defs"]["Fact"]["properties"]["due"]["description"] == "by when something is to have happened"
    assert made["brief"]["description"].startswith("One document to make")


def test_schemas_are_json_and_the_place_of_a_record_is_no_field() -> None:
    for schema in schemas().values():
        assert json.loads(json.dumps(schema)) == schema
        assert "at" not in schema["properties"]
        assert all("at" not in part["properties"] for part in schema["$defs"].values())
