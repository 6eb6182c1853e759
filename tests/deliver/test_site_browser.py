"""The site in a browser: axe-core finds nothing on any kind of page, and it works by keyboard, on a phone, on paper and without script."""

from __future__ import annotations

import http.server
import io
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pypdf
import pytest

from briefing import issuing, publishing
from briefing.delivery import Settings
from tests.chromium import AXE, CHROMIUM, Browser, Page, chromium
from tests.editions.harbour import day, moment

ROOT = Path(__file__).parents[2]
BRIEF, SUMMARY = "policy-brief", "one-page-summary"
PAGES = {
    "home": "",
    "brief": f"briefs/{BRIEF}/",
    "edition of a brief": f"briefs/{BRIEF}/1/",
    "summary": f"briefs/{SUMMARY}/",
    "edition of a summary": f"briefs/{SUMMARY}/3/",
    "earlier edition": f"briefs/{SUMMARY}/1/",
    "withdrawn edition": f"briefs/{SUMMARY}/2/",
    "sources": "sources/",
    "search": "search/",
    "results": "search/?q=trade",
    "words": "search/words-t.html",
    "not found": "404.html",
    "document": f"briefs/{BRIEF}/1/{BRIEF}.html",
    "document of one page": f"briefs/{SUMMARY}/3/{SUMMARY}.html",
}
NARROW = (
    "home",
    "brief",
    "edition of a brief",
    "withdrawn edition",
    "results",
    "words",
    "document",
)  # what is laid out otherwise there
DARK = ("summary", "withdrawn edition", "results", "words")  # every colour that stands on another
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there: npm ci --prefix tests/browser")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """The server says nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of this very dossier: a brief of one edition, and a summary of three, of which one is withdrawn."""
    root = tmp_path_factory.mktemp("dossier")
    for name in ("seeds", "templates"):
        shutil.copytree(ROOT / name, root / name)
    (root / "briefs").mkdir()
    for path in (ROOT / "briefs").glob("*.yaml"):
        shutil.copy(path, root / "briefs")
    for when in ("2025-08-20", "2025-09-20"):
        issuing.issue(root, SUMMARY, day(when), moment(when), formats=("html",))
    issuing.withdraw(root, SUMMARY, 2, "A figure was of another year", moment("2025-09-25"))
    for name in (SUMMARY, BRIEF):
        issuing.issue(root, name, day("2025-10-01"), moment("2025-10-01"), formats=("html",))
    publishing.publish(root, settings=Settings(authority="example.org"))
    return root / "briefs/site"


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Page:
    made = browser.page()
    made.size(1280)
    return made


def settle(page: Page) -> None:
    """Wait until a search that was asked for has been answered."""
    page.run(
        "new Promise(done => { const look = () => { const told = document.getElementById('search-status');"
        " !told || /parts? with|[Nn]othing|could not/.test(told.textContent) ? done() : setTimeout(look, 20) }; look() })"
    )


def visit(page: Page, address: str, name: str) -> None:
    page.open(address + PAGES[name])
    if name == "results":
        settle(page)


@needs_axe
@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        *((name, 1280, "light") for name in PAGES),
        *((name, 390, "light") for name in NARROW),
        *((name, 1280, "dark") for name in DARK),
    ],
)
def test_axe_finds_nothing(page: Page, address: str, name: str, width: int, scheme: str) -> None:
    page.size(width, phone=width < 500)
    page.scheme(scheme)
    visit(page, address, name)
    assert page.axe() == []
    assert page.faults() == []


@needs_axe
def test_axe_would_find_something(page: Page, address: str) -> None:
    page.open(address)
    page.run(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"data:,\"><p style=\"color: #eee\">faint</p>')"
    )
    assert {each.partition(":")[0] for each in page.axe()} >= {"image-alt"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_never_scrolls_sideways(page: Page, address: str, name: str) -> None:
    visit(page, address, name)
    for width in (1280, 390, 320):  # 320: WCAG 2.2, 1.4.10
        page.size(width, phone=width < 500)
        wider = page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{width} px: {wider} px wider"


@pytest.mark.parametrize("name", [name for name in PAGES if name != "results"])
def test_nothing_is_missing_without_script(page: Page, address: str, name: str) -> None:
    visit(page, address, name)
    told = "[...document.querySelectorAll('main *')].filter(e => !e.children.length && e.checkVisibility()).map(e => e.textContent)"
    with_script = page.run(told)
    page.scripts(on=False)
    visit(page, address, name)
    without = page.run(told)
    page.scripts(on=True)
    if name == "search":  # the form alone: it could do nothing
        form = ["Words to find in the current editions", "", "Search"]
        assert [each for each in with_script if each not in form] == [each for each in without if each not in form]
        assert page.run("document.querySelectorAll('.letters a').length") > 15
    else:
        assert with_script == without


def at(page: Page) -> dict[str, Any]:
    """Return what the focus is on, and whether it can be seen."""
    found = page.run(
        "(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();"
        " return {tag: e.tagName, text: (e.textContent || '').trim().split('\\n')[0], id: e.id,"
        " ring: e.matches(':focus-visible') && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,"
        " seen: r.width > 0 && r.left >= 0 && r.right <= innerWidth && r.bottom > 0 && r.top < innerHeight} })()"
    )
    assert isinstance(found, dict)
    return found


def tab(page: Page) -> dict[str, Any]:
    page.key("Tab")
    return at(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_keyboard_reaches_everything_in_order_and_the_focus_is_seen(page: Page, address: str, width: int) -> None:
    page.size(width, phone=width < 500)
    page.open(f"{address}search/")
    stops = [tab(page) for _ in range(9)]
    assert [(stop["tag"], stop["id"] or stop["text"]) for stop in stops[:7]] == [
        ("A", "Skip to the text"),
        ("A", "India-Japan relations in 2025"),
        ("A", "Briefs"),
        ("A", "Sources"),
        ("A", "Search"),
        ("INPUT", "search-words"),
        ("BUTTON", "Search"),
    ]
    assert [stop for stop in stops if not (stop["ring"] and stop["seen"])] == []
    links = page.run("document.querySelectorAll('a[href], input, button').length")
    page.open(f"{address}search/")
    assert len({(tab(page)["text"], page.run("document.activeElement.href || ''")) for _ in range(links)}) > 30


def test_the_skip_link_leads_past_the_head_of_the_page(page: Page, address: str) -> None:
    page.open(address + PAGES["brief"])
    assert tab(page)["text"] == "Skip to the text"
    page.key("Enter", "\r")
    assert page.run("location.hash") == "#page.main"
    tab(page)
    assert page.run("document.activeElement.closest('main') !== null")


def test_search_by_keyboard_finds_parts_and_leads_to_them(page: Page, address: str) -> None:
    page.open(f"{address}search/")
    page.run("document.getElementById('search-words').focus()")
    page.type("TRADÉ deficit")
    page.key("Enter", "\r")
    settle(page)
    status = page.run("document.getElementById('search-status').textContent")
    assert status.endswith("with “TRADÉ deficit”")
    assert page.run("new URLSearchParams(location.search).get('q')") == "TRADÉ deficit"
    marked = page.run("[...document.querySelectorAll('#search-results mark')].map(e => e.textContent.toLowerCase())")
    assert {"trade", "deficit"} <= set(marked)
    target = page.run("document.querySelector('#search-results a').href")
    page.open(target)
    assert page.run("document.querySelector(location.hash || 'h1') !== null")
    assert page.faults() == []


@pytest.mark.parametrize("words", ["<img src=x onerror=alert(1)>", "zzzz", "\\ .* [", "   "])
def test_search_takes_any_words_for_words(page: Page, address: str, words: str) -> None:
    from urllib.parse import quote

    page.open(f"{address}search/?q={quote(words)}")
    if words.strip():
        settle(page)
        assert words in page.run("document.getElementById('search-status').textContent")
    assert page.run("document.querySelectorAll('main img, #search-results script').length") == 0
    assert page.faults() == []


@pytest.mark.parametrize("name", ["home", "summary", "edition of a summary", "sources", "words"])
def test_a_page_prints_with_its_words_and_without_what_is_for_the_screen(page: Page, address: str, name: str) -> None:
    visit(page, address, name)
    title = page.run("document.querySelector('h1').textContent.trim()")
    pdf = pypdf.PdfReader(io.BytesIO(page.printed()))
    text = " ".join(" ".join(sheet.extract_text() for sheet in pdf.pages).split())
    assert title in text
    assert "Skip to the text" not in text
    assert "Feed of all editions" not in text
    box = pdf.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert all(sheet.extract_text().strip() for sheet in pdf.pages), "no sheet is empty"
