"""What was done, in words: of each tag, of who did it, and of what it was about."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from flask_babel import gettext

from citizen_portal.identity.models import Role
from citizen_portal.identity.queries.done import Done, Kind
from citizen_portal.web.pages import day

TAGS: dict[str, Callable[[], str]] = {
    "access:removed": lambda: gettext("Removed looks that are past their time"),
    "agreement:published": lambda: gettext("Published an agreement"),
    "audit:exported": lambda: gettext("Took a signed file of this list"),
    "audit:read": lambda: gettext("Read this list"),
    "body:client-added": lambda: gettext("Let a computer system act for the body"),
    "body:client-removed": lambda: gettext("Stopped a computer system from acting for the body"),
    "body:keys-changed": lambda: gettext("Changed the keys of a computer system"),
    "body:webhook-removed": lambda: gettext("Ended the messages to the body’s system"),
    "body:webhook-rotated": lambda: gettext("Changed the secret that proves messages to the body"),
    "body:webhook-set": lambda: gettext("Chose where messages to the body are sent"),
    "check:made": lambda: gettext("Asked whether people’s data may be used"),
    "correction:acknowledged": lambda: gettext(
        "Said what the body did about a correction by another body"
    ),
    "correction:made": lambda: gettext("Said what the body put right about a person, or looks at"),
    "correction:told": lambda: gettext("Said that the body told somebody else of a correction"),
    "draft:brought-up-to-date": lambda: gettext("Put a draft onto the newest version"),
    "draft:begun": lambda: gettext("Began a draft"),
    "draft:changed": lambda: gettext("Changed a draft"),
    "draft:confirmed": lambda: gettext("Confirmed what an agreement says about the body"),
    "draft:disputed": lambda: gettext("Said that an agreement is wrong about the body"),
    "draft:dropped": lambda: gettext("Put a draft aside"),
    "draft:returned": lambda: gettext("Sent a draft back to be changed"),
    "draft:sent-for-review": lambda: gettext("Sent a draft for review"),
    "draft:taken-up": lambda: gettext("Took up a draft again"),
    "hold:agreed": lambda: gettext("Agreed to what a colleague proposed about a withheld access"),
    "hold:begun": lambda: gettext("Withheld accesses by law"),
    "hold:dropped": lambda: gettext("Dropped a proposal about a withheld access"),
    "hold:ended": lambda: gettext("A withheld access was released or closed"),
    "hold:proposed": lambda: gettext("Proposed what becomes of a withheld access"),
    "hold:to-oversight": lambda: gettext("The last day passed and it was not decided"),
    "incident:changed": lambda: gettext("Changed what people are told of an incident"),
    "incident:closed": lambda: gettext("Closed an incident"),
    "incident:reported": lambda: gettext("Reported an incident, or told further people of it"),
    "key:brought-back": lambda: gettext("Had an old key of the portal open again"),
    "key:resealed": lambda: gettext("Sealed anew what an old key of the portal had sealed"),
    "key:retired": lambda: gettext("Gave up an old key of the portal"),
    "key:rotated": lambda: gettext("Renewed a key of the portal"),
    "officer:added": lambda: gettext("Added an officer to the list"),
    "officer:removed": lambda: gettext("Removed an officer from the list"),
    "officer:roles-changed": lambda: gettext("Changed what an officer may do"),
    "officer:signed-in": lambda: gettext("Signed in"),
    "officer:signed-out": lambda: gettext("Signed out"),
    "preference:ahead": lambda: gettext(
        "Named a number beyond the end of its list, and is to say what it holds"
    ),
    "preference:answered": lambda: gettext("Answered an objection or another choice of a person"),
    "preference:reconciled": lambda: gettext("Waited no longer for what the body holds of choices"),
    "preference:restored": lambda: gettext("Put old data back, and asked bodies what they hold"),
    "question:acknowledged": lambda: gettext("Said that a person’s question arrived"),
    "question:amended": lambda: gettext("Corrected the answer to a person’s question"),
    "question:answered": lambda: gettext("Answered a person’s question"),
    "question:asked-back": lambda: gettext("Asked a person back"),
    "question:assigned": lambda: gettext("Took up a person’s question, or gave it to a colleague"),
    "question:extended": lambda: gettext("Took longer for a person’s request, with reasons"),
    "question:late": lambda: gettext("Let the last day for a person’s question pass"),
    "question:progress": lambda: gettext("Told a person how far their question is"),
    "register:imported": lambda: gettext("Brought files onto the register"),
    "rules:changed": lambda: gettext("Changed which agreement explains which access"),
    "totals:published": lambda: gettext("Published how often it uses data"),
    "views:asked": lambda: gettext("Asked the public for views on an agreement"),
    "views:closed": lambda: gettext("Closed the views on an agreement early"),
    "views:replied": lambda: gettext("Replied to the views on an agreement"),
}
BY_WORKER = frozenset({"hold:ended", "hold:to-oversight", "question:late"})
BY_SYSTEM = ("correction:", "preference:answered", "question:")
"""What a body's officers and systems alone do: no officer's name means that a system did it."""
KINDS: dict[Kind, Callable[[], str]] = {
    Kind.AGREEMENTS: lambda: gettext("Agreements and drafts"),
    Kind.OFFICERS: lambda: gettext("The list of officers"),
    Kind.SYSTEMS: lambda: gettext("Computer systems"),
    Kind.SIGN_INS: lambda: gettext("Signing in and out"),
    Kind.HOLDS: lambda: gettext("Withheld accesses"),
    Kind.CHOICES: lambda: gettext("Choices and objections of people"),
    Kind.INCIDENTS: lambda: gettext("Incidents"),
    Kind.QUESTIONS: lambda: gettext("Questions of people"),
    Kind.CORRECTIONS: lambda: gettext("Corrections"),
    Kind.READING: lambda: gettext("Reading this list"),
}
ROLES: dict[Role, Callable[[], str]] = {
    Role.AUTHOR: lambda: gettext("writes drafts"),
    Role.PUBLISHER: lambda: gettext("publishes"),
    Role.CASE_WORKER: lambda: gettext("answers people’s questions and objections"),
    Role.HOLD_APPROVER: lambda: gettext("approves holds"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list."""

    at: datetime
    what: str
    detail: str
    who: str
    href: str | None
    link: str


