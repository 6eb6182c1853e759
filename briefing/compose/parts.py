"""The parts of a brief that come from data alone: tables, strips, charts, lists. Each is a block made straight from facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from briefing.compose.facts import Facts, FactView
from briefing.compose.numbers import worded
from briefing.compose.passes import curly
from briefing.compose.wording import due_of, newest_source, shelf_life, span_of_sources, worded_day
from briefing.model import (
    Bullets,
    Cell,
    Chart,
    Cite,
    CiteRef,
    Column,
    Details,
    Emphasis,
    Entry,
    Inline,
    Inlines,
    Item,
    KeyNumber,
    KeyNumbers,
    Number,
    Paragraph,
    Point,
    Row,
    Series,
    SourceEntry,
    Table,
    Text,
)
from briefing.seeds import ChartPoint, ChartSpec, Fact, KeyFigure, Source
from briefing.units import size
from briefing.walk import plain
from briefing.when import When

_EPOCH = date(1970, 1, 1).toordinal()
STATE_WORDS = {
    "stands": "Stands", "upcoming": "Expected", "overdue": "Overdue", "lapsed": "Not confirmed", "happened": "Happened",
    "cancelled": "Cancelled", "superseded": "Superseded",
}  # fmt: skip
STATUS_WORDS = {
    "happened": "Happened", "in-force": "In force", "ongoing": "Under way", "agreed": "Agreed", "pledged": "Pledged",
    "announced": "Announced", "expected": "Expected", "planned": "Planned", "proposed": "Proposed", "stalled": "Stalled",
    "cancelled": "Cancelled", "opinion": "Judgement of the source",
}  # fmt: skip
DIFFERENCE_WORDS = {
    "conflict": "Conflict", "revision": "Revision", "definition": "Different definition or scope", "name": "Different name",
    "status": "Different status", "spread": "Spread of estimates", "public-record": "Contradicted by the public record",
}  # fmt: skip


class Parts:
    """Makes the blocks; `facts` is what they may draw on, and tables and figures are numbered as they are asked for."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.dossier = facts, facts.dossier
        self.markings: set[str] = set()  # of the rows and charts made
        self._tables = self._charts = 0

    def _table(self, name: str, caption: str, columns: Sequence[Column], rows: Iterable[Row], summary: str) -> Table:
        made = tuple(rows)
        if made:  # an empty table is taken out later, and leaves no gap in the numbers
            self._tables += 1
        return Table(tuple(columns), made, name, (Text(f"Table {self._tables}. {caption}"),), summary=summary)

    def _split(self, reference: str) -> tuple[FactView, str]:
        name, _, figure = reference.partition(".")
        return self.facts.view(name), figure

    def key_figures(self) -> Table:
        """Return the table of key figures: what, value, period, source mark and freshness."""
        rows = []
        for row in sorted(self.dossier.key_figures, key=lambda row: row.priority):
            self.markings.add(row.marking)
            view, figure = self._split(row.figure)
            rows.append(
                _row(row.label, self._value(view, figure), self._period(view.fact, figure), view.mark, view.freshness.capitalize())
            )
        columns = _columns("Figure", "Value", "Period", "Source", "Freshness", weights=(4.2, 3.4, 2.6, 1.2, 1.6))
        return self._table("key-figures", "Key figures", columns, rows, "Each row is a figure with its value, period and source.")

    def key_numbers_of(self, references: Sequence[str]) -> Table:
        """Return a small table of a theme's key numbers."""
        rows = []
        for reference in references:
            view, figure = self._split(reference)
            rows.append(_row(self._label(view, figure), self._value(view, figure), self._period(view.fact, figure), view.mark))
        columns = _columns("Key number", "Value", "Period", "Source", weights=(5, 3.4, 2.6, 1.2))
        # without a caption and a number: it belongs to the text around it
        return Table(columns, tuple(rows), "key-numbers", summary="The theme's key numbers with period and source.")

    def _label(self, view: FactView, name: str) -> str:
        chosen = {row.figure: row.label for row in self.dossier.key_figures}
        return chosen.get(f"{view.id}.{name}", view.label)

    def _value(self, view: FactView, name: str) -> Inlines:
        return (self.facts.number(view.fact, name, noun=True),)

    def _period(self, fact: Fact, name: str) -> Inlines:
        figure = self.facts.figure(fact, name)
        period = (figure.period if figure else None) or (fact.when if name != "when" else None)
        return (Number(_span(period), fact.id, name),) if period else (Text("not stated"),)

    def strip(self, limit: int = 6) -> KeyNumbers:
        """Return the strip of large numbers: at most `limit`, most important first."""
        rows = sorted((row for row in self.dossier.key_figures if row.strip), key=lambda row: row.priority)[:limit]
        return KeyNumbers(tuple(self._key_number(row, place) for place, row in enumerate(rows)))

    def strip_of(self, references: Sequence[str], limit: int = 5) -> KeyNumbers:
        """Return a strip made of a theme's key numbers."""
        rows = []
        for reference in references[:limit]:
            view, figure = self._split(reference)
            rows.append(KeyFigure(reference, self._label(view, figure)))
        return KeyNumbers(tuple(self._key_number(row, place) for place, row in enumerate(rows)))

    def _key_number(self, row: KeyFigure, place: int) -> KeyNumber:
        self.markings.add(row.marking)
        view, figure = self._split(row.figure)
        noun = self.facts.figure(view.fact, figure)
        period = noun.period if noun and noun.period else None
        words = row.short or row.label
        label: list[Inline] = [Text(f"{words}, " if period else words)]
        if period:
            label.append(Number(_span(period), view.id, figure))
        label += view.mark
        number = self.facts.number(view.fact, figure, form="digits")
        # four numbers make a strip; those beyond may go
        return KeyNumber((number,), tuple(label), drop=40 + place if place >= 4 else 0, name=f"the figure '{words}'")

    def expected_of(self, names: Sequence[str]) -> list[FactView]:
        """Return facts to come by their due date; of those that one and the same event or newer fact has settled, the first."""
        views = {view.sentence: view for view in sorted(map(self.facts.view, reversed(names)), key=_due, reverse=True)}
        return list(reversed(views.values()))

    def expected(self, names: Sequence[str]) -> Bullets:
        """Return facts to come as bullets, each worded by its state, overdue and happened ones said as such."""
        return Bullets(tuple(Item((Paragraph(view.sentence),)) for view in self.expected_of(names)))

    def dated(self, limit: int = 4) -> list[FactView]:
        """Return the facts with the next due dates, at most `limit`: those to come, else the ones last overdue."""
        due = [
            view
            for row in self.dossier.timeline
            if (view := self.facts.view(row.fact)).fact.due and view.state in ("upcoming", "overdue")
        ]
        coming = sorted((v for v in due if v.state == "upcoming"), key=_due)
        overdue = sorted((v for v in due if v.state == "overdue"), key=_due, reverse=True)
        return (coming + overdue)[:limit]

    def agreements(self) -> Table:
        """Return the table of agreements: year, instrument, object, status."""
        rows = []
        for row in sorted(self.dossier.agreements, key=lambda row: _start(self.facts.view(row.fact).fact)):
            self.markings.add(row.marking)
            view = self.facts.view(row.fact)
            when = view.fact.when or view.fact.due
            year = Number(str(when.start.year), view.id, "when") if when else Text("undated")
            status = STATUS_WORDS[view.status] if view.state in ("stands", "upcoming") else STATE_WORDS[view.state]
            rows.append(
                Row((Cell((year,)), Cell((Text(row.instrument),)), Cell((Text(row.object),)), Cell((Text(status), *view.mark))))
            )
        columns = _columns("Year", "Instrument", "Object", "Status", weights=(0.95, 4.9, 5.4, 1.5))
        return self._table(
            "agreements", "Agreements and joint instruments", columns, rows, "One row for each instrument, oldest first."
        )

    def timeline(self, limit: int = 12) -> Table:
        """Return the timeline: the `limit` most important events, by date, each with its state as of the brief's date."""
        chosen = sorted(self.dossier.timeline, key=lambda row: row.priority)[:limit]
        rows = []
        for row, when in sorted(((row, self._date(row.fact)) for row in chosen), key=lambda dated: _order(dated[1])):
            self.markings.add(row.marking)
            view = self.facts.view(row.fact)
            shown: Inline = Number(when.short(), view.id, "when") if when else Text("not stated")
            at = view.state if view.state != "stands" else "happened"
            rows.append(
                Row((Cell((shown,)), Cell((Text(row.label or view.label),)), Cell((Text(STATE_WORDS[at]),)), Cell(view.mark)))
            )
        columns = _columns("Date", "Event", "State", "Source", weights=(2, 6.5, 1.7, 1.2))
        return self._table(
            "timeline", "Timeline", columns, rows, f"Events by date; their state is as of {worded_day(self.facts.as_of)}."
        )

    def _date(self, name: str) -> When | None:
        """Return the date that a timeline shows: of a thing to come its due date, else the date it speaks of."""
        view = self.facts.view(name)
        return view.fact.due if view.state in ("upcoming", "overdue") and view.fact.due else view.fact.when or view.fact.due

    def chart(self, name: str) -> Chart | None:
        """Return a chart of the dossier, or None where nothing of it is known as of the date."""
        spec = self.dossier.charts.get(name)
        if spec is None or not spec.points:
            return None
        names = list(dict.fromkeys(point.series for point in spec.points))
        series = tuple(Series(name, tuple(self._point(p) for p in spec.points if p.series == name)) for name in names)
        self._charts += 1
        self.markings.add(spec.marking)
        cites = _together(self._split(point.figure)[0].mark for point in spec.points)
        unit = spec.unit or self._unit(spec)
        return Chart(
            spec.kind,
            series,
            f"figure-{spec.id}",
            (Text(f"Figure {self._charts}. {spec.title}"),),
            alt=curly(plain(self.facts.plain_prose(spec.alt)).strip()),
            unit=unit,
            source=(*self.facts.plain_prose(spec.caption.strip()), Text(" Sources:" if spec.caption else "Sources:"), *cites),
        )

    def _point(self, point: ChartPoint) -> Point:
        view, name = self._split(point.figure)
        figure = self.facts.figure(view.fact, name)
        assert figure is not None  # the check of references has seen to it
        if figure.date is not None:
            return Point(point.label, float(figure.date.start.toordinal() - _EPOCH), figure.date.short(), view.id, name)
        assert figure.value is not None
        value = float(size(figure.value))
        high = float(size(figure.high)) if figure.high else None
        return Point(point.label, value, worded(figure, self.facts.units), view.id, name, high)

    def _unit(self, spec: ChartSpec) -> str:
        view, name = self._split(spec.points[0].figure)
        figure = self.facts.figure(view.fact, name)
        return figure.unit if figure and figure.value else ""

    def stale(self) -> list[FactView]:
        """Return the facts behind key figures that are past their shelf life."""
        names = dict.fromkeys(row.figure.partition(".")[0] for row in self.dossier.key_figures)
        return [view for name in names if (view := self.facts.view(name)).freshness == "stale"]

    def stale_sources(self) -> Inlines:
        """Return one mark for the sources whose facts are stale: those that rest on nothing newer and have no shelf life of their own."""
        ages: dict[str, set[str]] = {}
        for view in self.facts:
            source = newest_source(view.fact, self.dossier)
            own = view.fact.derived or shelf_life(view.fact, self.dossier) != self.dossier.header.shelf_life
            if source is not None and view.freshness != "past" and not own:
                ages.setdefault(source.id, set()).add(view.freshness)
        old = tuple(CiteRef(0, name, ()) for name in self.dossier.sources if ages.get(name) == {"stale"})
        return (Cite(old),) if old else ()

    def overdue(self) -> list[FactView]:
        """Return the facts whose day has passed without a source that tells what came of it, the earliest first."""
        themes = {"", *(theme.id for theme in self.dossier.header.themes)}
        return sorted((view for view in self.facts if view.state == "overdue" and view.theme in themes), key=_due)

    def sources(self, numbers: dict[str, int], *, brief: bool = False) -> Iterator[SourceEntry]:
        """Yield the list of sources in the order of their numbers: who, what, when; unless `brief`, what kind and what for."""
        for key, number in sorted(numbers.items(), key=lambda item: item[1]):
            yield SourceEntry(number, key, _source_words(self.dossier.sources[key], brief=brief))

    def span(self) -> Inlines:
        """Return the span of the sources' dates in words."""
        span = span_of_sources(self.dossier)
        if span is None:
            return (Text("no dated source"),)
        first, last = (worded_day(day) for day in span)
        return (Text(f"{first} to {last}" if first != last else first),)

    def annex(self) -> Iterator[tuple[str, Table]]:
        """Yield for each theme its title and a table of all its facts: statement, figures, status, state, sources with paragraphs."""
        for theme in self.dossier.header.themes:
            views = [view for view in self.facts if view.theme == theme.id]
            if views:
                columns = _columns("Fact", "Statement", "Status", "Source and paragraph", weights=(2.2, 6.2, 1.5, 2.1))
                table = self._table(
                    f"annex-{theme.id}",
                    f"Facts: {theme.title}",
                    columns,
                    map(self._annex_row, views),
                    "One row for each fact of the theme.",
                )
                yield theme.title, table

    def _annex_row(self, view: FactView) -> Row:
        words = list(self.facts.own(view))
        words += self._annex_figures(view, tuple(words))
        if view.fact.note:
            words += [Text(" "), Emphasis((Text(view.fact.note),))]
        state = STATUS_WORDS[view.status] if view.state in ("stands", "upcoming") else STATE_WORDS[view.state]
        newer = self.facts.superseded_by.get(view.id) if view.state == "superseded" else None
        state += f" by {newer.id}" if newer else ""
        disputed = any(side.fact == view.id for row in self.dossier.differences for side in row.positions)
        where: list[Inline] = []
        for ref in (ref for cite in view.mark if isinstance(cite, Cite) for ref in cite.refs):
            listed = ", ".join(map(str, ref.paragraphs))
            where += [Text("; ")] if where else []
            where += [Cite((ref,), (view.id,)), Text(f" {'paragraph' if len(ref.paragraphs) == 1 else 'paragraphs'} {listed}")]
        return Row(
            (
                Cell((Text(view.id),)),
                Cell(tuple(words)),
                Cell((Text(f"{state}, {view.freshness}{', disputed' if disputed else ''}"),)),
                Cell(tuple(where)),
            )
        )

    def _annex_figures(self, view: FactView, statement: Inlines) -> Inlines:
        """Return the figures that the statement does not print, and all that have a period of their own, with it."""
        told = {inline.figure for inline in statement if isinstance(inline, Number)}
        words: list[Inline] = []
        for name in view.figures:
            figure = self.facts.figure(view.fact, name)
            period = figure.period if figure else None
            if period is not None or (name not in told and name not in ("when", "due")):
                words += [Text("; " if words else " Figures: "), self.facts.number(view.fact, name, noun=True)]
                words += [Text(", "), Number(_span(period), view.id, name)] if period else []
        return (*words, Text(".")) if words else ()


