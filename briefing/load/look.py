"""The look of a dossier: its own `look.yaml`, as much as it has, over the built-in one."""

from __future__ import annotations

import re
from typing import Any, cast

from briefing.load.decode import BAD, COLOUR, decode
from briefing.load.files import BUILTIN, LOOK, LOOKS, Files
from briefing.load.parse import Collector, Enough, Fields, Node, Scalar, parse
from briefing.look import ROLES, Look, Style
from briefing.problems import BriefingError, Location, Problem, ProblemsFound, nearest

SMALLEST, LARGEST = 5.0, 72.0  # points of type
_colour = re.compile(COLOUR)


def look_named(files: Files, name: str) -> Look:
    """Return a look that readers may ask for: `templates/looks/<name>.yaml`, as much as it has, over the dossier's look.

    Raises BriefingError where there is none of that name, ProblemsFound with what is wrong with it.
    """
    problems: list[Problem] = []
    if name not in files.looks:
        hint = nearest(name, files.looks) or f"there are: {', '.join(files.looks) or 'none'}"
        raise BriefingError(f"there is no look {name!r} in templates/{LOOKS} ({hint})")
    look = read_look(files, problems, name)
    if look is None:
        raise ProblemsFound(problems)
    return look


def read_look(files: Files, problems: list[Problem], name: str = "") -> Look | None:
    """Return the look, or None after adding to `problems` why there is none; with `name` the look of that name over it."""
    found = Collector()
    own = Location(f"templates/{LOOK}")
    try:
        base = parse(files.builtin_look, f"{BUILTIN}{own.file}", found) if files.builtin_look else None
        mine = parse(files.look, own.file, found) if files.look else None
        node = merged(base, mine) if base is not None and mine is not None else base or mine
        over = parse(files.looks[name], files.look_places[name], found) if name else None
        node = merged(node, over) if node is not None and over is not None else node
        look: Any = decode(node, Look, found) if node is not None and not found.problems else BAD
    except Enough:
        look = BAD
    if look is not BAD:
        _check(look, files.fonts, found)
    elif not found.problems:
        found.add(own, "L001", "there is no look", "write templates/look.yaml, or install the program with its templates")
    problems += found.problems
    return None if found.problems else cast("Look", look)


def merged(base: Node, over: Node) -> Node:
    """Return `base` with the fields of `over` in it, mapping by mapping; places stay those of the file that a value is from."""
    if not isinstance(base, Fields) or not isinstance(over, Fields):
        return over
    theirs = {key.text: (key, node) for key, node in over.pairs}
    pairs: list[tuple[Scalar, Node]] = []
    for key, node in base.pairs:
        if key.text in theirs:
            new_key, new = theirs.pop(key.text)
            pairs.append((new_key, merged(node, new)))
        else:
            pairs.append((key, node))
    return Fields([*pairs, *theirs.values()], over.at)


def _check(look: Look, fonts: tuple[str, ...], found: Collector) -> None:
    for name, value in look.colours.items():
        if not _colour.fullmatch(value):
            found.add(look.at, "L002", f"the colour {name} is {value!r}", 'colours are written "#1b3a5c"')
    for role in ROLES:
        if role not in look.styles:
            found.add(look.at, "L003", f"styles lacks the role {role}")
    for which, styles in (("styles", look.styles), ("summary_styles", look.summary_styles)):
        for role, style in styles.items():
            _check_style(f"{which}: {role}", style, look, found)
    for name in look.chart_colours:
        if name not in look.colours:
            found.add(look.at, "L004", f"chart_colours: no colour is called {name!r}", nearest(name, look.colours))
    for margins in (look.margins, look.summary_margins):
        for side in ("top", "bottom", "left", "right", "header", "footer"):
            if not 0 <= getattr(margins, side) <= 80:
                found.add(margins.at, "L006", f"the margin {side} of {getattr(margins, side):g} mm is not within 0 and 80")
    for faces in (look.serif, look.sans):
        for face in ("regular", "bold", "italic", "bold_italic"):
            if getattr(faces, face) not in fonts:
                hint = (
                    nearest(getattr(faces, face), fonts) or f"put it into templates/fonts/; there are {', '.join(fonts) or 'none'}"
                )
                found.add(faces.at, "L007", f"there is no font file {getattr(faces, face)!r}", hint)
    fit = look.fit
    if not fit.spacing or not fit.type or not all(0 < factor <= 1 for factor in (*fit.spacing, *fit.type)):
        found.add(fit.at, "L008", "the factors of fit must be above 0 and at most 1", "the first is 1.0, each next one smaller")


def _check_style(where: str, style: Style, look: Look, found: Collector) -> None:
    if style.colour not in look.colours:
        found.add(style.at, "L004", f"{where}: no colour is called {style.colour!r}", nearest(style.colour, look.colours))
    if not SMALLEST <= style.size <= LARGEST:
        found.add(style.at, "L005", f"{where}: a size of {style.size:g} pt is not within {SMALLEST:g} and {LARGEST:g}")
    elif not style.size <= style.leading <= 3 * style.size:
        found.add(
            style.at,
            "L005",
            f"{where}: a leading of {style.leading:g} pt does not suit a size of {style.size:g}",
            "1.2 to 1.5 times the size",
        )
    if not (0 <= style.before <= LARGEST and 0 <= style.after <= LARGEST):
        found.add(style.at, "L005", f"{where}: space before and after must be within 0 and {LARGEST:g} pt")
