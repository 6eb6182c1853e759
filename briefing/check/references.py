"""Whether everything in a dossier that names something else names a thing that is there, and whether each fact holds together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Protocol, cast

import msgspec

from briefing.check.braces import Brace, braces
from briefing.check.derived import check_derived
from briefing.check.facts import check_facts
from briefing.check.places import Places
from briefing.check.printed import proses
from briefing.problems import Location, Problem, nearest
from briefing.seeds import ChartPoint, ChartSpec, Dossier, Fact, Scale
from briefing.units import known_units

MAX_KEY_POINTS = 6
OWN_DATES = ("when", "due")  # of a fact; they are named like figures
_NO_TEXTS: Mapping[str, bytes] = {}


def check(dossier: Dossier, texts: Mapping[str, bytes] = _NO_TEXTS) -> Iterator[Problem]:
    """Yield every problem of the references and facts of a dossier; some are warnings.

    `texts` are the seed files by name: with them a problem's place is the very word, without them the record that holds it.
    """
    checker = _Checker(dossier, Places(texts))
    yield from checker.facts()
    yield from check_facts(dossier, checker.places)
    yield from check_derived(dossier, checker.places)
    yield from checker.circles()
    yield from checker.resolved_twice()
    yield from checker.sections()
    yield from checker.whole()
    yield from checker.tables()
    yield from checker.charts()
    yield from checker.differences()
    yield from checker.themes()
    yield from checker.markings()
    yield from checker.unused()


class _Checker:
    """The checks share the dossier, its ids, and the way to a place."""

    def __init__(self, dossier: Dossier, places: Places) -> None:
        self.dossier, self.places = dossier, places
        self.citing = Counter(name for fact in dossier.facts.values() for name in {ref.source for ref in fact.sources})
        self.theme_ids = [theme.id for theme in dossier.header.themes]

    # -------------------------------------------------------------------------------------------------------- one reference

    def fact(self, name: str, at: Location, what: str, field: str) -> Iterator[Problem]:
        """Check a fact's id, written under the key `field` of the record at `at`."""
        if name not in self.dossier.facts:
            place = self.places.word(at, name, after=field)
            yield Problem(place, "R002", f"{what}: there is no fact {name!r}", nearest(name, self.dossier.facts))

    def figure(self, reference: str, at: Location, what: str, field: str) -> Iterator[Problem]:
        """Check a `fact.figure`, written under the key `field` of the record at `at`."""
        name, dot, figure = reference.partition(".")
        fact = self.dossier.facts.get(name)
        if fact is not None and figure in _figures(fact):
            return
        place = self.places.word(at, reference, after=field)
        if not dot:
            known = [f"{name}.{each}" for each in _figures(fact)] if fact else []
            hint = f"such as {known[0]}" if known else "written fact-id.figure"
            yield Problem(place, "R008", f"{what}: {reference!r} names no figure", hint)
        elif fact is None:
            yield Problem(place, "R002", f"{what}: there is no fact {name!r}", nearest(name, self.dossier.facts))
        else:
            yield Problem(place, "R003", *_no_figure(fact, figure, what))

    def theme(self, name: str, at: Location, what: str) -> Iterator[Problem]:
        """Check a theme's id; "" is none."""
        if name and name not in self.theme_ids:
            hint = nearest(name, self.theme_ids) or f"one of {', '.join(self.theme_ids)}"
            yield Problem(self.places.word(at, name), "R004", f"{what}: the dossier has no theme {name!r}", hint)

    def prose(self, record: object) -> Iterator[Problem]:
        """Check every reference of the prose anywhere in a record."""
        for prose in proses(record):
            yield from self.references(prose.text, prose.at)
            for name in prose.rests_on:
                yield from self.fact(name, prose.at, "rests_on", "rests_on")
            yield from self.until(prose.until, prose.at)

    def until(self, name: str, at: Location) -> Iterator[Problem]:
        """Check the fact that ends a row or a piece of prose once it is known; "" is none."""
        if name:
            yield from self.fact(name, at, "until", "until")

    def references(self, text: str, at: Location) -> Iterator[Problem]:
        """Check the `{fact}` and `{fact.figure}` of a text."""
        for brace in braces(text):
            name, dot, figure = brace.name.partition(".")
            fact = self.dossier.facts.get(name)
            if fact is not None:
                yield from self.lost(fact, at, brace)
            if fact is not None and (not dot or figure == "says" or figure in _figures(fact)):
                continue
            place = self.places.token(at, brace.token, brace.nth)
            if not brace.name:
                yield Problem(place, "R006", f"a brace stands alone or around no name: {_clip(brace.token)}", _BRACE_HINT)
            elif fact is None:
                yield Problem(
                    place, "R002", f"the prose names a fact {name!r} that is not there", nearest(name, self.dossier.facts)
                )
            else:
                yield Problem(place, "R003", *_no_figure(fact, figure, "the prose"))

    def lost(self, fact: Fact, at: Location, brace: Brace) -> Iterator[Problem]:
        """Name a sentence that uses a fact whose source was taken away; a source that one fact alone names is misspelt there instead."""
        for source in dict.fromkeys(reference.source for reference in fact.sources):
            known = self.dossier.sources
            if source not in known and (self.citing[source] > 1 or not nearest(source, known)):
                place = self.places.token(at, brace.token, brace.nth)
                message = f"the sentence uses the fact {fact.id}, and its source {source!r} is not there"
                yield Problem(place, "R020", message)

    # ---------------------------------------------------------------------------------------------------------------- records

    def facts(self) -> Iterator[Problem]:
        for fact in self.dossier.facts.values():
            for reference in fact.sources:
                if reference.source not in self.dossier.sources:
                    hint = nearest(reference.source, self.dossier.sources)
                    yield Problem(
                        reference.at, "R001", f"fact {fact.id} cites a source {reference.source!r} that is not there", hint
                    )
            if not fact.sources and not fact.derived:
                hint = "sources: [source-id#12]; a fact of derived figures alone has the sources of their inputs"
                yield Problem(fact.at, "R018", f"fact {fact.id} cites no source", hint)
            own = [reference.source for reference in fact.sources]
            if fact.known_from and fact.known_from not in own:
                place = self.places.word(fact.at, fact.known_from, after="known_from")
                message = f"fact {fact.id}, known_from: {fact.known_from!r} is none of its sources"
                yield Problem(place, "R019", message, nearest(fact.known_from, own) or f"one of {', '.join(own)}")
            yield from self.theme(fact.theme, fact.at, f"fact {fact.id}")
            if not fact.theme:
                hint = "write theme: in the fact, or at the head of its file"
                yield Problem(fact.at, "R004", f"fact {fact.id} belongs to no theme", hint, warning=True)
            for field in ("supersedes", "resolves"):
                for name in getattr(fact, field):
                    yield from self.fact(name, fact.at, f"fact {fact.id}, {field}", field)
            yield from self.placeholders(fact, "says", fact.says)
            for state in fact.wording.__struct_fields__:
                yield from self.placeholders(fact, state, getattr(fact.wording, state))

    def placeholders(self, fact: Fact, field: str, text: str) -> Iterator[Problem]:
        """Check the `{figure}`s of a fact's own sentence."""
        for brace in braces(text):
            if brace.name and (brace.name == "reported" or brace.name in _figures(fact)):
                continue
            place = self.places.token(fact.at, brace.token, brace.nth, after=field)
            if brace.name in OWN_DATES:
                yield Problem(
                    place, "R007", f"fact {fact.id}, {field}: {{{brace.name}}} stands for a date that the fact does not have"
                )
            elif brace.name:
                known = _figures(fact)
                hint = nearest(brace.name, known) or (f"it has {', '.join(known)}" if known else "it has no figures")
                yield Problem(place, "R007", f"fact {fact.id}, {field}: it has no figure {brace.name!r}", hint)
            else:
                message = f"fact {fact.id}, {field}: a brace stands alone or around no name: {_clip(brace.token)}"
                yield Problem(place, "R006", message, _BRACE_HINT)

    def circles(self) -> Iterator[Problem]:
        """Find facts that supersede or resolve themselves by way of others; each circle is told once."""
        facts = self.dossier.facts
        done: set[str] = set()
        for start in facts:
            path: list[str] = []
            on_path: set[str] = set()
            stack: list[tuple[str, bool]] = [(start, False)]
            while stack:
                name, leaving = stack.pop()
                if leaving:
                    on_path.discard(path.pop())
                    done.add(name)
                elif name in on_path:
                    circle = [*path[path.index(name) :], name]
                    message = f"facts supersede or resolve each other in a circle: {' -> '.join(circle)}"
                    yield Problem(facts[name].at, "R005", message, "take one of the links away")
                elif name in facts and name not in done:
                    path.append(name)
                    on_path.add(name)
                    stack.append((name, True))
                    stack += ((other, False) for other in (*facts[name].supersedes, *facts[name].resolves))

    def resolved_twice(self) -> Iterator[Problem]:
        by: dict[str, str] = {}
        for fact in self.dossier.facts.values():
            for name in fact.resolves:
                if by.setdefault(name, fact.id) != fact.id:
                    message = f"fact {name} is resolved by {by[name]} and by {fact.id}"
                    yield Problem(
                        self.places.word(fact.at, name), "R016", message, "one fact tells what became of it", warning=True
                    )

    def sections(self) -> Iterator[Problem]:
        for theme, section in self.dossier.sections.items():
            for name in section.expected:
                yield from self.fact(name, section.at, f"section {theme}, expected", "expected")
            for reference in section.key_numbers:
                yield from self.figure(reference, section.at, f"section {theme}, key_numbers", "key_numbers")
            yield from self.prose(section)

    def whole(self) -> Iterator[Problem]:
        whole, header = self.dossier.whole, self.dossier.header
        if whole is None:
            return
        for theme in whole.key_points:
            yield from self.theme(theme, whole.at, "key_points")
        if len(whole.key_points) > MAX_KEY_POINTS:
            yield Problem(
                whole.at, "R015", f"there are {len(whole.key_points)} key points, more than {MAX_KEY_POINTS}", "merge some"
            )
        for number, row in enumerate(whole.implications, 1):
            yield from self.theme(row.theme, row.at, f"implication {number}")
            yield from self.until(row.until, row.at)
            for name in row.rests_on:
                yield from self.fact(name, row.at, f"implication {number}, rests_on", "rests_on")
        for number, asked in enumerate(whole.recommendations, 1):
            yield from self.theme(asked.theme, asked.at, f"recommendation {number}")
            yield from self.until(asked.until, asked.at)
            for name in asked.rests_on:
                yield from self.fact(name, asked.at, f"recommendation {number}, rests_on", "rests_on")
        yield from self.prose(whole)
        line = whole.bottom_line
        yield from self.scale_word("likelihood", line.likelihood, header.likelihood, line.at)
        yield from self.scale_word("confidence", line.confidence, header.confidence, line.at)

    def scale_word(self, field: str, word: str, scale: Scale | None, at: Location) -> Iterator[Problem]:
        if word and scale is not None and word not in scale.words:
            hint = nearest(word, scale.words) or f"one of {', '.join(scale.words)}"
            yield Problem(self.places.word(at, word, after=field), "R017", f"{field}: {word!r} is not on the dossier's scale", hint)

    def tables(self) -> Iterator[Problem]:
        for agreement in self.dossier.agreements:
            yield from self.fact(agreement.fact, agreement.at, "agreements", "fact")
            yield from self.until(agreement.until, agreement.at)
        for entry in self.dossier.timeline:
            yield from self.fact(entry.fact, entry.at, "timeline", "fact")
            yield from self.until(entry.until, entry.at)
            fact = self.dossier.facts.get(entry.fact)
            if fact is not None and not _dates(fact):
                yield Problem(entry.at, "R013", f"timeline: fact {fact.id} has no date", "give the fact a when or a due")
        for row in self.dossier.key_figures:
            yield from self.figure(row.figure, row.at, "key_figures", "figure")
            yield from self.until(row.until, row.at)

    def charts(self) -> Iterator[Problem]:
        for chart in self.dossier.charts.values():
            yield from self.theme(chart.theme, chart.at, f"chart {chart.id}")
            yield from self.references(chart.alt, chart.at)
            yield from self.references(chart.caption, chart.at)
            for point in chart.points:
                problems = list(self.figure(point.figure, point.at, f"chart {chart.id}", "figure"))
                yield from problems
                if not problems:
                    yield from self.point(chart, point.figure, point.at)
            yield from _uneven(chart)
            yield from self.one_unit(chart)

    def point(self, chart: ChartSpec, reference: str, at: Location) -> Iterator[Problem]:
        name, _, figure = reference.partition(".")
        found = self.dossier.facts[name].figures.get(figure)
        dated = figure in OWN_DATES if found is None else found.date is not None
        if dated != (chart.kind == "timeline"):
            message = f"chart {chart.id}: {reference} is a {'date' if dated else 'quantity'}"
            hint = "a timeline shows dates" if chart.kind == "timeline" else f"a {chart.kind} chart shows quantities"
            yield Problem(at, "R014", message, hint)

    def one_unit(self, chart: ChartSpec) -> Iterator[Problem]:
        """Quantities of different units make no bars beside each other, but things counted do under a name for all of them."""
        known = known_units(self.dossier.header.units)
        units: dict[str, ChartPoint] = {}
        for point in chart.points:
            name, _, figure = point.figure.partition(".")
            fact = self.dossier.facts.get(name)
            if fact and figure in fact.figures and fact.figures[figure].value is not None:
                unit = known.get(fact.figures[figure].unit)
                counted = chart.unit and unit is not None and unit.kind == "count"
                units.setdefault("things" if counted else fact.figures[figure].unit, point)
        if len(units) > 1:
            place = list(units.values())[1].at
            yield Problem(
                place, "R014", f"chart {chart.id} shows different units together: {', '.join(units)}", "one chart, one unit"
            )

    def differences(self) -> Iterator[Problem]:
        for row in self.dossier.differences:
            yield from self.theme(row.theme, row.at, f"difference {row.id}")
            yield from self.until(row.until, row.at)
            for position in row.positions:
                yield from self.fact(position.fact, position.at, f"difference {row.id}", "fact")
            yield from self.prose(row)

    # ------------------------------------------------------------------------------------------------------------- the dossier

    def themes(self) -> Iterator[Problem]:
        filled = {fact.theme for fact in self.dossier.facts.values()}
        for theme in self.dossier.header.themes:
            if theme.id not in filled:
                yield Problem(
                    theme.at, "R010", f"the theme {theme.id} has no facts", "it is left out of the documents", warning=True
                )
            elif theme.id not in self.dossier.sections:
                hint = "write section: in a file with theme: " + theme.id
                yield Problem(theme.at, "R011", f"the theme {theme.id} has facts and no section", hint, warning=True)

    def markings(self) -> Iterator[Problem]:
        """Check the marking of every record of the dossier that has one."""
        ladder = self.dossier.header.markings
        for record in _marked(self.dossier):
            marking, at = record.marking, record.at
            if marking not in ladder:
                hint = nearest(marking, ladder) or f"one of {', '.join(ladder)}"
                yield Problem(
                    self.places.word(at, marking, after="marking"), "R012", f"the marking {marking!r} is not in the ladder", hint
                )

    def unused(self) -> Iterator[Problem]:
        used = {reference.source for fact in self.dossier.facts.values() for reference in fact.sources}
        for source in self.dossier.sources.values():
            if source.id not in used:
                yield Problem(source.at, "R009", f"no fact cites the source {source.id}", warning=True)


