"""What the dashboard says of questions: beside an access, and among what needs attention."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext, ngettext

from citizen_portal.access.queries import AccessEvent
from citizen_portal.questions.models import About, State
from citizen_portal.questions.queries import own
from citizen_portal.questions.queries.own import Told
from citizen_portal.questions.queries.things import Things
from citizen_portal.questions.words import standing as words
from citizen_portal.web import parts
from citizen_portal.web.transactions import db


@dataclass(frozen=True, slots=True)
class Calling:
    """Questions that need the citizen's attention."""

    count: int
    heading: str
    text: str
    href: str


def asked_of(citizen_id: UUID) -> Callable[[AccessEvent], str]:
    """What a citizen last asked about an access, in words; asks the database once for them."""
    found, things = own.marks(db(), citizen_id), Things(parts.index(), citizen_id)
    today = parts.region().today()

    def words_of(event: AccessEvent) -> str:
        one = found.get(things.blind(About.EVENT, event.id)) if found else None
        return words.mark(one, today) if one else ""

    return words_of


def asked_about(citizen_id: UUID, event: AccessEvent) -> list[Told]:
    """What a citizen asked about one access, the newest first."""
    blind = Things(parts.index(), citizen_id).blind(About.EVENT, event.id)
    return own.about(db(), citizen_id, blind)


def calling(citizen_id: UUID) -> Calling | None:
    """None where a citizen's questions need nothing of them."""
    today = parts.region().today()
    found = own.calling(db(), citizen_id, today)
    if not found:
        return None
    waiting = sum(one.state is State.WAITING for one in found)
    answered = sum(one.state is State.ANSWERED for one in found)
    late = len(found) - waiting - answered
    said = (
        (waiting, ngettext("%(num)s waits for you.", "%(num)s wait for you.", waiting)),
        (answered, ngettext("%(num)s was answered.", "%(num)s were answered.", answered)),
        (late, ngettext("%(num)s is late.", "%(num)s are late.", late)),
    )
    return Calling(
        count=len(found),
        heading=str(gettext("What you asked")),
        text=" ".join(text for count, text in said if count),
        href=f"/my/questions/{found[0].id.hex}" if len(found) == 1 else "/my/questions",
    )
