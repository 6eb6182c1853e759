"""Which edition goes out, and to whom: the one that stands, the readers of the dossier, and what each of them gets of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec

from briefing.address import key_of as address_key
from briefing.delivery import Reader, Settings, Variant
from briefing.load.delivery import read_settings
from briefing.load.files import read_dossier
from briefing.markings import cleared, lower, raised
from briefing.pipeline import EDITIONS, cleared_for, store_of
from briefing.problems import BriefingError, ProblemsFound, nearest
from briefing.recipe import FormatName

if TYPE_CHECKING:
    from briefing.deliver.ledger import Ledger
    from briefing.deliver.ledger_rows import Key
    from briefing.deliver.plan import Decision, Offer, Wanted
    from briefing.deliver.sending import Posting, Report, Work
    from briefing.delivery import Rendition
    from briefing.edition import Manifest
    from briefing.load.dossier import Loaded
    from briefing.load.reader_fields import Known
    from briefing.load.readers import Readers
    from briefing.postings import Group, Way


class DeliveryError(BriefingError):
    """A delivery that cannot begin; the message says why. Nothing was sent."""


class Going(msgspec.Struct, frozen=True):
    """An edition that is to go out, and what is known about it."""

    manifest: Manifest
    loaded: Loaded
    offer: Offer
    major: int  # the last major edition that stands: who had one from it on has had all that weighs
    withdrawn: tuple[int, ...] = ()


class Options(msgspec.Struct, frozen=True):
    """How to deliver. `readers` is a readers file in place of the settings'; `resend` are readers who get it whatever came of it before."""

    readers: Path | None = None
    resend: tuple[str, ...] = ()
    way: Way | None = None
    told: Callable[[Report], None] = lambda _: None
    progress: Callable[[str], None] = lambda _: None
    stop: Callable[[], bool] = lambda: False


class Desk(msgspec.Struct, frozen=True):
    """What a run of deliveries works with: the dossier, its settings and readers, the moment, and how to deliver."""

    root: Path
    settings: Settings
    readers: Readers
    at: datetime
    options: Options

    def minor(self, reader: Reader) -> bool:
        """Return whether a reader gets minor editions."""
        return self.settings.minor if reader.minor is None else reader.minor


PLAIN = Options()


@contextmanager
def desk_of(root: Path, at: datetime, options: Options = PLAIN) -> Iterator[Desk]:
    """Give the settings and readers of a dossier. Raises ProblemsFound for what is wrong with them, DeliveryError for readers that are none."""
    settings = read_settings(root)
    with _open_readers(root, settings, options.readers) as readers:
        for each in options.resend:
            if readers.get(each) is None:
                hint = nearest(each, (reader.id for reader in readers))
                raise DeliveryError(f"no reader is called {each!r}{f' ({hint})' if hint else ''}; nothing was sent")
        yield Desk(root, settings, readers, at, options)


def issued(root: Path) -> list[str]:
    """Return the names of the briefs that have editions."""
    folder = root / "briefs" / EDITIONS
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return [each for each in names if store_of(root, each).numbers()]


# ------------------------------------------------------------------------------------------------------- the edition


def standing(root: Path, name: str, at: datetime) -> Going | str:
    """Return the latest edition of a brief that is not withdrawn, or why there is none to deliver yet. Raises EditionError."""
    from briefing.deliver.plan import Offer

    store = store_of(root, name)
    gone = store.withdrawals()
    numbers = [number for number in store.numbers() if number not in gone]
    if not numbers:
        return f"{name} has no edition that stands; generate issue {name} makes one"
    manifest = store.manifest(numbers[-1])
    if manifest.embargo and at < manifest.embargo:
        return f"{name}, edition {manifest.number}: under embargo until {manifest.embargo.isoformat()}"
    loaded = loaded_of(root, name, manifest.number)
    header, recipe = loaded.dossier.header, loaded.recipes[name]
    manifests = [manifest, *map(store.manifest, reversed(numbers[:-1]))]
    major = next((each.number for each in manifests if each.kind == "major"), manifests[-1].number)
    themes = tuple(each.id for each in header.themes if not recipe.themes or each.id in recipe.themes)
    offer = Offer(
        name,
        manifest.number,
        formats=tuple(each for each in get_args(FormatName) if f"{name}.{each}" in manifest.outputs),
        language=recipe.language or header.language,
        kind=manifest.kind,
        issued=manifest.issued,
        ladder=header.markings,
        marking=cleared(recipe.clearance, header.markings),
        floor=recipe.marking,
        themes=themes,
        news={theme: _news(theme, manifests, loaded) for theme in themes},
    )
    return Going(manifest, loaded, offer, major, tuple(gone))


