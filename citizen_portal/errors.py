"""What can go wrong in the domain, in the domain's own words. No HTTP here.

Messages are written for the person who reads them; they never repeat what that person sent.
Each kind of error carries its own words, so that they are translated where they are shown.
"""


class DomainError(Exception):
    """Something the caller asked for cannot be done; the message is fit for a person to read."""


class NotFound(DomainError):
    """There is no such thing, or it is not theirs to see."""


class NotPermitted(DomainError):
    """It exists, but this actor may not do that to it."""


class WrongState(DomainError):
    """It cannot be done now, though it could have been before or may be later."""


class Invalid(DomainError):
    """What was sent does not say what it must; says which field, keeps nothing."""


class TooMany(DomainError):
    """It was tried too often; says when it may be tried again."""


class Unavailable(DomainError):
    """Another system that we need did not answer; nothing was changed."""
