"""The files of a dossier as an edition keeps them: everything that was read, by name, so that the same can be read again without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from briefing.load.files import BUILTIN, LOOK, LOOKS, Files, builtin

_BUILTIN = "builtin/"  # before the names of what the dossier does not have itself
_TEMPLATES, _FONTS, _HOUSE, _LOOKS = "templates/", "templates/fonts/", "templates/house.docx", f"templates/{LOOKS}/"
_NOTE = "dossier.json"


class _Note(msgspec.Struct):
    fonts: tuple[str, ...]
    digest: str
    beside_seeds: str


def archived(files: Files, read_font: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return the files by name; of the fonts only those that are not built in."""
    found = {**files.seeds, **files.briefs}
    for name, data in files.templates.items():
        own = not files.template_places[name].startswith(BUILTIN)
        found[f"{'' if own else _BUILTIN}{_TEMPLATES}{name}"] = data
    extra = {f"{_TEMPLATES}{LOOK}": files.look, f"{_BUILTIN}{_TEMPLATES}{LOOK}": files.builtin_look, _HOUSE: files.house}
    found |= {name: data for name, data in extra.items() if data}
    for name, data in files.looks.items():
        own = not files.look_places[name].startswith(BUILTIN)
        found[f"{'' if own else _BUILTIN}{_LOOKS}{name}.yaml"] = data
    for name in files.fonts:
        data = read_font(name)
        if data != _builtin_font(name):
            found[f"{_FONTS}{name}"] = data
    found[_NOTE] = msgspec.json.encode(_Note(files.fonts, files.digest, files.beside_seeds))
    return found


def restored(found: Mapping[str, bytes]) -> tuple[Files, Callable[[str], bytes]]:
    """Return the dossier that `archived` kept, and the reader of its fonts. Raises ValueError where it is not whole."""
    try:
        note = msgspec.json.decode(found[_NOTE], type=_Note)
    except (KeyError, msgspec.DecodeError):
        raise ValueError("the inputs are not whole") from None
    own = _below(found, _TEMPLATES)
    standard = _below(found, f"{_BUILTIN}{_TEMPLATES}")
    places = {name: f"{BUILTIN}{_TEMPLATES}{name}" for name in standard} | {name: f"{_TEMPLATES}{name}" for name in own}
    looks: dict[str, bytes] = {}
    look_places: dict[str, str] = {}
    for before, shown in ((f"{_BUILTIN}{_LOOKS}", BUILTIN), (_LOOKS, "")):
        for path in (path for path in found if path.startswith(before)):
            name = path.removeprefix(before).removesuffix(".yaml")
            looks[name], look_places[name] = found[path], f"{shown}{_LOOKS}{name}.yaml"
    files = Files(
        seeds={name: data for name, data in found.items() if name.startswith("seeds/")},
        briefs={name: data for name, data in found.items() if name.startswith("briefs/")},
        templates=dict(sorted((standard | own).items())),
        template_places=places,
        look=found.get(f"{_TEMPLATES}{LOOK}", b""),
        builtin_look=found.get(f"{_BUILTIN}{_TEMPLATES}{LOOK}", b""),
        fonts=note.fonts,
        digest=note.digest,
        beside_seeds=note.beside_seeds,
        house=found.get(_HOUSE, b""),
        looks=dict(sorted(looks.items())),
        look_places={name: look_places[name] for name in sorted(look_places)},
    )

    def read(name: str) -> bytes:
        data = found.get(f"{_FONTS}{name}") or _builtin_font(name)
        if data is None:
            raise ValueError(f"the font {name} is neither kept nor built in")
        return data

    return files, read


def _below(found: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """Return the templates of a folder by the names that templates call them."""
    skipped = (f"{_TEMPLATES}{LOOK}", f"{_BUILTIN}{_TEMPLATES}{LOOK}", _HOUSE)
    return {
        name.removeprefix(folder): data
        for name, data in found.items()
        if name.startswith(folder) and not name.startswith((_FONTS, _LOOKS, f"{_BUILTIN}{_LOOKS}")) and name not in skipped
    }


def _builtin_font(name: str) -> bytes | None:
    path = builtin() / "fonts" / name
    return path.read_bytes() if path.is_file() else None
