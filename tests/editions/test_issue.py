"""Issuing: when there is an edition and of which kind, what it says of itself, and what it takes to hold, release and withdraw it."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from briefing import issuing
from briefing.editions.store import EditionError
from briefing.inquiry import listing
from briefing.pipeline import FORMATS, Order, make, store_of
from briefing.problems import ProblemsFound
from tests.editions.harbour import BRIEF, change, day, issue, manifest, moment, wrong
from tests.editions.harbour import make as harbour


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return harbour(tmp_path)


def words(page: Path) -> str:
    """Return the words of a web page without its markup."""
    bare = re.sub(
        r"<(?:style|title).*?</(?:style|title)>|</?(?:strong|em|a|span|b)\b[^>]*>", "", page.read_text("utf-8"), flags=re.DOTALL
    )
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", bare)).split())


def text(root: Path, number: int, name: str = BRIEF) -> str:
    return words(store_of(root, name).path(number) / f"{name}.html")


# ------------------------------------------------------------------------------------------------------ whether and what kind


def test_ten_runs_over_unchanged_data_make_one_edition_and_ten_records_of_checks(root: Path) -> None:
    results = [issue(root, f"2025-02-{number:02}").result for number in range(1, 11)]
    assert results == ["issued", *["nothing new"] * 9]
    store = store_of(root, BRIEF)
    assert store.numbers() == [1]
    assert [(check.result, check.edition) for check in store.checks()] == [("issued", 1), *[("nothing new", 1)] * 9]
    assert issuing.last_check(root, BRIEF) == "checked on 2025-02-10 as of 2025-02-10: nothing new since edition 1"


def test_a_figure_beyond_its_threshold_makes_one_major_edition_that_names_it(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "value: 100 million", "value: 106 million")
    assert (made := issue(root, "2025-02-02")).kind == "major"
    assert made.rules == ("cost, figures.amount: beyond the threshold for cost of 5 %",)
    assert issue(root, "2025-02-03").result == "nothing new"
    told = manifest(root, 2)
    assert [(each.fact, each.field, each.was, each.now) for each in told.changes if each.weight != "none"] == [
        ("cost", "figures.amount", "EUR 100 million", "EUR 106 million")
    ]
    assert told.info.published == day("2025-02-02")
    assert "Revised: Cost of the line EUR 100 million EUR 106 million [1]" in text(root, 2)
    assert store_of(root, BRIEF).numbers() == [1, 2]


def test_a_figure_within_its_threshold_makes_a_minor_edition_and_the_published_date_stays(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "value: 100 million", "value: 104 million")
    assert issue(root, "2025-02-02").kind == "minor"
    info = manifest(root, 2).info
    assert (info.published, info.issued) == (day("2025-02-01"), day("2025-02-02"))
    assert "2, published 1 February 2025, with minor changes of 2 February 2025" in text(root, 2)


def test_small_steps_that_add_up_beyond_the_threshold_make_a_major_edition(root: Path) -> None:
    issue(root, "2025-02-01")
    kinds = []
    for number, (old, new) in enumerate([("100", "103"), ("103", "105"), ("105", "106")], 2):
        change(root, f"value: {old} million", f"value: {new} million")
        kinds.append(issue(root, f"2025-02-{number:02}").kind)
    assert kinds == ["minor", "minor", "major"]


def test_a_person_may_raise_an_edition_and_there_is_no_way_to_lower_one(root: Path) -> None:
    issue(root, "2025-02-01")
    assert issue(root, "2025-02-02", major=True).result == "nothing new"
    change(root, "Nobody owns", "No one owns")
    assert issue(root, "2025-02-03", major=True).kind == "major"
    assert manifest(root, 2).raised
    change(root, "value: 100 million", "value: 200 million")
    assert issue(root, "2025-02-04", major=False).kind == "major"


def test_the_substance_of_a_sentence_is_major_and_its_small_words_are_not(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "says: The city ordered {trams} trams.", "says: The city has ordered {trams} trams.")
    assert issue(root, "2025-02-02").kind == "minor"
    change(root, "says: The city has ordered {trams} trams.", "says: The city has not ordered {trams} trams.")
    made = issue(root, "2025-02-03")
    assert (made.kind, made.line) == ("major", "1 restated")


def test_words_between_facts_and_the_look_are_told_apart_and_are_minor(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "Nobody owns", "No one owns")
    assert issue(root, "2025-02-02").rules == ("wording: Works",)
    (root / "templates").mkdir()
    (root / "templates/look.yaml").write_text('colours: {accent: "#003366"}\n')
    made = issue(root, "2025-02-03")
    assert (made.kind, made.rules) == ("minor", ("layout: the look",))
    assert manifest(root, 3).changes == ()
    assert "edited: the look" in text(root, 3)


def test_a_comment_a_file_renamed_or_a_template_that_gives_the_same_words_make_no_edition(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "theme: works", "theme: works  # of the city")
    (root / "seeds/works.yaml").rename(root / "seeds/a.yaml")
    assert issue(root, "2025-02-02").result == "nothing new"
    first, second = store_of(root, BRIEF).checks()
    assert first.inputs != second.inputs


def test_time_alone_makes_an_edition_once_a_day_passes_and_not_before(root: Path) -> None:
    issue(root, "2025-02-01")
    assert issue(root, "2025-09-30").result == "nothing new"
    made = issue(root, "2025-10-01")
    assert (made.kind, made.rules) == ("major", ("opening, state: became overdue",))
    assert "Overdue: Opening of the line" in text(root, 2)


def test_what_happened_is_told_by_the_fact_that_says_so(root: Path) -> None:
    issue(root, "2025-02-01")
    sources = (root / "seeds/sources.yaml").read_text()
    (root / "seeds/sources.yaml").write_text(
        f"{sources}  - {{id: courier, title: The Courier, publisher: The Courier, kind: secondary, published: 2025-09-15}}\n"
    )
    works = (root / "seeds/works.yaml").read_text()
    opened = '  - {id: opened, label: The line opened, says: "The line opened in {when}.", status: happened, when: 2025-09, sources: ["courier#1"], resolves: [opening]}\n'
    (root / "seeds/works.yaml").write_text(works + opened)
    made = issue(root, "2025-09-20")
    assert "opening, state: happened" in made.rules
    assert "The line opened in September 2025." in text(root, 2)


def test_a_withdrawn_fact_is_told_with_what_it_said(root: Path) -> None:
    issue(root, "2025-02-01")
    works = (root / "seeds/works.yaml").read_text()
    start, end = works.index("  - id: order"), works.index("  - id: opening")
    (root / "seeds/works.yaml").write_text(
        (works[:start] + works[end:]).replace("    - The city ordered {order.trams} trams.\n", "    - All is well {cost}.\n")
    )
    made = issue(root, "2025-02-02")
    assert made.rules == ("order: a fact was withdrawn",)
    assert "Withdrawn: Trams on order The city ordered 24 trams. withdrawn" in text(root, 2)


def test_a_fact_that_readers_may_see_no_more_is_not_told_again_as_what_was(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "    measure: fleet\n", "    measure: fleet\n    marking: restricted\n")
    change(root, "    - The city ordered {order.trams} trams.\n", "    - All is well {cost}.\n")
    assert issue(root, "2025-02-02").rules == ("order: a fact was withdrawn",)
    for suffix in ("html", "txt"):
        words = (store_of(root, BRIEF).path(2) / f"brief.{suffix}").read_text("utf-8")
        assert "no longer shown" in words
        assert "rams on order" not in words
        assert "ordered" not in words
    evidence = json.loads((store_of(root, BRIEF).path(2) / "evidence.json").read_bytes())
    assert "order" not in {fact["id"] for fact in evidence["facts"]}


# ---------------------------------------------------------------------------------------------------------- what it is made of


def test_an_edition_has_every_format_its_evidence_and_what_it_takes_to_make_it_again(root: Path) -> None:
    made = issue(root, "2025-02-01", formats=FORMATS)
    names = {Path(path).name for path in made.paths}
    assert names == {f"brief.{each}" for each in FORMATS} | {"evidence.json", "inputs.tar.gz", "manifest.json"}
    kept = manifest(root, 1)
    assert set(kept.outputs) == names - {"manifest.json"}
    assert {"seeds/works.yaml", "briefs/brief.yaml", "builtin/templates/policy-brief.md.j2"} <= set(kept.inputs)
    assert len(kept.fonts) >= 8
    assert {fact.id: fact.state for fact in kept.facts}["opening"] == "upcoming"
    assert wrong(root) == []


def test_a_summary_is_issued_on_one_page(root: Path) -> None:
    issue(root, "2025-02-01", name="page", formats=FORMATS)
    change(root, "value: 100 million", "value: 120 million")
    issue(root, "2025-02-02", name="page", formats=FORMATS)
    assert manifest(root, 2, "page").pages == 1
    assert "Revised: Cost of the line: EUR 120 million (was: EUR 100 million) [1]." in text(root, 2, "page")
    assert wrong(root, "page") == []


def test_editions_verify_after_the_dossier_has_changed_and_even_gone(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "value: 100 million", "value: 120 million")
    issue(root, "2025-02-02")
    (root / "seeds/works.yaml").unlink()
    assert wrong(root) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("brief.txt", "brief.txt is not as it was issued"),
        ("evidence.json", "evidence.json is not as it was issued"),
        ("manifest.json", "the manifest is damaged"),
    ],
)
def test_a_byte_that_was_changed_is_told(root: Path, name: str, told: str) -> None:
    issue(root, "2025-02-01")
    path = store_of(root, BRIEF).path(1) / name
    path.chmod(0o644)
    data = path.read_bytes()
    path.write_bytes(b"X" + data[1:])
    assert told in "; ".join(wrong(root))


def test_a_manifest_that_was_rewritten_breaks_the_chain(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "value: 100 million", "value: 120 million")
    issue(root, "2025-02-02")
    path = store_of(root, BRIEF).path(1) / "manifest.json"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"EUR 100 million", b"EUR 101 million"))
    assert "the manifest of edition 1 is not the one that it followed" in wrong(root)


def test_a_file_too_many_or_too_few_is_told(root: Path) -> None:
    issue(root, "2025-02-01")
    folder = store_of(root, BRIEF).path(1)
    (folder / "brief.txt").unlink()
    (folder / "more.txt").write_text("x")
    assert {"brief.txt is missing", "more.txt does not belong to it"} <= set(wrong(root))


# ------------------------------------------------------------------------------------------------------------ what it says


def test_a_document_that_is_not_issued_says_after_which_edition_it_was_drafted(root: Path) -> None:
    def drafted(as_of: str) -> str:
        made = make(root, Order(BRIEF, day(as_of)), ["html"])
        return words(Path(made.paths[0]))

    assert "First edition, not yet issued" in drafted("2025-02-01")
    issue(root, "2025-02-01")
    assert "Draft after edition 1 of 1 February 2025" in drafted("2025-02-02")
    assert "No change since edition 1 of 1 February 2025." in drafted("2025-02-02")
    change(root, "value: 24", "value: 30")
    assert "Revised: Trams on order 24 trams 30 trams" in drafted("2025-02-03")
    assert "First edition, not yet issued" in drafted("2025-01-25")


def test_the_history_in_a_document_has_the_last_five(root: Path) -> None:
    for number in range(1, 9):
        issue(root, f"2025-02-{number:02}")
        change(root, f"value: {23 + number}", f"value: {24 + number}")
    words = text(root, 8)
    assert "Edition 8, 8 February 2025, minor" in words
    assert "Edition 3, 3 February 2025, minor: information as of 3 February 2025; 1 revised" in words
    assert "Edition 2," not in words
    assert [each["edition"] for each in issuing.history(root, BRIEF)] == [8, 7, 6, 5, 4, 3, 2, 1]


def test_changes_are_told_from_any_edition_to_the_latest(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "value: 24", "value: 30")
    issue(root, "2025-02-02")
    change(root, "value: 100 million", "value: 120 million")
    issue(root, "2025-02-03")
    first, last, found, _ = issuing.changes(root, BRIEF)
    assert (first, last, [each.fact for each in found if each.weight != "none"]) == (2, 3, ["cost"])
    first, last, found, _ = issuing.changes(root, BRIEF, since=1)
    assert (first, last, {each.fact for each in found if each.weight != "none"}) == (1, 3, {"cost", "order"})
    change(root, "value: 120 million", "value: 121 million")
    issue(root, "2025-02-04")
    *_, found, _ = issuing.changes(root, BRIEF, since=3)
    assert [(each.fact, each.weight) for each in found if each.weight != "none"] == [("cost", "minor")]
    change(root, "Trams on order", "Trams ordered")
    issue(root, "2025-02-05")
    *_, found, _ = issuing.changes(root, BRIEF, since=3)  # by the dossier's thresholds, also over several editions
    assert {(each.fact, each.weight) for each in found if each.weight != "none"} == {("cost", "minor"), ("order", "minor")}
    with pytest.raises(EditionError, match="no edition 7; there are: 1, 2, 3, 4, 5"):
        issuing.changes(root, BRIEF, since=7)


def test_the_list_says_when_each_was_last_issued(root: Path) -> None:
    issue(root, "2025-02-01")
    assert [(row["name"], row["issued"]) for row in listing(root)["briefs"]] == [
        ("brief", "edition 1 of 2025-02-01"),
        ("page", "not issued"),
    ]


# ------------------------------------------------------------------------------------------------- held, released, withdrawn


def test_a_brief_whose_checks_fail_is_held_with_the_reasons_and_mending_it_is_enough(root: Path) -> None:
    issue(root, "2025-02-01")
    change(root, "{cost.amount}", "{cots.amount}")
    with pytest.raises(ProblemsFound, match=r"R00\d .*cots") as caught:
        issue(root, "2025-02-02")
    assert "E001 brief is held, not issued" in str(caught.value)
    store = store_of(root, BRIEF)
    held = store.held()
    assert held is not None
    assert not held.releasable
    assert store.numbers() == [1]
    assert store.checks()[-1].result == "held"
    with pytest.raises(EditionError, match="cannot be released, only mended"):
        issuing.release(root, BRIEF, "we must", moment("2025-02-02T13:00"))
    change(root, "{cots.amount}", "{cost.amount}")
    assert issue(root, "2025-02-03").result == "nothing new"
    assert store.held() is None


def test_stale_facts_hold_a_brief_if_its_recipe_says_so_until_a_person_releases_it_with_a_reason(root: Path) -> None:
    (root / "briefs/brief.yaml").write_text("kind: brief\ntitle: Opening the harbour line\nstale: hold\n")
    change(root, "shelf_life: 10 years", "shelf_life: 2 months", "seeds/dossier.yaml")
    with pytest.raises(ProblemsFound, match="B012"):
        issue(root, "2025-06-01")
    with pytest.raises(EditionError, match="reason"):
        issuing.release(root, BRIEF, " ", moment("2025-06-02"), formats=("html", "txt"))
    made = issuing.release(root, BRIEF, "the ministry knows", moment("2025-06-02"), formats=("html", "txt"))
    assert made.edition == 1
    assert manifest(root, 1).released == "the ministry knows"
    store = store_of(root, BRIEF)
    assert store.held() is None
    assert (store.checks()[-1].result, store.checks()[-1].because) == ("released", "the ministry knows")
    assert wrong(root) == []
    with pytest.raises(EditionError, match="not held"):
        issuing.release(root, BRIEF, "again", moment("2025-06-03"))


def test_stale_facts_that_are_refused_cannot_be_released(root: Path) -> None:
    (root / "briefs/brief.yaml").write_text("kind: brief\ntitle: Opening the harbour line\nstale: refuse\n")
    change(root, "shelf_life: 10 years", "shelf_life: 2 months", "seeds/dossier.yaml")
    with pytest.raises(ProblemsFound, match="B012"):
        issue(root, "2025-06-01")
    with pytest.raises(EditionError, match="cannot be released"):
        issuing.release(root, BRIEF, "we must", moment("2025-06-02"))


def test_a_withdrawn_edition_stays_and_the_next_one_corrects_it(root: Path) -> None:
    issue(root, "2025-02-01")
    done = issuing.withdraw(root, BRIEF, 1, "the cost was wrong", moment("2025-02-02"))
    assert done == "generate issue brief makes the edition in its place"
    made = issue(root, "2025-02-03")
    assert (made.result, made.kind, made.rules) == ("issued", "major", ("edition 1 was withdrawn",))
    assert "Corrects edition 1 of 1 February 2025, which was withdrawn: the cost was wrong" in text(root, 2)
    first = issuing.history(root, BRIEF)[1]
    assert (first["state"], first["successor"], first["line"]) == ("withdrawn", 2, "withdrawn: the cost was wrong")
    assert wrong(root) == []
    with pytest.raises(EditionError, match="withdrawn already"):
        issuing.withdraw(root, BRIEF, 1, "again", moment("2025-02-04"))
    with pytest.raises(EditionError, match="no edition 9"):
        issuing.withdraw(root, BRIEF, 9, "never was", moment("2025-02-04"))


# ------------------------------------------------------------------------------------------------------------- out of order


def test_a_clock_that_goes_back_an_hour_is_told_and_nothing_is_lost(root: Path) -> None:
    issue(root, "2025-02-02T10:00")
    change(root, "value: 24", "value: 30")
    with pytest.raises(EditionError, match=r"the clock says 2025-02-02 09:00.*has gone back"):
        issue(root, "2025-02-02T09:00")
    assert store_of(root, BRIEF).numbers() == [1]
    assert issue(root, "2025-02-02T10:01").edition == 2
    assert wrong(root) == []


def test_a_day_before_the_last_edition_or_after_today_is_refused(root: Path) -> None:
    issue(root, "2025-02-02")
    with pytest.raises(EditionError, match="edition 1 is as of 2025-02-02, and 2025-02-01 is before that"):
        issue(root, "2025-02-03", as_of="2025-02-01")
    with pytest.raises(EditionError, match="2025-02-04, is after today"):
        issue(root, "2025-02-03", as_of="2025-02-04")
    assert store_of(root, BRIEF).numbers() == [1]


def test_an_edition_of_a_wrong_clock_can_be_withdrawn_and_the_next_is_in_time_again(root: Path) -> None:
    issue(root, "2099-02-02")
    issuing.withdraw(root, BRIEF, 1, "the clock was wrong", moment("2025-02-03"))
    assert issue(root, "2025-02-03").edition == 2


def test_a_brief_that_is_not_there_leaves_no_trace(root: Path) -> None:
    with pytest.raises(ProblemsFound, match="there is no brief breif"):
        issue(root, "2025-02-02", name="breif")
    with pytest.raises(ProblemsFound):
        issue(root, "2025-02-02", name="../../elsewhere")
    assert not (root / "briefs/editions").exists()


def test_the_record_of_an_edition_is_json_that_a_person_can_read(root: Path) -> None:
    issue(root, "2025-02-01")
    raw = (store_of(root, BRIEF).path(1) / "manifest.json").read_text("utf-8")
    assert raw.count("\n") > 100
    assert json.loads(raw)["rules"] == ["first edition"]
