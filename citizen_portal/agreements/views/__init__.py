"""Public pages: the register, its agreements and versions, scorecards, the picture, open data."""

from citizen_portal.agreements.views import register, versions
from citizen_portal.agreements.views.blueprint import bp

__all__ = ["bp", "register", "versions"]
