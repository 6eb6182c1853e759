"""From issued editions to the site: each is filtered for everybody, all of it is built and scanned, and only then is anything sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from briefing.delivery import Rendition, Settings, Variant
from briefing.issuing import history
from briefing.load.delivery import read_settings
from briefing.load.files import read_dossier
from briefing.markings import raised
from briefing.pipeline import Order, cleared_for, sound, store_of
from briefing.problems import BriefingError, ProblemsFound
from briefing.website import Published, Site, SiteBrief, SiteEdition, SiteSource

if TYPE_CHECKING:
    from briefing.deliver.leaks import Forbidden
    from briefing.edition import Manifest
    from briefing.hidden import Kept
    from briefing.load.dossier import Loaded

DEFAULT = "briefs/site"  # below the dossier
_FORMATS = ("pdf", "docx", "html")
_WITHHELD = "This edition cannot be shown here."
_NAMED = 8  # leaks that a message lists


def publish(
    root: Path, to: str = "", *, settings: Settings | None = None, progress: Callable[[str], None] = lambda _: None
) -> Published:
    """Bring the site at `to`, a folder or an fsspec URL, up to what is issued: all editions of all briefs, as everybody may see them.

    Raises BriefingError where there is nothing to publish, something is found that must not be there, or the target cannot be
    written to; the site is then as it was.
    """
    from briefing.deliver import site_target
    from briefing.deliver.site import build

    settings = settings if settings is not None else read_settings(root)
    remote = "://" in to
    target = root / DEFAULT if not to else Path(to)
    before = site_target.url_listing(to) if remote else site_target.folder_listing(target)
    made = gather(root, settings, before.authority, progress)
    progress("building the site")
    files = build(made.site)
    progress("scanning the site")
    _refuse(made.secret, files)
    progress("sending the site")
    sent = site_target.put_url(to, files) if remote else site_target.put_folder(target, files)
    return Published(
        to if remote else str(target),
        sent=sent.sent,
        unchanged=sent.unchanged,
        removed=sent.removed,
        bytes_sent=sent.size,
        briefs=len(made.site.briefs),
        editions=sum(len(brief.editions) for brief in made.site.briefs),
        withheld=made.withheld,
        notes=made.notes,
    )


class Shown(msgspec.Struct, frozen=True):
    """What an edition was made of, and what everybody may see of it."""

    whole: Loaded
    seen: Loaded
    clearance: str
    days: tuple[date, ...] = ()

    @property
    def kept(self) -> Kept:
        """The same, as what must not stand anywhere is told from it."""
        from briefing.hidden import Kept

        return Kept(self.whole, self.seen, self.days)


class Gathered(msgspec.Struct, frozen=True):
    """What a site is built of, what must not stand in it, and which editions show nothing of themselves, each with the reason."""

    site: Site
    secret: Forbidden
    withheld: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def gather(root: Path, settings: Settings, authority: str = "", progress: Callable[[str], None] = lambda _: None) -> Gathered:
    """Return the site of a dossier's editions; `authority` is what its feeds' ids were minted under so far.

    A brief of which nothing can be shown is left out, by name too. Raises BriefingError where nothing is left.
    """
    rows = history(root)
    if not rows:
        raise BriefingError("there is no edition to publish; generate issue NAME makes one")
    address = _address(settings)
    minted = _authority(settings, address, authority)
    briefs: list[SiteBrief] = []
    withheld: list[str] = []
    read: dict[tuple[str, int], Shown] = {}
    today, notes = _today(root, settings, rows)
    for name in dict.fromkeys(str(row["brief"]) for row in rows):
        progress(f"gathering {name}")
        brief, hidden = _brief(
            root, name, rows=[row for row in rows if row["brief"] == name], settings=settings, today=today, read=read
        )
        withheld += hidden
        if brief is not None:
            briefs.append(brief)
    if not briefs:
        raise BriefingError("\n".join(("nothing of any edition may be shown to everybody", *withheld)))
    secret = _forbidden(briefs, today, read)
    newest = max((brief for brief in briefs if brief.current), default=briefs[0], key=lambda brief: brief.latest.issued)
    shown = read[newest.name, newest.latest.number]
    header = shown.seen.dossier.header
    site = Site(
        title=header.title,
        briefs=tuple(
            sorted((_reasons(brief, secret) for brief in briefs), key=lambda b: (b.kind, b.latest.title.casefold(), b.name))
        ),
        sources=tuple(_sources(briefs, read)),
        subject=header.subject if header.subject != header.title else "",
        publisher=header.publisher,
        contact=header.contact,
        disclaimer=header.disclaimer,
        language=header.language,
        address=address,
        authority=minted,
        style=_style(shown.whole),
    )
    return Gathered(site, secret, tuple(withheld), (*notes, *_lacking(site)))


def _address(settings: Settings) -> str:
    from briefing.deliver.site_names import address_of

    address = address_of(settings.site)
    if settings.site and not address:
        raise BriefingError(f"delivery.yaml: site: {settings.site!r} is no address of a site such as https://example.org/briefs")
    return address


def _authority(settings: Settings, address: str, before: str) -> str:
    """Return under which name the ids of feeds are minted: what the settings say, what it was so far, or whose mail and site it is."""
    from urllib.parse import urlsplit

    from briefing.deliver.feed import sound_authority

    if settings.authority and not sound_authority(settings.authority):
        raise BriefingError(
            f"delivery.yaml: authority: {settings.authority!r} is no domain or mail address, perhaps with a date, such as example.org,2024"
        )
    sender = parseaddr(settings.sender)[1].rpartition("@")[2].lower()
    host = (urlsplit(address).hostname or "") if address else ""
    return next((each for each in (settings.authority, before, sender, host) if each and sound_authority(each)), "")


# ------------------------------------------------------------------------------------------------------------------- editions


def _brief(
    root: Path, name: str, *, rows: list[dict[str, Any]], settings: Settings, today: Shown, read: dict[tuple[str, int], Shown]
) -> tuple[SiteBrief | None, list[str]]:
    """Return a brief with its editions, None where none can be shown; and those that cannot, each with the reason."""
    store = store_of(root, name)
    gone = store.withdrawals()
    editions, hidden = [], []
    for row in rows:
        manifest = store.manifest(int(row["edition"]))
        try:
            shown = _shown(root, manifest, settings)
            edition = _edition(root, manifest, shown, today)
            read[name, manifest.number] = shown
        except BriefingError as error:
            hidden.append(f"{name}: edition {manifest.number} is not shown: {error}")
            edition = SiteEdition(manifest.number, manifest.at, manifest.issued, manifest.as_of, "", withheld=_WITHHELD)
        mark = gone.get(manifest.number)
        if mark:
            because, successor = mark.because.rstrip("."), int(row["successor"] or 0)
            edition = msgspec.structs.replace(edition, withdrawn=mark.at, because=because, successor=successor)
        editions.append(edition)
    title = next((each.title for each in editions if each.rendition), "")
    named = tuple(each if each.title else msgspec.structs.replace(each, title=title) for each in editions)
    return (SiteBrief(name, manifest.document, named) if title else None), hidden


def _edition(root: Path, manifest: Manifest, shown: Shown, today: Shown) -> SiteEdition:
    """Return an edition as everybody may see it. Raises BriefingError where it cannot be made, or may not be seen any more."""
    from briefing.variants import rendition

    found = rendition(root, manifest.brief, manifest.number, Variant(clearance=shown.clearance), _FORMATS)
    higher = raised(found.facts, shown.seen.dossier, today.whole.dossier, today.seen.dossier)
    if higher:
        raise BriefingError(f"it prints what is marked higher by now: {', '.join(higher)}; issue the brief anew")
    found = msgspec.structs.replace(found, changes=_changes(found, manifest, shown))
    published = manifest.info.published or manifest.issued
    return SiteEdition(manifest.number, manifest.at, published, manifest.as_of, found.title, found)


def _changes(found: Rendition, manifest: Manifest, shown: Shown) -> tuple[str, ...]:
    """Return all that changed, where nothing of the edition is hidden; a document lists only the first few."""
    from briefing.compose.edition import told
    from briefing.compose.records import facts_for
    from briefing.editions.info import rows_of

    if shown.whole.dossier != shown.seen.dossier or not manifest.info.more:
        return found.changes
    facts = facts_for(shown.seen.dossier, manifest.as_of, shown.seen.recipes[manifest.brief])
    order = {fact.id: fact.priority for fact in shown.seen.dossier.facts.values()}
    rows = rows_of(manifest.changes, order)
    return told(msgspec.structs.replace(manifest.info, rows=rows, more=0), facts)


def _shown(root: Path, manifest: Manifest, settings: Settings) -> Shown:
    """Return what an edition was made of, and what everybody may see of it. Raises BriefingError where it cannot be read."""
    from briefing.editions.inputs import unpack
    from briefing.editions.store import INPUTS
    from briefing.load.archive import restored

    path = store_of(root, manifest.brief).path(manifest.number) / INPUTS
    try:
        files = restored(unpack(path.read_bytes()))[0]
    except (OSError, ValueError) as error:
        raise BriefingError(f"{path}: {error}") from None
    loaded = sound(files, Order(manifest.brief, manifest.as_of))  # read once: a rendition asks for the same
    return _filtered(loaded, settings, (manifest.as_of,))


def _filtered(loaded: Loaded, settings: Settings, days: tuple[date, ...] = ()) -> Shown:
    from briefing.markings import cleared

    clearance = cleared(settings.site_clearance, loaded.dossier.header.markings, "the site")
    return Shown(loaded, cleared_for(loaded, clearance), clearance, days)


def _today(root: Path, settings: Settings, rows: list[dict[str, Any]]) -> tuple[Shown, tuple[str, ...]]:
    """Return the dossier with today's markings: as it stands, or that of the last edition where it cannot be read as it stands."""
    from briefing.load.dossier import load

    try:
        return _filtered(load(read_dossier(root)), settings), ()
    except ProblemsFound as found:
        last = max(rows, key=lambda row: (datetime.fromisoformat(str(row["issued"])), str(row["brief"])))
        manifest = store_of(root, str(last["brief"])).manifest(int(last["edition"]))
        note = f"the dossier has {len(found.problems)} problems: markings are those of its last edition"
        return _filtered(_shown(root, manifest, settings).whole, settings), (note,)


