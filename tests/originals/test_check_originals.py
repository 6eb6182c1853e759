"""Facts beside their originals: a changed figure is found, whatever kind it is; digests, paragraphs, dates and names too."""

from __future__ import annotations

import hashlib

import pytest

from briefing.originals.check import check, read
from briefing.seeds import Fact, Figure, Reference
from briefing.when import When
from tests.originals import made

figure, fact, dossier, codes, problems = made.figure, made.fact, made.dossier, made.codes, made.problems

# What the article says, the figure that says the same, and the figure changed.
KINDS: list[tuple[str, Figure, Figure]] = [
    ("A push of $68 billion.", figure("68 billion", "USD"), figure("86 billion", "USD")),
    ("Worth USD 13 billion in all.", figure("13 billion", "USD"), figure("13 million", "USD")),
    ("A sum of USD 6.8 billion.", figure("6.8 billion", "USD"), figure("6.9 billion", "USD")),
    ("A 10 trillion-yen plan.", figure("10 trillion", "JPY"), figure("10 billion", "JPY")),
    ("Japanese Yen (¥) 10 trillion was pledged.", figure("10 trillion", "JPY"), figure("10 trillion", "USD")),
    ("JPY 580 billion in aid.", figure("580 billion", "JPY"), figure("508 billion", "JPY")),
    ("Over Rs 600 billion for plants.", figure("600 billion", "INR", bound="over"), figure("60 billion", "INR", bound="over")),
    ("An investment of ₹250 crore.", figure("250 crore", "INR"), figure("250 lakh", "INR")),
    ("An outlay of ₹2.5 billion.", figure("250 crore", "INR"), figure("25 crore", "INR")),
    ("Some 50 lakh people came.", figure("5 million", "person"), figure("50 million", "person")),
    ("The order is worth Rs 1,20,000 crore.", figure("1.2 lakh crore", "INR"), figure("1.3 lakh crore", "INR")),
    ("New target: 7–10 trillion yen.", figure("7 trillion", "JPY", high="10 trillion"), figure("7 trillion", "JPY", high="11 trillion")),
    ("Between 5 and 8 per cent.", figure("5", "%", high="8"), figure("6", "%", high="8")),
    ("Nearly 80% of the land.", figure("80", "%", bound="nearly"), figure("70", "%", bound="nearly")),
    ("It rose 12.5 per cent.", figure("12.5", "%"), figure("12.6", "%")),
    ("It rose by 2 percentage points.", figure("2", "percentage point"), figure("2", "%")),
    ("A 2.5-fold increase.", figure("2.5", "time"), figure("3.5", "time")),
    ("Twice the old sum.", figure("2", "time"), figure("3", "time")),
    ("The 15th summit.", figure("15", form="ordinal", unit="visit"), figure("14", form="ordinal", unit="visit")),
    ("His eighth trip.", figure("8", form="ordinal-words", unit="visit"), figure("9", form="ordinal-words", unit="visit")),
    ("Two brand-new trains.", figure("2", "train", form="words"), figure("3", "train", form="words")),
    ("Twenty-one agreements.", figure("21", "agreement"), figure("22", "agreement")),
    ("Over 1,400 firms.", figure("1400", "company", bound="over"), figure("1500", "company", bound="over")),
    ("There are 100+ firms.", figure("100", "company", bound="over"), figure("1000", "company", bound="over")),
    ("A peak of 3,776 m.", figure("3776", "m"), figure("3767", "m")),
    ("A 400 MW portfolio.", figure("400", "MW"), figure("400", "GW")),
    ("A plant of 1,600 MW.", figure("1.6", "GW"), figure("1.5", "GW")),
    ("In five years.", figure("5", "year", form="words"), figure("6", "year", form="words")),
    ("Over the next decade.", figure("10", "year"), figure("20", "year")),
    ("The goal for 2026 was met.", figure(when="2026"), figure(when="2027")),
    ("By December 2029 at last.", figure(when="2029-12"), figure(when="2029-11")),
    ("Till Dec 2024.", figure(when="2024-12"), figure(when="2024-10")),
    ("On July 28, 2025 they met.", figure(when="2025-07-28"), figure(when="2025-07-29")),
    ("On 28 July they met.", figure(when="2025-07-28"), figure(when="2025-07-27")),
    ("In 2023–24 it grew.", figure(when="FY2023-24"), figure(when="FY2022-23")),
    ("In April–January 2024–25.", figure(when="2024-04/2025-01"), figure(when="2024-04/2025-02")),
    ("In mid-November 2025.", figure(when="mid 2025-11"), figure(when="early 2025-11")),
    ("In the second half of August 2025.", figure(when="2025-08-16/2025-08-31"), figure(when="2025-08-01/2025-08-15")),
    ("From August 31 to September 1.", figure(when="2025-08-31/2025-09-01"), figure(when="2025-08-30/2025-09-01")),
]  # fmt: skip


