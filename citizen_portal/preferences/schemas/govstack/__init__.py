"""Agreements and choices in the terms of the GovStack Consent Building Block 1.1.0."""

from citizen_portal.preferences.schemas.govstack.ids import named_person, named_record
from citizen_portal.preferences.schemas.govstack.shapes import Individual, Shape
from citizen_portal.preferences.schemas.govstack.telling import Kind, Telling

__all__ = ["Individual", "Kind", "Shape", "Telling", "named_person", "named_record"]
