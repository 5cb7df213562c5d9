"""How the register's open data is answered: anew when the register has changed, or the day."""

from collections.abc import Callable

from flask import Response

from citizen_portal.bodies.queries import REGISTER, revisions
from citizen_portal.web import parts
from citizen_portal.web.open_data import Content, answer_by
from citizen_portal.web.transactions import db


def answer(make: Callable[[], Content | None], *, dated: bool = False) -> Response:
    """What ``make`` makes, unless who asks has it already; ``dated``: it depends on the day."""
    day = parts.region().today() if dated else ""
    return answer_by((revisions(db()).get(REGISTER, 0), day), make)
