"""Seal what must not be read at rest, and find again what must not be stored in clear.

``Sealer`` is authenticated encryption (Tink AES-256-GCM) bound to a context: a sealed value
moved to another row does not open. ``Index`` makes keyed blind indexes and derived keys.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import tink
from tink import aead, secret_key_access

SEALING_FILE = "sealing.json"
INDEX_FILE = "index.key"


class CannotOpen(Exception):
    """The sealed value was changed, belongs to another context, or its key is gone."""


class Sealer:
    """Seals bytes for one context, such as ``"answer:<citizen>:<session>:<source>"``."""

    def __init__(self, keyset: str) -> None:
        aead.register()
        handle = tink.json_proto_keyset_format.parse(keyset, secret_key_access.TOKEN)
        self._aead = handle.primitive(aead.Aead)

    def seal(self, plain: bytes, context: str) -> bytes:
        return bytes(self._aead.encrypt(plain, context.encode()))

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes; raises ``CannotOpen``."""
        try:
            return bytes(self._aead.decrypt(sealed, context.encode()))
        except tink.TinkError as error:
            raise CannotOpen("a sealed value does not open in this context") from error


@dataclass(frozen=True, repr=False)
class Index:
    """Keyed hashes. Each use has a label of its own, so that no two uses can be compared."""

    key: bytes

    def derive(self, label: str, *parts: str) -> bytes:
        """32 bytes: HMAC-SHA-256 over the label and the parts, each with its length."""
        message = b"".join(
            len(part.encode()).to_bytes(4, "big") + part.encode() for part in (label, *parts)
        )
        return hmac.new(self.key, message, hashlib.sha256).digest()

    def blind(self, label: str, *parts: str) -> str:
        """The same as 64 hexadecimal characters, for a column or an address."""
        return self.derive(label, *parts).hex()


def create(folder: Path) -> list[Path]:
    """Make the keys that are not there yet; returns the files made. Never overwrites."""
    aead.register()
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    keyset = tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)
    made = [(SEALING_FILE, keyset), (INDEX_FILE, secrets.token_hex(32))]
    return [path for name, text in made if (path := write_private(folder / name, text))]


def load(folder: Path) -> tuple[Sealer, Index]:
    """The keys in ``folder``; raises ``FileNotFoundError`` naming the missing file."""
    sealer = Sealer((folder / SEALING_FILE).read_text())
    return sealer, Index(bytes.fromhex((folder / INDEX_FILE).read_text().strip()))


def write_private(path: Path, text: str) -> Path | None:
    """Write a file that only its owner may read; ``None`` when it is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path
