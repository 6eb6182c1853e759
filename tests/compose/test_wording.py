"""What a fact says depends on the day: to come, overdue, happened, cancelled; and how old its sources are."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.compose.wording import (
    State,
    freshness,
    known_by,
    own_sentence,
    reported,
    resolvers,
    sentence,
    shelf_days,
    shelf_life,
    span_of_sources,
    state,
    superseders,
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


def test_the_date_that_an_expected_fact_speaks_of_is_its_due_date_where_it_has_no_other() -> None:
    talks = fact("talks", status="expected", when=when("2025-11"))
    assert state(talks, date(2025, 11, 30), {}) == "upcoming"
    assert state(talks, date(2025, 12, 1), {}) == "overdue"
    reported = fact("plan", status="planned", when=when("2025-11"))  # of a plan, when it was told
    assert state(reported, date(2025, 12, 1), {}) == "upcoming"


@pytest.mark.parametrize("status", ["expected", "planned", "announced"])
def test_a_plan_without_a_day_lapses_once_its_source_is_older_than_its_shelf_life(status: Status) -> None:
    plan = fact("plan", "A port is to be built.", status, label="Port")
    assert state(plan, AS_OF, {}) != "lapsed"
    assert state(plan, AS_OF, {}, stale=True) == "lapsed"
    assert sentence(plan, "lapsed") == f"Port: reported as {status}, {{reported}}; no later source was read."
    bare = msgspec.structs.replace(plan, label="")
    assert sentence(bare, "lapsed") == "As reported in {reported}: A port is to be built. No later source was read."
    worded = msgspec.structs.replace(plan, wording=Wording(lapsed="There was talk of a port."))
    assert sentence(worded, "lapsed") == "There was talk of a port."
    dated = msgspec.structs.replace(plan, due=when("2027"))
    assert state(dated, AS_OF, {}, stale=True) == "upcoming"


def test_what_is_still_to_come_by_an_old_source_is_told_as_its_report() -> None:
    plan = fact("plan", "A port is to open by {due}.", "expected", due=when("2030"))
    assert sentence(plan, "upcoming", stale=True) == "A port is to open by {due}, as reported in {reported}."
    assert sentence(plan, "upcoming") == "A port is to open by {due}."
    work = fact("work", "A port is being built.", "ongoing")
    assert sentence(work, "stands", stale=True) == "A port is being built, as reported in {reported}."
    assert sentence(fact("law", "A law holds.", "in-force"), "stands", stale=True) == "A law holds."


def test_a_newer_value_is_told_in_place_of_the_one_it_supersedes() -> None:
    old = fact("old", "The port holds {n} ships.", "in-force")
    new = fact("new", "The port holds more.", "in-force", supersedes=("old",))
    by = superseders(dossier(old, new))
    assert state(old, AS_OF, {}, by) == "superseded"
    assert state(new, AS_OF, {}, by) == "stands"
    assert told_by(old, "superseded", {}, by) is new
    happened = msgspec.structs.replace(old, status="happened")
    assert told_by(happened, "superseded", {}, by) is happened  # what took place stays so
    worded = msgspec.structs.replace(old, wording=Wording(superseded="It held fewer."))
    assert told_by(worded, "superseded", {}, by) is worded


@pytest.mark.parametrize("at", ["happened", "superseded", "cancelled"])
def test_in_a_list_of_all_facts_what_was_to_come_is_told_as_a_report(at: State) -> None:
    plan = fact("plan", "A port is to open.", "planned")
    assert own_sentence(plan, at) == "As reported in {reported}: A port is to open."
    assert own_sentence(fact("law", "A law holds.", "in-force"), at) == "A law holds."
    assert own_sentence(plan, "upcoming") == "A port is to open."


def test_a_report_is_dated_by_its_newest_source() -> None:
    both = fact("both", sources="gazette#1 ledger#2")
    seeds = dossier(both)
    assert reported(both, seeds) == when("2025-06")
    day = reported(fact("old"), seeds)
    assert day is not None
    assert day.worded() == "March 2025"
    long = msgspec.structs.replace(LEDGER, published=None, dated=when("2025-04/2025-06"))
    assert reported(both, dossier(both, sources=(GAZETTE, long))) == when("2025-04/2025-06")
    short = msgspec.structs.replace(LEDGER, published=None, dated=when("2025-05-30/2025-06-02"))
    assert reported(both, dossier(both, sources=(GAZETTE, short))) == when("2025-05/2025-06")
    undated = msgspec.structs.replace(LEDGER, published=None)
    assert reported(fact("none", sources="ledger#1"), dossier(sources=(undated,))) is None


def test_a_shelf_life_is_the_facts_own_or_its_measures_or_the_dossiers() -> None:
    made = dossier(header={"shelf_life": "1 day", "shelf_lives": {"count": "2 years"}})
    assert shelf_life(fact("a"), made) == "1 day"
    assert shelf_life(fact("b", measure="count"), made) == "2 years"
    assert shelf_life(fact("c", measure="count", shelf_life="3 weeks"), made) == "3 weeks"


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
    assert sentence(fact("talks", "Talks are to begin.", "expected"), "overdue") == (
        "As reported in {reported}: Talks are to begin. No source read here says that it took place."
    )
    dated = fact("talks", "Talks are to begin.", "expected", label="Talks", when=when("2025-11"))
    assert sentence(dated, "overdue") == "Talks was due by {when}; no source read here says that it took place."


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
