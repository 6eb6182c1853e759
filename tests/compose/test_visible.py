"""What is marked above a clearance is gone from a dossier, with all that rests on it, and nothing left names it."""

from __future__ import annotations

import msgspec
import pytest

from briefing.check.references import check
from briefing.compose.visible import visible
from briefing.markings import cleared, highest, lower, rank, texts
from briefing.problems import BriefingError, Location
from briefing.recipe import Recipe, Titles
from briefing.seeds import (
    Agreement,
    BottomLine,
    ChartPoint,
    ChartSpec,
    Derived,
    Difference,
    Dossier,
    Implication,
    KeyFigure,
    Position,
    Prose,
    Recommendation,
    Section,
    Theme,
    TimelineEntry,
    Whole,
)
from tests.compose.small import GAZETTE, LEDGER, THEMES, composed, dossier, fact, figure, prose

OPEN = fact("open", "Open {n}.", figures={"n": figure("3", "ship")}, label="Open one", measure="count")
SECRET = fact("secret", "Secret {n}.", figures={"n": figure("4", "sub")}, marking="restricted", sources="ledger#1", measure="depth")
UNITS = {"units": {"ship": "ships", "sub": "subs"}, "shelf_lives": {"depth": "2 years", "count": "1 year"}}


def left(made: Dossier, clearance: str = "public") -> Dossier:
    return visible(made, clearance)


def told(made: Dossier) -> str:
    return " ".join(text for _, text in texts(made))


# ------------------------------------------------------------------------------------------------------------------ the ladder


def test_a_ladder_is_climbed_from_its_beginning() -> None:
    ladder = ("open", "inner", "closed")
    assert [rank(each, ladder) for each in ("", "open", "inner", "closed", "closd")] == [0, 0, 1, 2, 3]
    assert (highest(["", "inner", "open"], ladder), highest([], ladder), highest([], ())) == ("inner", "open", "")
    assert (lower("closed", "inner", ladder), cleared("", ladder), cleared("inner", ladder)) == ("inner", "open", "inner")
    with pytest.raises(BriefingError, match=r"'closd' of the reader is not in .*did you mean closed"):
        cleared("closd", ladder)


def test_a_dossier_without_markings_is_what_it_was_whoever_reads() -> None:
    made = dossier(OPEN)
    assert left(made) is made


def test_a_clearance_that_is_not_on_the_ladder_sees_nothing_by_mistake() -> None:
    with pytest.raises(ValueError, match="'restrictd' is not in the ladder"):
        left(dossier(SECRET), "restrictd")


def test_a_marking_that_is_not_on_the_ladder_is_above_all_of_it() -> None:
    assert list(left(dossier(OPEN, fact("odd", marking="cosmic")), "restricted").facts) == ["open"]


# ----------------------------------------------------------------------------------------------------------- facts and sources


def test_facts_go_with_their_marking_their_theme_their_sources_and_what_they_are_computed_from() -> None:
    inner = msgspec.structs.replace(LEDGER, marking="official")
    made = dossier(
        OPEN,
        SECRET,
        fact("cited", sources="ledger#1"),
        fact("both", sources="gazette#1 ledger#2"),
        fact("known", sources="gazette#1 ledger#2", known_from="ledger"),
        msgspec.structs.replace(fact("sum", "{n}"), sources=(), derived={"n": Derived("sum", ("open.n", "secret.n"))}),
        msgspec.structs.replace(fact("of-sum", "{n}"), sources=(), derived={"n": Derived("sum", ("sum.n", "sum.n"))}),
        fact("port", theme="ports"),
        sources=(GAZETTE, inner),
        header={"themes": (THEMES[0], Theme("ports", "Ports", marking="official"))},
    )
    seen = left(made)
    assert list(seen.facts) == ["open", "both"]
    assert [ref.source for ref in seen.facts["both"].sources] == ["gazette"]
    assert list(seen.sources) == ["gazette"]
    assert [theme.id for theme in seen.header.themes] == ["trade"]
    assert {name: each.marking for name, each in left(made, "restricted").facts.items()} == {
        "open": "", "secret": "restricted", "cited": "official", "both": "", "known": "official", "sum": "restricted",
        "of-sum": "restricted", "port": "official",
    }  # fmt: skip


