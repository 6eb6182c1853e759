"""A document draws on what was known on its day, may be shown, and belongs to its themes; all else is gone before anything is worded."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from briefing.compose.select import references, select
from briefing.seeds import (  # fmt: skip
    Agreement,
    BottomLine,
    ChartPoint,
    ChartSpec,
    Difference,
    Dossier,
    Fact,
    Implication,
    KeyFigure,
    Position,
    Prose,
    Recommendation,
    Section,
    TimelineEntry,
    Whole,
)
from tests.compose.small import AS_OF, GAZETTE, LEDGER, dossier, fact, figure, prose

EARLY = date(2025, 4, 1)  # the gazette is out, the ledger is not
OLD = fact("old", figures={"n": figure("3")}, sources="gazette#1")
NEW = fact("new", figures={"n": figure("4")}, sources="ledger#1")
BOTH = fact("both", sources="ledger#2 gazette#5")
PORT = fact("port", theme="ports", figures={"n": figure("5")})
LOOSE = fact("loose", theme="")


def full() -> Dossier:
    """Return a dossier in which everything comes twice: once resting on what was known early, once on what was not."""
    section = Section(
        judgement=prose("So {new}."),
        happened=(prose("Then {old}."), prose("Later {new.n}.")),
        expected_lead=prose("Soon {new}."),
        expected=("old", "new"),
        key_numbers=("old.n", "new.n"),
        so_what=(prose("Hence {{new}} {old}."),),
        unknown=(prose("Not {new}."),),
        summary=(prose("Short."),),
        line=prose("In line {new}."),
    )
    whole = Whole(
        bottom_line=BottomLine(prose("It holds {old}."), short=prose("Holds {new}.")),
        key_points={"trade": prose("Money {old}."), "ports": prose("Ships {new}.")},
        context=(prose("Why {old}."), prose("Why now {new}.")),
        implications=(Implication(prose("If."), ("old",), theme="trade"), Implication(prose("If."), ("new",), theme="trade")),
        recommendations=(
            Recommendation("All", prose("act {new}."), "now", ("old",)),
            Recommendation("All", prose("wait."), "now", ("old",)),
        ),
        confidence=(prose("Low {new}."), prose("High.")),
    )
    return dossier(
        OLD, NEW, BOTH, PORT, LOOSE,
        whole=whole,
        sections={"trade": section},
        agreements=(Agreement("old", "A", "B"), Agreement("new", "C", "D"), Agreement("port", "E", "F")),
        timeline=(TimelineEntry("old"), TimelineEntry("new"), TimelineEntry("port")),
        key_figures=(KeyFigure("old.n", "Old"), KeyFigure("new.n", "New"), KeyFigure("port.n", "Port")),
        charts={"c": chart("c", ("old.n", "new.n"))},
        differences=(
            Difference("d", "Kept", "conflict", (Position("old", prose("Three.")),), prose("Three."), theme="trade"),
            Difference("e", "Gone", "conflict", (Position("old", prose("Three.")), Position("new", prose("Four."))), prose("Three.")),
            Difference("f", "Gone", "conflict", (Position("old", prose("Three.")),), prose("Three, not {new.n}.")),
        ),
    )  # fmt: skip


def chart(name: str, figures: tuple[str, ...], **more: str) -> ChartSpec:
    points = tuple(ChartPoint(each, each) for each in figures)
    return ChartSpec(name, "bar", "A title", more.get("caption", "A caption."), more.get("alt", "A chart."), points, theme="trade")


def test_everything_is_there_once_all_is_known() -> None:
    assert select(full(), AS_OF) == full()


def test_a_fact_stays_while_one_of_its_sources_does_and_loses_the_others() -> None:
    early = select(full(), EARLY)
    assert list(early.sources) == ["gazette"]
    assert list(early.facts) == ["old", "both", "port", "loose"]
    assert [ref.source for ref in early.facts["both"].sources] == ["gazette"]


def test_prose_that_names_what_was_not_known_is_left_out_piece_by_piece() -> None:
    section = select(full(), EARLY).sections["trade"]
    assert section == Section(
        judgement=Prose(""),
        happened=(prose("Then {old}."),),
        expected=("old",),
        key_numbers=("old.n",),
        so_what=(prose("Hence {{new}} {old}."),),
        summary=(prose("Short."),),
    )


def test_the_whole_keeps_what_rests_on_known_facts() -> None:
    whole = select(full(), EARLY).whole
    assert whole is not None
    assert whole.bottom_line == BottomLine(prose("It holds {old}."))
    assert whole.key_points == {"trade": prose("Money {old}.")}
    assert whole.context == (prose("Why {old}."),)
    assert [row.rests_on for row in whole.implications] == [("old",)]
    assert [row.what.text for row in whole.recommendations] == ["wait."]
    assert whole.confidence == (prose("High."),)


def test_rows_points_and_differences_go_with_their_facts() -> None:
    early = select(full(), EARLY)
    assert [row.fact for row in early.agreements] == ["old", "port"]
    assert [row.fact for row in early.timeline] == ["old", "port"]
    assert [row.figure for row in early.key_figures] == ["old.n", "port.n"]
    assert [point.figure for point in early.charts["c"].points] == ["old.n"]
    assert [row.id for row in early.differences] == ["d"]


@pytest.mark.parametrize("field", ["alt", "caption"])
def test_a_chart_whose_words_name_what_was_not_known_is_left_out(field: str) -> None:
    seeds = dossier(OLD, NEW, charts={"c": chart("c", ("old.n",), **{field: "It is {new.n}."})})
    assert list(select(seeds, EARLY).charts) == []
    assert list(select(seeds, AS_OF).charts) == ["c"]


def test_series_keep_the_labels_that_all_of_them_have() -> None:
    points = tuple(ChartPoint(f"{name}.n", label, series) for name, label, series in [("old", "x", "a"), ("port", "y", "a"), ("old", "x", "b"), ("new", "y", "b")])  # fmt: skip
    spec = ChartSpec("c", "line", "T", "C.", "A.", points)
    seeds = dossier(OLD, NEW, PORT, charts={"c": spec})
    assert [(point.label, point.series) for point in select(seeds, EARLY).charts["c"].points] == [("x", "a"), ("x", "b")]
    dates = msgspec.structs.replace(spec, kind="timeline")
    assert len(select(dossier(OLD, NEW, PORT, charts={"c": dates}), EARLY).charts["c"].points) == 3


def test_a_clearance_hides_what_is_marked_above_it() -> None:
    secret = fact("secret", marking="restricted")
    inner = msgspec.structs.replace(LEDGER, marking="official")
    seeds = dossier(OLD, NEW, BOTH, secret, sources=(GAZETTE, inner))
    assert list(select(seeds, AS_OF).facts) == ["old", "new", "both", "secret"]
    assert list(select(seeds, AS_OF, clearance="official").facts) == ["old", "new", "both"]
    assert list(select(seeds, AS_OF, clearance="public").facts) == ["old", "both"]
    assert list(select(seeds, AS_OF, clearance="public").sources) == ["gazette"]


def test_a_theme_narrows_tables_and_points_and_keeps_the_facts_that_its_prose_may_name() -> None:
    narrow = select(full(), AS_OF, themes=("ports",))
    assert [theme.id for theme in narrow.header.themes] == ["ports"]
    assert list(narrow.facts) == ["old", "new", "both", "port", "loose"]
    assert [row.fact for row in narrow.agreements + narrow.timeline] == ["port", "port"]
    assert [row.figure for row in narrow.key_figures] == ["port.n"]
    assert (narrow.sections, narrow.charts, narrow.differences) == ({}, {}, ())
    assert narrow.whole is not None
    assert narrow.whole.bottom_line.text.text == ""
    assert list(narrow.whole.key_points) == ["ports"]
    assert not narrow.whole.context
    assert not narrow.whole.implications
    assert not narrow.whole.recommendations


def test_a_dossier_without_a_whole_stays_without() -> None:
    assert select(dossier(OLD), AS_OF).whole is None


def test_nothing_is_known_before_the_first_source() -> None:
    none: dict[str, Fact] = {}
    assert select(full(), date(2025, 2, 28)).facts == none


def test_references_are_read_and_doubled_braces_are_not() -> None:
    assert list(references(prose("{a} {b-2.n} {{c}} {d.when}{{{e}}}"))) == ["a", "b-2", "d", "e"]
    assert list(references(prose("none { a } {A} {}"))) == []