def _forbidden(briefs: list[SiteBrief], today: Shown, read: dict[tuple[str, int], Shown]) -> Forbidden:
    """Return what must not stand anywhere on the site: what of any edition shown, and of the dossier today, not everybody may see."""
    from briefing.hidden import forbidden

    told = [edition for brief in briefs for edition in brief.editions]
    days = {day for each in told for day in (each.as_of, each.issued.date(), each.published)}
    days |= {each.withdrawn.date() for each in told if each.withdrawn}
    return forbidden([*(each.kept for each in read.values()), today.kept], today.clearance, [brief.name for brief in briefs], days)


def _reasons(brief: SiteBrief, secret: Forbidden) -> SiteBrief:
    """Return a brief without the reasons of withdrawals that tell what not everybody may know."""
    from briefing.deliver.leaks import leaks

    def told(edition: SiteEdition) -> SiteEdition:
        if not edition.because or not leaks(secret, {"reason.txt": edition.because.encode()}):
            return edition
        return msgspec.structs.replace(edition, because="the desk gives the reason")

    return SiteBrief(brief.name, brief.kind, tuple(map(told, brief.editions)))


# -------------------------------------------------------------------------------------------------------- what else is shown


def _sources(briefs: list[SiteBrief], read: dict[tuple[str, int], Shown]) -> Iterator[SiteSource]:
    """Yield the sources of the current editions by publisher and title, with the facts of each brief that rest on them."""
    found: dict[str, SiteSource] = {}
    for brief in sorted(briefs, key=lambda each: (each.kind, each.name)):
        current = brief.current
        if current is None or current.rendition is None:
            continue
        dossier = read[brief.name, current.number].seen.dossier
        counts: dict[str, int] = {}
        for name in current.rendition.facts:
            fact = dossier.facts.get(name)
            for each in {ref.source for ref in fact.sources} if fact else ():
                counts[each] = counts.get(each, 0) + 1
        for name, count in counts.items():
            source = dossier.sources[name]
            known = found.get(name) or SiteSource(
                id=name,
                title=source.title,
                publisher=source.publisher,
                kind=source.kind,
                published=source.published.worded() if source.published else "",
                author=source.author,
                url=source.url,
                language=source.language,
                reliability=source.reliability,
            )
            found[name] = msgspec.structs.replace(known, briefs=(*known.briefs, (brief.name, count)))
    yield from sorted(found.values(), key=lambda source: (source.publisher.casefold(), source.title.casefold(), source.id))


def _style(loaded: Loaded) -> str:
    """Return the style sheet of documents in the dossier's look; nothing of a document is in it."""
    from briefing.model import Document
    from briefing.render.html_css import style_sheet

    page = Document("", "", (), date.min, page=loaded.look.page, page_label="{page} / {pages}")
    return style_sheet(page, loaded.look)


def _refuse(secret: Forbidden, files: dict[str, bytes]) -> None:
    """Raise BriefingError where a file of the site holds what must not be there; every byte of every file is looked through."""
    from briefing.deliver.leaks import leaks

    found = leaks(secret, files)
    if found:
        listed = "\n".join(f"  {leak}" for leak in found[:_NAMED])
        more = f"\n  and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise BriefingError(f"not published: the site would hold what not everybody may see; it is as it was:\n{listed}{more}")


def _lacking(site: Site) -> tuple[str, ...]:
    """Return what the site lacks for want of settings."""
    notes = []
    if not site.address:
        notes.append("without site: in delivery.yaml the links of feeds are relative, and there is no sitemap.xml")
    if not site.authority:
        notes.append("without authority:, sender: or site: in delivery.yaml the ids of feeds are UUIDs, no tag URIs")
    return tuple(notes)
