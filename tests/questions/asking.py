"""Bodies whose officers take questions, and citizens who ask them about looks."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Kind as BodyKind
from citizen_portal.bodies.models import Organisation
from citizen_portal.db import Sessions
from citizen_portal.questions.actions import answering
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.models import Message, Outcome, Question
from tests import make
from tests.access.pushing import Pushing, row
from tests.bodies.told import run_waiting
from tests.pages import Page

LIST = "/my/questions"


class Desk:
    """A clinic and a council that answer for data, and a firm that works for them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.pushing = Pushing(app, "clinic", "council", "firm")
        self.officers: dict[str, UUID] = {}
        with self.sessions.writing() as session:
            for body in session.scalars(select(Organisation)):
                if body.slug == "firm":
                    body.kind = BodyKind.PROCESSOR
                officer = make.officer(body, ["case_worker"])
                session.add(officer)
                self.officers[body.slug] = officer.id
            self.codes = {body.slug: body.code for body in session.scalars(select(Organisation))}
            bump(session)

    @property
    def sessions(self) -> Sessions:
        sessions: Sessions = self.app.extensions["sessions"]
        return sessions

    @property
    def bodies(self) -> dict[str, UUID]:
        return self.pushing.bodies

    def seal(self, plain: bytes, context: str) -> bytes:
        sealed: bytes = self.app.extensions["sealer"].seal(plain, context)
        return sealed

    def said(self, message: Message) -> str | None:
        context = Message.context(message.question_id, message.number)
        text: str | None = self.app.extensions["sealer"].text(message.sealed, context)
        return text

    def today(self) -> date:
        today: date = self.app.extensions["region"].today()
        return today

    def run(self) -> None:
        while run_waiting(self.app):
            pass

    def do(
        self,
        name: str,
        question: Question,
        *given: Any,
        by: str = "",
        seen: int | None = None,
        **more: Any,
    ) -> None:
        """One of the actions of ``answering``, by the officer or the system of the body asked."""
        slug = next(key for key, value in self.bodies.items() if value == question.organisation_id)
        officer = None if by == "machine" else self.officers[by or slug]
        speaker = Speaker(self.bodies.get(by, question.organisation_id), officer, seen)
        act = getattr(answering, name)
        with self.sessions.writing() as session:
            sealing = {} if name == "assign" else {"seal": self.seal}
            act(session, speaker, question.id, *given, **sealing, **more)

    def answer(self, question: Question, outcome: Outcome, words: str = "Here is why.") -> None:
        self.do("answer", question, outcome, words)


@dataclass
class Asker:
    """A citizen who is signed in."""

    desk: Desk
    me: UUID
    browser: FlaskClient

    def looked(self, ref: str = "", *, at: str = "clinic", by: str = "council", **more: Any) -> str:
        """Somebody looks at what a body holds on this citizen; the address of the look's page."""
        given = {"source": f"{at}-log", "receiver_code": self.desk.codes.get(by, by), **more}
        sent = row(self.desk.pushing.pairwise(self.me, at), ref or self.me.hex, **given)
        assert self.desk.pushing.send(sent, by=at).status_code == 200
        self.desk.run()
        page = Page.get(self.browser, "/my/access")
        return max(link for link in page.links() if link.startswith("/my/access/"))

    def form(self, look: str) -> Page:
        """The page on which to ask about a look, by the link of the look's own page."""
        link = next(one for one in Page.get(self.browser, look).links() if "/my/ask/" in one)
        return Page.get(self.browser, link)

    def ask(self, look: str, **fields: Any) -> Question:
        """Ask about a look as a person does: open its page, send the form, read what follows."""
        page = self.form(look)
        sent = page.submit(action(page), **({"kind": "why"} | fields))
        assert sent.response.status_code == 303, sent.main
        Page.get(self.browser, sent.response.headers["Location"])
        return self.questions()[-1]

    def questions(self) -> list[Question]:
        asked = select(Question).where(Question.citizen_id == self.me).order_by(Question.id)
        with self.desk.sessions.reading() as session:
            return list(session.scalars(asked))

    def messages(self, question: Question) -> list[Message]:
        asked = select(Message).where(Message.question_id == question.id).order_by(Message.number)
        with self.desk.sessions.reading() as session:
            return list(session.scalars(asked))

    def open(self, question: Question) -> Page:
        return Page.get(self.browser, f"{LIST}/{question.id.hex}")


def action(page: Page) -> str:
    """Where the page's one form leads that asks."""
    return str(page.soup.select_one("form[action^='/my/ask/']")["action"])  # type: ignore[index]
