"""Kinds of data and purposes in plain words, by their names in the Data Privacy Vocabulary."""

import re
from functools import cache
from pathlib import Path

import yaml

from citizen_portal.db import Words

FOLDER = Path(__file__).parents[2] / "data"
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
LOCAL_NAME = re.compile(r"[^#/]+$")
OLD_SPELLINGS = frozenset({"CriminalOffense"})
VOCABULARY = "https://w3id.org/dpv#"


def category(name: str) -> Words:
    """Plain words for a kind of data; a kind we have no words for, as its name reads."""
    return _known("categories").get(name) or _as_it_reads(name)


def purpose(iri: str) -> Words:
    """Plain words for what data is used for; a purpose we have no words for, as its name reads."""
    local = LOCAL_NAME.search(iri)
    name = local[0] if local else iri
    return _known("purposes").get(name) or _as_it_reads(name)


def _as_it_reads(name: str) -> Words:
    return {"en": CAPITAL.sub(" ", name).lower()}


def categories() -> tuple[str, ...]:
    """The kinds that we have words for, each under its spelling of today."""
    return tuple(name for name in _known("categories") if name not in OLD_SPELLINGS)


def purposes() -> tuple[str, ...]:
    """The purposes that we have words for, by their identifiers in the vocabulary (DPV)."""
    return tuple(f"{VOCABULARY}{name}" for name in _known("purposes"))


def known_category(name: str) -> bool:
    """Whether the vocabulary has a kind of data by this name, as far as our list goes."""
    return name in _known("categories")


@cache
def _known(file: str) -> dict[str, Words]:
    found: dict[str, Words] = yaml.safe_load((FOLDER / f"{file}.yaml").read_text("utf-8"))
    return found
