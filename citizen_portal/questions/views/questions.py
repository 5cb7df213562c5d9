"""``/my/questions``: what the citizen asked, where each question stands, and what was written."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.bodies.queries import Body, directory
from citizen_portal.errors import NotFound
from citizen_portal.identity import guards
from citizen_portal.paging import paged
from citizen_portal.questions.actions import asking
from citizen_portal.questions.forms.asking import MoreForm
from citizen_portal.questions.models import LONGEST_WORDS, About, Question, Wrote, late
from citizen_portal.questions.queries import own
from citizen_portal.questions.queries.own import Asked, Written
from citizen_portal.questions.queries.things import Things
from citizen_portal.questions.schemas.facts import Facts
from citizen_portal.questions.views import things
from citizen_portal.questions.words import facts as facts_words
from citizen_portal.questions.words import standing as words
from citizen_portal.questions.words.letters import letters
from citizen_portal.sealing import CannotOpen
from citizen_portal.web import parts
from citizen_portal.web.asked import identified
from citizen_portal.web.pages import day, fill, say
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.sealed import unopened
from citizen_portal.web.transactions import db

bp = Blueprint("questions", __name__, url_prefix="/my/questions")
bp.before_request(guards.citizens_only)
PAGE = 25


@bp.app_template_global()
def asked_about(about: str, key: str) -> tuple[str, str] | None:
    """What the citizen of this request last asked about a thing, in words, and its page; none for
    strangers, or where nothing was asked. ``key`` is what the thing is called on its page."""
    who = guards.maybe_current()
    if who is None:
        return None
    blind = Things(parts.index(), who.citizen_id).blind(About(about), key)
    found = own.marks(db(), who.citizen_id, blind).get(blind)
    if found is None:
        return None
    return words.mark(found, parts.region().today()), f"/my/questions/{found.id.hex}"


@bp.get("")
def index() -> str:
    whose, today = guards.current().citizen_id, parts.region().today()
    asked = page_number(request.args.get("page", ""))
    page, pages, rows = paged(own.count_of(db(), whose), asked, PAGE)
    return render_template(
        "questions/list.html",
        lines=[
            {
                "icon": words.icon(one, today),
                "state": words.state(one, today),
                "clock": words.clock(one, today),
                "title": _title(one),
                "body": say(_body(one).name),
                "asked": day(one.asked_at),
                "reference": one.reference,
                "href": f"/my/questions/{one.id.hex}",
                "late": late(one, today),
            }
            for one in own.asked_by(db(), whose, rows)
        ],
        pages=numbered(page, pages, lambda n: url_for("questions.index", page=n)),
    )


@bp.get("/<name>")
def show(name: str) -> str:
    return _page(_own(name), MoreForm())


@bp.get("/<name>/asked")
def sent(name: str) -> str:
    """What the citizen is told once a question was sent."""
    one = _own(name)
    because, law = words.because(one.kind, parts.region())
    return render_template(
        "questions/asked.html",
        one=one,
        kind=words.KINDS[one.kind](),
        body=_body(one),
        because=because,
        law=law,
        sends_mail=parts.settings().sends_mail,
    )


@bp.post("/<name>")
def more(name: str) -> ResponseReturnValue:
    """Add words; where the body had asked back, its clock runs again."""
    one, form = _own(name), MoreForm(request.form)
    if not form.validate():
        return _page(one, form), 422
    asking.say_more(
        db(),
        guards.current().citizen_id,
        one.id,
        form.words.data or "",
        number=form.number.data or 0,
        region=parts.region(),
        seal=parts.sealer().seal,
        opened=parts.sealer().text,
    )
    flash(gettext("We added it. The body can read it now."))
    return redirect(f"/my/questions/{one.id.hex}", 303)


@bp.get("/<name>/withdraw")
def leave(name: str) -> str:
    one = _own(name)
    leave, body = words.WITHDRAW[one.kind](), _body(one)
    return render_template("questions/withdraw.html", one=one, body=body, leave=leave)


@bp.post("/<name>/withdraw")
def withdraw(name: str) -> ResponseReturnValue:
    one = _own(name)
    asking.withdraw(db(), guards.current().citizen_id, one.id, seal=parts.sealer().seal)
    flash(gettext("You withdrew the question."))
    return redirect(f"/my/questions/{one.id.hex}", 303)


def _own(name: str) -> Asked:
    """Raises ``NotFound`` for one of somebody else as for none."""
    question_id = identified(name, NotFound("There is no such question."))
    return own.one(db(), guards.current().citizen_id, question_id)


def _page(one: Asked, form: MoreForm) -> str:
    whose, today = guards.current().citizen_id, parts.region().today()
    facts = _facts(one)
    because, law = words.because(one.kind, parts.region())
    written = own.written(db(), whose, one.id)
    return render_template(
        "questions/one.html",
        one=one,
        kind=words.KINDS[one.kind](),
        body=_body(one),
        icon=words.icon(one, today),
        state=words.state(one, today),
        clock=words.clock(one, today),
        because=because,
        law=law,
        moved=words.moved(one),
        ran_out=one.ran_out(today),
        title=_title(one),
        facts=facts_words.draw(facts) if facts else [],
        thing=things.place(whose, one, facts) if facts else None,
        letters=letters(one.id, [each for each in written if not _empty(each)]),
        leave=words.WITHDRAW[one.kind](),
        form=form,
        longest=LONGEST_WORDS,
        region=parts.region(),
    )


def _empty(one: Written) -> bool:
    """Whether it is what somebody sent who asked by a choice alone: there is no letter then."""
    return one.wrote is Wrote.WORDS and one.sealed is None


def _facts(one: Asked) -> Facts | None:
    """None where they do not open any more."""
    context = Question.facts_context(guards.current().citizen_id, one.id)
    try:
        return Facts.read(parts.sealer().unseal(one.sealed_facts, context))
    except CannotOpen:
        return None


def _title(one: Asked) -> facts_words.Text:
    facts = _facts(one)
    if facts is None:
        return unopened()
    title = facts_words.title(facts)
    if one.about is not About.EVENT:
        return title
    return fill(gettext("%(recipient)s: a look at your data"), recipient=title)


def _body(one: Asked) -> Body:
    return directory(db()).bodies[one.organisation_id]
