"""From a dossier and a recipe to a document: select what is known, run the template, parse its Markdown, settle the tree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

import msgspec

from briefing.compose import passes
from briefing.compose.edition import changes, history, identity, label
from briefing.compose.facts import Facts, FactView
from briefing.compose.marks import Drop, Marks, escape
from briefing.compose.markup import MarkupError, blocks
from briefing.compose.parts import DIFFERENCE_WORDS, STATE_WORDS, STATUS_WORDS, Parts, details
from briefing.compose.select import select
from briefing.compose.template import TemplateFault, run
from briefing.compose.visible import visible
from briefing.compose.wording import worded_day
from briefing.edition import DRAFT, EditionInfo
from briefing.markings import highest, rank
from briefing.model import (
    Block,
    Callout,
    Cite,
    Contents,
    Details,
    Document,
    Group,
    Heading,
    Inlines,
    Number,
    PageBreak,
    Point,
    SourceList,
    Text,
    Title,
)
from briefing.problems import Location, Problem, ProblemsFound, nearest
from briefing.recipe import Recipe, Titles
from briefing.seeds import Dossier, Prose, Theme
from briefing.units import known_units
from briefing.walk import nodes

# places do not count; nor do, where they are not given, fields that came after the first editions
_PLACE = re.compile(rb',?"at":\{[^{}]*\}(?:,"marking":"")?|,"holidays":\{\}')
_NAMED = 12  # stale facts that a message lists


class ThemeView(msgspec.Struct, frozen=True):
    """A theme as templates see it: its title, its prose and its point for the whole."""

    id: str
    title: str
    short: str
    section: Any
    point: Any


def compose(
    dossier: Dossier,
    recipe: Recipe,
    templates: Mapping[str, str],
    places: Mapping[str, str],
    as_of: date,
    *,
    theme: str = "",
    annex: bool = False,
    digest: str = "",
    page: str = "A4",
    full_brief: Recipe | None = None,
    even_if_stale: bool = False,
    edition: EditionInfo = DRAFT,
) -> Document:
    """Return the document that a recipe makes of a dossier as of a day.

    `theme` narrows it to one subject; `annex` adds the table of all facts; `digest` is of all other inputs, and with what is
    drawn on of the dossier makes the one printed in the end matter: what was not known leaves no trace there; `full_brief` is
    the brief that a summary belongs to; `even_if_stale` makes one that its recipe holds back for stale facts; `edition` is what
    it says about its edition. Raises ProblemsFound for an unknown theme, a date before every source, stale facts that the recipe does not let pass, and whatever is wrong with a
    template, its Markdown, or that of the prose it prints.
    """
    known = [each.id for each in dossier.header.themes]
    themes = (theme,) if theme else tuple(recipe.themes)
    wrong = [
        Problem(
            recipe.at if not theme else Location(f"--theme {theme}"),
            "B010",
            f"there is no theme {name}",
            nearest(name, known) or f"themes: {', '.join(known)}",
        )
        for name in themes
        if name not in known
    ]
    if wrong:
        raise ProblemsFound(wrong)
    shown = visible(dossier, recipe.clearance or _lowest(dossier))
    chosen = select(shown, as_of, themes=themes)
    if not chosen.facts:
        raise ProblemsFound(
            [Problem(recipe.at, "B011", f"nothing was known on {as_of}: no source is dated so early", "give a later --as-of")]
        )
    units = known_units(chosen.header.units)
    facts = Facts(chosen, as_of, units)
    parts, marks = Parts(facts), Marks()
    digest = drawn_on(chosen, digest) if digest else ""
    maker = _Maker(recipe, shown, facts, parts, marks, theme=theme, annex=annex, digest=digest, full_brief=full_brief)
    maker.even_if_stale, maker.edition = even_if_stale, edition
    try:
        text = run(templates, places, recipe.template_name, maker.values(), maker.printed)
        found = blocks(text, marks)
    except TemplateFault as fault:
        raise ProblemsFound([fault.problem]) from None
    except MarkupError as error:
        where = Location(places.get(recipe.template_name, f"templates/{recipe.template_name}"), 1, 1)
        raise ProblemsFound(maker.faulty_prose() or [Problem(where, "T006", str(error))]) from None
    return maker.document(found, page, places)


def drawn_on(chosen: Dossier, others: str) -> str:
    """Return a digest of a selected dossier, wherever in its files its records stand, and of the digest of all other inputs."""
    written = _PLACE.sub(b"", msgspec.json.encode(chosen))
    return blake2b(others.encode() + b"\0" + written, digest_size=16).hexdigest()


def _lowest(dossier: Dossier) -> str:
    return dossier.header.markings[0] if dossier.header.markings else ""


class _Maker:
    """One run: what the template may call, how its values print, and what is made of its blocks."""

    def __init__(
        self,
        recipe: Recipe,
        shown: Dossier,  # what its readers may see, on whatever day
        facts: Facts,
        parts: Parts,
        marks: Marks,
        *,
        theme: str,
        annex: bool,
        digest: str,
        full_brief: Recipe | None,
    ) -> None:
        dossier = facts.dossier
        self.recipe, self.dossier, self.facts, self.parts, self.marks = recipe, dossier, facts, parts, marks
        self.theme = next((each for each in dossier.header.themes if each.id == theme), None)
        self.wants_annex, self.digest = annex, digest
        self.titles = titles(recipe, dossier, shown)
        self.full_brief = ""
        if full_brief and rank(full_brief.marking, dossier.header.markings) <= rank(recipe.clearance, dossier.header.markings):
            self.full_brief = titles(full_brief, dossier, shown).title
        self.even_if_stale, self.edition = False, DRAFT
        self._prose: dict[Prose, None] = {}

    @property
    def title(self) -> str:
        """The document's title: the recipe's, or for one theme the recipe's pattern or the theme's own."""
        if self.theme is None:
            return self.titles.title
        return (self.recipe.theme_title or "{theme}").replace("{theme}", self.theme.title).replace("{title}", self.titles.title)

    def values(self) -> dict[str, Any]:
        """Return what templates may name."""
        parts = self.parts
        whole = self.dossier.whole
        return {
            "brief": self.recipe,
            "header": self.dossier.header,
            "whole": whole,
            "theme": self._theme(self.theme) if self.theme else None,
            "themes": [self._theme(each) for each in self.dossier.header.themes],
            "as_of": worded_day(self.facts.as_of),
            "fact": self._fact,
            "facts": self._facts,
            "differences": sorted(self.dossier.differences, key=lambda row: row.priority),
            "charts": self._chart_names,
            "annex": self.wants_annex,
            "changed": bool(self.edition.rows),
            "title": lambda: self._block(self._title()),
            "identity": lambda: self._block(self._identity()),
            "contents": lambda title="Contents": self._block(Contents(title, ())),
            "key_figures": lambda: self._block(parts.key_figures()),
            "key_numbers_of": lambda section: self._block(parts.key_numbers_of(section.key_numbers)),
            "strip": lambda limit=6: self._block(parts.strip(limit)),
            "strip_of": lambda section, limit=5: self._block(parts.strip_of(section.key_numbers, limit)),
            "expected": lambda section: self._block(parts.expected(section.expected)),
            "states": lambda section: {self.facts.view(name).state for name in section.expected},
            "dated": parts.dated,
            "to_watch": lambda section, limit=4: [
                v for v in parts.expected_of(section.expected) if v.state in ("upcoming", "overdue")
            ][:limit],
            "agreements": lambda: self._block(parts.agreements()),
            "timeline": lambda limit=12: self._block(parts.timeline(limit)),
            "chart": self._chart,
            "stale": parts.stale,
            "stale_sources": lambda: self._inline(parts.stale_sources()),
            "overdue": parts.overdue,
            "sources": lambda: self._block(SourceList(())),
            "abbreviations": lambda: self._block(details((), "abbreviations")),
            "end_matter": lambda: self._block(self._end_matter()),
            "changes": lambda limit=8: self._block(
                changes(self.edition, self.facts, brief=self.recipe.kind == "summary", limit=int(limit))
            ),
            "annexes": self._annexes,
            "source_span": lambda: self._inline(parts.span()),
            "source_count": len(self.dossier.sources),
            "mark": self._mark,
            "drop": lambda number, name: self._inline(Drop(int(number), str(name))),
            "page_break": lambda: self._block(PageBreak()),
            "state_word": STATE_WORDS.get,
            "status_word": STATUS_WORDS.get,
            "difference_word": DIFFERENCE_WORDS.get,
            "due": lambda view: self._inline((self.facts.number(view.fact, "due" if view.fact.due else "when"),)),
        }

    def printed(self, value: Any) -> str:
        """Return a printed value as Markdown: prose as it is, facts and numbers as marks, every other text escaped."""
        match value:
            case _Markdown():
                return value.text
            case Prose():
                self._prose[value] = None
                return self.facts.prose(value, self.marks)
            case FactView():
                return self.marks.add(value.sentence)
            case tuple() if value and all(isinstance(each, msgspec.Struct) for each in value):
                return self.marks.add(value)
            case str():
                return escape(value)
            case bool() | list() | dict() | tuple():
                raise TypeError(f"a {type(value).__name__} cannot be printed; print its parts")
            case int() | float():
                return escape(str(value))
            case date():
                return escape(worded_day(value))
        raise TypeError(f"a {type(value).__name__} cannot be printed")

    def faulty_prose(self) -> list[Problem]:
        """Return a problem for each piece of printed prose that holds by itself what a brief cannot hold."""
        found = []
        for prose in self._prose:
            marks = Marks()
            try:
                blocks(self.facts.prose(prose, marks), marks)
            except MarkupError as error:
                found.append(Problem(prose.at, "T006", str(error)))
        return found

    def _theme(self, theme: Theme) -> ThemeView:
        point = self.dossier.whole.key_points.get(theme.id) if self.dossier.whole else None
        return ThemeView(theme.id, theme.title, theme.short or theme.title, self.dossier.sections.get(theme.id), point)

    def _fact(self, name: str) -> FactView:
        if name not in self.dossier.facts:
            raise ValueError(f"there is no fact {name} as of this date; {nearest(name, self.dossier.facts)}".rstrip("; "))
        return self.facts.view(name)

    def _facts(self, theme: str = "", kind: str = "", status: str = "") -> list[FactView]:
        return [
            view
            for view in self.facts
            if (not theme or view.theme == theme) and (not kind or view.kind == kind) and (not status or view.status == status)
        ]

    def _mark(self, names: Sequence[str] | str) -> _Markdown:
        wanted = [names] if isinstance(names, str) else names
        return self._inline(tuple(cite for name in wanted for cite in self._fact(name).mark))

    def _chart_names(self, theme: str = "") -> list[str]:
        chosen = self.recipe.charts if self.theme is None else None  # a document on one theme has room for all its charts
        wanted = tuple(self.dossier.charts) if chosen is None else chosen
        return [name for name in wanted if name in self.dossier.charts and theme in ("", self.dossier.charts[name].theme)]

    def _chart(self, name: str) -> _Markdown | str:
        chart = self.parts.chart(name)
        return self._block(chart) if chart is not None else ""

    def _block(self, block: Block) -> _Markdown:
        return _Markdown(f"\n\n{self.marks.add(block)}\n\n")

    def _inline(self, part: Inlines | Drop) -> _Markdown:
        return _Markdown(self.marks.add(part))

    def _title(self) -> Title:
        kicker = " · ".join(part for part in (self.recipe.series, self.recipe.number) if part)
        return Title((Text(self.title),), kicker, self.titles.subtitle if self.theme is None else self.dossier.header.title)

    def _identity(self) -> Block:
        recipe = self.recipe
        span = self.parts.span()
        entries: list[tuple[str, Inlines | str]] = [
            ("Marking", _BANNER),
            *identity(self.edition),
            ("Information as of", worded_day(self.facts.as_of)),
            ("Sources", (Text(f"{_count(len(self.dossier.sources), 'article')}, "), *span, Text("; nothing later was read"))),
        ]
        if recipe.kind == "brief":
            entries.append(("For", recipe.audience))
            entries.append(("Prepared by", recipe.author or self.dossier.header.publisher))
        else:
            entries.append(("Full brief", self.full_brief))
        return details(entries, "identity")

    def marking(self, tree: tuple[Block, ...]) -> str:
        """Return the highest marking of anything that the document prints, "" for a dossier without a ladder.

        Counted are the facts and sources that stand in the tree, facts of which only the label does, the prose that was printed, the
        rows and charts that were made, and the sections of its themes.
        """
        dossier, used = self.dossier, {self.recipe.marking, *self.parts.markings, *(prose.marking for prose in self._prose)}
        used |= {section.marking for section in dossier.sections.values()}
        if not any(fact.marking for fact in dossier.facts.values()) and not any(s.marking for s in dossier.sources.values()):
            return highest(used, dossier.header.markings)  # most dossiers mark nothing
        said = " ".join(node.text for node in nodes(tree) if isinstance(node, (Text, Number)))
        marked = {fact.id: fact.label or fact.id for fact in dossier.facts.values() if fact.marking}
        printed = {name for name, words in marked.items() if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", said)}
        for node in nodes(tree):
            if isinstance(node, (Number, Point)):
                printed.add(node.fact)
            elif isinstance(node, Cite):
                printed.update(node.facts)
                used |= {dossier.sources[ref.source].marking for ref in node.refs if ref.source in dossier.sources}
        used |= {dossier.facts[name].marking for name in printed if name in dossier.facts}
        return highest(used, dossier.header.markings)

    def _end_matter(self) -> Block:
        header, recipe = self.dossier.header, self.recipe
        author = recipe.author or header.publisher
        number = f" {label(self.edition)}." if self.edition.number else ""
        cite = f"{author}. {self.title}.{number} Information as of {worded_day(self.facts.as_of)}."
        return details(
            [
                ("Edition history", history(self.edition, worded_day(self.facts.as_of))),
                ("Contact", recipe.contact or header.contact),
                ("How to cite", recipe.cite_as or cite.lstrip(". ")),
                ("Other formats", _formats(recipe.formats)),
                ("Disclaimer", (recipe.disclaimer or header.disclaimer).strip()),
                ("Content digest", self.digest[:16]),
            ],
            "end-matter",
        )

    def _annexes(self) -> _Markdown:
        out = []
        for title, table in self.parts.annex():
            out += ["\n\n### ", escape(title), self._block(table).text]
        return _Markdown("".join(out))

    def _refuse_stale(self, tree: tuple[Block, ...]) -> None:
        """Raise ProblemsFound where the recipe does not let stale facts pass, and the document prints any outside its annex."""
        policy = self.recipe.stale
        if policy == "note" or (policy == "hold" and self.even_if_stale):
            return
        named = sorted(
            name for name in passes.facts_in(tree) if name in self.dossier.facts and self.facts.view(name).freshness == "stale"
        )
        if named:
            listed = ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
            what = "held back" if policy == "hold" else "refused"
            message = f"{what}: {_count(len(named), 'fact')} that it prints {'is' if len(named) == 1 else 'are'} stale: {listed}"
            hint = "read something newer" + ("; --even-if-stale writes it all the same" if policy == "hold" else "")
            raise ProblemsFound([Problem(self.recipe.at, "B012", message, hint)])

    def document(self, found: tuple[Block, ...], page: str, places: Mapping[str, str]) -> Document:
        """Return the document with everything settled that depends on the whole of it."""
        header, recipe = self.dossier.header, self.recipe
        where = Location(places.get(recipe.template_name, f"templates/{recipe.template_name}"), 1, 1)
        marking = self.marking(found)
        tree = passes.settle_cites(passes.quotes(_with_banner(found, marking)))
        tree, numbers = passes.number_sources(tree)
        tree, used = passes.expand(tree, self.dossier.abbreviations if recipe.kind == "brief" else {}, header.well_known)
        listed = passes.quotes(tuple(self.parts.sources(numbers, brief=recipe.kind == "summary")))
        tree = passes.fill(tree, listed, used)
        tree = passes.contents(passes.anchor(passes.prune(tree)))
        if not passes.title_first(tree):
            raise ProblemsFound([Problem(where, "T007", "the title must come first, and once")])
        if not any(not isinstance(block, (Title, Heading)) for block in tree):
            raise ProblemsFound([Problem(where, "T008", "the template gives an empty document")])
        as_of = worded_day(self.facts.as_of)
        short = passes.curly((self.titles.short_title or self.titles.title) if self.theme is None else self.title)
        self._refuse_stale(tree)
        return Document(
            title=passes.curly(self.title),
            short_title=short,
            blocks=tree,
            as_of=self.facts.as_of,
            language=recipe.language or header.language,
            kind=recipe.kind,
            subject=header.subject,
            author=recipe.author or header.publisher,
            keywords=tuple(recipe.keywords) or tuple(theme.title for theme in header.themes),
            marking="" if not header.markings or marking == header.markings[0] else marking,
            header_left=short,
            header_right=label(self.edition),
            footer_left=f"Information as of {as_of}",
            page="Letter" if page == "Letter" else "A4",
            one_page=recipe.kind == "summary",
            digest=self.digest,
        )


def titles(recipe: Recipe, dossier: Dossier, shown: Dossier | None = None) -> Titles:
    """Return what a document is called: the recipe's titles, or the first of the others whose facts are all known.

    Where none fits, it is the last; with `shown`, what readers may see on whatever day, the last that rests on nothing else, or the
    dossier's own title.
    """
    first = Titles(recipe.title, recipe.short_title, recipe.subtitle, recipe.rests_on)
    choices = (first, *recipe.otherwise)
    fitting = next((each for each in choices if all(name in dossier.facts for name in each.rests_on)), None)
    may_be = [each for each in choices if shown is None or all(name in shown.facts for name in each.rests_on)]
    return fitting or (may_be[-1] if may_be else Titles(dossier.header.title))


_BANNER = "\0marking"  # where the marking goes, which is known once all else is printed


def _with_banner(tree: tuple[Block, ...], marking: str) -> tuple[Block, ...]:
    """Return the tree with its marking in the identity block, or without that entry where there is none."""

    def change(block: Block) -> Block:
        match block:
            case Details(role="identity", entries=entries):
                banner = (Text(marking.capitalize()),)
                made = (
                    msgspec.structs.replace(entry, children=banner) if entry.children == (Text(_BANNER),) else entry
                    for entry in entries
                )
                return Details(tuple(entry for entry in made if marking or entry.children != banner), "identity")
            case Group() | Callout():
                return msgspec.structs.replace(block, blocks=tuple(map(change, block.blocks)))
        return block

    return tuple(map(change, tree))


class _Markdown(msgspec.Struct, frozen=True):
    """Markdown that our own code has made, printed as it is."""

    text: str


def _formats(names: Sequence[str]) -> str:
    words = {"pdf": "PDF", "docx": "Word (DOCX)", "html": "web page (HTML)", "txt": "plain text"}
    return ", ".join(words[name] for name in names)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
