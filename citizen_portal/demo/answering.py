"""How the demo's bodies answer choices, so that each answer can be seen.

What a body says follows from the change alone: told of it twice, it answers the same.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import requests
from joserfc.jwk import OKPKey

from citizen_portal.demo.behaviours import BEHAVIOURS, Manner
from citizen_portal.demo.bodies_app import BodiesSettings
from citizen_portal.demo.body import Choices, Held, System

PAUSE = 1.0
LOOK_AGAIN = 10.0
"""Seconds after which a body reads its list again, whether or not it was told of anything."""
TAKES, NEEDS = timedelta(days=2), timedelta(days=45)
GROUNDS = (
    "We must collect the right amount of tax from everybody. Without these records we cannot tell"
    " what you owe, and others would have to pay it. We weighed your reasons and these weigh more."
)
CANNOT_YET = (
    "Our records of pupils are being moved to another system. Until then we cannot mark you."
)

USES = {"benefits-office": "DSA-0013"}
"""The agreement under which a body gives data away in a file, at each start."""

BY_SYSTEM = frozenset({"revenue-office"})
"""Bodies whose system answers plain questions itself; whatever else is asked waits for a person."""
BY_RULE = (
    "Our system looked at this for you. We use these records to work out what tax you owe, as the"
    " agreement says. No person opened them. If that is not what you wanted to know, ask again."
)
ARRIVED = "We have what you wrote. A person reads it and answers you here."

Answer = dict[str, str]


def answer(slug: str, change: Held) -> Answer | None:
    """What a body says of a change; none where it says nothing."""
    manner = BEHAVIOURS[slug].manner
    if manner is Manner.SILENT:
        return None
    if manner is Manner.REFUSES and change.objection:
        return {"state": "refused", "reason": GROUNDS}
    if manner is Manner.NOT_YET:
        until = change.said_on + NEEDS
        return {"state": "not_yet", "until": _day(until), "reason": CANNOT_YET}
    return {"state": "applied", "from": _day(change.said_on + TAKES)}


def start(settings: BodiesSettings, systems: Mapping[str, Mapping[str, Any]]) -> None:
    """Have each body that is up follow what people choose, for as long as the demo runs."""
    for slug, choices in settings.choices.items():
        if not BEHAVIOURS[slug].down:
            given = systems[slug]
            key = OKPKey.import_key(dict(given["key"]))
            system = System(settings.portal, given["client_id"], key)
            work = _follower(slug, system, choices, settings.known.get(slug, {}))
            threading.Thread(target=work, name=slug, daemon=True).start()


def settle(slug: str, system: System, choices: Choices) -> None:
    """Read what came, and answer what was not answered; raises ``requests.RequestException``."""
    choices.came.clear()
    system.follow(choices)
    for change in choices.unanswered():
        said = answer(slug, change)
        if said is not None:
            system.answer(change.id, said)
            choices.note_answered(change)


def answer_questions(system: System, after: int = 0) -> int:
    """Answer what people ask, as far as a system can; gives the number up to which we have read.
    Raises ``requests.RequestException``."""
    while (page := system.questions(after))["questions"]:
        for question in page["questions"]:
            said = reply(question)
            if said is not None:
                system.say(question, said)
        after = int(page["next"])
    return after


def reply(question: Mapping[str, Any]) -> Answer | None:
    """What the system says to a question; none where it has nothing to say."""
    if question["state"] != "asked":
        return None
    if question["kind"] == "why":
        return {"says": "answer", "outcome": "explained", "text": BY_RULE}
    return {"says": "acknowledgement", "text": ARRIVED}


def may_be_given(slug: str, system: System, known: Collection[str]) -> list[str]:
    """Of the people whom a body knows those who may be in its file; raises
    ``requests.RequestException``, and then nobody may."""
    return system.allowed(USES[slug], sorted(known)) if slug in USES and known else []


def _follower(
    slug: str, system: System, choices: Choices, known: Collection[str]
) -> Callable[[], None]:
    def follow() -> None:
        pause, asked, read_to = threading.Event(), False, 0
        while True:
            try:
                settle(slug, system, choices)
                if slug in BY_SYSTEM:
                    read_to = answer_questions(system, read_to)
            except requests.RequestException:
                pause.wait(PAUSE)
            else:
                if not asked:
                    with suppress(requests.RequestException):
                        may_be_given(slug, system, known)
                    asked = True
                choices.came.wait(LOOK_AGAIN)

    return follow


def _day(day: date) -> str:
    return day.isoformat()
