"""Files in a bucket that speaks S3. Needs the extra ``s3``; its keys come from ``AWS_…``."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from citizen_portal.storage.port import NotStored, Sink

SCHEME = "s3://"
PIECE = 8_000_000
"""Bytes that travel at once."""


class Bucket:
    """An object shows up when it is closed. What was begun and not closed lies in the bucket
    unseen: a rule of the bucket's own has to remove unfinished uploads."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._made: Any = None

    @contextmanager
    def writing(self, name: str) -> Iterator[Sink]:
        import obstore  # optional, and slow to load

        file = obstore.open_writer(self._store, name, buffer_size=PIECE)
        yield file
        file.close()  # one that is let go without it leaves no object

    def read(self, name: str) -> BinaryIO:
        import obstore

        try:
            found = obstore.get(self._store, name)
        except FileNotFoundError:
            raise NotStored from None
        return cast(BinaryIO, io.BufferedReader(_Pieces(iter(found.stream(PIECE)))))

    def delete(self, name: str) -> None:
        import obstore

        obstore.delete(self._store, name)

    def names(self) -> Iterator[str]:
        import obstore

        for some in obstore.list(self._store):
            for each in some:
                yield str(each["path"])

    @property
    def _store(self) -> Any:
        """Made when first needed: after the web server has forked."""
        if self._made is None:
            from obstore.store import S3Store

            self._made = S3Store.from_url(self._address)
        return self._made


class _Pieces(io.RawIOBase):
    """Pieces of a file as a file."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(bytes(piece))
        taken = min(len(into), len(self._left))
        into[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken
