"""Seal what must not be read at rest, and find again what must not be stored in clear.

``Sealer`` is authenticated encryption (Tink AES-256-GCM) bound to a context: a sealed value
moved to another row does not open. ``Index`` makes keyed blind indexes and derived keys.
``Envelope`` closes what only the holder of another key, the ``Opener``, can read (HPKE, RFC 9180).
``FileSealer`` does for a file that streams what ``Sealer`` does for a value.
"""

import hmac
import io
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar, cast

import tink
from tink import aead, hybrid, secret_key_access, streaming_aead

from citizen_portal import clock
from citizen_portal.keyfiles import KeyFile, write_private

SEALING_FILE = "sealing.json"
INDEX_FILE = "index.key"
HELD_PUBLIC_FILE = "held.public.json"
HELD_PRIVATE_FILE = "held.private.json"
EXPORTS_FILE = "exports.json"
Seal = Callable[[bytes, str], bytes]
"""``Sealer.seal``, handed to who shall seal and open nothing."""
T = TypeVar("T")
Opened = Callable[[bytes | None, str], str | None]
"""``Sealer.text``: none where there is nothing to open, or its key is gone."""
PIECE = 262_144
"""Bytes of a sealed file that are opened at once."""
CLOSED_PUBLIC_FILE = "closed.public.json"
CLOSED_PRIVATE_FILE = "closed.private.json"
_PAIR = (
    hybrid.register,
    hybrid.hybrid_key_templates.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM,
)
TEMPLATES = {
    SEALING_FILE: (aead.register, aead.aead_key_templates.AES256_GCM),
    EXPORTS_FILE: (
        streaming_aead.register,
        streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB,
    ),
    HELD_PRIVATE_FILE: _PAIR,
    CLOSED_PRIVATE_FILE: _PAIR,
}
"""What a key in each file is made like."""


class CannotOpen(Exception):
    """The sealed value was changed, belongs to another context, or its key is gone."""


