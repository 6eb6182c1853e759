"""The order of the stages, on one screen: load, check, compose, lay out, render, write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from briefing.load.files import Files, font_reader, read_dossier, write_atomically
from briefing.look import Look
from briefing.model import Contents, Document, Group
from briefing.problems import Location, Problem, ProblemsFound, nearest

if TYPE_CHECKING:
    from briefing.layout.fonts import Fonts
    from briefing.load.dossier import Loaded
    from briefing.placed import Pages

FORMATS = ("pdf", "docx", "html", "txt")
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


def make(
    root: Path,
    name: str,
    formats: Sequence[str],
    as_of: date,
    *,
    theme: str = "",
    annex: bool = False,
    kind: str = "",
    out: Path | None = None,
    evidence: str = "",
    cache: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Made:
    """Write one brief or summary in the formats asked for, all or none, beside its definition or at `out`.

    Raises ProblemsFound with every problem of the data, OnePageImpossible for a summary that no means bring to one page,
    MissingGlyph for a character without a font. Files of an earlier run stay as they were where anything is raised.
    """
    progress("reading")
    files = read_dossier(root)
    composed = _cached(root, files, name, as_of, theme, kind, annex=annex) if cache else None
    if composed is None:
        progress("composing")
        composed = compose_one(files, name, as_of, theme=theme, annex=annex, kind=kind)
        if cache:
            _keep(root, files, name, as_of, theme, kind, composed, annex=annex)
    document, look = composed.document, composed.look
    dropped: tuple[str, ...] = ()
    tightened = ""
    pages: Pages | None = None
    fonts: Fonts | None = None
    if document.one_page or set(formats) & {"pdf", "docx"}:
        progress("laying out")
        from briefing.layout.fonts import Fonts
        from briefing.layout.pages import lay_out

        fonts = Fonts(look, font_reader(root))
        if document.one_page:
            from briefing.layout.fit import fit

            fitted = fit(document, look, fonts)
            document, look, dropped, tightened = fitted.document, fitted.look, fitted.dropped, fitted.tightened
        pages = lay_out(document, look, fonts)
        if composed.contents == "auto" and len(pages.pages) < CONTENTS_FROM and not document.one_page:
            document = without_contents(document)
            pages = lay_out(document, look, fonts)
    elif composed.contents == "auto" and not document.one_page:
        document = document  # a web page and plain text keep their contents: they have no pages to count
    made: list[tuple[Path, bytes]] = []
    for each in formats:
        progress(f"rendering {each}")
        made.append((target(root, name, theme, each, out, many=len(formats) > 1), render(each, document, look, pages, fonts)))
    if evidence:
        made.append(_evidence(root, files, name, theme, evidence, document, as_of, out))
    for path, data in made:
        write_atomically(path, data)
    return Made(tuple(str(path) for path, _ in made), len(pages.pages) if pages else 0, dropped, tightened)


def compose_one(files: Files, name: str, as_of: date, *, theme: str = "", annex: bool = False, kind: str = "") -> Composed:
    """Return the document of one recipe. Raises ProblemsFound with all that loading, checking and composing find."""
    from briefing.compose import compose
    from briefing.load.dossier import load

    loaded = load(files)
    errors = [problem for problem in checked(loaded) if not problem.warning]
    recipe = loaded.recipes.get(name)
    if recipe is None:
        known = [key for key, each in loaded.recipes.items() if kind in ("", each.kind)]
        hint = nearest(name, known) or f"there are: {', '.join(sorted(known))}"
        errors.append(Problem(Location(f"briefs/{name}.yaml"), "B001", f"there is no {kind or 'brief'} {name}", hint))
    elif kind and recipe.kind != kind:
        errors.append(Problem(recipe.at, "B002", f"{name} is a {recipe.kind}, not a {kind}", f"generate {recipe.kind} {name}"))
    if errors or recipe is None:
        raise ProblemsFound(errors)
    of = loaded.recipes.get(recipe.full_brief)
    document = compose(
        loaded.dossier,
        recipe,
        loaded.templates,
        loaded.template_places,
        as_of,
        theme=theme,
        annex=annex,
        digest=files.digest,
        page=recipe.page or loaded.look.page,
        full_brief=of.title if of else "",
    )
    if recipe.contents == "never":
        document = without_contents(document)
    return Composed(document, loaded.look, recipe.contents)


def checked(loaded: Loaded) -> list[Problem]:
    """Return what the checks over the whole dossier find, warnings too."""
    from briefing.check.references import check

    return sorted(set(check(loaded.dossier)))


def render(each: str, document: Document, look: Look, pages: Pages | None, fonts: Fonts | None) -> bytes:
    """Return the bytes of a document in one format; `pages` and `fonts` are wanted for PDF, `pages` for DOCX."""
    match each:
        case "pdf":
            from briefing.render import pdf

            assert pages is not None
            assert fonts is not None
            return pdf.render(document, look, pages, fonts)
        case "docx":
            from briefing.layout.pages import page_numbers
            from briefing.render import docx

            assert pages is not None
            return docx.render(document, look, page_numbers(pages))
        case "html":
            from briefing.render import html

            return html.render(document, look)
        case "txt":
            from briefing.render import text

            return text.render(document)
    raise ValueError(f"{each!r} is not a format; there are {', '.join(FORMATS)}")


def target(root: Path, name: str, theme: str, suffix: str, out: Path | None, *, many: bool = False) -> Path:
    """Return where a document goes: beside its definition, into the folder `out`, or to the file `out` where there is but one."""
    stem = f"{name}-{theme}" if theme else name
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


# ---------------------------------------------------------------------------------------------------------------- the cache

_CACHE = ".cache"


def _key(files: Files, name: str, as_of: date, theme: str, kind: str, *, annex: bool) -> str:
    """Return a name for all that a composed document depends on: inputs, options, and the code itself."""
    from hashlib import blake2b

    digest = blake2b(digest_size=16)
    for part in (files.digest, name, as_of.isoformat(), theme, kind, str(annex)):
        digest.update(part.encode() + b"\0")
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        stat = path.stat()
        digest.update(f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _cached(root: Path, files: Files, name: str, as_of: date, theme: str, kind: str, *, annex: bool) -> Composed | None:
    path = root / _CACHE / f"{_key(files, name, as_of, theme, kind, annex=annex)}.msgpack"
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Composed)
    except (OSError, msgspec.DecodeError):
        return None


def _keep(root: Path, files: Files, name: str, as_of: date, theme: str, kind: str, composed: Composed, *, annex: bool) -> None:
    folder = root / _CACHE
    try:
        folder.mkdir(exist_ok=True)
        write_atomically(folder / f"{_key(files, name, as_of, theme, kind, annex=annex)}.msgpack", msgspec.msgpack.encode(composed))
    except OSError:
        return  # a dossier that may not be written to is slower, no worse


# ------------------------------------------------------------------------------------------------------- the other commands


class Report(msgspec.Struct, frozen=True):
    """What `check` found: every problem, warnings too, and how much was looked at."""

    problems: tuple[Problem, ...]
    facts: int
    sources: int
    documents: int


def check(root: Path, as_of: date) -> Report:
    """Return all that loading, checking and composing every brief and summary find. Raises ProblemsFound only where loading fails."""
    from briefing.load.dossier import load

    files = read_dossier(root)
    loaded = load(files)
    problems = checked(loaded)
    if not any(not problem.warning for problem in problems):
        for name in loaded.recipes:
            try:
                compose_one(files, name, as_of)
            except ProblemsFound as found:
                problems += found.problems
    dossier = loaded.dossier
    return Report(tuple(sorted(set(problems))), len(dossier.facts), len(dossier.sources), len(loaded.recipes))


def listing(root: Path) -> dict[str, list[dict[str, object]]]:
    """Return the briefs and summaries, the themes and the templates of a dossier, each as a small table."""
    from briefing.load.dossier import load

    loaded = load(read_dossier(root))
    facts = [fact.theme for fact in loaded.dossier.facts.values()]
    return {
        "briefs": [
            {"name": name, "kind": recipe.kind, "title": recipe.title, "issued": "not issued"} for name, recipe in loaded.recipes.items()
        ],
        "themes": [
            {"id": theme.id, "title": theme.title, "facts": f"{facts.count(theme.id)} facts"} for theme in loaded.dossier.header.themes
        ],
        "templates": [{"name": name, "file": loaded.template_places[name]} for name in sorted(loaded.templates)],
    }


def new_dossier(folder: Path) -> list[str]:
    """Copy the starter dossier to `folder` and return the files made. Raises ProblemsFound where something is there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProblemsFound([Problem(Location(str(folder)), "Y090", "there is something here already", "name a new folder")])
    starter = Path(__file__).parent / "starter"
    made = []
    for path in sorted(starter.rglob("*")):
        if path.is_file():
            to = folder / path.relative_to(starter)
            to.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(to, path.read_bytes())
            made.append(str(to))
    return made


def schemas() -> dict[str, object]:
    """Return the JSON Schemas of a seeds file, a recipe and a look."""
    from briefing.load.schema import schemas

    return dict(schemas())


def write_schemas(folder: Path) -> list[str]:
    """Write the JSON Schemas into `folder`, a file each, and return their paths."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, value in schemas().items():
        path = folder / f"{name}.schema.json"
        write_atomically(path, (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode())
        made.append(str(path))
    return made
