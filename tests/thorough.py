"""How often what is drawn at random is tried: a usual run takes some, ``make faults`` each."""

import os

EVERY = os.environ.get("FAULTS") == "all"


def times(usual: int, thorough: int) -> int:
    return thorough if EVERY else usual
