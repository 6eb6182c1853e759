"""Whether facts say what their originals say: digests, paragraph numbers, figures, dates and names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from briefing.originals.compare import Words, bound_differs, date_agrees, fits, name_words
from briefing.originals.find import find_all
from briefing.originals.found import Found, overlap
from briefing.originals.names import Lexicon, is_heading, lexicon, names
from briefing.originals.read import paragraphs
from briefing.problems import Location, Problem, Unreadable
from briefing.seeds import Dossier, Fact, Figure, Reference, Source
from briefing.units import Unit, known_units
from briefing.when import When

Place = Callable[[Location, str], Location]  # of a word in the record that begins at a location

INFERRED = "inferred"  # how the note of a figure begins that stands in no paragraph, and says why it is right all the same
SMALL = 20  # a count below it stands in many places; where it stands elsewhere says nothing
NEAR_DAYS = 62  # a fact may speak of the weeks around its article without the article naming a date
_DATELINE = 3  # paragraphs at the head of an article: title, line of date and place, lead
_RELATIVE = re.compile(
    r"\b(?:this|last|next|earlier this|later this|coming|same) (?:week|month|year|summer|spring|autumn|winter|decade)\b|\brecent(?:ly)?\b|"
    r"\bupcoming\b|\btoday\b|\byesterday\b|\btomorrow\b|\bongoing\b|\bthe year\b|\bnow\b", re.IGNORECASE
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_ONE = re.compile(r"\b(?:one|single|sole|first)\b", re.IGNORECASE)


class Original(msgspec.Struct, frozen=True):
    """An original that has been read: its paragraphs, and what each holds."""

    paragraphs: tuple[str, ...]
    found: tuple[tuple[Found, ...], ...]
    lexicon: Lexicon


class Read(msgspec.Struct, frozen=True):
    """The originals of a dossier by source id, and what was wrong with those that could not be read."""

    originals: dict[str, Original]
    problems: tuple[Problem, ...]


def read(dossier: Dossier, files: Mapping[str, bytes], place: Place = lambda at, _: at) -> Read:
    """Return the originals of all sources that name a file. `files` are their bytes by the name in `Source.file`."""
    originals: dict[str, Original] = {}
    problems: list[Problem] = []
    for source in dossier.sources.values():
        at = place(source.at, source.file) if source.file else source.at
        if not source.file:
            message = f"source {source.id} names no file of its original: its facts are not compared with it"
            problems.append(Problem(at, "O001", message, "write file: and sha256:", warning=True))
            continue
        if source.file not in files:
            message = f"source {source.id}: there is no original {source.file!r} in the folder given"
            problems.append(Problem(at, "O002", message, "its facts are not compared"))
            continue
        data = files[source.file]
        problems += _digest(source, data, place)
        try:
            texts = paragraphs(source.file, data)
        except Unreadable as error:
            problems.append(Problem(at, "O005", f"source {source.id}: {error}", error.hint))
            continue
        seen = lexicon(texts, dossier.header.names)
        originals[source.id] = Original(texts, find_all(texts, dossier.header.names), seen)
    return Read(originals, tuple(problems))


def _digest(source: Source, data: bytes, place: Place) -> Iterator[Problem]:
    digest = hashlib.sha256(data).hexdigest()
    if not source.sha256:
        message = f"source {source.id} records no digest of its original"
        yield Problem(source.at, "O003", message, f"sha256: {digest}", warning=True)
    elif source.sha256.lower() != digest:
        message = f"source {source.id}: the original is another file than the one that was read; its digest is {digest}"
        yield Problem(place(source.at, source.sha256), "O004", message, "find the copy that was read, or read this one anew")


def check(dossier: Dossier, was_read: Read, place: Place = lambda at, _: at) -> Iterator[Problem]:
    """Yield every problem of the facts beside their originals, and those of the originals themselves."""
    yield from was_read.problems
    checker = _Checker(dossier, was_read, place)
    for fact in dossier.facts.values():
        yield from checker.fact(fact)


class _Checker:
    def __init__(self, dossier: Dossier, was_read: Read, place: Place) -> None:
        self.dossier, self.originals, self.place = dossier, was_read.originals, place
        self.units: dict[str, Unit] = dict(known_units(dossier.header.units))
        own = [_PLACEHOLDER.sub("0", text) for fact in dossier.facts.values() for text in (fact.says, fact.note)]
        seen = lexicon([*own, *(text for each in was_read.originals.values() for text in each.paragraphs)], dossier.header.names)
        self.lexicon = seen
        self.years = {name: source_years(source) for name, source in dossier.sources.items()}

    def fact(self, fact: Fact) -> Iterator[Problem]:
        references = [each for each in fact.sources if each.source in self.originals]
        for reference in references:
            count = len(self.originals[reference.source].paragraphs)
            for number in reference.paragraphs:
                if not 1 <= number <= count:
                    message = f"fact {fact.id} cites paragraph {number} of {reference.source}, which has {count}"
                    yield Problem(reference.at, "O006", message)
        if not references or len(references) < len(fact.sources):
            return  # what is missing may stand in the original that was not read
        for name, figure in fact.figures.items():
            yield from self.figure(fact, name, figure, references)
        yield from self.dates(fact, references)
        yield from self.names(fact, references)

    # -------------------------------------------------------------------------------------------------------------- figures

    def figure(self, fact: Fact, name: str, figure: Figure, references: list[Reference]) -> Iterator[Problem]:
        if figure.note.lower().startswith(INFERRED):
            return
        cited = [(each, years) for reference in references for each, years in self.cited(reference)]
        standing = [each for each, years in cited if fits(figure, each, years, self.units)]
        if not standing:
            if figure.value is not None and figure.value.number == 1 and not figure.value.scale and self.one(figure, references):
                return
            message = f"fact {fact.id}: its figure {name}, {written(figure)}, stands in none of the paragraphs cited"
            yield Problem(figure.at, "O007", message, self.hint(figure, cited, references))
        elif all(bound_differs(figure, each) for each in standing) and figure.value is not None:
            said = standing[0].bound or "no word like over or about"
            message = f"fact {fact.id}: its figure {name} says {figure.bound or 'no bound'}, the original {said}"
            yield Problem(figure.at, "O008", message, f"bound: {said}" if standing[0].bound else "", warning=True)

    def cited(self, reference: Reference) -> Iterator[tuple[Found, tuple[int, ...]]]:
        original = self.originals[reference.source]
        for number in reference.paragraphs:
            if 1 <= number <= len(original.found):
                yield from ((each, self.years[reference.source]) for each in original.found[number - 1])

    def one(self, figure: Figure, references: list[Reference]) -> bool:
        """Whether the paragraphs say one of a thing: as a word, or with an article before what is counted."""
        a_thing = re.compile(rf"\ban?\s+(?:[\w-]+\s+){{0,3}}{re.escape(figure.unit)}\b", re.IGNORECASE)
        return any(_ONE.search(text) or a_thing.search(text) for text in self.texts(references))

    def texts(self, references: list[Reference]) -> list[str]:
        return [
            self.originals[reference.source].paragraphs[number - 1]
            for reference in references
            for number in reference.paragraphs
            if 1 <= number <= len(self.originals[reference.source].paragraphs)
        ]

    def hint(self, figure: Figure, cited: list[tuple[Found, tuple[int, ...]]], references: list[Reference]) -> str:
        """Say where the figure stands instead, else what stands in its place."""
        small = figure.value is not None and not figure.value.scale and figure.value.number < SMALL and figure.high is None
        for reference in references if not small else ():
            original = self.originals[reference.source]
            for number, found in enumerate(original.found, 1):
                if any(fits(figure, each, self.years[reference.source], self.units) for each in found):
                    return f"it stands in {reference.source}#{number}"
        kind = "date" if figure.date is not None else "ordinal" if figure.form.startswith("ordinal") else "amount"
        like = list(dict.fromkeys(each.text for each, _ in cited if each.kind == kind))
        if like:
            return f"there is {', '.join(like[:4])}"
        return "a figure that is counted or worked out says so: note: inferred, ..."

    # ---------------------------------------------------------------------------------------------------------------- dates

    def dates(self, fact: Fact, references: list[Reference]) -> Iterator[Problem]:
        for key, when in (("when", fact.when), ("due", fact.due)):
            if when is not None and not any(self.derivable(when, reference) for reference in references):
                message = f"fact {fact.id}: {key} {when.text} follows from no date in or near the paragraphs cited"
                hint = "check it, or cite the paragraph that gives it"
                yield Problem(self.place(fact.at, f"{key}: {when.text}"), "O009", message, hint, warning=True)

    def derivable(self, when: When, reference: Reference) -> bool:
        """Whether a date agrees with one in the paragraph, its heading or the head of the article, or with the article's own."""
        original, source = self.originals[reference.source], self.dossier.sources[reference.source]
        years = self.years[reference.source]
        near = {*range(1, _DATELINE + 1), *reference.paragraphs, *self.headings(reference)}
        for number in sorted(near):
            if not 1 <= number <= len(original.found):
                continue
            cited = number in reference.paragraphs
            if any(date_agrees(when, each, years) and (cited or each.kind == "date") for each in original.found[number - 1]):
                return True
            if cited and _RELATIVE.search(original.paragraphs[number - 1]) and years and years[0] <= when.start.year <= years[-1]:
                return True
        told = source.published or source.dated
        return told is not None and overlap(_widened(told), when)

    def headings(self, reference: Reference) -> Iterator[int]:
        original = self.originals[reference.source]
        for number in reference.paragraphs:
            for above in range(min(number, len(original.paragraphs)) - 1, 0, -1):
                text = original.paragraphs[above - 1]
                if is_heading(text) or re.search(r":\s*$", text) or len(text) < len("- Defence Technology:"):
                    yield above
                    break

    # ---------------------------------------------------------------------------------------------------------------- names

    def names(self, fact: Fact, references: list[Reference]) -> Iterator[Problem]:
        head = [text for reference in references for text in self.originals[reference.source].paragraphs[:_DATELINE]]
        near = [
            self.originals[reference.source].paragraphs[number - 1]
            for reference in references
            for number in (*self.headings(reference), *(each - 1 for each in reference.paragraphs))
            if 1 <= number <= len(self.originals[reference.source].paragraphs)
        ]
        titles = [self.dossier.sources[reference.source].title for reference in references]
        words = Words(
            [*self.texts(references), *head, *near, *titles, self.dossier.header.subject], self.dossier.abbreviations.items()
        )
        told: set[str] = set()
        for text in (fact.says, fact.label):
            for name in names(_PLACEHOLDER.sub("0", text), self.lexicon):
                missing = words.missing(name.text)
                if name.start == 0:  # the head of a sentence has a capital whether it names or not
                    missing = [word for word in missing if word != next(name_words(name.text), "")]
                if missing and name.text not in told:
                    told.add(name.text)
                    message = f"fact {fact.id}: the name {name.text!r} does not stand in the paragraphs cited"
                    yield Problem(self.place(fact.at, name.text.split()[0]), "O010", message, warning=True)


def source_years(source: Source) -> tuple[int, ...]:
    """Return the years that a date without one may mean in a source: that of its own date, and those beside it, nearest first."""
    told = source.published or source.dated
    if told is None:
        return ()
    return tuple(range(told.start.year - 1, told.end.year + 2))


def _widened(when: When) -> When:
    from datetime import timedelta

    return When(when.start - timedelta(days=NEAR_DAYS), when.end + timedelta(days=NEAR_DAYS), when.text)


def written(figure: Figure) -> str:
    """Return a figure as its curator wrote it, for messages: "JPY 7-10 trillion", "over 1400 company", "2026"."""
    if figure.date is not None:
        return figure.date.text
    if figure.value is None:
        return "nothing"
    ends = [figure.value, *([figure.high] if figure.high is not None else [])]
    numbers = " to ".join(f"{end.number} {end.scale}".strip() for end in ends)
    return " ".join(filter(None, (figure.bound, numbers, figure.unit)))
