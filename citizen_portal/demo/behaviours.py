"""How each body of the demo behaves, so that each state of a body can be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Manner(StrEnum):
    """What a body does with people's choices."""

    APPLIES = "applies"
    REFUSES = "refuses"
    """Objections, on compelling grounds; it applies what is not to be weighed."""
    NOT_YET = "not_yet"
    SILENT = "silent"


@dataclass(frozen=True)
class BodyBehaviour:
    """What is unusual about a body; nothing, for most."""

    source: str
    seconds: float = 0.0
    """How long it waits before it answers findUsage, or gives records."""
    down: bool = False
    proves: bool = True
    """Whether its answers say whom they are about."""
    sends: bool = False
    """It sends each look itself, so that it tells none when it is asked."""
    mistaken: bool = False
    """It answers about somebody else, so that its answers must be refused."""
    manner: Manner = Manner.APPLIES


BEHAVIOURS: Mapping[str, BodyBehaviour] = {
    "benefits-office": BodyBehaviour("benefit-claims"),
    "revenue-office": BodyBehaviour("tax-records", seconds=0.1, manner=Manner.REFUSES),
    "health-service": BodyBehaviour("health-index", sends=True),
    "millbrook-practice": BodyBehaviour("gp-records", seconds=0.05),
    "driver-agency": BodyBehaviour("driver-records", proves=False, manner=Manner.SILENT),
    "schools-office": BodyBehaviour("pupil-records", seconds=4.0, manner=Manner.NOT_YET),
    "wrenford-council": BodyBehaviour("council-services", down=True),
    "passport-office": BodyBehaviour("passports"),
    "voter-register": BodyBehaviour("voters", mistaken=True),
}
"""By the body's slug. A body that is not connected is not here: it answers nothing."""
