"""The order of the stages: load, check, compose, lay out, render, write; and what is kept of one run for the next."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from briefing.edition import DRAFT, EditionInfo
from briefing.load.files import Files, font_reader, read_dossier, write_atomically
from briefing.look import Look
from briefing.model import Contents, Document, Group
from briefing.problems import Location, Problem, ProblemsFound, nearest

if TYPE_CHECKING:
    from briefing.edition import FactUsed, Manifest
    from briefing.editions.issue import Decision, Said
    from briefing.editions.store import Store
    from briefing.house import House
    from briefing.layout.fit import LeftOut
    from briefing.layout.fonts import Fonts
    from briefing.load.dossier import Loaded
    from briefing.placed import Pages
    from briefing.render.docx_package import Package

FORMATS = ("pdf", "docx", "html", "txt")
MEASURES = Path(__file__).with_name("measures")  # what was read of the built-in fonts; scripts/measures.py writes it
CONTENTS_FROM = 7  # pages; ANATOMY of a brief: a table of contents from seven pages


class Made(msgspec.Struct, frozen=True):
    """What one run made: the files written, the pages of the PDF's layout, and what a summary left out to fit its page."""

    paths: tuple[str, ...]
    pages: int
    dropped: tuple[str, ...] = ()
    tightened: str = ""
    warnings: tuple[Problem, ...] = ()


class Composed(msgspec.Struct, frozen=True):
    """A document with the look it is to have, before anything is measured."""

    document: Document
    look: Look
    contents: str = "auto"


class Order(msgspec.Struct, frozen=True):
    """Which document is wanted: a recipe by name, as of a day, perhaps narrowed to one theme, perhaps with the annex of all facts."""

    name: str
    as_of: date
    kind: str = ""  # "brief" or "summary" where the recipe must be one
    theme: str = ""
    annex: bool = False
    even_if_stale: bool = False  # also where its recipe holds it back for stale facts

    @property
    def stem(self) -> str:
        """The file name without its ending."""
        return f"{self.name}-{self.theme}" if self.theme else self.name


