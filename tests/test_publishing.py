"""From a dossier's editions to its site, by the command line and by the function under it."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree  # type: ignore[import-untyped]
from typer.testing import CliRunner

from briefing import issuing, publishing
from briefing.deliver.opened import Shown, opened
from briefing.delivery import Settings
from briefing.problems import BriefingError
from generate import app
from tests.deliver.vault import DAY, Marks, standing, vaults, write
from tests.editions.harbour import change, issue, moment
from tests.editions.harbour import make as harbour

MANY = int(os.environ.get("BRIEFING_VAULTS", "3"))  # dossiers; 100 and more for a release
ADDRESS = Settings(sender="Desk <desk@example.org>", site="https://example.org/line")
RESTRICTED = """\
  - id: overrun
    label: Overrun found by the auditors
    says: The auditors found an overrun of {amount} at Quayside.
    figures: {amount: {value: 37 million, unit: EUR}}
    status: in-force
    marking: restricted
    sources: ["ledger#9"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a dossier with two editions of a brief and one of its one-page summary."""
    made = harbour(tmp_path / "dossier")
    issue(made, "2025-02-01")
    change(made, "value: 100 million", "value: 120 million")
    issue(made, "2025-03-01")
    issue(made, "2025-03-01", name="page")
    return made


def there(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_site_has_every_edition_in_all_formats_and_what_changed(root: Path) -> None:
    done = publishing.publish(root, settings=ADDRESS)
    assert (done.briefs, done.editions, done.withheld, done.notes) == (2, 3, (), ())
    site = there(root / "briefs/site")
    for number in (1, 2):
        assert {f"briefs/brief/{number}/brief.{form}" for form in ("pdf", "docx", "html")} <= site.keys()
    assert site["briefs/brief/1/brief.html"] == (root / "briefs/editions/brief/1/brief.html").read_bytes()
    page = site["briefs/brief/2/index.html"].decode()
    assert "EUR 100 million" in page
    assert "EUR 120 million" in page
    assert "The Gazette on trams" in site["sources/index.html"].decode()
    assert b"tag:example.org,2025-02-01:briefs/brief/1" in site["feed.xml"]
    assert not [path for path in site if "manifest" in path or "inputs" in path or "evidence" in path]
    for path in site:
        if path.endswith((".xml", "sitemap.xml")):
            etree.fromstring(site[path])


def test_what_has_not_changed_is_not_sent_again(root: Path) -> None:
    first = publishing.publish(root, settings=ADDRESS)
    again = publishing.publish(root, settings=ADDRESS)
    assert (again.sent, again.unchanged, again.removed) == (0, first.sent, 0)
    before = there(root / "briefs/site")
    change(root, "value: 24", "value: 30")
    issue(root, "2025-04-01")
    third = publishing.publish(root, settings=ADDRESS)
    after = there(root / "briefs/site")
    changed = {path for path in after if after[path] != before.get(path)}
    assert third.sent == len(changed)
    assert not {path for path in changed if path.endswith((".pdf", ".docx")) and "/3/" not in path}
    assert third.line.startswith(f"{len(changed)} files sent, {len(after) - len(changed)} unchanged")


def test_the_same_editions_give_the_same_bytes_at_any_place(root: Path, tmp_path: Path) -> None:
    publishing.publish(root, str(tmp_path / "a/site"), settings=ADDRESS)
    publishing.publish(root, f"file://{tmp_path}/b", settings=ADDRESS)
    assert there(tmp_path / "a/site") == there(tmp_path / "b")


def test_a_withdrawn_edition_is_marked_with_its_successor_and_reason(root: Path) -> None:
    issuing.withdraw(root, "brief", 1, "The cost was of another year.", moment("2025-03-02"))
    publishing.publish(root, settings=ADDRESS)
    page = there(root / "briefs/site")["briefs/brief/1/index.html"].decode()
    assert "must not be relied on" in page
    assert "The cost was of another year. <a" in page
    assert '<a href="../2/">Edition 2</a> stands in its place' in page
    assert b"Withdrawn: " in there(root / "briefs/site")["feed.xml"]


def test_ids_of_the_feed_stay_when_the_sender_moves(root: Path) -> None:
    publishing.publish(root, settings=ADDRESS)
    publishing.publish(root, settings=Settings(sender="desk@elsewhere.example", site="https://elsewhere.example"))
    feed = there(root / "briefs/site")["feed.xml"]
    assert b"<id>tag:example.org,2025-02-01:briefs</id>" in feed
    assert b'href="https://elsewhere.example/briefs/brief/2/"' in feed
    publishing.publish(root, settings=Settings(authority="desk.example,2024"))
    assert b"<id>tag:desk.example,2024:briefs</id>" in there(root / "briefs/site")["feed.xml"]


# -------------------------------------------------------------------------------------------------------- what may not be seen


def restricted(root: Path) -> None:
    path = root / "seeds/works.yaml"
    path.write_text(path.read_text(encoding="utf-8") + RESTRICTED, encoding="utf-8")
    recipe = root / "briefs/brief.yaml"
    recipe.write_text("kind: brief\ntitle: Opening the harbour line\nclearance: restricted\n", encoding="utf-8")
    change(root, "    - Nobody owns", "    - The overrun is {overrun.amount}.\n    - Nobody owns")


SECRET = ("overrun", "37 million", "Quayside", "auditors")


def words(files: dict[str, bytes], secret: tuple[str, ...] = SECRET) -> set[tuple[str, str]]:
    """Return which secrets stand where, as whoever opens everything finds them."""
    found = set()
    for path, data in files.items():
        text = "\n".join(piece.text for piece in opened(path, data) if isinstance(piece, Shown)).lower()
        found |= {(word, path) for word in secret if word.lower() in text}
    return found


def test_what_is_restricted_stands_nowhere_on_the_site_though_the_edition_prints_it(root: Path) -> None:
    restricted(root)
    issue(root, "2025-04-01")
    issuing.withdraw(root, "brief", 2, "It did not name the overrun of 37 million at Quayside.", moment("2025-04-02"))
    assert b"37 million" in (root / "briefs/editions/brief/3/brief.html").read_bytes()
    done = publishing.publish(root, settings=ADDRESS)
    assert done.withheld == ()
    site = there(root / "briefs/site")
    assert words(site) == set()
    assert "the desk gives the reason" in site["briefs/brief/2/index.html"].decode()
    higher = publishing.publish(root, str(root / "inside"), settings=Settings(site_clearance="restricted"))
    assert higher.withheld == ()
    assert {word for word, _ in words(there(root / "inside"))} == set(SECRET)


def test_an_edition_that_prints_what_is_marked_higher_by_now_is_shown_no_more(root: Path) -> None:
    publishing.publish(root, settings=ADDRESS)
    change(root, "    measure: fleet\n", "    measure: fleet\n    marking: restricted\n")
    done = publishing.publish(root, settings=ADDRESS)
    assert done.withheld == tuple(
        f"brief: edition {number} is not shown: it prints what is marked higher by now: order; issue the brief anew"
        for number in (2, 1)
    )
    site = there(root / "briefs/site")
    assert words(site, ("24 trams", "Trams on order")) == set()
    assert not [path for path in site if path.startswith("briefs/brief/2/brief.")]


def test_what_gets_into_a_page_by_another_way_keeps_all_of_the_site_back(root: Path) -> None:
    publishing.publish(root, settings=ADDRESS)
    before = there(root / "briefs/site")
    restricted(root)
    issue(root, "2025-04-01")
    made = publishing.gather(root, ADDRESS)
    import msgspec

    from briefing.deliver.site import build

    leaky = msgspec.structs.replace(made.site, contact="Ask for the overrun of EUR 37 million found by the auditors at Quayside")
    with pytest.raises(BriefingError, match=r"not published.*it is as it was") as refused:
        publishing._refuse(made.secret, build(leaky))
    assert "Quayside" not in str(refused.value)
    assert there(root / "briefs/site") == before


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(vaults())
def test_no_byte_of_any_site_holds_what_is_marked_higher(made: tuple[dict[str, Any], Marks]) -> None:
    files, marks = made
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), files)
        issuing.issue(root, "brief", DAY, datetime(2025, 6, 1, 12, tzinfo=UTC), formats=("html",), released="stale or not")
        try:
            publishing.publish(root, settings=ADDRESS)
        except BriefingError as error:
            assert "may be shown to everybody" in str(error)  # noqa: PT017
            assert not (root / "briefs/site").exists()
            return
        site = there(root / "briefs/site")
        assert standing(marks.hidden(), site) == []
        assert standing(marks.shown(), site) != []


# ------------------------------------------------------------------------------------------------------------ the command line


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_publish_says_what_was_sent_and_where_the_site_is(root: Path) -> None:
    done = run("publish", "--dossier", str(root))
    assert done.exit_code == 0
    count = len(there(root / "briefs/site"))
    assert f"{count} files sent, 0 unchanged; 2 briefs, 3 editions\n" in done.stderr
    assert "without site: in delivery.yaml" in done.stderr
    assert done.stdout == f"{root}/briefs/site\n"
    told = json.loads(run("publish", "--dossier", str(root), "--json").stdout)
    assert (told["sent"], told["unchanged"], told["url"]) == (0, count, f"{root}/briefs/site")


def test_publish_takes_its_settings_from_the_dossier(root: Path) -> None:
    (root / "delivery.yaml").write_text("site: https://example.org/line\nauthority: example.org,2024\n", encoding="utf-8")
    assert run("publish", "-d", str(root), "--to", str(root / "out")).exit_code == 0
    assert b"<id>tag:example.org,2024:briefs/brief/2</id>" in there(root / "out")["feed.xml"]
    (root / "delivery.yaml").write_text("authority: nobody in particular\n", encoding="utf-8")
    done = run("publish", "-d", str(root))
    assert done.exit_code == 1
    assert done.stderr.startswith("delivery.yaml:1:12: V006 authority: 'nobody in particular' is no domain or address")


def test_without_an_edition_there_is_nothing_to_publish(tmp_path: Path) -> None:
    done = run("publish", "-d", str(harbour(tmp_path)))
    assert (done.exit_code, done.stderr) == (1, "there is no edition to publish; generate issue NAME makes one\n")
    assert not (tmp_path / "briefs/site").exists()


def test_the_sums_are_those_that_sha256sum_checks(root: Path) -> None:
    publishing.publish(root, settings=ADDRESS)
    site = root / "briefs/site"
    for line in (site / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, path = line.split("  ")
        assert sha256((site / path).read_bytes()).hexdigest() == digest
