"""What a portable copy is made of: tables, documents, and what could not be had.

Everything in it is text, never markup, in the language of the copy where it has one.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Literal
from uuid import UUID

from citizen_portal.exports.package.overview import Overview

Type = Literal["string", "integer", "number", "boolean", "date", "datetime"]
Why = Literal[
    "not_connected",
    "not_linked",
    "did_not_answer",
    "too_slow",
    "answer_refused",
    "not_shared",
    "too_many",
    "withheld_by_law",
    "about_others",
    "not_marked",
    "not_of_its_kind",
    "outside_window",
    "not_kept",
    "not_asked",
]
"""Why something is missing: a closed list, with words for each in ``templates/exports``."""
FAILED = frozenset({"did_not_answer", "too_slow", "answer_refused"})
"""Why a body that was asked gave nothing."""
NOT_ASKED = frozenset({"not_connected", "not_linked", "not_asked"})
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
COLUMN = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
PATH = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*", re.ASCII)
LONGEST_PATH = 200
DOCUMENTS = (".csv", ".json", ".jsonld", ".jws", ".pdf", ".txt")
"""What a document may be: nothing that runs when somebody opens it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``name`` is for programs, ``title`` for people."""

    name: str
    type: Type
    title: str
    description: str = ""
    required: bool = False
    categories: tuple[str, ...] = ()
    """The only texts that it may hold, if there are few."""
    iri: str = ""
    """What it means: a term of DPV or DPV-PD."""

    def __post_init__(self) -> None:
        if not COLUMN.fullmatch(self.name):
            raise ValueError("a column's name has small letters, digits and low lines")


@dataclass(frozen=True, slots=True)
class Table:
    """One table. Its rows are read once, as they are written.

    At least one column is required, so that no row is blank. Of each key there is one row:
    who makes the rows sees to that.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Any, ...]]
    key: tuple[str, ...] = ()
    source: str = ""
    """Whose data it is: the body's name."""

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if not SLUG.fullmatch(self.name) or len(self.name) > LONGEST_PATH // 2:
            raise ValueError("a table's name has small letters, digits and hyphens")
        if not names or len({*names}) != len(names) or not {*self.key} <= {*names}:
            raise ValueError(f"table {self.name}: columns have different names; the key is of them")
        if not any(column.required for column in self.columns):
            raise ValueError(f"table {self.name}: needs a column that is required")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that stands in the copy as it was published, such as a version of an agreement."""

    path: str
    title: str
    media_type: str
    data: bytes

    def __post_init__(self) -> None:
        if not safe(self.path):
            raise ValueError("a document's path has letters, digits, dots, hyphens and slashes")
        if not self.path.endswith(DOCUMENTS):
            raise ValueError("a document's path must not lead to a page or a program")


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that could not be had: from whom, what, why in a code, and in words."""

    body: str
    what: str
    why: Why
    words: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person chose, in words they would know again."""

    parts: Sequence[str] = ()
    bodies: Sequence[str] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole copy.

    ``overview``, and ``missing`` if it is a function, are asked once all tables were read.
    """

    id: UUID
    made_at: datetime
    issuer: str
    """Address of the portal."""
    language: Literal["en", "cy"]
    asked: Asked = field(default_factory=Asked)
    tables: Iterable[Table] = ()
    documents: Iterable[Document] = ()
    missing: Iterable[Missing] | Callable[[], Iterable[Missing]] = ()
    overview: Callable[[], Overview] | None = None
    """For a summary on paper, where one can be made."""
    brand: str = "Citizen portal"
    zone: tzinfo = UTC
    """The page for people tells times in this zone."""


def safe(path: str) -> bool:
    """Whether a path can be unpacked anywhere: no way up, no other letters, not long."""
    return len(path) <= LONGEST_PATH and PATH.fullmatch(path) is not None
