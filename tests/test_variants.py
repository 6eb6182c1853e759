"""An edition as a reader may have it: the very files, or the same inputs for a clearance, on a theme, in a look; never with what is hidden."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader

from briefing import issuing
from briefing.delivery import Rendition, Variant
from briefing.pipeline import FORMATS, store_of
from briefing.problems import BriefingError, ProblemsFound
from briefing.variants import look_through, rendition
from tests.editions.harbour import BRIEF, change, issue, moment
from tests.editions.harbour import make as harbour

SECRET = """\
  - id: secret-talks
    label: Talks with the lender
    says: The lender wants {sum} back before the line opens.
    figures: {sum: {value: 37.5 million, unit: EUR}}
    status: in-force
    subject: talks
    sources: ["vault#1"]
    marking: restricted
    note: Told by the lender's own driver.
"""
VAULT = "  - {id: vault, title: A paper from the vault, publisher: Lender Desk, author: Ilse Grau, kind: primary, published: 2025-01-05}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A dossier with a restricted fact and a recipe that may print it, issued twice: the second edition revises both facts."""
    made = harbour(tmp_path)
    change(made, "  - id: cost\n", SECRET + "  - id: cost\n")
    change(made, "  - {id: ledger", VAULT + "  - {id: ledger", "seeds/sources.yaml")
    change(
        made,
        "    - The city ordered {order.trams} trams.\n",
        "    - The city ordered {order.trams} trams.\n    - The lender asked for {secret-talks.sum}.\n",
    )
    change(
        made, "title: Opening the harbour line\n", "title: Opening the harbour line\nclearance: restricted\n", "briefs/brief.yaml"
    )
    issue(made, "2025-02-01", formats=FORMATS)
    change(made, "value: 24, unit: tram", "value: 30, unit: tram")
    change(made, "value: 37.5 million", "value: 41.5 million")
    issue(made, "2025-02-02", formats=FORMATS)
    return made


def said(found: Rendition) -> str:
    return " ".join((*(data.decode("utf-8", "replace") for data in found.files.values()), found.text, found.html, *found.changes))


HIDDEN = ("lender", "Lender", "37.5", "41.5", "secret-talks", "Grau", "vault", "driver")


# ------------------------------------------------------------------------------------------------------------------ clearances


def test_who_may_see_all_of_it_gets_the_very_files_that_were_issued(root: Path) -> None:
    found = rendition(root, BRIEF, 2, Variant(clearance="restricted"))
    folder = store_of(root, BRIEF).path(2)
    assert found.files == {f"brief.{each}": (folder / f"brief.{each}").read_bytes() for each in FORMATS}
    assert (found.marking, found.kind, found.edition, found.title) == ("restricted", "major", 2, "Opening the harbour line")
    assert "secret-talks" in found.facts
    assert found.changes == (
        "Revised: Trams on order: 30 trams (was: 24 trams).",
        "Revised: Talks with the lender: EUR 41.5 million (was: EUR 37.5 million).",
    )


@pytest.mark.parametrize("clearance", ["", "public", "official"])
def test_a_lower_clearance_gets_the_edition_as_if_the_rest_had_never_been_written(root: Path, clearance: str) -> None:
    found = rendition(root, BRIEF, 2, Variant(clearance=clearance), ("html", "txt", "evidence.json", "evidence.csv"))
    text = said(found)
    assert [word for word in HIDDEN if word in text] == []
    assert "30 trams (was: 24 trams)" in " ".join(found.changes)
    assert "30 trams" in text
    assert len(found.changes) == 1
    assert found.marking == ""
    assert "Marking                 Public" in found.text
    assert "2 articles" in found.text  # the third is hidden
    assert set(found.facts) == {"cost", "order", "opening"}


def test_its_history_does_not_count_what_was_hidden(root: Path) -> None:
    change(root, "value: 41.5 million", "value: 49.5 million")
    issue(root, "2025-02-03", formats=("txt",))
    own = rendition(root, BRIEF, 3, Variant(clearance="restricted"), ("txt",)).files["brief.txt"].decode()
    assert "2 revised" in " ".join(own.split())
    openly = rendition(root, BRIEF, 3, Variant(), ("txt",)).files["brief.txt"].decode()
    words = " ".join(openly.split())
    assert "2 revised" not in words
    assert "No change since edition 2" in words
    assert (
        "2 February 2025; updated. Edition 1, 1 February 2025, major: information as of 1 February 2025; first edition"
        in words.replace("Edition 2, ", "")
    )


