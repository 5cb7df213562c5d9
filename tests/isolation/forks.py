"""Something that cannot be undone, done in a process of its own."""

import os
import pickle
import select
import signal
import time
from collections.abc import Callable
from typing import TypeVar, cast

Done = TypeVar("Done")


def forked(act: Callable[[], Done], *, seconds: float) -> Done:
    """What it gave there, from where nothing else comes back. Raises ``RuntimeError`` with its
    fault, or ``TimeoutError``."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _end(write, act)
    os.close(write)
    said = bytearray()
    try:
        until = time.monotonic() + seconds
        while select.select([read], [], [], max(0, until - time.monotonic()))[0]:
            if not (some := os.read(read, 65536)):
                break
            said += some
        else:
            raise TimeoutError(f"not done in {seconds:.0f} s")
    finally:
        os.close(read)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    found = pickle.loads(bytes(said))  # noqa: S301 - from our own child
    if isinstance(found, BaseException):
        raise found
    return cast(Done, found)


def _end(write: int, act: Callable[[], object]) -> None:
    try:
        said = act()
    except BaseException as error:
        said = RuntimeError(f"{type(error).__name__}: {error}")
    with os.fdopen(write, "wb") as out:
        pickle.dump(said, out)
    os._exit(0)
