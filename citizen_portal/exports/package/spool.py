"""Bytes that must wait until others are written: few in memory, the rest unreadable on disk."""

import secrets
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

IN_MEMORY = 4_000_000
CHUNK = 262_144


class Spool:
    """Written once, then read once.

    What does not fit into memory goes to a file that has no name, enciphered under a key that only
    this object knows: whoever gets the disk reads nothing. Whether it comes back unchanged is for
    the hashes of the package to say.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._cipher = Cipher(AES(secrets.token_bytes(32)), CTR(secrets.token_bytes(16)))
        self._encipher = self._cipher.encryptor()
        self._held = bytearray()
        self._file: IO[bytes] | None = None
        self._in_memory = in_memory

    def write(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > (CHUNK if self._file else self._in_memory):
            self._file = self._file or TemporaryFile(buffering=0)  # noqa: SIM115
            self._spill(self._file)

    def read(self) -> Iterator[bytes]:
        """Everything, piece by piece; nothing is left."""
        if self._file:
            decipher = self._cipher.decryptor()
            with self._file as file:
                file.seek(0)
                while piece := file.read(CHUNK):
                    yield decipher.update(piece)
        yield bytes(self._held)
        self._held.clear()

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _spill(self, file: IO[bytes]) -> None:
        left = memoryview(self._encipher.update(bytes(self._held)))
        while left:
            left = left[file.write(left) :]
        self._held = bytearray()
