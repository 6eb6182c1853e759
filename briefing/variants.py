"""An edition as a reader may have it: as it was issued, or composed anew of what it was made of, for a clearance, on a theme, in a look."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from briefing.delivery import Rendition, Variant
from briefing.load.files import Files, read_dossier
from briefing.load.look import look_named
from briefing.markings import cleared, highest, lower, rank
from briefing.pipeline import (
    FORMATS,
    Composed,
    Laid,
    Order,
    Word,
    cleared_for,
    compose_loaded,
    evidence_of,
    house_of,
    lay_out,
    render,
    said_by,
    sound,
    store_of,
)
from briefing.problems import BriefingError, OnePageImpossible, ProblemsFound

if TYPE_CHECKING:
    from briefing.deliver.leaks import Forbidden
    from briefing.edition import EditionInfo, Manifest
    from briefing.editions.issue import Said
    from briefing.load.dossier import Loaded
    from briefing.model import Block, Document
    from briefing.recipe import Recipe

EVIDENCE_FILE = "evidence.json"  # in an edition's folder
EVIDENCE = ("json", "csv", "jsonld")  # formats too: "evidence.json" gives the evidence beside the documents
_AS_ISSUED = Variant()
_MANY = 24  # variants that a process keeps, whose files it need not make again
_NAMED = 8  # leaks that a message lists


def rendition(root: Path, brief: str, number: int, variant: Variant = _AS_ISSUED, formats: Sequence[str] = FORMATS) -> Rendition:
    """Return the documents of an edition for a variant, in the formats asked for: `pdf`, `docx`, `html`, `txt`, `evidence.json` ...

    They are the edition's own files where the variant asks for nothing else and hides nothing that the edition prints; otherwise
    they are made of the inputs that the edition keeps, as of its day. Every one has been looked through for what the clearance may
    not see. Raises BriefingError where something was found, where there is no such edition, clearance, theme or look, and where the
    edition's files or inputs are damaged.
    """
    found = _made(root, brief, number, variant)
    with found.lock:
        for each in formats:
            if each not in found.outputs:
                name, data = found.file(each)
                found.refuse({name: data})
                found.outputs[each] = (name, data)
        files = dict(found.outputs[each] for each in formats)
    return msgspec.structs.replace(found.rendition, files=files)


def look_through(root: Path, brief: str, number: int, variant: Variant, outputs: Mapping[str, bytes]) -> None:
    """Look through what else is handed out beside a rendition: a mail, a note, a feed, a page, by name.

    Raises BriefingError where anything stands in it that the variant's clearance may not see, or that cannot be read.
    """
    _made(root, brief, number, variant).refuse(outputs)


_kept: OrderedDict[tuple[object, ...], _Made] = OrderedDict()
_guard = threading.Lock()


def _made(root: Path, brief: str, number: int, variant: Variant) -> _Made:
    """Return a variant of an edition, from an earlier call where there is one."""
    store = store_of(root, brief)
    raw = store.raw(number)
    gone = store.withdrawals().get(number)
    edition = _edition(root, brief, number, sha256(raw).hexdigest())
    key = (root.resolve(), brief, number, sha256(raw).digest(), gone, msgspec.structs.astuple(variant), edition.effective(variant))
    with _guard:
        made = _kept.pop(key, None)
    if made is None:
        made = _Made(edition, variant)
    with _guard:
        _kept[key] = made
        while len(_kept) > _MANY:
            _kept.popitem(last=False)
    return made


class _Edition:
    """An edition as it is kept: its manifest, and what its inputs hold."""

    def __init__(self, root: Path, brief: str, number: int) -> None:
        from briefing.editions.inputs import unpack
        from briefing.editions.issue import digests
        from briefing.editions.store import INPUTS
        from briefing.load.archive import restored

        self.root, self.brief, self.number = root, brief, number
        self.store = store_of(root, brief)
        self.manifest: Manifest = self.store.manifest(number)
        try:
            found = unpack((self.store.path(number) / INPUTS).read_bytes())
            self.files: Files
            self.read_font: Callable[[str], bytes]
            self.files, self.read_font = restored(found)
        except (OSError, ValueError) as error:
            raise BriefingError(f"{brief}, edition {number}: its inputs cannot be read: {error}") from None
        if digests(found) != self.manifest.inputs:
            raise BriefingError(f"{brief}, edition {number}: its inputs are not those it was made of")
        self.order = Order(brief, self.manifest.as_of, even_if_stale=bool(self.manifest.released))
        loaded = sound(self.files, self.order)
        self.loaded: Loaded = msgspec.structs.replace(loaded, recipes={**_summaries(root, brief), **loaded.recipes})
        self.ladder = self.loaded.dossier.header.markings
        self.recipe = self.loaded.recipes[brief]
        self._forbidden: dict[str, Forbidden] = {}
        self.own = cleared(self.recipe.clearance, self.ladder, f"the recipe {brief}") if self.ladder else ""

    def effective(self, variant: Variant) -> str:
        """Return the clearance that a variant is made for: the lower of the reader's and the recipe's. Raises BriefingError."""
        reader = cleared(variant.clearance, self.ladder)
        if rank(self.recipe.marking, self.ladder) > rank(reader, self.ladder):
            name = f"{self.brief}, edition {self.number}"
            raise BriefingError(f"{name}: it is marked {self.recipe.marking} as a whole, and the clearance is {reader}")
        return lower(reader, self.own, self.ladder) if self.ladder else ""

    def for_clearance(self, clearance: str) -> Loaded:
        return cleared_for(self.loaded, clearance, self.brief)

    def forbidden(self, clearance: str) -> Forbidden:
        """Return what must not stand in anything that is handed out of this edition at a clearance."""
        from briefing.hidden import Kept, forbidden

        if clearance not in self._forbidden:
            info, as_of = self.manifest.info, self.manifest.as_of
            seen = self.for_clearance(clearance)
            days = {as_of, self.manifest.issued, *(day for day in (info.published, info.issued, info.updates_issued) if day)}
            days |= {day for past in info.history for day in (past.issued, past.as_of)}
            earlier = []
            if info.updates and self.ladder:
                before = _other(self, info.updates)
                earlier.append(Kept(before.loaded, _seen(before, clearance), (before.manifest.as_of,)))
            printed = {self.brief, *(name for name, recipe in seen.recipes.items() if recipe.full_brief == self.brief)}
            kept = Kept(self.loaded, seen, (as_of,))
            self._forbidden[clearance] = forbidden([kept], clearance, printed, days, earlier=earlier)
        return self._forbidden[clearance]

    def composed(self) -> Composed:
        """Return the document as it was issued."""
        return compose_loaded(self.loaded, self.files, self.order, self.manifest.info)

    def file(self, name: str) -> bytes:
        """Return one of its files as it was issued. Raises BriefingError where it is not as it was."""
        try:
            data = (self.store.path(self.number) / name).read_bytes()
        except OSError as error:
            raise BriefingError(f"{self.brief}, edition {self.number}: {name} cannot be read: {error.strerror}") from None
        if sha256(data).hexdigest() != self.manifest.outputs[name]:
            raise BriefingError(f"{self.brief}, edition {self.number}: {name} is not as it was issued")
        return data


def _summaries(root: Path, brief: str) -> dict[str, Recipe]:
    """Return the dossier's summaries of a brief, by name: an edition keeps the recipes that it is made of, and no others."""
    from briefing.load.dossier import read_recipes

    try:
        files = read_dossier(root)
    except ProblemsFound:
        return {}
    named = {name: data for name, data in files.briefs.items() if b"full_brief" in data and brief.encode() in data}
    found = read_recipes(msgspec.structs.replace(files, briefs=named), [])
    return {name: recipe for name, recipe in found.items() if recipe.kind == "summary" and recipe.full_brief == brief}


