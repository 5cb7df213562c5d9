"""Drafting: an agreement is begun or changed, field by field, by several officers at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.agreements.models import (
    AgreementKind,
    Draft,
    DraftChange,
    DraftMove,
    DraftParty,
    DraftState,
)
from citizen_portal.agreements.models.draft import moved_on
from citizen_portal.agreements.queries import drafts
from citizen_portal.agreements.queries.parties import bodies_named
from citizen_portal.agreements.queries.steps import TRUST, value_of
from citizen_portal.agreements.queries.versions import agreed
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound, WrongState

PREFIX = {AgreementKind.SHARING: "DSA", AgreementKind.OWN_USE: "OWN"}


@dataclass(frozen=True, slots=True)
class Writer:
    """The officer who writes, and the body for which they do."""

    officer_id: UUID
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save. Where fields clash nothing was written."""

    changed: tuple[str, ...] = ()
    meanwhile: tuple[DraftChange, ...] = ()
    """What others saved since the page was opened, in other fields."""
    clashes: tuple[DraftChange, ...] = ()
    """What others saved since then in these very fields, the last of each."""


def begin(session: Session, kind: AgreementKind, title: Mapping[str, str], *, by: Writer) -> Draft:
    """A new agreement under the next free reference, with the writer's body as its first party."""
    body = directory(session).bodies[by.organisation_id]
    draft = _start_next(session, PREFIX[kind], by.organisation_id)
    values: dict[str, Any] = {
        "kind": None if kind is AgreementKind.SHARING else kind.value,
        "title": dict(title),
        "disclosers": [{"organisation": body.slug}],
    }
    said = {name: value for name, value in values.items() if value is not None}
    write(session, draft, said, officer_id=by.officer_id)
    record(session, "draft:begun", draft, by=by)
    return draft


def amend(session: Session, reference: str, *, by: Writer) -> Draft:
    """A draft that changes the newest version of a published agreement.

    Raises ``NotFound`` when the writer's body takes no part in it, and ``WrongState`` when a
    change is being drafted already: two at once could not both be published.
    """
    newest = drafts.amendable(session, by.organisation_id, reference)
    draft = start(
        session,
        agreed(newest.document),
        base=newest.number,
        organisation_id=by.organisation_id,
    )
    name_parties(session, draft)
    record(session, "draft:begun", draft, by=by)
    return draft


def _start_next(session: Session, prefix: str, organisation_id: UUID) -> Draft:
    """Another may take the same reference in this very moment: then it is the one after theirs."""
    reference = drafts.next_reference(session, prefix)
    try:
        return start(session, {"reference": reference}, base=0, organisation_id=organisation_id)
    except WrongState:
        if drafts.next_reference(session, prefix) == reference:
            raise
    return _start_next(session, prefix, organisation_id)


def start(session: Session, document: dict[str, Any], *, base: int, organisation_id: UUID) -> Draft:
    """A draft that says what is published, or no more than its reference.

    Raises ``WrongState`` when another draft of the agreement is open, in this very moment too.
    """
    draft = Draft(
        reference=document["reference"],
        organisation_id=organisation_id,
        document=document,
        base=base,
    )
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        raise WrongState("Another draft of this agreement is open. Only one can be.") from None
    return draft


def save(
    session: Session, draft: Draft, values: Mapping[str, Any], *, seen: int, by: Writer
) -> Saved:
    """Write fields into a draft, unless others have written the same ones since ``seen``.

    ``values`` are members of the document, or ``trust.<question>``; ``None`` takes one out.
    ``seen`` is the revision that the writer's page showed.
    """
    lock(session, draft)
    must_be(draft, DraftState.DRAFTING)
    new = {name: value for name, value in values.items() if value_of(draft.document, name) != value}
    others = [
        change
        for change in drafts.changes_since(session, draft.id, seen)
        if change.officer_id != by.officer_id
    ]
    clashes = {change.field: change for change in others if change.field in new}
    if clashes:
        return Saved(clashes=tuple(clashes.values()))
    if new:
        write(session, draft, new, officer_id=by.officer_id)
        record(session, "draft:changed", draft, by=by, fields=sorted(new))
    return Saved(tuple(new), meanwhile=tuple(others))


