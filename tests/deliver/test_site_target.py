"""Readers see all of a site or the one before it; what has not changed is not sent again; what fails leaves what was there."""

from __future__ import annotations

import os
import random  # noqa: TID251  the moment of a kill
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import msgspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from briefing.deliver import site_target
from briefing.deliver.site import Listing, listing
from briefing.deliver.site_target import SiteError, put_folder, put_url
from briefing.deliver.stores import StoreError

_ROOT = Path(__file__).parents[2]


def files(version: int, *, pages: int = 4) -> dict[str, bytes]:
    """Return a site whose pages all change, of which one file never changes and one is there in this version alone."""
    made = {"site/site.css": b"p {}", f"briefs/{version}/x.pdf": b"%PDF" + bytes(version)}
    made |= {f"briefs/{n}.html": f"version {version}, links to {version}/x.pdf".encode() for n in range(pages)}
    made |= {"feed.xml": f"feed {version}".encode(), "index.html": f"index {version}".encode()}
    made["SHA256SUMS"] = "".join(f"{sha256(made[path]).hexdigest()}  {path}\n" for path in sorted(made)).encode()
    made["site.json"] = listing(made, "example.org")
    return made


def there(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------------------------------------------------------- a folder


def test_a_site_is_shown_by_a_link_and_only_what_changed_is_written(tmp_path: Path) -> None:
    target = tmp_path / "a" / "site"
    first = put_folder(target, files(1))
    assert (first.sent, first.unchanged, first.removed) == (len(files(1)), 0, 0)
    assert target.is_symlink()
    assert there(target) == files(1)
    inode = (target / "site/site.css").stat()
    second = put_folder(target, files(2))
    assert (second.sent, second.unchanged, second.removed) == (len(files(2)) - 1, 1, 1)
    assert there(target) == files(2)
    after = (target / "site/site.css").stat()
    assert (after.st_ino, after.st_mtime_ns) == (inode.st_ino, inode.st_mtime_ns), "a reader's cache still holds"
    shown = target.readlink()
    assert put_folder(target, files(2)).sent == 0
    assert target.readlink() == shown, "nothing new is nothing done"
    assert oct((target / "index.html").stat().st_mode & 0o777) == "0o644"
    assert oct(target.stat().st_mode & 0o777) == "0o755"


def test_a_file_that_was_damaged_is_sent_again(tmp_path: Path) -> None:
    put_folder(tmp_path / "site", files(1))
    (tmp_path / "site/index.html").write_bytes(b"index X")
    assert put_folder(tmp_path / "site", files(1)).sent == 1
    assert there(tmp_path / "site") == files(1)


def test_the_folder_before_stays_for_readers_and_older_ones_go(tmp_path: Path) -> None:
    for version in (1, 2, 3):
        put_folder(tmp_path / "site", files(version))
    assert sorted(there(path)["index.html"] for path in tmp_path.iterdir() if path.is_dir() and not path.is_symlink()) == [
        b"index 2",
        b"index 3",
    ]


def test_an_empty_folder_becomes_the_site_and_one_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    put_folder(tmp_path / "site", files(1))
    assert there(tmp_path / "site") == files(1)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("Dear", encoding="utf-8")
    with pytest.raises(SiteError, match=r"mine is a folder with files.*--to file:///.*nothing was changed"):
        put_folder(mine, files(1))
    with pytest.raises(SiteError, match="is a file"):
        put_folder(mine / "letter.txt", files(1))
    (tmp_path / "link").symlink_to(mine)
    with pytest.raises(SiteError, match="no site of ours"):
        put_folder(tmp_path / "link", files(1))
    assert there(mine) == {"letter.txt": b"Dear"}


def test_what_cannot_be_written_leaves_the_site_as_it_was(tmp_path: Path) -> None:
    put_folder(tmp_path / "site", files(1))
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(SiteError, match="the site is as it was"):
        put_folder(tmp_path / "site", {**files(2), "index.html/below": b"no folder can be called like a file"})
    assert there(tmp_path / "site") == files(1)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_two_at_a_time_are_one_too_many(tmp_path: Path) -> None:
    with site_target._alone(tmp_path / "site"), pytest.raises(SiteError, match="another run is publishing"):
        put_folder(tmp_path / "site", files(1))


def whole(folder: Path) -> str:
    """Return which version a folder holds, once every file of it is there and none other."""
    handle = os.open(folder, os.O_RDONLY)  # what the link leads to now, whatever it leads to later
    try:
        found = there(Path(f"/proc/self/fd/{handle}"))
    finally:
        os.close(handle)
    listed = msgspec.json.decode(found["site.json"], type=Listing).files
    assert {path: sha256(data).hexdigest() for path, data in found.items() if path != "site.json"} == listed
    return found["index.html"].decode()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="readers look through /proc/self/fd")
