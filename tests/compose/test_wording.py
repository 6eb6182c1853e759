"""What a fact says depends on the day: to come, overdue, happened, cancelled; and how old its sources are."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.compose.wording import (
    freshness,
    known_by,
    resolvers,
    sentence,
    shelf_days,
    span_of_sources,
    state,
    told_by,
    worded_day,
)
from briefing.seeds import Status, Wording
from tests.compose.small import AS_OF, GAZETTE, LEDGER, dossier, fact, when


@pytest.mark.parametrize("status", ["expected", "planned", "announced", "pledged", "agreed", "ongoing"])
def test_what_is_open_and_due_is_upcoming_until_the_last_day_of_its_date_and_overdue_after(status: Status) -> None:
    summit = fact("summit", status=status, due=when("2025-11"))
    assert state(summit, date(2025, 11, 30), {}) == "upcoming"
    assert state(summit, date(2025, 12, 1), {}) == "overdue"


@pytest.mark.parametrize("status", ["happened", "in-force", "proposed", "stalled", "opinion"])
def test_what_is_not_open_stands_whatever_its_date(status: Status) -> None:
    assert state(fact("law", status=status, due=when("2020")), AS_OF, {}) == "stands"


def test_what_is_expected_without_a_date_stays_to_come() -> None:
    assert state(fact("talks", status="expected"), AS_OF, {}) == "upcoming"
    assert state(fact("money", status="pledged"), AS_OF, {}) == "stands"


def test_a_fact_that_resolves_another_tells_that_it_happened() -> None:
    summit = fact("summit", "The summit is to meet in {due}.", "expected", due=when("2025-11"))
    held = fact("held", "The summit met.", resolves=("summit",))
    by = resolvers(dossier(summit, held))
    assert state(summit, AS_OF, by) == "happened"
    assert told_by(summit, "happened", by) is held


def test_a_cancelled_fact_cancels_what_it_resolves() -> None:
    summit = fact("summit", status="expected", due=when("2026"))
    off = fact("off", status="cancelled", resolves=("summit",))
    by = resolvers(dossier(summit, off))
    assert state(summit, AS_OF, by) == "cancelled"
    assert state(off, AS_OF, by) == "cancelled"
    assert told_by(summit, "cancelled", by) is off


def test_a_facts_own_wording_goes_before_the_resolving_facts_sentence() -> None:
    summit = fact("summit", status="expected", wording=Wording(happened="It met after all."))
    held = fact("held", resolves=("summit",))
    by = resolvers(dossier(summit, held))
    assert told_by(summit, "happened", by) is summit
    assert sentence(summit, "happened") == "It met after all."


def test_an_overdue_fact_says_that_nothing_tells_of_it() -> None:
    labelled = fact("summit", "The summit is to meet.", "expected", label="Summit", due=when("2025-11"))
    assert sentence(labelled, "overdue") == "Summit was due by {due}; no source read here says that it took place."
    assert sentence(labelled, "upcoming") == "The summit is to meet."
    worded = msgspec.structs.replace(labelled, wording=Wording(overdue="The summit of {due} is late."))
    assert sentence(worded, "overdue") == "The summit of {due} is late."
    assert sentence(fact("talks", "Talks are to begin.", "expected"), "overdue") == "Talks are to begin."


def test_freshness_is_measured_from_the_newest_source() -> None:
    known = fact("rule", status="in-force", sources="gazette#1 ledger#2")  # March and the end of June 2025
    seeds = dossier(known, header={"shelf_life": "100 days"})
    days = [(date(2025, 6, 30), "fresh"), (date(2025, 8, 19), "fresh"), (date(2025, 8, 20), "ageing"), (date(2025, 10, 8), "ageing"), (date(2025, 10, 9), "stale")]  # fmt: skip
    assert [(day, freshness(known, seeds, day)) for day, _ in days] == days


def test_a_facts_own_shelf_life_goes_before_the_dossiers() -> None:
    rule = fact("rule", status="in-force", shelf_life="10 years")
    assert freshness(rule, dossier(rule, header={"shelf_life": "1 day"}), AS_OF) == "fresh"


@pytest.mark.parametrize("status", ["happened", "cancelled"])
def test_what_took_place_never_goes_stale(status: Status) -> None:
    past = fact("past", status=status)
    assert freshness(past, dossier(past, header={"shelf_life": "1 day"}), date(2090, 1, 1)) == "past"


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_fact_never_becomes_fresher(earlier: int, later: int) -> None:
    first, second = sorted((earlier, later))
    rule = fact("rule", status="in-force")
    seeds = dossier(rule)
    ages = ("fresh", "ageing", "stale")
    start = date(2025, 3, 1).toordinal()
    found = [freshness(rule, seeds, date.fromordinal(start + days)) for days in (first, second)]
    assert ages.index(found[0]) <= ages.index(found[1])


def test_a_source_is_known_from_the_last_day_of_its_date() -> None:
    assert known_by(GAZETTE) == date(2025, 3, 1)
    assert known_by(LEDGER) == date(2025, 6, 30)
    assert known_by(msgspec.structs.replace(LEDGER, published=None, dated=when("2024/2025-02"))) == date(2025, 2, 28)
    assert known_by(msgspec.structs.replace(LEDGER, published=None, read=date(2025, 7, 4))) == date(2025, 7, 4)
    assert known_by(msgspec.structs.replace(LEDGER, published=None)) == date.min


@pytest.mark.parametrize(("text", "days"), [("1 day", 1), ("2 weeks", 14), ("6 months", 183), ("12 months", 365), ("2 years", 730)])
def test_a_shelf_life_in_days(text: str, days: int) -> None:
    assert shelf_days(text) == days


@pytest.mark.parametrize("text", ["", "soon", "6", "months", "-1 day", "1.5 years"])
def test_a_shelf_life_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        shelf_days(text)


def test_days_are_worded_without_the_machines_language() -> None:
    assert worded_day(date(2026, 11, 23)) == "23 November 2026"


def test_the_span_of_the_sources() -> None:
    assert span_of_sources(dossier()) == (date(2025, 3, 1), date(2025, 6, 30))
    assert span_of_sources(dossier(sources=())) is None
