"""Start a program that ends when its parent ends, even if the parent is killed outright.

``python -m citizen_portal.demo.die_with_parent PARENT PROGRAM ARGUMENT…``, where PARENT is the
parent's process id.
Imports nothing heavy: it becomes the program at once.
"""

import ctypes
import os
import signal
import sys

SET_PARENT_DEATH_SIGNAL = 1
"""``PR_SET_PDEATHSIG`` of prctl(2). It outlasts becoming another program."""


def tie_to_parent(parent: int) -> None:
    """Ask the kernel for a SIGTERM when the parent dies; end if it is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    tie_to_parent(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  (our own programs, no shell)
