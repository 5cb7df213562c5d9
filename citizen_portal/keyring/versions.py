"""What the files of keys have in common: versions of a key, their ages, and that one hand at a time
changes them."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import click

from citizen_portal import clock
from citizen_portal.keyfiles import replace_private

MADE_FILE = "made.json"
"""When each key was made: no secret, and nothing breaks without it."""


class Use(StrEnum):
    """What a version of a key does."""

    WAITS = "waits"
    """Believed by us, and shown to who must know it; makes nothing yet."""
    MAKES = "makes"
    OPENS = "opens"
    """Makes nothing any more; opens or proves what it made."""


@dataclass(frozen=True)
class Version:
    """One version, without its value."""

    id: str
    use: Use
    used_from: datetime | None = None


@dataclass(frozen=True)
class Place:
    """Where the keys lie, and where a private half lies that was moved away."""

    folder: Path
    private: Path | None = None


class CannotRotate(click.ClickException):
    """Why a key cannot be renewed or given up here, in words for the operator."""


def from_times(ids: Iterable[str], used_from: dict[str, float]) -> list[Version]:
    """Versions by the moments from which they are used, given the newest first."""
    now, found, making = clock.now().timestamp(), [], False
    for one in ids:
        begins = used_from.get(one, 0)
        use = Use.WAITS if begins > now else Use.OPENS if making else Use.MAKES
        making = making or use is Use.MAKES
        found.append(Version(one, use, datetime.fromtimestamp(begins, UTC) if begins else None))
    return found


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Whoever else would change the keys waits until this is over."""
    if not folder.is_dir():
        raise CannotRotate("There are no keys yet. Run: citizen-portal keys create")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def ages(folder: Path) -> dict[str, dict[str, float]]:
    """By key and version, when it was made, as far as that was noted."""
    try:
        said: dict[str, dict[str, float]] = json.loads((folder / MADE_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return said


def note_made(folder: Path, key: str, ids: Iterable[str]) -> None:
    """Note of those that are new that they were made now."""
    said, now = ages(folder), clock.now().timestamp()
    known = said.setdefault(key, {})
    known.update({one: now for one in ids if one not in known})
    replace_private(folder / MADE_FILE, json.dumps(said, indent=1) + "\n")
