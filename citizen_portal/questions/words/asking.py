"""The page on which one asks: what may be asked of whom, and by when it must be answered."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from citizen_portal.bodies.queries import Directory
from citizen_portal.preferences.models import Scope
from citizen_portal.preferences.queries import ChoiceNames
from citizen_portal.questions import clocks
from citizen_portal.questions.forms.asking import AskForm
from citizen_portal.questions.models import LONGEST_WORDS, About, Kind
from citizen_portal.questions.schemas.packets import Packet
from citizen_portal.questions.words import facts as facts_words
from citizen_portal.region import Region
from citizen_portal.web import parts
from citizen_portal.web.pages import day, say

Text = str | Markup
HEADINGS: dict[About, Callable[[], str]] = {
    About.EVENT: lambda: gettext("Ask about this look"),
    About.HOLDING: lambda: gettext("Ask about these records"),
    About.AGREEMENT: lambda: gettext("Ask about this agreement"),
    About.CHOICE: lambda: gettext("Ask about your choice"),
    About.INCIDENT: lambda: gettext("Ask about what went wrong"),
}
WHY: dict[About, Callable[[], str]] = {
    About.EVENT: lambda: gettext("Why was this done?"),
    About.HOLDING: lambda: gettext("Why do you hold this?"),
    About.AGREEMENT: lambda: gettext("Why is my data used like this?"),
    About.CHOICE: lambda: gettext("Why is my choice treated like this?"),
    About.INCIDENT: lambda: gettext("Why did this happen to my data?"),
}
WANTED: dict[Kind, Callable[[], str]] = {
    Kind.CORRECTION: lambda: gettext("This is wrong"),
    Kind.OBJECTION: lambda: gettext("I object to this"),
    Kind.COMPLAINT: lambda: gettext("I want to complain"),
}
PATHS = {
    About.EVENT: "access",
    About.HOLDING: "records",
    About.AGREEMENT: "agreement",
    About.CHOICE: "choice",
}
"""What addresses say of the thing."""
HERE = {
    About.EVENT: "access",
    About.HOLDING: "holds",
    About.AGREEMENT: "questions",
    About.CHOICE: "choices",
}
"""Under which entry of the menu its page is."""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: Text
    means: Text


def page(
    packet: Packet,
    form: AskForm,
    *,
    whose: UUID,
    name: str,
    known: Directory,
    takers: Mapping[UUID, int | None],
) -> dict[str, Any]:
    """What ``templates/questions/ask.html`` draws. ``name`` is what the thing is called in the
    address; ``takers`` are the bodies that answer here."""
    reached = [known.bodies[one] for one in packet.bodies if one in takers]
    missed = [known.bodies[one] for one in packet.bodies if one not in takers]
    target = takers[reached[0].id] if reached else None
    by_name = packet.about is About.AGREEMENT
    return {
        "heading": HEADINGS[packet.about](),
        "title": facts_words.title(packet.facts),
        "facts": facts_words.draw(packet.facts),
        "form": form,
        "kinds": kinds(packet, target, parts.region()),
        "reached": [Option(one.id.hex, say(one.name), say(one.official_name)) for one in reached],
        "missed": missed,
        "address": f"/my/ask/{PATHS[packet.about]}/{name}",
        "back": packet.back,
        "asked": (packet.about.value, packet.agreement if by_name else name),
        "sealed": packet.sealed(parts.sealer(), whose, name) if reached else "",
        "requestable": Kind.WHY in packet.kinds and packet.about in (About.EVENT, About.HOLDING),
        "longest": LONGEST_WORDS,
        "here": HERE[packet.about],
    }


def form_of(
    packet: Packet, takers: Collection[UUID], sent: MultiDict[str, str] | None = None
) -> AskForm:
    """With those bodies to choose from that answer here."""
    return AskForm(sent, kinds=packet.kinds, bodies=[one for one in packet.bodies if one in takers])


def choice_address(citizen_id: UUID, reference: str) -> str:
    """Where the citizen chooses about an agreement."""
    names = ChoiceNames(parts.index(), citizen_id)
    return f"/my/choices/{names.name(Scope(agreement=reference))}"


PATHS = {
    About.EVENT: "access",
    About.HOLDING: "records",
    About.AGREEMENT: "agreement",
    About.CHOICE: "choice",
    About.INCIDENT: "incident",
}
HERE = {
    About.EVENT: "access",
    About.HOLDING: "holds",
    About.AGREEMENT: "questions",
    About.CHOICE: "choices",
    About.INCIDENT: "my",
}


def kinds(packet: Packet, target: int | None, region: Region) -> list[Option]:
    return [
        Option(one.value, _wanted(one, packet), _means(one, packet, target, region))
        for one in packet.kinds
    ]


def _wanted(kind: Kind, packet: Packet) -> str:
    return str(WHY[packet.about]() if kind is Kind.WHY else WANTED[kind]())


def _means(kind: Kind, packet: Packet, target: int | None, region: Region) -> Text:
    if kind is Kind.OBJECTION and packet.choose:
        return str(
            gettext("This leads to the page of your choice. What you write below is not sent.")
        )
    last = clocks.due_on(region, kind, region.today(), target)
    return by_when(kind, last)


def by_when(kind: Kind, last: date) -> str:
    """The last day, and whose it is."""
    if kind is Kind.WHY:
        return str(
            gettext("They aim to answer by %(day)s. That is their own target.", day=day(last))
        )
    if kind is Kind.COMPLAINT:
        return str(gettext("We ask them to answer by %(day)s.", day=day(last)))
    return str(gettext("By law they must answer by %(day)s.", day=day(last)))
