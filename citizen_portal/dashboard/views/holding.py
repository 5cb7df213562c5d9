"""Rows of "Who holds my data?": each source with its one state, its shape and its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext
from markupsafe import Markup

from citizen_portal.access.models import Outcome, Question
from citizen_portal.access.queries import CALENDAR, SourceAnswer, SourceState
from citizen_portal.agreements.queries import category
from citizen_portal.bodies.queries import Directory
from citizen_portal.dashboard.queries.holds import Holder, Holds, Standing
from citizen_portal.dashboard.views.wording import day_words, fault_words, fill
from citizen_portal.web.pages import clock_time, day, duration, say

ICONS = {
    Standing.HOLDS: "answered",
    Standing.LOOKS_ONLY: "empty",
    Standing.ASKING: "asking",
    Standing.NO_ANSWER: "down",
    Standing.REFUSED: "refused",
    Standing.NOT_COVERED: "off",
    Standing.NOT_CONNECTED: "off",
    Standing.HOLDS_NONE: "empty",
    Standing.NOT_LINKED: "link",
    Standing.NOT_MATCHED: "link",
    Standing.AMBIGUOUS: "link",
}
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


def groups(holds: Holds, directory: Directory) -> tuple[HolderGroup, ...]:
    """The groups that have rows, in the order of ``Holds``."""
    unlinked, unconnected = _once(holds.unlinked), _once(holds.not_connected)
    some = (holds.holding, holds.looks_only, holds.unknown, holds.none, unlinked, unconnected)
    a, b, c, d, e, f = (len(each) for each in some)
    headings = (
        ngettext("%(num)s says it holds data on you", "%(num)s say they hold data on you", a),
        ngettext(
            "%(num)s told of looks, and holds no record of you",
            "%(num)s told of looks, and hold no record of you",
            b,
        ),
        ngettext("%(num)s we do not know yet", "%(num)s we do not know yet", c),
        ngettext(
            "%(num)s says it holds no record of you", "%(num)s say they hold no record of you", d
        ),
        ngettext("%(num)s you have not linked", "%(num)s you have not linked", e),
        ngettext("%(num)s is not connected", "%(num)s are not connected", f),
    )
    return tuple(
        HolderGroup(heading, tuple(row(one, directory) for one in _shown(holders)))
        for heading, holders in zip(headings, some, strict=True)
        if holders
    )


def _once(holders: Iterable[Holder]) -> tuple[Holder, ...]:
    """One row for each body: links are made with bodies, not with their sources."""
    return tuple({holder.body.id: holder for holder in holders}.values())


def _shown(holders: tuple[Holder, ...]) -> tuple[Holder, ...]:
    if holders[0].standing is Standing.NOT_CONNECTED:
        return holders[:UNCONNECTED_SHOWN]
    return holders


def row(holder: Holder, directory: Directory) -> HolderRow:
    fact, text = _state(holder)
    act, href, again = _act(holder)
    return HolderRow(
        state=holder.answer.state if holder.answer else SourceState.NOT_CONNECTED,
        icon=ICONS[holder.standing],
        name=say(holder.body.name),
        official=_official(holder, directory),
        fact=fact,
        text=text,
        subs=tuple(sub for sub in _subs(holder) if sub),
        sets=tuple(_set(one) for one in holder.answer.holdings) if holder.answer else (),
        act=act,
        href=href,
        again=again,
    )


def _official(holder: Holder, directory: Directory) -> Text:
    """The official name; and the source's, where a body has several."""
    official = say(holder.body.official_name)
    if holder.source is None or len(directory.sources_of(holder.body.id)) < 2:
        return official
    return fill("%(body)s · %(source)s", body=official, source=say(holder.source.name))


