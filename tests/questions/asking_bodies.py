"""Questions to the clinic of the town, its officers, its system, and who asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from citizen_portal import clock, region
from citizen_portal.bodies.models import Organisation, Scope
from citizen_portal.identity.models import Officer
from citizen_portal.questions.actions import asking
from citizen_portal.questions.actions.asking import Asking
from citizen_portal.questions.models import About, Kind, Question
from citizen_portal.questions.queries.cases import Case, Said, case_of, messages_of
from citizen_portal.questions.schemas.facts import Facts
from tests import make
from tests.bodies import systems
from tests.pages import Page
from tests.preferences.town import Town

SignIn = Callable[[Officer], FlaskClient]
UK = region.load("uk")
WHY = "I was abroad that day. <b>Why?</b>"
FACTS = Facts(
    {"en": "A look at your data", "cy": "Golwg ar eich data"},
    (("action", "Address <i>looked up</i>"), ("when", {"day": "2026-11-03"})),
)


@dataclass
class Clinic:
    """The clinic, as both sides meet it."""

    app: Flask
    officer_in: SignIn
    town: Town = field(init=False)
    system: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.town = Town(self.app)
        self.body = self.town.bodies["clinic"]
        self.me = self.town.person("clinic")

    @property
    def seal(self) -> Any:
        return self.app.extensions["sealer"].seal

    def officer(self, name: str = "Ada", slug: str = "clinic", *roles: str) -> FlaskClient:
        with self.town.sessions.writing() as session:
            body = session.get_one(Organisation, self.town.bodies[slug])
            officer = make.officer(body, list(roles) or ["case_worker"], name=name)
            session.add(officer)
        return self.officer_in(officer)

    def add_officer(self, name: str) -> UUID:
        with self.town.sessions.writing() as session:
            body = session.get_one(Organisation, self.body)
            officer = make.officer(body, ["case_worker"], name=name)
            session.add(officer)
            return officer.id

    def ask(
        self,
        kind: Kind = Kind.WHY,
        about: About = About.EVENT,
        *,
        ago: int = 0,
        words: str = WHY,
        slug: str = "clinic",
    ) -> Question:
        """Somebody asked so many days ago."""
        said = Asking(
            token=uuid4().hex,
            kind=kind,
            about=about,
            organisation_id=self.town.bodies[slug],
            subject=self.town.known_as(self.me, slug),
            agreement="DSA-0001",
            blind="blind",
            facts=FACTS.written(),
            words=words,
        )
        with clock.ago(timedelta(days=ago)), self.town.sessions.writing() as session:
            return asking.ask(session, self.me, said, region=UK, seal=self.seal)

    def add(self, question: Question, words: str, *, shown: int | None = None) -> None:
        """From a page that showed so many messages, or as many as there are."""
        number = self.case(question).messages_so_far if shown is None else shown
        with self.town.sessions.writing() as session:
            asking.say_more(
                session,
                self.me,
                question.id,
                words,
                number=number,
                region=UK,
                seal=self.seal,
                opened=self.app.extensions["sealer"].text,
            )

    def withdraw(self, question: Question) -> None:
        with self.town.sessions.writing() as session:
            asking.withdraw(session, self.me, question.id, seal=self.seal)

    def case(self, question: Question) -> "Seen":
        with self.town.sessions.reading() as session:
            case = case_of(session, question.organisation_id, question.id)
            return Seen(case, messages_of(session, [case])[case.id], self.app)

    def connect(self, slug: str = "clinic") -> "Machine":
        return Machine(self.app, systems.connect(self.app, slug, Scope.QUESTIONS).headers(self.app))


@dataclass
class Seen:
    """A question as its body sees it."""

    case: Case
    messages: list[Said]
    app: Flask

    @property
    def messages_so_far(self) -> int:
        return len(self.messages)

    @property
    def texts(self) -> list[str]:
        sealer = self.app.extensions["sealer"]
        return [sealer.text(said.sealed, said.context) or "" for said in self.messages]


@dataclass
class Machine:
    app: Flask
    headers: dict[str, str]

    def list(self, after: int = 0) -> dict[str, Any]:
        path = f"/api/v1/questions?after={after}"
        answer = self.app.test_client().get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.get_json()
        return page

    def say(self, question_id: UUID, key: str = "", **said: Any) -> TestResponse:
        path, named = f"/api/v1/questions/{question_id.hex}/answer", {"Idempotency-Key": key}
        headers = {**self.headers, **(named if key else {})}
        return self.app.test_client().post(path, json=said, headers=headers)


def path_of(question: Question) -> str:
    return f"/desk/questions/{question.id}"


def act(browser: FlaskClient, question: Question, move: str, /, **fields: str) -> TestResponse:
    """Send one of the forms of its page as somebody who just looked at it does."""
    page = Page.get(browser, path_of(question))
    return send(browser, question, move, seen_on(page), **fields)


def send(
    browser: FlaskClient, question: Question, move: str, seen: str, /, **fields: str
) -> TestResponse:
    data = {f"{move}-{name}": value for name, value in fields.items()}
    return browser.post(f"{path_of(question)}/{move}", data={"seen": seen, **data})


def seen_on(page: Page) -> str:
    found = page.soup.select_one("input[name=seen]")
    assert found is not None
    return str(found["value"])
