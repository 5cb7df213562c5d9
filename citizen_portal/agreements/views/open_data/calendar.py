"""Days to keep in mind, as a calendar to subscribe to (RFC 5545), each with an alarm before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from flask_babel import gettext

from citizen_portal.agreements.queries import Measure, Terms
from citizen_portal.db import Words

ALARM = "-P30D"
KEPT = timedelta(days=366)
"""Days further back than this are not in the calendar."""
LONGEST_LINE = 75
"""Octets of one line, its break aside (RFC 5545 §3.1)."""
Kind = Literal["review", "due", "look-back", "end"]


@dataclass(frozen=True, slots=True)
class Day:
    terms: Terms
    kind: Kind
    on: date
    measure: Measure | None = None
    """The measure that is due."""

    @property
    def key(self) -> str:
        """What it is, beside all others."""
        measure = self.measure.id if self.measure else ""
        return "-".join(filter(None, (self.terms.reference, self.kind, measure)))


def days(register: Iterable[Terms], *, today: date) -> list[Day]:
    """What falls due, by day: of agreements that have ended, only what was still to be done."""
    found = [day for terms in register for day in _days(terms, today)]
    kept = [day for day in found if day.on >= today - KEPT]
    return sorted(kept, key=lambda day: (day.on, day.key))


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
        lines += _event(day, site=site, language=language, stamp=stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _days(terms: Terms, today: date) -> Iterator[Day]:
    over = terms.ends is not None and terms.ends < today
    if terms.review and not over:
        yield Day(terms, "review", terms.review)
    if terms.ends:
        yield Day(terms, "end", terms.ends)
    if terms.emergency and terms.emergency.reviewed_on is None:
        yield Day(terms, "look-back", terms.emergency.review_due)
    for measure in terms.measures:
        if measure.due and not any(found.on >= measure.due for found in measure.found):
            yield Day(terms, "due", measure.due, measure)


def _event(day: Day, *, site: str, language: str, stamp: datetime) -> list[str]:
    about = [_words(day.kind), f"{day.terms.reference} {_said(day.terms.title, language)}"]
    if day.measure:
        about.append(_said(day.measure.what, language))
    said = _escaped(": ".join(about))
    return [
        "BEGIN:VEVENT",
        f"UID:{day.key}@{site.partition('://')[2]}",
        f"DTSTAMP:{stamp.strftime('%Y%m%dT%H%M%SZ')}",
        f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{said}",
        f"URL:{site}/register/{day.terms.reference}",
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


def _words(kind: Kind) -> str:
    words: dict[Kind, str] = {
        "review": gettext("Look at it again"),
        "due": gettext("Measure due"),
        "look-back": gettext("Look back at an emergency"),
        "end": gettext("Last day"),
    }
    return words[kind]


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
