"""Choices as they were made, the newest first, each in a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext

from citizen_portal.preferences import queries
from citizen_portal.preferences.models import Answer
from citizen_portal.preferences.queries import Made
from citizen_portal.preferences.views.reading import Reading
from citizen_portal.preferences.words.choices import Text
from citizen_portal.web.pages import fill

ICONS = {Answer.NO: "refused", Answer.YES: "answered", Answer.AS_BEFORE: "off"}


@dataclass(frozen=True, slots=True)
class Line:
    icon: str
    title: Text
    said: Text
    at: datetime
    href: str
    receipt: str
    """Where to download it; empty where there is none."""
    found_again: bool


def lines(made: Sequence[Made], reading: Reading) -> list[Line]:
    by_id = {each.id: each for each in made}
    elsewhere = {each.ended_by for each in made if each.ended_by} - by_id.keys()
    if elsewhere:
        by_id |= queries.those(reading.session, reading.citizen_id, elsewhere)
    return [_line(each, by_id, reading) for each in made]


def _line(made: Made, by_id: Mapping[UUID, Made], reading: Reading) -> Line:
    address = reading.address(made.scope)
    signed = made.ended_by is None and not made.found_again
    return Line(
        icon=ICONS[made.answer],
        title=reading.title(made.scope),
        said=_said(made, by_id, reading),
        at=made.made_at,
        href=address,
        receipt=f"{address}/receipt?of={made.id.hex}" if signed else "",
        found_again=made.found_again,
    )


def _said(made: Made, by_id: Mapping[UUID, Made], reading: Reading) -> Text:
    if made.ended_by is not None:
        wider = by_id.get(made.ended_by)
        if wider is None:
            return str(gettext("Ended by a wider choice of yours"))
        title = reading.title(wider.scope)
        return fill(gettext("Ended by your wider choice: %(title)s"), title=title)
    if made.answer is Answer.NO:
        return str(gettext("You said no"))
    if made.answer is Answer.YES:
        return str(gettext("You said yes"))
    return str(gettext("You took your choice back"))