def loaded_of(root: Path, name: str, number: int) -> Loaded:
    """Return the dossier that an edition was made of. Raises EditionError where its inputs cannot be read, ProblemsFound where they do not load."""
    from briefing.editions.inputs import unpack
    from briefing.editions.store import INPUTS, EditionError
    from briefing.load.archive import restored
    from briefing.load.dossier import load

    path = store_of(root, name).path(number) / INPUTS
    try:
        files, _ = restored(unpack(path.read_bytes()))
    except (ValueError, OSError) as error:
        raise EditionError(f"{path}: the inputs cannot be read: {error}") from None
    return load(files)


def _news(theme: str, manifests: Iterable[Manifest], loaded: Loaded) -> int:
    """Return the last edition with something new about a theme; a change that belongs to no theme is news for all of them."""
    facts = loaded.dossier.facts
    for manifest in manifests:
        about = {facts[each.fact].theme if each.fact in facts else theme for each in manifest.changes if each.weight != "none"}
        if theme in about or manifest.number == 1 or manifest.info.status == "corrected":
            return manifest.number
    return 0


# ----------------------------------------------------------------------------------------------------------- readers


def _open_readers(root: Path, settings: Settings, path: Path | None) -> Readers:
    """Return the readers of a dossier, to be closed. Raises ProblemsFound for what is wrong with their file, DeliveryError where there is none."""
    from briefing.load.readers import looks_of, read_readers, readers_file

    found = path or readers_file(root, settings)
    if found is None:
        raise DeliveryError(f"there is no {root / settings.readers}, and so nobody to deliver to")
    shown = str(found.relative_to(root)) if found.is_relative_to(root) else str(found)
    return read_readers(found, settings, _known(root, looks_of(root)), shown)


def _known(root: Path, looks: tuple[str, ...]) -> Known:
    """Return what readers may name: what the dossier has; while it is being worked on and does not load, what its editions have."""
    from briefing.load.dossier import load
    from briefing.load.reader_fields import Known
    from briefing.load.readers import known_of

    files = read_dossier(root)
    try:
        return known_of(load(files), looks)
    except ProblemsFound:
        found = [known_of(loaded_of(root, name, store_of(root, name).numbers()[-1]), looks) for name in issued(root)]
        if not found:
            raise
    stems = (Path(each).stem for each in files.briefs)
    return Known(
        tuple(dict.fromkeys((*stems, *(name for each in found for name in each.briefs)))),
        tuple(dict.fromkeys(theme for each in found for theme in each.themes)),
        max((each.markings for each in found), key=len),
        looks,
        tuple(sorted({language for each in found for language in each.languages})),
    )


def decisions(
    desk: Desk, going: Going, reader: Reader, ledger: Ledger | None, suppressed: Mapping[str, str]
) -> tuple[Decision, ...]:
    """Return what a reader gets of an edition and what not; without a ledger, whatever it has had.

    A reader of major editions gets a minor one where it has had none since the last major one: who is new gets what stands.
    """
    from briefing.deliver.plan import Excluded, Wanted, plan

    offer = going.offer
    had: dict[str, int] = {}
    if ledger is not None:
        rows = ledger.had(offer.brief, reader.id, reader.channel or desk.settings.channel, going.withdrawn)
        had = {f"{offer.brief}-{theme}" if theme else offer.brief: number for theme, number in rows.items()}
    minor = offer.kind == "minor" and not desk.minor(reader)
    if minor:
        offer = msgspec.structs.replace(offer, kind="major")
        had = {each: offer.edition if number >= going.major else number for each, number in had.items()}
    stopped = suppressed.get(address_key(reader.address), "") if reader.address else ""
    found: list[Decision] = []
    for each in plan(
        reader, offer, desk.at.date(), allow=desk.settings.allow, suppressed=stopped, had=had, minor=desk.settings.minor
    ):
        if isinstance(each, Wanted):
            clearance = lower(cleared(reader.clearance, offer.ladder), offer.marking, offer.ladder) if offer.ladder else ""
            found.append(msgspec.structs.replace(each, variant=msgspec.structs.replace(each.variant, clearance=clearance)))
        elif minor and each.why == "delivered":
            found.append(Excluded(reader, each.edition, "minor", "the edition is a minor one, and the reader gets major ones"))
        else:
            found.append(each)
    return tuple(found)


