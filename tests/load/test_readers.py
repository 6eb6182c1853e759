"""Readers from YAML and CSV are the same readers; groups add and restrict as they should; one reader is one, however often it stands there."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.delivery import Reader, Settings, Smtp
from briefing.load.reader_fields import FIELDS, LISTS, Known
from briefing.load.readers import Readers, read_readers, readers_file
from briefing.problems import NOWHERE, Location, ProblemsFound

KNOWN = Known(
    ("policy-brief", "one-page-summary"),
    ("economic", "defence"),
    ("public", "official", "restricted"),
    ("large", "small"),
    ("en-GB", "ja"),
)
PLAIN = Settings()
GROUPS = """\
groups:
  desk: {briefs: [policy-brief], clearance: official, formats: [pdf]}
  ministers: {briefs: [one-page-summary], clearance: restricted, formats: [docx, pdf], stamp: true, until: 2026-06-30, minor: true}
  economists: {briefs: [policy-brief], themes: [economic], until: 2026-03-31}
  on-defence: {themes: [defence]}
  away: {paused: true}
  nothing:
"""


def read(folder: Path, text: str, how: Settings = PLAIN, name: str = "readers.yaml") -> Readers:
    path = folder / name
    path.write_text(text, "utf-8")
    return read_readers(path, how, KNOWN, name)


def readers(folder: Path, text: str, how: Settings = PLAIN, name: str = "readers.yaml") -> list[Reader]:
    with read(folder, text, how, name) as found:
        return list(found)


def warned(folder: Path, text: str, how: Settings = PLAIN, name: str = "readers.yaml") -> list[str]:
    with read(folder, text, how, name) as found:
        return [str(problem) for problem in found.warnings]


def refused(folder: Path, text: str, how: Settings = PLAIN, name: str = "readers.yaml") -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        read(folder, text, how, name)
    return [str(problem) for problem in found.value.problems]


def one(folder: Path, fields: str, groups: str = GROUPS) -> Reader:
    """Return the one reader of a file with some groups."""
    (reader,) = readers(folder, f"{groups}readers:\n- {{address: ann@example.org, {fields}}}\n")
    return reader


def test_a_reader_has_what_stands_there_and_defaults_for_the_rest(tmp_path: Path) -> None:
    text = """\
readers:
- id: ann
  name: Ann Łukasiewicz
  address: Ann@Example.org
  briefs: [policy-brief, one-page-summary/economic]
  formats: [docx, pdf]
  language: en
  look: large
  channel: outbox
  clearance: official
  stamp: true
  password: keyring:ann
  minor: false
  until: 2026-12-31
- folder: sftp://briefs@example.org/in
  briefs: [all]
  themes: [defence]
"""
    assert readers(tmp_path, text) == [
        Reader(
            "ann", "Ann Łukasiewicz", "Ann@Example.org", ("policy-brief", "one-page-summary/economic"), (), ("docx", "pdf"), "en", "large", "outbox",
            clearance="official", stamp=True, password="keyring:ann", minor=False, until=date(2026, 12, 31), at=Location("readers.yaml", 2, 3),
        ),
        Reader(
            "sftp://briefs@example.org/in", briefs=("all",), themes=("defence",), channel="folder", folder="sftp://briefs@example.org/in",
            at=Location("readers.yaml", 15, 3),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_comes_with_any_separator_mark_and_line_end(separator: str, mark: str, end: str, tmp_path: Path) -> None:
    rows = [
        ["Address ", "NAME", "briefs", "stamp"],
        ["ann@example.org", '"Smith; Ann, the ""desk"""', '"policy-brief; one-page-summary"', "TRUE"],
    ]
    rows += [["", "", "", ""], ["bo@example.org", "Bo", "all", ""]]
    text = mark + end.join(separator.join(row) for row in rows) + end
    ann, bo = readers(tmp_path, text, name="readers.csv")
    assert (ann.name, ann.briefs, ann.stamp) == ('Smith; Ann, the "desk"', ("policy-brief", "one-page-summary"), True)
    assert (bo.name, bo.briefs, bo.at) == ("Bo", ("all",), Location("readers.csv", 4, 1))


