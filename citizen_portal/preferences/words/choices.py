"""The words of choices: what one is about, what was answered, what holds now, what bodies said."""

from collections.abc import Callable
from datetime import date

from flask_babel import gettext, ngettext
from markupsafe import Markup

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import Register, Terms, purpose
from citizen_portal.bodies.queries import Directory
from citizen_portal.preferences.models import Answer, Reply, Scope, Status, Width
from citizen_portal.preferences.queries import Decision, Feedback, without_choice
from citizen_portal.web.pages import day, fill, say

Text = str | Markup


def title(scope: Scope, register: Register, known: Directory) -> Text:
    """What a choice is about, standing by itself."""
    match scope.width:
        case Width.AGREEMENT:
            return _agreement(scope, register)
        case Width.BODY:
            return fill(gettext("Use or sharing by: %(body)s"), **_parts(scope, known))
        case Width.PURPOSE:
            return fill(gettext("Use or sharing for: %(purpose)s"), **_parts(scope, known))
        case Width.BODY_AND_PURPOSE:
            text = gettext("Use or sharing by: %(body)s, for: %(purpose)s")
            return fill(text, **_parts(scope, known))
    return str(gettext("Whatever can be refused"))


def inline(scope: Scope, register: Register, known: Directory) -> Text:
    """The same inside a sentence: "Say no to …"."""
    match scope.width:
        case Width.AGREEMENT:
            return fill(gettext("“%(title)s”"), title=_agreement(scope, register))
        case Width.BODY:
            return fill(gettext("use or sharing by: %(body)s"), **_parts(scope, known))
        case Width.PURPOSE:
            return fill(gettext("use or sharing for: %(purpose)s"), **_parts(scope, known))
        case Width.BODY_AND_PURPOSE:
            text = gettext("use or sharing by: %(body)s, for: %(purpose)s")
            return fill(text, **_parts(scope, known))
    return str(gettext("whatever can be refused"))


def _agreement(scope: Scope, register: Register) -> Text:
    terms = register.newest(scope.agreement or "")
    if terms is None:
        return str(gettext("An agreement that is no longer on the register"))
    return say(terms.title)


def _parts(scope: Scope, known: Directory) -> dict[str, Text]:
    body = known.bodies.get(scope.organisation_id) if scope.organisation_id else None
    return {
        "body": say(body.name) if body else gettext("a body that is no longer on our list"),
        "purpose": say(purpose(scope.purpose)) if scope.purpose else "",
    }


Worded = Callable[[], str]
FOR_ONE: dict[Answer, Worded] = {
    Answer.NO: lambda: gettext("No, stop using my data for this"),
    Answer.YES: lambda: gettext("Yes, my data may be used for this"),
    Answer.AS_BEFORE: lambda: gettext("Take my choice back, as if I had made none"),
}
FOR_MANY: dict[Answer, Worded] = {
    Answer.NO: lambda: gettext("No, stop using my data wherever I can say no"),
    Answer.YES: lambda: gettext("Yes, my data may be used, but for what needs a yes of its own"),
    Answer.AS_BEFORE: FOR_ONE[Answer.AS_BEFORE],
}


def answer(of: Answer, scope: Scope, terms: Terms | None) -> str:
    """An answer, as it stands beside its button."""
    if scope.width is not Width.AGREEMENT:
        return FOR_MANY[of]()
    if of is Answer.NO and terms is not None and terms.choice is Say.OBJECTION:
        return str(gettext("No, I object: my data must not be used for this"))
    return FOR_ONE[of]()


def asks(of: Answer, what: Text) -> Text:
    """What a page that leads to this answer is called."""
    if of is Answer.NO:
        return fill(gettext("Say no to %(what)s"), what=what)
    if of is Answer.YES:
        return fill(gettext("Say yes to %(what)s"), what=what)
    return fill(gettext("Take back your choice about %(what)s"), what=what)


def said(of: Answer, what: Text) -> Text:
    """What was chosen, as a heading."""
    if of is Answer.NO:
        return fill(gettext("You said no to %(what)s"), what=what)
    if of is Answer.YES:
        return fill(gettext("You said yes to %(what)s"), what=what)
    return fill(gettext("You took back your choice about %(what)s"), what=what)


