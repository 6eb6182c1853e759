"""The scheduler that stays: each slot once, through nights that clocks change, restarts, signals and a second copy; and a true trail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from briefing.daemon import HEALTH, LOG, Keeper, read_health, run
from briefing.delivery import Notice
from briefing.pipeline import store_of
from briefing.problems import BriefingError
from generate import app
from tests.editions.harbour import FAST, change, wrong
from tests.schedules import BERLIN, checks, make, moment, set_schedule, slots_taken

ROOT = Path(__file__).resolve().parents[1]


class Clock:
    """A wall clock that somebody may set, and a steady one that nobody can."""

    def __init__(self, begin: str) -> None:
        self.wall, self.steady = moment(begin).astimezone(UTC), 0.0

    def pass_(self, **span: float) -> None:
        self.wall += timedelta(**span)
        self.steady += timedelta(**span).total_seconds()


class Watched:
    """A keeper over a dossier, with a clock, whose lines are kept."""

    def __init__(self, root: Path, clock: Clock, **options: Any) -> None:
        self.said: list[str] = []
        self.clock = clock
        self.keeper = Keeper(root, clock.wall, apart=False, say=self.said.append, formats=FAST, **options)

    def turn(self) -> None:
        self.keeper.turn(self.clock.wall, self.clock.steady)

    def lines(self) -> list[str]:
        """Return what was said, without its moments."""
        return [each.partition(" ")[2] for each in self.said]


def health(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "briefs/editions" / HEALTH).read_text())
    return found


@pytest.mark.parametrize(
    ("cadence", "begin", "found"),
    [
        ("30 2 * * *", "2025-03-29T20:00", ["2025-03-30 03:30"]),
        ("30 2 * * *", "2025-10-25T20:00", ["2025-10-26 02:30"]),
        ("every hour", "2025-10-25T23:30", ["2025-10-25 23:00", *(f"2025-10-26 {hour}" for hour in ("00:00", "01:00", "02:00", "02:00", "03:00"))]),
        ("every hour", "2025-03-29T23:30", ["2025-03-29 23:00", *(f"2025-03-30 {hour}" for hour in ("00:00", "01:00", "03:00", "04:00", "05:00"))]),
    ],
)  # fmt: skip
def test_in_a_night_that_clocks_change_two_copies_that_are_started_again_and_again_take_each_slot_once(
    tmp_path: Path, cadence: str, begin: str, found: list[str]
) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: {cadence}, {BERLIN}"), Clock(begin)
    copies = [Watched(root, clock), Watched(root, clock)]
    for step in range(9 * 5 if cadence.startswith("30") else 5 * 5 - 1):
        for number, copy in enumerate(copies):
            copy.turn()
            clock.pass_(seconds=3)
            if step % 7 == number:
                copies[number] = Watched(root, clock)  # as after SIGKILL: what it knew is gone
        clock.pass_(minutes=12, seconds=-6)
    assert slots_taken(root) == found
    assert store_of(root, "brief").numbers() == [1]


def test_what_came_while_nobody_was_there_is_made_up_for_at_the_start(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every day 07:00, {BERLIN}"), Clock("2025-03-01T12:00")
    Watched(root, clock).turn()
    clock.pass_(days=3)
    later = Watched(root, clock)
    later.turn()
    assert slots_taken(root) == ["2025-03-04 07:00"]
    assert later.lines()[0].startswith("brief: issued 1, major for 2025-03-04 07:00 CET: first edition (")


def test_a_clock_that_is_set_back_is_noticed_and_gives_no_slot_again(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every hour, {BERLIN}"), Clock("2025-03-01T12:00")
    watched = Watched(root, clock)
    watched.turn()
    clock.pass_(minutes=5)
    clock.wall -= timedelta(hours=1)
    watched.turn()
    assert watched.lines()[1] == "the clock has gone back by 1 hour: what was issued is not issued again"
    assert "it has gone back; set it right" in watched.lines()[2]
    assert health(root)["state"] == "failing"
    for _ in range(13):
        clock.pass_(minutes=5)
        watched.turn()
    assert slots_taken(root) == ["2025-03-01 12:00"]
    clock.pass_(minutes=55)
    watched.turn()
    assert slots_taken(root) == ["2025-03-01 12:00", "2025-03-01 13:00"]
    assert "brief: well again" in watched.lines()
    assert health(root)["state"] == "running"


def test_a_machine_that_slept_is_noticed(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every day 07:00, {BERLIN}"), Clock("2025-03-01T12:00")
    watched = Watched(root, clock)
    watched.turn()
    clock.pass_(minutes=1)
    clock.wall += timedelta(days=2, hours=3)
    watched.turn()
    assert watched.lines()[0].startswith("the clock has gone forward by 2 days 3 hours, or this machine slept")
    assert slots_taken(root) == ["2025-03-03 07:00"]


def test_a_recipe_that_is_changed_is_read_again_and_one_that_is_broken_fails_until_it_is_mended(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier"), Clock("2025-03-01T12:00")
    told: list[Notice] = []
    watched = Watched(root, clock, notify=told.append)
    watched.turn()
    assert health(root)["next"] == {"brief": "2025-03-03T07:00:00+01:00"}
    set_schedule(root, f"cadence: every evning, {BERLIN}")
    for _ in range(3):
        clock.pass_(minutes=20)
        watched.turn()
    assert watched.lines() == [
        "brief: failed: its schedule cannot be read",
        "briefs/brief.yaml:3:11: B020 cadence: 'every evning' says no days (such as 'every Monday 07:00', 'every day 06:30', 'every working day 07:00', or five fields of a crontab)",
    ]
    found = health(root)
    assert (found["state"], found["failures"][0]["brief"], found["failures"][0]["tries"]) == ("failing", "brief", 3)
    assert [each.subject for each in told] == ["brief could not be issued"]
    set_schedule(root, f"cadence: every day 13:30, {BERLIN}")
    clock.pass_(minutes=45)
    watched.turn()
    assert watched.lines()[2].startswith("brief: issued 1, major for 2025-03-01 13:30 CET")
    assert watched.lines()[3] == "brief: well again"
    assert health(root)["state"] == "running"


def test_what_fails_is_tried_again_after_longer_and_longer_pauses(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every Monday 07:00, {BERLIN}"), Clock("2025-03-03T07:00")
    watched = Watched(root, clock)
    blocked = root / "briefs/editions/brief"
    blocked.parent.mkdir()
    blocked.write_text("no folder")
    tries = []
    for _ in range(60):
        watched.turn()
        tries.append(health(root)["failures"][0]["tries"])
        clock.pass_(seconds=30)
    assert tries[-1] == 5  # at once, after 1, 3, 7, 15 minutes
    blocked.unlink()
    clock.pass_(minutes=15)
    watched.turn()
    assert slots_taken(root) == ["2025-03-03 07:00"]


def test_a_dossier_that_cannot_be_read_fails_and_does_not_end_it(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier"), Clock("2025-03-03T07:00")
    watched = Watched(root, clock)
    (root / "seeds").rename(root / "away")
    watched.turn()
    assert any("S002" in each for each in watched.lines())
    assert health(root)["state"] == "failing"
    (root / "away").rename(root / "seeds")
    clock.pass_(seconds=30)
    watched.turn()
    assert slots_taken(root) == ["2025-03-03 07:00"]
    assert health(root)["state"] == "running"


def test_where_there_is_no_dossier_at_all_it_does_not_begin_and_leaves_no_trace(tmp_path: Path) -> None:
    asked = CliRunner().invoke(app, ["schedule", "run", "--dossier", str(tmp_path)])
    assert asked.exit_code == 1
    assert "the folder is no dossier" in asked.stderr
    assert list(tmp_path.iterdir()) == []


def test_many_that_fail_alike_stay_in_the_health_file_until_they_are_well(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every day 07:00, {BERLIN}"), Clock("2025-03-03T07:00")
    for number in range(6):
        set_schedule(root, f"cadence: every day 07:00, {BERLIN}", f"b{number}")
    watched = Watched(root, clock)
    watched.turn()
    clock.pass_(hours=-2)
    for _ in range(2):
        clock.pass_(seconds=30)
        watched.turn()
        assert [each["brief"] for each in health(root)["failures"]] == [""]
    clock.pass_(hours=3)
    watched.turn()
    assert health(root)["failures"] == []
    assert watched.lines()[-1] == "the dossier: well again"


def test_a_damaged_state_is_a_failure_that_is_noted_once(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier"), Clock("2025-03-03T07:00")
    (root / "briefs/editions").mkdir()
    (root / "briefs/editions/state.sqlite").write_bytes(b"no database" * 500)
    watched = Watched(root, clock)
    for _ in range(3):
        watched.turn()
        clock.pass_(seconds=30)
    assert slots_taken(root) == ["2025-03-03 07:00"]
    set_schedule(root, f"cadence: every evning, {BERLIN}", "page")
    for _ in range(3):
        watched.turn()
        clock.pass_(seconds=30)
    assert sum("state.sqlite is damaged" in each for each in watched.lines()) == 1
    assert health(root)["state"] == "failing"


def test_an_edition_is_handed_on_once_its_embargo_is_over_and_again_where_that_failed(tmp_path: Path) -> None:
    root, clock = (
        make(tmp_path / "dossier", f"cadence: every Monday 07:00, embargo: 3 hours, deliver: true, {BERLIN}"),
        Clock("2025-03-03T07:00"),
    )
    handed: list[str] = []

    def deliver(brief: str, number: int, at: datetime, *_: object) -> tuple[str, datetime | None]:
        handed.append(f"{brief}/{number} at {at.astimezone(moment('2025-03-03').tzinfo):%H:%M}")
        if len(handed) == 1:
            raise BriefingError("brief, edition 1: the mail server is away")
        return ("1 sent, 1 later", at + timedelta(minutes=30)) if len(handed) == 2 else ("2 sent", None)

    watched = Watched(root, clock, deliver=deliver)
    for _ in range(18):
        watched.turn()
        clock.pass_(minutes=15)
    assert handed == ["brief/1 at 10:00", "brief/1 at 10:15", "brief/1 at 10:45"]
    assert watched.lines()[1:] == [
        "brief, edition 1: the mail server is away",
        "1 sent, 1 later",
        "2 sent",
    ]


def test_an_edition_that_could_not_be_delivered_fails_no_more_once_another_stands_in_its_place(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every Monday 07:00, deliver: true, {BERLIN}"), Clock("2025-03-03T07:00")

    def deliver(brief: str, number: int, at: datetime, *_: object) -> tuple[str, datetime | None]:
        if number == 1:
            raise BriefingError("brief, edition 1: 1 sent, 1 uncertain")
        return "2 sent", None

    watched = Watched(root, clock, deliver=deliver)
    watched.turn()
    assert [each["brief"] for each in health(root)["failures"]] == ["brief/1"]
    change(root, "value: 24", "value: 30")
    clock.pass_(days=7)
    watched.turn()
    assert health(root)["state"] == "running"
    assert watched.lines()[-2:] == ["brief/1: well again", "2 sent"]


def test_readers_who_are_new_get_what_stands_without_a_restart(tmp_path: Path) -> None:
    from briefing.regular import for_daemon

    root, clock = make(tmp_path / "dossier", f"cadence: every Monday 07:00, deliver: true, {BERLIN}"), Clock("2025-03-03T07:00")
    (root / "readers.yaml").write_text("readers:\n  - {id: ann, address: ann@example.org, briefs: [brief], formats: [txt]}\n")
    watched = Watched(root, clock, **for_daemon(root))
    for _ in range(3):
        watched.turn()
        clock.pass_(minutes=1)
    with (root / "readers.yaml").open("a") as file:
        file.write("  - {id: ben, address: ben@example.org, briefs: [brief], formats: [txt]}\n")
    for _ in range(3):
        watched.turn()
        clock.pass_(minutes=1)
    first, second = (each for each in watched.lines() if each.startswith("brief, edition 1: "))
    assert first.startswith("brief, edition 1: 1 sent; 1 in")
    assert second.startswith("brief, edition 1: 2 sent; 1 in")


def test_a_damaged_edition_of_one_brief_keeps_no_other_from_its_readers(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every Monday 07:00, deliver: true, {BERLIN}"), Clock("2025-03-03T07:00")
    set_schedule(root, f"cadence: every Monday 07:00, deliver: true, {BERLIN}", "page")
    Watched(root, clock).turn()
    path = store_of(root, "brief").path(1) / "manifest.json"
    path.chmod(0o644)
    path.write_text("{")
    handed: list[str] = []

    def deliver(brief: str, number: int, at: datetime, *_: object) -> tuple[str, datetime | None]:
        handed.append(brief)
        return "sent", None

    watched = Watched(root, clock, deliver=deliver)
    watched.turn()
    watched.turn()
    assert handed == ["page"]
    assert sum("brief: cannot be delivered: " in each for each in watched.lines()) == 1
    assert health(root)["state"] == "failing"


def test_a_signal_while_readers_are_served_leaves_the_rest_for_the_next_start(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every Monday 07:00, deliver: true, {BERLIN}"), Clock("2025-03-03T07:00")
    stops: list[bool] = []

    def deliver(
        brief: str, number: int, at: datetime, progress: Callable[[str], None], stop: Callable[[], bool]
    ) -> tuple[str, datetime | None]:
        stops.append(stop())
        watched.keeper.stopping = True
        stops.append(stop())
        return "1 sent, 1 wanted", None

    watched = Watched(root, clock, deliver=deliver)
    watched.turn()
    assert stops == [False, True]
    watched.keeper.stopping = False
    watched.turn()
    assert stops == [False, True, False, True]


def test_the_editor_is_told_once_of_what_is_tried_again_and_again(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier", f"cadence: every Monday 07:00, {BERLIN}"), Clock("2025-03-03T07:00")
    told: list[Notice] = []
    store_of(root, "brief").folder.parent.mkdir(parents=True)
    store_of(root, "brief").folder.write_text("a file where a folder should be")
    watched = Watched(root, clock, notify=told.append)
    for _ in range(30):
        watched.turn()
        clock.pass_(seconds=30)
    assert watched.keeper._failures["brief"].tries > 2
    assert len(told) == 1


def test_a_log_or_health_file_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier"), Clock("2025-03-03T07:00")
    (tmp_path / "file").write_text("")
    watched = Watched(root, clock, log=tmp_path / "file/log", health=tmp_path / "file/health.json")
    watched.turn()
    assert sum("cannot be written" in each for each in watched.said) == 2
    assert slots_taken(root) == ["2025-03-03 07:00"]


def test_a_monitor_sees_one_that_runs_fails_has_stopped_or_ended(tmp_path: Path) -> None:
    root, clock = make(tmp_path / "dossier"), Clock("2025-03-03T07:00")
    path = root / "briefs/editions" / HEALTH
    assert read_health(path, clock.wall).wrong == (f"{path}: there is no health file: no scheduler has run here",)
    watched = Watched(root, clock)
    watched.turn()
    assert read_health(path, clock.wall).wrong == ()
    assert "1 scheduled; next: brief on 2025-03-10 07:00 +0100" in read_health(path, clock.wall).line
    clock.pass_(hours=1)
    (line,) = read_health(path, clock.wall).wrong
    assert line.startswith("the scheduler has stopped: nothing was heard of it since")
    change(root, "{cost.amount}", "{cost.amuont}")
    clock.pass_(days=7)
    watched.turn()
    assert any("brief: held for 2025-03-10 07:00 CET" in each for each in read_health(path, clock.wall).wrong)
    watched.keeper.write_health(clock.wall, ended=True)
    assert read_health(path, clock.wall).wrong[0].startswith("the scheduler has ended on")
    path.write_text("{")
    assert "cannot be read" in read_health(path, clock.wall).wrong[0]
    asked = CliRunner().invoke(app, ["schedule", "health", "--dossier", str(root)])
    assert asked.exit_code == 1


def test_the_library_that_waits_wakes_it_at_a_slot_and_a_signal_ends_it(tmp_path: Path) -> None:
    """A clock that runs from half a second before a slot: what wakes the loop is the alarm, long before the next look."""
    root = make(tmp_path / "dossier", f"cadence: every day 07:00, {BERLIN}")
    begin, offset = time.monotonic(), moment("2025-03-03T06:59:58").astimezone(UTC)
    said: list[str] = []

    def clock() -> datetime:
        return offset + timedelta(seconds=time.monotonic() - begin)

    def say(line: str) -> None:
        said.append(line)
        if ": issued" in line:
            os.kill(os.getpid(), signal.SIGTERM)

    # the library counts by the machine's clock, so that a look each second stands in for the slot of another year
    assert run(root, clock, poll=1.0, apart=False, say=say, formats=FAST) == 0
    assert slots_taken(root) == ["2025-03-03 07:00"]
    assert said[-1].endswith("ends: SIGTERM")
    assert health(root)["state"] == "ended"
    assert (root / "briefs/editions" / LOG).read_text().splitlines() == said


# ---------------------------------------------------------------------------------------------------------- real processes


def started(root: Path) -> subprocess.Popen[str]:
    """Start the scheduler as its users do, in a zone with daylight saving."""
    return subprocess.Popen(
        [sys.executable, "generate.py", "schedule", "run", "--dossier", str(root), "--poll", "1"],
        cwd=ROOT,
        env={**os.environ, "TZ": "America/New_York"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(seen: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def test_real_processes_killed_and_ended_in_the_middle_with_a_second_copy_take_each_slot_once(tmp_path: Path) -> None:
    root = make(tmp_path / "dossier", "cadence: '* * * * *', time_zone: America/New_York")
    folder = store_of(root, "brief").folder
    first, second = started(root), started(root)
    try:
        until(lambda: any(folder.glob(".new-*")) or (folder / "1").exists())  # in the middle of an edition, or just after
        first.kill()
        first.communicate()
        until(lambda: (folder / "1").exists() and checks(root))
        second.send_signal(signal.SIGTERM)
        output, _ = second.communicate(timeout=60)
        assert second.returncode == 0
        assert output.splitlines()[-1].endswith("ends: SIGTERM")
        assert health(root)["state"] == "ended"
        change(root, "value: 24", "value: 30")
        first, second = started(root), started(root)
        # the next minute may have come or not: what matters is that nothing is taken twice
        until(lambda: (root / "briefs/editions" / LOG).read_text().count(" begins: ") == 4)
        first.send_signal(signal.SIGINT)
        second.send_signal(signal.SIGTERM)
        for each in (first, second):
            assert "ends: SIG" in each.communicate(timeout=60)[0]
            assert each.returncode == 0
    finally:
        for each in (first, second):
            each.kill()
            each.communicate()
    taken = [each.slot for each in checks(root) if each.slot]
    assert len(taken) == len(set(taken)) > 0
    assert [each.edition for each in checks(root) if each.result == "issued"] == store_of(root, "brief").numbers()
    assert wrong(root) == []
