"""How each body of the demo behaves: so that each state a body can be in is seen."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Manner:
    """What is unusual about a body; nothing, for most."""

    source: str
    seconds: float = 0.0
    """How long it thinks before it tells who looked."""
    down: bool = False
    proves: bool = True
    """Whether its answers say whom they are about."""
    mistaken: bool = False
    """It answers about somebody else, so that its answers must be refused."""


MANNERS: Mapping[str, Manner] = {
    "benefits-office": Manner("benefit-claims"),
    "revenue-office": Manner("tax-records", seconds=0.1),
    "health-service": Manner("health-index"),
    "millbrook-practice": Manner("gp-records", seconds=0.05),
    "driver-agency": Manner("driver-records", proves=False),
    "schools-office": Manner("pupil-records", seconds=4.0),
    "wrenford-council": Manner("council-services", down=True),
    "passport-office": Manner("passports"),
    "voter-register": Manner("voters", mistaken=True),
}
"""By the body's slug. A body that is not connected is not here: it answers nothing."""
