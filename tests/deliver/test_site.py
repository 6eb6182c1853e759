"""The site as files: whole, the same every time, its links lead somewhere, and no words of anybody become markup."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.deliver.site import build
from briefing.deliver.site_names import to
from briefing.deliver.site_pages import body_of
from briefing.deliver.site_words import fold, letter_of, parts_of, words
from briefing.website import Site
from tests.deliver import sites

_HERE = "http://site.test/"


class Tags(HTMLParser):
    """All elements of a page with their attributes, the ids, and the words."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def ids(self) -> list[str]:
        return [given["id"] for _, given in self.tags if "id" in given]

    def links(self) -> Iterator[tuple[str, str]]:
        for tag, attributes in self.tags:
            for name in ("href", "src", "action"):
                if name in attributes:
                    yield tag, attributes[name]


def pages(files: dict[str, bytes]) -> dict[str, Tags]:
    return {path: Tags(data) for path, data in files.items() if path.endswith("index.html") or path.startswith("search/")}


def text(page: bytes) -> str:
    return " ".join("".join(Tags(page).words).split())


def whole() -> Site:
    return sites.site(sites.three(), sites.brief(sites.edition(brief="other-brief", title="Another"), name="other-brief"))


def test_the_same_editions_give_the_same_bytes() -> None:
    assert build(whole()) == build(whole())


def test_every_link_leads_to_a_file_of_the_site_and_to_a_place_in_it() -> None:
    files = build(whole())
    found = pages(files)
    assert len(found) > 8
    for path, page in found.items():
        for tag, link in page.links():
            if link == "data:,":  # no icon, and none asked for
                continue
            url = urlsplit(urljoin(_HERE + path, link))
            assert f"{url.scheme}://{url.netloc}/" == _HERE, f"{path}: <{tag}> leads elsewhere: {link}"
            target = unquote(url.path)[1:]
            target += "index.html" if not target or target.endswith("/") else ""
            assert target in files, f"{path}: {link} leads nowhere"
            if url.fragment:
                assert unquote(url.fragment) in Tags(files[target]).ids, f"{path}: {link} leads to no place"


def test_a_page_has_one_name_for_each_place_and_loads_nothing_from_elsewhere() -> None:
    for path, page in pages(build(whole())).items():
        assert len(page.ids) == len(set(page.ids)), path
        policy = [given["content"] for tag, given in page.tags if given.get("http-equiv") == "Content-Security-Policy"]
        assert len(policy) == 1, path
        assert "default-src 'none'" in policy[0]
        assert "script-src 'self';" in policy[0]
        loaded = [given["src"] for _, given in page.tags if "src" in given]
        assert loaded in ([], ["../site/search.js"]), path
        assert not [name for _, given in page.tags for name in given if name.startswith("on")], path


def test_a_link_is_relative_and_the_site_may_stand_anywhere() -> None:
    assert to("index.html", "index.html") == "./"
    assert to("index.html", "briefs/harbour/3/index.html") == "../../../"
    assert to("briefs/harbour/index.html", "briefs/harbour/3/index.html") == "../"
    assert to("briefs/harbour/2/index.html#works", "search/words-a.html") == "../briefs/harbour/2/#works"
    assert to("briefs/a b/1/x.pdf", "briefs/a b/index.html") == "1/x.pdf"


@settings(max_examples=40)
@given(
    st.lists(st.from_regex(r"[a-zé #?%&]{1,6}", fullmatch=True), min_size=1, max_size=4),
    st.lists(st.from_regex(r"[a-zé #?%&]{1,6}", fullmatch=True), min_size=1, max_size=4),
)
def test_a_link_leads_from_any_page_to_any_other(here: list[str], there: list[str]) -> None:
    page, target = "/".join(here), "/".join(there).replace("#", "")
    if any(part in {"", ".", ".."} for part in target.split("/")):
        return
    from urllib.parse import quote

    url = urlsplit(urljoin(_HERE + quote(page), to(target, page)))
    assert unquote(url.path)[1:] == target


