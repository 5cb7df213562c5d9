"""The demo's people and what bodies may do with their data, read from the YAML files here."""

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from citizen_portal.agreements.schemas import Bilingual

FOLDER = Path(__file__).parent


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Activity(Part):
    """Something that a body does with data, as its source reports it."""

    id: str
    source: str
    receiver: str
    system: str
    action: str
    agreement: str | None = None
    cites: bool | Literal["text"] = False
    """Whether the look itself names its agreement: in a field of its own, or in its words."""
    misfit: bool = False
    """It cites an agreement that does not allow it."""
    categories: tuple[str, ...]
    actor: str
    trigger: str
    outcome: str = "given"
    emergency: bool = False
    processor: str | None = None
    hour: int | None = None

    @property
    def needs_rule(self) -> bool:
        return self.agreement is not None and not self.cites


class Habit(Part):
    """How often an activity happened to one person."""

    activity: str
    monthly: int | None = None
    """On this day of each month."""
    often: float = 0
    """So many times a month, on days that the seed picks."""
    working_days: int = 0
    """So many times each working day."""
    days_ago: tuple[int, ...] = ()
    hour: int | None = None


class Citizen(Part):
    name: str
    about: str
    born: date
    branch: str
    """Where they deal with bodies, so that no two people's texts are alike."""
    known_at: tuple[str, ...]
    code_at: str | None = None
    """The body that sent them an activation code: they are not linked yet."""
    habits: tuple[Habit, ...]


class Dataset(Part):
    dataset: str
    name: Bilingual
    categories: tuple[str, ...]
    years: int
    retention: str
    only: tuple[str, ...] = Field(default=())
    """The people it is held on; none named means each person the body knows."""
    controller: str | None = None
    processor: str | None = None
    obtained_from: Bilingual | None = None

    def held_on(self, citizen: Citizen) -> bool:
        return not self.only or citizen.name in self.only


@cache
def activities() -> dict[str, Activity]:
    """Each activity by its id."""
    entries = (Activity.model_validate(entry) for entry in read("activities"))
    return {entry.id: entry for entry in entries}


@cache
def load() -> tuple[Citizen, ...]:
    return tuple(Citizen.model_validate(entry) for entry in read("citizens"))


@cache
def datasets() -> dict[str, tuple[Dataset, ...]]:
    """What each source holds, by the source's slug."""
    return {
        source: tuple(Dataset.model_validate(entry) for entry in entries)
        for source, entries in read("holdings").items()
    }


def subject(citizen: Citizen, *, seed: int) -> str:
    """What the identity provider calls them: opaque, and the same at each start."""
    digest = hashlib.sha256(f"demo subject:{seed}:{citizen.name}".encode()).hexdigest()
    return f"urn:fdc:demo:2026:{digest[:43]}"


def activation_code(citizen: Citizen, *, seed: int, letter: int = 1) -> str:
    """The code in this letter from the body: XXXX-XXXX-XXXX, without letters that look alike."""
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    again = f":{letter}" if letter > 1 else ""
    digest = hashlib.sha256(f"demo code:{seed}:{citizen.name}{again}".encode()).digest()
    picked = [letters[byte % len(letters)] for byte in digest[:12]]
    return "-".join("".join(picked[at : at + 4]) for at in (0, 4, 8))


def read(name: str) -> Any:
    """What stands under its own name in a file of this folder."""
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    return yaml.safe_load(text)[name]
