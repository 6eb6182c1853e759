"""Scalars mean what their field's type says; records know their places; whatever bytes a file has, only problems come of it."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.load.decode import BAD, decode
from briefing.load.dossier import load
from briefing.load.files import Files, builtin
from briefing.load.parse import Collector, Enough, parse
from briefing.problems import NOWHERE, Location, ProblemsFound
from briefing.seeds import Amount, Fact, Prose, Reference, SeedFile
from briefing.when import When

GOOD = """\
dossier:
  title: Trade of Norland and Sudia
  subject: Norland and Sudia
  themes: [{id: trade, title: Trade}]
theme: trade
sources:
  - {id: gazette, title: The Gazette, publisher: The Gazette, kind: secondary, published: 2025-03}
section:
  judgement: Trade grew to {exports.amount}.
facts:
  - id: exports
    says: >-
      Exports reached {amount}
      in {when}.
    figures:
      amount: {value: 1.2 billion, unit: EUR}
    status: happened
    when: 2024
    sources: ["gazette#3,7"]
"""


class Inner(msgspec.Struct, frozen=True):
    name: str
    at: Location = NOWHERE


class Everything(msgspec.Struct, frozen=True):
    text: str = ""
    whole: int = 0
    number: float = 0.0
    exact: Decimal = Decimal(0)
    flag: bool = False
    day: date | None = None
    when: When | None = None
    prose: Prose | None = None
    reference: Reference | None = None
    amount: Amount | None = None
    word: Literal["red", "green"] = "red"
    items: tuple[Inner, ...] = ()
    named: dict[str, Inner] = msgspec.field(default_factory=dict)
    by_word: dict[Literal["red", "green"], int] = msgspec.field(default_factory=dict)
    at: Location = NOWHERE


def read(text: str, kind: Any = Everything) -> Any:
    """Return the record of a text that has no mistake."""
    found = Collector()
    node = parse(text.encode(), "file.yaml", found)
    assert node is not None, found.problems
    record = decode(node, kind, found)
    assert found.problems == []
    return record


def codes(text: str, kind: Any = Everything) -> list[str]:
    """Return the codes of a text's problems."""
    found = Collector()
    node = parse(text.encode(), "file.yaml", found)
    if node is not None:
        assert (decode(node, kind, found) is BAD) == bool(found.problems)
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    "word", ["NO", "yes", "1.10", "12:30", "0x1F", "1_000", "~", "null", "2025-08-29", "1e3", ".inf", "=", "0o7"]
)
def test_a_text_stays_the_text_that_was_written(word: str) -> None:
    assert read(f"text: {word}").text == word


def test_numbers_are_read_by_the_type_of_their_field() -> None:
    record = read("{whole: -12, number: 10.5, exact: '1,234.50', flag: true}")
    assert (record.whole, record.number, record.exact, record.flag) == (-12, 10.5, Decimal("1234.50"), True)


@pytest.mark.parametrize(
    ("written", "number", "scale"),
    [
        ("22.8", "22.8", ""),
        ("10 trillion", "10", "trillion"),
        ("1,400", "1400", ""),
        ("1,00,000", "100000", ""),
        ("250  crore", "250", "crore"),
        ("3 lakh crore", "3", "lakh crore"),
        ("-0.50", "-0.50", ""),
    ],
)
def test_an_amount_keeps_its_digits_and_its_scale_word(written: str, number: str, scale: str) -> None:
    amount = read(f"amount: {written}" if "," not in written else f"amount: '{written}'").amount
    assert (str(amount.number), amount.scale) == (number, scale)


def test_dates_references_and_prose_are_read_with_their_places() -> None:
    record = read("day: 2025-08-29\nwhen: mid 2025-11\nreference: gazette#12,14\nprose: >-\n  Two\n  lines.\n")
    assert record.day == date(2025, 8, 29)
    assert record.when == When.parse("mid 2025-11")
    assert record.reference == Reference("gazette", (12, 14), Location("file.yaml", 3, 12))
    assert record.prose == Prose("Two lines.", Location("file.yaml", 4, 8))


def test_every_record_knows_line_and_column_counted_from_one() -> None:
    record = read("items:\n  - name: a\n  -   name: b\nnamed:\n  x: {name: c}\n")
    assert [item.at for item in record.items] == [Location("file.yaml", 2, 5), Location("file.yaml", 3, 7)]
    assert record.named["x"].at == Location("file.yaml", 5, 6)
    assert record.at == Location("file.yaml", 1, 1)


def test_columns_count_characters_and_not_bytes() -> None:
    record = read("named: {₹ō😀: {name: x}}")
    assert record.named["₹ō😀"].at.column == 14


def test_a_field_left_blank_has_its_default() -> None:
    record = read("text:\nwhole:\nitems:\n")
    assert (record.text, record.whole, record.items) == ("", 0, ())


