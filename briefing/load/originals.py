"""The originals that facts are compared with: bytes from a folder of their own, read and never kept or copied."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from briefing.problems import Location, Problem, ProblemsFound

MAX_BYTES = 128 * 1024 * 1024  # of one original


def read_originals(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of the originals in `folder` by name; those that are not there are left out.

    Names are relative to the folder and may not lead out of it. Raises ProblemsFound where the folder does not exist, or a file is
    too large or cannot be read.
    """
    if not folder.is_dir():
        kind = "is a file, not a folder" if folder.exists() else "does not exist"
        raise ProblemsFound(
            [Problem(Location(str(folder)), "O011", f"the folder of originals {kind}", "name the folder with the files")]
        )
    home = folder.resolve()
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name in sorted(set(names)):
        if not name or PurePosixPath(name).is_absolute() or "\0" in name:
            continue
        try:
            path = (folder / name).resolve()
            if not path.is_relative_to(home) or not path.is_file():
                continue
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except (OSError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or str(error)
            problems.append(Problem(Location(str(folder / name)), "O012", f"the original cannot be read: {why}"))
            continue
        if len(data) > MAX_BYTES:
            problems.append(Problem(Location(str(folder / name)), "O012", f"the original has more than {MAX_BYTES // 2**20} MiB"))
            continue
        found[name] = data
    if problems:
        raise ProblemsFound(problems)
    return found
