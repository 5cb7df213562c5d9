"""Files in a folder of this machine, for its owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from citizen_portal.storage.port import NotStored, Sink

BEGUN = ".begun"


class Folder:
    """A file is written beside its name and gets it when every byte is on the disk."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    @contextmanager
    def writing(self, name: str) -> Iterator[Sink]:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        begun = self._begun(name)
        descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            begun.rename(self.path / name)
        except BaseException:
            begun.unlink(missing_ok=True)
            raise
        self._sync()

    def read(self, name: str) -> BinaryIO:
        try:
            return (self.path / name).open("rb")
        except FileNotFoundError:
            raise NotStored from None

    def delete(self, name: str) -> None:
        for path in (self.path / name, self._begun(name)):
            path.unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        if self.path.is_dir():
            yield from sorted({path.name.removesuffix(BEGUN) for path in self.path.iterdir()})

    def _begun(self, name: str) -> Path:
        return self.path / f"{name}{BEGUN}"

    def _sync(self) -> None:
        """The name is on the disk too."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
