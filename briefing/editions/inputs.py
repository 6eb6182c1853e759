"""What an edition was made of, as one archive of fixed order and times; and what it was made with."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
import zlib
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from briefing.edition import Program

PACKAGES = ("jinja2", "lxml", "markdown-it-py", "mdit-py-plugins", "msgspec", "python-docx", "pyyaml")
_LARGEST = 64 * 1024 * 1024  # of one file in an archive


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return files as a compressed archive; the same files give the same bytes."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(files[name]), 0o644
            archive.addfile(entry, io.BytesIO(files[name]))
    return gzip.compress(raw.getvalue(), 9, mtime=0)


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive, without writing any. Raises ValueError where it is damaged."""
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for entry in archive:
                file = archive.extractfile(entry)
                if file is None or entry.size > _LARGEST:
                    raise ValueError(f"{entry.name} is no file")
                files[entry.name] = file.read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"the archive of inputs is damaged: {error}") from None
    return files


@cache
def program() -> Program:
    """Return this program's version, a digest of its modules, and the versions of Python and of the packages that shape a document."""
    folder = Path(__file__).resolve().parent.parent
    state = blake2b(digest_size=16)
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        state.update(f"{path.relative_to(folder).as_posix()} {len(data)}\0".encode())
        state.update(data)
    packages = {name: found for name in PACKAGES if (found := _version(name))}
    python = ".".join(map(str, sys.version_info[:3]))
    return Program(
        _version("briefing-generator") or "source", state.hexdigest(), f"{python}, zlib {zlib.ZLIB_RUNTIME_VERSION}", packages
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
