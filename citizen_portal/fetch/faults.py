"""Why a call gave no answer that can be used."""

from enum import StrEnum


class Kind(StrEnum):
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    SAID_ERROR = "said_error"
    TURNED_US_AWAY = "turned_us_away"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    OTHER_SUBJECT = "other_subject"
    FORBIDDEN_ADDRESS = "forbidden_address"
    REDIRECT = "redirect"


ANSWER_REFUSED = frozenset({Kind.TOO_LARGE, Kind.UNREADABLE, Kind.OTHER_SUBJECT, Kind.REDIRECT})
"""Something was answered and we refuse it; the other kinds mean that nothing was answered."""


class Fault(Exception):
    """A call failed. Carries a kind and a status; never an address, never what was received."""

    def __init__(self, kind: Kind, *, status: int | None = None) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.status = status

    @property
    def answer_refused(self) -> bool:
        return self.kind in ANSWER_REFUSED
