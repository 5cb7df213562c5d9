"""The secrets that sign cookies, tokens of forms and messages of the queue.

They come from the environment, or from a file that ``citizen-portal keys rotate`` renews. One that
is new is believed at once and signs a little later, when each process knows it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from citizen_portal import clock
from citizen_portal.keyfiles import KeyFile, write_private
from citizen_portal.settings import Settings

COOKIES_FILE = "cookies.key"
SecretKeys = Callable[[], tuple[str, ...]]
"""Gives those that are believed, the one that signs last (as ``itsdangerous`` has them)."""


@dataclass(frozen=True, repr=False)
class Secret:
    """One line of the file."""

    id: str
    value: str
    used_from: float


def create(folder: Path) -> list[Path]:
    """Make the file if there is none; returns the files made."""
    path = write_private(folder / COOKIES_FILE, f"{line(0)}\n")
    return [path] if path else []


def line(used_from: int) -> str:
    """A new secret, as a line of the file."""
    return f"{secrets.token_hex(4)} {secrets.token_hex(32)} {used_from}"


def read(text: str) -> tuple[Secret, ...]:
    """What a file holds, the newest first."""
    lines = (each.split() for each in text.splitlines() if each.strip())
    return tuple(Secret(name, value, float(used_from)) for name, value, used_from in lines)


def load(settings: Settings) -> SecretKeys:
    """Those of the environment, if it has any; raises ``FileNotFoundError``."""
    older = tuple(settings.old_secret_keys.get_secret_value().split())
    told = settings.secret_key.get_secret_value()
    if told:
        return lambda: (*older, told)
    file = KeyFile(settings.keys_folder / COOKIES_FILE, read)
    return lambda: (*older, *_in_order(file()))


def _in_order(kept: tuple[Secret, ...]) -> tuple[str, ...]:
    now = clock.now().timestamp()
    waiting = [one.value for one in kept if one.used_from > now]
    return (*waiting, *reversed([one.value for one in kept if one.used_from <= now]))
