"""How a dossier is delivered: `delivery.yaml` beside its seeds, read as strictly as they are, and never a secret in it.

read_settings(root) -> Settings    the defaults where there is no file; raises ProblemsFound with every problem
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from briefing.address import fault, fault_of_domain
from briefing.delivery import Settings
from briefing.load.decode import BAD, decode
from briefing.load.files import MAX_BYTES
from briefing.load.parse import Collector, Enough, Fields, Items, Node, parse
from briefing.load.reader_fields import PLACE_HINT, PLACE_OF_SECRET, has_password
from briefing.problems import Location, Problem, ProblemsFound

FILE: Final = "delivery.yaml"
SECRETS: Final = ("smtp.user", "smtp.password", "signing.passphrase")
_BOUNDS: Final = {  # from, to, what of
    "smtp.port": (1, 65_535, ""),
    "smtp.timeout": (1, 3_600, " seconds"),
    "retry.attempts": (1, 100, ""),
    "retry.pause": (0, 86_400, " seconds"),
    "retry.longest": (0, 604_800, " seconds"),
    "attach_up_to": (0, 100_000_000, " bytes"),
}
_MAILBOX = re.compile(r'(?:(?P<name>[^<>"@,;]*|"[^"\\]*")\s*<(?P<angle>[^<>]*)>|(?P<bare>[^<>\s]+))')
STAMPED: Final = ("name", "id", "brief", "edition")
_SCHEMES = {"site": ("https", "http"), "signing.timestamp": ("https", "http"), "unsubscribe": ("https", "mailto")}


def read_settings(root: Path) -> Settings:
    """Return the settings of the dossier at `root`: the defaults where it has no `delivery.yaml`. Raises ProblemsFound."""
    path = root / FILE
    found = Collector()
    settings: Any = BAD
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        found.add(Location(FILE), "S005", f"the file cannot be read: {error.strerror}")
        raise ProblemsFound(found.problems) from None
    try:
        node = parse(data, FILE, found)
        if node is not None:
            settings = decode(node, Settings, found)
            places = _Places(node)
            _secrets(node, found)
            if settings is not BAD:
                _check(settings, places, found)
    except Enough:
        settings = BAD
    if found.problems or settings is BAD:
        raise ProblemsFound(found.problems)
    return settings  # type: ignore[no-any-return]


def check_settings(settings: Settings, root: Path, markings: Sequence[str]) -> Iterator[Problem]:
    """Yield what the settings name and the dossier does not have: the readers file, a marking."""
    if settings.readers != Settings().readers and not (root / settings.readers).is_file():
        hint = "its name is relative to the dossier"
        yield Problem(settings.at, "V005", f"readers: there is no file {settings.readers[:80]!r}", hint)
    if settings.site_clearance and settings.site_clearance not in markings:
        hint = f"one of {', '.join(markings)}"
        yield Problem(
            settings.at, "V005", f"site_clearance: {settings.site_clearance[:80]!r} is not in the ladder of markings", hint
        )


class _Places:
    """Where the fields of the file stand, by their path: "smtp.port"."""

    def __init__(self, node: Node) -> None:
        self.whole = node.at
        self.known: dict[str, Node] = dict(_paths(node, ""))

    def __getitem__(self, path: str) -> Location:
        while path and path not in self.known:
            path = path.rpartition(".")[0]
        return self.known[path].at if path else self.whole

    def entries(self, path: str) -> list[Location]:
        node = self.known.get(path)
        return [entry.at for entry in node.nodes] if isinstance(node, Items) else []


def _paths(node: Node, above: str) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Fields):
        for key, entry in node.pairs:
            path = f"{above}.{key.text}" if above else key.text
            yield path, entry
            yield from _paths(entry, path)


def _secrets(node: Node, found: Collector) -> None:
    """Refuse a secret that stands in the file itself, without showing it."""
    for path, entry in _paths(node, ""):
        text = getattr(entry, "text", "")
        if path in SECRETS and text and not PLACE_OF_SECRET.fullmatch(text):
            found.add(entry.at, "V003", f"{path}: only the place of a secret may stand in the file", PLACE_HINT)
        elif "://" in text and has_password(text):
            found.add(entry.at, "V003", f"{path}: a password stands in the URL", "leave it out")


def _check(settings: Settings, places: _Places, found: Collector) -> None:
    for path, value in _values(settings, ""):
        if isinstance(value, str) and re.search(r"[\n\t]", value):
            found.add(places[path], "Y003", f"{path}: the text holds a line break or a tab", "remove it")
            return  # whatever looks at a text below counts on one line
    _mailboxes(settings, places, found)
    _domains(settings, places, found)
    for path, value in _values(settings, ""):
        if path in _BOUNDS:
            low, high, unit = _BOUNDS[path]
            if not low <= value <= high:
                found.add(places[path], "V004", f"{path}: {value:g} is not within {low:,} and {high:,}{unit}")
        if path in _SCHEMES and value and not has_password(value):
            _url(path, value, places[path], found)
    if settings.retry.longest < settings.retry.pause:
        found.add(places["retry.longest"], "V004", "retry.longest: the longest pause is shorter than the first")
    for path in ("readers", "outbox"):
        if not getattr(settings, path):
            found.add(
                places[path], "V005", f"{path}: nothing stands here", "a path relative to the dossier, or leave the field out"
            )
    if unknown := sorted(set(re.findall(r"\{[^{}]*\}|[{}]", settings.stamp)) - {f"{{{name}}}" for name in STAMPED}):
        found.add(
            places["stamp"],
            "V006",
            f"stamp: {unknown[0]} is not known",
            f"{', '.join(f'{{{name}}}' for name in STAMPED)} are filled in",
        )
    if settings.authority and not _is_authority(settings.authority):
        hint = "such as example.org or example.org,2024"
        found.add(
            places["authority"],
            "V006",
            f"authority: {settings.authority[:80]!r} is no domain or address, perhaps with a date",
            hint,
        )
    _server(settings, places, found)


def _is_authority(text: str) -> bool:
    """Return whether a text is the tagging entity of RFC 4151 section 2.1: a domain or an address and, here optional, a date."""
    name, comma, day = text.partition(",")
    if comma and not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", day, re.ASCII):
        return False
    return (fault(name) if "@" in name else fault_of_domain(name)) is None


def _values(record: msgspec.Struct, above: str) -> Iterator[tuple[str, Any]]:
    for field in record.__struct_fields__:
        value, path = getattr(record, field), f"{above}.{field}" if above else field
        if isinstance(value, msgspec.Struct) and not isinstance(value, Location):
            yield from _values(value, path)
        else:
            yield path, value


def _mailboxes(settings: Settings, places: _Places, found: Collector) -> None:
    """Check sender, reply-to and editor: an address, perhaps with a name before it in angle brackets."""
    for field in ("sender", "reply_to", "editor"):
        text = getattr(settings, field)
        if not text:
            continue
        match = _MAILBOX.fullmatch(text)
        address = (match["angle"] or match["bare"] or "") if match else ""
        wrong = fault(address) if match else None
        if match is None or wrong:
            why = wrong.message if wrong else "it is no address, nor a name and an address in angle brackets"
            found.add(places[field], "V001", f"{field}: {why}", "such as desk@example.org or Trade Desk <desk@example.org>")


def _domains(settings: Settings, places: _Places, found: Collector) -> None:
    for entry, at in zip(settings.allow, places.entries("allow"), strict=True):
        if wrong := fault_of_domain(entry.removeprefix("*.")):
            found.add(at, "V002", f"allow: {wrong.message}", wrong.hint or "such as example.org or *.example.org")


def _url(path: str, text: str, at: Location, found: Collector) -> None:
    """Check that a text is a URL that a mail or a page may carry."""
    schemes = _SCHEMES[path]
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in schemes or re.search(r"[\s<>\"\\^`|]", text) or not text.isprintable():
        hint = (
            "such as mailto:leave@example.org?subject={reader}" if path == "unsubscribe" else "such as https://example.org/briefs"
        )
        found.add(
            at, "V006", f"{path}: {text[:80]!r} is no address that begins with {' or '.join(f'{each}:' for each in schemes)}", hint
        )
    elif parts.scheme == "mailto":
        if wrong := fault(parts.path):
            found.add(at, "V006", f"{path}: {wrong.message}", wrong.hint)
    elif not parts.hostname or parts.username is not None or (path == "site" and (parts.query or parts.fragment)):
        found.add(
            at,
            "V006",
            f"{path}: {text[:80]!r} must name a host, and no login, query or fragment",
            "such as https://example.org/briefs",
        )
    if path == "unsubscribe" and (unknown := sorted(set(re.findall(r"\{[^{}]*\}|[{}]", text)) - {"{reader}"})):
        found.add(at, "V006", f"unsubscribe: {unknown[0]} is not known", "{reader} is filled in")


def _server(settings: Settings, places: _Places, found: Collector) -> None:
    smtp = settings.smtp
    if settings.channel == "smtp" and smtp is None:
        found.add(places["channel"], "V007", "the channel is smtp, and no server is named", "smtp: {host: mail.example.org}")
    if smtp is None:
        return
    if not settings.sender:
        found.add(places["smtp"], "V001", "mail needs a sender", "sender: Trade Desk <desk@example.org>")
    try:
        address = ipaddress.ip_address(smtp.host.strip("[]"))
        local = address.is_loopback
    except ValueError:
        local = smtp.host == "localhost"
        if fault_of_domain(smtp.host) and not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", smtp.host):
            found.add(
                places["smtp.host"],
                "V002",
                f"smtp.host: {smtp.host[:80]!r} is no name of a host",
                "such as mail.example.org; the port has a field of its own",
            )
    if smtp.port == 465 and smtp.security == "starttls":  # RFC 8314 section 3.3: implicit TLS
        found.add(places["smtp.port"], "V007", "smtp: port 465 speaks TLS from the start", "security: tls, or port: 587")
    if bool(smtp.user) != bool(smtp.password):
        found.add(
            places["smtp"], "V007", "smtp: a login has both user and password", "leave both out where the server asks for none"
        )
    if smtp.security == "none" and smtp.password and not local:
        found.add(places["smtp.security"], "V007", "smtp: the password would travel in the clear", "security: starttls or tls")
