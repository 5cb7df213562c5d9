"""The words of a copy, in the language in which it was asked for. They stand in a data file."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, cast

import yaml
from babel.dates import format_date

from citizen_portal import places
from citizen_portal.agreements.queries.categories import OLD_SPELLINGS, categories, category
from citizen_portal.db import Words
from citizen_portal.exports.models import Part

FILE = places.PACKAGE / "data" / "copies.yaml"


def part(which: Part) -> Words:
    return cast(Words, _said()["parts"][which.value])


def hint(which: Part) -> Words:
    return cast(Words, _said()["hints"][which.value])


def everybody(language: str) -> str:
    return in_language(_said()["everybody"], language)


def line() -> Words:
    """The head of the column that numbers the lines of a body's records."""
    return cast(Words, _said()["line"])


def note(name: str, language: str, day: date | None = None, *, fields: str = "") -> str:
    """A sentence about what is missing; nothing for no name."""
    if not name:
        return ""
    said = in_language(_said()["notes"][name], language)
    on = format_date(day, "d MMMM y", locale=language) if day else ""
    return said % {"day": on, "fields": fields}


def table(name: str) -> Mapping[str, Any]:
    """``title``, ``text``, ``key`` and ``columns`` of a table, the columns in order."""
    return cast(Mapping[str, Any], _said()["tables"][name])


def page(name: str) -> Mapping[str, Any]:
    """How the page for people shows a table; nothing for a table that a body describes itself."""
    return cast(Mapping[str, Any], _said()["tables"].get(name, {}).get("page", {}))


def values(name: str, column: str, language: str) -> Mapping[str, str]:
    """Words for what stands as a code in a column of one of our tables."""
    if name not in _said()["tables"]:
        return {}
    said = _kinds() if column == "categories" else _said()["values"].get(column, {})
    return {code: in_language(words, language) for code, words in said.items()}


def in_language(words: Mapping[str, str], language: str) -> str:
    """In the language of the copy; where there are no such words, in English."""
    return words.get(language) or words["en"]


@cache
def _kinds() -> dict[str, Words]:
    """The kinds of data that there are plain words for."""
    return {each: category(each) for each in (*categories(), *OLD_SPELLINGS)}


@cache
def _said() -> dict[str, Any]:
    return cast(dict[str, Any], yaml.safe_load(FILE.read_text("utf-8")))