@lru_cache(maxsize=16)
def _edition(root: Path, brief: str, number: int, digest: str) -> _Edition:  # noqa: ARG001  the digest names its state
    return _Edition(root, brief, number)


def _other(edition: _Edition, number: int) -> _Edition:
    """Return another edition of the same brief."""
    raw = edition.store.raw(number)
    return _edition(edition.root, edition.brief, number, sha256(raw).hexdigest())


class _Made:
    """One variant of an edition: its document, its summary, and the files made so far, each looked through."""

    def __init__(self, edition: _Edition, variant: Variant) -> None:
        self.edition, self.variant = edition, variant
        self.lock = threading.Lock()
        self.outputs: dict[str, tuple[str, bytes]] = {}
        self.clearance = edition.effective(variant)
        self.loaded = edition.for_clearance(self.clearance)
        self.info = _info(edition, self.clearance, variant.theme, self.loaded)
        self.order = msgspec.structs.replace(edition.order, theme=variant.theme, annex=variant.annex)
        self.composed = self.dressed(compose_loaded(self.loaded, edition.files, self.order, self.info))
        self.as_issued = variant == Variant(clearance=variant.clearance) and (
            self.clearance == edition.own or self.composed.document == edition.composed().document
        )
        self._laid: Laid | None = None
        self.secret = edition.forbidden(self.clearance)
        self.rendition = self._rendition()

    # ------------------------------------------------------------------------------------------------------------------ files

    def dressed(self, composed: Composed) -> Composed:
        """Return a document in the look of the variant: the edition's own, or where it has none of that name, today's."""
        if not self.variant.look:
            return composed
        name, files = self.variant.look, self.edition.files
        if name not in files.looks:
            today = read_dossier(self.edition.root)
            files = msgspec.structs.replace(files, looks=today.looks, look_places=today.look_places)
        look = look_named(files, name)
        document = composed.document
        if document.one_page and look.summary_styles == composed.look.summary_styles:  # it has no sizes for one page
            document = msgspec.structs.replace(document, one_page=False)
        return msgspec.structs.replace(composed, document=document, look=look)

    def file(self, each: str) -> tuple[str, bytes]:
        """Return the name and the bytes of a file in a format."""
        form = each.removeprefix("evidence.")
        if each not in FORMATS and (form == each or form not in EVIDENCE):
            raise BriefingError(
                f"{each!r} is not a format; there are {', '.join((*FORMATS, *(f'evidence.{e}' for e in EVIDENCE)))}"
            )
        edition = self.edition
        stem = self.order.stem
        kept = EVIDENCE_FILE if form != each else f"{edition.brief}.{each}"
        if self.as_issued and kept in edition.manifest.outputs and form in (each, "json"):
            return f"{stem}.{each}", edition.file(kept)
        laid = self.laid()
        if form != each:
            made = {name: data for key, (name, data) in self.outputs.items() if key in FORMATS}
            return f"{stem}.{each}", evidence_of(self.loaded, self.order, laid.document, made, form)
        word = Word(house=house_of(edition.files))
        return f"{stem}.{each}", render(each, laid.document, laid.look, laid.pages, laid.fonts, word=word)

    def laid(self) -> Laid:
        if self._laid is None:
            self._laid = self.lay_out(self.composed)
        return self._laid

    def lay_out(self, composed: Composed) -> Laid:
        """Return a document on its pages; a summary in a reader's look, such as large print, takes as many as it needs."""
        edition = self.edition
        try:
            return lay_out(edition.root, composed, house_of(edition.files), edition.read_font)
        except OnePageImpossible:
            if not self.variant.look:
                raise
            document = msgspec.structs.replace(composed.document, one_page=False)
            whole = msgspec.structs.replace(composed, document=document)
            return lay_out(edition.root, whole, house_of(edition.files), edition.read_font)

    # ----------------------------------------------------------------------------------------------------------- what is said

    def _rendition(self) -> Rendition:
        from briefing.compose.edition import correction, told
        from briefing.compose.records import facts_for
        from briefing.compose.traces import traces

        edition, document = self.edition, self.composed.document
        recipe = self.loaded.recipes[edition.brief]
        body = self._summary()
        facts = facts_for(self.loaded.dossier, edition.manifest.as_of, recipe)
        printed = [*traces(document, self.loaded.dossier.charts), *traces(body, self.loaded.dossier.charts)]
        ladder = edition.ladder
        banner = highest((document.marking, body.marking), ladder) if document.marking or body.marking else ""
        made = Rendition(
            brief=edition.brief,
            edition=edition.number,
            variant=self.variant,
            title=document.title,
            language=document.language,
            marking=banner,
            issued=edition.manifest.at,
            as_of=edition.manifest.as_of,
            kind=edition.manifest.kind,
            files={},
            text=render("txt", body, self.composed.look, None, None).decode(),
            html=render("html", body, self.composed.look, None, None).decode(),
            changes=told(self.info, facts),
            facts=tuple(dict.fromkeys(trace.fact for trace in printed)),
            series=" ".join(part for part in (recipe.series, recipe.number) if part),
            correction=correction(self.info),
        )
        said = "\n".join((made.title, made.series, made.correction, *made.changes, *made.facts, made.marking))
        self.refuse({"mail.txt": made.text.encode(), "mail.html": made.html.encode(), "about the edition.txt": said.encode()})
        return made

    def _summary(self) -> Document:
        """Return the one page that a mail says: the summary of this brief, itself if it is one, else what it says first."""
        edition, document = self.edition, self.composed.document
        if document.kind == "summary":
            return self.laid().document
        for name, recipe in self.loaded.recipes.items():
            if recipe.kind == "summary" and recipe.full_brief == edition.brief and recipe.language in ("", document.language):
                order = msgspec.structs.replace(self.order, name=name, annex=False)
                loaded = cleared_for(self.loaded, recipe.clearance, name) if edition.ladder else self.loaded
                try:
                    composed = self.dressed(compose_loaded(loaded, edition.files, order, self.info))
                    return self.lay_out(composed).document
                except (ProblemsFound, OnePageImpossible):  # today's recipe need not fit what this edition was made of
                    continue
        return _first(document)

    # ------------------------------------------------------------------------------------------------------------------ leaks

    def refuse(self, outputs: Mapping[str, bytes]) -> None:
        """Raise BriefingError where anything stands in outputs that this clearance may not see."""
        from briefing.deliver.leaks import leaks

        found = leaks(self.secret, outputs)
        if found:
            listed = "\n".join(f"  {leak}" for leak in found[:_NAMED])
            more = f"\n  and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            name = f"{self.edition.brief}, edition {self.edition.number}"
            raise BriefingError(
                f"{name}: not handed out at the clearance {self.clearance}, which may not see all of it:\n{listed}{more}"
            )


