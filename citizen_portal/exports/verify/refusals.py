"""Why a copy is not taken, in words that repeat nothing of what is in it but names of files."""


class Refused(Exception):
    """The copy is not as it was made, or not by whom it should be."""


class Unreadable(Refused):
    """It is no copy that we can read."""


class Altered(Refused):
    """It is not as it was made; names the first file of which that can be said."""

    def __init__(self, place: str, how: str = "was altered") -> None:
        super().__init__(f"{place} {how}")
        self.place = place


class OtherKey(Refused):
    """It is unchanged since another key signed it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"it is signed by key {key}, which is none of the keys that you trust")
        self.key = key
