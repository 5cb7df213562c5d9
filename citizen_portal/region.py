"""The regional profile: law, clocks and authorities as data, each with its source."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent / "data" / "regions"
Words = dict[Literal["en", "cy"], str]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Authority(Part):
    """Who watches over data protection, and how people reach it."""

    name: Words
    short_name: Words
    plain: Words
    website: str
    telephone: str
    source: str


class Right(Part):
    """One right, in a sentence that can be read aloud."""

    text: Words
    source: str
    url: str


class Rights(Part):
    ask: Right
    correct: Right
    object: Right
    complain: Right


class Licence(Part):
    """Under which terms public bodies of the region let their open data be used."""

    id: str
    """As the SPDX list has it."""
    name: Words
    url: str
    attribution: dict[str, str]
    """What the licence asks those to say who use the data."""


class Region(Part):
    adult_age: int
    """Years from which a person may use the service for themselves."""
    adult_age_source: str
    timezone: str
    authority: Authority
    rights: Rights
    offline: Words
    open_licence: Licence


@cache
def load(name: str) -> Region:
    """The profile of this name; raises ``FileNotFoundError`` when there is none."""
    return Region.model_validate(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()))
