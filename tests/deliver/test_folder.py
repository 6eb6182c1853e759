from __future__ import annotations

import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from briefing.deliver.channels import open_channel
from briefing.deliver.folder import Folder
from briefing.deliver.stores import StoreError, store
from briefing.delivery import Settings, Variant
from tests.deliver.parcels import parcel

FILES = {"trade.pdf": b"%PDF", "trade.html": b"<html>"}


@pytest.fixture
def memory() -> Iterator[Any]:
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def test_a_reader_gets_the_documents_the_summary_and_the_sums_that_they_are_checked_with(tmp_path: Path) -> None:
    channel = open_channel("folder", Settings(), tmp_path)
    outcome = channel.send(parcel(folder="out/ann", files=FILES, note="Corrected."))
    there = tmp_path / "out/ann/trade/3"
    assert outcome.state == "sent"
    assert sorted(path.name for path in there.iterdir()) == ["SHA256SUMS", "summary.txt", "trade.html", "trade.pdf"]
    assert (there / "trade.pdf").read_bytes() == b"%PDF"
    assert (there / "summary.txt").read_text().startswith("Corrected.\n")
    assert outcome.digest == sha256((there / "SHA256SUMS").read_bytes()).hexdigest()
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=there, capture_output=True, text=True, check=False
    )
    assert checked.stdout.count(": OK") == 3
    channel.close()
    channel.close()


def test_a_reader_s_own_copies_go_there_in_place_of_the_others(tmp_path: Path) -> None:
    Folder(Settings(), tmp_path).send(parcel(folder="ann", files=FILES, files_of_reader={"trade.pdf": b"%PDF for Ann"}))
    assert (tmp_path / "ann/trade/3/trade.pdf").read_bytes() == b"%PDF for Ann"
    assert not (tmp_path / "ann/trade/3/trade.html").exists()


@pytest.mark.parametrize("where", ["relative/ann", "{root}/whole/ann", "file://{root}/by%20url/ann", "memory://desk/ann"])
def test_it_can_be_told_whether_all_of_a_parcel_is_there(tmp_path: Path, memory: Any, where: str) -> None:
    channel = Folder(Settings(), tmp_path)
    made = parcel(folder=where.format(root=tmp_path), files=FILES)
    assert channel.settles
    assert not channel.arrived(made)
    assert channel.send(made).state == "sent"
    assert channel.arrived(made)
    assert not channel.arrived(parcel(folder=made.reader.folder, files={**FILES, "trade.pdf": b"%PDF other"}))
    assert not channel.arrived(parcel(folder=made.reader.folder, files=FILES, edition=4))
    if where.startswith("memory"):
        assert sorted(memory.find("/desk/ann")) == [
            f"/desk/ann/trade/3/{name}" for name in ("SHA256SUMS", "summary.txt", "trade.html", "trade.pdf")
        ]
    if where.startswith("file"):
        assert (tmp_path / "by url/ann/trade/3/SHA256SUMS").exists()


def test_files_count_only_once_all_of_them_are_there(tmp_path: Path) -> None:
    channel = Folder(Settings(), tmp_path)
    (tmp_path / "ann/trade/3/summary.txt").mkdir(parents=True)  # nothing can be written under that name
    made = parcel(folder="ann", files=FILES)
    outcome = channel.send(made)
    assert outcome.state == "later"
    assert "summary.txt" in outcome.detail
    assert not channel.arrived(made)
    (tmp_path / "ann/trade/3/summary.txt").rmdir()
    assert channel.send(made).state == "sent"
    assert channel.arrived(made)
    assert not [path for path in (tmp_path / "ann/trade/3").iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize(
    "fields",
    [
        {"files": {"../escaped.pdf": b""}},
        {"files": {"/etc/escaped.pdf": b""}},
        {"files": {"a\\..\\b.pdf": b""}},
        {"files": {".hidden": b""}},
        {"files": {"": b""}},
        {"files": {"a\nb.pdf": b""}},
        {"files": {"SHA256SUMS": b""}},
        {"files": {"summary.txt": b""}},
        {"brief": ".."},
        {"brief": "../../escaped"},
        {"variant": Variant(theme="/../x")},
        {"folder": ""},
        {"folder": "file://other.example.org/ann"},
        {"folder": "sftp://ann:secret@example.org/in"},
        {"folder": "memory://desk/../other"},
        {"folder": "simplecache::memory://desk"},
        {"folder": "nothing-known://desk/ann"},
    ],
)
def test_what_would_lead_elsewhere_is_refused_and_nothing_is_written(tmp_path: Path, fields: dict[str, Any]) -> None:
    (tmp_path / "inner").mkdir()
    outcome = Folder(Settings(), tmp_path / "inner").send(parcel(**{"folder": "ann", **fields}))
    assert outcome.state == "refused"
    assert "secret" not in outcome.detail
    assert [path.name for path in tmp_path.rglob("*")] == ["inner"]


def test_a_place_that_fails_is_for_later_and_does_not_matter_to_others(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    channel = Folder(Settings(), tmp_path)
    assert channel.send(parcel(folder="file/below")).state == "later"
    assert channel.send(parcel(folder="file")).state == "later"
    assert not channel.arrived(parcel(folder="file"))
    assert channel.send(parcel(folder="ann")).state == "sent"


def test_many_readers_do_not_keep_many_places_open(tmp_path: Path) -> None:
    channel = Folder(Settings(), tmp_path)
    for n in range(40):
        assert channel.send(parcel(folder=f"reader-{n}", files={})).state == "sent"
    assert len(channel._stores) <= 16
    assert (tmp_path / "reader-0/trade/3/SHA256SUMS").exists()


def test_a_store_without_a_rename_gets_its_files_in_one_step(memory: Any) -> None:
    place = store("memory://desk", Path())
    place.write("a/b.txt", b"one")
    place.write("a/b.txt", b"two")
    assert place.read("a/b.txt") == b"two"
    assert place.read("a/c.txt") is None
    assert memory.find("/desk") == ["/desk/a/b.txt"]


def test_a_place_of_no_known_kind_says_so() -> None:
    with pytest.raises(StoreError, match="nothing-known"):
        store("nothing-known://x", Path()).read("a")
