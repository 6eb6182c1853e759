"""Tables, strips, charts and lists come straight from facts: sorted, numbered, with period, state and source."""

from __future__ import annotations

from typing import Any

from briefing.compose.facts import Facts
from briefing.compose.parts import Parts, details
from briefing.model import Cite, Details, Inlines, KeyNumbers, Paragraph, Point, Table
from briefing.seeds import (
    Agreement,
    ChartPoint,
    ChartSpec,
    Difference,
    Dossier,
    Fact,
    KeyFigure,
    Position,
    Prose,
    Source,
    TimelineEntry,
)
from briefing.units import known_units
from briefing.walk import plain
from tests.compose.small import AS_OF, GAZETTE, dossier, fact, figure, text, when

EXPORTS = fact("exports", figures={"amount": figure("1.2 billion", "EUR", period=when("FY2024-25")), "ships": figure("12", "ship", form="words")}, when=when("2024"))  # fmt: skip
GRANT = fact("grant", "The grant is to come by {due}.", "pledged", label="The grant", due=when("2025-11"), when=when("2025-02"))
LATER = fact(
    "later", "The port is to open in {due}.", "planned", label="The port", due=when("2026-05"), theme="ports", sources="ledger#1"
)
LAW = fact("law", "A law stands.", "in-force", label="The law", when=when("2025-03"), sources="ledger#4")
ALL = (EXPORTS, GRANT, LATER, LAW)


def parts(*facts: Fact, **more: Any) -> Parts:
    return of(dossier(*(facts or ALL), **more))


def of(seeds: Dossier) -> Parts:
    return Parts(Facts(seeds, AS_OF, known_units({"ship": "ships"})))


def cells(table: Table) -> list[list[str]]:
    return [[words(cell.children) for cell in row.cells] for row in table.rows]


def words(inlines: Inlines) -> str:
    return "".join(
        "[" + ",".join(ref.source for ref in each.refs) + "]" if isinstance(each, Cite) else plain((each,)) for each in inlines
    )


def test_key_figures_are_sorted_by_priority_with_value_period_source_and_freshness() -> None:
    made = parts(key_figures=(KeyFigure("exports.ships", "Ships", priority=2), KeyFigure("exports.amount", "Exports", priority=1)))
    table = made.key_figures()
    assert plain(table.caption) == "Table 1. Key figures"
    assert [plain(column.title) for column in table.columns] == ["Figure", "Value", "Period", "Source", "Freshness"]
    assert cells(table) == [
        ["Exports", "EUR 1.2 billion", "2024–25", "[gazette]", "Past"],
        ["Ships", "12 ships", "2024", "[gazette]", "Past"],
    ]


def test_a_figure_without_a_period_says_so() -> None:
    made = parts(fact("a", figures={"n": figure("3", "ship")}), key_figures=(KeyFigure("a.n", "Ships"),))
    assert cells(made.key_figures())[0][2] == "not stated"


def test_a_strip_has_what_asks_for_it_most_important_first_and_says_what_may_go() -> None:
    rows = [KeyFigure("exports.ships", f"Row {n}", short=f"R{n}", strip=n != 3, priority=1 + n % 2) for n in range(8)]
    strip = parts(key_figures=tuple(rows)).strip(6)
    assert [plain(number.label).removesuffix("[0]") for number in strip.items] == ["R0", "R2", "R4", "R6", "R1", "R5"]
    assert [number.drop for number in strip.items] == [0, 0, 0, 0, 44, 45]
    assert plain(strip.items[0].value) == "12"


def test_a_strip_names_the_period_of_a_figure() -> None:
    strip = parts(key_figures=(KeyFigure("exports.amount", "Exports", strip=True),)).strip()
    assert words(strip.items[0].label) == "Exports, 2024–25[gazette]"


def test_a_themes_strip_takes_labels_from_the_key_figures_or_the_fact() -> None:
    made = parts(key_figures=(KeyFigure("exports.amount", "Exports"),))
    strip = made.strip_of(("exports.amount", "grant.due"), 5)
    assert isinstance(strip, KeyNumbers)
    assert [words(number.label) for number in strip.items] == ["Exports, 2024–25[gazette]", "The grant[gazette]"]


