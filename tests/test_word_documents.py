"""Word documents as the command makes them: kept parts, embedded fonts, a house's own document."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest

from briefing.inquiry import check
from briefing.pipeline import Order, make
from briefing.problems import ProblemsFound
from tests.render.houses import house

ORCHARD = Path(__file__).parent / "dossiers" / "orchard"
ORDER = Order("policy-brief", date(2026, 1, 15))
SUMMARY = Order("one-page-summary", date(2026, 1, 15))


@pytest.fixture
def orchard(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ORCHARD, tmp_path / "orchard", ignore=shutil.ignore_patterns(".cache")))


def written(root: Path, order: Order = ORDER, *, embed_fonts: bool = False, cache: bool = True) -> bytes:
    made = make(root, order, ["docx"], out=root / "out.docx", embed_fonts=embed_fonts, cache=cache)
    return Path(made.paths[0]).read_bytes()


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def kept(root: Path) -> list[Path]:
    return sorted((root / ".cache").glob("word-*"))


def test_parts_kept_from_an_earlier_run_give_the_same_bytes(orchard: Path) -> None:
    first = written(orchard)
    assert len(kept(orchard)) == 1
    assert written(orchard) == first == written(orchard, cache=False)


def test_kept_parts_that_are_damaged_are_made_anew(orchard: Path) -> None:
    first = written(orchard)
    kept(orchard)[0].write_bytes(b"damaged")
    assert written(orchard) == first
    assert kept(orchard)[0].read_bytes() != b"damaged"


def test_another_look_has_other_parts(orchard: Path) -> None:
    first = written(orchard)
    (orchard / "templates").mkdir()
    (orchard / "templates" / "look.yaml").write_text('colours: {accent: "#5a1a3c"}\n', encoding="utf-8")
    assert written(orchard) != first
    assert len(kept(orchard)) == 2


def test_nothing_is_kept_where_that_is_not_wanted(orchard: Path) -> None:
    written(orchard, cache=False)
    assert not kept(orchard)


def test_fonts_are_in_the_file_where_that_is_wanted(orchard: Path) -> None:
    assert not [name for name in names(written(orchard)) if name.endswith(".odttf")]
    assert len([name for name in names(written(orchard, embed_fonts=True)) if name.endswith(".odttf")]) == 8


@pytest.mark.parametrize("order", [ORDER, SUMMARY], ids=["brief", "summary"])
def test_a_dossiers_house_is_the_frame_of_its_word_documents(orchard: Path, order: Order) -> None:
    (orchard / "templates").mkdir()
    (orchard / "templates" / "house.docx").write_bytes(house())
    files = names(written(orchard, order))
    assert any(name.startswith("word/media/") for name in files)


def test_a_house_that_cannot_be_used_is_told_by_every_command(orchard: Path) -> None:
    (orchard / "templates").mkdir()
    (orchard / "templates" / "house.docx").write_bytes(b"no document")
    with pytest.raises(ProblemsFound, match=r"templates/house\.docx: H001"):
        written(orchard)
    assert [problem.code for problem in check(orchard, date(2026, 1, 15)).problems if not problem.warning] == ["H001"]
