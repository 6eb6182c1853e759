"""Places where files can be put: folders of this machine, and whatever fsspec knows (SFTP, WebDAV, S3 and others) by URL.

A file is never half there: it comes under a temporary name and is renamed where renaming is one step, and in one step anyway on stores of
objects. Logins are not in URLs: fsspec takes them from the environment (FSSPEC_SFTP_USERNAME and the like), ssh from its agent and keys.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Protocol

from briefing.problems import BriefingError

# Where a PUT is all or nothing by itself, and a rename is a copy: writing straight to the name is the one step.
_ATOMIC = frozenset(
    {"memory", "s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci", "cos", "obs", "tos", "swift", "r2", "b2"}
)
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_LOOPBACK = re.compile(r"(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?")


class StoreError(BriefingError):
    """A place that cannot be what it is called; the message says why. Mended by a person, not by trying again."""


class Store(Protocol):
    """A folder somewhere. Paths are relative to it, with "/"; what cannot be done raises whatever the place raises."""

    def write(self, path: str, data: bytes) -> None:
        """Put a file there, whole or not at all, over one of the same name."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None where there is none."""
        ...

    def close(self) -> None:
        """Forget connections; the next use opens new ones."""
        ...


def store(url: str, root: Path) -> Store:
    """Return the store at a URL, or at a path of this machine, relative to `root`. Raises StoreError for what no store can be."""
    found = _URL.fullmatch(url)
    if not url.strip() or "\0" in url:
        raise StoreError("the folder has no address")
    if not found and re.match(r"[^/\\]{2,}:", url):
        raise StoreError(f"{url}: neither a path nor a URL: a URL has :// after its kind")
    if not found or found[1].lower() in {"file", "local"}:
        return Local(root / (_local(found[2]) if found else url))
    return Remote(url)


def _local(rest: str) -> str:
    """The path of a file: URL (RFC 8089): nothing or localhost may stand before it, and it is percent-encoded."""
    from urllib.parse import unquote

    host, slash, path = rest.partition("/")
    if host not in {"", "localhost"}:
        raise StoreError(f"file://{rest} names another machine; file:///path is one of this")
    return unquote(slash + path)


class Local:
    """A folder of this machine, also one that is mounted from another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, path: str, data: bytes) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)

    def read(self, path: str) -> bytes | None:
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def close(self) -> None:
        """A folder holds nothing open."""


class Remote:
    """A place that fsspec reaches. It keeps one connection a server, and lets go of those that failed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.renames = url.partition("://")[0].lower() not in _ATOMIC
        self._opened: tuple[Any, str] | None = None
        _checked(url)

    def write(self, path: str, data: bytes) -> None:
        system, base = self._there()
        place = f"{base}/{path}"
        folder, _, name = place.rpartition("/")
        system.makedirs(folder, exist_ok=True)
        if not self.renames:
            system.pipe_file(place, data)
            return
        part = f"{folder}/.{name}.part"
        system.pipe_file(part, data)
        size = system.info(part).get("size")
        if size is not None and size != len(data):
            raise OSError(f"{size} of {len(data)} bytes of {name} arrived")
        try:
            system.mv(part, place)
        except Exception:
            if not system.exists(place):
                raise
            # WebDAV, FTP and SMB may not rename over a file: it is gone for a moment, and never half there
            system.rm_file(place)
            system.mv(part, place)

    def read(self, path: str) -> bytes | None:
        system, base = self._there()
        try:
            data: bytes = system.cat_file(f"{base}/{path}")
        except FileNotFoundError:
            return None
        return data

    def close(self) -> None:
        if self._opened is not None:
            type(self._opened[0]).clear_instance_cache()  # a connection that broke would be given out again
            self._opened = None

    def _there(self) -> tuple[Any, str]:
        if self._opened is None:
            self._opened = filesystem(self.url)
        return self._opened


def filesystem(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL and the path in it, without a slash at its end.

    The host key of an SFTP server must be a known one. Raises StoreError where a package is missing or the URL is of no kind that is known.
    """
    options = _checked(url)
    try:
        import fsspec
    except ImportError:
        raise StoreError(f"{url}: needs the package fsspec: pip install 'briefing-generator[channels]'") from None
    protocol, _, rest = url.partition("://")
    if protocol.lower() in {"webdav", "dav"}:
        # fsspec has the server of WebDAV apart from the path
        host, _, path = rest.partition("/")
        options = {"base_url": f"{'http' if _LOOPBACK.fullmatch(host) else 'https'}://{host}"}
        url = f"webdav://{path}"
    try:
        system, base = fsspec.core.url_to_fs(url, **options)
    except ImportError as error:
        raise StoreError(f"{url}: {error}") from None
    except ValueError as error:
        raise StoreError(f"{url}: {error}") from None
    return system, base.rstrip("/")


def _checked(url: str) -> dict[str, Any]:
    """The options that a URL's kind needs. Raises StoreError for one with a password in it, and for SFTP that would trust any server."""
    protocol, _, rest = url.partition("://")
    login = rest.partition("/")[0].rpartition("@")[0]
    if ":" in login:
        raise StoreError(
            f"{protocol}://...: a password has no place in an address; FSSPEC_{protocol.upper()}_PASSWORD in the environment has one"
        )
    if "::" in url or any(part in {".", ".."} for part in rest.split("/")):
        raise StoreError(f"{url}: no address of a folder")
    if protocol.lower() not in {"sftp", "ssh"}:
        return {}
    try:
        import sshfs  # noqa: F401  it takes the place of fsspec's own client, which accepts any host key
    except ImportError:
        raise StoreError(f"{url}: SFTP needs the package sshfs: pip install 'briefing-generator[channels]'") from None
    return {"known_hosts": ()}  # those of ~/.ssh/known_hosts; sshfs by itself takes any