def details(entries: Iterable[tuple[str, Inlines | str]], role: str) -> Details:
    """Return terms and their words, those without words left out."""
    made = tuple(Entry(term, (Text(words),) if isinstance(words, str) else words) for term, words in entries if words)
    return Details(made, role)  # type: ignore[arg-type]


def _together(marks: Iterable[Inlines]) -> Inlines:
    cites = [cite for mark in marks for cite in mark if isinstance(cite, Cite)]
    refs = {ref.source: ref for cite in cites for ref in cite.refs}
    return (Cite(tuple(refs.values()), tuple(dict.fromkeys(name for cite in cites for name in cite.facts))),) if refs else ()


def _source_words(source: Source, *, brief: bool) -> Inlines:
    dated = source.published or source.dated
    if source.published is not None:
        day = source.published.worded()
    elif dated is not None:
        because = f" ({source.dated_because})" if source.dated_because and not brief else ""
        day = f"undated; by the desk's estimate {dated.worded()}{because}"
    else:
        day = "undated"
    who = ", ".join(part for part in (source.author, source.publisher) if part)
    words: list[Inline] = [Text(f"{who}. "), Emphasis((Text(source.title),)), Text(f". {day[:1].upper()}{day[1:]}.")]
    if not brief:
        cited_for = f" Cited for: {source.cited_for.rstrip('.')}." if source.cited_for else ""
        words.append(Text(f" {source.kind.capitalize()} source.{cited_for}"))
    return tuple(words)


def _columns(*titles: str, weights: Sequence[float] = ()) -> tuple[Column, ...]:
    return tuple(
        Column((Text(title),), "left", weight) for title, weight in zip(titles, weights or (0.0,) * len(titles), strict=True)
    )


def _row(*cells: Inlines | str) -> Row:
    return Row(tuple(Cell((Text(cell),) if isinstance(cell, str) else cell) for cell in cells))


def _due(view: FactView) -> date:
    due = due_of(view.fact)
    return due.end if due else date.max


def _start(fact: Fact) -> tuple[date, date]:
    return _order(fact.when or fact.due)


def _order(when: When | None) -> tuple[date, date]:
    return (when.start, when.end) if when else (date.max, date.max)


def _span(when: When) -> str:
    return when.short()
