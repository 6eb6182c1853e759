"""Putting a site where readers find it, so that none of them ever sees half of it, and what has not changed is not sent again.

a folder   the site is built in a new folder beside it and shown by renaming a symbolic link, which is what the target is: one step,
           all of the site or nothing. Unchanged files are the same files (hard links): their times do not change. The folder shown
           before stays until the next publishing, for readers in the middle of a page.
a URL      whatever fsspec can write to has no such step. Everything that changed is first sent under temporary names, and only when
           all of it has arrived is it renamed, what is led to before what leads there, `index.html`, feed and checksums last. Then
           go the files that are no longer part of the site, and `site.json`, from which the next publishing sees what is there.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from briefing.deliver.site import Listing
from briefing.deliver.site_names import LIST
from briefing.deliver.stores import Remote, filesystem
from briefing.problems import BriefingError

_OWN = re.compile(r"(?!/)(?!.*(?:^|/)\.\.?(?:/|$))(?!.*//)[^\\\x00-\x1f]+[^/\\\x00-\x1f]")  # a path below the site's address


class SiteError(BriefingError):
    """A site that could not be published; the message says why, and what readers see now."""


class Sent(msgspec.Struct, frozen=True):
    """What was sent of a site, and what was not: numbers of files, and the bytes of those that were."""

    sent: int
    unchanged: int
    removed: int
    size: int


# ---------------------------------------------------------------------------------------------------------------- a folder


def put_folder(target: Path, files: Mapping[str, bytes]) -> Sent:
    """Show `files` at `target`, all at once. Raises SiteError, and leaves what was there, where that cannot be done."""
    try:
        _shown(target)  # before a lock is laid beside what is no site
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target):
            return _switch(target, files)
    except OSError as error:
        raise SiteError(f"{error.filename or target}: {error.strerror or error}; the site is as it was") from None


def folder_listing(target: Path) -> Listing:
    """Return what the site at a folder holds; an empty listing where there is none."""
    try:
        return decoded((target / LIST).read_bytes())
    except OSError:
        return Listing({})


def _switch(target: Path, files: Mapping[str, bytes]) -> Sent:
    old = _shown(target)
    unchanged = {path for path, data in files.items() if old is not None and _same(old / path, data)}
    listed = set(folder_listing(target).files) | {LIST} if old else set()
    removed = len([path for path in listed - files.keys() if (target / path).exists()])
    if old is not None and len(unchanged) == len(files) and not removed:
        return Sent(0, len(files), 0, 0)
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=_prefix(target)))
    link = made.with_name(f"{made.name}.link")
    try:
        for path, data in files.items():
            place = made / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if not (path in unchanged and old is not None and _linked(old / path, place)):
                _write(place, data)
        for folder in (*(each for each in made.rglob("*") if each.is_dir()), made):
            folder.chmod(0o755)
            _sync(folder)
        link.symlink_to(made.name)
        if target.is_dir() and not target.is_symlink():
            target.rmdir()  # it is empty; otherwise `_shown` would have refused it
        link.replace(target)
        _sync(target.parent)
    except BaseException:
        with suppress(OSError):
            link.unlink()
        shutil.rmtree(made, ignore_errors=True)
        raise
    _clear(target, {made, old})
    sent = [data for path, data in files.items() if path not in unchanged]
    return Sent(len(sent), len(unchanged), removed, sum(map(len, sent)))


def _prefix(target: Path) -> str:
    return f".{target.name}-"


def _shown(target: Path) -> Path | None:
    """Return the folder that a target leads to, or None for a new one. Raises SiteError where something else is there."""
    if target.is_symlink():
        shown = target.parent / target.readlink()
        if shown.parent == target.parent and shown.name.startswith(_prefix(target)):
            return shown if shown.is_dir() else None
        raise SiteError(f"{target} is a link to {shown}, which is no site of ours; nothing was changed")
    if target.is_dir() and not any(target.iterdir()):
        return None
    if target.exists():
        what = "folder with files" if target.is_dir() else "file"
        hint = f", or publish into the folder as it is with --to file://{target.resolve()}" if target.is_dir() else ""
        raise SiteError(f"{target} is a {what}, and a site is shown by a link; name a new place{hint}; nothing was changed")
    return None


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep two runs from publishing to one folder at a time, and clear what a run that was stopped left."""
    import fcntl

    with (target.parent / f".{target.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SiteError(f"another run is publishing to {target}; nothing was changed, try again") from None
        yield


def _clear(target: Path, keep: set[Path | None]) -> None:
    """Remove the folders of earlier publishings, and what runs that were stopped left."""
    for path in target.parent.glob(f"{_prefix(target)}*"):
        if path not in keep:
            if path.is_symlink():
                path.unlink()
            else:
                shutil.rmtree(path, ignore_errors=True)


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _linked(old: Path, new: Path) -> bool:
    try:
        os.link(old, new)
    except OSError:  # a file system without hard links
        return False
    return True


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ------------------------------------------------------------------------------------------------------------------- a URL


def put_url(url: str, files: Mapping[str, bytes]) -> Sent:
    """Bring the site at an fsspec URL to `files`, in their order. Raises SiteError; pages change only once all that is new has arrived."""
    with _opened(url) as (there, before):
        return _bring(there, before, files)


def url_listing(url: str) -> Listing:
    """Return what the site at a URL holds; an empty listing where there is none. Raises SiteError where nobody answers."""
    with _opened(url) as (_, before):
        return before


def decoded(data: bytes) -> Listing:
    """Return a `site.json`; an empty listing where it is none, so that everything is sent anew and nothing removed."""
    try:
        return msgspec.json.decode(data, type=Listing)
    except msgspec.DecodeError:
        return Listing({})


def _bring(there: _There, before: Listing, files: Mapping[str, bytes]) -> Sent:
    digests = {path: sha256(data).hexdigest() for path, data in files.items()}
    listed = {path: digest for path, digest in before.files.items() if _OWN.fullmatch(path)}
    changed = [path for path in files if path != LIST and listed.get(path) != digests[path]]
    gone = [path for path in listed if path not in files]
    if not changed and not gone and there.read(LIST) == files[LIST]:
        return Sent(0, len(files), 0, 0)
    waiting: list[str] = []
    state = "the site is as it was"
    try:
        for path in changed:
            waiting.append(path)
            there.send(path, files[path], new=path not in listed)
        # From here on what is there is known to be neither the old site nor the new: whoever publishes next sends these anew.
        between = msgspec.json.encode(Listing({**listed, **dict.fromkeys((*changed, *gone), "")}, before.authority))
        there.send(LIST, between)
        there.show(LIST, between)
        state = "some pages may be new and some old, every link leads somewhere; publish again"
        for path in changed:
            there.show(path, files[path], new=path not in listed)
            waiting.remove(path)
        for path in gone:
            there.remove(path)
        there.send(LIST, files[LIST])
        there.show(LIST, files[LIST])
    except Exception as error:
        for path in (*waiting, LIST):
            there.forget(path)
        raise SiteError(f"{there.url}: {_said(error)}; {state}") from error
    sent = [files[path] for path in (*changed, LIST)]
    return Sent(len(sent), len(files) - len(sent), len(gone), sum(map(len, sent)))


@contextmanager
def _opened(url: str) -> Iterator[tuple[_There, Listing]]:
    """Give the place at a URL and what is there. Raises SiteError where it cannot be reached."""
    there = _There(url)
    try:
        try:
            before = decoded(there.read(LIST) or b"{}")
        except Exception as error:
            raise SiteError(f"{url}: {_said(error)}; nothing was changed") from error
        yield there, before
    finally:
        there.close()


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class _There:
    """A place that fsspec can write to. A file comes under a temporary name beside its own and is then renamed.

    Where a rename is a copy and a write is one step anyway, as on stores of objects, a file that is new, and so not yet linked to, is
    written at once, and one that changes when it is to be shown.
    """

    def __init__(self, url: str) -> None:
        self.url, self.renames = url, Remote(url).renames
        self.system, self.base = filesystem(url)
        self._folders: set[str] = set()

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None where there is none."""
        try:
            data: bytes = self.system.cat_file(self._place(path))
        except FileNotFoundError:
            return None
        return data

    def send(self, path: str, data: bytes, *, new: bool = False) -> None:
        """Write a file under its temporary name, and see that all of it arrived. Raises what the file system does."""
        if self.renames:
            self._write(self._part(path), data)
        elif new:
            self._write(self._place(path), data)

    def show(self, path: str, data: bytes, *, new: bool = False) -> None:
        """Give a file that was sent its own name."""
        if self.renames:
            self.system.mv(self._part(path), self._place(path))
        elif not new:
            self._write(self._place(path), data)

    def remove(self, path: str) -> None:
        """Remove a file, and do nothing where it is gone already."""
        with suppress(FileNotFoundError):
            self.system.rm_file(self._place(path))

    def forget(self, path: str) -> None:
        """Remove a temporary file where that can be done."""
        if self.renames:
            with suppress(Exception):
                self.system.rm_file(self._part(path))

    def close(self) -> None:
        """Forget connections: one that broke would be given out again."""
        type(self.system).clear_instance_cache()

    def _write(self, place: str, data: bytes) -> None:
        folder = place.rpartition("/")[0]
        if folder not in self._folders:
            self.system.makedirs(folder, exist_ok=True)
            self._folders.add(folder)
        self.system.pipe_file(place, data)
        size = self.system.info(place).get("size")
        if size is not None and size != len(data):
            raise OSError(f"{size} of {len(data)} bytes of {place} arrived")

    def _place(self, path: str) -> str:
        return f"{self.base}/{path}"

    def _part(self, path: str) -> str:
        folder, slash, name = path.rpartition("/")
        return f"{self.base}/{folder}{slash}.{name}.part"