# ------------------------------------------------------------------------------------------------------------- withdrawn, withheld


def test_a_withdrawn_edition_says_so_and_names_the_one_in_its_place() -> None:
    files = build(whole())
    page = files["briefs/harbour/2/index.html"]
    assert "This edition is withdrawn and must not be relied on. Withdrawn on 15 March 2025: A figure is of another year." in text(
        page
    )
    assert "Edition 3 stands in its place." in text(page)
    assert b'<meta name="robots" content="noindex">' in page
    assert "Withdrawn on 15 March 2025" in text(files["briefs/harbour/index.html"])
    assert b"noindex" not in files["briefs/harbour/3/index.html"]
    assert "This is an earlier edition. Edition 3 is the current one." in text(files["briefs/harbour/1/index.html"])


def test_a_brief_without_an_edition_that_stands_says_so() -> None:
    gone = sites.edition(1, withdrawn=sites.moment("2025-03-15"), because="An error")
    files = build(sites.site(sites.brief(gone)))
    for path in ("index.html", "briefs/harbour/index.html"):
        assert "No edition of this brief stands at present." in text(files[path])
    assert "No edition stands in its place yet." in text(files["briefs/harbour/1/index.html"])


def test_of_an_edition_that_may_not_be_shown_nothing_is() -> None:
    hidden = sites.edition(2, title="Secret title", words="Secret words", withheld="This edition cannot be shown here.")
    hidden = msgspec.structs.replace(hidden, title="Edition 2")
    files = build(sites.site(sites.brief(hidden, sites.edition(1))))
    assert not [path for path, data in files.items() if b"Secret" in data]
    assert [path for path in files if path.startswith("briefs/harbour/2/")] == ["briefs/harbour/2/index.html"]
    assert "This edition cannot be shown here." in text(files["briefs/harbour/2/index.html"])
    assert "Edition 1, issued 1 February 2025" in text(files["index.html"])


# ------------------------------------------------------------------------------------------------------------ words stay words


def hostile(words: str) -> Site:
    """Return a site with the same words wherever words can be."""
    source = msgspec.structs.replace(
        sites.site().sources[0],
        title=words, publisher=words, author=words, reliability=words, published=words, url=words, kind=words, language=words,
    )  # fmt: skip
    one = sites.edition(1, title=words, withdrawn=sites.moment("2025-03-15"), because=words, successor=2)
    two = sites.edition(2, title=words, changes=(words, words), correction=words, series=words, language=words, words=words)
    return sites.site(
        sites.brief(two, one), title=words, subject=words, publisher=words, contact=words, disclaimer=words, sources=(source,)
    )


def structure(site: Site) -> dict[str, list[tuple[str, list[str]]]]:
    """Return the elements of every page and the names of their attributes, the lists of words apart, which words make."""
    return {
        path: [(tag, list(given)) for tag, given in page.tags]
        for path, page in pages(build(site)).items()
        if not path.startswith("search/")
    }


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_words_make_an_element_an_attribute_or_an_address(words: str) -> None:
    if words.lower().startswith(("http://", "https://")):
        return
    assert structure(hostile(words)) == structure(hostile("plain"))


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}",
        "{% raw %}",
        "javascript:alert(1)",
        "</title></style>",
    ],
)
def test_what_would_be_code_elsewhere_is_words_here(words: str) -> None:
    files = build(hostile(words))
    assert structure(hostile(words)) == structure(hostile("plain"))
    assert words in text(files["index.html"])
    assert json.loads(files["site/texts.json"])[0]["of"] == words
    assert not [link for page in pages(files).values() for _, link in page.links() if link.startswith("javascript:")]


def test_a_source_is_linked_where_its_address_is_one_of_the_web() -> None:
    source = msgspec.structs.replace(sites.site().sources[0], url="https://gazette.example/trams?a=1&b=2")
    page = Tags(build(sites.site(sources=(source,)))["sources/index.html"])
    assert ("a", {"href": "https://gazette.example/trams?a=1&b=2", "rel": "noreferrer"}) in page.tags


