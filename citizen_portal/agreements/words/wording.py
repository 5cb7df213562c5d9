"""Words for what an agreement says, in the reader's language."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements import queries
from citizen_portal.agreements.models import Choice, Stage
from citizen_portal.agreements.queries import Question, Terms, Theme
from citizen_portal.agreements.schemas import AgreementDocument, TrustAnswer
from citizen_portal.web.pages import day, say

MOST_RESULTS = 3
Spoken = str | Markup


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


def time_note(terms: Terms, today: date) -> str:
    """That an agreement is over or has not begun; empty while it holds."""
    if terms.ends is not None and terms.ends < today:
        return str(gettext("It ended on %(day)s.", day=day(terms.ends)))
    if terms.starts is not None and terms.starts > today:
        return str(gettext("It begins on %(day)s.", day=day(terms.starts)))
    return ""


def choice_short(of: Choice) -> str:
    words: dict[Choice, str] = {
        Choice.NONE: gettext("no choice"),
        Choice.OBJECTION: gettext("you can object"),
        Choice.OPT_OUT: gettext("you can opt out"),
        Choice.CONSENT: gettext("only if you agree"),
        Choice.NOT_STATED: gettext("choice not stated"),
    }
    return words[of]


def _your_say(of: Choice) -> str:
    words: dict[Choice, str] = {
        Choice.NONE: gettext("You cannot say no to this."),
        Choice.OBJECTION: gettext("You can object."),
        Choice.OPT_OUT: gettext("You can opt out."),
        Choice.CONSENT: gettext("It is done only if you agree."),
        Choice.NOT_STATED: gettext("It does not say what say you have."),
    }
    return words[of]


def read_aloud(said: AgreementDocument, terms: Terms) -> list[tuple[str, Spoken]]:
    """The five lines that open an agreement."""
    your_say: Spoken = _your_say(said.choice)
    if said.choice_reason:
        your_say = Markup("{} {}").format(your_say, say(said.choice_reason.words()))
    return [
        (gettext("What"), say(said.what.words())),
        (gettext("Why"), say(said.purpose.words())),
        (gettext("Which data"), say(said.disclosed.words())),
        (gettext("What came of it"), _came_of_it(terms)),
        (gettext("Your say"), your_say),
    ]


def _came_of_it(terms: Terms) -> Spoken:
    found = [measure.latest.text for measure in terms.measures if measure.latest]
    if found:
        return Markup(" ").join(say(text) for text in found[:MOST_RESULTS])
    if terms.measures:
        return str(gettext("It says what it promises. It does not yet say what was found."))
    return str(gettext("It does not say what came of it."))


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
