"""A mail says that a body answered, and holds nothing of the question."""

from uuid import UUID, uuid4

from citizen_portal import region
from citizen_portal.questions.actions import asking
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.actions.asking import Asking
from citizen_portal.questions.actions.saying import Saying, say
from citizen_portal.questions.models import About, Kind, Outcome, Wrote
from tests import make
from tests.news.conftest import SAFE, Mailbox

UK = region.load("uk")
WORDS, ANSWER = "I was abroad that week.", "Our officer had no reason to look."


def ask(mailbox: Mailbox, body: UUID) -> UUID:
    said = Asking(
        token=uuid4().hex,
        kind=Kind.WHY,
        about=About.EVENT,
        organisation_id=body,
        subject="s" * 64,
        agreement=None,
        blind="b",
        facts=b'{"title":"A look","rows":[]}',
        words=WORDS,
    )
    seal = mailbox.app.extensions["sealer"].seal
    with mailbox.sessions.writing() as session:
        return asking.ask(session, mailbox.citizen_id, said, region=UK, seal=seal).id


def test_a_mail_says_that_there_is_news_and_no_word_of_an_answer(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    body = make.body(slug="clinic", official_name=make.words("The Clinic of Avonshire"))
    with mailbox.sessions.writing() as session:
        session.add(body)
    answered = ask(mailbox, body.id)
    seal = mailbox.app.extensions["sealer"].seal
    with mailbox.sessions.writing() as session:
        said = Saying(Wrote.ANSWER, ANSWER, Outcome.NOT_JUSTIFIED)
        say(session, Speaker(body.id), answered, said, region=UK, seal=seal)
    mailbox.work()
    (mail,) = mailbox.server.mails
    assert mail.to == [SAFE]
    whole = str(mail.message)
    for personal in (WORDS, ANSWER, "Clinic", "Q-", answered.hex, "not justified", "question"):
        assert personal not in whole, personal