def test_the_reason_of_a_withdrawal_is_for_those_who_may_see_all(root: Path) -> None:
    issuing.withdraw(root, BRIEF, 2, "the lender was misheard", moment("2025-02-03"))
    change(root, "value: 41.5 million", "value: 43.5 million")
    issue(root, "2025-02-04", formats=("txt",))
    assert "misheard" in rendition(root, BRIEF, 3, Variant(clearance="restricted"), ("txt",)).correction
    openly = rendition(root, BRIEF, 3, Variant(), ("txt",))
    assert openly.correction == "Corrects edition 2 of 2 February 2025, which was withdrawn: ask the desk for the reason"
    assert "lender" not in said(openly)


def test_a_fact_marked_up_since_is_not_told_as_withdrawn_with_what_it_said(root: Path) -> None:
    change(root, "    measure: fleet\n", "    measure: fleet\n    marking: restricted\n")
    change(root, "value: 100 million", "value: 120 million")
    issue(root, "2025-02-03", formats=("txt",))
    found = rendition(root, BRIEF, 3, Variant(), ("txt",))
    assert found.changes == (
        "Revised: Cost of the line: EUR 120 million (was: EUR 100 million).",
        "Withdrawn: A fact that is no longer shown: withdrawn.",
    )
    assert "trams" not in said(found).replace("on trams", "")  # titles of open sources


def test_a_brief_that_hides_nothing_is_handed_out_as_it_was_issued_at_any_clearance(tmp_path: Path) -> None:
    made = harbour(tmp_path)
    change(
        made, "title: Opening the harbour line\n", "title: Opening the harbour line\nclearance: restricted\n", "briefs/brief.yaml"
    )
    issue(made, "2025-02-01")
    found = rendition(made, BRIEF, 1, Variant(), ("html",))
    assert found.files["brief.html"] == (store_of(made, BRIEF).path(1) / "brief.html").read_bytes()


def test_a_brief_marked_as_a_whole_is_for_its_readers_only(tmp_path: Path) -> None:
    made = harbour(tmp_path)
    change(made, "title: Opening the harbour line\n", "title: Opening the harbour line\nmarking: official\n", "briefs/brief.yaml")
    issue(made, "2025-02-01")
    with pytest.raises(BriefingError, match="marked official as a whole, and the clearance is public"):
        rendition(made, BRIEF, 1, Variant(), ("txt",))
    assert rendition(made, BRIEF, 1, Variant(clearance="restricted"), ("txt",)).marking == "official"


@pytest.mark.parametrize(
    ("variant", "formats", "told"),
    [
        (Variant(clearance="secret"), ("txt",), "'secret' of the reader is not in the dossier's ladder"),
        (Variant(clearance="restrictd"), ("txt",), "did you mean restricted"),
        (Variant(look="huge"), ("txt",), "there is no look 'huge'"),
        (Variant(theme="work"), ("txt",), "there is no theme work"),
        (Variant(), ("rtf",), "'rtf' is not a format"),
        (Variant(), ("evidence.xml",), "'evidence.xml' is not a format"),
    ],
)
def test_what_is_not_there_is_an_error(root: Path, variant: Variant, formats: tuple[str, ...], told: str) -> None:
    with pytest.raises(BriefingError, match=re.escape(told)):
        rendition(root, BRIEF, 2, variant, formats)


def test_a_damaged_edition_is_not_handed_out(root: Path) -> None:
    folder = store_of(root, BRIEF).path(2)
    for name, told in (("brief.txt", "brief.txt is not as it was issued"), ("inputs.tar.gz", "its inputs cannot be read")):
        copy = root / name
        shutil.copy(folder / name, copy)
        (folder / name).chmod(0o644)
        (folder / name).write_bytes(copy.read_bytes().replace(copy.read_bytes()[200:230], b"damaged" * 3))
        if name == "inputs.tar.gz":  # in a process of its own, where nothing of the edition has been read yet
            from briefing import variants

            variants._edition.cache_clear()
            variants._kept.clear()
        with pytest.raises(BriefingError, match=told):
            rendition(root, BRIEF, 2, Variant(clearance="restricted"), ("txt",))
        shutil.copy(copy, folder / name)


