"""What a document says about its edition: identity, running header, what changed since the last one, history."""

from __future__ import annotations

import re

from briefing.compose.facts import Facts
from briefing.compose.passes import curly
from briefing.compose.wording import worded_day
from briefing.edition import ChangeKind, EditionInfo, Row
from briefing.model import (
    Block,
    Bullets,
    Cell,
    Cite,
    Column,
    Group,
    Inline,
    Inlines,
    Item,
    Paragraph,
    Strong,
    Table,
    Text,
)
from briefing.model import (
    Row as Line,
)
from briefing.walk import plain

CHANGES = "changes"  # the group and the table that tell what changed: they hold figures of earlier editions
FIRST = "First edition: there is nothing earlier to compare it with."
KIND_WORDS: dict[ChangeKind, str] = {
    "new": "New", "revised": "Revised", "restated": "Restated", "reworded": "Reworded", "source": "Other source", "disputed": "Disputed",
    "settled": "No longer disputed", "stale": "Stale", "refreshed": "No longer stale", "aged": "Ageing", "overdue": "Overdue",
    "happened": "Happened", "cancelled": "Cancelled", "lapsed": "Lapsed", "superseded": "Superseded", "reopened": "Open again",
    "withdrawn": "Withdrawn", "shown": "Added", "left-out": "Left out", "follows": "Changed",
}  # fmt: skip
_NO_SENTENCE = ("source", "disputed", "settled", "stale", "refreshed", "reworded")  # told by a word, not by the fact's sentence


def label(info: EditionInfo) -> str:
    """Return the edition for the running header and for citing: "Edition 3"."""
    if info.number:
        return f"Edition {info.number}"
    return f"Draft after edition {info.updates}" if info.updates else "First edition, not yet issued"


def identity(info: EditionInfo) -> list[tuple[str, str]]:
    """Return the entries of the identity block: which edition, of when, and what it updates."""
    before = f"edition {info.updates} of {worded_day(info.updates_issued)}" if info.updates_issued else ""
    if not info.number:
        return [("Edition", f"Draft after {before}" if before else label(info))]
    return [("Edition", _published(info)), ("Status", _status(info, before))]


def _published(info: EditionInfo) -> str:
    assert info.published is not None
    assert info.issued is not None
    words = f"{info.number}, published {worded_day(info.published)}"
    return words if info.published == info.issued else f"{words}, with minor changes of {worded_day(info.issued)}"


def _status(info: EditionInfo, before: str) -> str:
    match info.status:
        case "corrected":
            return f"Corrects {before}, which was withdrawn: {info.because}"
        case "updated":
            return f"Updates {before}"
    return "New"


def history(info: EditionInfo, as_of: str) -> str:
    """Return the edition and those before it, a sentence each, the latest first; `as_of` is the document's own day in words."""
    if info.number:
        assert info.issued is not None
        own = f"Edition {info.number}, {worded_day(info.issued)}, {info.kind}: information as of {as_of}"
    else:
        own = f"{label(info)}: information as of {as_of}"
    earlier = (
        f"Edition {past.number}, {worded_day(past.issued)}, {past.kind}: information as of {worded_day(past.as_of)}; {past.line}"
        for past in info.history
    )
    return ". ".join(each.rstrip(".") for each in (own, *earlier))


def changes(info: EditionInfo, facts: Facts, *, brief: bool, limit: int) -> Block:
    """Return what changed since the last edition: a table, or, for a summary, bullets of which all but the first may go."""
    rows = info.rows[:limit]
    if not rows:
        return Group((Paragraph((Text(_none(info)),)),), name=CHANGES)
    more = info.more + len(info.rows) - len(rows)
    if brief:
        items = tuple(
            Item(
                (Paragraph(_told(row, facts)),),
                drop=24 + place if place else 0,
                name=f"the change of '{row.label}'" if place else "",
            )
            for place, row in enumerate(rows)
        )
        return Group((Bullets(items),), name=CHANGES)
    columns = tuple(
        Column((Text(title),), weight=weight) for title, weight in (("What", 3.4), ("Was", 3.2), ("Is", 4.2), ("Source", 1.2))
    )
    table = Table(
        columns,
        tuple(_line(row, facts) for row in rows),
        CHANGES,
        summary="Each row is a change since the last edition: what it was and what it is.",
    )
    words = f"{more} further {'change is' if more == 1 else 'changes are'} not listed here." if more else ""
    after = (Paragraph((Text(words),), role="small"),) if words else ()
    return Group((table, *after), name=CHANGES)


