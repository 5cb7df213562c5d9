"""Each key of the portal, and how a version of it is added and taken away in its file."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from citizen_portal import clock, sealing, secret_keys, signing
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.keyfiles import replace_private
from citizen_portal.keyring.versions import CannotRotate, Place, Use, Version, from_times

SPREAD = timedelta(seconds=30)
"""By then each process of each machine has the new file."""
PUBLISHED = timedelta(days=1)
"""Others fetch our public keys at least as often (docs/connect.md)."""


class Kind(Protocol):
    """One key."""

    @property
    def name(self) -> str: ...

    @property
    def file(self) -> str:
        """The file with its secret, in the folder of the keys."""

    @property
    def overlap(self) -> timedelta:
        """How long the older version is needed, once the newer one is in use."""

    def versions(self, place: Place) -> list[Version]:
        """The newest first; none where there is no such file."""

    def rotate(self, place: Place, *, at_once: bool) -> None:
        """Add a version that takes the place of the one that makes; raises ``CannotRotate``."""

    def retire(self, place: Place, ids: set[str], *, withdraw: bool) -> None:
        """Take versions away that make nothing."""


@dataclass(frozen=True)
class Keyset:
    """A set of Tink: what another process made with a new key opens everywhere at once."""

    name: str
    file: str
    overlap: timedelta = timedelta(days=1)
    public: str = ""
    """The file of the public half, where there is one."""

    def versions(self, place: Place) -> list[Version]:
        path = self._path(place)
        said = _json(path if path.exists() else place.folder / (self.public or self.file))
        primary = said.get("primaryKeyId")
        return [
            Version(str(one["keyId"]), Use.MAKES if one["keyId"] == primary else Use.OPENS)
            for one in reversed(said.get("key", []))
        ]

    def rotate(self, place: Place, *, at_once: bool) -> None:
        said = self._held(place)
        used = {one["keyId"] for one in said["key"]}
        fresh = json.loads(sealing.fresh_keyset(self.file))
        while fresh["primaryKeyId"] in used:
            fresh = json.loads(sealing.fresh_keyset(self.file))
        said["key"] += fresh["key"]
        self._write(place, said | {"primaryKeyId": fresh["primaryKeyId"]})

    def retire(self, place: Place, ids: set[str], *, withdraw: bool) -> None:
        """What is taken away stays in a file of its own, to be brought away or destroyed."""
        said = self._held(place)
        gone = [one for one in said["key"] if str(one["keyId"]) in ids]
        if not withdraw:
            kept = {"primaryKeyId": gone[0]["keyId"], "key": gone}
            name = f"retired-{self.name}-{gone[0]['keyId']}.json"
            replace_private(place.folder / name, json.dumps(kept))
        said["key"] = [one for one in said["key"] if str(one["keyId"]) not in ids]
        self._write(place, said)

    def bring_back(self, place: Place, retired: dict[str, Any]) -> list[str]:
        """Have keys open again that were taken away; gives the ids of those that are new here."""
        said = self._held(place)
        there = {one["keyId"] for one in said["key"]}
        back = [one for one in retired["key"] if one["keyId"] not in there]
        said["key"] = back + said["key"]
        self._write(place, said)
        return [str(one["keyId"]) for one in back]

    def _path(self, place: Place) -> Path:
        moved = place.private if self.public else None
        here = place.folder / self.file
        return moved if moved is not None and not here.exists() else here

    def _held(self, place: Place) -> dict[str, Any]:
        path = self._path(place)
        if not path.exists():
            raise CannotRotate(f"{self.file} is not here: name it with --private.")
        return _json(path)

    def _write(self, place: Place, said: dict[str, Any]) -> None:
        """The private half first: what the public one closes can be opened from its first use."""
        text = json.dumps(said)
        half = self._half(text) if self.public else ""
        replace_private(self._path(place), text)
        if self.public:
            replace_private(place.folder / self.public, half)

    def _half(self, text: str) -> str:
        try:
            return sealing.public_half(text)
        except sealing.CannotOpen:
            raise CannotRotate(f"The file that was named is not {self.file}.") from None


@dataclass(frozen=True)
class Jwks:
    """Keys whose public halves others fetch: published first, used later."""

    name: str
    file: str
    fresh: Callable[[], dict[str, Any]]
    overlap: timedelta
    proves_for_good: bool
    """Whether what an older one signed is still shown: then its public half stays."""

    def versions(self, place: Place) -> list[Version]:
        said = _json(place.folder / self.file)
        signing = [str(one["kid"]) for one in said.get("keys", []) if "d" in one]
        return from_times(signing, said.get("used_from", {}))

    def rotate(self, place: Place, *, at_once: bool) -> None:
        path = place.folder / self.file
        said, key = json.loads(_there(path)), self.fresh()
        said.setdefault("used_from", {})[key["kid"]] = _begins(PUBLISHED, at_once)
        said["keys"].insert(0, key)
        replace_private(path, json.dumps(said))

    def retire(self, place: Place, ids: set[str], *, withdraw: bool) -> None:
        path = place.folder / self.file
        said = _json(path)
        if withdraw or not self.proves_for_good:
            said["keys"] = [one for one in said["keys"] if one["kid"] not in ids]
        for one in said["keys"]:
            if one["kid"] in ids:
                one.pop("d", None)
        replace_private(path, json.dumps(said))


@dataclass(frozen=True)
class Cookies:
    """The secrets of cookies and forms, a line for each."""

    overlap: timedelta
    name: str = "cookies"
    file: str = secret_keys.COOKIES_FILE

    def versions(self, place: Place) -> list[Version]:
        kept = secret_keys.read(_text(place.folder / self.file))
        return from_times([one.id for one in kept], {one.id: one.used_from for one in kept})

    def rotate(self, place: Place, *, at_once: bool) -> None:
        path = place.folder / self.file
        text = _there(path)
        replace_private(path, f"{secret_keys.line(_begins(SPREAD, at_once))}\n{text}")

    def retire(self, place: Place, ids: set[str], *, withdraw: bool) -> None:
        path = place.folder / self.file
        kept = [line for line in _text(path).splitlines() if line.split()[0] not in ids]
        replace_private(path, "\n".join(kept) + "\n")


@dataclass(frozen=True)
class Accounts:
    """What accounts are found by. The first line of the file stays: bodies know people by it."""

    name: str = "index"
    file: str = sealing.INDEX_FILE
    overlap: timedelta = SPREAD

    def versions(self, place: Place) -> list[Version]:
        text = _text(place.folder / self.file)
        if not text:
            return []
        kept = sealing.read_index(text)[1]
        times = {one.id: one.used_from for one in kept}
        return from_times([*times, "first"], times)

    def rotate(self, place: Place, *, at_once: bool) -> None:
        path = place.folder / self.file
        first, *rest = _there(path).strip().split("\n")
        begins = _begins(SPREAD, at_once)
        new = f"{secrets.token_hex(4)} {secrets.token_hex(32)} {begins}"
        replace_private(path, "\n".join([first, new, *rest]) + "\n")

    def retire(self, place: Place, ids: set[str], *, withdraw: bool) -> None:
        path = place.folder / self.file
        first, *rest = _text(path).strip().split("\n")
        kept = [line for line in rest if line.split()[0] not in ids]
        replace_private(path, "\n".join([first, *kept]) + "\n")


def kinds(session_hours: int) -> list[Kind]:
    """Each key that ``keys create`` makes. ``session_hours``: how long a cookie may be good."""
    return [
        Cookies(overlap=timedelta(hours=session_hours)),
        Keyset("sealing", sealing.SEALING_FILE),
        Accounts(),
        Jwks("signing", signing.SIGNING_FILE, _signing, PUBLISHED, proves_for_good=True),
        Keyset("exports", sealing.EXPORTS_FILE),
        Keyset("held", sealing.HELD_PRIVATE_FILE, public=sealing.HELD_PUBLIC_FILE),
        Keyset("closed", sealing.CLOSED_PRIVATE_FILE, public=sealing.CLOSED_PUBLIC_FILE),
        _client("client", sign_in_keys.CLIENT_FILE),
        _client("client-rsa", sign_in_keys.RSA_CLIENT_FILE),
    ]


def _signing() -> dict[str, Any]:
    return signing.fresh_key().as_dict(private=True)


def _client(name: str, file: str) -> Jwks:
    """What proves the portal at sign-in is good for a minute: nothing needs an older key long."""
    hour = timedelta(hours=1)
    return Jwks(name, file, partial(sign_in_keys.fresh_key, file), hour, proves_for_good=False)


def _begins(after: timedelta, at_once: bool) -> int:
    return int((clock.now() + (timedelta() if at_once else after)).timestamp())


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def _there(path: Path) -> str:
    """What a file holds without which no version can be added."""
    if text := _text(path):
        return text
    raise CannotRotate(f"{path.name} is not here. Run: citizen-portal keys create")


def _json(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_text(path) or "{}")
    return said