def _seen(edition: _Edition, clearance: str) -> Loaded:
    """Return what a clearance of another edition may see of this one; nothing where this one's ladder does not have it."""
    if clearance in edition.ladder:
        return edition.for_clearance(lower(clearance, edition.own, edition.ladder))
    raise BriefingError(f"{edition.brief}, edition {edition.number}: its ladder of markings has no {clearance}")


def _first(document: Document) -> Document:
    """Return what a brief says first: title, identity, bottom line, key points and changes, with the sources of these alone."""
    from briefing.model import Callout, Cite, Details, SourceList, Title
    from briefing.walk import nodes

    def leads(block: Block) -> bool:
        match block:
            case Title() | Details(role="identity") | Callout(role="bottom-line" | "key-points" | "changes"):
                return True
        return False

    chosen = tuple(block for block in document.blocks if leads(block))
    if not any(isinstance(block, Callout) and block.role != "changes" for block in chosen):
        return document
    cited = {ref.source for node in nodes(chosen) if isinstance(node, Cite) for ref in node.refs}
    listed = tuple(
        SourceList(tuple(entry for entry in node.entries if entry.source in cited))
        for node in nodes(document.blocks)
        if isinstance(node, SourceList)
    )
    return msgspec.structs.replace(document, blocks=(*chosen, *listed[:1]))