def test_what_is_expected_is_sorted_by_day_and_told_once() -> None:
    done = fact("done", "It came in {when}.", when=when("2025-10"), resolves=("grant", "other"))
    other = fact("other", "Another.", "expected", due=when("2024"))
    bullets = parts(*ALL, done, other).expected(("later", "grant", "other"))
    shown = [words(block.children) for item in bullets.items for block in item.blocks if isinstance(block, Paragraph)]
    assert shown == ["It came in October 2025[gazette].", "The port is to open in May 2026[ledger]."]


def test_dated_facts_are_the_next_ones_and_then_the_last_overdue() -> None:
    older = fact("older", "Older.", "expected", due=when("2024"))
    made = parts(*ALL, older, timeline=tuple(map(TimelineEntry, ("older", "grant", "law", "later"))))
    assert [view.id for view in made.dated(4)] == ["later", "grant", "older"]
    assert [view.id for view in made.dated(1)] == ["later"]


def test_agreements_are_by_year_with_the_status_of_their_facts_undated_ones_last() -> None:
    loose = fact("loose", "A memorandum.", "agreed")
    rows = (
        Agreement("loose", "Memorandum", "Fish"),
        Agreement("law", "Law", "Trade"),
        Agreement("later", "Plan", "Port"),
        Agreement("exports", "Pact", "All"),
    )
    table = parts(*ALL, loose, agreements=rows).agreements()
    assert cells(table) == [
        ["2024", "Pact", "All", "Happened[gazette]"],
        ["2025", "Law", "Trade", "In force[ledger]"],
        ["2026", "Plan", "Port", "Planned[ledger]"],
        ["undated", "Memorandum", "Fish", "Agreed[gazette]"],
    ]  # fmt: skip


def test_the_timeline_is_in_the_order_of_the_dates_it_shows() -> None:
    table = parts(timeline=tuple(map(TimelineEntry, ("later", "grant", "law", "exports")))).timeline()
    assert cells(table) == [
        ["2024", "exports", "Happened", "[gazette]"],
        ["Mar 2025", "The law", "Happened", "[ledger]"],
        ["Nov 2025", "The grant", "Overdue", "[gazette]"],
        ["May 2026", "The port", "Expected", "[ledger]"],
    ]
    assert "1 December 2025" in table.summary


def test_the_timeline_keeps_the_most_important() -> None:
    rows = (TimelineEntry("later", priority=4), TimelineEntry("grant", "Money", priority=1), TimelineEntry("law", priority=2))
    assert [row[1] for row in cells(parts(timeline=rows).timeline(2))] == ["The law", "Money"]


def test_an_empty_table_takes_no_number() -> None:
    made = parts(timeline=(TimelineEntry("law"),))
    assert made.agreements().rows == ()
    assert plain(made.timeline().caption) == "Table 1. Timeline"


SPEC = ChartSpec(
    "c",
    "bar",
    "A title",
    "A caption of {exports.when}.",
    "Bars: the desk's {exports.amount}.",
    (ChartPoint("exports.amount", "All"),),
)


def test_a_chart_has_its_values_from_facts_and_its_number_in_the_caption() -> None:
    made = parts(charts={"c": SPEC})
    chart = made.chart("c")
    assert chart is not None
    assert chart.series[0].points == (Point("All", 1.2e9, "EUR 1.2 billion", "exports", "amount"),)
    assert (plain(chart.caption), chart.alt, chart.unit) == ("Figure 1. A title", "Bars: the desk’s EUR 1.2 billion.", "EUR")
    assert words(chart.source) == "A caption of 2024. Sources:[gazette]"
    again = made.chart("c")
    assert again is not None
    assert plain(again.caption) == "Figure 2. A title"


def test_a_range_keeps_both_its_ends_and_a_date_becomes_days() -> None:
    wide = fact("wide", figures={"n": figure("3", "ship", high="5")}, when=when("1970-01-11"))
    spec = ChartSpec("c", "bar", "T", "C.", "A.", (ChartPoint("wide.n", "x", "s"),))
    dates = ChartSpec("d", "timeline", "T", "C.", "A.", (ChartPoint("wide.when", "x"),))
    made = parts(wide, charts={"c": spec, "d": dates})
    bar, line = made.chart("c"), made.chart("d")
    assert bar is not None
    assert line is not None
    assert bar.series[0].points[0] == Point("x", 3.0, "3–5", "wide", "n", 5.0)
    assert line.series[0].points[0] == Point("x", 10.0, "11 Jan 1970", "wide", "when")


