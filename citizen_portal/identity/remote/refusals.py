"""Why a sign-in is refused: one word for the log, and what the person is told about it."""


class Refused(Exception):
    """The identity provider's answer is not believed, or it said no.

    ``fault`` is one of a fixed set of words that identify nobody. Nothing of the answer is kept.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Unreachable(Exception):
    """The identity provider does not answer, or not so that it can be used at all."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault
