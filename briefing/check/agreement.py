"""Facts about one subject and measure, compared: a difference that the dossier does not record is a problem, with both its places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import msgspec

from briefing.check.braces import braces
from briefing.check.places import Places
from briefing.check.quantities import equal, span, unit_of, verdict
from briefing.problems import Location, Problem
from briefing.seeds import Dossier, Fact, Figure
from briefing.units import Unit, known_units
from briefing.when import When

TO_COME = ("expected", "planned", "announced")  # a plan
PROMISED = (*TO_COME, "pledged", "proposed", "agreed")  # what is to be, not what is: a pledge is no flow
STOPPED = ("cancelled", "stalled")
DONE = ("happened", "in-force", "agreed")
LASTING = ("happened", "in-force", "ongoing", "stalled", "cancelled")  # its date is when it is so; another's is when it was said
_CODES = {"conflict": "C001", "revision": "C001", "definition": "C001", "spread": "C001", "status": "C002"}


class Gap(msgspec.Struct, frozen=True):
    """How two facts differ: the class that it most likely has, in words with both places, and the second one's place."""

    kind: str
    words: str
    place: Location


def check_agreement(dossier: Dossier, places: Places) -> Iterator[Problem]:
    """Yield the differences between comparable facts that nothing records, and recorded ones that are none any more.

    Facts are comparable that share subject, measure and scope; their figures, that share a name or are alone with their unit, for one
    period. A link by `supersedes` or `resolves`, in however many steps, says that one replaces the other.
    """
    units = known_units(dossier.header.units)
    recorded = _recorded(dossier)
    linked = _linked(dossier)
    groups: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in dossier.facts.values():
        if fact.subject and fact.measure:
            groups[fact.subject, fact.measure].append(fact)
    for facts in groups.values():
        for first, second in combinations(facts, 2):
            known = frozenset((first.id, second.id)) in recorded or linked[first.id] == linked[second.id]
            if known or first.scope != second.scope:
                continue
            for gap in gaps(first, second, dossier, units, places):
                code = _CODES[gap.kind]
                message = f"{gap.words}; no difference records it"
                hint = f"record it under differences, perhaps as kind: {gap.kind}, or link the facts by supersedes or resolves"
                yield Problem(gap.place, code, message, hint)
    yield from _settled(dossier, units, places)


def gaps(first: Fact, second: Fact, dossier: Dossier, units: Mapping[str, Unit], places: Places) -> Iterator[Gap]:
    """Yield how two facts of one subject and measure differ, each time at the second one's place and with the first one's."""
    if (first.status in PROMISED) == (second.status in PROMISED) and _meet(_time(first), _time(second)):
        dates = [_last_source(fact, dossier) for fact in (first, second)]
        for name, other in _pairs(first, second, units):
            a, b = _dated(first, name), _dated(second, other)
            if a is not None and b is not None and verdict(a, b, units) == "differ":
                here, there = _place(second, other, b, places), _place(first, name, a, places)
                words = (
                    f"fact {second.id}, {other}: {_worded(b, units)}, but fact {first.id}, {name}: {_worded(a, units)} ({there})"
                )
                yield Gap(_class(a, b, dates, units), words, here)
    clash = _clash(first.status, second.status) or _clash(second.status, first.status)
    if clash and _meet(first.when or first.due, second.when or second.due):
        words = (
            f"fact {second.id} is {second.status}, but fact {first.id} of the same subject and measure {first.status} ({first.at})"
        )
        yield Gap("status", words, places.word(second.at, second.status, after="status"))


def _pairs(first: Fact, second: Fact, units: Mapping[str, Unit]) -> Iterator[tuple[str, str]]:
    """Yield the names of the figures to compare: of one name, else of one unit that each fact has once; and the days both are due."""
    for name in first.figures:
        if name in second.figures:
            yield name, name
    mine = _alone(first, units, second)
    theirs = _alone(second, units, first)
    yield from ((mine[unit], theirs[unit]) for unit in mine if unit in theirs)
    if first.due is not None and second.due is not None:
        yield "due", "due"


