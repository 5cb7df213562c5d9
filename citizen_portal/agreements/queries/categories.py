"""Kinds of data in plain words, by their name in the vocabulary of personal data (DPV-PD)."""

import re
from functools import cache
from pathlib import Path

import yaml

from citizen_portal.db import Words

FILE = Path(__file__).parents[2] / "data" / "categories.yaml"
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def category(name: str) -> Words:
    """Plain words for a kind of data; a kind we have no words for, as its name reads."""
    return _known().get(name) or {"en": CAPITAL.sub(" ", name).lower()}


def categories() -> tuple[str, ...]:
    """The kinds that we have words for."""
    return tuple(_known())


def known_category(name: str) -> bool:
    """Whether the vocabulary has a kind of data by this name, as far as our list goes."""
    return name in _known()


@cache
def _known() -> dict[str, Words]:
    found: dict[str, Words] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found
