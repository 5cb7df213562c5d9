"""Words as they are looked for: small letters, no accents, nothing but letters and digits."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "data" / "small-words.yaml"
WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of a text, in its order. "Sy'n ddŵr" is ``["sy", "n", "ddwr"]``."""
    return WORD.findall(fold(text))


def fold(text: str) -> str:
    """As people type who do not find the accent: "Ŵyr" is "wyr"."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def telling(given: list[str]) -> list[str]:
    """Those that say what is looked for; if there are none but small words, those."""
    return [word for word in given if not _small(word)] or given


def _small(word: str) -> bool:
    return word in _common() or (len(word) == 1 and word.isalpha())


@cache
def _common() -> frozenset[str]:
    lists: dict[str, list[str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return frozenset(word for each in lists.values() for word in each)
