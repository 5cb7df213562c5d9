"""What every store can do."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class NotStored(Exception):
    """There is no file of this name."""


class Sink(Protocol):
    """What takes bytes one after the other."""

    def write(self, data: bytes, /) -> object: ...


class Store(Protocol):
    def writing(self, name: str) -> AbstractContextManager[Sink]:
        """Takes a new file. It is there once the block has ended well; if it raises, it is not."""
        ...

    def read(self, name: str) -> BinaryIO:
        """The file from its first byte on; raises ``NotStored``."""
        ...

    def delete(self, name: str) -> None:
        """Takes a file away, or what was begun of it; nothing happens if there is none."""
        ...

    def names(self) -> Iterator[str]:
        """What lies here, also what was begun and not ended."""
        ...
