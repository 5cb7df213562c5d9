"""How an agreement opens: five lines to read aloud, and what must be seen before them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.models import AgreementKind, Say
from citizen_portal.agreements.models.rights import RightsFault, Verdict
from citizen_portal.agreements.queries import Law, Standing, Terms, standing_on
from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.agreements.words.facts import Value
from citizen_portal.bodies.queries import Directory
from citizen_portal.web.pages import day, say

Words = str | Markup
OVER = (Standing.WITHDRAWN, Standing.ENDED)


@dataclass(frozen=True, slots=True)
class Spoken:
    label: str
    sentence: Words
    more: tuple[Value, ...] = ()
    """What belongs to it, in smaller print."""


@dataclass(frozen=True, slots=True)
class Banner:
    heading: str
    lines: tuple[Value, ...]
    lifted: bool = False


def read_aloud(
    said: AgreementDocument, terms: Terms, law: Law, bodies: Directory, today: date
) -> list[Spoken]:
    """Who gives what to whom, why, by what right, since and until when, what you can do.

    Where a body uses its own data, nobody gives it to anybody.
    """
    own = terms.kind is AgreementKind.OWN_USE
    return [
        Spoken(
            gettext("Who uses what") if own else gettext("Who gives what to whom"),
            say(said.what.words()),
            (Value(say(said.disclosed.words())),),
        ),
        Spoken(gettext("Why"), say(said.purpose.words())),
        _right(said, terms, law),
        Spoken(gettext("Since and until when"), _when(terms, today), _again(terms, today)),
        Spoken(
            gettext("What you can do"),
            _your_say(said, over=standing_on(terms, today) in OVER),
            tuple(_rights(said, terms, law, bodies, today)),
        ),
    ]


def _right(said: AgreementDocument, terms: Terms, law: Law) -> Spoken:
    names = [_link(say(power.name), power.url) for power in terms.powers]
    names += [Markup("{}").format(name) for name in said.powers_as_published]
    sentence = Markup("; ").join(names) or gettext("It does not say which law lets them.")
    reasons = (
        Value(say(law.grounds.get(iri, {"en": iri})))
        for iri in (said.lawful_basis, said.article_9)
        if iri
    )
    return Spoken(gettext("By what right"), sentence, tuple(reasons))


def _link(words: Words, url: str | None) -> Markup:
    if url is None:
        return Markup("{}").format(words)
    link = Markup('<a class="govuk-link" href="{}" rel="noreferrer">{}</a>')
    return link.format(url, words)


def _when(terms: Terms, today: date) -> str:
    first, last = terms.starts, terms.ends
    standing = standing_on(terms, today)
    if standing is Standing.WITHDRAWN:
        return str(gettext("It was taken back. Its last day: %(day)s.", day=day(last)))
    if standing is Standing.ENDED:
        return str(gettext("It ended on %(day)s.", day=day(last)))
    if first is None and last is None:
        return str(gettext("It does not say since when, or until when."))
    if standing is Standing.TO_COME:
        begins = gettext("It begins on %(day)s.", day=day(first))
    else:
        begins = gettext("Since %(day)s.", day=day(first)) if first else ""
    ends = gettext("It ends on %(day)s.", day=day(last)) if last else gettext("It states no end.")
    return f"{begins} {ends}".strip()


def _again(terms: Terms, today: date) -> tuple[Value, ...]:
    if standing_on(terms, today) in OVER:
        since = gettext("It had held since %(day)s.", day=day(terms.starts))
        return (Value(since),) if terms.starts else ()
    again = terms.looked_at_again
    if again is None:
        return ()
    if again < today:
        return (Value(gettext("It was to be looked at again by %(day)s.", day=day(again))),)
    return (Value(gettext("It is looked at again by %(day)s.", day=day(again))),)


def _your_say(said: AgreementDocument, *, over: bool) -> Words:
    if over and said.choice is not Say.NOT_STATED:  # else the gap is what there is to say
        return str(gettext("It does not hold any more, so there is nothing to choose here."))
    words: dict[Say, str] = {
        Say.NONE: gettext("You cannot say no to this."),
        Say.OBJECTION: gettext("You can object."),
        Say.OPT_OUT: gettext("You can opt out."),
        Say.CONSENT: gettext("It is done only if you agree."),
        Say.NOT_STATED: gettext("It does not say what say you have."),
    }
    if said.choice_reason is None:
        return words[said.choice]
    return Markup("{} {}").format(words[said.choice], say(said.choice_reason.words()))


def _rights(
    said: AgreementDocument, terms: Terms, law: Law, bodies: Directory, today: date
) -> Iterator[Value]:
    cited = law.exemption_words.get(said.exemption or "")
    if cited:
        why = gettext("The law that takes the right to object away:")
        yield Value(Markup("{} {}").format(why, _link(say(cited.name), cited.url)))
        yield Value(say(cited.text))
    if said.choice is Say.OBJECTION:
        yield Value(_how_to_object(said, terms, today))
    verdict = _verdict(said, terms, law, bodies)
    if verdict and verdict.fault is RightsFault.OBJECTION_NEEDED:
        yield Value(
            gettext("The law lets you object to a use on this ground. Ask them why not here.")
        )
    if verdict and verdict.fault is RightsFault.CONSENT_NEEDED:
        yield Value(gettext("A use on this ground needs your yes. You can take it back."))
    if verdict and verdict.imbalance:
        yield Value(
            gettext("A public body asks for your yes. It must not cost you anything to say no.")
        )


def _how_to_object(said: AgreementDocument, terms: Terms, today: date) -> str:
    """Here one chooses about what holds today; before and after, one writes."""
    own = terms.kind is AgreementKind.OWN_USE
    holder = gettext("the body that uses it") if own else gettext("the body that gives the data")
    ask, standing = said.contact or holder, standing_on(terms, today)
    if standing in OVER:
        asked = gettext("To ask what was done with your data, write to %(contact)s.", contact=ask)
    elif standing is Standing.TO_COME:
        asked = gettext("To object before it begins, write to %(contact)s.", contact=ask)
    else:
        asked = gettext("To object, sign in and choose here, or write to %(contact)s.", contact=ask)
    return str(asked)


def _verdict(said: AgreementDocument, terms: Terms, law: Law, bodies: Directory) -> Verdict | None:
    """None where it cites a rule that the region does not have."""
    if said.exemption is not None and said.exemption not in law.exemptions:
        return None
    named = [bodies.bodies.get(one) for one in terms.disclosers | terms.recipients]
    public = any(body.kind.is_public for body in named if body) or not any(named)
    return law.judge(said.document(), public=public)


def banners(said: AgreementDocument, terms: Terms, today: date) -> list[Banner]:
    """That it does not hold any more; that it was made in an emergency."""
    found = []
    standing = standing_on(terms, today)
    if said.withdrawn is not None:
        last = gettext("Its last day: %(day)s.", day=day(said.withdrawn.on))
        reason = say(said.withdrawn.reason.words())
        over = standing is Standing.WITHDRAWN
        heading = gettext("Taken back") if over else gettext("It will be taken back")
        found.append(Banner(heading, (Value(reason), Value(last))))
    elif standing is Standing.ENDED:
        stays = gettext("It stays here, so that people can read what was done and why.")
        found.append(Banner(gettext("This agreement has ended"), (Value(stays),)))
    if said.emergency is not None:
        found.append(_emergency(said, today))
    return found


def _emergency(said: AgreementDocument, today: date) -> Banner:
    emergency = said.emergency
    assert emergency is not None  # noqa: S101 - the caller looked
    ends = gettext("It ends by itself on %(day)s.", day=day(said.ends))
    lines = [Value(say(emergency.reasons.words()))]
    if said.ends is not None and said.ends >= today:
        lines.append(Value(ends))
    due, reviewed = emergency.review_due, emergency.reviewed
    if reviewed is not None:
        back = gettext("They looked back on %(day)s:", day=day(reviewed.on))
        text = Markup("{} {}").format(back, say(reviewed.text.words()))
        lines.append(Value(text, reviewed.evidence))
    elif due < today:
        late = gettext("The look back is overdue. It was due by %(day)s.", day=day(due))
        lines.append(Value(Markup("<b>{}</b>").format(late)))
    else:
        lines.append(Value(gettext("They must look back at it by %(day)s.", day=day(due))))
    return Banner(
        gettext("Emergency: it was made without time for the usual way"), tuple(lines), lifted=True
    )
