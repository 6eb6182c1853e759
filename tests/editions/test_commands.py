"""The commands of editions as their users see them: what is printed on which stream, and with which exit code it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from generate import app
from tests.editions.harbour import change
from tests.editions.harbour import make as harbour


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return harbour(tmp_path)


def run(root: Path, *arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in (*arguments, "--dossier", root)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def issued(root: Path, when: str, *more: str) -> Result:
    return run(root, "issue", "brief", "--at", f"{when}T12:00+00:00", *more)


def test_from_the_first_edition_to_a_withdrawn_one(root: Path) -> None:
    first = issued(root, "2025-02-01")
    assert first.exit_code == 0
    assert "brief: edition 1, major: first edition" in first.stderr
    assert {Path(line).name for line in first.stdout.splitlines()} >= {"brief.pdf", "brief.docx", "manifest.json"}
    nothing = issued(root, "2025-02-02")
    assert (nothing.exit_code, nothing.stdout) == (0, "brief: nothing new since edition 1\n")
    change(root, "value: 100 million", "value: 120 million")
    assert "beyond the threshold for cost of 5 %" in issued(root, "2025-02-03").stderr
    changes = " ".join(run(root, "changes", "brief").stdout.split())
    assert changes == "brief: edition 2 since edition 1 major revised cost.amount: EUR 100 million -> EUR 120 million"
    verified = run(root, "verify", "brief")
    assert verified.exit_code == 0
    assert verified.stdout.count("made again gives the same bytes") == 2
    assert run(root, "changes", "brief", "--since", 2).stdout == "brief: edition 2 is the latest; nothing has come since\n"
    early = run(root, "withdraw", "brief", 1, "--because", "it was wrong", "--at", "2025-02-01T11:00+00:00")
    assert (early.exit_code, early.stdout) == (1, "")
    assert (
        "edition 1 of brief was issued on 2025-02-01T12:00:00+00:00, after 2025-02-01T11:00:00+00:00; nothing was" in early.stderr
    )
    withdrawn = run(root, "withdraw", "brief", 1, "--because", "it was wrong")
    assert withdrawn.stdout == "brief: edition 1 is withdrawn; edition 2 stands in its place\n"
    listed = run(root, "editions").stdout.splitlines()
    assert listed[0] == "brief: checked on 2025-02-03 as of 2025-02-03: 1 revised"
    assert [line.split()[0] for line in listed[1:]] == ["2", "1"]
    assert listed[2].endswith("withdrawn: it was wrong; edition 2 stands in its place")
    assert "edition 2 of 2025-02-03" in run(root, "list").stdout


def test_a_held_brief_ends_with_one_and_says_why_and_what_to_do(root: Path) -> None:
    (root / "briefs/brief.yaml").write_text("kind: brief\ntitle: Opening the harbour line\nstale: hold\n")
    change(root, "shelf_life: 10 years", "shelf_life: 2 months", "seeds/dossier.yaml")
    held = issued(root, "2025-06-01")
    assert (held.exit_code, held.stdout) == (1, "")
    assert "E001 brief is held, not issued" in held.stderr
    assert "generate release brief --because" in held.stderr
    assert "held since 2025-06-01" in run(root, "editions", "brief").stdout
    released = run(root, "release", "brief", "--because", "the ministry knows", "--at", "2025-06-02T12:00+00:00", "--json")
    assert json.loads(released.stdout)["edition"] == 1
    assert run(root, "release", "brief", "--because", "again").exit_code == 1


def test_a_damaged_edition_ends_verify_with_one(root: Path) -> None:
    issued(root, "2025-02-01")
    path = root / "briefs/editions/brief/1/brief.pdf"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    result = run(root, "verify", "brief")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "brief: edition 1: brief.pdf is not as it was issued\n"
    assert json.loads(run(root, "verify", "brief", 1, "--json").stdout)[0]["wrong"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("verify", "brief"), "there is no edition"),
        (("verify", "brief", 3), "has no edition 3; there are: none"),
        (("changes", "brief"), "has no edition yet"),
        (("editions", "breif"), "there is no brief breif, and no edition"),
        (("withdraw", "brief", 1, "--because", "x"), "has no edition 1"),
        (("release", "brief", "--because", "x"), "is not held"),
        (("issue", "breif"), "there is no brief breif"),
    ],
)
def test_what_cannot_be_done_is_told_and_ends_with_one(root: Path, arguments: tuple[object, ...], told: str) -> None:
    result = run(root, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert not list((root / "briefs").glob("editions/*/[0-9]*"))


def test_where_nothing_was_issued_the_list_says_so(root: Path) -> None:
    listed = run(root, "editions")
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert "no brief has an edition yet" in listed.stderr


def test_a_moment_that_is_none_is_wrong_use(root: Path) -> None:
    assert run(root, "issue", "brief", "--at", "noon").exit_code == 2
