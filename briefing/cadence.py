"""When a brief is due: a cadence as a value, and the moments it falls on as a pure function of it. Nothing here asks a clock.

A cadence is days and times of day on the clocks of one time zone. What those clocks do twice a year is settled by two rules:

- A time that is skipped when clocks go forward counts by the offset before the change, so that 02:30 becomes 03:30; one that comes twice
  when they go back counts once, the first time (RFC 5545, 3.3.5). No slot is lost and none comes twice.
- What runs more than once an hour, or every so many hours (`*/15 * * * *`, `every hour`), follows time as it passes: it runs in both of
  the hours that bear one name, and not in the one that is skipped (cron(8), "Daylight Saving Time and other time changes").

A day that a month does not have (`30 February`, the 31st of June) is left out, as RFC 5545, 3.3.10 has it; `last day` is always there.
"""

from __future__ import annotations

import heapq
from calendar import monthrange
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

OnHoliday = Literal["after", "before", "skip", "keep"]
Unit: TypeAlias = Literal["day", "working day"] | int  # or a day of the week, Monday 0

ZERO = timedelta()
_DAY = timedelta(days=1)
_FIRST_MONDAY = date(1970, 1, 5)  # from here "every 2 weeks" is counted where no first day is given
_LAST = date(9990, 1, 1)
_FURTHEST = timedelta(days=41 * 366)  # 29 February on one day of the week: at most 40 years apart, around 2100
_LONGEST_HOLIDAY = 366  # days in a row without a working day
_OFFSET = timedelta(hours=15)  # no clock on Earth is further from UTC


class EveryDays(msgspec.Struct, frozen=True):
    """Every so many days."""

    step: int = 1


class EveryWeeks(msgspec.Struct, frozen=True):
    """These days of the week, every so many weeks. Weeks begin on Monday."""

    weekdays: tuple[int, ...]
    step: int = 1


class WorkingDays(msgspec.Struct, frozen=True):
    """Every day that is neither at the weekend nor a holiday."""


class Nth(msgspec.Struct, frozen=True):
    """The nth days, working days or Mondays of a month, quarter, half-year or year; -1 is the last."""

    ordinals: tuple[int, ...]
    unit: Unit
    months: int = 1  # how long the period is
    among: tuple[int, ...] = ()  # of single months: only these


class CronDays(msgspec.Struct, frozen=True):
    """Days as crontab(5) has them: where both the day of the month and of the week are restricted, either will do."""

    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either: bool


Days: TypeAlias = EveryDays | EveryWeeks | WorkingDays | Nth | CronDays


class Cadence(msgspec.Struct, frozen=True):
    """How often: days and times of day, or whenever the data change, or both."""

    text: str
    days: Days | None = None
    times: tuple[time, ...] = ()
    frequent: bool = False  # it follows time as it passes, not the clock on the wall
    on_change: bool = False


class Calendar(msgspec.Struct, frozen=True):
    """Where and among which days a cadence is reckoned. `start` is the first day on which it may fall, and from which weeks are counted."""

    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})
    on_holiday: OnHoliday = "after"
    start: date | None = None

    def works(self, day: date) -> bool:
        """Return whether it is neither at the weekend nor a holiday."""
        return day.weekday() not in self.weekend and day not in self.holidays


def slots(cadence: Cadence, calendar: Calendar, after: datetime, until: datetime | None = None) -> Iterator[datetime]:
    """Yield the slots later than `after` and not later than `until`, each later than the one before, in the zone of the calendar.

    Without `until` it goes on for as long as there are slots. The same slots come whatever `after` it begins with.
    """
    if cadence.days is None:
        return
    zone, last = calendar.zone, after.astimezone(UTC)
    end = until.astimezone(UTC) if until else None
    first = after.astimezone(zone).date() - _DAY
    waiting: list[datetime] = []
    for day in takewhile(lambda each: end is None or _earliest(each) <= end, dates(cadence.days, calendar, first)):
        # what is skipped when clocks go forward may fall on a later day: wait until no earlier slot can come
        while waiting and waiting[0] < _earliest(day):
            slot = heapq.heappop(waiting)
            if slot > last:
                last = slot
                yield slot.astimezone(zone)
        for moment in cadence.times:
            for found in _moments(datetime.combine(day, moment, tzinfo=zone), frequent=cadence.frequent):
                if found > last and (end is None or found <= end):
                    heapq.heappush(waiting, found)
    while waiting:
        slot = heapq.heappop(waiting)
        if slot > last:
            last = slot
            yield slot.astimezone(zone)


def next_slot(cadence: Cadence, calendar: Calendar, after: datetime) -> datetime | None:
    """Return the first slot later than `after`, or None where none comes within forty years."""
    return next(slots(cadence, calendar, after, after.astimezone(UTC) + _FURTHEST), None)