def _alone(fact: Fact, units: Mapping[str, Unit], other: Fact) -> dict[str, str]:
    """Return the figures that are the fact's only ones of their unit, by unit, unless the other fact has one of the same name."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, figure in fact.figures.items():
        found["a date" if figure.date else unit_of(figure, units)].append(name)
    return {unit: names[0] for unit, names in found.items() if len(names) == 1 and names[0] not in other.figures}


def _dated(fact: Fact, name: str) -> Figure | None:
    """Return a figure with the time it is about: its own period, else nothing; `due` as a date."""
    return Figure(date=fact.due) if name == "due" and fact.due else fact.figures.get(name)


def _place(fact: Fact, name: str, figure: Figure, places: Places) -> Location:
    if name == "due" and fact.due is not None:
        return places.word(fact.at, fact.due.text, after="due")
    return figure.at


def _time(fact: Fact) -> When | None:
    """Return the time that a fact's figures are about, where they do not say it themselves; None where it is not known."""
    return fact.when if fact.status in LASTING else None


def _meet(a: When | None, b: When | None) -> bool:
    """Return whether two dates may be one: one lies within the other, or is not known."""
    return a is None or b is None or _holds(a, b) or _holds(b, a)


def _holds(outer: When, inner: When) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _clash(one: str, other: str) -> bool:
    return (one in TO_COME and other in DONE) or (one in STOPPED and other not in STOPPED and other not in ("opinion", "proposed"))


def _class(a: Figure, b: Figure, dates: Sequence[When | None], units: Mapping[str, Unit]) -> str:
    """Return the class that a difference of two figures most likely has; `dates` are those of their newest sources."""
    if (a.note and b.note and a.note != b.note) or bool(a.period) != bool(b.period):
        return "definition"
    if a.date is None and not (span(a, units).single and span(b, units).single):
        return "spread"
    one, other = dates
    if one and other and (one.end < other.start or other.end < one.start):
        return "revision"
    return "conflict"


def _last_source(fact: Fact, dossier: Dossier) -> When | None:
    """Return the date of a fact's newest source, or None where none is dated."""
    found = (dossier.sources[ref.source] for ref in fact.sources if ref.source in dossier.sources)
    dates = [dated for source in found if (dated := source.published or source.dated)]
    return max(dates, key=lambda when: when.end, default=None)


def _worded(figure: Figure, units: Mapping[str, Unit]) -> str:
    if figure.date is not None:
        return figure.date.worded()
    amounts = [f"{amount.number:,f} {amount.scale}".rstrip() for amount in (figure.value, figure.high) if amount]
    unit = units.get(figure.unit)
    noun = (unit.before or unit.plural or unit.after) if unit else figure.unit
    return " ".join(filter(None, (figure.bound, " to ".join(amounts), noun)))


def _recorded(dossier: Dossier) -> set[frozenset[str]]:
    """Return the pairs of facts that one difference has on its sides, as a side's fact or named in what it says."""
    pairs: set[frozenset[str]] = set()
    for row in dossier.differences:
        names = {side.fact for side in row.positions}
        names |= {brace.name.partition(".")[0] for side in row.positions for brace in braces(side.says.text) if brace.name}
        pairs |= {frozenset(pair) for pair in combinations(sorted(names), 2)}
    return pairs


def _linked(dossier: Dossier) -> dict[str, str]:
    """Return for each fact one that stands for all that supersede or resolve each other with it."""
    leader = {name: name for name in dossier.facts}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = name = leader[leader[name]]
        return name

    for fact in dossier.facts.values():
        for name in (*fact.supersedes, *fact.resolves):
            if name in leader:
                leader[find(name)] = find(fact.id)
    return {name: find(name) for name in leader}


def _settled(dossier: Dossier, units: Mapping[str, Unit], places: Places) -> Iterator[Problem]:
    """Find differences in figures whose sides have the same figures by now."""
    for row in dossier.differences:
        sides = [dossier.facts[side.fact] for side in row.positions if side.fact in dossier.facts]
        if row.kind not in ("conflict", "revision", "spread") or len({side.id for side in sides}) < 2:
            continue
        if all(_same(first, second, units) for first, second in combinations(sides, 2)):
            place = places.word(row.at, row.id, after="id")
            yield Problem(
                place, "C003", f"difference {row.id}: its sides have the same figures", "take it out if it is settled", warning=True
            )


def _same(first: Fact, second: Fact, units: Mapping[str, Unit]) -> bool:
    """Return whether two comparable facts have figures to compare, all equal, and nothing else that parts them."""
    pairs = [(_dated(first, name), _dated(second, other)) for name, other in _pairs(first, second, units)]
    alike = (first.subject, first.measure, first.scope, first.status) == (
        second.subject,
        second.measure,
        second.scope,
        second.status,
    )
    return alike and bool(pairs) and all(a is not None and b is not None and equal(a, b, units) for a, b in pairs)
