"""Dates are as exact as their sources: parts of a year, financial years and spans are read, worded and put in order."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.when import When


@pytest.mark.parametrize(
    ("text", "start", "end", "worded", "short"),
    [
        ("2025", "2025-01-01", "2025-12-31", "2025", "2025"),
        ("2025-08", "2025-08-01", "2025-08-31", "August 2025", "Aug 2025"),
        ("2024-02", "2024-02-01", "2024-02-29", "February 2024", "Feb 2024"),
        ("2025-08-29", "2025-08-29", "2025-08-29", "29 August 2025", "29 Aug 2025"),
        ("early 2025", "2025-01-01", "2025-05-02", "early 2025", "early 2025"),
        ("mid 2025-11", "2025-11-11", "2025-11-20", "mid-November 2025", "mid-Nov 2025"),
        ("late 2027-12", "2027-12-22", "2027-12-31", "late December 2027", "late Dec 2027"),
        ("FY2023-24", "2023-04-01", "2024-03-31", "2023–24", "2023–24"),
        ("early FY2023-24", "2023-04-01", "2023-07-31", "early 2023–24", "early 2023–24"),
        ("2025-07/2025-08", "2025-07-01", "2025-08-31", "July to August 2025", "Jul to Aug 2025"),
        ("2025-08-29/2025-08-30", "2025-08-29", "2025-08-30", "29 to 30 August 2025", "29 to 30 Aug 2025"),
        ("2024-12/2025-02", "2024-12-01", "2025-02-28", "December 2024 to February 2025", "Dec 2024 to Feb 2025"),
        ("2024/2025-09", "2024-01-01", "2025-09-30", "2024 to September 2025", "2024 to Sep 2025"),
        ("2025-08-29/2025-09-02", "2025-08-29", "2025-09-02", "29 August to 2 September 2025", "29 Aug to 2 Sep 2025"),
        ("2025/2035", "2025-01-01", "2035-12-31", "2025 to 2035", "2025 to 2035"),
        (" 2025 ", "2025-01-01", "2025-12-31", "2025", "2025"),
    ],
)
def test_a_date_is_read_and_worded(text: str, start: str, end: str, worded: str, short: str) -> None:
    when = When.parse(text)
    assert (when.start.isoformat(), when.end.isoformat(), when.worded(), when.short()) == (start, end, worded, short)
    assert when.exact == (start == end)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a date"),
        ("soon", "is not a date"),
        ("29-08-2025", "is not a date"),
        ("2025-8", "is not a date"),
        ("2025-08-29T10:00", "is not a date"),
        ("2025/08/29", "is not a date"),
        ("2025-13", "not a date in the calendar"),
        ("2025-02-29", "not a date in the calendar"),
        ("0000", "not a date in the calendar"),
        ("early 2025-08-29", "no early, mid or late part"),
        ("FY2023-25", "ends the year after"),
        ("2025/2024", "ends before it begins"),
        ("2025/", "is not a date"),
        ("/2025", "is not a date"),
        ("middle 2025", "is not a date"),
        ("२०२५", "is not a date"),
    ],
)
def test_what_is_no_date_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        When.parse(text)


@given(st.integers(1800, 2199), st.integers(1, 12))
def test_the_parts_of_a_month_and_a_year_leave_no_day_out(year: int, month: int) -> None:
    for whole in (f"{year}", f"{year}-{month:02}", f"FY{year}-{(year + 1) % 100:02}"):
        parts = [When.parse(f"{part} {whole}") for part in ("early", "mid", "late")]
        assert (parts[0].start, parts[2].end) == (When.parse(whole).start, When.parse(whole).end)
        assert all(later.start - earlier.end == timedelta(days=1) for earlier, later in pairwise(parts))


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)), st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_days_keep_their_order(one: date, other: date) -> None:
    first, second = When.parse(one.isoformat()), When.parse(other.isoformat())
    assert (first < second) == (one < other)
    low, high = sorted((one, other))
    span = When.parse(f"{low}/{high}")
    assert (span.start, span.end) == (low, high)