def test_a_source_that_hidden_facts_alone_cite_is_hidden_and_one_that_nobody_cites_is_not() -> None:
    assert list(left(dossier(OPEN, SECRET)).sources) == ["gazette"]
    assert list(left(dossier(SECRET, sources=(GAZETTE, LEDGER))).sources) == ["gazette"]


def test_nothing_that_is_left_names_what_is_hidden() -> None:
    later = fact("later", supersedes=("secret", "open"), resolves=("secret",))
    made = dossier(
        OPEN,
        SECRET,
        later,
        sections={"trade": Section(Prose("It is {open}.", until="secret"), expected=("secret", "open"), key_numbers=("secret.n", "open.n"))},
        timeline=(TimelineEntry("open", until="secret"),),
        abbreviations={"SUB": "submarine", "EU": "European Union"},
        header={**UNITS, "names": ("sub-9",)},
    )  # fmt: skip
    made = msgspec.structs.replace(
        made, facts={**made.facts, "secret": msgspec.structs.replace(SECRET, note="A SUB called sub-9.")}
    )
    seen = left(made)
    assert "secret" not in told(seen)
    assert (seen.facts["later"].supersedes, seen.facts["later"].resolves) == (("open",), ())
    assert (seen.sections["trade"].expected, seen.sections["trade"].key_numbers) == (("open",), ("open.n",))
    assert seen.abbreviations == {"EU": "European Union"}
    assert (seen.header.units, seen.header.shelf_lives, seen.header.names) == ({"ship": "ships"}, {"count": "1 year"}, ())


# ------------------------------------------------------------------------------------------------------------- prose and the rest


def test_of_prose_the_first_alternative_that_may_be_seen_is_told_and_knows_its_marking() -> None:
    pieces = Prose("Of {secret}.", otherwise=(Prose("Inner.", marking="official"), Prose("Of {open}.")))
    made = dossier(OPEN, SECRET, sections={"trade": Section(prose("x"), happened=(pieces, Prose("No.", rests_on=("secret",))))})
    for clearance, text, marking in (
        ("public", "Of {open}.", ""),
        ("official", "Inner.", "official"),
        ("restricted", "Of {secret}.", "restricted"),
    ):
        happened = left(made, clearance).sections["trade"].happened
        assert (happened[0].text, happened[0].marking) == (text, marking)
        assert len(happened) == (2 if clearance == "restricted" else 1)


def test_a_marked_section_whole_or_bottom_line_is_gone_with_all_its_words() -> None:
    made = dossier(
        OPEN,
        sections={"trade": Section(prose("Inner."), marking="official")},
        whole=Whole(BottomLine(prose("Line."), likelihood="likely", marking="restricted"), {"trade": prose("Point.")}),
    )
    seen = left(made)
    assert seen.sections == {}
    assert seen.whole is not None
    assert seen.whole.bottom_line == BottomLine(Prose(""))
    assert made.whole is not None
    assert left(msgspec.structs.replace(made, whole=msgspec.structs.replace(made.whole, marking="official"))).whole is None


def test_rows_charts_differences_and_advice_go_with_what_they_rest_on_or_their_own_marking() -> None:
    chart = ChartSpec("c", "bar", "T", "", "Bars.", (ChartPoint("open.n", "a"), ChartPoint("secret.n", "b")))
    alone = msgspec.structs.replace(chart, id="d", points=(ChartPoint("open.n", "a"),))
    sides = (Position("open", prose("So.")), Position("secret", prose("No.")))
    both = (Position("open", prose("So.")), Position("open", prose("No.")))
    whole = Whole(
        BottomLine(prose("Line.")), {},
        implications=(Implication(prose("If."), ("secret",)), Implication(prose("Then."), ("open",)), Implication(prose("Else."), ("open",), marking="official")),
        recommendations=(Recommendation("Desk", prose("ask"), "May", ("secret",)), Recommendation("Port", prose("act"), "June", ("open",))),
    )  # fmt: skip
    made = dossier(
        OPEN, SECRET, whole=whole,
        agreements=(Agreement("secret", "Pact", "Aim"), Agreement("open", "Deal", "Aim"), Agreement("open", "Inner deal", "Aim", marking="official")),
        timeline=(TimelineEntry("open"), TimelineEntry("open", "Inner", marking="official")),
        key_figures=(KeyFigure("open.n", "Ships"), KeyFigure("secret.n", "Subs"), KeyFigure("open.n", "Inner", marking="restricted")),
        charts={"c": chart, "d": alone, "e": msgspec.structs.replace(alone, id="e", marking="official")},
        differences=(Difference("x", "S", "conflict", sides, prose("u")), Difference("y", "S", "conflict", both, prose("u")),
                     Difference("z", "S", "conflict", both, prose("u"), marking="official")),
    )  # fmt: skip
    seen = left(made)
    assert [row.instrument for row in seen.agreements] == ["Deal"]
    assert (len(seen.timeline), [row.label for row in seen.key_figures]) == (1, ["Ships"])
    assert (list(seen.charts), [row.id for row in seen.differences]) == (["d"], ["y"])
    assert seen.whole is not None
    assert [row.text.text for row in seen.whole.implications] == ["Then."]
    assert [row.who for row in seen.whole.recommendations] == ["Port"]
    assert left(made, "restricted").charts["c"].marking == "restricted"


