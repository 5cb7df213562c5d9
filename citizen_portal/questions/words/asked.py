"""The facts that a question is about, as its citizen saw them, for the body that must answer."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext

from citizen_portal.questions.models import About
from citizen_portal.questions.queries.cases import Case
from citizen_portal.questions.schemas.facts import Facts
from citizen_portal.questions.words import facts
from citizen_portal.web import parts
from citizen_portal.web.pages import fill

Text = facts.Text
THEIRS: dict[str, Callable[[], str]] = {
    "choice": lambda: gettext("What the person chose"),
    "chosen": lambda: gettext("The person chose on"),
    "did": lambda: gettext("What your body did"),
}
"""Labels that would speak to the citizen."""


ABOUT: dict[About, Callable[[], str]] = {
    About.EVENT: lambda: gettext("A look by: %(title)s"),
    About.HOLDING: lambda: gettext("A set of records: %(title)s"),
    About.AGREEMENT: lambda: gettext("An agreement: %(title)s"),
    About.CHOICE: lambda: gettext("A choice: %(title)s"),
    About.INCIDENT: lambda: gettext("An incident: %(title)s"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    title: Text
    rows: tuple[tuple[str, Text], ...]


def opened(case: Case) -> Shown | None:
    """None where their key is gone."""
    read = _read(case)
    if read is None:
        return None
    return Shown(facts.title(read), tuple(facts.draw(read, labels=facts.LABELS | THEIRS)))


def about(case: Case) -> Text:
    """What it is about, in a line; it is said where its key is gone."""
    read = _read(case)
    if read is None:
        return str(gettext("(This text cannot be opened.)"))
    return fill(ABOUT[case.about](), title=facts.title(read))


def named(case: Case) -> dict[str, str]:
    """Those that are text, as their body named them."""
    read = _read(case)
    return {key: value for key, value in read.rows if isinstance(value, str)} if read else {}


def _read(case: Case) -> Facts | None:
    text = parts.sealer().text(case.sealed_facts, case.facts_context)
    return Facts.read(text.encode()) if text is not None else None
