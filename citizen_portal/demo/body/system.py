"""A body's system that calls the portal: it proves itself by its key, and by nothing else."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import OKPKey

from citizen_portal.demo.body.choices import Choices

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TIMEOUT = 30.0
EARLY = 30
"""Seconds before its end from which a token is not used any more."""
STATEMENTS = 500
"""So many go in one call."""
LOST_DATA, UNKNOWN = 409, 404
WRONG_STATE, CHANGED = 409, 412


@dataclass
class System:
    portal: str
    """Its address, as it stands in its tokens."""
    client_id: str
    key: OKPKey
    http: requests.Session = field(default_factory=requests.Session)
    _token: str = ""
    _until: float = 0.0

    def __post_init__(self) -> None:
        self.http.trust_env = False  # no proxy stands between us and this machine

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        """Raises ``requests.RequestException`` for no answer, and for a bad one."""
        answer = self._called(method, path, **given)
        answer.raise_for_status()
        return answer

    def send(self, path: str, said: Mapping[str, Any]) -> requests.Response:
        """Whatever the portal answers; raises ``requests.RequestException`` for no answer."""
        return self._called("POST", path, json=said)

    def follow(self, choices: Choices) -> None:
        """Read on in our list; where the portal lost data, say first what we hold."""

        def page(after: int) -> dict[str, Any]:
            found = self._changes(after)
            if found.status_code == LOST_DATA:
                self.give_back(choices)
                found = self._changes(after)  # that it lost data once more is a fault like others
            found.raise_for_status()
            return dict(found.json())

        choices.changes_since(page)

    def give_back(self, choices: Choices) -> None:
        """Send all that the portal signed for us; nothing is left out, or a choice may be lost."""
        held = choices.statements()
        batches = [held[at : at + STATEMENTS] for at in range(0, len(held), STATEMENTS)] or [[]]
        for n, batch in enumerate(batches, start=1):
            said = {"statements": batch, "done": n == len(batches), "read_to": choices.read_to}
            self.call("POST", "/api/v1/preference-statements", json=said)

    def answer(self, change_id: str, said: dict[str, str]) -> None:
        """Say what we did about one change. One that the portal does not know is of no one."""
        path = f"/api/v1/preference-changes/{change_id}/acknowledgement"
        answer = self._called("POST", path, json=said)
        if answer.status_code != UNKNOWN:
            answer.raise_for_status()

    def questions(self, after: int) -> dict[str, Any]:
        """What people asked us after this number of our list."""
        answer = self.call("GET", "/api/v1/questions", params={"after": str(after)})
        return dict(answer.json())

    def say(self, question: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
        """Write to the person about their question, once however often we try: the key is made of
        what we answer to. Tells whether it stands; if not, it was changed since, and we read it
        anew."""
        headers = {"Idempotency-Key": f"{question['id']}-{question['number']}-{said['says']}"}
        path = f"/api/v1/questions/{question['id']}/answer"
        document = {**said, "version": question["version"]}
        answer = self._called("POST", path, json=document, headers=headers)
        if answer.status_code in (WRONG_STATE, UNKNOWN, CHANGED):
            return False
        answer.raise_for_status()
        return True

    def allowed(self, agreement: str, subjects: Sequence[str]) -> list[str]:
        """Of these people those whose data may be used under an agreement, just before we do."""
        asked = {"agreement": agreement, "ids": list(subjects)}
        return list(self.call("POST", "/api/v1/preference-checks", json=asked).json()["allowed"])

    def _changes(self, after: int) -> requests.Response:
        return self._called("GET", "/api/v1/preference-changes", params={"after": str(after)})

    def _called(self, method: str, path: str, **given: Any) -> requests.Response:
        headers = {**given.pop("headers", {}), "Authorization": f"Bearer {self._bearer()}"}
        return self.http.request(
            method, self.portal + path, headers=headers, timeout=TIMEOUT, **given
        )

    def _bearer(self) -> str:
        """An access token, the same one while it is good."""
        if time.time() > self._until - EARLY:
            now = int(time.time())
            claims: dict[str, Any] = {"exp": now + 60, "jti": secrets.token_hex(16)}
            claims |= {"iss": self.client_id, "sub": self.client_id, "aud": self.portal}
            proof = jwt.encode({"alg": "Ed25519"}, claims, self.key, algorithms=["Ed25519"])
            form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION}
            address, form = f"{self.portal}/api/oauth/token", {**form, "client_assertion": proof}
            answer = self.http.post(address, data=form, timeout=TIMEOUT)
            answer.raise_for_status()
            said = answer.json()
            self._token, self._until = str(said["access_token"]), now + int(said["expires_in"])
        return self._token
