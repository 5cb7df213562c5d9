"""What bodies' systems send: whole drafts, and the rules of their own sources."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.agreements.actions import drafting
from citizen_portal.agreements.actions.importing import rule_key, update
from citizen_portal.agreements.models import Draft, DraftState
from citizen_portal.agreements.queries import changed_fields
from citizen_portal.agreements.queries.parties import answerable
from citizen_portal.agreements.queries.steps import value_of
from citizen_portal.agreements.queries.under_reference import Under, under
from citizen_portal.agreements.queries.versions import agreed
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import ActivityRule, Source
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound, NotPermitted, Outdated, WrongState

Holds = Callable[[str | None], bool]
"""Whether what the sender expects to stand here is what does, by its tag."""
RuleChange = Literal["added", "changed", "removed", "unchanged"]


@dataclass(frozen=True)
class Sender:
    """The system that sends, and the body that it acts as."""

    organisation_id: UUID
    client_id: str


@dataclass(frozen=True)
class Received:
    """What became of it. Without a draft, the published version says the same already."""

    draft: Draft | None
    base: int
    changed: tuple[str, ...]
    new: bool


def tag_of(draft: Draft) -> str:
    """Another for each revision of each draft."""
    return f"{draft.id.hex[-12:]}-{draft.revision}"


def receive_draft(
    session: Session, sender: Sender, document: Mapping[str, Any], *, holds: Holds
) -> Received:
    """Begin a draft with this document, or bring the sender's own draft to it. Never publishes.

    The document is one that ``schemas.AgreementDocument`` gave. The same again changes nothing.
    When and whence it came is the portal's to say, so those members are left out.
    """
    there = under(session, document["reference"], sender.organisation_id, lock=True)
    own = directory(session).bodies[sender.organisation_id].slug
    _check(sender, there, answers=own in answerable(document))
    if not holds(tag_of(there.draft) if there.draft else None):
        raise Outdated(
            "This draft is not as you last saw it. Fetch it again, then send your change."
        )
    said = agreed(document)
    stands = there.draft or there.published
    changed = tuple(changed_fields(stands.document if stands else {}, said))
    base = there.published.number if there.published else 0
    if stands is not None and not changed:
        return Received(there.draft, there.draft.base if there.draft else base, (), new=False)
    draft = there.draft or _begun(session, sender, there, said["reference"])
    values = {name: value_of(said, name) for name in changed}
    drafting.write(session, draft, values, officer_id=None)
    new = there.draft is None
    tag = "draft:begun" if new else "draft:changed"
    _record(session, sender, tag, draft=str(draft.id), fields=len(changed))
    return Received(draft, draft.base, changed, new)


def receive_rules(
    session: Session,
    sender: Sender,
    rules: Sequence[Mapping[str, Any]],
    *,
    sources: Collection[UUID],
) -> dict[RuleChange, int]:
    """Make these the rules of these sources, which are the sender's own, and leave no other."""
    lock = select(Source.id).where(Source.id.in_(sources)).order_by(Source.id).with_for_update()
    session.execute(lock)
    rows = session.scalars(select(ActivityRule).where(ActivityRule.source_id.in_(sources)))
    there = {rule_key(vars(row)): row for row in rows}
    changes: dict[RuleChange, int] = dict.fromkeys(get_args(RuleChange), 0)
    for columns in rules:
        row = there.pop(rule_key(columns), None)
        if row is None:
            session.add(ActivityRule(**columns))
            changes["added"] += 1
        else:
            changes[update(row, columns)] += 1
    for row in there.values():
        session.delete(row)
        changes["removed"] += 1
    if changes["added"] or changes["changed"] or changes["removed"]:
        session.flush()
        bump(session)
        _record(session, sender, "rules:changed", **{str(n): c for n, c in changes.items()})
    return changes


def _check(sender: Sender, there: Under, *, answers: bool) -> None:
    """Raises what says why this body may not write here now."""
    draft = there.draft
    if draft is None:
        if not (there.takes_part if there.published else answers):
            raise NotPermitted("Only a body that takes part in this agreement can draft it.")
    elif draft.organisation_id != sender.organisation_id:
        if there.named or there.takes_part:
            raise WrongState("Another body is drafting this agreement.")
        raise NotFound("There is no draft here that you can change.")
    elif draft.state is DraftState.IN_REVIEW:
        raise WrongState("This draft is in review. It can be changed once it has come back.")


def _record(session: Session, sender: Sender, tag: str, **about: Any) -> None:
    about["client"] = sender.client_id
    audit.record(session, tag, for_body=sender.organisation_id, **about)


def _begun(session: Session, sender: Sender, there: Under, reference: str) -> Draft:
    published = there.published
    return drafting.start(
        session,
        agreed(published.document) if published else {"reference": reference},
        base=published.number if published else 0,
        organisation_id=sender.organisation_id,
    )
