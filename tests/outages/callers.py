"""Citizens who read and choose, and a body that sends. Each keeps what it was told."""

import threading
import time
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import requests
from sqlalchemy import func, select

from citizen_portal.preferences.models import Answer, Choice, Standing
from tests.bodies import systems
from tests.outages import judging
from tests.outages.judging import Page
from tests.outages.ledger import Ledger
from tests.outages.rig import Rig

PAUSE = 0.05
"""Seconds between two rounds of somebody."""
TOKEN, EVENTS = "/api/oauth/token", "/api/v1/access-events"
ROWS = 10
_numbers = count(1)


class AwayError(Exception):
    """The portal did not serve this: it broke off, or said that it cannot."""


class SignedOutError(Exception):
    """It asks to sign in."""


class Somebody:
    """Does one round after the other until told to stop."""

    name = ""

    def __init__(self, rig: Rig, load: Ledger) -> None:
        self.rig, self.load = rig, load
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.thread = threading.Thread(target=self._go_on, daemon=True)

    def _go_on(self) -> None:
        while not self.load.over.wait(PAUSE):
            try:
                self.round()
                self.load.note(rounds=self.name)
            except AwayError:
                self.load.over.wait(PAUSE)
            except SignedOutError:
                self.load.note(signed_out=1)
                if not self.load.jumping:
                    self.load.wrong(f"{self.name}: was signed out")
                self.signed_out()
            except Exception as error:  # such as a page that is not what it was
                self.load.wrong(f"{self.name}: {type(error).__name__}: {error}")

    def round(self) -> None:
        raise NotImplementedError

    def signed_out(self) -> None:
        raise NotImplementedError

    def ask(self, verb: str, address: str, **given: Any) -> requests.Response:
        """What is answered; raises ``AwayError`` for what is not served, and counts."""
        url = address if address.startswith("http") else self.rig.address + address
        self.load.note(requests=1)
        try:
            answer = self.browser.request(verb, url, allow_redirects=False, timeout=40, **given)
        except requests.RequestException:
            self.load.note(not_served=1)
            raise AwayError from None
        if answer.status_code >= 500:
            self.load.note(not_served=1)
            self.judge_refusal(answer)
            raise AwayError
        return answer

    def judge_refusal(self, answer: requests.Response) -> None:
        raise NotImplementedError


class Citizen(Somebody):
    def __init__(self, rig: Rig, load: Ledger, number: int, *, comes_anew: bool) -> None:
        super().__init__(rig, load)
        self.person, self.comes_anew = rig.world.people[number], comes_anew
        self.name = f"citizen {number}"
        self.attempts: list[tuple[Answer, bool]] = []
        """Each choice that was sent, and whether it was acknowledged."""
        self.kept_before, standing = _kept(rig, self.person.id)
        self.possible: set[Answer | None] = {standing}
        """What may stand, for all that they were told."""
        self.signed_in = False
        self.whole = 0
        """Pages that showed what each body told."""

    def round(self) -> None:
        if not self.signed_in:
            self._sign_in()
        self._ask_again()
        self._read("/my/access")
        self._choose()
        self._read("/my")
        self.signed_in = self.signed_in and not self.comes_anew

    def signed_out(self) -> None:
        self.signed_in = False

    def judge_refusal(self, answer: requests.Response) -> None:
        fault = judging.fault_of_any(Page(answer.text), self.person.number)
        if answer.status_code != 503:
            fault = fault or "is no refusal that says to come again"
        if fault and answer.url.startswith(self.rig.address):
            self.load.wrong(f"{self.name}: {answer.status_code} {fault}")

    def _sign_in(self) -> None:
        """Through the identity provider and back, as a browser goes."""
        self.browser.cookies.clear()
        onward = self._served(self.ask("GET", "/sign-in?back=/my"), 302).headers["Location"]
        nonce = parse_qs(urlsplit(onward).query)["nonce"][0]
        self.rig.world.subjects[nonce] = self.person.subject
        back = self.ask("GET", onward)
        done = self.ask("GET", back.headers["Location"])
        self._served(done, 302)
        self.signed_in = True

    def _read(self, address: str) -> Page:
        page = Page(self._served(self.ask("GET", address), 200).text)
        fault = judging.fault_of_list(page, self.person.number)
        if fault:
            self.load.wrong(f"{self.name}: {address} {fault}")
        elif page.told_of(self.person.number) == len(self.rig.world.sources):
            self.load.note(rounds=f"{self.name} {address}")
        else:
            self.load.note(gaps=1)
        return page

    def _ask_again(self) -> None:
        """By each button that the page has for it."""
        page = self._read("/my")
        for form in page.soup.select("form[action^='/my/again/']"):
            sent = {"csrf_token": page.token()}
            self._served(self.ask("POST", str(form["action"]), data=sent), 302)

    def _choose(self) -> None:
        """The other answer than the one tried last; what is shown before must be possible."""
        before = self._read_choice()
        answer = Answer.YES if before is Answer.NO else Answer.NO
        sent = {"csrf_token": self.token, "answer": answer.value}
        self.attempts.append((answer, False))
        self.possible = {*self.possible, answer}
        self._served(self.ask("POST", self.person.choice, data=sent), 303)
        self.attempts[-1] = answer, True
        self.possible = {answer}
        self.load.note(acknowledged=1)
        self._read_choice()

    def _read_choice(self) -> Answer | None:
        page = Page(self._served(self.ask("GET", self.person.choice), 200).text)
        self.token = page.token()
        fault = judging.fault_of_any(page, self.person.number)
        shown = judging.answer_of(page)
        if shown not in self.possible:
            fault = f"shows {shown}, where only {self.possible} may stand"
        if fault:
            self.load.wrong(f"{self.name}: choice {fault}")
        self.possible = {shown}
        return shown

    def _served(self, answer: requests.Response, status: int) -> requests.Response:
        to_sign_in = urlsplit(answer.headers.get("Location", "")).path == "/sign-in"
        if to_sign_in or (answer.status_code == 400 and self.load.jumping):
            raise SignedOutError  # or a form, or a way to sign in, that was begun at another time
        if answer.status_code != status:
            path = answer.request.path_url.split("?")[0]
            heading = Page(answer.text).heading
            raise ValueError(f"{answer.request.method} {path}: {answer.status_code} “{heading}”")
        self.load.note(served=1)
        return answer


