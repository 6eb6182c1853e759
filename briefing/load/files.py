"""Which files a dossier has, and their bytes: the only place of loading that touches the file system.

A dossier is a folder with `seeds/`, `briefs/` and `templates/`. Its own templates, look and fonts win over the built-in ones, file
by file. Names are relative to the dossier with forward slashes, whatever the system; a link that leads out of it is refused.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from briefing.problems import Location, Problem, ProblemsFound, nearest

MAX_BYTES = 2 * 1024 * 1024  # of one file; a dossier's whole text has a tenth of it
SEED_NAMES = (".yaml", ".yml")
TEMPLATE_NAMES = (".j2", ".md")
FONT_NAMES = (".ttf", ".otf")
LOOK = "look.yaml"
LOOKS = "looks"  # the folder of looks that readers may ask for, in templates/
_HOUSE = "house.docx"
_HOUSE_BYTES = 20 * 1024 * 1024  # its logos may be large
BUILTIN = "(built in) "  # before the names of files that the dossier does not have itself


class Files(msgspec.Struct, frozen=True):
    """The bytes of a dossier, names in sorted order, and a digest of all that is the dossier's own or stands in for it."""

    seeds: dict[str, bytes]  # "seeds/economic.yaml" -> bytes
    briefs: dict[str, bytes]  # "briefs/policy-brief.yaml" -> bytes
    templates: dict[str, bytes]  # by the name that templates call them: "policy-brief.md.j2", "parts/table.md.j2"
    template_places: dict[str, str]  # template name -> the file to name in messages
    look: bytes  # the dossier's own look.yaml, which may be partial; b"" where it has none
    builtin_look: bytes
    fonts: tuple[str, ...]  # names of the font files that `font_reader` finds
    digest: str
    beside_seeds: str = ""  # a digest of the same without the seeds
    house: bytes = b""  # the dossier's own templates/house.docx
    looks: dict[str, bytes] = {}  # "large-print" -> templates/looks/large-print.yaml, own ones before the built-in
    look_places: dict[str, str] = {}  # name of a look -> the file to name in messages
    beside_briefs: str = ""  # a digest of the same without the recipes


def builtin() -> Path:
    """Return the folder of the built-in templates, look and fonts: in the package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "builtin" / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def read_dossier(root: Path) -> Files:
    """Return all files of the dossier at `root`. Raises ProblemsFound where it is none, or a file cannot be taken."""
    problems: list[Problem] = []
    if not root.is_dir():
        kind = "is a file, not a folder" if root.exists() else "does not exist"
        raise ProblemsFound([Problem(Location(str(root)), "S001", f"the dossier {kind}", "name a folder that holds seeds/")])
    folder = _Folder(root, problems)
    seeds = folder.read("seeds", SEED_NAMES)
    if not seeds and not problems:
        problems.append(_no_seeds(root))
    briefs = folder.read("briefs", SEED_NAMES, deep=False)
    own = folder.read("templates", TEMPLATE_NAMES)
    own_look = folder.read("templates", (LOOK,), deep=False)
    house = folder.read("templates", (_HOUSE,), deep=False, most=_HOUSE_BYTES).get(f"templates/{_HOUSE}", b"")
    own_fonts = folder.names("templates/fonts", FONT_NAMES, deep=False)
    own_looks = folder.read(f"templates/{LOOKS}", SEED_NAMES, deep=False)
    home = builtin()
    standard = _Folder(home.parent, problems)
    ours = home.parent.resolve() == root.resolve()  # the dossier is the source checkout itself
    templates = {name.removeprefix("templates/"): data for name, data in own.items()}
    places = {name: f"templates/{name}" for name in templates}
    builtin_look = b""
    fonts = [name.removeprefix("templates/fonts/") for name in own_fonts]
    looks = {PurePosixPath(name).stem: data for name, data in own_looks.items()}
    look_places = {PurePosixPath(name).stem: name for name in own_looks}
    if not ours:
        for name, data in standard.read(home.name, TEMPLATE_NAMES).items():
            short = name.removeprefix(f"{home.name}/")
            if short not in templates:
                templates[short], places[short] = data, f"{BUILTIN}templates/{short}"
        fonts += [name.rpartition("/")[2] for name in standard.names(f"{home.name}/fonts", FONT_NAMES, deep=False)]
        builtin_look = standard.read(home.name, (LOOK,), deep=False).get(f"{home.name}/{LOOK}", b"")
        for name, data in standard.read(f"{home.name}/{LOOKS}", SEED_NAMES, deep=False).items():
            stem = PurePosixPath(name).stem
            if stem not in looks:
                looks[stem], look_places[stem] = data, f"{BUILTIN}templates/{LOOKS}/{PurePosixPath(name).name}"
    look = own_look.get(f"templates/{LOOK}", b"")
    if problems:
        raise ProblemsFound(problems)
    hashed = {**seeds, **briefs, **{f"templates/{name}": data for name, data in templates.items()}}
    hashed |= {"look": look, "look/builtin": builtin_look}
    if house:
        hashed[f"templates/{_HOUSE}"] = house
    if not ours:  # the built-in fonts belong to the program; a dossier's own belong to its inputs
        hashed |= {name: path.read_bytes() for name, path in own_fonts.items()}
    # a look that readers ask for does not shape what is issued: it counts as an input, and not in a document's own digest
    with_looks = {**hashed, **{f"templates/{LOOKS}/{name}": data for name, data in looks.items()}}
    return Files(
        seeds=seeds,
        briefs=briefs,
        templates=dict(sorted(templates.items())),
        template_places=places,
        look=look,
        builtin_look=builtin_look,
        fonts=tuple(sorted(set(fonts))),
        digest=_digest(with_looks),
        beside_seeds=_digest({name: data for name, data in hashed.items() if name not in seeds}),
        house=house,
        looks=dict(sorted(looks.items())),
        look_places=look_places,
        beside_briefs=_digest({name: data for name, data in with_looks.items() if name not in briefs}),
    )


def narrowed(files: Files, names: Collection[str]) -> Files:
    """Return the files without the recipes that are not named; the digest is of what is left, so that it knows nothing of the others."""
    briefs = {name: data for name, data in files.briefs.items() if name in names}
    digest = _digest({**briefs, "": files.beside_briefs.encode()})
    return msgspec.structs.replace(files, briefs=briefs, digest=digest)


def font_reader(root: Path) -> Callable[[str], bytes]:
    """Return a function from a font's file name to its bytes: the dossier's own font, else the built-in one.

    The function raises ProblemsFound where there is no such font.
    """
    folders = (root / "templates" / "fonts", builtin() / "fonts")

    def read(name: str) -> bytes:
        if name == PurePosixPath(name).name and name.endswith(FONT_NAMES):
            for folder in folders:
                path = folder / name
                if path.is_file() and _inside(path, folder):
                    return path.read_bytes()
        known = sorted({path.name for folder in folders if folder.is_dir() for path in folder.iterdir()})
        raise ProblemsFound(
            [Problem(Location(f"templates/{LOOK}"), "L007", f"there is no font file {name!r}", nearest(name, known))]
        )

    return read


def write_atomically(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file all or not at all: under a temporary name in its folder, to the disk if `lasting`, then renamed. Makes the folder."""
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    part = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        part.chmod(0o666 & ~umask)  # mkstemp makes files that only their owner can read
        part.replace(path)
    except BaseException:
        part.unlink()
        raise