# ------------------------------------------------------------------------------------------------- what the edition says it changed


def _info(edition: _Edition, clearance: str, theme: str, loaded: Loaded) -> EditionInfo:
    """Return what a variant says about its edition: changes that its readers may see, of the facts it is about.

    For a lower clearance than the edition's the changes are found anew, between the filtered inputs of both editions; the lines of
    the history, which count what was hidden then, and the reason of a correction are left out where anything is hidden.
    """
    from briefing.editions.changes import differences
    from briefing.editions.info import ROWS, rows_of
    from briefing.editions.issue import veiled
    from briefing.editions.materiality import weigh

    manifest, info = edition.manifest, edition.manifest.info
    changes = manifest.changes
    hides = _hides(edition, clearance, (edition.number, info.updates, *(past.number for past in info.history)))
    if not hides and not theme:
        return info
    before = _other(edition, info.updates) if info.updates else None
    if hides and before is not None:
        earlier = _seen(before, clearance)
        was = said_by(earlier, before.files, before.order)
        now = said_by(loaded, edition.files, edition.order, was.facts)
        found = differences(was.facts, now.facts, known_before=was.known, known=now.known)
        found = veiled(found, was.facts, _hidden(now, edition.loaded, loaded))
        changes = weigh(found, was.facts, now.facts, loaded.dossier.header.materiality)
    order = {fact.id: fact.priority for fact in loaded.dossier.facts.values()}
    if theme:
        about = _about(theme, (loaded, *((before.loaded,) if before else ())))
        changes = tuple(change for change in changes if change.fact in about)
    rows = rows_of(changes, order)
    made = msgspec.structs.replace(info, rows=rows[:ROWS], more=len(rows[ROWS:]), edits=())
    if not hides:
        return made
    lines = {1: "first edition"}
    gone = edition.store.withdrawals()
    history = tuple(
        msgspec.structs.replace(past, line="withdrawn" if past.number in gone else lines.get(past.number, "updated"))
        for past in info.history
    )
    return msgspec.structs.replace(made, history=history, because="ask the desk for the reason" if info.because else "")


