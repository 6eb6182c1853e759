"""What changed between two editions, fact by fact and field by field: applied to the earlier facts, the changes give the later ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from briefing.edition import Change, ChangeKind, FactUsed, FigureUsed
from briefing.when import When

_STATES: dict[str, ChangeKind] = {
    "overdue": "overdue", "happened": "happened", "cancelled": "cancelled", "lapsed": "lapsed", "superseded": "superseded",
}  # fmt: skip
_AGES = ("fresh", "ageing", "past")
_SMALL_WORDS = {"a", "an", "the", "this", "that", "these", "those", "of", "and", "to", "its", "it", "is", "are", "was", "were", "has", "have", "had", "been", "be", "by", "in", "on", "at", "for", "from", "as", "with"}  # fmt: skip
_WORD = re.compile(r"\{[^{}]*\}|\w+")


def used(record: Mapping[str, Any], says: str, measure: str = "") -> FactUsed:
    """Return what an edition keeps of a fact, from the record of it in the evidence; `says` is its sentence as it was written."""
    return FactUsed(
        id=record["id"],
        label=record["label"] or "",
        says=says,
        sentence=record["sentence"],
        status=record["status"],
        state=record["state"],
        freshness=record["freshness"],
        when=record["when"] or "",
        due=record["due"] or "",
        measure=measure,
        figures={name: _figure(figure) for name, figure in record["figures"].items()},
        sources=tuple(f"{ref['source']}#{','.join(map(str, ref['paragraphs']))}" for ref in record["sources"]),
        disputed=tuple(record["disputed_by"]),
        replaces=tuple(record["supersedes"]),
    )


def _figure(record: Mapping[str, Any]) -> FigureUsed:
    names = ("words", "value", "high", "unit", "bound", "period", "date")
    return FigureUsed(**{name: record.get(name) or "" for name in names})


def differences(
    was: Iterable[FactUsed], now: Iterable[FactUsed], *, known_before: Collection[str] = (), known: Collection[str] = ()
) -> tuple[Change, ...]:
    """Return every change from the facts of one edition to those of the next, in the order of the next, those gone last.

    `known_before` and `known` are the ids of all facts that each could draw on: a fact known and not printed was not withdrawn.
    """
    before, after = _by_id(was), _by_id(now)
    found: list[Change] = []
    for name, fact in after.items():
        if name in before:
            found += _between(before[name], fact)
        else:
            found.append(_appeared(fact, before, known_before))
    for name, fact in before.items():
        if name not in after:
            kind: ChangeKind = "left-out" if name in known else "withdrawn"
            found.append(Change(kind, name, label=fact.label, was=fact.sentence, before=_plain(fact)))
    return tuple(found)


def apply(facts: Iterable[FactUsed], changes: Iterable[Change]) -> dict[str, FactUsed]:
    """Return the facts by id after the changes. Raises ValueError for a change that does not fit what is there."""
    records = {fact.id: _plain(fact) for fact in facts}
    for change in changes:
        if not change.field:
            if change.before is not None and records.pop(change.fact, None) != change.before:
                raise ValueError(f"{change.fact} is not what the change begins with")
            if change.after is not None:
                if change.fact in records:
                    raise ValueError(f"{change.fact} is there already")
                records[change.fact] = dict(change.after)
            continue
        record = records[change.fact] = dict(records[change.fact])
        field, _, figure = change.field.partition(".")
        if figure:
            record[field] = place = dict(record.get(field, {}))
            field = figure
        else:
            place = record
        if place.get(field) != change.before:
            raise ValueError(f"{change.fact}.{change.field} is not what the change begins with")
        if change.after is None:
            del place[field]
        else:
            place[field] = change.after
        if figure and not place:
            del record[change.field.partition(".")[0]]
    return {name: msgspec.convert(record, FactUsed) for name, record in records.items()}


def _by_id(facts: Iterable[FactUsed]) -> dict[str, FactUsed]:
    return {fact.id: fact for fact in facts}


def _plain(value: object) -> Any:
    """Return a record as JSON has it, so that it equals one that was read from a manifest."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _appeared(fact: FactUsed, before: Mapping[str, FactUsed], known_before: Collection[str]) -> Change:
    replaced = next((before[name] for name in fact.replaces if name in before), None)
    kind: ChangeKind = "revised" if replaced else "shown" if fact.id in known_before else "new"
    was = replaced.sentence if replaced else ""
    return Change(kind, fact.id, label=fact.label, was=was, now=fact.sentence, after=_plain(fact))


def _between(was: FactUsed, now: FactUsed) -> Iterator[Change]:
    """Yield the changes of one fact: what readers must know first, then what follows from it."""
    old, new = _plain(was), _plain(now)

    def change(kind: ChangeKind, field: str, shown: tuple[str, str] = ("", "")) -> Change:
        return Change(kind, now.id, field, now.label or was.label, *shown, old.get(field), new.get(field))

    if was.state != now.state:
        yield change(
            _STATES.get(now.state) or ("reopened" if was.state in _STATES else "revised"), "state", (was.sentence, now.sentence)
        )
    for name in [*was.figures, *(name for name in now.figures if name not in was.figures)]:
        first, second = was.figures.get(name), now.figures.get(name)
        if first != second:
            words = (first.words if first else "", second.words if second else "")
            yield Change("revised", now.id, f"figures.{name}", now.label or was.label, *words, _plain(first), _plain(second))
    for field in ("status", "when", "due"):
        if getattr(was, field) != getattr(now, field):
            yield change("revised", field, (_worded(getattr(was, field)), _worded(getattr(now, field))))
    if was.freshness != now.freshness:
        kind: ChangeKind = "stale" if now.freshness == "stale" else "refreshed" if was.freshness == "stale" else "aged"
        yield change(kind, "freshness", (was.freshness, now.freshness))
    if was.disputed != now.disputed:
        kind = "disputed" if set(now.disputed) - set(was.disputed) else "settled"
        shown = ("disputed" if was.disputed else "not disputed", "disputed" if now.disputed else "not disputed")
        yield change(kind, "disputed", shown)
    if was.sources != now.sources:
        yield change("source", "sources", (_listed(was.sources), _listed(now.sources)))
    if was.says != now.says:
        yield change("reworded" if _same_sense(was.says, now.says) else "restated", "says", (was.sentence, now.sentence))
    if was.label != now.label:
        yield change("reworded", "label", (was.label, now.label))
    for field in ("sentence", "measure", "replaces"):
        if getattr(was, field) != getattr(now, field):
            yield change("follows", field)


def _worded(text: str) -> str:
    """Return a date in words, and a status as it is."""
    try:
        return When.parse(text).worded()
    except ValueError:
        return text.replace("-", " ")


def _listed(sources: tuple[str, ...]) -> str:
    return ", ".join(source.partition("#")[0] for source in sources)


def _same_sense(was: str, now: str) -> bool:
    """Return whether two sentences differ in small words, case, order and punctuation alone. A "not" is no small word."""
    first, second = (
        sorted(word for word in map(str.lower, _WORD.findall(text)) if word not in _SMALL_WORDS) for text in (was, now)
    )
    return first == second
