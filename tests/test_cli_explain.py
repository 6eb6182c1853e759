"""`generate explain` as its users see it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from generate import app

ROOT = Path(__file__).resolve().parents[1]
DAY = ("--as-of", "2025-12-01")


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT / "briefing" / "starter", tmp_path_factory.mktemp("explain") / "dossier"))


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, ["explain", *(str(each) for each in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(*arguments: object) -> str:
    result = run(*arguments, *DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def as_json(*arguments: object) -> dict[str, Any]:
    return dict(json.loads(told(*arguments, "--json")))


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_fact_is_told_on_one_screen(starter: Path) -> None:
    text = told("region-grant", "-d", starter)
    assert text.startswith("region-grant: a fact of the theme money, as of 2025-12-01\n")
    assert "State       upcoming: due by 2026, not before 1 December 2025" in text
    assert "policy-brief (brief): " in text
    assert "one-page-summary (summary): " in text
    assert len(text.splitlines()) <= 50


def test_every_place_that_is_told_holds_the_words_in_the_document(starter: Path) -> None:
    found = as_json("budget", "-d", starter)
    text = CliRunner().invoke(app, ["brief", "-f", "txt", "-d", str(starter), *DAY]).stdout.strip()
    words = " ".join(Path(text).read_text("utf-8").split())
    (brief,) = (each for each in found["documents"] if each["kind"] == "brief")
    sentences = [each["words"] for each in brief["places"] if each["block"] in ("paragraph", "list item")]
    assert len(sentences) > 2
    assert [each for each in sentences if each not in words] == []


def test_pages_are_those_of_the_pdf(starter: Path) -> None:
    found = as_json("budget", "-d", starter, "--pages")
    path = CliRunner().invoke(app, ["brief", "-d", str(starter), *DAY]).stdout.strip()
    pages = ["".join(page.extract_text().split()) for page in PdfReader(path).pages]
    (brief,) = (each for each in found["documents"] if each["kind"] == "brief")
    places = [each for each in brief["places"] if each["block"] == "list item"]
    assert places
    for each in places:
        assert "".join(each["words"].split())[:30] in pages[each["page"] - 1]
    assert "page 1" in told("budget", "-d", starter, "--pages")


@pytest.mark.parametrize("written", ["EUR 182 million", "€182m", "182 million euros"])
def test_a_figure_is_found_however_it_is_written(starter: Path, written: str) -> None:
    found = as_json(written, "-d", starter)
    assert [each["id"] for each in found["facts"]] == ["budget"]


def test_a_source_tells_what_rests_on_it(starter: Path) -> None:
    found = as_json("audit-report", "-d", starter)
    assert "cost-audit" in [each["fact"] for each in found["facts"] if each["alone"]]
    assert "Without it policy-brief (brief) would lose: " in told("audit-report", "-d", starter)


def test_what_is_not_there_ends_with_the_nearest_names(starter: Path) -> None:
    result = run("region-grnt", "-d", starter, *DAY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("explain: B090 'region-grnt' is no fact")
    assert "did you mean region-grant" in result.stderr


def test_a_fact_of_a_later_day_is_not_told(starter: Path) -> None:
    result = run("cost-audit", "-d", starter, "--as-of", "2025-09-01")
    assert result.exit_code == 0
    assert "not known on 2025-09-01" in result.stdout
    assert "196" not in result.stdout


def test_what_a_summary_left_out_is_told(tmp_path: Path) -> None:
    dossier = Path(shutil.copytree(ROOT / "briefing" / "starter", tmp_path / "dossier"))
    words = "These are many words about one thing and another that nobody would miss on a page. " * 30
    asked = f"who: Nobody at all, what: '{words}{{budget}}', by: June, rests_on: [budget], priority: 1"
    replaced(dossier / "seeds" / "whole.yaml", "  confidence:\n    - >-", f"    - {{{asked}}}\n  confidence:\n    - >-")
    summary = (each for each in as_json("budget", "-d", dossier)["documents"] if each["kind"] == "summary")
    (left,) = next(summary)["left_out"]
    assert "many words" in left["words"]
    assert left["item"] == "the ask of Nobody at all"
    assert "lines" in left["because"]
    assert "left out to fit one page (the ask of Nobody at all, it takes" in told("budget", "-d", dossier)


def test_problems_of_the_dossier_are_told_first(tmp_path: Path) -> None:
    dossier = Path(shutil.copytree(ROOT / "briefing" / "starter", tmp_path / "dossier"))
    replaced(dossier / "seeds" / "money.yaml", "council-minutes#12", "council-minuets#12")
    result = run("budget", "-d", dossier, *DAY)
    assert result.exit_code == 1
    assert "R001" in result.stderr


def test_of_the_projects_own_dossier_every_fact_has_an_explanation_of_one_screen() -> None:
    for name in ("private-investment-pledge", "quad-summit-india", "$68bn", "December 2029", "500,000", "summit-explainer"):
        lines = told(name, "-d", ROOT).splitlines()
        assert 5 < len(lines) <= 55
