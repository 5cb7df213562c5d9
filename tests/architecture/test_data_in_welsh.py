"""Words that stand in data files, not in code, are there in both languages too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2] / "citizen_portal"
FILES = sorted([*ROOT.glob("data/**/*.yaml"), *ROOT.glob("demo/**/*.yaml")])
"""Kinds of data, reasons in data law, the trust matrix, regional profiles, the demo's world."""
SPOKEN = {
    "data/categories.yaml": 30,
    "data/copies.yaml": 60,
    "data/grounds/uk.yaml": 20,
    "data/mails.yaml": 4,
    "data/regions/uk.yaml": 17,
    "data/trust-matrix.yaml": 28,
}
"""How many texts each holds at least, so that an empty search is noticed."""


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def texts(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Each text that is given by language, and where it stands."""
    if isinstance(value, dict) and "en" in value:
        yield place, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from texts(inner, f"{place}[{at}]")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_each_text_of_a_data_file_has_its_welsh(path: Path) -> None:
    for place, text in texts(read(path)):
        assert set(text) == {"en", "cy"}, place
        assert str(text["cy"]).strip(), place


@pytest.mark.parametrize(("name", "least"), SPOKEN.items())
def test_there_are_texts_to_look_at(name: str, least: int) -> None:
    assert sum(1 for _ in texts(read(ROOT / name))) >= least


def test_each_question_of_the_trust_matrix_can_be_read_in_both_languages() -> None:
    for theme in read(ROOT / "data/trust-matrix.yaml")["themes"]:
        for plain in (theme["plain"]["title"], theme["plain"]["citizen_asks"]):
            assert set(plain) == {"en", "cy"}, theme["id"]
        for question in theme["questions"]:
            assert set(question["plain"]) == {"en", "cy"}, question["id"]
