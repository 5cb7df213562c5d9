"""People whom the caller knows, and what they chose, as individuals and consent records."""

from uuid import UUID

from flask import request

from citizen_portal.bodies.guards import current_client, needs
from citizen_portal.bodies.models import Scope
from citizen_portal.errors import Unavailable
from citizen_portal.identity.queries.known import known_as, known_to
from citizen_portal.preferences.api.govstack.asked import (
    INDIVIDUAL,
    Answer,
    asked,
    bp,
    own,
    telling,
    unknown,
)
from citizen_portal.preferences.queries import records
from citizen_portal.preferences.queries.feed import position
from citizen_portal.preferences.queries.records import Record
from citizen_portal.preferences.schemas import govstack
from citizen_portal.preferences.schemas.govstack import Individual
from citizen_portal.web.transactions import db


@bp.get("/service/individual/<individual_id>/")
@needs(Scope.PREFERENCES)
def read_individual(individual_id: str) -> Answer:
    _person("individualId", individual_id)
    return {"individual": Individual(id=individual_id).document()}


@bp.get("/service/individuals/")
@needs(Scope.PREFERENCES)
def list_individuals() -> Answer:
    offset, most = asked()
    found = known_to(db(), current_client().organisation_id, offset=offset, most=most)
    return {"individuals": [Individual(id=each).document() for each in found]}


@bp.get("/service/verification/consent-records/")
@bp.get("/audit/consent-records/")
@needs(Scope.PREFERENCES)
def list_records() -> Answer:
    offset, most = asked()
    organisation_id = _up_to_date()
    return _listed(records.records(db(), organisation_id, offset=offset, most=most))


@bp.get("/service/verification/consent-record/<record_id>/")
@bp.get("/audit/consent-record/<record_id>/")
@needs(Scope.PREFERENCES)
def read_record(record_id: str) -> Answer:
    organisation_id = _up_to_date()
    record, before = _record("consentRecordId", record_id, organisation_id)
    told = telling(record.agreement)
    return {
        "consentRecord": told.whole_record(record).document(),
        "revision": told.record_revision(record, before).document(),
    }


@bp.get("/service/individual/record/consent-record/")
@needs(Scope.PREFERENCES)
def list_records_of_person() -> Answer:
    offset, most = asked()
    organisation_id = _up_to_date()
    found = records.records_of(db(), organisation_id, _person_meant(), offset=offset, most=most)
    return _listed(found)


@bp.get("/service/individual/record/data-agreement/<agreement_id>/")
@needs(Scope.PREFERENCES)
def read_record_of_person(agreement_id: str) -> Answer:
    """Empty where the person said nothing of the agreement."""
    found = _over_time(agreement_id, offset=0, most=1)
    if not found:
        return {}
    return {"consentRecord": telling(found[0].agreement).whole_record(found[0]).document()}


@bp.get("/service/individual/record/data-agreement/<agreement_id>/all/")
@needs(Scope.PREFERENCES)
def list_record_over_time(agreement_id: str) -> Answer:
    """As it stands now, then as it stood before, each under an id of its own."""
    offset, most = asked()
    return _listed(_over_time(agreement_id, offset=offset, most=most))


def _over_time(agreement_id: str, *, offset: int, most: int) -> list[Record]:
    organisation_id = _up_to_date()
    terms = own("dataAgreementId", agreement_id)
    return records.record_over_time(
        db(), organisation_id, _person_meant(), terms.reference, offset=offset, most=most
    )


def _record(name: str, record_id: str, organisation_id: UUID) -> tuple[Record, Record | None]:
    """The record with this id, and as it stood before."""
    named = govstack.named_record(record_id)
    citizen_id = known_as(db(), organisation_id, named.subject) if named else None
    if named is None or citizen_id is None:
        raise unknown(name)
    found = records.record_over_time(
        db(), organisation_id, citizen_id, named.reference, until=named.effect_id, most=2
    )
    if not found or found[0].current is not (named.effect_id is None):
        raise unknown(name)
    return found[0], found[1] if len(found) > 1 else None


def _listed(found: list[Record]) -> Answer:
    told = telling(*{each.agreement for each in found})
    return {"consentRecords": [told.record(each).document() for each in found]}


def _person(name: str, text: str) -> UUID:
    pairwise = govstack.named_person(text)
    found = known_as(db(), current_client().organisation_id, pairwise) if pairwise else None
    if found is None:
        raise unknown(name)
    return found


def _person_meant() -> UUID:
    return _person(INDIVIDUAL, request.headers.get(INDIVIDUAL, ""))


def _up_to_date() -> UUID:
    """The caller's body, unless the portal may have lost what that body was told already."""
    organisation_id = current_client().organisation_id
    if position(db(), organisation_id).behind:
        raise Unavailable("Choices may be missing here. Say first what your body holds.")
    return organisation_id
