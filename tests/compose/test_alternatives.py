"""Prose, rows and titles follow the date: the first alternative that fits what is known is told, and what only came later is not."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.compose.document import titles
from briefing.compose.select import fitting, select
from briefing.model import Document
from briefing.problems import Location, ProblemsFound
from briefing.recipe import Recipe, Stale, Titles
from briefing.seeds import Agreement, Derived, Difference, KeyFigure, Position, Prose, Section, TimelineEntry
from briefing.walk import words
from tests.compose.small import AS_OF, composed, dossier, fact, figure, prose

EARLY = date(2025, 4, 1)  # the gazette is out, the ledger is not
OLD = fact("old", "It was {n}.", figures={"n": figure("3")}, sources="gazette#1")
NEW = fact("new", "It is {n}.", figures={"n": figure("4")}, sources="ledger#1")
FIRST_THEN_SECOND = Prose("Now {new}.", otherwise=(Prose("Then {old}."),))


def said(document: Document) -> str:
    return " ".join(words(document))


def test_the_first_alternative_whose_facts_are_known_is_told() -> None:
    section = Section(FIRST_THEN_SECOND, happened=(FIRST_THEN_SECOND, prose("Always.")), line=FIRST_THEN_SECOND)
    seeds = dossier(OLD, NEW, sections={"trade": section})
    late, early = (select(seeds, day).sections["trade"] for day in (AS_OF, EARLY))
    assert (late.judgement, late.line, late.happened) == (
        prose("Now {new}."),
        prose("Now {new}."),
        (prose("Now {new}."), prose("Always.")),
    )
    assert (early.judgement, early.line, early.happened) == (
        prose("Then {old}."),
        prose("Then {old}."),
        (prose("Then {old}."), prose("Always.")),
    )


def test_an_alternative_may_rest_on_facts_that_it_does_not_name_and_end_with_one() -> None:
    facts = {"old": OLD, "new": NEW}
    before = Prose("Nobody knows.", until="new")
    assert fitting(before, {"old": OLD}) == prose("Nobody knows.")
    assert fitting(before, facts) is None
    rests = Prose("It is known.", rests_on=("new",))
    assert fitting(rests, {"old": OLD}) is None
    assert fitting(rests, facts) == prose("It is known.")


def test_the_chosen_alternative_keeps_its_own_place() -> None:
    here, there = Location("seeds/a.yaml", 3, 5), Location("seeds/a.yaml", 4, 5)
    chosen = fitting(Prose("Now {new}.", here, otherwise=(Prose("Then {old}.", there),)), {"old": OLD})
    assert chosen == Prose("Then {old}.", there)


@given(st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=5), st.sets(st.sampled_from("abcd")))
def test_what_is_told_names_only_what_is_known_and_nothing_before_it_fits(named: list[set[str]], known: set[str]) -> None:
    pieces = [Prose(" ".join(f"{{{name}}}" for name in sorted(each)) or "plain") for each in named]
    chosen = fitting(msgspec.structs.replace(pieces[0], otherwise=tuple(pieces[1:])), {name: fact(name) for name in known})
    first = next((piece for piece, each in zip(pieces, named, strict=True) if each <= known), None)
    assert chosen == first


def test_rows_end_once_a_fact_is_known() -> None:
    seeds = dossier(
        OLD, NEW,
        agreements=(Agreement("old", "A", "B", until="new"), Agreement("new", "C", "D")),
        timeline=(TimelineEntry("old", until="new"),),
        key_figures=(KeyFigure("old.n", "Old", until="new"),),
        differences=(Difference("d", "S", "conflict", (Position("old", prose("Three.")),), prose("Three."), until="new"),),
    )  # fmt: skip
    early, late = select(seeds, EARLY), select(seeds, AS_OF)
    assert [len(rows) for rows in (early.agreements, early.timeline, early.key_figures, early.differences)] == [1, 1, 1, 1]
    assert [row.fact for row in late.agreements] == ["new"]
    assert [len(rows) for rows in (late.timeline, late.key_figures, late.differences)] == [0, 0, 0]


def test_a_fact_may_need_the_one_source_that_words_it() -> None:
    both = fact("both", sources="gazette#1 ledger#2")
    named = msgspec.structs.replace(both, id="named", known_from="ledger")
    assert list(select(dossier(both, named), EARLY).facts) == ["both"]
    assert list(select(dossier(both, named), AS_OF).facts) == ["both", "named"]


def test_a_curators_remarks_wait_until_no_source_is_younger_than_the_day() -> None:
    noted = msgspec.structs.replace(OLD, note="Public record: it was four.")
    record = Difference("d", "S", "public-record", (Position("old", prose("Three.")),), prose("Not used."))
    seeds = dossier(noted, differences=(record,))
    early, late = select(seeds, EARLY), select(seeds, AS_OF)
    assert (early.facts["old"].note, early.differences) == ("", ())
    assert (late.facts["old"].note, late.differences) == (noted.note, (record,))


def test_a_key_figure_that_a_newer_fact_supersedes_is_left_out() -> None:
    new = msgspec.structs.replace(NEW, supersedes=("old",))
    seeds = dossier(OLD, new, key_figures=(KeyFigure("old.n", "Old"), KeyFigure("new.n", "New")))
    assert [row.figure for row in select(seeds, EARLY).key_figures] == ["old.n"]
    assert [row.figure for row in select(seeds, AS_OF).key_figures] == ["new.n"]


def test_a_computed_figure_is_known_with_all_it_is_computed_from_and_carries_their_sources() -> None:
    both = fact("both", "Together {all}.", sources="", derived={"all": Derived("sum", ("old.n", "new.n"))})
    beyond = fact("beyond", "Twice {all}.", sources="", derived={"all": Derived("sum", ("both.all", "both.all"))})
    seeds = dossier(beyond, both, OLD, NEW)
    assert list(select(seeds, EARLY).facts) == ["old"]
    late = select(seeds, AS_OF).facts
    assert [late[name].figures["all"].value.number for name in ("both", "beyond")] == [7, 14]  # type: ignore[union-attr]
    assert [[(ref.source, ref.paragraphs) for ref in late[name].sources] for name in ("both", "beyond")] == [
        [("gazette", (1,)), ("ledger", (1,))]
    ] * 2
    assert "Together 7 [1, 2]." in said(composed("{{ fact('both') }}", seeds)).replace("\N{NO-BREAK SPACE}", " ")


TITLED = Recipe(
    "brief", "What came of it", "What came", "And what next", rests_on=("new",),
    otherwise=(Titles("What was meant", "What was", "And why", rests_on=("old",)), Titles("What is asked")),
)  # fmt: skip


@pytest.mark.parametrize(("day", "title"), [(AS_OF, "What came of it"), (EARLY, "What was meant")])
def test_titles_follow_the_date(day: date, title: str) -> None:
    made = composed("{{ title() }}\n\n{{ fact('old') }}\n\n{{ end_matter() }}", dossier(OLD, NEW), as_of=day, recipe=TITLED)
    assert made.title == title
    assert made.header_left == {"What came of it": "What came", "What was meant": "What was"}[title]
    others = {"What came of it", "What was meant", "And what next", "And why"} - {title}
    assert sum(other in said(made) for other in others) == 1  # the subtitle that goes with it
    assert f"{title}. Information as of" in said(made)


def test_where_no_title_fits_the_last_one_serves() -> None:
    assert titles(TITLED, dossier()).title == "What is asked"


def test_a_summary_names_its_full_brief_as_that_is_called_on_the_day() -> None:
    summary = Recipe("summary", "In short", full_brief="brief")
    for day, title in ((AS_OF, "What came of it"), (EARLY, "What was meant")):
        made = composed(
            "{{ title() }}\n{{ identity() }}\n\n{{ fact('old') }}", dossier(OLD, NEW), as_of=day, recipe=summary, full_brief=TITLED
        )
        assert f"Full brief {title}" in said(made)


# ---------------------------------------------------------------------------------------------------------------- stale facts

LAW = fact("law", "The law holds.", "in-force", label="The law")
LATE = date(2027, 1, 1)


def policy(
    stale: Stale, *, day: date = LATE, template: str = "{{ fact('law') }} {{ fact('old') }}", even: bool = False
) -> Document:
    recipe = Recipe("brief", "A title", stale=stale, at=Location("briefs/b.yaml", 1, 1))
    return composed(template, dossier(LAW, OLD), as_of=day, recipe=recipe, even_if_stale=even)


def test_a_brief_that_notes_stale_facts_is_written() -> None:
    assert "The law holds" in said(policy("note"))


@pytest.mark.parametrize(("stale", "word"), [("hold", "held back"), ("refuse", "refused")])
def test_a_brief_that_holds_or_refuses_stale_facts_names_those_it_prints(stale: Stale, word: str) -> None:
    with pytest.raises(ProblemsFound) as caught:
        policy(stale)
    (found,) = caught.value.problems
    assert (found.code, found.at, found.message) == (
        "B012",
        Location("briefs/b.yaml", 1, 1),
        f"{word}: 1 fact that it prints is stale: law",
    )
    assert ("--even-if-stale" in found.hint) == (stale == "hold")
    assert "The law holds" in said(policy(stale, day=AS_OF))  # ageing is not stale
    assert "It was 3" in said(policy(stale, template="{{ fact('old') }}"))  # what took place is past


def test_a_held_brief_can_be_written_all_the_same_and_a_refused_one_cannot() -> None:
    assert "The law holds" in said(policy("hold", even=True))
    with pytest.raises(ProblemsFound):
        policy("refuse", even=True)


def test_the_annex_lists_stale_facts_without_holding_the_brief() -> None:
    recipe = Recipe("brief", "A title", stale="refuse")
    made = composed("{{ fact('old') }}\n\n## Annex\n\n{{ annexes() }}", dossier(LAW, OLD), as_of=LATE, recipe=recipe, annex=True)
    assert "In force, stale" in said(made)


def test_one_mark_stands_for_the_sources_whose_facts_are_stale() -> None:
    lasting = fact("rule", "A rule.", "in-force", shelf_life="9 years", sources="ledger#1")
    template = "{{ fact('law') }} {{ fact('rule') }} Stale {{ stale_sources() }}."
    both = composed(template, dossier(LAW, lasting, OLD), as_of=LATE)
    assert said(both).replace("\N{NO-BREAK SPACE}", " ").endswith("Stale [1].")
    fresh = composed("{{ fact('law') }} Stale{{ stale_sources() }}.", dossier(LAW), as_of=EARLY)
    assert said(fresh).endswith("Stale.")