def last_slot(cadence: Cadence, calendar: Calendar, at: datetime) -> datetime | None:
    """Return the last slot that is not later than `at`, or None where there was none in the forty years before."""
    end = at.astimezone(UTC)
    for span in (timedelta(hours=2), 2 * _DAY, 40 * _DAY, 400 * _DAY, _FURTHEST):
        begin = end - span
        found = deque(slots(cadence, calendar, begin, end), maxlen=1)
        if found:
            return found[0]
        end = begin
    return None


def dates(days: Days, calendar: Calendar, first: date) -> Iterator[date]:
    """Yield the days of a cadence from `first` on, in order, each once: holidays kept, left out or moved as the calendar has it."""
    if calendar.start and calendar.start > first:
        first = calendar.start
    if not calendar.holidays or calendar.on_holiday == "keep":
        yield from _plain(days, calendar, first)
        return
    begin = first
    if calendar.on_holiday == "after":  # days before may move to the first ones asked for
        while first - begin < _LONGEST_HOLIDAY * _DAY and not calendar.works(begin - _DAY):
            begin -= _DAY
        if calendar.start:
            begin = max(begin, calendar.start)
    before = None
    for day in _plain(days, calendar, begin):
        moved = _moved(day, calendar)
        if moved is not None and moved >= first and (before is None or moved > before):
            before = moved
            yield moved


def _moved(day: date, calendar: Calendar) -> date | None:
    if day not in calendar.holidays:
        return day
    step = {"after": _DAY, "before": -_DAY}.get(calendar.on_holiday, ZERO)
    for _ in range(_LONGEST_HOLIDAY if step else 0):
        day += step
        if calendar.works(day):
            return day
    return None


def _plain(days: Days, calendar: Calendar, first: date) -> Iterator[date]:
    """Yield days from `first` on with no regard to holidays, but for what is said in working days."""
    match days:
        case EveryDays(step):
            since = calendar.start or _FIRST_MONDAY
            day = first + ((since - first).days % step) * _DAY
            while day < _LAST:
                yield day
                day += step * _DAY
        case EveryWeeks(weekdays, step):
            since = calendar.start or _FIRST_MONDAY
            since -= since.weekday() * _DAY
            week = first - first.weekday() * _DAY
            week += ((since - week).days // 7 % step) * 7 * _DAY
            while week < _LAST:
                yield from (day for day in (week + each * _DAY for each in weekdays) if day >= first)
                week += step * 7 * _DAY
        case WorkingDays():
            yield from filter(calendar.works, _all(first))
        case CronDays(numbers, months, weekdays, either):
            for day in _all(first):
                if day.month in months:
                    fits = day.day in numbers, (day.weekday() + 1) % 7 in weekdays
                    if any(fits) if either else all(fits):
                        yield day
        case Nth(_, _, months, among):
            start = date(first.year, (first.month - 1) // months * months + 1, 1)
            while start < _LAST:
                end = _later(start, months)
                if not among or start.month in among:
                    yield from (day for day in sorted(_nth(days, calendar, start, end)) if day >= first)
                start = end


def _all(day: date) -> Iterator[date]:
    while day < _LAST:
        yield day
        day += _DAY


def _later(start: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _nth(days: Nth, calendar: Calendar, start: date, end: date) -> set[date]:
    """Return the days of one period, which begins on `start` and is over on `end`."""
    length = monthrange(start.year, start.month)[1] if days.months == 1 else (end - start).days
    if days.unit == "day":
        found: Sequence[int] = range(length)
    elif days.unit == "working day":
        found = [offset for offset in range(length) if calendar.works(start + offset * _DAY)]
    else:
        found = range((days.unit - start.weekday()) % 7, length, 7)
    places = (each - 1 if each > 0 else len(found) + each for each in days.ordinals)
    return {start + found[place] * _DAY for place in places if 0 <= place < len(found)}


def _moments(local: datetime, *, frequent: bool) -> Iterator[datetime]:
    """Yield the moments, in UTC, at which the clocks of a zone show a time; see the head of this module."""
    found = local.astimezone(UTC)
    if not frequent:  # fold is 0: in a gap the offset before it, in a fold the first of the two (PEP 495)
        yield found
        return
    if found.astimezone(local.tzinfo).replace(tzinfo=None, fold=0) != local.replace(tzinfo=None):
        return
    yield found
    again = local.replace(fold=1).astimezone(UTC)
    if again != found:
        yield again


def _earliest(day: date) -> datetime:
    """Return a moment before which no slot of a day can come."""
    return datetime.combine(day, time(), tzinfo=UTC) - _OFFSET
