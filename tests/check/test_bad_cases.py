"""Every case under `tests/cases/bad/`: files laid over a small good dossier, and the problems that must be found in the result.

A case is text: `=== file NAME` and its contents, `=== file NAME * 9000` for contents repeated, `=== bytes NAME` for contents with
Python's escapes, `=== link NAME` to what the contents name, `=== remove NAME`, `=== day 2027-01-01` for a brief as of another day;
at its end `=== problems`, one a line.
`python tests/check/test_bad_cases.py accept` writes what is found into the cases: read the difference before you keep it.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest

from briefing.inquiry import check
from briefing.problems import ProblemsFound

CASES = Path(__file__).parent.parent / "cases" / "bad"
BASE = "base.txt"
DAY = "2025-06-01"
_HEAD = re.compile(r"^=== (file|bytes|link|remove|day|problems) ?(\S*)(?: \* (\d+))?\n", re.MULTILINE)


def sections(text: str) -> list[tuple[str, str, int, str]]:
    """Return kind, name, repetitions and contents of each section of a case."""
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [(head[1], head[2], int(head[3] or 1), text[head.end() : end]) for head, end in zip(heads, ends, strict=True)]


def lay_out(case: str, root: Path) -> None:
    """Write the files of a case under `root`."""
    for kind, name, times, contents in sections(case):
        if kind in ("day", "problems"):
            continue
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "file":
            path.write_bytes(contents.encode() * times)
        elif kind == "bytes":
            path.write_bytes(contents.strip("\n").encode("latin-1").decode("unicode_escape").encode("latin-1"))
        elif kind == "link":
            path.unlink(missing_ok=True)
            path.symlink_to(contents.strip())
        elif kind == "remove":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def found(case: str, root: Path) -> list[str]:
    """Return the problems of the dossier that a case makes, in the order of their places."""
    lay_out((CASES / BASE).read_text("utf-8"), root)
    lay_out(case, root)
    days = [name for kind, name, _, _ in sections(case) if kind == "day"]
    try:
        problems = list(check(root, date.fromisoformat((days or [DAY])[-1])).problems)
    except ProblemsFound as error:
        problems = list(error.problems)
    return [str(problem).replace(str(root), "DOSSIER") for problem in problems]


def names() -> list[str]:
    return sorted(path.name for path in CASES.glob("*.txt"))


@pytest.mark.parametrize("name", names())
def test_each_case_gives_exactly_its_problems(name: str, tmp_path: Path) -> None:
    case = (CASES / name).read_text("utf-8")
    assert found(case, tmp_path) == sections(case)[-1][3].splitlines()


def test_there_are_at_least_forty_cases_and_each_but_the_base_finds_something() -> None:
    cases = {name: sections((CASES / name).read_text("utf-8"))[-1] for name in names()}
    assert len(cases) > 40
    assert [name for name, (kind, _, _, contents) in cases.items() if kind != "problems" or not contents.strip()] == [BASE]


if __name__ == "__main__" and sys.argv[1:] == ["accept"]:
    for path in sorted(CASES.glob("*.txt")):
        text = path.read_text("utf-8").partition("=== problems\n")[0]
        with tempfile.TemporaryDirectory() as folder:
            lines = found(text, Path(folder))
        path.write_text(text + "=== problems\n" + "".join(f"{line}\n" for line in lines), "utf-8")
