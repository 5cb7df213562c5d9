"""A source in words for anybody: how it stands, and how far it can be seen into."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import format_decimal, gettext, ngettext, to_user_timezone

from citizen_portal.bodies.models import Protocol
from citizen_portal.bodies.queries import Reach, SourceFacts
from citizen_portal.web import parts
from citizen_portal.web.pages import clock_time, day

ICONS = {
    Reach.GONE_QUIET: "gem",
    Reach.CONNECTED: "answered",
    Reach.NOT_CONNECTED: "off",
    Reach.NO_SOURCE: "off",
}


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source with what can be said about it; components/source.html draws it."""

    source: SourceFacts
    icon: str
    state: str
    facts: tuple[tuple[str, str], ...]
    """What is asked, and the answer."""
    left_out: tuple[str, str]
    """What asks for that which it does not report, and the answer where it names none."""


def shown(source: SourceFacts) -> SourceShown:
    return SourceShown(
        source,
        ICONS[source.reach],
        _state(source),
        facts=tuple(_facts(source)) if source.connected else (),
        left_out=(
            gettext("What it does not tell us, and by which law"),
            gettext("It names no kind of look that it leaves out."),
        ),
    )


def lately(when: datetime) -> str:
    """ "today at 10:40", "yesterday at 10:40", or the day."""
    ago = parts.region().today() - to_user_timezone(when).date()
    if ago == timedelta(0):
        return str(gettext("today at %(time)s", time=clock_time(when)))
    if ago == timedelta(days=1):
        return str(gettext("yesterday at %(time)s", time=clock_time(when)))
    return day(when)


def quiet_words(source: SourceFacts) -> str:
    """That it went quiet, and since when; nothing where it did not."""
    since = source.quiet_since(parts.region().zone)
    if since is None:
        return ""
    if source.protocol is Protocol.PUSH:
        words = gettext("Gone quiet: it has told us of no look since %(day)s.", day=day(since))
    else:
        words = gettext("Gone quiet: it has not answered since %(day)s.", day=day(since))
    return str(words)


def sending_words(count: int) -> str:
    """That so many send by themselves and are not asked."""
    return str(
        ngettext(
            "%(num)s sends us each look itself.", "%(num)s send us each look themselves.", count
        )
    )


def _state(source: SourceFacts) -> str:
    match source.reach:
        case Reach.GONE_QUIET:
            usual = gettext("That is longer than is usual for it.")
            return f"{quiet_words(source)} {usual}"
        case Reach.CONNECTED if source.protocol is Protocol.PUSH:
            return str(gettext("Connected. It sends us each look itself."))
        case Reach.CONNECTED:
            return str(gettext("Connected. We ask it when you sign in."))
    return str(gettext("Not connected yet. We cannot ask it."))


def _facts(source: SourceFacts) -> list[tuple[str, str]]:
    since, answered = source.connected_since, source.answered_about
    facts = [
        (gettext("Connected since"), day(since)),
        (gettext("Keeps looks from"), _window(source)),
        (
            gettext("Last answer"),
            lately(answered) if answered else gettext("It has not answered us yet."),
        ),
        (gettext("Usually answers in"), _answer_time(source.health.answer_ms)),
        (gettext("Proof of whom it is about"), _proof(source.health.proves)),
    ]
    return facts if since else facts[1:]


def _window(source: SourceFacts) -> str:
    if source.window_from is None:
        return str(gettext("It has not told us how far back its list goes."))
    first = day(source.window_from)
    if source.window_to is None:
        return str(gettext("%(first)s to now", first=first))
    return str(gettext("%(first)s to %(last)s", first=first, last=day(source.window_to)))


def _answer_time(ms: int | None) -> str:
    if ms is None:
        return str(gettext("Not measured yet."))
    if ms < 100:
        return str(gettext("less than %(n)s seconds", n=format_decimal(0.1)))
    form = "0.0" if ms < 9_950 else "0"
    return str(gettext("%(n)s seconds", n=format_decimal(ms / 1000, format=form)))


def _proof(proves: bool | None) -> str:
    if proves is None:
        return str(gettext("Not known yet."))
    if proves:
        return str(gettext("In its newest answers."))
    return str(gettext("It cannot prove that its answer is about you."))
