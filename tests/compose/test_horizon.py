"""Until when a dossier reads the same: between two of the days that are named nothing becomes known, ages or passes."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from briefing.compose.horizon import next_change
from briefing.compose.select import select
from briefing.compose.wording import freshness, resolvers, state, superseders
from briefing.seeds import Dossier, Source
from briefing.when import When
from tests.compose.small import dossier, fact, when

texts = st.sampled_from(["2025-03", "2025-03-10", "mid 2025-04", "2025", "2025-02/2025-05", "FY2024-25"])
statuses = st.sampled_from(["happened", "in-force", "expected", "planned", "pledged", "announced"])
sources = st.lists(texts, min_size=1, max_size=3).map(
    lambda dates: tuple(Source(f"s{n}", "T", "P", "secondary", published=When.parse(text)) for n, text in enumerate(dates))
)


@st.composite
def dossiers(draw: st.DrawFn) -> Dossier:
    known = draw(sources)
    facts = [
        fact(
            f"f{number}",
            status=draw(statuses),  # type: ignore[arg-type]
            sources=" ".join(f"{source.id}#1" for source in draw(st.lists(st.sampled_from(known), min_size=1, unique=True))),
            due=draw(st.one_of(st.none(), texts.map(when))),
            when=draw(st.one_of(st.none(), texts.map(when))),
            shelf_life=draw(st.sampled_from(["", "10 days", "3 weeks", "2 months"])),
            supersedes=draw(st.sampled_from([(), ("f0",)])) if number else (),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    return dossier(*facts, sources=known)


def reading(seeds: Dossier, day: date) -> object:
    """Return which facts are known on a day, in which states, and how fresh."""
    chosen = select(seeds, day)
    found = {}
    for name, each in chosen.facts.items():
        fresh = freshness(each, chosen, day)
        found[name] = (state(each, day, resolvers(chosen), superseders(chosen), stale=fresh == "stale"), fresh, each.sources)
    return found


@given(dossiers(), st.dates(date(2024, 12, 1), date(2026, 6, 1)))
def test_nothing_changes_before_the_day_that_is_named(seeds: Dossier, day: date) -> None:
    until = next_change(seeds, day) or day + timedelta(days=400)
    first = reading(seeds, day)
    for more in range(min((until - day).days, 400)):
        assert reading(seeds, day + timedelta(days=more)) == first


def test_the_days_named_are_those_on_which_something_changes() -> None:
    seeds = dossier(fact("pier", status="expected", due=when("2025-09"), sources="gazette#1", shelf_life="10 years"))
    days, day = [], date(2025, 1, 1)
    while (found := next_change(seeds, day)) is not None:
        days.append(found)
        day = found
    assert days[:3] == [date(2025, 3, 1), date(2025, 6, 30), date(2025, 9, 1)]
    assert date(2025, 10, 1) in days
    assert next_change(dossier(), date(2030, 1, 1)) is None
