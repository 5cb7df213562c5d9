"""Agreements that name the caller, as data agreements and as the policies that govern them."""

from flask import request

from citizen_portal.agreements.queries import Terms
from citizen_portal.bodies.guards import needs
from citizen_portal.bodies.models import Scope
from citizen_portal.preferences.api.govstack.asked import (
    Answer,
    all_own,
    bp,
    own,
    page,
    telling,
    unknown,
)
from citizen_portal.preferences.schemas.govstack import Kind, Telling


@bp.get("/config/policy/<policy_id>/")
@needs(Scope.PREFERENCES)
def read_policy(policy_id: str) -> Answer:
    terms = own("policyId", policy_id)
    told = telling(terms.reference)
    found = _revised(told, "Policy", terms)
    return {
        "policy": told.policy(found).document(),
        "revision": told.revision("Policy", found).document(),
    }


@bp.get("/service/policy/<policy_id>/")
@needs(Scope.PREFERENCES)
def read_policy_of_agreement(policy_id: str) -> Answer:
    """With the revision of the agreement that is asked for, if one is."""
    terms = own("policyId", policy_id)
    told = telling(terms.reference)
    kind: Kind = "DataAgreement" if "revisionId" in request.args else "Policy"
    found = _revised(told, kind, terms)
    return {
        "policy": told.policy(terms).document(),
        "revision": told.revision(kind, found).document(),
    }


@bp.get("/config/policy/<policy_id>/revisions/")
@needs(Scope.PREFERENCES)
def list_policy_revisions(policy_id: str) -> Answer:
    terms = own("policyId", policy_id)
    told = telling(terms.reference)
    versions = page(told.register.versions[terms.reference])
    return {
        "policy": told.policy(terms).document(),
        "revisions": [told.revision("Policy", each).document() for each in versions],
    }


@bp.get("/config/policies/")
@needs(Scope.PREFERENCES)
def list_policies() -> Answer:
    wanted = request.args.get("revisionId")
    if wanted is not None:
        terms = own("revisionId", wanted.removeprefix("Policy.").rpartition(".")[0])
        told = telling(terms.reference)
        found = page([_revised(told, "Policy", terms)])
    else:
        found = page(list(all_own().values()))
        told = telling(*(each.reference for each in found))
    return {"policies": [told.policy(each).document() for each in found]}


@bp.get("/config/data-agreement/<agreement_id>/")
@bp.get("/service/data-agreement/<agreement_id>/")
@bp.get("/audit/data-agreement/<agreement_id>/")
@needs(Scope.PREFERENCES)
def read_agreement(agreement_id: str) -> Answer:
    terms = own("dataAgreementId", agreement_id)
    told = telling(terms.reference)
    return {
        "dataAgreement": told.agreement(terms).document(),
        "revision": told.revision("DataAgreement", terms).document(),
    }


@bp.get("/config/data-agreements/")
@needs(Scope.PREFERENCES)
def list_own_agreements() -> Answer:
    """Under the name that the building block gives this list, and this one alone."""
    return {"dataAgreement": _agreements()}


@bp.get("/service/verification/data-agreements/")
@bp.get("/audit/data-agreements/")
@needs(Scope.PREFERENCES)
def list_agreements() -> Answer:
    return {"dataAgreements": _agreements()}


def _agreements() -> list[Answer]:
    found = page(list(all_own().values()))
    told = telling(*(each.reference for each in found))
    return [told.agreement(each).document() for each in found]


def _revised(told: Telling, kind: Kind, terms: Terms) -> Terms:
    """The version whose revision is asked for; the newest where none is."""
    wanted = request.args.get("revisionId")
    if wanted is None:
        return terms
    for each in told.register.versions[terms.reference]:
        if wanted == f"{kind}.{each.reference}.{each.number}":
            return each
    raise unknown("revisionId")
