"""Whether figures computed from others can be computed, and whether what they are computed from goes together."""

from __future__ import annotations

from collections.abc import Iterator

from briefing.check.places import Places
from briefing.derive import compute, mixed
from briefing.problems import Problem, nearest
from briefing.seeds import Dossier
from briefing.units import SCALES, known_units


def check_derived(dossier: Dossier, places: Places) -> Iterator[Problem]:
    """Yield the problems of derived figures: inputs that are not there, computations that fail, bases that differ without a reason."""
    units = known_units(dossier.header.units)
    for fact in dossier.facts.values():
        for name, derived in fact.derived.items():
            what = f"fact {fact.id}, derived figure {name}"
            if name in fact.figures or name in ("when", "due", "says", "reported"):
                yield Problem(derived.at, "F011", f"{what}: the name is taken", "give the figure another name")
            missing = [each for each in derived.of if each.partition(".")[0] not in dossier.facts]
            for each in missing:
                place = places.word(derived.at, each, after="of")
                yield Problem(place, "R002", f"{what}: there is no fact {each.partition('.')[0]!r}", nearest(each, dossier.facts))
            if missing:
                continue
            try:
                compute(derived, dossier.facts, units, inside=(f"{fact.id}.{name}",))
                problems = [] if derived.because else mixed(derived, dossier.facts, units)
            except ValueError as error:
                hint = nearest(derived.scale, SCALES) if derived.scale not in SCALES else ""
                yield Problem(derived.at, "F012", f"{what} cannot be computed: {error}", hint)
                continue
            for each in problems:
                yield Problem(derived.at, "F013", f"{what}: {each}", "say under because: why they may be put together")
