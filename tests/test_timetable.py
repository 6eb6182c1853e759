"""Schedules of recipes: what they mean, and every fault of them at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice

import pytest

from briefing import timetable as module
from briefing.cadence import slots
from briefing.load.recipes import check_schedule
from briefing.recipe import Schedule
from briefing.timetable import BadSchedule, NoTimeZones, timetable
from tests.schedules import moment

TOKYO = {"japan": (date(2025, 1, 1), date(2025, 1, 13))}


def test_holidays_are_days_and_lists_of_the_dossier() -> None:
    found = timetable(
        Schedule("first working day of the month 07:00", "Asia/Tokyo", holidays=("japan", "2025-01-02", "2025-01-03")), TOKYO
    )
    (slot,) = islice(slots(found.cadence, found.calendar, moment("2024-12-30T00:00+09:00")), 1)
    assert slot == moment("2025-01-06T07:00+09:00")


def test_a_week_may_end_on_other_days() -> None:
    found = timetable(Schedule("every working day", "Asia/Riyadh", weekend=("Friday", "Saturday")), {})
    days = islice(slots(found.cadence, found.calendar, moment("2025-06-04T12:00+03:00")), 3)
    assert [each.strftime("%a") for each in days] == ["Thu", "Sun", "Mon"]


@pytest.mark.parametrize(
    ("embargo", "released"),
    [
        ("", None),
        ("10:00", "2025-03-30T10:00+02:00"),
        ("06:00", "2025-03-31T06:00+02:00"),  # the first one not earlier than the slot
        ("07:00", "2025-03-30T07:00+02:00"),
        ("36 hours", "2025-03-31T19:00+02:00"),
        ("2025-04-01 08:30", "2025-04-01T08:30+02:00"),
        ("2025-04-01T08:30+00:00", "2025-04-01T08:30+00:00"),
    ],
)
def test_an_embargo_ends_at_a_time_after_a_span_or_at_a_moment(embargo: str, released: str | None) -> None:
    found = timetable(Schedule("every day 07:00", "Europe/Berlin", embargo=embargo), {})
    assert found.released_at(moment("2025-03-30T07:00")) == (datetime.fromisoformat(released) if released else None)
    at_no_slot = found.released_at(None)
    assert (at_no_slot is not None) == embargo.startswith("2025")


def test_a_span_counts_hours_that_pass_also_while_clocks_change() -> None:
    found = timetable(Schedule("every day 22:00", "Europe/Berlin", embargo="12 hours", grace="90 minutes"), {})
    assert found.released_at(moment("2025-03-29T22:00")) == moment("2025-03-30T11:00")
    assert found.grace == timedelta(minutes=90)


def test_every_fault_is_told_at_once() -> None:
    bad = Schedule("evry day", "Europe", holidays=("2025-13-01", "jpan"), grace="a while", embargo="24:00", weekend=("Monday",) * 3)
    with pytest.raises(BadSchedule) as caught:
        timetable(bad, {"japan": ()})
    assert [code for code, _, _ in caught.value.faults] == ["B020", "B021", "B022", "B022", "B023", "B023"]
    assert "did you mean japan?" in [hint for _, _, hint in caught.value.faults]


def test_a_machine_without_time_zones_can_write_documents_but_not_keep_a_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    import zoneinfo

    monkeypatch.setattr(module, "available_timezones", set[str])
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()
    try:
        schedule = Schedule("every day", "Europe/No-such-place")
        with pytest.raises(NoTimeZones, match="install the Python package tzdata"):
            timetable(schedule, {})
        assert list(check_schedule(schedule, {})) == []
    finally:
        zoneinfo.reset_tzpath(before)
        zoneinfo.ZoneInfo.clear_cache()


def test_slots_are_counted_anew_where_the_cadence_the_zone_or_the_beginning_is_another() -> None:
    one = timetable(Schedule("every day", "Europe/Berlin"), {}).counted
    assert one == timetable(Schedule("every day", "Europe/Berlin", holidays=("2025-12-25",), grace="2 hours"), {}).counted
    assert (
        len(
            {
                one,
                timetable(Schedule("every day", "Asia/Tokyo"), {}).counted,
                timetable(Schedule("every day", "Europe/Berlin", start=date(2025, 1, 1)), {}).counted,
            }
        )
        == 3
    )