# ----------------------------------------------------------------------------------------------------------- parcels


def gather(groups: dict[tuple[Variant, str], Group], wanted: Wanted) -> None:
    """Add a reader to the group of its variant and channel."""
    from briefing.postings import Group

    place = wanted.variant, wanted.channel
    group = groups.get(place)
    if group is None:
        group = groups[place] = Group(wanted.variant, wanted.channel)
    group.ids.append(wanted.reader.id)
    if not set(wanted.formats) <= set(group.formats):
        group.formats = tuple(dict.fromkeys((*group.formats, *wanted.formats)))


def key_of(going: Going, wanted: Wanted, occasion: str = "") -> Key:
    """Return the ledger's key of what a reader gets."""
    from briefing.deliver.ledger_rows import Key

    return Key(going.offer.brief, going.offer.edition, wanted.reader.id, wanted.channel, wanted.variant.theme, occasion)


def work_of_group(desk: Desk, going: Going, group: Group) -> Work:
    """Return what the parcels of a group have in common. Raises BriefingError where the variant cannot be made or may not go out."""
    from briefing.deliver.mail import build
    from briefing.deliver.outbox import with_sender
    from briefing.deliver.sending import Work
    from briefing.delivery import Parcel
    from briefing.variants import look_through, rendition

    desk.options.progress("making the documents")
    brief, number = going.offer.brief, going.offer.edition
    made = rendition(desk.root, brief, number, group.variant, group.formats)
    _refuse_raised(desk.root, going, group.variant, made)
    subject = subject_of(made.title, made.edition)
    bare = msgspec.structs.replace(made, files={})  # which have been looked through
    mail = build(Parcel(Reader("reader", address="reader@example.org"), bare, subject), with_sender(desk.settings))
    look_through(desk.root, brief, number, group.variant, {f"{brief}.eml": mail, "stamp.txt": desk.settings.stamp.encode()})
    return Work(str(desk.root), desk.settings, made, subject)


def _refuse_raised(root: Path, going: Going, variant: Variant, made: Rendition) -> None:
    """Raise DeliveryError where the dossier, as it stands, marks something higher that a variant prints; its edition does where it has no other."""
    from briefing.load.dossier import load

    try:
        today = load(read_dossier(root))
    except ProblemsFound:
        today = going.loaded
    clearance = variant.clearance if variant.clearance in today.dossier.header.markings else ""
    printed = cleared_for(
        going.loaded, variant.clearance
    ).dossier  # a fact that everybody may see can have a source that not all may
    higher = raised(made.facts, printed, today.dossier, cleared_for(today, clearance).dossier)
    if higher:
        raise DeliveryError(f"it prints what is marked higher by now: {', '.join(higher)}; issue {going.offer.brief} anew")


def subject_of(title: str, edition: int) -> str:
    """Return the subject of a mail: "Title (edition 3)"; of the first edition the title alone."""
    return f"{title} (edition {edition})" if edition > 1 else title


def posting_of(desk: Desk, going: Going, group: Group, name: str) -> Posting | None:
    """Return what a reader of a group is to get; None for one who is no reader any more."""
    from briefing.deliver.sending import Posting

    reader = desk.readers.get(name)
    if reader is None:
        return None
    formats = tuple(each for each in reader.formats if each in going.offer.formats)
    return Posting(reader, group.channel, formats, since=0 if desk.minor(reader) else going.major)
