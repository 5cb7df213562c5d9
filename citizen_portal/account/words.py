"""What this service keeps, said in words: the same on `/privacy` and on one's account page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext, ngettext

from citizen_portal.account.queries import Held, Kind
from citizen_portal.bodies.models.retention import DEFAULT
from citizen_portal.identity.actions import FORGOTTEN_EVERY, VISITS_FOR
from citizen_portal.settings import Settings
from citizen_portal.web.pages import clock_time, day, duration

OPERATOR_READS: Sequence[str] = ("preferences check",)
"""The commands by which an operator reads something of one citizen; the account page tells."""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing that is kept, what it is for, and how long it is kept."""

    kind: Kind
    what: str
    why: str
    long: str


def kept(settings: Settings, *, mail: bool) -> tuple[Line, ...]:
    """What is kept about people who sign in, the weightiest first. ``mail``: whether some of it is
    for mail."""
    said = {**_who(), **_of_bodies(settings), **_of_answers(), **_of_visits(settings, mail=mail)}
    said |= _of_mail() if mail else {}
    return tuple(Line(kind, *said[kind]) for kind in Kind if kind in said)


def amount(kind: Kind, held: Held) -> str:
    """How much of a kind there is."""
    count = held.counts[kind]
    said = f"{count:,}"
    if kind in (Kind.ACCOUNT, Kind.ADDRESS, Kind.NEWS):
        said = gettext("Yes") if count else gettext("No")
    elif count == 0:
        said = gettext("None")
    elif kind is Kind.LOOKS and held.looks_since is not None:
        said = gettext("%(n)s, since %(day)s", n=said, day=day(held.looks_since))
    elif kind is Kind.ANSWERS and held.answers_until is not None:
        said = _answers(count, clock_time(held.answers_until))
    return str(said)


def strength(assurance: str) -> str:
    """What a vector of trust says (RFC 8485, with the values of GOV.UK One Login); nothing for an
    assurance in other terms, which is then shown as it is."""
    said = set(assurance.split("."))
    words = []
    if "Cm" in said:
        words.append(gettext("In two steps, such as a password and a code."))
    elif "Cl" in said:
        words.append(gettext("In one step, such as a password."))
    if said & {"P1", "P2", "P3"}:
        words.append(gettext("The sign-in service had checked your identity."))
    return " ".join(words)


def _who() -> dict[Kind, tuple[str, str, str]]:
    open_ = gettext("until you close your account")
    return {
        Kind.ACCOUNT: (
            gettext("A random number for you, and a scrambled form of your sign-in account"),
            gettext("to know you when you return; we cannot turn it back"),
            open_,
        ),
        Kind.LINKS: (
            gettext("Which bodies you linked, under a number of its own for each body"),
            gettext("to ask them about you"),
            gettext("until you end the link"),
        ),
        Kind.HISTORY: (
            gettext("What became of your links"),
            gettext("so that you can see who linked what and when"),
            open_,
        ),
    }


def _of_bodies(settings: Settings) -> dict[Kind, tuple[str, str, str]]:
    minutes = ngettext("%(num)s minute", "%(num)s minutes", settings.answers_minutes)
    return {
        Kind.LOOKS: (
            gettext("Looks that bodies send us about you, and how many there were each day"),
            gettext("to show you who looked, and why"),
            gettext("%(long)s, or what the body’s entry says", long=duration(DEFAULT)),
        ),
        Kind.ANSWERS: (
            gettext("What bodies answered, locked with a key; each is asked up to two questions"),
            gettext("to show on more than one page what they hold, and who looked"),
            gettext("at most %(long)s, and until you sign out", long=minutes),
        ),
        Kind.CHOICES: (
            gettext("What you chose, your reasons locked with a key, and what each body answered"),
            gettext("to tell bodies, and to prove what you chose"),
            gettext("until you close your account"),
        ),
        Kind.CHECKS: (
            gettext("That a body asked whether it may use your data, and what it was told"),
            gettext("to show you who asked, and when"),
            duration(DEFAULT),
        ),
        Kind.COPIES: (
            gettext("Copies that you asked for, locked with a key, and what became of each"),
            gettext("so that you can download them, and notice if it was somebody else"),
            gettext("7 days, or an hour after you download it; that there was one, 30 days more"),
        ),
    }


def _of_answers() -> dict[Kind, tuple[str, str, str]]:
    """What bodies were asked, and what they said of mistakes."""
    return {
        Kind.QUESTIONS: (
            gettext("What you asked bodies and what they wrote, locked with a key"),
            gettext("to bring your question to the body, and to show you its answer"),
            gettext("until you close your account"),
        ),
        Kind.INCIDENTS: (
            gettext("That a body says that your data was in an incident"),
            gettext("to tell you what happened, and what you can do"),
            gettext("until you close your account"),
        ),
        Kind.CORRECTIONS: (
            gettext("What bodies put right about you, the details locked with a key"),
            gettext("to tell those who got the data, and to show you that they know"),
            gettext("until you close your account"),
        ),
    }


def _of_mail() -> dict[Kind, tuple[str, str, str]]:
    return {
        Kind.ADDRESS: (
            gettext("The e-mail address that you named as safe, locked with a key"),
            gettext("to mail you that there is news in your account"),
            gettext("until you remove it or name another"),
        ),
        Kind.NEWS: (
            gettext("What news you want, and a scrambled mark of your feed’s address"),
            gettext("to tell you as you wish"),
            gettext("until you close your account"),
        ),
        Kind.MAILED: (
            gettext("A scrambled mark for each thing we told you of, and its kind"),
            gettext("to tell you of it once"),
            gettext("until you close your account"),
        ),
    }


def _of_visits(settings: Settings, *, mail: bool) -> dict[Kind, tuple[str, str, str]]:
    idle = ngettext("%(num)s minute", "%(num)s minutes", settings.session_idle_minutes)
    most = settings.session_absolute_hours
    hours = ngettext("%(num)s hour", "%(num)s hours", most)
    gone = ngettext("%(num)s hour", "%(num)s hours", most + FORGOTTEN_EVERY // timedelta(hours=1))
    return {
        Kind.SESSIONS: (
            gettext("Sessions, and what is left of ended ones: since when, and when last seen"),
            gettext("to end a session that is not yours"),
            gettext(
                "%(idle)s without a click, %(hours)s at most; what is left of an ended one goes at "
                "most %(gone)s after its start",
                idle=idle,
                hours=hours,
                gone=gone,
            ),
        ),
        Kind.VISITS: (
            gettext("Your visits: when you signed in, and how strongly"),
            gettext("so that you notice a visit that was not yours"),
            gettext("%(long)s, or until you clear them", long=_days(VISITS_FOR)),
        ),
        Kind.TRIES: (
            gettext("That you tried a code or asked for one; not the code"),
            gettext("so that codes cannot be guessed, nor a mailbox flooded")
            if mail
            else gettext("so that codes cannot be guessed"),
            ngettext("%(num)s hour", "%(num)s hours", 1),
        ),
        Kind.LOG: (
            gettext("Our log of security events: sign-ins, links, your safe address"),
            gettext("to look into misuse, and because the law lets claims be made for so long"),
            _years(settings.audit_years),
        ),
    }


def _answers(count: int, until: str) -> str:
    said = ngettext(
        "%(num)s answer, until %(time)s", "%(num)s answers, until %(time)s", count, time=until
    )
    return str(said)


def _days(length: timedelta) -> str:
    return duration(f"P{length.days}D")


def _years(count: int) -> str:
    return duration(f"P{count}Y")
