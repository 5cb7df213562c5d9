"""A citizen asks about a look, and reads where it stands: by forms and links."""

from citizen_portal.questions.models import Author, Kind, State, Wrote
from tests.pages import Page, said
from tests.questions.asking import LIST, Asker, action

HOSTILE = "<script>alert(1)</script> \u202eevil\u202c {{ 7*7 }} %(day)s\r\nO’Ŵyr 🏴󠁧󠁢󠁷󠁬󠁳󠁿"


def test_it_is_asked_in_one_step_and_says_who_must_answer_by_when(me: Asker) -> None:
    look = me.looked()
    form = me.form(look)
    assert form.heading == "Ask about this look"
    assert "They must answer: People who do thing" in form.main
    assert "By law they must answer by" in form.main
    sent = form.submit(action(form), kind="why", words=HOSTILE)
    after = Page.get(me.browser, sent.response.headers["Location"])

    (question,) = me.questions()
    assert question.organisation_id == me.desk.bodies["council"]
    assert question.subject == me.desk.pushing.pairwise(me.me, "council")
    assert (question.kind, question.state) == (Kind.WHY, State.ASKED)
    assert question.reference in after.main
    assert after.heading == "It was sent"
    assert "its own target" not in after.title
    (first,) = me.messages(question)
    assert (first.author, first.wrote, first.number) == (Author.CITIZEN, Wrote.WORDS, 1)
    shown = me.open(question)
    assert "<script>alert(1)</script> evil {{ 7*7 }} %(day)s" in shown.main
    assert not shown.soup.select("main script")
    assert "\u202e" not in shown.response.text
    assert f"You asked on {shown_day(shown)}" in Page.get(me.browser, look).main
    assert f"You asked on {shown_day(shown)}. Sent" in " ".join(
        Page.get(me.browser, "/my/access").lines()
    )
    assert question.reference in Page.get(me.browser, LIST).main


def shown_day(page: Page) -> str:
    """ "26 November 2026", of the first message."""
    when = said(page.soup.select_one("#letter-1 .cp-sub"))
    return when.split(" ", 1)[1].split(",")[0]
