"""The page of checks and the code name the same codes, and every code of loading and checking has a case that trips it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# A dossier cannot lose what is built in, nor, run by root, hold a file that nobody may read; S001 is about no dossier at all.
WITHOUT_CASE = {"L001", "L003", "S001", "S005", "Y090", "O011", "O012"}  # O: only where originals are named
WITHOUT_CASE |= {f"H00{number}" for number in range(1, 10)}  # cases are text, a house's document is not: tests/load/test_house.py
WITHOUT_CASE |= {"P002", "P003"}  # of files too large to be cases: tests/load/test_hostile_readers.py


def in_code(*folders: str) -> set[str]:
    """Return the codes in the source under some folders of the package."""
    files = [path for folder in folders for path in (ROOT / "briefing" / folder).rglob("*.py")]
    return {code for path in files for code in re.findall(r'"([A-Z]\d{3})"', path.read_text("utf-8"))}


def in_docs() -> list[str]:
    return re.findall(r"^\| ([A-Z]\d{3}) \|", (ROOT / "docs" / "checks.md").read_text("utf-8"), re.MULTILINE)


def test_every_code_is_documented_once_and_in_order() -> None:
    listed = in_docs()
    assert sorted(set(listed)) == sorted(in_code("."))
    for letter in sorted({code[0] for code in listed}):
        group = [code for code in listed if code[0] == letter]
        assert group == sorted(set(group))


def test_every_code_of_loading_and_checking_has_a_case() -> None:
    cases = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests" / "cases" / "bad").glob("*.txt"))
    tripped = set(re.findall(r"^\S+: ([A-Z]\d{3}) ", cases, re.MULTILINE))
    assert in_code("load", "check") - tripped <= WITHOUT_CASE


def test_what_is_excused_from_having_a_case_has_none() -> None:
    assert set(in_docs()) >= WITHOUT_CASE