def test_markup_in_data_is_plain_text() -> None:
    assert read("text: '<b>&amp; {{ x }} {% raw %}'").text == "<b>&amp; {{ x }} {% raw %}"


def test_windows_line_ends_are_read_as_line_ends() -> None:
    assert read("text: a\r\nitems:\r\n  - name: b\r\n").items[0].at == Location("file.yaml", 3, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("whole: 1.5", ["D004"]),
        ("whole: ٣", ["D004"]),
        ("number: ten", ["D005"]),
        ("number: .inf", ["D005"]),
        ("flag: yes", ["D006"]),
        ("day: 2025-8-29", ["D007"]),
        ("when: ２０２５", ["D007"]),
        ("reference: gazette", ["D008"]),
        ("amount: ten", ["D009"]),
        ("word: gren", ["D010"]),
        ("by_word: {gren: 1}", ["D010"]),
        ("items: [{name: a, nmae: b}, {}, text]", ["D001", "D002", "D003"]),
        ("prose: ' '", ["D012"]),
        ("{text: a, text: b}", ["Y012"]),
    ],
)
def test_each_mistake_has_its_code(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_all_mistakes_of_a_file_are_found_in_one_pass() -> None:
    assert codes("whole: a\nday: b\nword: c\nitems: d\nother: e\n") == ["D004", "D007", "D010", "D003", "D001"]


def test_a_fact_is_read_whole() -> None:
    fact: Fact = read(GOOD, SeedFile).facts[0]
    assert fact.says == "Exports reached {amount} in {when}."
    assert fact.figures["amount"].value == Amount(Decimal("1.2"), "billion")
    assert fact.sources[0].paragraphs == (3, 7)
    assert fact.at == Location("file.yaml", 11, 5)


def files(data: bytes) -> Files:
    """Return a dossier of one seed file with the built-in look."""
    look = (builtin() / "look.yaml").read_bytes()
    fonts = tuple(sorted(path.name for path in (builtin() / "fonts").glob("*.ttf")))
    return Files({"seeds/a.yaml": data}, {}, {}, {}, b"", look, fonts, "")


def test_the_good_file_loads() -> None:
    loaded = load(files(GOOD.encode()))
    assert list(loaded.dossier.facts) == ["exports"]
    assert loaded.dossier.facts["exports"].theme == "trade"


def takes(data: bytes) -> None:
    """Load, and let through nothing but problems of that file."""
    try:
        load(files(data))
    except ProblemsFound as error:
        assert error.problems  # noqa: PT017
        assert {problem.at.file for problem in error.problems} <= {"seeds/a.yaml", "seeds"}  # noqa: PT017
        assert all(str(problem) for problem in error.problems)  # noqa: PT017


@given(st.binary(max_size=400))
def test_any_bytes_are_a_dossier_or_problems(data: bytes) -> None:
    takes(data)


_YAML = st.text(st.sampled_from("abc1 \n\t-:[]{},&*!|>'\"%@`#?<.~é₹"), max_size=120)


@given(_YAML)
def test_any_yaml_is_a_dossier_or_problems(text: str) -> None:
    takes(text.encode())


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.one_of(_YAML.map(str.encode), st.binary(max_size=8)))
@settings(max_examples=300)
def test_a_good_file_with_a_hole_or_a_patch_is_a_dossier_or_problems(start: int, length: int, patch: bytes) -> None:
    data = GOOD.encode()
    takes(data[:start] + patch + data[start + length :])


_VALUES = st.recursive(
    st.one_of(st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.none(), st.dates().map(str)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*SeedFile.__struct_fields__, *Fact.__struct_fields__]), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(_VALUES)
def test_any_tree_of_values_under_known_names_is_a_dossier_or_problems(value: object) -> None:
    import json

    takes(json.dumps(value).encode())  # JSON is YAML


def test_a_file_that_is_nested_without_end_stops_at_the_limit() -> None:
    found = Collector()
    with pytest.raises(Enough):
        parse(b"[" * 1_000_000, "file.yaml", found)
    assert [problem.code for problem in found.problems] == ["Y009"]


def test_the_seeds_of_this_repository_load() -> None:
    from briefing.load.files import read_dossier

    root = Path(__file__).parent.parent.parent
    loaded = load(read_dossier(root))
    assert loaded.dossier.facts
    assert loaded.recipes


def test_without_the_c_library_the_same_records_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with_c = read(GOOD, SeedFile)
    monkeypatch.setitem(sys.modules, "yaml.cyaml", None)
    assert read(GOOD, SeedFile) == with_c
    assert codes("text: 'a\n") == ["Y005"]
    assert codes("text: &a b\n") == ["Y006"]
