"""veraPDF on everything: all documents of the dossier on both page sizes, and random ones, in one run of its JVM."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pikepdf
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from briefing import pipeline
from briefing.layout.fit import fit
from briefing.layout.fonts import Fonts
from briefing.layout.pages import lay_out
from briefing.load.dossier import load
from briefing.load.files import font_reader, read_dossier
from briefing.look import Look
from briefing.model import Document
from briefing.problems import ProblemsFound
from briefing.render.pdf import render
from tests.documents import SAMPLE, documents
from tests.layout.sample import FONTS, LOOK, brief, p, summary
from tests.verapdf.vera import NO_JDK, judge

pytestmark = pytest.mark.skipif(bool(NO_JDK), reason=NO_JDK)
ROOT = Path(__file__).parents[2]
AS_OF = date(2025, 11, 1)
DOCUMENTS = ("policy-brief-", "policy-brief-annex", "policy-brief-defence", "one-page-summary-", "one-page-summary-defence")
ORCHARD, ORCHARD_AS_OF = ROOT / "tests" / "dossiers" / "orchard", date(2026, 3, 1)
RANDOM = 60


def written(tree: Document, look: Look, fonts: Fonts) -> bytes:
    if tree.one_page and look is not LOOK:
        fitted = fit(tree, look, fonts)
        tree, look = fitted.document, fitted.look
    return render(tree, look, lay_out(tree, look, fonts), fonts)


def of_a_dossier(root: Path, as_of: date) -> Iterator[tuple[str, bytes]]:
    """Yield every document that a dossier can make, on both sizes of page: each recipe whole, with its annex and for each theme."""
    files = read_dossier(root)
    loaded = load(files)
    fonts = Fonts(loaded.look, font_reader(root))
    themes = [theme.id for theme in loaded.dossier.header.themes]
    for name, recipe in loaded.recipes.items():
        annexes = [("", True)] if recipe.kind == "brief" else []
        for theme, annex in [("", False), *annexes, *((theme, False) for theme in themes)]:
            try:
                composed = pipeline.compose_one(files, pipeline.Order(name, as_of, theme=theme, annex=annex))
            except ProblemsFound:
                assert theme, name  # a recipe need not be for single themes
                continue
            for page in ("A4", "Letter"):
                tree = msgspec.structs.replace(composed.document, page=page)
                yield f"{name}-{'annex' if annex else theme}-{page}", written(tree, composed.look, fonts)


def many_letters() -> Document:
    """Return a document with more characters than one subset of a font holds."""
    known = sorted(code for code in FONTS.face(("serif", False, False)).widths.by_character if 0x100 < code < 0x600)
    return msgspec.structs.replace(SAMPLE, blocks=(p(" ".join(filter(str.isalpha, map(chr, known)))),))


def random_documents() -> list[Document]:
    """Return the same random documents each time."""
    found: list[Document] = []

    @settings(
        max_examples=RANDOM,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(documents())
    def collect(tree: Document) -> None:
        found.append(tree)

    collect()
    return found


def broken(data: bytes, path: Path) -> Path:
    """Write a file whose first heading has lost its place in the tree, to see that somebody looks."""
    path.write_bytes(data)
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        del file.Root.MarkInfo
        file.save(path)
    return path


def test_every_document_conforms_to_pdf_ua_1_and_pdf_a_2a(tmp_path: Path) -> None:
    made = dict(of_a_dossier(ROOT, AS_OF))
    assert {f"{name}-{page}" for name in DOCUMENTS for page in ("A4", "Letter")} <= set(made)
    made |= {f"orchard-{name}": data for name, data in of_a_dossier(ORCHARD, ORCHARD_AS_OF)}
    made |= {f"sample-{at}": written(tree, LOOK, FONTS) for at, tree in enumerate((SAMPLE, brief(), summary(), many_letters()))}
    random = random_documents()
    assert len(random) >= RANDOM
    made |= {f"random-{at}": written(tree, LOOK, FONTS) for at, tree in enumerate(random)}
    paths = []
    for name, data in made.items():
        paths.append(tmp_path / f"{name}.pdf")
        paths[-1].write_bytes(data)
    bad = broken(made["sample-0"], tmp_path / "broken.pdf")
    judged = judge([*paths, bad])
    assert judged.pop(bad)
    assert {path.name: found for path, found in judged.items() if found} == {}
