"""Words for what an agreement says, in the reader's language."""

from dataclasses import dataclass

from flask_babel import gettext

from citizen_portal.agreements import queries
from citizen_portal.agreements.models import Identifiability, Say, Stage
from citizen_portal.agreements.queries import Question, Standing, Theme
from citizen_portal.agreements.schemas import AgreementDocument, TrustAnswer


@dataclass(frozen=True, slots=True)
class StageWords:
    short: str
    """For lists: says by itself that it is the stage."""
    name: str
    """After the word "Stage"."""
    long: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of the trust matrix with what this agreement says to it."""

    question: Question
    answer: TrustAnswer | None
    counted: bool
    """Whether what was promised and found belongs to the answer."""


@dataclass(frozen=True, slots=True)
class OwnAnswered:
    """A question of the project's own."""

    ask: dict[str, str]
    anchor: str
    answer: TrustAnswer | None


@dataclass(frozen=True, slots=True)
class ThemeAnswers:
    theme: Theme
    questions: tuple[Answered, ...]

    @property
    def answered(self) -> int:
        return sum(each.answer is not None for each in self.questions)

    @property
    def asked(self) -> int:
        return len(self.questions)


def stage(of: Stage) -> StageWords:
    words: dict[Stage, tuple[str, ...]] = {
        Stage.EXPLORATION: (
            gettext("trying out an idea"),
            gettext("trying out an idea"),
            gettext("This data is used to find out if an idea could work, or what it would do."),
        ),
        Stage.SERVICE_DELIVERY: (
            gettext("giving a service"),
            gettext("giving a service"),
            gettext("This data is used to give a service, or to decide about a person."),
        ),
        Stage.NOT_STATED: (
            gettext("stage not stated"),
            gettext("not stated"),
            gettext("It does not say if it tries out an idea or gives a service."),
        ),
    }
    return StageWords(*words[of])


def kind(of: str) -> str:
    words: dict[str, str] = {
        "sharing": gettext("Sharing between bodies"),
        "own_use": gettext("Use inside one body"),
    }
    return words[of]


def standing(of: Standing) -> str:
    words: dict[Standing, str] = {
        Standing.HOLDS: gettext("Holds now"),
        Standing.TO_COME: gettext("Has not begun"),
        Standing.ENDED: gettext("Has ended"),
        Standing.WITHDRAWN: gettext("Taken back"),
    }
    return words[of]


def points_short(of: Identifiability) -> str:
    words: dict[Identifiability, str] = {
        Identifiability.IDENTIFIABLE: gettext("Yes"),
        Identifiability.PSEUDONYMISED: gettext("Only with a key kept apart"),
        Identifiability.AGGREGATED: gettext("No, counts only"),
        Identifiability.ANONYMOUS: gettext("They say that it does not"),
    }
    return words[of]


def choice_short(of: Say) -> str:
    words: dict[Say, str] = {
        Say.NONE: gettext("no choice"),
        Say.OBJECTION: gettext("you can object"),
        Say.OPT_OUT: gettext("you can opt out"),
        Say.CONSENT: gettext("only if you agree"),
        Say.NOT_STATED: gettext("choice not stated"),
    }
    return words[of]


def themes(said: AgreementDocument) -> list[ThemeAnswers]:
    """The trust matrix with this agreement's answers; a question without one has none."""
    return [
        ThemeAnswers(
            theme,
            tuple(_answered(question, said) for question in theme.questions),
        )
        for theme in queries.themes()
    ]


def _answered(question: Question, said: AgreementDocument) -> Answered:
    counted = bool(said.measures) and question.kind == "measures"
    return Answered(question, said.trust.get(question.id), counted)


def own_questions(said: AgreementDocument) -> list[OwnAnswered]:
    """What the project asks of itself, in the shape of the matrix."""
    return [
        OwnAnswered(question.ask.words(), f"own-{question.id}", question.answer)
        for question in said.questions
    ]
