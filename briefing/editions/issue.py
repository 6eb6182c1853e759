"""Whether there is something to issue, and the manifest of what is: all that can be decided without building a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256

import msgspec

from briefing.edition import DRAFT, Change, Check, Edit, EditionInfo, FactUsed, Manifest, Passage
from briefing.editions.changes import differences
from briefing.editions.info import Changed, draft, issued, one_line, past
from briefing.editions.inputs import program
from briefing.editions.materiality import Verdict, judge, weigh
from briefing.editions.passages import edits as edits_of
from briefing.editions.store import EditionError, Store
from briefing.seeds import Materiality

RELEASABLE = ("B012", "N005")  # stale facts under a policy that holds; a figure that a template prints by itself
_ENDS = {"pdf": (b"%PDF-", b"%%EOF"), "docx": (b"PK\x03\x04", b""), "html": (b"<!", b"</html>"), "txt": (b"", b"\n")}


class Said(msgspec.Struct, frozen=True):
    """What a dossier has a brief say on a day, before anything is laid out."""

    facts: tuple[FactUsed, ...]
    known: tuple[str, ...]
    hidden: tuple[str, ...]  # the ids of facts that its readers may not see, or that are not known yet
    order: dict[str, int]  # the priority of each fact
    passages: dict[str, Passage]
    look: str
    rules: Materiality
    steady_until: date | None = None
    hidden_sources: tuple[str, ...] = ()  # the same of sources
    hidden_titles: tuple[str, ...] = ()  # and of themes
    marked: tuple[str, ...] = ()  # of the hidden facts those that are because of a marking


class Decision(msgspec.Struct, frozen=True):
    """What has changed since the edition before, and what that makes of the next one."""

    before: Manifest | None
    number: int
    changes: tuple[Change, ...]
    edits: tuple[Edit, ...]
    verdict: Verdict
    info: EditionInfo
    draft: EditionInfo = DRAFT  # what a document says that is not issued

    @property
    def line(self) -> str:
        """What the edition brings, in a few words."""
        return one_line(self.changes, self.edits, self.number, self.info.status)


def refuse_disorder(store: Store, as_of: date, at: datetime) -> None:
    """Raise EditionError where a day or a moment lies before what was issued or checked already, or the day is still to come."""
    before = store.latest()
    moment = f"{at:%Y-%m-%d %H:%M}"
    if as_of > at.date():
        raise EditionError(f"{store.brief}: the day to write as of, {as_of}, is after today, {at.date()}; nothing was changed")
    if before is None or before.number in store.withdrawals():
        return
    last = max([before.at, *(check.at for check in store.checks()[-1:])])
    if at < last:
        message = f"{store.brief}: the clock says {moment}, and the last run was at {last:%Y-%m-%d %H:%M}"
        raise EditionError(f"{message}: it has gone back; set it right and run again; nothing was changed")
    if as_of < before.as_of:
        message = f"{store.brief}: edition {before.number} is as of {before.as_of}, and {as_of} is before that"
        raise EditionError(f"{message}; nothing was changed")


def nothing_new(store: Store, inputs: str, as_of: date) -> Check | None:
    """Return the last run where nothing can have changed since: the same inputs and program, and no day passed that matters."""
    last = next(reversed(store.checks()), None)
    numbers = store.numbers()
    if last is None or not numbers or last.result == "held" or last.edition != numbers[-1] or last.edition in store.withdrawals():
        return None
    same = (last.inputs, last.code) == (inputs, program().code)
    return last if same and last.as_of <= as_of and (last.steady_until is None or as_of < last.steady_until) else None


def taken(store: Store, slot: datetime, inputs: str) -> Check | None:
    """Return the run that has taken a slot or a later one; None where it is still to be taken.

    A slot that came to nothing but a held brief is open again once the inputs are others. An edition whose run was stopped before
    it could be noted has taken its slot too.
    """
    last = next((each for each in reversed(store.checks()) if each.slot), None)
    if last and last.slot and last.slot >= slot:
        again = last.result == "held" and last.slot == slot and (last.inputs, last.code) != (inputs, program().code)
        return None if again and store.held() else last
    missed = next((each for each in reversed(store.marks()) if each.slot >= slot), None)
    if missed:
        return Check(missed.at, missed.at.date(), "nothing new", line="passed over", slot=missed.slot)
    return None


def decide(
    store: Store, said: Said, then: Mapping[str, Passage] | None, day: date, *, major: bool = False, back_to: Manifest | None = None
) -> Decision:
    """Return what has changed since the last edition, or since `back_to`, and what the next one is.

    `then` are the passages as they would have read on the day of that edition, None where they are the same.
    """
    before = back_to or store.latest()
    number = store.numbers()[-1] + 1 if before else 1
    if before is None:
        verdict = judge((), (), first=True)
        return Decision(None, number, (), (), verdict, issued(Changed(), number=1, day=day, major=True))
    withdrawals = store.withdrawals()
    gone = withdrawals.get(before.number)
    found = differences(before.facts, said.facts, known_before=before.known, known=said.known)
    found = veiled(found, before.facts, said)
    changes = weigh(found, _last_major(store, before).facts, said.facts, said.rules)
    edits = edits_of(before.passages, then, changes) if then is not None else ()
    edits = tuple(msgspec.structs.replace(edit, where=_GONE) if _gone(edit, said, before) else edit for edit in edits)
    if before.look != said.look:
        edits = (*edits, Edit("layout", "the look"))
    verdict = judge(changes, edits, first=False, withdrawn=before.number if gone else 0, major=major)
    pasts = [past(store.manifest(each), withdrawals) for each in store.numbers()[-6:] if each <= before.number][::-1]
    changed = Changed(before, gone, tuple(pasts), changes, edits, said.order)
    info = issued(changed, number=number, day=day, major=verdict.kind == "major")
    return Decision(before, number, changes, edits, verdict, info, draft(changed))


_GONE = "a part that is no longer shown"
_JUDGEMENT = "judgement/"  # ids of bottom lines and recommendations begin so


def veiled(changes: Iterable[Change], before: Iterable[FactUsed], said: Said) -> tuple[Change, ...]:
    """Return changes without the words that readers may see no more: what is hidden now is not told again as what was.

    These are a hidden fact's own, also where it told what became of another; judgements that may have named it; hidden sources.
    """
    was = [fact for fact in before if fact.id in said.hidden]
    told = {fact.sentence for fact in was if fact.sentence}
    raised = any(fact.id in said.marked for fact in was)

    def change_of(change: Change) -> Change:
        if change.fact in said.hidden:
            return msgspec.structs.replace(change, label="A fact that is no longer shown", was="", now="")
        if change.was in told or (raised and change.was and change.fact.startswith(_JUDGEMENT)):
            label = change.label if change.now else "A judgement that is no longer shown"
            return msgspec.structs.replace(change, label=label, was="told by what is no longer shown")
        if change.kind == "source" and said.hidden_sources:
            kept = [name for name in change.was.split(", ") if name not in said.hidden_sources]
            return msgspec.structs.replace(change, was=", ".join(kept) or "a source that is no longer shown")
        return change

    return tuple(map(change_of, changes))


def _gone(edit: Edit, said: Said, before: Manifest) -> bool:
    """Return whether an edit is of a heading that is no longer there because what stood under it is hidden."""
    passage = before.passages.get(edit.where)
    if edit.where in said.passages or passage is None:
        return False
    return edit.where in said.hidden_titles or any(name in said.hidden for name in passage.facts)


def _last_major(store: Store, before: Manifest) -> Manifest:
    found = before
    while found.kind != "major" and found.number > 1:
        found = store.manifest(found.number - 1)
    return found


def incomplete(outputs: Mapping[str, bytes], pages: int, *, one_page: bool) -> list[str]:
    """Return what is wrong with the files of an edition: one that is empty, cut off or of another kind, a summary of two pages."""
    found = []
    for name, data in outputs.items():
        start, end = _ENDS[name]
        if not data or not data.startswith(start) or not data.rstrip(b" \r\n").endswith(end.strip()):
            found.append(f"the {name} is not whole")
    if pages < 1 or (one_page and pages != 1):
        found.append(f"it has {pages} pages{', and must have one' if one_page else ''}")
    return found


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file by name."""
    return {name: sha256(data).hexdigest() for name, data in sorted(files.items())}


def previous(store: Store, decision: Decision) -> str:
    """Return the digest of the manifest before, which chains each edition to the one before it."""
    return sha256(store.raw(decision.number - 1)).hexdigest() if decision.number > 1 else ""


def encoded(manifest: Manifest) -> bytes:
    """Return a manifest as JSON that a person can read."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def damage(store: Store, manifest: Manifest) -> list[str]:
    """Return what is wrong with the files of an edition as they stand: missing, changed, added, or no longer chained."""
    folder = store.path(manifest.number)
    found = []
    there = {path.name: path for path in folder.iterdir()}
    for name, digest in manifest.outputs.items():
        path = there.pop(name, None)
        if path is None:
            found.append(f"{name} is missing")
        elif sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"{name} is not as it was issued")
    found += [f"{name} does not belong to it" for name in sorted(there) if name != "manifest.json"]
    chained = sha256(store.raw(manifest.number - 1)).hexdigest() if manifest.number > 1 else ""
    if manifest.previous != chained:
        found.append(f"the manifest of edition {manifest.number - 1} is not the one that it followed")
    return found
