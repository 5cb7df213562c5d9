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

from citizen_portal.readable import JOINERS, NOT_SEEN, readable

DURATION = re.compile(r"P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")


def _plainly_readable(text: str) -> str:
    """Compared letter by letter, so without even those joiners that pictures need."""
    if not JOINERS.isdisjoint(text):
        raise ValueError(NOT_SEEN)
    return readable(text)


def _one_way_to_write(text: str) -> str:
    if text != unicodedata.normalize("NFKC", text).strip():
        raise ValueError("must be written plainly: no spaces around it, no look-alike characters")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=8000),
    AfterValidator(readable),
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
    AfterValidator(readable),
]


class ShortName(Bilingual):
    """A name of at most 24 characters, for pictures."""

    en: Short
    cy: Short | None = None
