"""Why a sign-in is refused: one word for the log, and what the person is told about it."""


class NotSignedIn(Exception):
    """``fault`` is one of a fixed set of words that identify nobody, ``again`` the way to try the
    same once more, where it is known. Nothing else is kept."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.again: str | None = None


class Refused(NotSignedIn):
    """The identity provider's answer is not believed, or it said no."""


class Unreachable(NotSignedIn):
    """The identity provider does not answer, or not so that it can be used at all."""
