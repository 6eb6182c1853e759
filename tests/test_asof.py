"""One dossier, many days: three different briefs, each right for its day, and nothing in one that only a later source tells.

`tests/cases/asof/sentences.txt` has, for every fact of the dossier that looks forward, its state, its freshness and its sentence on five
days. `python tests/test_asof.py accept` writes what is found into it: read the difference before you keep it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest

from briefing import pipeline
from briefing.compose import compose
from briefing.compose.facts import Facts
from briefing.compose.numbers import in_digits, worded
from briefing.compose.select import fitting, select
from briefing.compose.wording import due_of, known_by
from briefing.layout.fonts import Fonts
from briefing.layout.pages import lay_out
from briefing.load.dossier import Loaded, load
from briefing.load.files import Files, font_reader, read_dossier
from briefing.model import Cite, Document, Heading, Inlines, Item, Number, Paragraph
from briefing.seeds import Dossier, Fact, Figure
from briefing.units import known_units
from briefing.walk import nodes, plain, words

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "cases" / "asof" / "sentences.txt"
DAYS = [date.fromisoformat(day) for day in ("2025-07-31", "2025-08-20", "2025-09-15", "2026-01-15", "2028-06-01")]
BEFORE, BETWEEN, AFTER, TODAY = date(2025, 8, 1), date(2025, 8, 30), date(2025, 9, 15), date(2026, 11, 23)
FORWARD = ("expected", "planned", "announced", "proposed", "pledged")
FUTURE = re.compile(r"\b(?:will|(?:is|are) (?:to|due|expected|set|planned) \w+|(?:is|are) (?:due|expected)|plans? to)\b")


@cache
def files() -> Files:
    return read_dossier(ROOT)


@cache
def loaded() -> Loaded:
    return load(files())


@cache
def document(day: date, name: str = "policy-brief", theme: str = "", annex: bool = False) -> Document:
    made, recipe = loaded(), loaded().recipes[name]
    of = made.recipes.get(recipe.full_brief)
    return compose(
        made.dossier, recipe, made.templates, made.template_places, day, theme=theme, annex=annex, digest="0", full_brief=of
    )  # fmt: skip


def facts_on(day: date) -> Facts:
    chosen = select(loaded().dossier, day)
    return Facts(chosen, day, known_units(chosen.header.units))


# ------------------------------------------------------------------------------------------------------ sentences and states


def forward() -> list[Fact]:
    """Return the facts that tell of something to come."""
    return [fact for fact in loaded().dossier.facts.values() if fact.status in FORWARD and fact.kind != "way-forward"]


def table() -> str:
    """Return the table of states and sentences, a block for each fact."""
    out = []
    known = {day: facts_on(day) for day in DAYS}
    for fact in forward():
        due = due_of(fact)
        out.append(f"{fact.id} ({fact.status}{f', due {due.text}' if due else ''})")
        for day in DAYS:
            facts = known[day]
            if fact.id not in facts.dossier.facts:
                out.append(f"  {day}  unknown")
                continue
            view = facts.view(fact.id)
            sentence = plain(tuple(each for each in view.sentence if not isinstance(each, Cite)))
            out.append(f"  {day}  {view.state}, {view.freshness}: {sentence}")
        out.append("")
    return "\n".join(out)


def test_the_sentences_and_states_of_all_that_looks_forward_are_the_accepted_ones() -> None:
    assert len(forward()) >= 40
    assert table() == TABLE.read_text("utf-8")


def test_no_sentence_in_the_table_tells_a_past_day_as_to_come() -> None:
    for day in DAYS:
        facts = facts_on(day)
        for fact in forward():
            due = due_of(fact)
            if fact.id in facts.dossier.facts and due is not None and due.end < day:
                view = facts.view(fact.id)
                assert view.state in ("overdue", "happened"), (day, fact.id)
                assert not FUTURE.search(plain(view.sentence)), (day, plain(view.sentence))


# ------------------------------------------------------------------------------------------------------- three right briefs


def sentences(made: Document) -> Iterator[tuple[str, set[str]]]:
    """Yield the sentences of a document, each with the facts that it prints or cites."""
    for run in _runs(made):
        text, facts = "", set[str]()
        for part in nodes(run):
            if isinstance(part, Number):
                facts.add(part.fact)
            elif isinstance(part, Cite):
                facts.update(part.facts)
            else:
                shown = getattr(part, "text", "")
                for index, piece in enumerate(re.split(r"(?<=[.!?]) ", shown)):
                    if index:
                        yield text, facts
                        text, facts = "", set()
                    text += piece
                continue
            text += plain((part,))
        yield text, facts


def _runs(tree: object) -> Iterator[Inlines]:
    for node in nodes(tree):
        if isinstance(node, Paragraph):
            yield node.children


def told_as_to_come(made: Document, day: date) -> list[str]:
    """Return the sentences in a future tense about something that was due before the day."""
    facts = loaded().dossier.facts
    past = {name for name, fact in facts.items() if (due := due_of(fact)) and due.end < day}
    return [text for text, named in sentences(made) if named & past and FUTURE.search(text)]


@pytest.mark.parametrize("name", ["policy-brief", "one-page-summary"])
@pytest.mark.parametrize(
    "day", [BEFORE, BETWEEN, date(2025, 9, 5), AFTER, date(2026, 1, 15), TODAY, date(2028, 6, 1), date(2031, 1, 1)], ids=str
)
def test_nothing_past_is_told_as_to_come(day: date, name: str) -> None:
    assert told_as_to_come(document(day, name), day) == []


def test_the_scan_finds_a_past_event_in_a_future_tense() -> None:
    assert len(told_as_to_come(document(BEFORE), date(2028, 6, 1))) >= 5  # the early brief, read years later
    assert told_as_to_come(document(BEFORE, "one-page-summary"), TODAY)


def test_the_three_briefs_differ_and_are_complete() -> None:
    made = {day: document(day) for day in (BEFORE, AFTER, TODAY)}
    texts = {" ".join(words(each)) for each in made.values()}
    assert len(texts) == 3
    assert [each.title for each in made.values()] == [
        "What India and Japan prepared, and what to hold them to",
        *["Making the India-Japan pledges of 2025 count"] * 2,
    ]
    themes = [theme.title for theme in loaded().dossier.header.themes]
    parts = ["Key figures", "Context and question", *themes, "Agreements", "Where sources disagree", "Timeline", "Implications and recommendations", "Confidence, assumptions and gaps", "Sources"]  # fmt: skip
    for each in made.values():
        headings = [plain(node.children) for node in nodes(each.blocks) if isinstance(node, Heading)]
        assert [title for title in parts if title not in headings] == []
        text = " ".join(words(each))
        for label in (
            "Bottom line",
            "Key points",
            "What has happened.",
            "So what.",
            "What we do not know.",
            "Likelihood:",
            "Recommendations",
        ):
            assert text.count(label) >= (6 if label.endswith(".") else 1), label
        assert sum(isinstance(node, Item) for node in nodes(each.blocks)) > 20


@pytest.mark.parametrize("day", [BEFORE, AFTER, TODAY], ids=str)
def test_each_brief_has_its_pages_and_each_summary_its_one(day: date) -> None:
    look = loaded().look
    assert 6 <= len(lay_out(document(day), look, Fonts(look, font_reader(ROOT))).pages) <= 10
    assert pipeline.make(ROOT, pipeline.Order("one-page-summary", day), (), cache=False).pages == 1


@pytest.mark.parametrize("day", [BEFORE, AFTER, TODAY], ids=str)
def test_every_theme_has_a_summary_of_its_own_on_each_day(day: date) -> None:
    for theme in loaded().dossier.header.themes:
        chosen = select(loaded().dossier, day, themes=(theme.id,)).sections[theme.id]
        assert chosen.judgement.text
        assert len(chosen.summary) >= 4
        assert chosen.happened
        assert chosen.so_what
        assert chosen.unknown
        assert chosen.line is not None


def test_the_early_brief_rests_its_advice_on_what_was_known() -> None:
    whole = select(loaded().dossier, BEFORE).whole
    assert whole is not None
    assert len(whole.key_points) == len(loaded().dossier.header.themes)
    assert len(whole.recommendations) >= 4
    assert len(whole.implications) >= 3


def test_a_brief_states_the_span_of_its_sources_and_not_the_day_it_is_made_for_as_theirs() -> None:
    for day, last in (
        (BEFORE, "31 July 2025"),
        (BETWEEN, "28 August 2025"),
        (AFTER, "10 September 2025"),
        (TODAY, "10 September 2025"),
    ):
        text = " ".join(words(document(day))).replace("\N{NO-BREAK SPACE}", " ")
        assert f"to {last}; nothing later was read" in text


# --------------------------------------------------------------------------------------------------------------------- leaks

EARLY = [date(2025, 7, 31), date(2025, 8, 20), BETWEEN]


@cache
def everything(day: date) -> str:
    """Return all bytes, as text, of what is made as of a day: brief with annex, summary, a document for each theme, the evidence."""
    out = []
    for theme in ("", *(theme.id for theme in loaded().dossier.header.themes)):
        for name in ("policy-brief", "one-page-summary"):
            made = document(day, name, theme, annex=name == "policy-brief")
            out += [pipeline.render(each, made, loaded().look, None, None).decode() for each in ("html", "txt")]
    for form in ("json", "csv", "jsonld"):
        out.append(
            pipeline.evidence_of(
                loaded(), pipeline.Order("policy-brief", day, annex=True), document(day, annex=True), {}, form
            ).decode()
        )
    return re.sub(r"\b[0-9a-f]{16,}\b", "", "\n".join(out)).replace("\N{NO-BREAK SPACE}", " ")


def shown(figure: Figure, facts: Facts) -> set[str]:
    bare = msgspec.structs.replace(figure, bound="")
    return {
        worded(form, facts.units, noun=noun)
        for each in (figure, bare)
        for form in (each, in_digits(each))
        for noun in (False, True)
    }


def shingles(text: str, length: int = 8) -> set[str]:
    for short, full in loaded().dossier.abbreviations.items():  # what a name is spelled out as tells no event
        text = text.replace(f"{full} ({short})", short)
    parts = re.findall(r"[\w'-]+", re.sub(r"\{[^}]*\}", " {} ", text).lower())
    return {" ".join(parts[at : at + length]) for at in range(len(parts) - length + 1)}


@pytest.mark.parametrize("day", EARLY, ids=str)
def test_no_trace_of_a_later_source_or_fact_is_in_anything_made_for_an_earlier_day(day: date) -> None:
    dossier, text = loaded().dossier, everything(day)
    known = facts_on(day)
    plain_text = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    for source in dossier.sources.values():
        if known_by(source) > day:
            for trace in (source.id, source.title, source.publisher, source.sha256, source.dated_because, source.cited_for):
                assert trace not in text, trace
    ids = set(re.findall(r"(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])", text))
    later = [fact for name, fact in dossier.facts.items() if name not in known.dossier.facts]
    assert len(later) > 100
    for fact in later:
        assert "-" not in fact.id or fact.id not in ids
        assert f'"{fact.id}"' not in text
    figures = {each for fact in known.dossier.facts.values() for figure in fact.figures.values() for each in shown(figure, known)}
    dated = {each.worded() for fact in known.dossier.facts.values() for each in (fact.when, fact.due) if each}
    for fact in later:
        for figure in fact.figures.values():
            for each in shown(figure, known) - figures - dated:
                if figure.unit != "year" and len(each) > 3 and each in plain_text and any(map(str.isdigit, each)):
                    assert not re.search(rf"(?<![\w,.]){re.escape(each)}(?![\w,])", plain_text), (fact.id, each)
    said = {each for fact in known.dossier.facts.values() for each in shingles(f"{fact.says} {fact.label}")}
    printed = shingles(plain_text)
    for fact in later:
        assert not (shingles(fact.says) - said) & printed, fact.id


@pytest.mark.parametrize("day", EARLY, ids=str)
def test_the_curators_remarks_are_not_in_what_is_made_for_an_earlier_day(day: date) -> None:
    text = " ".join(everything(day).split())
    assert "ublic record" not in text
    assert "ublic record" in " ".join(words(document(TODAY, annex=True)))


def stripped(dossier: Dossier, day: date) -> Dossier:
    """Return the dossier as if the facts that were not known on a day had never been written, nor what rests on them."""
    known = select(dossier, day).facts
    kept = {name: fact for name, fact in dossier.facts.items() if name in known}
    chosen = select(dossier, day)
    return msgspec.structs.replace(
        chosen,
        facts={name: msgspec.structs.replace(fact, derived=kept[name].derived) for name, fact in chosen.facts.items()},
        sources=dossier.sources,
        header=dossier.header,
    )


@pytest.mark.parametrize("day", [*EARLY, AFTER], ids=str)
@pytest.mark.parametrize("name", ["policy-brief", "one-page-summary"])
def test_a_document_is_the_same_to_the_byte_as_if_later_facts_had_never_been_written(day: date, name: str) -> None:
    made, recipe = loaded(), loaded().recipes[name]
    both = [
        compose(each, recipe, made.templates, made.template_places, day, annex=True, digest="0")
        for each in (made.dossier, stripped(made.dossier, day))
    ]
    assert both[0] == both[1]


def test_each_piece_of_prose_of_the_dossier_fits_some_day() -> None:
    """An alternative that is told on no day is a mistake of its curator."""
    from briefing.check.printed import proses
    from briefing.seeds import Prose

    dossier = loaded().dossier
    days = sorted({known_by(source) for source in dossier.sources.values()})
    facts = [select(dossier, day).facts for day in days]
    for prose in proses((dossier.sections, dossier.whole)):
        if prose.otherwise:
            told = {chosen.text for known in facts if (chosen := fitting(prose, known))}
            assert [each.text for each in (prose, *prose.otherwise) if each.text not in told] == []
            assert isinstance(prose, Prose)


if __name__ == "__main__" and sys.argv[1:] == ["accept"]:
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(table(), "utf-8")
