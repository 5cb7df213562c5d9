"""Corrections in words, for citizens and for officers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.queries import category
from citizen_portal.bodies.queries import Directory
from citizen_portal.questions.actions.spreading import reason_context
from citizen_portal.questions.models.corrections import Matter, Status
from citizen_portal.questions.queries.corrections import Counted, Note, Reached
from citizen_portal.web.pages import day, fill, say
from citizen_portal.web.sealed import opened

Text = str | Markup
Worded = Callable[[], str]
HEADINGS: Mapping[Matter, Worded] = {
    Matter.DISPUTED: lambda: gettext("They look at whether it is right"),
    Matter.CORRECTED: lambda: gettext("They corrected it"),
    Matter.ERASED: lambda: gettext("They erased it"),
    Matter.RESTRICTED: lambda: gettext("They keep it, but no longer use it"),
    Matter.NOT_CORRECTED: lambda: gettext("They did not correct it"),
}
NOTES: Mapping[Matter, Worded] = {
    Matter.DISPUTED: lambda: gettext("Disputed: the body looks at it since %(day)s."),
    Matter.CORRECTED: lambda: gettext("Corrected on %(day)s."),
    Matter.ERASED: lambda: gettext("Some of it was erased on %(day)s."),
    Matter.RESTRICTED: lambda: gettext("Kept, but not used, since %(day)s."),
    Matter.NOT_CORRECTED: lambda: gettext("Looked at and not corrected, %(day)s."),
}
MATTERS: Mapping[Matter, Worded] = {
    Matter.DISPUTED: lambda: gettext("We look at whether it is right"),
    Matter.CORRECTED: lambda: gettext("We corrected it"),
    Matter.ERASED: lambda: gettext("We erased it"),
    Matter.RESTRICTED: lambda: gettext("We keep it, but do not use it"),
    Matter.NOT_CORRECTED: lambda: gettext("We did not correct it"),
}
"""As officers say it."""
ICONS = {
    Matter.DISPUTED: "asking",
    Matter.CORRECTED: "answered",
    Matter.ERASED: "answered",
    Matter.RESTRICTED: "answered",
    Matter.NOT_CORRECTED: "refused",
}
OF_STATUS = {
    Status.RECORDED: "asking",
    Status.SENT: "sent",
    Status.UNDELIVERED: "down",
    Status.APPLIED: "answered",
    Status.NOT_HELD: "empty",
    Status.NOT_APPLIED: "refused",
    Status.TOLD_BY_BODY: "sent",
    Status.NOT_TOLD: "off",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a set of records."""

    text: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class Row:
    """One recipient."""

    icon: str
    name: Text
    official: Text
    fact: str
    more: str
    why: Text
    """How it is known that it got the data, or may have."""
    reason: str
    """In its words, as text."""
    place: str
    """By which an officer says that they told it."""
    to_tell: bool


def beside(notes: Sequence[Note]) -> tuple[Beside, ...]:
    return tuple(
        Beside(
            NOTES[note.matter]() % {"day": day(note.on)},
            f"/my/corrections/{note.id.hex}",
            ICONS[note.matter],
        )
        for note in notes
    )


def kinds(categories: Sequence[str]) -> Text:
    return Markup(", ").join(say(category(name)) for name in categories)


def row(one: Reached, known: Directory) -> Row:
    body = known.bodies.get(one.organisation_id) if one.organisation_id else None
    state = one.status()
    return Row(
        icon=OF_STATUS[state],
        name=say(body.name) if body else one.name or one.code,
        official=say(body.official_name) if body else gettext("It is not on our list."),
        fact=fact(one, state),
        more=_more(one, state),
        why=_why(one),
        reason=opened(one.sealed_reason, reason_context(one.id)),
        place=one.organisation_id.hex if one.organisation_id else one.code,
        to_tell=state is Status.NOT_TOLD,
    )


def fact(one: Reached, state: Status) -> str:
    """Where it stands with one recipient, in a few words. Never more than was said."""
    match state:
        case Status.APPLIED:
            return str(gettext("Did it from %(day)s", day=day(one.applied_from)))
        case Status.NOT_HELD:
            return str(gettext("Says that it does not hold the data"))
        case Status.NOT_APPLIED:
            return str(gettext("Did not take it over"))
        case Status.TOLD_BY_BODY:
            return str(gettext("Told on %(day)s by the body that says so", day=day(one.told_on)))
        case Status.NOT_TOLD:
            return str(gettext("Not told yet"))
        case Status.UNDELIVERED:
            return str(gettext("Not delivered"))
        case Status.SENT:
            return str(gettext("Told on %(day)s", day=day(one.told_at)))
    return str(gettext("Written down: we are telling it"))


def _more(one: Reached, state: Status) -> str:
    match state:
        case Status.APPLIED | Status.NOT_HELD | Status.NOT_APPLIED:
            return str(gettext("It told us so on %(day)s.", day=day(one.replied_at)))
        case Status.NOT_TOLD:
            return str(
                gettext(
                    "No link stands with it here, so the body that put it right has to tell it."
                )
            )
        case Status.SENT:
            return str(gettext("It has not answered yet."))
        case Status.UNDELIVERED:
            return str(gettext("It takes no messages, and has not read its list."))
    return ""


def _why(one: Reached) -> Text:
    if one.looked:
        return str(gettext("We know of a look by it."))
    if one.agreement is None:
        return ""
    link = Markup('<a class="govuk-link" href="/register/{0}">{0}</a>').format(one.agreement)
    return fill(gettext("It may have got it, by agreement %(agreement)s."), agreement=link)


def progress(counted: Counted) -> str:
    """How far it is with the recipients, for the officers of the body that corrected."""
    if not counted.recipients:
        return str(gettext("No recipient is known."))
    said = gettext("%(n)s of %(of)s answered.", n=counted.answered, of=counted.recipients)
    if counted.to_tell:
        said += " " + gettext("%(n)s for you to tell.", n=counted.to_tell)
    return str(said)
