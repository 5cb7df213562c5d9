"""What the desk says of drafts: how an answer stands, what it lacks, and why it cannot stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext

from citizen_portal.agreements.models import DraftState
from citizen_portal.agreements.models.rights import RightsFault
from citizen_portal.agreements.queries.drafts import Noted
from citizen_portal.agreements.queries.hints import Hint
from citizen_portal.agreements.queries.tasks import Answered
from citizen_portal.agreements.schemas.checking import Misfit
from citizen_portal.agreements.words import labels
from citizen_portal.agreements.words.rights import fault_words

TOO_LONG = "string_too_long"


def answered(of: Answered) -> str:
    words: dict[Answered, str] = {
        Answered.EMPTY: gettext("Not written yet"),
        Answered.WRITTEN: gettext("Written"),
        Answered.VAGUE: gettext("Could say more"),
        Answered.NOT_APPLICABLE: gettext("Does not apply"),
    }
    return words[of]


def hint(of: Hint) -> str:
    words: dict[Hint, str] = {
        Hint.EMPTY: gettext("It has no answer. People will see the gap."),
        Hint.SHORT: gettext(
            "The answer is very short. What would a person who doubts it ask next?"
        ),
        Hint.SAME: gettext("Another question has the same answer. Say what is special here."),
        Hint.NO_EVIDENCE: gettext("Nothing proves it yet. Name a paper, minutes or a check."),
        Hint.NO_WELSH: gettext("It has no Welsh. Welsh readers will see the English."),
    }
    return words[of]


def state(of: DraftState) -> str:
    words: dict[DraftState, str] = {
        DraftState.DRAFTING: gettext("Being written"),
        DraftState.IN_REVIEW: gettext("In review"),
        DraftState.PUBLISHED: gettext("Published"),
        DraftState.DROPPED: gettext("Put aside"),
    }
    return words[of]


def misfit(of: Misfit, kind: str = "") -> str:
    """Why an answer cannot stand; ``kind`` is that of its field."""
    if of.kind == TOO_LONG and of.most is not None:
        return str(gettext("Write at most %(most)s characters. Yours is kept below.", most=of.most))
    return _of_whole().get(of.kind) or _by_kind(of, kind)


def _by_kind(of: Misfit, kind: str) -> str:
    words: dict[str, str] = {
        "url": gettext("Write a full web address that begins with https:// or http://"),
        "day": gettext("Write a date that exists, such as 27 3 2027"),
        "duration": gettext("Write a whole number, and choose years, months, weeks or days"),
        "number": gettext("Write a number, such as 40000"),
        "one": gettext("Choose one of these"),
    }
    if of.kind in {"missing", "string_too_short"}:
        return str(gettext("Write this in English")) if kind in {"line", "area"} else _missing()
    return words.get(kind) or str(
        gettext(
            "It holds characters that cannot be shown, or that turn text around. Take them out."
        )
    )


def _missing() -> str:
    return str(gettext("This is needed"))


def _of_whole() -> dict[str, str]:
    words: dict[str, str] = {
        "ends_before_starts": gettext("The last day is before the first day"),
        "emergency_days": gettext("An emergency share needs a first and a last day"),
        "emergency_long": gettext("An emergency share may last six months at most"),
        "emergency_review": gettext(
            "The look back must come at most six months after the last day"
        ),
        "withdrawn_before": gettext("It cannot be taken back for days that have gone by"),
        "withdrawn_unbegun": gettext(
            "This day is before its first day. Write its first day, or a later one"
        ),
        "in_future": gettext("This day has not come yet"),
        "own_body_not_named": gettext("Your own body must take part in it"),
        "not_on_list": gettext("Names something that is not on the register"),
        **{f"rights.{fault.value}": fault_words(fault) for fault in RightsFault},
    }
    return words


def noted(of: Noted) -> str:
    """What was done to a draft: a move in words, or which field was saved."""
    if of.state is not None:
        return state(of.state)
    return str(gettext("Saved “%(field)s”", field=labels.field(of.field)))


def value(of: Any) -> str:
    """What a colleague wrote, as plain lines."""
    if of is None:
        return str(gettext("Taken out"))
    return "\n".join(_lines(of))


def _lines(of: Any) -> Iterator[str]:
    if isinstance(of, Mapping):
        for each in of.values():
            yield from _lines(each)
    elif isinstance(of, list):
        for each in of:
            yield from _lines(each)
    else:
        yield str(of)


def clash() -> str:
    """That somebody else wrote in the same place; the page shows what stands now."""
    return str(
        gettext(
            "A colleague changed this list meanwhile. Look at it as it stands now, then do yours"
            " once more."
        )
    )
