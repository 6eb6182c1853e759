"""What is due is issued, once, whoever asks and however often; what fails is told and stops nobody else."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from briefing.delivery import Notice
from briefing.pipeline import store_of
from briefing.problems import ProblemsFound
from briefing.scheduling import coming, releasable
from generate import app
from tests.editions.harbour import change, wrong
from tests.editions.test_faults import child, ended
from tests.schedules import BERLIN, checks, make, moment, only, refused, results, run, set_schedule, slots_taken

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make(tmp_path / "dossier")


def begun(root: Path, at: str = "2025-03-01T12:00") -> Path:
    """Let the slots be counted from a moment on."""
    assert results(run(root, at)) == []
    return root


# ----------------------------------------------------------------------------------------------------------- slots and data


def test_a_slot_is_issued_once_it_has_come_and_once(root: Path) -> None:
    begun(root)
    assert results(run(root, "2025-03-03T06:59:59")) == []
    first = only(run(root, "2025-03-03T07:00"))
    assert (first.result, first.edition, first.kind) == ("issued", 1, "major")
    assert str(first) == "brief: issued 1, major for 2025-03-03 07:00 CET: first edition"
    assert results(run(root, "2025-03-03T07:00")) == []
    assert only(run(root, "2025-03-10T07:00:04")).result == "nothing new"
    assert slots_taken(root) == ["2025-03-03 07:00", "2025-03-10 07:00"]
    assert store_of(root, "brief").manifest(1).slot == moment("2025-03-03T07:00")


def test_the_day_of_an_edition_is_that_of_its_own_time_zone(tmp_path: Path) -> None:
    root = begun(make(tmp_path / "dossier", "cadence: every day 07:00, time_zone: Asia/Tokyo"), "2025-03-01T12:00")
    only(run(root, "2025-03-01T22:00:00+00:00"))
    kept = store_of(root, "brief").manifest(1)
    assert (str(kept.as_of), kept.at.isoformat()) == ("2025-03-02", "2025-03-02T07:00:00+09:00")


def test_a_new_schedule_makes_up_for_nothing_before_it_but_what_has_just_come(root: Path) -> None:
    assert results(run(root, "2025-03-03T12:00")) == []  # five hours late, and nobody had asked for it then
    assert results(run(root, "2025-03-04T12:00")) == []
    set_schedule(root, f"cadence: every day 11:30, {BERLIN}")
    assert only(run(root, "2025-03-04T12:01")).slot == moment("2025-03-04T11:30")
    set_schedule(root, f"cadence: every day 08:00, {BERLIN}")
    assert results(run(root, "2025-03-04T12:02")) == []
    assert [each.why for each in store_of(root, "brief").marks()] == ["counted"] * 3


@pytest.mark.parametrize(
    ("misfire", "taken"),
    [
        ("latest", ["2025-03-20 07:00", "2025-03-21 07:00"]),
        ("skip", ["2025-03-21 07:00"]),
        ("all", [f"2025-03-{day:02} 07:00" for day in range(2, 22)]),
    ],
)
def test_what_was_missed_is_made_up_for_as_the_schedule_says(tmp_path: Path, misfire: str, taken: list[str]) -> None:
    root = begun(make(tmp_path / "dossier", f"cadence: every day 07:00, misfire: {misfire}, {BERLIN}"))
    late = run(root, "2025-03-20T12:00")
    assert not late.failed
    if misfire == "skip":
        assert str(only(late)) == (
            "brief: passed over for 2025-03-20 07:00 CET: missed by 5 hours, and its schedule skips what is missed"
        )
        assert results(run(root, "2025-03-20T12:01")) == []
    assert only(run(root, "2025-03-21T07:30")).result in ("issued", "nothing new")
    assert slots_taken(root) == taken
    if misfire == "all":  # each as of its own day
        assert [str(each.as_of) for each in checks(root)] == [each[:10] for each in taken]
    assert store_of(root, "brief").numbers() == [1]


def test_a_slot_within_its_grace_is_kept_also_where_missed_ones_are_skipped(tmp_path: Path) -> None:
    root = begun(make(tmp_path / "dossier", f"cadence: every day 07:00, misfire: skip, grace: 2 hours, {BERLIN}"))
    assert only(run(root, "2025-03-02T08:59")).result == "issued"
    assert only(run(root, "2025-03-03T09:01")).result == "passed over"


def test_a_brief_that_follows_its_data_is_issued_when_they_change_and_only_then(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier", f"cadence: when the data changes, {BERLIN}")
    assert only(run(root, "2025-03-01T12:00")).edition == 1
    assert results(run(root, "2025-03-01T12:05")) == []
    change(root, "value: 24", "value: 30")
    assert only(run(root, "2025-03-01T12:10")).edition == 2
    change(root, "theme: works", "theme: works  # the tram line")
    assert only(run(root, "2025-03-01T12:15")).result == "nothing new"
    (root / "briefs/page.yaml").write_text("kind: summary\ntitle: Another title\n")  # not its own
    assert results(run(root, "2025-03-01T12:20")) == []
    assert only(run(root, "2025-10-01T00:00")).edition == 3  # what was expected in September is overdue
    assert len(checks(root)) == 4


def test_ten_slots_over_unchanged_data_are_one_edition_and_ten_check_records(tmp_path: Path) -> None:
    root = begun(make(tmp_path / "dossier", f"cadence: every day 07:00, {BERLIN}"))
    for day in range(2, 12):
        run(root, f"2025-03-{day:02}T07:00")
    assert store_of(root, "brief").numbers() == [1]
    assert [each.result for each in checks(root)] == ["issued", *["nothing new"] * 9]
    assert len(set(slots_taken(root))) == 10


# ------------------------------------------------------------------------------------------------------------ held and mended


def test_a_held_slot_stays_open_until_it_is_mended_and_the_editor_is_told_once(root: Path) -> None:
    begun(root)
    told: list[Notice] = []
    change(root, "{cost.amount}", "{cost.amuont}")
    held = run(root, "2025-03-03T07:00", notify=told.append)
    assert held.failed
    assert only(held).result == "held"
    assert any("amuont" in each for each in only(held).problems)
    for minute in (5, 10):
        again = run(root, f"2025-03-03T07:{minute:02}", notify=told.append)
        assert again.failed
        assert only(again).result == "still held"
    assert [each.subject for each in told] == ["brief is held, not issued"]
    assert told[0].brief == "brief"
    assert any("amuont" in line for line in told[0].lines)
    assert len(checks(root)) == 1
    change(root, "{cost.amuont}", "{cost.amount}")
    mended = only(run(root, "2025-03-03T09:00", notify=told.append))
    assert (mended.result, mended.slot) == ("issued", moment("2025-03-03T07:00"))
    assert not run(root, "2025-03-03T09:05", notify=told.append).failed
    assert len(told) == 1


def test_a_brief_held_again_for_something_else_is_told_again(root: Path) -> None:
    begun(root)
    told: list[Notice] = []
    change(root, "{cost.amount}", "{cost.amuont}")
    run(root, "2025-03-03T07:00", notify=told.append)
    change(root, "{order.trams}", "{order.tarms}")
    assert only(run(root, "2025-03-03T08:00", notify=told.append)).result == "held"
    assert len(told) == 2
    assert any("tarms" in line for line in told[1].lines)


def test_of_held_slots_that_are_all_made_up_for_none_is_lost(tmp_path: Path) -> None:
    root = begun(make(tmp_path / "dossier", f"cadence: every day 07:00, misfire: all, {BERLIN}"))
    change(root, "{cost.amount}", "{cost.amuont}")
    assert only(run(root, "2025-03-02T07:00")).result == "held"
    assert only(run(root, "2025-03-04T07:00")).result == "still held"
    change(root, "{cost.amuont}", "{cost.amount}")
    assert not run(root, "2025-03-04T08:00").failed
    assert slots_taken(root) == ["2025-03-02 07:00", "2025-03-02 07:00", "2025-03-03 07:00", "2025-03-04 07:00"]
    assert [each.result for each in checks(root)] == ["held", "issued", "nothing new", "nothing new"]


def test_a_brief_that_follows_its_data_and_is_held_fails_until_they_are_mended(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier", f"cadence: when the data changes, {BERLIN}")
    change(root, "{cost.amount}", "{cost.amuont}")
    assert only(run(root, "2025-03-03T07:00")).result == "held"
    assert only(run(root, "2025-03-03T07:05")).result == "still held"
    change(root, "{cost.amuont}", "{cost.amount}")
    assert only(run(root, "2025-03-03T07:10")).result == "issued"


# -------------------------------------------------------------------------------------------------- one failure and the rest


def test_one_brief_that_fails_stops_no_other_and_is_told_at_the_end(root: Path) -> None:
    for name in ("one", "two", "three", "four"):
        set_schedule(root, f"cadence: every Monday 07:00, {BERLIN}", name)
    begun(root)
    (root / "briefs/one.yaml").write_text("kind: breif\n")  # no recipe
    change(root, "kind: brief", "kind: brief\nthemes: [port]", "briefs/two.yaml")  # no such theme
    with (root / "briefs/editions/three/checks.jsonl").open("wb") as file:
        file.write(b"damaged\n")
    told: list[Notice] = []
    report = run(root, "2025-03-03T07:00", notify=told.append)
    assert dict(results(report)) == {"brief": "issued", "one": "failed", "two": "held", "three": "failed", "four": "issued"}
    assert report.failed
    assert [each.subject for each in told] == ["3 briefs are not issued"]
    assert any("breif" in line for line in told[0].lines)


@pytest.mark.parametrize("jobs", [1, 2])
def test_briefs_built_at_once_are_those_built_one_by_one(tmp_path: Path, jobs: int) -> None:
    root = make(tmp_path / "dossier", f"cadence: every day 07:00, {BERLIN}")
    for name in ("one", "two"):
        set_schedule(root, f"cadence: every day 07:00, {BERLIN}", name)
    report = run(root, "2025-03-02T07:00", jobs=jobs)
    assert results(report) == [("brief", "issued"), ("one", "issued"), ("two", "issued")]
    assert {wrong(root, name) == [] for name in ("brief", "one", "two")} == {True}


def test_the_recipes_of_others_are_neither_inputs_nor_reasons(root: Path) -> None:
    begun(root)
    run(root, "2025-03-03T07:00")
    (root / "briefs/other.yaml").write_text("kind: brief\ntitle: [not a title\n")
    report = run(root, "2025-03-10T07:00")
    assert dict(results(report)) == {"brief": "nothing new", "other": "failed"}
    change(root, "value: 24", "value: 30")
    assert dict(results(run(root, "2025-03-17T07:00")))["brief"] == "issued"
    assert {each for each in store_of(root, "brief").manifest(2).inputs if each.startswith("briefs/")} == {"briefs/brief.yaml"}
    assert wrong(root) == []


def test_a_dossier_that_cannot_be_read_is_told_to_the_editor_once(root: Path) -> None:
    (root / "seeds").rename(root / "away")
    told: list[Notice] = []
    for _ in range(2):
        with pytest.raises(ProblemsFound):
            run(root, "2025-03-03T07:00", notify=told.append)
    assert [each.subject for each in told] == ["the dossier could not be issued"]
    assert any("S002" in line for line in told[0].lines)


def test_where_nothing_is_wrong_nothing_is_kept_beside_the_stores(root: Path) -> None:
    begun(root)
    assert [each.name for each in (root / "briefs/editions").iterdir()] == ["brief"]


def test_many_that_fail_in_the_same_way_are_told_as_one(root: Path) -> None:
    for number in range(8):
        set_schedule(root, f"cadence: every day 07:00, {BERLIN}", f"b{number}")
    assert len(run(root, "2025-03-03T07:10").outcomes) == 9
    report = run(root, "2025-03-03T06:00")
    assert len(report.outcomes) == 1
    assert "it has gone back; set it right and run again; nothing was changed (9 briefs: b0, b1, b2, b3, b4 ...)" in str(
        only(report)
    )


def test_what_is_unchanged_is_not_composed_and_needs_nothing_that_composes(root: Path) -> None:
    script = (
        "import sys; from tests.schedules import run, results; from pathlib import Path; root = Path(sys.argv[1]);"
        "print(results(run(root, sys.argv[2]))); print(sorted({each.split('.')[0] for each in sys.modules} & {'jinja2', 'docx',"
        "'reportlab', 'lxml', 'markdown_it'}), [each for each in sys.modules if each.startswith('briefing.compose')])"
    )

    def at(when: str) -> list[str]:
        done = subprocess.run([sys.executable, "-c", script, str(root), when], cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    assert at("2025-03-03T07:00")[0] == "[('brief', 'issued')]"
    assert at("2025-03-10T07:00") == ["[('brief', 'nothing new')]", "[] []"]


# ------------------------------------------------------------------------------------------------- several, killed, and clocks


def test_two_schedulers_at_once_take_each_slot_once(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier", f"cadence: every hour, {BERLIN}")
    run(root, "2025-03-01T12:00")
    for hour in range(13, 19):
        change(root, f"value: {24 + 3 * (hour - 13)}", f"value: {24 + 3 * (hour - 12)}")
        both = [child(lambda: run(root, f"2025-03-01T{hour}:00:0{second}")) for second in (1, 3)]  # noqa: B023
        assert [ended(each) for each in both] == [0, 0]
    assert slots_taken(root) == [f"2025-03-01 {hour}:00" for hour in range(12, 19)]
    assert store_of(root, "brief").numbers() == list(range(1, 8))
    assert wrong(root) == []


def test_killed_at_each_step_on_the_disk_a_slot_is_taken_once_and_its_edition_counts_as_issued(
    root: Path, request: pytest.FixtureRequest
) -> None:
    stride = 1 if request.config.getoption("--kills") >= 200 else 5
    begun(root)
    run(root, "2025-03-03T07:00")
    shutil.rmtree(root / "briefs/editions")
    begun(root)
    step, kills, late = 0, 0, Counter[str]()
    while True:
        step += stride
        end = ended(child(lambda: killed_at(root, step)))  # noqa: B023
        outcomes = run(root, "2025-03-03T07:01").outcomes
        late[outcomes[0].result if outcomes else "done"] += 1
        assert slots_taken(root) == ["2025-03-03 07:00"]
        assert [(each.result, each.edition) for each in checks(root)] == [("issued", 1)]
        assert store_of(root, "brief").numbers() == [1]
        if end == 0:
            break
        kills += 1
        assert end == -signal.SIGKILL
        folder = store_of(root, "brief").folder
        shutil.rmtree(folder / "1")
        (folder / "checks.jsonl").unlink()
    assert kills > 20 // stride
    assert set(late) == {"issued", "done"}  # nobody is told "nothing new" of an edition that no run has told of


def killed_at(root: Path, step: int) -> None:
    """Issue what is due, and be killed just before a step among the editions."""
    count = 0

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.chmod", "os.truncate", "os.scandir"):
            if "/editions/brief" in str(arguments[0]):
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    run(root, "2025-03-03T07:00")


def test_a_clock_that_goes_back_an_hour_is_told_and_nothing_is_lost_or_repeated(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier", f"cadence: every hour, {BERLIN}")
    run(root, "2025-03-01T12:00")
    change(root, "value: 24", "value: 30")
    assert refused(lambda: run(root, "2025-03-01T11:00:30")) == [
        "brief: failed: the clock says 2025-03-01 11:00 CET, and the last run was at 2025-03-01 12:00 CET: it has gone back; set it right and run again; nothing was changed"
    ]
    assert results(run(root, "2025-03-01T12:30")) == []
    assert only(run(root, "2025-03-01T13:00")).edition == 2
    assert slots_taken(root) == ["2025-03-01 12:00", "2025-03-01 13:00"]


def test_the_hour_that_comes_twice_when_clocks_go_back_has_its_own_slots(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier", f"cadence: every hour, {BERLIN}")
    for minutes in range(0, 4 * 60, 20):
        run(root, str(moment("2025-10-25T22:00+00:00") + timedelta(minutes=minutes)))
    assert slots_taken(root) == ["2025-10-26 00:00", "2025-10-26 01:00", "2025-10-26 02:00", "2025-10-26 02:00"]


def test_clocks_of_two_machines_may_differ_by_seconds(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier", f"cadence: when the data changes, {BERLIN}")
    run(root, "2025-03-01T12:00:40")
    change(root, "value: 24", "value: 30")
    assert only(run(root, "2025-03-01T12:00:10")).edition == 2


# ---------------------------------------------------------------------------------------------------------------- the disk


def test_a_full_disk_is_told_and_the_slot_is_taken_once_there_is_room(root: Path) -> None:
    begun(root)

    def without_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        report = run(root, "2025-03-03T07:00")
        (line,) = [str(each) for each in report.outcomes if each.bad]
        assert "could not make edition 1: File too large" in line
        assert "all earlier editions are as they were" in line
        assert report.failed

    assert ended(child(without_room)) == 0
    assert store_of(root, "brief").numbers() == []
    assert only(run(root, "2025-03-03T07:20")).slot == moment("2025-03-03T07:00")


def test_a_disk_that_can_only_be_read_is_told_for_each_brief_and_in_the_state(root: Path) -> None:
    begun(root)
    editions = root / "briefs/editions"
    done = subprocess.run(["mount", "--bind", str(editions), str(editions)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no folder can be mounted here: {done.stderr.strip()}")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(editions)], check=True)
        told: list[Notice] = []
        report = run(root, "2025-03-03T07:00", notify=told.append)
    finally:
        subprocess.run(["umount", str(editions)], check=True)
    assert "cannot be written to: Read-only file system; nothing was changed" in only(report).line
    assert report.failed
    assert len(told) == 1
    assert only(run(root, "2025-03-03T07:10")).result == "issued"


def test_a_lock_that_is_taken_away_costs_the_run_and_not_the_slot(root: Path) -> None:
    begun(root)
    lock = store_of(root, "brief").folder / ".lock"

    def work() -> None:
        from briefing.editions.store import Writer

        still = Writer._still_mine

        def lost(self: Writer) -> None:
            lock.unlink(missing_ok=True)
            still(self)

        pytest.MonkeyPatch().setattr(Writer, "_still_mine", lost)  # the moment just before the edition is put in its place
        (line,) = refused(lambda: run(root, "2025-03-03T07:00"))
        assert "was lost; nothing was changed, try again" in line

    assert ended(child(work)) == 0
    assert store_of(root, "brief").numbers() == []
    assert only(run(root, "2025-03-03T07:10")).result == "issued"


def test_where_the_state_is_damaged_editions_are_issued_all_the_same_and_the_editor_is_told_though_twice(root: Path) -> None:
    begun(root)
    for path in (root / "briefs/editions").glob("state.sqlite*"):
        path.unlink()
    (root / "briefs/editions/state.sqlite").write_bytes(b"no database" * 500)
    set_schedule(root, f"cadence: every evning, {BERLIN}", "page")
    told: list[Notice] = []
    for minute in (0, 5):
        report = run(root, f"2025-03-03T07:0{minute}", notify=told.append)
        assert any("state.sqlite is damaged" in each for each in report.warnings)
    assert [each.result for each in checks(root)] == ["issued"]
    assert len(told) == 2


# ----------------------------------------------------------------------------------------------------------- embargo, listing


def test_an_edition_under_embargo_is_made_at_its_slot_and_handed_on_later(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier", f"cadence: every Monday 07:00, embargo: 10:00, deliver: true, {BERLIN}")
    run(root, "2025-03-03T07:00")
    assert store_of(root, "brief").manifest(1).embargo == moment("2025-03-03T10:00")
    assert releasable(root, moment("2025-03-03T09:59")).editions == ()
    assert releasable(root, moment("2025-03-03T10:00")).editions == (("brief", 1),)
    set_schedule(root, f"cadence: every Monday 07:00, {BERLIN}")
    assert releasable(root, moment("2025-03-03T10:00")).editions == ()


def test_the_list_says_when_each_is_due_and_what_came_of_the_last(root: Path) -> None:
    begun(root)
    run(root, "2025-03-03T07:00")
    (row,) = coming(root, moment("2025-03-28T12:00"), 2).briefs
    assert row.next == (moment("2025-03-31T07:00"), moment("2025-04-07T07:00"))
    assert row.missed
    assert row.last.startswith("checked on 2025-03-03")
    assert not coming(root, moment("2025-03-04T12:00")).briefs[0].missed


# -------------------------------------------------------------------------------------------------------------- the commands


def command(root: Path, *arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in (*arguments, "--dossier", root)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_due_prints_paths_says_the_rest_and_ends_with_one_where_anything_failed(root: Path) -> None:
    done = command(root, "due", "--at", "2025-03-03T07:00+01:00")
    assert done.exit_code == 0
    assert {Path(line).name for line in done.stdout.splitlines()} >= {"brief.pdf", "manifest.json"}
    assert done.stderr.splitlines() == ["brief: issued 1, major for 2025-03-03 07:00 CET: first edition", "1 scheduled: 1 issued"]
    idle = command(root, "due", "--at", "2025-03-03T07:05+01:00")
    assert (idle.exit_code, idle.output) == (0, "1 scheduled: nothing is due\n")
    assert command(root, "due", "--at", "2025-03-03T07:06+01:00", "--quiet").output == ""
    change(root, "{cost.amount}", "{cost.amuont}")
    held = command(root, "due", "--at", "2025-03-10T07:00+01:00", "--quiet")
    assert held.exit_code == 1
    assert "E001 brief is held, not issued" in held.stderr
    assert (command(root, "due", "--at", "2025-03-10T07:05+01:00", "--quiet")).output == ""
    still = command(root, "due", "--at", "2025-03-10T07:10+01:00", "--json")
    assert still.exit_code == 1
    assert json.loads(still.stdout)["outcomes"][0]["result"] == "still held"


def test_the_list_names_what_cannot_be_read(root: Path) -> None:
    listed = command(root, "schedule", "list", "--at", "2025-03-28T12:00+01:00", "--count", 2)
    assert listed.stdout.splitlines() == [
        "brief  Mon 2025-03-31 07:00 CEST   every Monday 07:00 (Europe/Berlin); never run",
        "       Mon 2025-04-07 07:00 CEST",
    ]
    set_schedule(root, "cadence: every day, time_zone: Europe/Berln", "page")
    broken = command(root, "schedule", "list")
    assert broken.exit_code == 1
    assert (
        "briefs/page.yaml:3:11: B021 time_zone: there is no time zone 'Europe/Berln' (did you mean Europe/Berlin?)" in broken.stderr
    )
