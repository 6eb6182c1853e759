"""What a document says about its edition: its number, what it updates, what changed, and the editions before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from briefing.edition import Change, Edit, EditionInfo, Manifest, Past, Row, Withdrawal

ROWS, HISTORY = 8, 5
_ORDER = {kind: place for place, kind in enumerate((
    "withdrawn", "happened", "cancelled", "overdue", "lapsed", "revised", "superseded", "restated", "new", "disputed", "stale", "reopened",
    "settled", "refreshed", "source", "reworded", "shown", "left-out",
))}  # fmt: skip


class Changed(msgspec.Struct, frozen=True):
    """What a document has to tell of: the edition before, what has changed since, the editions so far, and the facts' priorities."""

    before: Manifest | None = None
    withdrawal: Withdrawal | None = None  # of the edition before
    pasts: tuple[Past, ...] = ()
    changes: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()
    order: dict[str, int] = msgspec.field(default_factory=dict)


def draft(changed: Changed) -> EditionInfo:
    """Return what a document says that is not issued: after which edition it is drafted, and what has changed since."""
    before = changed.before
    if before is None:
        return EditionInfo()
    rows = rows_of(changed.changes, changed.order)
    return EditionInfo(
        updates=before.number,
        updates_issued=before.issued,
        rows=rows[:ROWS],
        more=len(rows[ROWS:]),
        edits=changed.edits,
        history=changed.pasts[:HISTORY],
    )


def issued(changed: Changed, *, number: int, day: date, major: bool) -> EditionInfo:
    """Return what an edition says about itself. The date it counts as published on moves on major editions only."""
    before, withdrawal = changed.before, changed.withdrawal
    rows = rows_of(changed.changes, changed.order)
    published = day if major or before is None else before.info.published or before.issued
    return EditionInfo(
        status="new" if before is None else "corrected" if withdrawal else "updated",
        number=number,
        published=published,
        issued=day,
        kind="major" if major else "minor",
        updates=before.number if before else 0,
        updates_issued=before.issued if before else None,
        because=withdrawal.because if withdrawal else "",
        rows=rows[:ROWS],
        more=len(rows[ROWS:]),
        edits=changed.edits,
        history=changed.pasts[:HISTORY],
    )


def rows_of(changes: Iterable[Change], order: Mapping[str, int]) -> tuple[Row, ...]:
    """Return the changes as rows to print, one for each thing a reader should know, the weightiest first.

    `order` is the priority of each fact. What only follows from another change is no row; a fact that has happened is not also told
    as revised.
    """
    kept: dict[tuple[str, str], Change] = {}
    settled = {change.fact for change in changes if change.field == "state"}
    for change in changes:
        if change.weight == "none" or (
            change.fact in settled and change.field in ("status", "freshness", "sources", "says", "label")
        ):
            continue
        kept.setdefault((change.fact, change.field if change.field.startswith("figures.") else change.kind), change)
    told: dict[str, Change] = {}
    for change in sorted(kept.values(), key=lambda each: _ORDER.get(each.kind, 99)):  # one sentence may be the news of two facts
        sentence = change.now if change.field in ("", "state") else ""
        told.setdefault(sentence or f"{change.fact} {change.field} {change.kind}", change)
    listed = sorted(told.values(), key=lambda each: (each.weight != "major", order.get(each.fact, 9), _ORDER.get(each.kind, 99)))
    return tuple(
        Row(
            each.kind,
            each.fact,
            each.field.removeprefix("figures.") if each.field.startswith("figures.") else "",
            each.label,
            each.was,
            each.now,
        )
        for each in listed
    )


def past(manifest: Manifest, withdrawals: Mapping[int, Withdrawal]) -> Past:
    """Return an edition as a line of the history."""
    gone = withdrawals.get(manifest.number)
    line = (
        f"withdrawn: {gone.because}" if gone else one_line(manifest.changes, manifest.edits, manifest.number, manifest.info.status)
    )
    return Past(manifest.number, manifest.issued, manifest.as_of, manifest.kind, line)


def one_line(changes: Sequence[Change], edits: Sequence[Edit], number: int = 0, status: str = "") -> str:
    """Return what an edition brought in a few words: "2 new, 1 revised"."""
    if number == 1:
        return "first edition"
    facts: dict[str, set[str]] = {}
    for change in changes:
        if change.weight != "none":
            facts.setdefault(change.kind, set()).add(change.fact)
    parts = [f"{len(facts[kind])} {kind.replace('-', ' ')}" for kind in _ORDER if kind in facts]
    if edits:
        parts.append(
            " and ".join(sorted({"wording" if edit.kind == "wording" else "layout" for edit in edits}, reverse=True)) + " edited"
        )
    correction = "correction: " if status == "corrected" else ""
    return correction + (", ".join(parts) or "no change of facts")
