"""From a dossier to its editions: what is issued, held, released, withdrawn, made again; the stages themselves run as for any document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from briefing.load.files import Files, font_reader, read_dossier
from briefing.pipeline import (
    EDITIONS,
    FORMATS,
    Laid,
    Order,
    Word,
    compose_loaded,
    decided,
    evidence_of,
    house_of,
    lay_out,
    render,
    sound,
    store_of,
)
from briefing.problems import BriefingError, Location, MissingGlyph, OnePageImpossible, Problem, ProblemsFound

if TYPE_CHECKING:
    from datetime import datetime

    from briefing.edition import Change, Check, Edit
    from briefing.editions.issue import Decision, Said
    from briefing.editions.store import Store, Writer
    from briefing.load.dossier import Loaded
    from briefing.seeds import Materiality


class Issued(msgspec.Struct, frozen=True):
    """What `issue` came to: an edition, or nothing new; the edition that stands, its files, and why it is major or minor.

    "taken": another run has had the slot already.
    """

    brief: str
    result: Literal["issued", "nothing new", "taken"]
    edition: int
    line: str
    kind: str = ""
    rules: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def issue(
    root: Path,
    name: str,
    as_of: date,
    at: datetime,
    *,
    major: bool = False,
    released: str = "",
    formats: Sequence[str] = FORMATS,
    slot: datetime | None = None,
    wait: float = 60.0,
    progress: Callable[[str], None] = lambda _: None,
) -> Issued:
    """Make the next edition of a brief where there is something to say, and note the run.

    `at` is the moment, with its time zone; `major` makes a minor edition major; `released` is why a held one may pass; `slot` is the
    moment of its schedule, which nobody takes twice; `wait` is for how many seconds to wait for another that is writing. Raises ProblemsFound where it is held, with the reasons, and
    EditionError where the disk, the lock or the clock does not allow it. All earlier editions stay as they were.
    """
    from briefing.edition import Check
    from briefing.editions import issue as deciding
    from briefing.editions.inputs import program
    from briefing.load.dossier import own

    progress("reading")
    files = read_dossier(root)
    order = Order(name, as_of, even_if_stale=bool(released))
    if not {f"briefs/{name}.yaml", f"briefs/{name}.yml"} & files.briefs.keys():
        sound(files, order)  # says which there are
    store = store_of(root, name)
    with store.locked(wait) as writer:
        files = own(read_dossier(root), name)  # again: another may have issued later data while this one waited
        before = taken_before(store, writer, slot, files.digest)
        if before is not None:
            return before
        deciding.refuse_disorder(store, as_of, at)
        run = Check(at, as_of, "nothing new", because=released, inputs=files.digest, code=program().code, slot=slot)
        same = deciding.nothing_new(store, files.digest, as_of)
        if same is not None:
            line = f"nothing new since edition {same.edition}"
            writer.checked(msgspec.structs.replace(run, edition=same.edition, line=line, steady_until=same.steady_until))
            return Issued(name, "nothing new", same.edition, line)
        try:
            progress("composing")
            loaded = sound(files, order)
            said, decision = decided(store, loaded, files, order, at.date(), major=major)
            run = msgspec.structs.replace(run, steady_until=said.steady_until)
            if decision.verdict.kind is None:
                line = f"nothing new since edition {decision.number - 1}"
                writer.checked(msgspec.structs.replace(run, edition=decision.number - 1, line=line))
                writer.free()
                return Issued(name, "nothing new", decision.number - 1, line)
            wanted = tuple(each for each in FORMATS if each in formats)
            job = _Job(root, store, files, order, at, wanted, released, progress, slot)
            made = _edition(job, loaded, said, decision)
        except (ProblemsFound, OnePageImpossible, MissingGlyph) as error:
            raise ProblemsFound(_hold(writer, run, error, files, order)) from None
        progress("writing")
        folder = writer.add(decision.number, made)
        writer.checked(
            msgspec.structs.replace(run, result="released" if released else "issued", edition=decision.number, line=decision.line)
        )
        writer.free()
    paths = tuple(str(folder / each) for each in made)
    return Issued(name, "issued", decision.number, decision.line, decision.verdict.kind, decision.verdict.rules, paths)


class _Job(msgspec.Struct, frozen=True):
    """One run of `issue`: what it was asked for, and what it has read."""

    root: Path
    store: Store
    files: Files
    order: Order
    at: datetime
    formats: tuple[str, ...]
    released: str
    progress: Callable[[str], None]
    slot: datetime | None = None


def taken_before(store: Store, writer: Writer, slot: datetime | None, inputs: str) -> Issued | None:
    """Return what came of a slot that another run has had; None for one that is still to be taken.

    An edition that was made for it by a run stopped before it could note it is noted now, and counts as issued by this one.
    """
    from briefing.edition import Check
    from briefing.editions import issue as deciding
    from briefing.editions.info import one_line

    if slot is None:
        return None
    made = store.latest()
    checks = store.checks()
    if made and made.slot == slot and not any(each.slot == slot and each.edition == made.number for each in checks):
        line = one_line(made.changes, made.edits, made.number, made.info.status)
        result: Literal["issued", "released"] = "released" if made.released else "issued"
        writer.checked(Check(made.at, made.as_of, result, made.number, line, made.released, made.inputs_digest, slot=slot))
        writer.free()
        paths = tuple(str(store.path(made.number) / each) for each in (*made.outputs, "manifest.json"))
        return Issued(made.brief, "issued", made.number, line, made.kind, made.rules, paths)
    run = deciding.taken(store, slot, inputs)
    return Issued(store.brief, "taken", run.edition, run.line) if run else None


def look(
    root: Path, name: str, files: Files, as_of: date, at: datetime, *, slot: datetime | None = None, wait: float = 60.0
) -> Issued | None:
    """Note a run over files in which nothing can have changed since the last one; None, and nothing noted, where something can.

    It composes nothing and reads nothing of the dossier, so that a thousand briefs may be looked at for one reading of it.
    """
    from briefing.editions import issue as deciding

    store = store_of(root, name)
    if deciding.nothing_new(store, files.digest, as_of) is None:
        return None
    with store.locked(wait) as writer:
        before = taken_before(store, writer, slot, files.digest)
        if before is not None:
            return before
        same = deciding.nothing_new(store, files.digest, as_of)
        if same is None:
            return None
        deciding.refuse_disorder(store, as_of, at)
        line = f"nothing new since edition {same.edition}"
        writer.checked(msgspec.structs.replace(same, at=at, as_of=as_of, result="nothing new", line=line, because="", slot=slot))
        return Issued(name, "nothing new", same.edition, line)


def _edition(job: _Job, loaded: Loaded, said: Said, decision: Decision) -> dict[str, bytes]:
    """Return the files of an edition, checked. Raises ProblemsFound for what is wrong with them."""
    from briefing.check.bare import phrases_of
    from briefing.check.document import check_document
    from briefing.edition import Manifest
    from briefing.editions import issue as deciding
    from briefing.editions.inputs import pack, program
    from briefing.editions.store import EVIDENCE, INPUTS, MANIFEST
    from briefing.load.archive import archived

    files, order, released = job.files, job.order, job.released
    recipe = loaded.recipes[order.name]
    composed = compose_loaded(loaded, files, order, decision.info)
    problems = [] if released else list(check_document(composed.document, phrases_of(loaded.dossier), recipe.at))
    job.progress("laying out")
    laid = lay_out(job.root, composed, house_of(files))
    outputs = _rendered(laid, files, job.formats, job.progress)
    wrong = deciding.incomplete(outputs, len(laid.pages.pages), one_page=composed.document.one_page)
    problems += (Problem(recipe.at, "E002", each) for each in wrong)
    if problems:
        raise ProblemsFound(problems)
    made = {f"{order.name}.{each}": data for each, data in outputs.items()}
    made[EVIDENCE] = evidence_of(loaded, order, laid.document, made)
    read_font = font_reader(job.root)
    inputs = archived(files, read_font)
    made[INPUTS] = pack(inputs)
    pages = len(laid.pages.pages)
    manifest = Manifest(
        brief=order.name,
        document=recipe.kind,
        title=composed.document.title,
        number=decision.number,
        kind=decision.verdict.kind or "minor",
        rules=decision.verdict.rules,
        raised=decision.verdict.raised,
        released=released,
        as_of=order.as_of,
        at=job.at,
        info=decision.info,
        pages=pages,
        checks=("dossier", *(() if released else ("document",)), "files", "one page" if composed.document.one_page else "pages"),
        dropped=tuple(each.name for each in laid.left_out),
        tightened=laid.tightened,
        inputs=deciding.digests(inputs),
        inputs_digest=files.digest,
        fonts=deciding.digests({each: read_font(each) for each in files.fonts}),
        program=program(),
        look=said.look,
        outputs=deciding.digests(made),
        facts=said.facts,
        known=said.known,
        passages=said.passages,
        changes=decision.changes,
        edits=decision.edits,
        previous=deciding.previous(job.store, decision),
        slot=job.slot,
        embargo=_embargo(loaded, order.name, job.slot),
    )
    return {**made, MANIFEST: deciding.encoded(manifest)}


def _embargo(loaded: Loaded, name: str, slot: datetime | None) -> datetime | None:
    from briefing.timetable import NoTimeZones, timetable

    schedule = loaded.recipes[name].schedule
    if schedule is None or not schedule.embargo:
        return None
    try:
        return timetable(schedule, loaded.dossier.header.holidays).released_at(slot)
    except NoTimeZones as error:  # rather no edition than one that goes out too early
        raise ProblemsFound([Problem(schedule.at, "E002", str(error))]) from None


def _rendered(laid: Laid, files: Files, formats: Sequence[str], progress: Callable[[str], None]) -> dict[str, bytes]:
    word = Word(house=house_of(files))
    made = {}
    for each in formats:
        progress(f"rendering {each}")
        made[each] = render(each, laid.document, laid.look, laid.pages, laid.fonts, word=word)
    return made


def _hold(writer: Writer, run: Check, error: BriefingError, files: Files, order: Order) -> list[Problem]:
    """Keep why a brief is held, and return the reasons with what can be done."""
    from briefing.edition import Held
    from briefing.editions.issue import RELEASABLE
    from briefing.editions.store import EditionError

    at = Location(f"briefs/{order.name}.yaml")
    problems = list(error.problems) if isinstance(error, ProblemsFound) else [Problem(at, "E002", str(error))]
    may_pass = all(each.code in RELEASABLE and not each.message.startswith("refused") for each in problems)
    hint = f"mend it{f', or generate release {order.name} --because ...' if may_pass else ''}"
    try:
        writer.hold(Held(run.at, run.as_of, tuple(map(str, problems)), may_pass, files.digest))
        writer.checked(msgspec.structs.replace(run, result="held", line=f"{len(problems)} problems"))
    except EditionError as failed:  # the reasons matter more than their record
        hint = f"{hint}; {failed}"
    return [
        *problems,
        Problem(at, "E001", f"{order.name} is held, not issued; the reasons are kept in {writer.store.folder}", hint),
    ]


def release(root: Path, name: str, because: str, at: datetime, **options: Any) -> Issued:
    """Issue a held brief as of the day it was held for, although; the reason is kept with it.

    Raises EditionError where nothing is held, or not even a person may let it pass.
    """
    from briefing.editions.store import EditionError

    held = store_of(root, name).held()
    if held is None:
        raise EditionError(f"{name} is not held; there is nothing to release")
    if not held.releasable:
        reasons = "\n".join(held.problems)
        raise EditionError(f"{name} cannot be released, only mended:\n{reasons}")
    if not because.strip():
        raise EditionError("a release needs its reason")
    return issue(root, name, held.as_of, at, released=because.strip(), **options)


def withdraw(root: Path, name: str, number: int, because: str, at: datetime, *, clock: datetime | None = None) -> str:
    """Mark an edition as withdrawn, and return what to do next. The edition stays.

    `clock` is the moment that it is, where `at` is one that a person has named: that may not lie before the edition was issued, unless the edition
    itself is of a clock that was wrong. Raises EditionError where it cannot be.
    """
    from briefing.edition import Withdrawal
    from briefing.editions.store import EditionError

    store = store_of(root, name)
    issued = store.manifest(number).at if _readable(store, number) else None  # a damaged one may be withdrawn too
    if not because.strip():
        raise EditionError("a withdrawal needs its reason")
    if issued and clock and at < issued <= clock:
        raise EditionError(
            f"edition {number} of {name} was issued on {issued.isoformat()}, after {at.isoformat()}; nothing was changed"
        )
    with store.locked() as writer:
        if number in store.withdrawals():
            raise EditionError(f"edition {number} of {name} is withdrawn already; nothing was changed")
        writer.withdraw(Withdrawal(number, at, because.strip()))
    newer = [each for each in store.numbers() if each > number and each not in store.withdrawals()]
    return f"edition {newer[-1]} stands in its place" if newer else f"generate issue {name} makes the edition in its place"


def _readable(store: Store, number: int) -> bool:
    """Return whether the manifest of an edition can be read. Raises EditionError where there is no such edition."""
    from briefing.editions.store import EditionError

    store.raw(number)
    try:
        store.manifest(number)
    except EditionError:
        return False
    return True


class Verified(msgspec.Struct, frozen=True):
    """Whether an edition is what it was, and can be made again: nothing wrong, or what is."""

    edition: int
    wrong: tuple[str, ...] = ()


def verify(root: Path, name: str, number: int | None = None) -> list[Verified]:
    """Build editions again from what they keep, and compare every byte: one, or all of a brief."""
    store = store_of(root, name)
    return [Verified(each, tuple(_verified(root, store, each))) for each in ([number] if number is not None else store.numbers())]


def _verified(root: Path, store: Store, number: int) -> Iterator[str]:
    from briefing.editions import issue as deciding
    from briefing.editions.inputs import program, unpack
    from briefing.editions.store import EVIDENCE, INPUTS, EditionError
    from briefing.load.archive import restored

    try:
        manifest = store.manifest(number)
        wrong = deciding.damage(store, manifest)
        found = unpack((store.path(number) / INPUTS).read_bytes())
        files, read_font = restored(found)
    except (EditionError, ValueError, OSError) as error:
        yield str(error)
        return
    yield from wrong
    if deciding.digests(found) != manifest.inputs:
        yield "its inputs are not those it was made of"
        return
    order = Order(manifest.brief, manifest.as_of, even_if_stale=bool(manifest.released))
    try:
        loaded = sound(files, order)
        laid = lay_out(root, compose_loaded(loaded, files, order, manifest.info), house_of(files), read_font)
        formats = [each for each in FORMATS if f"{manifest.brief}.{each}" in manifest.outputs]
        rendered = _rendered(laid, files, formats, lambda _: None)
    except (BriefingError, ValueError) as error:
        yield f"it cannot be made again: {error}"
        return
    made = {f"{manifest.brief}.{each}": data for each, data in rendered.items()}
    made[EVIDENCE] = evidence_of(loaded, order, laid.document, made)
    differ = [each for each, digest in deciding.digests(made).items() if manifest.outputs[each] != digest]
    if differ:
        same = program() == manifest.program
        by = "" if same else f"; it was made by version {manifest.program.version} of this program with other code or packages"
        yield f"made again, it differs: {', '.join(differ)}{by}"


def history(root: Path, name: str = "") -> list[dict[str, Any]]:
    """Return the editions of a brief, or of all, the latest first: number, dates, kind, whether it stands, and what it brought.

    Raises EditionError where neither a recipe nor an edition has that name.
    """
    from briefing.editions.info import past
    from briefing.editions.store import EditionError

    folder = root / "briefs" / EDITIONS
    if name:
        if not (folder / name).is_dir() and not any((root / "briefs" / f"{name}.{each}").is_file() for each in ("yaml", "yml")):
            raise EditionError(f"there is no brief {name}, and no edition of one of that name")
        names = [name]
    else:
        names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    rows = []
    for each in names:
        store = store_of(root, each)
        numbers, gone = store.numbers(), store.withdrawals()
        standing = [number for number in numbers if number not in gone]
        for number in reversed(numbers):
            manifest = store.manifest(number)
            line = past(manifest, gone)
            later = [other for other in standing if other > number]
            state = "withdrawn" if number in gone else "current" if standing and number == standing[-1] else "superseded"
            rows.append(
                {
                    "brief": each,
                    "edition": number,
                    "issued": manifest.at.isoformat(),
                    "published": (manifest.info.published or manifest.issued).isoformat(),
                    "as_of": manifest.as_of.isoformat(),
                    "kind": manifest.kind,
                    "state": state,
                    "successor": later[0] if later else None,
                    "line": line.line,
                    "released": manifest.released or None,
                    "folder": str(store.path(number)),
                }
            )
    return rows


def last_check(root: Path, name: str) -> str:
    """Return what the last run came to: "checked on 2025-12-01 as of 2025-12-01: nothing new since edition 3"; "" for none."""
    store = store_of(root, name)
    checks, held = store.checks(), store.held()
    if held is not None:
        return f"held since {held.at.date()}: {len(held.problems)} problems"
    return f"checked on {checks[-1].at.date()} as of {checks[-1].as_of}: {checks[-1].line}" if checks else ""


def _rules(store: Store, number: int) -> Materiality:
    """Return what weighs how much by the dossier that an edition was made of. Raises EditionError where its inputs cannot be read."""
    from briefing.editions.inputs import unpack
    from briefing.editions.store import INPUTS, EditionError
    from briefing.load.archive import restored
    from briefing.load.dossier import read_header
    from briefing.seeds import Materiality

    path = store.path(number) / INPUTS
    try:
        header = read_header(restored(unpack(path.read_bytes()))[0])
    except (ValueError, OSError) as error:
        raise EditionError(f"{path}: the inputs cannot be read: {error}") from None
    return header.materiality if header else Materiality()


def changes(root: Path, name: str, since: int | None = None) -> tuple[int, int, tuple[Change, ...], tuple[Edit, ...]]:
    """Return what changed from one edition to the latest, the one before it where `since` is not given: both numbers and the changes.

    Raises EditionError where there is no such edition, or none at all.
    """
    from briefing.editions.changes import differences
    from briefing.editions.materiality import weigh
    from briefing.editions.passages import edits
    from briefing.editions.store import EditionError

    store = store_of(root, name)
    latest = store.latest()
    if latest is None:
        raise EditionError(f"{name} has no edition yet")
    if latest.number == 1 and since is None:
        return 0, 1, (), ()
    if since is None or since == latest.number - 1:
        return latest.number - 1, latest.number, latest.changes, latest.edits
    before = store.manifest(since)
    found = differences(before.facts, latest.facts, known_before=before.known, known=latest.known)
    weighed = weigh(found, before.facts, latest.facts, _rules(store, latest.number))
    return since, latest.number, weighed, edits(before.passages, latest.passages, weighed)
