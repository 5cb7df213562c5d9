"""Who holds my data: each source in exactly one group, by what it answered or why it did not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from citizen_portal.access.queries import SourceAnswer, SourceState
from citizen_portal.bodies.queries import Body, Directory, SourceFacts
from citizen_portal.identity.models import LinkState
from citizen_portal.identity.queries import Link


class HolderState(StrEnum):
    """What is known of one source, seen by one citizen."""

    HOLDS = "holds"
    LOOKS_ONLY = "looks_only"
    SENDS = "sends"
    ASKING = "asking"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    NOT_COVERED = "not_covered"
    NOT_CONNECTED = "not_connected"
    HOLDS_NONE = "holds_none"
    NOT_LINKED = "not_linked"
    NOT_MATCHED = "not_matched"
    AMBIGUOUS = "ambiguous"


OF_STATE = {
    SourceState.ANSWERED_EMPTY: HolderState.HOLDS_NONE,
    SourceState.SENDS: HolderState.SENDS,
    SourceState.ASKING: HolderState.ASKING,
    SourceState.DID_NOT_ANSWER: HolderState.NO_ANSWER,
    SourceState.ANSWER_REFUSED: HolderState.REFUSED,
    SourceState.NOT_CONNECTED: HolderState.NOT_CONNECTED,
}
ANSWERED = (HolderState.HOLDS, HolderState.LOOKS_ONLY, HolderState.HOLDS_NONE)
OF_LINK = {
    LinkState.LINKED: HolderState.NOT_COVERED,  # linked, but its protocol is not one we can ask by
    LinkState.NOT_MATCHED: HolderState.NOT_MATCHED,
    LinkState.AMBIGUOUS: HolderState.AMBIGUOUS,
}


@dataclass(frozen=True, slots=True)
class Holder:
    """One source of one body, and what is known of it."""

    body: Body
    source: SourceFacts | None
    """None for a body that has told us of no source."""
    state: HolderState
    answer: SourceAnswer | None

    @property
    def answered(self) -> bool:
        return self.state in ANSWERED

    @property
    def sends(self) -> bool:
        """Whether it sends each look itself, so that it is not asked who looked."""
        return self.source is not None and self.source.sends


@dataclass(frozen=True, slots=True)
class Holds:
    """The groups in the order in which they are shown."""

    holding: tuple[Holder, ...]
    looks_only: tuple[Holder, ...]
    unknown: tuple[Holder, ...]
    """Linked, without an answer to show."""
    none: tuple[Holder, ...]
    unlinked: tuple[Holder, ...]
    """Could be asked, if the citizen linked them."""
    not_connected: tuple[Holder, ...]

    @property
    def asked(self) -> tuple[Holder, ...]:
        """Sources to which a question went out."""
        unasked = (HolderState.NOT_COVERED, HolderState.SENDS)
        return tuple(one for one in self.linked if one.state not in unasked)

    @property
    def linked(self) -> tuple[Holder, ...]:
        """Sources of linked bodies, whatever is known of them."""
        return (*self.holding, *self.looks_only, *self.unknown, *self.none)

    @property
    def answered(self) -> int:
        return sum(holder.answered for holder in self.linked)

    @property
    def senders(self) -> int:
        return sum(holder.sends for holder in self.linked)

    @property
    def asked_who_looked(self) -> tuple[Holder, ...]:
        return tuple(one for one in self.asked if not one.sends)

    def count(self, state: HolderState) -> int:
        return sum(holder.state is state for holder in self.linked)

    @property
    def silent_bodies(self) -> int:
        """Bodies of which nothing is known, for whatever reason."""
        heard = {one.body.id for one in self.linked if one.answered or one.sends}
        silent = (*self.unknown, *self.unlinked, *self.not_connected)
        return len({holder.body.id for holder in silent} - heard)


def state_of(answer: SourceAnswer, link: LinkState | None) -> HolderState:
    """Emptiness is claimed only when the source said so to both questions."""
    if answer.state is SourceState.ANSWERED:
        return HolderState.HOLDS if answer.holdings else HolderState.LOOKS_ONLY
    if answer.state is SourceState.NOT_COVERED:
        return OF_LINK.get(link, HolderState.NOT_LINKED) if link else HolderState.NOT_LINKED
    return OF_STATE[answer.state]


def group(answers: Iterable[SourceAnswer], *, directory: Directory, links: Iterable[Link]) -> Holds:
    """Each source of the directory once, and each public body that has told us of no source."""
    by_body = {link.organisation_id: link.state for link in links}
    found = [
        Holder(body, source, state_of(answer, by_body.get(body.id)), answer)
        for answer in answers
        if (source := directory.sources.get(answer.source_id)) is not None
        and (body := directory.bodies[source.body_id])
        and (body.kind.is_public or body.id in by_body)
    ]
    found += [
        Holder(body, None, HolderState.NOT_CONNECTED, None)
        for body in directory.bodies.values()
        if body.kind.is_public and not directory.sources_of(body.id)
    ]
    return Holds(
        holding=_of(found, HolderState.HOLDS),
        looks_only=_of(found, HolderState.LOOKS_ONLY, HolderState.SENDS),
        unknown=_of(
            found,
            HolderState.ASKING,
            HolderState.NO_ANSWER,
            HolderState.REFUSED,
            HolderState.NOT_COVERED,
        ),
        none=_of(found, HolderState.HOLDS_NONE),
        unlinked=_of(found, HolderState.NOT_LINKED, HolderState.NOT_MATCHED, HolderState.AMBIGUOUS),
        not_connected=_of(found, HolderState.NOT_CONNECTED),
    )


def _of(holders: Iterable[Holder], *states: HolderState) -> tuple[Holder, ...]:
    """Those of some states, by state in the order given, then by the body's name."""
    found = [holder for holder in holders if holder.state in states]
    return tuple(sorted(found, key=lambda each: (states.index(each.state), *_name(each))))


def _name(holder: Holder) -> tuple[str, str]:
    return holder.body.name["en"], holder.source.slug if holder.source else ""