class Sealer:
    """Seals bytes for one context, such as ``"answer:<citizen>:<session>:<source>"``.

    What another process sealed by a key that is new opens as well: the file is looked at again.
    """

    def __init__(self, keys: KeyFile[aead.Aead]) -> None:
        self._keys = keys

    def seal(self, plain: bytes, context: str) -> bytes:
        return bytes(self._keys().encrypt(plain, context.encode()))

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes; raises ``CannotOpen``."""
        try:
            return bytes(self._keys().decrypt(sealed, context.encode()))
        except tink.TinkError as error:
            if self._keys.again():
                return self.unseal(sealed, context)
            raise CannotOpen("a sealed value does not open in this context") from error

    def text(self, sealed: bytes | None, context: str) -> str | None:
        """A text that was sealed; none where there is none, or where it does not open."""
        try:
            return self.unseal(sealed, context).decode() if sealed is not None else None
        except CannotOpen:
            return None


class Envelope:
    """Closes bytes for one context with a public key: whoever closes them cannot open them."""

    def __init__(self, keys: KeyFile[hybrid.HybridEncrypt]) -> None:
        self._keys = keys

    def close(self, plain: bytes, context: str) -> bytes:
        return bytes(self._keys().encrypt(plain, context.encode()))


class Opener:
    """Opens what an ``Envelope`` closed. Only the worker is given its key.

    Raises ``CannotOpen`` for a text that is no such key.
    """

    def __init__(self, keyset: str) -> None:
        hybrid.register()
        try:
            self._decrypt = _handle(keyset).primitive(hybrid.HybridDecrypt)
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

    def __init__(self, keys: KeyFile[streaming_aead.StreamingAead]) -> None:
        self._keys = keys

    @contextmanager
    def sealing(self, sink: Sink, context: str) -> Iterator[BinaryIO]:
        """Takes the plain bytes. If the block raises, what was written so far does not open."""
        onward = _Onward(sink)
        try:
            stream = self._keys().new_encrypting_stream(onward, context.encode())
            yield cast(BinaryIO, stream)
            stream.close()
        finally:
            onward.sink = None  # a stream that is let go would end the file as if it were whole

    def opened(self, sealed: BinaryIO, context: str) -> Iterator[bytes]:
        """The plain bytes, piece by piece; raises ``CannotOpen`` where they are not what they
        were. ``sealed`` is closed at the end."""
        self._keys.again()  # a stream that was begun with the wrong key is not begun anew
        with sealed:
            try:
                stream = self._keys().new_decrypting_stream(sealed, context.encode())
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


@dataclass(frozen=True)
class AccountKey:
    """A key that accounts are found by, and from when on it makes what is kept."""

    id: str
    key: bytes
    used_from: float

    def blind(self, issuer: str, subject: str) -> str:
        return f"{self.id}.{_derived(self.key, 'account', (issuer, subject)).hex()}"


@dataclass(frozen=True, repr=False)
class Index:
    """Keyed hashes. Each use has a label of its own, so that no two uses can be compared.

    ``key`` stays for good: bodies know people by ids that are made of it. Accounts alone, whose
    owners bring what the hash is made of at each sign-in, are found by keys that can be renewed.
    """

    key: bytes
    account_keys: Callable[[], tuple[AccountKey, ...]] = tuple
    """The newest first."""

    def derive(self, label: str, *parts: str) -> bytes:
        """32 bytes: HMAC-SHA-256 over the label and the parts, each with its length."""
        return _derived(self.key, label, parts)

    def blind(self, label: str, *parts: str) -> str:
        """The same as 64 hexadecimal characters, for a column or an address."""
        return self.derive(label, *parts).hex()

    def accounts(self, issuer: str, subject: str) -> tuple[str, ...]:
        """What an account may be found by. The first is how it is kept from now on."""
        now, keys = clock.now().timestamp(), self.account_keys()
        used = [one.blind(issuer, subject) for one in keys if one.used_from <= now]
        waiting = [one.blind(issuer, subject) for one in keys if one.used_from > now]
        return (*used, self.blind("account", issuer, subject), *waiting)


def _derived(key: bytes, label: str, parts: tuple[str, ...]) -> bytes:
    texts = [part.encode() for part in (label, *parts)]
    message = b"".join([len(text).to_bytes(4, "big") + text for text in texts])
    return hmac.digest(key, message, "sha256")


def fresh_keyset(file: str) -> str:
    """A set with one new key, for the file of this name."""
    register, template = TEMPLATES[file]
    register()
    handle = tink.new_keyset_handle(template)
    return str(tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def public_half(private: str) -> str:
    """What others may have of a pair of keys; raises ``CannotOpen`` for what is no such pair."""
    hybrid.register()
    try:
        public = _handle(private).public_keyset_handle()
    except tink.TinkError as error:
        raise CannotOpen("this is no pair of keys") from error
    return str(tink.json_proto_keyset_format.serialize_without_secret(public))


def create(folder: Path) -> list[Path]:
    """Make the keys that are not there yet; returns the files made. Never overwrites."""
    made = [
        (SEALING_FILE, fresh_keyset(SEALING_FILE)),
        (INDEX_FILE, secrets.token_hex(32)),
        (EXPORTS_FILE, fresh_keyset(EXPORTS_FILE)),
    ]
    paths = [path for name, text in made if (path := write_private(folder / name, text))]
    paths += _create_pair(folder / HELD_PUBLIC_FILE, folder / HELD_PRIVATE_FILE)
    return paths + _create_pair(folder / CLOSED_PUBLIC_FILE, folder / CLOSED_PRIVATE_FILE)


def load(folder: Path) -> tuple[Sealer, Index]:
    """The keys in ``folder``; raises ``FileNotFoundError`` naming the missing file."""
    sealer = Sealer(_kept(folder / SEALING_FILE, aead.register, aead.Aead))
    index = KeyFile(folder / INDEX_FILE, read_index)
    return sealer, Index(index()[0], lambda: index()[1])


def read_index(text: str) -> tuple[bytes, tuple[AccountKey, ...]]:
    """The first line is the key that stays; each further one ``id key used_from``, newest first."""
    first, *rest = text.split("\n")
    lines = [line.split() for line in rest if line.strip()]
    return bytes.fromhex(first.strip()), tuple(
        AccountKey(name, bytes.fromhex(key), float(used_from)) for name, key, used_from in lines
    )


def load_file_sealer(folder: Path) -> FileSealer:
    """The key for citizens' copies; raises ``FileNotFoundError``."""
    kind = streaming_aead.StreamingAead
    return FileSealer(_kept(folder / EXPORTS_FILE, streaming_aead.register, kind))


def load_envelope(file: Path) -> Envelope:
    """The public half of a pair of keys; raises ``FileNotFoundError``."""
    return Envelope(_kept(file, hybrid.register, hybrid.HybridEncrypt))


def _kept(file: Path, register: Callable[[], None], primitive: type[T]) -> KeyFile[T]:
    register()
    return KeyFile(file, lambda keyset: _handle(keyset).primitive(primitive))


def _handle(keyset: str) -> tink.KeysetHandle:
    return tink.json_proto_keyset_format.parse(keyset, secret_key_access.TOKEN)


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
    new = write_private(private, fresh_keyset(private.name))
    half = public_half(private.read_text())
    return [path for path in (new, write_private(public, half)) if path]