# ----------------------------------------------------------------------------------------------------------------------- leaks


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("subtitle: After the talks with the lender", "label of facts secret-talks"),
        ("contact: ask Ilse Grau", "author of sources vault"),
        ("keywords: [talks with the lender]", "label of facts secret-talks"),
        ("audience: Whoever the lender wants back before the line opens", "says of facts secret-talks"),
        ("template: house.md.j2", "author of sources vault"),
    ],
)
def test_what_leaks_by_way_of_a_recipe_or_a_template_is_not_handed_out(root: Path, line: str, told: str) -> None:
    template = (Path(__file__).parents[1] / "templates/policy-brief.md.j2").read_text("utf-8")
    (root / "templates").mkdir()
    (root / "templates/house.md.j2").write_text(
        template.replace("## About this brief", "## About\n\nIt is by {{ 'Ilse Gr' }}{{ 'au' }}.\n"), "utf-8"
    )
    change(root, "title: Opening", f"{line}\ntitle: Opening", "briefs/brief.yaml")
    change(root, "value: 100 million", "value: 120 million")
    issue(root, "2025-02-05", formats=("html", "txt"))
    with pytest.raises(BriefingError) as refused:
        rendition(root, BRIEF, 3, Variant(), ("html", "txt", "pdf"))
    assert f"it holds {told}" in str(refused.value)
    assert "Ilse" not in str(refused.value)
    assert "the lender" not in str(refused.value)
    assert rendition(root, BRIEF, 3, Variant(clearance="restricted"), ("txt",)).files


def test_words_that_stand_in_an_open_record_are_open(root: Path) -> None:
    """Who writes a secret into open words makes it open; no scan can know better."""
    change(root, "  - id: opening\n", "  - id: opening\n    note: Some have talks with the lender.\n")
    change(root, "value: 100 million", "value: 120 million")
    issue(root, "2025-02-05", formats=("txt",))
    assert b"talks with the lender" in rendition(root, BRIEF, 3, Variant(annex=True), ("html",)).files["brief.html"]


def test_what_is_handed_out_beside_a_rendition_is_looked_through_too(root: Path) -> None:
    look_through(root, BRIEF, 2, Variant(), {"mail.eml": b"From: a@b.example\r\nSubject: Trams\r\n\r\n30 trams\r\n"})
    with pytest.raises(BriefingError, match=r"mail\.eml"):
        look_through(
            root, BRIEF, 2, Variant(), {"mail.eml": b"From: a@b.example\r\nSubject: =?utf-8?Q?Talks_with_the_lender?=\r\n\r\nx\r\n"}
        )
    with pytest.raises(BriefingError, match="cannot be read"):
        look_through(root, BRIEF, 2, Variant(), {"brief.pdf": b"%PDF-1.7\n1 0 obj\n<</Encrypt 2 0 R>>\nendobj\n"})


# --------------------------------------------------------------------------------------------------------------- themes and looks


@pytest.fixture
def two_themes(tmp_path: Path) -> Path:
    made = harbour(tmp_path)
    change(
        made,
        "    - {id: works, title: Works}\n",
        "    - {id: works, title: Works}\n    - {id: fares, title: Fares}\n",
        "seeds/dossier.yaml",
    )
    (made / "seeds/fares.yaml").write_text(
        "theme: fares\nsection: {judgement: 'A ride costs {fare.price}.'}\nfacts:\n"
        "  - {id: fare, label: Fare, says: 'A ride costs {price}.', figures: {price: {value: 2.5, unit: EUR}}, status: in-force,"
        " subject: fare, sources: ['ledger#4']}\n"
    )
    change(made, "title: Opening the harbour line\n", "title: Opening the harbour line\nfull_brief: brief\n", "briefs/page.yaml")
    issue(made, "2025-02-01", formats=("txt",))
    change(made, "value: 24, unit: tram", "value: 30, unit: tram")
    change(made, "value: 2.5, unit: EUR", "value: 2.75, unit: EUR", "seeds/fares.yaml")
    issue(made, "2025-02-02", formats=("txt",))
    return made