def test_there_are_more_than_twenty_kinds_of_figures() -> None:
    assert len(KINDS) > 20


@pytest.mark.parametrize(("text", "right", "changed"), KINDS, ids=[text for text, _, _ in KINDS])
def test_a_changed_figure_is_found_and_the_right_one_is_not(text: str, right: Figure, changed: Figure) -> None:
    assert codes(dossier(fact("It was {n}.", figures={"n": right})), text) == []
    found = problems(dossier(fact("It was {n}.", figures={"n": changed})), text)
    assert [(each.code, each.at, each.warning) for each in found] == [("O007", made.HERE, False)]


def test_a_figure_that_stands_in_another_paragraph_is_told_with_its_number() -> None:
    found = problems(dossier(fact("It was {n}.", figures={"n": figure("68 billion", "USD")})), "No sum here.\n\nUSD 68 billion.")
    assert [each.hint for each in found] == ["it stands in report#2"]


def test_what_stands_in_place_of_a_figure_is_told() -> None:
    found = problems(dossier(fact("It was {n}.", figures={"n": figure("86 billion", "USD")})), "It was USD 68 billion.")
    assert [each.hint for each in found] == ["there is USD 68 billion"]


def test_a_figure_noted_as_inferred_needs_no_paragraph() -> None:
    counted = figure("3", "area", form="words", note="inferred, counted from the list")
    assert codes(dossier(fact("It has {n}.", figures={"n": counted})), "Steel, cars and chips.") == []
    assert codes(dossier(fact("It has {n}.", figures={"n": figure("3", "area")})), "Steel, cars and chips.") == ["O007"]


def test_one_may_be_written_as_an_article() -> None:
    assert codes(dossier(fact("It is {n}.", figures={"n": figure("1", "train")})), "Japan gives a train.") == []


def test_a_bound_that_the_original_does_not_have_is_a_warning() -> None:
    found = problems(dossier(fact("It is {n}.", figures={"n": figure("1400", "company")})), "Over 1,400 firms.")
    assert [(each.code, each.warning) for each in found] == [("O008", True)]


def test_a_figure_may_be_rounder_than_the_text_only_where_its_bound_says_so() -> None:
    rough, plain = figure("68 billion", "USD", bound="about"), figure("68 billion", "USD")
    text = "About $67.9 billion."
    assert codes(dossier(fact("It is {n}.", figures={"n": rough})), text) == []
    assert codes(dossier(fact("It is {n}.", figures={"n": plain})), text) == ["O007"]


def test_a_number_that_counts_something_else_is_not_the_figure() -> None:
    text = "A target of 500,000 visits, 50,000 of them by firms."
    assert codes(dossier(fact("It is {n}.", figures={"n": figure("500000", "visit")})), text) == []
    assert codes(dossier(fact("It is {n}.", figures={"n": figure("500000", "train")})), text) == ["O007"]
    assert codes(dossier(fact("It is {n}.", figures={"n": figure("50000", "train")})), text) == []  # "of them" may be anything


