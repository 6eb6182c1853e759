"""Cadences as people write them: five fields of crontab(5), or plain words such as `first working day of the month 07:00`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, cast

from briefing.cadence import Cadence, Calendar, CronDays, Days, EveryDays, EveryWeeks, Nth, Unit, WorkingDays, next_slot
from briefing.problems import nearest

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
EXAMPLES = (
    "every Monday 07:00", "every day 06:30", "every working day 07:00", "every 2 weeks on Monday 07:00", "15th of every month",
    "first working day of the month 07:00", "last Friday of the month 16:00", "first day of the quarter", "every 15 minutes",
    "when the data changes",
)  # fmt: skip
_NICKNAMES = {  # crontab(5), "Nicknames"
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip
_NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FIELDS: tuple[tuple[str, tuple[int, int], Sequence[str]], ...] = (
    ("minute", (0, 59), ()),
    ("hour", (0, 23), ()),
    ("day of the month", (1, 31), ()),
    ("month", (1, 12), [name[:3].lower() for name in MONTHS]),
    ("day of the week", (0, 7), ["sun", *(name[:3].lower() for name in WEEKDAYS[:6])]),
)
_PERIODS = {"month": 1, "quarter": 3, "half-year": 6, "half year": 6, "year": 12}
_CHANGE = r"when(?:ever)? the data changes?"

_weekday = "|".join(f"{name[:3].lower()}(?:{name[3:]})?" for name in WEEKDAYS).replace("thu(?:rsday)", "thu(?:r|rs|rsday)")
_month = "|".join(f"{name[:3].lower()}(?:{name[3:]})?" if name[3:] else name.lower() for name in MONTHS)
_and = r"(?:,? and |, ?)"
_days = rf"(?:{_weekday})s?(?:{_and}(?:{_weekday})s?)*"
_months = rf"(?:{_month})(?:{_and}(?:{_month}))*"
_ordinal = rf"(?:{'|'.join(_NUMBERS)}|\d{{1,2}}(?:st|nd|rd|th))"
_place = rf"(?:(?:{_ordinal}[ -](?:to )?)?last|next to last|penultimate|{_ordinal})"
_count = rf"(?:\d{{1,3}}|{'|'.join(_COUNTS)}|other|second)"
_time = r"(?:\d{1,2}:\d\d|noon|midnight)"

_CRON_TIME = re.compile(r"[\d*,/?LW#-]+")  # minute and hour, right or wrong
_AT = re.compile(rf"^(.*?)(?:,? at|,)? ({_time}(?:{_and}{_time})*)$")
_OR_CHANGE = re.compile(rf"^(.*?),? (?:and|or) {_CHANGE}$")
_LIST = re.compile(_and)


def parse(text: str) -> Cadence:
    """Return what a text says. Raises ValueError with what is wrong with it, and where it can be guessed what was meant."""
    words = " ".join(text.split())
    if not words:
        raise ValueError(f"a cadence is missing: such as {EXAMPLES[0]!r}")
    words = _NICKNAMES.get(words.lower(), words)
    fields = words.split(" ")
    if len(fields) == 5 and all(_CRON_TIME.fullmatch(each) for each in fields[:2]):
        found = _cron(text, fields)
    else:
        found = _worded(text, words)
    if found.days is not None and not _comes(found):
        raise ValueError(f"{text!r} never comes: there is no such day")
    return found


def _comes(cadence: Cadence) -> bool:
    utc = Calendar(cast("ZoneInfo", UTC))  # which needs no database, as ZoneInfo("UTC") does
    return next_slot(cadence, utc, datetime(2000, 1, 1, tzinfo=UTC)) is not None


# ------------------------------------------------------------------------------------------------------------------ crontab


def _cron(text: str, fields: Sequence[str]) -> Cadence:
    minutes, hours, days, months, weekdays = (_field(text, field, *bounds) for field, bounds in zip(fields, _FIELDS, strict=True))
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    return Cadence(
        text,
        CronDays(days, months, tuple(sorted({each % 7 for each in weekdays})), either),
        tuple(time(hour, minute) for hour in hours for minute in minutes),
        frequent=fields[0].startswith("*") or fields[1].startswith("*"),
    )


def _field(text: str, field: str, what: str, ends: tuple[int, int], names: Sequence[str] = ()) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|[0-9a-zA-Z]+)(?:-([0-9a-zA-Z]+))?(?:/(\d{1,4}))?", part)
        if match is None or (match[1] == "*" and match[2]) or (match[3] and match[1] != "*" and not match[2]):
            raise ValueError(f"{text!r}: {part!r} is no {what}; *, 5, 1-5, */15 and lists of them are")
        numbers = [] if match[1] == "*" else [_number(text, each, what, ends, names) for each in (match[1], match[2]) if each]
        first, last = (numbers[0], numbers[-1]) if numbers else ends
        step = int(match[3] or 1)
        if last < first or step < 1:
            raise ValueError(f"{text!r}: {part!r} is no {what}: {'a range ends before it begins' if step else 'steps of 0'}")
        found.update(range(first, last + 1, step))
    return tuple(sorted(found))


def _number(text: str, word: str, what: str, ends: tuple[int, int], names: Sequence[str]) -> int:
    low, high = ends
    if word.lower() in names:
        return names.index(word.lower()) + (1 if low else 0)
    if not word.isdecimal() or not low <= int(word) <= high:
        raise ValueError(f"{text!r}: {word!r} is no {what}: from {low} to {high}{f', or {names[0]} ...' if names else ''}")
    return int(word)


# -------------------------------------------------------------------------------------------------------------- plain words


def _worded(text: str, words: str) -> Cadence:
    said = words.lower().rstrip(".").removeprefix("on ")
    if re.fullmatch(_CHANGE, said):
        return Cadence(text, on_change=True)
    on_change = False
    if match := _OR_CHANGE.match(said):
        said, on_change = match[1], True
    if often := _often(said):
        made = _cron(text, often)
        return Cadence(text, made.days, made.times, frequent=True, on_change=on_change)
    times: tuple[time, ...] = (time(),)
    if match := _AT.match(said):
        said = match[1]
        times = tuple(sorted({_clock(text, each) for each in _LIST.split(match[2])}))
    days = _days_of(said)
    if days is None:
        raise ValueError(f"{text!r} says no days; {_hint(words)}")
    return Cadence(text, days, times, on_change=on_change)


def _often(said: str) -> list[str] | None:
    """Return as fields of a crontab what runs every so many minutes or hours."""
    if said in ("hourly", "every hour"):
        return ["0", "*", "*", "*", "*"]
    match = re.fullmatch(rf"every ({_count}) (minute|hour)s?", said)
    if match is None:
        return None
    count, of = _how_many(match[1]), 60 if match[2] == "minute" else 24
    if not count or of % count:
        raise ValueError(f"{said!r} does not divide {'an hour' if of == 60 else 'a day'} into equal parts")
    step = f"*/{count}" if count < of else "0"
    return [step if of == 60 else "0", "*" if of == 60 else step, "*", "*", "*"]


def _days_of(said: str) -> Days | None:
    """Return the days that words say, without their time; None where they say none."""
    if said in ("daily", "every day", "each day"):
        return EveryDays()
    if re.fullmatch(r"(?:(?:every|each) )?(?:working |work|business )days?", said):
        return WorkingDays()
    if match := re.fullmatch(rf"every ({_count}) days?", said):
        return EveryDays(_how_many(match[1])) if _how_many(match[1]) else None
    if match := re.fullmatch(rf"(?:(?:every|each) (?:week on )?|weekly on |on )?({_days})", said):
        return EveryWeeks(_weekdays(match[1]))
    if match := re.fullmatch(rf"(?:every ({_count}) weeks? on|every (other|second)|(fortnightly) on) ({_days})", said):
        step = 2 if match[2] or match[3] else _how_many(match[1])
        return EveryWeeks(_weekdays(match[4]), step) if step else None
    places = rf"(?:the )?({_place}(?:{_and}(?:the )?{_place})*)"
    if match := re.fullmatch(
        rf"(?:every )?{places}(?: (day|working day|workday|business day|{_weekday}))? (?:of|in) "
        rf"(?:(?:the|every|each|a) ({'|'.join(_PERIODS)})|(?:every |each )?({_months}))",
        said,
    ):
        ordinals = tuple(_which(each.removeprefix("the ")) for each in _LIST.split(match[1]))
        return Nth(ordinals, _unit(match[2]), _PERIODS.get(match[3], 1), tuple(sorted(map(_month_number, _parts(match[4])))))
    if match := re.fullmatch(
        rf"(?:every (?:year on )?)?(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_months})(?: every year)?", said
    ):
        return Nth((int(match[1]),), "day", 1, tuple(sorted(map(_month_number, _parts(match[2])))))
    if match := re.fullmatch(rf"(?:every (?:year on )?)?({_month}) (\d{{1,2}})(?:st|nd|rd|th)?(?: every year)?", said):
        return Nth((int(match[2]),), "day", 1, (_month_number(match[1]),))
    return None


def _parts(said: str | None) -> list[str]:
    return _LIST.split(said) if said else []


def _weekdays(said: str) -> tuple[int, ...]:
    return tuple(sorted({_weekday_number(each) for each in _parts(said)}))


def _weekday_number(said: str) -> int:
    return next(number for number, name in enumerate(WEEKDAYS) if name.lower().startswith(said[:3]))


def _month_number(said: str) -> int:
    return next(number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(said[:3]))


def _unit(said: str | None) -> Unit:
    if said in (None, "day"):
        return "day"
    return "working day" if said in ("working day", "workday", "business day") else _weekday_number(said or "")


def _how_many(said: str) -> int:
    if said in ("other", "second"):
        return 2
    return int(said) if said.isdecimal() else _COUNTS.index(said) + 1


def _which(said: str) -> int:
    """Return the number of an ordinal, from the end where it says so."""
    if said in ("next to last", "penultimate"):
        return -2
    last = said.endswith("last")
    word = re.split(r"[ -]", said)[0]
    if word == "last":
        return -1
    number = _NUMBERS.index(word) + 1 if word in _NUMBERS else int(word[:-2])
    return -number if last else number


def _clock(text: str, said: str) -> time:
    if said in ("noon", "midnight"):
        return time(12 if said == "noon" else 0)
    hour, minute = map(int, said.split(":"))
    if hour > 23 or minute > 59:
        raise ValueError(f"{text!r}: {said} is no time of day; from 00:00 to 23:59")
    return time(hour, minute)


def _hint(words: str) -> str:
    if re.search(r"\b\d{1,2} ?(?:am|pm)\b|\b\d{1,2}h\d*\b", words.lower()):
        return "a time is written 07:00 or 16:30"
    if len(words.split()) in (4, 5, 6) and re.match(r"[\d*]", words):
        return "as in a crontab it has five fields: minute, hour, day of the month, month, day of the week"
    guess = nearest(words, EXAMPLES) or nearest(re.sub(rf",? (?:at )?{_time}$", "", words), (each for each in EXAMPLES))
    return guess or f"such as {', '.join(map(repr, EXAMPLES[:3]))}, or five fields of a crontab"
