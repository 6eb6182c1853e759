"""One reader from several records: two lines about the same one, and the groups it belongs to.

What adds is added: briefs with their themes, formats, minor editions. Of what restricts the strictest holds: the lowest clearance, a pause, the
earliest end, a stamp. What can only be one thing must be the same in all groups. The reader's own word goes before all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from briefing.address import key_of
from briefing.load.reader_fields import LISTS, Given

_Wish: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]  # briefs; themes of them, () for the whole
_SINGLE = ("language", "look", "channel", "folder", "password")
_SCALARS = ("id", "name", "address", *_SINGLE, "clearance", "stamp", "paused", "minor", "until")


def conflict(first: Given, second: Given) -> str:
    """Return the field in which two records of one reader say different things, or ""."""
    for field in _SCALARS:
        one, other = getattr(first, field), getattr(second, field)
        if one is not None and other is not None and one != other:
            same = key_of(one) == key_of(other) if field == "address" else field == "id" and one.casefold() == other.casefold()
            if not same:
                return field
    return ""


def merged(first: Given, second: Given) -> Given:
    """Return two records of one reader, which do not conflict, as one at the place of the first."""
    values: dict[str, Any] = {
        field: getattr(second, field) if getattr(first, field) is None else getattr(first, field) for field in _SCALARS
    }
    for field in LISTS:
        both = [its for each in (first, second) if (its := getattr(each, field)) is not None]
        values[field] = _union(both) if both else None
    if first.briefs and second.briefs and (first.themes or ()) != (second.themes or ()):
        values["briefs"] = _entries([(first.briefs, first.themes or ()), (second.briefs, second.themes or ())])
        values["themes"] = ()
    return Given(first.line, first.column, **values)


def resolved(own: Given, groups: Sequence[Given], ladder: Sequence[str]) -> tuple[Given, list[str]]:
    """Return a reader with what its groups add, and the fields in which groups differ that can only be one thing."""
    if not groups:
        return own, []
    torn = []
    values: dict[str, Any] = {}
    for field in _SINGLE:
        said = {value for group in groups if (value := getattr(group, field)) is not None}
        if getattr(own, field) is None and len(said) > 1:
            torn.append(field)
        elif said:
            values[field] = said.pop()
    if cleared := [group.clearance for group in groups if group.clearance is not None]:
        values["clearance"] = min(cleared, key=ladder.index)
    if ends := [group.until for group in groups if group.until is not None]:
        values["until"] = min(ends)
    for field in ("stamp", "paused", "minor"):
        if flags := [flag for group in groups if (flag := getattr(group, field)) is not None]:
            values[field] = any(flags)
    if formats := _union(group.formats or () for group in groups):
        values["formats"] = formats
    values |= {field: value for field in _SCALARS + LISTS if (value := getattr(own, field)) is not None}
    values["briefs"], values["themes"] = _wishes(own, groups)
    return Given(own.line, own.column, **values), torn


def _wishes(own: Given, groups: Sequence[Given]) -> _Wish:
    """Return briefs and themes: the reader's own briefs, else those of all its groups, each with the themes that belong to them.

    The themes of a group without briefs are for briefs that come with none; the reader's own are for all of them.
    """
    common = _union(group.themes or () for group in groups if not group.briefs)
    briefs = [own] if own.briefs is not None else [group for group in groups if group.briefs]
    wishes: list[_Wish] = [(each.briefs or (), own.themes if own.themes is not None else each.themes or common) for each in briefs]
    if len({frozenset(themes) for _, themes in wishes}) <= 1:
        return _union(its for its, _ in wishes), wishes[0][1] if wishes else ()
    return _entries(wishes), ()


def _entries(wishes: Iterable[_Wish]) -> tuple[str, ...]:
    """Return briefs that differ in their themes as entries of one list: "policy-brief/economic". The whole takes in every theme of a brief."""
    made = _union(
        tuple(brief if "/" in brief or not themes else f"{brief}/{theme}" for brief in briefs for theme in themes or ("",))
        for briefs, themes in wishes
    )
    return tuple(entry for entry in made if "/" not in entry or entry.partition("/")[0] not in made)


def _union(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for each in lists for entry in each))