def _kept(rig: Rig, citizen_id: UUID) -> tuple[int, Answer | None]:
    """How many choices there are already, and which answer stands."""
    with rig.app.extensions["sessions"].reading() as session:
        count = select(func.count()).where(Choice.citizen_id == citizen_id)
        standing = select(Standing.answer).where(Standing.citizen_id == citizen_id)
        return session.scalar(count) or 0, session.scalar(standing)


class Sender(Somebody):
    """A body that sends each batch until it is told that it was taken, as the API asks of it."""

    name = "body"

    def __init__(self, rig: Rig, load: Ledger) -> None:
        super().__init__(rig, load)
        self.acknowledged: list[str] = []
        self.unacknowledged: list[str] = []
        self.batch: list[str] = []

    def round(self) -> None:
        if "Authorization" not in self.browser.headers:
            self._get_token()
        if not self.batch:
            self.batch = [f"ref-{next(_numbers)}" for _ in range(ROWS)]
            self.unacknowledged = self.batch
        answer = self.ask("POST", EVENTS, json={"events": self.rig.world.events(self.batch)})
        if answer.status_code == 401:
            raise SignedOutError
        if answer.status_code != 200 or answer.json()["accepted"] != ROWS:
            raise ValueError(f"{EVENTS}: {answer.status_code} {answer.text[:200]}")
        self.load.note(served=1, acknowledged=ROWS)
        self.acknowledged += self.batch
        self.batch, self.unacknowledged = [], []

    def signed_out(self) -> None:
        del self.browser.headers["Authorization"]

    def judge_refusal(self, answer: requests.Response) -> None:
        kind = answer.headers.get("Content-Type", "")
        if not kind.startswith("application/problem+json") or answer.status_code != 503:
            self.load.wrong(f"body: {answer.status_code} as {kind}: {answer.text[:200]}")

    def _get_token(self) -> None:
        system = self.rig.world.system
        assert system is not None
        now = int(time.time() + self.rig.clock.shift.total_seconds())
        said = system.assertion(aud=self.rig.address, iat=now, exp=now + 60)
        proof = {"client_assertion_type": systems.KIND, "client_assertion": said}
        form = {"grant_type": "client_credentials", **proof}
        answer = self.ask("POST", TOKEN, data=form)
        if answer.status_code != 200:
            raise ValueError(f"{TOKEN}: {answer.status_code} {answer.text[:200]}")
        self.load.note(served=1)
        token = answer.json()["access_token"]
        self.browser.headers["Authorization"] = f"Bearer {token}"