def test_an_original_that_is_not_there_is_told_at_its_source() -> None:
    report = dossier(fact(figures={"n": figure("5", "%")}), at=made.HERE)
    found = list(check(report, read(report, {})))
    assert [(each.code, each.at.line) for each in found] == [("O002", 7)]


def test_a_source_without_a_file_is_a_warning() -> None:
    report = dossier(fact(), file="")
    assert [(each.code, each.warning) for each in check(report, read(report, {}))] == [("O001", True)]


def test_the_digest_of_an_original_is_compared() -> None:
    data = b"It is so."
    right = dossier(fact(), sha256=hashlib.sha256(data).hexdigest())
    assert list(check(right, read(right, {"report.txt": data}))) == []
    found = list(check(right, read(right, {"report.txt": data + b" "})))
    assert [(each.code, each.warning) for each in found] == [("O004", False)]
    none = dossier(fact())
    assert [each.code for each in check(none, read(none, {"report.txt": data}))] == ["O003"]


def test_an_original_of_an_unknown_kind_is_told() -> None:
    report = dossier(fact(), file="report.xls")
    assert [each.code for each in check(report, read(report, {"report.xls": b"x"}))] == ["O003", "O005"]


def test_a_paragraph_that_does_not_exist_is_told_at_the_reference() -> None:
    found = problems(dossier(fact(cites=(1, 9))), "One.\n\nTwo.")
    assert [(each.code, each.at.line) for each in found] == [("O006", 5)]
    assert "which has 2" in found[0].message


@pytest.mark.parametrize(
    ("when", "text", "warned"),
    [
        ("1952", "The 1952 treaty.", False),
        ("1953", "The 1952 treaty.", True),
        ("2025-07-28", "They met on July 28.", False),
        ("2025-09", "They meet next month.", False),  # the weeks around the article's own date
        ("2031", "They meet in 2029.", True),
    ],
)
def test_a_date_of_a_fact_follows_from_its_paragraph_or_the_articles_own(when: str, text: str, warned: bool) -> None:
    found = problems(dossier(fact(when=When.parse(when))), text)
    assert [(each.code, each.warning) for each in found] == ([("O009", True)] if warned else [])


def test_a_date_may_stand_in_the_heading_above() -> None:
    text = "A title\nA lead.\nMore.\nAgreements of 1985:\nScience and technology."
    assert codes(dossier(fact(cites=(5,), when=When.parse("1985"))), text) == []
    assert codes(dossier(fact(cites=(5,), when=When.parse("1986"))), text) == ["O009"]


@pytest.mark.parametrize(
    ("says", "text", "warned"),
    [
        ("The minister met Minoru Kiuchi.", "He met Minoru Kiuchi.", False),
        ("The minister met Taro Kono.", "He met Minoru Kiuchi.", True),
        ("The Indian minister met G7 leaders.", "India met the G-7.", False),
        ("They back FOIP.", "They back a Free and Open Indo-Pacific (FOIP).", False),
        ("It reached American shores.", "It reached the U.S. shores.", False),
        ("Steel plants rose in Nōbi.", "Plants rose in Nobi.", False),
        ("Exporters from Osaka complain.", "Exporters complain.", True),
    ],
)
def test_a_name_that_the_paragraph_does_not_have_is_a_warning(says: str, text: str, warned: bool) -> None:
    padding = f"A title.\nA lead.\nMore.\nNothing.\n{text}"
    found = problems(dossier(fact(says, cites=(5,))), padding)
    assert [(each.code, each.warning) for each in found] == ([("O010", True)] if warned else [])


def test_a_fact_with_a_second_source_that_was_not_read_is_not_judged() -> None:
    claim = fact("It was {n}.", figures={"n": figure("5", "%")})
    other = Reference("other", (1,), made.HERE)
    report = dossier(Fact(id="claim", says=claim.says, status="happened", sources=(*claim.sources, other), figures=claim.figures))
    assert codes(report, "Nothing.") == []