def write(
    session: Session, draft: Draft, values: Mapping[str, Any], *, officer_id: UUID | None
) -> None:
    """Put values into a draft's document, each noted as a change of the next revision."""
    draft.document = with_values(draft.document, values)
    draft.revision += 1
    draft.changed_at = clock.now()
    session.add_all(
        DraftChange(
            draft_id=draft.id,
            revision=draft.revision,
            field=name,
            value=value,
            officer_id=officer_id,
        )
        for name, value in values.items()
    )
    name_parties(session, draft)


def drop(session: Session, draft: Draft, *, by: Writer) -> None:
    """Put a draft aside. It can be taken up again."""
    lock(session, draft)
    note_move(session, draft, DraftState.DROPPED, by=by, tag="draft:dropped")


def release(session: Session, reference: str) -> Draft:
    """Put aside whatever draft of an agreement is open: for the operator, if its body does not.

    Nothing in it is lost: its body can take it up again. Raises ``NotFound`` when none is open.
    """
    draft = session.scalars(
        select(Draft).where(Draft.reference == reference, Draft.state.in_(drafts.OPEN))
    ).one_or_none()
    if draft is None:
        raise NotFound("No draft of this agreement is open.")
    lock(session, draft)
    while draft.state is not DraftState.DROPPED:
        came_from = draft.state
        draft.move(DraftState.DROPPED if came_from is DraftState.DRAFTING else DraftState.DRAFTING)
        session.add(DraftMove(draft_id=draft.id, came_from=came_from, went_to=draft.state))
    audit.record(
        session,
        "draft:dropped",
        for_body=draft.organisation_id,
        reference=reference,
        draft=str(draft.id),
    )
    return draft


def take_up(session: Session, draft: Draft, *, by: Writer) -> None:
    """Go on with a draft that was put aside."""
    lock(session, draft)
    if drafts.open_under(session, draft.reference) is not None:
        raise WrongState("Another draft of this agreement is open. Only one can be.")
    note_move(session, draft, DraftState.DRAFTING, by=by, tag="draft:taken-up")


def note_move(
    session: Session, draft: Draft, to: DraftState, *, by: Writer, tag: str, reason: str = ""
) -> None:
    """Move a draft, and note who moved it and why."""
    came_from = draft.state
    draft.move(to)
    session.add(
        DraftMove(
            draft_id=draft.id,
            came_from=came_from,
            went_to=to,
            officer_id=by.officer_id,
            reason=reason,
        )
    )
    record(session, tag, draft, by=by)


def with_values(document: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The document with these values in it; what is ``None`` is taken out."""
    written = {**document, "trust": dict(document.get("trust", {}))}
    for name, value in values.items():
        trust = name.startswith(TRUST)
        into, key = (written["trust"], name.removeprefix(TRUST)) if trust else (written, name)
        into.pop(key, None)
        if value is not None:
            into[key] = value
    if not written["trust"]:
        del written["trust"]
    return written


def name_parties(session: Session, draft: Draft) -> None:
    """Let the bodies that a draft or the version it changes names see it, and no others."""
    session.flush()
    session.execute(delete(DraftParty).where(DraftParty.draft_id == draft.id))
    published = drafts.newest(session, draft.reference)
    known = directory(session)
    bodies = bodies_named(known, draft.document)
    if published is not None:  # who is written out of an agreement still sees that
        bodies |= bodies_named(known, published.document)
    session.add_all(DraftParty(draft_id=draft.id, organisation_id=each) for each in bodies)


def record(session: Session, tag: str, draft: Draft, *, by: Writer, **about: Any) -> None:
    """Append to the record of what was done, beside the change."""
    audit.record(
        session,
        tag,
        actor=by.officer_id,
        for_body=by.organisation_id,
        reference=draft.reference,
        draft=str(draft.id),
        **about,
    )


def lock(session: Session, draft: Draft) -> None:
    """Hold the draft until the transaction ends, as it stands now and not as it was read."""
    session.execute(select(Draft.id).where(Draft.id == draft.id).with_for_update())
    session.refresh(draft)


def must_be(draft: Draft, state: DraftState) -> None:
    """Raises ``WrongState`` unless the draft stands so."""
    if draft.state is not state:
        raise moved_on()
