"""One decision a reader and document: who gets what, who does not and why, in words and as data, for however many readers."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.deliver.plan import Excluded, Offer, Wanted, as_dict, line, plan, plan_all, wanted_themes
from briefing.delivery import Reader, Variant
from briefing.problems import BriefingError

DAY = date(2026, 3, 1)
LADDER = ("public", "official", "restricted")
OFFER = Offer("policy-brief", 3, ("pdf", "docx", "html"), marking="official", ladder=LADDER, themes=("economic", "defence"))
ANN = Reader("ann", "Ann", "ann@example.org", ("policy-brief",), clearance="official", channel="outbox")


def lines(reader: Reader = ANN, offer: Offer = OFFER, **about: Any) -> list[str]:
    return [line(decision) for decision in plan(reader, offer, DAY, **about)]


def but(**changes: Any) -> Reader:
    return msgspec.structs.replace(ANN, **changes)


def offered(**changes: Any) -> Offer:
    return msgspec.structs.replace(OFFER, **changes)


def test_a_reader_gets_an_edition_in_the_formats_asked_for() -> None:
    (wanted,) = plan(but(formats=("html", "pdf"), look="large"), OFFER, DAY)
    assert wanted == Wanted(
        but(formats=("html", "pdf"), look="large"), "policy-brief/3", Variant("", "official", "large"), ("html", "pdf"), "outbox"
    )
    assert line(wanted) == "ann: policy-brief/3, html and pdf, by outbox"


EXCLUDED: list[tuple[str, Reader, Offer, dict[str, Any], str]] = [
    ("not subscribed", but(briefs=("one-page-summary",)), OFFER, {}, "ann: not policy-brief/3: does not subscribe to policy-brief"),
    ("paused", but(paused=True), OFFER, {}, "ann: not policy-brief/3: is paused"),
    ("ended", but(until=date(2026, 2, 28)), OFFER, {}, "ann: not policy-brief/3: ended on 2026-02-28"),
    ("withdrawn", ANN, offered(withdrawn="a wrong figure"), {}, "ann: not policy-brief/3: the edition is withdrawn: a wrong figure"),
    ("minor", ANN, offered(kind="minor"), {}, "ann: not policy-brief/3: the edition is a minor one, and the reader gets major ones"),
    ("minor", but(minor=False), offered(kind="minor"), {"minor": True}, "ann: not policy-brief/3: the edition is a minor one, and the reader gets major ones"),
    ("language", but(language="ja"), OFFER, {}, "ann: not policy-brief/3: wants ja; the edition is in en-GB"),
    ("language", but(language="en-US"), OFFER, {}, "ann: not policy-brief/3: wants en-US; the edition is in en-GB"),
    ("domain", ANN, OFFER, {"allow": ("example.com", "*.example.org")}, "ann: not policy-brief/3: example.org is not among the domains that mail may go to"),
    ("suppressed", ANN, OFFER, {"suppressed": "bounced on 2026-01-05: no such user"}, "ann: not policy-brief/3: the address is suppressed: bounced on 2026-01-05: no such user"),
    ("theme", but(themes=("ports",)), OFFER, {}, "ann: not policy-brief-ports/3: the edition has nothing on ports"),
    ("clearance", but(clearance=""), offered(floor="official"), {}, "ann: not policy-brief/3: cleared for public; all of the edition is official"),
    ("clearance", ANN, offered(floor="unheard-of"), {}, "ann: not policy-brief/3: cleared for official; all of the edition is unheard-of"),
    ("format", but(formats=("txt",)), OFFER, {}, "ann: not policy-brief/3: wants txt; the edition has pdf, docx, html"),
    ("format", ANN, offered(formats=()), {}, "ann: not policy-brief/3: wants pdf; the edition has no format"),
    ("delivered", ANN, OFFER, {"had": {"policy-brief": 3}}, "ann: not policy-brief/3: edition 3 is delivered already"),
    ("delivered", ANN, OFFER, {"had": {"policy-brief": 4}}, "ann: not policy-brief/3: edition 4 is delivered already"),
    ("nothing new", but(themes=("economic",)), offered(news={"economic": 2}), {"had": {"policy-brief-economic": 2}},
     "ann: not policy-brief-economic/3: nothing new on economic since edition 2, which is delivered"),
    ("nothing new", ANN, offered(news={"": 1}), {"had": {"policy-brief": 2}}, "ann: not policy-brief/3: nothing new since edition 2, which is delivered"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "reader", "offer", "about", "said"), EXCLUDED, ids=[f"{row[0]} {number}" for number, row in enumerate(EXCLUDED)]
)
def test_whoever_gets_nothing_is_told_why(why: str, reader: Reader, offer: Offer, about: dict[str, Any], said: str) -> None:
    (decision,) = plan(reader, offer, DAY, **about)
    assert isinstance(decision, Excluded)
    assert (decision.why, line(decision)) == (why, said)


@pytest.mark.parametrize(
    ("reader", "offer", "about"),
    [
        (but(briefs=("all",)), OFFER, {}),
        (but(until=DAY), OFFER, {}),
        (but(minor=True), offered(kind="minor"), {}),
        (ANN, offered(kind="minor"), {"minor": True}),
        (but(language="en"), OFFER, {}),
        (but(language="EN-gb"), OFFER, {}),
        (ANN, OFFER, {"allow": ("example.org",)}),
        (but(channel="folder", folder="/srv"), OFFER, {"allow": ("example.com",)}),
        (ANN, offered(floor="official"), {}),
        (ANN, OFFER, {"had": {"policy-brief": 2, "policy-brief-economic": 3, "one-page-summary": 9}}),
        (ANN, offered(news={"": 3, "economic": 1}), {"had": {"policy-brief": 2}}),
        (ANN, offered(news={"": 1}), {}),  # who has had none gets the one that stands
    ],
)
def test_at_the_edge_of_each_reason_the_edition_is_delivered(reader: Reader, offer: Offer, about: dict[str, Any]) -> None:
    assert lines(reader, offer, **about) == [f"ann: policy-brief/3, pdf, by {reader.channel}"]


def test_a_lower_clearance_gives_a_lower_variant_and_a_higher_one_no_more_than_was_issued() -> None:
    for clearance, made, notes in [
        ("", "public", ("without what is above public",)),
        ("public", "public", ("without what is above public",)),
        ("official", "official", ()),
        ("restricted", "official", ()),
    ]:
        (wanted,) = plan(but(clearance=clearance), OFFER, DAY)
        assert isinstance(wanted, Wanted)
        assert (wanted.variant.clearance, wanted.notes) == (made, notes)
    assert lines(but(clearance="")) == ["ann: policy-brief/3, pdf, by outbox (without what is above public)"]


def test_a_clearance_that_nobody_knows_is_refused_rather_than_guessed() -> None:
    with pytest.raises(BriefingError, match="'top' of the reader is not in the dossier's ladder"):
        plan(but(clearance="top"), OFFER, DAY)


def test_themes_give_a_document_each_and_the_whole_takes_them_in() -> None:
    assert lines(but(themes=("economic", "ports", "defence")), had={"policy-brief-defence": 3}) == [
        "ann: policy-brief-economic/3, pdf, by outbox",
        "ann: not policy-brief-ports/3: the edition has nothing on ports",
        "ann: not policy-brief-defence/3: edition 3 is delivered already",
    ]
    assert lines(but(briefs=("all/economic", "policy-brief"))) == ["ann: policy-brief/3, pdf, by outbox"]
    assert wanted_themes(but(briefs=("all/economic", "one-page-summary/defence")), "policy-brief") == ("economic",)
    assert wanted_themes(but(briefs=("policy-brief/economic", "all/defence", "policy-brief/economic")), "policy-brief") == (
        "economic",
        "defence",
    )


def test_formats_that_the_edition_does_not_have_are_noted() -> None:
    assert lines(but(formats=("pdf", "txt"))) == ["ann: policy-brief/3, pdf, by outbox (not as txt)"]


def test_decisions_are_data_for_json() -> None:
    assert [as_dict(decision) for decision in (*plan(but(formats=("pdf", "txt")), OFFER, DAY), *plan(but(paused=True), OFFER, DAY))] == [
        {
            "reader": "ann", "name": "Ann", "address": "ann@example.org", "edition": "policy-brief/3", "wanted": True, "channel": "outbox",
            "formats": ["pdf"], "theme": "", "clearance": "official", "look": "", "notes": ["not as txt"],
        },
        {
            "reader": "ann", "name": "Ann", "address": "ann@example.org", "edition": "policy-brief/3", "wanted": False, "why": "paused",
            "reason": "is paused",
        },
    ]  # fmt: skip


READERS = st.builds(
    Reader, id=st.just("ann"), address=st.sampled_from(["ann@example.org", "ann@example.com", ""]), folder=st.just("/srv"),
    briefs=st.lists(st.sampled_from(["all", "policy-brief", "other", "policy-brief/economic", "all/ports"])).map(tuple),
    themes=st.lists(st.sampled_from(["economic", "defence", "ports"])).map(tuple),
    formats=st.lists(st.sampled_from(["pdf", "docx", "html", "txt"]), min_size=1, unique=True).map(tuple),
    language=st.sampled_from(["", "en", "ja"]), channel=st.sampled_from(["outbox", "smtp", "folder"]),
    clearance=st.sampled_from(["", *LADDER]), paused=st.booleans(), minor=st.none() | st.booleans(),
    until=st.none() | st.dates(date(2026, 2, 20), date(2026, 3, 10)),
)  # fmt: skip


@given(
    READERS,
    st.sampled_from(["", *LADDER]),
    st.sampled_from(["major", "minor"]),
    st.dictionaries(st.sampled_from(["policy-brief", "policy-brief-economic"]), st.integers(1, 4)),
)
def test_every_reader_has_one_decision_a_document_and_never_more_than_the_clearance(
    reader: Reader, marking: str, kind: Any, had: dict[str, int]
) -> None:
    offer = offered(marking=marking, kind=kind)
    decisions = plan(reader, offer, DAY, allow=("example.org",), had=had)
    assert decisions
    editions = [decision.edition for decision in decisions]
    assert len(set(editions)) == len(editions)
    for decision in decisions:
        assert "\n" not in line(decision)
        json.dumps(as_dict(decision))
        if isinstance(decision, Wanted):
            assert not reader.paused
            assert LADDER.index(decision.variant.clearance) <= LADDER.index(reader.clearance or "public")
            assert LADDER.index(decision.variant.clearance) <= LADDER.index(marking or "public")
            assert decision.formats
            assert set(decision.formats) <= set(offer.formats)
            assert had.get(decision.edition.rpartition("/")[0], 0) < 3


def test_many_readers_are_planned_without_being_held() -> None:
    def readers() -> Iterator[Reader]:
        for number in range(8_000):
            yield Reader(f"r{number}", address=f"r{number}@example.org", briefs=("all",), channel="outbox", paused=number % 2 == 0)

    tracemalloc.start()
    try:
        wanted = sum(isinstance(decision, Wanted) for decision in plan_all(readers(), OFFER, DAY))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert wanted == 4_000
    assert peak < 200_000  # the readers alone would take tens of megabytes


def test_what_the_ledger_knows_is_asked_of_each_reader() -> None:
    readers = [but(id="a"), but(id="b"), but(id="c")]
    decisions = plan_all(
        readers,
        OFFER,
        DAY,
        suppressed=lambda reader: "bounced" if reader.id == "a" else "",
        had=lambda reader: {"policy-brief": 3} if reader.id == "b" else {},
    )
    assert [line(decision) for decision in decisions] == [
        "a: not policy-brief/3: the address is suppressed: bounced",
        "b: not policy-brief/3: edition 3 is delivered already",
        "c: policy-brief/3, pdf, by outbox",
    ]
