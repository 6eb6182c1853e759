"""What changed between two sets of facts: named by kind, complete, and enough to get from the one to the other."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.edition import Change, FactUsed, FigureUsed
from briefing.editions.changes import apply, differences

words = st.sampled_from(["", "a", "not a", "the a", "b {n}", "2025", "2025-08"])
figures = st.builds(FigureUsed, words, st.sampled_from(["", "1", "2.5"]), unit=st.sampled_from(["", "EUR"]))
records = st.builds(
    FactUsed,
    st.sampled_from("abcdef"),
    label=words,
    says=words,
    sentence=words,
    status=st.sampled_from(["planned", "happened", "in-force"]),
    state=st.sampled_from(["stands", "upcoming", "overdue", "happened", "cancelled"]),
    freshness=st.sampled_from(["fresh", "ageing", "stale"]),
    when=words,
    due=words,
    measure=words,
    figures=st.dictionaries(st.sampled_from(["n", "m"]), figures),
    sources=st.lists(st.sampled_from(["x#1", "y#2,3"]), unique=True).map(tuple),
    disputed=st.lists(st.sampled_from(["d1", "d2"]), unique=True).map(tuple),
    replaces=st.lists(st.sampled_from("abc"), unique=True).map(tuple),
)
sets = st.lists(records, unique_by=lambda fact: fact.id, max_size=6).map(tuple)


def kept(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return changes as a manifest gives them back."""
    return msgspec.json.decode(msgspec.json.encode(changes), type=tuple[Change, ...])


@given(sets, sets)
def test_the_changes_lead_from_the_first_facts_to_the_second(was: tuple[FactUsed, ...], now: tuple[FactUsed, ...]) -> None:
    assert apply(was, kept(differences(was, now))) == {fact.id: fact for fact in now}


@given(sets, sets)
def test_there_is_a_change_for_each_field_that_differs_and_no_other(was: tuple[FactUsed, ...], now: tuple[FactUsed, ...]) -> None:
    before, after = {fact.id: fact for fact in was}, {fact.id: fact for fact in now}
    expected = set()
    for name in before.keys() | after.keys():
        if name not in before or name not in after:
            expected.add((name, ""))
            continue
        for field in FactUsed.__struct_fields__:
            first, second = getattr(before[name], field), getattr(after[name], field)
            if field == "figures":
                expected |= {(name, f"figures.{key}") for key in first.keys() | second.keys() if first.get(key) != second.get(key)}
            elif first != second:
                expected.add((name, field))
    assert sorted((change.fact, change.field) for change in differences(was, now)) == sorted(expected)


@given(sets)
def test_nothing_has_changed_between_a_set_and_itself(facts: tuple[FactUsed, ...]) -> None:
    assert differences(facts, facts) == ()


def test_a_change_that_does_not_fit_is_refused() -> None:
    (change,) = differences((FactUsed("a", label="x"),), (FactUsed("a", label="y"),))
    with pytest.raises(ValueError, match=r"a\.label is not what the change begins with"):
        apply((FactUsed("a", label="z"),), (change,))
    (gone,) = differences((FactUsed("a"),), ())
    with pytest.raises(ValueError, match="a is not what"):
        apply((FactUsed("a", label="z"),), (gone,))
    (new,) = differences((), (FactUsed("a"),))
    with pytest.raises(ValueError, match="a is there already"):
        apply((FactUsed("a"),), (new,))


@pytest.mark.parametrize(
    ("was", "now", "kind", "field"),
    [
        (FactUsed("a", state="upcoming"), FactUsed("a", state="overdue"), "overdue", "state"),
        (FactUsed("a", state="overdue"), FactUsed("a", state="happened"), "happened", "state"),
        (FactUsed("a", state="overdue"), FactUsed("a", state="cancelled"), "cancelled", "state"),
        (FactUsed("a", state="overdue"), FactUsed("a", state="upcoming"), "reopened", "state"),
        (FactUsed("a", freshness="ageing"), FactUsed("a", freshness="stale"), "stale", "freshness"),
        (FactUsed("a", freshness="stale"), FactUsed("a", freshness="fresh"), "refreshed", "freshness"),
        (FactUsed("a", freshness="fresh"), FactUsed("a", freshness="ageing"), "aged", "freshness"),
        (FactUsed("a"), FactUsed("a", disputed=("d",)), "disputed", "disputed"),
        (FactUsed("a", disputed=("d",)), FactUsed("a"), "settled", "disputed"),
        (FactUsed("a", sources=("x#1",)), FactUsed("a", sources=("x#2",)), "source", "sources"),
        (FactUsed("a", status="planned"), FactUsed("a", status="agreed"), "revised", "status"),
        (FactUsed("a", says="It stands."), FactUsed("a", says="It has not stood."), "restated", "says"),
        (FactUsed("a", says="It is the pier."), FactUsed("a", says="This was a pier"), "reworded", "says"),
        (FactUsed("a", says="It has {n}."), FactUsed("a", says="It has {m}."), "restated", "says"),
        (FactUsed("a", sentence="1"), FactUsed("a", sentence="2"), "follows", "sentence"),
    ],
)
def test_each_change_has_its_kind(was: FactUsed, now: FactUsed, kind: str, field: str) -> None:
    (change,) = differences((was,), (now,))
    assert (change.kind, change.field) == (kind, field)


def test_a_fact_that_is_known_and_not_printed_was_left_out_and_one_that_is_gone_withdrawn() -> None:
    was = (FactUsed("a"), FactUsed("b"))
    assert [change.kind for change in differences(was, (), known=("a",))] == ["left-out", "withdrawn"]
    assert [change.kind for change in differences((), was, known_before=("a",))] == ["shown", "new"]


def test_a_fact_that_supersedes_another_is_a_revision_of_it() -> None:
    old, new = FactUsed("a", sentence="It was 1."), FactUsed("b", sentence="It was 2.", replaces=("a",))
    first, second = differences((old,), (new,), known=("a",))
    assert (first.kind, first.fact, first.was, first.now) == ("revised", "b", "It was 1.", "It was 2.")
    assert second.kind == "left-out"