def _state(holder: Holder) -> tuple[Text, Text]:
    """The state in a bold word, and the sentence that goes with it."""
    if holder.standing is Standing.HOLDS and holder.answer:
        return "", Markup(", ").join(say(one["name"]) for one in holder.answer.holdings)
    if holder.standing in (Standing.ASKING, Standing.NO_ANSWER, Standing.REFUSED):
        return _unanswered(holder)
    return {
        Standing.LOOKS_ONLY: (
            gettext("Answered: no record of you now."),
            gettext("It did list looks at your data."),
        ),
        Standing.NOT_COVERED: (
            gettext("Not asked."),
            gettext("It has another way to tell us, which is not ready yet."),
        ),
        Standing.NOT_CONNECTED: (
            gettext("Not connected yet."),
            gettext("We cannot ask it."),
        ),
        Standing.HOLDS_NONE: (gettext("Answered: no record of you."), ""),
        Standing.NOT_LINKED: (gettext("You have not linked it."), gettext("We have not asked it.")),
        Standing.NOT_MATCHED: (
            gettext("It did not find you."),
            gettext("So it is not linked, and we have not asked it."),
        ),
        Standing.AMBIGUOUS: (
            gettext("It found more than one person."),
            gettext("So it is not linked, and we have not asked it."),
        ),
    }[holder.standing]


def _unanswered(holder: Holder) -> tuple[Text, Text]:
    answer = holder.answer
    at = clock_time(answer.asked_at) if answer and answer.asked_at else None
    if holder.standing is Standing.ASKING:
        asked = gettext("We asked at %(time)s.", time=at) if at else ""
        return gettext("Still asking."), asked
    why = fault_words(answer.fault) if answer else ""
    if holder.standing is Standing.REFUSED:
        return gettext("We turned its answer down."), why
    down = gettext("It did not answer at %(time)s.", time=at) if at else gettext("No answer.")
    return down, why


def _subs(holder: Holder) -> Iterable[Text]:
    answer, source = holder.answer, holder.source
    if holder.standing in (Standing.NO_ANSWER, Standing.REFUSED) and answer:
        yield from _in_part(answer)
        if source and source.last_answer_at and source.last_answer_at != answer.answered_at:
            yield gettext(
                "Its last answer to anyone came on %(day)s.", day=day(source.last_answer_at)
            )
    if holder.standing is Standing.ASKING:
        yield gettext("We stop soon and tell you. You need not wait.")
    if holder.standing is Standing.NOT_CONNECTED:
        yield gettext("It may hold data on you. You can write to it.")
    if holder.standing is Standing.HOLDS_NONE and source:
        yield fill(gettext("It looked in: %(where)s"), where=say(source.description))
    if holder.standing in (Standing.HOLDS, Standing.LOOKS_ONLY, Standing.HOLDS_NONE) and answer:
        yield from _reach(answer)


def _in_part(answer: SourceAnswer) -> Iterable[str]:
    """What did come, where one of the two questions has an answer and the other has not."""
    heard = (Outcome.ANSWERED, Outcome.EMPTY)
    if answer.parts.get(Question.HOLDINGS, (None,))[0] in heard:
        yield gettext("It did tell us what it holds. It did not tell us who looked.")
    elif answer.parts.get(Question.ACCESSES, (None,))[0] in heard:
        yield gettext("It did tell us who looked. It did not tell us what it holds.")


def _reach(answer: SourceAnswer) -> Iterable[str]:
    """How far its list goes, what is missing in it, and whether it proved whom it is about."""
    if Question.ACCESSES not in answer.parts:
        yield gettext("It sends us each look itself. We have been sent none yet.")
    elif answer.window_from:
        begin = answer.window_from.astimezone(CALENDAR).date()
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
    if holder.standing in (Standing.HOLDS, Standing.LOOKS_ONLY):
        return gettext("Who looked"), f"/my/access?body={holder.body.id.hex}#list", ""
    if holder.standing is Standing.ASKING:
        return gettext("Look again"), "/my#holds", ""
    if holder.standing in (Standing.NO_ANSWER, Standing.REFUSED) and holder.source:
        return gettext("Ask again"), "", holder.source.id.hex
    if holder.standing in (Standing.NOT_LINKED, Standing.NOT_MATCHED, Standing.AMBIGUOUS):
        return gettext("Link"), f"/my/account/link?body={holder.body.id.hex}", ""
    words = {
        Standing.HOLDS_NONE: gettext("Is that wrong?"),
        Standing.NOT_CONNECTED: gettext("How to write"),
    }
    return words.get(holder.standing, gettext("More")), f"/bodies/{slug}", ""