def line(entry: Done, officers: Mapping[UUID, str]) -> Line:
    href, link = _where(entry)
    return Line(
        entry.at, what(entry.tag), _detail(entry, officers), who(entry, officers), href, link
    )


def by_day(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under their days, in the order they have."""
    return [(words, list(of)) for words, of in groupby(lines, key=lambda line: day(line.at))]


def what(tag: str) -> str:
    return str(TAGS[tag]()) if tag in TAGS else tag


def who(entry: Done, officers: Mapping[UUID, str]) -> str:
    """The officer by name, the body's system by its name, or the operator."""
    if entry.actor_id is not None:
        return officers.get(entry.actor_id) or str(gettext("An officer"))
    if entry.system is not None:
        return str(gettext("The computer system %(name)s", name=entry.system))
    if entry.tag in BY_WORKER:
        return str(gettext("The portal, as was decided or by its calendar"))
    if entry.tag.startswith(BY_SYSTEM):
        return str(gettext("A computer system of this body"))
    return str(gettext("The person who runs this portal"))


def _detail(entry: Done, officers: Mapping[UUID, str]) -> str:
    """Which officer and with what roles, or which system, where the tag is about one."""
    about = entry.about
    if "officer" in about:
        name = officers.get(UUID(str(about["officer"])), str(gettext("An officer")))
        roles = [str(words()) for role, words in ROLES.items() if role in about.get("roles", [])]
        return f"{name}: {', '.join(roles)}" if roles else name
    if entry.tag == "hold:begun":
        return str(about["count"])
    if "client" in about and entry.system is None:
        return str(about["client"])
    return ""


def _where(entry: Done) -> tuple[str | None, str]:
    """Where to read on: the hold, the draft, or the agreement as the desk shows it."""
    if hold := entry.about.get("hold"):
        return f"/desk/holds/{hold}", str(gettext("The withheld access"))
    reference, draft = entry.about.get("reference"), entry.about.get("draft")
    words = str(reference or gettext("The draft"))
    if draft and entry.tag != "agreement:published":
        return f"/desk/drafts/{draft}", words
    return (f"/desk/agreements/{reference}", words) if reference else (None, "")
