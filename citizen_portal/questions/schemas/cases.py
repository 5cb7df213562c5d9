"""What a body's system reads of questions, and how it answers them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from citizen_portal.agreements.schemas.parts import Day, Part
from citizen_portal.questions.actions.saying import Saying
from citizen_portal.questions.models import Outcome, Wrote
from citizen_portal.readable import readable

MOST_QUESTIONS = 100
"""Questions on one page of the list."""
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000),
    AfterValidator(readable),
]
NEEDS: dict[Wrote, tuple[str, ...]] = {
    Wrote.ACKNOWLEDGEMENT: (),
    Wrote.PROGRESS: ("text", "next"),
    Wrote.ASK_BACK: ("text",),
    Wrote.EXTENSION: ("text",),
    Wrote.ANSWER: ("text", "outcome"),
}
"""What each kind of message has to hold beside itself."""


class Fact(BaseModel):
    """One of the facts that were asked about, as the person saw it."""

    name: str
    value: str | dict[str, str]
    """A text, the same text by language, or a ``day`` or ``moment``."""


class Letter(BaseModel):
    """One message about a question."""

    number: int
    author: Literal["citizen", "officer", "machine"]
    says: str
    text: str | None
    """None where nothing was written, or where it cannot be opened any more."""
    day: date | None
    at: datetime


class Asked(BaseModel):
    """One question to your body."""

    id: str
    number: int
    """Its place in your list; a new one once the person does something."""
    version: int
    """Send it with your answer, and it is refused if somebody changed the question since."""
    reference: str
    kind: Literal["why", "access_request", "correction", "objection", "complaint"]
    about: Literal["event", "holding", "agreement", "choice", "incident"]
    subject: str | None
    """The id by which the portal means the person to you."""
    agreement: str | None
    state: str
    asked: datetime
    acknowledge_by: date | None
    due: date
    """The last day for your answer."""
    outcome: str | None
    outcomes: list[str]
    """Those that an answer can have."""
    facts: list[Fact]
    messages: list[Letter]


class Questions(BaseModel):
    """One page of your list, the oldest first."""

    questions: list[Asked]
    next: int
    """Send it as ``after`` once all of this is on your disk."""
    more: bool


class Answer(Part):
    """What your body says about one question."""

    says: Literal["acknowledgement", "progress", "ask_back", "extension", "answer"]
    text: Text | None = None
    """Words that the person reads."""
    outcome: (
        Literal["explained", "corrected", "not_corrected", "not_justified", "partly", "refused"]
        | None
    ) = None
    following: Annotated[Day | None, Field(alias="next")] = None
    """On which day you will say more: with progress."""
    version: Annotated[int, Field(strict=True, ge=1)] | None = None
    """That of the question as you read it."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        said: dict[str, Any] = {
            "text": self.text,
            "next": self.following,
            "outcome": self.outcome,
        }
        needed = NEEDS[Wrote(self.says)]
        for name in needed:
            if said[name] is None:
                raise ValueError(f"{self.says} needs {name}")
        for name in {"next", "outcome"} - set(needed):
            if said[name] is not None:
                raise ValueError(f"{self.says} has no {name}")
        return self

    @property
    def saying(self) -> Saying:
        return Saying(
            Wrote(self.says),
            self.text or "",
            Outcome(self.outcome) if self.outcome else None,
            self.following,
        )


class Taken(BaseModel):
    """What stands of your message."""

    id: str
    message: int
    """Its number among the messages about the question."""
    state: str
    due: date
