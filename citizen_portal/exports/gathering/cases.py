"""What a case file is made of: one question of a citizen, in their language."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from flask_babel import gettext
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.agreements.queries import register_terms
from citizen_portal.agreements.queries.published import versions_of
from citizen_portal.agreements.queries.versions import canonical, digest_of
from citizen_portal.bodies.queries import Body, directory
from citizen_portal.errors import WrongState
from citizen_portal.exports.package.case import (
    Authority,
    Case,
    Letter,
    Party,
    Step,
    Version,
)
from citizen_portal.questions.models import RIGHTS, Author, Question, Wrote, late
from citizen_portal.questions.queries import own
from citizen_portal.questions.queries.own import Asked, Written
from citizen_portal.questions.schemas.facts import Facts
from citizen_portal.questions.words import facts as facts_words
from citizen_portal.questions.words import letters, standing
from citizen_portal.region import Region
from citizen_portal.sealing import CannotOpen, Sealer
from citizen_portal.web.pages import plain

WROTE: Mapping[Wrote, Callable[[], str]] = {
    Wrote.WORDS: lambda: gettext("Wrote more."),
    Wrote.ACKNOWLEDGEMENT: lambda: gettext("Said that it arrived."),
    Wrote.PROGRESS: lambda: gettext("Said how far it is."),
    Wrote.ASK_BACK: lambda: gettext("Asked the person something."),
    Wrote.EXTENSION: lambda: gettext("Took longer, with reasons."),
    Wrote.ANSWER: lambda: gettext("Answered."),
    Wrote.AMENDMENT: lambda: gettext("Corrected the answer."),
    Wrote.WITHDRAWAL: lambda: gettext("Withdrew the question."),
}
Told = tuple[Written, letters.Letter]
WHO = {Author.CITIZEN: "you", Author.OFFICER: "body", Author.MACHINE: "machine"}


def refuse_early(one: Asked, today: date) -> None:
    """Raises ``WrongState`` where there is no case: no answer yet, and no last day has passed."""
    if one.outcome is None and not one.ran_out(today):
        raise WrongState("The body still has time to answer. A case file can be made after that.")


def case(
    session: Session,
    citizen_id: UUID,
    one: Asked,
    *,
    region: Region,
    sealer: Sealer,
    issuer: str,
    brand: str,
    language: str,
) -> Case:
    """Raises ``WrongState`` while the body still has time, or where the facts do not open."""
    refuse_early(one, region.today())
    facts = _facts(citizen_id, one, sealer)
    written = own.written(session, citizen_id, one.id)
    told = list(zip(written, letters.letters(one.id, written), strict=True))
    return Case(
        id=uuid4(),
        made_at=clock.now().replace(microsecond=0),
        issuer=issuer,
        brand=brand,
        language=language,
        zone=region.zone,
        reference=one.reference,
        kind=standing.KINDS[one.kind](),
        kind_code=one.kind.value,
        about=one.about.value,
        state=standing.state(one, region.today()),
        body=_party(one, directory(session).bodies[one.organisation_id]),
        facts=[(label, str(value)) for label, value in facts_words.draw(facts)],
        steps=sorted(_steps(one, told, region), key=_turn),
        letters=[_letter(*each) for each in told],
        agreement=_agreement(session, one, _day_of(facts, one, region)),
        authority=_authority(region),
    )


def _turn(step: Step) -> tuple[date, bool, datetime | None]:
    """By the day; what has a time comes before what holds for the whole day."""
    return step.day, step.at is None, step.at


def _facts(citizen_id: UUID, one: Asked, sealer: Sealer) -> Facts:
    try:
        context = Question.facts_context(citizen_id, one.id)
        return Facts.read(sealer.unseal(one.sealed_facts, context))
    except CannotOpen:
        raise WrongState("What you asked about cannot be opened any more.") from None


def _party(one: Asked, body: Body) -> Party:
    return Party(
        name=plain(body.name),
        official_name=plain(body.official_name),
        contact=body.contact or "",
        subject=one.subject or "",
    )


def _steps(one: Asked, told: Iterable[Told], region: Region) -> Iterator[Step]:
    for each, letter in told:
        side = "you" if letter.own else "body"
        what = f"{_wrote(each)} {letter.sub}" if letter.sub else _wrote(each)
        yield Step(region.day(each.at), each.at, side, what)
    clocks, today = region.clocks, region.today()
    if one.acknowledge_by is not None:
        said = gettext("Last day to say that it arrived")
        yield Step(one.acknowledge_by, None, "clock", said, clocks.complaint_acknowledged.source)
    _, law = standing.because(one.kind, region)
    law = law or gettext("The body’s own target. No law sets a day.")
    if one.extended_to is not None and one.kind in RIGHTS:
        law = clocks.rights_extended.source
    yield Step(one.due_on, None, "clock", gettext("Last day for the answer"), law)
    if late(one, today):
        said = gettext("Not answered yet: the last day is over")
        yield Step(today, None, "clock", said, law)


def _letter(each: Written, letter: letters.Letter) -> Letter:
    return Letter(
        number=each.number,
        at=each.at,
        who=WHO[each.author],
        what=_wrote(each),
        words=letter.text,
        more=letter.sub,
    )


def _wrote(each: Written) -> str:
    """For whoever reads the case, who is neither side."""
    return str(gettext("Asked.") if each.number == 1 else WROTE[each.wrote]())


def _agreement(session: Session, one: Asked, on: date) -> Version | None:
    """The version in force on the day of what was asked about, as it was published."""
    terms = register_terms(session).in_force(one.agreement, on) if one.agreement else None
    if terms is None:
        return None
    versions = versions_of(session, {terms.reference})
    document = next(each.document for each in versions if each.number == terms.number)
    return Version(
        reference=terms.reference,
        number=terms.number,
        title=plain(terms.title),
        on=on,
        sha256=digest_of(document),
        document=canonical(document),
    )


def _day_of(facts: Facts, one: Asked, region: Region) -> date:
    """When what was asked about happened, or was seen; else when it was asked."""
    values: Mapping[str, object] = dict(facts.rows)
    for name in ("when", "seen"):
        value = values.get(name)
        if isinstance(value, Mapping) and "moment" in value:
            return region.day(datetime.fromisoformat(value["moment"]))
        if isinstance(value, Mapping) and "day" in value:
            return date.fromisoformat(value["day"])
    return region.day(one.asked_at)


def _authority(region: Region) -> Authority:
    authority = region.authority
    return Authority(
        name=plain(dict[str, str](**authority.name)),
        website=authority.website,
        telephone=authority.telephone,
        law=authority.source,
    )
