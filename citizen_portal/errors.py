"""What can go wrong in the domain, in the domain's own words. No HTTP here.

Messages are written for the person who reads them; they never repeat what that person sent.
They are written here in English, gathered into the catalogue like every text of a page (the
Makefile names these classes to the extractor), and translated where they are shown.
"""


class DomainError(Exception):
    """Something the caller asked for cannot be done; the message is fit for a person to read.

    Numbers in it are given by name: ``TooMany("… %(most)s codes …", most=5)``.
    """

    def __init__(self, message: str, **values: int) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


class NotFound(DomainError):
    """There is no such thing, or it is not theirs to see."""


class NotPermitted(DomainError):
    """It exists, but this actor may not do that to it."""


class WrongState(DomainError):
    """It cannot be done now, though it could have been before or may be later."""


class Outdated(DomainError):
    """It was changed by another since the caller looked at it."""


class Invalid(DomainError):
    """What was sent does not say what it must; says which field, keeps nothing."""


class TooMany(DomainError):
    """It was tried too often; says when it may be tried again."""

    later: int | None = None
    """Seconds until then, where they are known."""


class Unavailable(DomainError):
    """Another system that we need did not answer; nothing was changed."""