def test_no_reader_ever_sees_half_a_site(tmp_path: Path) -> None:
    target, seen, wrong, done = tmp_path / "site", set(), [], threading.Event()
    put_folder(target, files(0))
    begun, ended = [0], [0]

    def read() -> None:
        while not done.is_set():
            begun[0] += 1
            try:
                seen.add(whole(target))
            except (AssertionError, OSError, KeyError) as error:
                wrong.append(repr(error))
            ended[0] = begun[0]

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for version in range(1, 16):
            put_folder(target, files(version))
            after = begun[0] + 1  # what a reader has begun may outlast one publishing, and never two
            while ended[0] < after and reader.is_alive():
                time.sleep(0.001)
    finally:
        done.set()
        reader.join()
    assert wrong == []
    assert len(seen) > 2


_PUBLISHING = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tests.deliver.test_site_target import files
from briefing.deliver.site_target import put_folder, put_url
print("ready", flush=True)
version = int(sys.argv[3])
while True:
    version += 1
    (put_url if "://" in sys.argv[2] else put_folder)(sys.argv[2] if "://" in sys.argv[2] else Path(sys.argv[2]), files(version, pages=20))
    print(version, flush=True)
"""


def kills(pytestconfig: pytest.Config) -> int:
    return max(4, int(pytestconfig.getoption("--kills")) // 8)


@pytest.mark.parametrize("remote", [False, True], ids=["folder", "URL"])
def test_a_process_killed_at_any_moment_leaves_a_site(tmp_path: Path, pytestconfig: pytest.Config, *, remote: bool) -> None:
    target, chance, version = tmp_path / "site", random.Random(7), 0
    to = f"file://{target}" if remote else str(target)
    for _ in range(kills(pytestconfig)):
        process = subprocess.Popen(
            [sys.executable, "-c", _PUBLISHING, str(_ROOT), to, str(version)], stdout=subprocess.PIPE, text=True, cwd=_ROOT
        )
        with process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.02, 0.15))
            process.send_signal(signal.SIGKILL)
            last = process.stdout.read().split()
        version = int(last[-1]) if last else version
        if remote:
            links_lead_somewhere(target)
        elif target.exists():
            assert whole(target).startswith("index ")
        version += 2
    (put_url if remote else put_folder)(to if remote else target, files(999))  # type: ignore[arg-type]
    assert {path: data for path, data in there(target).items() if not path.endswith(".part")} == files(999)
    if not remote:
        assert len([path for path in tmp_path.iterdir() if path.is_dir() and not path.is_symlink()]) <= 2


def links_lead_somewhere(folder: Path) -> None:
    for path in folder.glob("briefs/*.html"):
        _, _, link = path.read_text(encoding="utf-8").rpartition(" ")
        assert (folder / "briefs" / link).exists(), f"{path} leads nowhere"


# ------------------------------------------------------------------------------------------------------------------- a URL


class Failing(LocalFileSystem):  # type: ignore[misc]
    """A file system of this machine that breaks down at its n-th change, and lets none through from then on."""

    protocol = "failing"
    cachable = False
    left = 10**9
    log: ClassVar[list[str]] = []

    @classmethod
    def _change(cls, what: str) -> None:
        cls.left -= 1
        if cls.left < 0:
            raise ConnectionError("the line is down")
        cls.log.append(what)

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **options: Any) -> None:
        self._change(f"write {path}")
        super().pipe_file(path, value, mode, **options)

    def mv(self, path1: str, path2: str, **options: Any) -> None:
        self._change(f"rename {path2}")
        super().mv(path1, path2, **options)

    def rm_file(self, path: str) -> None:
        self._change(f"remove {path}")
        super().rm_file(path)


@pytest.fixture
def failing() -> type[Failing]:
    fsspec.register_implementation("failing", Failing, clobber=True)
    Failing.left, Failing.log = 10**9, []
    return Failing


def published(folder: Path) -> Mapping[str, bytes]:
    return {path: data for path, data in there(folder).items() if not path.endswith(".part")}


def test_over_a_url_what_is_led_to_comes_first_and_what_is_gone_goes_last(tmp_path: Path, failing: type[Failing]) -> None:
    url = f"failing://{tmp_path}/site"
    assert put_url(url, files(1)).sent == len(files(1))
    failing.log.clear()
    second = put_url(url, files(2))
    assert (second.sent, second.unchanged, second.removed) == (len(files(2)) - 1, 1, 1)
    assert there(tmp_path / "site") == files(2)
    done = [step.replace(f"{tmp_path}/site/", "") for step in failing.log]
    changed = [path for path in files(2) if path not in {"site.json", "site/site.css"}]
    assert done == [
        *(f"write {path.rpartition('/')[0]}{'/' * ('/' in path)}.{path.rpartition('/')[2]}.part" for path in changed),
        "write .site.json.part",
        "rename site.json",
        *(f"rename {path}" for path in changed),
        "remove briefs/1/x.pdf",
        "write .site.json.part",
        "rename site.json",
    ]
    assert changed[-3:] == ["feed.xml", "index.html", "SHA256SUMS"]
    failing.log.clear()
    assert put_url(url, files(2)).sent == 0
    assert failing.log == []


def test_a_line_that_breaks_at_any_moment_leaves_a_site_and_the_next_run_mends_it(tmp_path: Path, failing: type[Failing]) -> None:
    put_url(f"failing://{tmp_path}/steps", files(1))
    failing.log.clear()
    put_url(f"failing://{tmp_path}/steps", files(2))
    steps = len(failing.log)
    untouched = 0
    for n in range(steps):
        folder = tmp_path / str(n)
        failing.left = 10**9
        put_url(f"failing://{folder}", files(1))
        failing.left = n
        with pytest.raises(SiteError, match="the line is down") as refused:
            put_url(f"failing://{folder}", files(2))
        links_lead_somewhere(folder)
        if "the site is as it was" in str(refused.value):
            untouched += 1
            kept = {path: data for path, data in published(folder).items() if path in files(1) and path != "site.json"}
            assert kept == {path: data for path, data in files(1).items() if path != "site.json"}
        failing.left = 10**9
        put_url(f"failing://{folder}", files(1))  # also back to what it was: nothing of the broken run counts as sent
        assert published(folder) == files(1)
    assert untouched >= len(files(1)) - 1, "until all has arrived nothing changes"


def test_on_a_store_of_objects_nothing_is_copied(tmp_path: Path) -> None:
    url = f"memory://{tmp_path.name}"
    system = fsspec.filesystem("memory")
    put_url(url, files(1))
    put_url(url, files(2))
    found = {path.removeprefix(f"/{tmp_path.name}/"): system.cat_file(path) for path in system.find(f"/{tmp_path.name}")}
    assert found == files(2)


@pytest.mark.parametrize("path", ["../kept.txt", "/etc/kept.txt", "briefs/../../kept.txt", "a//b", "", "."])
def test_a_list_that_was_tampered_with_removes_nothing_outside(tmp_path: Path, path: str) -> None:
    (tmp_path / "kept.txt").write_bytes(b"kept")
    site = tmp_path / "site"
    put_url(f"file://{site}", files(1))
    (site / "own.txt").write_bytes(b"somebody's")
    (site / "site.json").write_bytes(msgspec.json.encode(Listing({path: "x"})))
    put_url(f"file://{site}", files(2))
    assert (tmp_path / "kept.txt").exists()
    assert (site / "own.txt").exists(), "what is not ours is not removed"
    assert there(site).items() >= files(2).items()


def test_a_list_that_cannot_be_read_sends_all_anew(tmp_path: Path) -> None:
    put_url(f"file://{tmp_path}/site", files(1))
    (tmp_path / "site/site.json").write_bytes(b"{")
    assert put_url(f"file://{tmp_path}/site", files(1)).sent == len(files(1))


def test_an_address_of_no_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nosuch"):
        put_url("nosuch://x/y", files(1))
