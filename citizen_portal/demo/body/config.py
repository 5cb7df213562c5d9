"""The settings of a body, and its state while it runs."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from joserfc.jwk import KeySet, OKPKey

from citizen_portal.demo.body.choices import Choices

Row = Mapping[str, Any]


class Behaviour(StrEnum):
    NORMAL = "normal"
    SLOW = "slow"
    """Thinks for ``seconds`` before it says anything about a person."""
    DOWN = "down"
    EMPTY = "empty"
    """Knows nobody, and says so."""
    UNPROVEN = "unproven"
    """Does not say whom its answer is about."""
    MISTAKEN = "mistaken"
    """Says that its answer is about somebody else."""


@dataclass(frozen=True)
class Records:
    """One dataset on one person: its fields, and the values of each row by the fields' names."""

    fields: Sequence[Row]
    rows: Sequence[Row] = ()


@dataclass(frozen=True)
class Person:
    """What a body knows of one person: rows as they go over the wire, without the subject."""

    usages: Sequence[Row] = ()
    holdings: Sequence[Row] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    """What identifies this person at the body, such as a customer number."""
    records: Mapping[str, Records] = field(default_factory=dict)
    """By dataset. One that is held and not here cannot be served now."""


@dataclass(frozen=True)
class Code:
    """An activation code in a letter to one person, as it is printed: ``ABCD-EFGH-JKLM``."""

    value: str
    person: str
    expires: datetime


@dataclass(frozen=True)
class Door:
    """A sign-in of the body's own."""

    address: str
    """As it stands in the portal's register."""
    key: OKPKey
    """Signs what the body says; its public half is one of its system's keys at the portal."""


@dataclass(frozen=True)
class Offer:
    """A statement that the portal has not confirmed: this id is this person."""

    subject: str
    person: str
    until: float


@dataclass(frozen=True)
class BodyConfig:
    """One body. ``known`` says which pairwise id of the portal's is which person."""

    code: str
    name: str
    audience: str
    """What the portal calls it in tokens: its slug in the portal's register."""
    issuer: str
    """The portal's public address, as it stands in tokens."""
    keys: Callable[[], KeySet]
    """Gives the portal's public keys."""
    people: Mapping[str, Person] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    codes: Sequence[Code] = ()
    behaviour: Behaviour = Behaviour.NORMAL
    seconds: float = 0.0
    """How long it thinks before it says anything about a person."""
    keeps: timedelta = timedelta(days=730)
    """How far back it keeps accesses."""
    door: Door | None = None
    choices: Choices | None = None
    """What people chose; without it the body is told of none."""


@dataclass
class State:
    """What changes while a body runs: who is linked, which codes are used up."""

    known: dict[str, str]
    codes: list[Code]
    offers: dict[str, Offer] = field(default_factory=dict)
    """By the ``jti`` of the statement."""
    lock: threading.Lock = field(default_factory=threading.Lock)
