"""The command line as its users see it: what is written where, what is printed on which stream, and with which exit code it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from generate import app

ROOT = Path(__file__).resolve().parents[1]
STARTER = ROOT / "briefing" / "starter"
DAY = ("--as-of", "2025-12-01")


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STARTER, tmp_path / "dossier"))


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def ok(*arguments: object) -> str:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def problems(*arguments: object) -> list[str]:
    result = run(*arguments)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    return result.stderr.splitlines()


def made(dossier: Path) -> list[str]:
    """Return the names of everything in a dossier that was not there at first, temporary files too."""
    known = {path.relative_to(STARTER) for path in STARTER.rglob("*")}
    found = {path.relative_to(dossier) for path in dossier.rglob("*")} - known
    return sorted(str(path) for path in found if ".cache" not in path.parts)


def pages(path: Path) -> int:
    return len(PdfReader(path).pages)


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


# ------------------------------------------------------------------------------------------------------- brief and summary


def test_a_brief_is_written_beside_its_definition_and_its_path_printed(dossier: Path) -> None:
    assert ok("brief", "-d", dossier, *DAY) == f"{dossier / 'briefs' / 'policy-brief.pdf'}\n"
    assert made(dossier) == ["briefs/policy-brief.pdf"]
    assert pages(dossier / "briefs" / "policy-brief.pdf") == 4


def test_a_summary_is_one_page(dossier: Path) -> None:
    out = ok("summary", "-d", dossier, *DAY)
    assert pages(Path(out.strip())) == 1


def test_every_format_is_written_for_all(dossier: Path, tmp_path: Path) -> None:
    out = ok("brief", "policy-brief", "--format", "all", "--out", tmp_path / "out", "--dossier", dossier, *DAY)
    paths = [Path(line) for line in out.splitlines()]
    assert paths == [tmp_path / "out" / f"policy-brief.{suffix}" for suffix in ("pdf", "docx", "html", "txt")]
    starts = [path.read_bytes()[:15] for path in paths]
    assert starts[0].startswith(b"%PDF-")
    assert starts[1].startswith(b"PK")
    assert starts[2] == b"<!DOCTYPE html>"
    assert starts[3].startswith(b"Policy brief")
    assert made(dossier) == []


def test_a_file_or_a_folder_may_be_named_for_the_result(dossier: Path, tmp_path: Path) -> None:
    assert ok("brief", "-f", "txt", "-o", tmp_path / "a.text", "-d", dossier, *DAY) == f"{tmp_path / 'a.text'}\n"
    assert ok("brief", "-f", "txt", "-o", tmp_path, "-d", dossier, *DAY) == f"{tmp_path / 'policy-brief.txt'}\n"
    assert (
        ok("brief", "-f", "txt", "-o", tmp_path / "new" / "er", "-d", dossier, *DAY) == f"{tmp_path / 'new/er/policy-brief.txt'}\n"
    )


def test_json_names_files_pages_and_what_was_left_out(dossier: Path) -> None:
    found = json.loads(ok("summary", "-d", dossier, "--json", *DAY))
    assert found["files"] == [str(dossier / "briefs" / "one-page-summary.pdf")]
    assert found["pages"] == 1
    assert found["dropped"] == []


def test_one_theme_has_a_file_and_a_title_of_its_own(dossier: Path) -> None:
    out = Path(ok("brief", "--theme", "money", "-f", "txt", "-d", dossier, *DAY).strip())
    assert out.name == "policy-brief-money.txt"
    text = out.read_text("utf-8")
    assert "The harbour line: Cost and funding" in text
    assert "Tannery Yard" not in text
    summary = Path(ok("summary", "--theme", "riders", "-d", dossier, *DAY).strip())
    assert summary.name == "one-page-summary-riders.pdf"
    assert pages(summary) == 1


def test_the_annex_has_every_fact(dossier: Path) -> None:
    without = Path(ok("brief", "-f", "txt", "-d", dossier, *DAY).strip()).read_text("utf-8")
    with_it = Path(ok("brief", "--annex", "-f", "txt", "-d", dossier, *DAY).strip()).read_text("utf-8")
    assert "Annex: all facts" not in without
    assert with_it.count("paragraph") > 19


@pytest.mark.parametrize("form", ["json", "csv", "jsonld"])
def test_the_evidence_is_written_beside_the_document(dossier: Path, form: str) -> None:
    out = ok("brief", "-f", "txt", "--evidence", form, "-d", dossier, *DAY).splitlines()
    assert out[1].endswith(f"policy-brief.evidence.{form}")
    text = Path(out[1]).read_text("utf-8")
    assert "cost-audit" in text
    if form != "csv":
        assert json.loads(text)


def test_the_day_decides_what_is_known_and_how_it_is_worded(dossier: Path) -> None:
    def words(day: str) -> str:
        return " ".join(Path(ok("brief", "-f", "txt", "-d", dossier, "--as-of", day).strip()).read_text("utf-8").split())

    assert "The first tram is due in June 2026" in words("2025-12-01")
    assert "First tram delivered was due by June 2026; no source read here says that it took place" in words("2026-07-01")
    early = words("2025-03-01")
    assert "Regional Audit Office" not in early
    assert "EUR 196" not in early


def test_the_contents_are_there_or_not_whichever_format_is_asked_for(dossier: Path) -> None:
    alone = Path(ok("brief", "-f", "txt", "-d", dossier, *DAY).strip()).read_bytes()
    ok("brief", "-f", "all", "-d", dossier, *DAY)
    assert (dossier / "briefs" / "policy-brief.txt").read_bytes() == alone


def test_what_was_composed_before_gives_the_same_bytes(dossier: Path) -> None:
    first = Path(ok("brief", "-f", "html", "-d", dossier, *DAY).strip()).read_bytes()
    kept = Path(ok("brief", "-f", "html", "-d", dossier, *DAY).strip()).read_bytes()
    anew = Path(ok("brief", "-f", "html", "--no-cache", "-d", dossier, *DAY).strip()).read_bytes()
    assert first == kept == anew


def test_a_change_of_the_seeds_is_never_hidden_by_what_was_composed_before(dossier: Path) -> None:
    ok("brief", "-f", "txt", "-d", dossier, *DAY)
    replaced(dossier / "seeds" / "money.yaml", "182 million", "183 million")
    assert "EUR 183" in " ".join(Path(ok("brief", "-f", "txt", "-d", dossier, *DAY).strip()).read_text("utf-8").split())


# ---------------------------------------------------------------------------------------------------------------- mistakes


def test_an_unknown_brief_is_told_with_the_nearest_name(dossier: Path) -> None:
    (line,) = problems("brief", "polcy-brief", "-d", dossier, *DAY)
    assert line.startswith("briefs/polcy-brief.yaml: ")
    assert "did you mean policy-brief?" in line
    (line,) = problems("summary", "zzz", "-d", dossier, *DAY)
    assert "there are: one-page-summary" in line


def test_a_summary_is_no_brief(dossier: Path) -> None:
    (line,) = problems("brief", "one-page-summary", "-d", dossier, *DAY)
    assert "generate summary one-page-summary" in line


@pytest.mark.parametrize("name", ["../policy-brief", "../../etc/passwd", "/etc/passwd", "a/b", "", ".."])
def test_a_name_that_leads_elsewhere_is_an_unknown_name(dossier: Path, name: str) -> None:
    assert problems("brief", name, "-d", dossier, *DAY)
    assert problems("brief", "--theme", name or "..", "-d", dossier, *DAY)
    assert made(dossier) == []


def test_an_unknown_theme_is_told_with_the_nearest_name(dossier: Path) -> None:
    (line,) = problems("brief", "--theme", "mony", "-d", dossier, *DAY)
    assert "did you mean money?" in line
    (line,) = problems("summary", "--theme", "zzz", "-d", dossier, *DAY)
    assert "themes: money, works, riders" in line


def test_a_day_before_every_source_is_told(dossier: Path) -> None:
    (line,) = problems("brief", "-d", dossier, "--as-of", "2020-01-01")
    assert "nothing was known" in line


@pytest.mark.parametrize("folder", ["nothing", "empty", "file"])
def test_a_folder_that_is_no_dossier_is_told(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    for command in ("brief", "summary", "list", "check"):
        assert len(problems(command, "-d", tmp_path / folder)) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["brief", "--format", "odt"],
        ["brief", "--as-of", "tomorrow"],
        ["brief", "--as-of", "2025-02-30"],
        ["brief", "--nonsense"],
        ["summary", "--annex"],
        ["nonsense"],
        ["new"],
        ["brief", "a", "b"],
    ],
)
def test_wrong_use_ends_with_two(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_broken_seeds_are_told_one_a_line_and_leave_everything_as_it_was(dossier: Path) -> None:
    before = Path(ok("brief", "-d", dossier, *DAY).strip()).read_bytes()
    replaced(dossier / "seeds" / "money.yaml", "audit-report#7", "audit-raport#7")
    replaced(dossier / "seeds" / "works.yaml", "status: stalled", "status: stuck")
    replaced(dossier / "seeds" / "riders.yaml", "says: A single fare", "sais: A single fare")
    lines = problems("brief", "--format", "all", "-d", dossier, *DAY)
    assert [line.split(":")[0] for line in lines] == ["seeds/riders.yaml", "seeds/riders.yaml", "seeds/works.yaml"]
    assert all(line.split(":")[1].isdigit() and line.split(":")[2].isdigit() for line in lines)
    assert "did you mean says?" in "".join(lines)
    assert (dossier / "briefs" / "policy-brief.pdf").read_bytes() == before
    assert made(dossier) == ["briefs/policy-brief.pdf"]


def test_a_broken_template_leaves_everything_as_it_was(dossier: Path) -> None:
    before = Path(ok("summary", "-d", dossier, *DAY).strip()).read_bytes()
    (dossier / "templates" / "summary.md.j2").write_text("{{ title() }}\n\n{{ fact('budgit') }}\n", "utf-8")
    (line,) = problems("summary", "-f", "all", "-d", dossier, *DAY)
    assert line.startswith("templates/summary.md.j2:3:1: ")
    assert "did you mean budget?" in line
    assert (dossier / "briefs" / "one-page-summary.pdf").read_bytes() == before
    assert made(dossier) == ["briefs/one-page-summary.pdf", "templates/summary.md.j2"]


def test_problems_as_json_have_their_places(dossier: Path) -> None:
    replaced(dossier / "seeds" / "money.yaml", "audit-report#7", "audit-raport#7")
    result = run("brief", "--json", "-d", dossier, *DAY)
    (found,) = json.loads(result.stdout)["problems"]
    assert (result.exit_code, found["file"], found["hint"]) == (1, "seeds/money.yaml", "did you mean audit-report?")
    assert (
        (dossier / "seeds" / "money.yaml")
        .read_text("utf-8")
        .splitlines()[found["line"] - 1][found["column"] - 1 :]
        .startswith('"audit-raport')
    )
    assert found["warning"] is False


def test_a_character_that_no_font_has_is_told(dossier: Path) -> None:
    replaced(dossier / "seeds" / "money.yaml", "The city's loan", "The city's loan \N{DEVANAGARI LETTER A}")
    lines = problems("brief", "-d", dossier, *DAY)
    assert "U+0905" in lines[-1]
    assert made(dossier) == []


def test_a_summary_that_cannot_fit_says_how_far_it_is_over(dossier: Path) -> None:
    replaced(dossier / "seeds" / "whole.yaml", "The first section is likely", "The first section is likely " + "and surely " * 900)
    (line,) = problems("summary", "-d", dossier, *DAY)
    assert "lines too long for one page" in line
    assert made(dossier) == []


def test_what_a_summary_leaves_out_is_told_on_the_other_stream_and_is_in_no_format(dossier: Path) -> None:
    whole = dossier / "seeds" / "whole.yaml"
    fits = whole.read_text("utf-8")
    for more in range(100, 300, 10):  # until the page overflows
        whole.write_text(
            fits.replace("The first section is likely", "The first section is likely " + "and surely " * more), "utf-8"
        )
        result = run("summary", "-f", "all", "-d", dossier, *DAY)
        if "left out" in result.stderr:
            break
    assert result.exit_code == 0
    assert result.stderr.startswith("left out to fit one page: the dated event 'Whole line opens'\n")
    assert len(result.stdout.splitlines()) == 4
    assert pages(dossier / "briefs" / "one-page-summary.pdf") == 1
    for suffix in ("html", "txt"):
        text = (dossier / "briefs" / f"one-page-summary.{suffix}").read_text("utf-8")
        assert "whole line is planned" not in text
        assert "and surely" in text


# -------------------------------------------------------------------------------------------------------- the other commands


def test_list_names_briefs_themes_and_templates(dossier: Path) -> None:
    out = ok("list", "-d", dossier)
    for word in ("policy-brief", "one-page-summary", "Cost and funding", "riders", "summary.md.j2"):
        assert word in out
    found = json.loads(ok("list", "--json", "-d", dossier))
    assert [row["id"] for row in found["themes"]] == ["money", "works", "riders"]
    assert {row["kind"] for row in found["briefs"]} == {"brief", "summary"}


def test_check_finds_nothing_in_the_starter(dossier: Path) -> None:
    first, second = ok("check", "-d", dossier, *DAY).splitlines()
    assert first == "19 facts, 3 sources, 2 documents: no problem"
    assert second.startswith("facts were not compared with their originals")
    assert json.loads(ok("check", "--json", "-d", dossier, *DAY)) == {"problems": [], "facts": 19, "sources": 3, "originals": None}


def test_check_tells_every_problem_and_ends_with_one(dossier: Path) -> None:
    replaced(dossier / "seeds" / "whole.yaml", "rests_on: [trader-survey]", "rests_on: [trader-servey]")
    result = run("check", "-d", dossier, *DAY)
    assert result.exit_code == 1
    assert "did you mean trader-survey?" in result.stderr
    assert "1 problem" in result.stdout


def test_check_runs_the_templates_too(dossier: Path) -> None:
    (dossier / "templates" / "policy-brief.md.j2").write_text("{{ titel() }}", "utf-8")
    result = run("check", "-d", dossier, *DAY)
    assert result.exit_code == 1
    assert "templates/policy-brief.md.j2:1:1: T003" in result.stderr


def test_new_makes_a_dossier_that_works(tmp_path: Path) -> None:
    out = ok("new", tmp_path / "mine").splitlines()
    assert str(tmp_path / "mine" / "README.md") in out
    assert all(Path(line).is_file() for line in out)
    assert "no problem" in ok("check", "-d", tmp_path / "mine", *DAY)


def test_new_takes_no_folder_that_holds_something(dossier: Path) -> None:
    (line,) = problems("new", dossier)
    assert "there is something here already" in line
    assert made(dossier) == []


def test_schema_prints_or_writes_the_schemas(tmp_path: Path) -> None:
    printed = json.loads(ok("schema"))
    paths = [Path(line) for line in ok("schema", "--out", tmp_path / "schemas").splitlines()]
    assert sorted(path.name for path in paths) == sorted(f"{name}.schema.json" for name in printed)
    assert json.loads(paths[0].read_text("utf-8"))


def test_help_names_every_command() -> None:
    text = ok("--help")
    assert all(command in text for command in ("brief", "summary", "list", "check", "new", "schema"))


# ----------------------------------------------------------------------------------------------------- as a process of its own


def test_a_user_in_the_dossiers_folder_needs_no_options(dossier: Path) -> None:
    done = subprocess.run([sys.executable, ROOT / "generate.py", "brief"], cwd=dossier, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "briefs/policy-brief.pdf\n", "")


def test_a_mistake_ends_the_process_with_one_and_no_traceback(dossier: Path) -> None:
    (dossier / "seeds" / "money.yaml").write_bytes(b"theme: money\nfacts: [\xff]")
    done = subprocess.run([sys.executable, ROOT / "generate.py", "brief"], cwd=dossier, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("seeds/money.yaml")
    assert "Traceback" not in done.stderr
