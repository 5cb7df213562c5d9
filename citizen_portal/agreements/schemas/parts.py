"""What the fields of a register file are made of: texts, slugs, dates, addresses, languages."""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

DURATION = re.compile(r"P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode categories of control and format characters and of line separators."""
TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of the text around them, so that it reads as another."""
PLAIN_BREAKS = frozenset("\n\t")
JOINERS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiner: part of emoji such as families, and of Arabic and Indic words."""
FIRST_JOINED = "\u0600"
"""No script below it joins its letters: a joiner between two of these changes nothing to see."""
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors: each chooses the form of the one character before it."""
FILLER = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8"
    "\U000e0000\U000e0002-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
    f"|(?:^|[\\s{SELECTORS}])[{SELECTORS}]"
)
"""Not shown though no control or format character by category (Default_Ignorable_Code_Point), and
selectors that choose nothing."""
TAGGED_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
"""The flag of a part of a country, as of Wales: a black flag, its code in tags, an end
(Unicode Technical Standard 51, ED-14a)."""


def _readable(text: str) -> str:
    """Every character can be seen, or changes what is seen. See docs/register-format.md."""
    if text.replace("\n", " ").replace("\t", " ").isprintable():
        return _seen(text)
    if not TURNS_TEXT.isdisjoint(text):
        raise ValueError("must not hold characters that turn the direction of text")
    shown = TAGGED_FLAG.sub("\U0001f3f4", text)
    for at, letter in enumerate(shown):
        if letter in JOINERS:
            _joins(shown[at - 1 : at], shown[at + 1 : at + 2])
        elif unicodedata.category(letter) in UNSEEN and letter not in PLAIN_BREAKS:
            raise ValueError("must not hold control characters or characters that cannot be seen")
        elif _no_character(ord(letter)):
            raise ValueError("must not hold code points that are no characters")
    return _seen(text)


def _seen(text: str) -> str:
    if not text.isascii() and FILLER.search(text):
        raise ValueError("must not hold control characters or characters that cannot be seen")
    return text


def _joins(before: str, after: str) -> None:
    """A joiner stands between two visible characters, one of which it can change."""
    good = bool(before and after) and max(before, after) >= FIRST_JOINED
    if not good or any(letter in JOINERS or letter.isspace() for letter in before + after):
        raise ValueError("must not hold a joiner that joins nothing")


def _no_character(point: int) -> bool:
    """Unicode, section 23.7: never a character, and not allowed in XML or HTML."""
    return 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE


def _plainly_readable(text: str) -> str:
    """Compared letter by letter, so without even those joiners that pictures need."""
    if not JOINERS.isdisjoint(text):
        raise ValueError("must not hold control characters or characters that cannot be seen")
    return _readable(text)


def _one_way_to_write(text: str) -> str:
    if text != unicodedata.normalize("NFKC", text).strip():
        raise ValueError("must be written plainly: no spaces around it, no look-alike characters")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=8000),
    AfterValidator(_readable),
]
Exact = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(_plainly_readable)
]
"""Compared letter by letter with what a body sends, so nothing is stripped."""
CodeText = Annotated[Exact, AfterValidator(_one_way_to_write)]
"""A code that two people would read as the same is the same."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}-[0-9]{4,8}$")]


def _duration(text: str) -> str:
    text = text.strip()
    if not DURATION.fullmatch(text):
        raise ValueError("must be an ISO 8601 duration in years, months, weeks or days, as P2Y")
    return text


Duration = Annotated[str, AfterValidator(_duration)]


def _day(given: Any) -> Any:
    """Only the written form: a bare number would be read as seconds since 1970."""
    if isinstance(given, date) or (isinstance(given, str) and ISO_DAY.fullmatch(given)):
        return given
    raise ValueError("must be a date written as YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_day)]


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and HOST.fullmatch(parts.hostname or "")
        parts.port  # noqa: B018 - raises when it is not a port
    except ValueError:
        good = None
    if not good or not text.isprintable() or any(letter in text for letter in ' <>"\\'):
        raise ValueError("must be a full web address that begins with https:// or http://")
    if "@" in parts.netloc:
        raise ValueError("must be a web address without a user name or password")
    return text


Url = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_url)]


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if text.endswith("/") or parts.query or parts.fragment:
        raise ValueError("must have no slash at the end, and no ? or #")
    return text


BaseUrl = Annotated[Url, AfterValidator(_base_url)]


Number = Annotated[float, Field(ge=-1e15, le=1e15)]
"""What can be written out and drawn."""


class Part(BaseModel):
    """Anything in a register file: frozen, and strict about unknown fields."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )


class Bilingual(Part):
    """One text in English and, where there is one, in Welsh."""

    en: Text
    cy: Text | None = None

    def words(self) -> dict[str, str]:
        return {"en": self.en} | ({"cy": self.cy} if self.cy else {})


Short = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=24),
    AfterValidator(_readable),
]


class ShortName(Bilingual):
    """A name of at most 24 characters, for pictures."""

    en: Short
    cy: Short | None = None
