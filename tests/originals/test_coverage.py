"""Coverage: which fact holds what was found, by paragraph; the commands; and the dossier of this repository beside its originals."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from briefing import inquiry
from briefing.originals.coverage import as_dict, coverage, lines
from briefing.when import When
from generate import app
from tests.originals import made

ROOT = Path(__file__).resolve().parents[2]
ORIGINALS = ROOT.parent / "shared" / "seeds"
with_originals = pytest.mark.skipif(not ORIGINALS.is_dir(), reason="the articles are not beside the repository")
TEXT = "Suzuki pays $5 million.\n\nOsaka has 30 firms; Suzuki had 12 in 2019."
RUN = CliRunner()


def covered() -> dict[tuple[int, str], tuple[str, tuple[str, ...]]]:
    claim = made.fact("Suzuki pays {n}.", figures={"n": made.figure("5 million", "USD")}, when=When.parse("2025"))
    dossier = made.dossier(claim)
    found = coverage(dossier, made.reading(dossier, TEXT))
    return {(item.paragraph, item.text): (item.state, item.facts) for source in found.sources for item in source.items}


def test_what_a_fact_that_cites_the_paragraph_holds_is_covered() -> None:
    assert covered()[1, "$5 million"] == ("covered", ("claim",))
    assert covered()[1, "Suzuki"] == ("covered", ("claim",))


def test_what_only_a_fact_of_another_paragraph_holds_is_told_apart_from_what_none_holds() -> None:
    found = covered()
    assert found[2, "Suzuki"] == ("elsewhere", ("claim",))
    assert {key: found[key][0] for key in ((2, "30"), (2, "12"), (2, "2019"), (2, "Osaka"))} == dict.fromkeys(
        ((2, "30"), (2, "12"), (2, "2019"), (2, "Osaka")), "open"
    )


def test_the_list_names_what_is_open_by_paragraph_and_its_shares() -> None:
    claim = made.fact("Suzuki pays {n}.", figures={"n": made.figure("5 million", "USD")})
    dossier = made.dossier(claim)
    text = list(lines(coverage(dossier, made.reading(dossier, TEXT))))
    assert text[:5] == [
        "report (report.txt): 1 of 2 paragraphs are cited",
        "  figures: 1 of 3 covered (33 %), 2 by none",
        "  dates: 0 of 1 covered (0 %), 1 by none",
        "  names: 1 of 3 covered (33 %), 1 by facts that cite other paragraphs, 1 by none",
        "  2 (no fact cites it): name Osaka; figure 30; figure 12; date 2019",
    ]


def test_a_date_of_a_figures_period_covers_the_same_date() -> None:
    claim = made.fact("It was {n}.", figures={"n": made.figure("5", "%", period=When.parse("FY2023-24"))})
    dossier = made.dossier(claim)
    items = coverage(dossier, made.reading(dossier, "It was 5% in 2023-24.")).sources[0].items
    assert [item.state for item in items] == ["covered", "covered"]


def test_as_data_it_has_every_item_and_no_sentence_of_the_original() -> None:
    dossier = made.dossier(made.fact())
    told = json.dumps(as_dict(coverage(dossier, made.reading(dossier, TEXT))))
    assert '"found": 3' in told
    assert "pays" not in told


# ------------------------------------------------------------------------------------------------------------- the commands

SEED = """dossier:
  title: T
  subject: India and Japan
  themes: [{id: trade, title: Trade}]
theme: trade
sources:
  - id: report
    title: A report
    publisher: Press
    kind: secondary
    dated: 2025-08
    file: report.txt
    sha256: DIGEST
facts:
  - id: pledge
    says: Suzuki pays {n}.
    figures:
      n: {value: 5 million, unit: USD}
    status: happened
    sources: ["report#1"]
"""


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    root = tmp_path / "dossier"
    (root / "seeds").mkdir(parents=True)
    (tmp_path / "originals").mkdir()
    (tmp_path / "originals" / "report.txt").write_bytes(TEXT.encode())
    (root / "seeds" / "all.yaml").write_text(SEED.replace("DIGEST", hashlib.sha256(TEXT.encode()).hexdigest()))
    return root


def run(*arguments: object) -> tuple[int, str, str]:
    done = RUN.invoke(app, [str(each) for each in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_check_says_that_it_has_not_compared_without_originals(dossier: Path) -> None:
    code, out, _ = run("check", "--dossier", dossier, "--as-of", "2025-12-01")
    assert code == 0
    assert "facts were not compared with their originals" in out


def test_check_compares_where_originals_are_given(dossier: Path) -> None:
    originals = dossier.parent / "originals"
    code, out, _ = run("check", "--dossier", dossier, "--as-of", "2025-12-01", "--originals", originals)
    assert (code, "compared with 1 of 1 originals" in out) == (0, True)
    seed = dossier / "seeds" / "all.yaml"
    seed.write_text(seed.read_text().replace("5 million", "6 million"))
    code, _, err = run("check", "--dossier", dossier, "--as-of", "2025-12-01", "--originals", originals)
    assert code == 1
    assert "seeds/all.yaml:18:10: O007 fact pledge" in err


def test_a_folder_of_originals_that_is_not_there_is_told(dossier: Path) -> None:
    for command in ("check", "coverage"):
        code, _, err = run(command, "--dossier", dossier, "--originals", dossier / "nowhere")
        assert (code, "O011" in err) == (1, True)


def test_an_original_outside_the_folder_is_not_read(dossier: Path) -> None:
    seed = dossier / "seeds" / "all.yaml"
    seed.write_text(seed.read_text().replace("file: report.txt", "file: ../originals/report.txt"))
    code, _, err = run("check", "--dossier", dossier, "--as-of", "2025-12-01", "--originals", dossier)
    assert (code, "O002" in err) == (1, True)


def test_coverage_prints_a_list_or_json(dossier: Path) -> None:
    originals = dossier.parent / "originals"
    code, out, _ = run("coverage", "--dossier", dossier, "--originals", originals)
    assert (code, "name Osaka" in out, "name Suzuki" in out) == (0, True, False)
    code, out, _ = run("coverage", "--dossier", dossier, "--originals", originals, "--all")
    assert "name Suzuki (in pledge)" in out
    code, out, _ = run("coverage", "--dossier", dossier, "--originals", originals, "--json")
    assert json.loads(out)["counts"]["figures"] == {"found": 3, "covered": 1, "elsewhere": 0, "open": 2}


# ----------------------------------------------------------------------------------------------- the dossier of this repository


@with_originals
def test_every_figure_of_this_dossier_stands_in_the_paragraph_that_it_cites() -> None:
    from datetime import date

    report = inquiry.check(ROOT, date(2025, 9, 15), ORIGINALS)
    assert [str(problem) for problem in report.problems if problem.code[0] == "O"] == []
    assert report.originals == report.sources


@with_originals
def test_no_figure_that_tells_of_india_and_japan_is_without_a_fact() -> None:
    found = inquiry.coverage(ROOT, ORIGINALS)
    assert found.problems == ()
    open_ = [
        (source.source, item.paragraph, item.text)
        for source in found.coverage.sources
        for item in source.items
        if item.kind != "name" and item.state == "open" and item.paragraph in source.cited
    ]
    assert open_ == [("ambassador-talks", 20, "21st")]  # "the 21st century"
