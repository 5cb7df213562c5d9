"""What was written about a question, message by message."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext

from citizen_portal.questions.models import Author, Message, Wrote
from citizen_portal.questions.queries.own import Written
from citizen_portal.web.pages import day, moment
from citizen_portal.web.sealed import opened

HEADINGS: dict[Wrote, Callable[[], str]] = {
    Wrote.WORDS: lambda: gettext("You wrote"),
    Wrote.ACKNOWLEDGEMENT: lambda: gettext("They said that it arrived"),
    Wrote.PROGRESS: lambda: gettext("They said how far it is"),
    Wrote.ASK_BACK: lambda: gettext("They asked you something"),
    Wrote.EXTENSION: lambda: gettext("They need longer"),
    Wrote.ANSWER: lambda: gettext("They answered"),
    Wrote.AMENDMENT: lambda: gettext("They corrected their answer"),
    Wrote.WITHDRAWAL: lambda: gettext("You withdrew the question"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    number: int
    heading: str
    when: str
    text: str
    """As it was written."""
    sub: str
    own: bool
    """Whether the citizen wrote it."""


def letters(question_id: UUID, found: Iterable[Written]) -> list[Letter]:
    return [_letter(question_id, one) for one in found]


def _letter(question_id: UUID, one: Written) -> Letter:
    first = one.number == 1
    return Letter(
        number=one.number,
        heading=str(gettext("You asked") if first else HEADINGS[one.wrote]()),
        when=moment(one.at),
        text=opened(one.sealed, Message.context(question_id, one.number)),
        sub=" ".join(_sub(one)),
        own=one.author is Author.CITIZEN,
    )


def _sub(one: Written) -> list[str]:
    said = []
    if one.author is Author.MACHINE:
        said.append(str(gettext("A computer system of the body wrote this.")))
    if one.day is not None and one.wrote is Wrote.PROGRESS:
        said.append(str(gettext("They will write again by %(day)s.", day=day(one.day))))
    elif one.day is not None:
        said.append(str(gettext("The last day from then on: %(day)s.", day=day(one.day))))
    return said
