"""The building block's objects, as far as they can be filled truthfully (docs/govstack.md)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    def document(self) -> dict[str, Any]:
        """As it is sent: what there is nothing to say of is left out."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Controller(Shape):
    id: str
    name: str
    url: str


class Policy(Shape):
    """What the register says of an agreement, under an address that never changes."""

    id: str
    name: str
    version: str
    url: str
    jurisdiction: str
    data_retention_period_days: int | None


class Lifecycle(Shape):
    id: str = "complete"
    name: str = "Complete"


class DataAgreement(Shape):
    id: str
    version: str
    controller: Controller | None
    policy: Policy
    purpose: str
    lawful_basis: str
    dpia: str
    active: bool
    forgettable: bool = False
    """Choices are kept: somebody may have to show later what was said when."""
    lifecycle: Lifecycle = Lifecycle()


class Individual(Shape):
    id: str


class Revision(Shape):
    """A policy, an agreement or a record as it was at one time, and proof of what it said."""

    id: str
    schema_name: str
    object_id: str
    signed_without_object_id: bool = False
    serialized_snapshot: str
    serialized_hash: str
    """SHA-1, as the building block has it."""
    serialized_hash_sha256: str
    """Ours: the same with a hash that nobody can forge."""
    timestamp: str
    authorized_by_individual: Individual | None = None
    successor: Revision | None = None
    predecessor_hash: str | None = None


class ConsentRecord(Shape):
    id: str
    data_agreement: DataAgreement
    data_agreement_revision: Revision | None = None
    data_agreement_revision_hash: str
    individual: Individual
    opt_in: bool
    state: str = "unsigned"
    """People here have no key of their own to sign with."""
