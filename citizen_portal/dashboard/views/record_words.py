"""What bodies hold, in words: how each stands, what it says of a dataset, and each value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import format_decimal, gettext
from markupsafe import Markup

from citizen_portal.agreements.queries import Terms, category
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.dashboard.queries.holds import HolderState
from citizen_portal.dashboard.queries.records import Held, Holding
from citizen_portal.dashboard.views.states import state_words
from citizen_portal.dashboard.views.wording import day_words
from citizen_portal.questions.queries.corrections import Note
from citizen_portal.questions.words.corrections import Beside, beside
from citizen_portal.records.schemas import Value, Withheld
from citizen_portal.web.pages import day, duration, moment, say

Text = str | Markup
RECEIVERS_SHOWN = 3
WITHHELD: Mapping[Withheld, Callable[[], str]] = {
    Withheld.OTHER_PERSON: lambda: gettext("Withheld: it is about another person."),
    Withheld.NOT_SAID_WHOM: lambda: gettext(
        "Withheld: the body does not say whether it is about you."
    ),
    Withheld.NOT_SAID_WHAT: lambda: gettext(
        "Withheld: the body does not say what kind of value it is."
    ),
    Withheld.MISFIT: lambda: gettext(
        "Withheld: the value is not of the kind that the body says it is."
    ),
}


@dataclass(frozen=True, slots=True)
class SetShown:
    """One dataset with what can be said about it; ``templates/records/_set.html`` draws it."""

    name: Text
    href: str
    kinds: Text
    facts: tuple[tuple[str, Text], ...]
    """What is asked, and the answer."""
    receivers: tuple[tuple[Text, str, Text], ...]
    """Who may be given it; the address and the title of the agreement."""
    more: int
    """How many more agreements there are."""
    notes: tuple[Beside, ...] = ()
    """That the body put some of it right, or looks at it."""


def holding_words(one: Holding) -> tuple[Text, Text]:
    """The state in a bold word, and the sentence that goes with it."""
    if one.state is HolderState.HOLDS:
        return gettext("Answered."), gettext("It says what it holds on you.")
    return state_words(one.state, asked_at=one.asked_at, fault=one.fault)


def set_shown(
    held: Held, body: Body, directory: Directory, notes: Mapping[str, Sequence[Note]]
) -> SetShown:
    """``notes`` are those of the citizen's corrections, by the name of the set."""
    said = held.said
    return SetShown(
        name=say(said["name"]),
        href=f"/my/records/{held.name}",
        kinds=Markup(", ").join(say(category(name)) for name in said.get("categories") or ()),
        facts=tuple(_facts(said, body)),
        receivers=tuple(_receiver(terms, directory) for terms in held.passed_on[:RECEIVERS_SHOWN]),
        more=max(0, len(held.passed_on) - RECEIVERS_SHOWN),
        notes=beside(notes.get(held.name, ())),
    )


def _facts(said: Mapping[str, Any], body: Body) -> list[tuple[str, Text]]:
    """Controller and processor apart: only the one who answers for it can put it right."""
    silent = gettext("It does not say.")
    source, kept = said.get("obtained_from"), said.get("retention")
    facts: list[tuple[str, Text]] = [
        (gettext("Held since"), day_words(said["since"]) if said.get("since") else silent),
        (gettext("Kept for"), duration(kept) if kept else silent),
        (gettext("Where it came from"), say(source) if source else silent),
        (gettext("Who answers for it"), said.get("controller") or say(body.official_name)),
    ]
    if said.get("processor"):
        facts.append((gettext("Who runs the machine for them"), said["processor"]))
    return facts


def _receiver(terms: Terms, directory: Directory) -> tuple[Text, str, Text]:
    names = sorted(_names(terms.recipients, directory))
    who = Markup(", ").join(names) if names else gettext("Others, whom the agreement names")
    return who, f"/register/{terms.reference}", say(terms.title)


def _names(bodies: frozenset[UUID], directory: Directory) -> list[Text]:
    return [say(directory.bodies[one].name) for one in bodies if one in directory.bodies]


def value_words(value: Value, *, measured: bool = False) -> str:
    """One value of a record. Numbers as they are: a year and an id have no comma; but what the body
    describes as ``measured`` is grouped by thousands."""
    match value:
        case None | "":
            return str(gettext("Nothing is written here."))
        case Withheld():
            return str(WITHHELD[value]())
        case bool():
            return str(gettext("Yes") if value else gettext("No"))
        case datetime():
            return moment(value)
        case date():
            return day(value)
        case int() | float() if measured:
            return str(format_decimal(value, format="#,##0.##########"))
        case float():
            return str(format_decimal(value, format="0.##########"))
    return str(value)
