"""A copy in few words: what its summary on paper tells. None stands for what was not asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """A body, and the kinds of data that it says it holds."""

    body: str
    kinds: Sequence[str]


@dataclass(frozen=True, slots=True)
class Linked:
    """A body that was asked for a link, and whether there is one."""

    body: str
    linked: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """``grounds``: laws that allow it, and the reasons in data law."""

    reference: str
    number: int
    title: str
    purpose: str
    grounds: Sequence[str]


@dataclass(frozen=True, slots=True)
class Looks:
    """How many accesses to what a body holds are in the copy, by year."""

    body: str
    years: Mapping[int, int]

    @property
    def all(self) -> int:
        return sum(self.years.values())


@dataclass(frozen=True, slots=True)
class Overview:
    holders: Sequence[Holder] | None = None
    links: Sequence[Linked] | None = None
    agreements: Sequence[Agreement] | None = None
    looks: Sequence[Looks] | None = None
