"""What is asked of a dossier rather than made of it: its problems, what covers its originals, what stands behind a figure, what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from briefing.load.files import Files, read_dossier, write_atomically
from briefing.pipeline import (
    Composed,
    Order,
    checked,
    cleared_for,
    compose_loaded,
    compose_one,
    drafted,
    house_of,
    last_issued,
    lay_out,
    store_of,
)
from briefing.problems import BriefingError, Location, Problem, ProblemsFound

if TYPE_CHECKING:
    from briefing.compose.explain import Shown
    from briefing.load.dossier import Loaded
    from briefing.originals.check import Read
    from briefing.originals.coverage import Coverage
    from briefing.placed import Pages
    from briefing.seeds import Dossier


class Report(msgspec.Struct, frozen=True):
    """What `check` found: every problem, warnings too, and how much was looked at."""

    problems: tuple[Problem, ...]
    facts: int
    sources: int
    documents: int
    originals: int | None = None  # how many were compared with their facts; None: no folder of originals was named


def check(root: Path, as_of: date, originals: Path | None = None) -> Report:
    """Return all that loading, checking and composing every brief and summary find, and comparing facts with the `originals` in a folder.

    Raises ProblemsFound only where loading fails.
    """
    from briefing.check.bare import phrases_of
    from briefing.check.document import check_document
    from briefing.load.dossier import load

    files = read_dossier(root)
    loaded = load(files)
    problems = checked(loaded, files)
    if not any(not problem.warning for problem in problems):
        for name in loaded.recipes:
            try:
                document = compose_one(files, Order(name, as_of, annex=True, even_if_stale=True)).document
            except ProblemsFound as found:
                problems += found.problems
            else:
                problems += check_document(document, phrases_of(loaded.dossier), loaded.recipes[name].at)
        problems += _aged(loaded.dossier, files, as_of)
    problems += _deliveries(root, loaded)
    dossier = loaded.dossier
    compared = None
    if originals is not None:
        from briefing.originals.check import check as compare

        was_read = _read_originals(dossier, files, originals)
        problems += compare(dossier, was_read, _place(files))
        compared = len(was_read.originals)
    return Report(tuple(sorted(set(problems))), len(dossier.facts), len(dossier.sources), len(loaded.recipes), compared)


def _deliveries(root: Path, loaded: Loaded) -> Iterable[Problem]:
    """Return what is wrong with `delivery.yaml` and with the readers, where the dossier has them."""
    from briefing.load.delivery import check_settings, read_settings
    from briefing.load.readers import known_of, looks_of, read_readers, readers_file

    problems: list[Problem] = []
    try:
        settings = read_settings(root)
        problems += check_settings(settings, root, loaded.dossier.header.markings)
        if (path := readers_file(root, settings)) is not None:
            name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
            with read_readers(path, settings, known_of(loaded, looks_of(root)), name) as readers:
                problems += readers.warnings
    except ProblemsFound as found:
        problems += found.problems
    return problems


class Covered(msgspec.Struct, frozen=True):
    """What the originals hold and which facts hold it: as records, as lines to read, as plain data; and what could not be read."""

    coverage: Coverage
    lines: tuple[str, ...]
    data: dict[str, object]
    problems: tuple[Problem, ...]


def coverage(root: Path, originals: Path, *, every: bool = False) -> Covered:
    """Return what the originals in a folder hold and which facts hold it; with `every`, the lines tell what is covered too."""
    from briefing.load.dossier import load
    from briefing.originals.coverage import as_dict, lines
    from briefing.originals.coverage import coverage as covered

    files = read_dossier(root)
    dossier = load(files).dossier
    was_read = _read_originals(dossier, files, originals)
    found = covered(dossier, was_read)
    return Covered(found, tuple(lines(found, every=every)), as_dict(found), was_read.problems)


def _read_originals(dossier: Dossier, files: Files, originals: Path) -> Read:
    from briefing.load.originals import read_originals
    from briefing.originals.check import read

    found = read_originals(originals, (source.file for source in dossier.sources.values()))
    return read(dossier, found, _place(files))


def _place(files: Files) -> Callable[[Location, str], Location]:
    from briefing.check.places import Places

    return Places(files.seeds).token


def _aged(dossier: Dossier, files: Files, as_of: date) -> Iterable[Problem]:
    """Return what is stale or overdue on the day, of what was known by then."""
    from briefing.check.age import Aged, check_age
    from briefing.check.places import Places
    from briefing.compose.select import select
    from briefing.compose.wording import freshness, known_by, resolvers, state

    chosen = select(dossier, as_of)
    resolved = resolvers(chosen)
    facts = {
        name: Aged(freshness(fact, chosen, as_of) == "stale", state(fact, as_of, resolved) == "overdue")
        for name, fact in chosen.facts.items()
    }
    known = {name: known_by(source) for name, source in chosen.sources.items()}
    return check_age(chosen, facts, known, as_of, Places(files.seeds))


def explain(root: Path, what: str, as_of: date, *, pages: bool = False, clearance: str = "") -> dict[str, object]:
    """Return what a fact, a source or a figure as printed is, and every place it stands in, of each brief and summary.

    With `pages`, also the page of each place in the PDF; with a `clearance`, only what it may see: of all else it says what it says
    of what is not there. A document that cannot be made is told as such. Raises ProblemsFound where nothing is called so, and for
    problems of the dossier, BriefingError for a clearance that is not on its ladder.
    """
    from briefing.compose.explain import explain
    from briefing.load.dossier import load
    from briefing.originals.asked import asked
    from briefing.units import known_units

    files = read_dossier(root)
    loaded = load(files)
    if errors := [problem for problem in checked(loaded, files) if not problem.warning]:
        raise ProblemsFound(errors)
    if clearance:
        loaded = cleared_for(loaded, clearance)
    shown: list[Shown] = []
    not_made: dict[str, str] = {}
    for name in loaded.recipes:
        try:
            order = Order(name, as_of, even_if_stale=True)
            composed = compose_loaded(loaded, files, order) if clearance else drafted(root, files, order)
            shown.append(_shown(root, files, name, composed, pages=pages))
        except BriefingError as error:
            not_made[name] = str(error).partition("\n")[0]
    same = asked(what, known_units(loaded.dossier.header.units))
    return explain(loaded.dossier, what, as_of, shown, same, not_made=not_made)


def explained(record: dict[str, object]) -> str:
    """Return the record of `explain` as one screen of text."""
    from briefing.render.explain import render

    return render(record)


def _shown(root: Path, files: Files, name: str, composed: Composed, *, pages: bool) -> Shown:
    from briefing.compose.explain import Shown

    if not composed.document.one_page and not pages:
        return Shown(name, composed.document)
    laid = lay_out(root, composed, house_of(files))
    return Shown(
        name,
        laid.document,
        composed.document if laid.left_out else None,
        {each.name: f"it takes {each.lines:g} lines, and {each.free:g} were free" for each in laid.left_out},
        _page_of_nodes(laid.pages) if pages else {},
    )


def _page_of_nodes(pages: Pages) -> dict[int, int]:
    """Return the page on which each node of a document begins, by the node's identity."""
    found: dict[int, int] = {}
    for page in pages.pages:
        for item in page.items:
            part = item.part
            while part.parent is not None:
                found.setdefault(id(part.node), page.number)
                part = part.parent
    return found


def listing(root: Path) -> dict[str, list[dict[str, object]]]:
    """Return the briefs and summaries, the themes and the templates of a dossier, each as a small table."""
    from briefing.load.dossier import load

    loaded = load(read_dossier(root))
    facts = [fact.theme for fact in loaded.dossier.facts.values()]
    return {
        "briefs": [
            {
                "name": name,
                "kind": recipe.kind,
                "title": recipe.title,
                "issued": last_issued(store_of(root, name)),
                "schedule": recipe.schedule.cadence if recipe.schedule else "",
            }
            for name, recipe in loaded.recipes.items()
        ],
        "themes": [
            {"id": theme.id, "title": theme.title, "facts": f"{facts.count(theme.id)} facts"}
            for theme in loaded.dossier.header.themes
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
    """Return the JSON Schemas of a seeds file, a recipe, a look, the settings of delivery and a readers file."""
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
