"""Who gets what of an edition, and who does not, and why: one decision a reader and document, without looking anything up itself.

    plan(reader, offer, day, *, allow, minor, suppressed, had) -> tuple[Wanted | Excluded, ...]
    plan_all(readers, offer, day, *, allow, minor, suppressed, had) -> Iterator[Wanted | Excluded]    as long as `readers` is, never held
    line(decision) -> str;  as_dict(decision) -> dict[str, object]                                    for people; for `--json`

    offer = Offer("policy-brief", 3, ladder=dossier.header.markings, marking="official", formats=("pdf", "html"), ...)
    for decision in plan_all(readers, offer, day, allow=settings.allow, minor=settings.minor,
                             suppressed=lambda reader: ledger.suppressed(reader.address),   # "" or why: "bounced on 2025-06-01: no such user"
                             had=lambda reader: ledger.had(reader.id)):                     # {"policy-brief": 2, "policy-brief-economic": 1}
        match decision: case Wanted(): ...

A reader mostly has one decision an edition; one who asked for themes has one for each. `Wanted.edition` is the ledger's key of the document
and equal to `Parcel.edition`. What the plan cannot know (that a lower variant turns out empty) stays with those who make renditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, Literal, TypeAlias

import msgspec

from briefing.address import allowed, domain_of
from briefing.delivery import ChannelName, Reader, Variant
from briefing.edition import EditionKind
from briefing.markings import cleared, rank
from briefing.recipe import FormatName

Why = Literal[
    "not subscribed", "paused", "ended", "withdrawn", "minor", "language", "domain", "suppressed", "theme", "clearance", "format",
    "delivered", "nothing new",
]  # fmt: skip
_Nothing: Final[Mapping[str, int]] = {}


class Offer(msgspec.Struct, frozen=True):
    """What is known of an edition when readers are chosen."""

    brief: str
    edition: int
    formats: tuple[FormatName, ...]  # those that can be handed out
    language: str = "en-GB"  # a BCP 47 tag
    kind: EditionKind = "major"
    issued: date | None = None
    ladder: tuple[str, ...] = ("public", "official", "restricted")  # the dossier's markings, lowest first
    marking: str = ""  # the highest marking that it may print: the clearance it was made for; "" for the lowest
    floor: str = ""  # the lowest clearance for which a variant can be made: a banner that its recipe fixes; "" for the lowest
    themes: tuple[str, ...] = ()  # documents on these can be made
    withdrawn: str = ""  # why, where it is
    news: Mapping[
        str, int
    ] = {}  # theme, or "" for the whole -> the last edition with something new about it; this one where absent


class Wanted(msgspec.Struct, frozen=True):
    """One document that one reader gets."""

    reader: Reader
    edition: str  # "policy-brief/3", "policy-brief-economic/3", as `Parcel.edition`
    variant: Variant
    formats: tuple[FormatName, ...]
    channel: ChannelName
    notes: tuple[str, ...] = ()  # what is less than was asked for: a lower variant, formats that the edition does not have


class Excluded(msgspec.Struct, frozen=True):
    """One document, or all of an edition, that one reader does not get, and why."""

    reader: Reader
    edition: str
    why: Why
    reason: str  # in words


Decision: TypeAlias = Wanted | Excluded


def plan(
    reader: Reader,
    offer: Offer,
    day: date,
    *,
    allow: Sequence[str] = (),
    minor: bool = False,
    suppressed: str = "",
    had: Mapping[str, int] = _Nothing,
) -> tuple[Decision, ...]:
    """Return what a reader gets of an edition on a day: a decision for each document asked for, or one for all of them.

    `allow` and `minor` are the settings'. `suppressed` says why nothing may be sent to the address, "" where it may. `had` has the last
    edition that the reader was sent, by brief ("policy-brief") and by brief and theme ("policy-brief-economic"). Raises BriefingError
    for a clearance that is not on the ladder: to guess could let something out.
    """
    themes = wanted_themes(reader, offer.brief)
    whole = f"{offer.brief}/{offer.edition}"
    if not themes:
        return (Excluded(reader, whole, "not subscribed", f"does not subscribe to {offer.brief}"),)
    if refusal := _refusal(reader, offer, day, allow, minor=minor, suppressed=suppressed):
        return (Excluded(reader, whole, *refusal),)
    return tuple(_document(reader, offer, theme, had) for theme in themes)


def plan_all(
    readers: Iterable[Reader],
    offer: Offer,
    day: date,
    *,
    allow: Sequence[str] = (),
    minor: bool = False,
    suppressed: Callable[[Reader], str] = lambda _: "",
    had: Callable[[Reader], Mapping[str, int]] = lambda _: _Nothing,
) -> Iterator[Decision]:
    """Yield the decisions of all readers in their order; neither readers nor decisions are held."""
    for reader in readers:
        yield from plan(reader, offer, day, allow=allow, minor=minor, suppressed=suppressed(reader), had=had(reader))


def wanted_themes(reader: Reader, brief: str) -> tuple[str, ...]:
    """Return which documents of a brief a reader asks for: themes, ("",) for the whole of it, () for none.

    An entry of `briefs` may carry a theme of its own, "policy-brief/economic": so groups with different wishes are told apart. The whole
    holds every theme, so who gets it gets no more beside it.
    """
    found: dict[str, None] = {}
    for entry in reader.briefs:
        name, _, theme = entry.partition("/")
        if name in (brief, "all"):
            found.update(dict.fromkeys([theme] if theme else reader.themes or [""]))
    return ("",) if "" in found else tuple(found)


def _refusal(
    reader: Reader, offer: Offer, day: date, allow: Sequence[str], *, minor: bool, suppressed: str
) -> tuple[Why, str] | None:
    """Return why a reader gets nothing at all of an edition. What the reader wished comes before what stands in the way."""
    if offer.withdrawn:
        return "withdrawn", f"the edition is withdrawn: {offer.withdrawn}"
    if reader.paused:
        return "paused", "is paused"
    if reader.until and reader.until < day:
        return "ended", f"ended on {reader.until.isoformat()}"
    if reader.language and not speaks(reader.language, offer.language):
        return "language", f"wants {reader.language}; the edition is in {offer.language}"
    if offer.kind == "minor" and not (minor if reader.minor is None else reader.minor):
        return "minor", "the edition is a minor one, and the reader gets major ones"
    if suppressed:
        return "suppressed", f"the address is suppressed: {suppressed}"
    if reader.channel != "folder" and reader.address and not allowed(reader.address, allow):
        return "domain", f"{domain_of(reader.address)} is not among the domains that mail may go to"
    clearance = cleared(reader.clearance, offer.ladder)
    if rank(clearance, offer.ladder) < rank(offer.floor, offer.ladder):
        return "clearance", f"cleared for {clearance}; all of the edition is {offer.floor}"
    return None


def _document(reader: Reader, offer: Offer, theme: str, had: Mapping[str, int]) -> Decision:
    """Return the decision on one document: the whole of an edition, or a theme of it."""
    key = f"{offer.brief}-{theme}" if theme else offer.brief
    edition = f"{key}/{offer.edition}"
    if theme and theme not in offer.themes:
        return Excluded(reader, edition, "theme", f"the edition has nothing on {theme}")
    formats = tuple(each for each in reader.formats if each in offer.formats)
    if not formats:
        there = ", ".join(offer.formats) or "no format"
        return Excluded(reader, edition, "format", f"wants {', '.join(reader.formats)}; the edition has {there}")
    last = had.get(key, 0)
    if last >= offer.edition:
        return Excluded(reader, edition, "delivered", f"edition {last} is delivered already")
    news = offer.news.get(theme, offer.edition)
    if last and last >= news:
        about = f" on {theme}" if theme else ""
        return Excluded(reader, edition, "nothing new", f"nothing new{about} since edition {last}, which is delivered")
    notes = []
    clearance = cleared(reader.clearance, offer.ladder)
    if rank(offer.marking, offer.ladder) > rank(clearance, offer.ladder):
        notes.append(f"without what is above {clearance}")
    elif offer.marking != clearance:
        clearance = offer.marking or "".join(offer.ladder[:1])
    if missing := [each for each in reader.formats if each not in formats]:
        notes.append(f"not as {', '.join(missing)}")
    variant = Variant(theme=theme, clearance=clearance, look=reader.look)
    return Wanted(reader, edition, variant, formats, reader.channel or "outbox", tuple(notes))


def speaks(wanted: str, language: str) -> bool:
    """Return whether a language fits the one wanted: the same or a narrower tag, as in basic filtering of RFC 4647 section 3.3.1."""
    return f"{language.lower()}-".startswith(f"{wanted.lower()}-")


def line(decision: Decision) -> str:
    """Return a decision as one line: who, what, how; or who, what not, and why."""
    who = decision.reader.id
    match decision:
        case Wanted(edition=edition, formats=formats, channel=channel, notes=notes):
            more = f" ({'; '.join(notes)})" if notes else ""
            return f"{who}: {edition}, {' and '.join(formats)}, by {channel}{more}"
        case Excluded(edition=edition, reason=reason):
            return f"{who}: not {edition}: {reason}"


def as_dict(decision: Decision) -> dict[str, object]:
    """Return a decision as plain data for `--json`."""
    reader = decision.reader
    who: dict[str, object] = {"reader": reader.id, "name": reader.name, "address": reader.address, "edition": decision.edition}
    match decision:
        case Wanted(variant=variant, formats=formats, channel=channel, notes=notes):
            asked = {"theme": variant.theme, "clearance": variant.clearance, "look": variant.look}
            return who | {"wanted": True, "channel": channel, "formats": list(formats), **asked, "notes": list(notes)}
        case Excluded(why=why, reason=reason):
            return who | {"wanted": False, "why": why, "reason": reason}
