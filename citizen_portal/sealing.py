"""Seal what must not be read at rest, and find again what must not be stored in clear.

``Sealer`` is authenticated encryption (Tink AES-256-GCM) bound to a context: a sealed value
moved to another row does not open. ``Index`` makes keyed blind indexes and derived keys.
``Envelope`` closes what only the holder of another key, the ``Opener``, can read (HPKE, RFC 9180).
``FileSealer`` does for a file that streams what ``Sealer`` does for a value.
"""

import hmac
import io
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import tink
from tink import aead, hybrid, secret_key_access, streaming_aead

SEALING_FILE = "sealing.json"
INDEX_FILE = "index.key"
HELD_PUBLIC_FILE = "held.public.json"
HELD_PRIVATE_FILE = "held.private.json"
EXPORTS_FILE = "exports.json"
Seal = Callable[[bytes, str], bytes]
"""``Sealer.seal``, handed to who shall seal and open nothing."""
Opened = Callable[[bytes | None, str], str | None]
"""``Sealer.text``: none where there is nothing to open, or its key is gone."""
PIECE = 262_144
"""Bytes of a sealed file that are opened at once."""
CLOSED_PUBLIC_FILE = "closed.public.json"
CLOSED_PRIVATE_FILE = "closed.private.json"


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

    def text(self, sealed: bytes | None, context: str) -> str | None:
        """A text that was sealed; none where there is none, or where it does not open."""
        try:
            return self.unseal(sealed, context).decode() if sealed is not None else None
        except CannotOpen:
            return None


class Envelope:
    """Closes bytes for one context with a public key: whoever closes them cannot open them."""

    def __init__(self, keyset: str) -> None:
        hybrid.register()
        handle = tink.json_proto_keyset_format.parse_without_secret(keyset)
        self._encrypt = handle.primitive(hybrid.HybridEncrypt)

    def close(self, plain: bytes, context: str) -> bytes:
        return bytes(self._encrypt.encrypt(plain, context.encode()))


class Opener:
    """Opens what an ``Envelope`` closed. Only the worker is given its key.

    Raises ``CannotOpen`` for a text that is no such key.
    """

    def __init__(self, keyset: str) -> None:
        hybrid.register()
        try:
            handle = tink.json_proto_keyset_format.parse(keyset, secret_key_access.TOKEN)
            self._decrypt = handle.primitive(hybrid.HybridDecrypt)
        except tink.TinkError as error:
            raise CannotOpen("this is no key that opens envelopes") from error

    def open(self, closed: bytes, context: str) -> bytes:
        """The plain bytes; raises ``CannotOpen``."""
        try:
            return bytes(self._decrypt.decrypt(closed, context.encode()))
        except tink.TinkError as error:
            raise CannotOpen("a closed envelope does not open in this context") from error


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


class FileSealer:
    """Seals a file for one context while it is written, and opens it while it is read.

    Each piece is authenticated with its place, the last one as the last: a file that was cut off,
    shuffled or changed does not open (Tink AES-256-GCM-HKDF streaming).
    """

    def __init__(self, keyset: str) -> None:
        streaming_aead.register()
        handle = tink.json_proto_keyset_format.parse(keyset, secret_key_access.TOKEN)
        self._aead = handle.primitive(streaming_aead.StreamingAead)

    @contextmanager
    def sealing(self, sink: Sink, context: str) -> Iterator[BinaryIO]:
        """Takes the plain bytes. If the block raises, what was written so far does not open."""
        onward = _Onward(sink)
        try:
            stream = self._aead.new_encrypting_stream(onward, context.encode())
            yield cast(BinaryIO, stream)
            stream.close()
        finally:
            onward.sink = None  # a stream that is let go would end the file as if it were whole

    def opened(self, sealed: BinaryIO, context: str) -> Iterator[bytes]:
        """The plain bytes, piece by piece; raises ``CannotOpen`` where they are not what they
        were. ``sealed`` is closed at the end."""
        with sealed:
            try:
                stream = self._aead.new_decrypting_stream(sealed, context.encode())
                while piece := stream.read(PIECE):
                    yield piece
            except tink.TinkError as error:
                raise CannotOpen("a sealed file does not open in this context") from error


class _Onward(io.RawIOBase):
    """Hands bytes on as long as there is somebody to take them. Closing it closes nothing else."""

    def __init__(self, sink: Sink) -> None:
        self.sink: Sink | None = sink

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.sink is not None:
            self.sink.write(bytes(data))
        return len(data)


@dataclass(frozen=True, repr=False)
class Index:
    """Keyed hashes. Each use has a label of its own, so that no two uses can be compared."""

    key: bytes

    def derive(self, label: str, *parts: str) -> bytes:
        """32 bytes: HMAC-SHA-256 over the label and the parts, each with its length."""
        texts = [part.encode() for part in (label, *parts)]
        message = b"".join([len(text).to_bytes(4, "big") + text for text in texts])
        return hmac.digest(self.key, message, "sha256")

    def blind(self, label: str, *parts: str) -> str:
        """The same as 64 hexadecimal characters, for a column or an address."""
        return self.derive(label, *parts).hex()


def create(folder: Path) -> list[Path]:
    """Make the keys that are not there yet; returns the files made. Never overwrites."""
    aead.register()
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    keyset = tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)
    streaming_aead.register()
    files = tink.new_keyset_handle(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)
    made = [
        (SEALING_FILE, keyset),
        (INDEX_FILE, secrets.token_hex(32)),
        (EXPORTS_FILE, tink.json_proto_keyset_format.serialize(files, secret_key_access.TOKEN)),
    ]
    paths = [path for name, text in made if (path := write_private(folder / name, text))]
    paths += _create_pair(folder / HELD_PUBLIC_FILE, folder / HELD_PRIVATE_FILE)
    return paths + _create_pair(folder / CLOSED_PUBLIC_FILE, folder / CLOSED_PRIVATE_FILE)


def load(folder: Path) -> tuple[Sealer, Index]:
    """The keys in ``folder``; raises ``FileNotFoundError`` naming the missing file."""
    sealer = Sealer((folder / SEALING_FILE).read_text())
    return sealer, Index(bytes.fromhex((folder / INDEX_FILE).read_text().strip()))


def load_file_sealer(folder: Path) -> FileSealer:
    """The key for citizens' copies; raises ``FileNotFoundError``."""
    return FileSealer((folder / EXPORTS_FILE).read_text())


def load_envelope(file: Path) -> Envelope:
    """The public half of a pair of keys; raises ``FileNotFoundError``."""
    return Envelope(file.read_text())


def load_opener(file: Path) -> Opener:
    """The private half, wherever it is kept; raises ``FileNotFoundError``."""
    return Opener(file.read_text())


def _create_pair(public: Path, private: Path) -> list[Path]:
    """Both halves of a pair of keys, unless the public one is there.

    The private one may have been moved away since: a new one would fit nothing. It is written
    first, so that a public half never stands alone.
    """
    if public.exists():
        return []
    hybrid.register()
    template = hybrid.hybrid_key_templates.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM
    made = tink.json_proto_keyset_format.serialize(
        tink.new_keyset_handle(template), secret_key_access.TOKEN
    )
    new = write_private(private, made)
    handle = tink.json_proto_keyset_format.parse(private.read_text(), secret_key_access.TOKEN)
    half = tink.json_proto_keyset_format.serialize_without_secret(handle.public_keyset_handle())
    return [path for path in (new, write_private(public, half)) if path]


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