_BRACE_HINT = "a reference is {fact} or {fact.figure}; write {{ or }} for a plain brace"


class _Marked(Protocol):
    @property
    def marking(self) -> str: ...
    @property
    def at(self) -> Location: ...


def _marked(record: object) -> Iterator[_Marked]:
    """Yield every record with a marking, in order."""
    if isinstance(record, msgspec.Struct):
        if getattr(record, "marking", ""):
            yield cast("_Marked", record)
        for name in record.__struct_fields__:
            yield from _marked(getattr(record, name))
    elif isinstance(record, tuple):
        for each in record:
            yield from _marked(each)
    elif isinstance(record, dict):
        for each in record.values():
            yield from _marked(each)


def _dates(fact: Fact) -> tuple[str, ...]:
    return tuple(name for name in OWN_DATES if getattr(fact, name) is not None)


def _figures(fact: Fact) -> list[str]:
    """Return the names of a fact's figures: its own, computed ones and its dates."""
    return [*fact.figures, *fact.derived, *_dates(fact)]


def _no_figure(fact: Fact, figure: str, what: str) -> tuple[str, str]:
    known = _figures(fact)
    hint = nearest(figure, known) or (f"it has {', '.join(known)}" if known else "it has none")
    return f"{what}: fact {fact.id} has no figure {figure!r}", hint


def _uneven(chart: ChartSpec) -> Iterator[Problem]:
    """Series of one chart share their labels, in one order."""
    labels: dict[str, list[str]] = {}
    for point in chart.points:
        labels.setdefault(point.series, []).append(point.label)
    if chart.kind != "timeline" and len({tuple(each) for each in labels.values()}) > 1:
        yield Problem(
            chart.at, "R014", f"chart {chart.id}: its series have different labels", "give each series every label, in one order"
        )
    for series, each in labels.items():
        if chart.kind != "timeline" and len(set(each)) < len(each):
            where = f" of the series {series}" if series else ""
            yield Problem(chart.at, "R014", f"chart {chart.id}: two points{where} have one label")


def _clip(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
