"""Dates as sources give them: a year, a month, a day, a part of one, a financial year, or a span of two."""

from __future__ import annotations

import calendar
import re
from datetime import date

import msgspec

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip
_PART = {"early": (0.0, 1 / 3), "mid": (1 / 3, 2 / 3), "late": (2 / 3, 1.0)}
_ONE = re.compile(r"(?:(early|mid|late) )?(?:(FY)(\d{4})-(\d\d)|(\d{4})(?:-(\d\d))?(?:-(\d\d))?)", re.ASCII)


class When(msgspec.Struct, frozen=True, order=True):
    """A date as exact as its source: its first and last day, and the text that it was written as."""

    start: date
    end: date
    text: str

    @classmethod
    def parse(cls, text: str) -> When:
        """Read `2025`, `2025-08`, `2025-08-29`, `mid 2025-11`, `FY2023-24` or two of them as `A/B`.

        A financial year runs from 1 April to 31 March, as in India and Japan. Raises ValueError with a reason.
        """
        first, slash, last = text.strip().partition("/")
        start, end = _span(first)
        if slash:
            end = _span(last)[1]
            if end < start:
                raise ValueError(f"{text!r} ends before it begins")
        return cls(start, end, text.strip())

    def worded(self) -> str:
        """Return the date in words: "29 August 2025", "mid-November 2025", "2023-24", "July to August 2025"."""
        first, slash, last = self.text.partition("/")
        if not slash:
            return _worded(first)
        a, b = _worded(first).split(" "), _worded(last).split(" ")
        if len(a) == len(b) > 1 and a[-1] == b[-1]:
            a = a[:-1]
            if len(a) == 2 and a[-1] == b[1]:
                a = a[:-1]
        return f"{' '.join(a)} to {' '.join(b)}"

    def short(self) -> str:
        """Return the date for a narrow column: "29 Aug 2025", "mid-Nov 2025", "2023-24"."""
        words = self.worded()
        for month in MONTHS:
            words = words.replace(month, month[:3])
        return words

    @property
    def exact(self) -> bool:
        """Whether this is a single day."""
        return self.start == self.end


def _span(text: str) -> tuple[date, date]:
    match = _ONE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a date such as 2025, 2025-08, 2025-08-29, mid 2025-11 or FY2023-24")
    part, financial, fy, fy_end, year, month, day = match.groups()
    if financial and (int(fy) + 1) % 100 != int(fy_end):
        raise ValueError(f"{text!r}: a financial year ends the year after it begins")
    if part and day:
        raise ValueError(f"{text!r}: a day has no early, mid or late part")
    try:
        if financial:
            start, end = date(int(fy), 4, 1), date(int(fy) + 1, 3, 31)
        elif day:
            start = end = date(int(year), int(month), int(day))
        elif month:
            start = date(int(year), int(month), 1)
            end = start.replace(day=calendar.monthrange(start.year, start.month)[1])
        else:
            start, end = date(int(year), 1, 1), date(int(year), 12, 31)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date in the calendar: {error}") from None
    if part:
        low, high = _PART[part]
        days = (end - start).days + 1
        first = date.fromordinal(start.toordinal() + round(days * low))
        start, end = first, date.fromordinal(start.toordinal() + round(days * high) - 1)
    return start, end


def _worded(text: str) -> str:
    match = _ONE.fullmatch(text.strip())
    assert match, text  # parse() has read it before
    part, financial, fy, fy_end, year, month, day = match.groups()
    if financial:
        words = f"{fy}\N{EN DASH}{fy_end}"
    elif day:
        words = f"{int(day)} {MONTHS[int(month) - 1]} {year}"
    elif month:
        words = f"{MONTHS[int(month) - 1]} {year}"
    else:
        words = year
    if part == "mid":
        return f"mid-{words}"
    return f"{part} {words}" if part else words
