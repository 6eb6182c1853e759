from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.deliver.bodies import Said, html_body
from tests.deliver.parcels import PAGE

NOTHING = Said("", "", (), (), ())


def shown(main: str, style: str = "", said: Said = NOTHING) -> str:
    """Return the page of a mail whose summary has this in its `main`."""
    return html_body(f"<html><head><style>{style}</style></head><body><main>{main}</main></body></html>", "Trade", "en", said)


class Elements(HTMLParser):
    """The elements and attributes of a page, and whether each is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")
        if tag not in {"meta", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_look_is_written_out_on_each_element_with_its_variables_and_sums_done() -> None:
    page = html_body(PAGE, "Trade", "en", NOTHING)
    (style,) = re.findall(r'<p style="([^"]*)">One-page summary', page)
    assert "font-family: &#x27;Source Sans 3&#x27;, Arial, sans-serif" in style
    assert "font-size: 8px" in style
    assert "line-height: 1.8" in style
    assert "color: #1b3a5c" in style
    assert "red" not in page
    assert not re.search(r"var\(|calc\(|rem[;\"]|<style", page)


def test_words_and_their_marks_stay_and_what_only_a_browser_can_do_goes() -> None:
    page = html_body(PAGE, "Trade", "en", NOTHING)
    assert "Trade &amp; money</h1>" in page
    assert re.sub(r"<[^>]*>", "", page.partition("Trade was")[2].partition("</p>")[0]) == " USD 22.8 billion [1]."
    assert "Skip to the text" not in page
    assert not re.search(r"class=|data-|href=\"#|tabindex", page)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example/x></sCrIpT>",
        '<img src="https://evil.example/pixel.gif" onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" javascript:alert(1)">x</a>',
        '<a href="https://example.org/" onclick="alert(1)">x</a>',
        '<p style="background: url(https://evil.example/)">x</p>',
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        '<iframe src="https://evil.example/"></iframe>',
        '<form action="https://evil.example/"><input name="password"></form>',
        '<svg onload="alert(1)" aria-label="A chart"><image href="https://evil.example/"/></svg>',
        '<base href="https://evil.example/"><meta http-equiv="refresh" content="0; https://evil.example/">',
        '<p lang="x&quot; onload=&quot;alert(1)">x</p>',
        "<!--><img src=https://evil.example/>-->",
        "</main><script>alert(1)</script><main>",
        "<style>p { background: url(https://evil.example/) }</style>",
    ],
)
def test_nothing_that_runs_or_asks_elsewhere_gets_through(hostile: str) -> None:
    page = shown(
        f"<p>before</p>{hostile}<p>after</p>", style="p { background: url(https://evil.example/); color: expression(alert(1)) }"
    )
    found = Elements(page)
    assert not found.open
    assert not set(found.names) & {"script", "img", "iframe", "form", "input", "link", "svg", "image", "base", "style"}
    assert not set(found.attributes) - {"lang", "charset", "name", "content", "style", "href"}
    assert all(re.match(r"https://example\.org/", each) for each in found.attributes.get("href", []))
    assert not any("url" in each or "expression" in each or "evil" in each for each in found.attributes["style"])
    assert "before" in page
    assert "after" in page


def test_a_chart_is_said_in_words_once_though_it_is_drawn_twice() -> None:
    chart = '<svg class="{}" aria-label="Two bars."><g><text>8.5</text></g></svg>'
    page = shown(
        f'<figure class="chart"><figcaption>Pledges</figcaption>{chart.format("wide")}{chart.format("narrow")}</figure>' * 2
    )
    assert page.count("Two bars.") == 2
    assert "8.5" not in page


def test_what_is_hidden_stays_hidden() -> None:
    assert "secret" not in shown('<p hidden id="a.summary">secret <b>words</b></p><p>x</p>')


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_words_around_the_summary_can_never_become_markup(marking: str, note: str, change: str) -> None:
    quiet = Elements(shown("<p>x</p>", said=Said("m", "n", ("c",), ("f.pdf",), ())))
    said = Said(f"m{marking}", f"n{' '.join(note.split())}", (f"c{change}",), (f"<b>{change}</b>.pdf",), ())
    loud = Elements(shown("<p>x</p>", said=said))
    assert loud.names == quiet.names
    assert not loud.open


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<ul>",
                "<li>",
                "</ul>",
                "<table>",
                "<td>",
                "</div>",
                "<br>",
                "<svg>",
                "</svg>",
                "<a>",
                "x",
                "<!--",
                "-->",
                "</main>",
                "<main>",
                "<b",
                ">",
            ]
        )
    )
)
def test_whatever_is_left_open_is_closed(parts: list[str]) -> None:
    assert not Elements(shown("".join(parts))).open