def test_series_are_in_the_order_of_their_first_points() -> None:
    points = (ChartPoint("exports.amount", "x", "b"), ChartPoint("exports.ships", "x", "a"), ChartPoint("exports.ships", "y", "b"))
    chart = parts(charts={"c": ChartSpec("c", "line", "T", "C.", "A.", points)}).chart("c")
    assert chart is not None
    assert [(series.name, len(series.points)) for series in chart.series] == [("b", 2), ("a", 1)]


def test_a_chart_that_is_not_there_or_empty_is_none() -> None:
    assert parts().chart("c") is None
    assert parts(charts={"c": ChartSpec("c", "bar", "T", "C.", "A.", ())}).chart("c") is None


def test_stale_facts_are_those_behind_key_figures_and_overdue_ones_any_of_the_shown_themes() -> None:
    made = parts(
        *ALL, header={"shelf_life": "1 week"}, key_figures=(KeyFigure("law.when", "Law"), KeyFigure("law.when", "Law again"))
    )
    assert [view.id for view in made.stale()] == ["law"]
    assert [view.id for view in made.overdue()] == ["grant"]
    ports = dossier(*ALL, header={"themes": dossier().header.themes[1:]})
    assert of(ports).overdue() == []


def test_a_source_is_listed_with_who_what_when_and_what_for() -> None:
    estimate = Source(
        "guess",
        "A <b>title</b>",
        "",
        "primary",
        author="Ōe",
        dated=when("mid 2025-03"),
        dated_because="it says spring",
        cited_for="fish",
    )
    made = of(dossier(fact("a", sources="guess#1"), sources=(GAZETTE, estimate)))
    listed = {entry.source: plain(entry.children) for entry in made.sources({"guess": 2, "gazette": 1})}
    assert list(listed) == ["gazette", "guess"]
    assert listed["gazette"] == "The Gazette. The Gazette on trade. 1 March 2025. Secondary source."
    assert listed["guess"].startswith(
        "Ōe. A <b>title</b>. Undated; by the desk's estimate mid-March 2025 (it says spring). Primary source."
    )
    assert listed["guess"].endswith("Cited for: fish.")


def test_the_annex_has_a_table_for_each_theme_with_facts_and_their_own_words_and_paragraphs() -> None:
    done = fact("done", "It came.", sources="ledger#7,8 gazette#2", resolves=("grant",), note="A <note>.")
    tables = list(parts(*ALL, done).annex())
    assert [title for title, _ in tables] == ["Trade and money", "Ports"]
    rows = {row[0]: row[1:] for row in cells(tables[0][1])}
    assert list(rows) == ["exports", "grant", "law", "done"]
    assert rows["grant"] == ["The grant is to come by November 2025.", "Happened, ageing", "[gazette] paragraph 3"]
    assert rows["done"] == ["It came. A <note>.", "Happened, past", "[ledger] paragraphs 7, 8; [gazette] paragraph 2"]


def test_the_annex_adds_periods_and_the_figures_that_no_statement_prints_and_says_what_is_disputed() -> None:
    figures = {
        "amount": figure("3 billion", "EUR", period=when("2024")),
        "span": figure("5", "year"),
        "ships": figure("12", "year"),
    }
    told = fact("told", "It was {amount} over {span}.", figures=figures)
    dispute = Difference("d", "Size", "conflict", (Position("told", Prose("So.")), Position("plain", Prose("So."))), Prose("So."))
    ((_, table),) = parts(told, fact("plain"), fact("calm"), differences=(dispute,)).annex()
    rows = {row[0]: row[1:3] for row in cells(table)}
    assert rows["told"] == [
        "It was EUR 3 billion over 5 years. Figures: EUR 3 billion, 2024; 12 years.",
        "Happened, past, disputed",
    ]
    assert rows["plain"] == ["It is so.", "Happened, past, disputed"]
    assert rows["calm"] == ["It is so.", "Happened, past"]


def test_details_leave_out_what_has_no_words() -> None:
    made = details([("A", "x"), ("B", ""), ("C", ()), ("D", text("y"))], "identity")
    assert isinstance(made, Details)
    assert [(entry.term, plain(entry.children)) for entry in made.entries] == [("A", "x"), ("D", "y")]


def test_the_span_of_sources_is_in_words() -> None:
    assert plain(parts().span()) == "1 March 2025 to 30 June 2025"
    assert plain(parts(EXPORTS, sources=(GAZETTE,)).span()) == "1 March 2025"
    assert plain(parts(EXPORTS, sources=()).span()) == "no dated source"