def _hidden(said: Said, whole: Loaded, seen: Loaded) -> Said:
    """Return what a filtered dossier says with the names of what was taken out of it."""
    facts = tuple(name for name in whole.dossier.facts if name not in seen.dossier.facts)
    sources = tuple(name for name in whole.dossier.sources if name not in seen.dossier.sources)
    return msgspec.structs.replace(
        said, hidden=(*said.hidden, *facts), marked=facts, hidden_sources=(*said.hidden_sources, *sources)
    )


def _hides(edition: _Edition, clearance: str, numbers: Iterable[int]) -> bool:
    """Return whether any of the editions holds anything that a clearance may not see and the edition's own may."""
    if not edition.ladder or clearance == edition.own:
        return False
    for number in dict.fromkeys(numbers):
        other = _other(edition, number) if number else edition
        own = cleared_for(other.loaded, other.own).dossier
        if own != _seen(other, clearance).dossier:
            return True
    return False


def _about(theme: str, read: Sequence[Loaded]) -> set[str]:
    """Return the ids of the facts and recommendations that a theme is about."""
    from briefing.compose.passes import slug

    facts = {fact.id for loaded in read for fact in loaded.dossier.facts.values() if fact.theme == theme}
    asked = [row for loaded in read if loaded.dossier.whole for row in loaded.dossier.whole.recommendations if row.theme == theme]
    return facts | {f"judgement/recommendation-{slug(row.who)}" for row in asked}
