"""What can be asked, about what, and how it can end."""

from enum import StrEnum


class Kind(StrEnum):
    """What is asked of the body, which says what law gives it how long."""

    WHY = "why"
    """Why was this done? By the body's own target: no law sets a day."""
    ACCESS_REQUEST = "access_request"
    """The same, as a request for one's data (UK GDPR Article 15)."""
    CORRECTION = "correction"
    """This is wrong (UK GDPR Article 16)."""
    OBJECTION = "objection"
    """UK GDPR Article 21, where no agreement lets the citizen choose in ``/my/choices``."""
    COMPLAINT = "complaint"
    """Data Protection Act 2018, section 164A."""


RIGHTS = frozenset({Kind.ACCESS_REQUEST, Kind.CORRECTION, Kind.OBJECTION})
"""Requests by right: one month, and up to two more with reasons (UK GDPR Article 12(3))."""


class About(StrEnum):
    """What kind of thing is asked about."""

    EVENT = "event"
    """One access."""
    HOLDING = "holding"
    """One set of records."""
    AGREEMENT = "agreement"
    CHOICE = "choice"
    INCIDENT = "incident"
    """One thing that went wrong with data at the body."""


class State(StrEnum):
    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    WORKING = "working"
    """The body said how far it is."""
    WAITING = "waiting"
    """For the citizen: the body asked back, and its clock stands still."""
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What came of it, as the body says."""

    EXPLAINED = "explained"
    CORRECTED = "corrected"
    NOT_CORRECTED = "not_corrected"
    NOT_JUSTIFIED = "not_justified"
    """The access should not have been made."""
    PARTLY = "partly"
    REFUSED = "refused"


def outcomes(kind: Kind, about: About) -> tuple[Outcome, ...]:
    """Which outcomes an answer to such a question can have."""
    found = [Outcome.EXPLAINED]
    if kind in (Kind.CORRECTION, Kind.COMPLAINT):
        found += [Outcome.CORRECTED, Outcome.NOT_CORRECTED]
    if about is About.EVENT:
        found.append(Outcome.NOT_JUSTIFIED)
    return (*found, Outcome.PARTLY, Outcome.REFUSED)


class Author(StrEnum):
    CITIZEN = "citizen"
    OFFICER = "officer"
    MACHINE = "machine"
    """A system of the body."""


class Wrote(StrEnum):
    """What a message is."""

    WORDS = "words"
    """From the citizen: the question itself, or more to it."""
    ACKNOWLEDGEMENT = "acknowledgement"
    PROGRESS = "progress"
    ASK_BACK = "ask_back"
    EXTENSION = "extension"
    ANSWER = "answer"
    AMENDMENT = "amendment"
    """Of an answer that was given: the question stays answered, and both can be read."""
    WITHDRAWAL = "withdrawal"
