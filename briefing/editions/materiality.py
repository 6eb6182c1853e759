"""Major or minor, by rule: what each change weighs, and what an edition is for it. A person may raise the result, never lower it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from briefing.edition import FIXED, WEIGHTS, Change, Edit, EditionKind, FactUsed, FigureUsed, Threshold, Weight
from briefing.seeds import Materiality

_PARTS = ("unit", "bound", "period", "date")


class Verdict(msgspec.Struct, frozen=True):
    """What the changes make of an edition: its kind, "" where there is nothing to issue, and the rules that decided."""

    kind: EditionKind | None
    rules: tuple[str, ...] = ()
    raised: bool = False


def weigh(changes: Iterable[Change], was: Iterable[FactUsed], now: Iterable[FactUsed], rules: Materiality) -> tuple[Change, ...]:
    """Return the changes, each with its weight and the rule that gave it.

    `was` are the facts of the last major edition, `now` those of this one: small steps that add up become material.
    """
    before = {fact.id: fact for fact in was}
    after = {fact.id: fact for fact in now}
    return tuple(_weighed(change, before.get(change.fact), after.get(change.fact), rules) for change in changes)


def _weighed(change: Change, was: FactUsed | None, now: FactUsed | None, rules: Materiality) -> Change:
    field, _, figure = change.field.partition(".")
    if change.kind == "revised" and field == "figures" and now is not None:
        weight, rule = _figure(was.figures.get(figure) if was else None, now.figures.get(figure), now.measure, rules)
    elif change.kind in FIXED or change.kind not in rules.changes:
        weight, rule = WEIGHTS[change.kind], _RULES.get(change.kind, "")
    else:
        weight, rule = rules.changes[change.kind], f"{change.kind}: {rules.changes[change.kind]}, as the dossier says"
    return msgspec.structs.replace(change, weight=weight, rule=rule)


_RULES = {
    "revised": "a date or status has changed",
    "new": "a new fact",
    "restated": "a fact says something else",
    "disputed": "a fact is disputed",
    "stale": "a fact is past its shelf life",
    "withdrawn": "a fact was withdrawn",
    "overdue": "became overdue",
    "happened": "happened",
    "cancelled": "was cancelled",
    "lapsed": "a plan has lapsed",
    "superseded": "a newer value is known",
    "reopened": "no longer settled",
}


def _figure(was: FigureUsed | None, now: FigureUsed | None, measure: str, rules: Materiality) -> tuple[Weight, str]:
    """Return the weight of a revised figure: that of its measure's threshold where nothing but its size has changed."""
    if was is None or now is None:
        return "major", "a figure was added" if was is None else "a figure was taken out"
    for part in _PARTS:
        if getattr(was, part) != getattr(now, part):
            return "major", f"the {part} of a figure has changed"
    if not (was.value or now.value):
        return "major", "it is put in another word"
    if (was.value, was.high) == (now.value, now.high):
        return "minor", "the same figure in other words"
    limit = Threshold.parse(rules.by_measure.get(measure, rules.default))
    name = f" for {measure}" if measure in rules.by_measure else ""
    steps = [(first, second) for first, second in ((was.value, now.value), (was.high, now.high)) if first or second]
    if any(not first or not second or limit.passed(Decimal(first), Decimal(second)) for first, second in steps):
        return "major", "any change of a figure is major" if limit.text == "any" else f"beyond the threshold{name} of {limit.text}"
    return "minor", f"within the threshold{name} of {limit.text}"


def judge(changes: Sequence[Change], edits: Sequence[Edit], *, first: bool, withdrawn: int = 0, major: bool = False) -> Verdict:
    """Return what an edition is: major by any major change, minor by any other, none where nothing has changed.

    `first`: there is none before it. `withdrawn`: the number of the edition before where that one was withdrawn. `major`: a person
    wants it major, which takes something to issue.
    """
    if first:
        return Verdict("major", ("first edition",))
    if withdrawn:
        return Verdict("major", (f"edition {withdrawn} was withdrawn",))
    reasons = _reasons(changes, "major")
    if reasons:
        return Verdict("major", reasons)
    reasons = (*_reasons(changes, "minor"), *(f"{edit.kind}: {edit.where}" for edit in edits))
    if not reasons:
        return Verdict(None)
    return Verdict("major", ("raised by a person", *reasons), raised=True) if major else Verdict("minor", reasons)


def _reasons(changes: Iterable[Change], weight: Weight) -> tuple[str, ...]:
    found: Mapping[str, None] = {
        f"{change.fact}{f', {change.field}' if change.field else ''}: {change.rule or change.kind}": None
        for change in changes
        if change.weight == weight
    }
    return tuple(found)
