"""The page on readers tells the truth: its examples load, its table has every field, and the schemas take what the reader takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from briefing.delivery import Settings
from briefing.load.delivery import read_settings
from briefing.load.reader_fields import FIELDS, Known
from briefing.load.readers import read_readers
from briefing.load.schema import schemas
from tests.load.test_schema import faults, plain

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "readers.md").read_text("utf-8")
BLOCKS = re.findall(r"```(yaml|csv)\n(.*?)```", PAGE, re.DOTALL)
KNOWN = Known(("policy-brief", "one-page-summary"), ("economic",), ("public", "official", "restricted"), (), ("en-GB",))


def block(holding: str) -> str:
    (found,) = (str(text) for _, text in BLOCKS if holding in text)
    return found


def test_the_examples_of_readers_are_the_readers_they_seem(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("address,groups\nann@example.org,desk\n", "utf-8")
    for name, holding in (("a.yaml", "ministers:"), ("b.csv", "address,name"), ("c.yaml", "readers: people.csv")):
        text = block(holding) if name != "c.yaml" else next(text for _, text in BLOCKS if text.endswith("readers: people.csv\n"))
        path = tmp_path / name
        path.write_text(text, "utf-8")
        with read_readers(path, Settings(), KNOWN) as readers:
            assert readers.warnings == ()
            first = next(iter(readers))
            assert (first.address, first.briefs, first.clearance) == ("ann@example.org", ("policy-brief",), "official")
        if name != "b.csv":
            schema = schemas()["readers"]
            assert faults(plain(path), schema, schema) == []


def test_the_example_of_settings_is_read(tmp_path: Path) -> None:
    path = tmp_path / "delivery.yaml"
    path.write_text(block("attach_up_to"), "utf-8")
    schema = schemas()["delivery"]
    assert faults(plain(path), schema, schema) == []
    settings = read_settings(tmp_path)
    named = set(yaml.safe_load(block("attach_up_to")))
    assert named | {"at"} == set(settings.__struct_fields__)


def test_every_field_of_a_reader_stands_in_the_table_and_the_schema() -> None:
    assert sorted(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == sorted(FIELDS)
    assert sorted(schemas()["readers"]["$defs"]["Reader"]["properties"]) == sorted(FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        "readers: people.xlsx",
        "readers: [{adress: ann@example.org}]",
        "readers: [{address: ann@example.org, formats: [pdff]}]",
        "readers: [{address: ann@example.org, password: hunter2}]",
        "groups: {desk: {address: ann@example.org}}\nreaders: []",
        "groups: {}",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    schema = schemas()["readers"]
    assert faults(yaml.safe_load(text), schema, schema)


def test_the_schema_of_settings_refuses_a_secret() -> None:
    schema = schemas()["delivery"]
    good = {"smtp": {"host": "mail.example.org", "user": "env:A", "password": "keyring:mail"}}
    assert faults(good, schema, schema) == []
    assert faults({"smtp": {"host": "mail.example.org", "password": "hunter2"}}, schema, schema)