def test_a_document_on_a_theme_tells_the_changes_of_its_theme_alone(two_themes: Path) -> None:
    found = rendition(two_themes, BRIEF, 2, Variant(theme="fares"), ("txt", "docx"))
    assert set(found.files) == {"brief-fares.txt", "brief-fares.docx"}
    assert found.changes == ("Revised: Fare: EUR 2.75 (was: EUR 2.50).",) or "Fare" in found.changes[0]
    assert len(found.changes) == 1
    assert found.facts == ("fare",)
    assert "trams" not in found.files["brief-fares.txt"].decode().replace("on trams", "")
    assert "Edition                 2" in found.files["brief-fares.txt"].decode()


def test_the_body_of_a_mail_is_the_summary_that_belongs_to_the_brief(two_themes: Path) -> None:
    found = rendition(two_themes, BRIEF, 2, Variant(), ("txt",))
    assert "Full brief" in found.text
    assert "Opening the harbour line" in found.text
    assert found.html.startswith("<!")
    shutil.rmtree(two_themes / "briefs/editions")
    (two_themes / "briefs/page.yaml").unlink()
    issue(two_themes, "2025-02-03", formats=("txt",))
    alone = rendition(two_themes, BRIEF, 1, Variant(theme="works"), ("txt",))
    assert "The line costs EUR 100 million" in alone.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Timeline" not in alone.text


def _sizes(data: bytes) -> set[float]:
    """Return the sizes of type on the pages of a PDF."""
    reader = PdfReader(io.BytesIO(data))
    pages = [page.get_contents() for page in reader.pages]
    return {float(size) for page in pages if page is not None for size in re.findall(rb"/F\S+ ([\d.]+) Tf", page.get_data())}


def test_large_print_is_large_and_says_the_same(root: Path) -> None:
    plain = rendition(root, BRIEF, 2, Variant(), ("pdf", "txt", "html"))
    large = rendition(root, BRIEF, 2, Variant(look="large-print"), ("pdf", "txt", "html"))
    assert plain.files["brief.txt"] == large.files["brief.txt"]
    assert plain.files["brief.html"] != large.files["brief.html"]
    assert min(_sizes(plain.files["brief.pdf"])) < 9
    assert min(_sizes(large.files["brief.pdf"])) >= 10.2  # source marks stand higher and smaller; words have 16 points


def test_a_summary_in_large_print_takes_the_pages_it_needs(two_themes: Path) -> None:
    change(
        two_themes,
        "  so_what:\n",
        "  summary:\n"
        + "    - The line costs {cost.amount}, and nobody has said who is to pay for the rest of the works.\n" * 14
        + "  so_what:\n",
    )
    issue(two_themes, "2025-02-03", name="page", formats=("pdf",))
    one = rendition(two_themes, "page", 1, Variant(theme="works"), ("pdf",))
    many = rendition(two_themes, "page", 1, Variant(theme="works", look="large-print"), ("pdf",))
    assert len(PdfReader(io.BytesIO(one.files["page-works.pdf"])).pages) == 1
    assert len(PdfReader(io.BytesIO(many.files["page-works.pdf"])).pages) > 1


def test_a_look_of_the_dossiers_own_is_kept_with_the_edition(tmp_path: Path) -> None:
    made = harbour(tmp_path)
    (made / "templates/looks").mkdir(parents=True)
    (made / "templates/looks/green.yaml").write_text('colours: {accent: "#00ff11"}\n')
    issue(made, "2025-02-01", formats=("html",))
    (made / "templates/looks/green.yaml").unlink()
    assert b"#00ff11" in rendition(made, BRIEF, 1, Variant(look="green"), ("html",)).files["brief.html"]
    assert issuing.verify(made, BRIEF) == [issuing.Verified(1)]
    (made / "templates/looks/red.yaml").write_text('colours: {accent: "#ff0011"}\n')  # made after the edition
    assert b"#ff0011" in rendition(made, BRIEF, 1, Variant(look="red"), ("html",)).files["brief.html"]


def test_a_look_with_mistakes_is_told_with_its_place(tmp_path: Path) -> None:
    made = harbour(tmp_path)
    (made / "templates/looks").mkdir(parents=True)
    (made / "templates/looks/green.yaml").write_text("colours: {accent: green}\nstyles: {body: {size: 100}}\n")
    with pytest.raises(ProblemsFound, match=r"templates/looks/green.yaml:2:16: L005"):
        issue(made, "2025-02-01", formats=("html",))
