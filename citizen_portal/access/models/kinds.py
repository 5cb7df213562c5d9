"""The words in which an access is told: who acted, for whom, what set it off, how it ended."""

from enum import StrEnum


class Actor(StrEnum):
    PERSON = "person"
    MACHINE = "machine"
    SUBSCRIPTION = "subscription"
    BULK = "bulk"
    NOT_STATED = "not_stated"


class Trigger(StrEnum):
    """What set the access off."""

    MY_APPLICATION = "my_application"
    DUTY = "duty"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Result(StrEnum):
    """Whether the data was given to the one who asked."""

    GIVEN = "given"
    REFUSED = "refused"
    NOT_STATED = "not_stated"


class Role(StrEnum):
    """What the citizen is in the matter that the access was about."""

    SELF = "self"
    PARENT = "parent"
    CHILD = "child"
    RELATIVE = "relative"
    WITNESS = "witness"
    OTHER = "other"
