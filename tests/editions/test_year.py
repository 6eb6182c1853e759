"""A year of a brief, week by week: everything verifies, and the lists of changes lead from the first edition's facts to the last one's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from briefing import issuing
from briefing.edition import EditionKind
from briefing.editions.changes import apply
from briefing.pipeline import FORMATS, store_of
from tests.editions.harbour import change, issue, moment

STARTER = Path(__file__).resolve().parents[2] / "briefing" / "starter"
NAME = "policy-brief"
START = date(2025, 11, 3)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def news(week: int) -> str:
    """Return what is new by a week: a source a month, and the facts that it tells, of which each is dropped after a while."""
    sources, facts, timeline = [], [], []
    for each in range(4, week + 1, 4):
        day = START + timedelta(weeks=each, days=-2)
        sources.append(
            f"  - {{id: courier-{each}, title: The line this month, publisher: The Harbour Courier, kind: secondary, published: {day}}}"
        )
        if week - each < 24:
            facts += [
                f"  - id: laid-{each}",
                f"    label: Track laid by {'autumn' if each > 30 else 'spring'}",
                "    says: By {when} the city had laid {length} of track.",
                "    status: happened",
                f"    when: {day:%Y-%m}",
                f"    figures: {{length: {{value: {each / 10 + (week - each) // 8}, unit: km}}}}",
                f'    sources: ["courier-{each}#{2 + (week - each) // 12}"]',
            ]
            timeline.append(f"  - {{fact: laid-{each}, priority: 1}}")
    if week >= 34:
        facts += [
            '  - {id: tram-came, label: First tram delivered, says: "The first tram came in {when}.", status: happened, when: 2026-06,',
            '     resolves: [first-tram], sources: ["courier-32#4"]}',
        ]
    parts = (("sources", sources), ("facts", facts), ("timeline", timeline))
    return "theme: works\n" + "".join(f"{name}:\n" + "\n".join(lines) + "\n" for name, lines in parts if lines)


def edits(root: Path) -> Iterator[int]:
    """Yield the weeks, each with its edits made."""
    spent = "71.2"
    for week in range(1, 53):
        if week > 1:
            (root / "seeds/news.yaml").write_text(news(week), "utf-8")
        if week % 3 == 0:
            now = f"{71.2 + week / 5:.1f}"
            change(root, f"value: {spent} million", f"value: {now} million", "seeds/money.yaml")
            spent = now
        if week % 5 == 0:
            old = "One payment decides" if week == 5 else f"One payment {LETTERS[week // 5 - 2]} decides"
            change(root, old, f"One payment {LETTERS[week // 5 - 1]} decides", "seeds/money.yaml")
        if week == 7:
            change(root, 'sources: ["council-minutes#9"]', 'sources: ["council-minutes#9,11"]', "seeds/works.yaml")
        if week == 11:
            change(root, "trams: {value: 24", "trams: {value: 26", "seeds/works.yaml")
        if week == 13:
            change(root, "status: stalled", "status: ongoing", "seeds/works.yaml")
        if week == 17:
            change(root, "likelihood: likely", "likelihood: even", "seeds/whole.yaml")
        if week == 21:
            change(root, "due: 2027-05", "due: 2027-09", "seeds/works.yaml")
        if week == 29:
            change(
                root,
                "says: Repair of the swing bridge has stood still since",
                "says: Repair of the swing bridge has been slow since",
                "seeds/works.yaml",
            )
        yield week


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(STARTER, tmp_path_factory.mktemp("year") / "dossier"))
    change(root, "shelf_life: 18 months", "shelf_life: 8 months", "seeds/dossier.yaml")
    for week in edits(root):
        formats = FORMATS if week in (1, 26, 52) else ("html", "txt")
        issue(root, (START + timedelta(weeks=week)).isoformat(), name=NAME, formats=formats)
    return root


def test_there_is_an_edition_for_each_week_with_news_and_a_record_of_every_week(year: Path) -> None:
    store = store_of(year, NAME)
    checks = store.checks()
    assert len(checks) == 52
    assert [check.edition for check in checks if check.result == "issued"] == store.numbers()
    assert 30 < len(store.numbers()) < 52
    kinds: set[EditionKind] = {store.manifest(number).kind for number in store.numbers()}
    assert kinds == {"major", "minor"}


def test_the_changes_of_all_editions_lead_from_the_first_facts_to_the_last(year: Path) -> None:
    store = store_of(year, NAME)
    numbers = store.numbers()
    facts = {fact.id: fact for fact in store.manifest(1).facts}
    for number in numbers[1:]:
        facts = apply(facts.values(), store.manifest(number).changes)
    assert facts == {fact.id: fact for fact in store.manifest(numbers[-1]).facts}
    kinds = {change.kind for number in numbers for change in store.manifest(number).changes}
    assert {"new", "revised", "restated", "source", "stale", "happened", "withdrawn", "follows"} <= kinds


def test_every_edition_verifies_byte_for_byte(year: Path) -> None:
    found = issuing.verify(year, NAME)
    assert {each.edition: each.wrong for each in found if each.wrong} == {}
    assert len(found) == len(store_of(year, NAME).numbers())


def test_the_published_date_moves_with_major_editions_and_no_other(year: Path) -> None:
    store = store_of(year, NAME)
    last = None
    for number in store.numbers():
        kept = store.manifest(number)
        assert kept.info.published == (kept.issued if kept.kind == "major" else last)
        last = kept.info.published


def test_nothing_new_is_found_without_composing_anything(year: Path) -> None:
    store = store_of(year, NAME)
    again = issuing.issue(year, NAME, START + timedelta(weeks=52), moment("2026-11-03"), formats=())
    assert again.result == "nothing new"
    assert store.checks()[-1].steady_until == store.checks()[-2].steady_until
