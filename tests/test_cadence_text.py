"""Cadences as people write them: what is understood, and what is said of what is not."""

from __future__ import annotations

import re
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.cadence import Cadence, CronDays, EveryDays, EveryWeeks, Nth, WorkingDays
from briefing.cadence_text import EXAMPLES, parse

SEVEN = (time(7),)
MIDNIGHT = (time(),)
WORDS = [
    "every",
    "other",
    "first",
    "last",
    "of",
    "the",
    "month",
    "Monday",
    "07:00",
    "2",
    "weeks",
    "on",
    ",",
    "and",
    "*",
    "*/5",
    "1-3",
]


@pytest.mark.parametrize(
    ("text", "days", "times"),
    [
        ("every Monday 07:00", EveryWeeks((0,)), SEVEN),
        ("Every monday at 7:00", EveryWeeks((0,)), SEVEN),
        ("Mondays, 07:00", EveryWeeks((0,)), SEVEN),
        ("every Mon, Wed and Fri 07:00", EveryWeeks((0, 2, 4)), SEVEN),
        ("every Tuesday and Thursday", EveryWeeks((1, 3)), MIDNIGHT),
        ("weekly on Sunday at noon", EveryWeeks((6,)), (time(12),)),
        ("every 2 weeks on Monday", EveryWeeks((0,), 2), MIDNIGHT),
        ("every other Friday 16:30", EveryWeeks((4,), 2), (time(16, 30),)),
        ("every four weeks on Tue 07:00", EveryWeeks((1,), 4), SEVEN),
        ("daily 06:30", EveryDays(), (time(6, 30),)),
        ("every day at 07:00 and 19:00", EveryDays(), (time(7), time(19))),
        ("every 3 days", EveryDays(3), MIDNIGHT),
        ("every working day 07:00", WorkingDays(), SEVEN),
        ("every business day, 07:00", WorkingDays(), SEVEN),
        ("first working day of the month", Nth((1,), "working day"), MIDNIGHT),
        ("on the first and third Monday of every month at 07:00", Nth((1, 3), 0), SEVEN),
        ("last Friday of the month 16:00", Nth((-1,), 4), (time(16),)),
        ("second last day of the month", Nth((-2,), "day"), MIDNIGHT),
        ("penultimate working day of the quarter", Nth((-2,), "working day", 3), MIDNIGHT),
        ("15th of every month", Nth((15,), "day"), MIDNIGHT),
        ("1st and 15th of the month 07:00", Nth((1, 15), "day"), SEVEN),
        ("first day of the quarter", Nth((1,), "day", 3), MIDNIGHT),
        ("100th day of the year", None, MIDNIGHT),
        ("first Monday in September 07:00", Nth((1,), 0, 1, (9,)), SEVEN),
        ("first working day of January, April, July and October", Nth((1,), "working day", 1, (1, 4, 7, 10)), MIDNIGHT),
        ("every year on 15 March", Nth((15,), "day", 1, (3,)), MIDNIGHT),
        ("March 15 07:00", Nth((15,), "day", 1, (3,)), SEVEN),
        ("29 Feb", Nth((29,), "day", 1, (2,)), MIDNIGHT),
    ],
)
def test_plain_words_say_days_and_times(text: str, days: object, times: tuple[time, ...]) -> None:
    if days is None:
        with pytest.raises(ValueError, match="says no days"):
            parse(text)
        return
    found = parse(text)
    assert (found.days, found.times, found.frequent, found.on_change) == (days, times, False, False)
    assert found.text == text


def test_five_fields_are_read_as_a_crontab_has_them() -> None:
    found = parse("*/30 8-9 1,15 jan-mar mon-fri")
    assert found.days == CronDays((1, 15), (1, 2, 3), (1, 2, 3, 4, 5), either=True)
    assert found.times == (time(8), time(8, 30), time(9), time(9, 30))
    assert found.frequent
    assert parse("0 7 * * 7") == Cadence("0 7 * * 7", CronDays(tuple(range(1, 32)), tuple(range(1, 13)), (0,), either=False), SEVEN)
    assert parse("@monthly").days == parse("0 0 1 * *").days
    assert parse("every 15 minutes").times == parse("*/15 * * * *").times


@pytest.mark.parametrize("text", ["when the data changes", "whenever the data change"])
def test_a_brief_may_follow_its_data_alone_or_as_well(text: str) -> None:
    assert parse(text) == Cadence(text, on_change=True)
    both = parse(f"every Monday 07:00 and {text}")
    assert (both.days, both.times, both.on_change) == (EveryWeeks((0,)), SEVEN, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a cadence is missing"),
        ("every evning", "says no days"),
        ("evry Monday 07:00", "did you mean every Monday 07:00?"),
        ("every Monday 7am", "a time is written 07:00"),
        ("0 7 * *", "it has five fields: minute, hour"),
        ("every Monday 25:00", "25:00 is no time of day"),
        ("61 * * * *", "'61' is no minute: from 0 to 59"),
        ("0 7 * * funday", "'funday' is no day of the week: from 0 to 7, or sun"),
        ("0 0 * * 1#2", "'1#2' is no day of the week"),
        ("5-1 * * * *", "a range ends before it begins"),
        ("*/0 * * * *", "steps of 0"),
        ("0 7 L * *", "'L' is no day of the month"),
        ("every 7 minutes", "does not divide an hour"),
        ("every 0 weeks on Monday", "says no days"),
        ("30 February", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
        ("seventh Monday of the month", "never comes"),
        ("monthly", "says no days"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_might_be_meant(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        parse(text)


def test_all_examples_can_be_read() -> None:
    assert [parse(text).text for text in EXAMPLES] == list(EXAMPLES)


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        found = parse(text)
    except ValueError:
        return
    assert found.days is not None or found.on_change
