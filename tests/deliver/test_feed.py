"""Feeds are what RFC 4287 asks for, and their ids outlive everything but the edition."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from briefing.deliver.feed import feed, sound_authority
from briefing.website import Site
from tests.deliver import sites

_ATOM = "{http://www.w3.org/2005/Atom}"
_TAG = re.compile(r"tag:[a-z0-9.-]+(@[a-z0-9.-]+)?,\d{4}(-\d\d(-\d\d)?)?:[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")  # RFC 4151, 2.1
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # RFC 3339, and RFC 4287, 3.3: a capital T and Z


def valid(data: bytes) -> etree._Element:
    """Return the feed, once it is what the RFC asks for: the grammar of Appendix B, and the rules that no grammar can say."""
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    assert schema.validate(root), schema.error_log
    ids = [each.text for each in root.iter(f"{_ATOM}id")]
    assert len(ids) == len(set(ids)), "4.1.1: entries with one id are one entry"
    assert all(re.fullmatch(r"[a-z]+:\S+", each or "") for each in ids), "4.2.6: an id is an IRI, never relative"
    assert root.find(f"{_ATOM}author") is not None, "4.1.1: an author for all entries that have none"
    for each in [root, *root.iter(f"{_ATOM}entry")]:
        links = [(link.get("rel", "alternate"), link.get("type"), link.get("hreflang")) for link in each.findall(f"{_ATOM}link")]
        alternates = [link for link in links if link[0] == "alternate"]
        assert len(alternates) == len(set(alternates)) == 1, "4.1.2: an entry without content has one alternate; no two of one type"
    for tag in ("updated", "published"):
        assert all(_MOMENT.fullmatch(each.text or "") for each in root.iter(f"{_ATOM}{tag}"))
    assert [link.get("rel") for link in root.findall(f"{_ATOM}link")].count("self") == 1, "4.1.1: a feed should tell where it is"
    return root


def ids(data: bytes) -> list[str]:
    return [each.text or "" for each in valid(data).iter(f"{_ATOM}id")]


def test_a_feed_is_valid_and_its_ids_are_tag_uris() -> None:
    made = sites.site(sites.three(), address="https://example.org/briefs/")
    for data in (feed(made), feed(made, made.briefs[0])):
        assert [each for each in ids(data) if not _TAG.fullmatch(each)] == []
    assert ids(feed(made))[1:] == [f"tag:example.org,2025-0{month}-01:briefs/harbour/{n}" for n, month in ((3, 4), (2, 3), (1, 2))]


def test_an_id_stays_whatever_else_changes() -> None:
    made = sites.site(sites.three())
    first = made.briefs[0].editions[-1]
    later = msgspec.structs.replace(
        first, title="Another title", withdrawn=sites.moment("2026-01-01"), because="An error", successor=3
    )
    changed = sites.site(
        sites.brief(*made.briefs[0].editions[:2], later),
        address="https://elsewhere.example/x/",
        title="Another",
        publisher="Others",
    )
    assert sorted(ids(feed(changed))) == sorted(ids(feed(made)))


def test_a_site_without_a_name_of_its_own_has_uuids_that_stay() -> None:
    made, moved = (sites.site(sites.three(), authority="", **more) for more in ({}, {"address": "https://example.org/"}))
    assert ids(feed(made)) == ids(feed(moved))
    assert all(
        re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each)
        for each in ids(feed(made))
    )


def test_updated_is_when_an_edition_was_issued_or_withdrawn() -> None:
    root = valid(feed(sites.site(sites.three())))
    found = {
        entry.findtext(f"{_ATOM}title"): (entry.findtext(f"{_ATOM}published"), entry.findtext(f"{_ATOM}updated"))
        for entry in root.iter(f"{_ATOM}entry")
    }
    assert found == {
        "Opening the harbour line, edition 3": ("2025-04-01T12:00:00Z", "2025-04-01T12:00:00Z"),
        "Withdrawn: Opening the harbour line, edition 2": ("2025-03-01T12:00:00Z", "2025-03-15T09:30:00Z"),
        "Opening the harbour line, edition 1": ("2025-02-01T12:00:00Z", "2025-02-01T12:00:00Z"),
    }
    assert root.findtext(f"{_ATOM}updated") == "2025-04-01T12:00:00Z"


def test_an_entry_tells_what_changed_what_it_corrects_and_where_the_files_are() -> None:
    root = valid(feed(sites.site(sites.three(), address="https://example.org/briefs/")))
    newest, withdrawn = list(root.iter(f"{_ATOM}entry"))[:2]
    words = " ".join("".join(newest.find(f"{_ATOM}summary").itertext()).split())
    assert "Cost of the line: EUR 100 million, now EUR 120 million" in words
    assert "Corrects edition 2, which was withdrawn: wrong year" in words
    files = {link.get("href"): link.get("length") for link in newest.findall(f"{_ATOM}link") if link.get("rel") == "enclosure"}
    assert files["https://example.org/briefs/briefs/harbour/3/harbour.pdf"] == "12"
    gone = " ".join("".join(withdrawn.find(f"{_ATOM}summary").itertext()).split())
    assert gone.startswith("Withdrawn on 2025-03-15: A figure is of another year. Edition 3 stands in its place.")
    assert not [link for link in withdrawn.findall(f"{_ATOM}link") if link.get("rel") == "enclosure"]


def test_moments_are_told_in_utc_wherever_an_edition_was_issued() -> None:
    root = valid(feed(sites.site(sites.brief(sites.edition(1, "2025-02-01T09:00+09:00")))))
    assert root.findtext(f"{_ATOM}updated") == "2025-02-01T00:00:00Z"


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(st.characters(exclude_categories=["Cs"])))
def test_no_words_make_a_feed_invalid_or_say_something_else(title: str, line: str) -> None:
    made: Site = sites.site(sites.brief(sites.edition(2, title=title, changes=(line,))), title=title, publisher=title, subject=line)
    root = valid(feed(made))

    def kept(text: str) -> str:  # XML cannot say the rest; a line end of any kind is one
        return re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", re.sub("\r\n?", "\n", text))

    assert (root.findtext(f"{_ATOM}title") or "") == kept(title)
    told = root.find(".//{http://www.w3.org/1999/xhtml}li")
    assert told is not None
    assert (told.text or "", len(told)) == (kept(line), 0)


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("example.org", True),
        ("desk@example.org,2024", True),
        ("example.org,2024-05-01", True),
        ("", False),
        ("exa mple.org", False),
        ("example.org:80", False),
        ("example.org,next", False),
        ("-x.org", False),
    ],
)
def test_ids_are_minted_under_a_domain_or_an_address(text: str, sound: bool) -> None:
    assert sound_authority(text) is sound


def test_an_authority_with_a_date_of_its_own_keeps_it() -> None:
    assert ids(feed(sites.site(authority="example.org,2020")))[0] == "tag:example.org,2020:briefs"


def test_of_many_changes_an_entry_tells_the_first_and_how_many_more_there_are() -> None:
    data = feed(sites.site(sites.brief(sites.edition(2, changes=tuple(f"line {n}" for n in range(40))))))
    valid(data)
    assert data.count(b"<li>") == 13
    assert b"<li>and 28 more, on the edition's page</li>" in data
