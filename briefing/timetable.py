"""What a recipe's schedule means: its cadence on a calendar, what is done with missed slots, and how long an edition is under embargo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from briefing.cadence import Cadence, Calendar
from briefing.cadence_text import WEEKDAYS, parse
from briefing.problems import BriefingError, nearest
from briefing.recipe import Misfire, Schedule

_SPAN = re.compile(r"(\d{1,4}) ?(minute|hour|day|week)s?")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Timetable(msgspec.Struct, frozen=True):
    """When a brief is due, and what becomes of the edition."""

    cadence: Cadence
    calendar: Calendar
    misfire: Misfire
    grace: timedelta
    embargo: datetime | time | timedelta | None
    deliver: bool

    @property
    def counted(self) -> str:
        """What its slots are counted by: where this changes, they are counted anew."""
        start = f" from {self.calendar.start}" if self.calendar.start else ""
        return f"{self.cadence.text} ({self.calendar.zone.key}){start}"

    def released_at(self, slot: datetime | None) -> datetime | None:
        """Return from when on an edition made at a slot may go to its readers; None for at once.

        A time of day is the first one not earlier than the slot. Made at no slot, only a given moment binds an edition.
        """
        match self.embargo:
            case datetime():
                return self.embargo
            case time() if slot:
                local = slot.astimezone(self.calendar.zone)
                day = local.date() + timedelta(days=local.time() > self.embargo)
                return datetime.combine(day, self.embargo, tzinfo=self.calendar.zone)
            case timedelta() if slot:
                return (slot.astimezone(UTC) + self.embargo).astimezone(self.calendar.zone)
        return None


class NoTimeZones(BriefingError):
    """No database of time zones on this machine: nothing is wrong with the dossier."""


class BadSchedule(BriefingError):
    """A schedule that cannot be read; `faults` has each fault as code, message and hint."""

    def __init__(self, faults: Iterable[tuple[str, str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(message for _, message, _ in self.faults))


def timetable(schedule: Schedule, lists: Mapping[str, Iterable[date]]) -> Timetable:
    """Return what a schedule means; `lists` are the dossier's holidays by name. Raises BadSchedule with all that is wrong with it,
    and NoTimeZones where that cannot be known.
    """
    found: list[tuple[str, str, str]] = []
    cadence = None
    try:
        cadence = parse(schedule.cadence)
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        found.append(("B020", f"cadence: {message}", hint))
    zone = _zone(schedule.time_zone, found)
    holidays = frozenset(_holidays(schedule, lists, found))
    grace = _span(schedule.grace)
    if grace is None:
        found.append(("B023", f"grace: {schedule.grace!r} is no span of time", "such as 1 hour, 30 minutes, 2 days"))
    embargo = _embargo(schedule.embargo, zone)
    if schedule.embargo and embargo is None:
        hint = "a time of day such as 10:00, a span such as 3 hours, or a moment such as 2025-09-15 10:00"
        found.append(("B023", f"embargo: {schedule.embargo!r} cannot be read", hint))
    weekend = frozenset(WEEKDAYS.index(day) for day in schedule.weekend)
    if len(weekend) == len(WEEKDAYS):
        found.append(("B022", "weekend: no day of the week is left to work on", ""))
    if found or cadence is None or grace is None:
        raise BadSchedule(found)
    calendar = Calendar(zone, holidays, weekend, schedule.on_holiday, schedule.start)
    return Timetable(cadence, calendar, schedule.misfire, grace, embargo, schedule.deliver)


def _zone(name: str, found: list[tuple[str, str, str]]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # a folder, a path, no such file
        known = available_timezones()
        if not known:
            message = "this machine has no database of time zones, and schedules need one: install the Python package tzdata"
            raise NoTimeZones(message) from None
        hint = nearest(name, known) or "a name of the IANA database, such as Europe/Berlin"
        found.append(("B021", f"time_zone: there is no time zone {name!r}", hint))
        return ZoneInfo(min(known))


def _holidays(schedule: Schedule, lists: Mapping[str, Iterable[date]], found: list[tuple[str, str, str]]) -> Iterator[date]:
    for entry in schedule.holidays:
        if entry in lists:
            yield from lists[entry]
        elif _DAY.match(entry):
            try:
                yield date.fromisoformat(entry)
            except ValueError as error:
                found.append(("B022", f"holidays: {entry!r} is not a day", str(error)))
        else:
            hint = nearest(entry, lists) or "a day such as 2025-12-25, or a list of the dossier's header under holidays"
            found.append(("B022", f"holidays: the dossier has no list {entry!r}", hint))


def _span(text: str) -> timedelta | None:
    match = _SPAN.fullmatch(text)
    return int(match[1]) * _UNITS[match[2]] if match else None


def _embargo(text: str, zone: ZoneInfo) -> datetime | time | timedelta | None:
    if match := _CLOCK.fullmatch(text):
        hour, minute = int(match[1]), int(match[2])
        return time(hour, minute) if hour < 24 and minute < 60 else None
    if _MOMENT.fullmatch(text):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=zone)
    return _span(text)
