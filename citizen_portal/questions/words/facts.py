"""The facts of what is asked about, in the language of whoever reads them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.questions.schemas.facts import Facts, Value
from citizen_portal.web.pages import day, moment, say

Text = str | Markup
LABELS: dict[str, Callable[[], str]] = {
    "action": lambda: gettext("Action"),
    "agreement": lambda: gettext("Agreement"),
    "asked": lambda: gettext("Who asked"),
    "body": lambda: gettext("Body"),
    "choice": lambda: gettext("What you chose"),
    "chosen": lambda: gettext("You chose on"),
    "did": lambda: gettext("What the body did"),
    "entry": lambda: gettext("Number of this entry"),
    "gave": lambda: gettext("Who gave it"),
    "incident": lambda: gettext("What went wrong"),
    "number": lambda: gettext("Their number for it"),
    "place": lambda: gettext("Where it is held"),
    "purpose": lambda: gettext("What it is for"),
    "seen": lambda: gettext("Seen on"),
    "set": lambda: gettext("Set of data"),
    "short": lambda: gettext("Their short name for it"),
    "system": lambda: gettext("System"),
    "when": lambda: gettext("When"),
    "why_not": lambda: gettext("Explained"),
    "wrong": lambda: gettext("What is wrong"),
}


ANSWERS: dict[str, Callable[[], str]] = {
    "no": lambda: gettext("No"),
    "yes": lambda: gettext("Yes"),
}


def title(facts: Facts) -> Text:
    return _said(facts.title)


def draw(
    facts: Facts, *, labels: Mapping[str, Callable[[], str]] = LABELS
) -> list[tuple[str, Text]]:
    """Each fact under its label."""
    return [(labels[name](), _said(value)) for name, value in facts.rows if name in labels]


def _said(value: Value) -> Text:
    if isinstance(value, str):
        return value
    if "moment" in value:
        return moment(datetime.fromisoformat(value["moment"]))
    if "day" in value:
        return day(date.fromisoformat(value["day"]))
    if "answer" in value:
        return ANSWERS[value["answer"]]()
    if "scope" in value:
        return str(gettext("Whatever can be refused"))
    return say(value)
