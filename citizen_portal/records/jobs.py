"""What the worker does for links: asks a body whether it knows a person by a verified claim."""

import base64
from uuid import UUID

import structlog

from citizen_portal import jobs
from citizen_portal.bodies.queries import Body, Directory, directory
from citizen_portal.errors import Unavailable
from citizen_portal.identity import actions
from citizen_portal.identity.models import LinkProof, LinkState
from citizen_portal.jobs import Job
from citizen_portal.records import queries as records
from citizen_portal.records import remote
from citizen_portal.sealing import CannotOpen, Sealer

log = structlog.get_logger()


@jobs.handler("records.link_by_claim")
def link_by_claim(
    work: jobs.Work, *, citizen: str, organisation: str, claim: str = "", sealed: str = ""
) -> None:
    """Ask a body about somebody who signed in with a claim it knows people by.

    Tried again while it does not answer; after the last time, when they next sign in.
    """
    citizen_id, organisation_id = UUID(citizen), UUID(organisation)
    with work.sessions.reading() as session:
        known, job = directory(session), session.get_one(Job, work.job_id)
        asked_for = actions.may_ask_by_claim(session, citizen_id, organisation_id)
    value = _opened(work, citizen_id, organisation_id, sealed)
    body, state = known.bodies.get(organisation_id), None
    if asked_for and body is not None and value is not None:
        try:
            state = _ask(work, known, body, citizen_id, {claim: value})
        except Unavailable:
            if job.attempts < jobs.MOST_ATTEMPTS:
                raise
            log.warning("link.not_answered", fault="unavailable")
    _settle(work, citizen_id, organisation_id, state)


def _opened(work: jobs.Work, citizen_id: UUID, organisation_id: UUID, sealed: str) -> str | None:
    try:
        context = actions.claim_context(citizen_id, organisation_id)
        sealer: Sealer = work.parts["sealer"]
        return sealer.unseal(base64.b64decode(sealed), context).decode()
    except (CannotOpen, ValueError):
        return None


def _ask(
    work: jobs.Work, known: Directory, body: Body, citizen_id: UUID, claim: dict[str, str]
) -> LinkState:
    return remote.ask_link(
        work.parts["fetcher"],
        work.parts["signer"],
        base_url=records.address_of(known, body.id),
        issuer=work.parts["settings"].public_url,
        audience=body.slug,
        pairwise=actions.pairwise(work.parts["index"], citizen_id, body.id),
        claim=claim,
    )


def _settle(
    work: jobs.Work, citizen_id: UUID, organisation_id: UUID, state: LinkState | None
) -> None:
    """Keep the answer, if there was one. The claim goes with the arguments when the job ends."""
    with work.transaction() as session:
        if state is not None and actions.may_ask_by_claim(session, citizen_id, organisation_id):
            actions.link(
                session,
                citizen_id,
                organisation_id,
                pairwise=actions.pairwise(work.parts["index"], citizen_id, organisation_id),
                state=state,
                proof=LinkProof.CLAIM,
            )