def test_a_reader_belongs_to_groups_that_add_and_restrict(tmp_path: Path) -> None:
    reader = one(tmp_path, "groups: [desk, ministers, away, nothing]")
    assert reader.briefs == ("policy-brief", "one-page-summary")
    assert reader.formats == ("pdf", "docx")
    assert reader.clearance == "official"  # the lower of two
    assert (reader.stamp, reader.minor, reader.paused, reader.until) == (True, True, True, date(2026, 6, 30))
    assert one(tmp_path, "groups: [ministers, economists]").until == date(2026, 3, 31)
    assert reader.groups == ("desk", "ministers", "away", "nothing")


def test_the_readers_own_word_goes_before_the_groups(tmp_path: Path) -> None:
    reader = one(
        tmp_path,
        "groups: [desk, ministers, away], briefs: [one-page-summary], formats: [html], clearance: restricted, stamp: false, "
        "paused: false, minor: false, until: 2027-01-01",
    )
    assert (reader.briefs, reader.formats, reader.clearance) == (("one-page-summary",), ("html",), "restricted")
    assert (reader.stamp, reader.paused, reader.minor, reader.until) == (False, False, False, date(2027, 1, 1))


def test_briefs_keep_the_themes_of_their_group_and_the_whole_takes_them_in(tmp_path: Path) -> None:
    def wishes(fields: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        reader = one(tmp_path, fields)
        return reader.briefs, reader.themes

    assert wishes("groups: [economists]") == (("policy-brief",), ("economic",))
    assert wishes("groups: [ministers, economists]") == (("one-page-summary", "policy-brief/economic"), ())
    assert wishes("groups: [desk, economists]") == (("policy-brief",), ())  # who gets the whole gets no part of it beside
    assert wishes("groups: [desk, on-defence]") == (("policy-brief",), ("defence",))
    assert wishes("groups: [economists, on-defence]") == (("policy-brief",), ("economic",))
    assert wishes("groups: [ministers, economists], themes: [defence]") == (("one-page-summary", "policy-brief"), ("defence",))
    assert wishes("groups: [ministers, economists], themes: []") == (("one-page-summary", "policy-brief"), ())
    assert wishes("groups: [desk], briefs: []") == ((), ())


def test_a_single_choice_of_groups_is_taken_and_two_are_an_error_unless_the_reader_chooses(tmp_path: Path) -> None:
    groups = "groups:\n  a: {language: ja, look: large}\n  b: {language: en, look: large}\n"
    assert refused(tmp_path, f"{groups}readers:\n- {{address: ann@example.org, briefs: [all], groups: [a, b]}}\n") == [
        "readers.yaml:5:3: P016 the groups a, b differ in language (write the reader's own; it goes before the groups')"
    ]
    reader = one(tmp_path, "briefs: [all], groups: [a, b], language: en-GB", groups)
    assert (reader.language, reader.look) == ("en-GB", "large")


def test_groups_in_yaml_serve_a_csv_beside_it(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("address,groups\nann@example.org,desk;ministers\nbo@example.org,dsk\n", "utf-8")
    assert refused(tmp_path, GROUPS + "readers: people.csv\n") == [
        "people.csv:3:16: P012 groups: there is no group 'dsk' (did you mean desk?)"
    ]
    (tmp_path / "people.csv").write_text("address,groups\nann@example.org,desk;ministers\n", "utf-8")
    (reader,) = readers(tmp_path, "readers: people.csv\n" + GROUPS)
    assert (reader.clearance, reader.at) == ("official", Location("people.csv", 2, 1))


def test_one_reader_twice_is_one_with_a_warning_that_names_both_lines(tmp_path: Path) -> None:
    text = """\
id,address,name,briefs,themes,groups
,Ann@example.org,,policy-brief,,
,ann@EXAMPLE.ORG,Ann,one-page-summary,economic,
bo,bo@example.org,Bo,all,,
BO,,Bo,all,,
"""
    with read(tmp_path, text, name="readers.csv") as found:
        assert [str(problem) for problem in found.warnings] == [
            "readers.csv:3:1: P014 warning: the reader ann@EXAMPLE.ORG stands in line 2 too (both lines are taken as one)",
            "readers.csv:5:1: P014 warning: the reader BO stands in line 4 too (both lines are taken as one)",
        ]
        ann, bo = found
    assert (ann.id, ann.address, ann.name, ann.at.line) == ("ann@example.org", "Ann@example.org", "Ann", 2)
    assert (ann.briefs, ann.themes) == (("policy-brief", "one-page-summary/economic"), ())
    assert (bo.id, bo.briefs) == ("bo", ("all",))


def test_an_address_is_sent_to_as_written_and_known_by_its_key(tmp_path: Path) -> None:
    with read(tmp_path, "readers:\n- {address: Zoë@BÜCHER.example, briefs: [all]}\n") as found:
        (reader,) = found
        assert (reader.address, reader.id) == ("Zoë@BÜCHER.example", "zoë@xn--bcher-kva.example")
        assert found.get("ZOË@xn--bcher-kva.example") == reader
        assert "zoë@xn--bcher-kva.example" in found
        assert "bo@example.org" not in found
        assert found.get("bo@example.org") is None


def test_readers_are_read_as_often_as_wanted_and_side_by_side(tmp_path: Path) -> None:
    text = "address\n" + "".join(f"reader{number}@example.org\n" for number in range(1200))
    with read(tmp_path, text, name="readers.csv") as found:
        (tmp_path / "readers.csv").unlink()  # what was read stays as it was
        first, second = iter(found), iter(found)
        assert next(first) == next(second)
        assert [reader.id for reader in found] == [f"reader{number}@example.org" for number in range(1200)]
        assert len(found) == 1200 == 1 + sum(1 for _ in first)
    found.close()  # a second time


def test_channels_come_from_the_reader_the_groups_and_the_settings(tmp_path: Path) -> None:
    text = "groups: {share: {channel: folder, folder: /srv}}\nreaders:\n- {address: ann@example.org}\n- {address: bo@example.org, groups: [share]}\n"
    smtp = Settings(sender="d@example.org", channel="smtp", smtp=Smtp("mail.example.org"))
    assert [reader.channel for reader in readers(tmp_path, text)] == ["outbox", "folder"]
    assert [reader.channel for reader in readers(tmp_path, text, smtp)] == ["smtp", "folder"]


def test_one_folder_is_not_for_two_readers_who_get_different_files_there(tmp_path: Path) -> None:
    text = """\
readers:
- {id: ann, folder: /srv/in}
- {id: bo, folder: /srv/in/}
- {id: cy, folder: /srv/./in, clearance: official}
- {id: dan, folder: "file:///srv/in", formats: [html]}
- {id: eve, folder: /srv/in, stamp: true}
- {id: fay, folder: /srv/in, password: "env:FAY"}
- {id: gil, folder: /srv/in, channel: outbox, address: gil@example.org, stamp: true}
"""
    assert [reader.id for reader in readers(tmp_path, text.partition("- {id: cy")[0])] == ["ann", "bo"]
    own, hint = "and one of them has copies of its own", "(what one gets would replace what the other got; a folder for each)"
    assert refused(tmp_path, text) == [
        f"readers.yaml:4:3: P020 the folder /srv/./in is that of line 2 too, with another clearance {hint}",
        f"readers.yaml:5:3: P020 the folder file:///srv/in is that of line 2 too, with another format {hint}",
        f"readers.yaml:6:3: P020 the folder /srv/in is that of line 2 too, {own} {hint}",
        f"readers.yaml:7:3: P020 the folder /srv/in is that of line 2 too, {own} {hint}",
    ]


def test_who_gets_nothing_is_warned_of(tmp_path: Path) -> None:
    text = "address,briefs,language\nann@example.org,,\nbo@example.com,all,\ncy@mail.example.org,all,fr\n"
    assert warned(tmp_path, text, Settings(allow=("example.org", "*.example.org")), "readers.csv") == [
        "readers.csv:2:1: P018 warning: the reader ann@example.org gets nothing: no brief is named (briefs: [all] is every one)",
        "readers.csv:3:1: P019 warning: the reader bo@example.com gets nothing: example.com is not among the domains that mail may go to (add it to `allow` in delivery.yaml, or take the reader out)",
        "readers.csv:4:1: P018 warning: the reader cy@mail.example.org gets nothing: no brief is in fr (there is en-GB, ja)",
    ]
    assert warned(tmp_path, "address\n", name="readers.csv") == ["readers.csv: P018 warning: the file holds no reader"]


def test_the_readers_file_is_the_one_named_or_the_csv_that_is_there(tmp_path: Path) -> None:
    assert readers_file(tmp_path, Settings()) is None
    (tmp_path / "readers.csv").write_text("address\n")
    assert readers_file(tmp_path, Settings()) == tmp_path / "readers.csv"
    assert readers_file(tmp_path, Settings(readers="people.csv")) is None
    (tmp_path / "readers.yaml").write_text("readers: []\n")
    assert readers_file(tmp_path, Settings()) == tmp_path / "readers.yaml"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
    lambda text: text[0] not in "=+-@＝＋－＠" and text.isprintable()
)
MANY: dict[str, tuple[str, ...]] = {
    "briefs": ("policy-brief", "one-page-summary", "all", "policy-brief/economic"),
    "themes": ("economic", "defence"),
    "formats": ("pdf", "docx", "html", "txt"),
    "groups": ("desk", "ministers", "economists", "on-defence", "away", "nothing"),
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.from_regex(r"[a-z0-9][a-zA-Z0-9._@~-]{0,8}", fullmatch=True),
    "name": NAMES | st.sampled_from(["Ann, of the desk", 'Bo "the desk"', "a; b", "x\ty".replace("\t", " ")]),
    "language": st.sampled_from(["en", "en-GB", "ja"]),
    "look": st.sampled_from(["large", "small"]),
    "channel": st.sampled_from(["outbox", "folder"]),
    "folder": st.sampled_from(["/srv/briefs", "s3://bucket/briefs", "sftp://ann@example.org/in"]),
    "clearance": st.sampled_from(["public", "official", "restricted"]),
    "stamp": st.sampled_from(["true", "false"]),
    "password": st.sampled_from(["env:BRIEF", "keyring:briefs/ann"]),
    "paused": st.sampled_from(["true", "false"]),
    "minor": st.sampled_from(["true", "false"]),
    "until": st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(date.isoformat),
    **{field: st.lists(st.sampled_from(options), min_size=1, max_size=3) for field, options in MANY.items()},
}
ROWS = st.lists(
    st.fixed_dictionaries({"address": st.from_regex(r"[a-z]{1,3}@(?:example|bücher)\.org", fullmatch=True)}, optional=VALUES),
    max_size=6,
)


def as_csv(rows: list[dict[str, Any]], separator: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(FIELDS)
    for row in rows:
        writer.writerow([";".join(row.get(field, ())) if field in LISTS else row.get(field, "") for field in FIELDS])
    return out.getvalue()


def as_yaml(rows: list[dict[str, Any]]) -> str:
    return "readers:" + ("".join(f"\n- {json.dumps(row, ensure_ascii=False)}" for row in rows) or " []") + "\n"


def settled(path: Path) -> tuple[list[Reader], list[str]]:
    """Return the readers of a file without their places, and the codes of its problems."""
    try:
        with read_readers(path, Settings(), KNOWN, path.name) as found:
            return [msgspec.structs.replace(reader, at=NOWHERE) for reader in found], [each.code for each in found.warnings]
    except ProblemsFound as error:
        return [], sorted(problem.code for problem in error.problems)


@settings(max_examples=60)
@given(rows=ROWS, separator=st.sampled_from([",", ";", "\t"]))
def test_yaml_and_csv_say_the_same(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], separator: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "same.yaml").write_text(GROUPS + as_yaml(rows), "utf-8")
    (folder / "rows.csv").write_text(as_csv(rows, separator), "utf-8", newline="")
    (folder / "named.yaml").write_text(GROUPS + "readers: rows.csv\n", "utf-8")
    assert settled(folder / "same.yaml") == settled(folder / "named.yaml")


@settings(max_examples=60)
@given(rows=ROWS)
def test_what_is_settled_settles_to_itself(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "first.yaml").write_text(GROUPS + as_yaml(rows), "utf-8")
    first, _ = settled(folder / "first.yaml")
    again = [
        {
            field: list(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value)
            for field in FIELDS
            if field != "groups" and (value := getattr(reader, field)) not in ("", None, ())
        }
        for reader in first
    ]
    (folder / "second.yaml").write_text(as_yaml(again), "utf-8")
    second, problems = settled(folder / "second.yaml")
    assert second == [msgspec.structs.replace(reader, groups=()) for reader in first]
    assert set(problems) <= {"P018"}
    assert len({reader.id.casefold() for reader in second}) == len(second) == len({reader.address.lower() for reader in second})
