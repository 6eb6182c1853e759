"""The channel that puts files into a reader's folder, on this machine or wherever fsspec reaches.

    <folder>/<edition>/    the documents, summary.txt, and SHA256SUMS, as `sha256sum -c` reads it

SHA256SUMS comes last: files count once it names them, and from it can be told whether all of a parcel is there.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from briefing.deliver.bodies import Said, text_body
from briefing.deliver.headers import Unsendable
from briefing.deliver.stores import Store, StoreError, store
from briefing.delivery import ChannelName, Outcome, Parcel, Settings

SUMMARY, SUMS = "summary.txt", "SHA256SUMS"
_STORES = 16  # how many places are kept open


class Folder:
    """Folders of readers. What one place does is no matter of the others."""

    name: ChannelName = "folder"
    settles = True

    def __init__(self, settings: Settings, root: Path) -> None:
        self.settings, self.root = settings, root
        self._stores: dict[str, Store] = {}

    def send(self, parcel: Parcel) -> Outcome:
        try:
            edition, files = contents(parcel)
            place = self._store(parcel.reader.folder)
        except (Unsendable, StoreError) as error:
            return Outcome("refused", str(error))
        try:
            for name, data in files.items():
                place.write(f"{edition}/{name}", data)
        except StoreError as error:
            return Outcome("refused", str(error))
        except Exception as error:  # noqa: BLE001  a place may raise whatever its library does; none of it is the end of a run
            self._forget(parcel.reader.folder)
            return Outcome("later", " ".join(f"{parcel.reader.folder}: {type(error).__name__}: {error}".split())[:500])
        return Outcome("sent", f"{edition}/", sha256(files[SUMS]).hexdigest())

    def arrived(self, parcel: Parcel) -> bool:
        try:
            edition, files = contents(parcel)
            return self._store(parcel.reader.folder).read(f"{edition}/{SUMS}") == files[SUMS]
        except (Unsendable, StoreError):
            return False
        except Exception:  # noqa: BLE001  as in `send`: a place that cannot be asked; sending there again writes the same files
            self._forget(parcel.reader.folder)
            return False

    def close(self) -> None:
        for each in self._stores.values():
            each.close()
        self._stores.clear()

    def _store(self, url: str) -> Store:
        if url not in self._stores:
            if len(self._stores) >= _STORES:
                self._stores.pop(next(iter(self._stores)))
            self._stores[url] = store(url, self.root)
        return self._stores[url]

    def _forget(self, url: str) -> None:
        found = self._stores.pop(url, None)
        if found is not None:
            found.close()


def contents(parcel: Parcel) -> tuple[str, dict[str, bytes]]:
    """Return the name of a parcel's folder and its files in the order in which they are written. Raises Unsendable for names that lead elsewhere."""
    rendition = parcel.rendition
    documents = parcel.files or rendition.files
    said = Said(rendition.marking, parcel.note, rendition.changes, (), ())
    try:
        files = {**documents, SUMMARY: text_body(rendition.text, said).encode()}
    except UnicodeEncodeError:
        raise Unsendable("the summary is no Unicode text") from None
    if SUMMARY in documents or SUMS in documents:
        raise Unsendable(f"a document is called {SUMMARY} or {SUMS}, and so are files of the channel's own")
    edition = parcel.edition
    for name in (*edition.split("/"), *files):
        if name in {"", ".", ".."} or name.startswith(".") or not name.isprintable() or any(c in name for c in '/\\:*?"<>|'):
            raise Unsendable(f"a file or folder cannot be called {name!r}")
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    return edition, {**files, SUMS: sums.encode()}
