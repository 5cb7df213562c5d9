"""How large the bench is: as its bars want it, or, with ``QUICK=1``, just so that it is run."""

import os

QUICK = bool(os.environ.get("QUICK"))


def size(usual: int, quick: int) -> int:
    return quick if QUICK else usual