# --------------------------------------------------------------------------------------------------------- search, sums, robots


def test_every_word_of_the_current_editions_is_found_without_script() -> None:
    files = build(whole())
    listed = {
        word
        for path, data in files.items()
        if path.startswith("search/words-")
        for word in re.findall(r"<dt>(.*?)</dt>", data.decode())
    }
    assert {"Opening", "harbour", "line", "costs", "EUR", "100", "million", "Works", "Gazette"} <= listed
    assert not listed & {"the", "The"}
    page = files["search/words-w.html"].decode()
    assert '<a href="../briefs/harbour/3/#works">Works</a>' in page
    form = next(given for tag, given in Tags(files["search/index.html"]).tags if tag == "form")
    assert "hidden" in form, "without script there is no form that does nothing"


def test_parts_are_cut_at_headings_and_what_is_hidden_or_drawn_is_no_text() -> None:
    body = (
        '<h1>Title</h1><p>First<br>line, a<b>b</b>c</p><p hidden>secret <b>too</b></p><h2 id="x">Head &amp; tail</h2>'
        '<svg><g aria-hidden="true"><text>drawn</text></g></svg><table><tr><td>one</td><td>two</td></tr></table>'
        '<span class="cite">[<a href="#s">1</a>]</span>'
    )
    found = [(part.path, part.heading, part.text) for part in parts_of(body, "p.html", "Name")]
    assert found == [("p.html", "Title", "First line, abc"), ("p.html#x", "Head & tail", "one two")]


def test_words_that_differ_in_case_or_accents_are_one() -> None:
    parts = parts_of("<p>Élan elan ELAN Élan, 22.8 and 7</p>", "p.html", "")
    assert [word for word, _ in words(parts)] == ["22.8", "7", "Élan"]
    assert [letter_of(word) for word in ("Élan", "22.8", "日本")] == ["e", "0-9", "other"]
    assert fold("ÉLAN") == "elan"


def test_every_file_stands_in_the_sums_and_the_list() -> None:
    files = build(whole())
    sums = {path: digest for digest, path in (line.split("  ", 1) for line in sites.lines(files["SHA256SUMS"]))}
    listed = json.loads(files["site.json"])["files"]
    assert {path: sha256(data).hexdigest() for path, data in files.items() if path != "site.json"} == listed
    assert listed.keys() - sums.keys() == {"SHA256SUMS"}
    assert sums.items() <= listed.items()
    assert list(files)[-4:] == ["feed.xml", "index.html", "SHA256SUMS", "site.json"]


def test_where_the_address_is_known_there_is_a_map_and_the_page_not_found_leads_home() -> None:
    files = build(sites.site(address="https://example.org/briefs/"))
    assert b"Sitemap: https://example.org/briefs/sitemap.xml\n" in files["robots.txt"]
    assert b"<loc>https://example.org/briefs/briefs/harbour/</loc><lastmod>2025-02-01</lastmod>" in files["sitemap.xml"]
    assert 'href="https://example.org/briefs/search/"' in files["404.html"].decode()
    bare = build(sites.site())
    assert "sitemap.xml" not in bare
    assert bare["robots.txt"] == b"User-agent: *\nAllow: /\n"
    assert {link for _, link in Tags(bare["404.html"]).links()} >= {"/", "/search/", "/feed.xml"}
    assert b'<link rel="stylesheet"' not in bare["404.html"], "it is shown at any depth, and has its style in itself"


def test_names_are_kept_in_their_folder() -> None:
    files = build(sites.site(sites.brief(sites.edition(files={"../../x.pdf": b"%PDF"}))))
    assert all(posixpath.normpath(path) == path and not path.startswith("..") for path in files)


def test_a_page_that_is_no_document_of_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="no main part"):
        body_of("<html><body>Something</body></html>")
