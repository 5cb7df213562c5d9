"""Days to keep in mind, as a calendar to subscribe to (RFC 5545), each with an alarm before it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from citizen_portal.agreements.queries import Terms
from citizen_portal.agreements.queries.days import Day, every_day
from citizen_portal.agreements.words.days import day_kind
from citizen_portal.db import Words

ALARM = "-P30D"
KEPT = timedelta(days=366)
"""Days further back than this are not in the calendar."""
LONGEST_LINE = 75
"""Octets of one line, its break aside (RFC 5545 §3.1)."""


def days(register: Iterable[Terms], *, today: date) -> list[Day]:
    """What falls due, by day, but what lies long back."""
    found = (day for terms in register for day in every_day(terms, today=today))
    kept = (day for day in found if day.on >= today - KEPT)
    return sorted(kept, key=lambda day: (day.on, _key(day)))


def calendar(days: Iterable[Day], *, name: str, site: str, language: str, stamp: datetime) -> str:
    """The calendar. ``stamp`` is when the register was as it is told here."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//citizen-portal//register//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for day in days:
        if day.on == date.max:
            continue  # "no end", as some write it: no calendar has a day after it
        lines += _event(day, site=site, language=language, stamp=stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _key(day: Day) -> str:
    """What it is, beside all others."""
    return "-".join(filter(None, (day.reference, day.kind, day.measure)))


def _event(day: Day, *, site: str, language: str, stamp: datetime) -> list[str]:
    about = [day_kind(day.kind), f"{day.reference} {_said(day.title, language)}"]
    if day.what:
        about.append(_said(day.what, language))
    said = _escaped(": ".join(about))
    return [
        "BEGIN:VEVENT",
        f"UID:{_key(day)}@{site.partition('://')[2]}",
        f"DTSTAMP:{stamp.strftime('%Y%m%dT%H%M%SZ')}",
        f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{said}",
        f"URL:{site}/register/{day.reference}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:{ALARM}",
        f"DESCRIPTION:{said}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _said(words: Words, language: str) -> str:
    return words.get(language) or words["en"]


def _escaped(text: str) -> str:
    """A TEXT value (RFC 5545 §3.3.11)."""
    for letter, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(letter, written)
    return text


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, no letter cut in two."""
    if len(line.encode()) <= LONGEST_LINE:
        return line
    pieces, piece, size = [], "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > LONGEST_LINE:
            pieces.append(piece)
            piece, size = "", 1  # the space that the next line begins with
        piece += letter
        size += length
    return "\r\n ".join([*pieces, piece])