def test_a_theme_all_of_whose_facts_are_hidden_is_hidden_with_all_that_belongs_to_it() -> None:
    made = dossier(
        OPEN,
        msgspec.structs.replace(SECRET, theme="ports"),
        sections={"ports": Section(prose("Quiet."))},
        whole=Whole(BottomLine(prose("Line.")), {"ports": prose("Point."), "trade": prose("Other.")}),
        differences=(Difference("x", "S", "conflict", (Position("open", prose("So.")),), prose("u"), theme="ports"),),
    )
    seen = left(made)
    assert "Ports" not in told(seen)
    assert (seen.sections, seen.differences) == ({}, ())
    assert seen.whole is not None
    assert list(seen.whole.key_points) == ["trade"]


# --------------------------------------------------------------------------------------------------------------- the document


def test_the_banner_is_the_highest_marking_of_what_is_printed() -> None:
    inner = Recipe("brief", "T", clearance="restricted")
    made = dossier(
        OPEN, SECRET, sections={"trade": Section(prose("Plain."), happened=(Prose("Inner.", marking="official"),))},
        key_figures=(KeyFigure("open.n", "Ships", marking="official"),), header=UNITS,
    )  # fmt: skip
    prose_of = "{% for each in themes if each.section %}{% for row in each.section.happened %}{{ row }}{% endfor %}{% endfor %}"
    for template, banner in (
        ("{{ mark('open') }}x", ""),
        ("{{ fact('secret') }}", "restricted"),
        ("{{ fact('open').label }} and {{ fact('secret').label }}", "restricted"),
        (prose_of, "official"),
        ("{{ key_figures() }}", "official"),
    ):
        assert composed(template, made, recipe=inner).marking == banner, template


def test_a_title_that_rests_on_a_hidden_fact_gives_way_at_last_to_the_dossiers() -> None:
    made = dossier(OPEN, SECRET, header=UNITS)
    hidden = Recipe("brief", "What is secret", rests_on=("secret",))
    assert composed("x{{ mark('open') }}", made, recipe=hidden).title == "Norland and Sudia"
    other = msgspec.structs.replace(hidden, otherwise=(Titles("What is open"), Titles("Secret too", rests_on=("secret",))))
    assert composed("x{{ mark('open') }}", made, recipe=other).title == "What is open"
    assert (
        composed("x{{ mark('open') }}", made, recipe=msgspec.structs.replace(hidden, clearance="restricted")).title
        == "What is secret"
    )


def test_a_marking_on_any_record_that_is_not_on_the_ladder_is_told_with_its_place() -> None:
    at = Location("seeds/x.yaml", 3, 5)
    made = dossier(
        OPEN,
        sections={"trade": Section(Prose("x", at, marking="secrt"))},
        timeline=(TimelineEntry("open", at=at, marking="offical"),),
    )
    found = [str(each) for each in check(made) if each.code == "R012"]
    assert found == [
        "seeds/x.yaml:3:5: R012 the marking 'secrt' is not in the ladder (one of public, official, restricted)",
        "seeds/x.yaml:3:5: R012 the marking 'offical' is not in the ladder (did you mean official?)",
    ]
