"""How the register's open data is answered: anew when the register has changed, or the day."""

from collections.abc import Callable, Sequence

from flask import Response

from citizen_portal.bodies.queries import REGISTER, revisions
from citizen_portal.web import parts
from citizen_portal.web.open_data import (
    Content,
    answer_by,
    missing,
    number,
    open_to_all,
    written,
)
from citizen_portal.web.transactions import db

__all__ = ["Content", "answer", "missing", "number", "open_to_all", "written"]


def answer(
    make: Callable[[], Content | None],
    *,
    dated: bool = False,
    counted: Sequence[str] = (REGISTER,),
) -> Response:
    """What ``make`` makes, unless who asks has it already.

    ``dated`` says that it depends on the day; ``counted`` which revisions it depends on.
    """
    day = parts.region().today() if dated else ""
    numbers = tuple(revisions(db()).get(name, 0) for name in counted)
    return answer_by((*numbers, day), make)