def holds(terms: Terms, decision: Decision) -> str:
    """What holds for one agreement now, in a few words."""
    if terms.choice is Say.NOT_STATED:
        return str(gettext("May be used. It does not say if you can say no."))
    if not terms.refusable:
        return str(gettext("May be used. It leaves no choice."))
    if decision.by is None:
        if without_choice(terms):
            return str(gettext("May be used"))
        return str(gettext("Not to be used: it needs your yes"))
    on = day(decision.by.made_at)
    if decision.may_use:
        return str(gettext("May be used: you said yes on %(day)s", day=on))
    return str(gettext("You said no on %(day)s", day=on))


def answered(terms: Terms, decision: Decision, going_on: int) -> str:
    """The same, and how many bodies refused to stop."""
    if not going_on:
        return holds(terms, decision)
    more = ngettext("%(num)s body goes on.", "%(num)s bodies go on.", going_on)
    return f"{holds(terms, decision)}. {more}"


def way(terms: Terms) -> str:
    """How one may choose, while nothing was chosen."""
    if terms.choice is Say.OBJECTION:
        return str(gettext("You can object."))
    return str(gettext("You can say no.")) if terms.choice is Say.OPT_OUT else ""


def status(of: Feedback, today: date) -> str:
    """How it goes with one body, in a few words."""
    match of.status(today):
        case Status.APPLIED:
            return _applied(of, today)
        case Status.REFUSED:
            return str(gettext("Said no on %(day)s", day=day(of.replied_at)))
        case Status.OVERDUE:
            return str(gettext("Late: had until %(day)s", day=day(of.deadline)))
        case Status.NOT_YET:
            return str(gettext("Not yet: it says until %(day)s", day=day(of.not_until)))
        case Status.UNDELIVERED:
            return str(gettext("Not delivered"))
        case Status.SENT:
            return str(gettext("Told: has until %(day)s", day=day(of.deadline)))
    return str(gettext("Written down: we are telling it"))


def _applied(of: Feedback, today: date) -> str:
    from_day = day(of.applied_from)
    if of.may_use:
        return str(gettext("May use it from %(day)s", day=from_day))
    if will(of, today):
        return str(gettext("Says it will, from %(day)s", day=from_day))
    return str(gettext("Did it from %(day)s", day=from_day))


def will(of: Feedback, today: date) -> bool:
    """Whether a body said that it does it on a day that is still to come."""
    return of.applied_from is not None and of.applied_from > today


def more(of: Feedback, today: date) -> str:
    """The same with what else is known of it."""
    match of.status(today):
        case Status.OVERDUE:
            days = (today - of.deadline).days
            late = ngettext("%(num)s day late.", "%(num)s days late.", days)
            return f"{_refused(of) or _told(of)} {late}"
        case Status.REFUSED:
            return _refused(of)
        case Status.APPLIED:
            return str(gettext("It told us so on %(day)s.", day=day(of.replied_at)))
        case Status.NOT_YET:
            return str(gettext("It must answer by %(day)s.", day=day(of.deadline)))
        case Status.UNDELIVERED:
            return _undelivered(of)
        case Status.SENT:
            return _told(of)
    return ""


def _refused(of: Feedback) -> str:
    """What is to be known of a refusal that settles nothing."""
    if of.reply is not Reply.REFUSED or of.may_refuse:
        return ""
    return str(gettext("It said no, but it may not refuse this: your no holds."))


def _undelivered(of: Feedback) -> str:
    """Its officers find objections at the desk, whatever its systems do."""
    if of.objection:
        text = gettext("Its systems take no messages. Its officers can read it on this portal.")
    else:
        text = gettext("It takes no messages, and has not read its list. We have seen that.")
    return str(text)


def _told(of: Feedback) -> str:
    if of.told_at is None:
        return str(gettext("It has not taken the message yet."))
    return str(gettext("It has known since %(day)s.", day=day(of.told_at)))
