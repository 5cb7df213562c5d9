"""Rows of "Who holds my data?": each source with its one state, its shape and its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext
from markupsafe import Markup

from citizen_portal.access.models import Outcome, Question
from citizen_portal.access.queries import SourceAnswer, SourceState
from citizen_portal.agreements.queries import category
from citizen_portal.bodies.queries import Directory, SourceFacts
from citizen_portal.dashboard.queries.holds import Holder, HolderState, Holds
from citizen_portal.dashboard.views.sources import quiet_words
from citizen_portal.dashboard.views.states import ICONS, official_name, state_words
from citizen_portal.dashboard.views.wording import day_words
from citizen_portal.web import parts
from citizen_portal.web.pages import day, duration, fill, say

UNCONNECTED_SHOWN = 3
Text = str | Markup


@dataclass(frozen=True, slots=True)
class HolderRow:
    state: SourceState
    icon: str
    name: Text
    official: Text
    fact: Text
    text: Text
    subs: tuple[Text, ...]
    sets: tuple[tuple[Text, Text], ...]
    """What it holds: name of each set of data, and what is said of it."""
    act: str
    href: str
    again: str
    """Id of the source to be asked again; empty: the act is a link."""


@dataclass(frozen=True, slots=True)
class HolderGroup:
    heading: str
    rows: tuple[HolderRow, ...]
    hidden: int
    """How many more there are than rows."""


def groups(holds: Holds, directory: Directory) -> tuple[HolderGroup, ...]:
    """The groups that have rows, in the order of ``Holds``."""
    return tuple(
        HolderGroup(
            heading,
            tuple(row(one, directory) for one in _shown(holders)),
            hidden=len(holders) - len(_shown(holders)),
        )
        for holders, heading in (*_asked(holds), *_unasked(holds))
        if holders
    )


def _asked(holds: Holds) -> list[tuple[tuple[Holder, ...], str]]:
    """The groups of linked bodies, each with its heading."""
    return [
        (
            holds.holding,
            ngettext(
                "%(num)s says it holds data on you",
                "%(num)s say they hold data on you",
                len(holds.holding),
            ),
        ),
        (
            holds.looks_only,
            ngettext(
                "%(num)s told of looks, and holds no record of you",
                "%(num)s told of looks, and hold no record of you",
                len(holds.looks_only),
            ),
        ),
        (
            holds.unknown,
            ngettext(
                "%(num)s we do not know yet", "%(num)s we do not know yet", len(holds.unknown)
            ),
        ),
        (
            holds.none,
            ngettext(
                "%(num)s says it holds no record of you",
                "%(num)s say they hold no record of you",
                len(holds.none),
            ),
        ),
    ]


def _unasked(holds: Holds) -> list[tuple[tuple[Holder, ...], str]]:
    """The groups of bodies to which no question went out, each with its heading."""
    unlinked, unconnected = _once(holds.unlinked), _once(holds.not_connected)
    return [
        (
            unlinked,
            ngettext("%(num)s you have not linked", "%(num)s you have not linked", len(unlinked)),
        ),
        (
            unconnected,
            ngettext("%(num)s is not connected", "%(num)s are not connected", len(unconnected)),
        ),
    ]


def _once(holders: Iterable[Holder]) -> tuple[Holder, ...]:
    """One row for each body: links are made with bodies, not with their sources."""
    return tuple({holder.body.id: holder for holder in holders}.values())


def _shown(holders: tuple[Holder, ...]) -> tuple[Holder, ...]:
    if holders[0].state is HolderState.NOT_CONNECTED:
        return holders[:UNCONNECTED_SHOWN]
    return holders


def row(holder: Holder, directory: Directory) -> HolderRow:
    fact, text = _state(holder)
    act, href, again = _act(holder)
    return HolderRow(
        state=holder.answer.state if holder.answer else SourceState.NOT_CONNECTED,
        icon=ICONS[holder.state],
        name=say(holder.body.name),
        official=official_name(holder.body, holder.source, directory),
        fact=fact,
        text=text,
        subs=tuple(sub for sub in _subs(holder) if sub),
        sets=tuple(_set(one) for one in holder.answer.holdings) if holder.answer else (),
        act=act,
        href=href,
        again=again,
    )


def _state(holder: Holder) -> tuple[Text, Text]:
    """The state in a bold word, and the sentence that goes with it."""
    if holder.state is HolderState.HOLDS and holder.answer:
        return "", Markup(", ").join(say(one["name"]) for one in holder.answer.holdings)
    answer = holder.answer
    return state_words(
        holder.state,
        asked_at=answer.asked_at if answer else None,
        fault=answer.fault if answer else None,
    )


def _subs(holder: Holder) -> Iterable[Text]:
    answer, source = holder.answer, holder.source
    if holder.state in (HolderState.NO_ANSWER, HolderState.REFUSED) and answer:
        yield from _in_part(answer)
    if source:
        yield _last_sign(holder, source)
    if holder.state is HolderState.ASKING:
        yield gettext("We stop soon and tell you. You need not wait.")
    if holder.state is HolderState.NOT_CONNECTED:
        yield gettext("It may hold data on you. You can write to it.")
    if holder.state is HolderState.HOLDS_NONE and source:
        yield fill(gettext("It looked in: %(where)s"), where=say(source.description))
    if (
        holder.state in (HolderState.HOLDS, HolderState.LOOKS_ONLY, HolderState.HOLDS_NONE)
        and answer
    ):
        yield from _reach(answer)
        yield _left_out(source)


def _last_sign(holder: Holder, source: SourceFacts) -> str:
    """When it was last heard of, where it is not heard of now."""
    answer, heard = holder.answer, source.last_answer_at
    if source.gone_quiet:
        return quiet_words(source)
    silent = holder.state in (HolderState.NO_ANSWER, HolderState.REFUSED)
    if silent and answer and heard and heard != answer.answered_at:
        return str(gettext("Its last answer to anyone came on %(day)s.", day=day(heard)))
    return ""


def _left_out(source: SourceFacts | None) -> Text:
    if source is None or not source.not_reported:
        return ""
    kinds = Markup("; ").join(say(one.what) for one in source.not_reported)
    return fill(gettext("It does not tell us of: %(kinds)s"), kinds=kinds)


def _in_part(answer: SourceAnswer) -> Iterable[str]:
    """What did come, where one of the two questions has an answer and the other has not."""
    heard = (Outcome.ANSWERED, Outcome.EMPTY)
    if answer.outcomes.get(Question.HOLDINGS, (None,))[0] in heard:
        yield gettext("It did tell us what it holds. It did not tell us who looked.")
    elif answer.outcomes.get(Question.ACCESSES, (None,))[0] in heard:
        yield gettext("It did tell us who looked. It did not tell us what it holds.")


def _reach(answer: SourceAnswer) -> Iterable[str]:
    """How far its list goes, what is missing in it, and whether it proved whom it is about."""
    if Question.ACCESSES not in answer.outcomes:
        yield gettext("It sends us each look itself.")
    elif answer.window_from:
        begin = answer.window_from.astimezone(parts.region().zone).date()
        yield gettext("List goes back to %(day)s.", day=day_words(begin))
    else:
        yield gettext("It did not say how far its list goes back.")
    if answer.partial:
        yield gettext("It has more looks than it could send us.")
    if not answer.proven:
        yield gettext("This source cannot prove that its answer is about you.")


def _set(holding: Any) -> tuple[Text, Text]:
    """One set of data that a body holds: what kinds, since when, how long kept."""
    said = [Markup(", ").join(say(category(name)) for name in holding.get("categories") or ())]
    if holding.get("since"):
        said.append(fill(gettext("since %(day)s"), day=day_words(holding["since"])))
    if holding.get("retention"):
        said.append(fill(gettext("kept for %(time)s"), time=duration(holding["retention"])))
    return say(holding["name"]), Markup("; ").join(part for part in said if part)


def _act(holder: Holder) -> tuple[str, str, str]:
    """What can be done from the row: words, address, and the source to ask again if it is that."""
    slug = holder.body.slug
    if holder.state in (HolderState.HOLDS, HolderState.LOOKS_ONLY):
        return gettext("Who looked"), f"/my/access?body={holder.body.id.hex}#list", ""
    if holder.state is HolderState.ASKING:
        return gettext("Look again"), "/my#holds", ""
    if holder.state in (HolderState.NO_ANSWER, HolderState.REFUSED) and holder.source:
        return gettext("Ask again"), "", holder.source.id.hex
    if holder.state in (HolderState.NOT_LINKED, HolderState.NOT_MATCHED, HolderState.AMBIGUOUS):
        return gettext("Link"), f"/my/account/link?body={holder.body.id.hex}", ""
    words = {
        HolderState.HOLDS_NONE: gettext("Is that wrong?"),
        HolderState.NOT_CONNECTED: gettext("How to write"),
    }
    return words.get(holder.state, gettext("More")), f"/bodies/{slug}", ""