class _Folder:
    """Reads below one folder, refusing what leads out of it."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root, self.problems = root, problems

    def read(self, below: str, endings: Sequence[str], *, deep: bool = True, most: int = MAX_BYTES) -> dict[str, bytes]:
        """Return the files under `below` by name, in sorted order, at most a little over the size limit of each."""
        files = {}
        for name, path in self.names(below, endings, deep=deep).items():
            try:
                with path.open("rb") as file:
                    files[name] = file.read(most + 1)
            except OSError as error:
                self.refuse(name, "S005", f"the file cannot be read: {error.strerror}")
        return files

    def names(self, below: str, endings: Sequence[str], *, deep: bool = True) -> dict[str, Path]:
        """Return the paths of the files under `below` by name, in sorted order. Hidden files are left out."""
        found = {name: path for name, path in self.walk(below, deep=deep) if name.endswith(tuple(endings))}
        return {name: found[name] for name in sorted(found) if self.allowed(name, found[name])}

    def walk(self, below: str, *, deep: bool) -> Iterator[tuple[str, Path]]:
        top = self.root / below
        if top.is_symlink() and not _inside(top, self.root):
            self.refuse(below, "S004", "the folder is a link that leads out of the dossier", "copy the folder into it")
            return
        for folder, folders, names in os.walk(top):
            here = Path(folder)
            for name in folders:
                if deep and not name.startswith(".") and (here / name).is_symlink():
                    self.refuse(
                        self.name(here / name), "S004", "links to folders are not followed", "copy the folder into the dossier"
                    )
            folders[:] = [name for name in folders if deep and not name.startswith(".")]
            yield from ((self.name(here / name), here / name) for name in names if not name.startswith((".", "~")))

    def name(self, path: Path) -> str:
        return PurePosixPath(path.relative_to(self.root)).as_posix()

    def allowed(self, name: str, path: Path) -> bool:
        if path.is_symlink() and not _inside(path, self.root):
            self.refuse(name, "S004", "the file is a link that leads out of the dossier, or nowhere", "copy the file into it")
            return False
        if not name.isprintable():  # bytes that are not UTF-8, line ends: a name that no message could show
            self.refuse(name, "S005", "the file's name holds characters that cannot be shown", "give it another name")
            return False
        return True

    def refuse(self, name: str, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(Location(_printable(name)), code, message, hint))


def _inside(path: Path, folder: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link to nothing, or in a circle
        return False


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _no_seeds(root: Path) -> Problem:
    if (root / "seeds").is_dir():
        return Problem(
            Location("seeds"), "S003", "the folder holds no YAML file", "write seeds/dossier.yaml; `generate new` shows one"
        )
    parents = [parent for parent in root.resolve().parents if (parent / "seeds").is_dir()]
    hint = f"the dossier is {parents[0]}?" if parents else "`generate new DIR` makes a dossier to start from"
    return Problem(Location(str(root)), "S002", "the folder is no dossier: it has no folder seeds/", hint)


def _digest(files: dict[str, bytes]) -> str:
    """Return a digest of names and bytes; lengths keep one file's end from passing for another's beginning."""
    state = hashlib.blake2b(digest_size=16)
    for name in sorted(files):
        key = name.encode("utf-8", "surrogateescape")
        state.update(b"%d %d " % (len(key), len(files[name])))
        state.update(key)
        state.update(files[name])
    return state.hexdigest()
