"""Markings: which is the higher on a dossier's ladder, and all texts that a record holds.

A ladder names the markings, lowest first. What has no marking has the lowest; a marking that is not on the ladder is above all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from briefing.problems import BriefingError, Location, nearest
from briefing.seeds import Dossier


def rank(marking: str, ladder: Sequence[str]) -> int:
    """Return the place of a marking on the ladder, from 0; its length for one that is not on it, so that nobody is cleared for it."""
    if not marking:
        return 0
    return ladder.index(marking) if marking in ladder else len(ladder)


def highest(markings: Iterable[str], ladder: Sequence[str]) -> str:
    """Return the highest of the markings, the lowest of the ladder where there are none; "" for an empty ladder."""
    return max((*ladder[:1], *markings), key=lambda name: rank(name, ladder), default="")


def cleared(clearance: str, ladder: Sequence[str], whose: str = "the reader") -> str:
    """Return a clearance as a name on the ladder, the lowest where none is given. Raises BriefingError for one that is not on it."""
    if not clearance:
        return "".join(ladder[:1])
    if clearance not in ladder:
        hint = nearest(clearance, ladder) or f"one of {', '.join(ladder) or 'none'}"
        raise BriefingError(f"the clearance {clearance!r} of {whose} is not in the dossier's ladder of markings ({hint})")
    return clearance


def lower(first: str, second: str, ladder: Sequence[str]) -> str:
    """Return the lower of two clearances that are on the ladder."""
    return min(first, second, key=lambda name: rank(name, ladder))


def texts(record: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text anywhere in a record, keys too, each with the way to it: "facts.exports.label". Places are left out."""
    if isinstance(record, str):
        if record:
            yield path, record
    elif isinstance(record, Location):
        return
    elif isinstance(record, msgspec.Struct):
        for name in record.__struct_fields__:
            yield from texts(getattr(record, name), f"{path}.{name}" if path else name)
    elif isinstance(record, (tuple, list)):
        for place, each in enumerate(record, 1):
            own = getattr(each, "id", "") or str(place)
            yield from texts(each, f"{path}.{own}")
    elif isinstance(record, dict):
        for key, each in record.items():
            yield f"{path}.{key}", str(key)
            yield from texts(each, f"{path}.{key}")


def raised(printed: Iterable[str], of: Dossier, now: Dossier, seen: Dossier) -> list[str]:
    """Return the facts that an edition printed, and their sources, that may not be seen by today's markings.

    `of` is the dossier that it was made of, `now` the dossier as it stands, `seen` what may be seen of that.
    """
    facts = [name for name in printed if name in of.facts]
    cited = {ref.source for name in facts for ref in of.facts[name].sources}
    return [
        *(name for name in facts if name in now.facts and name not in seen.facts),
        *sorted(name for name in cited if name in now.sources and name not in seen.sources),
    ]