def told(info: EditionInfo, facts: Facts) -> tuple[str, ...]:
    """Return what changed since the last edition, a line each without source marks: for a mail, a feed or a list."""
    lines = [plain(tuple(inline for inline in _told(row, facts) if not isinstance(inline, Cite))) for row in info.rows]
    if info.rows and info.more:
        lines.append(f"{info.more} further {'change is' if info.more == 1 else 'changes are'} not listed here.")
    return tuple(re.sub(r"\s+(?=[.,;:)])", "", " ".join(line.split())) for line in lines)


def correction(info: EditionInfo) -> str:
    """Return what an edition corrects, and why; "" where it corrects none."""
    return dict(identity(info)).get("Status", "") if info.status == "corrected" else ""


def _none(info: EditionInfo) -> str:
    if info.updates_issued is None:
        return FIRST
    since = f"since edition {info.updates} of {worded_day(info.updates_issued)}"
    places = list(dict.fromkeys(edit.where for edit in info.edits))
    return f"No change of facts {since}; edited: {', '.join(places)}." if places else f"No change {since}."


def _line(row: Row, facts: Facts) -> Line:
    what: Inlines = (Strong((Text(KIND_WORDS[row.kind]),)), *((Text(f": {curly(row.label)}"),) if _labelled(row) else ()))
    return Line((Cell(what), Cell((Text(curly(row.was) or "not in it"),)), Cell(_now(row, facts)), Cell(_mark(row, facts))))


def _labelled(row: Row) -> bool:
    return bool(row.label) and row.label not in (row.was, row.now)


def _now(row: Row, facts: Facts) -> Inlines:
    """Return what holds now: the figure, or the fact's sentence as of the day."""
    if row.fact not in facts.dossier.facts or row.kind in ("withdrawn", "left-out"):
        return (Text(curly(row.now) or ("withdrawn" if row.kind == "withdrawn" else "not in it")),)
    view = facts.view(row.fact)
    if row.figure:
        return (facts.number(view.fact, row.figure, noun=True),) if row.figure in view.figures else (Text(row.now or "taken out"),)
    if row.kind in _NO_SENTENCE or not row.now or row.now.islower():
        return (Text(curly(row.now)),)
    return _unmarked(view.sentence)


def _unmarked(sentence: Inlines) -> Inlines:
    return tuple(inline for inline in sentence if not isinstance(inline, Cite))


def _mark(row: Row, facts: Facts) -> Inlines:
    if row.fact in facts.dossier.facts and row.kind not in ("withdrawn", "left-out"):
        view = facts.view(row.fact)
        # what has happened is told by another's sources
        told = tuple(inline for inline in view.sentence if isinstance(inline, Cite))
        return told if told and _now(row, facts) == _unmarked(view.sentence) else view.mark
    return (Text("this brief" if "/" in row.fact else "none"),)


def _told(row: Row, facts: Facts) -> Inlines:
    head: list[Inline] = [Strong((Text(f"{KIND_WORDS[row.kind]}:"),)), Text(" ")]
    now = _now(row, facts)
    if _labelled(row) and (row.figure or row.kind in (*_NO_SENTENCE, "withdrawn", "left-out") or row.now.islower()):
        head.append(Text(f"{curly(row.label)}: "))  # elsewhere the fact's sentence says it
    was = (
        f" (was: {curly(row.was).rstrip('.')})" if row.was and row.kind in ("revised", "restated", "withdrawn", "left-out") else ""
    )
    last = now[-1]
    if isinstance(last, Text) and last.text.endswith("."):
        now = (*now[:-1], Text(last.text[:-1]))
    mark = _mark(row, facts) if row.fact in facts.dossier.facts else ()
    return (*head, *now, Text(was), *((Text(" "), *mark) if mark and isinstance(mark[0], Cite) else ()), Text("."))