def make(
    root: Path,
    order: Order,
    formats: Sequence[str],
    *,
    out: Path | None = None,
    evidence: str = "",
    embed_fonts: bool = False,
    cache: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Made:
    """Write one brief or summary in the formats asked for, all or none, beside its definition or at `out`.

    Raises ProblemsFound with every problem of the data, OnePageImpossible for a summary that no means bring to one page,
    MissingGlyph for a character without a font. Files of an earlier run stay as they were where anything is raised.
    """
    progress("reading")
    files = read_dossier(root)

    def finish(composed: Composed) -> tuple[list[tuple[Path, bytes]], Made]:
        return _finished(
            root,
            files,
            order,
            composed,
            formats=formats,
            out=out,
            evidence=evidence,
            embed_fonts=embed_fonts,
            cache=cache,
            progress=progress,
        )

    composed, ready = _drafted(root, files, order, cache=cache, progress=progress, finish=finish)
    files_made, made = ready or finish(composed)
    for path, data in files_made:
        write_atomically(path, data)
    return made


def _finished(
    root: Path,
    files: Files,
    order: Order,
    composed: Composed,
    *,
    formats: Sequence[str],
    out: Path | None,
    evidence: str,
    embed_fonts: bool,
    cache: bool,
    progress: Callable[[str], None],
) -> tuple[list[tuple[Path, bytes]], Made]:
    """Return the files of a document, each with where it goes, and what is told of them."""
    document, look = composed.document, composed.look
    house = house_of(files)
    laid: Laid | None = None
    if (
        document.one_page or composed.contents == "auto" or set(formats) & {"pdf", "docx"}
    ):  # contents are there from a number of pages
        progress("laying out")
        laid = lay_out(root, composed, house, drawn="pdf" in formats, cache=cache)
        document, look = laid.document, laid.look
    pages, fonts = (laid.pages, laid.fonts) if laid else (None, None)
    word = Word(root if cache else None, house, font_reader(root) if embed_fonts else None)
    made: list[tuple[Path, bytes]] = []
    for each in formats:
        progress(f"rendering {each}")
        made.append(
            (target(root, order.stem, each, out, many=len(formats) > 1), render(each, document, look, pages, fonts, word=word))
        )
    if evidence:
        progress("gathering the evidence")
        path = target(root, order.stem, f"evidence.{evidence}", out.parent if out and out.suffix else out)
        made.append((path, _evidence(files, order, document, made, evidence)))
    paths = tuple(str(path) for path, _ in made)
    if laid is None:
        return made, Made(paths, 0)
    return made, Made(paths, len(laid.pages.pages), tuple(each.name for each in laid.left_out), laid.tightened)


class Laid(msgspec.Struct, frozen=True):
    """A document on its pages; a summary as brought down to one, with what that took."""

    document: Document
    look: Look
    pages: Pages
    fonts: Fonts
    left_out: tuple[LeftOut, ...] = ()
    tightened: str = ""


def house_of(files: Files) -> House | None:
    """Return the dossier's own `templates/house.docx`. Raises ProblemsFound where it cannot be used."""
    if not files.house:
        return None
    from briefing.load.house import read_house

    return read_house(files.house)


def lay_out(
    root: Path,
    composed: Composed,
    house: House | None = None,
    read_font: Callable[[str], bytes] | None = None,
    *,
    drawn: bool = True,
    cache: bool = False,
) -> Laid:
    """Return a document on its pages: a summary brought down to one, a brief of few pages without contents.

    Without `drawn` pages know their headings, tables and sources, and hold nothing to draw.
    """
    from briefing.layout.fonts import Fonts
    from briefing.layout.pages import lay_out

    document, look = composed.document, composed.look
    fonts = Fonts(look, read_font or font_reader(root), _Cache(root if cache else None))
    if document.one_page:
        from briefing.layout.fit import fit

        fitted = fit(document, look, fonts, sheet=house.frame if house else None)
        pages = lay_out(fitted.document, fitted.look, fonts, drawn=drawn)
        return Laid(fitted.document, fitted.look, pages, fonts, fitted.left_out, fitted.tightened)
    pages = lay_out(document, look, fonts, drawn=drawn)
    if composed.contents == "auto" and len(pages.pages) < CONTENTS_FROM:
        document = without_contents(document)
        pages = lay_out(document, look, fonts, drawn=drawn)
    return Laid(document, look, pages, fonts)


def _evidence(files: Files, order: Order, document: Document, made: Sequence[tuple[Path, bytes]], form: str) -> bytes:
    from briefing.load.dossier import load

    return evidence_of(load(files), order, document, {path.name: data for path, data in made}, form)


def evidence_of(loaded: Loaded, order: Order, document: Document, made: Mapping[str, bytes], form: str = "json") -> bytes:
    """Return the evidence of a document with the digests of its files `made`, as bytes of a file."""
    from hashlib import sha256

    from briefing.compose.evidence import evidence
    from briefing.render.evidence import render as written

    digests = {name: sha256(data).hexdigest() for name, data in made.items()}
    return written(evidence(loaded.dossier, loaded.recipes[order.name], document, order.stem, digests), form)


def compose_one(files: Files, order: Order) -> Composed:
    """Return the document of one recipe. Raises ProblemsFound with all that loading, checking and composing find."""
    return compose_loaded(sound(files, order), files, order)


_SOUND: dict[
    tuple[object, ...], Loaded
] = {}  # dossiers without errors: what is made many times in a process is read and checked once
_SOUND_KEPT = 4


def sound(
    files: Files, order: Order, mark: Path | None = None, meanwhile: Callable[[Loaded], None] = lambda _: None
) -> Loaded:  # fmt: skip
    """Return what the files hold. Raises ProblemsFound with all that loading and checking find, and where the recipe is not there.

    `mark` is a file that is there when these very files were sound in an earlier run, and is made when they are. `meanwhile` is called
    with what was loaded, before it is checked.
    """
    from briefing.load.dossier import load

    key = files.digest, files.fonts
    before = _SOUND.get(key)
    loaded = before or load(files)
    errors = []
    meanwhile(loaded)
    if before is None and not (mark and mark.exists()):
        errors += [problem for problem in checked(loaded, files) if not problem.warning]
    if before is None and not errors:
        if len(_SOUND) >= _SOUND_KEPT:
            _SOUND.clear()
        _SOUND[key] = loaded
        _keep(mark, None)
    recipe = loaded.recipes.get(order.name)
    if recipe is None:
        known = [key for key, each in loaded.recipes.items() if order.kind in ("", each.kind)]
        hint = nearest(order.name, known) or f"there are: {', '.join(sorted(known))}"
        errors.append(
            Problem(Location(f"briefs/{order.name}.yaml"), "B001", f"there is no {order.kind or 'brief'} {order.name}", hint)
        )
    elif order.kind and recipe.kind != order.kind:
        hint = f"generate {recipe.kind} {order.name}"
        errors.append(Problem(recipe.at, "B002", f"{order.name} is a {recipe.kind}, not a {order.kind}", hint))
    if errors:
        raise ProblemsFound(errors)
    return loaded


def compose_loaded(loaded: Loaded, files: Files, order: Order, edition: EditionInfo = DRAFT) -> Composed:
    """Return the document of one recipe of a sound dossier; `edition` is what it says about its edition."""
    from briefing.compose import compose

    recipe = loaded.recipes[order.name]
    of = loaded.recipes.get(recipe.full_brief)
    document = compose(
        loaded.dossier,
        recipe,
        loaded.templates,
        loaded.template_places,
        order.as_of,
        theme=order.theme,
        annex=order.annex,
        digest=files.beside_seeds,
        page=recipe.page or loaded.look.page,
        full_brief=of,
        even_if_stale=order.even_if_stale,
        edition=edition,
    )
    if recipe.contents == "never":
        document = without_contents(document)
    return Composed(document, loaded.look, recipe.contents)


def cleared_for(loaded: Loaded, clearance: str, keep: str = "") -> Loaded:
    """Return what is read as readers with a clearance may have it: the dossier filtered, once, before anything is made of it.

    A recipe keeps its own clearance where that is the lower; one that is marked above the clearance as a whole is left out, unless
    it is the one to `keep`. Raises BriefingError for a clearance that is not on the dossier's ladder.
    """
    from briefing.compose.visible import visible
    from briefing.markings import cleared, lower, rank

    ladder = loaded.dossier.header.markings
    name = cleared(clearance, ladder)
    recipes = {
        key: msgspec.structs.replace(recipe, clearance=lower(cleared(recipe.clearance, ladder), name, ladder) if ladder else "")
        for key, recipe in loaded.recipes.items()
        if key == keep or rank(recipe.marking, ladder) <= rank(name, ladder)
    }
    return msgspec.structs.replace(loaded, dossier=visible(loaded.dossier, name), recipes=recipes)


def checked(loaded: Loaded, files: Files) -> list[Problem]:
    """Return what the checks over the whole dossier find, warnings too."""
    from briefing.check.whole import check_all
    from briefing.load.look import look_named

    texts = {**files.seeds, **files.briefs}
    problems = set(check_all(loaded.dossier, texts, loaded.recipes, loaded.templates, loaded.template_places))
    checks: list[Callable[[], object]] = [partial(house_of, files), *(partial(look_named, files, name) for name in files.looks)]
    for check in checks:
        try:
            check()
        except ProblemsFound as found:
            problems.update(found.problems)
    return sorted(problems)


class Word(msgspec.Struct, frozen=True):
    """What Word documents are made with: where their prepared parts are kept, the house's own document, the fonts to put in."""

    root: Path | None = None
    house: House | None = None
    read_font: Callable[[str], bytes] | None = None


_PLAIN = Word()


def render(
    each: str, document: Document, look: Look, pages: Pages | None, fonts: Fonts | None, *, word: Word = _PLAIN
) -> bytes:  # fmt: skip
    """Return the bytes of a document in one format; `pages` and `fonts` are wanted for PDF, `fonts` for DOCX."""
    match each:
        case "pdf":
            from briefing.render import pdf

            assert pages is not None
            assert fonts is not None
            return pdf.render(document, look, pages, fonts)
        case "docx":
            from briefing.layout.word_pages import on_word_pages
            from briefing.render import docx

            assert fonts is not None
            numbers: dict[str, int] = {}
            if not word.house:  # on a house's pages headings fall elsewhere
                document, numbers = on_word_pages(document, look, fonts)
            package = _package(word, document, look)
            return docx.render(document, look, numbers, package=package, house=word.house, read_font=word.read_font)
        case "html":
            from briefing.render import html

            return html.render(document, look)
        case "txt":
            from briefing.render import text

            return text.render(document)
    raise ValueError(f"{each!r} is not a format; there are {', '.join(FORMATS)}")


def target(root: Path, stem: str, suffix: str, out: Path | None, *, many: bool = False) -> Path:
    """Return where a document goes: beside its definition, into the folder `out`, or to the file `out` where there is but one."""
    if out is None:
        return root / "briefs" / f"{stem}.{suffix}"
    if many or out.is_dir() or not out.suffix:
        return out / f"{stem}.{suffix}"
    return out


def without_contents(document: Document) -> Document:
    """Return the document without its table of contents."""

    def kept(blocks: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(
            msgspec.structs.replace(block, blocks=kept(block.blocks)) if isinstance(block, Group) else block
            for block in blocks
            if not isinstance(block, Contents)
        )

    return msgspec.structs.replace(document, blocks=kept(document.blocks))


# -------------------------------------------------------------------------------------------- what has been issued before

EDITIONS = "editions"  # the folder of editions, in briefs/


def store_of(root: Path, name: str) -> Store:
    """Return the editions of a brief."""
    from briefing.editions.store import Store

    return Store(root / "briefs" / EDITIONS / name)


def decided(
    store: Store, loaded: Loaded, files: Files, order: Order, day: date, *, major: bool = False, back_to: Manifest | None = None
) -> tuple[Said, Decision]:
    """Return what a brief says as of a day, and what has changed since its last edition, or since `back_to`."""
    from briefing.editions.inputs import program
    from briefing.editions.issue import decide
    from briefing.editions.passages import passages

    before, then = back_to or store.latest(), None
    said = said_by(loaded, files, order, before.facts if before else ())
    if before is not None and (before.inputs_digest, before.program) != (files.digest, program()):
        earlier = msgspec.structs.replace(order, as_of=before.as_of, even_if_stale=True)
        try:
            then = passages(compose_loaded(loaded, files, earlier).document)
        except ProblemsFound:  # of the day before nothing is known any more
            then = {}
    return said, decide(store, said, then, day, major=major, back_to=back_to)


def said_by(loaded: Loaded, files: Files, order: Order, before: Sequence[FactUsed] = ()) -> Said:
    """Return what a brief says as of a day; `before` are the facts of the edition that it follows."""
    from hashlib import blake2b

    from briefing.compose.evidence import evidence
    from briefing.compose.horizon import next_change
    from briefing.compose.judgements import judgements
    from briefing.compose.records import fact_record, facts_for
    from briefing.compose.visible import visible
    from briefing.editions.changes import used
    from briefing.editions.issue import Said
    from briefing.editions.passages import passages

    recipe, dossier = loaded.recipes[order.name], loaded.dossier
    document = compose_loaded(loaded, files, order).document
    drawn = facts_for(dossier, order.as_of, recipe)
    seen = visible(dossier, recipe.clearance or "".join(dossier.header.markings[:1]))
    records = evidence(dossier, recipe, document, order.name)["facts"]
    printed = {record["id"] for record in records}
    for fact in before:  # what has happened or been superseded is told by another fact, and still counts
        told = fact_record(drawn, fact.id) if fact.id not in printed and fact.id in drawn.dossier.facts else None
        if told and told["told_by"] in printed:
            records.append(told)
    facts = [used(record, dossier.facts[record["id"]].says, dossier.facts[record["id"]].measure) for record in records]
    return Said(
        facts=(*facts, *(used(record, says) for record, says in judgements(drawn))),
        known=tuple(drawn.dossier.facts),
        hidden=tuple(name for name in dossier.facts if name not in drawn.dossier.facts),
        order={fact.id: fact.priority for fact in drawn.dossier.facts.values()},
        passages=passages(document),
        look=blake2b(msgspec.json.encode((loaded.look, recipe.page, files.house)), digest_size=16).hexdigest(),
        rules=dossier.header.materiality,
        steady_until=next_change(dossier, order.as_of),
        hidden_sources=tuple(name for name in dossier.sources if name not in drawn.dossier.sources),
        hidden_titles=tuple(theme.title for theme in dossier.header.themes if theme not in drawn.dossier.header.themes),
        marked=tuple(name for name in dossier.facts if name not in seen.facts),
    )


_Finished: TypeAlias = tuple[list[tuple[Path, bytes]], Made]


def drafted(
    root: Path, files: Files, order: Order, *, cache: bool = True, progress: Callable[[str], None] = lambda _: None
) -> Composed:
    """Return a document that is not issued: it says after which edition it was drafted, and what has changed since."""
    return _drafted(root, files, order, cache=cache, progress=progress)[0]


def _drafted(
    root: Path,
    files: Files,
    order: Order,
    *,
    cache: bool,
    progress: Callable[[str], None],
    finish: Callable[[Composed], _Finished] | None = None,
) -> tuple[Composed, _Finished | None]:
    """Return a document that is not issued, and what `finish` has made of it where that could be done while the dossier was checked."""
    store = store_of(root, order.name)
    before = None if order.theme else _before(store, order.as_of)
    seen = msgspec.json.encode((before, store.withdrawals() if before else {}))
    kept = _cache_file(root, files, order, seen) if cache else None
    composed = _cached(kept)
    if composed is not None:
        return composed, None
    progress("composing")
    mark = _kept_as(root, "sound", files) if cache else None
    if before is None:
        return _drafted_aside(files, order, mark, kept, finish)
    loaded = sound(files, order, mark)
    _, decision = decided(store, loaded, files, order, order.as_of, back_to=before)
    composed = compose_loaded(loaded, files, order, decision.draft)
    _keep(kept, composed)
    return composed, None


def _drafted_aside(
    files: Files, order: Order, mark: Path | None, kept: Path | None, finish: Callable[[Composed], _Finished] | None
) -> tuple[Composed, _Finished | None]:
    """Return a document that was composed, and finished, while its dossier was checked: the two need but that both end well.

    What composing needs before the dossier is imported and compiled while that is read.
    """
    import pickle

    from briefing.aside import Aside

    def work(given: Callable[[], bytes]) -> bytes:
        from briefing.compose.template import compile_ahead
        from briefing.recipe import DEFAULT_TEMPLATES

        name = DEFAULT_TEMPLATES["summary" if order.kind == "summary" else "brief"]
        compile_ahead({key: data.decode() for key, data in files.templates.items()}, files.template_places, name)
        loaded: Loaded = pickle.loads(given())  # noqa: S301  from this very program
        composed = compose_loaded(loaded, files, order)
        return pickle.dumps((msgspec.msgpack.encode(composed), finish(composed) if finish else None), 5)

    with Aside() as aside:
        if (files.digest, files.fonts) not in _SOUND:
            aside.start(work)
        loaded = sound(
            files, order, mark, lambda loaded: aside.give(pickle.dumps(loaded, 5) if order.name in loaded.recipes else b"")
        )
        found = aside.result()
    if found is None:
        composed = compose_loaded(loaded, files, order)
        _keep(kept, composed)
        return composed, None
    encoded, finished = pickle.loads(found)  # noqa: S301  from this very program
    _keep(kept, msgspec.Raw(encoded))
    return msgspec.msgpack.decode(encoded, type=Composed), finished


def _before(store: Store, as_of: date) -> Manifest | None:
    """Return the last edition that a document as of a day can follow."""
    for number in reversed(store.numbers()):
        manifest = store.manifest(number)
        if manifest.as_of <= as_of:
            return manifest
    return None


def last_issued(store: Store) -> str:
    """Return in words when a brief was last issued, and whether that edition is withdrawn or a next one held."""
    latest = store.latest()
    if latest is None:
        return "not issued"
    mark = ", withdrawn" if latest.number in store.withdrawals() else ""
    return f"edition {latest.number} of {latest.issued}{mark}{', held' if store.held() else ''}"


# ---------------------------------------------------------------------------------------------------------------- the cache

_CACHE = ".cache"


def _cache_file(root: Path, files: Files, order: Order, before: bytes) -> Path:
    """Return where a composed document is kept: named by all it depends on, inputs, options and the code itself."""
    return _kept_as(root, "composed", files, order, before)


def _kept_as(root: Path, kind: str, files: Files, *also: object) -> Path:
    """Return the file for what is made of a dossier by this very code."""
    from hashlib import blake2b

    digest = blake2b(msgspec.msgpack.encode((files.digest, files.fonts, also)), digest_size=16)
    digest.update(_code(Path(__file__).parent))
    return root / _CACHE / f"{kind}-{digest.hexdigest()}.msgpack"


@lru_cache
def _code(folder: Path) -> bytes:
    """Return what changes when the modules in a folder do."""
    paths = [f"{where}/{name}" for where, _, names in os.walk(folder) for name in names if name.endswith(".py")]
    stats = [(path.removeprefix(str(folder)), Path(path).stat()) for path in sorted(paths)]
    return "\0".join(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats).encode()


def _cached(path: Path | None) -> Composed | None:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Composed) if path else None
    except (OSError, msgspec.DecodeError):
        return None


def _package(word: Word, document: Document, look: Look) -> Package | None:
    """Return the parts of a Word document that do not depend on its words, from an earlier run where there is one."""
    from hashlib import blake2b
    from importlib.util import find_spec

    from briefing.render.docx import sheet_of
    from briefing.render.docx_package import Package, prepared

    maker = find_spec("docx") if word.root else None
    if word.root is None or maker is None or maker.origin is None:
        return None
    sheet = sheet_of(document, look, word.house)
    digest = blake2b(msgspec.msgpack.encode((look, sheet, document.language, document.one_page)), digest_size=16)
    digest.update(_code(Path(__file__).parent / "render") + Path(maker.origin).read_bytes())  # which names python-docx's version
    path = word.root / _CACHE / f"word-{digest.hexdigest()}.msgpack"
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Package)
    except (OSError, msgspec.DecodeError):
        package = prepared(look, sheet, document.language, summary=document.one_page)
        _keep(path, package)
        return package


def _keep(path: Path | None, made: Composed | Package | msgspec.Raw | None) -> None:
    if path is None:
        return
    try:
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, msgspec.msgpack.encode(made), lasting=False)
    except OSError:
        return  # a dossier that may not be written to is slower, no worse


class _Cache(msgspec.Struct, frozen=True):
    """Bytes by name: those that come with the program, then those in the cache of a dossier, where it may be used."""

    root: Path | None

    def get(self, name: str) -> bytes | None:
        for folder in (MEASURES, self.root and self.root / _CACHE):
            try:
                return (folder / f"{name}.msgpack").read_bytes() if folder else None
            except OSError:
                continue
        return None

    def put(self, name: str, data: bytes) -> None:
        _keep(self.root and self.root / _CACHE / f"{name}.msgpack", msgspec.Raw(data))
