"""Cadences give the slots they say: in every zone, through every change of clocks, each later than the one before and none twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.cadence import Cadence, Calendar, EveryDays, Nth, OnHoliday, dates, last_slot, next_slot, slots
from briefing.cadence_text import EXAMPLES, WEEKDAYS, parse

ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata", "UTC",
)  # fmt: skip
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def calendar(zone: str = "Europe/Berlin", *holidays: str, on_holiday: OnHoliday = "after", start: str = "") -> Calendar:
    return Calendar(
        ZoneInfo(zone),
        frozenset(map(date.fromisoformat, holidays)),
        on_holiday=on_holiday,
        start=date.fromisoformat(start) if start else None,
    )


def listed(text: str, since: str, count: int = 3, where: Calendar | None = None) -> list[str]:
    """Return the first slots of a cadence after a moment, as the clocks there show them."""
    where = where or calendar()
    found = slots(parse(text), where, datetime.fromisoformat(since).replace(tzinfo=where.zone))
    return [each.strftime("%a %Y-%m-%d %H:%M %z") for each in islice(found, count)]


# ------------------------------------------------------------------------------------------------------- changes of clocks


def test_a_time_that_is_skipped_counts_by_the_offset_before_and_one_that_comes_twice_counts_the_first_time() -> None:
    assert listed("30 2 * * *", "2025-03-29T12:00") == [
        "Sun 2025-03-30 03:30 +0200", "Mon 2025-03-31 02:30 +0200", "Tue 2025-04-01 02:30 +0200",
    ]  # fmt: skip
    assert listed("30 2 * * *", "2025-10-25T12:00", 2) == ["Sun 2025-10-26 02:30 +0200", "Mon 2025-10-27 02:30 +0100"]
    york = calendar("America/New_York")
    assert listed("every day 02:30", "2025-03-08T12:00", 2, york) == ["Sun 2025-03-09 03:30 -0400", "Mon 2025-03-10 02:30 -0400"]
    assert listed("every day 01:30", "2025-11-01T12:00", 2, york) == ["Sun 2025-11-02 01:30 -0400", "Mon 2025-11-03 01:30 -0500"]


def test_half_an_hour_is_skipped_on_lord_howe_and_comes_twice() -> None:
    howe = calendar("Australia/Lord_Howe")
    assert listed("every day 02:15", "2025-10-04T12:00", 2, howe) == ["Sun 2025-10-05 02:45 +1100", "Mon 2025-10-06 02:15 +1100"]
    assert listed("every day 01:45", "2025-04-05T12:00", 2, howe) == ["Sun 2025-04-06 01:45 +1100", "Mon 2025-04-07 01:45 +1030"]
    assert listed("every 15 minutes", "2025-04-06T01:20", 5, howe) == [
        "Sun 2025-04-06 01:30 +1100", "Sun 2025-04-06 01:45 +1100",
        "Sun 2025-04-06 01:30 +1030", "Sun 2025-04-06 01:45 +1030", "Sun 2025-04-06 02:00 +1030",
    ]  # fmt: skip


def test_what_runs_every_so_many_minutes_or_hours_follows_time_as_it_passes() -> None:
    assert listed("0 * * * *", "2025-03-30T00:30", 3) == [
        "Sun 2025-03-30 01:00 +0100", "Sun 2025-03-30 03:00 +0200", "Sun 2025-03-30 04:00 +0200",
    ]  # fmt: skip
    assert listed("every hour", "2025-10-26T01:30", 3) == [
        "Sun 2025-10-26 02:00 +0200", "Sun 2025-10-26 02:00 +0100", "Sun 2025-10-26 03:00 +0100",
    ]  # fmt: skip


def test_a_time_that_is_moved_onto_another_slot_gives_one_slot() -> None:
    assert listed("every day 02:30, 03:30", "2025-03-29T12:00", 3) == [
        "Sun 2025-03-30 03:30 +0200", "Mon 2025-03-31 02:30 +0200", "Mon 2025-03-31 03:30 +0200",
    ]  # fmt: skip


def test_a_day_that_a_zone_has_left_out_altogether_gives_no_second_slot_on_the_next() -> None:
    apia = calendar("Pacific/Apia")  # which went from 29 to 31 December 2011
    assert listed("every day 07:00", "2011-12-28T12:00", 3, apia) == [
        "Thu 2011-12-29 07:00 -1000", "Sat 2011-12-31 07:00 +1400", "Sun 2012-01-01 07:00 +1400",
    ]  # fmt: skip


def test_midnight_that_is_skipped_is_the_first_hour_there_is() -> None:
    assert listed("every day", "2018-11-03T12:00", 2, calendar("America/Sao_Paulo")) == [
        "Sun 2018-11-04 01:00 -0200", "Mon 2018-11-05 00:00 -0200",
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ days and ends


@pytest.mark.parametrize(
    ("text", "since", "found"),
    [
        ("last day of the month", "2024-02-01T00:00", ["2024-02-29", "2024-03-31", "2024-04-30"]),
        ("last day of the month", "2025-02-01T00:00", ["2025-02-28", "2025-03-31", "2025-04-30"]),
        ("29 February", "2023-01-01T00:00", ["2024-02-29", "2028-02-29", "2032-02-29"]),
        ("29 February", "2095-01-01T00:00", ["2096-02-29", "2104-02-29", "2108-02-29"]),  # 2100 is no leap year
        ("31st of every month", "2025-01-01T00:00", ["2025-01-31", "2025-03-31", "2025-05-31"]),
        ("first working day of the month", "2025-05-31T00:00", ["2025-06-02", "2025-07-01", "2025-08-01"]),
        ("last Friday of the month", "2025-01-01T00:00", ["2025-01-31", "2025-02-28", "2025-03-28"]),
        ("fifth Monday of the month", "2025-01-01T00:00", ["2025-03-31", "2025-06-30", "2025-09-29"]),
        ("first day of the quarter", "2025-01-01T00:00", ["2025-04-01", "2025-07-01", "2025-10-01"]),
        ("last day of the quarter", "2025-01-01T00:00", ["2025-03-31", "2025-06-30", "2025-09-30"]),
        ("second last working day of the year", "2025-01-01T00:00", ["2025-12-30", "2026-12-30", "2027-12-30"]),
        ("0 0 13 * 5", "2025-06-01T00:00", ["2025-06-06", "2025-06-13", "2025-06-20"]),  # crontab(5): either will do
        ("0 0 */2 * 1", "2025-06-01T00:00", ["2025-06-09", "2025-06-23", "2025-07-07"]),  # and where one begins with *, both
    ],
)
def test_days_at_the_ends_of_months_quarters_and_years(text: str, since: str, found: Sequence[str]) -> None:
    assert [each.split()[1] for each in listed(text, since)] == found


def test_holidays_are_no_working_days_and_move_what_falls_on_them() -> None:
    new_year = ("2025-01-01", "2025-01-02", "2025-01-03")
    assert listed("first working day of the month 07:00", "2024-12-15T00:00", 1, calendar("Asia/Tokyo", *new_year)) == [
        "Mon 2025-01-06 07:00 +0900"
    ]
    kept = {
        rule: [
            each.split()[1]
            for each in listed("every Wednesday", "2024-12-20T00:00", 2, calendar("UTC", *new_year, on_holiday=rule))
        ]
        for rule in ("after", "before", "skip", "keep")
    }
    assert kept == {
        "after": ["2024-12-25", "2025-01-06"], "before": ["2024-12-25", "2024-12-31"],
        "skip": ["2024-12-25", "2025-01-08"], "keep": ["2024-12-25", "2025-01-01"],
    }  # fmt: skip


def test_holidays_in_a_row_move_to_one_day_and_give_one_slot() -> None:
    where = calendar("Asia/Tokyo", "2025-05-05", "2025-05-06", "2025-05-07")
    assert [each.split()[1] for each in listed("every day 07:00", "2025-05-04T12:00", 3, where)] == [
        "2025-05-08",
        "2025-05-09",
        "2025-05-10",
    ]
    assert listed("every Monday 07:00", "2025-05-07T12:00", 1, where) == ["Thu 2025-05-08 07:00 +0900"]


def test_every_second_week_is_counted_from_the_first_day_and_nothing_comes_before_it() -> None:
    for start, first in (("2025-06-02", "2025-06-02"), ("2025-06-09", "2025-06-09")):
        where = calendar(start=start)
        found = [each.split()[1] for each in listed("every 2 weeks on Monday", "2025-01-01T00:00", 2, where)]
        assert found == [first, str(date.fromisoformat(first) + 14 * DAY)]


def test_what_only_follows_its_data_has_no_slots() -> None:
    assert listed("when the data changes", "2025-01-01T00:00") == []
    assert next_slot(parse("when the data changes"), calendar(), datetime(2025, 1, 1, tzinfo=UTC)) is None


# --------------------------------------------------------------------------------------------------------------- properties

TEXTS = (
    *EXAMPLES,
    "30 2 * * *",
    "*/20 1-3 * * *",
    "15,45 * * * *",
    "0 0 29 2 *",
    "every 2 hours",
    "every day 01:30, 02:10 and 02:50",
)
# around the changes of clocks in each zone, and anywhere
MOMENTS = (
    "2025-03-30T00:00", "2025-10-26T00:00", "2025-03-09T05:00", "2025-11-02T04:00", "2025-10-04T14:00", "2025-04-05T13:00",
    "2018-11-04T02:00", "2018-02-18T01:00", "2011-12-30T08:00", "2024-02-28T20:00",
)  # fmt: skip
moments = st.builds(
    lambda near, away: datetime.fromisoformat(near).replace(tzinfo=UTC) + away,
    st.sampled_from(MOMENTS),
    st.timedeltas(-2 * DAY, 2 * DAY),
) | st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
fields = st.tuples(
    st.sampled_from(["*", "*/7", "0", "30", "5,35", "10-20/5"]),
    st.sampled_from(["*", "*/5", "2", "0-3", "1,2,23"]),
    st.sampled_from(["*", "1", "*/9", "28-31"]),
    st.sampled_from(["*", "2-4,10,11"]),
    st.sampled_from(["*", "0", "1-5", "sun,6"]),
).map(" ".join)
cadences = (st.sampled_from(TEXTS) | fields).map(parse)
days = st.dates(date(2011, 12, 20), date(2012, 1, 10)) | st.dates(date(2025, 3, 25), date(2025, 4, 9))
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES).map(ZoneInfo),
    st.frozensets(days, max_size=6),
    st.sampled_from([frozenset({5, 6}), frozenset({4, 5}), frozenset[int]()]),
    st.sampled_from(["after", "before", "skip", "keep"]),
    st.none() | days,
)


def utc(found: Sequence[datetime]) -> list[datetime]:
    return [each.astimezone(UTC) for each in found]


@settings(max_examples=40)
@given(cadences, calendars, moments, st.timedeltas(timedelta(), 3 * DAY))
def test_slots_are_later_than_one_another_and_the_same_wherever_one_begins(
    cadence: Cadence, where: Calendar, since: datetime, later: timedelta
) -> None:
    until = since + 9 * DAY
    found = utc(list(slots(cadence, where, since, until)))
    assert all(first < second for first, second in pairwise(found))
    assert all(since < each <= until for each in found)
    assert utc(list(slots(cadence, where, since + later, until))) == [each for each in found if each > since + later]
    assert utc(list(islice(slots(cadence, where, since), len(found)))) == found


@settings(max_examples=25)
@given(cadences, calendars, moments)
def test_the_last_slot_and_the_next_have_no_slot_between_them(cadence: Cadence, where: Calendar, at: datetime) -> None:
    before, after = last_slot(cadence, where, at), next_slot(cadence, where, at)
    if before is not None:
        assert before <= at
        assert next_slot(cadence, where, before) == after
        assert last_slot(cadence, where, before) == before
    if after is not None:
        assert after > at
        assert last_slot(cadence, where, after - timedelta(seconds=1)) == before


@given(
    st.sampled_from(["*/15 * * * *", "every hour", "*/20 2 * * *", "5 */2 * * *", "*/30 1-3 * * 0"]),
    st.sampled_from(ZONES),
    moments,
)
def test_what_follows_time_as_it_passes_comes_at_every_minute_that_fits_and_at_no_other(
    text: str, zone: str, since: datetime
) -> None:
    cadence, where = parse(text), Calendar(ZoneInfo(zone))
    since = since.replace(second=0, microsecond=0)
    passing = (since + count * MINUTE for count in range(1, 26 * 60 + 1))
    weekdays = {6} if text.endswith(" 0") else set(range(7))
    shown = ((each, each.astimezone(where.zone)) for each in passing)
    assert utc(list(slots(cadence, where, since, since + 26 * 60 * MINUTE))) == [
        each for each, local in shown if local.time().replace(fold=0) in cadence.times and local.weekday() in weekdays
    ]


@given(
    st.sampled_from(ZONES),
    moments,
    st.lists(st.times().map(lambda each: each.replace(second=0, microsecond=0)), min_size=1, max_size=1),
)
def test_a_daily_time_comes_once_for_each_day_that_there_was(zone: str, since: datetime, times: list[time]) -> None:
    where = Calendar(ZoneInfo(zone))
    found = list(slots(Cadence("", EveryDays(), tuple(times)), where, since, since + 60 * DAY))
    local = [each.date() for each in found]
    assert len(local) == len(set(local))
    missing = {local[0] + count * DAY for count in range((local[-1] - local[0]).days)} - set(local)
    assert missing <= {date(2011, 12, 30)}  # the day that Apia left out
    shifted = [each for each in found if each.time() != times[0]]
    for each in shifted:  # only what the clocks of that day do not show at all is moved
        naive = datetime.combine(each.date(), times[0])
        assert naive.replace(tzinfo=where.zone).astimezone(UTC).astimezone(where.zone).replace(tzinfo=None) != naive


@given(cadences, calendars, moments, st.lists(st.timedeltas(-3 * DAY, 3 * DAY), max_size=12))
def test_a_clock_that_goes_forth_and_back_never_gives_a_slot_twice(
    cadence: Cadence, where: Calendar, at: datetime, steps: list[timedelta]
) -> None:
    done, taken = at, list[datetime]()
    for step in steps:
        at += step
        for slot in slots(cadence, where, done, at):
            taken.append(slot)
            done = slot
    assert all(first < second for first, second in pairwise(taken))


@settings(max_examples=25)
@given(
    st.lists(st.integers(-6, 6).filter(bool), min_size=1, max_size=3),
    st.sampled_from(["day", "working day", *range(7)]),
    st.sampled_from([1, 3, 6, 12]),
    calendars,
    st.dates(date(1999, 1, 1), date(2040, 1, 1)),
)
def test_the_nth_days_of_a_period_are_those_that_counting_finds(
    ordinals: list[int], unit: str | int, months: int, where: Calendar, first: date
) -> None:
    plain = Calendar(where.zone, where.holidays, where.weekend, "keep")

    def counts(day: date) -> bool:
        period = [each for each in (date(day.year, 1, 1) + n * DAY for n in range(366)) if each.year == day.year]
        period = [each for each in period if (each.month - 1) // months == (day.month - 1) // months]
        units = [
            each for each in period if unit == "day" or (plain.works(each) if unit == "working day" else each.weekday() == unit)
        ]
        return day in units and bool({units.index(day) + 1, units.index(day) - len(units)} & set(ordinals))

    found = set(islice(dates(Nth(tuple(ordinals), unit, months), plain, first), 40))  # type: ignore[arg-type]
    span = [first + count * DAY for count in range(40)]
    assert [each for each in span if counts(each)] == [each for each in span if each in found]


def test_weekdays_have_the_numbers_that_python_gives_them() -> None:
    assert [date(2025, 9, 1 + number).strftime("%A") for number in range(7)] == list(WEEKDAYS)
